"""Checks that compare networks: do they have the same layers, the same compile, and compute the same?"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.graph import DenseNode
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, not_graded, passed
from grader.evidence.network import Model, read_network
from grader.protocol.evidence import CompileFacts
from grader.protocol.plan import Replay
from grader.protocol.training import Training
from grader.protocol.verdict import Status
from grader.rubric.checks.networks.regression import find_loss_problem, find_metric_problem, read_compiled
from grader.rubric.checks.networks.several import (
    EachNetwork,
    combine_judgements,
    has_finite_outputs,
    name_in_judgement,
    name_network,
)
from grader.rubric.checks.networks.single import require_certified

ROWS, ROWS_SEED = 256, 2026  # on which networks with the same weights are compared
CLOSE = 1e-5  # how far apart their outputs may lie, where these are of size one


def _constant(case: Case, step: str, name: str) -> Array:
    replayed = case.replays[step]
    return replayed.arrays[replayed.evidence.constants[name]]


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


def _learned(case: Case, network: Training) -> set[tuple[tuple[int, ...], bytes]]:
    """Return the kernels that a network has only since its training."""
    known = read_network(case, network, case.seeds[0])
    return (_kernels(known.after) if known.after else set()) - (_kernels(known.before) if known.before else set())


def _kernels(model: Model) -> set[tuple[tuple[int, ...], bytes]]:
    pairs = model.graph.kernels if model.graph else ()
    return {(kernel.shape, kernel.tobytes()) for _, kernel in pairs if kernel.size > 1}


@dataclass(frozen=True)
class ComparesNetworks(EachNetwork):
    """A check that compares each network but the first with the first. Each of these has its share of the
    points."""

    def judge(self, case: Case) -> Judgement:
        """Compare each network, and combine the judgements."""
        others = self.networks[1:]
        return combine_judgements(others, [self.judged(case, network) for network in others], named=True)

    def judged(self, case: Case, network: Training) -> Judgement:
        """Return the judgement of one comparison; a network that is not there is named."""
        try:
            return self.judge_one(case, network)
        except PreconditionFailedError as unmet:
            if unmet.judgement.status is not Status.FAILED:
                return unmet.judgement
            missing = network if _is_there(case, self.first) else self.first
            return name_in_judgement(missing, unmet.judgement)

    @property
    def first(self) -> Training:
        """Return the network that the others are compared with."""
        return self.networks[0]

    @abstractmethod
    def judge_one(self, case: Case, network: Training) -> Judgement:
        """Compare one of the networks with the first. Raises nothing but `PreconditionFailedError`."""


def _is_there(case: Case, network: Training) -> bool:
    try:
        require_certified(case, network, after=False)
    except PreconditionFailedError:
        return False
    return True


@dataclass(frozen=True)
class SameLayers(ComparesNetworks):
    """All networks have `hidden` hidden Dense layers of one width and a linear output, judged from their graphs.

    >>> SameLayers((Training(name="sequential"), Training(name="functional")), hidden=2)
    """

    topics = frozenset({"architecture"})
    hidden: int = 2

    def judge_one(self, case: Case, network: Training) -> Judgement:
        """Judge what stands in the graphs; activations that are not the same are told from what they compute."""
        for each in (self.first, network):
            problem = self._problem(require_certified(case, each, after=False))
            if problem is not None:
                return name_in_judgement(each, problem)
        first, other = (require_certified(case, each, after=False) for each in (self.first, network))
        if _sizes(first) != _sizes(other):
            return failed(
                _(
                    "The layers differ: {first} has {expected}, {other} has {received}. They have to be the same "
                    "network.",
                    first=name_network(self.first),
                    expected=_sizes(first),
                    other=name_network(network),
                    received=_sizes(other),
                ),
                expected=_sizes(first),
                received=_sizes(other),
                blocks=False,
            )
        return passed(_("All have the same layers: {sizes}.", sizes=_sizes(first)))

    def _problem(self, model: Model) -> Judgement | None:
        """Return what is not as the task sheet says, or None."""
        assert model.graph is not None
        dense = model.graph.dense
        widths = [node.shape[1] for node in dense]
        expected = _("{hidden} hidden Dense layers of one width, then Dense(1)", hidden=self.hidden)
        if len(dense) != self.hidden + 1 or len(model.graph.kernels) != len(dense):
            unused = len([layer for layer in model.facts.layers if layer.kind == "Dense"]) - len(dense)
            return failed(
                _(
                    "Expected {expected}. Received: {count} layers whose weights the output depends on. {advice}",
                    expected=expected,
                    count=len(model.graph.kernels),
                    advice=_("Is a layer made, but not used in call()?") if unused > 0 else _("Count them again."),
                ),
                expected=expected,
                received=_sizes(model) or "0",
                blocks=False,
            )
        if widths[-1] != 1 or len(set(widths[:-1])) != 1:
            return failed(
                _("Expected {expected}. Received: {sizes}.", expected=expected, sizes=_sizes(model)),
                expected=expected,
                received=_sizes(model),
                blocks=False,
            )
        if model.graph.hidden < self.hidden:
            return failed(
                _(
                    "A hidden layer has no activation. Without one, it collapses with the next layer into a "
                    "single one."
                ),
                expected=_("hidden layers with an activation: {count}", count=self.hidden),
                received=_("hidden layers with an activation: {count}", count=model.graph.hidden),
                blocks=False,
            )
        if model.graph.output_activation != "linear" or dense[-1].activations:
            bends = ", ".join(dense[-1].activations) or model.graph.output_activation
            return failed(
                _(
                    "The output goes through {activation}, which limits what can be predicted. Leave the "
                    "activation of the output layer out.",
                    activation=bends,
                ),
                expected=_("a linear output"),
                received=_("a {activation} output", activation=bends),
                blocks=False,
            )
        return None


def _sizes(model: Model) -> str:
    """Write a network as sizes of layers from input to output, such as 10-16-1, with what else it has."""
    assert model.graph is not None
    sizes = [node.shape[0] for node in model.graph.dense[:1]] + [node.shape[1] for node in model.graph.dense]
    bare = sum(not node.bias for node in model.graph.dense)
    dropped = [f"{layer.kind} {layer.rate:g}" for layer in model.facts.layers if layer.rate]
    text = "-".join(map(str, sizes))
    return ", ".join([text, *([f"use_bias=False ×{bare}"] if bare else []), *dropped])


@dataclass(frozen=True)
class SameCompile(ComparesNetworks):
    """All networks are compiled with the same loss, for numbers, and the same optimizer at the same learning rate.

    >>> SameCompile((Training(name="sequential"), Training(name="functional")))
    """

    topics = frozenset({"head"})

    def judge_one(self, case: Case, network: Training) -> Judgement:
        """Judge what the networks were trained with, or else what they were compiled with."""
        compiles: list[tuple[CompileFacts | None, str]] = []
        for each in (self.first, network):
            if read_network(case, each, case.seeds[0]).before is None:
                require_certified(case, each, after=False)  # says why
            compiled, loss = read_compiled(case, each)
            problem = find_loss_problem(compiled, loss) or find_metric_problem(compiled)
            if problem is not None:
                return name_in_judgement(each, problem)
            compiles.append((compiled, loss))
        (one, one_loss), (other, other_loss) = compiles
        assert one is not None
        assert other is not None
        pairs = [(one_loss, other_loss), (one.optimizer, other.optimizer), (_rate(one), _rate(other))]
        for kind, (expected, received) in zip((_("loss"), _("optimizer"), _("learning rate")), pairs, strict=True):
            if expected != received:
                return failed(
                    _(
                        "The {kind} differs: {expected} in {first}, {received} in {other}. Compare styles only "
                        "where everything else is the same.",
                        kind=kind,
                        expected=expected,
                        first=name_network(self.first),
                        received=received,
                        other=name_network(network),
                    ),
                    expected=expected,
                    received=received,
                    blocks=False,
                )
        return passed(
            _(
                "All have the same loss, {loss}, and the same optimizer, {optimizer}.",
                loss=one_loss,
                optimizer=one.optimizer,
            )
        )


def _rate(compiled: CompileFacts) -> str:
    return "–" if compiled.learning_rate is None else f"{compiled.learning_rate:.4g}"


@dataclass(frozen=True)
class SameFunction(ComparesNetworks):
    """With the weights of the first network copied into them, all networks give the same for the same rows.

    The examiner copies: it puts the kernels and biases of the first graph into the others and runs them behind
    walls.

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
        rows = np.random.default_rng(ROWS_SEED)
        width = case.inside[self.first.array("x_train")].shape[1:]
        arrays: dict[str, Array] = {f"{self._id(self.first)}:rows": _normal(rows, (ROWS, *width))}
        replays: list[Replay] = []
        for network in self.networks:
            model = read_network(case, network, seed).before
            if model is None or model.graph is None or model.facts.graph is None:
                continue
            if not _fits(source.graph.dense, model.graph.dense):
                continue
            name = self._id(network)
            arrays[f"{name}:graph"] = case.steps[network.model(seed)].arrays[model.facts.graph.ref]
            copied = self._copied(case, (source.graph.dense, step), (model.graph.dense, network.model(seed)))
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

    def _id(self, network: Training) -> str:
        return f"copied:{network.build}@{network.name}"

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
                    expected=_sizes(first),
                    received=_sizes(other),
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


@dataclass(frozen=True)
class OwnWeights(ComparesNetworks):
    """Each function makes a network of its own: training one leaves the others as they were.

    The networks are built and trained one after the other. Fresh weights may well be equal, since each function is
    called with the same seed; but those of a fresh network are never what an earlier one has just been trained to.

    >>> OwnWeights((Training(name="sequential"), Training(name="functional")))
    """

    topics = frozenset({"architecture"})

    def judge_one(self, case: Case, network: Training) -> Judgement:
        """Look for trained weights of earlier networks in this one, as it was when it had just been built."""
        require_certified(case, self.first, after=False)
        fresh = require_certified(case, network, after=False)
        for earlier in self.networks[: self.networks.index(network)]:
            shared = _learned(case, earlier) & _kernels(fresh)
            if shared:
                return failed(
                    _(
                        "{network} shares layers with {earlier}: before it was trained, it already had the "
                        "weights that {earlier} was trained to. Make new layers in each function, not once for "
                        "all of them.",
                        network=name_network(network),
                        earlier=name_network(earlier),
                    ),
                    expected=_("fresh weights"),
                    received=_("kernels that were trained before: {count}", count=len(shared)),
                    blocks=False,
                )
        return passed(_("Each network has weights of its own."))
