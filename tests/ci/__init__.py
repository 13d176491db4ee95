"""Tests of `grader ci`: real git repositories, and what becomes of the changes in them."""
