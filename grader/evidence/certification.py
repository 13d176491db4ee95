"""Certify networks: compare what a submission claims with what its frozen graphs compute.

Claims are what Keras's objects say in the process of the submission, which may have changed them: layers, weights,
losses, histories, rows that `fit` was given. Only networks whose claims agree with their graphs earn points.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words, _
from grader.core.row_hashes import row_hashes
from grader.evidence.case import Case
from grader.evidence.losses import EPSILON, compute_loss
from grader.evidence.network import Model, TrainedNetwork, read_network
from grader.protocol.evidence import CompileFacts, FitFacts, StopReason
from grader.protocol.training import Training

SPARE_CONSTANTS = 256  # numbers in a graph that are no weights: shapes, epsilons, means of a Normalization layer
LOSS_SHARE, LOSS_SLACK = 0.5, 0.1  # a history may be better than the network by this much
BLOCK = 4096  # rows of weights that are compared at a time
ROWS_AT_A_TIME = 1 << 18  # hashes of rows that are searched at a time: 2 MiB
COPIED_FEATURES = 8  # rows of fewer numbers look like one another by chance
ALIKE, ROUGHLY_ALIKE = 0.9999, 0.999  # the cosine, and what single precision is far from taking for it
DATA_ROW_SHARE = 0.2  # of a kernel's columns may look like rows of the data before it is taken for a copy of them


@dataclass(frozen=True)
class ConsistencyCheck:
    """The comparison of one claim with what the graph computes."""

    id: str  # such as "parameters" or "held_out"
    agrees: bool
    text: Words  # what was compared, with the numbers


def certify(case: Case) -> tuple[ConsistencyCheck, ...]:
    """Return every comparison that could be made; the networks are certified when all of them agree.

    They are made once, for all checks of the case.
    """
    return case.once(certify, lambda: tuple(_check_case(case)))


def _check_case(case: Case) -> Iterator[ConsistencyCheck]:
    yield from _check_protocol(case)
    for training in case.trainings:
        for seed in case.seeds:
            yield from _check_network(read_network(case, training, seed), case)


def _check_network(network: TrainedNetwork, case: Case) -> Iterator[ConsistencyCheck]:
    model = network.after or network.before
    if model is None:
        return
    yield from _check_model(model, case, network)
    if network.after is not None:
        yield from _check_training(network, case)


def _name_network(network: TrainedNetwork) -> Words:
    """Return what a network is called: by its seed, and by its name where there are several."""
    if not network.training.name:
        return _("Seed {seed}", seed=network.seed)
    return _("{name}, seed {seed}", name=network.training.name, seed=network.seed)


def _check_protocol(case: Case) -> Iterator[ConsistencyCheck]:
    tampered = [step for step, stop in case.stops.items() if stop.reason is StopReason.TAMPERED]
    if case.imported.stopped is not None and case.imported.stopped.reason is StopReason.TAMPERED:
        tampered.append("import")
    text = (
        _("Evidence of {steps} was not written by the grader.", steps=", ".join(sorted(tampered)))
        if tampered
        else _("Each piece of evidence answers the question that was asked.")
    )
    yield ConsistencyCheck("protocol", not tampered, text)


def _check_model(model: Model, case: Case, network: TrainedNetwork) -> Iterator[ConsistencyCheck]:
    suspicious = [operation for operation in model.forbidden if not _may_be_honest(operation)]
    if suspicious:
        text = _(
            "{network}: the graph holds operations that a network does not need to predict: {operations}.",
            network=_name_network(network),
            operations=", ".join(suspicious[:8]),
        )
        yield ConsistencyCheck("operations", agrees=False, text=text)
    if model.graph is None:
        return  # nothing was computed that a claim could disagree with, and without that nothing is earned
    yield ConsistencyCheck(
        "operations",
        agrees=True,
        text=_("{network}: the graph holds only operations of networks.", network=_name_network(network)),
    )
    yield _check_parameters(model, network)
    yield _check_kernels(model, network)
    yield _check_copies(model, case, network)


def _may_be_honest(operation: str) -> bool:
    """Return whether an operation that is not run may stand in a network that nobody wanted to deceive with.

    Python functions and chance do; files, tables and other processes do not.
    """
    return "PyFunc" in operation or "Random" in operation or operation in {"Multinomial", "Print"}


def _check_parameters(model: Model, network: TrainedNetwork) -> ConsistencyCheck:
    assert model.graph is not None
    constants, claimed = model.graph.constants, model.facts.parameters
    text = _(
        "{network}: the graph holds {constants} numbers, the layers claim {claimed}.",
        network=_name_network(network),
        constants=constants,
        claimed=claimed,
    )
    return ConsistencyCheck("parameters", constants <= claimed + SPARE_CONSTANTS, text)


def _check_kernels(model: Model, network: TrainedNetwork) -> ConsistencyCheck:
    """Compare the shapes of the weights that layers claim with those that the graph holds.

    A layer that is never called, or in training only, leaves nothing in the graph; a network of which nothing is
    found is another one. A large array that no layer claims is no weight.
    """
    assert model.graph is not None
    in_graph = {weight.shape for weight in model.graph.weights}
    layers = model.facts.layers
    claimed = [layer.weight_shapes[0] for layer in layers if layer.units and layer.weight_shapes]
    missing = [shape for shape in claimed if shape not in in_graph]
    all_claimed = {shape for layer in layers for shape in layer.weight_shapes}
    unclaimed = sum(weight.size for weight in model.graph.weights if weight.shape not in all_claimed)
    # A subclassed model may hold weights of its own, beside those of its layers.
    own = max(
        0, model.facts.parameters - sum(math.prod(shape) for layer in layers for shape in layer.weight_shapes)
    )
    kernels = [kernel.shape for _unused, kernel in model.graph.kernels]
    text = _(
        "{network}: kernels of the graph {kernels}, of the layers {claimed}.",
        network=_name_network(network),
        kernels=_shapes(kernels),
        claimed=_shapes(claimed),
    )
    return ConsistencyCheck(
        "kernels", unclaimed <= own + SPARE_CONSTANTS and not (missing and len(missing) == len(claimed)), text
    )


def _shapes(shapes: list[tuple[int, ...]]) -> str:
    return ", ".join("×".join(map(str, shape)) for shape in shapes[:12]) or "–"


def _check_copies(model: Model, case: Case, network: TrainedNetwork) -> ConsistencyCheck:
    """Look for weights that are rows of the data: a nearest neighbour written as a matrix product."""
    assert model.graph is not None
    rows = case.of_data(_unit_rows, *map(network.training.array, ("x_train", "x_val", "x_test")))
    share = max((_share_of_copies(weight, rows) for weight in model.graph.weights), default=0.0)
    text = _(
        "{network}: {share:.0%} of a kernel's columns are rows of the data.",
        network=_name_network(network),
        share=share,
    )
    return ConsistencyCheck("copies", share <= DATA_ROW_SHARE, text)


def _unit_rows(*parts: Array) -> Array:
    """Return the rows of all parts, each centred and of length 1."""
    rows = np.concatenate(parts)
    return _scale_to_unit(rows.reshape(len(rows), -1).astype(np.float64))


def _share_of_copies(weight: Array, rows: Array) -> float:
    """Return the share of a weight's rows or columns, whichever is larger, that are rows of the data."""
    if weight.ndim < 2 or not weight.size or rows.shape[1] < COPIED_FEATURES:
        return 0.0
    # The rows of the data may be its rows or its columns, and be pictures.
    ways = (weight.reshape(len(weight), -1), weight.reshape(-1, weight.shape[-1]).T)
    return max((_share_alike(way, rows) for way in ways if way.shape[1] == rows.shape[1]), default=0.0)


def _share_alike(candidates: Array, rows: Array) -> float:
    """Return the share of `candidates` that are some row, scaled and shifted at most."""
    alike, roughly = 0, rows.T.astype(np.float32)
    for start in range(0, len(candidates), BLOCK):  # a graph may be large, and the product of both far larger
        block = _scale_to_unit(candidates[start : start + BLOCK].astype(np.float64))
        # Hardly any get past the first look, which is fast.
        likely = block[np.abs(block.astype(np.float32) @ roughly).max(axis=1) > ROUGHLY_ALIKE]
        alike += int((np.abs(likely @ rows.T).max(axis=1) > ALIKE).sum())
    return alike / max(1, len(candidates))


def _scale_to_unit(x: Array) -> Array:
    """Return rows that are centred and of length 1."""
    x = np.where(np.isfinite(x), x, 0.0)  # a training that diverged
    x /= np.maximum(np.abs(x).max(axis=1, keepdims=True), 1e-300)
    centred = x - x.mean(axis=1, keepdims=True)
    scaled: Array = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
    return scaled


def _check_training(network: TrainedNetwork, case: Case) -> Iterator[ConsistencyCheck]:
    training = network.training
    step = case.steps.get(training.fitted(network.seed))
    if step is None:
        return
    held_out = case.of_data(_held_out_hashes, *map(training.array, ("x_test", "x_train", "x_val")))
    seen = np.zeros(len(held_out), dtype=bool)
    for name in {fit.rows for fit in network.fits if fit.rows}:
        for rows in _blocks(step.arrays[name]):
            seen |= np.isin(held_out, rows)
    count = int(seen.sum())
    text = _("{network}: fit was given {rows} of the held-out rows.", network=_name_network(network), rows=count)
    yield ConsistencyCheck("held_out", count == 0, text)
    yield from _check_compiled_loss(network)
    check = _check_loss(network, case, step.arrays)
    if check is not None:
        yield check


def _held_out_hashes(held_out: Array, *handed_out: Array) -> Array:
    """Return the hashes of the held-out rows that are in no part handed out: a data set may hold a row twice."""
    return np.setdiff1d(row_hashes(held_out), np.concatenate([row_hashes(part) for part in handed_out]))


def _check_compiled_loss(network: TrainedNetwork) -> Iterator[ConsistencyCheck]:
    """Compare the loss that the model says it was compiled with to the one that `fit` trained with."""
    compiled = network.after.facts.compiled if network.after else None
    fits = [fit for fit in network.own_fits if fit.finished and fit.loss]
    if compiled is not None and compiled.loss and fits and fits[-1].loss != compiled.loss:
        text = _(
            "{network}: fit trained with {trained}, but the model says {claimed}.",
            network=_name_network(network),
            trained=fits[-1].loss or "",
            claimed=compiled.loss,
        )
        yield ConsistencyCheck("compiled", agrees=False, text=text)


def _check_loss(network: TrainedNetwork, case: Case, arrays: Mapping[str, Array]) -> ConsistencyCheck | None:
    """Compute the claimed loss on the validation rows from the graph and look for it in the claimed history.

    Only a history that is far better than the network speaks against it. Regularisers add to the loss, averaged
    weights never stood in a history, and validation may have been on some of the rows only.
    """
    after, fit = network.after, network.last_fit
    compiled = after.facts.compiled if after else None
    if after is None or compiled is None or fit is None or fit.validation != "data" or compiled.loss != fit.loss:
        return None
    if _is_untouched(network):
        return None  # it was another network that fit has trained, and this one claims nothing
    outputs, curve = after.outputs.get("x_val"), fit.curves.get("val_loss")
    if outputs is None or curve is None or not _is_fit_on_original_rows(fit, network.training, case, arrays):
        return None
    labels = case.inside[network.training.array("y_val")]
    value = compute_loss(compiled.loss, outputs, labels, compiled.from_logits, compiled.label_smoothing)
    claimed = arrays[curve][np.isfinite(arrays[curve])]
    if value is None or not np.isfinite(value) or not claimed.size:
        return None
    worse = claimed[claimed >= value]
    if worse.size and _is_clipped(compiled, outputs, labels, value):
        claimed = worse  # the network is at least so bad: behind a softmax, Keras counts on where we cannot
    nearest = float(claimed[np.argmin(np.abs(claimed - value))])
    text = _(
        "{network}: {loss} on the validation rows, computed from the graph {computed:.4f}, in the history "
        "{claimed:.4f}.",
        network=_name_network(network),
        loss=compiled.loss,
        computed=float(value),
        claimed=nearest,
    )
    return ConsistencyCheck("loss", nearest >= value - LOSS_SHARE * abs(value) - LOSS_SLACK, text)


def _is_untouched(network: TrainedNetwork) -> bool:
    """Return whether training left each kernel as it was."""
    if (
        network.before is None
        or network.before.graph is None
        or network.after is None
        or network.after.graph is None
    ):
        return False
    pairs = zip(network.before.graph.kernels, network.after.graph.kernels, strict=False)
    return bool(network.after.graph.kernels) and all(np.array_equal(a, b) for (_, a), (_, b) in pairs)


def _is_fit_on_original_rows(fit: FitFacts, training: Training, case: Case, arrays: Mapping[str, Array]) -> bool:
    """Return whether `fit` got the rows as they are: scaled otherwise, its losses say nothing about ours."""
    x = case.inside[training.array("x_train")]
    if not fit.rows or fit.x_range is None or not np.allclose(fit.x_range, (x.min(), x.max()), atol=1e-3):
        return False  # the hashes of rows do not tell how they are scaled
    y = case.inside[training.array("y_train")]
    if case.task.kind == "regression" and not np.allclose(fit.y_range or np.nan, (y.min(), y.max()), atol=1e-3):
        return False
    row_hashes_known = np.concatenate(
        [case.of_data(row_hashes, training.array(role)) for role in ("x_train", "x_val")]
    )
    return all(bool(np.isin(rows, row_hashes_known).all()) for rows in _blocks(arrays[fit.rows]))


def _blocks(rows: Array) -> Iterator[Array]:
    """Yield an array in parts of `ROWS_AT_A_TIME`: a search takes several times the memory of what is searched."""
    for start in range(0, len(rows), ROWS_AT_A_TIME):
        yield rows[start : start + ROWS_AT_A_TIME]


def _is_clipped(compiled: CompileFacts, outputs: Array, labels: Array, value: float) -> bool:
    """Return whether a network is so sure of a wrong answer that its loss is what clipping makes of it."""
    further = compute_loss(
        compiled.loss, outputs, labels, compiled.from_logits, compiled.label_smoothing, EPSILON / 1e5
    )
    return further is not None and further > value * (1 + 1e-3)
