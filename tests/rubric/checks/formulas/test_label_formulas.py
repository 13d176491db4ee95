"""Formulas about labels and probabilities: as the course and scikit-learn have them, each mistake by its name."""

from typing import Any

import numpy as np
import pytest
from keras.src.trainers.data_adapters import data_adapter_utils

from grader.core.seal import PRACTICE, Seal
from grader.evidence.judgement import Judgement
from grader.protocol.verdict import Status
from grader.rubric.checks import Formulas
from grader.rubric.checks.formulas.calibration import CALIBRATION_FORMULAS, expected_calibration_error, reliability
from grader.rubric.checks.formulas.class_balance import BALANCE_FORMULAS, COURSE, SITUATIONS, class_weights
from tests.helpers.cases import judge, text

FORMULAS = {**BALANCE_FORMULAS, **CALIBRATION_FORMULAS}


def judge_function(name: str, function: Any) -> Judgement:
    """Judge a function that gets arrays, also where the grader passes lists."""

    def called(*arguments: Any) -> Any:
        with np.errstate(all="ignore"):
            return function(*(np.asarray(a) if isinstance(a, list) else a for a in arguments))

    functions: dict[str, Any] = {name: called}
    return judge(Formulas((name,)), **functions)


def as_dict(rows: Any) -> Any:
    """Return rows (label, weight) as a student returns them."""
    return {int(label): float(weight) for label, weight in rows}


def as_returned(name: str, value: Any) -> Any:
    return as_dict(value) if name == "class_weights" else value


def test_the_weights_of_the_course_s_example_are_the_course_s() -> None:
    y = np.repeat([0, 1, 2], COURSE)
    assert as_dict(class_weights(y)) == pytest.approx({0: 1.0, 1: 15.7, 2: 1.73}, rel=2e-3)
    assert COURSE == (5567, 354, 3224)


def test_the_example_of_the_task_sheet_is_right() -> None:
    y, p = np.array([0, 1, 0, 1, 0]), np.array([0.125, 0.375, 0.3125, 0.875, 0.6875])
    assert reliability(y, p, 2).round(3).tolist() == [[0.271, 0.781], [0.333, 0.5]]
    assert expected_calibration_error(y, p, 2) == pytest.approx(0.15)


@pytest.mark.parametrize("number", range(20))
def test_borders_tell_on_which_side_they_count_whatever_the_secret(number: int) -> None:
    """With some labels, both sides have the same error: with two of these secrets, those that are drawn first."""
    seal = Seal(PRACTICE).derive(f"validate {number}")
    (trial,) = (one for one in CALIBRATION_FORMULAS["reliability"].trials(seal) if one.name == "borders")
    arguments: Any = trial.arguments
    y, p, bins = arguments
    upper = np.floor(p * bins)
    wrong = sum(abs((y[upper == one] - p[upper == one]).sum()) for one in np.unique(upper)) / len(p)
    assert abs(wrong - expected_calibration_error(y, p, bins)) > 0.005


def test_nan_is_explained_where_no_bin_is_empty() -> None:
    def counted_from_one(y: Any, p: Any, bins: int) -> Any:
        number = np.digitize(p, np.linspace(0, 1, bins + 1))
        rows = [number == b for b in range(bins)]
        return [np.sum(p[r]) / np.sum(r) for r in rows], [np.sum(y[r]) / np.sum(r) for r in rows]

    judgement = judge_function("reliability", counted_from_one)
    assert judgement.status is Status.FAILED
    assert "nan is what 0 / 0 and the mean of no rows give" in text(judgement.message)


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize("secret", [b"", b"s" * 32])
def test_the_right_one_passes(name: str, secret: bytes) -> None:
    def right(*arguments: Any) -> Any:
        arrays = (np.asarray(a) if isinstance(a, list) else a for a in arguments)
        return as_returned(name, FORMULAS[name].right(*arrays))

    functions: dict[str, Any] = {name: right}
    judgement = judge(Formulas((name,), seal=Seal(secret)), **functions)
    assert judgement.status is Status.PASSED, text(judgement.message)


@pytest.mark.parametrize(
    ("name", "number"),
    [(name, i) for name, formula in FORMULAS.items() for i in range(len(formula.mistakes))],
)
def test_each_mistake_gets_its_own_sentence(name: str, number: int) -> None:
    mistake = FORMULAS[name].mistakes[number]
    judgement = judge_function(name, lambda *arguments: as_returned(name, mistake.formula(*arguments)))
    assert judgement.status is Status.FAILED
    assert text(mistake.words) in text(judgement.message)


def weights_of(y: Any) -> Any:
    return as_dict(class_weights(np.asarray(y)))


WEIGHTS_IN_OTHER_CLOTHES = {
    "keys of NumPy": lambda y: {np.int64(label): np.float32(w) for label, w in weights_of(y).items()},
    "keys of another type": lambda y: {np.float32(label): w for label, w in weights_of(y).items()},
    "another order": lambda y: dict(reversed(weights_of(y).items())),
    "three digits": lambda y: {label: float(f"{w:.3g}") for label, w in weights_of(y).items()},
}


@pytest.mark.parametrize("name", WEIGHTS_IN_OTHER_CLOTHES)
def test_weights_come_in_equivalent_clothes(name: str) -> None:
    judgement = judge_function("class_weights", WEIGHTS_IN_OTHER_CLOTHES[name])
    assert judgement.status is Status.PASSED, text(judgement.message)


@pytest.mark.parametrize(
    ("rename", "received"),
    [(str, "dict {'0', '1', '2'}"), (np.str_, "dict {'0', '1', '2'}"), (lambda label: label or "0", "dict {'0',")],
)
def test_labels_as_text_are_refused_as_fit_gives_them_no_weight(rename: Any, received: str) -> None:
    judgement = judge_function("class_weights", lambda y: {rename(la): w for la, w in weights_of(y).items()})
    assert judgement.status is Status.FAILED
    assert judgement.share == 0
    assert "fit looks for whole numbers" in text(judgement.message)
    assert judgement.received is not None
    assert text(judgement.received).startswith(received)


def test_keras_finds_no_weight_under_a_label_that_is_text() -> None:
    y = np.array([0, 1, 1])
    find = data_adapter_utils.class_weight_to_sample_weights
    assert find(y, {0: 2.0, 1: 3.0}).tolist() == find(y, {np.float32(0): 2.0, 1.0: 3.0}).tolist() == [2, 3, 3]
    assert find(y, {"0": 2.0, "1": 3.0}).tolist() == [1, 1, 1]


def test_a_list_of_weights_is_that_of_the_labels_from_0_and_lacks_those_in_between() -> None:
    judgement = judge_function("class_weights", lambda y: list(weights_of(y).values()))
    assert judgement.share == 0.5
    assert "it gives {0: 3, 1: 1, 2: 1.5}; expected {0: 3, 2: 1, 4: 1.5}" in text(judgement.message)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "class_weights() returned None"),
        ("balanced", "has to return a dict with the weight of each label, such as {0: 1.0, 1: 2.5}"),
        ({"first": 1.0}, "has to return a dict with the weight of each label"),
        ({0: [1.0, 2.0]}, "has to return a dict with the weight of each label"),
        (np.ones((2, 2)), "has to return a dict with the weight of each label"),
        ({}, "returned weights for the labels ; expected weights for the labels 0, 1, 2"),
    ],
)
def test_what_are_no_weights_is_refused(value: Any, words: str) -> None:
    judgement = judge_function("class_weights", lambda y: value)
    assert judgement.status is Status.FAILED
    assert words in text(judgement.message)


@pytest.mark.parametrize("answers", [(1, 0), (np.bool_(True), np.bool_(False)), ("yes", "no"), ("Ja", "nein")])
def test_an_answer_is_one_however_it_is_spelled(answers: tuple[Any, Any]) -> None:
    judgement = judge_function("should_rebalance", lambda name: answers[0] if SITUATIONS[name] else answers[1])
    assert judgement.status is Status.PASSED, text(judgement.message)


@pytest.mark.parametrize("answer", [0.5, "perhaps", [True, False], {}])
def test_what_is_no_answer_is_refused(answer: Any) -> None:
    judgement = judge_function("should_rebalance", lambda name: answer)
    assert judgement.status is Status.FAILED
    assert "has to return True or False. Received" in text(judgement.message)


def test_one_wrong_answer_is_told_with_both() -> None:
    judgement = judge_function("should_rebalance", lambda name: SITUATIONS[name] and name != "web_search")
    assert "For situation = 'web_search', should_rebalance() gives False; expected True." in text(
        judgement.message
    )


def in_bins(y: Any, p: Any, numbers: Any) -> tuple[Any, Any]:
    filled = np.unique(numbers)
    return [p[numbers == n].mean() for n in filled], [y[numbers == n].mean() for n in filled]


def with_empty_bins(y: Any, p: Any, bins: int) -> tuple[Any, Any]:
    numbers = np.ceil(p * bins).clip(1) - 1
    counts = [max(1, (numbers == n).sum()) for n in range(bins)]
    means, fractions = (np.array([v[numbers == n].sum() for n in range(bins)]) / counts for v in (p, y))
    return means, fractions


ON_EDGES = {
    "the upper bin": (
        lambda y, p, bins: in_bins(y, p, np.minimum((p * bins).astype(int), bins - 1)),
        "not where probabilities lie on borders of bins",
    ),
    "0 outside": (
        lambda y, p, bins: in_bins(
            y[p > 0], p[p > 0], np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], p[p > 0])
        ),
        "0 belongs to the first bin, and 1 to the last",
    ),
    "empty bins are 0": (with_empty_bins, "returned numbers for 10 bins; expected numbers for 3 bins"),
}


@pytest.mark.parametrize("name", ON_EDGES)
def test_what_is_wrong_on_an_edge_keeps_half_and_is_told(name: str) -> None:
    function, words = ON_EDGES[name]
    judgement = judge_function("reliability", function)
    assert judgement.share == 0.5, text(judgement.message)
    assert words in text(judgement.message)


def test_nobody_knows_for_which_numbers_of_bins_borders_are_looked_at() -> None:
    def right_for_some(y: Any, p: Any, bins: int) -> Any:
        numbers = np.digitize(p, np.linspace(0, 1, bins + 1)[1:-1], right=bins in (2, 4))
        return in_bins(np.asarray(y), np.asarray(p), numbers)

    seals = [Seal(bytes([i] * 32)) for i in range(12)]
    shares = [judge(Formulas(("reliability",), seal=s), reliability=right_for_some).share for s in seals]
    assert set(shares) <= {0.5, 1.0}
    assert shares.count(0.5) >= 8
    drawn = {(t.name, t.arguments[2]) for s in seals for t in FORMULAS["reliability"].trials(s)}
    assert {bins for name, bins in drawn if name == "borders"} == {4, 8, 16}
    assert {bins for name, bins in drawn if name == "no_positives"} == {2, 6, 10}


@pytest.mark.parametrize(
    "clothes",
    [
        lambda pair: pair,
        lambda pair: [list(pair[0]), tuple(pair[1])],
        lambda pair: pair.astype(np.float32),
        lambda pair: (pair[0][:, None], pair[1][:, None]),
    ],
)
def test_two_arrays_come_in_equivalent_clothes(clothes: Any) -> None:
    judgement = judge_function("reliability", lambda *arguments: clothes(reliability(*arguments)))
    assert judgement.status is Status.PASSED, text(judgement.message)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda y, p, bins: None, "reliability() returned None"),
        (lambda y, p, bins: (1, 2, 3), "has to return two arrays: the mean prediction of each bin"),
        (
            lambda y, p, bins: reliability(y, p, bins)[0],
            "has to return two arrays: the mean prediction of each bin",
        ),
        (lambda y, p, bins: ([0.1, 0.2], [0.5]), "returns 2 mean predictions, but 1 fractions"),
    ],
)
def test_what_is_no_pair_is_refused(function: Any, words: str) -> None:
    judgement = judge_function("reliability", function)
    assert judgement.status is Status.FAILED
    assert words in text(judgement.message)
