"""The records that go into a store and come out of it."""

from datetime import datetime

import msgspec

from grader.protocol.gradebook import GradebookEntry
from grader.protocol.hand_in import HandIn
from grader.protocol.messages import Evidence
from grader.protocol.submission import Submission
from grader.protocol.verdict import Hint, Isolation, Record, Resources, Status, Verdict, Versions


class StoredEvidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The evidence of one submission, with what else is needed to judge it again in the same way."""

    evidence: Evidence = msgspec.field(name="held")  # in files, the name of the first releases
    seeds: tuple[int, ...]  # that were trained
    plan: str  # SHA-256 of the plan that was executed
    versions: Versions  # of Python and the libraries that ran it
    isolation: Isolation
    resources: Resources


class NewHandIn(Record, frozen=True, kw_only=True):
    """What one student handed in, to be entered into the store."""

    hand_in: HandIn
    submission: Submission | None = None  # None: the file could not be read
    problem: str = ""  # why not: a sentence for people


class Judgement(Record, frozen=True, kw_only=True):
    """A verdict on one hand-in, to be appended to its history."""

    number: int  # of the hand-in
    key: str | None  # of the evidence that the verdict was made from
    verdict: Verdict
    by: str  # the user who ran the command


class HandInRow(Record, frozen=True, kw_only=True):
    """The newest hand-in of one student, as the store knows it."""

    entry: GradebookEntry
    number: int  # of the hand-in, in this store
    sha256: str = ""  # of the file that was handed in; empty where it could not be read
    key: str | None = None  # of the evidence that the verdict was made from; None without a verdict


class AttemptCriterion(msgspec.Struct, frozen=True):
    """Of a criterion's verdict, what is needed to follow a student over several hand-ins."""

    id: str
    status: Status
    points: float
    hints: tuple[Hint, ...] = ()


class AttemptVerdict(msgspec.Struct, frozen=True):
    """Of a verdict, what is needed to follow a student; it is read from the same bytes."""

    status: Status
    points: float
    max_points: float
    criteria: tuple[AttemptCriterion, ...]


class Attempt(Record, frozen=True, kw_only=True):
    """One of a student's hand-ins, the newest or an earlier one, with its newest verdict."""

    hand_in: HandIn
    number: int  # of the hand-in, in this store
    entered: datetime  # UTC; when it came into the store
    is_newest: bool
    verdict: AttemptVerdict | None = None


class Version(Record, frozen=True, kw_only=True):
    """What a person saw of one criterion of one student before deciding. A decision on something older is refused.

    All are numbers of rows in the store; 0 where there is none.
    """

    hand_in: int
    verdict: int
    adjustment: int  # that decides the criterion; of a second marker, the second marker's

    def __str__(self) -> str:
        return f"{self.hand_in}-{self.verdict}-{self.adjustment}"


class HandMark(Record, frozen=True, kw_only=True):
    """What a person decided about one criterion of one student, as the store knows it."""

    number: int
    student: str
    criterion: str
    points: float
    reason: str  # the person's own words, without the comment
    comment: str | None  # id of the reusable comment
    comment_text: str  # as it is today; "" without one
    by: str
    at: datetime
    is_second: bool

    @property
    def text(self) -> str:
        """Return what the student reads."""
        return " ".join(part for part in (self.comment_text, self.reason) if part)


class NewMark(Record, frozen=True, kw_only=True):
    """What a person decides about one criterion of one student."""

    student: str
    criterion: str
    points: float
    reason: str
    comment: str | None = None  # id of a reusable comment
    is_second: bool = False


class StudentState(Record, frozen=True, kw_only=True):
    """Which hand-in and which verdict of a student are the newest."""

    student: str
    hand_in: int
    verdict: int  # 0 where there is none
    problem: str
    is_readable: bool


class Comment(Record, frozen=True, kw_only=True):
    """A sentence that several students may get for one criterion."""

    id: str
    criterion: str
    text: str
    by: str
    at: datetime


class RegradeRequest(Record, frozen=True, kw_only=True):
    """A student's wish that a criterion be looked at again."""

    number: int
    student: str
    criterion: str
    text: str
    at: datetime
    adjustment: int | None  # that answers it
