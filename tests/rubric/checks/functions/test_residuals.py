"""A figure of residuals: right ones however they are drawn, and what others show instead."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from grader.core.arrays import Array
from grader.protocol.evidence import AxesFacts, FigureValue
from grader.rubric.checks import ResidualPlot, Training
from grader.sandbox.inside import encode_figures
from grader.sandbox.inside.array_store import Store
from tests.helpers.cases import replace_facts, text

CHECK = ResidualPlot(Training(), "residual_plot")
RANDOM = np.random.default_rng(0)
PREDICTED = RANDOM.uniform(1, 4, 60)
TRUTH = PREDICTED + RANDOM.normal(0, 0.4, 60)
REST = TRUTH - PREDICTED
ORDER = np.argsort(TRUTH)
Draw = Callable[[Any], object]


def find_problem(draw: Draw, *, line: bool = True, labels: tuple[str, str] = ("prediction", "ŷ - y")) -> str:
    """Return what the check says of a figure; "" for nothing."""
    from matplotlib.figure import Figure

    figure = Figure()
    axes = figure.subplots()
    draw(axes)
    if line:
        axes.axhline(0)
    axes.set(xlabel=labels[0], ylabel=labels[1])
    store = Store()
    value = encode_figures.describe(figure, store)
    assert isinstance(value, FigureValue)
    arrays: Mapping[str, Array] = store.arrays
    problem = CHECK._find_problem(value, arrays, TRUTH, PREDICTED)
    return text(problem) if problem is not None else ""


@pytest.mark.parametrize(
    "draw",
    [
        lambda axes: axes.scatter(PREDICTED, REST),
        lambda axes: axes.scatter(PREDICTED, -REST),
        lambda axes: axes.scatter(PREDICTED, REST, alpha=0.05),
        lambda axes: axes.scatter(PREDICTED, REST, alpha=np.linspace(0, 1, 60)),
        lambda axes: axes.plot(PREDICTED[ORDER], REST[ORDER], "."),
        lambda axes: [axes.scatter(PREDICTED[rows], REST[rows]) for rows in (REST > 0, REST <= 0)],
        lambda axes: (axes.scatter(PREDICTED, REST), axes.hlines(0, 1, 4), axes.plot([1, 4], [0.1, 0.1])),
    ],
)
def test_right_figures_pass(draw: Draw) -> None:
    assert find_problem(draw) == ""


def test_a_zero_line_may_be_drawn_in_other_ways() -> None:
    for zero in (
        lambda axes: axes.hlines(0, 1, 4),
        lambda axes: axes.plot([1, 4], [0, 0]),
        lambda axes: axes.plot(PREDICTED, np.zeros(60)),
        lambda axes: axes.axline((2, 0), slope=0),
    ):
        assert find_problem(lambda axes, zero=zero: (axes.scatter(PREDICTED, REST), zero(axes)), line=False) == ""  # type: ignore[misc]


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda axes: axes.scatter(PREDICTED, TRUTH), "draw the residuals"),
        (lambda axes: axes.scatter(TRUTH, REST), "against the true values"),
        (lambda axes: axes.scatter(REST, PREDICTED), "axes are swapped"),
        (lambda axes: axes.plot(REST, "o"), "against the number of the row"),
        (lambda axes: axes.scatter(PREDICTED, REST**2), "without their sign"),
        (lambda axes: axes.plot(PREDICTED, TRUTH[:, None] - PREDICTED[None, :], "o"), "3600 points for 60 rows"),
        (lambda axes: axes.scatter(np.repeat(PREDICTED, 60), RANDOM.normal(size=3600)), "3600 points for 60 rows"),
        (lambda axes: axes.hist(REST), "it draws no points"),
        (lambda axes: axes.scatter(PREDICTED, REST, alpha=0.0), "it draws no points"),
        (lambda axes: axes.plot(PREDICTED, REST, "o", visible=False), "it draws no points"),
        (lambda axes: axes.scatter(PREDICTED[:30], REST[:30]), "residuals of the 60 rows"),
    ],
)
def test_others_are_told_what_they_show(draw: Draw, words: str) -> None:
    assert words in find_problem(draw, line="hist" not in draw.__code__.co_names)


@pytest.mark.parametrize(
    "zero",
    [
        lambda axes: axes.scatter([1], [0]),
        lambda axes: axes.plot([1], [0], "o"),
        lambda axes: axes.plot([1, 1], [0, 0], "o-"),
        lambda axes: axes.fill_between([1, 4], [0, 0], [0.1, 0.1]),
        lambda axes: axes.axhline(0, linewidth=0),
        lambda axes: axes.axline((0, 0), slope=1),
    ],
)
def test_a_point_or_what_cannot_be_seen_is_no_line_at_zero(zero: Draw) -> None:
    words = find_problem(lambda axes: (axes.scatter(PREDICTED, REST), zero(axes)), line=False)
    assert "a line at 0 is missing" in words


def test_evidence_from_before_marks_were_looked_at_has_lines_as_points() -> None:
    arrays = {"cloud": np.column_stack([PREDICTED, REST]), "line": np.zeros((1, 2))}
    axes = AxesFacts(scatters=("cloud", "line"), x_label="prediction", y_label="residual")
    assert CHECK._find_problem(FigureValue(axes=(axes,)), arrays, TRUTH, PREDICTED) is None
    looked_at = replace_facts(axes, unseen=0)
    assert CHECK._find_problem(FigureValue(axes=(looked_at,)), arrays, TRUTH, PREDICTED) is not None


def test_line_and_labels_are_needed() -> None:
    def draw(axes: Any) -> None:
        axes.scatter(PREDICTED, REST)

    assert "a line at 0 is missing" in find_problem(draw, line=False)
    for labels in (("", ""), ("prediction", ""), ("", "residual"), ("prediction", " "), ("...", "residual")):
        assert "an axis has no label" in find_problem(draw, labels=labels)
