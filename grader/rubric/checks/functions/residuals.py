"""A check of a figure that shows the residuals of a network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import FunctionName
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, passed
from grader.evidence.values import name_of
from grader.protocol.evidence import AxesFacts, FigureValue
from grader.protocol.plan import ArrayArg, Call, ResultOf, Step
from grader.rubric.checks.calls import show_call, write_network_call
from grader.rubric.checks.functions.figure_texts import add_unseen, says_something
from grader.rubric.checks.networks.single import NetworkCheck, require_certified

CLOSE = 1e-3  # share of the range of a coordinate by which a point may be off


@dataclass(frozen=True)
class ResidualPlot(NetworkCheck):
    """`function(model, x, y)` draws the residuals of a trained network against its predictions.

    Each row is a point, on one axes with a line at 0 and a label for both directions. A residual is truth minus
    prediction, or the other way round.

    >>> ResidualPlot(Training(), "residual_plot")
    """

    topics = frozenset({"figures"})
    kinds = frozenset({"regression"})
    function: FunctionName

    @property
    def tried_function(self) -> str:
        """Return the function that gets the network."""
        return self.function

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the training on the first seed, and a call with its network and the validation rows."""
        training, seed = self.training, seeds[0]
        rows = (ArrayArg(name=training.array("x_val")), ArrayArg(name=training.array("y_val")))
        call = Call(
            id=self._step,
            function=self.function,
            arguments=(ResultOf(step=training.built(seed)), *rows),
            after=training.fitted(seed),
            figure=True,
        )
        return (*training.steps(seeds), call)

    @property
    def _step(self) -> str:
        return f"{self.function}@figure{self.training.suffix}"

    def judge(self, case: Case) -> Judgement:
        """Judge the figure by what the frozen graph puts out for the same rows."""
        value, arrays = case.value(self._step)
        if not isinstance(value, FigureValue):
            received = name_of(value)
            message = _(
                "{function}() has to return a matplotlib figure. Received: {received}.",
                function=self.function,
                received=received,
            )
            return failed(message, expected="Figure", received=received)
        outputs = require_certified(case, self.training, after=True).outputs["x_val"]
        truth = case.inside[self.training.array("y_val")].astype(np.float64).ravel()
        if outputs.size != truth.size or not np.isfinite(outputs).all():
            raise PreconditionFailedError(
                failed(_("The outputs of the network are not one number for every row."))
            )
        problem = self._find_problem(value, arrays, truth, outputs.ravel().astype(np.float64))
        if problem is None:
            return passed(_("The figure shows the residual of each row against its prediction, and a line at 0."))
        message = _("{function}(): {complaint}", function=self.function, complaint=add_unseen(problem, value))
        call = write_network_call(self.training, self.function, "x_val", "y_val")
        return show_call(replace(failed(message), blocks=False), call)

    def _find_problem(
        self, figure: FigureValue, arrays: Mapping[str, Array], truth: Array, predicted: Array
    ) -> Words | None:
        """Return what is wrong with the figure; None for nothing."""
        residuals = truth - predicted
        for axes in figure.axes:
            clouds = _read_clouds(axes, arrays)
            if any(_shows(cloud, predicted, r) for cloud in clouds for r in (residuals, -residuals)):
                return _find_missing(axes, arrays)
        clouds = [cloud for axes in figure.axes for cloud in _read_clouds(axes, arrays)]
        return _explain_other_points(clouds, truth, predicted)


def _read_clouds(axes: AxesFacts, arrays: Mapping[str, Array]) -> list[Array]:
    """Return the points of each mark on an axes but lines at 0, and of all marks of one kind together."""
    clouds: list[Array] = []
    for refs in (axes.scatters, axes.lines):
        marks = [arrays[ref] for ref in refs if ref in arrays]
        pairs = [m for m in marks if m.ndim == 2 and m.shape[1] == 2 and not _is_zero_line(m)]
        clouds += [*pairs, np.concatenate(pairs)] if len(pairs) > 1 else pairs
    return clouds


def _shows(cloud: Array, x: Array, y: Array) -> bool:
    """Return whether a mark has exactly one point (x, y) for each row, in any order."""
    if cloud.shape != (len(x), 2) or not np.isfinite(cloud).all():
        return False
    spans = np.maximum([np.ptp(x), np.ptp(y)], 1e-9)
    points, expected = cloud / spans, np.column_stack([x, y]) / spans
    # Rows may be sorted by one of the two; sorting both by rounded numbers brings equal ones together.
    received = points[np.lexsort(points.T[::-1])]
    sorted_ = expected[np.lexsort(expected.T[::-1])]
    if np.allclose(points, expected, atol=CLOSE) or np.allclose(received, sorted_, atol=CLOSE):
        return True
    # Single precision may change the order of neighbours: compare the sums of all pairs of moments instead.
    return bool(_have_same_moments(points, expected))


def _have_same_moments(points: Array, expected: Array) -> bool:
    distances = np.abs(points[:, None, :] - expected[None, :, :]).max(axis=2)
    return bool((distances.min(axis=0) <= CLOSE).all() and (distances.min(axis=1) <= CLOSE).all())


def _find_missing(axes: AxesFacts, arrays: Mapping[str, Array]) -> Words | None:
    """Return what the axes with the right points lacks."""
    # Lines of `hlines` come as points in evidence of which nobody looked what is seen.
    marks = axes.lines if axes.unseen is not None else (*axes.lines, *axes.scatters)
    lines = [arrays[ref] for ref in marks if ref in arrays and _is_zero_line(arrays[ref])]
    if not any(axes.unseen is None or np.ptp(line[:, 0]) > 0 for line in lines):
        return _("a line at 0 is missing, from which one sees what is too high and what is too low: axhline(0).")
    if not says_something(axes.x_label) or not says_something(axes.y_label):
        return _("an axis has no label: say what is on it, such as prediction and residual.")
    return None


def _is_zero_line(mark: Array) -> bool:
    """Return whether all points of a mark lie at 0."""
    return bool(mark.ndim == 2 and mark.shape[1] == 2 and len(mark) and np.abs(mark[:, 1]).max() == 0)


def _explain_other_points(clouds: Sequence[Array], truth: Array, predicted: Array) -> Words:
    residuals = truth - predicted

    def is_drawn(x: Array, y: Array) -> bool:
        return any(_shows(cloud, x, y) for cloud in clouds)

    numbers = np.arange(len(truth), dtype=np.float64)
    if is_drawn(predicted, truth) or is_drawn(truth, predicted):
        return _(
            "it shows the true values and the predictions. What is left to see is their difference: draw the "
            "residuals, y - predictions, against the predictions."
        )
    if any(is_drawn(truth, r) for r in (residuals, -residuals)):
        return _(
            "it shows the residuals against the true values. There, a slope is seen even for a perfect model with "
            "noise. Put the predictions on the x axis."
        )
    if any(is_drawn(r, predicted) for r in (residuals, -residuals)):
        return _("its axes are swapped: predictions belong on the x axis, residuals on the y axis.")
    if any(is_drawn(numbers, r) for r in (residuals, -residuals)):
        return _("it shows the residuals against the number of the row. Put the predictions on the x axis.")
    if any(is_drawn(predicted, r) for r in (np.abs(residuals), residuals**2)):
        return _("it shows residuals without their sign. The sign tells what is too high and what is too low.")
    if any(len(cloud) > len(truth) for cloud in clouds):
        return _(
            "it draws {count} points for {rows} rows. model.predict gives a column (n, 1), and its difference to "
            "y (n,) is a table (n, n): flatten the predictions first.",
            count=max(map(len, clouds)),
            rows=len(truth),
        )
    if not clouds:
        return _("it draws no points. Expected: one for each row, its residual against its prediction.")
    return _(
        "its points are not the residuals of the {rows} rows, y - predictions, against the predictions.",
        rows=len(truth),
    )
