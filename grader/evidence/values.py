"""Read values that functions returned: as one array of numbers, or described for a message."""

from collections.abc import Mapping

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import _
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed
from grader.protocol.evidence import ArrayValue, Entries, Items, ModelValue, OtherValue, TextValue, Value

# What lists of arrays may add up to when they become one: as much as a submission may return in one array.
MAX_STACKED_BYTES = 64 << 20
LONGEST_DESCRIPTION = 1000  # characters: names of types and keys are a claim too


def numbers(value: Value, arrays: Mapping[str, Array], function: str) -> Array:
    """Return a value as one array of numbers or texts.

    Args:
        value: an array, a number, or lists of those that have one shape; a set has no order, so it is none.
        arrays: the arrays that the value names.
        function: name of the function that returned it, for the message.

    Raises:
        PreconditionFailedError: it is something else; the judgement says what.
    """
    if isinstance(value, ArrayValue):
        return arrays[value.ref]
    if _bytes_of(value, arrays) <= MAX_STACKED_BYTES:
        stacked = _stack(value, arrays)
        if stacked is not None:
            return stacked
    raise PreconditionFailedError(reject_value(value, function))


def _stack(value: Value, arrays: Mapping[str, Array]) -> Array | None:
    if isinstance(value, ArrayValue):
        return arrays[value.ref]
    if not isinstance(value, Items) or not value.items or value.container == "set":
        return None
    parts = [_stack(item, arrays) for item in value.items]
    numeric = [part for part in parts if part is not None and is_numeric(part)]
    if len(numeric) < len(parts) or len({part.shape for part in numeric}) > 1:
        return None
    return np.stack(numeric)


def _bytes_of(value: Value, arrays: Mapping[str, Array]) -> int:
    """Return how large the arrays of a value are, each as often as it is named."""
    if isinstance(value, ArrayValue):
        return arrays[value.ref].nbytes
    return sum(_bytes_of(item, arrays) for item in value.items) if isinstance(value, Items) else 0


def name_of(value: Value) -> str:
    """Describe a value for a message: `None`, `ndarray (450, 10) float32`, `list (float64, str)`."""
    return _describe(value)[:LONGEST_DESCRIPTION]


def _describe(value: Value) -> str:
    match value:
        case ArrayValue(container="scalar", dtype=dtype):
            return dtype
        case ArrayValue(container=container, shape=shape, dtype=dtype):
            return f"{container} {shape} {dtype}"
        case TextValue(text=text):
            return repr(text[:60])
        case Items(container=container, items=items):
            return f"{container} ({', '.join(_describe(i) for i in items[:4])}{', …' if len(items) > 4 else ''})"
        case Entries(entries=entries):
            keys = [_describe_key(key, value) for key, _item in entries[:6]]
            return f"dict {{{', '.join(keys)}{', …' if len(entries) > 6 else ''}}}"
        case ModelValue(type=kind):
            return f"keras model {kind}"
        case OtherValue(type=kind, note=note):
            return f"{kind} ({note})" if note else kind
        case _:
            return {"NoneValue": "None", "HistoryValue": "History", "FigureValue": "Figure"}[type(value).__name__]


def _describe_key(key: str, entries: Entries) -> str:
    is_number = key.removeprefix("-").replace(".", "", 1).isdecimal() and not entries.has_number_as_text
    return key if is_number else repr(key)


def first_difference(received: Array, expected: Array) -> tuple[int, ...] | None:
    """Return the index of the first element that differs by more than rounding, or None.

    Both arrays have one shape.
    """
    if np.array_equal(received, expected):
        return None
    close = np.isclose(
        received.astype(np.float64), expected.astype(np.float64), rtol=1e-4, atol=1e-6, equal_nan=True
    )
    places = np.argwhere(~close)
    return tuple(int(i) for i in places[0]) if len(places) else None


def flat(array: Array) -> Array:
    """Flatten an (n, 1) or (1, n) array to (n,); other shapes are returned unchanged."""
    return array.ravel() if array.ndim == 2 and 1 in array.shape else array


def is_numeric(array: Array) -> bool:
    """Return whether an array holds real numbers or truth values."""
    return array.dtype.kind in "biuf"


def reject_value(value: Value, function: str) -> Judgement:
    """Return the judgement `failed` for a value that is no array where one is needed."""
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
