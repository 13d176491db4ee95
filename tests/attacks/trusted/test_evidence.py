"""Evidence that is cheap to send and dear to read. Each attack holds, and succeeds once its bound is taken down.

Every attack is judged in a process of its own, from the evidence of a right solution that was changed in one
place. With its bound, it takes little memory and time, and there is a verdict, in which the grader has not failed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import numpy as np
import pytest

from grader.core.arrays import Array
from grader.protocol.evidence import (
    ArrayValue,
    Entries,
    ExceptionFacts,
    FigureValue,
    FitFacts,
    HistoryValue,
    ImportEvidence,
    Items,
    NodeFacts,
    NoneValue,
    Raised,
    StepEvidence,
    TailFacts,
    UnitFailure,
    Value,
)
from grader.protocol.messages import Evidence, Judged
from grader.protocol.parcels import pack, replace_record
from tests.attacks.trusted.measure import Cost, WorkFailedError, measure
from tests.attacks.trusted.recordings import Recording, load

MOST_MIB, MOST_SECONDS, MOST_BYTES = 300, 10, 5_000_000  # of any attack, while its bound stands
Build = Callable[[Recording], Evidence]
NONE: Mapping[str, Array] = {}
replace = msgspec.structs.replace


@dataclass(frozen=True)
class Attack:
    """Evidence that costs far more than it weighs.

    `build` makes it. `bounds`: what keeps it from that, by module and name, each with a value that does not. It
    tries to take more `memory` (MiB) or `seconds`, to make the verdict larger than `size` (bytes), or to bring the
    grader to fail.
    """

    build: Build
    bounds: Mapping[str, object]
    memory: float = field(default=np.inf, kw_only=True)
    seconds: float = field(default=np.inf, kw_only=True)
    size: float = field(default=np.inf, kw_only=True)
    exercise: str = field(default="wine", kw_only=True)

    def succeeds(self, cost: Cost) -> bool:
        """Return whether the attack did what it tries."""
        is_dear = cost.peak_mib > self.memory or cost.cpu_seconds > self.seconds
        return bool(is_dear or cost.answer["size"] > self.size or cost.answer["faults"])


def judge(attack: Attack) -> Cost:
    """Judge the evidence of an attack apart."""
    recording = load(attack.exercise)
    recording.judge()  # what depends on the data only is computed once
    evidence = attack.build(recording)

    def work() -> dict[str, Any]:
        reply = recording.judge(evidence)
        assert isinstance(reply, Judged)
        size = len(msgspec.msgpack.encode(reply))  # as it goes to the command line
        texts = [c.message for c in reply.verdict.criteria] + [n.text for n in reply.verdict.notices]
        return {"size": size, "faults": [t[:200] for t in texts if "grader failed" in t or "gave up" in t]}

    return measure(work)


# Values, models, replays.


def returned(value: Value, arrays: Mapping[str, Array] = NONE, step: str = "prepare@usual") -> Build:
    return lambda recording: recording.with_value(step, value, arrays)


def array_value(array: Array) -> Value:
    return ArrayValue(ref="z", dtype=str(array.dtype), shape=array.shape, container="ndarray")


def history(names: Mapping[str, str], **arrays: Array) -> Build:
    return returned(HistoryValue(curves=names), arrays, "train@0")


def raised(**facts: Any) -> Build:
    exception = ExceptionFacts(**{"type": "ValueError", "message": "", **facts})
    evidence = StepEvidence(id="prepare@usual", outcome=Raised(exception=exception))
    return lambda recording: recording.with_step(evidence.id, evidence, {})


def nested(depth: int) -> Value:
    value: Value = NoneValue()
    for _ in range(depth):
        value = Items(container="list", items=(value,))
    return value


def layers(count: int, **facts: Any) -> Build:
    def build(recording: Recording) -> Evidence:
        evidence, arrays = recording.step("trained:train@0")
        assert evidence.model is not None
        layer = replace(evidence.model.layers[0], **facts)
        model = replace(evidence.model, layers=(layer,) * count)
        return recording.with_step(evidence.id, replace(evidence, model=model), arrays)

    return build


def fits(count: int, rows: int) -> Build:
    def build(recording: Recording) -> Evidence:
        evidence, arrays = recording.step("train@0")
        fit = replace(evidence.fits[0], rows="z", validation_rows="z")
        calls = (*(fit,) * count, FitFacts())
        return recording.with_step(
            evidence.id, replace(evidence, fits=calls), {**arrays, "z": np.arange(rows, dtype=np.uint64)}
        )

    return build


def imported(**facts: Any) -> Build:
    return lambda recording: replace(recording.evidence, imported=pack(ImportEvidence(**facts), {}))


def graph(nodes: tuple[NodeFacts, ...], **facts: Any) -> Build:
    """Return evidence of a replay with other nodes, of which `last` gives the output."""

    def build(recording: Recording) -> Evidence:
        evidence, arrays = recording.replay("trained:train@0")
        model = recording.step(evidence.id)[0].model
        assert model is not None
        assert model.graph is not None
        output = NodeFacts(name=model.graph.output_node.split(":")[0], op="Identity", inputs=("last",))
        changed = replace(evidence, nodes=(*nodes, output), constants={}, **facts)
        return recording.with_replay(evidence.id, changed, arrays)

    return build


def tail(recording: Recording) -> Evidence:
    evidence, arrays = recording.replay("trained:train@0")
    random = np.random.default_rng(0)
    values = {f"t{i}": random.random((73, 200), dtype=np.float32) for i in range(24)}
    facts = tuple(TailFacts(node=name, values=name) for name in values)
    return recording.with_replay(evidence.id, replace(evidence, tail=facts), {**arrays, **values})


def pictures(pixels: int, kib: int, count: int) -> Build:
    """Return evidence in which each of the first steps returned a figure with such a picture."""
    start = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" + pixels.to_bytes(4) * 2
    png = np.frombuffer(start + bytes(kib << 10), np.uint8)
    value = FigureValue(axes=(), png="z", width=9, height=9)

    def build(recording: Recording) -> Evidence:
        bodies = dict(recording.evidence.bodies)
        for name in list(bodies)[:count]:
            bodies[name] = recording.with_value(name, value, {"z": png}).bodies[name]
        return replace(recording.evidence, bodies=bodies)

    return build


def large_number(recording: Recording) -> Evidence:
    evidence, _arrays = recording.step("trained:train@0")
    assert evidence.model is not None
    marked = replace(evidence, model=replace(evidence.model, parameters=123_456_789))
    text = msgspec.json.encode(marked).replace(b"123456789", b"9" * 26)
    body = replace_record(recording.evidence.bodies[evidence.id], msgspec.Raw(text))
    return recording.with_body(evidence.id, body)


LIMITS, CASE, EXHIBITS, JUDGE = (
    "grader.evidence.limits",
    "grader.examiner.build_case",
    "grader.examiner.exhibits",
    "grader.examiner.judge",
)
ANY = 1 << 40  # in place of a bound
LONG = "a" * 300_000
RANDOM = np.random.default_rng(0)
FAILURE = UnitFailure(cell=1, exception=ExceptionFacts(type="E", message="m" * 900))
CHAIN = tuple(NodeFacts(name=f"c{i}", op="Relu", inputs=(f"c{i - 1}",)) for i in range(30_000))

ATTACKS = {
    "one curve under 64 names": Attack(
        history({f"c{i}": "z" for i in range(64)}, z=np.zeros(100_000)),
        {f"{LIMITS}.MAX_CURVE_VALUES": ANY},
        memory=150,
    ),
    "a thousand curves": Attack(
        history({f"c{i}": "z" for i in range(1000)}, z=np.zeros(90)),
        {f"{LIMITS}.MAX_CURVES": ANY, f"{EXHIBITS}.MAX_SERIES": ANY},
        size=300_000,
    ),
    "a hundred thousand epochs": Attack(
        history({"loss": "z"}, z=np.zeros(100_000)), {f"{EXHIBITS}.MAX_EPOCHS": ANY}, size=300_000
    ),
    # As JSON, a list of one number takes 4 bytes; in memory, 64.
    "lists of one number": Attack(
        layers(1, weight_shapes=((1,),) * 1_200_000),
        {f"{CASE}.MAX_RECORD_BYTES": ANY, f"{LIMITS}.MAX_LAYERS": ANY},
        memory=60,
    ),
    # The patterns that read messages are linear in their length, with factors of hundreds.
    "a message of 300,000 characters": Attack(raised(message=LONG), {f"{LIMITS}.MAX_TEXT": ANY}, seconds=0.5),
    "a class with a name of 300,000 characters": Attack(
        raised(type=LONG), {f"{LIMITS}.MAX_TEXT": ANY, f"{JUDGE}.MAX_SENTENCE": ANY}, size=250_000
    ),
    "names of layers that fill a report": Attack(
        layers(300, name="n" * 9000), {f"{EXHIBITS}.MAX_NAME": ANY}, size=1_000_000
    ),
    "lists in lists": Attack(returned(nested(400)), {f"{LIMITS}.MAX_NESTING": ANY}),
    "one array that stands in a list 40 times": Attack(
        returned(
            Items(container="tuple", items=(array_value(np.zeros(1 << 20)),) * 40),
            {"z": np.zeros(1 << 20)},
            "scale@dark",
        ),
        {f"{LIMITS}.MAX_NAMED_BYTES": ANY, "grader.evidence.values.MAX_STACKED_BYTES": ANY},
        memory=300,
        exercise="digits",
    ),
    "calls of fit with millions of rows": Attack(
        fits(40, 1_000_000), {f"{LIMITS}.MAX_FIT_ROWS": ANY, f"{LIMITS}.MAX_NAMED_BYTES": ANY}, seconds=1.0
    ),
    "a curve of eight million experiments": Attack(
        returned(
            Entries(entries=(("a", array_value(RANDOM.random(8 << 20))),)),
            {"z": RANDOM.random(8 << 20)},
            "compare_losses@experiment",
        ),
        {f"{EXHIBITS}.MAX_EPOCHS": ANY},
        memory=310,
        exercise="digits",
    ),
    "a number of 26 digits": Attack(large_number, {f"{LIMITS}._LARGEST_INTEGER": 1 << 400}),
    "a picture that unfolds to gigabytes": Attack(
        pictures(60_000, 16, 1), {f"{EXHIBITS}.MAX_PICTURE_LENGTH": ANY}, size=20_000
    ),
    "a picture in each step": Attack(pictures(9, 500, 9), {f"{EXHIBITS}.MAX_PICTURE_BYTES": ANY}, size=5_000_000),
    "a notice for each of 2000 cells": Attack(
        imported(failures=(FAILURE,) * 2000), {"grader.examiner.notices.MAX_FAILURES": ANY}, size=1_000_000
    ),
    "a graph of 30,000 operations": Attack(
        graph((*CHAIN, NodeFacts(name="last", op="Relu", inputs=("c29999",)))),
        {f"{LIMITS}.MAX_GRAPH_NODES": ANY},
        memory=20,
    ),
    "a node with 700,000 inputs": Attack(
        graph((NodeFacts(name="last", op="AddN", inputs=("a",) * 700_000),)),
        {f"{LIMITS}.MAX_GRAPH_EDGES": ANY},
        seconds=0.4,
    ),
    "a tail of many wide values": Attack(tail, {"grader.evidence.heads.MAX_VALUES": ANY}, seconds=0.4),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_evidence_that_is_dear_to_read_is_read_at_a_price(name: str) -> None:
    attack = ATTACKS[name]
    cost = judge(attack)
    assert not attack.succeeds(cost)
    assert cost.peak_mib < MOST_MIB
    assert cost.cpu_seconds < MOST_SECONDS
    assert cost.answer["size"] < MOST_BYTES


@pytest.mark.parametrize("name", ATTACKS)
def test_without_its_bound_the_attack_succeeds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    attack = ATTACKS[name]
    for bound, value in attack.bounds.items():
        monkeypatch.setattr(bound, value)
    try:
        cost = judge(attack)
    except WorkFailedError:
        return  # it has ended the process
    assert attack.succeeds(cost)
