"""TODO: grader/core/exit_codes.py."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command says to the shell."""

    PASSED = 0  # everything passed
    NOT_ALL_PASSED = 1  # graded, but not all passed
    USAGE = 2  # wrong usage or unreadable input
    NOT_GRADED = 3  # something could not be graded
