"""Read a network of a submission from both sides: what it claims to be, and what its frozen graph computes."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import msgspec
import numpy as np

from grader.core.arrays import Array
from grader.evidence.case import Case
from grader.evidence.graph import GraphSummary, summarise_graph
from grader.evidence.heads import Head, identify_head
from grader.evidence.inputs import name_exchanged
from grader.protocol.evidence import FitFacts, GraphFacts, HistoryValue, ModelFacts, Returned, Stopped
from grader.protocol.training import Training

FITTED = ":fitted"  # behind the id of a step: the replay of the network as `fit` left it
_NO_EFFECT = 1e-6  # of outputs that were computed in single precision, as a share of the largest
SAME = 0.01  # outputs that lie no further apart are one answer, as far as the checks of functions can tell


@dataclass(frozen=True)
class Model:
    """A model at one moment, before or after its training."""

    facts: ModelFacts  # what it claims
    graph: GraphSummary | None  # what it computes; None where it could not be frozen or replayed
    outputs: dict[str, Array]  # of the replay, by role
    forbidden: tuple[str, ...] = ()  # operations because of which the graph was not run
    problem: str = ""  # why there is no `graph`
    tail: Head | None = None  # what comes after the last weights; None where that is not known
    stopped: Stopped | None = None  # why its replay was stopped; None where it was not
    # Factors and, at the end, a summand (units, ..., features + 1) of values that are linear in the input.
    maps: tuple[Array, ...] = ()
    has_one_answer: bool = True  # whether a row gets the same answer in every batch and at every place

    @cached_property
    def output_activation(self) -> str:
        """Return the activation of the output, told from what comes out: however it was written."""
        outputs = [o for o in self.outputs.values() if o.ndim == 2]
        if outputs and all(_is_distribution(o) for o in outputs) and outputs[0].shape[1] > 1:
            return "softmax"
        if self.graph is None:
            return "other"
        if self.tail is None or (self._joins_bent_ways and not self.tail.activations):
            # Several ways come together at the output, such as the sigmoids of two networks for their mean.
            is_share = self._joins_bent_ways and all(map(_is_share, self.outputs.values()))
            return "probability" if is_share else self.graph.output_activation
        return self.tail.name

    @property
    def stacked(self) -> tuple[str, ...]:
        """Return the activations at the output where two or more stand right behind one another, first to last."""
        return (self.tail or self.graph).stacked if self.graph is not None else ()

    @property
    def output_bends(self) -> tuple[str, ...]:
        """Return what keeps the output from being any number: the activations after the last weights."""
        if self.graph is None:
            return ()
        if self.tail is not None and not self._joins_bent_ways:
            return () if self.tail.name == "linear" else (self.tail.name,)
        named = self.graph.dense[-1].activations if self.graph.dense else ()
        return named or (() if self.output_activation == "linear" else (self.output_activation,))

    @property
    def says_the_same(self) -> bool:
        """Return whether the outputs for all rows are the same, as of a network that never learned."""
        rows = [outputs for outputs in self.outputs.values() if outputs.ndim == 2 and len(outputs) > 1]
        return bool(rows) and all(np.abs(o - o[:1]).max(initial=0.0) <= SAME for o in rows)

    def ignores(self, name: str) -> bool:
        """Return whether no output changes where one of several inputs gets the values of other rows."""
        changed, usual = self.outputs.get(name_exchanged(name)), self.outputs.get("x_test")
        if changed is None or usual is None or changed.shape[1:] != usual.shape[1:] or len(changed) > len(usual):
            return False
        before = usual[: len(changed)].astype(np.float64)
        largest = max(float(np.abs(before).max(initial=0.0)), 1e-30)
        return bool((np.abs(changed - before) <= _NO_EFFECT * largest).all())

    @property
    def is_constant(self) -> bool:
        """Return whether the output is the same number whatever the weights are, as with softmax over one unit."""
        return self.tail is not None and self.tail.is_constant

    @property
    def is_zero(self) -> bool:
        """Return whether the output is the same number for all inputs, but not because of its activation."""
        return self.tail is not None and self.tail.name == "constant"

    @property
    def _joins_bent_ways(self) -> bool:
        return self.graph is not None and self.graph.bends_before_tail

    @property
    def head(self) -> str:
        """Return `output_activation`, under the name that checks of authors may know it by."""
        return self.output_activation

    @property
    def output_shape(self) -> tuple[int | None, ...]:
        """Return the shape of the outputs for any number of rows, such as (None, 10); () for a single number.

        It is that of the replay. Where there is none, nothing can be earned, and the claim will do to say why.
        """
        if self.outputs:
            shape = next(iter(self.outputs.values())).shape
            return (None, *shape[1:]) if shape else ()
        return self.facts.graph.output_shape if self.facts.graph else ()

    @property
    def units(self) -> int | None:
        """Return how many numbers come out for one row; None where that is no row of numbers."""
        shape = self.output_shape
        return shape[-1] if len(shape) == 2 else None

    @property
    def parameters(self) -> int:
        """Return how many numbers the layers that the output depends on have, as the graph holds them."""
        return self.graph.constants if self.graph is not None else self.facts.parameters


@dataclass(frozen=True)
class TrainedNetwork:
    """One network on one seed: before and after training, and the training itself."""

    training: Training
    seed: int
    before: Model | None  # None where the run did not get that far, likewise `after`
    after: Model | None
    fits: tuple[FitFacts, ...]  # all calls of `fit`, of any model
    curves: dict[str, list[float]]  # of the history that `train` returned, or of the last fit; one value an epoch
    returned_history: bool
    fitted: Model | None = None  # as the last `fit` left it; None where it still is so, or that is not known
    output: str = ""  # name of the output that is looked at, where there are several

    @property
    def own_fits(self) -> tuple[FitFacts, ...]:
        """Return the calls of `fit` of this network, not those of pilots, autoencoders or folds."""
        return _find_own(self.fits, self.training, self.seed)

    @property
    def training_fits(self) -> tuple[FitFacts, ...]:
        """Return the calls of `fit` that gave the network its weights: its own, else those of any model.

        Where it was not trained itself, it got the weights of another one, such as the best of several folds.
        """
        return self.own_fits or self.fits

    @property
    def last_fit(self) -> FitFacts | None:
        """Return the call of `fit` of this network that counts: the last that returned, else the last one."""
        return next((fit for fit in reversed(self.own_fits) if fit.finished), (self.own_fits or (None,))[-1])

    @cached_property
    def has_other_kernels(self) -> bool:
        """Return whether training changed the kernels, or, where there are none, the outputs; False if unknown."""
        if self.before is None or self.after is None or self.before.graph is None or self.after.graph is None:
            return False
        pairs = [
            (a, b) for (_, a), (_, b) in zip(self.before.graph.kernels, self.after.graph.kernels, strict=False)
        ] or self._pair_outputs()  # weights in a shape of their own: what comes out tells
        return any(a.shape != b.shape or not np.array_equal(a, b, equal_nan=True) for a, b in pairs)

    @cached_property
    def is_untouched(self) -> bool:
        """Return whether training left the network as it was: kernels and answers are the same."""
        pairs = self._pair_outputs()
        return (
            bool(pairs)
            and not self.has_other_kernels
            and all(a.shape == b.shape and np.allclose(a, b, rtol=1e-4, atol=1e-6) for a, b in pairs)
        )

    def _pair_outputs(self) -> list[tuple[Array, Array]]:
        """Return what comes out for the same rows before and after the training; nothing where one is unknown."""
        if self.before is None or self.after is None:
            return []
        after = self.after.outputs
        return [(outputs, after[name]) for name, outputs in self.before.outputs.items() if name in after]


def read_network(case: Case, training: Training, seed: int) -> TrainedNetwork:
    """Return what is known of a network on one seed; it is read once, for all checks."""
    return case.once((read_network, training, seed), lambda: _read_network(case, training, seed))


def _read_network(case: Case, training: Training, seed: int) -> TrainedNetwork:
    step = case.steps.get(training.fitted(seed))
    fits = step.evidence.fits if step is not None else ()
    names: dict[str, str] = {}
    returned_history = False
    if step is not None:
        outcome = step.evidence.outcome
        value = outcome.value if isinstance(outcome, Returned) else None
        returned_history = isinstance(value, HistoryValue)
        last = (_find_own(fits, training, seed) or fits)[-1] if fits else FitFacts()
        names = dict(value.curves if isinstance(value, HistoryValue) else last.curves)
    arrays = {key: step.arrays[name] for key, name in names.items()} if step is not None else {}
    # As many values as `limits.py` lets through.
    curves = {key: [float(v) for v in a] for key, a in arrays.items() if a.ndim == 1 and a.dtype.kind in "biuf"}
    before, after = (read_model(case, step, training) for step in (training.model(seed), training.trained(seed)))
    if before is not None and after is not None and before.is_zero and not after.is_zero:
        # Weights that begin as zeros give zero whatever comes after them; once trained, they tell.
        before = replace(before, tail=after.tail)
    return TrainedNetwork(
        training=training,
        seed=seed,
        before=before,
        after=after,
        fitted=_read_fitted(case, training.trained(seed), training),
        fits=fits,
        curves=curves,
        returned_history=returned_history,
        output=case.output,
    )


def _find_own(fits: tuple[FitFacts, ...], training: Training, seed: int) -> tuple[FitFacts, ...]:
    return tuple(fit for fit in fits if fit.model in {"", training.built(seed)})


def is_usable(case: Case, training: Training) -> bool:
    """Return whether the network of the first seed is a model that takes the rows of the exercise."""
    before = read_network(case, training, case.seeds[0]).before
    if before is not None and training.outputs and not case.output:
        return len(before.facts.outputs) >= len(training.outputs)
    return before is not None and before.facts.graph is not None


def is_trainable(case: Case, training: Training) -> bool:
    """Return whether `fit` may change the network of the first seed.

    It has to be compiled and to have weights that are trained. Where a `fit` of it changed nothing, something in
    the network keeps it from learning, such as a loss that is always 0.
    """
    network = read_network(case, training, case.seeds[0])
    facts = network.before.facts if network.before is not None else None
    if facts is None or facts.trainable_parameters == 0 or facts.compiled is None:
        return False
    return not (network.is_untouched and any(fit.finished for fit in network.own_fits))


def read_model(case: Case, step: str, training: Training) -> Model | None:
    """Return the model of a training that a `Describe` step saw, with its replay; None where the step saw none."""
    result = case.steps.get(step)
    if result is None or result.evidence.model is None:
        return None
    return _read_replay(case, result.evidence.model, step, training)


def name_fitted(step: str) -> str:
    """Return the id of the replay of the network that `fit` left, where the step found it with other weights."""
    return step + FITTED


def _read_fitted(case: Case, step: str, training: Training) -> Model | None:
    result = case.steps.get(step)
    facts = result.evidence.model if result is not None else None
    if facts is None or facts.fitted is None:
        return None
    return _read_replay(case, msgspec.structs.replace(facts, graph=facts.fitted), name_fitted(step), training)


def read_fitted(case: Case, graph: GraphFacts, replay: str, training: Training) -> Model:
    """Return a network that `fit` left in a call of a function, of which only the frozen graph is known.

    Args:
        case: the evidence.
        graph: what the child recorded.
        replay: id of its replay.
        training: whose rows the replay was on.
    """
    facts = ModelFacts(
        style="",
        type="",
        layers=(),
        input_shape=None,
        parameters=0,
        trainable_parameters=0,
        compiled=None,
        graph=graph,
    )
    return _read_replay(case, facts, replay, training)


def _read_replay(case: Case, facts: ModelFacts, step: str, training: Training) -> Model:
    replay = case.replays.get(step)
    if facts.graph is None or replay is None:
        problem = facts.problem[:_LONGEST_PROBLEM] or "its frozen graph came to no result"
        return Model(facts, None, {}, problem=problem)
    evidence = replay.evidence
    if evidence.stopped is not None:
        return Model(facts, None, {}, stopped=evidence.stopped)
    if evidence.forbidden or evidence.problem:
        return Model(facts, None, {}, forbidden=evidence.forbidden, problem=evidence.problem)
    separated = case.mix_rows(training).separate([replay.arrays[ref] for ref in evidence.outputs])
    summary = summarise_graph(evidence, replay.arrays, facts.graph.output_node)
    tail = case.of_values(identify_head, [replay.arrays[fact.values] for fact in evidence.tail])
    maps = tuple(replay.arrays[ref] for ref in evidence.maps if ref in replay.arrays)
    return Model(facts, summary, separated.outputs, tail=tail, maps=maps, has_one_answer=separated.agrees)


_LONGEST_PROBLEM = 500  # characters: the submission's process wrote it


def _is_share(outputs: Array) -> bool:
    """Return whether each output is a number from 0 to 1."""
    return bool(outputs.size and (outputs >= 0.0).all() and (outputs <= 1.0).all())


def _is_distribution(outputs: Array) -> bool:
    finite: Any = np.isfinite(outputs).all()
    return bool(finite and (outputs >= -1e-6).all() and np.allclose(outputs.sum(axis=1), 1.0, atol=1e-3))
