"""Telling hand-ins of another exercise by the functions that they define. Nothing is run."""

import re
from collections.abc import Iterable
from pathlib import Path

from grader.core.course import Course
from grader.protocol.submission import Submission

MANY = 2  # functions of another exercise that cannot be there by chance

_FUNCTION = re.compile(r"^(?:async[ \t]+)?def[ \t]+(\w+)[ \t]*\(", re.MULTILINE)


def looks_like(course: Course, exercise: str, submission: Submission) -> str | None:
    """Return the other exercise that this submission solves; None where that is not clear.

    It is clear where no function of this exercise is defined, but at least half of exactly one other's; or where
    at most half of this one's are, but all of another's, `MANY` of which this one does not know. Where two others
    share the most, nobody can tell which one was meant; nor where this one has no stub.
    """
    defined = find_functions(unit.source for unit in submission.units)
    ours = read_stub_functions(course, exercise)
    if not ours or not defined or 2 * len(ours & defined) > len(ours):
        return None
    shares = {}
    for other in course.exercises():
        wanted = read_stub_functions(course, other)
        if wanted and _is_meant(wanted, ours, defined):
            shares[other] = len(wanted & defined) / len(wanted)
    best = [other for other, share in shares.items() if share == max(shares.values())]
    return best[0] if len(best) == 1 else None


def _is_meant(wanted: frozenset[str], ours: frozenset[str], defined: frozenset[str]) -> bool:
    if ours & defined:
        return wanted <= defined and len(wanted - ours) >= MANY
    return 2 * len(wanted & defined) >= len(wanted)


def read_stub_functions(course: Course, exercise: str) -> frozenset[str]:
    """Return the names of the functions that an exercise asks for: those that its stub defines."""
    stub = Path(course.folder) / "exercises" / exercise / "submission.py"
    try:
        return find_functions([stub.read_text(encoding="utf-8")])
    except (OSError, UnicodeDecodeError):
        return frozenset()  # nothing can be told of an exercise without a stub


def find_functions(sources: Iterable[str]) -> frozenset[str]:
    """Return the names of the functions that are defined at the top level."""
    return frozenset(name for source in sources for name in _FUNCTION.findall(source))
