"""Records that go into grading a submission (`Job`, `PriorEvidence`) and that come out (`Graded`, `JobResult`)."""

from enum import StrEnum

import msgspec

from grader.core.i18n import Message
from grader.protocol.messages import Evidence
from grader.protocol.submission import Submission
from grader.protocol.verdict import Exhibits, Isolation, Resources, Verdict


class Graded(msgspec.Struct, frozen=True):
    """A submission that was graded."""

    verdict: Verdict
    exhibits: Exhibits
    """What the report shows besides the verdict."""
    evidence: Evidence
    """All evidence that the verdict was made from, prior evidence included."""
    returned: tuple[str, ...] = ()
    """Ids of the steps that returned something: their evidence names no line of the submission."""


class PriorEvidence(msgspec.Struct, frozen=True):
    """Evidence of earlier runs, whose steps need not be done again."""

    evidence: Evidence
    seeds: tuple[int, ...] = ()
    """The seeds that the runs were made with; empty for the rubric's first seed."""
    isolation: Isolation | None = None
    """The isolation features of the runs. It must be there when no step is left to run."""
    resources: Resources | None = None
    """What the runs used; new runs are added to it."""


class Mode(StrEnum):
    """How submissions run."""

    WALLS = "walls"
    """Behind walls, in processes forked from the warm worker. Linux only."""
    PLAIN = "plain"
    """In processes of their own, without walls. For one's own code."""


class Job(msgspec.Struct, frozen=True):
    """One submission to grade in a pool."""

    id: str
    """Chosen by the caller, and repeated in the result."""
    exercise: str
    """Name of the exercise in the course."""
    submission: Submission
    language: str
    """Language of the verdict, such as "en"."""
    prior: PriorEvidence | None = None
    """Evidence that would come out the same, so that only what is missing in it is done."""


class JobResult(msgspec.Struct, frozen=True):
    """What came of a job: a verdict, or a fault of the grader that is never the submission's."""

    id: str
    """That of the job."""
    graded: Graded | None
    """None where the grader failed."""
    fault: str = ""
    """What went wrong with the grader, in English; empty when the submission was graded."""
    broken_rubric: Message | None = None
    """What is wrong with the rubric, where that is why there is no verdict."""
    ended_examiner: bool = False
    """Whether it was judging this submission, and nothing else, that went wrong each time."""
