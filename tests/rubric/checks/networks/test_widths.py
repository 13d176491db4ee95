"""Checks of tables ask for as many features, classes and pixels as the exercise has, one or a thousand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.protocol.verdict import Status
from grader.rubric.checks import (
    ConfusionMatrix,
    CountsClasses,
    Figures,
    Loads,
    OneHot,
    Scales,
    Splits,
    Standardises,
)
from grader.rubric.checks.base import Check
from tests.helpers.cases import judge, text

WIDTHS = [1, 2, 13, 784]


def split(x: Any, y: Any, seed: int) -> Any:
    order = np.random.default_rng(seed).permutation(len(x))
    held = len(x) // 4
    return x[order[held:]], x[order[:held]], y[order[held:]], y[order[:held]]


def unpaired(x: Any, y: Any, seed: int) -> Any:
    x_train, x_test, y_train, y_test = split(x, y, seed)
    return x_train, x_test, np.roll(y_train, 1), y_test


def flattened(x: Any, y: Any, seed: int) -> Any:
    x_train, x_test, y_train, y_test = split(x, y, seed)
    return x_train.ravel(), x_test.ravel(), y_train, y_test


def standardise(x_train: Any, x_test: Any) -> Any:
    deviation = x_train.std(axis=0)
    deviation = np.where(deviation > 0, deviation, 1.0)
    return (x_train - x_train.mean(axis=0)) / deviation, (x_test - x_train.mean(axis=0)) / deviation


def each_alone(x_train: Any, x_test: Any) -> Any:
    return standardise(x_train, x_train)[0], standardise(x_test, x_test)[0]


@pytest.mark.parametrize("width", WIDTHS)
class TestWidths:
    """The same judgement for rows of every width."""

    def test_splits(self, width: int) -> None:
        check = Splits("split", share=0.25, features=width)
        assert check.arrays()["split:x"].shape == (200, width)
        assert judge(check, split=split).status is Status.PASSED
        assert "no longer paired" in text(judge(check, split=unpaired).message)
        wrong = judge(check, split=flattened)
        assert wrong.status is Status.FAILED
        assert f"(150, {width})" in text(wrong.expected or "")

    @pytest.mark.parametrize("largest", [1, 16, 255, 0.5])
    def test_scales(self, width: int, largest: float) -> None:
        check = Scales("scale", largest=largest, features=width)
        assert all(b.shape[1] == width and b.max() <= largest for b in check.batches().values())
        assert max(b.max() for b in check.batches().values()) == largest
        assert judge(check, scale=lambda x: x / largest).status is Status.PASSED
        by_batch = judge(check, scale=lambda x: x / x.max())
        assert by_batch.status is Status.FAILED
        assert "Divide by the largest possible value" in text(by_batch.message)

    def test_standardises(self, width: int) -> None:
        if width == 1:
            with pytest.raises(ValueError, match="two or more features"):
                Standardises("prepare", features=1)
            return
        check = Standardises("prepare", features=width)
        assert judge(check, prepare=standardise).status is Status.PASSED
        assert "standardises each part by itself" in text(judge(check, prepare=each_alone).message)


@pytest.mark.parametrize("classes", [2, 3, 5, 6, 40])
@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (CountsClasses, lambda k: lambda y: np.bincount(y, minlength=k), lambda k: np.bincount),
        (OneHot, lambda k: lambda y: np.eye(k)[y], lambda k: lambda y: np.eye(max(y) + 1)[y]),
    ],
)
def test_any_number_of_classes(
    check: Callable[..., Check], right: Callable[..., Any], wrong: Callable[..., Any], classes: int
) -> None:
    assert judge(check("f", classes=classes), f=right(classes)).status is Status.PASSED
    assert judge(check("f", classes=classes), f=wrong(classes)).status is Status.FAILED


@pytest.mark.parametrize("classes", [2, 3, 40])
def test_a_confusion_matrix_of_any_size(classes: int) -> None:
    def confusion(y_true: Any, y_pred: Any) -> Any:
        found = np.zeros((classes, classes), dtype=int)
        np.add.at(found, (y_true, y_pred), 1)
        return found

    check = ConfusionMatrix("confusion", classes=classes)
    assert judge(check, confusion=confusion).status is Status.PASSED
    assert judge(check, confusion=lambda a, b: confusion(b, a)).status is Status.FAILED


def test_figures_of_pictures_that_are_no_squares() -> None:
    check = Figures(samples="a", features="b", history="c", picture=(3, 5))
    assert check.arrays()["figures:x"].shape == (40, 15)
    assert len(np.unique(check.arrays()["figures:x"], axis=1).T) == 15  # no two features are alike


def test_without_a_word_the_digits_are_asked_for_as_ever() -> None:
    assert Scales("scale", largest=16).batches()["bright"].tolist()[0] == [16.0] * 64
    assert Splits("split", share=0.25).arrays()["split:x"].shape == (200, 64)
    assert OneHot("one_hot", classes=10).batches()["single"].tolist() == [5]
    assert OneHot("one_hot", classes=10).batches()["every"].tolist() == [*range(10), 3, 1, 4]
    assert CountsClasses("f", classes=10).batches()["some"].tolist() == [1, 1, 4, 7, 7, 7]
    assert Loads("load").held_back() == ("x_all", "y_all")
