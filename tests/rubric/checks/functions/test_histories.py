"""Diagnoses: different honest rules pass, and so do the words in other clothes."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.core.seal import PRACTICE, Seal
from grader.protocol.verdict import Status
from grader.rubric.checks import Diagnoses
from grader.rubric.checks.functions.histories import HISTORIES, vary_histories
from tests.helpers.cases import history, judge, text

CHECK = Diagnoses("diagnose")


def by_loss(h: Any) -> str:
    loss, val_loss = h.history["loss"], h.history["val_loss"]
    if h.history["accuracy"][-1] < 0.7:
        return "underfitting"
    return "overfitting" if val_loss[-1] > 1.2 * min(val_loss) and val_loss[-1] > 2 * loss[-1] else "good fit"


def by_gap(h: Any) -> str:
    gap = h.history["accuracy"][-1] - h.history["val_accuracy"][-1]
    if gap > 0.1:
        return "overfitting"
    return "underfitting" if h.history["val_accuracy"][-1] < 0.8 else "good fit"


def by_last_losses(h: Any) -> str:
    loss, val_loss = np.array(h.history["loss"]), np.array(h.history["val_loss"])
    if val_loss[-5:].mean() > 3 * loss[-5:].mean():
        return "overfitting"
    return "underfitting" if loss[-1] > 1 else "good fit"


RULES = (by_loss, by_gap, by_last_losses)
CLOTHES: Mapping[str, Callable[[str], object]] = {
    "as it is": str,
    "capitals": str.upper,
    "title": str.title,
    "hyphen": lambda s: s.replace(" ", "-"),
    "underscore": lambda s: s.replace(" ", "_"),
    "blanks": lambda s: f"  {s}\n",
    "full stop": lambda s: f"{s}.",
    "two words": lambda s: s.replace("fitting", "-fitting"),
    "NumPy": np.str_,
    "NumPy array": np.array,
}


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("clothes", CLOTHES)
def test_honest_rules_pass(rule: Callable[[Any], str], clothes: str) -> None:
    assert judge(CHECK, diagnose=lambda h: CLOTHES[clothes](rule(h))).status is Status.PASSED


def test_one_kind_not_known_is_half() -> None:
    for kind in ("overfitting", "underfitting", "good fit"):
        judgement = judge(CHECK, diagnose=lambda h, kind=kind: "no idea" if by_gap(h) == kind else by_gap(h))
        assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
        assert kind in text(judgement.message)
        assert "no idea" in text(judgement.message)


@pytest.mark.parametrize(
    "answer", ["overfitting", "good fit", "", None, 3, ["overfitting"], {"a": 1}, np.zeros(2)]
)
def test_one_answer_for_all_fails(answer: object) -> None:
    judgement = judge(CHECK, diagnose=lambda _: answer)
    assert (judgement.status, judgement.share) == (Status.FAILED, 0.0)
    assert "diagnose() says" in text(judgement.message)


def test_two_wrong_kinds_fail() -> None:
    seen: list[str] = []

    def wrong_twice(h: Any) -> str:
        truth = by_gap(h)
        seen.append(truth)
        return "no idea" if seen.count(truth) == 1 and truth != "good fit" else truth

    assert judge(CHECK, diagnose=wrong_twice).status is Status.FAILED


@pytest.mark.parametrize("number", range(5))
def test_the_accuracy_on_validation_rows_alone_does_not_tell_all_kinds_apart(number: int) -> None:
    ends: dict[str, list[float]] = {}
    for truth, curves in vary_histories(Seal(PRACTICE).derive(f"validate {number}")).values():
        ends.setdefault(truth, []).append(curves.series["val_accuracy"][-1])
    assert min(ends["overfitting"]) < max(ends["underfitting"]) < max(ends["overfitting"])


@pytest.mark.parametrize("number", range(20))
@pytest.mark.parametrize("key", ["loss", "val_loss", "accuracy", "val_accuracy"])
def test_no_curve_tells_all_kinds_apart_by_where_it_ends(key: str, number: int) -> None:
    ends: dict[str, list[float]] = {}
    for truth, curves in vary_histories(Seal(PRACTICE).derive(f"validate {number}")).values():
        ends.setdefault(truth, []).append(curves.series[key][-1])
    ranges = sorted((min(values), max(values)) for values in ends.values())
    assert any(one[1] > other[0] for one, other in pairwise(ranges))


def test_more_histories_leave_the_first_ones_as_they_were() -> None:
    varied = vary_histories(Seal(PRACTICE).derive("validate 0"))
    assert [varied[f"history-{number}"][0] for number in range(1, 7)] == [
        "good fit",
        "good fit",
        "underfitting",
        "underfitting",
        "overfitting",
        "overfitting",
    ]
    assert sorted(varied[f"history-{number}"][0] for number in (7, 8)) == ["good fit", "overfitting"]


@pytest.mark.parametrize("rule", RULES)
def test_honest_rules_are_right_with_each_secret(rule: Callable[[Any], str]) -> None:
    for number in range(50):
        for truth, curves in vary_histories(Seal(PRACTICE).derive(f"validate {number}")).values():
            assert rule(SimpleNamespace(history=curves.series)) == truth


def test_the_first_epochs_do_not_tell_the_kinds_apart() -> None:
    ratios = {
        round((series["loss"][2] - series["loss"][1]) / (series["loss"][1] - series["loss"][0]), 2)
        for _truth, curves in vary_histories(Seal(PRACTICE)).values()
        for series in [curves.series]
    }
    assert len(ratios) > 3  # else a table of their quotients would do


def test_each_kind_has_clear_histories() -> None:
    truths = [truth for truth, _ in HISTORIES.values()]
    assert {truth: truths.count(truth) for truth in truths} == {"overfitting": 3, "underfitting": 2, "good fit": 3}
    for _, curves in HISTORIES.values():
        assert set(curves.series) == {"loss", "accuracy", "val_loss", "val_accuracy"}
        assert len({len(values) for values in curves.series.values()}) == 1
        assert history(**curves.series).history == curves.series
