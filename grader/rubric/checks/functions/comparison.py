"""Helpers for checks of functions: compare returned numbers with expected ones."""

from collections.abc import Mapping, Sequence

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words, _, write_number
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, failed
from grader.evidence.values import first_difference, is_numeric
from grader.protocol.evidence import Returned
from grader.protocol.plan import ArrayArg, Call, Step
from grader.rubric.checks.base import DrawnCheck
from grader.rubric.checks.calls import write_call


def compare(
    function: str, received: Array, expected: Array, what: Words, arguments: Sequence[Array] = ()
) -> Judgement | None:
    """Compare numbers with those expected, up to the rounding of float32.

    Args:
        function: name of the function that returned them, for the message.
        received: what it returned.
        expected: what it has to return, of the same shape.
        what: what the expected numbers are, in words.
        arguments: of the call, which the message shows unless they are too long.

    Returns:
        The judgement `failed` with the first difference, or None where there is none.
    """
    call = (write_call(function, *arguments) if arguments else "") or f"{function}()"
    if not is_numeric(received):
        return failed(
            _(
                "{function}() has to return numbers. Received: dtype {dtype}.",
                function=function,
                dtype=str(received.dtype),
            ),
            expected=what,
            received=str(received.dtype),
        )
    if received.shape != expected.shape:
        return failed(
            _(
                "{call} returned the shape {received}; expected {expected}.",
                call=call,
                received=str(received.shape),
                expected=str(expected.shape),
            ),
            expected=_("shape {shape}", shape=str(expected.shape)),
            received=_("shape {shape}", shape=str(received.shape)),
        )
    place = first_difference(received, expected)
    if place is None:
        return None
    message = _(
        "{call} returned other numbers than expected ({what}). The first difference is at index {place}.",
        call=call,
        what=what,
        place=str(list(place)),
    )
    if (factor := find_factor(received, expected)) is not None:
        message = _(
            "{call} returned {factor:.4g} times the expected numbers ({what}), all of them. Is there a wrong or "
            "missing factor?",
            call=call,
            factor=factor,
            what=what,
        )
    return failed(
        message,
        expected=write_number(float(expected[place]), ".6g"),
        received=write_number(float(received[place]), ".6g"),
    )


def find_factor(received: Array, expected: Array) -> float | None:
    """Return the number that all received numbers are the expected ones times; None where there is none."""
    a, b = received.astype(np.float64).ravel(), expected.astype(np.float64).ravel()
    is_zero = b == 0
    if len(np.unique(b[~is_zero])) < 2 or (a[is_zero] != 0).any():
        return None  # of two numbers at least, or it is no pattern
    ratios = a[~is_zero] / b[~is_zero]
    is_constant = (
        np.isfinite(ratios).all() and np.allclose(ratios, ratios[0], rtol=1e-3, atol=0) and ratios[0] != 0
    )
    return float(ratios[0]) if is_constant else None


def check_unchanged(case: Case, step: str, function: str) -> Judgement | None:
    """Return the judgement `failed` where a call wrote into an array that it was given, else None."""
    outcome = case.seen(step).evidence.outcome
    if isinstance(outcome, Returned) and outcome.mutated:
        return failed(
            _(
                "{function}() changes the array that it is given. Work on a copy: the caller still needs the "
                "original.",
                function=function,
            ),
            expected=_("unchanged arguments"),
            received=_("argument {number} was written to", number=outcome.mutated[0] + 1),
        )
    return None


class OnBatches(DrawnCheck):
    """A check that calls `function` once on each of a few arrays of its own."""

    function: str

    def batches(self) -> Mapping[str, Array]:
        """Return the arrays by name."""
        raise NotImplementedError

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return one call for each array."""
        return tuple(
            Call(
                id=f"{self.function}@{name}",
                function=self.function,
                arguments=(ArrayArg(name=f"{self.function}:{name}"),),
            )
            for name in self.batches()
        )

    def arrays(self) -> Mapping[str, Array]:
        """Return the arrays by the names that the steps use."""
        return {f"{self.function}:{name}": batch for name, batch in self.batches().items()}
