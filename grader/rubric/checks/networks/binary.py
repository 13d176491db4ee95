"""Checks of a network that answers yes or no with a single neuron: a logistic regression."""

from dataclasses import dataclass, replace

from grader.core.i18n import Words, _
from grader.evidence.affine import is_bent, keeps_its_summand
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, partial, passed
from grader.evidence.loss_identity import IdentifiedLoss
from grader.evidence.network import Model, is_usable, read_network
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.protocol.verdict import Status
from grader.rubric.checks.fitting import require_argument, require_yes_or_no
from grader.rubric.checks.networks.no_graph import explain_no_graph
from grader.rubric.checks.networks.output_and_loss import (
    explain_softmax_over_rows,
    name_activation,
    read_whole_loss,
)
from grader.rubric.checks.networks.own_loss import explain_own_loss, find_odd_labels
from grader.rubric.checks.networks.several import EachNetwork
from grader.rubric.checks.networks.single import NetworkCheck, count_outputs, require_certified
from grader.rubric.data.dataset import Data

# What the numbers of a single output, or of two, are compared with.
_CROSS_ENTROPIES = frozenset({"binary_crossentropy", "binary_focal_crossentropy"})
_CLASS_LOSSES = frozenset({"categorical_crossentropy", "sparse_categorical_crossentropy"})


@dataclass(frozen=True)
class OneNeuron(EachNetwork):
    """Each network is one Dense layer with one unit and a bias, on as many features as it was asked for.

    Two units, one for each answer, keep half of the points: right, but for another exercise.

    >>> OneNeuron((Training(arguments=(30,), name="thirty"), Training(arguments=(1,), name="one")))
    """

    kinds = frozenset({"classification"})
    topics = frozenset({"architecture"})

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where the parameters do not fit the exercise."""
        require_yes_or_no(self, task)
        require_argument(self, self.networks, data)

    def judge(self, case: Case) -> Judgement:
        """Judge the networks as they are built; the first that is not right is told."""
        judgements = [self.judged(case, network) for network in self.networks]
        wrong = next((j for j in judgements if j.status is not Status.PASSED), judgements[0])
        # Where it is not the first network, that one can be judged all the same.
        return wrong if wrong is judgements[0] else replace(wrong, blocks=False)

    def judge_one(self, case: Case, network: Training) -> Judgement:
        """Judge one network by what stands in its graph."""
        require_rows_accepted(case, network)
        model = require_certified(case, network, after=False)
        assert model.graph is not None
        expected = _("one Dense layer with units=1")
        units = count_outputs(model)
        if units is None:
            shape = str(model.output_shape)
            message = _("Expected one number for each row. Received: outputs of shape {shape}.", shape=shape)
            return failed(message, expected=expected, received=shape)
        if units != 1:
            return self._other_units(units, expected)
        layers = len(model.graph.kernels)
        if layers > 1:
            # What builds on the network can be judged all the same: one mistake, one criterion.
            return failed(
                _(
                    "Logistic regression is a single Dense layer. Received: {layers} layers with weights. The "
                    "hidden layer makes it another network, whose borders are curved.",
                    layers=layers,
                )
                if model.graph.hidden
                else _(
                    "Logistic regression is a single Dense layer. Received: {layers} layers with weights. "
                    "Without an activation between them they can do no more than one; remove all but the last.",
                    layers=layers,
                ),
                expected=expected,
                received=_("layers with weights: {count}", count=layers),
                blocks=False,
            )
        if is_bent(case, network):
            return failed(
                _(
                    "What the network computes in front of its sigmoid is no weighted sum of the features: "
                    "something bends them on the way, such as an activation or a formula of your own. Logistic "
                    "regression is sigmoid(w·x + b). Leave out whatever is not that; to scale or to flatten the "
                    "features first is fine."
                ),
                expected=expected,
                received=_("something that is not linear in front of the sigmoid"),
                blocks=False,
            )
        if _without_bias(model) or (_adds_a_number(model) and keeps_its_summand(case, network)):
            return failed(
                _(
                    "The neuron has no bias. Then it says 0.5 wherever all features are 0, whatever the data "
                    "say. Leave out use_bias=False."
                ),
                expected=_("weights and a bias"),
                received=_("weights only"),
                blocks=False,
            )
        return passed(_("One neuron: one weight for each feature, and a bias."))

    def _other_units(self, units: int, expected: Words) -> Judgement:
        received = _("{count} output units", count=units)
        if units == 2:
            return partial(
                0.5,
                _(
                    "The network has two output units, one for each answer. That can work, but it is the "
                    "network of another exercise: the second one only says what the first leaves. For yes or "
                    "no, one unit with sigmoid is enough."
                ),
                expected=expected,
                received=received,
            )
        return failed(
            _("Expected a single output unit, for yes or no. Received: units={units}.", units=units),
            expected=expected,
            received=received,
        )


def require_rows_accepted(case: Case, network: Training) -> None:
    """Require a network that can be called on rows of the number of features that it was asked for.

    Raises:
        PreconditionFailedError: it cannot.
    """
    before = read_network(case, network, case.seeds[0]).before
    if before is not None and before.facts.graph is None:
        row = case.inside[network.array("x_train")].shape[1:]
        raise PreconditionFailedError(explain_no_graph(before, network, row))


def _without_bias(model: Model) -> bool:
    """Return whether the graph holds one kernel, and nothing that is added to what it gives."""
    assert model.graph is not None
    return len(model.graph.kernels) == 1 and len(model.graph.weights) == 1 and not model.graph.has_summand


def _adds_a_number(model: Model) -> bool:
    """Return whether the graph holds one kernel, and adds a single number that may be a weight or not."""
    assert model.graph is not None
    return len(model.graph.kernels) == 1 and len(model.graph.weights) == 1 and model.graph.has_summand


@dataclass(frozen=True)
class YesOrNo(NetworkCheck):
    """Output activation, loss and labels fit one another, for a single output that says yes or no.

    >>> YesOrNo(Training())
    """

    kinds = frozenset({"classification"})
    topics = frozenset({"head"})

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where the parameters do not fit the exercise."""
        require_yes_or_no(self, task)

    def is_independent(self, case: Case) -> bool:
        """Return whether there is a network at all: its output and its loss are judged, whatever it looks like."""
        return is_usable(case, self.training)

    def judge(self, case: Case) -> Judgement:
        """Judge head, loss and labels as they are when `fit` gets them."""
        model = require_certified(case, self.training, after=False)
        fit = read_network(case, self.training, case.seeds[0]).last_fit
        odd_labels = find_odd_labels(case, self.training)
        if odd_labels is not None:
            return odd_labels
        loss = read_whole_loss(case, self.training, model)
        if fit is not None and fit.y_range is not None and fit.y_range[0] < 0.0:
            return _explain_negative_labels(fit.y_range, loss)
        units = count_outputs(model) or 0
        assert model.graph is not None
        return (_squashed_twice(model.stacked) if units == 1 else None) or _fit_of_head_and_loss(
            model.output_activation, units, loss
        )


def _explain_negative_labels(label_range: tuple[float, float], loss: IdentifiedLoss) -> Judgement:
    """Return the judgement for labels below 0: with another loss than cross-entropy, both are one mistake."""
    message = _(
        "fit was given labels from {low:g} to {high:g}. A sigmoid gives numbers from 0 to 1, and "
        "binary_crossentropy reads the label as a probability: use 0 and 1.",
        low=label_range[0],
        high=label_range[1],
    )
    if not loss.is_proper and loss.name not in _CROSS_ENTROPIES:
        message = _(
            "fit was given labels from {low:g} to {high:g}, and the loss is {loss}: from both, no probability is "
            "learned. For yes or no, three things belong together: one sigmoid output, binary_crossentropy, and "
            "the labels 0 and 1.",
            low=label_range[0],
            high=label_range[1],
            loss=loss.label,
        )
    return failed(
        message,
        expected=_("labels 0 and 1"),
        received=_("labels from {low:g} to {high:g}", low=label_range[0], high=label_range[1]),
    )


def _squashed_twice(stacked: tuple[str, ...]) -> Judgement | None:
    if not stacked:
        return None
    return failed(
        _(
            "Two activations follow one another at the output: {stacked}. The second one gets numbers "
            "that are squashed already, and can never be sure. Leave only the sigmoid.",
            stacked=", ".join(stacked),
        ),
        expected=_("one activation at the output: sigmoid"),
        received=", ".join(stacked),
    )


def _fit_of_head_and_loss(head: str, units: int, loss: IdentifiedLoss) -> Judgement:
    name = name_activation(head)
    received = _("{head} output with {loss}{logits}", head=name, loss=loss.label, logits=loss.note_of_logits)
    from_logits = loss.from_logits
    expected = _("sigmoid output with binary_crossentropy (or a linear output with from_logits=True)")
    right = (head in {"sigmoid", "probability"} and not from_logits) or (head == "linear" and from_logits)
    if units == 1 and right and (loss.is_proper or loss.name in _CROSS_ENTROPIES):
        if loss.is_proper:
            message = explain_own_loss(head)
        elif from_logits:
            message = _("A raw output and {loss} with from_logits=True belong together.", loss=loss.name)
        elif head == "probability":
            message = _(
                "The output is a number from 0 to 1, and {loss} reads it as a probability.", loss=loss.name
            )
        else:
            message = _("sigmoid output and {loss} belong together.", loss=loss.name)
        return passed(message, received=received)
    of_two = (head == "softmax" and not from_logits) or (head == "linear" and from_logits)
    if units == 2 and (loss.is_proper or loss.name in _CROSS_ENTROPIES | _CLASS_LOSSES) and of_two:
        return passed(
            _(
                "{head} output and {loss} belong together, for two units. That one unit is enough is counted "
                "where the network is built.",
                head=head,
                loss=loss.label,
            ),
            received=received,
        )
    return failed(_what_is_wrong(head, units, loss), expected=expected, received=received)


def _what_is_wrong(head: str, units: int, loss: IdentifiedLoss) -> Words:
    if head == "softmax" and units == 1:
        return _(
            "Softmax divides by the sum over all units. With a single unit that is the unit itself: the output "
            "is always 1, whatever the features are. Use sigmoid."
        )
    if head == "constant":
        return _(
            "The output is always the same number, whatever the features are. Let the output layer have the "
            "activation sigmoid and nothing behind it."
        )
    if head == "softmax over the rows":
        return explain_softmax_over_rows()
    if head == "relu":
        return _(
            "The output has the activation relu. It has no upper end, so it is no probability, and below 0 it "
            "stops learning. Use sigmoid, which gives numbers from 0 to 1."
        )
    right_losses = _CROSS_ENTROPIES | (_CLASS_LOSSES if units == 2 else frozenset())
    if not loss.is_proper and loss.name not in right_losses:
        return _(
            "For yes or no the loss is binary_crossentropy. Received: {loss}. Cross-entropy compares "
            "probabilities and punishes confident mistakes.",
            loss=loss.label,
        )
    if head in {"sigmoid", "probability"} and loss.from_logits and loss.is_own:
        return _("Your own loss applies the sigmoid itself, but the output already is one. Remove one of the two.")
    if head in {"sigmoid", "probability"} and loss.from_logits:
        return _(
            "from_logits=True tells the loss to apply the sigmoid itself, but the output already is a sigmoid. "
            "Remove one of the two."
        )
    if head == "linear" and loss.is_own:
        return _(
            "Your own loss takes the logarithm of a probability, but the output layer has no activation. Add "
            "sigmoid."
        )
    if head == "linear":
        return _(
            "{loss} needs probabilities, but the output layer has no activation. Add sigmoid, or say "
            "from_logits=True.",
            loss=loss.name,
        )
    return _(
        "The output of the network has to be a probability: sigmoid for one unit. Received: {head}, "
        "units={units}.",
        head=name_activation(head),
        units=units,
    )
