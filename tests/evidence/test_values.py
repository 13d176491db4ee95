"""How a value is called in a message."""

import pytest

from grader.evidence.values import name_of
from grader.protocol.evidence import (
    ArrayValue,
    Entries,
    HistoryValue,
    Items,
    ModelValue,
    NoneValue,
    OtherValue,
    TextValue,
    Value,
)

NUMBER = ArrayValue(ref="a", dtype="float64", shape=(), container="scalar")
ROWS = ArrayValue(ref="b", dtype="int64", shape=(3, 2), container="ndarray")


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (NUMBER, "float64"),
        (ROWS, "ndarray (3, 2) int64"),
        (NoneValue(), "None"),
        (HistoryValue(curves={}), "History"),
        (ModelValue(type="Sequential"), "keras model Sequential"),
        (OtherValue(type="generator"), "generator"),
        (OtherValue(type="ndarray", note="1.0 GiB"), "ndarray (1.0 GiB)"),
        (TextValue(text="x" * 70), repr("x" * 60)),
        (Items(container="list", items=(NUMBER,) * 4), "list (float64, float64, float64, float64)"),
        (Items(container="tuple", items=(NoneValue(),) * 5), "tuple (None, None, None, None, …)"),
        (Entries(entries=tuple((key, NUMBER) for key in "abcdef")), "dict {'a', 'b', 'c', 'd', 'e', 'f'}"),
        (Entries(entries=tuple((key, NUMBER) for key in "abcdefg")), "dict {'a', 'b', 'c', 'd', 'e', 'f', …}"),
        (Entries(entries=(("0", NUMBER), ("-1.5", NUMBER), ("a", NUMBER))), "dict {0, -1.5, 'a'}"),
        (Entries(entries=(("0", NUMBER), ("1", NUMBER)), has_number_as_text=True), "dict {'0', '1'}"),
    ],
)
def test_a_value_is_called_by_its_kind_and_size(value: Value, name: str) -> None:
    assert name_of(value) == name


def test_a_name_is_cut_whoever_chose_it() -> None:
    assert name_of(OtherValue(type="T" * 5000)) == "T" * 1000
