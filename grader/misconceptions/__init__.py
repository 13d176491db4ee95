"""What the evidence says about what a student misunderstood. A finding explains; it never takes a point.

`CATALOGUE` is the whole list, documented in `docs/misconceptions.md`. What concerns a submission as a whole
(`waits-for-input`, `training-at-import`) is said in `grader.notices`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grader.checks.base import Case
from grader.misconceptions import code, heads, inputs, layers, trainings
from grader.misconceptions.view import Shown, View
from grader.rubric import Task
from grader.text import Words
from grader.verdict import Severity

__all__ = ["CATALOGUE", "Finding", "Misconception", "find"]


@dataclass(frozen=True)
class Finding:
    """One misconception that the evidence shows. `explains`: criteria that it may belong to, best first."""

    id: str
    severity: Severity
    text: Words
    explains: tuple[str, ...]


@dataclass(frozen=True)
class Misconception:
    """One entry of the catalogue. `look` is a pure function of the evidence."""

    id: str
    severity: Severity
    look: Callable[[View], Shown | None]
    explains: tuple[str, ...]


_EVERYTHING = (
    "load", "scale", "class_counts", "one_hot", "split", "architecture", "head_and_loss", "training", "accuracy",
    "probabilities", "confusion", "diagnosis", "figures", "experiments",
)  # fmt: skip
_HEAD = ("head_and_loss", "probabilities", "accuracy", "training")
_SCORE = ("accuracy", "training")
_TRAIN = ("training", "accuracy")

# Causes stand before what follows from them.
CATALOGUE = (
    Misconception("old-keras-api", "error", code.old_keras_api, _EVERYTHING),
    Misconception("missing-flatten", "error", heads.missing_flatten, ("architecture", "head_and_loss")),
    Misconception("softmax-one-unit", "error", heads.softmax_one_unit, ("architecture", *_HEAD)),
    Misconception("wrong-unit-count", "error", heads.wrong_unit_count, ("architecture", *_HEAD)),
    Misconception("not-compiled", "error", heads.not_compiled, _HEAD),
    Misconception("head-missing-activation", "error", heads.head_missing_activation, _HEAD),
    Misconception("double-softmax", "error", heads.double_softmax, _HEAD),
    Misconception("relu-head", "error", heads.relu_head, _HEAD),
    Misconception("sparse-vs-onehot", "error", heads.sparse_vs_onehot, _HEAD),
    Misconception("sigmoid-for-classes", "warning", heads.sigmoid_for_classes, _HEAD),
    Misconception("loss-for-other-task", "warning", heads.loss_for_other_task, _HEAD),
    Misconception("activation-before-head", "warning", heads.activation_before_head, _HEAD),
    Misconception(
        "no-hidden-nonlinearity", "warning", layers.no_hidden_nonlinearity, ("architecture", "accuracy")
    ),
    Misconception("constant-init", "warning", layers.constant_init, ("accuracy", "architecture")),
    Misconception("untrained", "error", trainings.untrained, _TRAIN),
    Misconception("train-test-overlap", "error", inputs.train_test_overlap, ("training", "accuracy")),
    Misconception("integer-input", "error", inputs.integer_input, _SCORE),
    Misconception("unscaled-input", "warning", inputs.unscaled_input, _SCORE),
    Misconception("scaled-twice", "warning", inputs.scaled_twice, _SCORE),
    Misconception("lr-too-high", "error", trainings.lr_too_high, _SCORE),
    Misconception("lr-too-low", "warning", trainings.lr_too_low, _SCORE),
    Misconception("nan-loss", "error", trainings.nan_loss, _SCORE),
    Misconception("saturated-units", "warning", layers.saturated_units, _SCORE),
    Misconception("underfitting", "warning", trainings.underfitting, _SCORE),
    Misconception("overfitting", "warning", trainings.overfitting, _SCORE),
    Misconception("too-good-validation", "warning", trainings.too_good_validation, _TRAIN),
    Misconception("validation-ignored", "warning", trainings.validation_ignored, ("training",)),
    Misconception("dead-relu", "tip", layers.dead_relu, ("accuracy", "architecture")),
    Misconception("dropout-too-high", "tip", layers.dropout_too_high, ("accuracy", "architecture")),
    Misconception(
        "order-of-norm-and-dropout", "tip", layers.order_of_norm_and_dropout, ("architecture", "accuracy")
    ),
    Misconception("network-too-big", "tip", layers.network_too_big, ("architecture", "accuracy")),
    Misconception("download-inside", "warning", code.download_inside, _EVERYTHING),
    Misconception("shows-a-window", "tip", code.shows_a_window, ("figures",)),
)


def find(task: Task, case: Case) -> Iterator[Finding]:
    """Return the misconceptions that the evidence shows. Never raises: evidence is a claim and may be anything."""
    view = View(task, case)
    for entry in CATALOGUE:
        try:
            shown = entry.look(view)
        except Exception:  # noqa: BLE001, S112 - a hint that cannot be had must not cost the verdict
            continue
        if shown is not None:
            yield Finding(entry.id, entry.severity, shown.text, shown.criteria or entry.explains)
