"""Hostile evidence costs a bounded amount of memory, and what is beyond a limit counts as tampered with."""

import tracemalloc
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest

from grader.core.arrays import Array
from grader.evidence import limits
from grader.evidence.certification import certify
from grader.evidence.limits import find_replay_problem, find_step_problem
from grader.evidence.network import read_model
from grader.evidence.run_evidence import ReplayResult, StepResult
from grader.evidence.values import LONGEST_DESCRIPTION, MAX_STACKED_BYTES, name_of, numbers
from grader.examiner.build_case import DecodedEvidence
from grader.protocol.evidence import (
    ArrayValue,
    AxesFacts,
    CompileFacts,
    Entries,
    FigureValue,
    FitFacts,
    GraphFacts,
    HistoryValue,
    ImportEvidence,
    Items,
    LabelFacts,
    LayerFacts,
    ModelFacts,
    NodeFacts,
    NoneValue,
    OutputFacts,
    ReplayEvidence,
    Returned,
    StepEvidence,
    StopReason,
    Value,
)
from grader.protocol.messages import Evidence, Question
from grader.protocol.parcels import pack, replace_record
from grader.rubric import Bilingual, Criterion, Rubric
from grader.rubric.checks import Architecture
from grader.sandbox.inside.array_store import Store, curves_of
from grader.sandbox.inside.encode_values import MAX_ARRAY_BYTES, encode
from tests.helpers.cases import Training, compiled, data, replace_facts, text
from tests.helpers.decoded import decoded_case

NONE = Returned(value=NoneValue())


def step(value: Value | None = None, arrays: Mapping[str, Array] | None = None, **facts: Any) -> StepResult:
    outcome = NONE if value is None else Returned(value=value)
    return StepResult(StepEvidence(id="a", outcome=outcome, **facts), arrays or {})


def array_value(array: Array, **claims: Any) -> ArrayValue:
    value = ArrayValue(ref="r", dtype=str(array.dtype), shape=array.shape, container="ndarray")
    return replace_facts(value, **claims)  # type: ignore[no-any-return]


def model(**claims: Any) -> ModelFacts:
    facts = next(iter(Training().case().steps.values())).evidence.model
    assert facts is not None
    return replace_facts(facts, graph=None, **claims)  # type: ignore[no-any-return]


# Honest evidence.


@pytest.mark.parametrize(
    "value",
    [
        np.zeros((2, 3)),
        np.zeros((0, 64)),
        np.array(["a", "bc"]),
        np.array([], dtype=str),
        np.array([b"a"]),
        np.array(["2024-01-01"], dtype="datetime64[D]"),
        np.zeros(3, ">f8"),
        np.zeros(2, np.longdouble),
        [1, 2.5, True],
        [[1, 2], [3]],
        {"a": {"b": [np.zeros(3), "x", None, (1, 2)]}},
        {"a": [[[[[[[1, "x"]]]]]]]},
        float("nan"),
        3 + 4j,
        {1, 2},
    ],
)
def test_what_the_encoder_makes_of_values_is_within_the_limits(value: object) -> None:
    store = Store()
    assert find_step_problem(step(encode(value, store), store.arrays)) is None


def test_the_limits_are_not_below_those_of_the_encoders() -> None:
    store = Store()
    curves = curves_of({f"{i}": np.zeros(2) for i in range(500)}, store)
    assert len(curves) <= limits.MAX_CURVES
    assert not curves_of({"loss": np.zeros(limits.MAX_EPOCHS + 1)}, store)
    assert limits.MAX_NAMED_BYTES >= MAX_ARRAY_BYTES
    assert MAX_STACKED_BYTES >= MAX_ARRAY_BYTES


def test_an_honest_run_is_within_the_limits() -> None:
    made = Training().case()
    without_graph = [result for result in made.steps.values() if result.evidence.model is None]
    assert [find_step_problem(result) for result in without_graph] == [None] * 2
    assert [find_replay_problem(replay) for replay in made.replays.values()] == [None] * 2


# What is named has to be there.


REFS: dict[type, dict[str, Any]] = {
    ArrayValue: {"value": ArrayValue(ref="r", dtype="f", shape=(), container="list")},
    Items: {"value": Items(container="list", items=(array_value(np.zeros(1)),))},
    Entries: {"value": Entries(entries=(("key", array_value(np.zeros(1))),))},
    HistoryValue: {"value": HistoryValue(curves={"loss": "r"})},
    FigureValue: {"value": FigureValue(axes=(), png="r")},
    AxesFacts: {"value": FigureValue(axes=(AxesFacts(scatters=("r",)),))},
    FitFacts: {"fits": (FitFacts(rows="r"),)},
    CompileFacts: {"model": model(compiled=compiled(probe="r"))},
    GraphFacts: {
        "model": replace_facts(
            model(), graph=GraphFacts(ref="r", input_node="", output_node="", input_shape=(), output_shape=())
        )
    },
}


@pytest.mark.parametrize("kind", REFS)
def test_every_array_that_is_named_has_to_be_there(kind: type) -> None:
    assert find_step_problem(step(**REFS[kind])) == "1 arrays are missing"


# Hostile evidence.


def nested(depth: int) -> Value:
    value: Value = NoneValue()
    for _ in range(depth):
        value = Items(container="list", items=(value,))
    return value


def history(curves: int, epochs: int, dtype: str = "float64") -> tuple[Value, Mapping[str, Array]]:
    return HistoryValue(curves={f"c{i}": "r" for i in range(curves)}), {"r": np.zeros(epochs, dtype)}


GRAPH = GraphFacts(ref="r", input_node="", output_node="", input_shape=(), output_shape=())
HOSTILE: dict[str, tuple[StepResult, str]] = {
    "one long curve, named often": (step(*history(24, 4_000_000, "uint8")), "a curve is no list of numbers"),
    "one long curve of floats, named often": (step(*history(24, 4_000_000)), "more than 100000 epochs"),
    "curves as long as allowed": (step(*history(60, 100_000)), "too many values in the curves"),
    "thousands of curves": (step(*history(20_000, 300)), "more than 64 curves"),
    "curves of a call of fit": (
        step(fits=(FitFacts(curves=dict.fromkeys(map(str, range(99)), "r")),), arrays={"r": np.zeros(1)}),
        "more than 64 curves",
    ),
    "a table as a curve": (
        step(HistoryValue(curves={"loss": "r"}), {"r": np.zeros((2, 2))}),
        "no list of numbers",
    ),
    "texts without bytes as hashes of rows": (
        step(fits=(FitFacts(rows="r"),), arrays={"r": np.ndarray((10**12,), "<U0")}),
        "elements without bytes",
    ),
    "texts as hashes of rows": (step(fits=(FitFacts(rows="r"),), arrays={"r": np.array(["a"])}), "hashes of rows"),
    "a row of width zero, a trillion times": (
        step(array_value(np.ndarray((10**12, 0))), {"r": np.ndarray((10**12, 0))}),
        "without elements that is too long",
    ),
    "an array of another shape than it says": (
        step(array_value(np.zeros((2, 2)), shape=(1,)), {"r": np.zeros((2, 2))}),
        "another shape than it says",
    ),
    "an array of another dtype than it says": (
        step(array_value(np.zeros(2), dtype="int64"), {"r": np.zeros(2)}),
        "another dtype than it says",
    ),
    "records instead of numbers": (step(arrays={"r": np.zeros(2, "i4,i4")}), "an array of dtype"),
    "one large array, named often": (
        step(
            Items(container="list", items=(array_value(np.zeros(1 << 20)),) * 40),
            {"r": np.zeros(1 << 20)},
        ),
        "named too often",
    ),
    "lists in lists": (step(nested(200)), "nested too deeply"),
    "more layers than any network": (
        step(model=model(layers=(LayerFacts(name="", kind="", path=""),) * 3000)),
        "more than 2000 layers",
    ),
    "a weight of a million dimensions": (
        step(model=model(layers=(LayerFacts(name="", kind="", path="", weight_shapes=((2**62,) * 10**6,)),))),
        "too many dimensions",
    ),
    "more outputs than are described": (
        step(
            model=replace_facts(model(), outputs=(OutputFacts(name="", graph=GRAPH),) * 9),
            arrays={"r": np.zeros(1)},
        ),
        "more than 8 outputs",
    ),
    "labels of more outputs": (
        step(fits=(FitFacts(outputs=(LabelFacts(),) * 9),)),
        "labels of more than 8 outputs",
    ),
    "labels of a million dimensions": (
        step(fits=(FitFacts(outputs=(LabelFacts(y_shape=(1,) * 99),)),)),
        "too many dimensions",
    ),
    "labels of an output that are not there": (
        step(fits=(FitFacts(outputs=(LabelFacts(labels="r"),)),)),
        "1 arrays are missing",
    ),
    "a number of 26 digits": (step(model=model(parameters=10**26)), "more than 64 bits"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_evidence_beyond_a_limit_has_a_problem(name: str) -> None:
    result, problem = HOSTILE[name]
    assert problem in (find_step_problem(result) or "")


def test_evidence_beyond_a_limit_is_tampered_with_and_costs_the_certificate() -> None:
    training = Training()
    made = training.case()
    bodies = {
        name: pack(result.evidence, dict(result.arrays) | graph_of(result)) for name, result in made.steps.items()
    }
    value, arrays = history(20_000, 300)
    bodies["train@0"] = pack(StepEvidence(id="train@0", outcome=Returned(value=value)), arrays)
    words = Bilingual(en="a", de="a")
    check = Architecture(made.trainings[0], inputs=64, outputs=10)
    rubric = Rubric(
        title=words,
        task=made.task,
        data=data,
        criteria=(Criterion(id="a", points=100, title=words, lesson=words, check=check),),
    )
    evidence = Evidence(imported=b"", import_stop=None, import_unit=None, bodies=bodies, stops={}, replays={})
    case = decoded_case(Question(course="", exercise="a"), rubric, data(), evidence)
    assert case.stops["train@0"].reason is StopReason.TAMPERED
    protocol = certify(case)[0]
    assert (protocol.id, protocol.agrees) == ("protocol", False)
    assert "train@0" in text(protocol.text)


def test_a_number_of_26_digits_in_the_evidence_of_the_import_is_tampered_with() -> None:
    text_of_evidence = msgspec.json.encode(ImportEvidence(output_lines=1234)).replace(b"1234", b"9" * 26)
    parcel = replace_record(pack(ImportEvidence(), {}), msgspec.Raw(text_of_evidence))
    evidence = Evidence(imported=parcel, import_stop=None, import_unit=None, bodies={}, stops={}, replays={})
    words = Bilingual(en="a", de="a")
    check = Architecture(Training().case().trainings[0], inputs=64, outputs=10)
    criterion = Criterion(id="a", points=100, title=words, lesson=words, check=check)
    rubric = Rubric(title=words, task=Training().case().task, data=data, criteria=(criterion,))
    case = decoded_case(Question(course="", exercise="a"), rubric, data(), evidence)
    assert case.imported.stopped is not None
    assert case.imported.stopped.reason is StopReason.TAMPERED


def graph_of(result: StepResult) -> dict[str, Array]:
    facts = result.evidence.model
    return {"g": np.zeros(1, np.uint8)} if facts is not None and facts.graph is not None else {}


def test_lists_of_one_large_array_do_not_become_one_array() -> None:
    large = np.zeros(1 << 20)
    inner = Items(container="list", items=(array_value(large),) * 6)
    with pytest.raises(Exception, match="has to return numbers"):
        numbers(Items(container="list", items=(inner,) * 6), {"r": large}, "f")


def test_a_description_of_a_value_has_a_bounded_length() -> None:
    value = Entries(entries=tuple((f"{i}" + "x" * 100_000, NoneValue()) for i in range(6)))
    assert len(name_of(Items(container="list", items=(value,) * 4))) == LONGEST_DESCRIPTION


# Graphs.


def chain(kernels: int, bends: int) -> ReplayResult:
    """Return a graph of many kernels side by side, whose sum goes through many activations."""
    nodes = [NodeFacts(name="x", op="Placeholder")]
    for i in range(kernels):
        nodes += [NodeFacts(name=f"k{i}", op="Const"), NodeFacts(name=f"m{i}", op="MatMul", inputs=("x", f"k{i}"))]
    nodes.append(NodeFacts(name="c0", op="AddN", inputs=tuple(f"m{i}" for i in range(kernels))))
    nodes += [NodeFacts(name=f"c{i + 1}", op="Relu", inputs=(f"c{i}",)) for i in range(bends)]
    nodes += [NodeFacts(name="last", op="Const"), NodeFacts(name="out", op="MatMul", inputs=(f"c{bends}", "last"))]
    constants = {node.name: node.name for node in nodes if node.op == "Const"}
    arrays = dict.fromkeys(constants, np.ones((3, 3), np.float32)) | {"y": np.zeros((5, 3))}
    return ReplayResult(
        ReplayEvidence(id="model:build_model@0", nodes=tuple(nodes), constants=constants, outputs=("y",)), arrays
    )


def peak_of(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def read_replay(replay: ReplayResult, output: str = "out:0") -> Any:
    made = Training().case()
    facts = made.steps["model:build_model@0"].evidence.model
    assert facts is not None
    assert facts.graph is not None
    seen = StepEvidence(
        id="model:build_model@0",
        outcome=NONE,
        model=replace_facts(facts, graph=replace_facts(facts.graph, output_node=output)),
    )
    steps = {**made.steps, "model:build_model@0": StepResult(seen, {})}
    replays = {"model:build_model@0": replay}
    case = replace(made, steps=steps, replays=replays)
    return read_model(case, "model:build_model@0", case.trainings[0])


def test_a_graph_of_many_kernels_is_read_in_little_memory() -> None:
    replay = chain(3000, 13_000)
    read = []
    assert peak_of(lambda: read.append(read_replay(replay))) < 100 << 20
    graph = read[0].graph
    assert graph.hidden == 3000
    assert len(graph.kernels) == 3001
    assert {len(node.activations) for node in graph.dense} == {0, 16}


def output(array: Array | None) -> ReplayResult:
    arrays = {} if array is None else {"y": array}
    return ReplayResult(ReplayEvidence(id="", outputs=("y",)), arrays)


WIDE = ReplayEvidence(id="", nodes=(NodeFacts(name="a", op="AddN", inputs=("a",) * 300_000),))
GRAPHS: dict[str, tuple[ReplayResult, str]] = {
    "operations": (chain(10_001, 1), "more than 20000 operations"),
    "connections": (ReplayResult(WIDE, {}), "more than 200000 connections"),
    "many outputs": (
        output(np.broadcast_to(0.0, (1 << 13, 1 << 12))),
        "its outputs are more than 4194304 numbers",
    ),
    "outputs of records": (output(np.zeros(3, "i4,i4")), "its outputs are of the type"),
    "outputs of width zero": (output(np.ndarray((10**12, 0))), "without elements"),
    "no output": (output(None), "an output is missing"),
}


@pytest.mark.parametrize(("replay", "problem"), GRAPHS.values(), ids=GRAPHS)
def test_a_graph_beyond_a_limit_has_a_problem(replay: ReplayResult, problem: str) -> None:
    assert problem in (find_replay_problem(replay) or "")


def test_a_graph_beyond_a_limit_is_not_certified_and_says_why() -> None:
    replay = chain(10_001, 1)
    decoded = DecodedEvidence()
    decoded.add(Evidence(replays={replay.evidence.id: pack(replay.evidence, replay.arrays)}))
    read = read_replay(decoded.replays[replay.evidence.id])
    assert (read.graph, read.outputs) == (None, {})
    assert read.problem == "it holds more than 20000 operations"


def test_a_large_answer_of_hashes_is_searched_in_parts() -> None:
    rows = np.arange(2_000_000, dtype=np.uint64)
    made = Training().case()
    fit = made.steps["train@0"].evidence.fits[0]
    evidence = replace_facts(made.steps["train@0"].evidence, fits=(fit,) * 30)
    steps = {**made.steps, "train@0": StepResult(evidence, dict(made.steps["train@0"].arrays) | {"rows": rows})}
    changed = replace(made, steps=steps)
    certify(made)  # what depends on the data only is computed once
    assert peak_of(lambda: certify(changed)) < rows.nbytes * 3
