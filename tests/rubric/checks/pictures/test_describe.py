"""A description of pictures: every container that people return, and each entry by itself."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from grader.core.errors import RubricError
from grader.core.seal import Seal
from grader.protocol.task import Task
from grader.protocol.verdict import Status
from grader.rubric.checks import DescribesPictures
from grader.rubric.data import no_data
from tests.helpers.cases import judge, text

CHECK = DescribesPictures("describe", classes=10)


def right(x: Any, y: Any) -> dict[str, Any]:
    counts = np.bincount(y, minlength=10)
    return {
        "shape": x.shape,
        "dtype": str(x.dtype),
        "min": x.min(),
        "max": x.max(),
        "counts": counts,
        "distances": counts - counts.mean(),
    }


def changed(**entries: Callable[[Any, Any], Any]) -> Callable[[Any, Any], dict[str, Any]]:
    """Return a function that is right but for these entries; those that give None are left out."""

    def describe(x: Any, y: Any) -> dict[str, Any]:
        values = right(x, y) | {name: make(x, y) for name, make in entries.items()}
        return {name: value for name, value in values.items() if value is not None}

    return describe


def _count(_x: Any, y: Any) -> dict[int, int]:
    counter = Counter(y.tolist())
    return {digit: counter[digit] for digit in reversed(range(10))}


def test_what_remembers_the_classes_of_earlier_calls_fails() -> None:
    width = 0

    def count(_x: Any, y: Any) -> Any:
        nonlocal width
        width = max(width, int(y.max()) + 1)
        return np.bincount(y, minlength=width)

    for secret in (b"", b"a" * 32, b"b" * 32):
        width = 0
        judgement = judge(CHECK.with_seal(Seal(secret)), describe=changed(counts=count))
        assert judgement.status is Status.PARTIAL


@pytest.mark.parametrize(
    "describe",
    [
        right,
        changed(dtype=lambda x, _y: x.dtype, min=lambda x, _y: float(x.min())),
        changed(dtype=lambda x, _y: f"numpy.{x.dtype}", shape=lambda x, _y: list(x.shape)),
        changed(counts=_count),
        changed(distances=lambda x, y: [round(float(d), 2) for d in right(x, y)["distances"]]),
        changed(distances=lambda x, y: {str(n): float(d) for n, d in enumerate(right(x, y)["distances"])}),
        changed(counts=lambda x, y: right(x, y)["counts"].reshape(10, 1)),
    ],
)
def test_right_descriptions_pass(describe: Callable[..., Any]) -> None:
    judgement = judge(CHECK, describe=describe)
    assert judgement.status is Status.PASSED, text(judgement.message)


@pytest.mark.parametrize(
    ("describe", "share", "words"),
    [
        (changed(dtype=lambda _x, _y: "uint8"), 0.8333, "'dtype' is 'uint8'; expected: 'float32'"),
        (changed(dtype=lambda _x, _y: np.dtype("uint8")), 0.8333, "'dtype' is UInt8DType; expected: float32"),
        (changed(dtype=lambda _x, _y: 8), 0.8333, "'dtype' is int64"),
        (changed(min=lambda _x, _y: 0), 0.8333, "'min' is 0.0; expected: "),
        (changed(max=lambda _x, _y: None), 0.8333, "the dict has no entry 'max'"),
        (changed(shape=lambda x, _y: x.shape[1:]), 0.8333, "'shape' is [28.0, 28.0]"),
        (changed(counts=lambda _x, y: np.unique(y, return_counts=True)[1]), 0.8333, "Received: 8"),
        (changed(counts=lambda _x, y: dict(Counter(y.tolist()))), 0.8333, "Received: 8"),
        (changed(distances=lambda x, y: -right(x, y)["distances"]), 0.8333, "the wrong sign"),
        (changed(distances=lambda x, y: abs(right(x, y)["distances"])), 0.8333, "have lost their sign"),
        (
            changed(distances=lambda x, y: right(x, y)["distances"] / len(y)),
            0.8333,
            "minus the mean of all counts",
        ),
        (changed(min=lambda _x, _y: 0, max=lambda _x, _y: 255), 0.6667, "'min' is"),
        (lambda _x, _y: {}, 0.0, "no entry 'shape'"),
        (lambda _x, _y: None, 0.0, "has to return a dict with the keys 'shape', 'dtype'"),
        (lambda x, y: list(right(x, y).values()), 0.0, "has to return a dict"),
        (changed(counts=lambda _x, _y: "many"), 0.0, "has to return numbers"),
        (changed(counts=lambda _x, _y: ["a"] * 10), 0.0, "has to return numbers"),
        (changed(min=lambda _x, _y: np.array(["a"])), 0.0, "'min' has to be numbers"),
    ],
)
def test_wrong_entries_are_named(describe: Callable[..., Any], share: float, words: str) -> None:
    judgement = judge(CHECK, describe=describe)
    assert judgement.status is not Status.PASSED
    assert judgement.share == share
    assert words in text(judgement.message)


def test_pictures_are_drawn_from_the_secret_and_two_classes_are_missing() -> None:
    for number in range(1, 30):
        arrays = CHECK.with_seal(Seal(bytes([number]) * 32)).arrays()
        assert len(np.unique(arrays["describe:y_every"])) == 10
        assert 9 not in arrays["describe:y_some"]
        assert arrays["describe:x_every"].dtype == np.uint8
        assert arrays["describe:x_every"].min() > 0
        assert arrays["describe:x_every"].max() < 255
        assert len(arrays["describe:x_some"]) == len(arrays["describe:y_some"])


def test_other_classes_than_those_of_the_task_are_refused() -> None:
    with pytest.raises(RubricError):
        CHECK.check_exercise(Task(kind="classification", classes=3), no_data())
