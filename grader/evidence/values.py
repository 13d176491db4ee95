"""TODO: grader/evidence/values.py."""

from collections.abc import Mapping

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import _
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed
from grader.protocol.evidence import ArrayValue, Entries, Items, ModelValue, OtherValue, TextValue, Value


def numbers(value: Value, arrays: Mapping[str, Array], function: str) -> Array:
    """Return a value as one array of numbers or texts; `PreconditionFailedError` says what it is instead."""
    if isinstance(value, ArrayValue):
        return arrays[value.ref]
    if isinstance(value, Items) and value.items and value.container != "set":  # which has no order
        parts = [numbers(item, arrays, function) for item in value.items]
        if len({part.shape for part in parts}) == 1 and all(is_numeric(part) for part in parts):
            return np.stack(parts)
    raise PreconditionFailedError(wrong_kind(value, function))


def name_of(value: Value) -> str:
    """Return what a person would call the value: `list`, `ndarray (450, 10) float32`, `None`."""
    match value:
        case ArrayValue(container="scalar", dtype=dtype):
            return dtype
        case ArrayValue(container=container, shape=shape, dtype=dtype):
            return f"{container} {shape} {dtype}"
        case TextValue(text=text):
            return repr(text[:60])
        case Items(container=container, items=items):
            return f"{container} ({', '.join(name_of(i) for i in items[:4])}{', …' if len(items) > 4 else ''})"
        case Entries(entries=entries):
            return f"dict {{{', '.join(repr(key) for key, _ in entries[:6])}{', …' if len(entries) > 6 else ''}}}"
        case ModelValue(type=kind):
            return f"keras model {kind}"
        case OtherValue(type=kind, note=note):
            return f"{kind} ({note})" if note else kind
        case _:
            return {"NoneValue": "None", "HistoryValue": "History", "FigureValue": "Figure"}[type(value).__name__]


def first_difference(received: Array, expected: Array) -> tuple[int, ...] | None:
    """Return the index of the first element that differs by more than rounding, or None."""
    if np.array_equal(received, expected):
        return None
    close = np.isclose(
        received.astype(np.float64), expected.astype(np.float64), rtol=1e-4, atol=1e-6, equal_nan=True
    )
    places = np.argwhere(~close)
    return tuple(int(i) for i in places[0]) if len(places) else None


def flat(array: Array) -> Array:
    """Return a column (n, 1) or a line (1, n) as (n,): the same numbers in other clothes."""
    return array.ravel() if array.ndim == 2 and 1 in array.shape else array


def is_numeric(array: Array) -> bool:
    """Return whether an array holds real numbers or truth values."""
    return array.dtype.kind in "biuf"


def wrong_kind(value: Value, function: str) -> Judgement:
    """Return the judgement for a value that is not an array where one is needed."""
    received = name_of(value)
    if received == "None":
        message = _("{function}() returned None. Is there a `return` at its end?", function=function)
    else:
        message = _(
            "{function}() has to return numbers (an array or a list). Received: {received}.",
            function=function,
            received=received,
        )
    return failed(message, expected=_("an array of numbers"), received=received)
