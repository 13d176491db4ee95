"""Verdict in, document out. Knows nothing of the engine but `grader.protocol.verdict` and `grader.core.i18n`."""
