"""Losses known by what they give: each is a function of a batch, tried as in the process of the submission."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.core.arrays import Array
from grader.evidence.known_losses import KERAS_LOSSES, compute_known_losses
from grader.evidence.labels import list_label_forms, read_label_form
from grader.evidence.loss_identity import Finding, IdentifiedLoss, identify_loss
from grader.evidence.losses import softmax
from grader.protocol.evidence import CompileFacts, LossTrial
from grader.protocol.loss_trial import make_batches, write_labels
from grader.protocol.task import LabelForm, Task
from tests.helpers.cases import compiled, fit

Loss = Callable[[Array, Array], Any]  # of labels and outputs, as a student writes it


def tried(
    loss: Loss, form: LabelForm, units: int = 3, *, name: str = "custom", rows: int = 32, **changes: Any
) -> tuple[CompileFacts, dict[str, Array]]:
    """What the process with the submission sends of a loss."""
    batches = make_batches(form, units, rows)
    with np.errstate(all="ignore"):
        pairs = batches.pairs(only_scattered=name != "custom")
        values = [float(np.mean(loss(write_labels(form, y, units), p.astype(float)))) for y, p in pairs]
        one_hot = write_labels(form, batches.labels, units).reshape(rows, -1)
        swapped = [_mean_of_swapped(loss, p.astype(float), one_hot) for p in batches.outputs["scattered"]]
    trial = LossTrial(form=form, units=units, rows=rows, ref="v", swapped="s")
    return compiled(name, trials=(trial,), **changes), {"v": np.array(values), "s": np.array(swapped)}


def _mean_of_swapped(loss: Loss, outputs: Array, labels: Array) -> float:
    try:
        return float(np.mean(loss(outputs, labels)))
    except (IndexError, ValueError):
        return float("nan")


def identified(loss: Loss, form: LabelForm, units: int = 3, **changes: Any) -> IdentifiedLoss:
    facts, arrays = tried(loss, form, units, **changes)
    return identify_loss(facts, arrays, (form,))


def chosen(y: Array, p: Array) -> Array:
    """The output of the true class of each row; integers or one-hot rows."""
    parts: Array = np.eye(p.shape[1])[y] * p if y.ndim == 1 else y * p
    return np.asarray(parts.sum(axis=1))


def log_loss(y: Array, p: Array) -> Array:
    return -np.log(np.maximum(chosen(y, p), 1e-7))


def smoothed_log_loss(y: Array, p: Array) -> Array:
    return np.asarray(-((0.9 * y + 0.1 / p.shape[1]) * np.log(p)).sum(axis=1))


def from_raw(y: Array, p: Array) -> Array:
    return -np.log(chosen(y, softmax(p)))


def column(y: Array, p: Array) -> Array:
    return y.reshape(p.shape)


def binary(y: Array, p: Array, eps: float = 1e-7) -> Array:
    y = column(y, p)
    return np.asarray(-(y * np.log(p + eps) + (1 - y) * np.log(1 - p + eps)))


def binary_from_raw(y: Array, p: Array) -> Array:
    return np.asarray(np.logaddexp(0, p) - column(y, p) * p)


def off(y: Array, p: Array) -> Array:
    return p - column(y, p)


SMOOTH = 0.9 * np.eye(10) + 0.01
WEIGHTS = np.array([1.0, 0.5, 3.0])

KNOWN: dict[str, tuple[Loss, LabelForm, str, bool]] = {
    "for integers": (log_loss, "integers", "sparse_categorical_crossentropy", False),
    "for one-hot rows": (log_loss, "one_hot", "categorical_crossentropy", False),
    "of the whole batch": (
        lambda y, p: log_loss(y, p).sum(),
        "integers",
        "sparse_categorical_crossentropy",
        False,
    ),
    "in bits, with a penalty": (
        lambda y, p: log_loss(y, p) / np.log(2) + 0.3,
        "one_hot",
        "categorical_crossentropy",
        False,
    ),
    "of raw outputs": (from_raw, "integers", "sparse_categorical_crossentropy", True),
    "squares": (lambda y, p: (p - y) ** 2, "one_hot", "mean_squared_error", False),
    "squares of integers": (lambda y, p: (p - y[:, None]) ** 2, "integers", "mean_squared_error", False),
    "Brier": (lambda y, p: ((p - np.eye(3)[y]) ** 2).sum(axis=1), "integers", "mean_squared_error", False),
    "integers as rows": (
        lambda y, p: -(y[:, None] * np.log(p)).sum(axis=1),
        "integers",
        "categorical_crossentropy",
        False,
    ),
    "binary": (binary, "yes_no", "binary_crossentropy", False),
    "binary, of raw outputs": (binary_from_raw, "yes_no", "binary_crossentropy", True),
    "binary squares": (lambda y, p: off(y, p) ** 2, "yes_no", "mean_squared_error", False),
    "binary hinge": (lambda y, p: np.maximum(1 - (2 * column(y, p) - 1) * p, 0), "yes_no", "hinge", False),
    "mse": (lambda y, p: off(y, p) ** 2, "numbers", "mean_squared_error", False),
    "half the sum of squares": (
        lambda y, p: (off(y, p) ** 2).sum() / 2,
        "numbers",
        "mean_squared_error",
        False,
    ),
    "mae": (lambda y, p: np.abs(off(y, p)), "numbers", "mean_absolute_error", False),
    "median": (
        lambda y, p: np.maximum(off(y, p) / 2, -off(y, p) / 2),
        "numbers",
        "mean_absolute_error",
        False,
    ),
    "log-cosh": (lambda y, p: np.log(np.cosh(off(y, p))), "numbers", "log_cosh", False),
    "binary for numbers": (
        lambda y, p: binary(y, np.clip(p, 1e-7, 1 - 2**-23), 0.0),
        "numbers",
        "binary_crossentropy",
        False,
    ),
    "relative": (
        lambda y, p: 100 * np.abs(off(y, p) / column(y, p)),
        "numbers",
        "mean_absolute_percentage_error",
        False,
    ),
}


@pytest.mark.parametrize("kind", KNOWN)
def test_own_losses_are_known_by_their_values(kind: str) -> None:
    loss, form, name, from_logits = KNOWN[kind]
    units = 3 if form in {"integers", "one_hot"} else 1
    found = identified(loss, form, units)
    assert (found.finding, found.name, found.from_logits) == (Finding.NAMED, name, from_logits)
    assert found.is_own


FINDINGS: dict[str, tuple[Loss, LabelForm, Finding]] = {
    "weighted": (lambda y, p: WEIGHTS[y] * log_loss(y, p), "integers", Finding.PROPER),
    "smoothed": (lambda y, p: -((0.8 * y + 0.2 / 3) * np.log(p)).sum(axis=1), "one_hot", Finding.PROPER),
    "focal": (lambda y, p: (1 - chosen(y, p)) ** 3 * log_loss(y, p), "integers", Finding.PROPER),
    "weighted, of raw outputs": (lambda y, p: WEIGHTS[y] * from_raw(y, p), "integers", Finding.PROPER),
    "smoothed, of raw outputs": (
        lambda y, p: -((0.8 * y + 0.2 / 3) * np.log(softmax(p))).sum(axis=1),
        "one_hot",
        Finding.PROPER,
    ),
    "with a reward for doubt": (
        lambda y, p: log_loss(y, p) + 0.1 * (p * np.log(np.maximum(p, 1e-9))).sum(axis=1),
        "integers",
        Finding.PROPER,
    ),
    "binary, weighted": (lambda y, p: (1 + 4 * column(y, p)) * binary(y, p), "yes_no", Finding.PROPER),
    "binary, smoothed": (lambda y, p: binary(0.9 * y + 0.05, p), "yes_no", Finding.PROPER),
    "binary, weighted, of raw outputs": (
        lambda y, p: (1 + column(y, p)) * binary_from_raw(y, p),
        "yes_no",
        Finding.PROPER,
    ),
    "root": (lambda y, p: np.sqrt((off(y, p) ** 2).mean()), "numbers", Finding.PROPER),
    "quantile": (lambda y, p: np.maximum(0.1 * off(y, p), -0.9 * off(y, p)), "numbers", Finding.PROPER),
    "Huber from 0.3 on": (
        lambda y, p: np.where(np.abs(off(y, p)) < 0.3, off(y, p) ** 2 / 2, 0.3 * np.abs(off(y, p)) - 0.045),
        "numbers",
        Finding.PROPER,
    ),
    "with a tolerance": (lambda y, p: np.maximum(np.abs(off(y, p)) - 0.2, 0), "numbers", Finding.PROPER),
    "1 - R²": (
        lambda y, p: (off(y, p) ** 2).sum() / ((y - y.mean()) ** 2).sum(),
        "numbers",
        Finding.PROPER,
    ),
    # What is wrong with others.
    "the minus is missing": (lambda y, p: -log_loss(y, p), "integers", Finding.RISES),
    "binary, the minus is missing": (lambda y, p: -binary(y, p), "yes_no", Finding.RISES),
    "negative squares": (lambda y, p: -(off(y, p) ** 2), "numbers", Finding.RISES),
    "no square": (off, "numbers", Finding.RISES),
    "entropy of the outputs": (lambda y, p: -(p * np.log(p)).sum(axis=1), "integers", Finding.IGNORES_LABELS),
    "size of the outputs": (lambda y, p: (p**2).mean(), "numbers", Finding.IGNORES_LABELS),
    "half a formula": (lambda y, p: -(column(y, p) * np.log(p + 1e-7)), "yes_no", Finding.IGNORES_CLASS),
    "a class of no weight": (
        lambda y, p: np.array([1.0, 0.0, 1.0])[y] * log_loss(y, p),
        "integers",
        Finding.IGNORES_CLASS,
    ),
    "swapped": (lambda p, y: -(y * np.log(p + 1e-7)).sum(axis=1), "one_hot", Finding.SWAPPED),
    "binary, swapped": (lambda p, y: binary(y, p.reshape(y.shape)), "yes_no", Finding.SWAPPED),
    "rows against columns": (lambda y, p: (p - y.reshape(1, -1)) ** 2, "numbers", Finding.ALL_PAIRS),
    "binary, rows against columns": (
        lambda y, p: -(y * np.log(p) + (1 - y) * np.log(1 - p)),
        "yes_no",
        Finding.ALL_PAIRS,
    ),
    "pseudo-Huber, rows against columns": (
        lambda y, p: 4 * (np.sqrt(1 + ((p - y.reshape(1, -1)) / 2) ** 2) - 1),
        "numbers",
        Finding.ALL_PAIRS,
    ),
    "log-cosh, rows against columns": (
        lambda y, p: np.logaddexp(p - y, y - p) - np.log(2),
        "numbers",
        Finding.ALL_PAIRS,
    ),
    "pseudo-Huber": (lambda y, p: 4 * (np.sqrt(1 + (off(y, p) / 2) ** 2) - 1), "numbers", Finding.PROPER),
    "likelihood": (lambda y, p: -chosen(y, p), "integers", Finding.LIKELIHOOD),
    "likelihood of one-hot rows": (lambda y, p: -(y * p).sum(), "one_hot", Finding.LIKELIHOOD),
    "constant": (lambda y, p: 0 * p.sum() + 1, "integers", Finding.CONSTANT),
    # What is left to a person.
    "Dice of all rows": (
        lambda y, p: 1 - 2 * chosen(y, p).sum() / (p.sum() + y.size),
        "integers",
        Finding.BOUNDED,
    ),
    "generalised cross-entropy": (lambda y, p: 1 - chosen(y, p) ** 0.7, "integers", Finding.BOUNDED),
    "weighted squares": (lambda y, p: WEIGHTS * (p - y) ** 2, "one_hot", Finding.BOUNDED),
    "correlation": (lambda y, p: 1 - np.corrcoef(y, p[:, 0])[0, 1], "numbers", Finding.UNDECIDED),
    "clipped": (
        lambda y, p: (np.clip(p, 0, 1) - column(y, p)) ** 2,
        "numbers",
        Finding.UNDECIDED,
    ),
    "cut off": (lambda y, p: np.minimum(off(y, p) ** 2, 1), "numbers", Finding.UNDECIDED),
}


@pytest.mark.parametrize("kind", FINDINGS)
def test_what_equals_no_loss_with_a_name_is_tried(kind: str) -> None:
    loss, form, finding = FINDINGS[kind]
    found = identified(loss, form, 3 if form in {"integers", "one_hot"} else 1)
    assert (found.name, found.finding) == ("custom", finding)
    assert found.from_logits == ("raw outputs" in kind)
    if finding is Finding.RISES:
        assert found.right > found.wrong


@pytest.mark.parametrize(("units", "rows"), [(2, 16), (10, 32), (10, 400)])
def test_units_and_rows_make_no_difference(units: int, rows: int) -> None:
    assert identified(log_loss, "one_hot", units, rows=rows).name == "categorical_crossentropy"
    weights = np.linspace(0.2, 3.0, units)
    assert identified(lambda y, p: weights[y] * log_loss(y, p), "integers", units, rows=rows).is_proper


def test_smoothed_labels_of_ten_classes() -> None:
    assert identified(lambda y, p: -((y @ SMOOTH) * np.log(p)).sum(axis=1), "one_hot", 10).is_proper


@pytest.mark.parametrize("values", [np.full(4, np.nan), np.zeros(4), np.zeros(0), np.full(500, np.nan)])
def test_values_that_say_nothing_are_not_decided(values: Array) -> None:
    facts, _unused = tried(log_loss, "integers")
    assert identify_loss(facts, {"v": values}, ("integers",)).finding is Finding.UNDECIDED
    assert identify_loss(facts, {}, ("integers",)).finding is Finding.UNDECIDED
    assert identify_loss(compiled("custom"), {}, ("integers",)).finding is Finding.UNDECIDED


def test_a_loss_that_raises_says_what() -> None:
    _unused, arrays = tried(lambda y, p: p[:, 0] * np.nan, "integers")
    trial = LossTrial(form="integers", units=3, rows=32, ref="v", problem="ValueError: no")
    found = identify_loss(compiled("custom", trials=(trial,)), arrays, ("integers",))
    assert (found.finding, found.problem) == (Finding.RAISES, "ValueError: no")


def test_the_form_of_labels_that_gives_a_result_counts() -> None:
    facts, arrays = tried(log_loss, "one_hot")
    assert identify_loss(facts, arrays, ("yes_no", "integers", "one_hot")).name == "categorical_crossentropy"
    assert identify_loss(facts, arrays, ("integers",)).finding is Finding.UNDECIDED


def test_a_loss_of_keras_is_believed_where_its_values_agree() -> None:
    for name, smoothing in (("categorical_crossentropy", 0.0), ("categorical_crossentropy", 0.1), ("huber", 0.0)):
        loss = log_loss if not smoothing else smoothed_log_loss
        found = identified(loss, "one_hot", name=name, label_smoothing=smoothing)
        assert (found.name, found.finding, found.is_own) == (name, Finding.NAMED, False)


def test_a_name_of_keras_does_not_hide_another_loss() -> None:
    found = identified(lambda y, p: (p - y) ** 2, "one_hot", name="categorical_crossentropy")
    assert found.name == "mean_squared_error"
    found = identified(lambda y, p: WEIGHTS * (p - y) ** 2, "one_hot", name="categorical_crossentropy")
    assert found.finding is Finding.UNDECIDED
    for wrong in (lambda y, p: (p - y) ** 2, lambda y, p: np.full(len(p), np.nan)):
        smoothed = identified(wrong, "one_hot", name="categorical_crossentropy", label_smoothing=0.1)
        assert smoothed.finding is Finding.UNDECIDED
    assert identified(lambda y, p: np.nan * p, "one_hot", name="categorical_crossentropy").name == "custom"
    found = identified(lambda y, p: (p - y) ** 2, "one_hot", name="categorical_focal_crossentropy")
    assert found.name == "mean_squared_error"


@pytest.mark.parametrize("from_logits", [False, True])
@pytest.mark.parametrize(("form", "units"), [("one_hot", 4), ("yes_no", 1)])
def test_smoothed_losses_of_keras_have_the_values_that_are_expected(
    form: LabelForm, units: int, from_logits: bool
) -> None:
    import keras

    options: dict[str, Any] = {"label_smoothing": 0.2, "from_logits": from_logits}
    kind = keras.losses.BinaryCrossentropy if form == "yes_no" else keras.losses.CategoricalCrossentropy
    facts, arrays = tried(
        lambda y, p: float(kind(**options)(y.reshape(len(p), -1).astype("float32"), p.astype("float32"))),
        form,
        units,
        name="binary_crossentropy" if form == "yes_no" else "categorical_crossentropy",
        **options,
    )
    assert identify_loss(facts, arrays, (form,)).finding is Finding.NAMED


def test_a_model_that_computes_its_loss_may_do_more_than_it_is_tried_on() -> None:
    own: dict[str, Any] = {"own_methods": ("compute_loss",)}
    facts, arrays = tried(log_loss, "integers")
    facts = compiled("", trials=facts.trials, **own)
    assert identify_loss(facts, arrays, ("integers",)).name == "sparse_categorical_crossentropy"
    undecided = IdentifiedLoss("custom", finding=Finding.UNDECIDED, is_own=True)
    assert identify_loss(facts, {}, ("integers",)) == undecided
    facts = compiled("categorical_crossentropy", trials=facts.trials, **own)  # which it does not compute
    assert identify_loss(facts, arrays, ("integers",)).name == "sparse_categorical_crossentropy"
    facts, arrays = tried(lambda y, p: 0 * p.sum(), "integers", **own)
    assert identify_loss(facts, arrays, ("integers",)) == undecided
    facts = compiled("categorical_crossentropy", **own)  # outputs of a shape that is not tried
    assert identify_loss(facts, {}, ("one_hot",)) == undecided
    assert identify_loss(compiled("", **own), {}, ("one_hot",)).name == ""


@pytest.mark.parametrize(("form", "units"), [("integers", 3), ("one_hot", 10), ("yes_no", 1), ("numbers", 1)])
def test_batches_tell_all_known_losses_apart(form: LabelForm, units: int) -> None:
    losses = compute_known_losses(form, units, 32)
    for i, one in enumerate(losses):
        for other in losses[i + 1 :]:
            if one.name != other.name:
                assert not np.allclose(one.values, other.values, rtol=1e-2), (one.name, other.name)


# Labels.


@pytest.mark.parametrize(
    ("shape", "form"),
    [
        ((90,), "integers"),
        ((90, 1), "integers"),
        ((90, 3), "one_hot"),
        ((1, 90), "other"),
        ((90, 13), "other"),
        ((90, 1, 3), "other"),
        ((), None),
    ],
)
def test_the_form_of_labels_is_told_from_their_shape(shape: tuple[int, ...], form: str | None) -> None:
    assert read_label_form(fit(x_shape=(90, 13), y_shape=shape), 3) == form
    assert read_label_form(None, 3) is None


def test_an_axis_in_front_of_rows_and_labels_is_no_one_hot_row() -> None:
    assert read_label_form(fit(x_shape=(1, 90, 13), y_shape=(1, 90)), 3) == "other"


def test_a_loss_gets_labels_as_fit_got_them_or_as_the_exercise_has_them() -> None:
    task = Task(kind="classification", classes=3, labels="integers")
    assert list_label_forms(task, fit(x_shape=(90, 13), y_shape=(90, 3))) == ("yes_no", "one_hot")
    assert list_label_forms(task, fit(x_shape=(90, 13), y_shape=(90,))) == ("yes_no", "integers")
    assert list_label_forms(task, None) == ("yes_no", "integers", "one_hot")
    assert list_label_forms(Task(kind="classification", classes=3), None) == ("yes_no", "one_hot", "integers")
    assert list_label_forms(Task(kind="regression", labels="numbers"), None) == ("numbers",)


def test_the_names_of_losses_are_those_of_the_installed_keras() -> None:
    import keras

    from grader.sandbox.inside.try_losses import canonical_name

    installed = {canonical_name(name) for name, value in vars(keras.losses).items() if callable(value)}
    assert installed - {"loss", "get", "serialize", "deserialize", "kldivergence"} == KERAS_LOSSES
