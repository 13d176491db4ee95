"""Grading what a pull request touches: from git to an answer in the forms of its host."""
