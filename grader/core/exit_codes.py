"""The exit codes of every command: documented in `grader --help` and docs/ci.md."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit code of a command."""

    PASSED = 0  # everything passed
    NOT_ALL_PASSED = 1  # graded, but not all passed
    USAGE = 2  # wrong usage or unreadable input
    NOT_GRADED = 3  # something could not be graded
