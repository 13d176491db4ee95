"""Misconceptions about the output: its activation, its units, and the loss and labels that it has to fit."""

from math import e

from grader.evidence import FitFacts
from grader.misconceptions.view import CROSS_ENTROPIES, Shown, View
from grader.text import T

# Losses for targets that are numbers. Hinge, focal and Kullback-Leibler losses are losses for classes as well.
NUMBER_LOSSES = frozenset(
    {
        "mean_squared_error"
    ,
        "mean_absolute_error"
    , "mean_absolute_percentage_error", "mean_squared_logarithmic_error", "huber", "log_cosh"}
)  # fmt: skip
_BENT_OPERATIONS = frozenset(
    {"Relu", "Relu6", "LeakyRelu", "Elu", "Selu", "Sigmoid", "Tanh", "Softplus", "Softsign"}
)
_BENT_HEADS = frozenset({"sigmoid", "tanh", "elu", "selu", "softplus", "relu6", "leaky_relu"})


def head_missing_activation(view: View) -> Shown | None:
    """Cross-entropy that is given raw outputs."""
    loss, from_logits = view.loss
    if view.head != "linear" or from_logits or loss not in CROSS_ENTROPIES | {"binary_crossentropy"}:
        return None
    return Shown(
        T(
            "The output layer has no activation, but {loss} takes what comes out for probabilities. Raw "
            "outputs can be negative or larger than 1, and the logarithm in the loss makes no sense of "
            'them. Give the output layer activation="softmax", or compile with a loss that was made with '
            "from_logits=True.",
            loss=loss,
        )
    )


def double_softmax(view: View) -> Shown | None:
    """Softmax applied twice: by two layers, or by the output and the loss."""
    units = view.units or 0
    if units < 2 or view.head != "softmax":
        return None
    # Softmax of a one-hot row: one e and `units` - 1 ones.
    most = e / (e + units - 1)
    if view.last_nodes == ("Softmax", "Softmax"):
        return Shown(
            T(
                "The network ends with softmax twice in a row. The second one gets numbers from 0 to 1, so "
                "no class can ever have a probability above {most:.2f}, however sure the network is. Remove "
                "one of the two.",
                most=most,
            )
        )
    loss, from_logits = view.loss
    if not from_logits or loss not in CROSS_ENTROPIES:
        return None
    return Shown(
        T(
            "The output is a softmax, and {loss} has from_logits=True, which says: apply softmax for me. "
            "Twice is once too often: no class could have a probability above {most:.2f}. Drop "
            "from_logits=True, or the softmax of the output layer.",
            loss=loss,
            most=most,
        )
    )


def softmax_one_unit(view: View) -> Shown | None:
    """Softmax over a single unit."""
    softmax = view.last_nodes[0] == "Softmax" or (not view.nodes and view.head == "softmax")
    if view.units != 1 or not softmax:
        return None
    return Shown(
        T(
            "The output layer has units=1 and softmax. Softmax divides by the sum over all units, so a "
            "single unit always gives 1, whatever the network has learned. Use one unit per class: "
            "units={classes}.",
            classes=view.task.classes,
        )
    )


def sigmoid_for_classes(view: View) -> Shown | None:
    """Independent yes-or-no outputs for classes that exclude one another."""
    loss, from_logits = view.loss
    inside_loss = loss == "binary_crossentropy" and from_logits and view.head == "linear"
    if not view.exclusive or (view.units or 0) < 2 or not (view.head == "sigmoid" or inside_loss):
        return None
    return Shown(
        T(
            "Each of the {units} outputs is a sigmoid: it answers yes or no for its own class and knows "
            "nothing of the others, so several can say yes at once, or none. Here each row belongs to "
            "exactly one class. Softmax with categorical_crossentropy makes the outputs compete.",
            units=view.units or 0,
        )
    )


def relu_head(view: View) -> Shown | None:
    """ReLU on the output layer of a classifier."""
    if not view.exclusive or view.head != "relu":
        return None
    return Shown(
        T(
            "The output layer has the activation relu. Its outputs are no probabilities: they never go "
            "below 0, have no upper end, and a unit that gives 0 gets no gradient and stops learning. Use "
            "relu in hidden layers and softmax for the output."
        )
    )


def loss_for_other_task(view: View) -> Shown | None:
    """A loss for numbers, or for yes-or-no questions, where there are classes."""
    loss, _ = view.loss
    if not view.exclusive:
        return None
    if loss in NUMBER_LOSSES:
        return Shown(
            T(
                "The loss is {loss}. It measures distances between numbers, so a confident mistake costs "
                "hardly more than a hesitant one, and its gradient gets small just where the network is "
                "most wrong. For classes use categorical_crossentropy.",
                loss=loss,
            )
        )
    if loss == "binary_crossentropy" and view.head == "softmax":
        return Shown(
            T(
                "The loss is binary_crossentropy: it treats the {units} outputs of the softmax as that many "
                "separate yes-or-no questions. For one class out of {classes} use categorical_crossentropy.",
                units=view.units or 0,
                classes=view.task.classes,
            )
        )
    return None


def sparse_vs_onehot(view: View) -> Shown | None:
    """Labels in one format, a loss for the other."""
    fit = view.fit
    if fit is None:
        return None
    loss = fit.loss if fit.loss not in {None, "", "custom"} else view.loss[0]
    shape = str(fit.y_shape)
    if loss == "sparse_categorical_crossentropy" and _label_format(fit) == "one_hot":
        return Shown(
            T(
                "fit was given one-hot labels {shape} together with sparse_categorical_crossentropy. "
                "`sparse` means: each label is one integer, such as 7. One-hot rows, such as [0, 0, 1], "
                "belong to categorical_crossentropy.",
                shape=shape,
            )
        )
    if loss == "categorical_crossentropy" and _label_format(fit) == "integers":
        return Shown(
            T(
                "fit was given integer labels {shape} together with categorical_crossentropy, which "
                "compares one column per class. Turn the labels into one-hot rows, or use "
                "sparse_categorical_crossentropy, which reads integers.",
                shape=shape,
            )
        )
    return None


def _label_format(fit: FitFacts) -> str:
    if len(fit.y_shape) == 2 and fit.y_shape[1] > 1:
        return "one_hot"
    return "integers" if len(fit.y_shape) in {1, 2} and fit.y_shape[0] > 0 else ""


def wrong_unit_count(view: View) -> Shown | None:
    """As many outputs as something else than classes."""
    units, classes = view.units, view.task.classes
    if not view.exclusive or units is None or units == classes or softmax_one_unit(view):
        return None
    if units == classes - 1:
        return Shown(
            T(
                "The output layer has units={units}, but there are {classes} classes: counting starts at 0, "
                "so the largest label is {units}. Each class needs an output of its own: units={classes}.",
                units=units,
                classes=classes,
            )
        )
    return Shown(
        T(
            "The output layer has units={units}. A classifier has one output for each class, and its "
            "largest output names the class; there are {classes} classes here. Set units={classes}.",
            units=units,
            classes=classes,
        )
    )


def activation_before_head(view: View) -> Shown | None:
    """Something non-linear right before softmax, which bends the raw outputs before they are compared."""
    operation, before = view.last_nodes
    loss, from_logits = view.loss
    if operation == "Softmax" and before in _BENT_OPERATIONS:
        name = before.lower()
    elif from_logits and loss in CROSS_ENTROPIES and view.head in _BENT_HEADS:
        name = view.head
    else:
        return None
    return Shown(
        T(
            "The last Dense layer has the activation {activation}, and its outputs then go through softmax. "
            "Softmax needs raw outputs that may be any number; {activation} cuts or squeezes them, so the "
            "network cannot say clearly no to a class. Let the last Dense layer have no activation but the "
            "softmax.",
            activation=name,
        )
    )


def missing_flatten(view: View) -> Shown | None:
    """An image or a sequence comes out where a row of class scores is expected."""
    shape = view.output_shape
    if not view.exclusive or len(shape) < 3:
        return None
    claimed = view.chain[-1].output_shape if view.chain else None  # names sizes that a graph leaves open
    shape = claimed if claimed is not None and len(claimed) == len(shape) else shape
    return Shown(
        T(
            "The output has the shape {shape}: one answer for each place of the picture instead of one for "
            "the whole row. Dense works on the last axis only and leaves the others as they are. Put "
            "Flatten() (or a global pooling layer) before the Dense layers.",
            shape=str(shape),
        )
    )


def not_compiled(view: View) -> Shown | None:
    """A network without loss and optimizer."""
    if view.model is None or (view.compiled is not None and view.compiled.loss):
        return None
    if view.compiled is not None:
        return Shown(
            T(
                "The network was compiled without a loss. The loss is what training makes smaller, so fit "
                'has nothing to do without one. Write model.compile(optimizer="adam", '
                'loss="categorical_crossentropy").'
            )
        )
    after = view.network.after
    if after is not None and after.facts.compiled is not None:
        return Shown(
            T(
                "build_model() returns a network that is not compiled; that happens only later, in train(). "
                "Head and loss are one decision: call model.compile(...) in build_model(), next to the "
                "output layer."
            )
        )
    return Shown(
        T(
            "build_model() returns a network that is not compiled. Without a loss and an optimizer, fit "
            "does not know what to make smaller, or how, and stops with an error. Call "
            "model.compile(optimizer=..., loss=...) before you return it."
        )
    )
