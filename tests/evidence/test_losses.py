"""The losses of a network are those of Keras's formulas, of which no more is computed than counts."""

import numpy as np
import pytest

from grader.core.arrays import Array
from grader.evidence.losses import EPSILON, compute_loss

RANDOM = np.random.default_rng(11)
CROSS_ENTROPIES = ("categorical_crossentropy", "sparse_categorical_crossentropy")


def compute_in_full(outputs: Array, labels: Array, smoothing: float) -> float:
    """Return the cross-entropy with the logarithms of all shares, those that are multiplied by zero too."""
    target = np.eye(outputs.shape[1])[labels] * (1 - smoothing) + smoothing / outputs.shape[1]
    shares = outputs.astype(np.float64) / outputs.astype(np.float64).sum(axis=1, keepdims=True)
    return float(-(target * np.log(np.clip(shares, EPSILON, 1 - EPSILON))).sum(axis=1).mean())


@pytest.mark.parametrize("classes", [2, 3, 10, 100])
@pytest.mark.parametrize("loss", CROSS_ENTROPIES)
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_a_cross_entropy_is_to_the_last_bit_what_the_whole_formula_gives(
    loss: str, classes: int, smoothing: float
) -> None:
    if loss.startswith("sparse"):
        smoothing = 0.0  # Keras has none for integers
    outputs = RANDOM.dirichlet(np.full(classes, 0.05), 500).astype(np.float32)  # many are near 0 and 1
    labels = RANDOM.integers(classes, size=500)
    assert compute_loss(loss, outputs, labels, False, smoothing) == compute_in_full(outputs, labels, smoothing)


@pytest.mark.parametrize("loss", CROSS_ENTROPIES)
def test_a_single_output_has_the_cross_entropy_of_one_share(loss: str) -> None:
    assert compute_loss(loss, np.full((4, 1), 0.3), np.array([0, 1, 1, 0]), False, 0.0) == pytest.approx(
        0.0, abs=1e-6
    )


@pytest.mark.parametrize("labels", [[0, 3], [-1, 0]])
def test_labels_that_are_no_classes_of_the_outputs_have_no_loss(labels: list[int]) -> None:
    outputs = np.full((2, 3), 1 / 3)
    assert all(compute_loss(loss, outputs, np.array(labels), False, 0.0) is None for loss in CROSS_ENTROPIES)
