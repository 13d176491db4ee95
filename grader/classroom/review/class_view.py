"""What a class looks like from the desk: read from the store, and decoded only where something is new."""

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.classroom.pages import Publisher
from grader.classroom.store import (
    Comment,
    HandInRow,
    HandMark,
    RegradeRequest,
    Store,
    StudentState,
    Version,
)
from grader.protocol.verdict import CriterionVerdict, Status


@dataclass(frozen=True)
class ClassView:
    """A class at one moment. Students are named by their keys in the store."""

    series: str
    rows: Mapping[str, HandInRow]
    states: Mapping[str, StudentState]
    references: Mapping[str, str]  # by student
    criteria: Mapping[str, CriterionVerdict]  # by id, in the order of the rubric: of somebody who has each
    by_criterion: Mapping[str, Mapping[str, CriterionVerdict]]  # by id, then by student
    marks: Mapping[tuple[str, str, bool], HandMark]  # by student, criterion, and whether of a second marker
    comments: tuple[Comment, ...]
    requests: tuple[RegradeRequest, ...]
    orders: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def order(self, criterion: str) -> tuple[str, ...]:
        """Return whose hand-ins are reviewed, one after another.

        What the grader left open comes first. Within that, the order is random but always the same for one
        criterion, and another one for the next: nobody is always marked first, or by somebody who is tired.
        """
        if criterion not in self.orders:
            verdicts = self.by_criterion.get(criterion, {})
            self.orders[criterion] = tuple(
                sorted(
                    verdicts,
                    key=lambda student: (
                        verdicts[student].status is not Status.NOT_GRADED,
                        _shuffle(self.series, criterion, student),
                    ),
                )
            )
        return self.orders[criterion]

    def find_by_reference(self, reference: str) -> str | None:
        """Return the student whose report has a reference, or None."""
        return next((student for student, own in self.references.items() if own == reference), None)

    def mark(self, student: str, criterion: str, *, is_second: bool) -> HandMark | None:
        """Return what a person decided about a criterion, as a first or as a second marker."""
        return self.marks.get((student, criterion, is_second))

    def is_open(self, student: str, criterion: str, *, is_second: bool) -> bool:
        """Return whether a criterion still waits for a person."""
        verdict = self.by_criterion[criterion][student]
        return verdict.status is Status.NOT_GRADED and self.mark(student, criterion, is_second=is_second) is None

    def find_open_after(self, student: str, criterion: str, *, is_second: bool) -> str | None:
        """Return the next student whose criterion waits for a person; None where nobody's does."""
        order = self.order(criterion)
        start = order.index(student) + 1 if student in order else 0
        others = (s for s in (*order[start:], *order[:start]) if s != student)
        return next((s for s in others if self.is_open(s, criterion, is_second=is_second)), None)

    def version(self, student: str, criterion: str, *, is_second: bool) -> Version:
        """Return what a person sees of a criterion now."""
        state, mark = self.states[student], self.mark(student, criterion, is_second=is_second)
        return Version(
            hand_in=state.hand_in, verdict=state.verdict, adjustment=mark.number if mark is not None else 0
        )

    def find_request(self, student: str, criterion: str) -> RegradeRequest | None:
        """Return the oldest request about a criterion that is not answered."""
        return next(
            (r for r in self.requests if (r.student, r.criterion) == (student, criterion) and not r.adjustment),
            None,
        )

    @property
    def open_requests(self) -> tuple[RegradeRequest, ...]:
        """Return the requests that are not answered and can be, oldest first."""
        return tuple(
            request
            for request in self.requests
            if not request.adjustment and request.student in self.by_criterion.get(request.criterion, {})
        )


class ClassReader:
    """Reads a class from the store, as it is now. Thread-safe."""

    def __init__(self, publisher: Publisher, store: Store) -> None:
        self._publisher, self._store = publisher, store
        self._lock = threading.Lock()
        self._states: dict[str, StudentState] | None = None  # of which the following were read
        self._rows: dict[str, HandInRow] = {}
        self._references: dict[str, str] = {}
        self._by_criterion: dict[str, dict[str, CriterionVerdict]] = {}
        self._orders: dict[str, tuple[str, ...]] = {}

    def read(self) -> ClassView:
        """Return the class as it is now. Raises `StoreError`."""
        series, hand_marks = self._publisher.series, self._store.hand_marks
        with self._lock:
            # States before rows: what comes in between is read once more the next time.
            states = {state.student: state for state in hand_marks.read_states(series)}
            if states != self._states:
                self._read_rows()
                self._states = states
            marks = {
                (mark.student, mark.criterion, mark.is_second): mark for mark in hand_marks.read_marks(series)
            }
            return ClassView(
                series=series,
                rows=self._rows,
                states=states,
                references=self._references,
                criteria={name: next(iter(of.values())) for name, of in self._by_criterion.items()},
                by_criterion=self._by_criterion,
                marks=marks,
                comments=tuple(hand_marks.read_comments(series)),
                requests=tuple(hand_marks.read_requests(series)),
                orders=self._orders,
            )

    def _read_rows(self) -> None:
        rows = self._store.newest_hand_ins(self._publisher.series)
        self._rows = {row.entry.student: row for row in rows}
        self._references = {student: self._publisher.public_reference(student) for student in self._rows}
        self._orders = {}
        by_criterion: dict[str, dict[str, CriterionVerdict]] = {}
        for student, row in self._rows.items():
            for verdict in row.entry.verdict.criteria if row.entry.verdict is not None else ():
                by_criterion.setdefault(verdict.id, {})[student] = verdict
        self._by_criterion = by_criterion


def _shuffle(*parts: str) -> bytes:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).digest()
