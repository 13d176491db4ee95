"""How much of what each output gives comes from the layers that all outputs share, and teach.

The frozen graph is run on some rows, but what comes out of the shared weights is that of other rows. Answers that
follow the other rows depend on the shared layers; those that stay as they were do not, whatever else stands in the
graph: a factor of nearly zero, or a network of its own beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from grader.core.arrays import Array
from grader.evidence.case import Case
from grader.evidence.graph_ways import GraphWays
from grader.evidence.network import read_network
from grader.evidence.run_evidence import ReplayResult
from grader.protocol.evidence import NodeFacts
from grader.protocol.plan import Replay
from grader.protocol.training import Training
from grader.rubric.checks.networks.base_use import choose_answers, measure_share

ROWS = 128  # at most
# What part of the differences between the answers of an output has to follow the shared layers. It is little: a
# branch of its own beside them may have the larger part by chance, down to 5 % for narrow layers.
LEAST = 0.02


@dataclass(frozen=True)
class Trunk:
    """What outputs have in common at one moment, before or after the training."""

    ways: tuple[Mapping[str, Array], ...]  # of each output: kernels on the way to it, by the nodes that use them
    learning: Mapping[str, Array]  # those on the way to every output that a gradient of each gets back to

    @property
    def shared(self) -> frozenset[str]:
        """Return the nodes on the way to every output."""
        return frozenset.intersection(*map(frozenset, self.ways))


@dataclass(frozen=True)
class TrunkUse:
    """What part of the answers of one output follows the shared layers, from 0 to about 1."""

    share: float
    stopped: float = 0.0  # of it, what goes through a stop_gradient, so that nothing is learned for it
    doubtful: float = 0.0  # of it, what goes through a function with a gradient of its own, which may be any

    @property
    def learning_share(self) -> float:
        """Return what part follows the shared layers on ways that a gradient may go back."""
        return self.share - max(0.0, self.stopped)

    @property
    def is_doubtful(self) -> bool:
        """Return whether too little is left without the ways of which nobody knows what goes back."""
        return self.is_enough and self.learning_share - max(0.0, self.doubtful) < LEAST

    @property
    def is_enough(self) -> bool:
        """Return whether the shared layers have a part in the answers, and learn from it."""
        return self.learning_share >= LEAST

    @property
    def is_stopped(self) -> bool:
        """Return whether they have a part in the answers, but nothing is learned from it."""
        return self.share >= LEAST and not self.is_enough


def read_trunk(views: Sequence[Case], training: Training, *, after: bool) -> Trunk | None:
    """Return what the outputs of a network have in common; None where its graph is not known.

    Args:
        views: the cases that show each output.
        training: of the network.
        after: the training, or before it.
    """
    ways, learning = [], []
    for view in views:
        network = read_network(view, training, view.seeds[0])
        model = network.after if after else network.before
        if model is None or model.graph is None or model.facts.graph is None:
            return None
        kernels = dict(model.graph.kernels)
        step = training.trained(view.seeds[0]) if after else training.model(view.seeds[0])
        reached = _walk_back(view.replays[step].evidence.nodes, model.facts.graph.output_node)
        ways.append(kernels)
        learning.append(reached.intersection(kernels))
    common = set.intersection(*learning)
    return Trunk(tuple(ways), {node: kernel for node, kernel in ways[0].items() if node in common})


def _walk_back(nodes: tuple[NodeFacts, ...], output: str) -> set[str]:
    """Return the nodes that an output is computed from, without those that only stop_gradient leads to."""
    by_name = {node.name: node for node in nodes}
    reached: set[str] = set()
    unvisited = [output.split(":", maxsplit=1)[0]]
    while unvisited:
        node = by_name.get(unvisited.pop())
        if node is None or node.name in reached:
            continue
        reached.add(node.name)
        if node.op != "StopGradient":
            unvisited += node.inputs
    return reached


def find_untouched(trunk: Trunk, other: Trunk) -> frozenset[str]:
    """Return the learning nodes of a trunk whose kernels are, bit for bit, also in the network at another moment.

    Where no kernel differs, because nothing was trained, there is none of them.
    """
    kernels = [kernel for way in other.ways for kernel in way.values()]

    def is_kept(kernel: Array) -> bool:
        return any(np.array_equal(kernel, one) for one in kernels)

    if all(is_kept(kernel) for way in trunk.ways for kernel in way.values()):
        return frozenset()
    return frozenset(node for node, kernel in trunk.learning.items() if is_kept(kernel))


def replay_trunk(views: Sequence[Case], training: Training) -> tuple[Sequence[Replay], Mapping[str, Array]]:
    """Return the replays that `measure_trunk_use` reads, one for each output, and their arrays."""
    replays: list[Replay] = []
    arrays: dict[str, Array] = {}
    for view in views:
        step, model, answers = choose_answers(view, training)
        places = _find_places(views, view, training, step) if model is not None else None
        rows = view.outside[training.array("x_test")][:ROWS]
        if model is None or model.facts.graph is None or places is None or not places.exchanged or len(rows) < 2:
            continue
        name, ref = _name_replay(training, view), model.facts.graph.ref
        replay = Replay(
            id=name,
            graph=f"use of the trunk:{step}:{ref}",
            input_node=model.facts.graph.input_node,
            output_node=answers,
            inputs=("use of the trunk:rows", "use of the trunk:other_rows"),
            exchanged=tuple(group for group in places if group),
        )
        replays.append(replay)
        arrays[replay.graph] = view.steps[step].arrays[ref]
        arrays |= dict(zip(replay.inputs, (rows, np.roll(rows, 1, axis=0)), strict=True))
    return replays, arrays


def measure_trunk_use(views: Sequence[Case], training: Training) -> tuple[TrunkUse | None, ...]:
    """Return for each output how much of its answers comes from the shared layers; None where nobody can tell.

    It is that of the trained network, or of the untrained one where the trained one gives the same for all.
    """
    return tuple(_measure_output(views, view, training) for view in views)


def _measure_output(views: Sequence[Case], view: Case, training: Training) -> TrunkUse | None:
    step, model, _answers = choose_answers(view, training)
    places = _find_places(views, view, training, step) if model is not None else None
    if places is None:
        return None
    if not places.exchanged:
        return TrunkUse(0.0)
    replay = view.replays.get(_name_replay(training, view))
    outputs = _read_outputs(replay, view, 2 + sum(map(bool, places)))
    if not outputs:
        return None
    own, others, *mixed = outputs
    names = [name for name, tensors in zip(_Places._fields, places, strict=True) if tensors]
    shares = {name: measure_share(own, others, one) for name, one in zip(names, mixed, strict=True)}
    measured = {name: share for name, share in shares.items() if share is not None}
    if len(measured) < len(mixed):
        return None
    return TrunkUse(measured["exchanged"], measured.get("stopped", 0.0), measured.get("own_gradients", 0.0))


def _read_outputs(replay: ReplayResult | None, view: Case, count: int) -> list[Array]:
    """Return the outputs of a replay; nothing where it has another number of them.

    A number that is added to those of all classes changes no probability, so what the classes have in common is
    taken off.
    """
    if replay is None or len(replay.evidence.outputs) != count:
        return []
    outputs = [replay.arrays[ref] for ref in replay.evidence.outputs]
    if view.task.kind == "regression" or any(one.ndim != 2 or one.shape[1] < 2 for one in outputs):
        return outputs
    with np.errstate(all="ignore"):  # answers that are no numbers are refused afterwards
        return [one.astype(np.float64) - one.mean(axis=1, keepdims=True, dtype=np.float64) for one in outputs]


class _Places(NamedTuple):
    """Tensors of a graph that the values of other rows are put in place of."""

    exchanged: tuple[str, ...]  # what the shared layers give
    stopped: tuple[str, ...]  # what comes out of each stop_gradient behind them
    own_gradients: tuple[str, ...]  # likewise, of each function with a gradient of its own


def _find_places(views: Sequence[Case], view: Case, training: Training, step: str) -> _Places | None:
    """Return where the values of other rows go in the graph of an output; None where no graph is known."""
    is_after = step == training.trained(view.seeds[0])
    trunk = read_trunk(views, training, after=is_after)
    if trunk is None:
        return None
    other = read_trunk(views, training, after=not is_after)
    untouched = find_untouched(trunk, other) if other is not None else frozenset()
    graph = GraphWays(view.replays[step])
    kernels = {node: kernel for node, kernel in trunk.learning.items() if node not in untouched}
    uses = graph.find_uses(kernels)
    groups = (uses, graph.find_stops(uses), graph.find_own_gradients(uses))
    return _Places(*(tuple(tensor for node in group for tensor in graph.list_results(node)) for group in groups))


def _name_replay(training: Training, view: Case) -> str:
    return f"use of the trunk:{training.built(view.seeds[0])}:{view.output}"
