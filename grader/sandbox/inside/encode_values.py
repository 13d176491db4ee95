"""Record the value that a function returned, as plain data.

Runs in the process of the submission, beside code that may have changed anything here.
"""

import sys
from collections import deque
from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.protocol.evidence import (
    MAX_ELEMENTS,
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
from grader.sandbox.inside.array_store import Store, curves_of
from grader.sandbox.inside.keras_facts import find_other_keras, is_history, is_model

MAX_ARRAY_BYTES = 64 << 20
MAX_ITEMS = 4096  # of one collection
MAX_TEXT = 4000  # characters
MAX_DEPTH = 6  # of collections within collections


def encode(value: object, store: Store, depth: int = 0) -> Value:
    """Encode a value as a record. Never raises: a value that cannot be read becomes an `OtherValue`.

    Args:
        value: any object of the submission.
        store: gets the arrays that the record names.
        depth: how many collections are around the value.
    """
    try:
        return _encode(value, store, depth)
    except Exception as error:  # noqa: BLE001 - objects of students may raise anything when they are looked at
        return OtherValue(type=type_name(value), note=f"{type(error).__name__} while it was read")


def type_name(value: object) -> str:
    """Return the name of a value's class, as the class itself has it, whatever the object claims."""
    return name_of_class(type(value))


def name_of_class(kind: type) -> str:
    """Return the name of a class, whatever its metaclass claims."""
    return str(type.__getattribute__(kind, "__name__"))[:80]


def _encode(value: object, store: Store, depth: int) -> Value:
    kind = type(value)
    if value is None:
        return NoneValue()
    if isinstance(value, str):  # np.str_ and members of a StrEnum too, as their text
        return TextValue(text=str.__str__(value)[:MAX_TEXT])
    if kind in (bool, int, float, complex) or isinstance(value, np.generic):
        return _encode_array(np.asarray(value), "scalar", store)
    if isinstance(value, np.ndarray):
        if value.dtype.kind == "O" and value.ndim == 1 and any(map(_is_array_like, value.tolist())):
            return _encode_sequence(value.tolist(), "ndarray", store, depth)  # arrays of different lengths
        return _encode_array(value, "ndarray", store)
    if is_model(value):
        return ModelValue(type=type_name(value))
    if is_history(value):
        return encode_history(value, store)
    return _encode_collection(value, store, depth)


def _encode_collection(value: object, store: Store, depth: int) -> Value:
    """Encode a value that contains other values; of anything else, record only the name of its class."""
    if isinstance(value, list | tuple | deque | range):
        return _encode_sequence(list(value), type_name(value), store, depth)
    if isinstance(value, set | frozenset):
        return _encode_set(value, store, depth)
    if isinstance(value, dict):
        return _encode_mapping(value, store, depth)
    if is_frame(value):
        return _encode_frame(value, store, depth)
    if hasattr(value, "__array__"):
        return _encode_array(np.asarray(value), type_name(value), store)
    return OtherValue(type=type_name(value), other_keras=find_other_keras(value))


def _encode_array(value: np.ndarray[Any, Any], container: str, store: Store) -> Value:
    array = np.asarray(value)  # a subclass may claim another shape than it has
    if array.nbytes > MAX_ARRAY_BYTES or array.size > MAX_ELEMENTS:
        note = f"{array.shape} {array.dtype}, {array.nbytes / 2**20:.0f} MiB"
        return OtherValue(type=container, note=note)
    if array.dtype.hasobject or array.dtype.kind not in "biufcUSM":
        return OtherValue(type=container, note=f"dtype {array.dtype}"[:80])
    if array.dtype.kind in "SM":
        array = array.astype(str)
    return ArrayValue(
        ref=store.add(array), dtype=str(array.dtype), shape=tuple(map(int, array.shape)), container=container
    )


def _encode_sequence(items: list[object], container: str, store: Store, depth: int) -> Value:
    array = _as_numbers(items)
    if array is not None:
        return _encode_array(array, container, store)
    if depth >= MAX_DEPTH or len(items) > MAX_ITEMS:
        return OtherValue(type=container, note=f"{len(items)} items")
    return Items(container=container, items=tuple(encode(item, store, depth + 1) for item in items))


def _as_numbers(items: list[object]) -> np.ndarray[Any, Any] | None:
    """Return a list of numbers, also a nested one, as an array; None if it is not one.

    Lists of whole arrays stay lists: `(x, y)` is two things even when both have the same shape.
    """
    if not items or any(_is_array_like(item) for item in items):
        return None
    try:
        array = np.asarray(items)
    except (ValueError, TypeError, OverflowError):
        return None
    return array if array.dtype.kind in "biufc" else None


def _is_array_like(item: object) -> bool:
    return hasattr(item, "__array__") and not isinstance(item, np.generic) and np.ndim(item) > 0


def _encode_mapping(value: Mapping[Any, object], store: Store, depth: int) -> Value:
    if depth >= MAX_DEPTH or len(value) > MAX_ITEMS:
        return OtherValue(type=type_name(value), note=f"{len(value)} entries")
    entries = []
    for key, item in value.items():
        is_plain = isinstance(key, str | int | float | bool | np.generic)
        entries.append((str(key)[:200] if is_plain else type_name(key), encode(item, store, depth + 1)))
    has_number_as_text = any(isinstance(key, str) and _reads_as_number(str.__str__(key)) for key in value)
    return Entries(entries=tuple(entries), has_number_as_text=has_number_as_text)


def _reads_as_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _encode_set(value: Any, store: Store, depth: int) -> Value:
    if len(value) > MAX_ITEMS:
        return OtherValue(type=type_name(value), note=f"{len(value)} items")
    # By their text: the order in which a set gives them is no property of it.
    members = sorted(value, key=lambda item: (type_name(item), str(item)))
    return Items(container="set", items=tuple(encode(item, store, depth + 1) for item in members))


def is_frame(value: object) -> bool:
    """Return whether `value` really is a pandas DataFrame, without importing pandas for it."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and pandas.DataFrame in type.mro(type(value))


def _encode_frame(frame: Any, store: Store, depth: int) -> Value:
    """Encode a table of numbers as an array, any other table as one dict for each row.

    An index other than 0, 1, 2, ... becomes the first column.
    """
    array = np.asarray(frame)
    if array.dtype.kind in "biufc":
        return _encode_array(array, "DataFrame", store)
    if frame.size > MAX_ITEMS:
        return OtherValue(type="DataFrame", note=f"{frame.shape}")
    has_default_index = list(frame.index) == list(range(len(frame)))
    table = frame if has_default_index else frame.reset_index()
    names = [str(name)[:200] for name in table.columns]
    rows = [dict(zip(names, row, strict=True)) for row in table.itertuples(index=False, name=None)]
    return Items(container="DataFrame", items=tuple(_encode_mapping(row, store, depth + 1) for row in rows))


def encode_history(value: Any, store: Store) -> Value:
    """Encode a `keras.callbacks.History` as its curves."""
    return HistoryValue(curves=curves_of(value.history, store))
