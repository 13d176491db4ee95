"""Read what became of a layer: its weights before and after steps of training, from replays of its graphs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, not_graded
from grader.protocol.evidence import GraphFacts, LayerTrial
from grader.protocol.plan import Replay, TryLayer

SAME = 1e-5  # weights closer than this, as share of the largest one, are the same: single precision, and a replay
SAME_WAY = 0.9999  # cosine: of a step whose length single precision has rounded; a constraint is far from it
_TINY = 1e-12  # so that nothing is divided by zero
_PROBLEM = 300  # characters of an exception: the process of the submission wrote it


@dataclass(frozen=True)
class Weights:
    """Kernel (features, units) and bias (units,) of a layer."""

    kernel: Array
    bias: Array

    def equals(self, other: "Weights") -> bool:
        """Return whether both are the same up to rounding."""
        return is_same(self.kernel, other.kernel) and is_same(self.bias, other.bias)


@dataclass(frozen=True)
class TriedLayer:
    """A layer before and after one step of training, and what that step does to a Dense layer without options."""

    fresh: Weights
    trained: Weights
    plain: Weights  # the fresh ones after the step, were there no penalty, constraint or frozen weight
    learning_rate: float  # of the step
    # After another step, and what that does to a Dense layer without options; None in older evidence.
    again: Weights | None = None
    plain_again: Weights | None = None

    @property
    def is_unchanged(self) -> bool:
        """Return whether the training changed nothing."""
        return self.trained.equals(self.fresh)

    @property
    def is_free(self) -> bool:
        """Return whether the training moved all weights of the kernel as without any option, or less far."""
        plain, moved = self.plain.kernel - self.fresh.kernel, self.trained.kernel - self.fresh.kernel
        lengths = float(np.linalg.norm(plain)), float(np.linalg.norm(moved))
        cosine = float((plain * moved).sum()) / max(lengths[0] * lengths[1], _TINY)
        return cosine > SAME_WAY and lengths[1] <= lengths[0] * (1 + SAME)


def is_same(a: Array, b: Array) -> bool:
    """Return whether weights are the same up to rounding."""
    return bool(np.allclose(a, b, rtol=0.0, atol=SAME * max(1.0, float(np.abs(b).max(initial=0.0)))))


def probe_rows(features: int) -> Array:
    """Return the rows on which a layer shows its weights: zeros, one row for each feature, and two for its line.

    Shape (features + 3, features). The outputs for zeros are the bias, those for a unit row the bias plus a row of
    the kernel. The last two rows are sums of others: what is linear gives the sums there as well.
    """
    rows = [np.zeros((1, features)), np.eye(features), np.full((1, features), 2.0), np.full((1, features), -3.0)]
    return np.concatenate(rows).astype(np.float32)


def make_replays(case: Case, step: TryLayer, probe: Array) -> tuple[tuple[Replay, ...], Mapping[str, Array]]:
    """Return the replays of both graphs that a step left on the probe rows, and the arrays that they name."""
    result = case.steps.get(step.id)
    trial = result.evidence.layer if result is not None else None
    if result is None or trial is None:
        return (), {}
    replays: list[Replay] = []
    arrays: dict[str, Array] = {f"{step.id}:probe": probe}
    for state, graph in _graphs(trial).items():
        if graph.ref not in result.arrays:
            continue
        name = f"{step.id}:{state}"
        arrays[f"{name}:graph"] = result.arrays[graph.ref]
        replays.append(
            Replay(
                id=name,
                graph=f"{name}:graph",
                input_node=graph.input_node,
                output_node=graph.output_node,
                inputs=(f"{step.id}:probe",),
            )
        )
    return tuple(replays), arrays


def _graphs(trial: LayerTrial) -> dict[str, GraphFacts]:
    graphs = {"fresh": trial.fresh, "trained": trial.trained, "again": trial.again}
    return {state: graph for state, graph in graphs.items() if graph is not None}


def read_tried_layer(case: Case, step: TryLayer, units: int, x: Array, y: Array) -> TriedLayer:
    """Return the weights of a layer before and after its training.

    Args:
        case: the evidence.
        step: the step that tried the layer.
        units: how many the layer has to have.
        x: rows (n, features) that it was trained on.
        y: what it was trained to put out, (n, units).

    Raises:
        PreconditionFailedError: the layer computes something else than x @ kernel + bias, has other units, or
            could not be built, called or trained; the judgement says what.
    """
    result = case.seen(step.id)
    trial = result.evidence.layer
    if trial is None:
        raise PreconditionFailedError(not_graded(_("The grader lost what became of the layer.")))
    fresh = _read_weights(case, step, "fresh", units)
    if trial.trained is None or trial.problem:
        message = _(
            "The layer could be built, but one step of training raised {problem}.",
            problem=trial.problem[:_PROBLEM].rstrip(". "),
        )
        raise PreconditionFailedError(failed(message, expected=_("a layer that can be trained")))
    trained = _read_weights(case, step, "trained", units)
    tried = TriedLayer(fresh, trained, _descend(fresh, x, y, step.learning_rate), step.learning_rate)
    if trial.again is None:
        return tried
    again = _read_weights(case, step, "again", units)
    return replace(tried, again=again, plain_again=_descend(trained, x, y, step.learning_rate))


def _descend(weights: Weights, x: Array, y: Array, learning_rate: float) -> Weights:
    """Return weights after one step of gradient descent on the mean squared error."""
    rows = x.astype(np.float64)
    slope = 2.0 / y.size * (rows @ weights.kernel + weights.bias - y)
    kernel = weights.kernel - learning_rate * rows.T @ slope
    return Weights(kernel, weights.bias - learning_rate * slope.sum(axis=0))


def _read_weights(case: Case, step: TryLayer, state: str, units: int) -> Weights:
    outputs = _read_outputs(case, f"{step.id}:{state}")
    features = len(outputs) - 3
    if outputs.ndim != 2 or outputs.shape[1] != units:
        shape = str((1, *outputs.shape[1:]))
        message = _(
            "For one row of {features} numbers the layer gives the shape {received}; expected {expected}: "
            "{units} units.",
            features=features,
            received=shape,
            expected=str((1, units)),
            units=units,
        )
        raise PreconditionFailedError(
            failed(message, expected=_("{count} units", count=units), received=_("shape {shape}", shape=shape))
        )
    bias, kernel = outputs[0], outputs[1 : features + 1] - outputs[0]
    for factor, row in ((2.0, outputs[-2]), (-3.0, outputs[-1])):
        if not is_same(row, factor * kernel.sum(axis=0) + bias):
            raise PreconditionFailedError(_explain_bend(outputs, bias))
    return Weights(kernel, bias)


def _read_outputs(case: Case, replay: str) -> Array:
    """Return what a graph of the layer puts out for the probe rows, as float64 (rows, ...)."""
    result = case.replays.get(replay)
    evidence = result.evidence if result is not None else None
    if result is None or evidence is None or evidence.stopped is not None:
        raise PreconditionFailedError(not_graded(_("The layer could not be computed once more by the grader.")))
    if evidence.forbidden or evidence.problem or not evidence.outputs:
        what = ", ".join(evidence.forbidden[:8]) or evidence.problem[:_PROBLEM]
        message = _("What the layer computes cannot be read from its graph: {what}.", what=what)
        raise PreconditionFailedError(failed(message, expected=_("a layer of plain operations")))
    outputs: Array = result.arrays[evidence.outputs[0]].astype(np.float64)
    if outputs.ndim == 0 or len(outputs) < 4:
        message = _("The layer does not give one row of outputs for each row of input.")
        raise PreconditionFailedError(failed(message, received=_("shape {shape}", shape=str(outputs.shape))))
    if not np.isfinite(outputs).all():
        message = _("The layer gives numbers that are infinite or not a number (NaN).")
        raise PreconditionFailedError(failed(message, expected=_("finite numbers")))
    return outputs


def _is_in_half_precision(outputs: Array) -> bool:
    """Return whether all numbers have no more digits than float16 or bfloat16, the upper half of a float32."""
    single = np.ascontiguousarray(outputs, dtype=np.float32)
    is_upper_half = not (single.view(np.uint32) & 0xFFFF).any()
    with np.errstate(over="ignore"):
        return is_upper_half or np.array_equal(single, single.astype(np.float16))


def _explain_bend(outputs: Array, bias: Array) -> Judgement:
    """Return the judgement for a layer that does more than to multiply and add, or that rounds what it gives."""
    if _is_in_half_precision(outputs):
        return failed(
            _(
                "The layer computes in half precision: its outputs are rounded so much that its weights cannot be "
                "read from them. Leave dtype as it is (float32), and set no global policy for it."
            ),
            expected="float32",
            received=_("half precision"),
        )
    name: Words = _("an activation")
    if (outputs >= 0).all():
        name = _("an activation such as relu: no output is below zero")
    return failed(
        _(
            "The layer does not compute x @ kernel + bias: there is {what}. These layers have no activation.",
            what=name,
        ),
        expected=_("a layer without an activation"),
        received=_("for zeros: {numbers}", numbers=", ".join(f"{value:.4g}" for value in bias[:4])),
    )
