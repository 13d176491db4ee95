"""Checks of a network that is a straight line: one neuron, its weights and bias, and what it predicts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import Share
from grader.core.i18n import Words, _, write_number
from grader.evidence.affine import is_bent
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, passed
from grader.evidence.network import Model
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.rubric.checks.fitting import require_argument
from grader.rubric.checks.networks.output_and_loss import name_activation
from grader.rubric.checks.networks.regression import fit_least_squares
from grader.rubric.checks.networks.score_advice import advise_on_score
from grader.rubric.checks.networks.several import EachNetwork
from grader.rubric.checks.networks.single import count_outputs, require_certified
from grader.rubric.data.dataset import Data


@dataclass(frozen=True)
class LinearNeuron(EachNetwork):
    """Exactly one Dense layer with one unit, linear, with a bias, judged by what the frozen graph computes.

    >>> LinearNeuron((Training(name="one", arguments=(1,)), Training(name="ten", arguments=(10,))))
    """

    kinds = frozenset({"regression"})
    topics = frozenset({"architecture", "head"})

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where the parameters do not fit the exercise."""
        require_argument(self, self.networks, data)

    def judge_one(self, case: Case, network: Training) -> Judgement:
        """Judge what stands in the graph; what builds on the network can be judged all the same."""
        model = require_certified(case, network, after=False)
        assert model.graph is not None
        units = count_outputs(model)
        if units != 1:
            return _wrong_units(model, units)
        problem = _find_problem(case, network, model)
        return problem or passed(
            _("One Dense layer with one unit, linear, with a bias: that is a linear regression."),
            received=_("parameters: {count}", count=model.parameters),
        )


def _find_problem(case: Case, network: Training, model: Model) -> Judgement | None:
    return _not_one_line(model) or _bent(model) or _curved(case, network) or _without_bias(model)


def _wrong_units(model: Model, units: int | None) -> Judgement:
    shape = str(model.output_shape)
    received = _("{count} output units", count=units) if units else _("outputs of shape {shape}", shape=shape)
    return failed(
        _("Expected a single number for each row: Dense(1). Received: {received}.", received=received),
        expected=_("{count} output units", count=1),
        received=received,
    )


def _not_one_line(model: Model) -> Judgement | None:
    assert model.graph is not None
    kernels = [kernel.shape for _unused, kernel in model.graph.kernels]
    expected = _("one Dense layer")
    received = _("{count} layers with weights", count=len(kernels))
    shapes = _("{count} layers with weights: {shapes}", count=len(kernels), shapes=_shapes(kernels))
    if len(kernels) > 1 and model.graph.hidden:
        return failed(
            _(
                "Expected one Dense layer. Received: {received}, with something non-linear between them. That "
                "network bends its line; a linear regression has no hidden layer.",
                received=received,
            ),
            expected=expected,
            received=shapes,
            blocks=False,
        )
    if len(kernels) > 1:
        return failed(
            _(
                "Expected one Dense layer. Received: {received}. Without an activation between them they "
                "collapse into one: a linear function of a linear function is linear. Remove all but Dense(1).",
                received=received,
            ),
            expected=expected,
            received=shapes,
            blocks=False,
        )
    if not kernels and not model.graph.weights:
        return failed(
            _("The network has no weights that its input is multiplied with. Is a Dense layer missing?"),
            expected=expected,
            received=_("no weights"),
            blocks=False,
        )
    return None


def _shapes(shapes: Sequence[tuple[int, ...]]) -> str:
    return ", ".join("×".join(map(str, shape)) for shape in shapes)


def _bent(model: Model) -> Judgement | None:
    """Return the judgement for an output that an activation bends, else None."""
    assert model.graph is not None
    bends = model.output_bends
    if not bends:
        return None
    if bends[-1] in {"relu", "relu6"}:
        message = _(
            "The output goes through relu, which gives nothing below zero: negative targets can never be "
            "predicted, and a unit that is below zero no longer learns. Leave the activation of the output "
            "layer out."
        )
    elif bends[-1] == "softmax":
        message = _("softmax over a single unit is always 1. Leave the activation of the output layer out.")
    else:
        message = _(
            "The output goes through {activation}, which bends and limits it. A linear regression predicts any "
            "number: leave the activation of the output layer out.",
            activation=name_activation(bends[-1]),
        )
    return failed(
        message,
        expected=_("a linear output"),
        received=_("an output with {activation}", activation=name_activation(bends[-1])),
        blocks=False,
    )


def _curved(case: Case, network: Training) -> Judgement | None:
    """Return the judgement for a network that something bends before its output, else None."""
    if not is_bent(case, network):
        return None
    return failed(
        _(
            "What the network computes is no straight line in its features: something bends them on the way, such "
            "as an activation or a formula of your own. A linear regression is w·x + b. Leave out whatever is not "
            "that; to scale or to flatten the features first is fine."
        ),
        expected=_("one Dense layer"),
        received=_("something that is not linear"),
        blocks=False,
    )


def read_line(model: Model) -> tuple[Array, float] | None:
    """Return weights and bias of what the network computes, from its outputs for zeros and for unit rows.

    None where there is not one number for each of these rows. The outputs are those of the frozen graph.
    """
    outputs = model.outputs.get("x_probe")
    return read_line_of(outputs) if outputs is not None else None


def read_line_of(outputs: Array) -> tuple[Array, float] | None:
    """Return weights and bias from outputs for zeros and for unit rows; None for other outputs."""
    if not outputs.ndim or outputs.size != len(outputs):
        return None
    values = outputs.ravel().astype(np.float64)
    return values[1:] - values[0], float(values[0])


def require_certified_line(case: Case, network: Training) -> tuple[Array, float]:
    """Return the line of the trained network; `PreconditionFailedError` where it has none."""
    model = require_certified(case, network, after=True)
    line = read_line(model)
    if line is None:
        shape = str(model.output_shape)
        raise PreconditionFailedError(
            failed(
                _(
                    "The network has no weights and bias of a line: its outputs have the shape {shape}.",
                    shape=shape,
                ),
                expected="(None, 1)",
                received=shape,
            )
        )
    return line


def _without_bias(model: Model) -> Judgement | None:
    assert model.graph is not None
    if not model.graph.dense or model.graph.dense[0].bias:
        return None
    return failed(
        _(
            "The Dense layer has no bias: the line has to go through zero. Remove use_bias=False, so that the "
            "network can learn the value that is predicted where all features are 0."
        ),
        expected=_("a bias"),
        received="use_bias=False",
        blocks=False,
    )


@dataclass(frozen=True)
class LeastSquares(EachNetwork):
    """Weights and bias of the trained network are those of least squares on the same rows, within a share of each.

    `within`: that share. None of them may be near 0, where shares mean nothing: so the target is not standardised.

    >>> LeastSquares((Training(name="one", arguments=(1,)),), within=0.05)
    """

    kinds = frozenset({"regression"})
    topics = frozenset({"score"})
    within: Share = 0.05

    def held_back(self) -> tuple[str, ...]:
        """Return what networks need, and the rows on which a linear one shows its line."""
        return (*super().held_back(), *(network.array("x_probe") for network in self.networks))

    def judge_one(self, case: Case, network: Training) -> Judgement:
        """Judge what the frozen graph computes."""
        weights, bias = require_certified_line(case, network)
        right_weights, right_bias = fit_least_squares(case, network)
        names = [*(f"w[{index}]" for index in range(len(right_weights))), "b"]
        received, right = np.append(weights, bias), np.append(right_weights, right_bias)
        if received.shape != right.shape or not np.isfinite(received).all():
            return failed(_("The outputs of the network are not numbers for every row (NaN or infinite)."))
        off = np.abs(received - right) / np.abs(right)
        worst = int(np.argmax(off))
        if off[worst] <= self.within:
            return passed(
                _(
                    "Weights and bias are at most {off:.1%} away from the least-squares solution.",
                    off=float(off[worst]),
                )
            )
        return failed(
            _(
                "{name} of the network is {received:.3f}; the least-squares solution on the same rows has "
                "{right:.3f}. At most {within:.0%} of that may lie between them. {advice}",
                name=names[worst],
                received=float(received[worst]),
                right=float(right[worst]),
                within=self.within,
                advice=_advice(case, network),
            ),
            expected=write_number(right[worst], ".3f"),
            received=write_number(received[worst], ".3f"),
        )


def _advice(case: Case, network: Training) -> Words:
    if _find_problem(case, network, require_certified(case, network, after=True)):
        return _("This network is not a single linear neuron with a bias; begin with that.")
    return advise_on_score(case, network)
