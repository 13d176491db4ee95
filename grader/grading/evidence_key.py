"""The cache key of stored evidence: submission, plan and versions."""

import hashlib
import platform
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import msgspec

from grader.core.course import Course
from grader.core.datasets import find_data_folder, list_usable
from grader.grading.code_hash import code_hash
from grader.grading.versions import versions
from grader.protocol.messages import Question, RunPlan
from grader.protocol.submission import Submission
from grader.protocol.verdict import Versions

NEUTRAL_NAMES = {"script": "submission.py", "notebook": "submission.ipynb"}


class _KeyContent(msgspec.Struct, frozen=True):
    """Everything that evidence depends on. Other fields, or their order, would change stored keys."""

    submission: Submission
    plan: str
    mode: str
    versions: Versions
    machine: str
    code: str


@dataclass(frozen=True)
class EvidenceKey:
    """What the evidence and the verdicts of one exercise depend on now, besides the submission."""

    course: Course
    exercise: str
    """Name of the exercise in the course."""
    language: str
    """Language of the verdicts; evidence does not depend on it."""
    mode: str
    """How submissions run: the value of a `Mode`."""
    plan: str = ""
    """SHA-256 of the packed plan for the first seed; empty until `planned` fills it in."""

    def planned(self, make_plan: Callable[[Question], RunPlan]) -> Self:
        """Return the key with the hash of the plan that `make_plan` makes, and raise what `make_plan` raises."""
        parcel = make_plan(self.question()).parcel
        return replace(self, plan=hashlib.sha256(parcel).hexdigest())

    def question(self, seeds: tuple[int, ...] = ()) -> Question:
        """Return the question to an examiner about this exercise. `seeds`: without any, the rubric's first."""
        return Question(
            course=str(self.course.folder), exercise=self.exercise, seeds=seeds, secret=self.course.secret
        )

    def key(self, submission: Submission) -> str:
        """Return the key under which the evidence of a submission is stored: a SHA-256 in hex."""
        content = _KeyContent(
            submission=submission,
            plan=self.plan,
            mode=self.mode,
            versions=_without_judgement(versions()),
            machine=", ".join([f"{platform.system()} {platform.machine()}", *list_named_datasets(submission)]),
            code=code_hash(),
        )
        return hashlib.sha256(msgspec.msgpack.encode(content)).hexdigest()


def anonymised_name(submission: Submission) -> Submission:
    """Return the submission under a file name that is the same for all of its kind, without its author's name."""
    return msgspec.structs.replace(submission, name=NEUTRAL_NAMES[submission.kind])


def list_named_datasets(submission: Submission) -> list[str]:
    """Return the data sets of this machine that a submission names: what it loads depends on them."""
    sources = [unit.source for unit in submission.units]
    usable = list_usable(find_data_folder())
    return [text for text in usable if any(text.partition(":")[0] in source for source in sources)]


def _without_judgement(all_versions: Versions) -> Versions:
    """Leave out the versions of what only judges: evidence does not depend on them."""
    return msgspec.structs.replace(all_versions, grader="", rubric="")
