"""Certify networks: compare what a submission claims with what its frozen graphs compute.

Claims are what Keras's objects say in the process of the submission, which may have changed them: layers, weights,
losses, histories, rows that `fit` was given. Only networks whose claims agree with their graphs earn points.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words, _
from grader.core.row_hashes import are_among, row_hashes
from grader.core.row_layout import RowLayout
from grader.evidence.case import Case
from grader.evidence.claimed_losses import (
    compute_model_loss,
    find_nearest_claim,
    find_validated,
    is_far_better,
    is_fit_on_original_rows,
    list_claimed_losses,
    split_into_blocks,
)
from grader.evidence.copies import find_share_of_copies, prepare_rows
from grader.evidence.inputs import find_layout
from grader.evidence.network import Model, TrainedNetwork, read_network
from grader.evidence.outputs import list_views, name_output
from grader.evidence.second_training import SecondOutcome, compare_second, describe_second
from grader.protocol.evidence import StopReason

SECOND_TRAINING = "second_training"  # id of the comparison of two trainings, which only trained networks need
SPARE_CONSTANTS = 256  # numbers in a graph that are no weights: shapes, epsilons, means of a Normalization layer
DATA_ROW_SHARE = 0.2  # of a kernel's columns may look like rows of the data before it is taken for a copy of them


@dataclass(frozen=True)
class ConsistencyCheck:
    """The comparison of one claim with what the graph computes."""

    id: str  # such as "parameters" or "held_out"
    agrees: bool
    text: Words  # what was compared, with the numbers


def certify(case: Case) -> tuple[ConsistencyCheck, ...]:
    """Return every comparison that could be made; the networks are certified when all of them agree.

    They are made once, for all checks of the case. One that shows a single output is certified with all of them.
    """
    if case.whole is not None:
        return certify(case.whole)
    return case.once(certify, lambda: tuple(_check_case(case)))


def _check_case(case: Case) -> Iterator[ConsistencyCheck]:
    yield from _check_protocol(case)
    for training in case.trainings:
        for view in list_views(case, training):
            for seed in case.seeds:
                yield from _check_network(read_network(view, training, seed), view)
    for training in case.second_trainings:
        for view in list_views(case, training):
            yield from _check_network(read_network(view, training, case.seeds[0]), view)
            has_learned = compare_second(view, training) is SecondOutcome.LEARNED
            text = describe_second(view, training)
            if view.output:
                text = name_output(view.output, text)
            yield ConsistencyCheck(SECOND_TRAINING, has_learned, text)


def _check_network(network: TrainedNetwork, case: Case) -> Iterator[ConsistencyCheck]:
    model = network.after or network.before
    if model is None:
        return
    yield from _check_model(model, case, network)
    if network.after is not None:
        yield from _check_training(network, case)


def _name_network(network: TrainedNetwork) -> Words:
    """Return what a network is called: by its seed, and by its name where there are several."""
    if network.training.first is not None:
        first = replace(network, training=network.training.first)
        return _("On other data, {network}", network=_name_network(first))
    if network.output:
        one = replace(network, output="")
        return _("Output {output}, {network}", output=network.output, network=_name_network(one))
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
    of_layers = sum(math.prod(shape) for layer in model.facts.layers for shape in layer.weight_shapes)
    text = _(
        "{network}: the graph holds {constants} numbers, the layers claim {claimed}.",
        network=_name_network(network),
        constants=constants,
        claimed=claimed,
    )
    # A layer that is not used is in no graph; numbers that are in neither make room for a table.
    is_in_reach = claimed <= constants + of_layers + SPARE_CONSTANTS
    return ConsistencyCheck("parameters", constants <= claimed + SPARE_CONSTANTS and is_in_reach, text)


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
    # A Normalization layer of n numbers claims (n,), and its graph holds (1, n).
    all_claimed = {_drop_ones(shape) for layer in layers for shape in layer.weight_shapes}
    unclaimed = [weight.shape for weight in model.graph.weights if _drop_ones(weight.shape) not in all_claimed]
    # A subclassed model may hold weights of its own, beside those of its layers.
    own = max(
        0, model.facts.parameters - sum(math.prod(shape) for layer in layers for shape in layer.weight_shapes)
    )
    if sum(map(math.prod, unclaimed)) > own + SPARE_CONSTANTS:
        text = _(
            "{network}: the graph holds numbers of the shapes {unclaimed}, which no layer claims as weights.",
            network=_name_network(network),
            unclaimed=_shapes(unclaimed),
        )
        return ConsistencyCheck("kernels", agrees=False, text=text)
    kernels = [kernel.shape for _unused, kernel in model.graph.kernels]
    text = _(
        "{network}: kernels of the graph {kernels}, of the layers {claimed}.",
        network=_name_network(network),
        kernels=_shapes(kernels),
        claimed=_shapes(claimed),
    )
    return ConsistencyCheck("kernels", not (missing and len(missing) == len(claimed)), text)


def _drop_ones(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a shape without its axes of length 1, which say nothing about what it holds."""
    return tuple(length for length in shape if length != 1)


def _shapes(shapes: list[tuple[int, ...]]) -> str:
    return ", ".join("×".join(map(str, shape)) for shape in shapes[:12]) or "–"


def _check_copies(model: Model, case: Case, network: TrainedNetwork) -> ConsistencyCheck:
    """Look for weights that are rows of the data: a nearest neighbour written as a matrix product."""
    assert model.graph is not None
    rows = case.of_data(prepare_rows, *map(network.training.array, ("x_train", "x_val", "x_test")))
    weights = (*model.graph.weights, *model.graph.tables)
    share = find_share_of_copies(weights, rows, model.maps)
    layout = find_layout(case.inside, network.training)
    if layout is not None:
        share = max(share, *_find_copies_of_inputs(weights, layout, model, case, network))
    text = _(
        "{network}: {share:.0%} of a kernel's columns are rows of the data.",
        network=_name_network(network),
        share=share,
    )
    return ConsistencyCheck("copies", share <= DATA_ROW_SHARE, text)


def _find_copies_of_inputs(
    weights: tuple[Array, ...], layout: RowLayout, model: Model, case: Case, network: TrainedNetwork
) -> list[float]:
    """Return the shares of copies of rows for each of several inputs, looked at as if it were the only one."""
    names = zip(*map(network.training.list_rows, ("x_train", "x_val", "x_test")), strict=True)
    return [
        find_share_of_copies(
            weights,
            case.of_data(prepare_rows, *of_input),
            [np.concatenate([one[..., place], one[..., -1:]], axis=-1) for one in model.maps if one.ndim > 1],
        )
        for of_input, place in zip(names, layout.places, strict=True)
    ]


def _check_training(network: TrainedNetwork, case: Case) -> Iterator[ConsistencyCheck]:
    training = network.training
    step = case.steps.get(training.fitted(network.seed))
    if step is None:
        return
    held_out = case.of_data(_held_out_hashes, *map(training.array, ("x_test", "x_train", "x_val")))
    seen = np.zeros(len(held_out), dtype=bool)
    for name in {fit.rows for fit in network.fits if fit.rows}:
        for rows in split_into_blocks(step.arrays[name]):
            seen[np.searchsorted(held_out, rows[are_among(rows, held_out)])] = True
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
    """Compute the claimed loss on the validated rows from the graph and look for it in the claimed histories.

    Only a history that is far better than the network speaks against it.
    """
    after, fit = network.after, network.last_fit
    if after is None or fit is None or not fit.validation or network.is_untouched:
        return None  # untouched: it was another network that fit has trained, and this one claims nothing
    validated = find_validated(after, fit, network.training, case, arrays)
    if validated is None or not is_fit_on_original_rows(fit, network.training, case, arrays):
        return None
    value = compute_model_loss(after, fit, *validated)
    curves = list_claimed_losses(network, fit, arrays, "val_loss")
    if value is None or not curves:
        return None
    claims = [find_nearest_claim(after, curve, *validated, value) for curve in curves]
    nearest = min(claims)
    text = _(
        "{network}: {loss} on the validation rows, computed from the graph {computed:.4f}, in the history "
        "{claimed:.4f}.",
        network=_name_network(network),
        loss=fit.loss or "",
        computed=value,
        claimed=nearest,
    )
    return ConsistencyCheck("loss", not is_far_better(nearest, value), text)
