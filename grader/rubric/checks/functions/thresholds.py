"""A check of labels that are decided by a threshold."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Self

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import Filled, FunctionName
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, passed
from grader.evidence.values import flat, is_numeric
from grader.protocol.plan import ArrayArg, Call, LiteralArg, ResultOf, Step
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.protocol.verdict import Status
from grader.rubric.checks.base import Check
from grader.rubric.checks.calls import show_call, write_network_call
from grader.rubric.checks.fitting import require_yes_or_no
from grader.rubric.checks.networks.probabilities import as_columns, compute_likelihoods, reads_logits, sigmoid
from grader.rubric.checks.networks.single import require_certified
from grader.rubric.data.dataset import Data


@dataclass(frozen=True)
class PredictsLabels(Check):
    """`function(model, x, threshold=0.5)` returns 1 where a yes is likelier than the threshold, else 0.

    >>> PredictsLabels((Training(arguments=(1,), name="one", rows="one_"),), "predict_label")
    """

    kinds = frozenset({"classification"})
    topics = frozenset({"probabilities"})
    networks: Annotated[tuple[Training, ...], Filled()]
    function: FunctionName

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where the parameters do not fit the exercise."""
        require_yes_or_no(self, task)

    @property
    def tried_function(self) -> str:
        """Return the function that gets the networks."""
        return self.function

    def on_stand_ins(self, task: Task) -> Self | None:
        """Return this check with trained networks of the grader's."""
        if any(network.stand_in is not None for network in self.networks):
            return None
        networks = tuple(network.on_stand_in(task, is_trained=True) for network in self.networks)
        return replace(self, networks=networks)

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return calls on the validation rows of each network, after its training on the first seed."""
        steps: list[Step] = []
        for network in self.networks:
            steps += network.steps(seeds)
            for threshold in _THRESHOLDS:
                arguments = () if threshold is None else (LiteralArg(value=threshold),)
                steps.append(
                    Call(
                        id=self._step(network, threshold),
                        function=self.function,
                        arguments=(
                            ResultOf(step=network.built(seeds[0])),
                            ArrayArg(name=network.array("x_val")),
                            *arguments,
                        ),
                        after=network.fitted(seeds[0]),
                    )
                )
        return steps

    def trainings(self) -> tuple[Training, ...]:
        """Return the trainings."""
        return self.networks

    def _step(self, network: Training, threshold: float | None) -> str:
        return f"{self.function}@{network.name}:{'default' if threshold is None else threshold}"

    def judge(self, case: Case) -> Judgement:
        """Judge against what the frozen graphs put out for the same rows."""
        columns, tells = [], False
        for network in self.networks:
            case.value(self._step(network, None))  # what went wrong in the function is said first
            model = require_certified(case, network, after=True)
            returned = [self._labels(case, network, threshold) for threshold in _THRESHOLDS]
            outputs = as_columns(model.outputs["x_val"])
            ways = compute_likelihoods(
                outputs, model.output_activation, from_logits=reads_logits(case, network, model)
            )
            if not ways or any(len(labels.ravel()) != len(outputs) for labels in returned):
                raise PreconditionFailedError(_explain_indistinct())
            columns += [labels.shape for labels in returned if labels.ndim > 1]
            labels = [labels.ravel() for labels in returned]
            tells = tells or len({tuple(_decide(ways[0], t)) for t in (0.2, 0.5, 0.9)}) > 1
            if not any(_agree(labels, p) for p in ways):
                mistake = self._find_mistake(labels, ways[0], outputs[:, 0].astype(np.float64))
                if mistake is not None:
                    return show_call(mistake, self.write_call(network, 0.2))
                return self._by_row(labels, ways[0], network, case.inside[network.array("x_val")])
        if not tells:
            raise PreconditionFailedError(_explain_indistinct())
        if columns:
            return passed(
                _(
                    "The labels are right for each threshold. They come in the shape {received}; {expected} is "
                    "what scikit-learn expects.",
                    received=str(columns[0]),
                    expected=f"({max(columns[0])},)",
                )
            )
        return passed(_("The labels are right for each threshold: the higher it is, the rarer is a 1."))

    def write_call(self, network: Training, threshold: float | None, rows: Array | str = "x_val") -> str:
        """Return a call as it can be pasted."""
        last = () if threshold is None else (f"threshold={threshold}",)
        return write_network_call(network, self.function, rows, *last)

    def _labels(self, case: Case, network: Training, threshold: float | None) -> Array:
        """Return the labels of one call, of shape (n,) or (n, 1).

        Raises:
            PreconditionFailedError: the call returned something else; the judgement says what.
        """
        rows = len(case.inside[network.array("x_val")])
        labels = case.array(self._step(network, threshold), self.function)
        expected = _("{rows} labels, each 0 or 1", rows=rows)
        call = self.write_call(network, threshold)
        received = f"{labels.shape} {labels.dtype}"
        if not is_numeric(labels) or flat(labels).shape != (rows,):
            message = _(
                "{function}() has to return one label for each row of x, {rows} numbers. Received: {received}.",
                function=self.function,
                rows=rows,
                received=received,
            )
            raise PreconditionFailedError(show_call(failed(message, expected=expected, received=received), call))
        values = np.unique(labels.astype(np.float64))
        if np.isin(values, (0.0, 1.0)).all():
            return labels.astype(np.float64)
        others = values[~np.isin(values, (0.0, 1.0))]
        received = f"{others[0]:.4g}"
        if np.isin(values, (-1.0, 1.0)).all():
            message = _("{function}() returns labels -1 and 1. They have to be 0 and 1.", function=self.function)
        elif ((values >= 0.0) & (values <= 1.0)).all():
            message = _(
                "{function}() returns probabilities, such as {received}. Compare them with the threshold: 1 "
                "above it, else 0.",
                function=self.function,
                received=received,
            )
        else:
            message = _(
                "{function}() has to return only 0 and 1. Received: {received}.",
                function=self.function,
                received=received,
            )
        raise PreconditionFailedError(show_call(failed(message, expected=expected, received=received), call))

    def _find_mistake(self, labels: Sequence[Array], likely: Array, raw: Array) -> Judgement | None:
        """Return the judgement for the usual mistake that gives these labels; None where none does."""
        expected = _("1 where the probability is above the threshold, else 0")
        default, at_half = labels[0], labels[1]
        ignores_threshold = _agree(labels[1:2], likely, _THRESHOLDS[1:2]) and all(
            np.array_equal(of_call, at_half) for of_call in labels
        )
        distinct = {float(value) for of_call in labels for value in np.unique(of_call)}
        for is_mistake, message in (
            (
                ignores_threshold,
                _(
                    "{function}() gives the same labels for each threshold: it ignores the argument. Compare "
                    "the probability with `threshold` instead of a fixed 0.5.",
                    function=self.function,
                ),
            ),
            (
                _agree(labels[1:], likely, _THRESHOLDS[1:]) and not np.array_equal(default, at_half),
                _(
                    "Without a threshold, {function}() gives other labels than with 0.5. Write threshold=0.5 in "
                    "its first line.",
                    function=self.function,
                ),
            ),
            (
                _agree([1 - of_call for of_call in labels], likely),
                _(
                    "{function}() gives 0 and 1 the wrong way round: 1 belongs to the rows whose probability is "
                    "above the threshold.",
                    function=self.function,
                ),
            ),
            (
                _agree(labels, likely, tuple(0.5 if t is None else 1 - t for t in _THRESHOLDS)),
                _(
                    "The threshold of {function}() works the wrong way: with a higher one, more rows get a 1. A "
                    "1 needs a probability above the threshold.",
                    function=self.function,
                ),
            ),
            (
                not np.allclose(raw, likely) and _agree(labels, raw),
                _(
                    "{function}() compares raw outputs with the threshold. The network gives logits, of which 0 "
                    "means a probability of 0.5: apply the sigmoid first.",
                    function=self.function,
                ),
            ),
            (
                np.allclose(raw, likely) and _agree(labels, sigmoid(raw)),
                _(
                    "{function}() applies a sigmoid to outputs that went through one already. Compare the "
                    "outputs themselves with the threshold.",
                    function=self.function,
                ),
            ),
            (
                len(distinct) == 1,
                _(
                    "{function}() says {label} for every row, whatever the threshold. argmax over a single "
                    "column is always 0, and a probability is always above 0.",
                    function=self.function,
                    label=f"{min(distinct):g}",
                ),
            ),
        ):
            if is_mistake:
                return failed(message, expected=expected, received=_counts(labels))
        return None

    def _by_row(self, labels: Sequence[Array], likely: Array, network: Training, x: Array) -> Judgement:
        """Return the judgement for no mistake in particular: the first row with a wrong label."""
        for received, given_threshold in zip(labels, _THRESHOLDS, strict=True):
            threshold = 0.5 if given_threshold is None else given_threshold
            wrong = np.flatnonzero((received != _decide(likely, threshold)) & _is_clear(likely, threshold))
            if not len(wrong):
                continue
            row = int(wrong[0])
            message = _(
                "With the threshold {threshold:g}, {function}() gives other labels than the network for {wrong} "
                "of {rows} rows. The first is row {row}: its probability is {likely:.3f}, its label {label:g}.",
                threshold=threshold,
                function=self.function,
                wrong=len(wrong),
                rows=len(likely),
                row=row,
                likely=float(likely[row]),
                label=float(received[row]),
            )
            expected = _("1 where the probability is above the threshold, else 0")
            judgement = failed(message, expected=expected, received=_counts(labels))
            return show_call(judgement, self.write_call(network, given_threshold, x[row : row + 1]))
        return failed(_explain_indistinct().message)


_THRESHOLDS: tuple[float | None, ...] = (None, 0.5, 0.2, 0.9)
_MARGIN = 1e-4  # rows whose probability is closer to the threshold may have either label


def _decide(likely: Array, threshold: float) -> Array:
    labels: Array = likely > threshold
    return labels


def _is_clear(likely: Array, threshold: float) -> Array:
    far: Array = np.abs(likely - threshold) > _MARGIN
    return far


def _agree(labels: Sequence[Array], likely: Array, thresholds: Sequence[float | None] = _THRESHOLDS) -> bool:
    """Return whether the labels of each call are those of its threshold."""
    return all(
        not np.any((received != _decide(likely, t)) & _is_clear(likely, t))
        for received, t in zip(labels, (0.5 if t is None else t for t in thresholds), strict=True)
    )


def _counts(labels: Sequence[Array]) -> Words:
    """Return how many rows got a 1, for each threshold."""
    half, low, high = (int(received.sum()) for received in labels[1:])
    return _(
        "rows with a 1: {low} at the threshold 0.2, {half} at 0.5, {high} at 0.9", low=low, half=half, high=high
    )


def _explain_indistinct() -> Judgement:
    message = _(
        "The network says nearly the same for every row, so there is nothing to tell apart. Mend its output and "
        "its training first."
    )
    return Judgement(Status.SKIPPED, message)
