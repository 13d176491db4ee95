"""A check of functions that draw a reliability diagram."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import FunctionName
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, failed, partial, passed
from grader.evidence.values import name_of
from grader.protocol.evidence import AxesFacts, FigureValue
from grader.protocol.plan import ArrayArg, Call, LiteralArg, Step
from grader.rubric.checks.base import DrawnCheck
from grader.rubric.checks.formulas.calibration import draw_predictions, reliability
from grader.rubric.checks.functions.figure_texts import add_unseen, says_something

HALF = 0.5  # what is kept of a diagram whose points are right
CLOSE = 1e-3  # of points in a figure, which come in single precision
ENDS = 0.1  # how far from 0 and 1 the diagonal may end
# How many different points may be drawn for each bin. Ends of error bars and of lines to the diagonal, and empty
# bins at 0, make five. With very many, some stand where they should whatever was computed.
MOST_FOR_A_BIN = 6
BINS = (5, 6, 7, 9, 11, 12)  # of which the secret draws one; 8 and 10 are what is usual
OTHER_BINS = range(2, 21)  # with which the points of a diagram are compared that has none of the right ones


class _Panel(NamedTuple):
    """What is drawn at one place of a figure: on one axes, or on several that lie upon each other."""

    lines: Sequence[Array]
    marks: Sequence[Array]  # lines and scatters that are not the diagonal
    has_labels: bool


@dataclass(frozen=True)
class PlotsReliability(DrawnCheck):
    """`function(y_true, p, bins)` draws a reliability diagram: the point of each bin, and the diagonal.

    A point stands at the mean prediction (x) and the fraction of positives (y) of a bin that is not empty, in
    `bins` bins of equal width; the secret draws how many these are. Points without the diagonal, or without labels
    on both axes, keep half. All of them belong on the same axes, or on axes that lie upon each other. More may be
    drawn besides; a line or scatter with more than six different points for each bin does not count as its points.

    >>> PlotsReliability("reliability_plot")
    """

    topics = frozenset({"figures"})
    function: FunctionName

    @cached_property
    def bins(self) -> int:
        """Return how many bins are asked for."""
        return int(self.seal.random("bins to draw").choice(BINS))

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return a call that draws."""
        rows = (ArrayArg(name=f"{self.function}:y"), ArrayArg(name=f"{self.function}:p"))
        return (
            Call(
                id=f"{self.function}@figure",
                function=self.function,
                arguments=(*rows, LiteralArg(value=self.bins)),
                figure=True,
            ),
        )

    def arrays(self) -> Mapping[str, Array]:
        """Return labels and probabilities (300,), which are too sure of themselves."""
        y, p = draw_predictions(self.seal.random("predictions to draw"), 300, 2.0)
        return {f"{self.function}:y": y, f"{self.function}:p": p}

    def judge(self, case: Case) -> Judgement:
        """Judge by what is on the axes: points first, then diagonal and labels."""
        value, arrays = case.value(f"{self.function}@figure")
        if not isinstance(value, FigureValue):
            return failed(
                _(
                    "{function}() has to return a matplotlib figure. Received: {received}.",
                    function=self.function,
                    received=name_of(value),
                ),
                expected="Figure",
                received=name_of(value),
            )
        points, most = self._points(self.bins), MOST_FOR_A_BIN * self.bins
        panels = _list_panels(value, arrays)
        right = [panel for panel in panels if _are_drawn(points, _select_few(panel.marks, most))]
        if not right:
            unmet = self._explain_panels(points, panels)
            return replace(unmet, message=add_unseen(unmet.message, value))
        lacking = min(map(_list_lacking, right), key=len)
        if lacking:
            return partial(HALF, add_unseen(lacking[0], value))
        return passed(
            _("The diagram shows the point of each of the {count} bins, and the diagonal.", count=len(points))
        )

    def _points(self, bins: int) -> Array:
        """Return the points (n, 2) of so many bins, without those that are empty."""
        drawn = self.arrays()
        return reliability(drawn[f"{self.function}:y"], drawn[f"{self.function}:p"], bins).T

    def _explain_panels(self, points: Array, panels: Sequence[_Panel]) -> Judgement:
        """Return the judgement for a figure without the points, by the place that shows most of them."""
        most = MOST_FOR_A_BIN * self.bins
        selected = [(panel.marks, _select_few(panel.marks, most)) for panel in panels] or [((), ())]
        marks, few = max(selected, key=lambda pair: sum(_are_drawn(point[None], pair[0]) for point in points))
        if marks and _are_drawn(points, [np.concatenate(marks)]):
            return self._explain_many(points, marks)
        return self._explain_points(points, few)

    def _explain_points(self, points: Array, marks: Sequence[Array]) -> Judgement:
        expected = _("{count} points, one for each bin that is not empty", count=len(points))
        lacking = next((point for point in points if not _are_drawn(point[None], marks)), points[0])
        received = _("points: {count}", count=max(map(len, marks), default=0))
        if _are_drawn(points[:, ::-1], marks):
            message = _(
                "{function}(): the axes are exchanged. The mean prediction belongs to the x axis, the fraction of "
                "positives to the y axis.",
                function=self.function,
            )
        elif any(_are_drawn(points[:, 1:], [mark[:, 1:]]) for mark in marks):
            message = _(
                "{function}(): the fractions are right, but the points do not stand at the mean predictions of "
                "their bins, which are not the middles of the bins.",
                function=self.function,
            )
        elif own := next((n for n in OTHER_BINS if n != self.bins and _are_drawn(self._points(n), marks)), 0):
            message = _(
                "{function}(): these are the points of {own} bins, and the argument `bins` says {bins}.",
                function=self.function,
                own=own,
                bins=self.bins,
            )
        else:
            message = _(
                "{function}(): expected a point for each bin that is not empty, at the mean prediction (x) and "
                "the fraction of positives (y). One of them is missing: ({x:.3f}, {y:.3f}).",
                function=self.function,
                x=float(lacking[0]),
                y=float(lacking[1]),
            )
        return failed(message, expected=expected, received=received)

    def _explain_many(self, points: Array, marks: Sequence[Array]) -> Judgement:
        count = sum(map(len, marks))
        return failed(
            _(
                "{function}() draws {count} points. Among so many it cannot be seen which ones stand for the "
                "bins: draw one point for each bin that is not empty, as a line or a scatter of their own.",
                function=self.function,
                count=count,
            ),
            expected=_("{count} points, one for each bin that is not empty", count=len(points)),
            received=_("points: {count}", count=count),
        )


def _list_panels(figure: FigureValue, arrays: Mapping[str, Array]) -> list[_Panel]:
    """Return what is drawn at each place of a figure; all of it where nobody has looked at the places."""
    places: dict[int | None, list[AxesFacts]] = {}
    for axes in figure.axes:
        places.setdefault(axes.place, []).append(axes)
    return [_read_panel(group, arrays) for group in places.values()]


def _read_panel(group: Sequence[AxesFacts], arrays: Mapping[str, Array]) -> _Panel:
    lines = [arrays[ref] for axes in group for ref in axes.lines]
    marks = [*lines, *(arrays[ref] for axes in group for ref in axes.scatters)]
    marks = [mark for mark in marks if mark.ndim == 2 and mark.shape[1] == 2 and not _is_diagonal(mark)]
    labels = [[axes.x_label for axes in group], [axes.y_label for axes in group]]
    return _Panel(lines, marks, all(any(map(says_something, texts)) for texts in labels))


def _list_lacking(panel: _Panel) -> list[Words]:
    """Return what is missing where the points are right, as sentences."""
    lacking: list[Words] = []
    if not any(map(_is_diagonal, panel.lines)):
        lacking.append(
            _(
                "The points are right, but the diagonal from (0, 0) to (1, 1) is missing on their axes. Points "
                "above it are predictions that are too low, points below it predictions that are too high."
            )
        )
    if not panel.has_labels:
        lacking.append(
            _("The points are right, but an axis has no label: say what is on it, mean prediction and fraction.")
        )
    return lacking


def _select_few(marks: Sequence[Array], most: int) -> Sequence[Array]:
    """Return the different points of each mark that has `most` of them or fewer, and of these marks together.

    The last are left out where they have more.
    """
    distinct = [np.unique(np.round(mark[np.isfinite(mark).all(axis=1)], 5), axis=0) for mark in marks]
    few = [mark for mark in distinct if 0 < len(mark) <= most]
    together = np.unique(np.concatenate(few), axis=0) if len(few) > 1 else np.empty((0, 2))
    return [*few, together] if 0 < len(together) <= most else few


def _are_drawn(points: Array, marks: Sequence[Array]) -> bool:
    """Return whether some mark holds all points, as shares or in per cent."""
    return any(
        all(np.isclose(mark, scale * point, atol=scale * CLOSE).all(axis=1).any() for point in points)
        for mark in marks
        for scale in (1, 100)
    )


def _is_diagonal(line: Array) -> bool:
    """Return whether a line goes from near (0, 0) to near (1, 1), as shares or in per cent."""
    if line.ndim != 2 or line.shape[1] != 2 or len(line) < 2:
        return False
    return any(
        np.allclose(line[:, 0], line[:, 1], atol=scale * CLOSE)
        and line.min() <= scale * ENDS
        and line.max() >= scale * (1 - ENDS)
        for scale in (1, 100)
    )
