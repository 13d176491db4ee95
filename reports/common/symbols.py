"""The word and the sign of each status and each severity: the one place for them, used by every output."""

from typing import get_args

import msgspec

from grader.core.i18n import Message, _
from grader.protocol.verdict import Severity, Status, Verdict


class Symbol(msgspec.Struct, frozen=True):
    """How one outcome is told: never by colour alone."""

    word: Message
    sign: str  # one character, for terminals
    ascii_sign: str  # the same, for terminals that have ASCII only
    style: str  # Rich style


STATUS: dict[Status, Symbol] = {
    Status.PASSED: Symbol(_("passed"), "✓", "+", "green"),
    Status.PARTIAL: Symbol(_("partial"), "◐", "~", "yellow"),
    Status.FAILED: Symbol(_("failed"), "✗", "x", "red"),
    Status.SKIPPED: Symbol(_("skipped"), "»", ">", "bright_black"),
    Status.NOT_ATTEMPTED: Symbol(_("not attempted"), "○", "o", "magenta"),
    Status.NOT_GRADED: Symbol(_("not graded"), "?", "?", "blue"),
}

# What the status of the whole submission means, in one sentence below the mark.
SENTENCE: dict[Status, Message] = {
    Status.PASSED: _("Everything that was asked for is there and right."),
    Status.PARTIAL: _("Part of it is right. What is missing is explained below."),
    Status.FAILED: _("It does not work yet. Start with the first step below."),
    Status.SKIPPED: _("Nothing could be checked, because something that comes first does not work yet."),
    Status.NOT_ATTEMPTED: _("Nothing has been written yet: the functions are still the stubs."),
    Status.NOT_GRADED: _(
        "The grader could not decide everything. This is no mark: please show it to your instructor."
    ),
}

WAITING = Symbol(_("waits for a person"), "?", "?", "blue")  # where nothing else is not graded


def choose_sentence(verdict: Verdict) -> Message:
    """Return what the status of a submission means, in one sentence."""
    if verdict.waiting:
        return _("A person still has to give points for some of it. Until then, this is no mark.")
    return SENTENCE[verdict.status]


SEVERITY: dict[Severity, Symbol] = {
    "error": Symbol(_("Error"), "■", "!", "red"),
    "warning": Symbol(_("Warning"), "▲", "!", "yellow"),
    "tip": Symbol(_("Tip"), "●", "i", "cyan"),
}
# The three ways to write a Keras model; a style of another name is shown as it is.
NETWORK_STYLES: dict[str, Message] = {
    "sequential": _("sequential"),
    "functional": _("functional"),
    "subclassed": _("subclassed"),
}

assert set(SEVERITY) == set(get_args(Severity))
assert set(STATUS) == set(SENTENCE) == set(Status)
