"""A check of functions that draw a reliability diagram."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import BinCount, FunctionName
from grader.core.i18n import _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, failed, partial, passed
from grader.evidence.values import name_of
from grader.protocol.evidence import FigureValue
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


@dataclass(frozen=True)
class PlotsReliability(DrawnCheck):
    """`function(y_true, p, bins)` draws a reliability diagram: the point of each bin, and the diagonal.

    A point stands at the mean prediction (x) and the fraction of positives (y) of a bin that is not empty, in
    `bins` bins of equal width. Points without the diagonal, or without labels on both axes, keep half. More may be
    drawn besides; a line or scatter with more than six different points for each bin does not count as its points.

    >>> PlotsReliability("reliability_plot")
    """

    topics = frozenset({"figures"})
    function: FunctionName
    bins: BinCount = 8

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
        lines = [arrays[ref] for axes in value.axes for ref in axes.lines]
        marks = [*lines, *(arrays[ref] for axes in value.axes for ref in axes.scatters)]
        marks = [mark for mark in marks if mark.ndim == 2 and mark.shape[1] == 2 and not _is_diagonal(mark)]
        drawn = self.arrays()
        points = reliability(drawn[f"{self.function}:y"], drawn[f"{self.function}:p"], self.bins).T
        few = _select_few(marks, MOST_FOR_A_BIN * self.bins)
        if not _are_drawn(points, few):
            if marks and _are_drawn(points, [np.concatenate(marks)]):
                return self._explain_many(points, marks)
            unmet = self._explain_points(points, few)
            return replace(unmet, message=add_unseen(unmet.message, value))
        lacking = []
        if not any(map(_is_diagonal, lines)):
            lacking.append(
                _(
                    "The points are right, but the diagonal from (0, 0) to (1, 1) is missing. Points above it are "
                    "predictions that are too low, points below it predictions that are too high."
                )
            )
        with_marks = [axes for axes in value.axes if axes.lines or axes.scatters]
        if not any(says_something(axes.x_label) and says_something(axes.y_label) for axes in with_marks):
            lacking.append(
                _(
                    "The points are right, but an axis has no label: say what is on it, mean prediction and "
                    "fraction."
                )
            )
        if lacking:
            return partial(HALF, add_unseen(lacking[0], value))
        return passed(
            _("The diagram shows the point of each of the {count} bins, and the diagonal.", count=len(points))
        )

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
