"""Checks of tables ask for as many features, classes and pixels as the exercise has, one or a thousand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.model_selection import train_test_split

from grader.core.seal import PRACTICE, Seal
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
from grader.rubric.data import Data
from tests.helpers import lab
from tests.helpers.cases import judge, judged, text

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


SEALED_SPLIT = Splits("split", share=0.25).with_seal(Seal(PRACTICE))


def by_sklearn(**options: Any) -> Callable[..., Any]:
    return lambda x, y, seed: train_test_split(x, y, random_state=seed, **options)


@pytest.mark.parametrize(
    "function",
    [split, by_sklearn(test_size=0.25), by_sklearn(train_size=0.75), by_sklearn(test_size=0.25, stratify=None)],
)
def test_a_share_of_the_rows_is_held_out_however_many_there_are(function: Callable[..., Any]) -> None:
    judgement = judge(SEALED_SPLIT, split=function)
    assert judgement.status is Status.PASSED, text(judgement.message)


def test_a_share_of_each_class_is_a_share_of_the_rows_too() -> None:
    def stratified(x: Any, y: Any, seed: int) -> Any:
        return train_test_split(x, y, test_size=0.25, random_state=seed, stratify=y)

    judgement = judge(SEALED_SPLIT, split=stratified)
    assert judgement.status is Status.PASSED, text(judgement.message)


@pytest.mark.parametrize("options", [{"test_size": 50}, {"train_size": 150}, {"test_size": 50, "train_size": 150}])
def test_a_number_of_rows_that_fits_the_first_table_is_no_share(options: dict[str, int]) -> None:
    judgement = judge(SEALED_SPLIT, split=by_sklearn(**options))
    assert judgement.status is Status.FAILED
    assert "For 200 rows the split is right, for 400 it is not" in text(judgement.message)
    assert "x = np.arange(25600.0).reshape(400, 64)" in text(judgement.message)


def test_a_split_of_a_time_when_no_more_rows_were_asked_for_is_not_graded_or_judged_as_before() -> None:
    check = Splits("split", share=0.25)
    assert len(check.steps(())) == 3
    assert set(check.arrays()) == {"split:x", "split:y"}
    assert judge(check, split=by_sklearn(test_size=50)).status is Status.PASSED
    made = lab.run(SEALED_SPLIT, Data({}, {}), {"split": split})
    del made.steps["split@more"]  # type: ignore[attr-defined]
    assert judged(SEALED_SPLIT, made).status is Status.NOT_GRADED


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
