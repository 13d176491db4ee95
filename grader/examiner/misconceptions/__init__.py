"""What the evidence says about what a student misunderstood. A finding explains; it never takes a point.

`CATALOGUE` is the whole list, documented in `docs/misconceptions.md`. What concerns a submission as a whole
(`waits-for-input`, `training-at-import`) is said in `grader.examiner.notices`.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grader.core.i18n import Words, _
from grader.core.strict import is_strict
from grader.evidence.case import Case
from grader.examiner.misconceptions import (
    code,
    compilation,
    data_splits,
    inputs,
    layers,
    learning_curves,
    model_styles,
    output_layer,
)
from grader.examiner.misconceptions import training as trainings
from grader.examiner.misconceptions.network_view import Explanation, NetworkView
from grader.protocol.training import Training
from grader.protocol.verdict import Severity

__all__ = ["ANYTHING", "CATALOGUE", "Finding", "Misconception", "find"]


@dataclass(frozen=True)
class Finding:
    """One misconception that the evidence shows.

    It belongs to the criteria of `function`, where that is known, else to those about a topic, best first.
    """

    id: str
    severity: Severity
    text: Words
    topics: tuple[str, ...]
    function: str = ""


@dataclass(frozen=True)
class Misconception:
    """One entry of the catalogue. `look` is a pure function of the evidence; `topics`: see `Finding`."""

    id: str
    severity: Severity
    look: Callable[[NetworkView], Explanation | None]
    topics: tuple[str, ...]


_log = logging.getLogger(__name__)

ANYTHING = "anything"  # the topic of what may spoil any criterion
_HEAD = ("head", "probabilities", "score", "training")
_SCORE = ("score", "training")
_TRAIN = ("training", "score")

# Causes stand before what follows from them.
CATALOGUE = (
    Misconception("old-keras-api", "error", code.old_keras_api, (ANYTHING,)),
    Misconception("layers-made-in-call", "error", model_styles.layers_made_in_call, ("architecture", *_HEAD)),
    Misconception("style-disguise", "warning", model_styles.style_disguise, ("architecture", *_HEAD)),
    Misconception("missing-flatten", "error", output_layer.missing_flatten, ("architecture", "head")),
    Misconception("softmax-one-unit", "error", output_layer.softmax_one_unit, ("architecture", *_HEAD)),
    Misconception("wrong-unit-count", "error", output_layer.wrong_unit_count, ("architecture", *_HEAD)),
    Misconception("not-compiled", "error", compilation.not_compiled, _HEAD),
    Misconception("head-missing-activation", "error", output_layer.head_missing_activation, _HEAD),
    Misconception("double-softmax", "error", output_layer.double_softmax, _HEAD),
    Misconception("relu-head", "error", output_layer.relu_head, _HEAD),
    Misconception("bounded-regression-head", "error", output_layer.bounded_regression_head, _HEAD),
    Misconception("sparse-vs-onehot", "error", compilation.sparse_vs_onehot, _HEAD),
    Misconception("sigmoid-for-classes", "warning", output_layer.sigmoid_for_classes, _HEAD),
    Misconception("loss-for-other-task", "warning", compilation.loss_for_other_task, _HEAD),
    Misconception("accuracy-for-regression", "warning", compilation.accuracy_for_regression, _HEAD),
    Misconception("activation-before-head", "warning", output_layer.activation_before_head, _HEAD),
    Misconception("no-hidden-nonlinearity", "warning", layers.no_hidden_nonlinearity, ("architecture", "score")),
    Misconception("constant-init", "warning", layers.constant_init, ("score", "architecture")),
    Misconception("untrained", "error", trainings.untrained, _TRAIN),
    Misconception("compiled-then-frozen", "warning", trainings.compiled_then_frozen, _TRAIN),
    Misconception("scaler-leak", "warning", data_splits.scaler_leak, _SCORE),
    Misconception("train-test-overlap", "error", data_splits.train_test_overlap, ("training", "score")),
    Misconception("integer-input", "error", inputs.integer_input, _SCORE),
    Misconception("unscaled-input", "warning", inputs.unscaled_input, _SCORE),
    Misconception("scaled-twice", "warning", inputs.scaled_twice, _SCORE),
    Misconception("lr-too-high", "error", trainings.lr_too_high, _SCORE),
    Misconception("lr-too-low", "warning", trainings.lr_too_low, _SCORE),
    Misconception("nan-loss", "error", trainings.nan_loss, _SCORE),
    Misconception("saturated-units", "warning", layers.saturated_units, _SCORE),
    Misconception("underfitting", "warning", learning_curves.underfitting, _SCORE),
    Misconception("overfitting", "warning", learning_curves.overfitting, _SCORE),
    Misconception("too-good-validation", "warning", learning_curves.too_good_validation, _TRAIN),
    Misconception("validation-ignored", "warning", learning_curves.validation_ignored, ("training",)),
    Misconception("dead-relu", "tip", layers.dead_relu, ("score", "architecture")),
    Misconception("dropout-too-high", "tip", layers.dropout_too_high, ("score", "architecture")),
    Misconception("order-of-norm-and-dropout", "tip", layers.order_of_norm_and_dropout, ("architecture", "score")),
    Misconception("network-too-big", "tip", layers.network_too_big, ("architecture", "score")),
    Misconception("input-dim", "tip", code.input_dim, ("architecture",)),
    Misconception("download-inside", "warning", code.download_inside, (ANYTHING,)),
    Misconception("shows-a-window", "tip", code.shows_a_window, ("figures",)),
)


def find_misconceptions(case: Case) -> Iterator[Finding]:
    """Return the misconceptions that the evidence shows, each once: for the first network that shows it.

    Evidence is a claim and may be anything. A detector that raises on it is logged and passed over, so that it
    costs no verdict; in strict mode (`grader.core.strict`) its exception is raised.
    """
    # An exercise of functions only has no network; what its code calls is looked at all the same.
    views = [NetworkView(case, training) for training in case.trainings or (Training(),)]
    for entry in CATALOGUE:
        for view in views:
            try:
                shown = entry.look(view)
            except Exception:
                _log.warning("The detector of %s failed.", entry.id, exc_info=True)
                if is_strict():
                    raise
                continue
            if shown is not None:
                named = shown.text if shown.function or len(views) == 1 else _of_network(view, shown.text)
                yield Finding(entry.id, entry.severity, named, entry.topics, shown.function)
                break


def _of_network(view: NetworkView, text: Words) -> Words:
    """Return what is said of one of several networks, with the call that builds it."""
    call = f"{view.training.build}({', '.join(map(repr, view.training.arguments))})"
    return _("Network of {call}: {text}", call=call, text=text)
