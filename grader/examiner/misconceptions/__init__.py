"""Find in the evidence what a student may have misunderstood. A finding explains a lost point; it never takes one.

`CATALOGUE` is the whole list, documented in `docs/misconceptions.md`. What concerns a submission as a whole
(`waits-for-input`, `training-at-import`) is in `grader.examiner.notices`.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from grader.core.i18n import Words, _
from grader.core.strict import is_strict
from grader.evidence.case import Case
from grader.evidence.outputs import list_views, name_output
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
from grader.examiner.misconceptions import training as training_detectors
from grader.examiner.misconceptions.network_view import Explanation, NetworkView
from grader.protocol.training import Training
from grader.protocol.verdict import Severity

__all__ = ["ANYTHING", "CATALOGUE", "Finding", "Misconception", "find"]


@dataclass(frozen=True)
class Finding:
    """One misconception that was found in the evidence."""

    id: str
    severity: Severity
    text: Words
    topics: tuple[str, ...]  # of the criteria that it may explain, the likeliest first
    function: str = ""  # of the submission: where known, its criteria count instead of the topics
    only_where_lost: bool = False  # it says nothing where all that it may explain is right


@dataclass(frozen=True)
class Misconception:
    """One entry of the catalogue."""

    id: str
    severity: Severity
    detect: Callable[[NetworkView], Explanation | None]  # depends on nothing but the evidence
    topics: tuple[str, ...]  # see `Finding`
    only_where_lost: bool = False  # see `Finding`


_log = logging.getLogger(__name__)

ANYTHING = "anything"  # the topic of what may spoil any criterion
_OUTPUT = ("head", "probabilities", "score", "training")
_SCORE = ("score", "training")
_TRAIN = ("training", "score")

# Causes come before their consequences: of the hints of a criterion, the first explains most.
CATALOGUE = (
    Misconception("old-keras-api", "error", code.old_keras_api, (ANYTHING,)),
    Misconception("return-in-loop", "warning", code.return_in_loop, (ANYTHING,), only_where_lost=True),
    Misconception("layers-made-in-call", "error", model_styles.layers_made_in_call, ("architecture", *_OUTPUT)),
    Misconception("style-disguise", "warning", model_styles.style_disguise, ("architecture", *_OUTPUT)),
    Misconception("missing-flatten", "error", output_layer.missing_flatten, ("architecture", "head")),
    Misconception("softmax-one-unit", "error", output_layer.softmax_one_unit, ("architecture", *_OUTPUT)),
    Misconception("wrong-unit-count", "error", output_layer.wrong_unit_count, ("architecture", *_OUTPUT)),
    Misconception("not-compiled", "error", compilation.not_compiled, _OUTPUT),
    Misconception("head-missing-activation", "error", output_layer.head_missing_activation, _OUTPUT),
    Misconception("double-softmax", "error", output_layer.double_softmax, _OUTPUT),
    Misconception("relu-head", "error", output_layer.relu_head, _OUTPUT),
    Misconception("bounded-regression-head", "error", output_layer.bounded_regression_head, _OUTPUT),
    Misconception("sparse-vs-onehot", "error", compilation.sparse_vs_onehot, _OUTPUT),
    Misconception("sigmoid-for-classes", "warning", output_layer.sigmoid_for_classes, _OUTPUT),
    Misconception("loss-for-other-task", "warning", compilation.loss_for_other_task, _OUTPUT),
    Misconception("accuracy-for-regression", "warning", compilation.accuracy_for_regression, _OUTPUT),
    Misconception("activation-before-head", "warning", output_layer.activation_before_head, _OUTPUT),
    Misconception("no-hidden-nonlinearity", "warning", layers.no_hidden_nonlinearity, ("architecture", "score")),
    Misconception("constant-init", "warning", layers.constant_init, ("score", "architecture")),
    Misconception("untrained", "error", training_detectors.untrained, _TRAIN),
    Misconception("compiled-then-frozen", "warning", training_detectors.compiled_then_frozen, _TRAIN),
    Misconception("scaler-leak", "warning", data_splits.scaler_leak, _SCORE),
    Misconception("train-test-overlap", "error", data_splits.train_test_overlap, ("training", "score")),
    Misconception("integer-input", "error", inputs.integer_input, _SCORE),
    Misconception("unscaled-input", "warning", inputs.unscaled_input, _SCORE),
    Misconception("scaled-twice", "warning", inputs.scaled_twice, _SCORE),
    Misconception("lr-too-high", "error", training_detectors.lr_too_high, _SCORE),
    Misconception("lr-too-low", "warning", training_detectors.lr_too_low, _SCORE),
    Misconception("nan-loss", "error", training_detectors.nan_loss, _SCORE),
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


# What may each be the reason of a loss that is no number, the most certain one first. One advice is enough.
REASONS_OF_NAN = (
    "head-missing-activation",
    "relu-head",
    "loss-for-other-task",
    "lr-too-high",
    "unscaled-input",
    "scaled-twice",
    "nan-loss",
)


def find_misconceptions(case: Case) -> Iterator[Finding]:
    """Yield the misconceptions that explain what happened, each once: for the first network that has it."""
    findings = list(_find_all(case))
    ids = {finding.id for finding in findings}
    reasons = [reason for reason in REASONS_OF_NAN if reason in ids] if "nan-loss" in ids else []
    yield from (finding for finding in findings if finding.id not in reasons[1:])


def _find_all(case: Case) -> Iterator[Finding]:
    """Yield every misconception whose detector finds it.

    Evidence is a claim and may be anything. A detector that raises on it is logged and passed over, so that it
    costs no verdict; in strict mode (`grader.core.strict`) its exception is raised.
    """
    # An exercise of functions only has no network; what its code calls is looked at all the same.
    trainings = case.trainings or (Training(),)
    views = [NetworkView(view, training) for training in trainings for view in list_views(case, training)]
    # Of a network with too few outputs, nobody knows which output is which.
    views = [view for view in views if not _lacks_output(view)] or [NetworkView(case, Training(name="none"))]
    for entry in CATALOGUE:
        for view in views:
            try:
                explanation = entry.detect(view)
            except Exception:
                _log.warning("The detector of %s failed.", entry.id, exc_info=True)
                if is_strict():
                    raise
                continue
            if explanation is not None:
                names_network = len(views) > 1 and not explanation.function
                text = _name_network(view, explanation.text) if names_network else explanation.text
                yield Finding(
                    entry.id, entry.severity, text, entry.topics, explanation.function, entry.only_where_lost
                )
                break


def _lacks_output(view: NetworkView) -> bool:
    return bool(view.case.output) and view.model is not None and view.model.facts.graph is None


def _name_network(view: NetworkView, text: Words) -> Words:
    """Return a hint about one of several networks with the call that builds it in front."""
    if view.case.output:
        return name_output(view.case.output, text)
    call = f"{view.training.build}({', '.join(map(repr, view.training.arguments))})"
    return _("Network of {call}: {text}", call=call, text=text)
