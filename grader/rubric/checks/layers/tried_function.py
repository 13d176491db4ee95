"""Judge what a function returned that computes the values after each layer of one network."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words, _, write_number
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, partial
from grader.protocol.evidence import Raised
from grader.protocol.plan import REFUSED_CALL
from grader.protocol.verdict import Status
from grader.rubric.checks.functions.comparison import check_unchanged
from grader.rubric.checks.layers.chain_values import ChainWeights, explain_values, is_same, read_values

HALF = 0.5  # of what counts for a network: right but for the last values, a value left out, or a single row


@dataclass(frozen=True)
class TriedFunction:
    """A function that was called with one network."""

    function: str
    case: Case
    chain: ChainWeights
    own_layers: str  # "apart" or "fused" where the network is that of the submission, see `_read_own_layers`

    def judge(self, step: str, x: Array) -> Judgement | None:
        """Return what is wrong with the result of one call; None for nothing.

        Raises:
            PreconditionFailedError: the call did not return, or returned something else than arrays.
        """
        self._require_no_call(step)
        value, arrays = self.case.value(step)
        received = read_values(value, arrays, self.function)
        expected = self.chain.compute(x)
        if len(received) == len(expected) + 1 and is_same(received[1], expected[0]):
            received = received[1:]  # of a functional model, the input layer is a layer, too
        wrong = [i for i, (a, b) in enumerate(zip(received, expected, strict=False)) if not is_same(a, b)]
        if len(received) != len(expected):
            return self._judge_count(received, expected)
        if wrong:
            return self._explain(received, expected, wrong[0])
        problem = check_unchanged(self.case, step, self.function)
        return None if problem is None else _keep_half(problem)

    def name_network(self, step: str, problem: Judgement) -> Judgement:
        """Return what is wrong with a call that stopped with an error, and with which network it did."""
        result = self.case.steps.get(step)
        outcome = result.evidence.outcome if result is not None else None
        if problem.status is not Status.FAILED or not isinstance(outcome, Raised):
            return problem
        message = _("{begin}, this happened: {problem}", begin=self._begin(), problem=problem.message)
        return replace(problem, message=message)

    def _require_no_call(self, step: str) -> None:
        """Raise `PreconditionFailedError` where the function called a layer or a model."""
        result = self.case.steps.get(step)
        outcome = result.evidence.outcome if result is not None else None
        if not isinstance(outcome, Raised) or outcome.exception.type != REFUSED_CALL:
            return
        message = _(
            "{function}() calls the model, or a layer. Here the values have to be computed with the weights, "
            "which layer.get_weights() returns: a product, a sum, and an activation that you write yourself.",
            function=self.function,
        )
        frames = outcome.exception.frames
        raise PreconditionFailedError(
            failed(
                message,
                expected=_("values computed with the weights"),
                received=_("a call of the model or of a layer"),
                at=frames[-1] if frames else None,
            )
        )

    def _judge_count(self, received: Sequence[Array], expected: Sequence[Array]) -> Judgement | None:
        """Return the judgement for a list that is too short or too long; None for that of fused layers."""
        names = self.chain.name_layers()
        positions = _find_positions(received, expected)
        if positions is None:
            message = _(
                "{begin}, {function}() returned {received} arrays; expected {expected}: {names}.",
                begin=self._begin(),
                function=self.function,
                received=len(received),
                expected=len(expected),
                names=", ".join(names),
            )
            return failed(
                message,
                expected=_("{count} arrays", count=len(expected)),
                received=_("{count} arrays", count=len(received)),
            )
        missing = [name for i, name in enumerate(names) if i not in positions]
        after_activations = list(range(0, len(expected), 2))
        if self.own_layers == "fused" and positions == after_activations:
            return None  # the values after each layer that there is
        message = _(
            "{begin}, {function}() returned {received} arrays, which are right, but some are missing: {missing}. "
            "Expected {expected}: {names}.",
            begin=self._begin(),
            function=self.function,
            received=len(received),
            missing=", ".join(missing),
            expected=len(expected),
            names=", ".join(names),
        )
        is_little = len(missing) == 1 or set(after_activations) <= set(positions)
        make: Any = _make_half if is_little else failed
        judgement: Judgement = make(
            message,
            expected=_("{count} arrays", count=len(expected)),
            received=_("{count} arrays", count=len(received)),
        )
        return judgement

    def _explain(self, received: Sequence[Array], expected: Sequence[Array], position: int) -> Judgement:
        """Return the judgement for the first values that are wrong."""
        names, values, right = self.chain.name_layers(), received[position], expected[position]
        if all(map(is_same, reversed(received), expected)):
            message = _(
                "{begin}, {function}() returned the values in the wrong order: expected are {names}.",
                begin=self._begin(),
                function=self.function,
                names=", ".join(names),
            )
            return failed(message)
        if values.size != right.size or (values.shape != right.shape and len(right) > 1):
            return failed(
                _(
                    "{begin}, at index {index} ({layer}) {function}() gives the shape {received}; expected "
                    "{expected}: one row for each row of x.",
                    begin=self._begin(),
                    function=self.function,
                    index=position,
                    layer=names[position],
                    received=str(values.shape),
                    expected=str(right.shape),
                ),
                expected=_("shape {shape}", shape=str(right.shape)),
                received=_("shape {shape}", shape=str(values.shape)),
            )
        flat = np.abs(values.astype(np.float64).reshape(right.shape) - right)
        place = np.unravel_index(int(np.argmax(np.where(np.isfinite(flat), flat, np.inf))), right.shape)
        expected_number = write_number(right[place], ".5g")
        received_number = write_number(values.reshape(right.shape)[place], ".5g")
        make: Any = _make_half if position == len(expected) - 1 else failed
        judgement: Judgement = make(
            _(
                "{begin}, the values that {function}() gives at index {index} ({layer}) are wrong: in row {row}, "
                "column {column} there is {received}; expected {expected}. {why}",
                begin=self._begin(),
                function=self.function,
                index=position,
                layer=names[position],
                row=int(place[0]),
                column=int(place[1]),
                received=received_number,
                expected=expected_number,
                why=explain_values(self.chain, expected, position, values),
            ),
            expected=expected_number,
            received=received_number,
        )
        return judgement

    def _begin(self) -> Words:
        """Return the network as the beginning of a sentence."""
        if self.own_layers:
            return _("With your network {name}, to which the grader gave other weights", name=self.chain.name)
        return _("With a network {name} of the grader's", name=self.chain.name)


def _keep_half(judgement: Judgement) -> Judgement:
    return replace(judgement, status=Status.PARTIAL, share=HALF)


def _make_half(message: Words, **facts: Any) -> Judgement:
    return partial(HALF, message, **facts)


def _find_positions(received: Sequence[Array], expected: Sequence[Array]) -> list[int] | None:
    """Return which of the expected arrays the received ones are, in order; None where one is none of them."""
    positions: list[int] = []
    for array in received:
        rest = range(positions[-1] + 1 if positions else 0, len(expected))
        position = next((i for i in rest if is_same(array, expected[i])), None)
        if position is None:
            return None
        positions.append(position)
    return positions if positions and positions[-1] == len(expected) - 1 else None
