"""Decodes evidence and builds the `Case` that judgements look at. Everything here was sent by a child process."""

import logging
from collections.abc import Mapping

import msgspec

from grader.core.arrays import Array
from grader.core.seal import Seal
from grader.evidence.case import Case
from grader.evidence.limits import (
    MAX_ALL_ARRAYS,
    MAX_ALL_RECORD_BYTES,
    find_import_problem,
    find_replay_problem,
    find_step_problem,
)
from grader.evidence.placed_arrays import GraphIndex, read_placed
from grader.evidence.run_evidence import ReplayResult, StepResult
from grader.protocol.evidence import (
    MAX_RECORD_BYTES,
    ImportEvidence,
    ReplayEvidence,
    StepEvidence,
    Stopped,
    StopReason,
)
from grader.protocol.messages import Evidence, Question
from grader.protocol.parcels import BadParcelError, measure_record, unpack
from grader.protocol.submission import Markdown
from grader.protocol.training import OTHER_DATA
from grader.rubric.data.dataset import Data
from grader.rubric.model import Rubric

_log = logging.getLogger(__name__)


class DecodedEvidence:
    """All evidence of one submission so far, each part decoded once."""

    def __init__(self) -> None:
        self.imported = ImportEvidence()
        self.import_stop: Stopped | None = None
        self.import_unit: int | None = None
        self.steps: dict[str, StepResult] = {}
        self.stops: dict[str, Stopped] = {}
        self.replays: dict[str, ReplayResult] = {}
        self.replayed: set[str] = set()  # replays that were made, also those without a result
        self._graphs = GraphIndex()
        self._is_imported = False
        self._record_bytes = self._arrays = 0  # of everything that was decoded

    def add(self, new: Evidence) -> None:
        """Decode new evidence. What was there first stays; what is no evidence of ours counts as tampered with."""
        self.import_stop = self.import_stop or new.import_stop
        self.import_unit = self.import_unit or new.import_unit
        if new.imported and not self._is_imported:
            self._is_imported = True
            self.imported = _decoded_import(new.imported)
        for step, stop in new.stops.items():
            self.stops.setdefault(step, stop)
        for step, body in new.bodies.items():
            if step not in self.steps:
                self._add_step(step, body)
        for step, body in new.replays.items():
            if step not in self.replayed:
                self._add_replay(step, body)

    def done(self) -> frozenset[str]:
        """Return the steps that need not be done: there is evidence, or a reason why there is none."""
        return frozenset((*self.steps, *self.stops))

    def import_evidence(self) -> ImportEvidence:
        """Return how executing the submission went."""
        if self.import_stop is None:
            return self.imported
        return msgspec.structs.replace(self.imported, stopped=self.import_stop, unit=self.import_unit)

    def _add_step(self, step: str, body: bytes) -> None:
        try:
            if not self._has_room(body):
                self.stops.setdefault(step, Stopped(reason=StopReason.TOO_LARGE))
                return
            result = StepResult(*unpack(body, StepEvidence))
            self._arrays += len(result.arrays)
            self.steps[step] = _checked(result, step)
        except BadParcelError as error:
            self.stops[step] = _tampered(str(error))

    def _add_replay(self, step: str, body: bytes) -> None:
        self.replayed.add(step)
        if not body:
            return  # it ended its process
        try:
            if not self._has_room(body):
                stopped = Stopped(reason=StopReason.TOO_LARGE)
                self.replays[step] = ReplayResult(ReplayEvidence(id=step, stopped=stopped), {})
                return
            evidence, arrays = unpack(body, ReplayEvidence)
            graph = self._graphs.find(self.steps.values(), evidence.graph) if evidence.graph else None
            replay = ReplayResult(evidence, {**read_placed(evidence, graph), **arrays})
        except BadParcelError:  # its network has no replay then, so nothing that needs one passes
            _log.warning("the replay of %s cannot be read", step, exc_info=True)
            return
        self._arrays += len(replay.arrays)
        problem = find_replay_problem(replay)
        self.replays[step] = ReplayResult(ReplayEvidence(id=step, problem=problem), {}) if problem else replay

    def _has_room(self, body: bytes) -> bool:
        """Count the record of packed evidence; return whether it may be decoded. Raises `BadParcelError`."""
        size = measure_record(body)
        if size > MAX_RECORD_BYTES:
            return False
        self._record_bytes += size
        return self._record_bytes <= MAX_ALL_RECORD_BYTES and self._arrays <= MAX_ALL_ARRAYS


def _decoded_import(body: bytes) -> ImportEvidence:
    try:
        if len(body) > MAX_RECORD_BYTES:  # it has no arrays
            return ImportEvidence(stopped=_tampered(f"{len(body)} bytes"))
        evidence = unpack(body, ImportEvidence)[0]
    except BadParcelError as error:
        return ImportEvidence(stopped=_tampered(str(error)))
    problem = find_import_problem(evidence)
    return ImportEvidence(stopped=_tampered(problem)) if problem else evidence


def _tampered(problem: str) -> Stopped:
    return Stopped(reason=StopReason.TAMPERED, detail=problem[:200])


def _checked(result: StepResult, step: str) -> StepResult:
    """Refuse evidence that names another step, contradicts itself or is beyond a limit."""
    if result.evidence.id != step:
        raise BadParcelError(f"evidence of {result.evidence.id!r}")
    if problem := find_step_problem(result):
        raise BadParcelError(problem)
    return result


def name_other_arrays(arrays: Mapping[str, Array]) -> dict[str, Array]:
    """Return the arrays of other data under the names that trainings on these have for them."""
    return {f"{OTHER_DATA}{name}": array for name, array in arrays.items()}


def build_case(
    question: Question,
    rubric: Rubric,
    data: Data,
    evidence: DecodedEvidence,
    markdown: tuple[Markdown, ...] = (),
    unwritten: frozenset[str] = frozenset(),
    other_data: Data | None = None,
) -> Case:
    """Return everything that judgements may look at: evidence, replays, and the data with the labels.

    `other_data`: of the trainings that were done once more; None where none was.
    """
    inside, outside = dict(data.inside), dict(data.outside)
    if other_data is not None:
        inside |= name_other_arrays(other_data.inside)
        outside |= name_other_arrays(other_data.outside)
    return Case(
        inside,
        outside,
        evidence.import_evidence(),
        dict(evidence.steps),
        dict(evidence.stops),
        dict(evidence.replays),
        question.seeds,
        rubric.task,
        rubric.trainings,
        rubric.second_trainings(question.second_trainings, question.seeds),
        markdown,
        Seal(question.secret),
        unwritten,
        data.results,
    )
