"""The process that decides: makes plans from rubrics, and verdicts from evidence.

It holds the labels, imports no submission and runs no TensorFlow: graphs are replayed behind walls, by the same
means as submissions, and only their numbers come here.
"""

import contextlib
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from grader.checks.base import Case, Replayed, Seen
from grader.course import Course
from grader.data import Data
from grader.evidence import ImportEvidence, ReplayEvidence, StepEvidence, Stopped, StopReason
from grader.examiner_talk import Ask, AskPlan, AskVerdict, Held, Judged, PlanMade, Question, Reply, Unusable
from grader.judge import judge
from grader.network import inputs_of
from grader.plan import Limits, Plan, Replay, Step, uses
from grader.record import BadParcelError, pack, unpack
from grader.rubric import Rubric
from grader.rubric_file import RubricFileError
from grader.sandbox.frames import ANSWER, FAULT, REQUEST, Channel
from grader.submission import Markdown
from grader.usable import Usable, usable

REPLAY_LIMITS = Limits(wall_seconds=120.0, cpu_seconds=120)


class Examiner:
    """Answers questions. Rubrics and data are read once each."""

    def __init__(self) -> None:
        self._rubrics: dict[tuple[str, str], Usable] = {}

    def answer(self, ask: Ask) -> Reply:
        """Return the answer. Raises only for a fault of the grader; `RubricFileError` for one of the rubric."""
        key = (ask.question.course, ask.question.exercise)
        if key not in self._rubrics:
            self._rubrics[key] = usable(Course(Path(ask.question.course)), ask.question.exercise)
        rubric, data, rubric_hash = (held := self._rubrics[key]).rubric, held.data, held.hash
        match ask:
            case AskPlan(question=question, done=done):
                chosen = msgspec.structs.replace(question, seeds=question.seeds or rubric.seeds[:1])
                return make_plan(chosen, rubric, data, frozenset(done))
            case AskVerdict():
                return self._verdict(ask, rubric, data, rubric_hash)

    def _verdict(self, ask: AskVerdict, rubric: Rubric, data: Data, rubric_hash: str) -> PlanMade | Judged:
        case = make_case(ask.question, rubric, data, ask.held, ask.submission.markdown)
        if parcel := make_replays(case, rubric, data, frozenset(ask.held.replays)):
            return PlanMade(parcel)
        versions = msgspec.structs.replace(ask.versions, rubric=rubric_hash)
        verdict, exhibits, undecided = judge(
            ask.question.exercise,
            rubric,
            data,
            case,
            ask.submission,
            ask.isolation,
            ask.resources,
            versions,
            ask.language,
        )
        more = tuple(s for s in rubric.seeds if s not in ask.question.seeds) if undecided else ()
        return Judged(verdict, exhibits, more)


def make_plan(question: Question, rubric: Rubric, data: Data, done: frozenset[str]) -> PlanMade:
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
    return PlanMade(pack(plan, arrays) if wanted - done else b"", question.seeds)


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
        made = [replay for step in wanted if (replay := _replay(case.steps[step], arrays))]
        if made:
            inputs = inputs_of(data, training)
            arrays |= {training.array(role): rows for role, rows in inputs.items()}
            steps += [msgspec.structs.replace(r, inputs=tuple(map(training.array, inputs))) for r in made]
    if not steps:  # what checks ask for is made from what came of these
        for criterion in rubric.criteria:
            with contextlib.suppress(Exception):  # evidence is a claim; without its replay, the check cannot pass
                more, their_arrays = criterion.check.replays(case)
                steps += [replay for replay in more if replay.id not in done]
                arrays |= their_arrays
    plan = Plan(exercise="", limits=REPLAY_LIMITS, steps=tuple(steps))
    return pack(plan, arrays) if steps else b""


def _replay(seen: Seen, arrays: dict[str, np.ndarray[Any, Any]]) -> Replay | None:
    """Return the step that replays the graph that a network left, if any; its inputs are still to be named."""
    graph = seen.evidence.model.graph if seen.evidence.model is not None else None
    if graph is None or graph.ref not in seen.arrays:
        return None
    step = seen.evidence.id
    arrays[f"graph:{step}"] = seen.arrays[graph.ref]
    return Replay(
        id=step, graph=f"graph:{step}", input_node=graph.input_node, output_node=graph.output_node, inputs=()
    )


def _steps(held: Held) -> tuple[dict[str, Seen], dict[str, Stopped]]:
    """Decode the evidence; what is not exactly a step's evidence was not written by the grader."""
    steps: dict[str, Seen] = {}
    stops = dict(held.stops)
    for step, body in held.bodies.items():
        try:
            evidence, arrays = unpack(body, StepEvidence)
            steps[step] = _checked(Seen(evidence, arrays), step)
        except BadParcelError as error:
            stops[step] = Stopped(reason=StopReason.TAMPERED, detail=str(error)[:200])
    return steps, stops


def _checked(seen: Seen, step: str) -> Seen:
    """Refuse evidence that names another step, or arrays that are not there."""
    if seen.evidence.id != step:
        raise BadParcelError(f"evidence of {seen.evidence.id!r}")
    lacking = set(_refs(msgspec.to_builtins(seen.evidence))) - set(seen.arrays)
    if lacking:
        raise BadParcelError(f"{len(lacking)} arrays are missing")
    return seen


_REF_FIELDS = frozenset({"ref", "rows", "png", "probe"})
_REF_LISTS = frozenset({"images", "lines", "scatters"})


def _refs(tree: object) -> Iterator[str]:
    """Return the names of arrays in a record that was taken apart."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            if isinstance(value, str):
                if value and key in _REF_FIELDS:
                    yield value
            elif key in _REF_LISTS:
                yield from value
            elif key == "curves" and isinstance(value, dict):
                yield from value.values()
            elif isinstance(value, dict | list | tuple):
                yield from _refs(value)
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from _refs(value)


def make_case(
    question: Question, rubric: Rubric, data: Data, held: Held, markdown: tuple[Markdown, ...] = ()
) -> Case:
    """Return everything that judgements may look at."""
    steps, stops = _steps(held)
    replays: dict[str, Replayed] = {}
    for step, body in held.replays.items():
        # One that cannot be read leaves its network without a replay: nobody's fault but the grader's.
        with contextlib.suppress(BadParcelError):
            evidence, arrays = unpack(body, ReplayEvidence)
            replays[step] = Replayed(evidence, arrays)
    imported = ImportEvidence()
    try:
        imported = unpack(held.imported, ImportEvidence)[0] if held.imported else imported
    except BadParcelError as error:
        held_stop = Stopped(reason=StopReason.TAMPERED, detail=str(error)[:200])
        imported = ImportEvidence(stopped=held_stop)
    if held.import_stop is not None:
        imported = msgspec.structs.replace(imported, stopped=held.import_stop, unit=held.import_unit)
    return Case(
        data.inside,
        data.outside,
        imported,
        steps,
        stops,
        replays,
        question.seeds,
        rubric.task,
        rubric.trainings,
        markdown,
        data.made,
    )


def serve(channel: Channel, answer: Callable[[Ask], Reply] | None = None) -> None:
    """Answer questions until the other side is gone. A fault is told, with its traceback, and survived."""
    answer = answer or Examiner().answer
    while (frame := channel.receive()) is not None and frame.kind == REQUEST:
        try:
            reply = answer(msgspec.msgpack.decode(frame.body, type=Ask))
            channel.send(ANSWER, msgspec.msgpack.encode(reply), frame.nonce)
        except RubricFileError as error:
            channel.send(ANSWER, msgspec.msgpack.encode(Unusable(error.text)), frame.nonce)
        except Exception:  # noqa: BLE001 - whatever goes wrong here is the grader's fault and never a student's mark
            channel.send(FAULT, traceback.format_exc().encode(), frame.nonce)


def main() -> None:
    """Serve on the standard streams: the plain mode."""
    import os

    channel = Channel(os.dup(0), os.dup(1))
    os.dup2(2, 1)
    serve(channel)


if __name__ == "__main__":
    main()
