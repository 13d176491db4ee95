"""Compute the score of a network on rows whose labels it never saw, from the outputs of its frozen graph."""

import numpy as np

from grader.core.arrays import Array
from grader.evidence.case import Case
from grader.evidence.network import Model
from grader.protocol.task import Task
from grader.protocol.training import Training


def metric_name(task: Task) -> str:
    """Return the name of the score of a task."""
    return "R²" if task.kind == "regression" else "accuracy"


def compute_score(model: Model | None, case: Case, training: Training, role: str = "x_test") -> float | None:
    """Return the score on the rows of a role: accuracy (0 to 1) for classes, R² (at most 1) for numbers.

    Args:
        model: the network after its training.
        case: the labels come from its data.
        training: which network of the exercise it is.
        role: `x_test`, `x_perturbed` or `x_val`.

    Returns:
        None without finite outputs of shape (rows, k), with k = 1 for numbers.
    """
    outputs = model.outputs.get(role) if model is not None else None
    truth = case.inside[training.array("y_val")] if role == "x_val" else case.outside[training.array("y_test")]
    if model is None or outputs is None or outputs.ndim != 2 or not np.isfinite(outputs).all():
        return None
    if len(outputs) != len(truth) or not outputs.shape[1]:
        return None
    if case.task.kind == "regression":
        return r_squared(truth, outputs[:, 0]) if outputs.shape[1] == 1 else None
    return float((predict_classes(outputs, model.output_activation) == truth).mean())


def predict_classes(outputs: Array, activation: str) -> Array:
    """Return the class (n,) that a network with (n, k) outputs predicts for each row: of the largest output.

    A single output is a probability of class 1, or, where the output's `activation` is linear, its logit.
    """
    if outputs.shape[1] > 1:
        largest: Array = outputs.argmax(axis=1)
        return largest
    is_class_1: Array = outputs[:, 0] > (0.0 if activation == "linear" else 0.5)
    return is_class_1.astype(int)


def r_squared(truth: Array, predicted: Array) -> float:
    """Return the coefficient of determination: 1 minus the share of the variance that is left."""
    truth, predicted = truth.astype(np.float64).ravel(), predicted.astype(np.float64).ravel()
    return float(1 - ((truth - predicted) ** 2).sum() / ((truth - truth.mean()) ** 2).sum())
