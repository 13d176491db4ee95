"""A check of the border that a network of one feature draws."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import FunctionName
from grader.core.i18n import Words, _, write_number
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, passed
from grader.evidence.network import Model, read_network
from grader.evidence.values import is_numeric, name_of, numbers
from grader.protocol.evidence import ArrayValue, Items, NoneValue
from grader.protocol.plan import Call, Replay, ResultOf, Step
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.protocol.verdict import Status
from grader.rubric.checks.calls import show_call, write_build, write_call, write_network_call
from grader.rubric.checks.fitting import count_features, require_yes_or_no
from grader.rubric.checks.networks.probabilities import (
    compute_likelihoods,
    find_crossings,
    find_own_borders,
    read_neuron,
    reads_logits,
)
from grader.rubric.checks.networks.second_network import SecondNetwork
from grader.rubric.checks.networks.single import NetworkCheck, require_certified
from grader.rubric.data.dataset import Data

BORDER_ERROR = 0.01  # of the network's own: enough for a search on a grid
_NEARLY_HALF = 0.002  # off 0.5: where a search by what the network says may end
_CLEAR_RISE = 0.05  # from one end of the ramp to the other: a search on a grid finds where that is 0.5


@dataclass(frozen=True)
class FindsBorder(NetworkCheck):
    """`function(model)` returns where a network of one feature says 0.5, as a number.

    It is called for the trained network, and for one that is only built, whose border is elsewhere: where that one
    rises or falls as the trained one does, its border has to be found too; else the answer has to be another one.
    The data hold `x_probe`, a ramp of values of the feature, on which the frozen graphs are replayed.

    >>> FindsBorder(Training(arguments=(1,), name="one", rows="one_"), "decision_boundary")
    """

    kinds = frozenset({"classification"})
    topics = frozenset({"probabilities"})
    function: FunctionName

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where the parameters do not fit the exercise."""
        require_yes_or_no(self, task)
        if (features := count_features(self.training, data)) != 1:
            raise self.refuse(
                _(
                    "{check} needs rows of 1 feature; those of the data have {count}",
                    check=type(self).__name__,
                    count=features,
                ),
                "training",
            )

    def held_back(self) -> tuple[str, ...]:
        """Return what networks need, and the ramp."""
        return (*super().held_back(), self.training.array("x_probe"))

    @property
    def tried_function(self) -> str:
        """Return the function that gets the networks."""
        return self.function

    def can_use(self, case: Case, training: Training) -> bool:
        """Return whether the border of a network is where w·x + b is 0, as the formula has it."""
        model = read_network(case, training, case.seeds[0]).after
        if not super().can_use(case, training) or model is None or model.graph is None:
            return super().can_use(case, training)
        return model.output_activation != "linear" or reads_logits(case, training, model)

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return a call for the network of the first seed, and one for a network that is not trained."""
        training, seed = self.training, seeds[0]
        return (
            *training.steps(seeds),
            Call(
                id=self._step("trained"),
                function=self.function,
                arguments=(ResultOf(step=training.built(seed)),),
                after=training.fitted(seed),
            ),
            *self._second.steps(seed + 1),
            Call(id=self._step("fresh"), function=self.function, arguments=(self._second.argument,)),
        )

    @property
    def _second(self) -> SecondNetwork:
        return SecondNetwork(self.training, "x_probe")

    def _step(self, call: str) -> str:
        return f"{self.function}@{call}{self.training.suffix}"

    def replays(self, case: Case) -> tuple[Sequence[Replay], Mapping[str, Array]]:
        """Return the replay of the network that is not trained."""
        return self._second.replays(case)

    def judge(self, case: Case) -> Judgement:
        """Judge against the graphs, replayed on the ramp."""
        received = self._number(case, "trained")
        model = require_certified(case, self.training, after=True)
        borders = find_own_borders(case, self.training, model)
        if not len(borders):
            raise PreconditionFailedError(_explain_no_border())
        if not _is_near(received, borders):
            return show_call(
                self._wrong(received, borders[0], model, case), write_network_call(self.training, self.function)
            )
        problem = self._judge_fresh(received, model, case)
        if problem is not None:
            return show_call(problem, write_call(self.function, write_build(self.training)))
        return passed(
            _(
                "The network says 0.5 at {border:.3f}, and so does {function}().",
                border=received,
                function=self.function,
            )
        )

    def _number(self, case: Case, call: str) -> float:
        value, arrays = case.value(self._step(call))
        received = name_of(value)
        array = None
        if isinstance(value, ArrayValue | Items):
            with suppress(PreconditionFailedError):  # what else it is has a better sentence below
                array = numbers(value, arrays, self.function)
        if array is not None and is_numeric(array) and array.size == 1 and np.isfinite(array).all():
            return float(array.ravel()[0])
        message = _(
            "{function}() has to return one number: the value of the feature at which the network says 0.5. "
            "Received: {received}.",
            function=self.function,
            received=str(array.ravel()[0]) if array is not None and array.size == 1 else received,
        )
        if isinstance(value, NoneValue):
            message = _("{function}() returned None. Is there a `return` at its end?", function=self.function)
        raise PreconditionFailedError(failed(message, expected=_("one number"), received=received))

    def _wrong(self, received: float, border: float, model: Model, case: Case) -> Judgement:
        x = case.outside[self.training.array("x_probe")][:, 0].astype(np.float64)
        likely = compute_likelihoods(
            model.outputs["x_probe"], model.output_activation, from_logits=reads_logits(case, self.training, model)
        )[0]
        shifted = find_crossings(x, likely, level=0.5)
        if _is_near(-received, [border]):
            message = _(
                "{function}() returns {received:.4g}: the sign is wrong. From w·x + b = 0 follows x = -b / w.",
                function=self.function,
                received=received,
            )
        elif received and (_is_near(1 / received, [border]) or _is_near(-1 / received, [border])):
            message = _(
                "{function}() returns {received:.4g}: weight and bias are exchanged. From w·x + b = 0 follows x "
                "= -b / w.",
                function=self.function,
                received=received,
            )
        elif (mistake := _find_mistake_in_weights(received, model)) is not None:
            message = _(
                "{function}() returns {received:.4g}: {mistake}. From w·x + b = 0 follows x = -b / w.",
                function=self.function,
                received=received,
                mistake=mistake,
            )
        elif _is_near(received, shifted):
            message = _(
                "{function}() returns {received:.4g}, where w·x + b is 0.5. The probability is 0.5 where w·x + "
                "b is 0: the sigmoid of 0 is 0.5.",
                function=self.function,
                received=received,
            )
        else:
            message = _(
                "{function}() returns {received:.4g}, but there the network says {likely:.3f}. It says 0.5 at "
                "{border:.4g}.",
                function=self.function,
                received=received,
                likely=float(np.interp(received, x, likely)),
                border=border,
            )
        return failed(message, expected=write_number(border, ".4g"), received=write_number(received, ".4g"))

    def _judge_fresh(self, received: float, model: Model, case: Case) -> Judgement | None:
        """Return what is wrong with the answer for the network that is not trained, or None."""
        second = self._second.read(case)
        if second is None:
            return None
        fresh, replayed = second
        outputs = replayed.arrays[replayed.evidence.outputs[0]]
        borders = find_own_borders(case, self.training, fresh, outputs)
        # A search between two ends may count on a network that rises, say, as the trained one does.
        is_alike = len(borders) == 1 and self._is_alike(outputs, model.outputs["x_probe"], borders[0], case)
        try:
            again = self._number(case, "fresh")
        except PreconditionFailedError as unmet:
            is_mistake = is_alike and unmet.judgement.status is Status.FAILED
            return unmet.judgement if is_mistake or unmet.judgement.status is Status.NOT_GRADED else None
        if not borders or _is_near(again, borders) or self._is_nearly_half(again, fresh, outputs, case):
            return None
        if _is_near(again, [received]):
            message = _(
                "{function}() returns {received:.4g} for a network with another border as well. Compute it from "
                "the weights of the model that it is given.",
                function=self.function,
                received=again,
            )
        elif is_alike:
            message = _(
                "{function}() finds the border of the trained network, but for a network that is only built, it "
                "returns {received:.4g}. That one says 0.5 at {border:.4g}. Compute it from the weights of the "
                "model that it is given.",
                function=self.function,
                received=again,
                border=borders[0],
            )
        else:
            return None
        return failed(
            message,
            expected=_("the border of the network that it is given"),
            received=write_number(again, ".4g"),
        )

    def _is_nearly_half(self, place: float, model: Model, outputs: Array, case: Case) -> bool:
        """Return whether a network says nearly 0.5 at a place; `outputs`: what it gives for the ramp.

        Where a network is flat, a search that ends there is farther from the border than for the trained one.
        """
        x = case.outside[self.training.array("x_probe")][:, 0].astype(np.float64)
        is_raw = reads_logits(case, self.training, model)
        likely = compute_likelihoods(outputs, model.output_activation, from_logits=is_raw)[0]
        return bool(abs(np.interp(place, x, likely) - 0.5) <= _NEARLY_HALF)

    def _is_alike(self, outputs: Array, trained: Array, border: float, case: Case) -> bool:
        """Return whether a network rises or falls as the trained one, clearly, with its border among the rows."""
        x = case.inside[self.training.array("x_train")]
        if outputs.shape != trained.shape or not float(x.min()) < border < float(x.max()):
            return False
        rises = [float(values[-1].ravel()[-1] - values[0].ravel()[-1]) for values in (outputs, trained)]
        return rises[0] * rises[1] > 0 and abs(rises[0]) > _CLEAR_RISE


def _find_mistake_in_weights(received: float, model: Model) -> Words | None:
    """Return what else than -b / w of the network's only weight and its bias was computed."""
    pair = read_neuron(model)
    if pair is None:
        return None
    w, b = pair
    for value, mistake in (
        (b, _("that is the bias")),
        (-b, _("that is -b, which is not divided by the weight")),
        (w, _("that is the weight")),
        (-b * w, _("-b is multiplied by the weight instead of divided")),
        (b * w, _("the bias is multiplied by the weight")),
    ):
        if abs(received - value) <= 1e-3 * max(1e-3, abs(value)):
            return mistake
    return None


def _is_near(received: float, borders: Sequence[float]) -> bool:
    return any(abs(received - border) <= BORDER_ERROR * max(1.0, abs(border)) for border in borders)


def _explain_no_border() -> Judgement:
    message = _(
        "The network says the same wherever the feature is, or no number at all, so it has no border. Mend its "
        "output and its training first."
    )
    return Judgement(Status.SKIPPED, message)
