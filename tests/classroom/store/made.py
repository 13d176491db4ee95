"""Hand-ins, verdicts and evidence to put into stores, and processes that do so."""

import hashlib
import multiprocessing
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

import pytest

from grader.classroom.store import NewHandIn, StoredEvidence, StoreError
from grader.core.i18n import Translator
from grader.protocol import verdict as verdicts
from grader.protocol.evidence import Stopped, StopReason
from grader.protocol.gradebook import Adjustment
from grader.protocol.hand_in import HandIn
from grader.protocol.messages import Evidence
from grader.protocol.submission import Submission, Unit
from grader.protocol.verdict import (
    CriterionVerdict,
    Hint,
    Isolation,
    Resources,
    Status,
    Verdict,
    Versions,
    WallState,
)

EXERCISE = "digits"
RUBRIC = "b" * 64
VERSIONS = Versions(
    python="3.11.7",
    tensorflow="2.21.0",
    keras="3.15.0",
    numpy="2.4.1",
    scikit_learn="1.8.0",
    grader="0.1.0",
    rubric=RUBRIC,
)
ISOLATION = Isolation(mode="walls", walls=(WallState(id="seccomp", stands=True),))
RESOURCES = Resources(wall_seconds=2.5, cpu_seconds=2.4, peak_mib=80.5)

# Real processes, forked from one that has everything imported and no threads. Those that give up root's rights
# could not import Alembic any more.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["alembic.command", "tests.classroom.store.made", "tests.classroom.store.writers"]
)


def submission(code: str = "x = 1\n") -> Submission:
    """Return what `grader.submission.reader.read` makes of a script."""
    sha256 = hashlib.sha256(code.encode()).hexdigest()
    return Submission("submission.py", sha256, "script", (Unit(code, code),))


def hand(student: str = "ada", code: str | None = "x = 1\n", **more: object) -> NewHandIn:
    """Return a hand-in; without code, one that could not be read."""
    read = None if code is None else submission(code)
    details: dict[str, object] = {"name": f"Name of {student}", "file": f"{student}/a.py"}
    if read is None:
        details["problem"] = "a.py is empty."
    details |= more
    problem = str(details.pop("problem", ""))
    who = HandIn(student=student, **details)  # type: ignore[arg-type]
    return NewHandIn(hand_in=who, submission=read, problem=problem)


def verdict(points: float = 1.0, criteria: int = 2, rubric: str = RUBRIC) -> Verdict:
    """Return a verdict; with 60 criteria, of about 20 KB."""
    judged = tuple(
        CriterionVerdict(
            id=f"criterion-{number}",
            title="The output layer has one unit per class",
            lesson="One unit per class",
            status=Status.PASSED,
            points=points,
            max_points=1.0,
            message="Expected 10 output units, one per class.",
            hints=(Hint(id="hint", severity="tip", text="Softmax over “one” unit is always 1."),),
        )
        for number in range(criteria)
    )
    return Verdict(
        language="en",
        exercise=EXERCISE,
        title="Digits",
        submission=verdicts.SubmissionInfo(name="submission.py", sha256="0" * 64),
        status=Status.PASSED,
        points=points,
        max_points=2.0,
        certified=True,
        certification=(),
        notices=(),
        isolation=ISOLATION,
        versions=VERSIONS if rubric == RUBRIC else Versions(**_fields(VERSIONS) | {"rubric": rubric}),
        seeds=(0, 1),
        resources=RESOURCES,
        criteria=judged,
    )


def kept(body: bytes = b"\0\xff", plan: str = "p") -> StoredEvidence:
    """Return evidence."""
    held = Evidence(
        imported=b"imported",
        import_stop=None,
        import_unit=3,
        bodies={"build_model@0": body},
        stops={"train@0": Stopped(reason=StopReason.TIME)},
        replays={"r": b""},
    )
    return StoredEvidence(held, (0, 1), plan, VERSIONS, ISOLATION, RESOURCES)


def adjustment(points: float = 1.5, criterion: str | None = None, reason: str = "Oral exam") -> Adjustment:
    """Return an adjustment."""
    at = datetime(2026, 3, 1, 12, 30, 15, 123456, UTC)
    return Adjustment(criterion=criterion, points=points, reason=reason, by="lovelace", at=at)


def _fields(versions: Versions) -> dict[str, str]:
    return {name: getattr(versions, name) for name in versions.__struct_fields__}


def start(target: Callable[..., None], *arguments: object) -> tuple[BaseProcess, Connection]:
    """Start a process that writes, and return it with the pipe that it talks through."""
    ours, theirs = PROCESSES.Pipe(duplex=False)
    process = PROCESSES.Process(target=target, args=(*arguments[:3], theirs, *arguments[3:]))
    process.start()
    theirs.close()
    return process, ours


def heard(pipe: Connection) -> list[Any]:
    """Return what a process said before it ended."""
    said: list[Any] = []
    while True:
        try:
            said.append(pipe.recv())
        except (EOFError, ConnectionResetError):
            return said


def refused(act: Callable[[], object]) -> str:
    """Return the sentence with which the store refuses."""
    with pytest.raises(StoreError) as caught:
        act()
    said = Translator("en")(caught.value.text)
    said.encode()  # valid Unicode
    return said
