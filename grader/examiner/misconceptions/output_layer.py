"""Detect misconceptions about the output: its activation and its units."""

from math import e, isfinite

from grader.core.i18n import _
from grader.examiner.misconceptions.network_view import CROSS_ENTROPIES, Explanation, NetworkView

_BENT_HEADS = frozenset({"sigmoid", "tanh", "elu", "selu", "softplus", "relu6", "leaky_relu", "hard_tanh"})
_BENT = _BENT_HEADS | {"relu", "softsign", "silu", "gelu"}


def head_missing_activation(view: NetworkView) -> Explanation | None:
    """Cross-entropy that is given raw outputs."""
    loss, from_logits = view.loss
    if view.output_activation != "linear" or from_logits or loss not in CROSS_ENTROPIES | {"binary_crossentropy"}:
        return None
    if view.task.kind != "classification":
        return None
    return Explanation(
        _(
            "The output layer has no activation, but {loss} takes what comes out for probabilities. Raw "
            "outputs can be negative or larger than 1, and the logarithm in the loss makes no sense of "
            'them. Give the output layer activation="{activation}", or compile with a loss that was made with '
            "from_logits=True.",
            loss=loss,
            activation=view.usual_activation,
        )
    )


def double_softmax(view: NetworkView) -> Explanation | None:
    """Softmax applied twice: by two layers, or by the output and the loss."""
    units = view.units or 0
    if units < 2 or view.output_activation != "softmax":
        return None
    # Softmax of a one-hot row: one e and `units` - 1 ones.
    most = e / (e + units - 1)
    if view.stacked == ("softmax", "softmax"):
        return Explanation(
            _(
                "The network ends with softmax twice in a row. The second one gets numbers from 0 to 1, so "
                "no class can ever have a probability above {most:.2f}, however sure the network is. Remove "
                "one of the two.",
                most=most,
            )
        )
    loss, from_logits = view.loss
    if not from_logits or loss not in CROSS_ENTROPIES:
        return None
    return Explanation(
        _(
            "The output is a softmax, and {loss} has from_logits=True, which says: apply softmax for me. "
            "Twice is once too often: no class could have a probability above {most:.2f}. Drop "
            "from_logits=True, or the softmax of the output layer.",
            loss=loss,
            most=most,
        )
    )


def softmax_one_unit(view: NetworkView) -> Explanation | None:
    """Softmax over a single unit."""
    if view.units != 1 or view.output_activation != "softmax":
        return None
    if view.is_binary:
        return Explanation(
            _(
                "The output layer has units=1 and softmax. Softmax divides by the sum over all units, so a "
                "single unit always gives 1, whatever the network has learned: yes to every row. For a question "
                'of yes or no, use activation="sigmoid".'
            )
        )
    if not view.has_exclusive_classes:
        return Explanation(
            _(
                "The output layer has units=1 and softmax. Softmax divides by the sum over all units, so a "
                "single unit always gives 1, whatever the network has learned. For a number, let the output "
                "layer have no activation."
            )
        )
    return Explanation(
        _(
            "The output layer has units=1 and softmax. Softmax divides by the sum over all units, so a "
            "single unit always gives 1, whatever the network has learned. Use one unit per class: "
            "units={classes}.",
            classes=view.task.classes,
        )
    )


def sigmoid_for_classes(view: NetworkView) -> Explanation | None:
    """Independent yes-or-no outputs for classes that exclude one another."""
    loss, from_logits = view.loss
    inside_loss = loss == "binary_crossentropy" and from_logits and view.output_activation == "linear"
    if (
        not view.has_exclusive_classes
        or (view.units or 0) < 2
        or not (view.output_activation == "sigmoid" or inside_loss)
    ):
        return None
    return Explanation(
        _(
            "Each of the {units} outputs is a sigmoid: it answers yes or no for its own class and knows "
            "nothing of the others, so several can say yes at once, or none. Here each row belongs to "
            "exactly one class. Softmax with {usual} makes the outputs compete.",
            units=view.units or 0,
            usual=view.usual_loss,
        )
    )


def relu_head(view: NetworkView) -> Explanation | None:
    """ReLU on the output layer, where a probability or any number should come out."""
    if view.output_activation != "relu":
        return None
    if view.is_regression:
        if view.unreachable_targets is None:
            return None
        return Explanation(
            _(
                "The output layer has the activation relu. It cannot give a number below 0, and for each row for "
                "which it gives 0 it has no gradient: from such rows the network learns nothing, and an output "
                "that is 0 for all of them never changes again. Use relu in hidden layers only."
            )
        )
    if view.task.kind != "classification":
        return None
    return Explanation(
        _(
            "The output layer has the activation relu. Its outputs are no probabilities: they never go "
            "below 0, have no upper end, and a unit that gives 0 gets no gradient and stops learning. Use "
            "relu in hidden layers and {activation} for the output.",
            activation=view.usual_activation,
        )
    )


def bounded_regression_head(view: NetworkView) -> Explanation | None:
    """An output that cannot reach the numbers that it should give."""
    targets = view.unreachable_targets
    if targets is None or softmax_one_unit(view):
        return None
    (low, high), (least, most) = targets, view.output_bounds
    if isfinite(most):
        return Explanation(
            _(
                "The targets go from {low:.3g} to {high:.3g}, but an output with the activation {activation} lies "
                "between {least:g} and {most:g}: the network cannot come near the other ones. For numbers, let "
                "the output layer have no activation.",
                low=low,
                high=high,
                activation=view.output_activation,
                least=least,
                most=most,
            )
        )
    return Explanation(
        _(
            "The targets go from {low:.3g} to {high:.3g}, but an output with the activation {activation} never "
            "lies below {least:g}: the network cannot come near the other ones. For numbers, let the output "
            "layer have no activation.",
            low=low,
            high=high,
            activation=view.output_activation,
            least=least,
        )
    )


def wrong_unit_count(view: NetworkView) -> Explanation | None:
    """As many outputs as something else than classes or targets."""
    units, classes, targets = view.units, view.task.classes, view.expected_units
    if units is None or not targets or units == targets or softmax_one_unit(view):
        return None
    if view.is_regression:
        return Explanation(
            _(
                "The output layer has units={units}. It needs one unit for each number that is to be predicted "
                "for a row: units={targets}. How much the network can learn is decided by its hidden layers.",
                units=units,
                targets=targets,
            )
        )
    if view.is_binary and units == 2:
        return Explanation(
            _(
                "The output layer has units=2, one for yes and one for no. A question of yes or no needs one "
                "output only: the probability of yes; that of no is 1 minus it. Set units=1 with "
                'activation="sigmoid" and binary_crossentropy, and leave the labels as they are, 0 and 1.'
            )
        )
    if view.is_binary:
        return Explanation(
            _(
                "The output layer has units={units}. A question of yes or no needs one output, the probability of "
                'yes. Set units=1 with activation="sigmoid".',
                units=units,
            )
        )
    if units == classes - 1:
        return Explanation(
            _(
                "The output layer has units={units}, but there are {classes} classes: counting starts at 0, "
                "so the largest label is {units}. Each class needs an output of its own: units={classes}.",
                units=units,
                classes=classes,
            )
        )
    return Explanation(
        _(
            "The output layer has units={units}. A classifier has one output for each class, and its "
            "largest output names the class; there are {classes} classes here. Set units={classes}.",
            units=units,
            classes=classes,
        )
    )


def activation_before_head(view: NetworkView) -> Explanation | None:
    """Something non-linear right before softmax, which bends the raw outputs before they are compared."""
    loss, from_logits = view.loss
    if view.is_binary and view.units == 1:
        return _before_sigmoid(view)
    if not view.has_exclusive_classes:
        return None
    if view.stacked[-1:] == ("softmax",) and view.stacked[-2] in _BENT:
        name = view.stacked[-2]
    elif from_logits and loss in CROSS_ENTROPIES and view.output_activation in _BENT_HEADS:
        name = view.output_activation
    else:
        return None
    return Explanation(
        _(
            "The last Dense layer has the activation {activation}, and its outputs then go through softmax. "
            "Softmax needs raw outputs that may be any number; {activation} cuts or squeezes them, so the "
            "network cannot say clearly no to a class. Let the last Dense layer have no activation but the "
            "softmax.",
            activation=name,
        )
    )


def _before_sigmoid(view: NetworkView) -> Explanation | None:
    """Something non-linear right before the sigmoid of a single output, in the network or in the loss."""
    loss, from_logits = view.loss
    inside_loss = loss == "binary_crossentropy" and from_logits
    if inside_loss and view.output_activation == "sigmoid":
        return Explanation(
            _(
                "The output is a sigmoid, and binary_crossentropy has from_logits=True, which says: apply the "
                "sigmoid for me. Twice is once too often: between 0 and 1, the second one gives no probability "
                "below 0.5. Drop from_logits=True, or the sigmoid of the output layer."
            )
        )
    if view.stacked[-1:] == ("sigmoid",) and view.stacked[-2] in _BENT:
        name = view.stacked[-2]
    elif inside_loss and view.output_activation in _BENT_HEADS | {"relu"}:
        name = view.output_activation
    else:
        return None
    return Explanation(
        _(
            "The last Dense layer has the activation {activation}, and its output then goes through a "
            "sigmoid. The sigmoid needs a raw output that may be any number; {activation} cuts or squeezes "
            "it, so there is an answer, yes or no, of which the network can never be sure. Let the last Dense "
            "layer have no activation but the sigmoid.",
            activation=name,
        )
    )


def missing_flatten(view: NetworkView) -> Explanation | None:
    """An image or a sequence comes out where one answer for the row is expected."""
    shape = view.output_shape
    if not view.expected_units or len(shape) < 3:
        return None
    claimed = view.chain[-1].output_shape if view.chain else None  # names sizes that a graph leaves open
    shape = claimed if claimed is not None and len(claimed) == len(shape) else shape
    return Explanation(
        _(
            "The output has the shape {shape}: one answer for each place of a picture or each step of a sequence "
            "instead of one for the whole row. Dense works on the last axis only and leaves the others as they "
            "are. Put Flatten() (or a global pooling layer) before the Dense layers.",
            shape=str(shape),
        )
    )
