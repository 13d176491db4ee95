"""Which steps and replays a rubric needs, as packed plans."""

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from grader.core.arrays import Array
from grader.evidence.case import Case
from grader.evidence.run_evidence import StepResult
from grader.protocol.messages import Question, RunPlan
from grader.protocol.parcels import pack
from grader.protocol.plan import Limits, Plan, Replay, Step, uses
from grader.protocol.training import Training
from grader.rubric.data.builders import SPLIT_SEED
from grader.rubric.data.dataset import Data
from grader.rubric.model import Rubric

NOISE = 0.08  # standard deviation, in units of the scaled features: small against the strokes of a digit
MAX_PARCEL_GRAPHS = 32 << 20  # bytes, after which no further graph is added: a frame holds 192 MiB
REPLAY_LIMITS = Limits(wall_seconds=120.0, cpu_seconds=120)


def inputs_of(data: Data, training: Training) -> dict[str, Array]:
    """Return the rows that a network's graph is replayed on, by role."""
    held_out = data.outside[training.array("x_test")]
    rows = {"x_test": held_out, "x_perturbed": perturbed(held_out), "x_val": data.inside[training.array("x_val")]}
    probe = data.outside.get(training.array("x_probe"))
    return rows if probe is None else rows | {"x_probe": probe}


def perturbed(x: Array) -> Array:
    """Return rows that no data set holds: `x` with small noise from a fixed seed, kept within the range of `x`."""
    noise = np.random.default_rng(SPLIT_SEED).normal(0.0, NOISE, x.shape)
    return np.clip(x + noise, x.min(), x.max()).astype(x.dtype)


def make_plan(question: Question, rubric: Rubric, data: Data, done: frozenset[str]) -> RunPlan:
    """Return the steps of all checks, each once, without those that are done unless others use them.

    Raises `RubricError` as `Rubric.steps` does.
    """
    steps = rubric.steps(question.seeds)
    arrays: dict[str, np.ndarray[Any, Any]] = dict(data.inside)
    for criterion in rubric.criteria:
        arrays |= criterion.check.arrays()
    wanted = _with_uses(steps, set(steps) - done)
    chosen = tuple(step for step in steps.values() if step.id in wanted)
    plan = Plan(exercise=question.exercise, limits=rubric.limits, steps=chosen)
    return RunPlan(pack(plan, arrays) if wanted - done else b"", question.seeds)


def _with_uses(steps: Mapping[str, Step], wanted: set[str]) -> set[str]:
    found: set[str] = set()
    open_ends = list(wanted)
    while open_ends:
        name = open_ends.pop()
        if name not in found and name in steps:
            found.add(name)
            open_ends += uses(steps[name])
    return found


def make_replays(case: Case, rubric: Rubric, data: Data, done: frozenset[str]) -> bytes:
    """Return a packed plan that replays what has not been: each graph of the evidence, then what checks ask for.

    `done`: replays that were made, even those that came to no result. Empty when there is nothing to do.
    """
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    steps: list[Step] = []
    for training in rubric.trainings:
        described = [step(seed) for seed in case.seeds for step in (training.model, training.trained)]
        wanted = [step for step in described if step in case.steps and step not in done]
        replays = _replays(case, wanted, arrays)
        if replays:
            inputs = inputs_of(data, training)
            arrays |= {training.array(role): rows for role, rows in inputs.items()}
            steps += [msgspec.structs.replace(r, inputs=tuple(map(training.array, inputs))) for r in replays]
    if not steps:  # what checks ask for is made from what came of these
        for criterion in rubric.criteria:
            with contextlib.suppress(Exception):  # evidence is a claim; without its replay, the check cannot pass
                more, their_arrays = criterion.check.replays(case)
                steps += [replay for replay in more if replay.id not in done]
                arrays |= their_arrays
    plan = Plan(exercise="", limits=REPLAY_LIMITS, steps=tuple(steps))
    return pack(plan, arrays) if steps else b""


def _replays(case: Case, steps: Sequence[str], arrays: dict[str, np.ndarray[Any, Any]]) -> list[Replay]:
    """Return replays of the graphs that steps left, as many as fit into a parcel. Adds the graphs to `arrays`."""
    replays: list[Replay] = []
    for step in steps:
        if sum(array.nbytes for array in arrays.values()) > MAX_PARCEL_GRAPHS:
            break  # the next parcel goes on here: what is replayed then is not asked for again
        replay = _replay(case.steps[step], arrays)
        replays += [replay] if replay is not None else []
    return replays


def _replay(seen: StepResult, arrays: dict[str, np.ndarray[Any, Any]]) -> Replay | None:
    """Return the step that replays the graph that a network left, if any; its inputs are still to be named."""
    graph = seen.evidence.model.graph if seen.evidence.model is not None else None
    if graph is None or graph.ref not in seen.arrays:
        return None
    step = seen.evidence.id
    arrays[f"graph:{step}"] = seen.arrays[graph.ref]
    return Replay(
        id=step, graph=f"graph:{step}", input_node=graph.input_node, output_node=graph.output_node, inputs=()
    )
