"""Checks of a network that is a straight line: one neuron, its weights and bias, and what it predicts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.checks.base import (
    Array,
    Case,
    Judgement,
    UnmetError,
    failed,
    flat,
    is_numeric,
    name_of,
    numbers,
    passed,
)
from grader.checks.networks import certified
from grader.checks.regression import least_squares
from grader.checks.several import AfterTraining, EachNetwork
from grader.evidence import ArrayValue, Entries, Items, Value
from grader.network import Model
from grader.plan import Array as Given
from grader.text import T, Words
from grader.training import Training

ROUNDING = 0.0051  # a coefficient that was rounded to two decimals is still that coefficient


@dataclass(frozen=True)
class LinearNeuron(EachNetwork):
    """Exactly one Dense layer with one unit, linear, with a bias, judged by what the frozen graph computes.

    >>> LinearNeuron((Training(name="one", arguments=(1,)), Training(name="ten", arguments=(10,))))
    """

    topics = frozenset({"architecture", "head"})

    def judge_one(self, case: Case, network: Training) -> Judgement:
        """Judge what stands in the graph; what builds on the network can be judged all the same."""
        model = certified(case, network, after=False)
        assert model.graph is not None
        units = _units(model)
        if units != 1:
            return _wrong_units(model, units)
        problem = _not_one_line(model) or _bent(model) or _without_bias(model)
        return problem or passed(
            T("One Dense layer with one unit, linear, with a bias: that is a linear regression."),
            received=T("parameters: {count}", count=model.facts.parameters),
        )


def _units(model: Model) -> int | None:
    """Return how many numbers come out for one row; outputs (n,) and (n, 1) are both one."""
    shape = model.facts.graph.output_shape if model.facts.graph else ()
    return 1 if len(shape) == 1 else model.units


def _wrong_units(model: Model, units: int | None) -> Judgement:
    shape = str(model.facts.graph.output_shape if model.facts.graph else ())
    received = T("{count} output units", count=units) if units else T("outputs of shape {shape}", shape=shape)
    return failed(
        T("Expected a single number for each row: Dense(1). Received: {received}.", received=received),
        expected=T("{count} output units", count=1),
        received=received,
    )


def _not_one_line(model: Model) -> Judgement | None:
    assert model.graph is not None
    kernels = [kernel.shape for _, kernel in model.graph.kernels]
    expected = T("one Dense layer")
    received = T("{count} layers with weights", count=len(kernels))
    shapes = T("{count} layers with weights: {shapes}", count=len(kernels), shapes=_shapes(kernels))
    if len(kernels) > 1 and model.graph.hidden:
        return failed(
            T(
                "Expected one Dense layer. Received: {received}, with something non-linear between them. That "
                "network bends its line; a linear regression has no hidden layer.",
                received=received,
            ),
            expected=expected,
            received=shapes,
            blocks=False,
        )
    if len(kernels) > 1:
        return failed(
            T(
                "Expected one Dense layer. Received: {received}. Without an activation between them they "
                "collapse into one: a linear function of a linear function is linear. Remove all but Dense(1).",
                received=received,
            ),
            expected=expected,
            received=shapes,
            blocks=False,
        )
    if not kernels and not model.graph.weights:
        return failed(
            T("The network has no weights that its input is multiplied with. Is a Dense layer missing?"),
            expected=expected,
            received=T("no weights"),
            blocks=False,
        )
    return None


def _shapes(shapes: Sequence[tuple[int, ...]]) -> str:
    return ", ".join("×".join(map(str, shape)) for shape in shapes)


def _bent(model: Model) -> Judgement | None:
    """Return the judgement for an output that an activation bends, else None."""
    assert model.graph is not None
    bends = list(model.graph.dense[-1].activations) if model.graph.dense else []
    if not bends and model.graph.head != "linear":
        bends = [model.graph.head]
    if not bends:
        return None
    if bends[-1] in {"relu", "relu6"}:
        message = T(
            "The output goes through relu, which gives nothing below zero: negative targets can never be "
            "predicted, and a unit that is below zero no longer learns. Leave the activation of the output "
            "layer out."
        )
    elif bends[-1] == "softmax":
        message = T("softmax over a single unit is always 1. Leave the activation of the output layer out.")
    else:
        message = T(
            "The output goes through {activation}, which bends and limits it. A linear regression predicts any "
            "number: leave the activation of the output layer out.",
            activation=bends[-1],
        )
    return failed(
        message,
        expected=T("a linear output"),
        received=T("a {activation} output", activation=bends[-1]),
        blocks=False,
    )


def line_of(model: Model) -> tuple[Array, float] | None:
    """Return weights and bias of what the network computes, from its outputs for zeros and for unit rows.

    None where there is not one number for each of these rows. The outputs are those of the frozen graph.
    """
    outputs = model.outputs.get("x_probe")
    if outputs is None or outputs.size != len(outputs):
        return None
    values = outputs.ravel().astype(np.float64)
    return values[1:] - values[0], float(values[0])


def _certified_line(case: Case, network: Training) -> tuple[Array, float]:
    """Return the line of the trained network; `UnmetError` where it has none."""
    model = certified(case, network, after=True)
    line = line_of(model)
    if line is None:
        shape = str(model.facts.graph.output_shape if model.facts.graph else ())
        raise UnmetError(
            failed(
                T(
                    "The network has no weights and bias of a line: its outputs have the shape {shape}.",
                    shape=shape,
                ),
                expected="(None, 1)",
                received=shape,
            )
        )
    return line


def _without_bias(model: Model) -> Judgement | None:
    assert model.graph is not None
    if not model.graph.dense or model.graph.dense[0].bias:
        return None
    return failed(
        T(
            "The Dense layer has no bias: the line has to go through zero. Remove use_bias=False, so that the "
            "network can learn the value that is predicted where all features are 0."
        ),
        expected=T("a bias"),
        received="use_bias=False",
        blocks=False,
    )


@dataclass(frozen=True)
class LeastSquares(EachNetwork):
    """Weights and bias of the trained network are those of least squares on the same rows, within a share of each.

    `within`: that share. None of them may be near 0, where shares mean nothing: so the target is not standardised.

    >>> LeastSquares((Training(name="one", arguments=(1,)),), within=0.05)
    """

    topics = frozenset({"score"})
    within: float = 0.05

    def held_back(self) -> tuple[str, ...]:
        """Return what networks need, and the rows on which a linear one shows its line."""
        return (*super().held_back(), *(network.array("x_probe") for network in self.networks))

    def judge_one(self, case: Case, network: Training) -> Judgement:
        """Judge what the frozen graph computes."""
        weights, bias = _certified_line(case, network)
        right_weights, right_bias = least_squares(case, network)
        names = [*(f"w[{index}]" for index in range(len(right_weights))), "b"]
        received, right = np.append(weights, bias), np.append(right_weights, right_bias)
        if received.shape != right.shape or not np.isfinite(received).all():
            return failed(T("The outputs of the network are not numbers for every row (NaN or infinite)."))
        off = np.abs(received - right) / np.abs(right)
        worst = int(np.argmax(off))
        if off[worst] <= self.within:
            return passed(
                T(
                    "Weights and bias are at most {off:.1%} away from the least-squares solution.",
                    off=float(off[worst]),
                )
            )
        return failed(
            T(
                "{name} of the network is {received:.3f}; the least-squares solution on the same rows has "
                "{right:.3f}. At most {within:.0%} of that may lie between them. {advice}",
                name=names[worst],
                received=float(received[worst]),
                right=float(right[worst]),
                within=self.within,
                advice=_advice(certified(case, network, after=True)),
            ),
            expected=f"{right[worst]:.3f}",
            received=f"{received[worst]:.3f}",
        )


def _advice(model: Model) -> Words:
    if _not_one_line(model) or _bent(model) or _without_bias(model):
        return T("This network is not a single linear neuron with a bias; begin with that.")
    return T("Train for longer, or with a learning rate that gets there.")


@dataclass(frozen=True)
class Coefficients(AfterTraining):
    """`function(model)` returns the pair (w, b) of the trained network: a weight for each feature, and the bias.

    >>> Coefficients((Training(name="one", arguments=(1,)),), "coefficients")
    """

    function: str = "coefficients"

    def held_back(self) -> tuple[str, ...]:
        """Return what networks need, and the rows on which a linear one shows its line."""
        return (*super().held_back(), *(network.array("x_probe") for network in self.networks))

    def judge_one(self, case: Case, network: Training) -> Judgement:
        """Judge against the line that the frozen graph computes, or the kernel and bias that it holds."""
        value, arrays = case.value(self.call(network, case.seeds[0]).id)
        w, b = _pair(value, arrays, self.function)
        lines = [_certified_line(case, network), *_held_line(case, network)]
        features = len(lines[0][0])
        if w.size == 1 and b.size == features and features > 1:
            return failed(
                T("{function}() returns (b, w); the task sheet wants (w, b).", function=self.function),
                expected="(w, b)",
                received="(b, w)",
            )
        if w.size != features or b.size != 1:
            return failed(
                T(
                    "{function}() has to return (w, b): as many weights as there are features ({features}), and "
                    "one bias. Received: {weights} and {biases}.",
                    function=self.function,
                    features=features,
                    weights=int(w.size),
                    biases=int(b.size),
                ),
                expected=T("shapes {w} and {b}", w=f"({features},)", b="()"),
                received=T("shapes {w} and {b}", w=str(w.shape), b=str(b.shape)),
            )
        return _compared(self.function, np.append(w.ravel(), b.ravel()).astype(np.float64), lines)


def _pair(value: Value, arrays: Mapping[str, Array], function: str) -> tuple[Array, Array]:
    """Return what was returned as weights and bias, whatever it was wrapped in."""
    parts: list[Array] = []
    match value:
        case Items(items=(first, second)):
            parts = [numbers(first, arrays, function), numbers(second, arrays, function)]
        case Entries(entries=((_, first), (_, second))):
            parts = [numbers(first, arrays, function), numbers(second, arrays, function)]
        case ArrayValue(ref=ref, shape=(2, *_)):
            parts = [arrays[ref][0], arrays[ref][1]]
    if len(parts) != 2:
        raise UnmetError(
            failed(
                T(
                    "{function}() has to return a pair: `return w, b`. Received: {received}.",
                    function=function,
                    received=name_of(value),
                ),
                expected="(w, b)",
                received=name_of(value),
            )
        )
    if not all(is_numeric(part) for part in parts):
        kinds = ", ".join(str(part.dtype) for part in parts)
        raise UnmetError(
            failed(
                T("{function}() has to return numbers. Received: dtype {dtype}.", function=function, dtype=kinds),
                expected=T("numbers"),
                received=kinds,
            )
        )
    return parts[0], parts[1]


def _held_line(case: Case, network: Training) -> Sequence[tuple[Array, float]]:
    """Return kernel and bias as the frozen graph holds them; with a Normalization layer, they are another line."""
    step = network.trained(case.seeds[0])
    model, replayed = certified(case, network, after=True), case.replays[step]
    assert model.graph is not None
    if len(model.graph.dense) != 1 or not model.graph.dense[0].plain:
        return ()
    node, refs = model.graph.dense[0], replayed.evidence.constants
    bias = float(replayed.arrays[refs[node.bias]].ravel()[0]) if node.bias else 0.0
    kernel = replayed.arrays[refs[node.kernel]]
    return ((kernel[:, 0].astype(np.float64), bias),) if kernel.shape[1] == 1 else ()


def _compared(function: str, received: Array, lines: Sequence[tuple[Array, float]]) -> Judgement:
    rights = [np.append(weights, bias) for weights, bias in lines]
    # A network that came to no numbers has no coefficients to be compared with.
    if any(np.allclose(received, right, rtol=1e-3, atol=ROUNDING) for right in rights):
        return passed(T("Weights and bias are those of the network."))
    right = rights[-1]
    names = [*(f"w[{index}]" for index in range(len(right) - 1)), "b"]
    if len(right) == 2 and np.allclose(received[::-1], right, rtol=1e-3, atol=ROUNDING):
        return failed(
            T("{function}() returns (b, w); the task sheet wants (w, b).", function=function),
            expected="(w, b)",
            received="(b, w)",
        )
    off = np.abs(received - right)
    worst = int(np.argmax(np.where(np.isfinite(off), off, np.inf)))
    return failed(
        T(
            "{function}() returned other numbers than the network has. {name} has to be {right:.4f}; "
            "received: {received:.4f}.",
            function=function,
            name=names[worst],
            right=float(right[worst]),
            received=float(received[worst]),
        ),
        expected=f"{names[worst]} = {right[worst]:.4f}",
        received=f"{names[worst]} = {received[worst]:.4f}",
    )


@dataclass(frozen=True)
class Predictions(AfterTraining):
    """`function(model, x)` returns what the network predicts, one number for each row. A column is told only.

    >>> Predictions((Training(name="one", arguments=(1,)),), "predict")
    """

    function: str = "predict"

    def more(self, network: Training) -> tuple[Given, ...]:
        """Return the rows to predict."""
        return (Given(name=network.array("x_val")),)

    def judge_one(self, case: Case, network: Training) -> Judgement:
        """Judge against the replay of the frozen graph."""
        received = case.array(self.call(network, case.seeds[0]).id, self.function)
        right = certified(case, network, after=True).outputs["x_val"]
        if not is_numeric(received):
            return failed(
                T(
                    "{function}() has to return numbers. Received: dtype {dtype}.",
                    function=self.function,
                    dtype=str(received.dtype),
                ),
                expected=T("numbers"),
                received=str(received.dtype),
            )
        if flat(received).shape != (len(right),) or right.size != len(right):
            return failed(
                T(
                    "{function}() has to return one number for each row: shape {expected}. Received: shape "
                    "{received}.",
                    function=self.function,
                    expected=str((len(right),)),
                    received=str(received.shape),
                ),
                expected=str((len(right),)),
                received=str(received.shape),
            )
        off = np.abs(flat(received).astype(np.float64) - right.ravel())
        if not np.allclose(flat(received), right.ravel(), rtol=1e-3, atol=1e-3):
            worst = int(np.argmax(np.where(np.isfinite(off), off, np.inf)))
            return failed(
                T(
                    "{function}() does not return what the network gives for these rows. The largest difference "
                    "is in row {row}.",
                    function=self.function,
                    row=worst,
                ),
                expected=f"{right.ravel()[worst]:.4f}",
                received=f"{flat(received)[worst]:.4f}",
            )
        if received.ndim > 1:
            return passed(
                T(
                    "The predictions are those of the network. They have the shape {received}; flatten them to "
                    "{expected}, or a difference to y becomes a table.",
                    received=str(received.shape),
                    expected=str((len(right),)),
                ),
                received=str(received.shape),
            )
        return passed(T("One number for each row, as the network gives it."))
