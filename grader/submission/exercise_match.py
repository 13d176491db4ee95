"""Telling hand-ins of another exercise by the functions that they define. Nothing is run."""

import re
from collections.abc import Iterable
from pathlib import Path

from grader.core.course import Course, normalise_name
from grader.core.i18n import Message, _
from grader.protocol.submission import Submission

MANY = 2  # functions of another exercise that cannot be there by chance

_FUNCTION = re.compile(r"^(?:async[ \t]+)?def[ \t]+(\w+)[ \t]*\(", re.MULTILINE)


def looks_like(course: Course, exercise: str, submission: Submission) -> str | None:
    """Return the other exercise that a submission solves; None where that is not clear.

    It is clear where no function of this exercise is defined, but at least half of exactly one other's; or where
    at most half of this one's are, but all of another's, `MANY` of which this one does not know. Of two others
    with the same share, it is the one with more functions; nobody can tell where they are as many, nor where this
    one has no stub.
    """
    defined = find_functions(unit.source for unit in submission.units)
    asked = read_stub_functions(course, exercise)
    if not asked or not defined or 2 * len(asked & defined) > len(asked):
        return None
    shares = {}
    for other in course.exercises():
        of_other = read_stub_functions(course, other)
        if of_other and _is_clear(of_other, asked, defined):
            count = len(of_other & defined)
            shares[other] = (count / len(of_other), count)
    best = [other for other, share in shares.items() if share == max(shares.values())]
    return best[0] if len(best) == 1 else None


def find_exercise(course: Course, submission: Submission) -> str | None:
    """Return the exercise of which a submission defines the most functions; None where that is not clear.

    Of several, it is the one that the file is called after, else the one whose functions are there to a larger
    share.
    """
    defined = find_functions(unit.source for unit in submission.units)
    asked = {exercise: read_stub_functions(course, exercise) for exercise in course.exercises()}
    counts = {exercise: len(functions & defined) for exercise, functions in asked.items()}
    most = max(counts.values(), default=0)
    called = normalise_name(Path(submission.name).stem)
    own_name = [exercise for exercise in asked if normalise_name(exercise) == called]
    if own_name and counts[own_name[0]] == most:
        return own_name[0]
    if most == 0:
        return next(iter(asked)) if len(asked) == 1 else None
    shares = {exercise: count / len(asked[exercise]) for exercise, count in counts.items() if count == most}
    best = [exercise for exercise, share in shares.items() if share == max(shares.values())]
    return best[0] if len(best) == 1 else None


def wrong_exercise(other: str, exercise: str, remedy: Message) -> Message:
    """Return the sentence about a submission that solves another exercise. `remedy`: what to do about it."""
    return _(
        "This is a solution of {other}, not of {exercise}: it defines that exercise's functions. {remedy}",
        other=other,
        exercise=exercise,
        remedy=remedy,
    )


def _is_clear(of_other: frozenset[str], asked: frozenset[str], defined: frozenset[str]) -> bool:
    if asked & defined:
        return of_other <= defined and len(of_other - asked) >= MANY
    return 2 * len(of_other & defined) >= len(of_other)


def read_stub_functions(course: Course, exercise: str) -> frozenset[str]:
    """Return the names of the functions that an exercise asks for: those that its stub defines."""
    stub = Path(course.folder) / "exercises" / exercise / "submission.py"
    try:
        return find_functions([stub.read_text(encoding="utf-8")])
    except (OSError, UnicodeDecodeError):
        return frozenset()  # an exercise without a stub cannot be recognised


def find_functions(sources: Iterable[str]) -> frozenset[str]:
    """Return the names of the functions that are defined at the top level."""
    return frozenset(name for source in sources for name in _FUNCTION.findall(source))
