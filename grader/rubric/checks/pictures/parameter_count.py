"""The check of how many numbers a network has."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated

from grader.core.field_rules import Count, Filled, LayerWidth
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, failed, passed
from grader.evidence.network import Model, read_network
from grader.rubric.checks.networks.single import NetworkCheck, require_certified


@dataclass(frozen=True)
class ParameterCount(NetworkCheck):
    """The network has at most `most` parameters; where it is the one of `sizes`, it has no fewer than that.

    `sizes`: inputs, units of the hidden Dense layers, and outputs. Other networks may have any number up to
    `most`.

    >>> ParameterCount(Training(), sizes=(784, 324, 36, 10), most=2_000_000)
    """

    topics = frozenset({"architecture"})
    kinds = frozenset({"classification", "regression"})
    sizes: Annotated[tuple[LayerWidth, ...], Filled()]
    most: Count

    def judge(self, case: Case) -> Judgement:
        """Judge by the frozen graph, before the training."""
        before = read_network(case, self.training, case.seeds[0]).before
        if before is not None and before.graph is None and before.facts.parameters > self.most:
            return self._refuse_size(before)  # too large to be read, by what it says of itself
        model = require_certified(case, self.training, after=False)
        name, expected = self._describe_sizes()
        if _read_sizes(model) == self.sizes and model.parameters < expected:
            return self._fail(
                _(
                    "A network {name} has {expected} parameters: a weight from each input to each unit, and a "
                    "bias for each unit. Yours has {received}. Is a bias missing (use_bias=False)?",
                    name=name,
                    expected=expected,
                    received=model.parameters,
                ),
                str(expected),
                model,
            )
        if model.parameters > self.most:
            return self._refuse_size(model)
        return passed(_("Parameters of the network: {count}.", count=model.parameters))

    def _describe_sizes(self) -> tuple[str, int]:
        """Return the sizes as people write them, and how many parameters such a network has."""
        count = sum((inputs + 1) * units for inputs, units in pairwise(self.sizes))
        return "-".join(map(str, self.sizes)), count

    def _refuse_size(self, model: Model) -> Judgement:
        name, expected = self._describe_sizes()
        return self._fail(
            _(
                "The network has {received} parameters, and {most} at most are allowed: with a few thousand "
                "pictures, a larger one learns slower and no better. {name} has {expected}.",
                received=model.parameters,
                most=self.most,
                name=name,
                expected=expected,
            ),
            _("at most {most}", most=self.most),
            model,
        )

    def _fail(self, message: Words, expected: Words | str, model: Model) -> Judgement:
        return failed(message, expected=expected, received=str(model.parameters), blocks=False)


def _read_sizes(model: Model) -> tuple[int, ...]:
    """Return inputs and units of the chain of Dense layers; () where there are other layers with weights."""
    assert model.graph is not None
    shapes = [kernel.shape for _name, kernel in model.graph.kernels]
    if not shapes or any(len(shape) != 2 for shape in shapes):
        return ()
    return (shapes[0][0], *(shape[1] for shape in shapes))
