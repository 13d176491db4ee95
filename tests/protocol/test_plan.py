"""Plans: what a step needs, what it uses, and that it travels unchanged."""

import msgspec
import pytest

from grader.protocol.plan import (
    ArrayArg,
    BuildBase,
    BuildChain,
    Call,
    ChainLayer,
    Describe,
    FolderArg,
    HistoryArg,
    Limits,
    LiteralArg,
    Plan,
    ReadFiles,
    Replay,
    ResultOf,
    ResultOrTruth,
    Setup,
    SetWeights,
    Step,
    WriteFiles,
    list_apart,
    list_arrays_apart,
    list_next_steps,
    needs,
    uses,
)

CALL = Call(
    id="train@0",
    function="train",
    arguments=(
        ResultOf(step="build_model@0"),
        ArrayArg(name="x"),
        ResultOrTruth(step="one_hot@train", name="y"),
        LiteralArg(value=3),
        HistoryArg(series={"loss": [1.0]}),
        FolderArg(name="saved"),
    ),
    after="load@all",
)
DESCRIBE = Describe(id="trained:train@0", step="build_model@0", sample="x", after="train@0")
READ = ReadFiles(id="files@save", folder="saved", after="save@own")
WRITE = WriteFiles(id="written", files="files@save", folder="moved")
REPLAY = Replay(id="model:build_model@0", graph="g", input_node="x:0", output_node="y:0", inputs=("x",))
WEIGHTS = SetWeights(id="network@own", step="build_model@0", weights=("k", "b"), sample="x")
CHAIN = BuildChain(
    id="network@4-3", layers=(ChainLayer(kernel="k", bias="b", activation="softmax"),), like="build_model@0"
)
BASE = BuildBase(id="base:build_model@0", architecture="base_architecture", weights="base_weights")


@pytest.mark.parametrize(
    ("step", "needed", "used"),
    [
        (CALL, {"build_model@0", "load@all"}, {"build_model@0", "load@all", "one_hot@train"}),
        (DESCRIBE, {"build_model@0", "train@0"}, {"build_model@0", "train@0"}),
        (REPLAY, set(), set()),
        (WEIGHTS, {"build_model@0"}, {"build_model@0"}),
        (READ, {"save@own"}, {"save@own"}),
        (WRITE, set(), set()),
        (CHAIN, set(), {"build_model@0"}),
        (BASE, set(), set()),
        (Call(id="load@all", function="load"), set(), set()),
    ],
)
def test_what_steps_need_and_use(step: Step, needed: set[str], used: set[str]) -> None:
    assert needs(step) == needed
    assert uses(step) == used


@pytest.mark.parametrize("step", [CALL, DESCRIBE, REPLAY, WEIGHTS, CHAIN, READ, WRITE])
def test_steps_travel_unchanged(step: Step) -> None:
    plan = Plan(exercise="digits", limits=Limits(), steps=(step,))
    assert msgspec.json.decode(msgspec.json.encode(plan), type=Plan) == plan


@pytest.mark.parametrize(
    "text",
    [
        '{"exercise": "x"}',
        '{"exercise":"x","limits":{},"steps":[],"more":1}',
        '{"exercise":"x","limits":{},"steps":[{"is":"Run"}]}',
    ],
)
def test_anything_else_is_no_plan(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=Plan)


def test_what_reads_files_that_were_written_runs_apart_with_what_needs_it() -> None:
    load = Call(id="load@own", function="load", after=WRITE.id)
    described = Describe(id="model:load@own", step=load.id, sample="x")
    steps: list[Step] = [CALL, READ, WRITE, load, described, DESCRIBE]
    assert list_apart(steps) == {WRITE.id, load.id, described.id}
    assert list_next_steps(steps, steps) == [CALL, READ, DESCRIBE]
    assert list_next_steps(steps, [described, READ]) == [READ]
    assert list_next_steps(steps, [described]) == [WRITE, load, described]
    assert list_arrays_apart(steps, [WRITE, load, described]) == ("x",)
    assert list_arrays_apart(steps, [CALL]) is None


def test_a_setup_without_a_submission() -> None:
    assert msgspec.json.decode(msgspec.json.encode(Setup(submission=None)), type=Setup) == Setup(submission=None)
