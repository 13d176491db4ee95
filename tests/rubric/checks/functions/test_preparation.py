"""Preparing a regression: a target that follows from the training part passes, and each leak has its sentence."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from sklearn.preprocessing import MinMaxScaler, PowerTransformer, QuantileTransformer, StandardScaler

from grader.core.seal import PRACTICE, Seal
from grader.protocol.verdict import Status
from grader.rubric.checks import Prepares
from tests.helpers.cases import Solution, judge, text

CHECK = Prepares("prepare", features=8).with_seal(Seal(PRACTICE))


def features(a: Any, b: Any) -> tuple[Any, Any]:
    scaler = StandardScaler().fit(a)
    return scaler.transform(a), scaler.transform(b)


def with_scaler(scaler: Any) -> Solution:
    def prepare(a: Any, b: Any, y: Any, z: Any) -> Any:
        scaled = scaler.fit_transform(y.reshape(-1, 1))
        return *features(a, b), scaled, scaler.transform(z.reshape(-1, 1))

    return prepare


RIGHT: Mapping[str, Solution] = {
    "as they are": lambda a, b, y, z: (*features(a, b), y, z),
    "lists": lambda a, b, y, z: [*(part.tolist() for part in features(a, b)), list(y), [float(v) for v in z]],
    "by the largest to train with": lambda a, b, y, z: (*features(a, b), y / y.max(), z / y.max()),
    "logarithms": lambda a, b, y, z: (*features(a, b), np.log1p(y), np.log1p(z)),
    "mirrored": lambda a, b, y, z: (*features(a, b), 5 - y, 5 - z),
    "a column": with_scaler(StandardScaler()),
    "single precision": lambda a, b, y, z: (*features(a, b), y.astype(np.float32), z.astype(np.float32)),
    "to 0 and 1": with_scaler(MinMaxScaler()),
    "clipped to those to train with": lambda a, b, y, z: (*features(a, b), y, np.clip(z, y.min(), y.max())),
    "clipped to what is known": lambda a, b, y, z: (*features(a, b), y / y.max(), np.minimum(z / y.max(), 1)),
    "ranks": with_scaler(QuantileTransformer(n_quantiles=24)),
    "near a bell": with_scaler(PowerTransformer()),
    "reciprocals": lambda a, b, y, z: (*features(a, b), 1 / y, 1 / z),
    "dollars": lambda a, b, y, z: (*features(a, b), np.round(y * 1e5), np.round(z * 1e5)),
}
SECRETS = (b"", PRACTICE, *(bytes([i] * 32) for i in range(6)))


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("name", RIGHT)
def test_right_ones_pass(name: str, secret: bytes) -> None:
    judgement = judge(CHECK.with_seal(Seal(secret)), prepare=RIGHT[name])
    assert judgement.status is Status.PASSED, text(judgement.message)


HALF: Mapping[str, tuple[Solution, str]] = {
    "the largest of the test part": (
        lambda a, b, y, z: (*features(a, b), y / z.max(), z / z.max()),
        "divides targets by the largest value, and those of y_test",
    ),
    "the largest of all": (
        lambda a, b, y, z: (*features(a, b), y / max(y.max(), z.max()), z / max(y.max(), z.max())),
        "divides targets by the largest value, and those of y_test",
    ),
    "each by itself": (
        lambda a, b, y, z: (*features(a, b), y / y.max(), z / z.max()),
        "divides targets by the largest value, and those of y_test",
    ),
    "one of them only": (
        lambda a, b, y, z: (*features(a, b), y / y.max(), z),
        "makes different numbers of equal targets in y_train and in y_test",
    ),
    "mean of all": (
        lambda a, b, y, z: (*features(a, b), y - np.r_[y, z].mean(), z - np.r_[y, z].mean()),
        "makes other numbers of y_train when the test part is another one",
    ),
    "classes": (
        lambda a, b, y, z: (*features(a, b), (y > 2) * 1.0, (z > 2) * 1.0),
        "different values become equal",
    ),
    "those to train with": (lambda a, b, y, z: (*features(a, b), y, y[: len(z)]), "is not the y_test that it was"),
    "zeros": (lambda a, b, y, z: (*features(a, b), y, 0 * z), "is not the y_test that it was given"),
    "zeros behind the first": (
        lambda a, b, y, z: (*features(a, b), y, np.append(z[:3], np.zeros(9))[: len(z)]),
        "is not the y_test that it was given",
    ),
    "in another order": (lambda a, b, y, z: (*features(a, b), y, z[::-1]), "is not the y_test that it was given"),
    "shuffled behind the first": (
        lambda a, b, y, z: (*features(a, b), y, np.append(z[:3], z[:2:-1])),
        "is not the y_test that it was given",
    ),
    "the mean for those that are new": (
        lambda a, b, y, z: (*features(a, b), y, np.where(np.isin(z, y), z, z.mean())),
        "is not the y_test that it was given",
    ),
    "the new ones by the largest of them": (
        lambda a, b, y, z: (
            *features(a, b),
            y / y.max(),
            np.where(np.isin(z, y) | (z.max() < 4), z / y.max(), z / z.max()),
        ),
        "",
    ),
    "not a number": (lambda a, b, y, z: (*features(a, b), y * np.nan, z), "NaN or infinite"),
    "features of both": (
        lambda a, b, y, z: (*np.split(StandardScaler().fit_transform(np.r_[a, b]), [len(a)]), y, z),
        "from both parts together",
    ),
}


@pytest.mark.parametrize("secret", [PRACTICE, bytes([1] * 32), bytes([2] * 32)])
@pytest.mark.parametrize("name", HALF)
def test_a_leak_costs_half_and_says_which(name: str, secret: bytes) -> None:
    function, words = HALF[name]
    judgement = judge(CHECK.with_seal(Seal(secret)), prepare=function)
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
    assert words in text(judgement.message)
    assert "To repeat it: " in text(judgement.message)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda a, b, y, z: features(a, b), "four things, in this order: x_train, x_test, y_train, y_test"),
        (lambda a, b, y, z: None, "returned None"),
        (lambda a, b, y, z: (a, y, b, z), "in the wrong order"),
        (lambda a, b, y, z: (*features(a, b), y[:3], z), "one number for each of its 24 rows"),
        (lambda a, b, y, z: (a / a.max(), b / a.max(), y / z.max(), z / z.max()), "prepare()"),
    ],
)
def test_what_is_no_preparation_gets_nothing(function: Solution, words: str) -> None:
    judgement = judge(CHECK, prepare=function)
    assert judgement.status is Status.FAILED
    assert words in text(judgement.message)


def test_the_call_that_is_shown_gives_what_the_grader_has_sent() -> None:
    received = {}
    for name in CHECK.pairs():
        names: dict[str, Any] = {"np": np, "prepare": lambda *parts: parts}
        *before, call = CHECK.write_call(name).split("; ")
        for statement in before:
            exec(statement, names)
        received[name] = eval(call, names)
        for part, rows in zip(("x_train", "x_test", "y_train", "y_test"), received[name], strict=True):
            np.testing.assert_allclose(rows, CHECK.arrays()[f"prepare:{name}:{part}"])


def test_which_rows_of_the_test_part_are_among_those_to_train_with_is_drawn() -> None:
    places = set()
    for number in range(8):
        check = CHECK.with_seal(Seal(bytes([number] * 32)))
        train, test = check.draw_targets("usual", check.pairs()["usual"])
        shared = np.flatnonzero(np.isin(test, train))
        assert len(shared) >= 3
        places.add(tuple(shared))
    assert len(places) > 4
