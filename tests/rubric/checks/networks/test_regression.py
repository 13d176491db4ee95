"""Losses for numbers, and R² on held-out rows."""

import re
from typing import Any

import numpy as np
import pytest

from grader.evidence.judgement import Judgement
from grader.protocol.verdict import Status
from grader.rubric.checks import RegressionLoss, RSquared, Training, TrainsEach
from grader.rubric.checks.base import Check
from tests.helpers import lab
from tests.helpers.cases import judged, text
from tests.rubric.checks.networks.test_linear import BOTH, DATA, ONE, best, layers, learn, neuron, of, ruined

LOSS = RegressionLoss((ONE,))


def with_loss(loss: Any, *metrics: Any) -> Judgement:
    def build(n: int) -> Any:
        model = layers(lambda k: k.Dense(1))(n)
        if loss is not None:
            model.compile(optimizer="sgd", loss=loss, metrics=list(metrics))
        return model

    return of(LOSS, build)


@pytest.mark.parametrize("loss", ["mse", "mean_squared_error", "mae", "huber", "log_cosh", "logcosh"])
def test_losses_for_numbers(loss: str) -> None:
    assert with_loss(loss).status is Status.PASSED


def test_losses_as_objects_and_of_the_student_s_own() -> None:
    import keras

    for loss in (keras.losses.MeanSquaredError(), keras.losses.Huber(0.5), keras.losses.mean_absolute_error):
        assert with_loss(loss).status is Status.PASSED
    assert with_loss(lambda y, p: keras.ops.mean(keras.ops.power(y - p, 4))).status is Status.PASSED


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        ("binary_crossentropy", "for classes"),
        ("categorical_crossentropy", "for classes"),
        ("hinge", "for classes"),
        ("cosine_similarity", "for directions"),
        ("mape", "at and below zero"),
        ("msle", "at and below zero"),
        (None, "not compiled with a loss"),
    ],
)
def test_losses_that_are_none_for_numbers(loss: str | None, words: str) -> None:
    judgement = with_loss(loss)
    assert judgement.status is Status.FAILED
    assert words in text(judgement.message)
    assert not judgement.blocks


def test_an_own_cross_entropy_is_known_by_what_it_does() -> None:
    import keras

    judgement = with_loss(lambda y, p: 1.0 * keras.losses.binary_crossentropy(y, p))
    assert judgement.status is Status.FAILED
    assert text(judgement.message).startswith("binary_crossentropy is no loss for numbers")


@pytest.mark.parametrize("metric", ["accuracy", "acc", "binary_accuracy", "AUC"])
def test_a_metric_that_counts_hits_keeps_half(metric: str) -> None:
    judgement = with_loss("mse", "mae", metric)
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
    assert "exact hits" in text(judgement.message)


def test_metrics_for_numbers_are_fine() -> None:
    import keras

    assert with_loss("mse", "mae", "mse", keras.metrics.R2Score()).status is Status.PASSED


def test_what_train_compiles_again_is_what_counts() -> None:
    def train(model: Any, x: Any, y: Any) -> Any:
        model.compile(optimizer="adam", loss="mae")
        return learn(model, x, y)

    assert of(LOSS, layers(lambda k: k.Dense(1)), train).status is Status.PASSED


# R².

NEAR = RSquared(BOTH, near_least_squares=0.02)


def test_the_best_line_is_near_itself() -> None:
    judgement = of(NEAR)
    assert judgement.status is Status.PASSED
    assert not judgement.undecided


def shifted(by: float) -> Any:
    def train(model: Any, x: Any, y: Any) -> Any:
        weights, bias = best(x.shape[1])
        model.layers[-1].set_weights([weights[:, None], np.array([bias + by])])
        return lab.history(loss=[1.0])

    return train


def test_each_network_has_its_share() -> None:
    def train(model: Any, x: Any, y: Any) -> Any:
        return shifted(0.0 if x.shape[1] == 1 else 2.0)(model, x, y)

    judgement = of(NEAR, train=train)
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
    assert text(judgement.message).startswith("build_model(2): R² on held-out rows: 0.")


def test_worse_than_the_mean_is_told_as_such() -> None:
    judgement = of(NEAR, train=shifted(30.0))
    assert judgement.status is Status.FAILED
    assert "worse than always predicting the mean" in text(judgement.message)


def test_a_score_near_the_threshold_asks_for_more_seeds() -> None:
    score = float(str(text(of(RSquared((ONE,), at_least=0.5)).received)).split()[1])
    for wanted, status in ((score - 0.002, Status.PASSED), (score + 0.002, Status.FAILED)):
        check = RSquared((ONE,), at_least=wanted, noise=0.01)
        judgement = of(check)
        assert judgement.undecided
        assert judgement.status is status
        everything = lab.run(check, DATA, {"build_model": neuron, "train": learn}, seeds=(0, 1, 2))
        assert not judged(check, everything).undecided


def test_the_median_of_the_seeds_decides() -> None:
    calls: list[int] = []

    def train(model: Any, x: Any, y: Any) -> Any:
        calls.append(1)
        return shifted(2.0 if len(calls) == 1 else 0.0)(model, x, y)

    check = RSquared((ONE,), near_least_squares=0.02)
    made = lab.run(check, DATA, {"build_model": neuron, "train": train}, seeds=(0, 1, 2))
    assert judged(check, made).status is Status.PASSED


def test_outputs_that_are_no_numbers_fail() -> None:
    judgement = of(NEAR, train=ruined)
    assert judgement.status is Status.FAILED
    assert judgement.received == "NaN"


def test_a_network_of_rank_one_is_scored_too() -> None:
    from tests.rubric.checks.networks.test_linear import flat_output

    def train(model: Any, x: Any, y: Any) -> Any:
        weights, bias = best(x.shape[1])
        model.dense.set_weights([weights[:, None], np.array([bias])])
        return lab.history(loss=[1.0])

    assert of(NEAR, flat_output, train).status is Status.PASSED


def test_a_line_is_not_above_the_line_of_least_squares_and_is_told_what_that_reaches() -> None:
    judgement = of(RSquared((ONE,), above_least_squares=0.0001, noise=0.0))
    assert judgement.status is Status.FAILED
    assert re.search(r"needed: 0\.99\d\. .*LinearRegression on the same rows: 0\.99\d\.", text(judgement.message))


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"at_least": 0.5, "near_least_squares": 0.02},
        {"above_least_squares": 0.1, "near_least_squares": 0.02},
    ],
)
def test_a_threshold_is_one_of_the_three(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="one of at_least"):
        RSquared((ONE,), **options)


# Training.

TRAINS = TrainsEach(BOTH)


def test_a_training_that_moves_the_weights_is_one() -> None:
    assert of(TRAINS).status is Status.PASSED


def test_weights_that_became_nan_block_what_builds_on_them() -> None:
    judgement = of(TRAINS, train=ruined)
    assert judgement.status is Status.FAILED
    assert judgement.blocks
    assert "Yours is 0.001" in text(judgement.message)
    assert "from epoch 2 on" in text(judgement.received)


def test_untrained_weights_are_told_and_block_nothing() -> None:
    judgement = of(TRAINS, train=lambda m, x, y: lab.history(loss=[1.0]))
    assert judgement.status is Status.FAILED
    assert not judgement.blocks


def test_a_history_that_is_not_returned_costs_half() -> None:
    judgement = of(TRAINS, train=lambda m, x, y: (learn(m, x, y), None)[1])
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
    assert "History" in text(judgement.message)
    assert "build_model" not in text(judgement.message)  # said once for both


def test_a_crash_in_one_of_the_trainings_leaves_the_other() -> None:
    def train(model: Any, x: Any, y: Any) -> Any:
        if x.shape[1] == 2:
            raise ValueError("broken")
        return learn(model, x, y)

    judgement = of(TRAINS, train=train)
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
    assert "broken" in text(judgement.message)


def check_of(check: Check) -> tuple[Training, ...]:
    return check.trainings()


def test_checks_of_several_networks_name_their_trainings() -> None:
    assert all(check_of(check) == BOTH for check in (NEAR, TRAINS))
