"""Checks of what a trained network can do, scored outside from its frozen graph."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import FunctionName, Score, ScoreOrNever, Tolerance, write_value
from grader.core.i18n import _
from grader.evidence.case import Case
from grader.evidence.failures import explain_failure
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, partial, passed
from grader.evidence.losses import softmax
from grader.evidence.network import Model, read_network
from grader.evidence.scores import compute_score
from grader.evidence.values import is_numeric
from grader.protocol.plan import ArrayArg, Call, ResultOf, Step
from grader.protocol.verdict import Status
from grader.rubric.checks.networks.score_advice import advise_on_score
from grader.rubric.checks.networks.single import NetworkCheck, require_certified

NEAR = 0.05  # an accuracy that loses points by less is decided by more seeds


@dataclass(frozen=True)
class Scored(NetworkCheck):
    """What checks of a score share: a score closer than `noise` to a threshold is decided by more seeds.

    Then the median over all seeds counts, not the luck of the first.
    """

    topics = frozenset({"score"})

    def decide(self, value: float, case: Case) -> Judgement:
        """Return what a score is worth; it is -inf where there is none."""
        raise NotImplementedError

    def in_doubt(self, value: float, case: Case) -> bool:
        """Return whether a score is too close to a threshold for one seed to decide."""
        raise NotImplementedError

    def judge(self, case: Case) -> Judgement:
        """Judge the median of the seeds that were trained; says `undecided` where one seed is too close."""
        require_certified(case, self.training, after=True)
        scores = [self._score(case, seed) for seed in case.seeds]
        if not any(score is not None for score in scores):
            return failed(
                _("The outputs of the network are not numbers for every row (NaN or infinite)."), received="NaN"
            )
        # A training without a finite score is worse than any with one.
        value = median(-math.inf if score is None else score for score in scores)
        # Even numbers of seeds do not happen: one, or all of three.
        doubt = len(case.seeds) == 1 and self.in_doubt(value, case)
        return replace(self.decide(value, case), undecided=doubt)

    def _score(self, case: Case, seed: int) -> float | None:
        after = read_network(case, self.training, seed).after
        because = explain_failure(case.run, self.training.fitted(seed)) if after is None else None
        if because is not None and because.status is Status.NOT_GRADED:
            raise PreconditionFailedError(because)
        return compute_score(after, case, self.training)


@dataclass(frozen=True)
class Accuracy(Scored):
    """The share of held-out rows that the network classifies rightly.

    All points from `full`, half of them from `half`, the bonus from `bonus`. A score closer than `noise` to `full`
    or `half` is decided by the median over all seeds, not by the luck of the first. So is one that loses points by
    less than 0.05, since on few held-out rows one training may be that much worse than the next. The first seed
    alone decides the bonus: it takes points from nobody, and most good networks are close to it.

    >>> Accuracy(Training(), full=0.93, half=0.85, bonus=0.975, noise=0.01)
    """

    kinds = frozenset({"classification"})
    full: Score
    half: Score
    bonus: ScoreOrNever = math.inf
    noise: Tolerance = 0.01

    def __post_init__(self) -> None:
        """Raise `RubricError` where the thresholds are not in order."""
        super().__post_init__()
        if self.half > self.full:
            raise self.refuse(
                _(
                    "half is {half}; at most full={full} expected: half of the points for less, all for more",
                    half=write_value(self.half),
                    full=write_value(self.full),
                ),
                "half",
            )
        if self.bonus < self.full:
            raise self.refuse(
                _(
                    "bonus is {bonus}; at least full={full} expected: the bonus is for more than all points need",
                    bonus=write_value(self.bonus),
                    full=write_value(self.full),
                ),
                "bonus",
            )

    @property
    def may_give_bonus(self) -> bool:
        """Return whether there is a threshold for the bonus."""
        return self.bonus < math.inf

    def in_doubt(self, value: float, case: Case) -> bool:
        """Return whether it is closer than `noise` to `full` or `half`, or loses points by less than `NEAR`."""
        return any(-self.noise < threshold - value < max(self.noise, NEAR) for threshold in (self.full, self.half))

    def decide(self, value: float, case: Case) -> Judgement:
        """Return what an accuracy is worth."""
        value = max(value, 0.0)
        received = _("accuracy {score:.3f} on held-out rows", score=value)
        if value >= self.bonus:
            return passed(
                _("{score:.1%} of the held-out rows are right: enough for the bonus.", score=value),
                bonus=1.0,
                received=received,
            )
        if value >= self.full:
            return passed(_("{score:.1%} of the held-out rows are right.", score=value), received=received)
        message = _(
            "{score:.1%} of the held-out rows are right; {full:.0%} are needed for all points. {advice}",
            score=value,
            full=self.full,
            advice=advise_on_score(case, self.training),
        )
        expected = _("accuracy of at least {full:.2f}", full=self.full)
        if value >= self.half:
            return partial(0.5, message, expected=expected, received=received)
        return failed(message, expected=expected, received=received)


@dataclass(frozen=True)
class Probabilities(NetworkCheck):
    """`predict_probabilities(model, x)` gives what the network gives, as one distribution for each row.

    Where the head itself is no distribution, that has cost its points already: faithful outputs are right here.

    >>> Probabilities(Training())
    """

    kinds = frozenset({"classification"})
    topics = frozenset({"probabilities"})
    function: FunctionName = "predict_probabilities"

    @property
    def tried_function(self) -> str:
        """Return the function that gets the network."""
        return self.function

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return a call on the validation rows, after the training on the first seed."""
        seed = seeds[0]
        call = Call(
            id=self._step,
            function=self.function,
            arguments=(
                ResultOf(step=self.training.built(seed)),
                *(ArrayArg(name=name) for name in self.training.list_rows("x_val")),
            ),
            after=self.training.fitted(seed),
        )
        return (*self.training.steps(seeds), call)

    @property
    def _step(self) -> str:
        return f"{self.function}@val{self.training.suffix}"

    def judge(self, case: Case) -> Judgement:
        """Judge against the replay of the frozen graph."""
        received = case.array(self._step, self.function)
        model = require_certified(case, self.training, after=True)
        outputs = model.outputs["x_val"]
        if not is_numeric(received):
            return failed(
                _(
                    "{function}() has to return numbers. Received: dtype {dtype}.",
                    function=self.function,
                    dtype=str(received.dtype),
                ),
                expected=_("the network's probabilities"),
                received=str(received.dtype),
            )
        if received.shape != outputs.shape or outputs.ndim != 2:
            return failed(
                _(
                    "{function}() has to return one row of {classes} probabilities for each row of x. "
                    "Received: shape {shape}.",
                    function=self.function,
                    classes=outputs.shape[-1],
                    shape=str(received.shape),
                ),
                expected=str(outputs.shape),
                received=str(received.shape),
            )
        if model.output_activation == "softmax" and np.allclose(received, outputs, atol=1e-3):
            return passed(_("Each row is the network's distribution over the classes and sums to one."))
        return self._without_softmax_head(model, received, outputs)

    def _without_softmax_head(self, model: Model, received: Array, outputs: Array) -> Judgement:
        if model.output_activation in {"linear", "log_softmax"}:
            if np.allclose(received, softmax(outputs.astype(np.float64)), atol=1e-3):
                return passed(_("The raw outputs are turned into a distribution with softmax."))
            if np.allclose(received, outputs, rtol=1e-3, atol=1e-3):
                return failed(
                    _(
                        "{function}() returns raw outputs; they do not sum to one. Apply softmax to them.",
                        function=self.function,
                    ),
                    expected=_("rows that sum to 1"),
                    received=_("rows that sum to {low:.2f} up to {high:.2f}", **_sums(received)),
                )
        sums = outputs.sum(axis=1, keepdims=True)
        normalised = outputs / np.where(sums == 0, 1, sums)
        if model.output_activation != "softmax" and any(
            np.allclose(received, o, atol=1e-3, equal_nan=True) for o in (outputs, normalised)
        ):
            return passed(
                _("These are the network's outputs. That they are no distribution is counted under head and loss.")
            )
        return failed(
            _("{function}() does not return what the network gives for these rows.", function=self.function),
            expected=_("the network's probabilities"),
            received=_("rows that sum to {low:.2f} up to {high:.2f}", **_sums(received)),
        )


def _sums(rows: Array) -> dict[str, float]:
    sums = rows.sum(axis=1)
    return {"low": float(sums.min()), "high": float(sums.max())}
