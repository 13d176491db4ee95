"""Does what a submission claims agree with what its frozen graph computes? Only agreement earns points."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from grader.checks.base import Array, Case
from grader.evidence import StopReason
from grader.network import Model, Trained, trained
from grader.rows import row_hashes
from grader.text import T, Words

SPARE_CONSTANTS = 256  # numbers in a graph that are no weights: shapes, epsilons, means of a Normalization layer
DATA_ROW_SHARE = 0.2  # of a kernel's columns may look like rows of the data before it is taken for a copy of them


@dataclass(frozen=True)
class Agreement:
    """One thing looked at: whether claim and graph agree, and what was found."""

    id: str
    agrees: bool
    text: Words


def certify(case: Case) -> tuple[Agreement, ...]:
    """Return every agreement that could be looked at. The networks are certified when all of them agree."""
    items = list(_protocol(case))
    for seed in case.seeds:
        network = trained(case, seed)
        model = network.after or network.before
        if model is None:
            continue
        items += _of_model(model, case, seed)
        if network.after is not None:
            items += _of_training(network, case)
    return tuple(items)


def _protocol(case: Case) -> Iterator[Agreement]:
    tampered = [step for step, stop in case.stops.items() if stop.reason is StopReason.TAMPERED]
    if case.imported.stopped is not None and case.imported.stopped.reason is StopReason.TAMPERED:
        tampered.append("import")
    text = (
        T("Evidence of {steps} was not written by the grader.", steps=", ".join(sorted(tampered)))
        if tampered
        else T("Each piece of evidence answers the question that was asked.")
    )
    yield Agreement("protocol", not tampered, text)


def _of_model(model: Model, case: Case, seed: int) -> Iterator[Agreement]:
    if model.forbidden:
        text = T(
            "Seed {seed}: the graph holds operations that a network does not need to predict: {operations}.",
            seed=seed,
            operations=", ".join(model.forbidden[:8]),
        )
        yield Agreement("operations", agrees=False, text=text)
        return
    if model.graph is None:
        text = T(
            "Seed {seed}: the network could not be frozen and replayed: {problem}",
            seed=seed,
            problem=model.problem,
        )
        yield Agreement("replay", agrees=False, text=text)
        return
    yield Agreement(
        "operations", agrees=True, text=T("Seed {seed}: the graph holds only operations of networks.", seed=seed)
    )
    yield _parameters(model, seed)
    yield _kernels(model, seed)
    yield _copies(model, case, seed)


def _parameters(model: Model, seed: int) -> Agreement:
    assert model.graph is not None
    held, claimed = model.graph.constants, model.facts.parameters
    text = T(
        "Seed {seed}: the graph holds {held} numbers, the layers claim {claimed}.",
        seed=seed,
        held=held,
        claimed=claimed,
    )
    return Agreement("parameters", held <= claimed + SPARE_CONSTANTS, text)


def _kernels(model: Model, seed: int) -> Agreement:
    """Compare the shapes of the kernels that layers claim with those that the graph multiplies with."""
    assert model.graph is not None
    found = [kernel.shape for _, kernel in model.graph.kernels]
    claimed = [layer.weight_shapes[0] for layer in model.facts.layers if layer.units and layer.weight_shapes]
    lacking = [shape for shape in claimed if shape not in found]
    text = T(
        "Seed {seed}: kernels of the graph {found}, of the layers {claimed}.",
        seed=seed,
        found=_shapes(found),
        claimed=_shapes(claimed),
    )
    return Agreement("kernels", not lacking, text)


def _shapes(shapes: list[tuple[int, ...]]) -> str:
    return ", ".join("×".join(map(str, shape)) for shape in shapes[:12]) or "–"


def _copies(model: Model, case: Case, seed: int) -> Agreement:
    """Look for kernels that are rows of the data: a nearest neighbour written as a matrix product."""
    assert model.graph is not None
    rows = np.concatenate([case.inside["x_train"], case.inside["x_val"], case.outside["x_test"]])
    share = max((_share_of_copies(kernel, rows) for _, kernel in model.graph.kernels), default=0.0)
    text = T("Seed {seed}: {share:.0%} of a kernel's columns are rows of the data.", seed=seed, share=share)
    return Agreement("copies", share <= DATA_ROW_SHARE, text)


def _share_of_copies(kernel: Array, rows: Array) -> float:
    flat = rows.reshape(len(rows), -1)
    if kernel.ndim != 2 or flat.shape[1] not in kernel.shape:
        return 0.0
    columns = kernel if kernel.shape[1] == flat.shape[1] else kernel.T

    def unit(x: Array) -> Array:
        centred = x - x.mean(axis=1, keepdims=True)
        scaled: Array = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)
        return scaled

    likeness = unit(columns.astype(np.float64)) @ unit(flat.astype(np.float64)).T
    return float((np.abs(likeness).max(axis=1) > 0.9999).mean())


def _of_training(network: Trained, case: Case) -> Iterator[Agreement]:
    held_out = row_hashes(case.outside["x_test"])
    step = case.steps[f"train@{network.seed}"]
    seen = sum(int(np.isin(held_out, step.arrays[fit.rows]).sum()) for fit in network.fits if fit.rows)
    known = int(
        np.isin(held_out, np.concatenate([row_hashes(case.inside[n]) for n in ("x_train", "x_val")])).sum()
    )
    text = T(
        "Seed {seed}: fit was given {rows} of the held-out rows.", seed=network.seed, rows=max(0, seen - known)
    )
    yield Agreement("held_out", seen <= known, text)
    loss = _loss_agreement(network, case)
    if loss is not None:
        yield loss


def _loss_agreement(network: Trained, case: Case) -> Agreement | None:
    """Compute the claimed loss on the validation rows from the graph and look for it in the claimed history."""
    after, fit = network.after, network.fits[-1] if network.fits else None
    compiled = after.facts.compiled if after else None
    if after is None or compiled is None or fit is None or not fit.validation == "data" or not fit.curves:
        return None
    step = case.steps[f"train@{network.seed}"]
    outputs, curve = after.outputs.get("x_val"), fit.curves.get("val_loss")
    if outputs is None or curve is None or any(layer.kernel_regularizer for layer in after.facts.layers):
        return None
    value = loss_value(
        compiled.loss, outputs, case.inside["y_val_one_hot"], compiled.from_logits, compiled.label_smoothing
    )
    if value is None or not np.isfinite(value):
        return None
    claimed = np.asarray(step.arrays[curve], dtype=np.float64)
    nearest = float(claimed[np.nanargmin(np.abs(claimed - value))]) if np.isfinite(claimed).any() else float("nan")
    text = T(
        "Seed {seed}: {loss} on the validation rows, computed from the graph {computed:.4f}, in the history {claimed:.4f}.",
        seed=network.seed,
        loss=compiled.loss,
        computed=float(value),
        claimed=nearest,
    )
    return Agreement("loss", bool(abs(nearest - value) <= 1e-3 + 0.01 * abs(value)), text)


def loss_value(loss: str, outputs: Array, one_hot: Array, from_logits: bool, smoothing: float) -> float | None:  # noqa: FBT001
    """Return the mean loss of (n, k) outputs, or None for a loss that is not known here.

    Source: the formulas of `keras.losses`, which clip probabilities at 1e-7.
    """
    if outputs.shape != one_hot.shape:
        return None
    outputs, target = outputs.astype(np.float64), one_hot.astype(np.float64)
    if loss == "mean_squared_error":
        return float(((outputs - target) ** 2).mean())
    if loss in {"categorical_crossentropy", "sparse_categorical_crossentropy"}:
        if from_logits and not np.allclose(outputs.sum(axis=1), 1.0, atol=1e-3):
            outputs = softmax(outputs)
        outputs = np.clip(outputs / outputs.sum(axis=1, keepdims=True), 1e-7, 1 - 1e-7)
        target = target * (1 - smoothing) + smoothing / target.shape[1]
        return float(-(target * np.log(outputs)).sum(axis=1).mean())
    return None


def softmax(logits: Array) -> Array:
    """Return the softmax of each row, without overflow."""
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: Array = powers / powers.sum(axis=1, keepdims=True)
    return shares
