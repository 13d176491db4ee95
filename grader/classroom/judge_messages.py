"""What `grader rescore` and the processes that judge for it send each other. Imports no NumPy."""

from enum import StrEnum

import msgspec

from grader.core.i18n import Message
from grader.protocol.gradebook import GradebookEntry
from grader.protocol.verdict import Verdict


class RerunReason(StrEnum):
    """Why a submission has to be run again."""

    PLAN = "plan"  # the rubric asks for other things
    LOST = "lost"  # there is no evidence any more
    REPLAY = "replay"  # a check needs more about a network
    SEEDS = "seeds"  # the verdict is in doubt now: more seeds decide
    STAND_INS = "stand_ins"  # functions have to be tried on networks of the grader's


class JudgeSettings(msgspec.Struct, frozen=True):
    """The first message to a process that judges: the class, and today's evidence key without the plan."""

    folder: str  # of the class
    course: str  # folder of the course
    secret: bytes  # of the course
    exercise: str
    language: str
    mode: str


class RejudgeJob(msgspec.Struct, frozen=True, tag="RejudgeJob"):
    """A hand-in whose evidence is to be judged.

    Where `entry` has a verdict, the report is written only if that verdict comes out again.
    """

    number: int  # of the hand-in, in the store
    key: str  # of the evidence
    entry: GradebookEntry
    has_report: bool = True  # False: an earlier hand-in, of which only the verdict is asked for


class PlanKey(msgspec.Struct, frozen=True, tag="PlanKey"):
    """Asks for the hash of today's plan."""


class RejudgeResult(msgspec.Struct, frozen=True, tag="RejudgeResult"):
    """What came of one job: a verdict, or a reason to run the submission, or a fault of the grader."""

    number: int
    verdict: Verdict | None = None
    rerun: RerunReason | None = None
    fault: str = ""
    ended_examiner: bool = False  # judging this hand-in, and nothing else, ended a process each time


class Planned(msgspec.Struct, frozen=True, tag="Planned"):
    """Answers `PlanKey`."""

    plan: str  # SHA-256 of the packed plan
    judge_seconds: float  # that judging one submission may take


class Unusable(msgspec.Struct, frozen=True, tag="Unusable"):
    """Nothing can be judged by this rubric: its author has to mend it."""

    text: Message


class Stopped(msgspec.Struct, frozen=True, tag="Stopped"):
    """The store or the disk has failed, which is not about this hand-in. `text` says what to do."""

    text: Message


JudgeRequest = PlanKey | RejudgeJob
JudgeReply = Planned | RejudgeResult | Unusable | Stopped
