"""Checks of networks that predict numbers: the loss that they are trained with, and R² on held-out rows."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import Score, Tolerance
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.failures import explain_failure
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, partial, passed
from grader.evidence.loss_identity import IdentifiedLoss, identify_network_loss
from grader.evidence.network import Model, is_usable, read_network
from grader.evidence.scores import r_squared
from grader.protocol.evidence import CompileFacts
from grader.protocol.training import Training
from grader.protocol.verdict import Status
from grader.rubric.checks.networks.output_and_loss import name_activation, read_last_compiled
from grader.rubric.checks.networks.own_loss import explain_no_loss, find_problem_of_loss
from grader.rubric.checks.networks.score_advice import advise_on_score
from grader.rubric.checks.networks.several import EachNetwork
from grader.rubric.checks.networks.single import require_certified

# Losses that measure how far a number is from the right one. The last two divide by the target or take its
# logarithm, so they are none for targets around zero.
REGRESSION_LOSSES = frozenset({"mean_squared_error", "mean_absolute_error", "huber", "log_cosh", "logcosh"})
_RELATIVE_LOSSES = frozenset({"mean_absolute_percentage_error", "mean_squared_logarithmic_error"})
_CLASS_METRICS = frozenset(
    {
        "accuracy",
        "binary_accuracy",
        "categorical_accuracy",
        "sparse_categorical_accuracy",
        "top_k_categorical_accuracy",
        "sparse_top_k_categorical_accuracy",
        "auc",
        "precision",
        "recall",
        "f1_score",
        "fbeta_score",
    }
)


@dataclass(frozen=True)
class RegressionLoss(EachNetwork):
    """Compiled with a loss for numbers. Accuracy among the metrics keeps half of the points.

    >>> RegressionLoss((Training(),))
    """

    kinds = frozenset({"regression"})
    topics = frozenset({"head"})

    def is_independent(self, case: Case) -> bool:
        """Return whether there is a network at all: its loss is judged, whatever it looks like."""
        return any(is_usable(case, network) for network in self.networks)

    def judge_one(self, case: Case, network: Training) -> Judgement:
        """Judge what the network was trained with, or else what it was compiled with."""
        require_certified(case, network, after=False)
        compiled, loss = identify_compiled(case, network)
        return (
            judge_loss(case, network, compiled, loss)
            or find_metric_problem(compiled)
            or passed(_explain_right_loss(loss))
        )


def _explain_right_loss(loss: IdentifiedLoss) -> Words:
    if loss.is_proper:
        return _(
            "Your own loss equals no loss that the grader knows, but on made-up predictions it falls as they come "
            "nearer to the right numbers."
        )
    return _("{loss} measures how far the predicted number is from the right one.", loss=loss.name)


def read_compiled(case: Case, network: Training) -> tuple[CompileFacts | None, str]:
    """Return the `compile` of the first seed's network when it is trained, and its loss's canonical name."""
    compiled, loss = identify_compiled(case, network)
    return compiled, loss.name


def identify_compiled(case: Case, network: Training) -> tuple[CompileFacts | None, IdentifiedLoss]:
    """Return the `compile` of the first seed's network when it is trained, and what is known of its loss."""
    before = read_network(case, network, case.seeds[0]).before
    step, compiled = read_last_compiled(case, network, before) if before is not None else ("", None)
    if compiled is None:
        return None, IdentifiedLoss("")
    return compiled, identify_network_loss(case, network, step, compiled)


def judge_loss(
    case: Case, network: Training, compiled: CompileFacts | None, loss: IdentifiedLoss
) -> Judgement | None:
    """Return the judgement for a model without a loss for numbers, or with one that is not decided; else None."""
    if compiled is None or not loss.name:
        return replace(explain_no_loss(compiled), blocks=False)
    problem = find_problem_of_loss(case, network, loss)
    if problem is not None:
        return replace(problem, blocks=False)
    return None if loss.is_proper else find_loss_problem(compiled, loss.name)


def find_loss_problem(compiled: CompileFacts | None, loss: str) -> Judgement | None:
    """Return the judgement for a model without a loss for numbers, else None. `loss`: its canonical name."""
    expected = _("a loss for numbers, such as mse or mae")
    if compiled is None or not loss:
        return replace(explain_no_loss(compiled), blocks=False)
    if loss in REGRESSION_LOSSES:
        return None
    if loss in _RELATIVE_LOSSES:
        message = _(
            "{loss} compares with the target by dividing by it or by its logarithm, so it goes wrong for "
            "targets at and below zero. Use mse, mae or huber.",
            loss=loss,
        )
    else:
        message = _(
            "{loss} is no loss for numbers: it is for classes or for directions. To predict a number, measure the "
            "distance to it: mse, mae or huber.",
            loss=loss,
        )
    return failed(message, expected=expected, received=loss, blocks=False)


def find_metric_problem(compiled: CompileFacts | None) -> Judgement | None:
    """Return the judgement for a metric that counts hits, else None."""
    class_metrics = [name for name in (compiled.metrics if compiled else ()) if name in _CLASS_METRICS]
    if not class_metrics:
        return None
    return partial(
        0.5,
        _(
            "The loss is right, but {metric} counts exact hits, and a predicted 1.4999 for 1.5 is none: it says "
            "nothing about numbers. Use mae or leave the metric out.",
            metric=class_metrics[0],
        ),
        expected=_("metrics for numbers, such as mae"),
        received=class_metrics[0],
    )


@dataclass(frozen=True)
class RSquared(EachNetwork):
    """R² on held-out rows: at least `at_least`, or compared with a least-squares solution.

    That is at most `near_least_squares` below it, or at least `above_least_squares` above it. The solution is
    scikit-learn's `LinearRegression` on the same rows. A score closer than `noise` to the threshold is decided by
    the median over all seeds, not by the luck of the first. Each network has its share of the points.

    >>> RSquared((Training(),), near_least_squares=0.02)
    >>> RSquared((Training(),), at_least=0.8, noise=0.02)
    >>> RSquared((Training(),), above_least_squares=0.05)
    """

    kinds = frozenset({"regression"})
    topics = frozenset({"score"})
    at_least: Score | None = None
    near_least_squares: Tolerance | None = None
    above_least_squares: Tolerance | None = None
    noise: Tolerance = 0.005

    def __post_init__(self) -> None:
        """Raise `RubricError` where not exactly one of the thresholds is there."""
        super().__post_init__()
        thresholds = (self.at_least, self.near_least_squares, self.above_least_squares)
        if sum(threshold is not None for threshold in thresholds) != 1:
            raise self.refuse(
                _("RSquared needs one of at_least, near_least_squares and above_least_squares, and not several")
            )

    def judge_one(self, case: Case, network: Training) -> Judgement:
        """Judge the median of the seeds that were trained; says `undecided` where one seed is too close."""
        model = require_certified(case, network, after=True)
        threshold = self._compute_threshold(case, network)
        scores = [_score(case, network, seed) for seed in case.seeds]
        # A training without a finite score is worse than any other.
        score = median(-np.inf if score is None else score for score in scores)
        doubt = len(case.seeds) == 1 and abs(score - threshold) < self.noise
        judgement = self._decided(float(score), threshold, model, lambda: advise_on_score(case, network))
        if self.above_least_squares is not None:
            message = _(
                "{message} scikit-learn's LinearRegression on the same rows: {line:.3f}.",
                message=judgement.message,
                line=score_least_squares(case, network),
            )
            judgement = replace(judgement, message=message)
        return replace(judgement, undecided=doubt)

    def _compute_threshold(self, case: Case, network: Training) -> float:
        if self.at_least is not None:
            return self.at_least
        return (
            score_least_squares(case, network) + (self.above_least_squares or 0) - (self.near_least_squares or 0)
        )

    def _decided(self, score: float, threshold: float, model: Model, advise: Callable[[], Words]) -> Judgement:
        if not np.isfinite(score):
            return failed(
                _("The outputs of the network are not numbers for every row (NaN or infinite)."),
                expected=_("R² of at least {wanted:.3f}", wanted=threshold),
                received="NaN",
            )
        received = _("R² {score:.3f} on held-out rows", score=score)
        if score >= threshold:
            return passed(
                _("R² on held-out rows: {score:.3f}; needed: {wanted:.3f}.", score=score, wanted=threshold),
                received=received,
            )
        return failed(
            _(
                "R² on held-out rows: {score:.3f}; needed: {wanted:.3f}. {advice}",
                score=score,
                wanted=threshold,
                advice=_advice(score, model, advise),
            ),
            expected=_("R² of at least {wanted:.3f}", wanted=threshold),
            received=received,
        )


def _advice(score: float, model: Model, advise: Callable[[], Words]) -> Words:
    if model.output_bends:
        return _(
            "The output goes through {activation}, which limits the numbers that it can give; begin with that.",
            activation=name_activation(model.output_bends[-1]),
        )
    if score < 0:
        return _("A negative R² is worse than always predicting the mean. {advice}", advice=advise())
    return advise()


def _score(case: Case, network: Training, seed: int) -> float | None:
    after = read_network(case, network, seed).after
    because = explain_failure(case.run, network.fitted(seed)) if after is None else None
    if because is not None and because.status is Status.NOT_GRADED:
        raise PreconditionFailedError(because)
    return compute_r_squared(after, case, network)


def compute_r_squared(model: Model | None, case: Case, network: Training) -> float | None:
    """Return R² on the held-out rows; None without one finite number for each of them."""
    outputs = model.outputs.get("x_test") if model is not None else None
    truth = case.outside[network.array("y_test")]
    if outputs is None or outputs.size != truth.size or not np.isfinite(outputs).all():
        return None
    return r_squared(truth, outputs)


def fit_least_squares(case: Case, network: Training) -> tuple[Array, float]:
    """Return weights (n_features,) and bias of the least-squares solution on the rows that `train` gets."""
    return case.of_data(_least_squares, network.array("x_train"), network.array("y_train"))


def score_least_squares(case: Case, network: Training) -> float:
    """Return R² of the least-squares solution on the held-out rows."""
    weights, bias = fit_least_squares(case, network)
    x, y = (case.outside[network.array(role)] for role in ("x_test", "y_test"))
    return r_squared(y, x.astype(np.float64) @ weights + bias)


def _least_squares(x: Array, y: Array) -> tuple[Array, float]:
    from sklearn.linear_model import LinearRegression  # a second of imports that not every check needs

    line = LinearRegression().fit(x.astype(np.float64), y.astype(np.float64))
    return np.asarray(line.coef_, dtype=np.float64), float(line.intercept_)
