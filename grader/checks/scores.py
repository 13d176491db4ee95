"""Checks of what a trained network can do, scored outside from its frozen graph."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np

from grader.certify import softmax
from grader.checks.base import Array, Case, Judgement, UnmetError, failed, is_numeric, partial, passed
from grader.checks.networks import Training, certified
from grader.checks.outcomes import explain
from grader.network import Model, trained
from grader.plan import Array as Given
from grader.plan import Call, Result, Step
from grader.text import T
from grader.verdict import Status


@dataclass(frozen=True)
class Accuracy:
    """The share of held-out rows that the network classifies rightly.

    All points from `full`, half of them from `half`, the bonus from `bonus`. A score closer than `noise` to one of
    these is decided by the median over all seeds, not by the luck of the first.

    >>> Accuracy(Training(), full=0.93, half=0.85, bonus=0.975, noise=0.01)
    """

    training: Training
    full: float
    half: float
    bonus: float
    noise: float = 0.01

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the steps of the training."""
        return self.training.steps(seeds)

    def arrays(self) -> Mapping[str, Array]:
        """Return nothing: the exercise's data are enough."""
        return {}

    def judge(self, case: Case) -> Judgement:
        """Judge the median of the seeds that were trained; says `undecided` where one seed is too close."""
        certified(case, after=True)
        scores = [self._score(case, seed) for seed in case.seeds]
        found = [score for score in scores if score is not None]
        if not found:
            return failed(
                T("The outputs of the network are not numbers for every row (NaN or infinite)."), received="NaN"
            )
        # A training that came to no numbers has no row right.
        score = median(score or 0.0 for score in scores)
        # Even numbers of seeds do not happen: one, or all of three.
        doubt = len(case.seeds) == 1 and any(
            abs(score - t) < self.noise for t in (self.full, self.half, self.bonus)
        )
        return replace(self._decide(score), undecided=doubt)

    def _score(self, case: Case, seed: int) -> float | None:
        after = trained(case, seed).after
        because = explain(case, f"train@{seed}") if after is None else None
        if because is not None and because.status is Status.NOT_GRADED:
            raise UnmetError(because)
        return accuracy_of(after, case)

    def _decide(self, score: float) -> Judgement:
        received = T("accuracy {score:.3f} on held-out rows", score=score)
        if score >= self.bonus:
            return passed(
                T("{score:.1%} of the held-out digits are right: enough for the bonus.", score=score),
                bonus=1.0,
                received=received,
            )
        if score >= self.full:
            return passed(T("{score:.1%} of the held-out digits are right.", score=score), received=received)
        message = T(
            "{score:.1%} of the held-out digits are right; {full:.0%} are needed for all points. "
            "Look at the learning curves: are they still rising, or apart?",
            score=score,
            full=self.full,
        )
        expected = T("accuracy of at least {full:.2f}", full=self.full)
        if score >= self.half:
            return partial(0.5, message, expected=expected, received=received)
        return failed(message, expected=expected, received=received)


def accuracy_of(model: Model | None, case: Case, rows: str = "x_test") -> float | None:
    """Return the share of held-out rows whose largest output is the right one; None without finite outputs."""
    outputs = model.outputs.get(rows) if model is not None else None
    if outputs is None or outputs.ndim != 2 or not np.isfinite(outputs).all():
        return None
    if len(outputs) != len(case.outside["y_test"]) or not outputs.shape[1]:
        return None
    return float((outputs.argmax(axis=1) == case.outside["y_test"]).mean())


@dataclass(frozen=True)
class Probabilities:
    """`predict_probabilities(model, x)` gives what the network gives, as one distribution for each row.

    Where the head itself is no distribution, that has cost its points already: faithful outputs are right here.

    >>> Probabilities(Training())
    """

    training: Training
    function: str = "predict_probabilities"

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return a call on the validation rows, after the training on the first seed."""
        seed = seeds[0]
        call = Call(
            id=f"{self.function}@val",
            function=self.function,
            arguments=(Result(step=f"build_model@{seed}"), Given(name="x_val")),
            after=f"train@{seed}",
        )
        return (*self.training.steps(seeds), call)

    def arrays(self) -> Mapping[str, Array]:
        """Return nothing: the exercise's data are enough."""
        return {}

    def judge(self, case: Case) -> Judgement:
        """Judge against the replay of the frozen graph."""
        received = case.array(f"{self.function}@val", self.function)
        model = certified(case, after=True)
        outputs = model.outputs["x_val"]
        if not is_numeric(received):
            return failed(
                T(
                    "{function}() has to return numbers. Received: dtype {dtype}.",
                    function=self.function,
                    dtype=str(received.dtype),
                ),
                expected=T("the network's probabilities"),
                received=str(received.dtype),
            )
        if received.shape != outputs.shape or outputs.ndim != 2:
            return failed(
                T(
                    "{function}() has to return one row of {classes} probabilities for each row of x. "
                    "Received: shape {shape}.",
                    function=self.function,
                    classes=outputs.shape[-1],
                    shape=str(received.shape),
                ),
                expected=str(outputs.shape),
                received=str(received.shape),
            )
        if model.head == "softmax" and np.allclose(received, outputs, atol=1e-3):
            return passed(T("Each row is the network's distribution over the classes and sums to one."))
        return self._without_softmax_head(model, received, outputs)

    def _without_softmax_head(self, model: Model, received: Array, outputs: Array) -> Judgement:
        if model.head in {"linear", "log_softmax"}:
            if np.allclose(received, softmax(outputs.astype(np.float64)), atol=1e-3):
                return passed(T("The raw outputs are turned into a distribution with softmax."))
            if np.allclose(received, outputs, rtol=1e-3, atol=1e-3):
                return failed(
                    T(
                        "{function}() returns raw outputs; they do not sum to one. Apply softmax to them.",
                        function=self.function,
                    ),
                    expected=T("rows that sum to 1"),
                    received=T("rows that sum to {low:.2f} up to {high:.2f}", **_sums(received)),
                )
        sums = outputs.sum(axis=1, keepdims=True)
        normalised = outputs / np.where(sums == 0, 1, sums)
        if model.head != "softmax" and any(
            np.allclose(received, o, atol=1e-3, equal_nan=True) for o in (outputs, normalised)
        ):
            return passed(
                T("These are the network's outputs. That they are no distribution is counted under head and loss.")
            )
        return failed(
            T("{function}() does not return what the network gives for these rows.", function=self.function),
            expected=T("the network's probabilities"),
            received=T("rows that sum to {low:.2f} up to {high:.2f}", **_sums(received)),
        )


def _sums(rows: Array) -> dict[str, float]:
    sums = rows.sum(axis=1)
    return {"low": float(sums.min()), "high": float(sums.max())}
