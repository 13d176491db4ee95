"""What evidence depends on, and so what it is kept under: the submission, the plan, the versions."""

import hashlib
import platform
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import msgspec

from grader.core.course import Course
from grader.grading.code_hash import code_hash
from grader.grading.versions import versions
from grader.protocol.messages import Question, RunPlan
from grader.protocol.submission import Submission
from grader.protocol.verdict import Versions

NEUTRAL = {"script": "submission.py", "notebook": "submission.ipynb"}


class _Basis(msgspec.Struct, frozen=True):
    submission: Submission
    plan: str
    mode: str
    versions: Versions
    machine: str
    code: str


@dataclass(frozen=True)
class EvidenceKey:
    """What the verdicts of one exercise depend on today."""

    course: Course
    exercise: str
    language: str
    mode: str  # "walls" or "plain"
    plan: str = ""  # SHA-256 of the plan for the first seeds; empty as long as nobody asked for it

    def planned(self, make_plan: Callable[[Question], RunPlan]) -> Self:
        """Return the key with the plan that an examiner makes. Raises what `make_plan` raises."""
        parcel = make_plan(self.question()).parcel
        return replace(self, plan=hashlib.sha256(parcel).hexdigest())

    def question(self, seeds: tuple[int, ...] = ()) -> Question:
        """Return what to ask an examiner about."""
        return Question(course=str(self.course.folder), exercise=self.exercise, seeds=seeds)

    def key(self, submission: Submission) -> str:
        """Return what the evidence of a submission is kept under."""
        basis = _Basis(
            submission=submission,
            plan=self.plan,
            mode=self.mode,
            versions=_without_judgement(versions()),
            machine=f"{platform.system()} {platform.machine()}",
            code=code_hash(),
        )
        return hashlib.sha256(msgspec.msgpack.encode(basis)).hexdigest()


def anonymised_name(submission: Submission) -> Submission:
    """Return the submission under a name that says nothing about its author, and is the same for all."""
    return msgspec.structs.replace(submission, name=NEUTRAL[submission.kind])


def _without_judgement(of: Versions) -> Versions:
    """Leave out what judges and does not run: evidence outlives it."""
    return msgspec.structs.replace(of, grader="", rubric="")
