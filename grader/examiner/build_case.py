"""Decodes evidence and builds the `Case` that judgements look at. Everything here was sent by a child process."""

import logging

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
        self._is_imported = False

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
            self.steps[step] = _checked(StepResult(*unpack(body, StepEvidence)), step)
        except BadParcelError as error:
            self.stops[step] = _tampered(str(error))

    def _add_replay(self, step: str, body: bytes) -> None:
        self.replayed.add(step)
        if not body:
            return  # it ended its process
        try:
            self.replays[step] = ReplayResult(*unpack(body, ReplayEvidence))
        except BadParcelError:  # its network has no replay then, so nothing that needs one passes
            _log.warning("the replay of %s cannot be read", step, exc_info=True)


def _decoded_import(body: bytes) -> ImportEvidence:
    try:
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


def build_case(
    question: Question,
    rubric: Rubric,
    data: Data,
    evidence: DecodedEvidence,
    markdown: tuple[Markdown, ...] = (),
) -> Case:
    """Return everything that judgements may look at: evidence, replays, and the data with the labels."""
    return Case(
        data.inside,
        data.outside,
        evidence.import_evidence(),
        dict(evidence.steps),
        dict(evidence.stops),
        dict(evidence.replays),
        question.seeds,
        rubric.task,
        rubric.trainings,
        markdown,
        data.results,
    )
