"""What is wrong with a loss that equals none with a name, as its trial tells, and labels that no loss can read."""

import difflib

from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.error_texts.shapes import explain_loss_error
from grader.evidence.judgement import Judgement, failed, not_graded
from grader.evidence.known_losses import KERAS_LOSSES
from grader.evidence.label_pairs import are_exchanged
from grader.evidence.labels import read_label_form
from grader.evidence.loss_identity import Finding, IdentifiedLoss
from grader.evidence.network import read_network
from grader.protocol.evidence import CompileFacts, FitFacts
from grader.protocol.training import Training


def explain_no_loss(compiled: CompileFacts | None) -> Judgement:
    """Return the judgement for a model that was compiled without a loss, or not at all."""
    if compiled is not None and compiled.own_methods:
        return not_graded(
            _(
                "The model computes its loss by itself, in {method}, which the grader cannot try. A person has to "
                "look at it.",
                method=", ".join(compiled.own_methods),
            )
        )
    if compiled is not None:
        message = _(
            "compile was called, but it has no loss for this output. Pass loss=...; where that is a dict, its "
            "keys have to be the names of the outputs."
        )
        return failed(message, expected=_("a loss"), received=_("no loss"))
    return explain_not_compiled()


def explain_not_compiled() -> Judgement:
    """Return the judgement for a model without a loss."""
    return failed(
        _(
            "The model was not compiled with a loss. Call model.compile(optimizer=..., loss=...) before you "
            "return it."
        ),
        expected=_("a compiled model"),
        received=_("a model that is not compiled"),
    )


def explain_own_loss(head: str) -> Words:
    """Return the note on an own loss that passes, for classes. `head`: the activation of the output."""
    return _(
        "The output ({head}) and your own loss belong together. It equals no loss that the grader knows, but on "
        "made-up predictions it falls as they get better, and a confident mistake costs most.",
        head=head,
    )


def find_problem_of_loss(case: Case, training: Training, loss: IdentifiedLoss) -> Judgement | None:
    """Return the judgement for a loss that cannot be right, or that the grader cannot decide on; else None."""
    if loss.name == "several":
        return failed(
            _(
                "compile was given several losses, but the network has one output, which can only have one. "
                "Pass a single one: loss=..."
            ),
            expected=_("one loss"),
            received=_("several losses"),
        )
    if not loss.is_own and loss.name not in KERAS_LOSSES:
        return _explain_unknown_name(loss.name)
    if loss.finding in {Finding.NAMED, Finding.PROPER}:
        return None
    if loss.finding is Finding.RAISES:
        return _explain_exception(case, training, loss)
    if loss.finding is Finding.BOUNDED:
        return not_graded(
            _(
                "Your own loss falls as the predictions get better, but it equals no loss that the grader knows, "
                "and it hardly punishes a confident mistake: it is {right:.3g} where the right class gets 10 %, "
                "and {wrong:.3g} where it gets nothing. A person has to look at it.",
                wrong=loss.wrong,
                right=loss.right,
            )
        )
    if loss.finding is Finding.UNDECIDED:
        return not_graded(
            _(
                "Your own loss equals no loss that the grader knows, and its values on made-up predictions do not "
                "tell whether it fits this task. A person has to look at it."
            )
        )
    return failed(_explain_finding(loss), expected=_("a loss that falls as predictions get better"), blocks=False)


def _explain_unknown_name(name: str) -> Judgement:
    """Return the judgement for a name that no loss of Keras has, with the one that may have been meant."""
    similar = difflib.get_close_matches(name, sorted(KERAS_LOSSES), n=1, cutoff=0.75)
    message = (
        _('Keras knows no loss called "{name}". Did you mean "{similar}"?', name=name, similar=similar[0])
        if similar
        else _('Keras knows no loss called "{name}".', name=name)
    )
    return failed(message, expected=_("the name of a loss"), received=name, blocks=False)


def _explain_finding(loss: IdentifiedLoss) -> Words:
    if loss.finding is Finding.RISES:
        return _(
            "Your own loss gives {right:.3g} for right predictions and {wrong:.3g} for wrong ones. Training makes "
            "the loss smaller, so the network would learn to be wrong. Is a minus sign, a square or an absolute "
            "value missing, or too much?",
            right=loss.right,
            wrong=loss.wrong,
        )
    if loss.finding is Finding.IGNORES_LABELS:
        return _(
            "Your own loss gives the same value whatever the labels are, so the network cannot learn anything "
            "from them. It has to compare y_pred with y_true."
        )
    if loss.finding is Finding.IGNORES_CLASS:
        return _(
            "For rows of class {label}, your own loss gives the same value whatever the network says about them. "
            "Is the part of the formula for these rows missing?",
            label=loss.ignored_class,
        )
    if loss.finding is Finding.SWAPPED:
        return _(
            "Your own loss is a cross-entropy with its two arguments in the wrong order: the logarithm is taken "
            "of the labels. Keras calls a loss as loss(y_true, y_pred), with the labels first."
        )
    if loss.finding is Finding.LIKELIHOOD:
        return _(
            "Your own loss is minus the output of the true class. That is the cross-entropy where the network "
            "puts out logarithms of probabilities, so the output needs log_softmax; as it is, the loss has no "
            "lower end."
        )
    if loss.finding is Finding.ALL_PAIRS:
        return _(
            "Your own loss compares each label with the outputs of all rows: labels of the shape (n,) minus "
            "outputs of the shape (n, 1) give (n, n). Bring both to one shape first, such as with "
            "y_true = tf.reshape(y_true, tf.shape(y_pred))."
        )
    return _("Your own loss gives the same value for all predictions, so there is nothing to learn from it.")


def _explain_exception(case: Case, training: Training, loss: IdentifiedLoss) -> Judgement:
    """Return the judgement for a loss that raises: it is wrong where training stopped too."""
    fit = read_network(case, training, case.seeds[0]).last_fit
    if fit is None or fit.finished:
        return not_graded(
            _(
                "The grader could not try your own loss on made-up predictions: {problem}. A person has to look "
                "at it.",
                problem=loss.problem,
            )
        )
    return failed(
        _("Your own loss stops with an error: {problem}", problem=explain_loss_error(loss.problem)),
        expected=_("a loss that gives a number for each batch"),
        received=loss.problem,
        blocks=False,
    )


def find_odd_labels(case: Case, training: Training) -> Judgement | None:
    """Return the judgement for labels of classes that are neither numbers of classes nor one-hot rows."""
    fit = read_network(case, training, case.seeds[0]).last_fit
    form = read_label_form(fit, case.task.classes) if fit is not None else ""
    if fit is not None and form == "integers" and (too_large := _explain_too_large_labels(fit, case.task.classes)):
        return too_large
    if fit is None or form != "other":
        return None
    expected = _("labels of the shape (n,) or (n, {classes})", classes=case.task.classes)
    shape = str(fit.y_shape)
    if are_exchanged(case, training, fit):
        return failed(
            _(
                "fit was given the rows, of the shape {shape}, as labels, and labels as rows. The order is "
                "fit(x, y).",
                shape=shape,
            ),
            expected=expected,
            received=_("labels of the shape {shape}", shape=shape),
        )
    return failed(
        _(
            "fit was given labels of the shape {shape}, with rows of the shape {rows}. Each row needs one label: "
            "an integer, (n,), or a one-hot row, (n, {classes}).",
            shape=shape,
            rows=str(fit.x_shape),
            classes=case.task.classes,
        ),
        expected=expected,
        received=_("labels of the shape {shape}", shape=shape),
    )


def _explain_too_large_labels(fit: FitFacts, classes: int) -> Judgement | None:
    """Return the judgement for labels of which none is the number of a class, so that `fit` stopped; else None."""
    low, high = fit.y_range or (0.0, 0.0)
    if fit.finished or low < classes:
        return None
    return failed(
        _(
            "fit was given the labels {low:g} to {high:g}, but the network numbers its classes from 0: 0 to "
            "{last}. Hand on the labels as train() got them, or subtract {low:g}.",
            low=low,
            high=high,
            last=classes - 1,
        ),
        expected=_("labels from 0 to {last}", last=classes - 1),
        received=_("labels from {low:g} to {high:g}", low=low, high=high),
    )
