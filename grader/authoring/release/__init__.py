"""Builds the files to hand out: student bundle, Gradescope autograder."""
