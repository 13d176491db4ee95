"""Helpers for checks of functions: compare returned numbers with expected ones."""

from collections.abc import Mapping, Sequence

from grader.core.arrays import Array
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, failed
from grader.evidence.values import first_difference, is_numeric
from grader.protocol.evidence import Returned
from grader.protocol.plan import ArrayArg as Given
from grader.protocol.plan import Call, Step
from grader.rubric.checks.base import Check


def compare(function: str, received: Array, expected: Array, what: Words) -> Judgement | None:
    """Compare numbers with those expected, up to the rounding of float32.

    Args:
        function: name of the function that returned them, for the message.
        received: what it returned.
        expected: what it has to return, of the same shape.
        what: what the expected numbers are, in words.

    Returns:
        The judgement `failed` with the first difference, or None where there is none.
    """
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
                "{function}() returned the shape {received}; expected {expected}.",
                function=function,
                received=str(received.shape),
                expected=str(expected.shape),
            ),
            expected=_("shape {shape}", shape=str(expected.shape)),
            received=_("shape {shape}", shape=str(received.shape)),
        )
    place = first_difference(received, expected)
    if place is None:
        return None
    return failed(
        _(
            "{function}() returned other numbers than expected ({what}). The first difference is at index "
            "{place}.",
            function=function,
            what=what,
            place=str(list(place)),
        ),
        expected=f"{float(expected[place]):.6g}",
        received=f"{float(received[place]):.6g}",
    )


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


class OnBatches(Check):
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
                arguments=(Given(name=f"{self.function}:{name}"),),
            )
            for name in self.batches()
        )

    def arrays(self) -> Mapping[str, Array]:
        """Return the arrays by the names that the steps use."""
        return {f"{self.function}:{name}": batch for name, batch in self.batches().items()}
