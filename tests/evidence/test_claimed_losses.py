"""The loss that a network has by its graph, where that can be computed as Keras does."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.evidence.claimed_losses import compute_model_loss
from grader.protocol.evidence import CompileFacts, FitFacts

# Behind a sigmoid, 1.0 is rounded, and Keras counts on from the logits.
HALF, SURE = [[0.5], [0.5]], [[0.5], [1.0]]


def compute(loss: str, labels: list[float], outputs: list[list[float]]) -> float | None:
    compiled = CompileFacts(
        loss=loss, from_logits=False, label_smoothing=0.0, optimizer="SGD", learning_rate=0.1, metrics=()
    )
    model: Any = SimpleNamespace(facts=SimpleNamespace(compiled=compiled))
    return compute_model_loss(model, FitFacts(loss=loss), np.array(outputs, np.float32), np.array(labels))


@pytest.mark.parametrize(
    ("loss", "labels", "outputs", "expected"),
    [
        ("mean_squared_error", [1.5, 2.0], SURE, 1.0),
        ("binary_crossentropy", [0, 1], SURE, np.log(2) / 2),
        ("binary_crossentropy", [1.5, 2.0], HALF, np.log(2)),
        ("binary_crossentropy", [1.5, 2.0], SURE, None),
        ("binary_crossentropy", [-1, 1], HALF, np.log(2)),
        ("binary_crossentropy", [1, -1], SURE, None),
        ("binary_focal_crossentropy", [0, 3], SURE, None),
    ],
)
def test_a_crossentropy_that_falls_without_end_is_not_compared(
    loss: str, labels: list[float], outputs: list[list[float]], expected: float | None
) -> None:
    value = compute(loss, labels, outputs)
    assert value == (expected if expected is None else pytest.approx(expected, abs=1e-5))
