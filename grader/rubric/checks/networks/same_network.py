"""Checks that compare networks: do they have the same layers, the same compile, and compute the same?"""

from abc import abstractmethod
from dataclasses import dataclass

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import Count
from grader.core.i18n import _, write_number
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, passed
from grader.evidence.loss_identity import IdentifiedLoss
from grader.evidence.network import Model, read_network
from grader.protocol.evidence import CompileFacts
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.protocol.verdict import Status
from grader.rubric.checks.fitting import require_several
from grader.rubric.checks.networks.no_bend import judge_no_bend
from grader.rubric.checks.networks.output_and_loss import read_last_compiled
from grader.rubric.checks.networks.regression import find_metric_problem, identify_compiled, judge_loss
from grader.rubric.checks.networks.several import (
    EachNetwork,
    combine_judgements,
    name_in_judgement,
    name_network,
)
from grader.rubric.checks.networks.single import require_certified
from grader.rubric.data.dataset import Data

_SAME_LOSS = 1e-3  # of its largest value: what is computed in another order errs far below


def _learned(case: Case, network: Training) -> set[tuple[tuple[int, ...], bytes]]:
    """Return the kernels that a network has only since its training."""
    networks = read_network(case, network, case.seeds[0])
    trained, built = (_kernels(model) if model else set() for model in (networks.after, networks.before))
    return trained - built


def _kernels(model: Model) -> set[tuple[tuple[int, ...], bytes]]:
    pairs = model.graph.kernels if model.graph else ()
    return {(kernel.shape, kernel.tobytes()) for _, kernel in pairs if kernel.size > 1}


@dataclass(frozen=True)
class ComparesNetworks(EachNetwork):
    """A check that compares each network but the first with the first. Each of these has its share of the
    points."""

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where the parameters do not fit the exercise."""
        require_several(self, self.networks)

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

    kinds = frozenset({"regression"})
    topics = frozenset({"architecture"})
    hidden: Count = 2

    def judge_one(self, case: Case, network: Training) -> Judgement:
        """Judge what stands in the graphs; activations that are not the same are told from what they compute."""
        for each in (self.first, network):
            problem = self._problem(require_certified(case, each, after=False)) or judge_no_bend(
                case, each, self.hidden
            )
            if problem is not None:
                return name_in_judgement(each, problem)
        first, other = (require_certified(case, each, after=False) for each in (self.first, network))
        if write_layer_sizes(first) != write_layer_sizes(other):
            return failed(
                _(
                    "The layers differ: {first} has {expected}, {other} has {received}. They have to be the same "
                    "network.",
                    first=name_network(self.first),
                    expected=write_layer_sizes(first),
                    other=name_network(network),
                    received=write_layer_sizes(other),
                ),
                expected=write_layer_sizes(first),
                received=write_layer_sizes(other),
                blocks=False,
            )
        problem = self._find_other_count(network, first, other)
        if problem is not None:
            return problem
        return passed(_("All have the same layers: {sizes}.", sizes=write_layer_sizes(first)))

    def _find_other_count(self, network: Training, first: Model, other: Model) -> Judgement | None:
        """Compare how many numbers can be trained: more than kernels and biases may be among them."""
        counts = [model.facts.trainable_parameters for model in (first, other)]
        if all(counts) and counts[0] != counts[1]:
            return failed(
                _(
                    "{first} has {expected} trainable parameters, {other} has {received}. They have to be the "
                    "same network: does one have a layer or a weight that the other has not?",
                    first=name_network(self.first),
                    expected=counts[0],
                    other=name_network(network),
                    received=counts[1],
                ),
                expected=_("trainable parameters: {count}", count=counts[0]),
                received=_("trainable parameters: {count}", count=counts[1]),
                blocks=False,
            )
        return None

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
                received=write_layer_sizes(model) or "0",
                blocks=False,
            )
        if widths[-1] != 1 or len(set(widths[:-1])) != 1:
            return failed(
                _("Expected {expected}. Received: {sizes}.", expected=expected, sizes=write_layer_sizes(model)),
                expected=expected,
                received=write_layer_sizes(model),
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
        if model.output_bends:
            bends = ", ".join(model.output_bends)
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


def write_layer_sizes(model: Model) -> str:
    """Write a network as sizes of layers from input to output, such as 10-16-1, with what else it has."""
    assert model.graph is not None
    sizes = [node.shape[0] for node in model.graph.dense[:1]] + [node.shape[1] for node in model.graph.dense]
    bare = sum(not node.bias for node in model.graph.dense)
    dropped = [f"{layer.kind} {layer.rate:g}" for layer in model.facts.layers if layer.rate]
    dropped += [layer.kind for layer in model.facts.layers if layer.kind == "GaussianNoise"]
    text = "-".join(map(str, sizes))
    # Each once: one Dropout layer that is called in two places is as good as two.
    return ", ".join([text, *([f"use_bias=False ×{bare}"] if bare else []), *dict.fromkeys(dropped)])


@dataclass(frozen=True)
class SameCompile(ComparesNetworks):
    """All networks are compiled with the same loss, for numbers, and the same optimizer at the same learning rate.

    >>> SameCompile((Training(name="sequential"), Training(name="functional")))
    """

    kinds = frozenset({"regression"})
    topics = frozenset({"head"})

    def judge_one(self, case: Case, network: Training) -> Judgement:
        """Judge what the networks were trained with, or else what they were compiled with."""
        compiles: list[tuple[CompileFacts | None, IdentifiedLoss]] = []
        metrics: list[Judgement] = []
        for each in (self.first, network):
            if read_network(case, each, case.seeds[0]).before is None:
                require_certified(case, each, after=False)  # says why
            compiled, loss = identify_compiled(case, each)
            problem = judge_loss(case, each, compiled, loss)
            if problem is not None:
                return name_in_judgement(each, problem)
            compiles.append((compiled, loss))
            problem = find_metric_problem(compiled)
            metrics += [name_in_judgement(each, problem)] if problem is not None else []
        (one, one_loss), (other, other_loss) = compiles
        assert one is not None
        assert other is not None
        rates = tuple(_read_rate(case, each, facts) for each, facts in ((self.first, one), (network, other)))
        pairs = [(one_loss.label, other_loss.label), (one.optimizer, other.optimizer), rates]
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
        others = self._find_other_values(case, network)
        if others is not None:
            return self._explain_other_values(network, one_loss, others)
        if metrics:
            return metrics[0]
        return passed(
            _(
                "All have the same loss, {loss}, and the same optimizer, {optimizer}.",
                loss=one_loss.label,
                optimizer=one.optimizer,
            )
        )

    def _find_other_values(self, case: Case, network: Training) -> tuple[float, float] | None:
        """Return what the two losses give for one batch on which they differ most; None where they are the same.

        Losses of one name may have other options, and any two of the student's own have the same label.
        """
        trials = [_read_trials(case, each) for each in (self.first, network)]
        for key, values in trials[0].items():
            other = trials[1].get(key, values)
            pairs = np.array([pair for pair in zip(values, other, strict=False) if np.isfinite(pair).all()])
            off = np.abs(pairs[:, 0] - pairs[:, 1]) if len(pairs) else np.zeros(0)
            if off.size and off.max() > _SAME_LOSS * np.abs(pairs).max():
                one, two = pairs[int(off.argmax())]
                return float(one), float(two)
        return None

    def _explain_other_values(
        self, network: Training, loss: IdentifiedLoss, values: tuple[float, float]
    ) -> Judgement:
        return failed(
            _(
                "{first} and {other} are both compiled with {loss}, but for the same predictions one gives "
                "{expected:.4g} and the other {received:.4g}. Use one loss for all, with the same options.",
                first=name_network(self.first),
                other=name_network(network),
                loss=loss.label,
                expected=values[0],
                received=values[1],
            ),
            expected=write_number(values[0], ".4g"),
            received=write_number(values[1], ".4g"),
            blocks=False,
        )


def _read_trials(case: Case, network: Training) -> dict[tuple[str, int, int], Array]:
    """Return the values of the compiled loss of a network, by what tells which batches they were tried on."""
    before = read_network(case, network, case.seeds[0]).before
    step, compiled = read_last_compiled(case, network, before) if before is not None else ("", None)
    trials = compiled.trials if compiled is not None else ()
    arrays = case.steps[step].arrays if trials else {}
    return {(t.form, t.units, t.rows): arrays[t.ref] for t in trials if t.ref in arrays}


def _read_rate(case: Case, training: Training, compiled: CompileFacts) -> str:
    """Return the learning rate of a network as it was built: a schedule or a callback may lower it in training."""
    before = read_network(case, training, case.seeds[0]).before
    built = before.facts.compiled if before is not None else None
    rate = compiled.learning_rate if built is None else built.learning_rate
    return "–" if rate is None else f"{rate:.4g}"


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
