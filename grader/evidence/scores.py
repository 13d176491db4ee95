"""How good a network is on rows whose labels stay outside, computed from what its frozen graph puts out."""

import numpy as np

from grader.core.arrays import Array
from grader.evidence.case import Case
from grader.evidence.network import Model
from grader.protocol.task import Task
from grader.protocol.training import Training


def metric_name(task: Task) -> str:
    """Return what a score of this task is called."""
    return "R²" if task.kind == "regression" else "accuracy"


def score(model: Model | None, case: Case, training: Training, role: str = "x_test") -> float | None:
    """Return the score on the rows of a role (`x_test`, `x_perturbed`, `x_val`); None without finite outputs.

    Accuracy from 0 to 1 for classes: of the largest output, or of a single one against one half. R², at most 1,
    for numbers.
    """
    outputs = model.outputs.get(role) if model is not None else None
    truth = case.inside[training.array("y_val")] if role == "x_val" else case.outside[training.array("y_test")]
    if model is None or outputs is None or outputs.ndim != 2 or not np.isfinite(outputs).all():
        return None
    if len(outputs) != len(truth) or not outputs.shape[1]:
        return None
    if case.task.kind == "regression":
        return r_squared(truth, outputs[:, 0]) if outputs.shape[1] == 1 else None
    return float((decided(outputs, model.head) == truth).mean())


def decided(outputs: Array, head: str) -> Array:
    """Return the class that a network names for each row."""
    if outputs.shape[1] > 1:
        largest: Array = outputs.argmax(axis=1)
        return largest
    # A single output is a probability, or what a sigmoid would make one of.
    yes: Array = outputs[:, 0] > (0.0 if head == "linear" else 0.5)
    return yes.astype(int)


def r_squared(truth: Array, predicted: Array) -> float:
    """Return the coefficient of determination: 1 minus the share of the variance that is left."""
    truth, predicted = truth.astype(np.float64).ravel(), predicted.astype(np.float64).ravel()
    return float(1 - ((truth - predicted) ** 2).sum() / ((truth - truth.mean()) ** 2).sum())
