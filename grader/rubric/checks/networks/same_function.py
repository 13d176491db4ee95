"""The check that networks compute the same function: one's weights are copied into the others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words, _, write_number
from grader.evidence.case import Case
from grader.evidence.graph import DenseNode
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, not_graded, passed
from grader.evidence.network import read_network
from grader.protocol.evidence import NodeFacts
from grader.protocol.plan import Replay
from grader.protocol.training import Training
from grader.protocol.verdict import Status
from grader.rubric.checks.networks.same_network import ComparesNetworks, write_layer_sizes
from grader.rubric.checks.networks.several import (
    has_finite_outputs,
    name_network,
)
from grader.rubric.checks.networks.single import require_certified

ROWS, ROWS_SEED = 256, 2026  # on which networks with the same weights are compared
CLOSE = 1e-5  # how far apart their outputs may lie, where these are of size one


def _constant(case: Case, step: str, name: str) -> Array:
    replayed = case.replays[step]
    return replayed.arrays[replayed.evidence.constants[name]]


def _list_learned(case: Case, network: Training) -> dict[str, Array]:
    """Return what a network has learned besides kernels and biases: constants of its graph, in their order."""
    seed = case.seeds[0]
    model, before = read_network(case, network, seed).after, case.replays.get(network.model(seed))
    if model is None or model.graph is None or model.facts.graph is None or before is None:
        return {}
    replayed = case.replays[network.trained(seed)]
    values = (before.arrays[ref] for ref in before.evidence.constants.values() if ref in before.arrays)
    old = {(value.shape, value.tobytes()) for value in values if value.dtype.kind == "f"}
    dense = {name for node in model.graph.dense for name in (node.kernel, node.bias)}
    learned: dict[str, Array] = {}
    for name in _list_in_order(replayed.evidence.nodes, model.facts.graph.output_node):
        value = replayed.arrays.get(replayed.evidence.constants.get(name, ""))
        if value is None or name in dense or value.dtype.kind != "f":
            continue
        if (value.shape, value.tobytes()) not in old:
            learned[name] = value
    return learned


def _list_in_order(nodes: Sequence[NodeFacts], output: str) -> Iterator[str]:
    """Yield the names of the nodes that an output needs, each after those that it reads, in the order of these."""
    by_name = {node.name: node for node in nodes}
    entered: set[str] = set()
    stack = [(output.split(":", maxsplit=1)[0], False)]
    while stack:
        name, is_done = stack.pop()
        if is_done:
            yield name
        elif name in by_name and name not in entered:
            entered.add(name)
            stack.append((name, True))
            stack += [(source, False) for source in reversed(by_name[name].inputs)]


def _normal(random: np.random.Generator, shape: tuple[int, ...]) -> Array:
    return random.normal(0.0, 1.0, shape).astype(np.float32)


def _shapes(expected: Array, received: Array) -> dict[str, str]:
    return {"expected": str(expected.shape), "received": str(received.shape)}


def _fits(source: Sequence[DenseNode], target: Sequence[DenseNode]) -> bool:
    """Return whether the weights of one network can be put into another, layer by layer."""
    shapes = [[(node.shape, bool(node.bias), node.plain) for node in each] for each in (source, target)]
    return bool(source) and shapes[0] == shapes[1] and all(node.plain for node in target)


def _activations(dense: Sequence[DenseNode]) -> str:
    return ", ".join("+".join(node.activations) or "–" for node in dense)


def _reason(first: Sequence[DenseNode], other: Sequence[DenseNode]) -> Words:
    if _activations(first) == _activations(other):
        return _("Do the rows go through the same layers in the same order?")
    return _(
        "After their layers, one has the activations {first}, the other {other}.",
        first=_activations(first),
        other=_activations(other),
    )


@dataclass(frozen=True)
class SameFunction(ComparesNetworks):
    """With the weights of the first network copied into them, all networks give the same for the same rows.

    The examiner copies: it puts the kernels and biases of the first graph into the others and runs them behind
    walls. It does so with the networks as they were built and as they were trained: what else one has learned, and
    the first has not, shows there. What both have learned besides, such as the slopes of PReLU, is copied as well.

    >>> SameFunction((Training(name="sequential"), Training(name="functional")))
    """

    topics = frozenset({"architecture"})

    def replays(self, case: Case) -> tuple[Sequence[Replay], Mapping[str, Array]]:
        """Return a replay of each graph on random rows, with the weights of the first."""
        seed = case.seeds[0]
        first = read_network(case, self.first, seed)
        source, step = first.after, self.first.trained(seed)
        if source is None or not has_finite_outputs(source):  # nothing was learned that could be copied
            source, step = first.before, self.first.model(seed)
        if source is None or source.graph is None:
            return (), {}
        rows = case.seal.random("rows for networks with the same weights", ROWS_SEED)
        width = case.inside[self.first.array("x_train")].shape[1:]
        arrays: dict[str, Array] = {f"{self._id(self.first)}:rows": _normal(rows, (ROWS, *width))}
        replays: list[Replay] = []
        places = [(each, is_trained) for each in self.networks for is_trained in (False, True)]
        for network, is_trained in places:
            networks = read_network(case, network, seed)
            model = networks.after if is_trained else networks.before
            target = network.trained(seed) if is_trained else network.model(seed)
            if model is None or model.graph is None or model.facts.graph is None:
                continue
            if not _fits(source.graph.dense, model.graph.dense):
                continue
            name = self._id(network, is_trained=is_trained)
            arrays[f"{name}:graph"] = case.steps[target].arrays[model.facts.graph.ref]
            copied = self._copied(case, (source.graph.dense, step), (model.graph.dense, target))
            if is_trained and source is first.after:
                copied |= self._copy_others(case, network)
            arrays |= {f"{name}:{place}": weight for place, weight in copied.items()}
            replays.append(
                Replay(
                    id=name,
                    graph=f"{name}:graph",
                    input_node=model.facts.graph.input_node,
                    output_node=model.facts.graph.output_node,
                    inputs=(f"{self._id(self.first)}:rows",),
                    constants={place: f"{name}:{place}" for place in copied},
                )
            )
        return replays, arrays

    def _copied(
        self, case: Case, source: tuple[Sequence[DenseNode], str], target: tuple[Sequence[DenseNode], str]
    ) -> dict[str, Array]:
        """Return the source's weight for each constant of the target; both are layers and a replay's id."""
        (source_layers, source_step), (target_layers, target_step) = source, target
        copied: dict[str, Array] = {}
        for source_layer, target_layer in zip(source_layers, target_layers, strict=True):
            for name, target_name in (
                (source_layer.kernel, target_layer.kernel),
                (source_layer.bias, target_layer.bias),
            ):
                if name:
                    # A bias may be a line (1, n) in one and (n,) in the other.
                    copied[target_name] = _constant(case, source_step, name).reshape(
                        _constant(case, target_step, target_name).shape
                    )
        return copied

    def _copy_others(self, case: Case, network: Training) -> dict[str, Array]:
        """Return what the first network has learned besides, for the constants of another one that learned alike.

        Nothing where one of them has learned something of another shape.
        """
        nodes, learned = (_list_learned(case, each) for each in (network, self.first))
        shapes = [[value.shape for value in each.values()] for each in (nodes, learned)]
        return dict(zip(nodes, learned.values(), strict=True)) if shapes[0] == shapes[1] else {}

    def _id(self, network: Training, *, is_trained: bool = False) -> str:
        return f"copied:{network.build}@{network.name}" + (":trained" if is_trained else "")

    def judge_one(self, case: Case, network: Training) -> Judgement:
        """Compare the outputs of the replays."""
        first, other = (require_certified(case, each, after=False) for each in (self.first, network))
        assert first.graph is not None
        assert other.graph is not None
        if not _fits(first.graph.dense, other.graph.dense):
            return Judgement(
                Status.SKIPPED,
                _(
                    "The weights of {first} do not fit into {other}, so they cannot be compared: {expected} "
                    "against {received}.",
                    first=name_network(self.first),
                    other=name_network(network),
                    expected=write_layer_sizes(first),
                    received=write_layer_sizes(other),
                ),
            )
        expected, received = self._outputs(case, self.first), self._outputs(case, network)
        scale = max(1.0, float(np.abs(expected[np.isfinite(expected)]).max(initial=0.0)))
        if received.size != expected.size:
            return failed(
                _("The outputs have other shapes: {expected} and {received}.", **_shapes(expected, received))
            )
        off = np.abs(expected.ravel() - received.ravel())
        if not np.isfinite(off).all():
            return not_graded(_("The grader could not compare the networks: the weights to copy are no numbers."))
        if off.max() <= CLOSE * scale:
            learned = self._find_what_else_learned(case, network)
            if learned is not None:
                return learned
            return passed(
                _(
                    "With the same weights, all give the same outputs (largest difference {off:.1g}).",
                    off=off.max(),
                )
            )
        return failed(
            _(
                "With the weights of {first} copied into it, {other} gives other outputs (largest difference "
                "{off:.2g}). {reason}",
                first=name_network(self.first),
                other=name_network(network),
                off=float(off.max()),
                reason=_reason(first.graph.dense, other.graph.dense),
            ),
            expected=_("activations: {names}", names=_activations(first.graph.dense)),
            received=_("activations: {names}", names=_activations(other.graph.dense)),
            blocks=False,
        )

    def _find_what_else_learned(self, case: Case, network: Training) -> Judgement | None:
        """Compare the trained networks likewise, where both could be run; return the judgement if they differ."""
        outputs = []
        for each in (self.first, network):
            replayed = case.replays.get(self._id(each, is_trained=True))
            if replayed is None or not replayed.evidence.outputs:
                return None
            outputs.append(replayed.arrays[replayed.evidence.outputs[0]].astype(np.float64).ravel())
        expected, received = outputs
        if expected.size != received.size or not np.isfinite(expected).all() or not np.isfinite(received).all():
            return None
        off = float(np.abs(expected - received).max(initial=0.0))
        if off <= CLOSE * max(1.0, float(np.abs(expected).max(initial=0.0))):
            return None
        return failed(
            _(
                "With the same weights, {first} and {other} give the same outputs when they have just been built, "
                "but no longer after their training (largest difference {off:.2g}). Does one learn something that "
                "the other has not, besides kernels and biases?",
                first=name_network(self.first),
                other=name_network(network),
                off=off,
            ),
            expected=_("the same outputs"),
            received=_("largest difference: {off}", off=write_number(off, ".2g")),
            blocks=False,
        )

    def _outputs(self, case: Case, network: Training) -> Array:
        replayed = case.replays.get(self._id(network))
        if replayed is None or not replayed.evidence.outputs:
            problem = replayed.evidence.problem if replayed is not None else "–"
            raise PreconditionFailedError(
                not_graded(
                    _("The grader could not run the network with the copied weights: {problem}", problem=problem)
                )
            )
        return replayed.arrays[replayed.evidence.outputs[0]].astype(np.float64)
