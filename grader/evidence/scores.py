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
        role: `x_test`, `x_perturbed`, `x_val` or `x_train`.

    Returns:
        None without finite outputs of shape (rows, k), with k = 1 for numbers. For numbers, and for two classes,
        outputs of shape (rows,) are as good as (rows, 1).
    """
    if model is None:
        return None
    # The result holds the model, so that no other one can have its id.
    key = (compute_score, id(model), training, role)
    return case.once(key, lambda: (model, _compute_score(model, case, training, role)))[1]


def _compute_score(model: Model, case: Case, training: Training, role: str) -> float | None:
    outputs = model.outputs.get(role)
    labels = {"x_val": "y_val", "x_train": "y_train"}.get(role, "y_test")
    truth = (case.outside if labels == "y_test" else case.inside)[training.array(labels)]
    if outputs is not None and outputs.ndim == 1 and (case.task.kind == "regression" or case.task.classes == 2):
        outputs = outputs[:, np.newaxis]
    if outputs is None or outputs.ndim != 2 or not np.isfinite(outputs).all():
        return None
    if len(outputs) != len(truth) or not outputs.shape[1]:
        return None
    if case.task.kind == "regression":
        return r_squared(truth, outputs[:, 0]) if outputs.shape[1] == 1 else None
    return compute_accuracy(outputs, truth, model)


def compute_accuracy(outputs: Array, truth: Array, model: Model) -> float:
    """Return the share of rows (n,) whose class a network with (n, k) outputs predicts rightly."""
    return float((predict_classes(outputs, truth, model) == truth).mean())


def predict_classes(outputs: Array, truth: Array, model: Model) -> Array:
    """Return the class (n,) that a network predicts for each row.

    It is that of the largest output. A single output is compared with a threshold. Where the network leaves open
    which one, it is the one that it is right with more often: one that works never gets a score that is wrong.

    Args:
        outputs: shape (n, k).
        truth: the right classes, shape (n,).
        model: the network.
    """
    if outputs.shape[1] > 1:
        largest: Array = outputs.argmax(axis=1)
        return largest
    ways: list[Array] = [(outputs[:, 0] > threshold).astype(int) for threshold in find_thresholds(model)]
    return max(ways, key=lambda classes: float((classes == truth).mean()))


def find_thresholds(model: Model) -> tuple[float, ...]:
    """Return the numbers above which a single output may mean class 1, the likeliest first.

    A probability is compared with 0.5, and a logit with 0. An output of another kind may have learned labels 0 and
    1 or -1 and 1, and a loss of one's own may apply a sigmoid itself.
    """
    if model.output_activation in {"sigmoid", "probability"}:
        return (0.5,)
    compiled = model.facts.compiled
    if model.output_activation == "linear" and compiled is not None and compiled.from_logits:
        return (0.0,)
    return 0.5, 0.0


def r_squared(truth: Array, predicted: Array) -> float:
    """Return the coefficient of determination: 1 minus the share of the variance that is left."""
    truth, predicted = truth.astype(np.float64).ravel(), predicted.astype(np.float64).ravel()
    return float(1 - ((truth - predicted) ** 2).sum() / ((truth - truth.mean()) ** 2).sum())
