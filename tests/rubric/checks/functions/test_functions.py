"""Functions on data: right ones in all clothes pass, wrong ones fail with the sentence that says what is wrong."""

from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.model_selection import train_test_split

from grader.core.arrays import Array
from grader.evidence.judgement import Judgement
from grader.protocol.verdict import Status
from grader.rubric.checks import ConfusionMatrix, CountsClasses, Loads, OneHot, Scales, Splits
from grader.rubric.checks.base import Check
from tests.helpers import lab
from tests.helpers.cases import Solution, data, judge, judged, text


class Framed:
    """What a data frame looks like from outside: an object with `__array__`."""

    def __init__(self, values: Any) -> None:
        self.values = np.asarray(values)

    def __array__(self, dtype: Any = None, copy: Any = None) -> Array:
        return self.values.astype(dtype or self.values.dtype)


# The right functions.


def load() -> tuple[Array, Array]:
    return data().outside["x_all"].copy(), data().outside["y_all"].copy()


def scale(x: Array) -> Array:
    return x / 16


def counts(y: Array) -> Array:
    return np.bincount(y, minlength=10)


def one_hot(y: Array) -> Array:
    return np.eye(10)[y]


def confusion(y_true: Array, y_pred: Array) -> Array:
    found = np.zeros((10, 10), dtype=int)
    np.add.at(found, (y_true, y_pred), 1)
    return found


def split(x: Array, y: Array, seed: int) -> tuple[Array, Array, Array, Array]:
    order = np.random.default_rng(seed).permutation(len(x))
    held = round(len(x) / 4)
    return x[order[held:]], x[order[:held]], y[order[held:]], y[order[:held]]


RIGHT: Mapping[str, tuple[Check, Solution]] = MappingProxyType(
    {
        "load": (Loads("load"), load),
        "scale": (Scales("scale", largest=16), scale),
        "counts": (CountsClasses("counts", classes=10), counts),
        "one_hot": (OneHot("one_hot", classes=10), one_hot),
        "confusion": (ConfusionMatrix("confusion", classes=10), confusion),
        "split": (Splits("split", share=0.25), split),
    }
)

# The same numbers in other clothes.
CLOTHES: Mapping[str, Callable[[Array], object]] = {
    "array": lambda a: a,
    "list": lambda a: a.tolist(),
    "tuple": lambda a: tuple(a.tolist()),
    "list of rows": list,
    "tuple of tuples": lambda a: tuple(tuple(r) if np.ndim(r) else r for r in a.tolist()),
    "float32": lambda a: a.astype(np.float32),
    "float64": lambda a: a.astype(np.float64),
    "float16": lambda a: a.astype(np.float16) if np.abs(a).max() < 2000 else a,
    "frame": Framed,
    "numpy scalars": lambda a: [list(r) if np.ndim(r) else r for r in a],
}


def dressed(function: Solution, clothes: Callable[[Array], object]) -> Solution:
    def changed(*arguments: Any) -> object:
        value = function(*arguments)
        if isinstance(value, tuple):
            return tuple(clothes(v) for v in value)
        return clothes(value)  # type: ignore[arg-type]

    return changed


def of(name: str, function: Solution) -> Judgement:
    functions: dict[str, Any] = {name: function}
    return judge(RIGHT[name][0], **functions)


@pytest.mark.parametrize("clothes", CLOTHES)
@pytest.mark.parametrize("name", RIGHT)
def test_right_ones_pass_in_all_clothes(name: str, clothes: str) -> None:
    judgement = of(name, dressed(RIGHT[name][1], CLOTHES[clothes]))
    assert judgement.status is Status.PASSED, text(judgement.message)
    assert judgement.share == 1.0


@pytest.mark.parametrize("name", ["counts", "one_hot", "confusion"])
@pytest.mark.parametrize("kind", [np.int8, np.uint8, np.int64, np.float32])
def test_counts_may_be_of_any_kind_of_number(name: str, kind: type) -> None:
    assert of(name, lambda *a: np.asarray(RIGHT[name][1](*a)).astype(kind)).status is Status.PASSED


OTHER_RIGHT: Mapping[str, tuple[str, Solution]] = {
    "counts as dict": ("counts", lambda y: {d: int((y == d).sum()) for d in range(10)}),
    "counts as dict of numpy keys": ("counts", lambda y: {np.int64(d): np.sum(y == d) for d in range(10)}),
    "counts as dict of float keys": ("counts", lambda y: {float(d): np.sum(y == d) for d in range(10)}),
    "counts as dict in another order": ("counts", lambda y: {d: int((y == d).sum()) for d in reversed(range(10))}),
    "counts as column": ("counts", lambda y: counts(y).reshape(-1, 1)),
    "counts as line": ("counts", lambda y: counts(y).reshape(1, -1)),
    "one-hot of bool": ("one_hot", lambda y: y[:, None] == np.arange(10)),
    "labels as column": ("load", lambda: (load()[0], load()[1].reshape(-1, 1))),
    "load as list of two": ("load", lambda: list(load())),
    "rows in another order": ("load", lambda: (load()[0][::-1], load()[1][::-1])),
    "split keeps y as column": ("split", lambda x, y, s: split(x, y.reshape(-1, 1), s)),
    "split held out rounded up": ("split", lambda x, y, s: _cut(x, y, s, 51)),
    "split held out rounded down": ("split", lambda x, y, s: _cut(x, y, s, 49)),
    "split by classes": ("split", lambda x, y, s: train_test_split(x, y, random_state=s, stratify=y)),
}  # fmt: skip


def _cut(x: Array, y: Array, seed: int, held: int, count: int = 200) -> tuple[Array, Array, Array, Array]:
    order = np.random.default_rng(seed).permutation(len(x))
    return x[order[held:count]], x[order[:held]], y[order[held:count]], y[order[:held]]


def test_a_tolerance_allows_a_share_that_is_further_off() -> None:
    about = Splits("split", share=0.25, tolerance=0.05)
    assert judge(about, split=lambda x, y, s: _cut(x, y, s, 40)).status is Status.PASSED
    assert judge(about, split=lambda x, y, s: _cut(x, y, s, 38)).status is Status.FAILED


@pytest.mark.parametrize("case", OTHER_RIGHT)
def test_unusual_right_ones_pass(case: str) -> None:
    name, function = OTHER_RIGHT[case]
    judgement = of(name, function)
    assert judgement.status is Status.PASSED, text(judgement.message)


def test_a_column_of_labels_is_said_and_costs_nothing() -> None:
    judgement = of("load", OTHER_RIGHT["labels as column"][1])
    assert "(200, 1)" in text(judgement.message)
    assert "(200,)" in text(judgement.message)


def _in_place(x: Array) -> Array:
    x /= 16
    return x


def _bootstrap(x: Array, y: Array, seed: int) -> tuple[Array, Array, Array, Array]:
    x_train, x_test, y_train, y_test = split(x, y, seed)
    again = np.r_[np.arange(100), np.arange(50)]
    return x_train[again], x_test, y_train[again], y_test


def _same_rows(x: Array, y: Array, seed: int) -> tuple[Array, Array, Array, Array]:
    order = np.random.default_rng(seed).permutation(50)
    return x[50:], x[:50][order], y[50:], y[:50][order]


def _unpaired(x: Array, y: Array, seed: int) -> tuple[Array, Array, Array, Array]:
    a, b, _, _ = split(x, y, seed)
    _, _, c, d = split(x, y, seed + 1)
    return a, b, c, d


def _leaking(x: Array, y: Array, seed: int) -> tuple[Array, Array, Array, Array]:
    _, x_test, _, y_test = split(x, y, seed)
    return x, x_test, y, y_test


WRONG: Mapping[str, tuple[str, Solution, str]] = {
    "one thing": ("load", lambda: load()[0], "two things"),
    "three things": ("load", lambda: (*load(), 1), "two things"),
    "bunch": ("load", lambda: {"data": 1, "target": 2}, "dict {'data', 'target'}"),
    "scaled": ("load", lambda: (load()[0] / 16, load()[1]), "raw features and labels"),
    "other labels": ("load", lambda: (load()[0], (load()[1] + 1) % 10), "raw features and labels"),
    "unpaired": ("load", lambda: (load()[0], np.roll(load()[1], 1)), "raw features and labels"),
    "pictures": ("load", lambda: (load()[0].reshape(-1, 8, 8), load()[1]), "(200, 8, 8)"),
    "half": ("load", lambda: (load()[0][:100], load()[1][:100]), "(100, 64)"),
    "text labels": ("load", lambda: (load()[0], load()[1].astype(str)), "dtype <U"),
    "records for rows": ("load", lambda: (np.zeros((200, 64), "i4,f4"), load()[1]), "dtype [("),
    "batch maximum": ("scale", lambda x: x / x.max(), "another batch"),
    "min-max": ("scale", lambda x: (x - x.min(0)) / np.maximum(x.max(0) - x.min(0), 1e-9), "another batch"),
    "standardised": ("scale", lambda x: (x - x.mean()) / (x.std() + 1e-9), "another batch"),
    "NaN": ("scale", lambda x: np.where(x == 3, np.nan, x / 16), "NaN"),
    "infinite": ("scale", lambda x: np.where(x == 3, np.inf, x / 16), "infinite"),
    "by 255": ("scale", lambda x: x / 255, "divides by 255. The largest possible value is 16"),
    "in place": ("scale", _in_place, "changes the array"),
    "transposed": ("scale", lambda x: (x / 16).T, "(64, 12)"),
    "text sometimes": ("scale", lambda x: (x / 16).astype(str) if len(x) == 1 else x / 16, "dtype <U"),
    "complex": ("scale", lambda x: x / 16 + 0j, "complex128"),
    "absent left out": ("counts", np.bincount, "leaves out classes"),
    "absent left out of dict": ("counts", lambda y: Counter(y.tolist()), "leaves out classes"),
    "doubled": ("counts", lambda y: 2 * counts(y), "2 times the expected numbers"),
    "classes and counts": ("counts", lambda y: np.unique(y, return_counts=True), "(2, 10)"),
    "no class": ("counts", lambda y: {"zero": 3}, "no class: zero"),
    "lists in dict": ("counts", lambda y: {d: [1] * (d + 2) for d in range(10)}, "one number for each class"),
    "texts in dict": ("counts", lambda y: {d: np.array("x") for d in range(10)}, "one number for each class"),
    "columns by maximum": ("one_hot", lambda y: np.eye(y.max() + 1)[y], "always 10 classes"),
    "integers": ("one_hot", lambda y: y, "(13,)"),
    "minus one": ("one_hot", lambda y: 2 * one_hot(y) - 1, "index [0, 1]"),
    "shifted": ("one_hot", lambda y: np.roll(one_hot(y), 1, axis=1), "a 1 in the column"),
    "exchanged": ("confusion", lambda t, p: confusion(p, t), "Rows and columns are exchanged"),
    "without labels": ("confusion", lambda t, p: _occurring(confusion(t, p)), "(2, 2)"),
    "shares": ("confusion", lambda t, p: confusion(t, p) / len(t), "how often"),
    "wrong order": ("split", lambda x, y, s: tuple(split(x, y, s)[i] for i in (0, 2, 1, 3)), "another order"),
    "two parts": ("split", lambda x, y, s: (x, y), "x_train, x_test, y_train, y_test"),
    "not paired": ("split", _unpaired, "no longer paired"),
    "overlap": ("split", _leaking, "in both parts"),
    "own seed": ("split", lambda x, y, s: split(x, y, 0), "every seed"),
    "shuffled only": ("split", _same_rows, "every seed"),
    "no seed": ("split", lambda x, y, s: split(x, y, np.random.randint(2**31)), "two different splits"),
    "half held out": ("split", lambda x, y, s: _cut(x, y, s, 100), "25%"),
    "a fifth held out": ("split", lambda x, y, s: _cut(x, y, s, 40), "160 rows to train, 40 held out"),
    "three tenths held out": ("split", lambda x, y, s: _cut(x, y, s, 60), "25%"),
    "two rows too many": ("split", lambda x, y, s: _cut(x, y, s, 52), "52 held out"),
    "rows lost": ("split", lambda x, y, s: _cut(x, y, s, 50, 190), "190 different ones of 200"),
    "rows drawn twice": ("split", _bootstrap, "150 different ones of 200"),
    "scaled as well": ("split", lambda x, y, s: split(x / 16, y, s), "not among those"),
    "texts": ("split", lambda x, y, s: split(x.astype(str), y, s), "dtype <U"),
    "NaN rows": ("split", lambda x, y, s: split(x * np.nan, y, s), "not among those"),
}  # fmt: skip


def _occurring(counts_: Array) -> Array:
    used = counts_.any(axis=0) | counts_.any(axis=1)
    return counts_[used][:, used]


@pytest.mark.parametrize("case", WRONG)
def test_wrong_ones_fail_and_the_sentence_says_why(case: str) -> None:
    name, function, said = WRONG[case]
    judgement = of(name, function)
    assert judgement.status is Status.FAILED
    assert judgement.share == 0.0
    assert said in text(judgement.message), text(judgement.message)


STRANGE: Mapping[str, object] = {
    "None": None,
    "text": "hello",
    "empty text": "",
    "empty list": [],
    "empty array": np.zeros((0, 64)),
    "scalar": 3,
    "NaN": float("nan"),
    "set": {1, 2},
    "ragged": [[1], [2, 3]],
    "mixed": [np.zeros(3), "a"],
    "texts": ["a", "b"],
    "complex": np.zeros((3, 3), dtype=complex),
    "times": [np.zeros(2), np.array(["2020-01-01", "2020-01-02"])],
    "objects": np.array([object()], dtype=object),
    "structured": np.zeros(3, dtype=[("a", float)]),
    "empty dict": {},
    "dict": {"a": {"b": 1}},
    "function": len,
    "deep": [[[[[[[1], None]]]]]],
    "huge": np.array([1e300, -1e300, np.inf]),
    "four": [None, "a", 3, np.zeros(2)],
    "four texts": ["a", "b", "c", "d"],
    "four numbers": [1, 2, 3, 4],
}  # fmt: skip


@pytest.mark.parametrize("value", STRANGE)
@pytest.mark.parametrize("name", RIGHT)
def test_strange_values_fail_with_a_sentence(name: str, value: str) -> None:
    judgement = of(name, lambda *_: STRANGE[value])
    assert judgement.status is Status.FAILED
    assert name in text(judgement.message) or "parts come" in text(judgement.message)


@pytest.mark.parametrize("name", RIGHT)
def test_none_asks_for_a_return(name: str) -> None:
    assert "None" in text(of(name, lambda *_: None).message)


@pytest.mark.parametrize("name", RIGHT)
def test_crashes_and_stubs_are_told_apart(name: str) -> None:
    def stub(*_: object) -> object:
        raise NotImplementedError

    def crash(*_: object) -> object:
        raise KeyError("pixels")

    assert of(name, stub).status is Status.NOT_ATTEMPTED
    crashed = of(name, crash)
    assert crashed.status is Status.FAILED
    assert "KeyError: 'pixels'" in text(crashed.message)
    assert crashed.at is not None
    assert crashed.at.line == 7
    assert "no function" in text(judge(RIGHT[name][0]).message)


VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.text(max_size=5),
        st.integers(-5, 1000),
        st.floats(width=32),
        st.booleans(),
        hnp.arrays(
            st.sampled_from([np.dtype(t) for t in ("f4", "i8", "?", "c8", "<U2")]),
            hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=10),
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(st.sampled_from("0123ab"), inner, max_size=3),
    ),
    max_leaves=6,
)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(value=VALUES, later=VALUES, name=st.sampled_from(sorted(RIGHT)), honest_calls=st.integers(0, 2))
def test_judging_never_raises(value: object, later: object, name: str, honest_calls: int) -> None:
    calls = 0

    def function(*arguments: Any) -> object:
        nonlocal calls
        calls += 1
        return RIGHT[name][1](*arguments) if calls <= honest_calls else value if calls % 2 else later

    with np.errstate(all="ignore"):
        assert of(name, function).status in {Status.FAILED, Status.PASSED}


@settings(deadline=None, derandomize=True, max_examples=40)
@given(
    name=st.sampled_from(sorted(RIGHT)),
    choice=st.lists(st.sampled_from(sorted(CLOTHES)), min_size=3, max_size=3),
)
def test_clothes_may_change_from_call_to_call(name: str, choice: list[str]) -> None:
    calls = 0

    def function(*arguments: Any) -> object:
        nonlocal calls
        calls += 1
        return dressed(RIGHT[name][1], CLOTHES[choice[calls % 3]])(*arguments)

    assert of(name, function).status is Status.PASSED


@pytest.mark.parametrize("name", RIGHT)
def test_the_same_evidence_is_judged_the_same(name: str) -> None:
    assert of(name, lambda *_: [1, 2]) == of(name, lambda *_: [1, 2])


@pytest.mark.parametrize("name", RIGHT)
def test_no_expected_answer_travels_with_the_steps(name: str) -> None:
    check, function = RIGHT[name]
    for step in check.steps((0,)):
        arguments = [check.arrays()[a.name] for a in getattr(step, "arguments", ()) if hasattr(a, "name")]
        if len(arguments) == 1:
            answer = np.asarray(function(*arguments))
            assert not any(a.shape == answer.shape and np.array_equal(a, answer) for a in check.arrays().values())


def by_tensorflow(x: Array, y: Array, seed: int | None) -> tuple[Array, ...]:
    """Split by a data set of TensorFlow, whose order depends on a seed of its own and on the global one."""
    import tensorflow as tf

    rows = tf.data.Dataset.range(len(x)).shuffle(len(x), seed=seed, reshuffle_each_iteration=False)
    order = np.array(list(rows.as_numpy_iterator()))
    return x[order[50:]], x[order[:50]], y[order[50:]], y[order[:50]]


def test_a_seed_may_be_handed_on_to_tensorflow() -> None:
    check = Splits("split", share=0.25)
    right = judged(check, lab.run(check, data(), {"split": by_tensorflow}))
    assert right.status is Status.PASSED, text(right.message)
    ignored = judged(check, lab.run(check, data(), {"split": lambda x, y, _seed: by_tensorflow(x, y, None)}))
    assert ignored.status is not Status.PASSED
