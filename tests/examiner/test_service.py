"""The process that decides: plans without answers, evidence that is checked, faults that are survived."""

import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import numpy as np
import pytest

from grader.core.arrays import Array
from grader.core.course import Course
from grader.core.i18n import Bilingual, _
from grader.core.seal import Seal
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, passed
from grader.evidence.run_evidence import StepResult
from grader.examiner import service
from grader.examiner.planning import make_plan, make_replays
from grader.protocol.channel import ANSWER, END, FAULT, REQUEST, Channel
from grader.protocol.evidence import (
    ImportEvidence,
    StopReason,
)
from grader.protocol.messages import Evidence, MakePlan, Question, RunPlan
from grader.protocol.parcels import pack, unpack
from grader.protocol.plan import Call, Plan, Replay
from grader.protocol.task import Task
from grader.rubric import Criterion, Rubric
from grader.rubric.checks import OneHot, Scales
from grader.rubric.checks import Training as Steps
from grader.rubric.checks.base import Check
from grader.rubric.checks.networks.single import Architecture
from grader.rubric.loader import LoadedRubric
from tests.helpers.cases import Training, data, returned, stop
from tests.helpers.decoded import decoded_case

QUESTION = Question(course="", exercise="x", seeds=(0,))
TITLE = Bilingual(en="x", de="x")


def rubric(*checks: Any) -> Rubric:
    criteria = tuple(
        Criterion(id=str(i), points=1, title=TITLE, lesson=TITLE, check=check) for i, check in enumerate(checks)
    )
    return Rubric(TITLE, Task("functions"), data, criteria, total=len(checks))


STEPS = Steps(encode="one_hot")
FULL = rubric(OneHot("one_hot", 10), Scales("scale", 16), Architecture(STEPS, inputs=64, outputs=10))


def plan_of(done: tuple[str, ...] = (), question: Question = QUESTION) -> tuple[Plan, Mapping[str, Array]]:
    return unpack(make_plan(question, FULL, data(), frozenset(done)).parcel, Plan)


HEAVY = ("tensorflow", "keras", "matplotlib")
TRUSTED = (
    "examiner.judge",
    "evidence.certification",
    "evidence.network",
    "evidence.case",
    "rubric.checks",
    "examiner.notices",
    "examiner.exhibits",
    "examiner.misconceptions",
    "examiner.service",
)
FRESH = """
import importlib, sys
for name in {names!r}:
    for loaded in [m for m in sys.modules if m.split(".")[0] == "grader"]:
        del sys.modules[loaded]
    importlib.import_module(f"grader.{{name}}")
sys.exit(any(m in sys.modules for m in {heavy!r}))
"""


def test_the_trusted_side_imports_in_any_order_and_no_tensorflow() -> None:
    code = FRESH.format(names=TRUSTED, heavy=HEAVY)
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_no_held_out_row_and_no_label_travels_with_a_plan() -> None:
    _, arrays = plan_of()
    assert not set(arrays) & set(data().outside)
    for secret in data().outside.values():
        assert not any(a.shape == secret.shape and np.array_equal(a, secret) for a in arrays.values())


def test_each_step_stands_once_and_in_order() -> None:
    steps = [step.id for step in plan_of()[0].steps]
    assert len(steps) == len(set(steps))
    assert (
        steps.index("build_model@0")
        < steps.index("model:build_model@0")
        < steps.index("train@0")
        < steps.index("trained:train@0")
    )


def test_what_is_done_is_not_done_again_but_for_others() -> None:
    everything = [step.id for step in plan_of()[0].steps]
    assert make_plan(QUESTION, FULL, data(), frozenset(everything)).parcel == b""
    left = [step.id for step in plan_of(tuple(set(everything) - {"trained:train@0"}))[0].steps]
    assert left == ["one_hot@train", "one_hot@val", "build_model@0", "train@0", "trained:train@0"]
    more = msgspec.structs.replace(QUESTION, seeds=(0, 1))
    assert "train@1" in [step.id for step in plan_of(tuple(everything), more)[0].steps]


def test_two_steps_of_one_name_are_refused() -> None:
    class Other(OneHot):
        def steps(self, seeds: Any) -> Any:
            return (Call(id="one_hot@every", function="other"),)

    with pytest.raises(ValueError, match="one_hot@every"):
        make_plan(QUESTION, rubric(OneHot("one_hot", 10), Other("one_hot", 10)), data(), frozenset())


# Evidence.


def held(steps: Mapping[str, StepResult] | None = None, **changes: Any) -> Evidence:
    bodies = {name: pack(s.evidence, s.arrays) for name, s in (steps or {}).items()}
    parts: dict[str, Any] = {
        "imported": pack(ImportEvidence(), {}),
        "import_stop": None,
        "import_unit": None,
        "bodies": bodies,
        "stops": {},
        "replays": {},
    }
    return Evidence(**{**parts, **changes})


def test_evidence_comes_back_as_it_was() -> None:
    step = returned("one_hot@every", np.eye(3))
    made = decoded_case(QUESTION, FULL, data(), held({"one_hot@every": step}))
    assert made.steps["one_hot@every"].evidence == step.evidence
    assert np.array_equal(made.array("one_hot@every", "one_hot"), np.eye(3))
    assert made.seeds == (0,)


GOOD = returned("one_hot@every", np.eye(3))
FORGED: dict[str, bytes] = {
    "nothing": b"",
    "noise": b"\x00" * 50,
    "another record": pack(ImportEvidence(), {}),
    "another step": pack(returned("scale@row", [1]).evidence, {"0": np.ones(1)}),
    "without its arrays": pack(GOOD.evidence, {}),
    "cut off": pack(GOOD.evidence, GOOD.arrays)[:-20],
}


@pytest.mark.parametrize("name", FORGED)
def test_evidence_that_is_not_exactly_a_steps_is_tampered_with(name: str) -> None:
    made = decoded_case(QUESTION, FULL, data(), held(bodies={"one_hot@every": FORGED[name]}))
    assert "one_hot@every" not in made.steps
    assert made.stops["one_hot@every"].reason is StopReason.TAMPERED


def test_a_stop_during_the_import_is_kept_with_its_cell() -> None:
    made = decoded_case(QUESTION, FULL, data(), held(import_stop=stop(StopReason.MEMORY), import_unit=3))
    assert made.imported.stopped == stop(StopReason.MEMORY)
    assert made.imported.unit == 3
    forged = decoded_case(QUESTION, FULL, data(), held(imported=b"noise"))
    assert forged.imported.stopped is not None
    assert forged.imported.stopped.reason is StopReason.TAMPERED


# Replays.


def with_graph() -> Evidence:
    steps = dict(Training().case().steps)
    for name in ("model:build_model@0", "trained:train@0"):
        steps[name] = replace(steps[name], arrays={"g": np.frombuffer(b"graph", np.uint8)})
    return held(steps)


def replays_of(rubric: Rubric, evidence: Evidence) -> bytes:
    """The packed plan of the replays that some evidence still needs."""
    held_data = data()
    return make_replays(decoded_case(QUESTION, rubric, held_data, evidence), rubric, frozenset(evidence.replays))


def test_each_graph_is_replayed_once_on_rows_without_labels() -> None:
    plan, arrays = unpack(replays_of(FULL, with_graph()), Plan)
    assert [step.id for step in plan.steps] == ["model:build_model@0", "trained:train@0"]
    assert all(isinstance(step, Replay) for step in plan.steps)
    graphs = {"graph:model:build_model@0:g", "graph:trained:train@0:g"}
    assert set(arrays) == {"x_test", "x_perturbed", "x_val", "logits", *graphs}
    again = msgspec.structs.replace(with_graph(), replays={"model:build_model@0": b"", "trained:train@0": b""})
    assert replays_of(FULL, again) == b""
    assert replays_of(FULL, held()) == b""


def test_replays_reach_the_case_and_unreadable_ones_do_not() -> None:
    replayed = Training().case().replays["model:build_model@0"]
    body = pack(replayed.evidence, replayed.arrays)
    made = decoded_case(
        QUESTION, FULL, data(), held(replays={"model:build_model@0": body, "trained:train@0": b"noise"})
    )
    assert set(made.replays) == {"model:build_model@0"}
    assert made.replays["model:build_model@0"].evidence == replayed.evidence


class AsksNothing(Check):
    def steps(self, seeds: Any) -> tuple[()]:
        return ()

    def judge(self, case: Case) -> Judgement:
        return passed(_("Nothing was wrong."))


def test_a_check_that_asks_for_nothing_is_an_error_of_the_rubric() -> None:
    with pytest.raises(ValueError, match="1 asks for no step, so it would check nothing"):
        make_plan(QUESTION, rubric(OneHot("one_hot", 10), AsksNothing()), data(), frozenset())


@dataclass(frozen=True)
class Curious(Architecture):
    """A check that has the trained graph run once more."""

    fault: bool = False

    def replays(self, case: Case) -> tuple[Sequence[Replay], Mapping[str, Array]]:
        if self.fault:
            raise KeyError("evidence that is not there")
        assert "trained:train@0" in case.replays
        step = Replay(id="again@0", graph="g", input_node="x:0", output_node="y:0", inputs=("x",))
        return (step,), {"g": np.zeros(1, np.uint8), "x": np.zeros((1, 64), np.float32)}


def test_what_a_check_wants_to_know_of_a_graph_is_asked_once_and_after_the_networks() -> None:
    curious = rubric(Curious(STEPS, inputs=64, outputs=10))
    first, _ = unpack(replays_of(curious, with_graph()), Plan)
    assert [step.id for step in first.steps] == ["model:build_model@0", "trained:train@0"]
    replayed = {s: pack(r.evidence, r.arrays) for s, r in Training().case().replays.items()}
    known = msgspec.structs.replace(with_graph(), replays=replayed)
    second, arrays = unpack(replays_of(curious, known), Plan)
    assert [step.id for step in second.steps] == ["again@0"]
    assert set(arrays) == {"g", "x"}
    done = msgspec.structs.replace(known, replays={**replayed, "again@0": b""})
    assert replays_of(curious, done) == b""


def test_a_check_that_cannot_say_what_it_wants_leaves_the_others() -> None:
    replayed = {s: pack(r.evidence, r.arrays) for s, r in Training().case().replays.items()}
    known = msgspec.structs.replace(with_graph(), replays=replayed)
    both = rubric(Curious(STEPS, 10, 64, fault=True), Curious(STEPS, inputs=64, outputs=10))
    plan, _ = unpack(replays_of(both, known), Plan)
    assert [step.id for step in plan.steps] == ["again@0"]


def test_a_reply_that_is_too_large_is_a_fault_of_its_request_and_serving_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Examiner:
        def answer(self, request: MakePlan) -> RunPlan:
            return RunPlan(bytes(2000 if request.question.exercise == "large" else 2), (0,))

    ours, theirs = (Channel(end.fileno(), end.detach()) for end in socket.socketpair())
    for name in ("large", "small"):
        ours.send(REQUEST, msgspec.msgpack.encode(MakePlan(Question(course="", exercise=name))))
    ours.send(END)
    monkeypatch.setattr("grader.protocol.channel.MAX_FRAME_BYTES", 1500)
    service.serve(theirs, Examiner())  # type: ignore[arg-type]
    assert [frame.kind for _ in range(2) if (frame := ours.receive()) is not None] == [FAULT, ANSWER]
    ours.close()
    theirs.close()


def test_the_rubrics_that_were_used_last_stay_in_memory_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """One for each secret: validation with many secrets would fill the memory with their data."""
    read: list[bytes] = []

    def load(_course: Course, _exercise: str, seal: Seal) -> LoadedRubric:
        read.append(seal.secret)
        return LoadedRubric(FULL, data(), "hash")

    monkeypatch.setattr(service, "load_usable_rubric", load)
    examiner, most = service.Examiner(), service.MOST_RUBRICS
    questions = [msgspec.structs.replace(QUESTION, secret=bytes([number]) * 32) for number in range(most + 1)]
    for question in (*questions[:most], questions[0], questions[most], questions[0]):
        examiner.load_rubric(question)
    assert read == [question.secret for question in questions]  # the first one was used in between, and stayed
    examiner.load_rubric(questions[1])
    assert read[-1] == questions[1].secret
