"""Detect leaks between training and test part: shared statistics, shared rows."""

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import _
from grader.core.row_hashes import are_among, row_hashes
from grader.evidence.case import Case
from grader.evidence.failures import function_name
from grader.evidence.judgement import PreconditionFailedError
from grader.evidence.values import numbers
from grader.examiner.misconceptions.network_view import Explanation, NetworkView
from grader.protocol.evidence import ArrayValue as GivenArray
from grader.protocol.evidence import Entries, Items, Returned, Value

# A check calls the function that standardises with one training part and two test parts, one of them moved.
_USUAL, _MOVED = "@usual", "@shifted"


def scaler_leak(view: NetworkView) -> Explanation | None:
    """Statistics of the test part in what both parts are standardised with."""
    for step in view.case.steps:
        function = function_name(step)
        if step != f"{function}{_USUAL}" or f"{function}{_MOVED}" not in view.case.steps:
            continue
        usual, moved = _parts(view.case, step), _parts(view.case, f"{function}{_MOVED}")
        if usual is None or moved is None:
            continue
        (train, test), (train_then, test_then) = usual, moved
        if train.shape != train_then.shape or test.shape != test_then.shape:
            continue
        change = float(np.abs(train - train_then).max())
        if change > 0.01 * float(train.std()):
            return Explanation(
                _(
                    "When only the numbers of x_test were made larger, the x_train that {function}() returned "
                    "changed too, by up to {change:.2g}: mean or standard deviation were computed with the "
                    "test part. Then x_test is no longer unseen. Compute mean and standard deviation from "
                    "x_train alone.",
                    function=function,
                    change=change,
                ),
                function,
            )
        if np.allclose(test, test_then, rtol=0.001, atol=0.001) and test.std() > 0:
            return Explanation(
                _(
                    "When all numbers of x_test were made much larger, {function}() returned the same x_test "
                    "as before: it standardises x_test with its own mean and standard deviation. Then the "
                    "numbers of a row depend on which other rows it comes with. Use mean and standard "
                    "deviation of x_train for both parts.",
                    function=function,
                ),
                function,
            )
    return None


def _parts(case: Case, step: str) -> tuple[Array, Array] | None:
    """Return the training part, which has more rows, and the test part of what a call returned."""
    seen = case.steps[step]
    outcome = seen.evidence.outcome
    if not isinstance(outcome, Returned) or not isinstance(outcome.value, Items) or len(outcome.value.items) != 2:
        return None
    try:
        parts = [numbers(_table(item), seen.arrays, "") for item in outcome.value.items]
    except PreconditionFailedError:
        return None
    if any(part.ndim != 2 or part.dtype.kind not in "biuf" or not np.isfinite(part).all() for part in parts):
        return None
    train, test = sorted((part.astype(np.float64) for part in parts), key=len, reverse=True)
    return (train, test) if len(test) else None


def _table(item: Value) -> Value:
    """Return a data frame, which comes as one record for each row, as rows of numbers."""
    if not isinstance(item, Items) or not all(isinstance(row, Entries) for row in item.items):
        return item
    rows = [row.entries for row in item.items if isinstance(row, Entries)]
    cells = [tuple(cell for key, cell in row if key != "index") for row in rows]
    return Items(container=item.container, items=tuple(Items(container="list", items=c) for c in cells))


def train_test_overlap(view: NetworkView) -> Explanation | None:
    """Rows that are in both parts: in what `split` returned, or in what `fit` was given."""
    shared, held_out = _shared_in_split(view.case)
    if shared:
        return Explanation(
            _(
                "split() puts {shared} of the {held_out} held-out rows into the training part too. A "
                "network may know these by heart, so the score on them says nothing about new rows. "
                "Split once, so that each row is in one part.",
                shared=shared,
                held_out=held_out,
            ),
            "split",
        )
    count = sum(_trained_on(view, role) for role in ("x_val", "x_test"))
    if not count:
        return None
    return Explanation(
        _(
            "fit was given {count} rows that were meant for validation or testing. Scores on rows that were "
            "trained on say nothing about new ones. Train on x_train only.",
            count=count,
        )
    )


def _shared_in_split(case: Case) -> tuple[int, int]:
    """Return how many held-out rows of `split` are training rows as well, and how many held-out rows there are."""
    seen = case.steps.get("split@first")
    outcome = seen.evidence.outcome if seen is not None else None
    if seen is None or not isinstance(outcome, Returned) or not isinstance(outcome.value, Items):
        return 0, 0
    parts = [
        seen.arrays.get(item.ref) if isinstance(item, GivenArray) else None for item in outcome.value.items[:2]
    ]
    tables = [part for part in parts if part is not None and part.ndim == 2 and part.dtype.kind in "biuf"]
    if len(tables) != 2 or tables[0].shape[1] != tables[1].shape[1]:
        return 0, 0
    return int(np.isin(row_hashes(tables[1]), row_hashes(tables[0])).sum()), len(tables[1])


def _trained_on(view: NetworkView, role: str) -> int:
    """Return how many rows of a role `fit` was given, without those that happen to equal a training row."""
    step = view.case.steps.get(view.training.fitted(view.seed))
    if view.rows(role) is None or view.rows("x_train") is None or step is None:
        return 0
    fitted_rows = [step.arrays[fit.rows] for fit in view.network.fits if fit.rows in step.arrays]
    if not fitted_rows:
        return 0
    hashes, counts = view.case.of_data(_count_alone, *map(view.training.array, (role, "x_train")))
    fitted = np.concatenate(fitted_rows)
    return int(counts[np.isin(hashes, fitted[are_among(fitted, hashes)])].sum())


def _count_alone(rows: Array, train: Array) -> tuple[Array, Array]:
    """Return the hashes of rows that equal no training row, sorted and each once, and how often each is there."""
    hashes = row_hashes(rows)
    return np.unique(hashes[~np.isin(hashes, row_hashes(train))], return_counts=True)
