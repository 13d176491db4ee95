"""A submission that used up all of its time is told so, and not that its other functions were slow."""

from pathlib import Path

import msgspec
import pytest

from grader.grading.grader import Grader
from grader.protocol.evidence import StopReason
from grader.protocol.messages import Question
from grader.protocol.parcels import replace_record, unpack_record
from grader.protocol.plan import Plan
from grader.sandbox import processor_wait
from grader.sandbox import run as sandbox_run
from grader.sandbox.run import execute_plan
from grader.submission.reader import read
from tests.end_to_end.conftest import written

HANG = "def one_hot(y):\n    while True: pass\n\ndef scale(x):\n    while True: pass"


def test_functions_that_were_never_called_are_not_called_slow(
    grader: Grader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two functions hang for two seconds each, and there are three seconds for everything.

    Waiting for a processor counts here: on a busy machine there would be time for a third one otherwise.
    """
    for module in (processor_wait, sandbox_run):
        monkeypatch.setattr(module, "MOST_EXTENSION", 1.0)
    question = Question(course=str(grader.course.folder), exercise="functions")
    parcel = grader.examiner.plan(question).parcel
    plan = unpack_record(parcel, Plan)
    limits = msgspec.structs.replace(plan.limits, wall_seconds=3.0)
    hurried = replace_record(parcel, msgspec.structs.replace(plan, limits=limits))
    run = execute_plan(grader.environment, hurried, read(written(tmp_path, HANG)))
    last = [step.id for step in plan.steps if step.id.startswith("class_counts@")]
    assert last
    assert {run.stops[step].reason for step in last} == {StopReason.TOTAL_TIME}
    assert set(run.stops) | set(run.bodies) == {step.id for step in plan.steps}


def test_a_process_that_ends_again_and_again_is_not_a_fault_of_the_grader(
    grader: Grader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.sandbox.run.MAX_CHILDREN", 1)
    parcel = grader.examiner.plan(Question(course=str(grader.course.folder), exercise="functions")).parcel
    ending = read(written(tmp_path, "def one_hot(y):\n    __import__('os')._exit(3)"))
    stops = execute_plan(grader.environment, parcel, ending).stops
    assert {stop.reason for stop in stops.values()} == {StopReason.EXIT, StopReason.RESTARTS}
    assert {stop.detail for stop in stops.values() if stop.reason is StopReason.RESTARTS} == {"1"}


def test_a_file_that_had_no_time_to_run_once_more_is_not_called_slow(grader: Grader, tmp_path: Path) -> None:
    """The first child needs four seconds and ends in a function; the next one has two."""
    source = "import time; time.sleep(4)\ndef one_hot(y):\n    __import__('os')._exit(3)"
    parcel = grader.examiner.plan(Question(course=str(grader.course.folder), exercise="functions")).parcel
    run = execute_plan(grader.environment, parcel, read(written(tmp_path, source)), seconds=7.0)
    if run.imported:  # else this machine is too busy for the first child
        assert run.import_stop is None
        assert {stop.reason for stop in run.stops.values()} <= {StopReason.EXIT, StopReason.TOTAL_TIME}
