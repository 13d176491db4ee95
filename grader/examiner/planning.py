"""Packs the plans of a rubric: the steps that its checks need, and the replays of the networks that these left."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from grader.evidence.case import Case
from grader.evidence.heads import LOGITS
from grader.evidence.inputs import find_layout, list_packed
from grader.evidence.outputs import list_graphs
from grader.examiner.build_case import name_other_arrays
from grader.protocol.evidence import GraphFacts
from grader.protocol.messages import Question, RunPlan
from grader.protocol.parcels import pack
from grader.protocol.plan import Limits, Plan, Replay, Step, depends_on
from grader.protocol.training import Training
from grader.rubric.checks.stand_ins import solve_stand_ins
from grader.rubric.data.dataset import Data
from grader.rubric.model import Rubric

_log = logging.getLogger(__name__)

MAX_PARCEL_GRAPHS = 32 << 20  # bytes of arrays, after which a parcel takes no further graph; a frame holds 192 MiB
LOGITS_NAME = "logits"  # among the arrays of a plan of replays
REPLAY_LIMITS = Limits(wall_seconds=120.0, cpu_seconds=120)


def make_plan(
    question: Question, rubric: Rubric, data: Data, done: frozenset[str], other_data: Data | None = None
) -> RunPlan:
    """Return the steps of all checks as a packed plan, each step once.

    Args:
        question: the exercise and the seeds.
        rubric: of the exercise.
        data: of the rubric; what submissions may see goes into the plan.
        done: steps that have evidence. They are left out unless other steps use them.
        other_data: for the trainings that are done once more; None where none is.

    Returns:
        The plan. Its parcel is empty when every step is done.

    Raises:
        RubricError: as `Rubric.steps` does.
    """
    second = rubric.second_trainings(question.second_trainings, question.seeds)
    stand_in_steps = rubric.stand_in_steps(question.stand_ins, question.seeds)
    steps = rubric.steps(question.seeds) | stand_in_steps
    for training in second:
        steps |= {step.id: step for step in training.steps(question.seeds[:1])}
    arrays: dict[str, np.ndarray[Any, Any]] = dict(data.inside)
    if other_data is not None:
        arrays |= name_other_arrays(other_data.inside)
    for name in list_packed((*rubric.trainings, *second)):
        arrays.pop(name, None)  # the rows of each input are there by themselves
    arrays |= solve_stand_ins(stand_in_steps, data.inside, rubric.task)
    for criterion in rubric.criteria:
        arrays |= criterion.check.arrays()
    needed = _with_uses(steps, set(steps) - done)
    chosen = tuple(step for step in steps.values() if step.id in needed)
    plan = Plan(exercise=question.exercise, limits=rubric.limits, steps=chosen)
    return RunPlan(pack(plan, arrays) if needed - done else b"", question.seeds, rubric.judge_seconds)


def _with_uses(steps: Mapping[str, Step], names: set[str]) -> set[str]:
    """Return the names of steps together with those of all steps that they use, directly or not."""
    visited: set[str] = set()
    to_visit = list(names)
    while to_visit:
        name = to_visit.pop()
        if name not in visited and name in steps:
            visited.add(name)
            step = steps[name]
            to_visit += depends_on(step)
    return visited


def make_replays(case: Case, rubric: Rubric, done: frozenset[str]) -> bytes:
    """Return a packed plan of the replays that are still to be made.

    First each graph of the evidence is replayed. When that is done, the replays follow that checks ask for: they
    may depend on the results of the first ones.

    Args:
        case: all evidence so far.
        rubric: whose trainings and checks need replays.
        done: steps whose replays were made, even those without a result.

    Returns:
        The packed plan; empty bytes when there is nothing to replay.
    """
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    steps: list[Step] = []
    on_stand_ins = rubric.checks_on_stand_ins
    of_stand_ins = (training for check in on_stand_ins for training in check.trainings())
    for training in dict.fromkeys((*rubric.trainings, *of_stand_ins, *case.second_trainings)):
        described = [step(seed) for seed in case.seeds for step in (training.model, training.trained)]
        replays = _replays(case, described, done, arrays)
        if replays:
            inputs, fixed = case.mix_rows(training).batches, _list_fixed(case, training)
            arrays |= {LOGITS_NAME: LOGITS} | {training.array(role): rows for role, rows in inputs.items()}
            names = tuple(map(training.array, inputs))
            steps += [msgspec.structs.replace(r, inputs=names, fixed_features=fixed) for r in replays]
    if not steps:
        for check in (*(criterion.check for criterion in rubric.criteria), *on_stand_ins):
            try:
                more, more_arrays = check.replays(case)
            except Exception:  # noqa: BLE001 - evidence may be anything; without its replay, the check cannot pass
                _log.warning("%s could not say which graphs to replay", type(check).__name__, exc_info=True)
                continue
            asked = done | {step.id for step in steps}  # several checks may ask for one replay
            for replay in more:
                if replay.id not in asked and _has_room(arrays):
                    steps.append(replay)
                    arrays |= {name: more_arrays[name] for name in _list_arrays(replay) if name in more_arrays}
    plan = Plan(exercise="", limits=REPLAY_LIMITS, steps=tuple(steps))
    return pack(plan, arrays) if steps else b""


def _list_fixed(case: Case, training: Training) -> tuple[int, ...]:
    """Return the features that stay as they are where the others are changed; none for a single input."""
    layout = find_layout(case.inside, training)
    return layout.list_fixed(case.inside[training.array("x_train")]) if layout is not None else ()


def _replays(
    case: Case, steps: Sequence[str], done: frozenset[str], arrays: dict[str, np.ndarray[Any, Any]]
) -> list[Replay]:
    """Return replays of the graphs that steps left, as many as fit into a parcel, without their inputs.

    Args:
        case: the evidence.
        steps: ids of those that described networks.
        done: ids of the replays that were made.
        arrays: gets the graphs; one that has several outputs is there once.
    """
    replays: list[Replay] = []
    for step in steps:
        result = case.steps.get(step)
        facts = result.evidence.model if result is not None else None
        for name, graph in list_graphs(facts, step) if facts is not None else ():
            if not _has_room(arrays):
                return replays  # the next parcel continues here, because what this one replays is done by then
            if name not in done and result is not None and graph.ref in result.arrays:
                replays.append(_replay(name, graph, f"graph:{step}:{graph.ref}"))
                arrays[replays[-1].graph] = result.arrays[graph.ref]
    return replays


def _has_room(arrays: Mapping[str, np.ndarray[Any, Any]]) -> bool:
    """Return whether a parcel with these arrays takes a further graph, which may be a large one."""
    return sum(array.nbytes for array in arrays.values()) <= MAX_PARCEL_GRAPHS


def _list_arrays(replay: Replay) -> tuple[str, ...]:
    """Return the names of all arrays that a replay needs."""
    return (replay.graph, replay.logits, *replay.inputs, *replay.constants.values())


def _replay(name: str, graph: GraphFacts, array: str) -> Replay:
    """Return the replay of a graph under a name, without its inputs. `array`: name of the graph's bytes."""
    return Replay(
        id=name,
        graph=array,
        input_node=graph.input_node,
        output_node=graph.output_node,
        inputs=(),
        logits=LOGITS_NAME,
    )
