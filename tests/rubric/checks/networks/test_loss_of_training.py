"""A loss that fits has to be what a network was trained with, not what it was compiled with at the end."""

from dataclasses import replace
from typing import Any

import msgspec
import pytest

from grader.evidence.judgement import Judgement
from grader.protocol.verdict import Status
from grader.rubric.checks import HeadAndLoss
from grader.rubric.checks import Training as Steps
from tests.helpers.cases import Training, fit, judged, text

SQUARES = "mean_squared_error"


def squares(**changes: Any) -> dict[str, Any]:
    """A call of `fit` with the mean squared error on one-hot rows, thirty epochs long."""
    return {"loss": SQUARES, "epochs": 30, "y_range": (0.0, 1.0)} | changes


def of_fits(*calls: dict[str, Any]) -> Judgement:
    """The judgement of output and loss after these calls of `fit`; the network is compiled with the right loss."""
    made = Training().case()
    step = made.steps["train@0"]
    evidence = msgspec.structs.replace(step.evidence, fits=tuple(fit(**changes) for changes in calls))
    made.steps["train@0"] = replace(step, evidence=evidence)  # type: ignore[index]
    return judged(HeadAndLoss(Steps()), made)


@pytest.mark.parametrize(
    "calls",
    [
        [{}],
        [squares(), {"epochs": 4}],  # a beginning, then the right loss
        [squares(model="other"), {"epochs": 1}],  # another network
        [squares(y_shape=(100, 64)), {"epochs": 1}],  # an autoencoder that has all weights
        [squares(y_range=(0.01, 0.98)), {"epochs": 1}],  # what a teacher says
        [squares(loss="custom"), {"epochs": 1}],
        [squares(loss=None), {"epochs": 1}],
        [squares(loss="kl_divergence"), {"epochs": 1}],
        [squares(finished=False), {"epochs": 1}],
    ],
)
def test_a_network_may_begin_with_another_loss_and_other_networks_may_have_it(calls: list[dict[str, Any]]) -> None:
    judgement = of_fits(*calls)
    assert judgement.status is Status.PASSED, text(judgement.message)


@pytest.mark.parametrize(
    ("calls", "part"),
    [
        ([squares(), {"epochs": 1}], "97%"),
        ([squares(loss="huber"), squares(), {"epochs": 1}], "98%"),
        ([squares(y_shape=(100,), y_range=(0.0, 9.0)), {"epochs": 1}], "97%"),
    ],
)
def test_a_network_that_was_trained_with_another_loss_fails(calls: list[dict[str, Any]], part: str) -> None:
    judgement = of_fits(*calls)
    assert judgement.status is Status.FAILED
    assert f"{part} of the training, by rows and epochs, was done with" in text(judgement.message)
    assert "the loss is categorical_crossentropy" in text(judgement.message)
