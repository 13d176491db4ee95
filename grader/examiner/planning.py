"""Packs the plans of a rubric: the steps that its checks need, and the replays of the networks that these left."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from grader.core.arrays import Array
from grader.evidence.case import Case
from grader.evidence.heads import LOGITS
from grader.evidence.run_evidence import StepResult
from grader.protocol.messages import Question, RunPlan
from grader.protocol.parcels import pack
from grader.protocol.plan import Limits, Plan, Replay, Step, uses
from grader.protocol.training import Training
from grader.rubric.checks.stand_ins import solve_stand_ins
from grader.rubric.data.builders import SPLIT_SEED
from grader.rubric.data.dataset import Data
from grader.rubric.model import Rubric

_log = logging.getLogger(__name__)

NOISE = 0.08  # standard deviation, in units of the scaled features; small compared with the strokes of a digit
MAX_PARCEL_GRAPHS = 32 << 20  # bytes, after which a parcel takes no further graph; a frame holds 192 MiB
LOGITS_NAME = "logits"  # among the arrays of a plan of replays
REPLAY_LIMITS = Limits(wall_seconds=120.0, cpu_seconds=120)


def inputs_of(data: Data, training: Training) -> dict[str, Array]:
    """Return the rows that a network's graph is replayed on, by role: `x_test`, `x_perturbed` and so on."""
    held_out = data.outside[training.array("x_test")]
    rows = {"x_test": held_out, "x_perturbed": perturbed(held_out), "x_val": data.inside[training.array("x_val")]}
    probe = data.outside.get(training.array("x_probe"))
    return rows if probe is None else rows | {"x_probe": probe}


def perturbed(x: Array) -> Array:
    """Return rows that no data set contains: `x` with small noise of a fixed seed, clipped to the range of `x`."""
    noise = np.random.default_rng(SPLIT_SEED).normal(0.0, NOISE, x.shape)
    return np.clip(x + noise, x.min(), x.max()).astype(x.dtype)


def make_plan(question: Question, rubric: Rubric, data: Data, done: frozenset[str]) -> RunPlan:
    """Return the steps of all checks as a packed plan, each step once.

    Args:
        question: the exercise and the seeds.
        rubric: of the exercise.
        data: of the rubric; what submissions may see goes into the plan.
        done: steps that have evidence. They are left out unless other steps use them.

    Returns:
        The plan. Its parcel is empty when every step is done.

    Raises:
        RubricError: as `Rubric.steps` does.
    """
    stand_in_steps = rubric.stand_in_steps(question.stand_ins, question.seeds)
    steps = rubric.steps(question.seeds) | stand_in_steps
    arrays: dict[str, np.ndarray[Any, Any]] = dict(data.inside)
    arrays |= solve_stand_ins(stand_in_steps, data.inside, rubric.task)
    for criterion in rubric.criteria:
        arrays |= criterion.check.arrays()
    needed = _with_uses(steps, set(steps) - done)
    chosen = tuple(step for step in steps.values() if step.id in needed)
    plan = Plan(exercise=question.exercise, limits=rubric.limits, steps=chosen)
    return RunPlan(pack(plan, arrays) if needed - done else b"", question.seeds)


def _with_uses(steps: Mapping[str, Step], names: set[str]) -> set[str]:
    """Return the names of steps together with those of all steps that they use, directly or not."""
    visited: set[str] = set()
    to_visit = list(names)
    while to_visit:
        name = to_visit.pop()
        if name not in visited and name in steps:
            visited.add(name)
            to_visit += uses(steps[name])
    return visited


def make_replays(case: Case, rubric: Rubric, data: Data, done: frozenset[str]) -> bytes:
    """Return a packed plan of the replays that are still to be made.

    First each graph of the evidence is replayed. When that is done, the replays follow that checks ask for: they
    may depend on the results of the first ones.

    Args:
        case: all evidence so far.
        rubric: whose trainings and checks need replays.
        data: of the rubric; its rows are what graphs are replayed on.
        done: steps whose replays were made, even those without a result.

    Returns:
        The packed plan; empty bytes when there is nothing to replay.
    """
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    steps: list[Step] = []
    on_stand_ins = rubric.checks_on_stand_ins
    for training in dict.fromkeys((*rubric.trainings, *(t for check in on_stand_ins for t in check.trainings()))):
        described = [step(seed) for seed in case.seeds for step in (training.model, training.trained)]
        missing = [step for step in described if step in case.steps and step not in done]
        replays = _replays(case, missing, arrays)
        if replays:
            inputs = inputs_of(data, training)
            arrays |= {LOGITS_NAME: LOGITS} | {training.array(role): rows for role, rows in inputs.items()}
            steps += [msgspec.structs.replace(r, inputs=tuple(map(training.array, inputs))) for r in replays]
    if not steps:
        for check in (*(criterion.check for criterion in rubric.criteria), *on_stand_ins):
            try:
                more, more_arrays = check.replays(case)
            except Exception:  # noqa: BLE001 - evidence may be anything; without its replay, the check cannot pass
                _log.warning("%s could not say which graphs to replay", type(check).__name__, exc_info=True)
                continue
            steps += [replay for replay in more if replay.id not in done]
            arrays |= more_arrays
    plan = Plan(exercise="", limits=REPLAY_LIMITS, steps=tuple(steps))
    return pack(plan, arrays) if steps else b""


def _replays(case: Case, steps: Sequence[str], arrays: dict[str, np.ndarray[Any, Any]]) -> list[Replay]:
    """Return replays of the graphs that steps left, as many as fit into a parcel; add the graphs to `arrays`."""
    replays: list[Replay] = []
    for step in steps:
        if sum(array.nbytes for array in arrays.values()) > MAX_PARCEL_GRAPHS:
            break  # the next parcel continues here, because what this one replays is done by then
        replay = _replay(case.steps[step], arrays)
        replays += [replay] if replay is not None else []
    return replays


def _replay(step_result: StepResult, arrays: dict[str, np.ndarray[Any, Any]]) -> Replay | None:
    """Return the replay of the graph that a step left, without its inputs; None if it left no graph."""
    graph = step_result.evidence.model.graph if step_result.evidence.model is not None else None
    if graph is None or graph.ref not in step_result.arrays:
        return None
    step = step_result.evidence.id
    arrays[f"graph:{step}"] = step_result.arrays[graph.ref]
    return Replay(
        id=step,
        graph=f"graph:{step}",
        input_node=graph.input_node,
        output_node=graph.output_node,
        inputs=(),
        logits=LOGITS_NAME,
    )
