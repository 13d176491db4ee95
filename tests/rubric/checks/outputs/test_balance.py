"""How large the losses of several outputs are beside one another, however they and their weights are written."""

from collections.abc import Callable

import numpy as np
import pytest

from grader.core.arrays import Array
from grader.core.i18n import Translator
from grader.evidence.constant_answers import LossSize, huber, measure_constant_answer
from grader.evidence.judgement import Judgement, PreconditionFailedError
from grader.evidence.loss_identity import Finding, IdentifiedLoss, identify_loss
from grader.protocol.evidence import CompileFacts, LossTrial
from grader.protocol.loss_trial import make_batches
from grader.protocol.task import LabelForm, Task
from grader.protocol.verdict import Status
from grader.rubric.checks import BalancedLosses
from grader.rubric.checks.outputs.balance import compare_losses
from grader.sandbox.inside.model_outputs import read_number
from tests.helpers.classroom import ROOMS
from tests.helpers.fruit import BY_PLACE, LOSSES, case_of_fruit, functional, train

TRAINING = ROOMS["fruit"].trainings[0]
BALANCED = BalancedLosses(TRAINING, most=20.0)
OWN = (
    "def squares(y, p):\n    return {factor} * keras.ops.mean((keras.ops.reshape(y, (-1, 1)) - p) ** 2, axis=-1)\n"
)
SCALED = '{"price": price / 10, "kind": kind}'
NUMBERS, CLASSES = Task(kind="regression"), Task(kind="classification", classes=3, labels="integers")
say = Translator("en")


def judge(arguments: str, before: str = "", training: str = "") -> Judgement:
    try:
        return BALANCED.judge(case_of_fruit(before + functional(compiled=arguments), training))
    except PreconditionFailedError as unmet:
        return unmet.judgement


@pytest.mark.parametrize(
    ("arguments", "before"),
    [
        ("loss=[squares, 'sparse_categorical_crossentropy']", OWN.format(factor=1)),
        (f"loss={LOSSES}, loss_weights=[np.array(30.0), np.array(1.0)]", ""),
        ("loss=[keras.losses.Huber(), 'sparse_categorical_crossentropy'], loss_weights=[1000.0, 1.0]", ""),
    ],
)
def test_a_loss_that_drowns_the_other_is_seen_however_it_is_written(arguments: str, before: str) -> None:
    judgement = judge(arguments, before)
    assert judgement.status is Status.FAILED
    assert "The loss of price drowns that of kind" in say(judgement.message)


@pytest.mark.parametrize(("weight", "status"), [(10.0, Status.FAILED), (0.1, Status.PASSED)])
def test_nothing_is_said_of_losses_with_targets_that_fit_did_not_get(weight: float, status: Status) -> None:
    build = functional(compiled=f"loss={LOSSES}, loss_weights=[{weight}, 1.0]")
    scaled, given = (BALANCED.judge(case_of_fruit(build, training)) for training in (train(SCALED), train()))
    assert scaled.status is given.status is status
    assert "fit was given targets from" in say(scaled.message)
    assert "With th" in say(scaled.message)
    assert "train() gets" in say(scaled.message)
    assert "drowns" not in say(scaled.message)
    assert "fit was given" not in say(given.message)
    assert ("drowns" if status is Status.FAILED else "The losses are about") in say(given.message)


def test_a_weight_of_zero_is_seen_however_it_is_written() -> None:
    judgement = judge(f"loss={LOSSES}, loss_weights={{'price': 0.1, 'kind': keras.Variable(0.0)}}")
    assert judgement.status is Status.FAILED
    assert "The loss of kind has the weight 0" in say(judgement.message)


@pytest.mark.parametrize(
    ("arguments", "before"),
    [
        ("loss=[squares, 'sparse_categorical_crossentropy']", OWN.format(factor=0.03)),
        ("loss=[keras.losses.Huber(), 'sparse_categorical_crossentropy'], loss_weights=[np.float32(0.5), 1]", ""),
        ("loss=['log_cosh', keras.losses.SparseCategoricalCrossentropy()]", ""),
    ],
)
def test_losses_of_one_size_pass_however_they_are_written(arguments: str, before: str) -> None:
    judgement = judge(arguments, before)
    assert judgement.status is Status.PASSED, say(judgement.message)
    assert "about the same size" in say(judgement.message)


@pytest.mark.parametrize("weights", ["0.1, 1.0", "1.0, 1.0"])
def test_losses_whose_rows_are_weighted_are_left_to_a_person(weights: str) -> None:
    by_row = ", sample_weight=[np.full(len(x), 9.0), np.ones(len(x))]"
    judgement = judge(f"loss={BY_PLACE}, loss_weights=[{weights}]", "", train("[price, kind]", more=by_row))
    assert judgement.status is Status.NOT_GRADED
    assert "sample_weight or class_weight" in say(judgement.message)


@pytest.mark.parametrize(
    ("weight", "number"),
    [
        (None, None), (2, 2.0), (np.array(0.0), 0.0), (np.array([3.0]), 3.0), (np.float32(0.5), 0.5),
        (np.ones(2), None), (object(), None), (float("inf"), None),
    ],
)  # fmt: skip
def test_a_weight_is_read_where_it_is_one_number(weight: object, number: float | None) -> None:
    assert read_number(weight) == number


# The size of a loss.

LABELS = np.random.default_rng(3).normal(20.0, 10.0, 500)
KINDS = np.repeat([0, 1, 2], [100, 150, 350])


Compute = Callable[[Array, Array], float]


def size_of(
    compute: Compute, claimed: str = "custom", *, form: LabelForm = "numbers", full: bool = True
) -> LossSize | None:
    """The size of a loss by its trial. `compute`: gives a loss from labels (n,) and outputs (n, k)."""
    task, labels = (NUMBERS, LABELS) if form == "numbers" else (CLASSES, KINDS)
    units = 1 if form == "numbers" else 3
    pairs = make_batches(form, units, 32).pairs(only_scattered=not full)
    values = np.array([compute(y, p.astype(np.float64)) for y, p in pairs])
    trial = LossTrial(form=form, units=units, rows=32, ref="v")
    compiled = CompileFacts(
        loss=claimed, from_logits=False, label_smoothing=0.0, optimizer="", learning_rate=None, metrics=(),
        trials=(trial,),
    )  # fmt: skip
    arrays = {"v": values}
    loss = identify_loss(compiled, arrays, (form,))
    return measure_constant_answer(loss, compiled, arrays, task, labels)


def of_distance(formula: Callable[[Array, Array], Array]) -> Compute:
    return lambda y, p: float(formula(y, p[:, 0]).mean())


@pytest.mark.parametrize("factor", [1.0, 1000.0])
def test_a_factor_in_a_loss_of_ones_own_counts(factor: float) -> None:
    size = size_of(of_distance(lambda y, p: factor * (p - y) ** 2 + 5))
    assert size is not None
    assert size.low == size.high == pytest.approx(factor * LABELS.var(), rel=1e-2)


@pytest.mark.parametrize("delta", [0.3, 1.0, 4.0])
@pytest.mark.parametrize("factor", [1.0, 32.0])
def test_the_trial_tells_the_delta_of_the_huber_loss_and_whether_it_is_a_sum(delta: float, factor: float) -> None:
    size = size_of(of_distance(lambda y, p: factor * huber(delta)(y, p)), "huber", full=False)
    expected = factor * huber(delta)(LABELS, np.full_like(LABELS, LABELS.mean())).mean()
    assert size is not None
    assert size.low * 0.85 <= expected <= size.high * 1.15
    assert size.high < 1.3 * size.low


def test_a_huber_loss_that_is_a_square_in_the_trial_may_be_one_beyond() -> None:
    size = size_of(of_distance(huber(50.0)), "huber", full=False)
    assert size is not None
    assert size.low < LABELS.var() / 2 == pytest.approx(size.high, rel=1e-2)


def test_a_loss_that_equals_none_lies_between_two_numbers() -> None:
    def steep(y: Array, p: Array) -> Array:
        result: Array = 3 * np.abs(y - p) ** 1.5
        return result

    size = size_of(of_distance(steep))
    assert size is not None
    assert size.low < steep(LABELS, np.full_like(LABELS, LABELS.mean())).mean() < size.high


def test_a_loss_for_classes_that_equals_none_is_read_off_its_ladder() -> None:
    def focal(y: Array, p: Array) -> float:
        right = p[np.arange(len(y)), y.astype(int)]
        return float((-10 * (1 - right) * np.log(np.maximum(right, 1e-9))).mean())

    shares = np.bincount(KINDS) / len(KINDS)
    size = size_of(focal, form="integers")
    assert size is not None
    assert size.low == size.high == pytest.approx((-10 * shares * (1 - shares) * np.log(shares)).sum(), rel=0.1)


def test_nothing_is_said_of_a_loss_without_numbers() -> None:
    unknown = IdentifiedLoss("custom", finding=Finding.PROPER, is_own=True)
    bare = CompileFacts(
        loss="custom", from_logits=False, label_smoothing=0.0, optimizer="", learning_rate=None, metrics=()
    )
    for task, labels in ((NUMBERS, LABELS), (CLASSES, KINDS)):
        assert measure_constant_answer(unknown, bare, {}, task, labels) is None


def test_losses_that_may_be_of_one_size_or_not_are_left_to_a_person() -> None:
    known = LossSize(1.0, 1.0)
    assert compare_losses({"a": known, "b": LossSize(10.0, 19.0)}, 20.0).status is Status.PASSED
    assert compare_losses({"a": known, "b": LossSize(10.0, 30.0)}, 20.0).status is Status.NOT_GRADED
    assert compare_losses({"a": known, "b": LossSize(21.0, 30.0)}, 20.0).status is Status.FAILED


def test_what_nobody_can_tell_is_left_to_a_person() -> None:
    own = "def odd(y, p):\n    return keras.ops.mean(keras.ops.abs(y - p)) * float('nan')\n"
    judgement = judge("loss=[odd, 'sparse_categorical_crossentropy']", own)
    assert judgement.status is Status.NOT_GRADED
    assert "cannot tell how large the loss of price is" in say(judgement.message)
    several = judge(f"loss={LOSSES}, loss_weights={{'price': np.ones(2), 'kind': 1.0}}")
    assert several.status is Status.NOT_GRADED
    assert "The weight of the loss of price in loss_weights is no single number" in say(several.message)
