"""Telling hand-ins of another exercise by the functions that they define. Nothing is run."""

import re
from collections.abc import Iterable
from pathlib import Path

from grader.course import Course
from grader.submission import Submission

_FUNCTION = re.compile(r"^(?:async[ \t]+)?def[ \t]+(\w+)[ \t]*\(", re.MULTILINE)


def looks_like(course: Course, exercise: str, submission: Submission) -> str | None:
    """Return the other exercise that this submission solves; None where that is not clear.

    It is clear where no function of this exercise is defined, but at least half of exactly one other's. Where two
    others share the most, nobody can tell which one was meant.
    """
    defined = functions(unit.source for unit in submission.units)
    if not defined or defined & of_exercise(course, exercise):
        return None
    shares = {}
    for other in course.exercises():
        wanted = of_exercise(course, other)
        if wanted and 2 * len(wanted & defined) >= len(wanted):
            shares[other] = len(wanted & defined) / len(wanted)
    best = [other for other, share in shares.items() if share == max(shares.values())]
    return best[0] if len(best) == 1 else None


def of_exercise(course: Course, exercise: str) -> frozenset[str]:
    """Return the names of the functions that an exercise asks for: those that its stub defines."""
    stub = Path(course.folder) / "exercises" / exercise / "submission.py"
    try:
        return functions([stub.read_text(encoding="utf-8")])
    except (OSError, UnicodeDecodeError):
        return frozenset()  # nothing can be told of an exercise without a stub


def functions(sources: Iterable[str]) -> frozenset[str]:
    """Return the names of the functions that are defined at the top level."""
    return frozenset(name for source in sources for name in _FUNCTION.findall(source))
