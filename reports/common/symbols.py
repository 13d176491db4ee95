"""The word and the sign of each status and each severity, the same in every document."""

from typing import get_args

import msgspec

from grader.core.i18n import T, Text
from grader.protocol.verdict import Severity, Status


class Symbol(msgspec.Struct, frozen=True):
    """How one outcome is told: never by colour alone."""

    word: Text
    sign: str  # one character, for terminals
    ascii_sign: str  # the same, for terminals that have ASCII only
    style: str  # Rich style


STATUS: dict[Status, Symbol] = {
    Status.PASSED: Symbol(T("passed"), "✓", "+", "green"),
    Status.PARTIAL: Symbol(T("partial"), "◐", "~", "yellow"),
    Status.FAILED: Symbol(T("failed"), "✗", "x", "red"),
    Status.SKIPPED: Symbol(T("skipped"), "»", ">", "bright_black"),
    Status.NOT_ATTEMPTED: Symbol(T("not attempted"), "○", "o", "magenta"),
    Status.NOT_GRADED: Symbol(T("not graded"), "?", "?", "blue"),
}

# What the status of the whole submission means, in one sentence below the mark.
SENTENCE: dict[Status, Text] = {
    Status.PASSED: T("Everything that was asked for is there and right."),
    Status.PARTIAL: T("Part of it is right. What is missing is explained below."),
    Status.FAILED: T("It does not work yet. Start with the first step below."),
    Status.SKIPPED: T("Nothing could be checked, because something that comes first does not work yet."),
    Status.NOT_ATTEMPTED: T("Nothing has been written yet: the functions are still the stubs."),
    Status.NOT_GRADED: T(
        "The grader could not decide everything. This is no mark: please show it to your instructor."
    ),
}

SEVERITY: dict[Severity, Symbol] = {
    "error": Symbol(T("Error"), "■", "!", "red"),
    "warning": Symbol(T("Warning"), "▲", "!", "yellow"),
    "tip": Symbol(T("Tip"), "●", "i", "cyan"),
}
# The three ways to write a Keras model; a style of another name is shown as it is.
NETWORK_STYLES: dict[str, Text] = {
    "sequential": T("sequential"),
    "functional": T("functional"),
    "subclassed": T("subclassed"),
}

assert set(SEVERITY) == set(get_args(Severity))
assert set(STATUS) == set(SENTENCE) == set(Status)
