"""What goes into grading a submission and what comes out."""

from enum import StrEnum

import msgspec

from grader.protocol.messages import Evidence
from grader.protocol.submission import Submission
from grader.protocol.verdict import Exhibits, Isolation, Resources, Verdict


class Graded(msgspec.Struct, frozen=True):
    """A verdict with what the report shows besides, and the evidence that it was made from."""

    verdict: Verdict
    exhibits: Exhibits
    evidence: Evidence


class PriorEvidence(msgspec.Struct, frozen=True):
    """Evidence that is there already, so that its steps need not be done.

    `seeds`: those that it was made with; without any, the rubric's first. `isolation` and `resources` are those of
    the runs that it came from, if it is all that there is to be.
    """

    evidence: Evidence
    seeds: tuple[int, ...] = ()
    isolation: Isolation | None = None
    resources: Resources | None = None


class Mode(StrEnum):
    """How submissions run."""

    WALLS = "walls"  # behind walls, forked from the warm worker: Linux
    PLAIN = "plain"  # in processes of their own, without walls: for one's own code


class Job(msgspec.Struct, frozen=True):
    """One submission to grade. `prior`: see `Grader.grade`."""

    id: str
    exercise: str
    submission: Submission
    language: str
    prior: PriorEvidence | None = None


class JobResult(msgspec.Struct, frozen=True):
    """What came of a job: graded, or what went wrong with the grader, never with the submission."""

    id: str
    graded: Graded | None
    fault: str = ""
