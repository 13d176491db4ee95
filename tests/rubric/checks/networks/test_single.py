"""Networks, frozen graphs written node by node: what they are judged to be, and what their training was."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import msgspec
import numpy as np
import pytest

from grader.core.arrays import Array
from grader.core.row_hashes import row_hashes
from grader.evidence.case import Case
from grader.evidence.certification import certify
from grader.evidence.judgement import Judgement
from grader.evidence.network import read_network
from grader.examiner.judge import is_certified
from grader.protocol.evidence import (
    FitFacts,
    Missing,
    ModelValue,
    NoneValue,
    OtherValue,
    Outcome,
    Raised,
    Returned,
    Skipped,
    Stopped,
    StopReason,
)
from grader.protocol.plan import Call, Describe, ResultOrTruth
from grader.protocol.task import Task
from grader.protocol.verdict import Status
from grader.rubric.checks import Accuracy, Architecture, HeadAndLoss, Probabilities, Trains
from grader.rubric.checks import Training as Steps
from grader.rubric.checks.base import Check
from grader.rubric.checks.networks.no_graph import explain_no_graph
from grader.rubric.checks.networks.untrained import explain_untrained
from tests.helpers.cases import (
    TASK,
    Net,
    Training,
    case,
    compiled,
    data,
    exception,
    fit,
    good,
    judged,
    plain,
    returned,
    seen,
    stop,
    text,
)

ARCHITECTURE = Architecture(Steps(), inputs=64, hidden=1, outputs=10)
HEAD = HeadAndLoss(Steps())
TRAINS = Trains(Steps())
ALL = (ARCHITECTURE, HEAD, TRAINS)


def of(check: Check, training: Training | None = None, **changes: Any) -> Judgement:
    return judged(check, (training or Training(**changes)).case())


def two_branches(net: Net) -> str:
    a, b = net.dense(net.x, 16, "Relu"), net.dense(net.x, 8, "Tanh")
    both = net.op("ConcatV2", lambda p, q: np.hstack([p, q]), a, b)
    return net.dense(both, 10, "Softmax")


def residual(net: Net) -> str:
    a = net.dense(net.x, 64, "Relu")
    return net.dense(net.op("AddV2", np.add, a, net.x), 10, "Softmax")


def leaky_with_slope_one(net: Net) -> str:
    """A hidden layer whose activation changes no number."""
    hidden = net.op("LeakyRelu", lambda v: v, net.dense(net.x, 32))
    return net.dense(hidden, 10, "Softmax")


def times_zero(net: Net) -> str:
    """A hidden layer that the output does not depend on."""
    dead = net.dense(net.dense(net.x, 1, "Relu"), 10)
    nothing = net.op("Mul", np.multiply, dead, net.constant(np.array(0.0, np.float32)))
    return net.act(net.op("AddV2", np.add, net.dense(net.x, 10), nothing), "Softmax")


def by_hand(net: Net) -> str:
    z = net.dense(net.dense(net.x, 16, "Relu"), 10)
    top = net.op("Max", lambda v: v.max(axis=1, keepdims=True), z)
    powers = net.op("Exp", np.exp, net.op("Sub", np.subtract, z, top))
    total = net.op("Sum", lambda v: v.sum(axis=1, keepdims=True), powers)
    return net.op("RealDiv", np.divide, powers, total)


def swish(net: Net) -> str:
    h = net.dense(net.x, 16)
    gate = net.op("Mul", np.multiply, h, net.act(h, "Sigmoid"))
    return net.dense(net.op("IdentityN", lambda v, _: v, gate, h), 10, "Softmax")


def linear_hidden(net: Net) -> str:
    return net.dense(net.dense(net.x, 16), 10, "Softmax")


def no_hidden(net: Net) -> str:
    return net.dense(net.x, 10, "Softmax")


def bent_input_only(net: Net) -> str:
    return net.dense(net.act(net.x, "Tanh"), 10, "Softmax")


def squashed(activation: str) -> Callable[[Net], str]:
    def make(net: Net) -> str:
        return net.act(net.dense(net.dense(net.x, 16, "Relu"), 10, activation), "Softmax")

    return make


def scaled_logits(net: Net) -> str:
    logits = net.dense(net.dense(net.x, 16, "Relu"), 10)
    return net.op("Mul", np.multiply, logits, net.constant(np.full(10, 0.5, np.float32)))


def wide(net: Net) -> str:
    y = net.dense(net.dense(net.x, 16, "Relu"), 80, "Softmax")
    return net.op("Reshape", lambda v: v.reshape(len(v), 8, 10), y)


@pytest.mark.parametrize(
    "make", [good, plain(), two_branches, residual, by_hand, swish, plain(hidden="Erf"), squashed("LogSoftmax")]
)
def test_networks_with_a_hidden_layer_and_ten_outputs_pass(make: Callable[[Net], str]) -> None:
    for check in ALL:
        judgement = of(check, make=make)
        assert judgement.status is Status.PASSED, text(judgement.message)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (plain(units=9), "units=9"),
        (plain("Sigmoid", units=1), "units=1"),
        (linear_hidden, "Received: 0"),
        (no_hidden, "Received: 0"),
        (bent_input_only, "Received: 0"),
        (wide, "(None, 8, 10)"),
    ],
)
def test_wrong_architectures_fail(make: Callable[[Net], str], said: str) -> None:
    judgement = of(ARCHITECTURE, make=make)
    assert judgement.status is Status.FAILED
    assert said in text(judgement.message), text(judgement.message)


def test_hidden_layers_are_counted_by_what_stands_between_kernels() -> None:
    assert "hidden layers: 2" in text(of(ARCHITECTURE, make=two_branches).message)
    assert "hidden layers: 1, outputs: 10" in text(of(ARCHITECTURE, make=swish).message)


@pytest.mark.parametrize("make", [leaky_with_slope_one, times_zero])
def test_hidden_layers_that_bend_nothing_are_none(make: Callable[[Net], str]) -> None:
    judgement = of(ARCHITECTURE, make=make)
    assert judgement.status is Status.FAILED
    assert "The hidden layers make no difference" in text(judgement.message)
    assert not judgement.blocks
    assert of(TRAINS, make=make).status is Status.PASSED
    assert of(Architecture(Steps(), inputs=64, hidden=0, outputs=10), make=make).status is Status.PASSED


def test_a_network_that_no_training_changed_may_begin_as_a_straight_line() -> None:
    assert of(ARCHITECTURE, make=leaky_with_slope_one, moves=False).status is Status.PASSED


def test_units_that_are_all_active_at_first_are_a_hidden_layer_once_training_bends_them() -> None:
    begun = Training(make=leaky_with_slope_one).case()
    trained = Training().case()
    mixed = replace(
        begun,
        steps={**begun.steps, "trained:train@0": trained.steps["trained:train@0"]},
        replays={**begun.replays, "trained:train@0": trained.replays["trained:train@0"]},
    )
    assert judged(ARCHITECTURE, mixed).status is Status.PASSED


PASSES = [
    ("Softmax", "categorical_crossentropy", False),
    ("Softmax", "sparse_categorical_crossentropy", False),
    ("Softmax", "categorical_focal_crossentropy", False),
    ("Softmax", "kl_divergence", False),
    ("", "categorical_crossentropy", True),
    ("", "sparse_categorical_crossentropy", True),
    ("LogSoftmax", "categorical_crossentropy", True),
]


def head(name: str, loss: str, *, from_logits: bool = False) -> Judgement:
    shape = (100,) if loss.startswith("sparse") else (100, 10)
    return of(
        HEAD, make=plain(name), loss=compiled(loss, from_logits=from_logits), fit=fit(loss=loss, y_shape=shape)
    )


@pytest.mark.parametrize(("name", "loss", "from_logits"), PASSES)
def test_heads_that_fit_their_loss_pass(name: str, loss: str, from_logits: bool) -> None:
    judgement = head(name, loss, from_logits=from_logits)
    assert judgement.status is Status.PASSED, text(judgement.message)


FAILS = [
    ("Softmax", "categorical_crossentropy", True, "from_logits=True tells the loss"),
    ("Softmax", "mean_squared_error", False, "Received: mean_squared_error"),
    ("Softmax", "binary_crossentropy", False, "Received: binary_crossentropy"),
    ("Softmax", "several", False, "compile was given several losses"),
    ("", "categorical_crossentropy", False, "no activation"),
    ("", "mean_squared_error", False, "Received: mean_squared_error"),
    ("Relu", "categorical_crossentropy", False, "Received: relu"),
    ("Tanh", "categorical_crossentropy", False, "Received: tanh"),
    ("Erf", "categorical_crossentropy", False, "Received: an activation of your own"),
    ("LogSoftmax", "categorical_crossentropy", False, "Received: log_softmax"),
    ("Sigmoid", "categorical_crossentropy", True, "Received: sigmoid"),
    ("Sigmoid", "mean_squared_error", False, "Received: mean_squared_error"),
]


@pytest.mark.parametrize(("name", "loss", "from_logits", "said"), FAILS)
def test_heads_that_do_not_fit_fail(name: str, loss: str, from_logits: bool, said: str) -> None:
    judgement = head(name, loss, from_logits=from_logits)
    assert (judgement.status, judgement.share) == (Status.FAILED, 0.0)
    assert said in text(judgement.message), text(judgement.message)


@pytest.mark.parametrize(
    "loss", ["categorical_crossentropy", "binary_crossentropy", "sparse_categorical_crossentropy"]
)
def test_a_sigmoid_head_keeps_half(loss: str) -> None:
    judgement = head("Sigmoid", loss)
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)


@pytest.mark.parametrize("first", ["Softmax", "Sigmoid", "Relu", "Tanh"])
def test_two_activations_at_the_output_fail(first: str) -> None:
    judgement = of(HEAD, make=squashed(first))
    assert judgement.status is Status.FAILED
    assert f"{first.lower()}, then softmax" in text(judgement.message)
    assert text(judgement.received) == f"{first.lower()}, softmax"


def test_scaled_logits_are_raw_outputs() -> None:
    judgement = of(HEAD, make=scaled_logits, loss=compiled(from_logits=True))
    assert judgement.status is Status.PASSED, text(judgement.message)


LABELS = [
    ("categorical_crossentropy", (100,), "wants one-hot labels, but fit was given integers (100,)"),
    ("categorical_crossentropy", (100, 1), "wants one-hot labels, but fit was given integers (100, 1)"),
    ("kl_divergence", (100,), "kl_divergence wants one-hot labels"),
    (
        "sparse_categorical_crossentropy",
        (100, 10),
        "wants integer labels, but fit was given one-hot rows (100, 10)",
    ),
]


@pytest.mark.parametrize(("loss", "shape", "said"), LABELS)
def test_labels_that_do_not_fit_the_loss_fail(loss: str, shape: tuple[int, ...], said: str) -> None:
    judgement = of(HEAD, loss=compiled(loss), fit=fit(loss=loss, y_shape=shape, finished=False))
    assert judgement.status is Status.FAILED
    assert said in text(judgement.message)


INTEGERS = Task(kind="classification", classes=10, labels="integers")
SPARSE = "sparse_categorical_crossentropy"


@pytest.mark.parametrize(("loss", "shape"), [("categorical_crossentropy", (100,)), (SPARSE, (100, 10))])
def test_labels_are_expected_as_the_exercise_has_them(loss: str, shape: tuple[int, ...]) -> None:
    made = Training(loss=compiled(loss), fit=fit(loss=loss, y_shape=shape, finished=False))
    assert text(judged(HEAD, made.case()).expected) == "one-hot labels with categorical_crossentropy"
    assert text(judged(HEAD, made.case(task=INTEGERS)).expected) == f"integer labels with {SPARSE}"


@pytest.mark.parametrize(
    ("loss", "shape", "task", "usual"),
    [
        (SPARSE, (100,), TASK, SPARSE),
        ("kl_divergence", (100, 10), TASK, "kl_divergence"),
        ("mean_squared_error", (100,), TASK, SPARSE),
        ("mean_squared_error", (100, 10), INTEGERS, "categorical_crossentropy"),
        ("mean_squared_error", (), INTEGERS, SPARSE),
        ("mean_squared_error", (), TASK, "categorical_crossentropy"),
    ],
)
def test_the_loss_that_is_expected_reads_the_labels_that_are_there(
    loss: str, shape: tuple[int, ...], task: Task, usual: str
) -> None:
    made = Training(make=plain("Relu"), loss=compiled(loss), fit=fit(loss=loss, y_shape=shape))
    judgement = judged(HEAD, made.case(task=task))
    assert text(judgement.expected) == f"softmax output with {usual} (or a linear output with from_logits=True)"
    if loss == "mean_squared_error":
        assert f"the loss is {usual}:" in text(judgement.message)


def test_labels_that_were_not_seen_cost_nothing() -> None:
    assert of(HEAD, fit=fit(y_shape=())).status is Status.PASSED
    assert of(HEAD, fit=None).status is Status.PASSED


def test_a_loss_that_fit_did_not_train_with_is_not_believed() -> None:
    judgement = of(HEAD, fit=fit(loss="mean_squared_error", finished=True))
    assert judgement.status is Status.NOT_GRADED


def test_a_model_that_train_compiles_anew_is_judged_by_what_it_was_trained_with() -> None:
    made = Training().case()
    before = made.steps["model:build_model@0"]
    assert before.evidence.model is not None
    facts = msgspec.structs.replace(before.evidence.model, compiled=compiled("mean_squared_error"))
    evidence = msgspec.structs.replace(before.evidence, model=facts)
    made.steps["model:build_model@0"] = replace(before, evidence=evidence)  # type: ignore[index]
    assert judged(HEAD, made).status is Status.PASSED


@pytest.mark.parametrize("method", ["train_step", "add_loss"])
def test_a_loss_that_the_model_computes_itself_is_left_to_a_person(method: str) -> None:
    judgement = of(HEAD, loss=compiled("", own_methods=(method,)))
    assert judgement.status is Status.NOT_GRADED
    assert f"in {method}" in text(judgement.message)


def test_a_model_without_a_loss_is_told_from_one_that_is_not_compiled() -> None:
    told = ((None, "not compiled"), (compiled(""), "compile was called, but it has no loss"))
    for compilation, words in told:
        judgement = of(HEAD, claims={"compiled": compilation})
        assert judgement.status is Status.FAILED
        assert words in text(judgement.message)


# Training.


def test_half_for_no_validation_or_no_history_and_nothing_for_neither() -> None:
    without = of(TRAINS, fit=fit(validation=""))
    assert (without.status, without.share) == (Status.PARTIAL, 0.5)
    assert "validation_data=(x_val, y_val)" in text(without.message)
    nothing = of(TRAINS, returns_history=False)
    assert (nothing.status, nothing.share) == (Status.PARTIAL, 0.5)
    assert text(nothing.received) == "None"
    neither = of(TRAINS, returns_history=False, fit=fit(validation=""))
    assert neither.status is Status.FAILED
    assert "validation_data" in text(neither.message)
    assert "return model.fit" in text(neither.message)


def test_half_for_validation_on_the_training_rows() -> None:
    seen = of(TRAINS, fit=fit(validation="data", validation_seen=1.0))
    assert (seen.status, seen.share) == (Status.PARTIAL, 0.5)
    assert "rows that it trains on" in text(seen.message)
    assert of(TRAINS, fit=fit(validation="data", validation_seen=0.02)).status is Status.PASSED


def validated(rows: Array | None, **changes: Any) -> Judgement:
    """The judgement of a training whose fit was validated on rows; None for rows that are not known."""
    ref = "" if rows is None else "v"
    made = Training(fit=fit(validation_rows=ref, **changes)).case()
    if rows is not None:
        made.steps["train@0"].arrays["v"] = row_hashes(rows)  # type: ignore[index]
    return judged(TRAINS, made)


def test_validation_rows_are_those_that_were_handed_over() -> None:
    x_train, x_val = data().inside["x_train"], data().inside["x_val"]
    both = np.concatenate([x_val, x_train[: len(x_val) // 2]])
    for rows in (x_val, x_val[:10], 16 * x_val, both, x_val + 1.0, None):
        assert validated(rows).status is Status.PASSED
    assert validated(x_val, validation="split").status is Status.PASSED  # joined to x_train, and split off again
    for judgement in (
        validated(x_train[:20]),
        validated(None, validation="split"),
        validated(x_train[:9] + 1, validation="split"),
    ):
        assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
        assert "split off from x_train" in text(judgement.message)


def split_off(rows: Array | None, **changes: Any) -> Judgement:
    """The judgement of a training that has to split rows off itself."""
    ref = "" if rows is None else "v"
    how = Steps(encode=TRAINS.training.encode, validation=False)
    made = replace(Training(fit=fit(validation_rows=ref, **changes)).case(), trainings=(how,))
    if rows is not None:
        made.steps["train@0"].arrays["v"] = row_hashes(rows)  # type: ignore[index]
    return judged(Trains(how, splits=True), made)


def test_rows_that_are_split_off_pass_where_they_have_to_be() -> None:
    x_train = data().inside["x_train"]
    for judgement in (split_off(None, validation="split"), split_off(x_train[:20], validation="data")):
        assert judgement.status is Status.PASSED
        assert "rows were split off for validation" in text(judgement.message)


def test_half_where_far_more_or_far_fewer_rows_than_a_fifth_are_split_off() -> None:
    x_train = data().inside["x_train"]
    for count, share in ((80, "80.0%"), (1, "1.0%")):
        judgement = split_off(x_train[:count], validation="split")
        assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
        assert f"{share} of the rows were split off for validation; a fifth is asked for" in text(
            judgement.message
        )
    for count in (10, 33, 50):
        assert split_off(x_train[:count], validation="split").status is Status.PASSED


def test_half_where_nothing_was_split_off_or_training_rows_validate() -> None:
    for judgement, words in (
        (split_off(None, validation=""), "Pass validation_split=0.2, or nobody sees"),
        (
            split_off(None, validation="data", validation_seen=1.0),
            "rows that training never sees: pass validation_split",
        ),
    ):
        assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
        assert words in text(judgement.message)


def test_weights_that_did_not_move_were_not_trained() -> None:
    judgement = of(TRAINS, moves=False)
    assert judgement.status is Status.FAILED
    assert "nothing was learned" in text(judgement.message)


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"fit": None}, "Does train() call model.fit() on the model that it is given?"),
        ({"fit": fit(finished=False)}, "Does train() call model.fit() on the model that it is given?"),
        ({"fit": fit(finished=True)}, "although fit ran: nothing was learned"),
        ({"claims": {"trainable_parameters": 0}}, "all of them are set to trainable=False"),
    ],
)
def test_why_nothing_was_learned_is_said(parts: dict[str, Any], said: str) -> None:
    judgement = of(TRAINS, moves=False, **parts)
    assert judgement.status is Status.FAILED
    assert said in text(judgement.message)


def test_a_network_whose_output_never_changes_is_to_be_mended_first() -> None:
    constant = SimpleNamespace(before=SimpleNamespace(is_constant=True), training=Steps())
    assert "Mend the output first" in text(explain_untrained(constant))  # type: ignore[arg-type]


def test_who_puts_the_old_weights_back_into_the_grader_s_network_is_told_so() -> None:
    network = read_network(Training(moves=False).case(), Steps(), 0)
    on_stand_in = replace(
        network, training=Steps().on_stand_in(TASK, is_trained=False), fits=(FitFacts(finished=True),)
    )
    assert "put the old weights back" in text(explain_untrained(on_stand_in))
    assert "put the old weights back" not in text(explain_untrained(network))


def test_a_network_that_knows_without_training_earns_nothing_by_that() -> None:
    accuracy = Accuracy(Steps(), full=0.9, half=0.5)
    assert of(accuracy).status is Status.PASSED
    judgement = of(accuracy, moves=False, fit=None)
    assert judgement.status is Status.FAILED
    assert text(judgement.message) == text(of(TRAINS, moves=False, fit=None).message)


def test_a_function_can_use_no_network_that_was_not_trained_and_train_none_that_cannot_learn() -> None:
    predicts = Probabilities(Steps(), "predict_probabilities")
    assert predicts.can_use(Training().case(), Steps())
    assert not predicts.can_use(Training(moves=False).case(), Steps())
    for parts, is_trainable in (
        ({}, True),
        ({"moves": False}, False),  # fit ran and changed nothing
        ({"moves": False, "fit": None}, True),
        ({"claims": {"trainable_parameters": 0}}, False),
        ({"claims": {"compiled": None}}, False),
    ):
        assert TRAINS.can_use(Training(**parts).case(), Steps()) is is_trainable, parts


def test_a_history_that_no_call_of_fit_left_earns_nothing() -> None:
    for judgement in (
        of(TRAINS, fit=None),
        of(TRAINS, fit=None, returns_history=False),
        of(TRAINS, fit=fit(finished=False)),
    ):
        assert judgement.status is Status.FAILED
        assert "no call of fit was seen" in text(judgement.message)
        assert "validation_data=(x_val, y_val)" in text(judgement.message)


def test_without_validation_rows_a_history_of_another_origin_keeps_half() -> None:
    steps = Steps(validation=False)
    judgement = judged(Trains(steps), Training(fit=None).case())
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
    assert "validation" not in text(judgement.message)
    assert judged(Trains(steps), Training(fit=None, returns_history=False).case()).status is Status.FAILED


def with_fits(made: Training, *fits: FitFacts) -> Case:
    """The case of a training that called fit these times."""
    result = made.case()
    step = result.steps["train@0"]
    evidence = msgspec.structs.replace(step.evidence, fits=fits)
    result.steps["train@0"] = replace(step, evidence=evidence)  # type: ignore[index]
    return result


def test_the_fit_of_the_network_itself_counts() -> None:
    pilot = fit(model="other", loss=SPARSE, y_shape=(100,), validation="")
    autoencoder = fit(model="other", loss="mean_squared_error", y_shape=(100, 64), validation="")
    tried = fit(y_shape=(100,), finished=False)
    for fits in ((pilot, fit()), (fit(), autoencoder), (tried, fit()), (fit(), fit(validation=""))):
        made = with_fits(Training(), *fits)
        for check in (HEAD, TRAINS):
            assert judged(check, made).status is Status.PASSED, fits
    made = with_fits(
        Training(), fit(model="other", y_shape=(100,)), fit(model="other", validation="")
    )  # folds, then set_weights
    for check in (HEAD, TRAINS):
        assert judged(check, made).status is Status.PASSED
    assert "without validation data" in text(
        judged(TRAINS, with_fits(Training(), fit(validation=""), pilot)).message
    )


def test_another_number_of_labels_is_left_to_the_training_which_names_both_numbers() -> None:
    assert of(HEAD, fit=fit(y_shape=(50, 10), finished=False)).status is Status.PASSED


@pytest.mark.parametrize("shape", [(1, 100), (100, 64), (100, 1, 10)])
def test_labels_of_another_shape_are_no_one_hot_rows(shape: tuple[int, ...]) -> None:
    judgement = of(HEAD, fit=fit(y_shape=shape, finished=False))
    assert judgement.status is Status.FAILED
    assert f"labels of the shape {shape}" in text(judgement.message)
    assert "one-hot rows" not in text(judgement.message)


@pytest.mark.parametrize(
    ("low", "is_finished", "is_named"), [(10, False, True), (5, False, False), (10, True, False)]
)
def test_labels_of_which_none_is_the_number_of_a_class_are_named(
    low: float, is_finished: bool, is_named: bool
) -> None:
    labels = fit(y_shape=(100,), y_dtype="int64", y_range=(low, 19.0), finished=is_finished)
    judgement = of(HEAD, fit=labels, loss=compiled("sparse_categorical_crossentropy"))
    assert (
        f"the labels {low:g} to 19, but the network numbers its classes from 0: 0 to 9" in text(judgement.message)
    ) is is_named


def test_a_training_that_diverged_moved_the_weights() -> None:
    def broken(net: Net) -> str:
        kernel = np.full((64, 16), np.nan if net.random.normal() else 0.0)
        return net.dense(net.dense(net.x, 16, "Relu", kernel), 10, "Softmax")

    with np.errstate(all="ignore"):
        made = Training().case()
        net = Net(0)
        broken(net)
        made.replays["trained:train@0"] = net.replayed("trained:train@0")  # type: ignore[index]
        made.steps["trained:train@0"] = seen("trained:train@0", Returned(value=NoneValue()), {}, model=net.facts())  # type: ignore[index]
        assert judged(TRAINS, made).status is Status.PASSED


# What never came to a network.


@pytest.mark.parametrize("check", ALL)
def test_what_is_no_model_is_named(check: Check) -> None:
    for value, said in ((None, "return model"), ([1, 2], "list (2,)"), ("model", "'model'")):
        skipped = seen("model:build_model@0", Skipped(step="build_model@0"))
        judgement = judged(
            check, case({"build_model@0": returned("build_model@0", value), "model:build_model@0": skipped})
        )
        assert judgement.status is Status.FAILED
        assert said in text(judgement.message), text(judgement.message)


@pytest.mark.parametrize("check", ALL)
def test_functions_that_are_missing_stubs_or_broken(check: Check) -> None:
    outcomes: dict[Outcome, Status] = {
        Missing(): Status.FAILED,
        Raised(exception=exception(NotImplementedError())): Status.NOT_ATTEMPTED,
        Raised(exception=exception(ValueError("units"))): Status.FAILED,
    }
    for outcome, status in outcomes.items():
        judgement = judged(check, case({"build_model@0": seen("build_model@0", outcome)}))
        assert judgement.status is status
        assert "build_model()" in text(judgement.message)


def test_a_network_that_hangs_when_it_is_called_is_told_of_build_model() -> None:
    steps = {"build_model@0": seen("build_model@0", Returned(value=ModelValue(type="Net")))}
    judgement = judged(ARCHITECTURE, case(steps, stops={"model:build_model@0": stop(StopReason.TIME)}))
    assert judgement.status is Status.FAILED
    assert "build_model() did not come to an end" in text(judgement.message)
    fault = judged(ARCHITECTURE, case(steps, stops={"model:build_model@0": stop(StopReason.GRADER)}))
    assert fault.status is Status.NOT_GRADED


@pytest.mark.parametrize("check", ALL)
def test_a_network_that_cannot_be_called_fails_and_one_that_cannot_be_replayed_is_not_graded(check: Check) -> None:
    judgement = of(check, claims={"graph": None, "problem": "ValueError: expected 32 inputs"})
    assert judgement.status is Status.FAILED
    assert "(64,)" in text(judgement.message)
    assert "expected 32 inputs" in text(judgement.message)
    lost = Training().case()
    lost.replays.clear()  # type: ignore[attr-defined]
    assert judged(check, lost).status is Status.NOT_GRADED
    assert of(check, replay={"problem": "InternalError: x", "outputs": ()}).status is Status.NOT_GRADED


REFUSED = {
    ("GatherV2 by value",): "looks numbers up in a table",
    ("PyFunc",): "calls Python or NumPy",
    ("RandomStandardNormal",): "draws random numbers",
    ("PyFunc", "ReadFile"): "more than compute with numbers: PyFunc, ReadFile",
}


@pytest.mark.parametrize("operations", REFUSED)
def test_a_graph_that_is_not_run_is_not_graded_and_the_message_names_what_it_does(
    operations: tuple[str, ...],
) -> None:
    for check in ALL:
        judgement = of(check, replay={"forbidden": operations, "outputs": (), "constants": {}})
        assert judgement.status is Status.NOT_GRADED
        assert REFUSED[operations] in text(judgement.message)
        assert "disagree" not in text(judgement.message)


STOPS = {
    StopReason.TIME: "in the time that it has",
    StopReason.CPU: "in the time that it has",
    StopReason.MEMORY: "more memory than it may have",
    StopReason.SIGNAL: "its process ended (SIGSEGV)",
}


@pytest.mark.parametrize("reason", STOPS)
def test_a_network_that_did_not_come_to_an_end_is_not_graded_and_the_message_says_why(reason: StopReason) -> None:
    made = Training(replay={"stopped": Stopped(reason=reason, detail="SIGSEGV"), "outputs": ()}).case()
    judgement = judged(ARCHITECTURE, made)
    assert judgement.status is Status.NOT_GRADED
    assert STOPS[reason] in text(judgement.message)
    assert is_certified(certify(made)) is None


SHAPES: Mapping[str, tuple[dict[str, Any], str]] = {
    "two outputs": ({"output_count": 2}, "has 2 outputs, but one output is expected"),
    "two inputs": ({"input_count": 2}, "has 2 inputs, but one input is expected"),
    "a picture": ({"input_shape": (None, 8, 8)}, "takes rows of the shape (8, 8), but each row of x is flat"),
    "fewer": ({"input_shape": (None, 12)}, "takes rows of the shape (12,), but each row of x has the shape (64,)"),
    "by Keras": (
        {
            "input_shape": None,
            "problem": "ValueError: Invalid input shape. Expected shape (None, 8, 8), but input",
        },
        "takes rows of the shape (8, 8)",
    ),
    "not frozen": (
        {"not_frozen": True, "problem": "KeyError: x"},
        "could not read what the network computes (KeyError",
    ),
    "too large": (
        {"not_frozen": True, "problem": "MemoryError: x", "parameters": 100_000_000},
        "The network has 100000000 parameters. The grader reads networks with up to 31000000",
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_a_network_for_other_rows_or_answers_fails_and_is_no_case_for_the_certification(name: str) -> None:
    claims, sentence = SHAPES[name]
    made = Training(claims={"graph": None, "problem": "ValueError: x", **claims}).case()
    judgement = judged(ARCHITECTURE, made)
    assert judgement.status is (Status.NOT_GRADED if name in {"not frozen", "too large"} else Status.FAILED)
    assert sentence in text(judgement.message)
    assert is_certified(certify(made)) is None


def test_rows_that_are_pictures_are_not_called_flat() -> None:
    made = Training(claims={"graph": None, "problem": "ValueError: x", "input_shape": (None, 1, 8, 8)}).case()
    model = read_network(made, ARCHITECTURE.training, 0).before
    assert model is not None
    message = text(explain_no_graph(model, ARCHITECTURE.training, (8, 8)).message)
    assert "takes rows of the shape (1, 8, 8), but each row of x has the shape (8, 8)." in message
    assert "keras.Input(shape=(8, 8)), and with keras.layers.Reshape((1, 8, 8))" in message


def test_outputs_of_another_shape_fail_whatever_the_operations() -> None:
    def sequence(net: Net) -> str:
        return net.op("ExpandDims", lambda v: v[:, None], good(net))

    for replay in ({}, {"forbidden": ("PyFunc",), "outputs": (), "constants": {}}):
        judgement = judged(ARCHITECTURE, Training(make=sequence, replay=replay).case())
        assert judgement.status is Status.FAILED
        assert "return_sequences" in text(judgement.message)
        assert "(None, 1, 10)" in text(judgement.message)


def test_one_number_for_each_row_is_one_output_without_a_column_as_well() -> None:
    def flat(net: Net) -> str:
        hidden = net.dense(net.x, 16, "Relu")
        return net.op("Squeeze", lambda v: v[:, 0], net.dense(hidden, 1))

    check = Architecture(ARCHITECTURE.training, inputs=64, hidden=1, outputs=1)
    assert judged(check, Training(make=flat).case()).status is Status.PASSED
    two = judged(ARCHITECTURE, Training(make=flat).case())
    assert two.status is Status.FAILED
    assert "units=1" in text(two.message)


def test_a_model_of_another_keras_is_named() -> None:
    other = OtherValue(type="Sequential", other_keras="tensorflow.python.keras")
    steps = {"build_model@0": seen("build_model@0", Returned(value=other))}
    judgement = judged(ARCHITECTURE, case(steps))
    assert judgement.status is Status.FAILED
    assert "Sequential of tensorflow.python.keras" in text(judgement.message)
    assert "from tensorflow import keras" in text(judgement.message)


def test_a_training_that_failed_costs_the_training_only() -> None:
    crash = seen("train@0", Raised(exception=exception(ValueError("shapes"))))
    made = Training(
        steps={"train@0": crash, "trained:train@0": seen("trained:train@0", Skipped(step="train@0"))}
    ).case()
    assert judged(ARCHITECTURE, made).status is Status.PASSED
    assert judged(HEAD, made).status is Status.PASSED
    judgement = judged(TRAINS, made)
    assert judgement.status is Status.FAILED
    assert "train() stopped with an error: ValueError: shapes" in text(judgement.message)


def test_a_training_whose_description_was_lost_is_not_graded() -> None:
    made = Training(steps={"trained:train@0": seen("trained:train@0", Returned(value=NoneValue()))}).case()
    assert judged(TRAINS, made).status is Status.NOT_GRADED


def test_the_steps_of_a_training_hold_no_expected_answer() -> None:
    steps = Steps(encode="one_hot").steps((0, 1))
    assert [s.id for s in steps if isinstance(s, Call | Describe)] == [
        "one_hot@train", "one_hot@val",
        "build_model@0", "model:build_model@0", "train@0", "trained:train@0",
        "build_model@1", "model:build_model@1", "train@1", "trained:train@1",
    ]  # fmt: skip
    train = next(s for s in steps if s.id == "train@1")
    assert isinstance(train, Call)
    assert train.seed == 1
    assert [type(a) for a in train.arguments].count(ResultOrTruth) == 2
    assert all(check.arrays() == {} for check in ALL)
