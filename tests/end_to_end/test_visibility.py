"""Of the grader, a submission finds its own rooms and nothing else: in memory, on disk, and by import."""

import ast
from pathlib import Path

import pytest

from grader.grading.grader import Grader
from grader.protocol.evidence import Raised, StepEvidence
from grader.protocol.parcels import pack, unpack
from grader.protocol.plan import Call, Limits, Plan
from grader.sandbox.run import execute_plan
from grader.submission.reader import read
from tests.helpers.snoop import SNOOP, VISIBLE


def found(message: str) -> dict[str, list[str]]:
    """Return what a submission with `SNOOP` says that it found."""
    start = message.index("{'")
    seen: dict[str, list[str]] = ast.literal_eval(message[start : message.index("}", start) + 1])
    return seen


def test_a_submission_finds_of_the_grader_only_what_runs_inside(grader: Grader, tmp_path: Path) -> None:
    file = tmp_path / "submission.py"
    file.write_text(SNOOP)
    limits = Limits(import_seconds=120.0)  # it goes through a million objects
    plan = Plan(exercise="any", limits=limits, steps=(Call(id="look@all", function="look"),))
    run = execute_plan(grader.environment, pack(plan, {}), read(file))
    outcome = unpack(run.bodies["look@all"], StepEvidence)[0].outcome
    assert isinstance(outcome, Raised)
    seen = found(outcome.exception.message)
    assert seen == {"modules": [], "objects": [], "imports": [], "files": []}


def test_the_search_finds_what_is_there() -> None:
    """Run where everything is visible, the same search finds a module of each kind."""
    import grader.rubric.checks
    import grader.sandbox.worker  # noqa: F401

    names: dict[str, object] = {}
    exec(SNOOP, names)
    with pytest.raises(ValueError, match="modules") as error:
        names["look"]()  # type: ignore[operator]
    seen = found(str(error.value))
    assert all(seen.values()), seen
    assert not [name for name in seen["modules"] if name.startswith(VISIBLE)]
