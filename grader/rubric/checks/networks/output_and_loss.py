"""The check of one network for classes: do output activation, loss and labels fit one another?"""

from dataclasses import dataclass, replace

from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, partial, passed
from grader.evidence.labels import read_label_form
from grader.evidence.loss_identity import Finding, IdentifiedLoss, identify_network_loss
from grader.evidence.network import Model, is_usable, read_network
from grader.protocol.evidence import CompileFacts
from grader.protocol.training import Training
from grader.rubric.checks.networks.loss_of_training import judge_other_loss
from grader.rubric.checks.networks.own_loss import (
    explain_no_loss,
    explain_own_loss,
    find_odd_labels,
    find_problem_of_loss,
)
from grader.rubric.checks.networks.single import NetworkCheck, require_certified


def read_last_compiled(case: Case, training: Training, model: Model) -> tuple[str, CompileFacts | None]:
    """Return the `compile` that the first seed's network was trained with, and the step that saw it.

    It may have been compiled anew in `train`; without a training, that is what it was built with.
    """
    seed = case.seeds[0]
    after = read_network(case, training, seed).after
    if after is not None:
        return training.trained(seed), after.facts.compiled
    return training.model(seed), model.facts.compiled


def read_loss(case: Case, training: Training, model: Model) -> tuple[str, bool]:
    """Return name and `from_logits` of the loss that a network is trained with; raises as `read_whole_loss`."""
    loss = read_whole_loss(case, training, model)
    return loss.name, loss.from_logits


def read_whole_loss(case: Case, training: Training, model: Model) -> IdentifiedLoss:
    """Return what is known of the loss that a network is trained with.

    Raises:
        PreconditionFailedError: there is none, or it cannot be right whatever the output is, or is not decided.
    """
    described, compiled = read_last_compiled(case, training, model)
    if compiled is None or not (compiled.loss or compiled.trials):
        raise PreconditionFailedError(explain_no_loss(compiled))
    loss = _settle_likelihood(identify_network_loss(case, training, described, compiled), model.output_activation)
    problem = find_problem_of_loss(case, training, loss)
    if problem is not None:
        raise PreconditionFailedError(problem)
    return loss


def _settle_likelihood(loss: IdentifiedLoss, head: str) -> IdentifiedLoss:
    """Return a loss that is minus the output of the true class as what it is for this output.

    With logarithms of probabilities, it is the cross-entropy. With probabilities, no mistake costs much.
    """
    if loss.finding is not Finding.LIKELIHOOD:
        return loss
    if head == "log_softmax":
        return replace(loss, finding=Finding.PROPER, from_logits=True)
    return replace(loss, finding=Finding.BOUNDED) if head == "softmax" else loss


def name_activation(head: str) -> Words | str:
    """Return what to call the activation of an output in a message."""
    names = {
        "other": _("an activation of your own"),
        "probability": _("an activation of your own from 0 to 1"),
        "constant": _("a constant"),
    }
    return names.get(head, head)


def explain_softmax_over_rows() -> Words:
    """Return what is wrong with a softmax that divides by the sum over the rows of a batch."""
    return _(
        "The softmax of the output runs over the rows (axis=0): the rows share one distribution for each class, "
        "and the answer for a row depends on which others are in the batch. Let it run over the classes of each "
        "row: axis=-1, which is the default."
    )


@dataclass(frozen=True)
class HeadAndLoss(NetworkCheck):
    """Output activation, loss and format of the labels fit one another, for exclusive classes.

    A sigmoid head keeps half of the points: it trains, but its outputs are no distribution over the classes. A
    tenth of the training at least has to be with a loss that fits.

    >>> HeadAndLoss(Training())
    """

    kinds = frozenset({"classification"})
    topics = frozenset({"head"})

    def is_independent(self, case: Case) -> bool:
        """Return whether the network has several outputs, which fit a loss or not, whatever else is wrong."""
        before = read_network(case, self.training, case.seeds[0]).before
        return is_usable(case, self.training) and before is not None and (before.units or 0) > 1

    def judge(self, case: Case) -> Judgement:
        """Judge head, loss and labels as they are when `fit` gets them."""
        model = require_certified(case, self.training, after=False)
        odd_labels = find_odd_labels(case, self.training)
        if odd_labels is not None:
            return odd_labels
        loss = read_whole_loss(case, self.training, model)
        assert model.graph is not None
        usual = self._loss_for_labels(case)
        judgement = (
            self._label_problem(case, loss.name)
            or _two_activations(model.stacked)
            or _fit_of_head_and_loss(model.output_activation, loss, model.units or 0, usual)
        )
        other = judge_other_loss(case, self.training, usual) if judgement.share else None
        return other or judgement

    def _loss_for_labels(self, case: Case) -> str:
        """Return the usual loss for the labels as `fit` gets them, else for those of the exercise."""
        fit = read_network(case, self.training, case.seeds[0]).last_fit
        form = read_label_form(fit, case.task.classes) or case.task.labels
        return "sparse_categorical_crossentropy" if form == "integers" else "categorical_crossentropy"

    def _label_problem(self, case: Case, loss: str) -> Judgement | None:
        """Return the judgement for labels that the loss cannot read, as they came to `fit`."""
        fit = read_network(case, self.training, case.seeds[0]).last_fit
        form = read_label_form(fit, case.task.classes)
        if fit is None or form is None:
            return None
        expected = _("one-hot labels with categorical_crossentropy")
        if case.task.labels == "integers":
            expected = _("integer labels with {loss}", loss="sparse_categorical_crossentropy")
        if loss == "sparse_categorical_crossentropy" and form == "one_hot":
            return failed(
                _(
                    "sparse_categorical_crossentropy wants integer labels, but fit was given one-hot rows "
                    "{shape}. Use categorical_crossentropy, or hand integers to fit.",
                    shape=str(fit.y_shape),
                ),
                expected=expected,
                received=_("one-hot labels with sparse_categorical_crossentropy"),
            )
        if loss in _ONE_HOT_LOSSES and form == "integers":
            return failed(
                _(
                    "{loss} wants one-hot labels, but fit was given integers {shape}. Hand on the one-hot rows, "
                    "or use sparse_categorical_crossentropy.",
                    loss=loss,
                    shape=str(fit.y_shape),
                ),
                expected=expected,
                received=_("integer labels with {loss}", loss=loss),
            )
        return None


# For one-hot labels, the divergence is the cross-entropy; the focal one only weighs its rows.
_ONE_HOT_LOSSES = frozenset({"categorical_crossentropy", "categorical_focal_crossentropy", "kl_divergence"})
_SQUASHING = frozenset({"softmax", "sigmoid", "tanh", "relu", "relu6", "softsign"})


def _two_activations(stacked: tuple[str, ...]) -> Judgement | None:
    """Return the judgement for a softmax on numbers that an activation has squashed before, else None."""
    if len(stacked) < 2 or stacked[-1] != "softmax" or stacked[-2] not in _SQUASHING:
        return None
    return failed(
        _(
            "Two activations follow one another at the output: {first}, then softmax. Softmax needs the "
            "raw numbers of the output layer, or it cannot tell a sure answer from an unsure one. Remove "
            "{first}.",
            first=stacked[-2],
        ),
        expected=_("one activation at the output: softmax"),
        received=", ".join(stacked),
    )


def _fit_of_head_and_loss(head: str, loss: IdentifiedLoss, units: int, usual: str) -> Judgement:
    """Return the judgement of output and loss. `usual`: the loss for these labels, where another was chosen."""
    cross_entropy = loss.is_proper or loss.name in _ONE_HOT_LOSSES | {"sparse_categorical_crossentropy"}
    from_logits, name = loss.from_logits, name_activation(head)
    received = _("{head} output with {loss}{logits}", head=name, loss=loss.label, logits=loss.note_of_logits)
    expected = _(
        "softmax output with {loss} (or a linear output with from_logits=True)",
        loss=loss.name if cross_entropy and not loss.is_proper else usual,
    )
    fits = (head == "softmax" and not from_logits) or (head in {"linear", "log_softmax"} and from_logits)
    if loss.is_proper and fits:
        return passed(explain_own_loss(head), received=received)
    if cross_entropy and head == "softmax" and not from_logits:
        return passed(_("softmax output and {loss} belong together.", loss=loss.name), received=received)
    if cross_entropy and head in {"linear", "log_softmax"} and from_logits:
        return passed(
            _("Raw outputs and {loss} with from_logits=True belong together.", loss=loss.name), received=received
        )
    if (
        head in {"sigmoid", "probability"}
        and not from_logits
        and (cross_entropy or loss.name == "binary_crossentropy")
    ):
        return partial(
            0.5,
            _(
                "The sigmoid outputs train, but independently of one another: together they are no distribution "
                "over the {units} classes. Use softmax, because each row belongs to exactly one class.",
                units=units,
            ),
            expected=expected,
            received=received,
        )
    message = _explain_misfit(head, loss) if cross_entropy else _explain_other_loss(loss, usual)
    return failed(message, expected=expected, received=received)


def _explain_misfit(head: str, loss: IdentifiedLoss) -> Words:
    """Return what is wrong with an output that does not fit a cross-entropy."""
    if head == "softmax over the rows":
        return explain_softmax_over_rows()
    if head == "softmax" and loss.is_own:
        return _(
            "Your own loss applies softmax itself, but the output already is a softmax. Remove one of the two."
        )
    if head == "softmax":
        return _(
            "from_logits=True tells the loss to apply softmax itself, but the output already is a softmax. "
            "Remove one of the two."
        )
    if head == "linear" and loss.is_own:
        return _(
            "Your own loss takes the logarithm of probabilities, but the output layer has no activation. Add "
            "softmax."
        )
    if head == "linear":
        return _(
            "{loss} needs probabilities, but the output layer has no activation. Add softmax, or say "
            "from_logits=True.",
            loss=loss.name,
        )
    return _(
        "The outputs of the network have to be a distribution over the classes: softmax. Received: {head}.",
        head=name_activation(head),
    )


def _explain_other_loss(loss: IdentifiedLoss, usual: str) -> Words:
    """Return what is wrong with a loss that is no cross-entropy. `usual`: the one for these labels."""
    return _(
        "For exclusive classes the loss is {usual}: it compares whole distributions and punishes confident "
        "mistakes. Received: {loss}.",
        usual=usual,
        loss=loss.label,
    )
