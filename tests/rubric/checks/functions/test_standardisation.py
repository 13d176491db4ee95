"""Standardising a table: right ones in all clothes pass, each usual mistake has its own sentence."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import MinMaxScaler, QuantileTransformer, RobustScaler, StandardScaler

from grader.core.arrays import Array
from grader.core.seal import Seal
from grader.evidence.judgement import Judgement
from grader.protocol.evidence import Entries, Items
from grader.protocol.verdict import Status
from grader.rubric.checks import Standardises
from tests.helpers.cases import Solution, encode, judge, judged, returned, run, text

CHECK = Standardises("prepare")
Pair = tuple[Array, Array]


def prepare(x_train: Array, x_test: Array) -> Pair:
    scaler = StandardScaler().fit(x_train)
    return scaler.transform(x_train), scaler.transform(x_test)


def of(function: Solution | None) -> Judgement:
    return judge(CHECK, prepare=function) if function is not None else judge(CHECK)


def by(x_train: Array, x_test: Array, mean: Any, deviation: Any) -> Pair:
    return (x_train - mean) / deviation, (x_test - mean) / deviation


def sample(x_train: Array, x_test: Array) -> Pair:
    deviation = x_train.std(axis=0, ddof=1)
    return by(x_train, x_test, x_train.mean(axis=0), np.where(deviation > 0, deviation, 1))


def dropping(x_train: Array, x_test: Array) -> Pair:
    """Whatever does not vary comes back as it is."""
    a, b = prepare(x_train, x_test)
    still = x_train.std(axis=0) == 0
    a[:, still], b[:, still] = x_train[:, still], x_test[:, still]
    return a, b


def zeroing(x_train: Array, x_test: Array) -> Pair:
    """Whatever does not vary says nothing, and becomes 0."""
    a, b = prepare(x_train, x_test)
    still = x_train.std(axis=0) == 0
    a[:, still] = b[:, still] = 0
    return a, b


def where_it_varies(x_train: Array, x_test: Array) -> Pair:
    mean, deviation = x_train.mean(axis=0), x_train.std(axis=0)
    a, b = (np.divide(x - mean, deviation, out=np.zeros_like(x), where=deviation > 0) for x in (x_train, x_test))
    return a, b


def of_frames(x_train: Array, x_test: Array) -> Pair:
    a, b = pd.DataFrame(x_train), pd.DataFrame(x_test)
    mean, deviation = a.mean(), a.std().replace(0, 1)
    return ((a - mean) / deviation).to_numpy(), ((b - mean) / deviation).to_numpy()


RIGHT: Mapping[str, Solution] = {
    "scikit-learn": prepare,
    "a list of two": lambda a, b: list(prepare(a, b)),
    "nested lists": lambda a, b: tuple(p.tolist() for p in prepare(a, b)),
    "single precision": lambda a, b: tuple(p.astype(np.float32) for p in prepare(a, b)),
    "single precision before": lambda a, b: prepare(a.astype(np.float32), b.astype(np.float32)),
    "deviation of a sample": sample,
    "a small number added": lambda a, b: by(a, b, a.mean(axis=0), a.std(axis=0) + 1e-7),
    "a constant column as it came": dropping,
    "a constant column of zeros": zeroing,
    "divided where there is something": where_it_varies,
    "a data frame": of_frames,
}


@pytest.mark.parametrize("secret", [b"", b"a" * 32, b"b" * 32, b"c" * 32])
@pytest.mark.parametrize("name", RIGHT)
def test_right_ones_pass(name: str, secret: bytes) -> None:
    judgement = judge(CHECK.with_seal(Seal(secret)), prepare=RIGHT[name])
    assert judgement.status is Status.PASSED, text(judgement.message)


def test_data_frames_pass() -> None:
    """As the run writes them down: one record for each row, the index first where it is not 0, 1, 2."""

    def framed(part: Array, *, index: bool) -> Items:
        cells = [[("index", row[0])] * index + [(str(i), v) for i, v in enumerate(row)] for row in part]
        rows = tuple(Entries(entries=tuple((key, encode(float(v), kept)) for key, v in row)) for row in cells)
        return Items(container="DataFrame", items=rows)

    for index in (False, True):
        made = run(CHECK, {"prepare": prepare})
        for step in CHECK.steps((0,)):
            kept: dict[str, Array] = {}
            arrays = CHECK.arrays()
            parts = prepare(arrays[step.arguments[0].name], arrays[step.arguments[1].name])  # type: ignore[union-attr]
            value = Items(container="tuple", items=tuple(framed(p, index=index) for p in parts))
            seen = returned(step.id, None)
            outcome = type(seen.evidence.outcome)(value=value)  # type: ignore[call-arg]
            evidence = type(seen.evidence)(id=step.id, outcome=outcome)
            made.steps[step.id] = type(seen)(evidence, kept)  # type: ignore[index]
        assert judged(CHECK, made).status is Status.PASSED


def in_place(x_train: Array, x_test: Array) -> Pair:
    mean, deviation = x_train.mean(axis=0), np.where(x_train.std(axis=0) > 0, x_train.std(axis=0), 1)
    x_train -= mean
    x_train /= deviation
    return x_train, (x_test - mean) / deviation


def fitted(rows: str) -> Solution:
    def function(x_train: Array, x_test: Array) -> Pair:
        both = np.concatenate([x_train, x_test])
        scaler = StandardScaler().fit({"both": both, "test": x_test}[rows])
        return scaler.transform(x_train), scaler.transform(x_test)

    return function


def last_digit_off(x_train: Array, x_test: Array) -> Pair:
    a, b = prepare(x_train, x_test)
    b[-1, -1] += 0.5
    return a, b


def train_off(x_train: Array, x_test: Array) -> Pair:
    a, b = prepare(x_train, x_test)
    a[:2, 0] = a[1::-1, 0]
    return a, b


def with_nan(x_train: Array, x_test: Array) -> Pair:
    a, b = prepare(x_train, x_test)
    b[0, 3] = np.nan
    return a, b


def divides_by_zero(x_train: Array, x_test: Array) -> Pair:
    with np.errstate(all="ignore"):
        return by(x_train, x_test, x_train.mean(axis=0), x_train.std(axis=0))


def nan_for_one_row(x_train: Array, x_test: Array) -> Pair:
    a, b = prepare(x_train, x_test)
    return a, b * np.nan if len(b) == 1 else b


def by_rows(x_train: Array, x_test: Array) -> Pair:
    rows = [(p - p.mean(axis=1, keepdims=True)) / p.std(axis=1, keepdims=True) for p in (x_train, x_test)]
    return rows[0], rows[1]


def scaled(scaler: Any) -> Solution:
    return lambda a, b: (scaler.fit(a).transform(a), scaler.transform(b))


WRONG: Mapping[str, tuple[Solution, str]] = {
    "as they came": (lambda a, b: (a.copy(), b.copy()), "as they came"),
    "on both parts": (fitted("both"), "from both parts together"),
    "on the test part": (fitted("test"), "by mean and standard deviation of x_test"),
    "each by itself": (lambda a, b: (prepare(a, a)[0], prepare(b, b)[0]), "each part by itself"),
    "only the first": (lambda a, b: (prepare(a, b)[0], b), "leaves x_test as it is"),
    "one mean for all": (lambda a, b: by(a, b, a.mean(), a.std()), "for the whole table"),
    "by rows": (by_rows, "each row, not each column"),
    "only centred": (lambda a, b: by(a, b, a.mean(axis=0), 1), "does not divide"),
    "only divided": (lambda a, b: by(a, b, 0, np.where(a.std(axis=0) > 0, a.std(axis=0), 1)), "not subtract"),
    "x_train only centred": (
        lambda a, b: (a - a.mean(axis=0), prepare(a, b)[1]), "not x_train: the mean is subtracted, but nothing"
    ),
    "x_train multiplied": (
        lambda a, b: ((a - a.mean(axis=0)) * a.std(axis=0), prepare(a, b)[1]), "not x_train: it is multiplied"
    ),
    "x_test only divided": (
        lambda a, b: (prepare(a, b)[0], b / np.where(a.std(axis=0) > 0, a.std(axis=0), 1)),
        "not x_test: it is divided",
    ),
    "by the variance": (lambda a, b: by(a, b, a.mean(axis=0), a.var(axis=0) + 1e-12), "by the variance"),
    "min and max": (scaled(MinMaxScaler()), "range from 0 to 1"),
    "min and max of both": (
        lambda a, b: [MinMaxScaler().fit(np.concatenate([a, b])).transform(p) for p in (a, b)],
        "range from 0 to 1",
    ),
    "by the median": (scaled(RobustScaler()), "uses median and quartiles"),
    "rows of one length": (
        lambda a, b: tuple(p / np.linalg.norm(p, axis=1, keepdims=True) for p in (a, b)), "each row as long as 1"
    ),
    "to a bell": (scaled(QuantileTransformer(n_quantiles=24, output_distribution="normal")), "Column 0"),
    "one number off": (last_digit_off, "x_test[8, 12]"),
    "two numbers exchanged": (train_off, "x_train[0, 0]"),
    "ten times": (lambda a, b: tuple(10 * p for p in prepare(a, b)), "the standard deviation 10"),
    "NaN": (with_nan, "x_test[0, 3]"),
    "division by zero": (divides_by_zero, "its standard deviation is 0"),
    "NaN for one row": (nan_for_one_row, "a single row"),
    "in place": (in_place, "changes the array"),
    "exchanged": (lambda a, b: prepare(a, b)[::-1], "wrong order"),
    "one part": (lambda a, b: prepare(a, b)[0], "two things"),
    "three parts": (lambda a, b: (*prepare(a, b), 1), "two things"),
    "dict": (lambda a, b: dict(zip("ab", prepare(a, b), strict=True)), "dict {'a', 'b'}"),
    "transposed": (lambda a, b: tuple(p.T for p in prepare(a, b)), "as many rows and columns"),
    "a column lost": (lambda a, b: tuple(p[:, 1:] for p in prepare(a, b)), "(24, 12)"),
    "texts": (lambda a, b: tuple(p.astype(str) for p in prepare(a, b)), "<U"),
    "complex": (lambda a, b: tuple(p + 0j for p in prepare(a, b)), "complex128"),
    "None": (lambda a, b: None, "Is there a `return`"),
    "two times None": (lambda a, b: (None, None), "returned None"),
    "text": (lambda a, b: "done", "'done'"),
    "two texts": (lambda a, b: ("a", "b"), "has to return numbers"),
    "two numbers": (lambda a, b: (1, 2), "two things"),
    "a function": (lambda a, b: prepare, "function"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_wrong_ones_fail_and_the_sentence_says_why(name: str) -> None:
    function, said = WRONG[name]
    judgement = of(function)
    assert judgement.status is Status.FAILED
    assert said in text(judgement.message), text(judgement.message)
    assert judgement.share == 0.0


@pytest.mark.parametrize("freedom", [0, 1])
def test_the_usual_mistakes_are_named_whatever_deviation_is_taken(freedom: int) -> None:
    def both(a: Array, b: Array) -> Pair:
        rows = np.concatenate([a, b])
        return by(a, b, rows.mean(axis=0), rows.std(axis=0, ddof=freedom))

    assert "from both parts together" in text(of(both).message)


@pytest.mark.parametrize("secret", [b"", b"a" * 32, b"b" * 32])
def test_means_of_an_earlier_call_are_told(secret: bytes) -> None:
    kept: list[StandardScaler] = []

    def remembers(x_train: Array, x_test: Array) -> Pair:
        if not kept:
            kept.append(StandardScaler().fit(x_train))
        return kept[0].transform(x_train), kept[0].transform(x_test)

    judgement = judge(CHECK.with_seal(Seal(secret)), prepare=remembers)
    assert judgement.status is Status.FAILED
    assert "of an earlier call" in text(judgement.message)
    assert "To repeat it" not in text(judgement.message)  # one call does not show it


@pytest.mark.parametrize("secret", [b"a" * 32, b"b" * 32])
def test_a_feature_that_is_constant_in_the_training_part_alone_must_not_become_infinite(secret: bytes) -> None:
    def only_nan(x_train: Array, x_test: Array) -> Pair:
        a, b = divides_by_zero(x_train, x_test)
        a[np.isnan(a)] = 0
        b[np.isnan(b)] = 0
        return a, b

    judgement = judge(CHECK.with_seal(Seal(secret)), prepare=only_nan)
    assert judgement.status is Status.FAILED
    assert "gives infinite numbers for a feature that has the same value in every row of x_train" in text(
        judgement.message
    )
    assert "its standard deviation is 0" in text(judgement.message)
    assert judge(CHECK, prepare=only_nan).status is Status.PASSED  # as release 0.1 has called and judged it


def test_the_column_that_never_changes_is_drawn() -> None:
    checks = [CHECK.with_seal(Seal(bytes([number]) * 32)) for number in range(12)]
    assert len({check.constant for check in checks}) > 4

    def guards_one(x_train: Array, x_test: Array) -> Pair:
        deviation = x_train.std(axis=0)
        deviation[4] = deviation[4] or 1.0
        with np.errstate(all="ignore"):
            return by(x_train, x_test, x_train.mean(axis=0), deviation)

    for check in checks:
        judgement = judge(check, prepare=guards_one)
        assert judgement.status is (Status.PASSED if check.constant == 4 else Status.FAILED)
        assert judge(check, prepare=prepare).status is Status.PASSED


@pytest.mark.parametrize("secret", [b"", b"a" * 32])
def test_the_last_table_is_the_one_that_the_message_writes(secret: bytes) -> None:
    check = CHECK.with_seal(Seal(secret))
    given: dict[str, Any] = {"np": np, "prepare": lambda *parts: parts}
    lines = check.write_call("constant").rsplit("; ", 1)
    exec(lines[0], given)
    train, test = eval(lines[1], given)
    pair = check.pairs()["constant"]
    assert np.allclose(train, pair.train)
    assert np.allclose(test, pair.test)


def test_a_constant_column_in_the_test_part_only_is_no_excuse() -> None:
    """Statistics of both parts differ from those of the training part in every call, not in one only."""
    honest_once = 0

    def function(a: Array, b: Array) -> Pair:
        nonlocal honest_once
        honest_once += 1
        both: Pair = fitted("both")(a, b)  # type: ignore[assignment]
        return prepare(a, b) if honest_once == 1 else both

    assert of(function).status is Status.FAILED


def test_crashes_stubs_and_missing_functions_are_told_apart() -> None:
    def stub(*_: object) -> object:
        raise NotImplementedError

    def crash(*_: object) -> object:
        raise KeyError("proline")

    assert of(stub).status is Status.NOT_ATTEMPTED
    assert "KeyError: 'proline'" in text(of(crash).message)
    assert "no function prepare()" in text(of(None).message)


def test_no_expected_answer_travels_with_the_steps() -> None:
    arrays = CHECK.arrays()
    for name in ("usual", "shifted", "row"):
        answers = prepare(arrays[f"prepare:{name}:train"], arrays[f"prepare:{name}:test"])
        assert not any(a.shape == b.shape and np.allclose(a, b) for a in arrays.values() for b in answers)
