"""The entry of a legend belongs to the line that looks like it, and to no line where that is not clear."""

from typing import Any

import pytest
from matplotlib.figure import Figure

from grader.sandbox.inside.line_names import name_lines


def axes() -> Any:
    figure: Any = Figure()
    return figure.subplots()


def test_entries_are_found_by_colour_style_and_marker() -> None:
    one = axes()
    one.plot([1, 2], color="red", label="red")
    one.plot([1, 2], color="red", linestyle="--", label="dashed")
    one.plot([1, 2], color="red", marker="o", label="dots")
    assert name_lines(one.lines, one.legend()) == ("red", "dashed", "dots")


def test_the_order_of_the_legend_does_not_matter() -> None:
    one = axes()
    first, second = one.plot([1, 2], [[1, 2], [3, 4]])
    assert name_lines(one.lines, one.legend([second, first], ["b", "a"])) == ("a", "b")


@pytest.mark.parametrize("colours", [("red", "red"), ("red", "blue")])
def test_lines_or_entries_that_look_alike_have_no_name(colours: tuple[str, str]) -> None:
    one = axes()
    one.plot([1, 2], color=colours[0], label="a")
    one.plot([2, 3], color=colours[1], label="b")
    one.plot([3, 4], color=colours[1], label="c")
    names = name_lines(one.lines, one.legend())
    assert names == ("a" if colours[0] != colours[1] else "", "", "")


def test_without_a_legend_or_an_entry_there_is_no_name() -> None:
    one = axes()
    one.plot([1, 2], label="a")
    one.plot([1, 2])
    assert name_lines(one.lines, None) == ("", "")
    assert name_lines(one.lines, one.legend()) == ("a", "")


def test_entries_of_what_is_no_line_are_passed_over() -> None:
    one = axes()
    one.bar([1], [2], label="bars")
    one.plot([1, 2], color="red", label="x" * 300)
    assert name_lines(one.lines, one.legend()) == ("x" * 200,)
