"""The training is what has to be validated, not a trial beside it, and on rows that it never sees."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest

from grader.core.arrays import Array
from grader.core.row_hashes import row_hashes
from grader.evidence.judgement import Judgement
from grader.protocol.evidence import HistoryValue, Returned
from grader.protocol.verdict import Status
from grader.rubric.checks import Training as Steps
from grader.rubric.checks import Trains
from tests.helpers.cases import Training, data, fit, judged, replace_facts, text

X, XV = data().inside["x_train"], data().inside["x_val"]
BOTH = np.concatenate([X, XV])


def call(rows: Array | None, validated: Array | None = None, **changes: Any) -> tuple[Any, ...]:
    """One call of `fit`: the rows that it trains on, those that it is validated on, and what else is known."""
    return rows, validated, {"validation": "data" if validated is not None else "", "epochs": 30} | changes


def begins_with(weights: int, one: tuple[Any, ...]) -> tuple[Any, ...]:
    """The same call, of which is known which weights the network had before it."""
    return *one[:2], one[2] | {"weight_hashes": weights}


def of_calls(*calls: tuple[Any, ...], splits: bool = False) -> Judgement:
    """The judgement of a training with these calls of `fit`; None in place of rows: those of a data set."""
    how = Steps(validation=not splits)
    made = replace(Training().case(), trainings=(how,))
    step = made.steps["train@0"]
    arrays, fits = dict(step.arrays), []
    for number, (rows, validated, given) in enumerate(calls):
        changes = dict(given)
        parts = {f"rows{number}": rows, f"validated{number}": validated}
        arrays |= {name: row_hashes(part) for name, part in parts.items() if part is not None}
        shape = {"x_shape": () if rows is None else rows.shape, "y_shape": () if rows is None else (len(rows), 10)}
        refs = {
            key: name if part is not None else ""
            for key, (name, part) in zip(("rows", "validation_rows"), parts.items(), strict=True)
        }
        curves = {key: f"{key}{number}" for key in changes.pop("keys", ("loss",))}
        arrays |= {name: np.linspace(2.0, 1.0, changes["epochs"]) for name in curves.values()}
        if "weight_hashes" in changes:
            refs["weight_hashes"] = f"weights{number}"
            arrays[f"weights{number}"] = np.array([[changes["weight_hashes"], 7], [1, 1]], np.uint64)
        fits.append(replace_facts(fit(**shape), **changes | refs, curves=curves))
    outcome = Returned(value=HistoryValue(curves=fits[-1].curves))
    evidence = msgspec.structs.replace(step.evidence, fits=tuple(fits), outcome=outcome)
    made.steps["train@0"] = replace(step, evidence=evidence, arrays=arrays)  # type: ignore[index]
    return judged(Trains(how, splits=splits), made)


Calls = Sequence[tuple[Any, ...]]
TENTH = [call(X, epochs=1)] * 9 + [call(X, XV, epochs=1)]


@pytest.mark.parametrize(
    "calls",
    [
        [call(X, XV)],
        [call(X[:20], epochs=5), call(X, XV)],  # a trial before
        [call(X, XV), call(BOTH, epochs=60)],  # all rows again, once it is known how many epochs are right
        [call(X, XV), call(BOTH, XV, epochs=60, validation_seen=1.0)],
        [call(X, epochs=100), call(X, XV, epochs=20)],
        [call(X, XV, epochs=15), call(X, XV, epochs=15)],
        TENTH,  # looks at validation each tenth epoch
        [call(X[start : start + 10], XV, epochs=1) for start in range(0, 100, 10)],  # batches by hand
        [call(np.tile(X, (15, 1)) + np.arange(1500)[:, None] % 15), call(X, XV, epochs=60)],  # more rows first
        [call(None, epochs=5), call(None, XV)],
        [call(None), call(X, XV)],
        [call(X, model="other"), call(X, XV, model="other", epochs=10)],
        [call(BOTH, model="other"), call(X, XV)],  # another network may learn from all rows
        [call(X, XV, validations=3)],  # every tenth epoch
        [call(X, XV, validations=0, keys=("loss", "val_loss"))],  # by an `evaluate` of the student's own
        [call(X, XV, validations=0, epochs=1), call(X, XV, validations=30)],
        [call(X, XV[:10])],
        [call(X, XV[:10] + 1.0)],
        [call(X, np.tile(XV, (3, 1)))],
    ],
)
def test_trainings_that_are_validated_keep_their_points(calls: Calls) -> None:
    judgement = of_calls(*calls)
    assert judgement.status is Status.PASSED, text(judgement.message)


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        ([call(X[:1], XV, epochs=1), call(X)], "Only a small part of the training was validated"),
        ([call(X[:1], XV, epochs=5000), call(X)], "Only a small part of the training was validated"),
        ([call(X), call(X, XV, epochs=1)], "Only a small part of the training was validated"),
        ([call(None, XV, epochs=1), call(X)], "Only a small part of the training was validated"),
        ([call(X), call(X)], "fit was called without validation data"),
        ([call(X, XV, validations=0)], "fit got validation data, and never looked at it"),
        ([call(X, XV, validations=0), call(X, XV, epochs=1)], "never looked at it"),
        ([call(X[:1], XV, validations=0, epochs=1), call(X)], "fit was called without validation data"),
        ([call(BOTH), call(X, XV, epochs=1)], "Only a small part"),
        ([call(BOTH), call(X, XV)], "rows that an earlier call of fit has trained this network on"),
        ([call(X, XV[:1])], "too few rows: 1, and x_val has 40"),
        ([call(X, XV[:1] + 1.0)], "too few rows: 1, and x_val has 40"),
        ([call(X, np.repeat(XV[:2], 30, axis=0))], "too few rows: 2, and x_val has 40"),
        ([call(X, XV[:1]), call(X[:20], XV, epochs=1)], "too few rows: 1"),
    ],
)
def test_half_where_a_trial_was_validated_or_few_rows_or_rows_seen_before(calls: Calls, said: str) -> None:
    judgement = of_calls(*calls)
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
    assert said in text(judgement.message)


FOLDS = [np.arange(100) % 5 == fold for fold in range(5)]
# The network is put back before each fold, and before the training that counts.
PUT_BACK = [begins_with(0, call(X[~fold], X[fold], epochs=60)) for fold in FOLDS]


def test_folds_that_were_undone_are_no_part_of_the_training() -> None:
    assert of_calls(*PUT_BACK, begins_with(0, call(X, XV, epochs=15))).status is Status.PASSED
    assert of_calls(begins_with(1, call(X, XV, epochs=5)), *PUT_BACK, begins_with(0, call(X, XV))).share == 1.0
    # Each of them is less than a tenth of the training, and only the first has not been seen by another one.
    ten = [np.arange(100) % 10 == fold for fold in range(10)]
    folds = [begins_with(0, call(X[~fold], X[fold])) for fold in ten]
    last = begins_with(0, call(X[:80], X[80:], validation="split", epochs=20))
    assert of_calls(*folds, last, splits=True).status is Status.PASSED
    going_on = [begins_with(number, call(X[~fold], X[fold])) for number, fold in enumerate(ten)]
    last_of_them = begins_with(10, call(X[:80], X[80:], validation="split", epochs=20))
    assert "an earlier call of fit" in text(of_calls(*going_on, last_of_them, splits=True).message)


def test_only_folds_are_left_out_where_the_network_was_put_back() -> None:
    # A training that was validated on nothing may be put back, and its weights be set again.
    hidden = of_calls(begins_with(0, call(X, epochs=300)), begins_with(0, call(X, XV, epochs=2)))
    assert "Only a small part" in text(hidden.message)
    no_end = of_calls(*PUT_BACK, begins_with(0, call(X)))
    assert "fit never got x_val" in text(no_end.message)
    # What stands between the first call and that with these weights is not undone.
    seen = of_calls(begins_with(0, call(BOTH)), begins_with(1, call(X)), begins_with(1, call(X, XV)))
    assert "an earlier call of fit" in text(seen.message)


@pytest.mark.parametrize(
    "calls",
    [
        [call(X[:80], X[80:], validation="split")],
        [call(X[:10], epochs=1), call(X[:80], X[80:], validation="split")],
        [call(X[~fold], X[fold]) for fold in FOLDS],
        [call(X[~fold], X[fold], model="other") for fold in FOLDS],
        [call(X[:80], X[80:]), call(X)],
        [call(X[:80] + 1.0, X[80:] + 1.0)],
        [call(X[:80], None, validation="data")],
    ],
)
def test_a_training_that_is_watched_on_rows_of_its_own_keeps_its_points(calls: Calls) -> None:
    judgement = of_calls(*calls, splits=True)
    assert judgement.status is Status.PASSED, text(judgement.message)


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        ([call(X[:3], X[3:5], validation="split", epochs=1), call(X)], "Only a small part of the training"),
        ([call(X[:80], X[80:], validation="split", validations=0)], "never looked at it"),
        ([call(X[:99], X[99:])], "1.0% of the rows were split off"),
        ([call(X[:99], X[99:] + 1.0)], "1.0% of the rows were split off"),
        ([call(X[:99], X[99:]), call(X[:20], X[20:40], epochs=1)], "1.0% of the rows were split off"),
        ([call(X), call(X[:80], X[80:])], "rows that an earlier call of fit has trained this network on"),
    ],
)
def test_half_where_a_trial_had_rows_split_off_or_too_few_were(calls: Calls, said: str) -> None:
    judgement = of_calls(*calls, splits=True)
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
    assert said in text(judgement.message)
