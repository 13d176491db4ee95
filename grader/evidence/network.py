"""One network of a submission, from its two sides: what it claims to be, and what its frozen graph computes."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from grader.core.arrays import Array
from grader.evidence.case import Case
from grader.evidence.graph import GraphSummary, summarise
from grader.protocol.evidence import FitFacts, HistoryValue, ModelFacts, Returned
from grader.protocol.training import Training

# What a graph is replayed on, by what the rows are for: held out, held out with noise, watched in training, and
# rows that an exercise's data may have besides, to find out what a network computes.
ROLES = ("x_test", "x_perturbed", "x_val", "x_probe")


@dataclass(frozen=True)
class Model:
    """A model at one moment. Without `graph` it could not be frozen or replayed; `problem` says why."""

    facts: ModelFacts
    graph: GraphSummary | None
    outputs: dict[str, Array]
    forbidden: tuple[str, ...] = ()
    problem: str = ""
    dead_units: tuple[int, int] = (0, 0)  # relu units that never fire on x_test, of how many
    saturated: float = 0.0  # largest share of values beyond ±5 that reaches a sigmoid or tanh

    @cached_property
    def head(self) -> str:
        """Return the activation of the output, told from what comes out: however it was written."""
        graph_head = self.graph.head if self.graph else "other"
        outputs = [o for o in self.outputs.values() if o.ndim == 2]
        if outputs and all(_is_distribution(o) for o in outputs) and outputs[0].shape[1] > 1:
            return "softmax"
        return graph_head

    @property
    def units(self) -> int | None:
        """Return how many numbers come out for one row."""
        shape = self.facts.graph.output_shape if self.facts.graph else ()
        return shape[-1] if len(shape) == 2 else None


@dataclass(frozen=True)
class Trained:
    """One network on one seed: before and after training, and the training itself."""

    training: Training
    seed: int
    before: Model | None
    after: Model | None
    fits: tuple[FitFacts, ...]
    curves: dict[str, list[float]]  # of the history that `train` returned, or of the last fit
    returned_history: bool


def trained(case: Case, training: Training, seed: int) -> Trained:
    """Return what is known of a network on one seed; parts are None where the run did not get that far."""
    return case.once((trained, training, seed), lambda: _trained(case, training, seed))


def _trained(case: Case, training: Training, seed: int) -> Trained:
    step = case.steps.get(training.fitted(seed))
    fits = step.evidence.fits if step is not None else ()
    refs: dict[str, str] = {}
    returned_history = False
    if step is not None:
        outcome = step.evidence.outcome
        value = outcome.value if isinstance(outcome, Returned) else None
        returned_history = isinstance(value, HistoryValue)
        refs = dict(value.curves) if isinstance(value, HistoryValue) else dict(fits[-1].curves) if fits else {}
    arrays = {key: step.arrays[ref] for key, ref in refs.items()} if step is not None else {}
    curves = {key: [float(v) for v in a] for key, a in arrays.items() if a.ndim == 1 and a.dtype.kind in "biuf"}
    return Trained(
        training=training,
        seed=seed,
        before=model_at(case, training.model(seed)),
        after=model_at(case, training.trained(seed)),
        fits=fits,
        curves=curves,
        returned_history=returned_history,
    )


def model_at(case: Case, step: str) -> Model | None:
    """Return the model that a `Describe` step saw, with its replay."""
    seen = case.steps.get(step)
    if seen is None or seen.evidence.model is None:
        return None
    facts = seen.evidence.model
    replayed = case.replays.get(step)
    if facts.graph is None or replayed is None:
        return Model(facts, None, {}, problem=facts.problem or "its frozen graph came to no result")
    evidence = replayed.evidence
    if evidence.forbidden or evidence.problem:
        return Model(facts, None, {}, forbidden=evidence.forbidden, problem=evidence.problem)
    summary = summarise(evidence, replayed.arrays, facts.graph.output_node)
    outputs = {name: replayed.arrays[ref] for name, ref in zip(ROLES, evidence.outputs, strict=False)}
    operations = {node.name: node.op for node in evidence.nodes}
    relus = [tap for tap in evidence.taps if operations[tap.node] == "Relu"]
    squashed = [tap.beyond_five for tap in evidence.taps if operations[tap.node] != "Relu"]
    return Model(
        facts,
        summary,
        outputs,
        dead_units=(sum(t.never_positive for t in relus), sum(t.units for t in relus)),
        saturated=max(squashed, default=0.0),
    )


def _is_distribution(outputs: Array) -> bool:
    finite: Any = np.isfinite(outputs).all()
    return bool(finite and (outputs >= -1e-6).all() and np.allclose(outputs.sum(axis=1), 1.0, atol=1e-3))
