"""Gradescope's autograder: the zip that an instructor uploads, and the program in it that grades a hand-in."""
