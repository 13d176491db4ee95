"""What is known of one student's hand-in, for whoever shows a class: dashboard, exports, tables on a terminal.

Plain frozen data, read from the store. With pseudonyms these are already in it: nothing here knows the real names.
"""

import math
from datetime import datetime
from enum import StrEnum

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


class RuleKind(StrEnum):
    """A rule of a course's policy, see `grader.classroom.policies`."""

    ATTEMPT = "attempt"  # an earlier hand-in counts, for it is better
    EXTENSION = "extension"  # this student had more time
    GRACE = "grace"  # late, but not by so much that it counts
    LATE_DAYS = "late_days"  # paid for from the student's budget
    PENALTY = "penalty"  # for being late
    UNKNOWN_TIME = "unknown_time"  # nobody knows whether it was late, or how late: nothing is taken
    ROUNDING = "rounding"


class AppliedRule(Record, frozen=True, kw_only=True):
    """What one rule did to one mark; most of them change no points, but are the reason for those that do."""

    rule: RuleKind
    change: float = 0.0  # points that it added; negative: took away
    days: int = 0  # of the budget
    seconds: int = 0  # late, after extensions and days of the budget
    at: datetime | None = None  # UTC: until when it was in time; for ATTEMPT, when that one was handed in
    reason: str = ""  # of an extension


class GradebookEntry(HandIn, frozen=True, kw_only=True):
    """The newest hand-in of one student, with its newest verdict: one entry per student."""

    verdict: Verdict | None = None  # None: could not be read, or not yet graded
    problem: str = ""  # why there is no verdict: a sentence for people
    adjustments: tuple[Adjustment, ...] = ()
    report: str = ""  # the report's address, relative to the dashboard's folder
    graded: datetime | None = None  # UTC
    rules: tuple[AppliedRule, ...] = ()  # of the course's policy, in the order in which they were applied
    grade: str = ""  # by the policy's grade key, of a final mark; empty without one
    is_passed: bool | None = None  # by the policy's pass mark; None without one, or without a final mark

    @property
    def status(self) -> Status:
        """Return the verdict's status; without one, nothing was decided."""
        return Status.NOT_GRADED if self.verdict is None else self.verdict.status

    @property
    def judged_points(self) -> float | None:
        """Return the verdict's points, with those that a person gave to criteria; None where there is neither."""
        judged = {c.id: c.points for c in self.verdict.criteria} if self.verdict is not None else {}
        points = self.verdict.points if self.verdict is not None else 0.0
        by_criterion = [(a.criterion, a.points) for a in self.adjustments if a.criterion is not None]
        if self.verdict is None and not by_criterion:
            return None
        for criterion, decided in by_criterion:
            points += decided - judged.get(criterion, 0.0)
            judged[criterion] = decided
        return round(points, 6)

    @property
    def points(self) -> float | None:
        """Return the mark: what was judged, then the course's rules, then what a person added to the sum.

        A person who changes a criterion corrects the verdict, so the rules come after it; a person who changes
        the sum has the last word. What could not be graded has no mark until a person gives it one.
        """
        judged, added = self.judged_points, [a.points for a in self.adjustments if a.criterion is None]
        if judged is None and not added and not self.rests_on_earlier:
            return None
        return round((judged or 0.0) + sum(rule.change for rule in self.rules) + sum(added), 6)

    @property
    def rests_on_earlier(self) -> bool:
        """Return whether an earlier hand-in counts, and not the newest."""
        return any(rule.rule is RuleKind.ATTEMPT for rule in self.rules)

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
        if self.status is not Status.NOT_GRADED or None in adjusted or self.rests_on_earlier:
            return points
        if self.verdict is None:
            return points if adjusted else None
        undecided = [c.id for c in self.verdict.criteria if c.status is Status.NOT_GRADED]
        return points if undecided and adjusted.issuperset(undecided) else None
