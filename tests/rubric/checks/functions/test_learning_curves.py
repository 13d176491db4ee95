"""Learning curves of experiments are what was measured after each epoch, with the two losses that are compared."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.protocol.evidence import FitFacts
from grader.protocol.verdict import Status
from grader.rubric.checks.functions.fitted_networks import FittedNetwork
from grader.rubric.checks.functions.learning_curves import (
    find_missing_loss,
    find_other_epochs,
    find_other_head,
    find_other_measure,
)
from tests.helpers.cases import text

EPOCHS = [0.3, 0.6, 0.8, 0.85, 0.9]
OTHERS = [0.2, 0.4, 0.7, 0.95, 0.94]


def network(accuracy: float = 0.9, epochs: int = 5, /, **curves: list[float]) -> FittedNetwork:
    """Return a network whose `fit` left these curves."""
    fit = FitFacts(epochs=epochs)
    return FittedNetwork(fit, None, accuracy, {k: np.array(v) for k, v in curves.items()})  # type: ignore[arg-type]


ALONE = [network(loss=[1.0] * 5, val_accuracy=EPOCHS, accuracy=[0.5, 0.7, 0.9, 0.95, 0.99])]
TWICE = [*ALONE, network(0.94, val_accuracy=OTHERS)]
STEP_BY_STEP = [network(value, 1, val_accuracy=[value]) for value in EPOCHS]
UNMEASURED = [network(loss=[1.0] * 5)]
STOPPED_EARLY = [network(0.8, val_acc=EPOCHS[:3]), network(0.94, val_acc=OTHERS)]
MEAN = (np.array(EPOCHS) + OTHERS) / 2

RIGHT: dict[str, tuple[Any, list[FittedNetwork]]] = {
    "what fit measured": (EPOCHS, ALONE),
    "in percent": (100 * np.array(EPOCHS), ALONE),
    "rounded to two decimals": (np.round(np.array(EPOCHS) + 0.004, 2), ALONE),
    "of the training rows": ([0.5, 0.7, 0.9, 0.95, 0.99], ALONE),
    "the losses": ([1.0] * 5, ALONE),
    "as a column": (np.array(EPOCHS)[:, None], ALONE),
    "measured before the first epoch, too": ([0.1, *EPOCHS], ALONE),
    "measured before each epoch": ([0.1, *EPOCHS[:-1]], ALONE),
    "up to the best epoch": (EPOCHS[:4], ALONE),
    "each second epoch": (EPOCHS[::2], ALONE),
    "the mean of two trainings": (MEAN, TWICE),
    "the second of two trainings": (OTHERS, TWICE),
    "the mean of trainings that stopped early": (MEAN[:3], STOPPED_EARLY),
    "of many calls of fit": (EPOCHS, STEP_BY_STEP),
    "of many calls of fit, and before them": ([0.1, *EPOCHS], STEP_BY_STEP),
    "the mean of many calls of fit": (MEAN, [*STEP_BY_STEP, *(network(v, 1, val_acc=[v]) for v in OTHERS)]),
    "measured by the student": ([0.1, 0.7, 0.8, 0.85, 0.9], UNMEASURED),
    "measured by the student, and before": ([0.1, 0.3, 0.7, 0.8, 0.85, 0.9], UNMEASURED),
    "measured by the student after each call of fit": (EPOCHS, [network(v, 1, loss=[1.0]) for v in EPOCHS]),
    "what fit measured is of other rows": ([0.1, 0.7, 0.8, 0.85, 0.9], [network(val_accuracy=[0.2] * 5)]),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_curve_that_was_measured_is_right(name: str) -> None:
    curve, networks = RIGHT[name]
    problem = find_other_epochs("losses", "mse", np.asarray(curve), networks)
    assert problem is None, text(problem.message)


WRONG: dict[str, tuple[list[float], list[FittedNetwork], str]] = {
    "made up but for its end": ([0.99, 0.01, 0.99, 0.01, 0.9], ALONE, "is 0.010 after epoch 4, but fit measured"),
    "the same in percent": ([99, 1, 99, 1, 90], ALONE, "is 0.010 after epoch 4, but fit measured 0.850"),
    "made up, and shorter": ([0.99, 0.01, 0.9], ALONE, "has 3 values, but the network was trained for 5 epochs"),
    "made up, and longer": ([0.1, 0.99, 0.9, 0.9, 0.9, 0.9, 0.9], ALONE, "has 7 values, but the network was"),
    "made up beside two trainings": ([0.99, 0.01, 0.99, 0.01, 0.9], TWICE, "after epoch 4"),
    "made up beside many calls of fit": ([0.99, 0.01, 0.99, 0.01, 0.9], STEP_BY_STEP, "after epoch 4"),
    "without a measure, and shorter": ([0.99, 0.01, 0.9], UNMEASURED, "has 3 values, but the network was trained"),
    "without a measure, and longer": ([0.9] * 9, UNMEASURED, "has 9 values, but the network was trained for 5"),
    "longer than many calls of fit": ([0.9] * 9, [network(0.9, 1, loss=[1.0])] * 3, "has 9 values"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_a_curve_that_nobody_measured_fails(name: str) -> None:
    curve, networks, said = WRONG[name]
    problem = find_other_epochs("losses", "mse", np.array(curve), networks)
    assert problem is not None
    assert problem.status is Status.FAILED
    assert said in text(problem.message), text(problem.message)


TRAINED = [
    network(
        loss=[1.5, 0.9, 0.5, 0.2, 0.1],
        val_loss=[1.7, 1.0, 0.6, 0.3, 0.31],
        accuracy=[0.5, 0.7, 0.9, 0.95, 0.99],
        val_accuracy=EPOCHS,
    )
]
OTHER_MEASURES: dict[str, tuple[Any, str]] = {
    "the loss": ([1.5, 0.9, 0.5, 0.2, 0.1], "loss"),
    "the loss on the validation data": ([1.7, 1.0, 0.6, 0.3, 0.31], "val_loss"),
    "the loss, as a column": (np.array([1.5, 0.9, 0.5, 0.2, 0.1])[:, None], "loss"),
    "the accuracy on training rows": ([0.5, 0.7, 0.9, 0.95, 0.99], "accuracy"),
    "that in percent": ([50, 70, 90, 95, 99], "accuracy"),
    "that rounded": ([0.5, 0.7, 0.9, 0.95, 0.985], "accuracy"),
}


@pytest.mark.parametrize("name", OTHER_MEASURES)
def test_a_curve_of_another_measure_is_named(name: str) -> None:
    curve, received = OTHER_MEASURES[name]
    problem = find_other_measure("losses", "mse", np.asarray(curve), TRAINED)
    assert problem is not None
    assert problem.status is Status.FAILED
    assert f"for mse is that of '{received}'. Return the accuracy" in text(problem.message)
    assert "history.history['val_accuracy']" in text(problem.message)


@pytest.mark.parametrize("name", [name for name in RIGHT if name not in {"of the training rows", "the losses"}])
def test_curves_of_the_validation_accuracy_are_of_no_other_measure(name: str) -> None:
    curve, networks = RIGHT[name]
    assert find_other_measure("losses", "mse", np.asarray(curve), networks) is None


@pytest.mark.parametrize(
    "networks",
    [
        pytest.param([network(loss=[1.0] * 5)], id="no other curve"),
        pytest.param([network(loss=[1.0] * 5, val_loss=[1.0] * 5, val_f1=EPOCHS)], id="another measure"),
        pytest.param([network(loss=[1.0] * 5, val_accuracy=[0.2] * 5)], id="accuracy on other rows"),
        pytest.param([network(loss=[1.0] * 5, val_accuracy=[0.99, 0.98, 0.99, 0.99, 0.9])] * 2, id="as good"),
        pytest.param([], id="no network"),
    ],
)
def test_other_measures_are_no_mistake_where_the_validation_accuracy_is_not_known(networks: Any) -> None:
    curve = np.ones(5) if len(networks) < 2 else np.array([0.99, 0.98, 0.99, 0.99, 0.9])
    assert find_other_measure("losses", "mse", curve, networks) is None


def ending_in(head: str, loss: str | None = "mean_squared_error", *, logits: bool = False, **more: Any) -> Any:
    """Return a network with an output activation."""
    model: Any = SimpleNamespace(output_activation=head, outputs={"x_val": np.ones((3, 10))} | more)
    return FittedNetwork(FitFacts(loss=loss, from_logits=logits), model, 0.9, {"val_accuracy": np.array(EPOCHS)})


OTHERWISE = network(0.94, val_accuracy=OTHERS)


@pytest.mark.parametrize(
    "networks",
    [
        pytest.param([ending_in("softmax")], id="softmax"),
        pytest.param([ending_in("other")], id="not known"),
        pytest.param([ending_in("probability")], id="a mean of networks"),
        pytest.param([ending_in("linear", "categorical_crossentropy", logits=True)], id="raw outputs"),
        pytest.param([ending_in("linear", "sparse_categorical_crossentropy", logits=True)], id="of integers"),
        pytest.param([ending_in("linear", "custom")], id="raw outputs, and a loss of the student's own"),
        pytest.param([ending_in("linear", None)], id="raw outputs, and a loss that is not known"),
        pytest.param([ending_in("sigmoid", x_val=np.full((3, 10), np.nan))], id="diverged"),
        pytest.param([ending_in("sigmoid"), ending_in("softmax")], id="one of two"),
        pytest.param([], id="no network"),
    ],
)
def test_networks_for_losses_may_end_in_softmax(networks: Any) -> None:
    assert find_other_head("losses", "mse", np.array(EPOCHS), networks) is None


@pytest.mark.parametrize(
    ("networks", "received"),
    [
        pytest.param([ending_in("sigmoid")], "sigmoid", id="sigmoid"),
        pytest.param([ending_in("relu", "categorical_crossentropy")], "relu", id="relu"),
        pytest.param([ending_in("linear")], "linear", id="raw outputs with squares"),
        pytest.param(
            [ending_in("linear", "categorical_crossentropy")], "linear", id="which the loss does not know"
        ),
        pytest.param([ending_in("sigmoid", "categorical_crossentropy", logits=True)], "sigmoid", id="not raw"),
        pytest.param([ending_in("sigmoid", "custom")], "sigmoid", id="with a loss of the student's own"),
        pytest.param([ending_in("sigmoid"), OTHERWISE], "sigmoid", id="beside another network"),
    ],
)
def test_networks_for_losses_that_end_otherwise_are_named(networks: Any, received: str) -> None:
    problem = find_other_head("losses", "mse", np.array(EPOCHS), networks)
    assert problem is not None
    assert problem.status is Status.FAILED
    assert f"has the output activation {received}. Use softmax" in text(problem.message)


SQUARES, ENTROPY = "mean_squared_error", "categorical_crossentropy"


@pytest.mark.parametrize(
    "losses",
    [
        pytest.param([SQUARES, ENTROPY], id="both"),
        pytest.param([SQUARES, f"sparse_{ENTROPY}"], id="integers as labels"),
        pytest.param([SQUARES, "kl_divergence"], id="the divergence, which is the same on one-hot labels"),
        pytest.param([SQUARES, ENTROPY, "huber"], id="one more"),
        pytest.param(["custom", ENTROPY], id="one of the student's own"),
        pytest.param(["", None], id="computed by the model"),
        pytest.param([], id="none"),
    ],
)
def test_both_losses_may_have_been_compared(losses: list[str | None]) -> None:
    assert find_missing_loss("losses", [FitFacts(loss=loss) for loss in losses]) is None


@pytest.mark.parametrize(
    ("losses", "missing"),
    [
        pytest.param([ENTROPY, ENTROPY], "mse", id="one loss under two names"),
        pytest.param([ENTROPY, "mean_absolute_error"], "mse", id="another one"),
        pytest.param([SQUARES, SQUARES], ENTROPY, id="squares under two names"),
        pytest.param([SQUARES, "binary_crossentropy"], ENTROPY, id="another cross-entropy"),
    ],
)
def test_a_loss_that_no_network_was_trained_with_was_not_compared(losses: list[str], missing: str) -> None:
    problem = find_missing_loss("losses", [FitFacts(loss=loss) for loss in losses])
    assert problem is not None
    assert problem.status is Status.FAILED
    assert f"none of its networks was trained with the loss {missing}." in text(problem.message)
