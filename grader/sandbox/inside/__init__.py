"""The code that runs in one process with a submission: the only part of the sandbox that a submission can see."""
