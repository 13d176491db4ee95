"""The values after each layer of a chain of Dense layers, computed by hand, and what students make of them.

A chain has a Dense layer and an activation in turn: relu behind each but the last, softmax behind that. Tests
prove the values equal to Keras's own.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words, _
from grader.evidence.judgement import PreconditionFailedError, failed
from grader.evidence.losses import softmax
from grader.evidence.values import is_numeric, name_of, numbers, reject_value
from grader.protocol.evidence import ArrayValue, Entries, Items, TextValue, Value

CLOSE = 1e-5  # absolute, and of the largest number: what single precision leaves of sums of a dozen products
ROUNDED = 0.006  # of numbers with two decimal places


@dataclass(frozen=True)
class ChainWeights:
    """A chain with its weights: sizes such as (4, 8, 3), kernels (inputs, units) and biases (units,)."""

    sizes: tuple[int, ...]
    kernels: tuple[Array, ...]
    biases: tuple[Array, ...]

    @property
    def name(self) -> str:
        """Return the sizes as people write them, such as 4-8-3."""
        return "-".join(map(str, self.sizes))

    def name_layers(self) -> list[str]:
        """Return what each of the values comes after: x, Dense(8), relu, Dense(3), softmax."""
        names = ["x"]
        for units in self.sizes[1:]:
            names += [f"Dense({units})", "relu"]
        return [*names[:-1], "softmax"]

    def compute(self, x: Array) -> list[Array]:
        """Return the input and the values after each layer, as float64: arrays (n, numbers)."""
        values = [x.astype(np.float64)]
        for kernel, bias in zip(self.kernels, self.biases, strict=True):
            values.append(values[-1] @ kernel.astype(np.float64) + bias)
            values.append(np.maximum(values[-1], 0.0))
        values[-1] = softmax(values[-2])
        return values


def draw_chain(random: np.random.Generator, sizes: Sequence[int]) -> ChainWeights:
    """Return a chain with weights of two decimals; no bias is near zero, so that a missing one is noticed."""
    kernels, biases = [], []
    for inputs, units in pairwise(sizes):
        kernel = random.normal(0.0, 1.5 / np.sqrt(inputs), (inputs, units))
        bias = random.uniform(0.2, 0.8, units) * random.choice([-1.0, 1.0], units)
        kernels.append(np.round(kernel, 2).astype(np.float32))
        biases.append(np.round(bias, 2).astype(np.float32))
    return ChainWeights(tuple(sizes), tuple(kernels), tuple(biases))


def is_same(received: Array, expected: Array) -> bool:
    """Return whether numbers are the same up to rounding; a single row may have lost its first axis."""
    if received.shape != expected.shape and not (len(expected) == 1 and received.shape == expected.shape[1:]):
        return False
    a, b = received.astype(np.float64).reshape(expected.shape), expected
    return bool((np.abs(a - b) <= CLOSE * (1.0 + np.abs(b).max(initial=0.0))).all())


# What was returned.


def read_values(value: Value, arrays: Mapping[str, Array], function: str) -> list[Array]:
    """Return the arrays of a list, a tuple, or a dict in the order of its entries.

    Pairs of a name and an array count as that array.

    Raises:
        PreconditionFailedError: the value is something else; the judgement says what.
    """
    if isinstance(value, Entries):
        return [_read_one(entry, arrays, function) for _key, entry in value.entries]
    if isinstance(value, Items) and value.container != "set":
        return [_read_one(item, arrays, function) for item in value.items]
    if isinstance(value, ArrayValue) and value.container != "scalar" and len(value.shape) >= 3:
        return list(arrays[value.ref])  # a list of lists that all have one length
    if name_of(value) == "None":
        raise PreconditionFailedError(reject_value(value, function))
    message = _(
        "{function}() has to return a list with the values after each layer, the input first. Received: "
        "{received}.",
        function=function,
        received=name_of(value),
    )
    raise PreconditionFailedError(failed(message, expected=_("a list of arrays"), received=name_of(value)))


def _read_one(value: Value, arrays: Mapping[str, Array], function: str) -> Array:
    if isinstance(value, Items) and len(value.items) == 2 and isinstance(value.items[0], TextValue):
        value = value.items[1]
    received = numbers(value, arrays, function)
    if not is_numeric(received):
        raise PreconditionFailedError(reject_value(value, function))
    return received


# What went wrong.


@dataclass(frozen=True)
class _Step:
    """One layer with what goes into it: enough to compute what a mistake would make of it."""

    before: Array  # the values that the layer gets
    earlier: Array | None  # those before the last activation; None where there is none
    kernel: Array
    bias: Array

    def sum(self, values: Array | None) -> Array | None:
        """Return what the Dense layer makes of some values."""
        return None if values is None else values @ self.kernel + self.bias


_Mistakes = Sequence[tuple[Callable[[_Step], Array | None], Words]]
_OF_DENSE: _Mistakes = (
    (lambda s: s.before @ s.kernel, _("The bias is missing: it is added after the product with the kernel.")),
    (lambda s: s.before @ s.kernel - s.bias, _("The bias is subtracted; it has to be added.")),
    (
        lambda s: np.maximum(s.before @ s.kernel + s.bias, 0.0),
        _(
            "These are the values after relu already. If relu is computed in place, as with out= or "
            "z[z < 0] = 0, it changes the array that is in the list: take a new array."
        ),
    ),
    (
        lambda s: softmax(s.before @ s.kernel + s.bias),
        _("These are the values after softmax already: the Dense layer only multiplies and adds."),
    ),
    (
        lambda s: s.sum(s.earlier),
        _("This layer was computed from the values before relu; it gets those after it."),
    ),
    (
        lambda s: np.maximum(s.before @ s.kernel, 0.0) + s.bias,
        _("The bias is added after relu; it belongs to the sum before it."),
    ),
)
_OF_RELU: _Mistakes = (
    (lambda s: s.before, _("relu has changed nothing here: it makes 0 of each number below zero.")),
    (lambda s: np.abs(s.before), _("This is the absolute value: relu makes 0 of each number below zero.")),
    (lambda s: np.minimum(s.before, 0.0), _("This is the wrong half: relu keeps what is above zero.")),
    (lambda s: (s.before > 0).astype(float), _("This says where numbers are above zero; relu keeps them.")),
    (lambda s: 1.0 / (1.0 + np.exp(-s.before)), _("This is the sigmoid, not relu.")),
    (lambda s: np.tanh(s.before), _("This is tanh, not relu.")),
    (lambda s: softmax(s.before), _("This is softmax, which comes at the end only.")),
    (
        lambda s: np.where(s.before > 0, s.before, 0.01 * s.before),
        _("This is a leaky relu: relu makes 0 of each number below zero."),
    ),
)
_OF_SOFTMAX: _Mistakes = (
    (lambda s: s.before, _("These are the values before softmax.")),
    (lambda s: np.exp(s.before), _("The powers are not divided by their sum.")),
    (
        lambda s: softmax(s.before.T).T,
        _("Divide by the sum of each row (axis=1, keepdims=True), not of each column: each row stands by itself."),
    ),
    (
        lambda s: np.exp(s.before) / np.exp(s.before).sum(),
        _("The powers are divided by the sum of all rows; each row stands by itself: axis=1, keepdims=True."),
    ),
    (lambda s: np.maximum(s.before, 0.0), _("This is relu; the last activation is softmax.")),
    (lambda s: 1.0 / (1.0 + np.exp(-s.before)), _("This is the sigmoid, not softmax.")),
    (
        lambda s: s.before / s.before.sum(axis=1, keepdims=True),
        _("softmax divides the powers exp(z) by their sum, not the numbers themselves."),
    ),
    (
        lambda s: np.eye(s.before.shape[1])[s.before.argmax(axis=1)],
        _("This says only which class is the largest; softmax gives the shares."),
    ),
    (lambda s: np.log(softmax(s.before)), _("This is the logarithm of softmax.")),
    (
        lambda s: softmax(np.maximum(s.before, 0.0)),
        _("There is a relu before this softmax; the last Dense layer has none."),
    ),
)


def explain_values(chain: ChainWeights, expected: Sequence[Array], position: int, received: Array) -> Words:
    """Return what was probably done wrong where the values of one layer differ; a general advice if unknown.

    Args:
        chain: the weights.
        expected: the right values after each layer.
        position: of the values that differ.
        received: these values, of the right shape.
    """
    values = received.astype(np.float64).reshape(expected[position].shape)
    for words in _find_mistakes(chain, expected, position, values):
        return words
    if position == 0:
        return _("The first entry is x as it came in.")
    if not np.isfinite(values).all():
        return _("There are numbers that are infinite or not a number (NaN) among them.")
    if (np.abs(values - expected[position]) <= ROUNDED).all():
        return _("They are rounded: return the numbers as they are.")
    return _("Compute with the weights of the model that the function is given, not with others.")


def _find_mistakes(
    chain: ChainWeights, expected: Sequence[Array], position: int, values: Array
) -> Iterator[Words]:
    if position == 0:
        return
    is_dense = position % 2 == 1
    is_last = position == len(expected) - 1
    layer = (position - 1) // 2
    earlier = expected[position - 2] if position > 2 else None
    step = _Step(expected[position - 1], earlier, chain.kernels[layer], chain.biases[layer])
    mistakes = _OF_DENSE if is_dense else _OF_SOFTMAX if is_last else _OF_RELU
    with np.errstate(all="ignore"):
        for compute, words in mistakes:
            wrong = compute(step)
            if wrong is not None and is_same(values, wrong):
                yield words
