"""Formulas: right ones pass in all clothes; a wrong one is told what it computes, and on which edge it breaks."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.core.arrays import Array
from grader.core.seal import Seal
from grader.evidence.judgement import Judgement
from grader.protocol.evidence import ExceptionFacts, ImportEvidence, OtherValue, UnitFailure
from grader.protocol.plan import Call, ListArg, LiteralArg
from grader.protocol.verdict import Status
from grader.rubric.checks import Formulas
from grader.rubric.checks.formulas.checks import FORMULAS
from grader.rubric.checks.formulas.confusion_counts import confusion_counts, threshold_without_false_positives
from grader.rubric.checks.formulas.crossentropy import (
    binary_crossentropy,
    categorical_crossentropy,
    sparse_categorical_crossentropy,
)
from grader.rubric.checks.formulas.formula import Formula, Trial, is_close
from grader.rubric.checks.formulas.rates import NAMES, RIGHT, SPAM
from grader.rubric.checks.formulas.regression import mean_absolute_error, mean_squared_error, r2
from grader.rubric.checks.formulas.softmax import softmax
from tests.helpers.cases import Solution, case, judge, judged, run, stop, text

# The others return a dict or a truth value: see test_label_formulas.
OF_ARRAYS = tuple(name for name in FORMULAS if name not in {"class_weights", "should_rebalance"})


def right(name: str) -> Callable[..., Any]:
    """The right formula, as a function that takes lists too."""

    def function(*arguments: Any) -> Any:
        return FORMULAS[name].right(*(np.asarray(a) if isinstance(a, list) else a for a in arguments))

    return function


def of(name: str, function: Solution) -> Judgement:
    functions: dict[str, Any] = {name: function}
    return judge(Formulas((name,)), **functions)


def edges(name: str) -> list[Trial]:
    return [trial for trial in FORMULAS[name].trials() if trial.edge is not None]


# What is expected is right.

COUNTS = st.integers(0, 400)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(tp=COUNTS, fp=COUNTS, tn=COUNTS, fn=COUNTS)
def test_rates_are_the_fractions_of_the_task_sheet(tp: int, fp: int, tn: int, fn: int) -> None:
    fractions = {
        "sensitivity": (tp, tp + fn),
        "specificity": (tn, fp + tn),
        "precision": (tp, tp + fp),
        "false_positive_rate": (fp, fp + tn),
        "false_negative_rate": (fn, tp + fn),
        "accuracy": (tp + tn, tp + fp + tn + fn),
        "error_rate": (fp + fn, tp + fp + tn + fn),
        "f1": (2 * tp, 2 * tp + fp + fn),
    }
    for name, (above, below) in fractions.items():
        assert RIGHT[name](tp, fp, tn, fn) == pytest.approx(above / below if below else 0.0), name


@settings(derandomize=True, deadline=None, max_examples=100)
@given(labels=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=40))
def test_rates_and_counts_are_those_of_scikit_learn_on_labels(labels: list[tuple[int, int]]) -> None:
    from sklearn import metrics

    true, predicted = np.array(labels).T
    counts = confusion_counts(true, predicted)
    tp, fp, tn, fn = (int(c) for c in counts)
    assert metrics.confusion_matrix(true, predicted, labels=[0, 1]).tolist() == [[tn, fp], [fn, tp]]
    scores = {
        "sensitivity": metrics.recall_score(true, predicted, zero_division=0.0),
        "specificity": metrics.recall_score(true, predicted, pos_label=0, zero_division=0.0),
        "precision": metrics.precision_score(true, predicted, zero_division=0.0),
        "accuracy": metrics.accuracy_score(true, predicted),
        "error_rate": metrics.zero_one_loss(true, predicted),
        "f1": metrics.f1_score(true, predicted, zero_division=0.0),
    }
    for name, score in scores.items():
        assert RIGHT[name](tp, fp, tn, fn) == pytest.approx(score), name


def test_the_spam_example_is_the_course_s() -> None:
    expected = {
        "false_positive_rate": 1 / 50,
        "specificity": 49 / 50,
        "sensitivity": 38 / 50,
        "false_negative_rate": 12 / 50,
        "accuracy": 87 / 100,
        "error_rate": 13 / 100,
        "precision": 38 / 39,
    }
    assert {name: RIGHT[name](*SPAM) for name in expected} == pytest.approx(expected)


FINITE = st.floats(-100, 100, width=32)


def _tables(elements: st.SearchStrategy[float]) -> st.SearchStrategy[Array]:
    shapes = st.tuples(st.integers(1, 6), st.integers(2, 5))
    return shapes.flatmap(lambda shape: hnp.arrays(np.float64, shape, elements=elements))


@settings(derandomize=True, deadline=None, max_examples=200)
@given(z=_tables(st.one_of(FINITE, st.floats(-2000, 2000, width=32))))
def test_softmax_is_the_one_of_keras(z: Array) -> None:
    import keras

    np.testing.assert_allclose(softmax(z), keras.ops.convert_to_numpy(keras.ops.softmax(z)), rtol=1e-4, atol=1e-6)


PROBABILITY = st.one_of(st.floats(0.001, 0.999), st.sampled_from([0.0, 1.0]))


@settings(derandomize=True, deadline=None, max_examples=200)
@given(rows=st.lists(st.tuples(st.integers(0, 1), PROBABILITY), min_size=1, max_size=20))
def test_the_binary_crossentropy_is_the_one_of_keras(rows: list[tuple[int, float]]) -> None:
    import keras

    y, p = np.array([a for a, _ in rows]), np.array([b for _, b in rows])
    assert binary_crossentropy(y, p) == pytest.approx(float(keras.losses.binary_crossentropy(y, p)), rel=1e-5)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(raw=_tables(st.integers(0, 20).map(float)), seed=st.integers(0, 99))
def test_the_crossentropies_of_classes_are_those_of_keras(raw: Array, seed: int) -> None:
    import keras

    assume(bool((raw.sum(axis=1) > 0).all()))
    p = raw / raw.sum(axis=1, keepdims=True)
    y = np.random.default_rng(seed).integers(0, p.shape[1], len(p))
    one_hot = np.eye(p.shape[1])[y]
    sparse = keras.losses.SparseCategoricalCrossentropy()(y, p)
    dense = keras.losses.CategoricalCrossentropy()(one_hot, p)
    assert sparse_categorical_crossentropy(y, p) == pytest.approx(float(sparse), rel=1e-4, abs=1e-6)
    assert categorical_crossentropy(one_hot, p) == pytest.approx(float(dense), rel=1e-4, abs=1e-6)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(pairs=st.lists(st.tuples(FINITE, FINITE), min_size=2, max_size=30))
def test_metrics_of_regression_are_those_of_keras_and_of_the_task_sheet(pairs: list[tuple[float, float]]) -> None:
    import keras

    y, p = np.array(pairs).T
    assert mean_absolute_error(y, p) == pytest.approx(float(keras.losses.mean_absolute_error(y, p)), abs=1e-6)
    assert mean_squared_error(y, p) == pytest.approx(float(keras.losses.mean_squared_error(y, p)), abs=1e-6)
    total = float(((y - y.mean()) ** 2).sum())
    assume(total > 1e-6)
    assert r2(y, p) == pytest.approx(1 - float(((y - p) ** 2).sum()) / total)


@settings(derandomize=True, deadline=None, max_examples=200)
@given(rows=st.lists(st.tuples(st.integers(0, 1), st.integers(0, 64)), min_size=1, max_size=20))
def test_no_smaller_threshold_is_without_false_positives(rows: list[tuple[int, int]]) -> None:
    y, p = np.array([a for a, _ in rows]), np.array([b / 64 for _, b in rows])
    threshold = threshold_without_false_positives(y, p)
    assert not np.any((p > threshold) & (y == 0))
    assert all(np.any((p > smaller) & (y == 0)) for smaller in np.unique(p) if smaller < threshold)


# Right ones pass.

CLOTHES: Mapping[str, Callable[[Array], object]] = {
    "array": lambda a: a,
    "list": lambda a: a.tolist(),
    "float32": lambda a: a.astype(np.float32),
    "numpy scalar or list of rows": lambda a: a[()] if a.ndim == 0 else list(a),
    "array of one number": lambda a: a.reshape(1) if a.ndim == 0 else a,
    "array (1, 1)": lambda a: a.reshape(1, 1) if a.ndim == 0 else a,
    "list of one number": lambda a: [a.item()] if a.ndim == 0 else a,
    "tuple": lambda a: (a.item(),) if a.ndim == 0 else tuple(a.tolist()),
}


@pytest.mark.parametrize("clothes", CLOTHES)
@pytest.mark.parametrize("name", OF_ARRAYS)
def test_right_ones_pass_in_all_clothes(name: str, clothes: str) -> None:
    judgement = of(name, lambda *a: CLOTHES[clothes](np.asarray(right(name)(*a))))
    assert judgement.status is Status.PASSED, text(judgement.message)
    assert judgement.share == 1.0


@pytest.mark.parametrize("names", [("sensitivity", "specificity"), OF_ARRAYS])
def test_all_of_several_right_ones_are_praised(names: tuple[str, ...]) -> None:
    functions: dict[str, Any] = {name: right(name) for name in names}
    judgement = judge(Formulas(names), **functions)
    assert judgement.status is Status.PASSED
    assert f"All {len(names)} formulas" in text(judgement.message)


OTHER_RIGHT: Mapping[str, tuple[str, Solution]] = {
    "integers 0 and 1 for rates": (
        "accuracy",
        lambda *c: 1 if sum(c) and RIGHT["accuracy"](*c) == 1 else right("accuracy")(*c),
    ),
    "counts as dict": (
        "confusion_counts",
        lambda y, p: dict(zip(("fn", "tn", "fp", "tp"), right("confusion_counts")(y, p)[::-1], strict=True)),
    ),
    "counts as dict of long names": (
        "confusion_counts",
        lambda y, p: dict(
            zip(
                ("True Positives", "false_positives", "true-negatives", "False Negatives"),
                right("confusion_counts")(y, p),
                strict=True,
            )
        ),
    ),
    "counts as column": ("confusion_counts", lambda y, p: right("confusion_counts")(y, p).reshape(4, 1)),
    "threshold between two rows": (
        "threshold_without_false_positives",
        lambda y, p: right("threshold_without_false_positives")(y, p) + 1e-4,
    ),
    "threshold below all positives": (
        "threshold_without_false_positives",
        lambda y, p: right("threshold_without_false_positives")(y, p) if 0 in list(y) else -np.inf,
    ),
    "clipped at 1e-12": (
        "binary_crossentropy",
        lambda y, p: binary_crossentropy(np.asarray(y), np.asarray(p), 1e-12),
    ),
    "clipped at 1e-16": (
        "sparse_categorical_crossentropy",
        lambda y, p: sparse_categorical_crossentropy(np.asarray(y), np.asarray(p), 1e-16),
    ),
    "a small number added": (
        "categorical_crossentropy",
        lambda y, p: -np.mean(np.sum(np.asarray(y) * np.log(np.asarray(p) + 1e-8), axis=1)),
    ),
}


@pytest.mark.parametrize("which", OTHER_RIGHT)
def test_unusual_right_ones_pass(which: str) -> None:
    name, function = OTHER_RIGHT[which]
    judgement = of(name, function)
    assert judgement.status is Status.PASSED, text(judgement.message)


# Wrong ones are told what they compute.

MISTAKES = [(name, i) for name, formula in FORMULAS.items() for i in range(len(formula.mistakes))]


@pytest.mark.parametrize("name", OF_ARRAYS)
def test_every_mistake_is_recognised_and_none_is_taken_for_another(name: str) -> None:
    for mistake in FORMULAS[name].mistakes:

        def function(*arguments: Any, formula: Solution = mistake.formula) -> object:
            with np.errstate(all="ignore"):
                return formula(*(np.asarray(a) if isinstance(a, list) else a for a in arguments))

        judgement = of(name, function)
        said = text(judgement.message)
        assert judgement.status is Status.FAILED
        assert judgement.share == 0.0
        # One that equals another up to its sign on all inputs may be told in the other's words.
        assert text(mistake.words) in said or "absolute value of each before" in said, said


@pytest.mark.parametrize("name", OF_ARRAYS)
def test_a_wrong_number_without_a_name_is_told_the_formula(name: str) -> None:
    judgement = of(name, lambda *a: np.asarray(right(name)(*a), dtype=float) * 1.01 + 0.777)
    assert judgement.status is Status.FAILED
    assert "Expected was" in text(judgement.message)
    assert judgement.expected
    assert judgement.received


def test_the_message_shows_the_example_both_numbers_and_what_was_computed() -> None:
    judgement = of("sensitivity", right("precision"))
    assert text(judgement.message) == (
        "On the spam example (tp = 38, fp = 1, tn = 49, fn = 12), sensitivity() gives 0.974359; expected 0.76. "
        "That is TP / (TP + FP), which is what precision means; sensitivity is TP / (TP + FN)."
    )
    assert (judgement.expected, judgement.received) == ("0.76", "0.974359")


def test_long_arrays_are_named_by_their_shape() -> None:
    judgement = of("mean_squared_error", lambda y, p: mean_squared_error(y, p) if len(y) < 100 else 0.0)
    assert text(judgement.message).startswith(
        "For y_true = array (300,), y_pred = array (300,), mean_squared_error()"
    )


def test_a_share_of_the_wrong_group_is_named() -> None:
    said = text(of("false_positive_rate", lambda tp, fp, tn, fn: fp / (tn + fn) if tn + fn else 0.0).message)
    assert "FP / (TN + FN), a share of all that were called negative" in said
    assert "false_positive_rate is FP / (FP + TN)" in said


# Edges.

EDGES = [(name, trial.name) for name in OF_ARRAYS for trial in edges(name)]


@pytest.mark.parametrize(("name", "edge"), EDGES)
def test_wrong_on_one_edge_only_keeps_half_and_names_the_edge(name: str, edge: str) -> None:
    trial = next(t for t in edges(name) if t.name == edge)
    others = [t for t in FORMULAS[name].trials() if t.name != edge and _same_inputs(t, trial)]
    assert not others, "two trials with the same input"

    def function(*arguments: Any) -> object:
        value = np.asarray(right(name)(*arguments), dtype=float)
        return value + np.nan if _same(arguments, trial) else value

    judgement = of(name, function)
    assert judgement.status is Status.PARTIAL
    assert judgement.share == 0.5
    said = text(judgement.message)
    assert "is right in general, but not" in said
    assert text(trial.edge) in said
    assert text(trial.hint) in said
    assert f"for {FORMULAS[name].parameters[0]} = " in said
    assert "nan" in said


@pytest.mark.parametrize(("name", "edge"), EDGES)
def test_a_crash_on_one_edge_keeps_half_and_names_both(name: str, edge: str) -> None:
    trial = next(t for t in edges(name) if t.name == edge)

    def function(*arguments: Any) -> object:
        if _same(arguments, trial):
            raise ZeroDivisionError("division by zero")
        return right(name)(*arguments)

    judgement = of(name, function)
    assert judgement.share == 0.5
    assert text(trial.edge) in text(judgement.message)
    assert "ZeroDivisionError: division by zero" in text(judgement.message)
    assert judgement.at is not None


def _same(arguments: tuple[Any, ...], trial: Trial) -> bool:
    if trial.lists != any(isinstance(a, list) for a in arguments):
        return False
    pairs = zip(arguments, trial.arguments, strict=True)
    return all(_equal(a, b) for a, b in pairs)


def _equal(a: Any, b: Any) -> bool:
    return np.asarray(a).dtype == np.asarray(b).dtype and np.array_equal(a, b)


def _same_inputs(a: Trial, b: Trial) -> bool:
    return a.lists == b.lists and all(map(_equal, a.arguments, b.arguments))


def _in_place(y: Any, p: Any) -> object:
    y = np.asarray(y)
    result = np.mean((y - np.asarray(p)) ** 2)
    y += 1
    return result


EDGE_MISTAKES: Mapping[str, tuple[str, Solution, str]] = {
    "nan for nothing": ("precision", lambda tp, fp, tn, fn: tp / (tp + fp) if tp + fp else np.nan, "asks for 0.0"),
    "one for nothing": (
        "f1",
        lambda tp, fp, tn, fn: 2 * tp / (2 * tp + fp + fn) if tp + fp + fn else 1.0,
        "asks for 0.0",
    ),
    "complement": ("false_positive_rate", lambda *c: 1 - RIGHT["specificity"](*c), "no negatives"),
    "complement of accuracy": ("error_rate", lambda *c: 1 - RIGHT["accuracy"](*c), "nothing at all"),
    "harmonic mean divides by 0": (
        "f1",
        lambda *c: 2 / (1 / RIGHT["precision"](*c) + 1 / RIGHT["sensitivity"](*c)),
        "every division",
    ),
    "naive softmax": (
        "softmax",
        lambda z: np.exp(np.asarray(z)) / np.exp(np.asarray(z)).sum(axis=1, keepdims=True),
        "overflows",
    ),
    "maximum of the table": (
        "softmax",
        lambda z: np.exp(np.asarray(z) - np.max(z)) / np.exp(np.asarray(z) - np.max(z)).sum(axis=1, keepdims=True),
        "its own largest",
    ),
    "not clipped": (
        "binary_crossentropy",
        lambda y, p: -np.mean(np.asarray(y) * np.log(p) + (1 - np.asarray(y)) * np.log(1 - np.asarray(p))),
        "log(0)",
    ),
    "clipped far too early": (
        "binary_crossentropy",
        lambda y, p: binary_crossentropy(np.asarray(y), np.asarray(p), 1e-3),
        "exactly 0 and 1",
    ),
    "infinite": (
        "categorical_crossentropy",
        lambda y, p: -np.mean(np.log((np.asarray(y) * np.asarray(p)).sum(axis=1))),
        "log(0)",
    ),
    "constant target": (
        "r2",
        lambda y, p: 1 - np.sum((np.asarray(y) - p) ** 2) / np.sum((np.asarray(y) - np.mean(y)) ** 2),
        "asks for 0.0",
    ),
    "arrays only": ("mean_absolute_error", lambda y, p: abs(y - p).mean(), "np.asarray"),
    "one label": (
        "confusion_counts",
        lambda y, p: np.bincount(3 - 2 * np.asarray(y, int) - np.asarray(p, int))[[0, 2, 3, 1]],
        "four cases",
    ),
    "no negatives": (
        "threshold_without_false_positives",
        lambda y, p: max(q for q, t in zip(p, y, strict=True) if t == 0),
        "no negatives",
    ),
    "in place": ("mean_squared_error", _in_place, "changes the array"),
}


@pytest.mark.parametrize("which", EDGE_MISTAKES)
def test_the_usual_mistakes_on_edges_keep_half_and_get_their_hint(which: str) -> None:
    name, function, said = EDGE_MISTAKES[which]
    with np.errstate(all="ignore"):
        judgement = of(name, function)
    assert judgement.status is Status.PARTIAL, text(judgement.message)
    assert judgement.share == 0.5
    assert said in text(judgement.message), text(judgement.message)


# Bad values.

STRANGE: Mapping[str, object] = {
    "None": None,
    "text": "0.76",
    "empty list": [],
    "list of three": [1, 2, 3],
    "NaN": float("nan"),
    "infinite": float("inf"),
    "set": {1, 2},
    "ragged": [[1], [2, 3]],
    "complex": 0.5 + 0j,
    "truth values": np.array([True, False]),
    "texts": np.array(["a", "b", "c", "d"]),
    "objects": np.array([object()], dtype=object),
    "empty dict": {},
    "dict": {"tp": 1, "fp": "x", "tn": [1, 2], "fn": None},
    "dict of texts": {"tp": np.array("a"), "fp": np.array("b"), "tn": np.array("c"), "fn": np.array("d")},
    "dict of odd keys": {"": 1, " _ ": 2},
    "function": len,
    "generator": (i for i in range(4)),
    "huge": OtherValue(type="ndarray", note="(134217728,) float64, 1024 MiB"),
    "four numbers": [0.1, 0.2, 0.3, 0.4],
}


@pytest.mark.parametrize("value", STRANGE)
@pytest.mark.parametrize("name", FORMULAS)
def test_strange_values_fail_with_a_sentence_about_the_function(name: str, value: str) -> None:
    judgement = of(name, lambda *_: STRANGE[value])
    assert judgement.status is Status.FAILED
    assert f"{name}()" in text(judgement.message)


@pytest.mark.parametrize("name", FORMULAS)
def test_none_asks_for_a_return(name: str) -> None:
    assert "Is there a `return`" in text(of(name, lambda *_: None).message)


def test_a_loss_for_each_row_is_told_that_the_mean_is_missing() -> None:
    judgement = of("binary_crossentropy", lambda y, p: -np.log(np.where(np.asarray(y) == 1, p, 1 - np.asarray(p))))
    assert "an array of shape (3,); expected one number" in text(judgement.message)
    assert "the mean over the rows" in text(judgement.message)


# One function among others.


def stub(*_: object) -> object:
    raise NotImplementedError


def crash(*_: object) -> object:
    raise KeyError("tp")


def test_all_stubs_are_not_attempted() -> None:
    judgement = judge(Formulas(("sensitivity", "precision")), sensitivity=stub, precision=stub)
    assert judgement.status is Status.NOT_ATTEMPTED


def test_each_function_is_its_share_and_the_first_wrong_one_is_told() -> None:
    names = ("sensitivity", "specificity", "precision", "accuracy")
    judgement = judge(
        Formulas(names),
        sensitivity=right("sensitivity"),
        specificity=crash,
        precision=stub,
        accuracy=lambda tp, fp, tn, fn: (tp + tn) / (tp + fp + tn + fn),
    )
    assert judgement.status is Status.PARTIAL
    assert judgement.share == pytest.approx((1 + 0 + 0 + 0.5) / 4)
    assert text(judgement.message).startswith(
        "Right throughout: 1 of 4 formulas. specificity() stopped with an error"
    )
    assert judgement.at is not None


def test_none_right_is_failed_and_says_so() -> None:
    judgement = judge(Formulas(("sensitivity", "precision")), sensitivity=crash, precision=stub)
    assert judgement.status is Status.FAILED
    assert judgement.share == 0.0


def test_a_missing_function_is_told() -> None:
    assert "no function r2()" in text(judge(Formulas(("r2",))).message)


def test_what_the_grader_lost_is_nobody_s_mark() -> None:
    check = Formulas(("sensitivity", "precision"))
    made = run(check, {"sensitivity": right("sensitivity"), "precision": right("precision")})
    for lost in ("precision@spam", "precision@nothing"):
        steps = {step: seen for step, seen in made.steps.items() if step != lost}
        assert judged(check, case(steps)).status is Status.NOT_GRADED


def test_a_function_that_hangs_fails() -> None:
    check = Formulas(("r2",))
    stops = {step.id: stop("time") for step in check.steps((0,))}
    assert judged(check, case({}, stops=stops)).status is Status.FAILED


def _softmax_from(lowest: Callable[..., Array]) -> Solution:
    """Return a softmax that subtracts something else than the largest number of each row."""

    def function(z: Any) -> Array:
        table = np.asarray(z, dtype=float)
        with np.errstate(all="ignore"):
            powers = np.exp(table - lowest(table, axis=1, keepdims=True))
            shares: Array = powers / powers.sum(axis=1, keepdims=True)
        return shares

    return function


SECRETS = [Seal(b""), *(Seal(bytes([number]) * 32) for number in range(8))]


@pytest.mark.parametrize("seal", SECRETS)
@pytest.mark.parametrize("lowest", [np.mean, np.median, np.min])
def test_a_softmax_that_subtracts_another_number_overflows_whatever_is_drawn(
    lowest: Callable[..., Array], seal: Seal
) -> None:
    judgement = judge(Formulas(("softmax",)).with_seal(seal), softmax=_softmax_from(lowest))
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
    assert "subtract the largest number of its row" in text(judgement.message)


@pytest.mark.parametrize("seal", SECRETS)
def test_a_constant_truth_cannot_be_known_by_its_number(seal: Seal) -> None:
    def knows(y_true: Any, y_pred: Any) -> float:
        y, p = np.asarray(y_true, dtype=float), np.asarray(y_pred, dtype=float)
        if y.tolist() == [2.0, 2.0, 2.0, 2.0]:
            return 0.0
        with np.errstate(all="ignore"):
            return float(1 - np.sum((y - p) ** 2) / np.sum((y - np.mean(y)) ** 2))

    check = Formulas(("r2",)).with_seal(seal)
    assert judge(check, r2=knows).share == (0.5 if seal.is_closed else 1.0)
    assert judge(check, r2=right("r2")).status is Status.PASSED
    assert judge(check, r2=_r2_of_scikit_learn).status is Status.PASSED


def _r2_of_scikit_learn(y_true: Any, y_pred: Any) -> float:
    from sklearn.metrics import r2_score

    return float(r2_score(np.asarray(y_true, dtype="float32"), np.asarray(y_pred, dtype="float32")))


# The calls.


@pytest.mark.parametrize("name", OF_ARRAYS)
def test_calls_are_few_and_hold_nothing_but_inputs(name: str) -> None:
    check = Formulas((name,))
    steps = check.steps((0,))
    assert 12 <= len(steps) <= 25
    assert len({step.id for step in steps}) == len(steps)
    for step, trial in zip(steps, FORMULAS[name].trials(), strict=True):
        assert isinstance(step, Call)
        assert len(step.arguments) == len(trial.arguments)
        arrays = [a for a in step.arguments if not isinstance(a, LiteralArg)]
        assert all(isinstance(a, ListArg) == trial.lists for a in arrays)
    assert sum(a.nbytes for a in check.arrays().values()) < 100_000


def test_hundreds_of_inputs_are_tried() -> None:
    assert sum(len(formula.trials()) for formula in FORMULAS.values()) > 250


@pytest.mark.parametrize("name", FORMULAS)
def test_the_same_calls_are_made_every_time(name: str) -> None:
    from grader.rubric.checks.formulas import checks as formulas

    first = formulas.FORMULAS[name].trials()
    fresh = formulas.FORMULAS[name].trials.__wrapped__()  # type: ignore[attr-defined]
    assert all(_same_inputs(a, b) for a, b in zip(first, fresh, strict=True))


def test_names_that_are_no_formulas_are_refused() -> None:
    with pytest.raises(ValueError, match="no such formula: rms"):
        Formulas(("sensitivity", "rms"))
    with pytest.raises(ValueError, match="checks nothing"):
        Formulas(())


def test_every_rate_has_a_definition_and_a_formula() -> None:
    assert set(NAMES) == set(RIGHT)
    assert all(isinstance(formula, Formula) for formula in FORMULAS.values())


def test_numbers_are_compared_up_to_the_rounding_of_float32() -> None:
    third = np.asarray(1 / 3)
    assert is_close(third.astype(np.float32), third)
    assert not is_close(np.asarray(0.3334), third)
    assert not is_close(np.asarray([1 / 3]), third)
    assert not is_close(np.asarray(np.nan), np.asarray(np.nan))


VALUES = st.one_of(
    st.none(),
    st.text(max_size=4),
    st.floats(width=32),
    st.integers(-5, 10**400),
    st.lists(st.floats(width=32), max_size=5),
    st.dictionaries(
        st.sampled_from(["tp", "fp", "tn", "fn", "x"]), st.one_of(st.integers(0, 9), st.text()), max_size=5
    ),
    hnp.arrays(
        st.sampled_from([np.dtype(t) for t in ("f4", "i8", "?", "c8", "<U2")]),
        hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
    ),
)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(value=VALUES, name=st.sampled_from(sorted(FORMULAS)), honest=st.integers(0, 25))
def test_judging_never_raises(value: object, name: str, honest: int) -> None:
    calls = 0

    def function(*arguments: Any) -> object:
        nonlocal calls
        calls += 1
        return right(name)(*arguments) if calls <= honest else value

    with np.errstate(all="ignore"):
        assert of(name, function).status in {Status.FAILED, Status.PARTIAL, Status.PASSED}


def test_what_ends_the_file_is_said_as_by_other_criteria() -> None:
    """Words of its own around it would hide that it is one cause, and the report would tell it twice."""
    error = ExceptionFacts(type="ZeroDivisionError", message="division by zero", bases=("ZeroDivisionError",))
    imported = ImportEvidence(failures=(UnitFailure(exception=error, cell=None),))
    two, one = (
        judged(check, replace(run(check, {}), imported=imported))
        for check in (Formulas(("f1", "accuracy")), Formulas(("f1",)))
    )
    assert "Your file stopped with an error" in text(one.message)
    assert text(two.message) == text(one.message)
