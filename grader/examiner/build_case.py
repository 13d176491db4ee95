"""TODO: grader/examiner/build_case.py."""

import contextlib

import msgspec

from grader.evidence.case import Case
from grader.evidence.limits import find_import_problem, find_step_problem
from grader.evidence.run_evidence import ReplayResult, StepResult
from grader.protocol.evidence import ImportEvidence, ReplayEvidence, StepEvidence, Stopped, StopReason
from grader.protocol.messages import Evidence, Question
from grader.protocol.parcels import BadParcelError, unpack
from grader.protocol.submission import Markdown
from grader.rubric.data.dataset import Data
from grader.rubric.model import Rubric


def _steps(held: Evidence) -> tuple[dict[str, StepResult], dict[str, Stopped]]:
    """Decode the evidence; what is not exactly a step's evidence was not written by the grader."""
    steps: dict[str, StepResult] = {}
    stops = dict(held.stops)
    for step, body in held.bodies.items():
        try:
            evidence, arrays = unpack(body, StepEvidence)
            steps[step] = _checked(StepResult(evidence, arrays), step)
        except BadParcelError as error:
            stops[step] = Stopped(reason=StopReason.TAMPERED, detail=str(error)[:200])
    return steps, stops


def _checked(result: StepResult, step: str) -> StepResult:
    """Refuse evidence that names another step, contradicts itself or is beyond a limit."""
    if result.evidence.id != step:
        raise BadParcelError(f"evidence of {result.evidence.id!r}")
    if problem := find_step_problem(result):
        raise BadParcelError(problem)
    return result


def _unpack_import(body: bytes) -> ImportEvidence:
    """Decode the evidence of the import, if there is any; refuse what is beyond a limit."""
    evidence = unpack(body, ImportEvidence)[0] if body else ImportEvidence()
    if problem := find_import_problem(evidence):
        raise BadParcelError(problem)
    return evidence


def make_case(
    question: Question, rubric: Rubric, data: Data, held: Evidence, markdown: tuple[Markdown, ...] = ()
) -> Case:
    """Return everything that judgements may look at."""
    steps, stops = _steps(held)
    replays: dict[str, ReplayResult] = {}
    for step, body in held.replays.items():
        # One that cannot be read leaves its network without a replay: nobody's fault but the grader's.
        with contextlib.suppress(BadParcelError):
            evidence, arrays = unpack(body, ReplayEvidence)
            replays[step] = ReplayResult(evidence, arrays)
    try:
        imported = _unpack_import(held.imported)
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
        data.results,
    )
