"""Checks of what functions read off a trained linear neuron: its coefficients and its predictions."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import FunctionName
from grader.core.i18n import Words, _, write_number
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, partial, passed
from grader.evidence.network import Model, read_network
from grader.evidence.run_evidence import ReplayResult
from grader.evidence.values import flat, is_numeric, name_of, numbers
from grader.protocol.evidence import ArrayValue, Entries, Items, Raised, Value
from grader.protocol.plan import ArrayArg, Call, Replay, Step
from grader.protocol.training import Training
from grader.protocol.verdict import Status
from grader.rubric.checks.base import DrawnCheck
from grader.rubric.checks.calls import show_call, write_build, write_call, write_network_call
from grader.rubric.checks.networks.linear import read_line_of, require_certified_line
from grader.rubric.checks.networks.second_network import SecondNetwork
from grader.rubric.checks.networks.several import AfterTraining
from grader.rubric.checks.networks.single import require_certified

HALF = 0.5  # of the points: right for many rows, wrong for a single one
ROUNDING = 0.0051  # a coefficient that was rounded to two decimals is still that coefficient


def _pair(value: Value, arrays: Mapping[str, Array], function: str) -> tuple[Array, Array]:
    """Return what was returned as weights and bias, whatever it was wrapped in."""
    parts: list[Array] = []
    match value:
        case Items(items=(first, second)):
            parts = [numbers(first, arrays, function), numbers(second, arrays, function)]
        case Entries(entries=((_, first), (_, second))):
            parts = [numbers(first, arrays, function), numbers(second, arrays, function)]
        case ArrayValue(ref=ref, shape=(2, *_)):
            parts = [arrays[ref][0], arrays[ref][1]]
    if len(parts) != 2:
        raise PreconditionFailedError(
            failed(
                _(
                    "{function}() has to return a pair: `return w, b`. Received: {received}.",
                    function=function,
                    received=name_of(value),
                ),
                expected="(w, b)",
                received=name_of(value),
            )
        )
    if not all(is_numeric(part) for part in parts):
        kinds = ", ".join(str(part.dtype) for part in parts)
        raise PreconditionFailedError(
            failed(
                _("{function}() has to return numbers. Received: dtype {dtype}.", function=function, dtype=kinds),
                expected=_("numbers"),
                received=kinds,
            )
        )
    return parts[0], parts[1]


def _read_stored_line(model: Model, replayed: ReplayResult) -> Sequence[tuple[Array, float]]:
    """Return kernel and bias as the frozen graph holds them; with a Normalization layer, they are another line."""
    assert model.graph is not None
    if len(model.graph.dense) != 1 or not model.graph.dense[0].plain:
        return ()
    node, refs = model.graph.dense[0], replayed.evidence.constants
    bias = float(replayed.arrays[refs[node.bias]].ravel()[0]) if node.bias else 0.0
    kernel = replayed.arrays[refs[node.kernel]]
    return ((kernel[:, 0].astype(np.float64), bias),) if kernel.shape[1] == 1 else ()


def _compared(function: str, received: Array, lines: Sequence[tuple[Array, float]]) -> Judgement:
    rights = [np.append(weights, bias) for weights, bias in lines]
    # A network without finite numbers has no coefficients to be compared with.
    if any(np.allclose(received, right, rtol=1e-3, atol=ROUNDING) for right in rights):
        return passed(_("Weights and bias are those of the network."))
    right = rights[-1]
    names = [*(f"w[{index}]" for index in range(len(right) - 1)), "b"]
    if len(right) == 2 and np.allclose(received[::-1], right, rtol=1e-3, atol=ROUNDING):
        return failed(
            _("{function}() returns (b, w); the task sheet wants (w, b).", function=function),
            expected="(w, b)",
            received="(b, w)",
        )
    off = np.abs(received - right)
    worst = int(np.argmax(np.where(np.isfinite(off), off, np.inf)))
    message = _(
        "{function}() returned other numbers than the network has. {name} has to be {right:.4f}; "
        "received: {received:.4f}.",
        function=function,
        name=names[worst],
        right=float(right[worst]),
        received=float(received[worst]),
    )
    if not np.isclose(received, right, rtol=1e-3, atol=ROUNDING).any():
        message = _(
            "{message} None of the numbers is the network's: are they read from the model that {function}() is "
            "given, and not from a new or another one?",
            message=message,
            function=function,
        )
    return failed(
        message,
        expected=_("{name} = {value}", name=names[worst], value=write_number(right[worst], ".4f")),
        received=_("{name} = {value}", name=names[worst], value=write_number(received[worst], ".4f")),
    )


@dataclass(frozen=True)
class Coefficients(DrawnCheck, AfterTraining):
    """`function(model)` returns the pair (w, b) of the network: a weight for each feature, and the bias.

    It is called for the trained network and, with a secret, for one that is only built, whose weights are others.

    >>> Coefficients((Training(name="one", arguments=(1,)),), "coefficients")
    """

    kinds = frozenset({"regression"})
    function: FunctionName = "coefficients"

    def held_back(self) -> tuple[str, ...]:
        """Return what networks need, and the rows on which a linear one shows its line."""
        return (*super().held_back(), *(network.array("x_probe") for network in self.networks))

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the trainings and a call after each, and a call for a network of each that is not trained."""
        # Evidence that was made without a secret is of a time when that was not asked for.
        networks = self.networks if self.seal.is_closed else ()
        return [
            *super().steps(seeds),
            *(step for network in networks for step in _second(network).steps(seeds[0] + 1)),
            *(
                Call(id=self._call_second(network), function=self.function, arguments=(_second(network).argument,))
                for network in networks
            ),
        ]

    def _call_second(self, network: Training) -> str:
        return f"{self.function}@{network.name}:fresh{network.suffix}"

    def replays(self, case: Case) -> tuple[Sequence[Replay], Mapping[str, Array]]:
        """Return the replays of the networks that are not trained."""
        replays: list[Replay] = []
        arrays: dict[str, Array] = {}
        for network in self.networks:
            more, named = _second(network).replays(case)
            replays += more
            arrays |= named
        return replays, arrays

    def judge_one(self, case: Case, network: Training) -> Judgement:
        """Judge against the line that the frozen graph computes, or the kernel and bias that it holds."""
        step = network.trained(case.seeds[0])
        pair = self._pair(case, self.call(network, case.seeds[0]).id)
        lines = [require_certified_line(case, network)]
        lines += _read_stored_line(require_certified(case, network, after=True), case.replays[step])
        judgement = show_call(self._judge_pair(pair, lines), write_network_call(network, self.function))
        if judgement.status is not Status.PASSED:
            return judgement
        return self._judge_second(case, network) or judgement

    def _judge_second(self, case: Case, network: Training) -> Judgement | None:
        """Return what is wrong with the answer for the network that is not trained, or None.

        Raises:
            PreconditionFailedError: it was asked for, and the evidence of the network is missing.
        """
        if not self.seal.is_closed:
            return None
        second = _second(network).read(case)
        if second is None:
            return None
        model, replayed = second
        line = read_line_of(replayed.arrays[replayed.evidence.outputs[0]])
        if line is None:
            return None
        lines = [line, *_read_stored_line(model, replayed)]
        try:
            judgement = self._judge_pair(self._pair(case, self._call_second(network)), lines)
        except PreconditionFailedError as unmet:
            judgement = unmet.judgement
        if judgement.status is Status.NOT_GRADED:
            return judgement
        if judgement.status is not Status.FAILED:
            return None
        message = _(
            "{message} This is for a network that is only built, and not trained: for the trained one, the "
            "numbers are right. Read them from the weights of the model that {function}() is given.",
            message=judgement.message,
            function=self.function,
        )
        call = write_call(self.function, write_build(network))
        return show_call(replace(judgement, message=message), call)

    def _pair(self, case: Case, call: str) -> tuple[Array, Array]:
        value, arrays = case.value(call)
        return _pair(value, arrays, self.function)

    def _judge_pair(self, pair: tuple[Array, Array], lines: Sequence[tuple[Array, float]]) -> Judgement:
        w, b = pair
        features = len(lines[0][0])
        if w.size == 1 and b.size == features and features > 1:
            return failed(
                _("{function}() returns (b, w); the task sheet wants (w, b).", function=self.function),
                expected="(w, b)",
                received="(b, w)",
            )
        if w.size != features or b.size != 1:
            return failed(
                _(
                    "{function}() has to return (w, b): as many weights as there are features ({features}), and "
                    "one bias. Received: {weights} and {biases}.",
                    function=self.function,
                    features=features,
                    weights=int(w.size),
                    biases=int(b.size),
                ),
                expected=_("shapes {w} and {b}", w=f"({features},)", b="()"),
                received=_("shapes {w} and {b}", w=str(w.shape), b=str(b.shape)),
            )
        return _compared(self.function, np.append(w.ravel(), b.ravel()).astype(np.float64), lines)


def _second(network: Training) -> SecondNetwork:
    return SecondNetwork(network, "x_probe")


_ABOUT_SHAPES = re.compile(r"shape|Matrix size|expected axis|dimension")


def _ask_for_another_model(case: Case, network: Training, call: str, judgement: Judgement) -> Judgement:
    """Return a judgement of an error about shapes, with a question where the network given takes the rows."""
    outcome = case.steps[call].evidence.outcome if call in case.steps else None
    model = read_network(case, network, case.seeds[0]).after
    takes_rows = model is not None and "x_val" in model.outputs
    if not isinstance(outcome, Raised) or not takes_rows or not _ABOUT_SHAPES.search(outcome.exception.message):
        return judgement
    message = _(
        "{message} The model that the function is given takes these rows: is another one used here?",
        message=judgement.message,
    )
    return replace(judgement, message=message)


def _explain_offset(function: str, off: Array) -> Words | None:
    """Return a sentence where all predictions are off by one and the same number, else None."""
    if len(off) < 2 or not np.isfinite(off).all() or np.ptp(off) > 1e-3 * max(1.0, abs(float(off[0]))):
        return None
    return _(
        "All that {function}() returns is {off:.4g} off what the network gives, by the same number in each row. "
        "Is the bias left out, or added twice?",
        function=function,
        off=float(off.mean()),
    )


@dataclass(frozen=True)
class Predictions(DrawnCheck, AfterTraining):
    """`function(model, x)` returns what the network predicts, one number for each row. A column is told only.

    With a secret, it is called for a single row, too: a number without an axis keeps half of the points.

    >>> Predictions((Training(name="one", arguments=(1,)),), "predict")
    """

    kinds = frozenset({"regression"})
    function: FunctionName = "predict"

    def more(self, network: Training) -> tuple[ArrayArg, ...]:
        """Return the rows to predict."""
        return (ArrayArg(name=network.array("x_val")),)

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the trainings and a call after each, and a call with a single row for each network."""
        # Evidence that was made without a secret is of a time when that was not asked for.
        networks = self.networks if self.seal.is_closed else ()
        return [*super().steps(seeds), *(self._call_with_one_row(network, seeds[0]) for network in networks)]

    def _call_with_one_row(self, network: Training, seed: int) -> Call:
        call = self.call(network, seed)
        row = ArrayArg(name=network.array("x_val"), row_count=1)
        return msgspec.structs.replace(call, id=f"{call.id}:one_row", arguments=(call.arguments[0], row))

    def judge_one(self, case: Case, network: Training) -> Judgement:
        """Judge against the replay of the frozen graph."""
        judgement = self._judge_rows(case, network)
        if judgement.status is not Status.PASSED or not self.seal.is_closed:
            return judgement
        return self._judge_one_row(case, network) or judgement

    def _judge_one_row(self, case: Case, network: Training) -> Judgement | None:
        """Return what is wrong with the answer for a single row; None for one number in an array."""
        right = require_certified(case, network, after=True).outputs["x_val"].ravel()[0]
        try:
            received = case.array(self._call_with_one_row(network, case.seeds[0]).id, self.function)
        except PreconditionFailedError as unmet:
            if unmet.judgement.status is Status.NOT_GRADED:
                return unmet.judgement
            problem = unmet.judgement.message
        else:
            if received.size == 1 and received.ndim and is_numeric(received):
                if np.allclose(received, right, rtol=1e-3, atol=1e-3):
                    return None
                number = write_number(received.ravel()[0], ".4f")
                problem = _("It returns {number} for it, and not what the network gives.", number=number)
            elif received.size == 1:
                problem = _(
                    "It returns a number without an axis: squeeze() removes every axis of length 1, also that of "
                    "the rows. [:, 0] or ravel() keeps it."
                )
            else:
                problem = _("It returns an array of shape {shape} for it.", shape=str(received.shape))
        message = _(
            "{function}() is right for many rows, but not for a single one, where the shape (1,) is expected. "
            "{problem}",
            function=self.function,
            problem=problem,
        )
        row = case.inside[network.array("x_val")][:1]
        judgement = partial(HALF, message, expected=_("shape {shape}", shape="(1,)"))
        return show_call(judgement, write_network_call(network, self.function, row))

    def _judge_rows(self, case: Case, network: Training) -> Judgement:
        try:
            received = case.array(self.call(network, case.seeds[0]).id, self.function)
        except PreconditionFailedError as unmet:
            return _ask_for_another_model(case, network, self.call(network, case.seeds[0]).id, unmet.judgement)
        right = require_certified(case, network, after=True).outputs["x_val"]
        call = write_network_call(network, self.function, "x_val")
        if not is_numeric(received):
            judgement = failed(
                _(
                    "{function}() has to return numbers. Received: dtype {dtype}.",
                    function=self.function,
                    dtype=str(received.dtype),
                ),
                expected=_("numbers"),
                received=str(received.dtype),
            )
            return show_call(judgement, call)
        if flat(received).shape != (len(right),) or right.size != len(right):
            judgement = failed(
                _(
                    "{function}() has to return one number for each row: shape {expected}. Received: shape "
                    "{received}.",
                    function=self.function,
                    expected=str((len(right),)),
                    received=str(received.shape),
                ),
                expected=str((len(right),)),
                received=str(received.shape),
            )
            return show_call(judgement, call)
        off = np.abs(flat(received).astype(np.float64) - right.ravel())
        if not np.allclose(flat(received), right.ravel(), rtol=1e-3, atol=1e-3):
            worst = int(np.argmax(np.where(np.isfinite(off), off, np.inf)))
            judgement = failed(
                _explain_offset(self.function, flat(received) - right.ravel())
                or _(
                    "{function}() does not return what the network gives for these rows. The largest difference "
                    "is in row {row}.",
                    function=self.function,
                    row=worst,
                ),
                expected=write_number(right.ravel()[worst], ".4f"),
                received=write_number(flat(received)[worst], ".4f"),
            )
            rows = case.inside[network.array("x_val")][worst : worst + 1]
            return show_call(judgement, write_network_call(network, self.function, rows))
        if received.ndim > 1:
            return passed(
                _(
                    "The predictions are those of the network. They have the shape {received}; flatten them to "
                    "{expected}, or a difference to y becomes a table.",
                    received=str(received.shape),
                    expected=str((len(right),)),
                ),
                received=str(received.shape),
            )
        return passed(_("One number for each row, as the network gives it."))
