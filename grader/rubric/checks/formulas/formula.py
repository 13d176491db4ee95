"""What a formula is to a check: what is right, on what it is tried, and what the usual mistakes compute."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words, _
from grader.evidence.case import Case

BY_HAND = _("Work this case out by hand.")


@dataclass(frozen=True)
class Trial:
    """One call: plain integers and arrays. `edge`: the end of "not ...", where the input is a special one.

    `hint`: what helps there. `lists`: arrays are handed over as lists. `spam`: it is the course's own example.
    """

    name: str
    arguments: tuple[int | Array, ...]
    edge: Words | None = None
    hint: Words = BY_HAND
    lists: bool = False
    spam: bool = False


@dataclass(frozen=True)
class Mistake:
    """Another formula that students write, and the sentence that says what it computes."""

    formula: Callable[..., object]
    words: Words


Reader = Callable[[Case, str, str], Array]


def as_array(case: Case, step: str, function: str) -> Array:
    """Return what a call returned as one array of numbers."""
    return case.array(step, function)


MOST_SHOWN = 12  # numbers of an array that are written out


def format_value(value: Array) -> str:
    """Return numbers as they stand in a message."""
    if value.ndim == 0:
        return f"{value.item():.6g}"
    few = value.ravel()[:MOST_SHOWN].tolist()
    if value.size > MOST_SHOWN:
        return f"[{', '.join(f'{v:.4g}' for v in few[:4])}, …]"
    if value.ndim > 1:
        return f"[{', '.join(format_value(row) for row in value)}]"
    return f"[{', '.join(f'{v:.4g}' for v in few)}]"


@dataclass(frozen=True)
class Formula:
    """A function of the contract.

    `words`: what it computes. `right`: the truth, by scikit-learn where it has it; called with the arguments of a
    trial. `agrees`: whether a value is right, where more than one is. `read`: the returned value as numbers.
    """

    words: Words | str
    parameters: tuple[str, ...]
    right: Callable[..., object]
    trials: Callable[[], tuple[Trial, ...]]
    mistakes: tuple[Mistake, ...] = ()
    agrees: Callable[..., bool] | None = None
    read: Reader = as_array
    shape_hint: Words | str = ""
    show: Callable[[Array], str] = format_value


def close(received: Array, expected: Array) -> bool:
    """Return whether numbers are the same up to the rounding of float32."""
    if received.shape != expected.shape:
        return False
    a, b = received.astype(np.float64), expected.astype(np.float64)
    return bool(np.allclose(a, b, rtol=1e-4, atol=1e-6, equal_nan=False))


def lists(name: str, arguments: tuple[Array, ...]) -> Trial:
    """Return a trial in which arrays come as lists."""
    return Trial(
        name,
        arguments,
        edge=_("for lists"),
        hint=_("Arguments may be lists: turn them into arrays first, with np.asarray."),
        lists=True,
    )


def integers(name: str, arguments: tuple[Array, ...]) -> Trial:
    """Return a trial with arrays of integers."""
    return Trial(
        name,
        arguments,
        edge=_("for arrays of integers"),
        hint=_("Results need not be integers: compute with floats, and write into no array of integers."),
    )
