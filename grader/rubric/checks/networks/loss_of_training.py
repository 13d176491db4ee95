"""The losses of all calls of `fit`: which of them a network for classes was really trained with."""

from grader.core.i18n import _
from grader.evidence.case import Case
from grader.evidence.fit_weights import are_enough, weigh_fits
from grader.evidence.judgement import Judgement, failed
from grader.evidence.labels import read_label_form
from grader.evidence.network import read_network
from grader.protocol.evidence import FitFacts
from grader.protocol.training import Training

# Losses that compare no distributions. Others that are not listed may do so.
_OTHER_LOSSES = frozenset(
    {
        "categorical_hinge",
        "cosine_similarity",
        "hinge",
        "huber",
        "log_cosh",
        "mean_absolute_error",
        "mean_absolute_percentage_error",
        "mean_squared_error",
        "mean_squared_logarithmic_error",
        "squared_hinge",
    }
)


def judge_other_loss(case: Case, training: Training, usual: str) -> Judgement | None:
    """Return the judgement for a network that was trained with another loss than the last one; None if it was not.

    Where a tenth of the training had a loss that fits, the rest may be a beginning. Labels that are no classes,
    such as those of a teacher or of an autoencoder, are none either.

    Args:
        case: the evidence.
        training: of the network.
        usual: the loss for the labels of the exercise.
    """
    network = read_network(case, training, case.seeds[0])
    step = case.steps.get(training.fitted(network.seed))
    fits = [fit for fit in network.own_fits if fit.finished]
    if not fits or step is None:
        return None
    weights = weigh_fits(fits, step.arrays, len(case.inside[training.array("x_train")]))
    parts: dict[str, float] = {}
    for fit, weight in zip(fits, weights, strict=True):
        if fit.loss in _OTHER_LOSSES and _has_classes(fit, case.task.classes):
            parts[fit.loss] = parts.get(fit.loss, 0.0) + float(weight)
    part = sum(parts.values())
    if are_enough(1.0 - part):
        return None
    loss = max(parts, key=lambda name: parts[name])
    message = _(
        "{part:.0%} of the training, by rows and epochs, was done with {loss}. For exclusive classes the loss is "
        "{usual}: it compares whole distributions and punishes confident mistakes. Compile the network with it "
        "before you train it.",
        part=part,
        loss=loss,
        usual=usual,
    )
    return failed(message, expected=_("a training with {loss}", loss=usual), received=loss)


def _has_classes(fit: FitFacts, classes: int) -> bool:
    """Return whether the labels of a call of `fit` are classes, as numbers or as one-hot rows."""
    form = read_label_form(fit, classes)
    return form == "integers" or (form == "one_hot" and fit.y_range == (0.0, 1.0))
