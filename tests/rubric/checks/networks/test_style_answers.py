"""What students say of networks: their scores, and what each style can do."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, r2_score

from grader.evidence.judgement import Judgement
from grader.protocol.evidence import OtherValue
from grader.protocol.plan import value_of
from grader.protocol.verdict import Status
from grader.rubric.checks import RegressionScores, StyleFacts
from grader.rubric.checks.networks import style_answers
from tests.helpers.cases import case, judged, returned, text
from tests.rubric.checks.networks.test_linear import BOTH, ONE, learn, neuron, of

SCORES = RegressionScores((ONE,), "scores")


def honest(m: Any, x: Any, y: Any) -> dict[str, Any]:
    p = m.predict(x, verbose=0)
    return {"r2": r2_score(y, p), "mae": mean_absolute_error(y, p)}


def by_hand(m: Any, x: Any, y: Any) -> dict[str, Any]:
    off = y - m(x).numpy().ravel()
    return {"MAE": np.float32(np.abs(off).mean()), "R²": np.array([1 - (off**2).mean() / y.var()]), "n": len(y)}


def rounded(m: Any, x: Any, y: Any) -> dict[str, Any]:
    return {name: round(value, 2) for name, value in honest(m, x, y).items()}


def off_a_bit(model: Any, x: Any, y: Any) -> Any:
    return learn(model, x, y, 0.7)


@pytest.mark.parametrize("function", [honest, by_hand, rounded])
def test_right_scores_in_every_clothing(function: Callable[..., object]) -> None:
    judgement = of(SCORES, train=off_a_bit, scores=function)
    assert judgement.status is Status.PASSED, text(judgement.message)


WRONG: Mapping[str, tuple[Callable[..., object], str]] = {
    "a table": (
        lambda m, x, y: {
            "r2": 1 - ((y - m(x).numpy()) ** 2).mean() / y.var(),
            "mae": np.abs(y - m(x).numpy()).mean(),
        },
        "a table (n, n)",
    ),
    "swapped": (lambda m, x, y: honest(m, x, y) | {"r2": r2_score(m(x).numpy(), y)}, "swapped"),
    "squares": (
        lambda m, x, y: honest(m, x, y) | {"mae": ((y - m(x).numpy()[:, 0]) ** 2).mean()},
        "error of squares",
    ),
    "squares for R²": (
        lambda m, x, y: honest(m, x, y) | {"r2": ((y - m(x).numpy()[:, 0]) ** 2).mean()},
        "R² is 1 minus the mean squared error",
    ),
    "the rest": (lambda m, x, y: honest(m, x, y) | {"r2": 1 - honest(m, x, y)["r2"]}, "formula again"),
    "correlation": (
        lambda m, x, y: honest(m, x, y) | {"r2": np.corrcoef(y, m(x).numpy()[:, 0])[0, 1] ** 2},
        "squared correlation",
    ),
    "not divided": (
        lambda m, x, y: honest(m, x, y) | {"r2": 1 - ((y - m(x).numpy()[:, 0]) ** 2).sum()},
        "a sum that is not divided",
    ),
    "nonsense": (lambda m, x, y: {"r2": 0.123, "mae": 9}, "on the rows that"),
    "NaN": (lambda m, x, y: {"r2": np.nan, "mae": np.nan}, "returned nan"),
    "a pair": (lambda m, x, y: (0.5, 0.5), "the keys r2 and mae"),
    "None": (lambda m, x, y: None, "the keys r2 and mae"),
    "one key": (lambda m, x, y: {"r2": 0.5}, "the keys r2 and mae"),
    "one per row": (lambda m, x, y: {"r2": y, "mae": y}, "one number as r2"),
    "a text": (lambda m, x, y: honest(m, x, y) | {"mae": "0.5"}, "0.5"),
    "complex": (lambda m, x, y: honest(m, x, y) | {"mae": 0.5j}, "one number as mae"),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_scores_are_told_by_what_they_are(name: str) -> None:
    function, words = WRONG[name]
    judgement = of(SCORES, train=off_a_bit, scores=function)
    assert judgement.status is Status.FAILED
    assert words in text(judgement.message)


def test_variances_in_place_of_squares_are_told_by_the_offset_that_they_do_not_see() -> None:
    truth = np.linspace(0.0, 4.0, 50)
    predicted = 0.9 * truth + 0.6 + 0.3 * np.sin(np.arange(50))
    received = float(1 - np.var(truth - predicted) / np.var(truth))
    assert "a quotient of variances" in text(style_answers._reason("r2", received, truth, predicted))
    correlated = float(np.corrcoef(truth, predicted)[0, 1] ** 2)
    assert "squared correlation" in text(style_answers._reason("r2", correlated, truth, predicted))


def test_a_network_that_is_missing_costs_nothing_here() -> None:
    def build(n: int) -> Any:
        if n == 2:
            raise ValueError("broken")
        return neuron(n)

    assert of(RegressionScores(BOTH, "scores"), build, scores=honest).status is Status.PASSED


def test_without_any_network_the_first_one_s_problem_is_told() -> None:
    def build(n: int) -> Any:
        raise ValueError("broken")

    judgement = of(RegressionScores(BOTH, "scores"), build, scores=honest)
    assert judgement.status is not Status.PASSED


# Facts.

TRUTH = {
    "first": ("sequential",),
    "second": ("functional", "subclassed"),
    "third": ("sequential", "functional", "subclassed"),
    "fourth": ("subclassed",),
}
RIGHT: Mapping[str, object] = {
    "first": "sequential",
    "second": ["functional", "subclassed"],
    "third": "all",
    "fourth": ("subclassed",),
}
FACTS = StyleFacts("FACTS", TRUTH)


def said(value: object) -> Judgement:
    step = value_of("FACTS").id
    return judged(FACTS, case({step: returned(step, value)}))


@pytest.mark.parametrize(
    "answers",
    [
        {},
        {"second": "functional and subclassed"},
        {"second": "Funktionale API, Unterklasse", "first": "Sequenziell", "third": "alle drei Stile"},
        {"second": np.array(["Subclassing", "FUNCTIONAL"]), "first": ["the Sequential model"]},
        {"third": ["sequential", "functional", "subclass"], "fourth": "abgeleitete Klasse"},
    ],
)
def test_the_words_of_both_languages_and_every_container(answers: Mapping[str, object]) -> None:
    judgement = said({**RIGHT, **answers})
    assert judgement.status is Status.PASSED, text(judgement.message)


def test_keys_may_be_written_in_any_case() -> None:
    assert said({key.upper(): value for key, value in RIGHT.items()}).status is Status.PASSED


@pytest.mark.parametrize(
    ("answers", "share", "words"),
    [
        ({"first": ["sequential", "functional"]}, 0.75, "first: this is not true of functional"),
        ({"second": "functional"}, 0.75, "second: this is true of more styles"),
        ({"second": "functional", "fourth": "functional"}, 0.5, "Also look at: fourth"),
        ({"first": "not functional"}, 0.75, "is no set of styles"),
        ({"first": 3}, 0.75, "is no set of styles"),
        ({"first": [["sequential"]]}, 0.75, "is no set of styles"),
        ({"first": []}, 0.75, "more styles"),
        ({"first": None}, 0.75, "Still without an answer: first"),
        ({"first": ..., "fourth": None}, 0.5, "Still without an answer: first, fourth"),
    ],
)
def test_each_statement_has_its_share(answers: Mapping[str, object], share: float, words: str) -> None:
    judgement = said({**RIGHT, **answers})
    assert (judgement.status, judgement.share) == (Status.PARTIAL, share)
    assert words in text(judgement.message)


def test_a_statement_that_is_missing_is_open() -> None:
    judgement = said({"first": "sequential"})
    assert judgement.share == 0.25
    assert "second, third, fourth" in text(judgement.message)


def test_nothing_right_fails() -> None:
    assert said(dict.fromkeys(TRUTH, "functional")).status is Status.FAILED


@pytest.mark.parametrize("value", [None, OtherValue(type="ellipsis"), dict.fromkeys(TRUTH, None)])
def test_the_stub_is_not_attempted(value: object) -> None:
    assert said(value).status is Status.NOT_ATTEMPTED


@pytest.mark.parametrize("value", [{}, {"other": "sequential"}])
def test_a_dict_without_the_statements_is_no_stub(value: object) -> None:
    judgement = said(value)
    assert judgement.status is Status.FAILED
    assert "has an answer yet" in text(judgement.message)


@pytest.mark.parametrize("value", ["sequential", 3.0, ["functional"], OtherValue(type="Facts")])
def test_what_is_no_dict_is_told(value: object) -> None:
    judgement = said(value)
    assert judgement.status is Status.FAILED
    assert "has to be a dict" in text(judgement.message)
