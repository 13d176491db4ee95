"""How poor a network is cannot be told by its accuracy where one class is far larger than another."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.examiner.misconceptions.levels import is_poor


@pytest.mark.parametrize(("sizes", "poor"), [((50, 40, 30), True), ((50, 40, 11), True), ((50, 40, 10), False)])
def test_accuracy_says_nothing_where_classes_are_very_unequal(sizes: tuple[int, ...], *, poor: bool) -> None:
    labels = np.repeat(np.arange(len(sizes)), sizes)
    view: Any = SimpleNamespace(validation_score=0.8, has_exclusive_classes=True, rows=lambda _role: labels)
    assert is_poor(view) is poor
