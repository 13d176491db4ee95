"""What is said of numbers that are not the expected ones: the call that gave them, and a factor between them."""

import numpy as np

from grader.core.arrays import Array
from grader.rubric.checks.calls import write_call
from grader.rubric.checks.functions.comparison import compare, find_factor
from grader.rubric.checks.functions.features import Scales
from tests.helpers.cases import judge, text


def test_a_message_shows_a_call_that_can_be_pasted() -> None:
    wrong = compare("double", np.array([2, 5]), np.array([2, 4]), "twice", (np.array([1, 2]),))  # type: ignore[arg-type]
    assert wrong is not None
    assert "double(np.array([1, 2])) returned other numbers" in text(wrong.message)
    assert wrong.expected is not None
    assert wrong.received is not None
    assert (text(wrong.expected), text(wrong.received)) == ("4", "5")
    assert eval(write_call("list", np.array([[1, 2], [3, 4]])), {"np": np})


def test_long_arguments_are_left_out_of_the_call() -> None:
    assert write_call("scale", np.zeros(1000)) == ""
    wrong = compare("scale", np.zeros(1000), np.arange(1000.0), "x", (np.zeros(1000),))  # type: ignore[arg-type]
    assert wrong is not None
    assert text(wrong.message).startswith("scale() returned")


def test_a_factor_that_all_numbers_share_is_named() -> None:
    expected = np.array([0.0, 1.0, 2.0, 4.0])
    assert find_factor(16 * expected, expected) == 16
    wrong = compare("scale", 16 * expected, expected, "x")  # type: ignore[arg-type]
    assert wrong is not None
    assert "16 times the expected" in text(wrong.message)


def test_no_factor_is_made_up() -> None:
    expected = np.array([0.0, 1.0, 2.0, 4.0])
    for received in (expected + 1, np.zeros(4), np.array([0.0, 3.0, 6.0, 12.1]), np.array([1.0, 3.0, 6.0, 12.0])):
        assert find_factor(received, expected) is None
    assert find_factor(np.array([3.0, 3.0]), np.array([1.0, 1.0])) is None  # one number is no pattern


def test_a_division_by_another_number_is_named() -> None:
    def scale(x: Array) -> Array:
        return np.asarray(x / 255)

    judgement = judge(Scales("scale", largest=16), scale=scale)
    assert "divides by 255. The largest possible value is 16" in text(judgement.message)
