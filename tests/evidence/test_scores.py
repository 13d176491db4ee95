"""Scores of networks: as scikit-learn counts them, for classes, for yes and no, and for numbers."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import r2_score

from grader.core.arrays import Array
from grader.evidence.case import Case
from grader.evidence.heads import Head
from grader.evidence.network import Model, read_network
from grader.evidence.scores import compute_score, metric_name, predict_classes, r_squared
from grader.protocol.task import Task
from grader.protocol.training import Training
from tests.helpers.cases import Training as Network
from tests.helpers.cases import case, compiled, replace_facts

REGRESSION = Task(kind="regression", labels="numbers")


def scored(outputs: Array, truth: Array, task: Task) -> float | None:
    made = Network().case()
    model = replace(trained_model(made), outputs={"x_test": outputs})
    return compute_score(model, case(outside={"y_test": truth}, task=task), Training())


def trained_model(made: Case) -> Model:
    after = read_network(made, made.trainings[0], 0).after
    assert after is not None
    return after


def test_classes_are_counted_by_the_largest_output() -> None:
    outputs, truth = np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.7], [0.6, 0.4]]), np.array([1, 0, 0, 0])
    assert scored(outputs, truth, Task(kind="classification", classes=2)) == 0.75


def test_a_single_output_is_compared_with_one_half_or_its_logit() -> None:
    outputs = np.array([[0.4], [0.6], [-2.0], [3.0]])
    raw = replace(trained_model(Network().case()), outputs={}, tail=Head((), "linear"))
    logits = replace(
        raw, facts=replace_facts(raw.facts, compiled=compiled("binary_crossentropy", from_logits=True))
    )
    for name in ("sigmoid", "probability"):
        squeezed = replace(raw, tail=Head((name,), name))
        assert predict_classes(outputs, np.array([1, 1, 0, 1]), squeezed).tolist() == [0, 1, 0, 1]
    assert predict_classes(outputs, np.array([0, 1, 0, 1]), logits).tolist() == [1, 1, 0, 1]


@pytest.mark.parametrize("truth", [[0, 1, 0, 1], [1, 1, 0, 1]])
def test_where_the_threshold_is_left_open_a_network_that_works_gets_the_score_that_it_has(
    truth: list[int],
) -> None:
    outputs = np.array([[0.4], [0.6], [-2.0], [3.0]])
    for name in ("linear", "tanh", "other"):
        model = replace(trained_model(Network().case()), outputs={}, tail=Head((name,), name))
        assert predict_classes(outputs, np.array(truth), model).tolist() == truth


@settings(derandomize=True, deadline=None)
@given(arrays(np.float64, (7, 2), elements=st.floats(-1e3, 1e3)).filter(lambda a: np.ptp(a[:, 0]) > 1e-3))
def test_r_squared_is_scikit_learn_s(rows: Array) -> None:
    assert r_squared(rows[:, 0], rows[:, 1]) == pytest.approx(r2_score(rows[:, 0], rows[:, 1]), rel=1e-9)


@pytest.mark.parametrize(
    "outputs",
    [np.array([[np.nan], [1.0]]), np.array([[1.0]]), np.array([1.0]), np.zeros((2, 0)), np.zeros((2, 3))],
    ids=["not finite", "too few", "too few without a column", "empty", "several"],
)
def test_what_cannot_be_compared_has_no_score(outputs: Array) -> None:
    assert scored(outputs, np.array([1.0, 2.0]), REGRESSION) is None
    assert scored(np.array([[1.0], [2.0]]), np.array([1.0, 2.0]), REGRESSION) == 1.0


def test_one_number_for_each_row_needs_no_column() -> None:
    numbers = np.array([1.0, 2.0, 4.0])
    assert scored(numbers, numbers, REGRESSION) == 1.0
    logits = np.array([-3.0, 2.0, 5.0])
    assert scored(logits, np.array([0, 1, 1]), Task(kind="classification", classes=2)) == 1.0
    assert scored(logits, np.array([0, 1, 1]), Task(kind="classification", classes=3)) is None


def test_without_a_network_there_is_no_score() -> None:
    assert compute_score(None, case(), Training()) is None


def test_scores_are_called_what_they_are() -> None:
    assert metric_name(REGRESSION) == "R²"
    assert metric_name(Task(kind="classification", classes=3)) == "accuracy"


def test_each_network_of_a_case_has_its_own_score_also_when_another_one_is_gone() -> None:
    model, of_class = trained_model(Network().case()), Task(kind="classification", classes=2)
    seen = case(outside={"y_test": np.array([1, 0])}, task=of_class)
    for outputs, score in (([[0, 1], [1, 0]], 1.0), ([[0, 1], [0, 1]], 0.5), ([[1, 0], [0, 1]], 0.0)):
        assert compute_score(replace(model, outputs={"x_test": np.array(outputs)}), seen, Training()) == score
