"""The check of a function that shows the weights of Dense layers as pictures."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isqrt
from typing import Annotated

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import Filled, FunctionName, LayerWidth, describe_mismatch
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, failed, partial, passed
from grader.protocol.plan import BuildChain, Call, ChainLayer, ResultOf, Step
from grader.rubric.checks.base import DrawnCheck, Shows
from grader.rubric.checks.layers.chain_values import ChainWeights, draw_chain, read_values

CLOSE = 1e-5
LIMIT_SECONDS = 10.0


def picture_shape(units: int) -> tuple[int, int]:
    """Return the shape of a picture of some weights: a square where they fill one, else one column."""
    side = isqrt(units)
    return (side, side) if side * side == units else (units, 1)


@dataclass(frozen=True)
class WeightPictures(DrawnCheck):
    """`function(model)` returns the weights of each Dense layer as pictures, one for each input of the layer.

    A kernel (inputs, units) becomes an array (inputs, height, width): a square where the units fill one, else one
    column. Each of `sizes` is a network of the grader's, such as (784, 324, 36, 10), whose pictures are 18×18, 6×6
    and 10×1: Dense and Activation layers in turn, with drawn weights. All layers count the same.

    >>> WeightPictures("weight_images", ((784, 324, 36, 10),))
    """

    shows = Shows(weights=True)
    topics = frozenset({"architecture"})
    function: FunctionName
    sizes: Annotated[tuple[tuple[LayerWidth, ...], ...], Filled()]

    def __post_init__(self) -> None:
        """Raise `RubricError` where a network has no layer."""
        super().__post_init__()
        for sizes in self.sizes:
            if len(sizes) < 2:
                expected = _("two or more numbers, from inputs to outputs")
                raise self.refuse(describe_mismatch("sizes", sizes, expected), "sizes")

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the steps that make the networks, and a call for each."""
        steps: list[Step] = []
        for number, chain in enumerate(self._chains, start=1):
            network = BuildChain(
                id=f"network@{self.function}:{chain.name}",
                layers=self._name_layers(chain),
                fused=number == len(self._chains) > 1,
            )
            call = Call(
                id=self._step(chain),
                function=self.function,
                arguments=(ResultOf(step=network.id),),
                limit_seconds=LIMIT_SECONDS,
            )
            steps += [network, call]
        return steps

    def _step(self, chain: ChainWeights) -> str:
        return f"{self.function}@{chain.name}"

    @cached_property
    def _chains(self) -> tuple[ChainWeights, ...]:
        return tuple(
            draw_chain(self.seal.random(f"weights to draw {sizes}", 71 + number), sizes)
            for number, sizes in enumerate(self.sizes)
        )

    def _name_layers(self, chain: ChainWeights) -> tuple[ChainLayer, ...]:
        names = [f"{self.function}:{chain.name}:{layer}" for layer in range(len(chain.kernels))]
        activations = ["sigmoid"] * (len(names) - 1) + ["softmax"]
        return tuple(
            ChainLayer(kernel=f"{name}:kernel", bias=f"{name}:bias", activation=activation)
            for name, activation in zip(names, activations, strict=True)
        )

    def arrays(self) -> Mapping[str, Array]:
        """Return the weights of all networks."""
        arrays: dict[str, Array] = {}
        for chain in self._chains:
            layers = zip(self._name_layers(chain), chain.kernels, chain.biases, strict=True)
            for layer, kernel, bias in layers:
                arrays |= {layer.kernel: kernel, layer.bias: bias}
        return arrays

    def judge(self, case: Case) -> Judgement:
        """Judge layer by layer, all networks together."""
        problems: list[Words] = []
        right = count = 0
        for chain in self._chains:
            complaints = list(self._judge_chain(case, chain))
            right += complaints.count(None)
            count += len(complaints)
            problems += [problem for problem in complaints if problem is not None]
        if not problems:
            shapes = ", ".join("×".join(map(str, picture_shape(u))) for u in self.sizes[0][1:])
            return passed(_("The weights of each layer are pictures: {shapes}.", shapes=shapes))
        if not right:
            return failed(problems[0])
        return partial(round(right / count, 4), problems[0])

    def _judge_chain(self, case: Case, chain: ChainWeights) -> Iterator[Words | None]:
        """Yield for each layer what is wrong with its pictures; None for nothing."""
        value, arrays = case.value(self._step(chain))
        received = read_values(value, arrays, self.function)
        name = f"{self.function}()"
        if len(received) == 1 and len(chain.kernels) > 1 and received[0].ndim == 4:
            received = list(received[0])
        if len(received) != len(chain.kernels):
            problem: Words | None = _(
                "{function} has to return {expected} arrays for the network {network}, one for each Dense layer. "
                "Received: {received}. Look for Dense layers wherever they are: other layers have no weights.",
                function=name,
                expected=len(chain.kernels),
                network=chain.name,
                received=len(received),
            )
            yield from [problem] * len(chain.kernels)
            return
        for number, (kernel, pictures) in enumerate(zip(chain.kernels, received, strict=True), start=1):
            problem = explain_pictures(kernel, pictures)
            yield problem and _(
                "{function}, Dense layer {number} of the network {network}: {problem}",
                function=name,
                number=number,
                network=chain.name,
                problem=problem,
            )


def explain_pictures(kernel: Array, received: Array) -> Words | None:
    """Return what is wrong with pictures (inputs, height, width) of a kernel (inputs, units); None: nothing."""
    inputs, units = kernel.shape
    expected = kernel.reshape(inputs, *picture_shape(units))
    if received.dtype.kind not in "biuf":
        return _("the pictures are no numbers, but {received}.", received=str(received.dtype))
    if _is_same(received, expected):
        return None
    if received.size == kernel.size and received.shape[0] == units and units != inputs:
        return _(
            "there is a picture for each unit, of the weights into it: shape {received}. Expected is one for each "
            "input, of the weights that lead away from it: shape {expected}.",
            received=str(received.shape),
            expected=str(expected.shape),
        )
    if received.shape != expected.shape:
        return _(
            "expected the shape {expected}: for each of the {inputs} inputs its {units} weights as a picture. "
            "Received: {received}.",
            expected=str(expected.shape),
            inputs=inputs,
            units=units,
            received=str(received.shape),
        )
    if _is_same(received.swapaxes(1, 2), expected):
        return _("each picture is turned over: its first row has to hold the first weights, from left to right.")
    if _is_same(received, kernel.T.reshape(expected.shape)):
        return _(
            "these are the weights into each unit, put into the right shape: reshape the kernel itself, without "
            ".T."
        )
    if _is_proportional(received, expected):
        return _("the weights are scaled. The pictures have to hold the weights as they are.")
    return _("the numbers are not the weights of this layer, in their order.")


def _is_same(received: Array, expected: Array) -> bool:
    return received.shape == expected.shape and np.allclose(received, expected, rtol=CLOSE, atol=CLOSE)


def _is_proportional(received: Array, expected: Array) -> bool:
    a, b = received.astype(np.float64).ravel(), expected.astype(np.float64).ravel()
    if not np.isfinite(a).all() or np.ptp(a) == 0 or np.ptp(b) == 0:
        return False
    return bool(abs(np.corrcoef(a, b)[0, 1]) > 0.9999)
