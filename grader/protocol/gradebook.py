"""What is known of one student's hand-in, for whoever shows a class: dashboard, exports, tables on a terminal.

Plain frozen data, read from the store. With pseudonyms these are already in it: nothing here knows the real names.
"""

import math
from datetime import datetime

from grader.protocol.hand_in import HandIn
from grader.protocol.verdict import Record, Status, Verdict


class Adjustment(Record, frozen=True):
    """What a person decided against the verdict. It outlives every rescoring.

    With a `criterion`, `points` are what it gives instead of the verdict's; without one, they are added to
    the sum.
    """

    criterion: str | None
    points: float
    reason: str
    by: str
    at: datetime  # UTC


class GradebookEntry(HandIn, frozen=True, kw_only=True):
    """The newest hand-in of one student, with its newest verdict: one entry per student."""

    verdict: Verdict | None = None  # None: could not be read, or not yet graded
    problem: str = ""  # why there is no verdict: a sentence for people
    adjustments: tuple[Adjustment, ...] = ()
    report: str = ""  # the report's address, relative to the dashboard's folder
    graded: datetime | None = None  # UTC

    @property
    def status(self) -> Status:
        """Return the verdict's status; without one, nothing was decided."""
        return Status.NOT_GRADED if self.verdict is None else self.verdict.status

    @property
    def points(self) -> float | None:
        """Return the mark: the verdict's points with the adjustments; None where there is neither.

        What could not be graded has no mark until a person gives it one.
        """
        if self.verdict is None and not self.adjustments:
            return None
        points = self.verdict.points if self.verdict is not None else 0.0
        judged = {c.id: c.points for c in self.verdict.criteria} if self.verdict is not None else {}
        for adjustment in self.adjustments:
            if adjustment.criterion is None:
                points += adjustment.points
            else:
                points += adjustment.points - judged.get(adjustment.criterion, 0.0)
                judged[adjustment.criterion] = adjustment.points
        return round(points, 6)

    @property
    def mark(self) -> float | None:
        """Return the points where they are final: None as long as something is decided neither by the grader nor
        by a person.

        The points of a verdict that is not graded are what was decided so far, and no mark. A person decides a
        criterion by adjusting it, and everything by adjusting the sum.
        """
        points = self.points
        if points is None or not math.isfinite(points):
            return None
        adjusted = {adjustment.criterion for adjustment in self.adjustments}
        if self.status is not Status.NOT_GRADED or None in adjusted:
            return points
        if self.verdict is None:
            return points if adjusted else None
        undecided = [c.id for c in self.verdict.criteria if c.status is Status.NOT_GRADED]
        return points if undecided and adjusted.issuperset(undecided) else None
