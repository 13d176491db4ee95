"""What leaves the walls of tables and sets: one record whatever order they came in, and no object."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from grader.evidence.judgement import PreconditionFailedError
from grader.evidence.values import numbers
from grader.protocol.evidence import ArrayValue, Entries, Items, OtherValue, TextValue, Value
from grader.sandbox.inside.array_store import Store
from grader.sandbox.inside.encode_values import MAX_ITEMS, encode


def encoded(value: object) -> tuple[Value, Store]:
    store = Store()
    return encode(value, store), store


def test_a_table_of_texts_is_one_dict_for_each_row() -> None:
    value, _ = encoded(pd.DataFrame({"loss": ["mse", "bce"], "units": ["1", "one"]}))
    assert value == Items(
        container="DataFrame",
        items=(
            Entries(entries=(("loss", TextValue(text="mse")), ("units", TextValue(text="1")))),
            Entries(entries=(("loss", TextValue(text="bce")), ("units", TextValue(text="one")))),
        ),
    )


def test_an_index_that_says_something_is_the_first_column() -> None:
    value, _ = encoded(pd.DataFrame({"loss": ["mse"]}, index=["regression"]))
    assert isinstance(value, Items)
    assert value.items == (
        Entries(entries=(("index", TextValue(text="regression")), ("loss", TextValue(text="mse")))),
    )
    named = pd.DataFrame({"loss": ["mse"]}, index=pd.Index(["regression"], name="task"))
    renamed, _ = encoded(named)
    assert isinstance(renamed, Items)
    assert isinstance(renamed.items[0], Entries)
    assert renamed.items[0].entries[0] == ("task", TextValue(text="regression"))


def test_a_table_of_numbers_is_an_array_as_any_other() -> None:
    value, store = encoded(pd.get_dummies(pd.Series([0, 2, 1])))
    assert isinstance(value, ArrayValue)
    assert (value.container, value.shape) == ("DataFrame", (3, 3))
    assert store.arrays[value.ref].tolist() == np.eye(3)[[0, 2, 1]].astype(bool).tolist()


def test_a_table_that_is_too_large_is_only_named() -> None:
    value, _ = encoded(pd.DataFrame({"x": ["a"] * (MAX_ITEMS + 1)}))
    assert value == OtherValue(type="DataFrame", note=f"({MAX_ITEMS + 1}, 1)")


@pytest.mark.parametrize(
    ("keys", "is_text"),
    [
        ((0, 1), False),
        ((np.int64(0), 1.0), False),
        (("loss", "1a"), False),
        (("0", "1"), True),
        ((0, np.str_("1")), True),
        ((0, "1.5"), True),
    ],
)
def test_a_dict_says_whether_a_number_is_a_text_among_its_keys(keys: tuple[Any, ...], is_text: bool) -> None:
    value, _ = encoded(dict.fromkeys(keys, 1.0))
    assert isinstance(value, Entries)
    assert [key for key, _item in value.entries] == [str(key) for key in keys]
    assert value.has_number_as_text is is_text


@pytest.mark.parametrize("kind", [set, frozenset])
def test_a_set_has_one_order(kind: Any) -> None:
    members = [f"style {i}" for i in range(9)]
    value, _ = encoded(kind(members))
    assert value == encoded(kind(reversed(members)))[0]
    assert value == Items(container="set", items=tuple(TextValue(text=m) for m in members))


def test_a_set_of_numbers_is_no_array() -> None:
    value, store = encoded({1, 2})
    with pytest.raises(PreconditionFailedError):
        numbers(value, store.arrays, "f")


def test_a_set_that_is_too_large_or_cannot_be_told_apart_is_only_named() -> None:
    assert encoded(set(range(MAX_ITEMS + 1)))[0] == OtherValue(type="set", note=f"{MAX_ITEMS + 1} items")

    class Shy:
        def __str__(self) -> str:
            raise ValueError

    value, _ = encoded({Shy(), Shy()})
    assert value == OtherValue(type="set", note="ValueError while it was read")
