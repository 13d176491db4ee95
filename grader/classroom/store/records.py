"""What goes into the store and what comes out of it. Plain frozen records."""

from datetime import datetime

import msgspec

from grader.protocol.gradebook import GradebookEntry
from grader.protocol.hand_in import HandIn
from grader.protocol.messages import Evidence
from grader.protocol.submission import Submission
from grader.protocol.verdict import Isolation, Record, Resources, Verdict, Versions


class StoredEvidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The evidence of one submission, with what else a judgement of it needs to come out the same."""

    held: Evidence
    seeds: tuple[int, ...]
    plan: str  # hash of the plan that was carried out
    versions: Versions
    isolation: Isolation
    resources: Resources


class NewHandIn(Record, frozen=True, kw_only=True):
    """What one student handed in, to be entered into the store."""

    hand_in: HandIn
    submission: Submission | None = None  # None: the file could not be read
    problem: str = ""  # why not: a sentence for people


class Judgement(Record, frozen=True, kw_only=True):
    """A verdict on the hand-in of this number. `key`: of the evidence that it was made from; `by`: the user."""

    number: int
    key: str | None
    verdict: Verdict
    by: str


class VerdictHistoryItem(Record, frozen=True, kw_only=True):
    """One verdict of a student's history."""

    number: int  # counts all verdicts of the store, in the order in which they were given
    hand_in: int
    sha256: str  # of the file that was judged
    at: datetime  # UTC
    by: str
    rubric: str  # hash of the rubric
    key: str | None
    verdict: Verdict | None  # None: was changed since, and is not believed


class HandInRow(Record, frozen=True, kw_only=True):
    """The newest hand-in of one student, as the store knows it."""

    entry: GradebookEntry
    number: int  # of the hand-in
    run: int  # the newest run that met this student: lower than the newest of all where the student is gone
    sha256: str = ""  # of the file that was handed in; empty where it could not be read
    key: str | None = None  # of the evidence that the verdict was made from
    damaged: bool = False  # there is a verdict, but it was changed since: it is not believed, and `entry` has none
