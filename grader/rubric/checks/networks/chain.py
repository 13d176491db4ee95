"""The check of a network that is a chain of Dense layers, each with its activation as a layer behind it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

from grader.core.field_rules import Filled, LayerWidth
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, partial, passed
from grader.evidence.network import Model, read_network
from grader.protocol.task import Task
from grader.rubric.checks.fitting import count_features
from grader.rubric.checks.networks.output_and_loss import read_whole_loss
from grader.rubric.checks.networks.single import NetworkCheck, require_certified
from grader.rubric.data.dataset import Data

_NONE = frozenset({None, "linear"})  # activations that do nothing
HALF = 0.5  # of the points: for a network that computes the right thing in other layers


@dataclass(frozen=True)
class Chain(NetworkCheck):
    """The network is a chain of Dense layers, relu between them and softmax at the end, as layers of their own.

    `sizes`: inputs, units of the hidden layers, and outputs. Sizes and activations are read from the frozen graph;
    that activations are layers of their own is what the model says of itself. Half of the points are kept where
    only this is not so. An end that does not fit the loss is left to `HeadAndLoss`, so that it costs once.

    >>> Chain(Training(), sizes=(4, 8, 3))
    """

    topics = frozenset({"architecture"})
    kinds = frozenset({"classification"})
    sizes: Annotated[tuple[LayerWidth, ...], Filled()]

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where the sizes do not fit the exercise."""
        expected = (count_features(self.training, data), task.classes)
        if len(self.sizes) < 2 or (self.sizes[0], self.sizes[-1]) != expected:
            raise self.refuse(
                _(
                    "sizes is {received}, but the rows have {features} features and the task {classes} classes",
                    received=str(self.sizes),
                    features=expected[0],
                    classes=expected[1],
                ),
                "sizes",
            )

    def judge(self, case: Case) -> Judgement:
        """Judge the sizes first, then activations, then layers."""
        before = read_network(case, self.training, case.seeds[0]).before
        if before is not None and before.facts.graph is not None and before.units is None:
            return self._judge_sizes(before)
        model = require_certified(case, self.training, after=False)
        if _read_sizes(model) != self.sizes or _count_others(model):
            return self._judge_sizes(model)
        problem = next(self._find_problems(case, model), None)
        if problem is not None:
            return problem
        return passed(
            _(
                "The network is {sizes}, with each activation as a layer of its own. Parameters: {parameters}.",
                sizes=_write(self.sizes),
                parameters=model.parameters,
            )
        )

    def _judge_sizes(self, model: Model) -> Judgement:
        received = _write(_read_sizes(model)) or "–"
        words: Words | str = received
        if model.units is None:
            words = _("{sizes}, with outputs of the shape {shape}", sizes=received, shape=str(model.output_shape))
        elif others := _count_others(model):
            words = _("{sizes}, with {count} other weights besides", sizes=received, count=others)
        return failed(
            _(
                "Expected a network {expected}: inputs, then the units of each Dense layer. Received: {received}.",
                expected=_write(self.sizes),
                received=words,
            ),
            expected=_write(self.sizes),
            received=words,
            blocks=model.units != self.sizes[-1],
        )

    def _find_problems(self, case: Case, model: Model) -> Iterator[Judgement]:
        assert model.graph is not None
        hidden = [node.activations for node in model.graph.dense[:-1]]
        for number, activations in enumerate(hidden, start=1):
            if activations != ("relu",):
                yield self._judge_activation(
                    _("behind Dense layer {number}", number=number), "relu", ", ".join(activations) or "linear"
                )
        if model.output_activation == "linear" and self._takes_logits(case, model):
            yield self._judge_activation(_("at the end"), "softmax", model.output_activation)
        if not all(node.bias for node in model.graph.dense):
            yield failed(
                _("A Dense layer has no bias. Leave use_bias as it is."),
                expected=_("a bias in each Dense layer"),
                blocks=False,
            )
        yield from self._find_fused(model)

    def _takes_logits(self, case: Case, model: Model) -> bool:
        """Return whether the loss computes the softmax itself: then nothing but this exercise asks for it."""
        try:
            return read_whole_loss(case, self.training, model).from_logits
        except PreconditionFailedError:
            return False

    def _judge_activation(self, place: Words, expected: str, received: str) -> Judgement:
        return failed(
            _(
                "Expected {expected} {place}. Received: {received}.",
                expected=expected,
                place=place,
                received=received,
            ),
            expected=expected,
            received=received,
            blocks=False,
        )

    def _find_fused(self, model: Model) -> Iterator[Judgement]:
        """Yield what is wrong where activations are no layers of their own, by what the model says."""
        layers = model.facts.layers
        fused = [layer.name for layer in layers if layer.kind == "Dense" and layer.activation not in _NONE]
        apart = [layer for layer in layers if layer.kind != "Dense" and layer.activation not in _NONE]
        count = len(self.sizes) - 1 - (model.output_activation == "linear")
        if not fused and len(apart) >= count:
            return
        message = _(
            "The network computes the right thing, but not each activation is a layer of its own. Layers that are "
            "an activation: {received}; expected: {expected}. Write keras.layers.Activation(...) behind each "
            "Dense layer, and no activation=... inside of it: only then can the values between the two be looked "
            "at.",
            received=len(apart),
            expected=count,
        )
        yield partial(
            HALF,
            message,
            expected=_("layers that are an activation: {count}", count=count),
            received=_("layers that are an activation: {count}", count=len(apart)),
        )


def _read_sizes(model: Model) -> tuple[int, ...]:
    """Return the inputs of the first Dense layer, and the units of each in their order."""
    shapes = [node.shape for node in model.graph.dense] if model.graph is not None else []
    return (*(shape[0] for shape in shapes[:1]), *(shape[1] for shape in shapes))


def _count_others(model: Model) -> int:
    """Return how many kernels there are that do not belong to the chain."""
    assert model.graph is not None
    shapes = [node.shape for node in model.graph.dense]
    breaks = sum(before[1] != after[0] for before, after in pairwise(shapes))
    return len(model.graph.kernels) - len(shapes) + breaks


def _write(sizes: tuple[int, ...]) -> str:
    return "-".join(map(str, sizes))
