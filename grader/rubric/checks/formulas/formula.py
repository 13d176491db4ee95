"""Records that describe a formula: the right function, its trials, and what the usual mistakes compute."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words, _
from grader.evidence.case import Case

BY_HAND = _("Work this case out by hand.")


@dataclass(frozen=True)
class Trial:
    """One call of a function of the contract."""

    name: str
    arguments: tuple[int | str | Array | None, ...]
    edge: Words | None = None  # what is special about the input, as the end of the sentence "not ..."
    hint: Words = BY_HAND  # what helps there
    lists: bool = False  # arrays are handed over as lists
    spam: bool = False  # it is the course's own example
    words: Words | None = None  # what the arguments are, where they are too long to be written out


@dataclass(frozen=True)
class Mistake:
    """Another formula that students write, and the sentence that says what it computes."""

    formula: Callable[..., object]
    words: Words  # what it computes, and how to mend it


Reader = Callable[[Case, str, str], Array]


def read_array(case: Case, step: str, function: str) -> Array:
    """Return what a call returned as one array of numbers."""
    return case.array(step, function)


MAX_NUMBERS_WRITTEN = 12  # numbers of an array that are written out


def describe_shape(array: Array) -> Words:
    """Return what shape a result has, for a message."""
    if array.ndim == 0:
        return _("one number")
    return _("an array of shape {shape}", shape=str(array.shape))


def format_value(value: Array) -> str:
    """Write numbers for a message, the first few of a long array."""
    if not value.size:
        return "[]"
    if value.ndim == 0:
        return f"{value.item():.6g}"
    few = value.ravel()[:MAX_NUMBERS_WRITTEN].tolist()
    if value.size > MAX_NUMBERS_WRITTEN:
        return f"[{', '.join(f'{v:.4g}' for v in few[:4])}, …]"
    if value.ndim > 1:
        return f"[{', '.join(format_value(row) for row in value)}]"
    return f"[{', '.join(f'{v:.4g}' for v in few)}]"


@dataclass(frozen=True)
class Formula:
    """A function of the contract: the right one, the calls that try it, and the mistakes that students make."""

    words: Words | str  # what it computes
    parameters: tuple[str, ...]
    right: Callable[..., object]  # by scikit-learn where it has it; called with the arguments of a trial
    trials: Callable[..., tuple[Trial, ...]]  # of a `Seal`, from which the general ones are drawn
    mistakes: tuple[Mistake, ...] = ()
    agrees: Callable[..., bool] | None = None  # whether a value is right, where more than one is
    read: Reader = read_array  # how to read what was returned
    shape_hint: Words | str = ""  # for a result of another shape
    show: Callable[[Array], str] = format_value  # how to write a value in a message
    describe_shape: Callable[[Array], Words] = describe_shape  # what shape a result has
    refuses_layers: bool = False  # layers and models of Keras cannot be called: they would do the work


def is_close(received: Array, expected: Array) -> bool:
    """Return whether numbers are the same up to the rounding of float32."""
    if received.shape != expected.shape:
        return False
    a, b = received.astype(np.float64), expected.astype(np.float64)
    return bool(np.allclose(a, b, rtol=1e-4, atol=1e-6, equal_nan=False))


def build_list_trial(name: str, arguments: tuple[int | str | Array | None, ...]) -> Trial:
    """Return a trial in which arrays come as lists."""
    return Trial(
        name,
        arguments,
        edge=_("for lists"),
        hint=_("Arguments may be lists: turn them into arrays first, with np.asarray."),
        lists=True,
    )


def build_integer_trial(name: str, arguments: tuple[str | Array | None, ...]) -> Trial:
    """Return a trial with arrays of integers."""
    return Trial(
        name,
        arguments,
        edge=_("for arrays of integers"),
        hint=_("Results need not be integers: compute with floats, and write into no array of integers."),
    )
