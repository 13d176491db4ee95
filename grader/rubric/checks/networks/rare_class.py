"""A check of what weights of classes do: the rare class is found more often than without them."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import Score, Tolerance
from grader.core.i18n import Words, _, write_number
from grader.evidence.case import Case
from grader.evidence.failures import explain_failure
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, passed
from grader.evidence.network import read_network
from grader.evidence.scores import predict_classes
from grader.protocol.verdict import Status
from grader.rubric.checks.networks.score_advice import advise_on_score
from grader.rubric.checks.networks.single import NetworkCheck, require_certified


class Recalls(NamedTuple):
    """What is recognised of the held-out rows: of the rare class, and on average over the classes."""

    rare: float
    mean: float


@dataclass(frozen=True)
class FindsRareClass(NetworkCheck):
    """The trained network finds more of the rarest class than a classifier that is trained without weights.

    That one is scikit-learn's `LogisticRegression` without penalty, on the same rows. On held-out rows, the recall
    of the class that is rarest in `y_train` has to be higher by `rises`, and the mean recall of all classes must
    not be lower: who always names the rare class has found nothing. Closer than `noise` to either, the median of
    all seeds decides.

    >>> FindsRareClass(Training(train="train_weighted", validation=False), rises=0.15)
    """

    kinds = frozenset({"classification"})
    topics = frozenset({"score"})
    rises: Score
    noise: Tolerance = 0.05

    def judge(self, case: Case) -> Judgement:
        """Judge the median of the seeds that were trained; says `undecided` where one seed is too close."""
        require_certified(case, self.training, after=True)
        measured = sorted(filter(None, (self._measure(case, seed) for seed in case.seeds)))
        if not measured:
            return failed(
                _("The outputs of the network are not numbers for every row (NaN or infinite)."), received="NaN"
            )
        trained = measured[len(measured) // 2]
        plain, rare = case.of_data(
            _fit_without_weights, *map(self.training.array, ("x_train", "y_train", "x_test", "y_test"))
        )
        doubt = len(case.seeds) == 1 and (
            abs(trained.rare - plain.rare - self.rises) < self.noise or abs(trained.mean - plain.mean) < self.noise
        )
        return replace(self._decide(case, trained, plain, rare), undecided=doubt)

    def _measure(self, case: Case, seed: int) -> Recalls | None:
        model = read_network(case, self.training, seed).after
        because = explain_failure(case.run, self.training.fitted(seed)) if model is None else None
        if because is not None and because.status is Status.NOT_GRADED:
            raise PreconditionFailedError(because)
        outputs = model.outputs.get("x_test") if model is not None else None
        truth = case.outside[self.training.array("y_test")]
        if model is None or outputs is None or outputs.ndim != 2 or len(outputs) != len(truth):
            return None
        if not outputs.shape[1] or not np.isfinite(outputs).all():
            return None
        rare = _find_rarest(case.inside[self.training.array("y_train")])
        return _compute_recalls(predict_classes(outputs, truth, model), truth, rare)

    def _decide(self, case: Case, trained: Recalls, plain: Recalls, rare: int) -> Judgement:
        least = plain.rare + self.rises
        result = _(
            "Of the held-out rows of the rarest class ({label}), the network finds {found:.0%}; a classifier that "
            "was trained without weights finds {plain:.0%}.",
            label=rare,
            found=trained.rare,
            plain=plain.rare,
        )
        if trained.rare < least:
            message = _(
                "{result} {least:.0%} are expected. {advice}",
                result=result,
                least=least,
                advice=self._advise(case),
            )
            return failed(
                message,
                expected=_("a recall of at least {least:.2f}", least=least),
                received=write_number(trained.rare, ".2f"),
            )
        if trained.mean < plain.mean:
            message = _(
                "{result} But it finds so little of the other classes that the mean recall of all classes falls "
                "from {plain:.0%} to {mean:.0%}. The weight of the rare class is too large, or the training is "
                "too short: {advice}",
                result=result,
                plain=plain.mean,
                mean=trained.mean,
                advice=advise_on_score(case, self.training),
            )
            return failed(
                message,
                expected=_("a mean recall of at least {least:.2f}", least=plain.mean),
                received=write_number(trained.mean, ".2f"),
            )
        return passed(
            _(
                "{result} The mean recall of all classes rises from {plain:.0%} to {mean:.0%}.",
                result=result,
                plain=plain.mean,
                mean=trained.mean,
            ),
            received=write_number(trained.rare, ".2f"),
        )

    def _advise(self, case: Case) -> Words:
        """Return what to look at first: whether `fit` got weights or balanced rows at all."""
        network = read_network(case, self.training, case.seeds[0])
        fit = network.last_fit
        rows = len(case.inside[self.training.array("x_train")])
        if fit is not None and not fit.weighted and fit.x_shape[:1] == (rows,):
            return _(
                "fit got the rows as unbalanced as they are, and no weights: pass "
                "class_weight=class_weights(y_train) to it."
            )
        if fit is not None and fit.weighted:
            return _(
                "fit got weights. Is the largest one that of the rarest class of y_train, and is every label a "
                "key of its own, as a number and not as text? {advice}",
                advice=advise_on_score(case, self.training),
            )
        return advise_on_score(case, self.training)


def _find_rarest(labels: Array) -> int:
    names, counts = np.unique(labels, return_counts=True)
    return int(names[counts.argmin()])


def _compute_recalls(predicted: Array, truth: Array, rare: int) -> Recalls:
    each = {int(label): float((predicted[truth == label] == label).mean()) for label in np.unique(truth)}
    return Recalls(each.get(rare, 0.0), float(np.mean(list(each.values()))))


def _fit_without_weights(x: Array, y: Array, x_held: Array, y_held: Array) -> tuple[Recalls, int]:
    """Return what a logistic regression without weights recognises, and the label of the rarest class."""
    from sklearn.linear_model import LogisticRegression  # a second of imports that not everybody needs

    rare = _find_rarest(y)
    flat, flat_held = (rows.reshape(len(rows), -1).astype(np.float64) for rows in (x, x_held))
    model = LogisticRegression(C=np.inf, max_iter=10_000).fit(flat, y)
    return _compute_recalls(model.predict(flat_held), y_held, rare), rare
