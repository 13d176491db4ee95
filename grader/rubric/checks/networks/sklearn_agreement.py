"""A check that compares networks with scikit-learn's logistic regression on the same rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import Positive, Tolerance
from grader.core.i18n import _, write_number
from grader.evidence.case import Case
from grader.evidence.failures import explain_failure
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, partial, passed
from grader.evidence.network import Model, read_network
from grader.evidence.scores import compute_accuracy
from grader.protocol.plan import Step
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.protocol.verdict import Status
from grader.rubric.checks.base import Check
from grader.rubric.checks.fitting import count_features, require_yes_or_no
from grader.rubric.checks.networks.binary import require_rows_accepted
from grader.rubric.checks.networks.probabilities import as_columns, find_borders_of_readings
from grader.rubric.checks.networks.score_advice import advise_on_score
from grader.rubric.checks.networks.single import require_certified
from grader.rubric.data.dataset import Data


@dataclass(frozen=True)
class NearScikitLearn(Check):
    """The networks are as good as scikit-learn's `LogisticRegression` without penalty on the same rows.

    Half of the points: the accuracy of `many` on held-out rows is not lower by more than `within`. The other half:
    the border of `one` is not further away than `border`. Closer than `noise` to either, or with a border less
    than twice as far away, the median of all seeds decides.

    >>> many = Training(arguments=(30,), name="thirty")
    >>> NearScikitLearn(many, Training(arguments=(1,), name="one", rows="one_"), within=0.02, border=0.1)
    """

    kinds = frozenset({"classification"})
    topics = frozenset({"score"})
    many: Training
    one: Training
    within: Tolerance
    border: Positive
    noise: Tolerance = 0.01

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where the parameters do not fit the exercise."""
        require_yes_or_no(self, task)
        if (features := count_features(self.one, data)) != 1:
            raise self.refuse(
                _(
                    "{check} needs rows of 1 feature; those of the data have {count}",
                    check=type(self).__name__,
                    count=features,
                ),
                "one",
            )

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the steps of both trainings."""
        return (*self.many.steps(seeds), *self.one.steps(seeds))

    def trainings(self) -> tuple[Training, ...]:
        """Return both trainings."""
        return (self.many, self.one)

    def held_back(self) -> tuple[str, ...]:
        """Return what networks need, and the ramp along which `one` shows its border."""
        return (*super().held_back(), self.one.array("x_probe"))

    def judge(self, case: Case) -> Judgement:
        """Judge both, each for half of the points."""
        accuracy = _judge_or_explain(self._accuracy, case)
        # What to do about a training is said once.
        is_advised = accuracy.status is not Status.PASSED
        parts = [accuracy, _judge_or_explain(lambda c: self._border(c, is_advised=is_advised), case)]
        undecided = any(part.undecided for part in parts)
        lost = [part for part in parts if part.status is not Status.PASSED]
        undecidable = next((part for part in lost if part.status is Status.NOT_GRADED), None)
        if undecidable is not None:
            return undecidable
        both = _("{first} {second}", first=parts[0].message, second=parts[1].message)
        if not lost:
            return replace(passed(both), undecided=undecided)
        if len(lost) == 1:
            half = partial(0.5, lost[0].message, expected=lost[0].expected, received=lost[0].received)
            return replace(half, undecided=undecided)
        # Where both were kept from being judged by the same thing, it is told once.
        same = parts[0].message == parts[1].message
        return replace(parts[0], message=parts[0].message if same else both, undecided=undecided)

    def _accuracy(self, case: Case) -> Judgement:
        require_rows_accepted(case, self.many)
        model = require_certified(case, self.many, after=True)
        truth = case.outside[self.many.array("y_test")]
        of_seeds = [_compute_accuracy(model, truth) for model in _read_each_seed(case, self.many)]
        accuracy, reference = median(of_seeds), _fit_scikit_learn(case, self.many)[0]
        doubt = len(case.seeds) == 1 and abs(accuracy - (reference - self.within)) < self.noise
        if accuracy >= reference - self.within:
            message = _(
                "{found:.1%} of the held-out rows are right; scikit-learn's LogisticRegression gets "
                "{reference:.1%}.",
                found=accuracy,
                reference=reference,
            )
            return replace(passed(message), undecided=doubt)
        if model.is_constant:
            message = _(
                "{found:.1%} of the held-out rows are right: the network gives the same answer for every row, "
                "whatever it has learned. Mend its output first. scikit-learn's LogisticRegression, trained on "
                "the same rows, gets {reference:.1%}.",
                found=accuracy,
                reference=reference,
            )
        else:
            message = _(
                "{found:.1%} of the held-out rows are right. scikit-learn's LogisticRegression, trained on the "
                "same rows, gets {reference:.1%}, and it computes the same formula. {advice}",
                found=accuracy,
                reference=reference,
                advice=advise_on_score(case, self.many),
            )
        expected = _("accuracy of at least {least:.3f}", least=reference - self.within)
        return replace(failed(message, expected=expected, received=write_number(accuracy, ".3f")), undecided=doubt)

    def _border(self, case: Case, *, is_advised: bool) -> Judgement:
        """Judge the border of the network of one feature. `is_advised`: what to do has been said already."""
        require_rows_accepted(case, self.one)
        require_certified(case, self.one, after=True)
        reference = _fit_scikit_learn(case, self.one)[1]
        of_seeds = [_find_border(case, self.one, model, reference) for model in _read_each_seed(case, self.one)]
        distance = median(abs(x - reference) for x in of_seeds)
        border = min(of_seeds, key=lambda x: abs(abs(x - reference) - distance))
        # One that misses by less than as much again may be the luck of one training.
        doubt = len(case.seeds) == 1 and -self.noise < distance - self.border < self.border
        if distance <= self.border:
            message = _(
                "With one feature, the network says 0.5 at {found:.2f}; scikit-learn at {reference:.2f}.",
                found=border,
                reference=reference,
            )
            return replace(passed(message), undecided=doubt)
        expected = _(
            "a border from {low:.2f} to {high:.2f}", low=reference - self.border, high=reference + self.border
        )
        if not np.isfinite(border):
            nowhere = _(
                "With one feature, the network says 0.5 nowhere; scikit-learn's LogisticRegression, trained on "
                "the same rows, says it at {reference:.2f}.",
                reference=reference,
            )
            return failed(nowhere, expected=expected, received=_("no border"))
        message = _(
            "With one feature, the network says 0.5 at {found:.2f}; scikit-learn's LogisticRegression, trained "
            "on the same rows, at {reference:.2f}.",
            found=border,
            reference=reference,
        )
        if not is_advised:
            message = _("{first} {second}", first=message, second=advise_on_score(case, self.one))
        return replace(failed(message, expected=expected, received=write_number(border, ".2f")), undecided=doubt)


def _compute_accuracy(model: Model | None, truth: Array) -> float:
    """Return the accuracy on held-out rows; 0 where the network puts out no numbers."""
    outputs = model.outputs.get("x_test") if model is not None else None
    if model is None or outputs is None or not np.isfinite(outputs).all():
        return 0.0
    columns = as_columns(outputs)
    return compute_accuracy(columns, truth, model) if columns.ndim == 2 else 0.0


def _find_border(case: Case, training: Training, model: Model | None, reference: float) -> float:
    """Return the border of a network of one feature, infinity for none.

    Of several ways to read its outputs, it is the one nearest to the reference. But where the network changes its
    mind several times among the rows of the training, one of these places is near by chance: the furthest counts.
    """
    if model is None or model.graph is None:
        return float(np.inf)
    x = case.inside[training.array("x_train")]
    low, high = float(x.min()), float(x.max())
    of_readings = []
    for borders in find_borders_of_readings(case, training, model):
        among_rows = [border for border in borders if low <= border <= high]
        if among_rows:
            of_readings.append(max(among_rows, key=lambda border: abs(border - reference)))
        else:
            of_readings.append(min(borders, key=lambda border: abs(border - reference)))
    return min(of_readings, key=lambda border: abs(border - reference), default=float(np.inf))


def _judge_or_explain(judge: Callable[[Case], Judgement], case: Case) -> Judgement:
    try:
        return judge(case)
    except PreconditionFailedError as unmet:
        return unmet.judgement


def _read_each_seed(case: Case, training: Training) -> Sequence[Model | None]:
    """Return the trained network of each seed; `PreconditionFailedError` where the grader lost one."""
    models = []
    for seed in case.seeds:
        after = read_network(case, training, seed).after
        because = explain_failure(case.run, training.fitted(seed)) if after is None else None
        if because is not None and because.status is Status.NOT_GRADED:
            raise PreconditionFailedError(because)
        models.append(after)
    return models


def _fit_scikit_learn(case: Case, training: Training) -> tuple[float, float]:
    """Fit scikit-learn on the same rows; returns its held-out accuracy and where its first feature's border is."""
    return case.of_data(_fit_logistic_regression, *map(training.array, ("x_train", "y_train", "x_test", "y_test")))


def _fit_logistic_regression(x: Array, y: Array, x_held: Array, y_held: Array) -> tuple[float, float]:
    from sklearn.linear_model import LogisticRegression  # a second of imports that not everybody needs

    model = LogisticRegression(C=np.inf, max_iter=10_000).fit(x.astype(np.float64), y)
    return float(model.score(x_held.astype(np.float64), y_held)), float(-model.intercept_[0] / model.coef_[0, 0])
