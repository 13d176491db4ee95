"""Detect misconceptions about what a network is built of, and about units that no longer do anything."""

from itertools import pairwise

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import _
from grader.examiner.misconceptions.network_view import Explanation, NetworkView
from grader.protocol.evidence import LayerFacts

# Srivastava et al. (2014), "Dropout", section 7.3 and A.4: keep half or more of the hidden units.
HIGH_DROPOUT = 0.5
# The course's own solution has 50 parameters for each row and generalises well. Twenty times that is too many.
PARAMETERS_PER_ROW = 1000
# Sparse activations are what relu is for; only where most units answer to no input at all, capacity is lost.
DEAD_SHARE = 0.5
# Catalogue: "beyond ±5 for most inputs"; there, the slope of a sigmoid is below 0.007.
SATURATED_SHARE = 0.5
# A least-squares plane leaves 1e-6 of the raw outputs of a linear network (float32), and 1e-2 or more of others.
LINEAR_RESIDUAL = 1e-3

_LINEAR_LAYERS = frozenset(
    {"Dropout", "Flatten", "Reshape", "BatchNormalization", "GaussianDropout", "GaussianNoise"}
)


def no_hidden_nonlinearity(view: NetworkView) -> Explanation | None:
    """Layers in a row with nothing non-linear between them."""
    graph = view.model.graph if view.model is not None else None
    if graph is not None and graph.hidden >= len(graph.kernels) - 1:
        return None
    steps = [
        layer for layer in view.chain if layer.kind not in _LINEAR_LAYERS and not _is_linear_activation(layer)
    ]
    for first, second in pairwise(steps):
        if first.kind == second.kind == "Dense" and first.activation == "linear":
            return Explanation(
                _(
                    "{first} has no activation and is followed by {second}. Two linear layers in a row "
                    "compute nothing that one could not, however many units they have. Leave {first} out, or, "
                    'where the network may have hidden layers, give it an activation, for example "relu".',
                    first=first.name,
                    second=second.name,
                )
            )
    if graph is None or graph.hidden or not _is_affine(view):
        return None
    return Explanation(
        _(
            "The network multiplies with {kernels} kernels and has nothing non-linear between them. Linear "
            "layers in a row compute nothing that a single one could not. Put an activation such as relu "
            "after each hidden layer, or leave these out.",
            kernels=len(graph.kernels),
        )
    )


def _is_linear_activation(layer: LayerFacts) -> bool:
    return layer.kind == "Activation" and layer.activation == "linear"


def _is_affine(view: NetworkView) -> bool:
    """Return whether a plane through the validation rows gives exactly the raw outputs of the network."""
    outputs = view.model.outputs.get("x_val") if view.model is not None else None
    x = view.rows("x_val")
    if (
        outputs is None
        or x is None
        or outputs.ndim != 2
        or len(x) != len(outputs)
        or not np.isfinite(outputs).all()
    ):
        return False
    raw = outputs.astype(np.float64)
    if view.output_activation == "softmax":  # its logarithm is the raw output, up to one number for each row
        raw = np.log(np.maximum(raw, 1e-30))
        raw -= raw.mean(axis=1, keepdims=True)
    elif view.output_activation != "linear":
        return False
    design = np.hstack([x.reshape(len(x), -1).astype(np.float64), np.ones((len(x), 1))])
    if design.shape[1] >= len(x):
        return False
    plane, *_ = np.linalg.lstsq(design, raw, rcond=None)
    return bool(np.abs(design @ plane - raw).max() <= LINEAR_RESIDUAL * max(float(raw.std()), 1e-6))


def constant_init(view: NetworkView) -> Explanation | None:
    """Hidden units that all begin with the same weights."""
    before, after = view.kernels
    for position, kernel in enumerate(before[:-1]):  # the outputs are told apart by their labels
        if not _are_twins(kernel):
            continue
        units = int(kernel.shape[-1])
        if position < len(after) and _are_twins(after[position]):
            return Explanation(
                _(
                    "All {units} units of a hidden layer began with the same weights and still have the "
                    "same weights after training: they are one unit. Equal units get equal gradients. Leave "
                    "kernel_initializer at its random default instead of zeros, ones or a constant.",
                    units=units,
                )
            )
        return Explanation(
            _(
                "All {units} units of a hidden layer begin with the same weights. They see the same and can "
                "learn different things only by what later layers do to them. Leave kernel_initializer at "
                "its random default instead of zeros, ones or a constant.",
                units=units,
            )
        )
    return None


def _are_twins(kernel: Array) -> bool:
    return bool(kernel.ndim >= 2 and kernel.shape[-1] > 1 and kernel.size and (kernel == kernel[..., :1]).all())


def dropout_too_high(view: NetworkView) -> Explanation | None:
    """A dropout layer that takes away more than it leaves."""
    layers = view.model.facts.layers if view.model is not None else ()
    rates = [layer.rate for layer in layers if "Dropout" in layer.kind and layer.rate is not None]
    rate = max(rates, default=0.0)
    if not rate > HIGH_DROPOUT:
        return None
    return Explanation(
        _(
            "A dropout rate of {rate:g} switches off {rate:.0%} of the units in every training step: rate is "
            "the share that is dropped, not the one that is kept. Too little gets through to learn from. "
            "Rates of 0.2 to 0.5 are usual.",
            rate=rate,
        )
    )


def order_of_norm_and_dropout(view: NetworkView) -> Explanation | None:
    """Batch normalization that measures what dropout has just changed."""
    layers = [layer for layer in view.chain if layer.kind not in {"Activation", "ReLU", "Flatten", "Reshape"}]
    for first, second in pairwise(layers):
        if first.kind == "Dropout" and second.kind == "BatchNormalization" and first.rate:
            # Li et al. (2019), "Understanding the disharmony between dropout and batch normalization".
            return Explanation(
                _(
                    "{norm} comes right after {dropout}. In training it measures values of which dropout "
                    "has removed {rate:.0%}, in prediction all are there, so its statistics do not fit any "
                    "more. Put BatchNormalization first and Dropout after it.",
                    norm=second.name,
                    dropout=first.name,
                    rate=first.rate,
                )
            )
    return None


def network_too_big(view: NetworkView) -> Explanation | None:
    """Far more weights than rows to learn them from, or than the problem deserves."""
    train_rows = view.rows("x_train")
    rows = view.fit.x_shape[0] if view.fit is not None else 0 if train_rows is None else len(train_rows)
    parameters = view.model.facts.trainable_parameters if view.model is not None else 0
    limit = view.task.parameters
    if 0 < limit < parameters:
        return Explanation(
            _(
                "The network has {parameters} weights; at most {limit} are reasonable for this problem. The "
                "best network is the smallest one that solves it: it is trained faster, and has less room to "
                "learn rows by heart. Halve the units as long as the validation score does not fall.",
                parameters=parameters,
                limit=limit,
            )
        )
    if rows == 0 or parameters <= PARAMETERS_PER_ROW * rows:
        return None
    return Explanation(
        _(
            "The network has {parameters} weights for {rows} training rows. It is slow to train and has "
            "room to learn every row by heart. Try a tenth of the units; the validation score will "
            "hardly change.",
            parameters=parameters,
            rows=rows,
        )
    )


def dead_relu(view: NetworkView) -> Explanation | None:
    """ReLU units that give 0 for every input."""
    taps = view.taps("Relu")
    total, dead = sum(tap.units for tap in taps), sum(tap.never_positive for tap in taps)
    whole_layer = any(tap.never_positive == tap.units > 0 for tap in taps)
    if not taps or not (whole_layer or dead > DEAD_SHARE * total):
        return None
    return Explanation(
        _(
            "After training, {dead} of {total} relu units give 0 for every held-out row. Where relu gives 0 "
            "its gradient is 0 too, so a unit that gives 0 for every row never learns again. A smaller "
            "learning rate, scaled inputs or leaky_relu keep units alive.",
            dead=dead,
            total=total,
        )
    )


def saturated_units(view: NetworkView) -> Explanation | None:
    """Hidden sigmoid or tanh units that stand at the ends of their range."""
    share = max((tap.beyond_five for tap in view.taps("Sigmoid", "Tanh")), default=0.0)
    if not share > SATURATED_SHARE:
        return None
    return Explanation(
        _(
            "In a hidden layer with sigmoid or tanh, {share:.0%} of the values before the activation lie "
            "beyond ±5. There the curve is flat, so hardly any gradient gets through. Scale the inputs, "
            "begin with smaller weights, or use relu in hidden layers.",
            share=share,
        )
    )
