"""How networks are built and trained: each has steps of its own, and is handed what the exercise says."""

import pytest

from grader.evidence.failures import function_name
from grader.protocol.plan import (
    ArrayArg,
    BuildBase,
    BuildStandIn,
    Call,
    Describe,
    LiteralArg,
    ResultOf,
    ResultOrTruth,
    value_of,
)
from grader.protocol.task import Task
from grader.protocol.training import Output, Training

NAMED = Training(build="build_functional", arguments=(10,), name="functional", rows="ten_", validation=False)


def test_a_network_without_a_name_has_the_plain_ids() -> None:
    steps = Training().steps((0, 3))
    assert [s.id for s in steps][4:] == [
        "build_model@3", "model:build_model@3", "train@3", "trained:train@3",
    ]  # fmt: skip


def test_networks_of_one_exercise_share_no_step() -> None:
    trainings = (NAMED, Training(build="build_functional", arguments=(1,), name="one"), Training())
    ids = [step.id for training in trainings for step in training.steps((0, 1))]
    assert len(ids) == len(set(ids)) == 24


def test_every_step_names_the_function_that_it_is_about() -> None:
    named = [function_name(step.id) for step in NAMED.steps((0,))]
    assert named == ["build_functional", "build_functional", "train", "train"]
    assert function_name(value_of("CHEAT_SHEET").id) == "CHEAT_SHEET"


def test_the_functions_are_handed_what_the_exercise_says() -> None:
    build, before, train, after = NAMED.steps((2,))
    assert isinstance(build, Call)
    assert isinstance(train, Call)
    assert (build.function, build.arguments, build.seed) == ("build_functional", (LiteralArg(value=10),), 2)
    rows = (ArrayArg(name="ten_x_train"), ArrayArg(name="ten_y_train"))
    assert train.arguments == (ResultOf(step=build.id), *rows)
    assert isinstance(before, Describe)
    assert isinstance(after, Describe)
    assert (before.step, before.sample, before.after) == (build.id, "ten_x_train", "")
    assert (after.step, after.sample, after.after) == (build.id, "ten_x_train", train.id)


def test_validation_rows_are_handed_over_where_the_exercise_has_them() -> None:
    train = Training().steps((0,))[2]
    assert isinstance(train, Call)
    assert [a.name for a in train.arguments if isinstance(a, ArrayArg)] == ["x_train", "y_train", "x_val", "y_val"]


def test_labels_that_the_submission_encodes_are_believed_where_they_are_right() -> None:
    first, second, *_, train, _ = Training(encode="one_hot").steps((0,))
    assert [first.id, second.id] == ["one_hot@train", "one_hot@val"]
    assert isinstance(train, Call)
    assert ResultOrTruth(step="one_hot@val", name="y_val_one_hot") in train.arguments


def test_only_the_function_that_builds_may_be_stood_in_for() -> None:
    stands_in = [s.model_stands_in for s in Training(encode="one_hot").steps((0,)) if isinstance(s, Call)]
    assert stands_in == [False, False, True, False]


class TestOnStandIns:
    """A network of the grader's takes the place of what the submission builds."""

    def test_no_step_is_shared_with_the_submission_s_own_network(self) -> None:
        task = Task(kind="regression", labels="numbers")
        trainings = (NAMED, *(NAMED.on_stand_in(task, is_trained=trained) for trained in (False, True)))
        ids = [step.id for training in trainings for step in training.steps((0,))]
        assert len(ids) == len(set(ids)) == 4 + 4 + 3

    def test_train_gets_a_network_that_is_not_trained(self) -> None:
        build, before, train, after = NAMED.on_stand_in(Task("regression"), is_trained=False).steps((0,))
        assert isinstance(build, BuildStandIn)
        assert isinstance(train, Call)
        assert isinstance(after, Describe)
        assert (build.kernel, build.bias, build.sample) == ("", "", "ten_x_train")
        assert train.arguments[0] == ResultOf(step=build.id)
        assert (before.id, after.step, after.after) == (f"model:{build.id}", build.id, train.id)

    def test_a_trained_network_needs_no_call_of_train(self) -> None:
        build, _before, after = NAMED.on_stand_in(Task("regression"), is_trained=True).steps((0,))
        assert isinstance(build, BuildStandIn)
        assert (build.kernel, build.bias) == ("ten_stand_in_kernel", "ten_stand_in_bias")
        assert isinstance(after, Describe)
        assert (after.step, after.after) == (build.id, build.id)

    @pytest.mark.parametrize(
        ("task", "units", "activation", "loss"),
        [
            (Task("regression", labels="numbers"), 1, "linear", "mean_squared_error"),
            (Task("classification", 2, "integers"), 1, "sigmoid", "binary_crossentropy"),
            (Task("classification", 3, "integers"), 3, "softmax", "sparse_categorical_crossentropy"),
            (Task("classification", 10, "one_hot"), 10, "softmax", "categorical_crossentropy"),
        ],
    )
    def test_it_is_made_for_the_task(self, task: Task, units: int, activation: str, loss: str) -> None:
        build = Training().on_stand_in(task, is_trained=False).steps((0,))[0]
        assert isinstance(build, BuildStandIn)
        assert (build.units, build.activation, build.loss) == (units, activation, loss)


def test_a_network_with_several_outputs_gets_the_labels_of_each_one_after_the_other() -> None:
    outputs = (Output("price", Task("regression")), Output("kind", Task("classification", 3, "integers")))
    _build, before, train, after = Training(outputs=outputs, rows="ten_").steps((0,))
    assert isinstance(train, Call)
    assert [a.name for a in train.arguments if isinstance(a, ArrayArg)] == [
        "ten_x_train", "ten_y_train_price", "ten_y_train_kind", "ten_x_val", "ten_y_val_price", "ten_y_val_kind",
    ]  # fmt: skip
    for described in (before, after):
        assert isinstance(described, Describe)
        assert described.output_names == ("price", "kind")


def test_a_base_is_made_for_each_network_of_the_submission_and_for_none_of_the_graders() -> None:
    training = Training(base=True)
    base, build = training.steps((3,))[:2]
    assert isinstance(base, BuildBase)
    assert (base.id, base.architecture, base.weights) == (
        "base:build_model@3",
        "base_architecture",
        "base_weights",
    )
    assert isinstance(build, Call)
    assert build.arguments == (ResultOf(step=base.id),)
    task = Task(kind="classification", classes=3)
    for is_trained in (False, True):
        steps = training.on_stand_in(task, is_trained=is_trained).steps((3,))
        assert isinstance(steps[0], BuildStandIn)
        assert not any(isinstance(step, BuildBase) for step in steps)
    assert not any(isinstance(step, BuildBase) for step in Training().steps((3,)))
