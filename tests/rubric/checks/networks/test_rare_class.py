"""The rare class has to be found more often than without weights, and not at the price of all others."""

from functools import cache
from typing import Any

import numpy as np
import pytest

from grader.core.errors import RubricError
from grader.evidence.judgement import Judgement
from grader.protocol.training import Training
from grader.protocol.verdict import Status
from grader.rubric.checks import FindsRareClass
from grader.rubric.data import Data, unbalanced
from tests.helpers import lab
from tests.helpers.cases import judged, text

CHECK = FindsRareClass(Training(validation=False), rises=0.15)


@cache
def rows() -> Data:
    return unbalanced()


def judge_weights(weight: Any) -> Judgement:
    """Judge a network whose weights are those of a logistic regression with these weights of the classes."""
    import keras
    from sklearn.linear_model import LogisticRegression

    def build_model() -> Any:
        model = keras.Sequential([keras.Input(shape=(6,)), keras.layers.Dense(3, activation="softmax")])
        model.compile(loss="sparse_categorical_crossentropy")
        return model

    def train(model: Any, x: Any, y: Any) -> None:
        line = LogisticRegression(C=100.0, class_weight=weight, max_iter=500).fit(x, y)
        model.layers[-1].set_weights([line.coef_.T, line.intercept_])

    return judged(CHECK, lab.run(CHECK, rows(), {"build_model": build_model, "train": train}))


@pytest.mark.parametrize(
    ("weight", "status", "words"),
    [
        ("balanced", Status.PASSED, "The mean recall of all classes rises from"),
        (None, Status.FAILED, "a classifier that was trained without weights finds"),
        ({0: 1.0, 1: 1e4, 2: 1.0}, Status.FAILED, "that the mean recall of all classes falls from"),
        ({0: 15.7, 1: 1.0, 2: 9.0}, Status.FAILED, "% are expected."),
    ],
)
def test_a_network_is_judged_by_what_it_finds(weight: Any, status: Status, words: str) -> None:
    judgement = judge_weights(weight)
    assert judgement.status is status, text(judgement.message)
    assert words in text(judgement.message)
    assert "rarest class (1)" in text(judgement.message)


def test_the_rare_class_has_one_row_in_25_and_is_hardly_found_without_weights() -> None:
    counts = np.bincount(rows().inside["y_train"])
    assert counts.tolist() == [1218, 78, 704]
    for share in (0.0, 1.5):
        with pytest.raises(RubricError):
            FindsRareClass(Training(validation=False), rises=share)
