"""The networks that a function of a submission has trained: frozen after each training, and computed once more.

What a function returns about its experiments, and what `fit` left, are claims. The frozen graphs are not: their
accuracy is computed from replays. A result that no network reaches was not measured.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.core.arrays import Array
from grader.evidence.case import Case
from grader.evidence.claimed_losses import is_fit_on_original_rows
from grader.evidence.heads import LOGITS
from grader.evidence.network import Model, read_fitted
from grader.evidence.scores import compute_accuracy
from grader.protocol.evidence import FitFacts
from grader.protocol.plan import Replay
from grader.protocol.training import Training

MAX_REPLAYS = 40  # of one function
LEAST_ROWS = 16  # that show what was done to the features
SAME_ROWS = 1e-3  # of the largest value: what single precision and an epsilon under a root make of a change
ROUNDING = 0.02  # accuracies that people round, or measure again
UNLIKE = 0.05  # by which the accuracy that `fit` measured may differ: perhaps it was on a part of the rows
_LOGITS_NAME = "fitted:logits"
_TRAINING = Training()  # whose rows the networks are computed on


@dataclass(frozen=True)
class FittedNetwork:
    """One network as a call of `fit` left it.

    `accuracy`: on the validation rows, by its graph. `curves`: what `fit` recorded, by key, one value per epoch.
    """

    fit: FitFacts
    model: Model
    accuracy: float
    curves: Mapping[str, Array]
    is_certain: bool = True  # what was done to the rows before the training is known

    @property
    def measured(self) -> tuple[float, ...]:
        """Return the accuracies that may be told of it: its own, and the last and the best that `fit` measured.

        Those of `fit` count where the network itself is among them.
        """
        curves = [curve for key, curve in self.curves.items() if key.startswith("val") and "acc" in key]
        curves = [curve for curve in curves if (np.abs(curve - self.accuracy) <= UNLIKE).any()]
        values = [float(value) for curve in curves for value in (curve[-1], np.nanmax(curve))]
        return (self.accuracy, *values)

    @property
    def is_explained(self) -> bool:
        """Return whether the accuracy that `fit` measured is that of the network."""
        return len(self.measured) > 1


def make_replays(case: Case, step: str) -> tuple[Sequence[Replay], Mapping[str, Array]]:
    """Return the replays of the networks that the call `step` trained, and the arrays that they name."""
    result = case.steps.get(step)
    replays: list[Replay] = []
    arrays: dict[str, Array] = {_LOGITS_NAME: LOGITS}
    for number, fit in enumerate(result.evidence.fits if result is not None else ()):
        if result is None or fit.graph is None or len(replays) >= MAX_REPLAYS:
            continue
        name = _name_replay(step, number)
        batches = _prepare_batches(case, fit, result.arrays)
        arrays |= {name: result.arrays[fit.graph.ref], **batches}
        replays.append(
            Replay(
                id=name,
                graph=name,
                input_node=fit.graph.input_node,
                output_node=fit.graph.output_node,
                inputs=tuple(batches),
                logits=_LOGITS_NAME,
            )
        )
    return replays, arrays if replays else {}


def _prepare_batches(case: Case, fit: FitFacts, arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Return the batches of a replay by name, with what was done to the rows before they were trained on."""
    batches = case.mix_rows(_TRAINING).batches
    row = fit.graph.input_shape[1:] if fit.graph is not None else ()
    change = _find_change(case, fit, arrays) or Change()
    prepared = {}
    for name, rows in batches.items():
        changed = change.apply(rows)
        lengths = [length for length in row if length is not None]
        is_same = len(lengths) == len(row) and math.prod(lengths) == math.prod(rows.shape[1:])
        prepared[f"fitted:{name}:{change.name}:{row}"] = changed.reshape(-1, *lengths) if is_same else changed
    return prepared


@dataclass(frozen=True)
class Change:
    """What was done to each feature of a row before the training: times `scale`, plus `shift`.

    It can put no label into a row, so that rows of which nobody knows the labels may be changed likewise.
    """

    scale: Array | float = 1.0
    shift: Array | float = 0.0

    @property
    def name(self) -> str:
        """Return a name that differs between changes."""
        parts = (np.asarray(part, dtype=np.float64).tobytes() for part in (self.scale, self.shift))
        return hashlib.blake2b(b"".join(parts), digest_size=8).hexdigest()

    def apply(self, rows: Array) -> Array:
        """Return changed rows, shape (n, ...)."""
        flat = rows.reshape(len(rows), -1) * self.scale + self.shift
        return flat.astype(rows.dtype).reshape(rows.shape)


def _find_change(case: Case, fit: FitFacts, arrays: Mapping[str, Array]) -> Change | None:
    """Return what was done to the rows before `fit` got them; None where that is not known.

    Its first rows are compared with those that were handed out, feature by feature.
    """
    own = case.inside[_TRAINING.array("x_train")]
    received = arrays.get(fit.first_rows, own[:0])
    if fit.rows and is_fit_on_original_rows(fit, _TRAINING, case, arrays):
        return Change()
    count = min(len(received), len(own))
    before, after = own[:count].reshape(count, -1).astype(np.float64), received[:count].reshape(count, -1)
    if count < LEAST_ROWS or before.shape != after.shape or not np.isfinite(after).all():
        return None
    means = before.mean(axis=0), after.mean(axis=0)
    deviations = before - means[0]
    squares = (deviations**2).sum(axis=0)
    scale = np.where(
        squares > 0, (deviations * (after - means[1])).sum(axis=0) / np.where(squares > 0, squares, 1), 0
    )
    change = Change(scale, means[1] - scale * means[0])
    error = np.abs(before * scale + change.shift - after).max()
    return change if error <= SAME_ROWS * max(1.0, float(np.abs(after).max())) else None


def _name_replay(step: str, number: int) -> str:
    return f"{step}:fit{number}"


def read_networks(case: Case, step: str) -> list[FittedNetwork]:
    """Return the networks that the call `step` trained, of those whose graph gives one answer for each row."""
    return case.once((read_networks, step), lambda: _read_networks(case, step))


def _read_networks(case: Case, step: str) -> list[FittedNetwork]:
    result = case.steps.get(step)
    networks = []
    for number, fit in enumerate(result.evidence.fits if result is not None else ()):
        if result is None or fit.graph is None or not fit.finished:
            continue
        model = read_fitted(case, fit.graph, _name_replay(step, number), _TRAINING)
        outputs, labels = model.outputs.get("x_val"), case.inside["y_val_one_hot"].argmax(axis=1)
        if outputs is None or not model.has_one_answer or outputs.ndim != 2 or len(outputs) != len(labels):
            continue
        curves = {key: result.arrays[ref] for key, ref in fit.curves.items() if result.arrays[ref].size}
        is_certain = _find_change(case, fit, result.arrays) is not None
        networks.append(FittedNetwork(fit, model, compute_accuracy(outputs, labels, model), curves, is_certain))
    return networks


def choose_by_activation(networks: Sequence[FittedNetwork], name: str) -> list[FittedNetwork]:
    """Return the networks with an output activation: "relu", "sigmoid" or "softmax"; else those that may have it.

    Told from the outputs. Units that died, or a training that diverged, say little about the activation.
    """
    own = [network for network in networks if network.model.output_activation == name]
    return own or [network for network in networks if _may_have_activation(network, name)]


def _may_have_activation(network: FittedNetwork, name: str) -> bool:
    outputs = network.model.outputs["x_val"]
    if not np.isfinite(outputs).all():
        return True
    if name == "softmax" or network.model.output_activation == "softmax":
        return False
    return bool((outputs >= 0).all() and (name != "sigmoid" or (outputs <= 1).all()))


def is_reached(value: float, networks: Sequence[FittedNetwork]) -> bool:
    """Return whether some network reaches an accuracy, or the mean of several does."""
    measured = [accuracy for network in networks for accuracy in network.measured]
    return bool(measured) and min(measured) - ROUNDING <= value <= max(measured) + ROUNDING


def is_curve_of(curve: Array, networks: Sequence[FittedNetwork]) -> bool:
    """Return whether a curve ends where some network is, as a share or in percent, or was left by its `fit`."""
    flat = curve.ravel()
    ends_there = any(is_reached(float(flat[-1]) / scale, networks) for scale in (1, 100))
    return ends_there or any(_is_among(flat, network) for network in networks if network.is_explained)


def _is_among(curve: Array, network: FittedNetwork) -> bool:
    same_length = [other for other in network.curves.values() if len(other) == len(curve)]
    return any(np.allclose(other, curve, atol=1e-4) for other in same_length)
