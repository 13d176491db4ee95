"""Checks of what plotting functions draw: axes, pictures, points, lines, labels, legend."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import Count, FunctionName, OptionalFunctionName
from grader.core.i18n import Words, _
from grader.core.seal import Seal
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, partial, passed
from grader.evidence.values import name_of
from grader.protocol.evidence import FigureValue
from grader.protocol.plan import ArrayArg, Call, HistoryArg, Step
from grader.protocol.task import Task
from grader.protocol.verdict import Status
from grader.rubric.checks.base import DrawnCheck
from grader.rubric.checks.calls import show_call, write_call
from grader.rubric.checks.fitting import require_features
from grader.rubric.checks.functions.exchanged_names import find_exchanged_names
from grader.rubric.checks.functions.figure_points import read_point_clouds, shows_labels
from grader.rubric.checks.functions.figure_texts import (
    add_unseen,
    has_numbers,
    join_texts,
    names_classes,
    says_something,
)
from grader.rubric.checks.functions.histories import vary_histories
from grader.rubric.data.dataset import Data

ROWS = 40
EVEN = 1e-2  # by which share steps from one epoch to the next may differ: they come in single precision
Drawn = tuple[FigureValue, Mapping[str, Array]]


@dataclass(frozen=True)
class RawRows:
    """Rows of the raw data: their numbers there, features (rows, pixels), labels (rows,)."""

    numbers: tuple[int, ...]
    x: Array
    y: Array


def _choose_rows(labels: Array, seal: Seal) -> Array:
    """Return the numbers of rows drawn from a secret, of the classes in turn: none is missing in a figure."""
    order = seal.random("rows to draw").permutation(len(labels))
    drawn = labels[order]
    turns = np.zeros(len(order), dtype=int)
    for label in np.unique(drawn):
        turns[drawn == label] = np.arange(np.count_nonzero(drawn == label))
    chosen: Array = order[np.argsort(turns, kind="stable")][:ROWS]
    return chosen


@dataclass(frozen=True)
class Figures(DrawnCheck):
    """Three figures: the first ten rows as pictures, each feature against the label, the learning curves.

    Each that is right is worth a third of the points. A picture is titled with its label, points lie at their
    labels or beside them, up to nearly half of the way to the next label, curves stand over epochs or steps under
    their own names, and marks that cannot be seen do not count. `samples(x, y)`, `features(x, y)` and
    `history(history)` are the functions that draw them, `picture` is the height and width of what a row shows.
    `load`: the function that returns the raw data, `x_all` and `y_all`; the rows to draw are taken from there.
    Without it they are made up.

    >>> Figures(samples="plot_samples", features="plot_features", history="plot_history", load="load")
    """

    topics = frozenset({"figures"})
    samples: FunctionName
    features: FunctionName
    history: FunctionName
    picture: tuple[Count, Count] = (8, 8)
    load: OptionalFunctionName = ""
    chosen_rows: RawRows | None = field(
        default=None, kw_only=True, repr=False, compare=False, metadata={"internal": True}
    )

    def with_data(self, data: Data) -> Self:
        """Return this check with rows of the raw data to draw."""
        # Evidence from before there were secrets is of made-up rows.
        if not (self.load and self.seal.is_closed and set(self.held_back()) <= set(data.outside)):
            return self
        x, y = data.outside["x_all"], data.outside["y_all"]
        chosen = _choose_rows(y, self.seal)
        return replace(self, chosen_rows=RawRows(tuple(map(int, chosen)), x[chosen], y[chosen]))

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where the parameters do not fit the exercise."""
        pixels = self.picture[0] * self.picture[1]
        require_features(self, "picture", pixels, data)
        x, y = (data.outside[name] for name in self.held_back()) if self.load else (None, None)
        if x is not None and y is not None and (x.shape != (len(y), pixels) or len(y) < ROWS):
            message = _(
                "with load={load!r}, x_all has to hold at least {rows} rows of {height}×{width} pixels; received "
                "the shape {shape}",
                load=self.load,
                rows=ROWS,
                height=self.picture[0],
                width=self.picture[1],
                shape=str(x.shape),
            )
            raise self.refuse(message, "load")

    def held_back(self) -> tuple[str, ...]:
        """Return the raw data that rows are taken from."""
        return ("x_all", "y_all") if self.load else ()

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return a call for each figure."""
        rows = (ArrayArg(name="figures:x"), ArrayArg(name="figures:y"))
        curves = self._curves
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
        """Return 40 rows: raw ones, or made-up ones in which no two pictures are alike, nor two features."""
        return self._rows

    @cached_property
    def _rows(self) -> Mapping[str, Array]:
        if self.chosen_rows is not None:
            return {"figures:x": self.chosen_rows.x, "figures:y": self.chosen_rows.y}
        wide = self.picture[0] * self.picture[1]
        first = self._first_number
        scattered = np.arange(first, first + ROWS * wide) * 2654435761 % 2**32 // 4096
        return {
            "figures:x": (scattered % 17.0).reshape(ROWS, wide),
            "figures:y": (np.arange(ROWS) * 7 + first) % 10,
        }

    @property
    def _curves(self) -> HistoryArg:
        return _choose_history(self.seal)

    @property
    def _first_number(self) -> int:
        """Return where the series of numbers begins that rows and labels are made of."""
        return int(self.seal.random("figures").integers(1, 1_000_000)) if self.seal.is_closed else 1

    def write_call(self, function: str) -> str:
        """Return the call of a function as it can be pasted; "" for that which gets a history."""
        if function == self.history:
            return ""
        if self.chosen_rows is not None:
            numbers = list(self.chosen_rows.numbers)
            return write_call(function, "x[rows]", "y[rows]", before=f"x, y = {self.load}(); rows = {numbers}")
        wide, first = self.picture[0] * self.picture[1], self._first_number
        scattered = f"np.arange({first}, {first + ROWS * wide}) * 2654435761 % 2**32 // 4096"
        before = f"x = ({scattered} % 17.0).reshape({ROWS}, {wide})"
        return write_call(function, "x", f"(np.arange({ROWS}) * 7 + {first}) % 10", before=before)

    def judge(self, case: Case) -> Judgement:
        """Judge each figure by what is on its axes."""
        checks: dict[str, Callable[[Drawn], Words | None]] = {
            self.samples: self._samples,
            self.features: self._features,
            self.history: self._history,
        }
        problems: list[Judgement] = []
        for function, check in checks.items():
            try:
                drawn = read_figure(case, function)
                complaint = check(drawn)
            except PreconditionFailedError as unmet:
                is_of_value = unmet.judgement.at is None  # what was raised has its line
                problems.append(
                    show_call(unmet.judgement, self.write_call(function)) if is_of_value else unmet.judgement
                )
                continue
            if complaint is not None:
                complaint = add_unseen(complaint, drawn[0])
                judgement = failed(_("{function}(): {complaint}", function=function, complaint=complaint))
                problems.append(show_call(judgement, self.write_call(function)))
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
        texts = [join_texts(axes) for axes in figure.axes for _ref in axes.images]
        if len(images) != 10:
            return _(
                "expected 10 pictures, one for each of the first ten rows; it draws {count}.", count=len(images)
            )
        rows, labels = self._rows["figures:x"][:10], self._rows["figures:y"][:10]
        classes = int(self._rows["figures:y"].max()) + 1
        for position, row in enumerate(rows):
            # They may stand line by line or column by column.
            places = [position, *range(len(images))]
            place = next((p for p in places if is_same_picture(images[p], row, self.picture)), None)
            if place is None:
                return _(
                    "picture {number} is not row {number} reshaped to {height}×{width}.",
                    number=position + 1,
                    height=self.picture[0],
                    width=self.picture[1],
                )
            label = int(labels[position])
            if not texts[place].strip() or (
                has_numbers(texts[place]) and not names_classes(texts[place], {label}, classes)
            ):
                return _(
                    "picture {number} has to be titled with its label, {label}; its title is {title!r}.",
                    number=position + 1,
                    label=label,
                    title=texts[place].strip(),
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
        clouds = [read_point_clouds(axes, arrays) for axes in plots]
        for number in range(x.shape[1]):
            candidates = (cloud for clouds_ in (clouds[number], *clouds) for cloud in clouds_)
            if not any(shows_labels(cloud, x[:, number], y) for cloud in candidates):
                return _(
                    "plot {number} does not show feature {index} against the label.",
                    number=number + 1,
                    index=number,
                )
        return None

    def _history(self, drawn: Drawn) -> Words | None:
        return find_missing_curve(drawn, self._curves)


@dataclass(frozen=True)
class PlotsHistory(DrawnCheck):
    """`function(history)` draws loss and accuracy, each for training and validation, with labels and a legend.

    >>> PlotsHistory("plot_history")
    """

    topics = frozenset({"figures"})
    function: FunctionName

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the call."""
        step = f"{self.function}@figure"
        return (Call(id=step, function=self.function, arguments=(_choose_history(self.seal),), figure=True),)

    def judge(self, case: Case) -> Judgement:
        """Judge the figure by what is on its axes."""
        drawn = read_figure(case, self.function)
        complaint = find_missing_curve(drawn, _choose_history(self.seal))
        if complaint is None:
            return passed(_("The figure shows all four curves, with labels and a legend."))
        complaint = add_unseen(complaint, drawn[0])
        return failed(_("{function}(): {complaint}", function=self.function, complaint=complaint))


def _choose_history(seal: Seal) -> HistoryArg:
    """Return the history that is drawn: one of a good fit."""
    return next(curves for truth, curves in vary_histories(seal).values() if truth == "good fit")


def find_missing_curve(drawn: Drawn, curves: HistoryArg) -> Words | None:
    """Return what a figure of a history lacks; None for nothing."""
    figure, arrays = drawn
    lines = [arrays[ref] for axes in figure.axes for ref in axes.lines]
    for key in ("loss", "val_loss", "accuracy", "val_accuracy"):
        if not any(_same_curve(line, curves.series[key]) for line in lines):
            if any(_has_values(line, curves.series[key]) for line in lines):
                return _(
                    "the values of {key} do not stand at their epochs: 0, 1, 2 and so on, or from 1 on.", key=key
                )
            return _("the curve of {key} is missing.", key=key)
    # Other lines, such as one at the best epoch, need neither a legend nor a label.
    count = {a: sum(_is_one_of(arrays[ref], curves) for ref in a.lines) for a in figure.axes}
    with_lines = [axes for axes in figure.axes if count[axes]]
    # Two axes over one another may share one legend; a lonely curve needs none where a title tells what it is.
    entries = {a: sum(map(says_something, a.legend)) for a in with_lines}
    enough = [entries[a] >= min(2, count[a]) or (count[a] == 1 and says_something(a.title)) for a in with_lines]
    if not all(enough) and not any(entries[axes] >= 4 for axes in with_lines):
        return _("a legend is missing: nobody can tell training from validation.")
    # Panels above one another may share the label of the x axis.
    named = [says_something(axes.y_label + axes.title) for axes in with_lines]
    if not any(says_something(axes.x_label) for axes in with_lines) or not all(named):
        return _("an axis has no label: say what is on it, such as epoch and loss.")
    return find_exchanged_names(figure.axes, lambda ref: _name_curve(arrays[ref], curves))


def _name_curve(line: Array, curves: HistoryArg) -> str:
    """Return the key of the curve that a line is; "" for another line."""
    return next((key for key, values in curves.series.items() if _same_curve(line, values)), "")


def read_figure(case: Case, function: str, step: str = "") -> Drawn:
    """Return the figure that a call drew; `step`: its id. Raises `PreconditionFailedError` where there is none."""
    value, arrays = case.value(step or f"{function}@figure")
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


def _same_curve(line: Array, values: Sequence[float]) -> bool:
    """Return whether a line shows these values over the epochs, or over steps that are alike."""
    if line.shape != (len(values), 2):
        return False
    from_left = line[np.argsort(line[:, 0], kind="stable")]
    return _has_values(from_left, values) and _is_even(from_left[:, 0])


def _is_one_of(line: Array, curves: HistoryArg) -> bool:
    """Return whether a line is one of the curves of a history."""
    return any(_same_curve(line, values) for values in curves.series.values())


def _has_values(line: Array, values: Sequence[float]) -> bool:
    """Return whether a line goes through these values one after the other, as shares or in percent."""
    if line.shape != (len(values), 2):
        return False
    return any(np.allclose(line[:, 1], np.multiply(values, scale), atol=1e-3 * scale) for scale in (1, 100))


def _is_even(positions: Array) -> bool:
    """Return whether each number is larger than the one before it, always by the same."""
    gaps = np.diff(positions)
    return bool((gaps > 0).all() and np.ptp(gaps) <= EVEN * gaps.mean())


def is_same_picture(image: Array, row: Array, size: tuple[int, int]) -> bool:
    """Return whether an image shows a row (pixels,), its grey values scaled or not.

    Its lines may come in the other order: `pcolormesh` and `origin="lower"` draw the first one at the bottom.
    """
    if image.shape[:2] != size:
        return False
    return any(_proportional(one.reshape(len(row), -1)[:, 0], row) for one in (image, image[::-1]))


def _proportional(a: Array, b: Array) -> bool:
    """Return whether two lists of values are the same but for scale and inversion (grey values may be scaled)."""
    if not np.isfinite(a).all() or np.ptp(a) == 0:
        return False
    return bool(abs(np.corrcoef(a, b)[0, 1]) > 0.9999)
