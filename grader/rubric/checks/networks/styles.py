"""The check of a model's style: sequential, functional or subclassed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np

from grader.core.array_hashes import hash_array
from grader.core.field_rules import OneOf
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, failed, passed
from grader.evidence.network import Model, read_network
from grader.protocol.evidence import InnerModel, ModelFacts
from grader.protocol.plan import Step
from grader.protocol.training import Training
from grader.rubric.checks.base import Check
from grader.rubric.checks.networks.several import name_network
from grader.rubric.checks.networks.single import require_certified

# How Keras and TensorFlow complain about weights that are made anew in each call.
_COMPLAINTS_ABOUT_NEW_WEIGHTS = ("only supports singleton tf.Variables", "cannot add new elements of state")


Style = Annotated[str, OneOf(("sequential", "functional", "subclassed"))]


@dataclass(frozen=True)
class HasStyle(Check):
    """A function returns a model of its style: sequential, functional or subclassed, and no other in disguise.

    `network`: the training whose `build` is that function, `style`: "sequential", "functional" or "subclassed". A
    model that does nothing but call another one is that other one's style, also where it is called from within a
    layer.

    >>> HasStyle(Training(build="build_functional", name="functional"), "functional")
    """

    network: Training
    style: Style
    topics = frozenset({"architecture"})

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the steps of the training."""
        return self.network.steps(seeds)

    def trainings(self) -> tuple[Training, ...]:
        """Return the training."""
        return (self.network,)

    def judge(self, case: Case) -> Judgement:
        """Judge the class of the model, where its layers lie, and whether they outlive a call."""
        before = read_network(case, self.network, case.seeds[0]).before
        if before is not None and before.facts.graph is None and _makes_layers_in_call(before.facts):
            return _explain_layers_in_call(before.facts)
        model = require_certified(case, self.network, after=False)
        facts = model.facts
        if facts.style != self.style:
            return self._other_style(facts)
        wrapped = _find_wrapped_model(facts)
        if wrapped:
            return failed(
                _(
                    "This model does nothing but call another model, {wrapped}, which holds all of the layers. "
                    "That is the other model in disguise: make the layers here, and thread them here.",
                    wrapped=wrapped,
                ),
                expected=_describe_style(self.style),
                received=_("all layers inside {wrapped}", wrapped=wrapped),
                blocks=False,
            )
        holder = _find_holder(model)
        if holder is not None:
            return _explain_holder(holder, self.style)
        return passed(
            _("This is {kind}, with layers of its own.", kind=_name_style(self.style)), received=facts.type
        )

    def _other_style(self, facts: ModelFacts) -> Judgement:
        message = _(
            "{function} has to return {wanted}: {how}. Received: {received} ({type}).",
            function=name_network(self.network),
            wanted=_name_style(self.style),
            how=_describe_style(self.style),
            received=_name_style(facts.style),
            type=facts.type,
        )
        received = _("{kind} ({type})", kind=_name_style(facts.style), type=facts.type)
        return failed(message, expected=_describe_style(self.style), received=received, blocks=False)


def _name_style(style: str) -> Words:
    if style == "sequential":
        return _("a sequential model")
    return _("a functional model") if style == "functional" else _("a subclassed model")


def _describe_style(style: str) -> Words:
    if style == "sequential":
        return _("keras.Sequential with its layers in a list")
    if style == "functional":
        return _("layers called on keras.Input and on one another, then keras.Model(inputs, outputs)")
    return _("a class of your own that inherits from keras.Model, with layers made in __init__ and used in call")


def _makes_layers_in_call(facts: ModelFacts) -> bool:
    return any(complaint in facts.problem for complaint in _COMPLAINTS_ABOUT_NEW_WEIGHTS)


def _explain_layers_in_call(facts: ModelFacts) -> Judgement:
    return failed(
        _(
            "{type} makes its layers inside call(), so each call gets new layers with new random weights, and "
            "what is learned is thrown away. Make the layers once, in __init__ (self.hidden = "
            "keras.layers.Dense(...)), and only use them in call().",
            type=facts.type,
        ),
        expected=_("layers made in __init__"),
        received=_("layers made in call(), {count} parameters that the model knows of", count=facts.parameters),
    )


def _find_holder(model: Model) -> InnerModel | None:
    """Return the inner model of another style that holds every kernel which the output depends on, else None.

    It may lie within a layer, and other weights may stand beside it: only those that the graph multiplies with
    count. A block of some of the layers holds a part of them.
    """
    kernels = {hash_array(kernel) for _node, kernel in model.graph.kernels} if model.graph is not None else set()
    inner = model.facts.inner if kernels else ()
    return next((one for one in inner if one.style != model.facts.style and kernels <= {*one.kernels}), None)


def _explain_holder(inner: InnerModel, style: Style) -> Judgement:
    return failed(
        _(
            "All layers of this model lie inside another one that it holds: {inner}, {kind}. That is the other "
            "model in disguise: make the layers here, and thread them here.",
            inner=inner.name,
            kind=_name_style(inner.style),
        ),
        expected=_describe_style(style),
        received=_("all layers inside {wrapped}", wrapped=inner.name),
        blocks=False,
    )


def _find_wrapped_model(facts: ModelFacts) -> str:
    """Return the name of the one model inside that holds all weights; "" where there is none."""
    holders = {layer.path.split("/")[0] for layer in facts.layers if layer.weight_shapes}
    inside = sum(int(np.prod(shape)) for layer in facts.layers for shape in layer.weight_shapes)
    return holders.pop() if len(holders) == 1 and inside >= facts.parameters else ""
