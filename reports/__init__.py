"""Verdict in, document out. Knows nothing of the engine but `grader.verdict` and `grader.text`."""
