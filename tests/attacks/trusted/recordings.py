"""Evidence that right solutions left, to be changed by attacks and judged again without TensorFlow.

`python -m tests.attacks.trusted.recordings` records it anew: needed only where a rubric asks for other steps. What
is recorded of a step that no rubric knows any more is not looked at.
"""

import lzma
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec

from grader.core.course import Course
from grader.core.seal import UNSEALED
from grader.examiner.session import Session
from grader.protocol.evidence import ReplayEvidence, Returned, StepEvidence, Value
from grader.protocol.messages import Evidence, NextStep, Question
from grader.protocol.parcels import Arrays, pack, unpack
from grader.protocol.submission import Submission
from grader.protocol.verdict import Isolation, Resources, Versions
from grader.rubric.loader import LoadedRubric, load_usable_rubric
from tests.helpers.paths import ROOT

FOLDER = Path(__file__).with_name("recorded")
EXERCISES = tuple(sorted(file.name.removesuffix(".xz") for file in FOLDER.glob("*.xz")))
ISOLATION = Isolation(mode="plain")
RESOURCES = Resources(wall_seconds=0.0, cpu_seconds=0.0, peak_mib=0.0)
VERSIONS = Versions(python="", tensorflow="", keras="", numpy="", scikit_learn="", grader="", rubric="")


class _File(msgspec.Struct):
    submission: Submission
    evidence: Evidence
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class Recording:
    """A right solution, what its run left, and the rubric that judges it."""

    exercise: str
    submission: Submission
    evidence: Evidence
    seeds: tuple[int, ...]
    loaded: LoadedRubric

    def judge(self, evidence: Evidence | None = None, submission: Submission | None = None) -> NextStep:
        """Return what the examiner says of evidence, in place of the recorded one."""
        question = Question(course=str(ROOT), exercise=self.exercise, seeds=self.seeds)
        session = Session(
            question, self.loaded, submission or self.submission, "en", lambda _question: self.loaded
        )
        for part in (evidence or self.evidence).parts():
            session.add(part)
        return session.decide(ISOLATION, RESOURCES, VERSIONS)

    def step(self, name: str) -> tuple[StepEvidence, Arrays]:
        """Return the recorded evidence of a step."""
        return unpack(self.evidence.bodies[name], StepEvidence)

    def replay(self, name: str) -> tuple[ReplayEvidence, Arrays]:
        """Return the recorded evidence of a replay."""
        return unpack(self.evidence.replays[name], ReplayEvidence)

    def with_step(self, name: str, evidence: StepEvidence, arrays: Arrays) -> Evidence:
        """Return the evidence with other evidence of one step."""
        return self.with_body(name, pack(evidence, arrays))

    def with_value(self, name: str, value: Value, arrays: Arrays) -> Evidence:
        """Return the evidence with another value that one step returned, and more arrays."""
        evidence, recorded = self.step(name)
        changed = msgspec.structs.replace(evidence, outcome=Returned(value=value))
        return self.with_step(name, changed, {**recorded, **arrays})

    def with_body(self, name: str, body: bytes) -> Evidence:
        """Return the evidence with other bytes for one step."""
        return msgspec.structs.replace(self.evidence, bodies={**self.evidence.bodies, name: body})

    def with_replay(self, name: str, evidence: ReplayEvidence, arrays: Arrays) -> Evidence:
        """Return the evidence with another replay of one graph."""
        replays = {**self.evidence.replays, name: pack(evidence, arrays)}
        return msgspec.structs.replace(self.evidence, replays=replays)


@cache
def load(exercise: str) -> Recording:
    """Return the recording of an exercise."""
    content = lzma.decompress((FOLDER / f"{exercise}.xz").read_bytes())
    file = msgspec.msgpack.decode(content, type=_File)
    loaded = load_usable_rubric(Course(ROOT), exercise)
    return Recording(exercise, file.submission, file.evidence, file.seeds, loaded)


def record() -> None:
    """Grade the solutions anew, without a secret, and write what their runs left."""
    from grader.grading.grader import Grader
    from grader.grading.results import Mode
    from grader.submission.reader import read

    with Grader(Course(ROOT, secret=UNSEALED), Mode.WALLS) as grader:
        for exercise in EXERCISES:
            submission = read(ROOT / "reference" / exercise / "submission.py")
            graded = grader.grade(exercise, submission)
            file = _File(submission, graded.evidence, graded.verdict.seeds)
            (FOLDER / f"{exercise}.xz").write_bytes(lzma.compress(msgspec.msgpack.encode(file)))


if __name__ == "__main__":
    record()
