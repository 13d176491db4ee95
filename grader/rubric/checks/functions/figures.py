"""Checks of what plotting functions draw: axes, pictures, points, lines, labels, legend."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, partial, passed
from grader.evidence.values import name_of
from grader.protocol.evidence import AxesFacts, FigureValue
from grader.protocol.plan import ArrayArg as Given
from grader.protocol.plan import Call, Step
from grader.protocol.verdict import Status
from grader.rubric.checks.base import Check
from grader.rubric.checks.functions.histories import HISTORIES

Drawn = tuple[FigureValue, Mapping[str, Array]]


@dataclass(frozen=True)
class Figures(Check):
    """Three figures: the first ten rows as pictures, each feature against the label, the learning curves.

    Each that is right is worth a third of the points. `samples(x, y)`, `features(x, y)` and `history(history)` are
    the functions that draw them, `picture` is the height and width of what a row shows.

    >>> Figures(samples="plot_samples", features="plot_features", history="plot_history", picture=(8, 8))
    """

    topics = frozenset({"figures"})
    samples: str
    features: str
    history: str
    picture: tuple[int, int] = (8, 8)

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return a call for each figure."""
        rows = (Given(name="figures:x"), Given(name="figures:y"))
        curves = HISTORIES["good"][1]
        return (
            Call(id=f"{self.samples}@figure", function=self.samples, arguments=rows, figure=True),
            Call(
                id=f"{self.features}@figure",
                function=self.features,
                arguments=rows,
                figure=True,
                limit_seconds=60.0,
            ),
            Call(id=f"{self.history}@figure", function=self.history, arguments=(curves,), figure=True),
        )

    def arrays(self) -> Mapping[str, Array]:
        """Return 40 rows in which no two pictures are alike, nor two features."""
        return self._rows

    @cached_property
    def _rows(self) -> Mapping[str, Array]:
        wide = self.picture[0] * self.picture[1]
        x = np.array(
            [[float((r * wide + c + 1) * 2654435761 % 2**32 >> 12) % 17 for c in range(wide)] for r in range(40)]
        )
        return {"figures:x": x, "figures:y": np.arange(40) * 7 % 10}

    def judge(self, case: Case) -> Judgement:
        """Judge each figure by what is on its axes."""
        checks: dict[str, Callable[[Drawn], Words | None]] = {
            self.samples: self._samples,
            self.features: self._features,
            self.history: _history,
        }
        problems: list[Judgement] = []
        for function, check in checks.items():
            try:
                complaint = check(_figure(case, function))
            except PreconditionFailedError as unmet:
                problems.append(unmet.judgement)
                continue
            if complaint is not None:
                problems.append(failed(_("{function}(): {complaint}", function=function, complaint=complaint)))
        if not problems:
            return passed(_("All three figures show what they should."))
        undecided = [judgement for judgement in problems if judgement.status is Status.NOT_GRADED]
        # What was tried says more than what was not.
        tried = [judgement for judgement in problems if judgement.status is not Status.NOT_ATTEMPTED]
        first = (undecided or tried or problems)[0]
        if undecided or len(problems) == len(checks):
            return first
        return partial(
            round(1 - len(problems) / len(checks), 4),
            _(
                "Figures that are right: {right} of {count}. {problem}",
                right=len(checks) - len(problems),
                count=len(checks),
                problem=first.message,
            ),
            expected=first.expected,
            received=first.received,
            at=first.at,
        )

    def _samples(self, drawn: Drawn) -> Words | None:
        figure, arrays = drawn
        images = [arrays[ref] for axes in figure.axes for ref in axes.images]
        if len(images) != 10:
            return _(
                "expected 10 pictures, one for each of the first ten rows; it draws {count}.", count=len(images)
            )
        rows = self._rows["figures:x"][:10]
        for position, row in enumerate(rows):
            # They may stand line by line or column by column.
            if not any(_same_picture(image, row, self.picture) for image in (images[position], *images)):
                return _(
                    "picture {number} is not row {number} reshaped to {height}×{width}.",
                    number=position + 1,
                    height=self.picture[0],
                    width=self.picture[1],
                )
        return None

    def _features(self, drawn: Drawn) -> Words | None:
        figure, arrays = drawn
        plots = [a for a in figure.axes if a.scatters or a.lines]
        x, y = self._rows["figures:x"], self._rows["figures:y"]
        if len(plots) != x.shape[1]:
            return _(
                "expected {features} scatter plots, one for each feature; it draws {count}.",
                features=x.shape[1],
                count=len(plots),
            )
        clouds = [_read_point_clouds(axes, arrays) for axes in plots]
        for number in range(x.shape[1]):
            pairs = (np.column_stack([x[:, number], y]), np.column_stack([y, x[:, number]]))
            shown = (cloud for clouds_ in (clouds[number], *clouds) for cloud in clouds_)
            if not any(_same_points(cloud, pair) for cloud in shown for pair in pairs):
                return _(
                    "plot {number} does not show feature {index} against the label.",
                    number=number + 1,
                    index=number,
                )
        return None


def _read_point_clouds(axes: AxesFacts, arrays: Mapping[str, Array]) -> list[Array]:
    """Return the points of each mark on an axes, and of all together: a class may have marks of its own."""
    marks = [arrays[ref] for ref in (*axes.scatters, *axes.lines)]
    pairs = [mark for mark in marks if mark.ndim == 2 and mark.shape[1] == 2]
    return [*pairs, np.concatenate(pairs)] if len(pairs) > 1 else pairs


def _figure(case: Case, function: str) -> Drawn:
    value, arrays = case.value(f"{function}@figure")
    if isinstance(value, FigureValue):
        return value, arrays
    raise PreconditionFailedError(
        failed(
            _(
                "{function}() has to return a matplotlib figure. Received: {received}.",
                function=function,
                received=name_of(value),
            ),
            expected="Figure",
            received=name_of(value),
        )
    )


def _history(drawn: Drawn) -> Words | None:
    figure, arrays = drawn
    series = HISTORIES["good"][1].series
    lines = [arrays[ref] for axes in figure.axes for ref in axes.lines]
    for key in ("loss", "val_loss", "accuracy", "val_accuracy"):
        if not any(_same_curve(line, series[key]) for line in lines):
            return _("the curve of {key} is missing.", key=key)
    with_lines = [axes for axes in figure.axes if axes.lines]
    # Two axes over one another may share one legend; a lonely curve needs none where a title tells what it is.
    enough = [len(a.legend) >= min(2, len(a.lines)) or (len(a.lines) == 1 and a.title) for a in with_lines]
    if not all(enough) and not any(len(axes.legend) >= 4 for axes in with_lines):
        return _("a legend is missing: nobody can tell training from validation.")
    # Panels above one another may share the label of the x axis.
    if not any(axes.x_label for axes in with_lines) or not all(a.y_label or a.title for a in with_lines):
        return _("an axis has no label: say what is on it, such as epoch and loss.")
    return None


def _same_curve(line: Array, values: Sequence[float]) -> bool:
    """Return whether a line shows these values, as shares or in percent."""
    if line.shape != (len(values), 2):
        return False
    return any(np.allclose(line[:, 1], np.multiply(values, scale), atol=1e-3 * scale) for scale in (1, 100))


def _same_picture(image: Array, row: Array, size: tuple[int, int]) -> bool:
    if image.shape[:2] != size:
        return False
    return _proportional(image.reshape(len(row), -1)[:, 0], row)


def _proportional(a: Array, b: Array) -> bool:
    """Return whether two lists of values are the same but for scale and inversion (grey values may be scaled)."""
    if not np.isfinite(a).all() or np.ptp(a) == 0:
        return False
    return bool(abs(np.corrcoef(a, b)[0, 1]) > 0.9999)


def _same_points(points: Array, pairs: Array) -> bool:
    if points.shape != pairs.shape:
        return False
    if np.array_equal(points, pairs):
        return True
    order_a, order_b = np.lexsort(points.T), np.lexsort(pairs.T)
    return bool(np.allclose(points[order_a], pairs[order_b], atol=1e-3))
