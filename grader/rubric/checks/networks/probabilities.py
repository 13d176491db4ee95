"""The probability of class 1 from a network's outputs, and where along one feature it crosses one half."""

import numpy as np

from grader.core.arrays import Array
from grader.evidence.case import Case
from grader.evidence.loss_identity import identify_network_loss
from grader.evidence.losses import softmax
from grader.evidence.network import Model, read_network
from grader.protocol.training import Training
from grader.rubric.checks.networks.output_and_loss import read_last_compiled


def as_columns(outputs: Array) -> Array:
    """Reshape outputs (n,) to (n, 1); others are returned unchanged."""
    return outputs[:, None] if outputs.ndim == 1 else outputs


def compute_likelihoods(outputs: Array, activation: str, *, from_logits: bool) -> tuple[Array, ...]:
    """Return the probability of class 1 for each row.

    Args:
        outputs: shape (n,), (n, 1) or (n, 2).
        activation: of the output layer.
        from_logits: whether the loss applies the sigmoid or softmax itself.

    Returns:
        One array (n,) for each way to read the outputs, where activation and loss leave that open; none for
        outputs of another shape.
    """
    outputs = as_columns(outputs)
    if outputs.ndim != 2 or outputs.shape[1] not in {1, 2}:
        return ()
    values = outputs.astype(np.float64)
    if outputs.shape[1] == 2:
        second = softmax(values)[:, 1]
        return (
            (values[:, 1],)
            if activation == "softmax"
            else (second,)
            if activation == "linear"
            else (values[:, 1], second)
        )
    raw = values[:, 0]
    if activation in {"sigmoid", "probability"}:
        return (raw,)
    return (sigmoid(raw),) if activation == "linear" and from_logits else (raw, sigmoid(raw))


def sigmoid(raw: Array) -> Array:
    """Return the logistic function of each number, without overflow."""
    squashed: Array = 1.0 / (1.0 + np.exp(-np.clip(raw, -700.0, 700.0)))
    return squashed


def _logit(likely: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        odds: Array = np.log(likely) - np.log1p(-likely)
    return odds


def reads_logits(case: Case, training: Training, model: Model) -> bool:
    """Return whether the loss applies the sigmoid itself."""
    described, compiled = read_last_compiled(case, training, model)
    return compiled is not None and identify_network_loss(case, training, described, compiled).from_logits


def find_own_borders(case: Case, training: Training, model: Model, outputs: Array | None = None) -> list[float]:
    """Return the borders of a network, as `find_borders`, for the reading of its outputs that its training leaves.

    A straight output that is trained towards labels 0 and 1 by its distance from them is 0.5 at the border; one
    that is trained towards -1 and 1 is 0 there.
    """
    assert model.graph is not None
    fit = read_network(case, training, case.seeds[0]).last_fit
    described, compiled = read_last_compiled(case, training, model)
    loss = identify_network_loss(case, training, described, compiled) if compiled is not None else None
    is_open = model.output_activation == "linear" and loss is not None and not loss.from_logits
    level = _READINGS.get(loss.name) if is_open and loss is not None else None
    if level is None or fit is None or fit.y_range is None:
        return find_borders(case, training, model, outputs)
    outputs = model.outputs["x_probe"] if outputs is None else outputs
    x = case.outside[training.array("x_probe")][:, 0].astype(np.float64)
    raw = as_columns(outputs)
    if raw.shape[1] != 1 or not np.isfinite(raw).all() or float(np.ptp(raw)) < _FLAT:
        return find_borders(case, training, model, outputs)
    level = 0.0 if fit.y_range[0] < 0 else level
    borders = find_level(x, raw[:, 0].astype(np.float64), level)
    return borders or [(level - b) / w for w, b in [read_neuron(model) or (0.0, 0.0)] if w]


# What a straight output is at the border, by the loss that trains it towards labels 0 and 1.
_READINGS = {
    **dict.fromkeys(
        ("mean_squared_error", "mean_absolute_error", "huber", "log_cosh", "binary_crossentropy"), 0.5
    ),
    **dict.fromkeys(("hinge", "squared_hinge"), 0.0),  # Keras makes -1 of labels that are 0
}


def find_borders(case: Case, training: Training, model: Model, outputs: Array | None = None) -> list[float]:
    """Return where the probability of a network of one feature is 0.5, from its graph's outputs along `x_probe`.

    Where head and loss leave open how to read its outputs, there is one for each way. One that lies beyond the
    ramp is that of the only weight and its bias.
    """
    return [border for borders in find_borders_of_readings(case, training, model, outputs) for border in borders]


def find_borders_of_readings(
    case: Case, training: Training, model: Model, outputs: Array | None = None
) -> list[list[float]]:
    """Return `find_borders`, apart for each way to read the outputs; a neuron has one border in each."""
    assert model.graph is not None
    outputs = model.outputs["x_probe"] if outputs is None else outputs
    x = case.outside[training.array("x_probe")][:, 0].astype(np.float64)
    if not np.isfinite(outputs).all() or float(np.ptp(outputs)) < _FLAT:
        return []
    likelihoods = compute_likelihoods(
        outputs, model.output_activation, from_logits=reads_logits(case, training, model)
    )
    borders_of_readings = [find_crossings(x, likely) for likely in likelihoods]
    if not any(borders_of_readings) or len(likelihoods) > 1:
        borders_of_readings += [[border] for border in _of_weights(model)]
    return [borders for borders in borders_of_readings if borders]


_FLAT = 1e-6


def find_crossings(x: Array, likely: Array, level: float = 0.0) -> list[float]:
    """Return where the logit of a likelihood crosses a level: along a straight line for a single neuron."""
    return find_level(x, np.clip(_logit(np.clip(likely, 0.0, 1.0)), -40.0, 40.0), level)


def find_level(x: Array, logit: Array, level: float) -> list[float]:
    """Return where values along x cross a level, on the straight lines between them."""
    logit = logit - level
    signs = np.sign(logit)
    exact = [float(x[i]) for i in range(1, len(x) - 1) if signs[i] == 0 and signs[i - 1] * signs[i + 1] < 0]
    between = np.flatnonzero(signs[:-1] * signs[1:] < 0)
    return exact + [float(x[i] - logit[i] * (x[i + 1] - x[i]) / (logit[i + 1] - logit[i])) for i in between]


def read_neuron(model: Model) -> tuple[float, float] | None:
    """Return the only weight of a network of one feature, and its bias; None where it has others, or none."""
    assert model.graph is not None
    kernels = [kernel for _, kernel in model.graph.kernels]
    if len(kernels) != 1 or kernels[0].size != 1:
        return None
    biases = [float(w.ravel()[0]) for w in model.graph.weights if w.size == 1 and w is not kernels[0]]
    return (float(kernels[0].ravel()[0]), biases[0]) if len(biases) == 1 else None


def _of_weights(model: Model) -> list[float]:
    """Return -b / w of the only weight of a network of one feature, and of its bias."""
    assert model.graph is not None
    kernels = [kernel for _, kernel in model.graph.kernels]
    if len(kernels) != 1 or kernels[0].size != 1 or not kernels[0].any():
        return []
    biases = [float(w.ravel()[0]) for w in model.graph.weights if w.size == 1 and w is not kernels[0]]
    return [-bias / float(kernels[0].ravel()[0]) for bias in biases or [0.0]]
