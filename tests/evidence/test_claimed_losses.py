"""The loss that a network has by its graph, where that can be computed as Keras does."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.evidence.claimed_losses import compute_model_loss
from grader.protocol.evidence import CompileFacts, FitFacts

OUTPUTS = np.array([[0.5], [1.0]], np.float32)


def compute(loss: str, labels: list[float]) -> float | None:
    compiled = CompileFacts(
        loss=loss, from_logits=False, label_smoothing=0.0, optimizer="SGD", learning_rate=0.1, metrics=()
    )
    model: Any = SimpleNamespace(facts=SimpleNamespace(compiled=compiled))
    return compute_model_loss(model, FitFacts(loss=loss), OUTPUTS, np.array(labels))


@pytest.mark.parametrize(
    ("loss", "labels", "expected"),
    [
        ("mean_squared_error", [1.5, 2.0], 1.0),
        ("binary_crossentropy", [0, 1], np.log(2) / 2),
        ("binary_crossentropy", [1.5, 2.0], None),
        ("binary_crossentropy", [-1, 1], None),
        ("binary_focal_crossentropy", [0, 3], None),
    ],
)
def test_a_crossentropy_of_labels_that_are_no_probabilities_is_not_compared(
    loss: str, labels: list[float], expected: float | None
) -> None:
    assert compute(loss, labels) == (expected if expected is None else pytest.approx(expected, abs=1e-5))
