"""How much of what a network answers comes from the base that it was given.

The frozen graph is run on some pictures, but what comes out of one kernel of the base is that of other pictures.
Answers that follow the other pictures depend on the base; those that stay as they were do not, whatever else
stands in the graph: a factor of zero, a constant picture for the base, or a second network beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.core.arrays import Array
from grader.evidence.case import Case
from grader.evidence.network import Model, read_network
from grader.evidence.run_evidence import ReplayResult
from grader.protocol.graph_operations import KERNEL_OPERATIONS
from grader.protocol.plan import Replay
from grader.protocol.training import Training

ROWS = 128  # pictures at most
MOST_KERNELS = 5  # of the base that are looked at: the first, the last and some between them
# What part of the differences between the answers has to follow the first kernel of the base, which all the rest
# of it comes after, and what part each other one: a branch of a deep base adds a little only.
LEAST_OF_FIRST, LEAST_OF_EACH = 0.1, 0.0001
VARIES = 1e-5  # of the largest answer: answers that differ by less are the same in single precision
# What a weight may go through on its way to where it is used and still be that weight, in this or another shape.
_SAME_NAMES = "Cast EnsureShape ExpandDims Identity IdentityN Reshape Squeeze StopGradient Transpose"
_SAME_NUMBERS = frozenset(_SAME_NAMES.split())


@dataclass(frozen=True)
class BaseUse:
    """What part of the answers follows each kernel of the base, in their order; by the network's own kernels."""

    shares: tuple[float, ...]  # from 0 to about 1; 0 for a kernel that nothing is multiplied with

    @property
    def is_used(self) -> bool:
        """Return whether the answers depend on what goes through the base at all."""
        return bool(self.shares) and self.shares[0] >= LEAST_OF_FIRST

    @property
    def is_whole(self) -> bool:
        """Return whether they depend on each kernel."""
        return self.is_used and all(abs(share) >= LEAST_OF_EACH for share in self.shares)


def replay_base(
    case: Case, training: Training, kernels: Sequence[Array]
) -> tuple[Sequence[Replay], Mapping[str, Array]]:
    """Return the replay that `measure_base_use` reads, and its arrays; nothing where it cannot be made.

    Args:
        case: the evidence, with the replays of the networks.
        training: of the network.
        kernels: of the base, in their order.
    """
    step, model, answers = choose_answers(case, training)
    if model is None or model.facts.graph is None or not kernels:
        return (), {}
    groups = _find_groups(case, training, step, _choose_kernels(kernels))
    rows = case.outside[training.array("x_test")][:ROWS]
    if not any(groups) or len(rows) < 2:
        return (), {}
    name = _name_replay(training, case)
    replay = Replay(
        id=name,
        graph=f"{name}:graph",
        input_node=model.facts.graph.input_node,
        output_node=answers,
        inputs=(f"{name}:rows", f"{name}:other_rows"),
        exchanged=tuple(tuple(f"{node}:0" for node in group) for group in groups if group),
    )
    graph = case.steps[step].arrays[model.facts.graph.ref]
    return (replay,), {
        replay.graph: graph,
        replay.inputs[0]: rows,
        replay.inputs[1]: np.roll(rows, 1, axis=0),
    }


def measure_base_use(case: Case, training: Training, kernels: Sequence[Array]) -> BaseUse | None:
    """Return how much of the answers comes from the base; None where that cannot be told.

    It is that of the trained network, or of the untrained one where the trained one gives the same for all.
    """
    step, model, _answers = choose_answers(case, training)
    if model is None:
        return None
    groups = _find_groups(case, training, step, _choose_kernels(kernels))
    if not any(groups):
        return BaseUse(tuple(0.0 for _group in groups))
    replay = case.replays.get(_name_replay(training, case))
    outputs = _read_outputs(replay, 2 + sum(map(bool, groups)))
    if not outputs:
        return None
    own, others, *exchanged = outputs
    measured = [measure_share(own, others, mixed) for mixed in exchanged]
    values = iter(share for share in measured if share is not None)
    if None in measured:
        return None
    return BaseUse(tuple(next(values) if group else 0.0 for group in groups))


def measure_share(own: Array, others: Array, mixed: Array) -> float | None:
    """Return what part of `mixed` follows `others`, where the rest follows `own`; None where these do not vary.

    It is the factor of `others` in the least squares that explain `mixed` by both, each without its mean. So it is
    1 for answers that are those of the others, and 0 for answers that are the own ones, or the same for all rows.

    Args:
        own: answers for some rows, shape (n, ...).
        others: the answers for other rows, of the same shape.
        mixed: the answers for the rows, where some values were those of the other rows.
    """
    if not own.ndim or not own.shape == others.shape == mixed.shape:
        return None
    first, second, target = (_centre(part) for part in (own, others, mixed))
    if not all(np.isfinite(part).all() for part in (first, second, target)) or not _varies(own):
        return None
    return float(np.linalg.lstsq(np.stack([first, second], axis=1), target, rcond=None)[0][1])


def _centre(answers: Array) -> Array:
    wide = answers.astype(np.float64)
    with np.errstate(all="ignore"):  # answers that are no numbers are refused afterwards
        centred: Array = wide - wide.mean(axis=0)
    return centred.ravel()


def _varies(answers: Array) -> bool:
    """Return whether answers are numbers that differ from row to row."""
    if not np.isfinite(answers).all():
        return False
    return float(np.abs(_centre(answers)).max(initial=0.0)) > VARIES * float(np.abs(answers).max(initial=0.0))


def choose_answers(case: Case, training: Training) -> tuple[str, Model | None, str]:
    """Return the network whose answers count, with the step that described it and the tensor that they are.

    Where all pictures get the same answer, as behind a softmax that large features drive to 0 and 1, what the last
    weights give tells. No network where that cannot tell either, because nothing follows from it.
    """
    seed = case.seeds[0]
    network = read_network(case, training, seed)
    for step, model in ((training.trained(seed), network.after), (training.model(seed), network.before)):
        outputs = model.outputs.get("x_test") if model is not None else None
        if model is None or model.facts.graph is None or outputs is None or not outputs.ndim:
            continue
        if _varies(outputs[:ROWS]):
            return step, model, model.facts.graph.output_node
    step, model = training.model(seed), network.before
    replay = case.replays.get(step)
    if model is None or replay is None or not replay.evidence.tail or model.tail is None or model.is_zero:
        return "", None, ""
    return step, model, f"{replay.evidence.tail[0].node}:0"


def _choose_kernels(kernels: Sequence[Array]) -> list[Array]:
    places = np.linspace(0, len(kernels) - 1, min(len(kernels), MOST_KERNELS)).round().astype(int)
    return [kernels[place] for place in places]


def _find_groups(case: Case, training: Training, step: str, kernels: Sequence[Array]) -> list[tuple[str, ...]]:
    """Return for each kernel the nodes of a network that multiply with it.

    Where the training has changed it, they are those that multiplied with it before.
    """
    replay, before = case.replays[step], case.replays.get(training.model(case.seeds[0]), case.replays[step])
    names = {node.name for node in replay.evidence.nodes}
    groups = []
    for kernel in kernels:
        nodes = _find_uses(replay, kernel) or [node for node in _find_uses(before, kernel) if node in names]
        groups.append(tuple(nodes))
    return groups


def _find_uses(replay: ReplayResult, kernel: Array) -> list[str]:
    """Return the nodes of a graph that multiply with a kernel, bit for bit and not computed with before."""
    evidence = replay.evidence
    same = {
        name
        for name, ref in evidence.constants.items()
        if replay.arrays[ref].shape == kernel.shape and np.array_equal(replay.arrays[ref], kernel)
    }
    readers: dict[str, list[tuple[str, str]]] = {}
    for node in evidence.nodes:
        for source in node.inputs:
            readers.setdefault(source, []).append((node.name, node.op))
    uses: dict[str, None] = {}
    unvisited, visited = sorted(same), set(same)
    while unvisited:
        for name, operation in readers.get(unvisited.pop(), ()):
            if operation in KERNEL_OPERATIONS:
                uses[name] = None
            elif operation in _SAME_NUMBERS and name not in visited:
                visited.add(name)
                unvisited.append(name)
    return sorted(uses)


def _read_outputs(replay: ReplayResult | None, count: int) -> list[Array]:
    """Return the outputs of a replay; nothing where it has another number of them."""
    if replay is None or len(replay.evidence.outputs) != count:
        return []
    return [replay.arrays[ref] for ref in replay.evidence.outputs]


def _name_replay(training: Training, case: Case) -> str:
    return f"use of the base:{training.built(case.seeds[0])}"
