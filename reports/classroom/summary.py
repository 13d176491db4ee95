"""Summarise the gradebook of a class: pure functions from its entries to one record.

Nothing is left out silently: a hand-in without a final mark is in no average, but in `undecided` with the reason.
"""

import math
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from grader.protocol.gradebook import GradebookEntry
from grader.protocol.verdict import CriterionVerdict, Hint, Record, Severity, Status, Verdict

W = TypeVar("W", bound=str)

FEWEST = 10  # measured hand-ins; of fewer, none can be called unusual
DEVIATIONS = 5.0  # median absolute deviations above the median; for a bell curve 3.4 standard deviations
RATIO = 1.5  # times the median: where all are nearly alike, a hair more is no news
MARK_CLASSES = 10  # about as many bars as a histogram has
_LARGEST = 1e9  # points; a mark beyond is a slip of the pen, and the arithmetic of an axis would overflow


class Marks(Record, frozen=True):
    """The final marks of a class."""

    median: float
    mean: float
    lowest: float
    highest: float


class MarkClass(Record, frozen=True):
    """Final marks from `low` to below `high`; the last class holds those of `high` too."""

    low: float
    high: float
    count: int


class Undecided(Record, frozen=True):
    """Hand-ins without a final mark for the same reasons; those that had no turn yet have none."""

    reasons: tuple[str, ...]
    entries: tuple[GradebookEntry, ...]


class CriterionSummary(Record, frozen=True):
    """How often a criterion had which outcome; `counts` has all six."""

    id: str
    title: str
    counts: Mapping[Status, int]
    consequences: int = 0  # how often it was lost for a cause that another criterion tells

    @property
    def judged(self) -> int:
        """Return how many verdicts hold this criterion."""
        return sum(self.counts.values())


class MisconceptionCase(Record, frozen=True):
    """A hand-in with a misconception, and the criterion that it is explained at."""

    entry: GradebookEntry
    criterion: str


class Misconception(Record, frozen=True):
    """A misconception that somebody's hint is about. `text`: the wording that most students got."""

    id: str
    severity: Severity
    text: str
    cases: tuple[MisconceptionCase, ...]  # one for each student


class SharedCause(Record, frozen=True):
    """A criterion that told the cause of others, too, and the hand-ins in which it did."""

    criterion: str
    title: str
    consequences: tuple[tuple[str, int], ...]  # titles of the others, each with the number of hand-ins
    entries: tuple[GradebookEntry, ...]


class Outlier(Record, frozen=True):
    """A hand-in that needed far more than most; `ratio` times the median."""

    entry: GradebookEntry
    value: float
    ratio: float


class Usage(Record, frozen=True):
    """What the runs of a class needed of one resource, and who stands out, most first."""

    measured: int
    median: float
    limit: float  # above it, one stands out
    outliers: tuple[Outlier, ...]


class MissingFeatures(Record, frozen=True):
    """Hand-ins whose runs lacked an isolation feature; `feature` is empty for runs in plain mode."""

    feature: str
    detail: str
    entries: tuple[GradebookEntry, ...]


class ClassSummary(Record, frozen=True):
    """A class at a glance. Lists of entries keep the order in which they were given."""

    hand_ins: int
    graded: int  # with a final mark
    statuses: Mapping[Status, int]  # has all six
    max_points: float
    marks: Marks | None  # None where nothing is graded
    histogram: tuple[MarkClass, ...]
    undecided: tuple[Undecided, ...]  # most first
    criteria: tuple[CriterionSummary, ...]  # in the order of the rubric
    shared_causes: tuple[SharedCause, ...]  # most first
    misconceptions: tuple[Misconception, ...]  # most first
    seconds: Usage | None  # None with fewer than FEWEST measured
    memory: Usage | None  # MiB
    late: tuple[GradebookEntry, ...]
    adjusted: tuple[GradebookEntry, ...]
    uncertified: tuple[GradebookEntry, ...]
    missing_features: tuple[MissingFeatures, ...]


def summarise(entries: Sequence[GradebookEntry]) -> ClassSummary:
    """Return the summary of entries, one for each student."""
    verdicts = [entry.verdict for entry in entries if entry.verdict is not None]
    marks = [mark for entry in entries if (mark := entry.mark) is not None]
    max_points = _usual_maximum(verdicts)
    return ClassSummary(
        hand_ins=len(entries),
        graded=len(marks),
        statuses=_counts(entry.status for entry in entries),
        max_points=max_points,
        marks=_marks(marks),
        histogram=build_histogram(marks, max_points),
        undecided=_undecided(entries),
        criteria=_criteria(verdicts),
        shared_causes=find_shared_causes(entries),
        misconceptions=_misconceptions(entries),
        seconds=measure_usage(entries, lambda verdict: verdict.resources.wall_seconds),
        memory=measure_usage(entries, lambda verdict: verdict.resources.peak_mib),
        late=tuple(entry for entry in entries if entry.late),
        adjusted=tuple(entry for entry in entries if entry.adjustments),
        uncertified=tuple(entry for entry in entries if entry.verdict and entry.verdict.certified is False),
        missing_features=_missing_features(entries),
    )


def _still_open(entry: GradebookEntry, criteria: Sequence[CriterionVerdict]) -> list[CriterionVerdict]:
    by_hand = {adjustment.criterion for adjustment in entry.adjustments}
    return [criterion for criterion in criteria if criterion.id not in by_hand]


def lacks_isolation(verdict: Verdict) -> bool:
    """Return whether the submission ran in plain mode or with an isolation feature missing."""
    return verdict.isolation.mode == "plain" or not all(wall.stands for wall in verdict.isolation.walls)


def _counts(statuses: Iterable[Status]) -> dict[Status, int]:
    counts = Counter(statuses)
    return {status: counts[status] for status in Status}


def _usual_maximum(verdicts: Sequence[Verdict]) -> float:
    """Return the most points that most verdicts could have; halfway through a rescoring there are two rubrics."""
    counts = Counter(verdict.max_points for verdict in verdicts)
    return max(counts, key=lambda points: (counts[points], points), default=0.0)


def _marks(marks: Sequence[float]) -> Marks | None:
    if not marks:
        return None
    return Marks(
        median=statistics.median(marks), mean=statistics.fmean(marks), lowest=min(marks), highest=max(marks)
    )


def build_histogram(marks: Sequence[float], max_points: float) -> tuple[MarkClass, ...]:
    """Return classes of equal and round width from 0 to `max_points`, wider where marks lie beyond."""
    if not marks:
        return ()
    within = [min(max(mark, -_LARGEST), _LARGEST) for mark in marks]
    low, high = min(0.0, *within), max(max_points, *within)
    # A few bonus points widen the histogram by a bar, and not its bars.
    width = max_points if max_points > 0 and high - low < 2 * max_points else high - low
    step = _round_step(width / MARK_CLASSES) if width > 0 else 1.0
    first = math.floor(low / step + 1e-9)
    last = max(math.ceil(high / step - 1e-9), first + 1)
    # The tolerance keeps 0.3 in the class that begins at 3 times 0.1.
    counts = Counter(min(math.floor(mark / step + 1e-9), last - 1) for mark in within)
    return tuple(
        MarkClass(low=round(index * step, 9), high=round((index + 1) * step, 9), count=counts[index])
        for index in range(first, last)
    )


def _round_step(rough: float) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that is at least `rough`."""
    power: float = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))


def _undecided(entries: Sequence[GradebookEntry]) -> tuple[Undecided, ...]:
    groups: dict[tuple[str, ...], list[GradebookEntry]] = {}
    for entry in entries:
        if entry.mark is None:
            groups.setdefault(_reasons(entry), []).append(entry)
    # What has not had its turn says nothing about the class: last.
    ordered = sorted(groups.items(), key=lambda group: (not group[0], -len(group[1]), group[0]))
    return tuple(Undecided(reasons=reasons, entries=tuple(of_reason)) for reasons, of_reason in ordered)


def _reasons(entry: GradebookEntry) -> tuple[str, ...]:
    verdict = entry.verdict
    if verdict is None:
        return (entry.problem,) if entry.problem else ()
    undecided = _still_open(entry, [c for c in verdict.criteria if c.status is Status.NOT_GRADED])
    messages = [criterion.message for criterion in undecided]
    # Criteria that wait for another one repeat its message.
    return tuple(dict.fromkeys(messages or [notice.text for notice in verdict.notices])) or ("",)


def _criteria(verdicts: Sequence[Verdict]) -> tuple[CriterionSummary, ...]:
    """Return the criteria of all verdicts, in the order that most of them have."""
    orders = Counter(tuple(criterion.id for criterion in verdict.criteria) for verdict in verdicts)
    seen: dict[str, list[CriterionVerdict]] = {}
    for order in sorted(orders, key=lambda ids: (-orders[ids], ids)):
        seen.update({name: [] for name in order if name not in seen})
    for verdict in verdicts:
        for criterion in verdict.criteria:
            seen[criterion.id].append(criterion)
    return tuple(
        CriterionSummary(
            id=name,
            title=_most_common(criterion.title for criterion in of_criterion),
            counts=_counts(criterion.status for criterion in of_criterion),
            consequences=sum(bool(criterion.same_cause_as) for criterion in of_criterion),
        )
        for name, of_criterion in seen.items()
    )


def find_shared_causes(entries: Sequence[GradebookEntry]) -> tuple[SharedCause, ...]:
    """Return the criteria whose cause cost others as well: once each, those of most hand-ins first."""
    titles: dict[str, list[str]] = {}
    consequences: dict[str, dict[str, list[str]]] = {}
    told_by: dict[str, list[GradebookEntry]] = {}
    for entry in entries:
        criteria = {c.id: c for c in entry.verdict.criteria} if entry.verdict is not None else {}
        lost = [c for c in criteria.values() if c.same_cause_as in criteria]
        for cause in dict.fromkeys(c.same_cause_as for c in lost):
            titles.setdefault(cause, []).append(criteria[cause].title)
            told_by.setdefault(cause, []).append(entry)
        for c in lost:
            consequences.setdefault(c.same_cause_as, {}).setdefault(c.id, []).append(c.title)
    return tuple(
        SharedCause(
            criterion=cause,
            title=_most_common(titles[cause]),
            consequences=tuple((_most_common(names), len(names)) for names in consequences[cause].values()),
            entries=tuple(told_by[cause]),
        )
        for cause in sorted(told_by, key=lambda cause: (-len(told_by[cause]), cause))
    )


def _misconceptions(entries: Sequence[GradebookEntry]) -> tuple[Misconception, ...]:
    hints: dict[str, list[Hint]] = {}
    cases: dict[str, list[MisconceptionCase]] = {}
    for entry in entries:
        first: dict[str, tuple[Hint, str]] = {}
        for criterion in entry.verdict.criteria if entry.verdict is not None else ():
            for hint in criterion.hints:
                first.setdefault(hint.id, (hint, criterion.id))
        for name, (hint, where) in first.items():
            hints.setdefault(name, []).append(hint)
            cases.setdefault(name, []).append(MisconceptionCase(entry=entry, criterion=where))
    return tuple(
        Misconception(
            id=name,
            severity=_most_common(hint.severity for hint in hints[name]),
            text=_most_common(hint.text for hint in hints[name]),
            cases=tuple(cases[name]),
        )
        for name in sorted(hints, key=lambda name: (-len(hints[name]), name))
    )


def _most_common(values: Iterable[W]) -> W:
    """Return the value that is there most often, the first in the alphabet where several are."""
    counts = Counter(values)
    return min(counts, key=lambda value: (-counts[value], value))


def measure_usage(entries: Sequence[GradebookEntry], value: Callable[[Verdict], float]) -> Usage | None:
    """Return who needed more than `DEVIATIONS` median absolute deviations above the median, and `RATIO` times it.

    The median and the deviation from it don't move with the outliers themselves, as mean and standard deviation
    do. What never ran (0) isn't counted. None where fewer than `FEWEST` were measured.
    """
    measured = [
        (entry, amount)
        for entry in entries
        if entry.verdict is not None and math.isfinite(amount := value(entry.verdict)) and amount > 0
    ]
    if len(measured) < FEWEST:
        return None
    median = statistics.median(amount for _, amount in measured)
    deviation = statistics.median(abs(amount - median) for _, amount in measured)
    limit = max(median + DEVIATIONS * deviation, RATIO * median)
    beyond = sorted((pair for pair in measured if pair[1] > limit), key=lambda pair: -pair[1])
    outliers = tuple(Outlier(entry=entry, value=amount, ratio=amount / median) for entry, amount in beyond)
    return Usage(measured=len(measured), median=median, limit=limit, outliers=outliers)


def _missing_features(entries: Sequence[GradebookEntry]) -> tuple[MissingFeatures, ...]:
    groups: dict[tuple[str, str], list[GradebookEntry]] = {}
    for entry in entries:
        if entry.verdict is None:
            continue
        isolation = entry.verdict.isolation
        missing = [(wall.id, wall.detail) for wall in isolation.walls if not wall.stands]
        for feature in [("", "")] if isolation.mode == "plain" else missing:
            groups.setdefault(feature, []).append(entry)
    return tuple(
        MissingFeatures(feature=feature, detail=detail, entries=tuple(lacking_entries))
        for (feature, detail), lacking_entries in sorted(groups.items())
    )
