"""The autograder for Classroom 50, and the program on GitHub's runner that grades a submission."""
