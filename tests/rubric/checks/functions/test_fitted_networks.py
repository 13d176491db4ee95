"""What was done to rows before a training is found out, unless it could put labels into them."""

import numpy as np
import pytest

from grader.core.arrays import Array
from grader.core.row_hashes import row_hashes
from grader.evidence.case import Case
from grader.protocol.evidence import FitFacts, GraphFacts
from grader.rubric.checks.functions.fitted_networks import (
    Change,
    FittedNetwork,
    _find_change,
    is_curve_of,
    is_reached,
)
from tests.helpers.cases import case, data

X = data().inside["x_train"]
Y = data().inside["y_train"]
CASE: Case = case({}, inside=data().inside, outside=data().outside)
MEANS, DEVIATIONS = X.mean(axis=0), X.std(axis=0) + 0.1


def find(rows: Array) -> Change | None:
    """Return what is found out of the first rows that `fit` got."""
    hashes = row_hashes(rows)
    low, high = float(rows.min()), float(rows.max())
    graph = GraphFacts(ref="g", input_node="x", output_node="y", input_shape=(None, 64), output_shape=(None, 10))
    fit = FitFacts(rows="rows", first_rows="first", x_range=(low, high), graph=graph)
    return _find_change(CASE, fit, {"rows": hashes, "first": rows[:128].astype(np.float32)})


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(X, id="as they are"),
        pytest.param(2 * X - 1, id="scaled"),
        pytest.param((X - MEANS) / DEVIATIONS, id="standardised"),
        pytest.param((3 * X).reshape(-1, 8, 8, 1), id="as pictures"),
        pytest.param(X[:50], id="a part"),
        pytest.param(X[::-1], id="in another order"),
    ],
)
def test_changes_of_each_feature_are_found_out(rows: Array) -> None:
    change = find(rows)
    assert change is not None
    expected = rows.reshape(len(rows), -1)
    if not np.array_equal(expected, X[::-1]):
        assert np.allclose(change.apply(X[: len(rows)]), expected, atol=1e-3)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(X + np.eye(64)[Y], id="labels within the rows"),
        pytest.param(X**2, id="squares"),
        pytest.param(2 * X[::-1] - 1, id="scaled in another order"),
        pytest.param(X[:, :32], id="some features"),
        pytest.param(X[:3] * 2, id="a few rows"),
    ],
)
def test_other_changes_are_not(rows: Array) -> None:
    if rows.shape[1] == 64 and len(rows) == 3:
        assert find(rows - 1) is None
    else:
        assert find(rows) is None


def network(accuracy: float, **curves: list[float]) -> FittedNetwork:
    """Return a network whose `fit` left these curves."""
    return FittedNetwork(FitFacts(), None, accuracy, {k: np.array(v) for k, v in curves.items()})  # type: ignore[arg-type]


def test_a_result_is_what_a_network_reaches_or_what_its_own_fit_measured() -> None:
    alone, better = network(0.6), network(0.9, val_accuracy=[0.5, 0.95, 0.9])
    made_up = network(0.6, val_accuracy=[0.97, 0.99])
    assert is_reached(0.61, [alone])
    assert not is_reached(0.65, [alone])
    assert is_reached(0.95, [better])  # the best epoch
    assert is_reached(0.75, [alone, better])  # the mean of both
    assert not is_reached(0.99, [made_up])


def test_a_curve_ends_where_a_network_is_or_was_left_by_its_fit() -> None:
    trained = network(0.9, val_accuracy=[0.5, 0.9], val_loss=[1.5, 0.2])
    assert is_curve_of(np.array([[0.1], [0.9]]), [trained])
    assert is_curve_of(np.array([10.0, 90.0]), [trained])
    assert is_curve_of(np.array([1.5, 0.2]), [trained])
    assert not is_curve_of(np.array([1.5, 0.1]), [trained])
    assert not is_curve_of(np.array([1.5, 0.2]), [network(0.5, val_loss=[1.5, 0.2])])
