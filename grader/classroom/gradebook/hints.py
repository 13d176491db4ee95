"""Count what hints were worth: of those who got one and handed in again, how many passed there the next time."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from grader.classroom.store import Attempt
from grader.protocol.course_gradebook import HintOutcome
from grader.protocol.verdict import Status


def count_hints(exercise: str, attempts_of_students: Iterable[Sequence[Attempt]]) -> tuple[HintOutcome, ...]:
    """Return the outcome of each hint, those of most students first.

    Each student counts once for a hint, by the first hand-in that got it. Passed has who passed, in the next
    hand-in, all criteria that the hint stood at.
    """
    students: Counter[str] = Counter()
    again: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    texts: dict[str, Counter[str]] = {}
    for attempts in attempts_of_students:
        first_times = dict[str, tuple[tuple[str, ...], Attempt | None]]()
        for attempt, following in _with_following(attempts):
            for hint, text, criteria in _list_hints(attempt):
                texts.setdefault(hint, Counter())[text] += 1
                first_times.setdefault(hint, (criteria, following))
        for hint, (criteria, following) in first_times.items():
            students[hint] += 1
            if following is not None:
                again[hint] += 1
                passed[hint] += _passes(following, criteria)
    return tuple(
        HintOutcome(
            exercise=exercise,
            hint=hint,
            text=min(texts[hint], key=lambda text: (-texts[hint][text], text)),
            students=students[hint],
            again=again[hint],
            passed=passed[hint],
        )
        for hint in sorted(students, key=lambda hint: (-students[hint], hint))
    )


def _with_following(attempts: Sequence[Attempt]) -> Iterator[tuple[Attempt, Attempt | None]]:
    """Give each judged hand-in with the next one that was judged."""
    judged = [attempt for attempt in attempts if attempt.verdict is not None]
    yield from pairwise(judged)
    if judged:
        yield judged[-1], None


def _list_hints(attempt: Attempt) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Give each hint of a hand-in once: its id, its text, and the criteria that it stands at."""
    assert attempt.verdict is not None
    at: dict[str, tuple[str, list[str]]] = {}
    for criterion in attempt.verdict.criteria:
        for hint in criterion.hints:
            at.setdefault(hint.id, (hint.text, []))[1].append(criterion.id)
    for hint_id, (text, criteria) in at.items():
        yield hint_id, text, tuple(criteria)


def _passes(attempt: Attempt, criteria: Sequence[str]) -> bool:
    assert attempt.verdict is not None
    statuses = {criterion.id: criterion.status for criterion in attempt.verdict.criteria}
    return all(statuses.get(name) is Status.PASSED for name in criteria)
