"""Functions that are right by what earlier calls have told them, or on rows of one kind only, fail."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from grader.core.arrays import Array
from grader.core.seal import Seal
from grader.protocol.verdict import Status
from grader.rubric.checks import ConfusionMatrix, CountsClasses, OneHot, Scales
from tests.helpers.cases import Solution, judge, text

CHECKS = {
    "counts": CountsClasses("counts", classes=10),
    "one_hot": OneHot("one_hot", classes=10),
    "confusion": ConfusionMatrix("confusion", classes=10),
}


def confusion(y_true: Array, y_pred: Array) -> Array:
    found = np.zeros((10, 10), dtype=int)
    np.add.at(found, (y_true, y_pred), 1)
    return found


class Widest:
    """Wide enough for the largest label of any call so far: what is wrong is only seen in the first calls."""

    def __init__(self) -> None:
        self.width = 0

    def of(self, *labels: Array) -> int:
        self.width = max(self.width, *(int(y.max()) + 1 for y in labels))
        return self.width


@pytest.mark.parametrize("secret", [b"", *(bytes([number]) * 32 for number in range(10))])
@pytest.mark.parametrize("name", ["counts", "one_hot", "confusion"])
def test_what_remembers_the_classes_of_earlier_calls_fails(name: str, secret: bytes) -> None:
    widest = Widest()
    remembering: Mapping[str, Solution] = {
        "counts": lambda y: np.bincount(y, minlength=widest.of(y)),
        "one_hot": lambda y: np.eye(widest.of(y))[y],
        "confusion": lambda t, p: confusion(t, p)[: widest.of(t, p), : widest.width],
    }
    check = CHECKS[name].with_seal(Seal(secret))
    functions: dict[str, Any] = {name: remembering[name]}
    assert judge(check, **functions).status is Status.FAILED


@pytest.mark.parametrize("secret", [b"", *(bytes([number]) * 32 for number in range(10))])
def test_scaling_by_the_smallest_value_of_a_batch_fails(secret: bytes) -> None:
    judgement = judge(Scales("scale", largest=16).with_seal(Seal(secret)), scale=lambda x: (x - x.min()) / 16)
    assert judgement.status is Status.FAILED
    assert "scale(x" in text(judgement.message)  # to be pasted
