"""The check of one network for classes: do output activation, loss and labels fit one another?"""

from dataclasses import dataclass

from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, partial, passed
from grader.evidence.losses import identify_loss
from grader.evidence.network import Model, is_usable, read_network
from grader.protocol.evidence import CompileFacts, FitFacts
from grader.protocol.training import Training
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
    """Return the loss that a network is trained with, and its `from_logits`.

    Raises:
        PreconditionFailedError: there is no loss.
    """
    described, compiled = read_last_compiled(case, training, model)
    if compiled is None or not compiled.loss:
        raise PreconditionFailedError(explain_not_compiled())
    return identify_loss(compiled, case.steps[described].arrays)


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


@dataclass(frozen=True)
class HeadAndLoss(NetworkCheck):
    """Output activation, loss and format of the labels fit one another, for exclusive classes.

    A sigmoid head keeps half of the points: it trains, but its outputs are no distribution over the classes.

    >>> HeadAndLoss(Training())
    """

    topics = frozenset({"head"})

    def is_independent(self, case: Case) -> bool:
        """Return whether the network has several outputs, which fit a loss or not, whatever else is wrong."""
        before = read_network(case, self.training, case.seeds[0]).before
        return is_usable(case, self.training) and before is not None and (before.units or 0) > 1

    def judge(self, case: Case) -> Judgement:
        """Judge head, loss and labels as they are when `fit` gets them."""
        model = require_certified(case, self.training, after=False)
        loss, from_logits = read_loss(case, self.training, model)
        assert model.graph is not None
        return (
            self._label_problem(case, loss)
            or _two_activations(model.stacked)
            or _fit_of_head_and_loss(
                model.output_activation,
                loss,
                model.units or 0,
                self._loss_for_labels(case),
                from_logits=from_logits,
            )
        )

    def _loss_for_labels(self, case: Case) -> str:
        """Return the usual loss for the labels as `fit` gets them, else for those of the exercise."""
        fits = read_network(case, self.training, case.seeds[0]).fits
        rank = (_label_rank(fits[0]) if fits else None) or case.task.labels
        return "sparse_categorical_crossentropy" if rank == "integers" else "categorical_crossentropy"

    def _label_problem(self, case: Case, loss: str) -> Judgement | None:
        """Return the judgement for labels that the loss cannot read, as they came to `fit`."""
        fits = read_network(case, self.training, case.seeds[0]).fits
        rank = _label_rank(fits[0]) if fits else None
        if rank is None:
            return None
        expected = _("one-hot labels with categorical_crossentropy")
        if case.task.labels == "integers":
            expected = _("integer labels with {loss}", loss="sparse_categorical_crossentropy")
        if loss == "sparse_categorical_crossentropy" and rank == "one_hot":
            return failed(
                _(
                    "sparse_categorical_crossentropy wants integer labels, but fit was given one-hot rows "
                    "{shape}. Use categorical_crossentropy, or hand integers to fit.",
                    shape=str(fits[0].y_shape),
                ),
                expected=expected,
                received=_("one-hot labels with sparse_categorical_crossentropy"),
            )
        if loss in _ONE_HOT_LOSSES and rank == "integers":
            return failed(
                _(
                    "{loss} wants one-hot labels, but fit was given integers {shape}. Hand on the one-hot rows, "
                    "or use sparse_categorical_crossentropy.",
                    loss=loss,
                    shape=str(fits[0].y_shape),
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


def _label_rank(fit: FitFacts) -> str | None:
    if len(fit.y_shape) == 2 and fit.y_shape[1] > 1:
        return "one_hot"
    return "integers" if fit.y_shape and fit.y_shape[0] > 0 else None


def _fit_of_head_and_loss(head: str, loss: str, units: int, usual: str, *, from_logits: bool) -> Judgement:
    """Return what output and loss come to. `usual`: the loss for these labels, where another one was chosen."""
    cross_entropy = loss in _ONE_HOT_LOSSES | {"sparse_categorical_crossentropy"}
    received = _(
        "{head} output with {loss}{logits}",
        head=name_activation(head),
        loss=loss or "custom",
        logits=" (from_logits=True)" if from_logits else "",
    )
    expected = _(
        "softmax output with {loss} (or a linear output with from_logits=True)",
        loss=loss if cross_entropy else usual,
    )
    if cross_entropy and head == "softmax" and not from_logits:
        return passed(_("softmax output and {loss} belong together.", loss=loss), received=received)
    if cross_entropy and head in {"linear", "log_softmax"} and from_logits:
        return passed(
            _("Raw outputs and {loss} with from_logits=True belong together.", loss=loss), received=received
        )
    if head in {"sigmoid", "probability"} and not from_logits and (cross_entropy or loss == "binary_crossentropy"):
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
    message: Words
    if cross_entropy and head == "softmax":
        message = _(
            "from_logits=True tells the loss to apply softmax itself, but the output already is a softmax. "
            "Remove one of the two."
        )
    elif cross_entropy and head == "linear":
        message = _(
            "{loss} needs probabilities, but the output layer has no activation. Add softmax, or say "
            "from_logits=True.",
            loss=loss,
        )
    elif not cross_entropy:
        message = _(
            "For exclusive classes the loss is {usual}: it compares whole distributions and punishes confident "
            "mistakes. Received: {loss}.",
            usual=usual,
            loss=loss,
        )
    elif head == "softmax over the rows":
        message = explain_softmax_over_rows()
    else:
        message = _(
            "The outputs of the network have to be a distribution over the classes: softmax. Received: {head}.",
            head=name_activation(head),
        )
    return failed(message, expected=expected, received=received)
