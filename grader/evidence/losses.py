"""Compute the mean loss of a network's outputs."""

import numpy as np

from grader.core.arrays import Array

EPSILON = 1e-7  # at which Keras clips probabilities


def compute_loss(
    loss: str, outputs: Array, labels: Array, from_logits: bool, smoothing: float, epsilon: float = EPSILON
) -> float | None:
    """Return the mean loss of a network's outputs.

    Source: the formulas of `keras.losses`. They clip probabilities at `epsilon`, or work on what went into the
    softmax.

    Args:
        loss: canonical name.
        outputs: shape (n, k).
        labels: shape (n,): numbers, or 0 and 1, where k is 1; else class indices from 0 to k - 1.
        from_logits: whether the loss applies the softmax or sigmoid itself.
        smoothing: label smoothing, from 0 to 1.
        epsilon: where probabilities are clipped.

    Returns:
        None for a loss that is not known here, for labels that do not fit, and for outputs that are not finite.
    """
    target = _targets(labels, outputs)
    if target is None or not np.isfinite(outputs).all():
        return None
    outputs = outputs.astype(np.float64)
    if loss == "mean_squared_error":
        return float(((outputs - target) ** 2).mean())
    if loss == "mean_absolute_error":
        return float(np.abs(outputs - target).mean())
    if loss == "binary_crossentropy" and outputs.shape[1] == 1 and not smoothing:
        shares = np.clip(1 / (1 + np.exp(-outputs)) if from_logits else outputs, epsilon, 1 - epsilon)
        return float(-(target * np.log(shares) + (1 - target) * np.log(1 - shares)).mean())
    if loss in {"categorical_crossentropy", "sparse_categorical_crossentropy"}:
        if from_logits and not np.allclose(outputs.sum(axis=1), 1.0, atol=1e-3):
            outputs = softmax(outputs)
        sums = outputs.sum(axis=1, keepdims=True)
        if (outputs < 0).any() or (sums < 1e-7).any():
            return None  # no shares of anything: what Keras makes of that hangs on rounding
        if loss == "categorical_crossentropy":
            target = target * (1 - smoothing) + smoothing / target.shape[1]
        if smoothing or outputs.shape[1] == 1:
            return float(-(target * np.log(np.clip(outputs / sums, epsilon, 1 - epsilon))).sum(axis=1).mean())
        # The shares of all other classes would be multiplied by zero: no logarithm of them has to be computed.
        shares = outputs[np.arange(len(labels)), labels.reshape(-1)] / sums[:, 0]
        return float(-np.log(np.clip(shares, epsilon, 1 - epsilon)).mean())
    return None


def _targets(labels: Array, outputs: Array) -> Array | None:
    """Return what (n, k) outputs are compared with; None where the labels are not for such outputs."""
    if outputs.ndim != 2 or len(labels) != len(outputs):
        return None
    if outputs.shape[1] == 1:
        return labels.astype(np.float64).reshape(-1, 1)
    if labels.dtype.kind not in "iu" or labels.max() >= outputs.shape[1] or labels.min() < 0:
        return None
    # Not rows of an identity matrix: that has the square of the number of outputs.
    targets: Array = (np.arange(outputs.shape[1]) == labels.reshape(-1, 1)).astype(np.float64)
    return targets


def softmax(logits: Array) -> Array:
    """Return the softmax of each row of (n, k) logits, without overflow."""
    with np.errstate(invalid="ignore"):  # rows of a training that diverged stay NaN
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares: Array = powers / powers.sum(axis=1, keepdims=True)
    return shares
