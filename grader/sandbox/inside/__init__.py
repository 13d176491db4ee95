"""What runs in one process with a submission: all of the grader that the submission can see."""
