"""The check of a function that makes layers from descriptions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated

import numpy as np
from msgspec.structs import replace

from grader.core.arrays import Array
from grader.core.field_rules import Filled, FunctionName, LayerWidth
from grader.core.i18n import _
from grader.evidence.case import Case
from grader.evidence.error_texts.describe import describe_exception
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, partial, passed
from grader.evidence.values import name_of
from grader.protocol.evidence import NoneValue, OtherValue, Raised, Skipped, Value
from grader.protocol.plan import Call, LiteralArg, Replay, Step, TryLayer
from grader.rubric.checks.base import DrawnCheck
from grader.rubric.checks.calls import show_call, write_call
from grader.rubric.checks.layers.properties import LayerProperty
from grader.rubric.checks.layers.tried_layer import make_replays, probe_rows, read_tried_layer

ROWS = 40  # that a layer is trained on
LEARNING_RATE = 1.0
SHARED_SHARE = 0.5  # of the points for a right layer that is the same one at each call
MORE_INPUTS = (1.2, 2.4)  # times as many: where weights depend on that number, no constant fits all of them
TARGET = 3.0  # magnitude of the weights that the training leads to, far from those that a layer begins with


@dataclass(frozen=True)
class MakesLayer(DrawnCheck):
    """`function(description)` returns a new Keras layer that has a property, before and after a step of training.

    A right layer that is the same one at each call gets half of the points: two networks would share its weights.

    `has` is the property, such as `Frozen()`. The layer has `units` units and no activation. It is put into a
    network with `features` inputs, and trained by one step of gradient descent on rows that are drawn. What it
    computes is read from its frozen graph, so that any layer is right that computes x @ kernel + bias and has the
    property. The function is called with `description`. Where the property depends on the number of inputs, as
    that of `HeNormal` does, there are more than `features`: how many is drawn, up to 2.4 times as many.

    >>> MakesLayer("make_layer", "frozen", Frozen(), units=4)
    """

    function: FunctionName
    description: Annotated[str, Filled()]
    has: LayerProperty
    units: LayerWidth
    features: LayerWidth = 6

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the call, the same call once more, and the step that tries the layer of the first."""
        return (self._call, self._second_call, self._trial)

    @property
    def _call(self) -> Call:
        argument = LiteralArg(value=self.description)
        return Call(id=f"{self.function}@{self.description}", function=self.function, arguments=(argument,))

    @property
    def _second_call(self) -> Call:
        return replace(self._call, id=f"{self.function}@{self.description}:again")

    @property
    def _trial(self) -> TryLayer:
        name = f"{self.function}@{self.description}:trial"
        x, y = f"{name}:x", f"{name}:y"
        return TryLayer(
            id=name, step=self._call.id, x=x, y=y, learning_rate=LEARNING_RATE, again=self._second_call.id
        )

    @cached_property
    def _features(self) -> int:
        """How many inputs the layer gets."""
        if not (self.has.follows_inputs and self.seal.is_closed):
            return self.features
        low, high = (round(factor * self.features) for factor in MORE_INPUTS)
        return int(self.seal.random(f"inputs of a layer, {self.description}").integers(low, high + 1))

    @cached_property
    def _rows(self) -> tuple[Array, Array]:
        """The rows x (n, features) and what the layer is trained to put out, (n, units)."""
        random = self.seal.random(f"rows for a layer, {self.description}", 73)
        x = random.normal(0.0, 1.0, (ROWS, self._features))
        # Half of the weights are led below zero, half above, whatever they begin with.
        signs = random.permuted(np.resize([-TARGET, TARGET], (self._features, self.units)), axis=0)
        y = x @ signs + random.choice([-TARGET, TARGET], self.units)
        return x.astype(np.float32), y.astype(np.float32)

    def arrays(self) -> Mapping[str, Array]:
        """Return the rows of the training."""
        x, y = self._rows
        return {self._trial.x: x, self._trial.y: y}

    def replays(self, case: Case) -> tuple[Sequence[Replay], Mapping[str, Array]]:
        """Return the replays of the layer before and after its training."""
        return make_replays(case, self._trial, probe_rows(self._features))

    def judge(self, case: Case) -> Judgement:
        """Judge the weights of the layer before and after its training."""
        value, _unused = case.value(self._call.id)  # what ended the function is not about layers
        try:
            self._require_layer(case, value)
            layer = read_tried_layer(case, self._trial, self.units, *self._rows)
            problem = self.has.judge(layer)
        except PreconditionFailedError as unmet:
            problem = unmet.judgement
        if problem is None and _is_shared(case, self._trial):
            problem = partial(
                SHARED_SHARE,
                _(
                    "The layer is right, but {function}({description}) returns the very same one at each call: "
                    "two networks would share its weights, and what one learns would change the other. Make the "
                    "layer inside of the function.",
                    function=self.function,
                    description=repr(self.description),
                ),
                expected=_("a new layer at each call"),
            )
        if problem is None:
            return passed(
                _(
                    "{function}({description}) makes the layer that is described, before training and after a "
                    "step of it.",
                    function=self.function,
                    description=repr(self.description),
                )
            )
        return show_call(problem, write_call(self.function, repr(self.description)))

    def _require_layer(self, case: Case, value: Value) -> None:
        """Raise `PreconditionFailedError` where the function returned no layer that can be called."""
        tried = case.steps.get(self._trial.id)
        outcome = tried.evidence.outcome if tried is not None else None
        if isinstance(outcome, Raised):
            message = _(
                "The layer of {function}({description}) cannot be used for rows of {features} numbers: {problem}",
                function=self.function,
                description=repr(self.description),
                features=self._features,
                problem=describe_exception(outcome.exception),
            )
            frames = outcome.exception.frames
            raise PreconditionFailedError(
                failed(message, expected=_("a Keras layer"), at=frames[-1] if frames else None)
            )
        if not isinstance(outcome, Skipped):
            return
        received = name_of(value)
        message = _(
            "{function}({description}) has to return a Keras layer, such as keras.layers.Dense({units}). "
            "Received: {received}.",
            function=self.function,
            description=repr(self.description),
            units=self.units,
            received=received,
        )
        if isinstance(value, OtherValue) and value.type == "type":
            message = _(
                "{function}({description}) returned a class, not a layer of it: call the class, as in "
                "keras.layers.Dense({units}).",
                function=self.function,
                description=repr(self.description),
                units=self.units,
            )
        if isinstance(value, NoneValue):
            message = _(
                "{function}({description}) returned nothing. Does the function return the layer that it makes, "
                "for this description too?",
                function=self.function,
                description=repr(self.description),
            )
        raise PreconditionFailedError(failed(message, expected=_("a Keras layer"), received=received))


def _is_shared(case: Case, step: TryLayer) -> bool:
    """Return whether the function returned the very same layer when it was called once more."""
    trial = case.seen(step.id).evidence.layer
    return trial is not None and trial.is_shared
