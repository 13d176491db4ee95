"""Decodes evidence and builds the `Case` that judgements look at. Evidence is not trusted: a child sent it."""

import logging
from collections.abc import Iterator

import msgspec

from grader.evidence.case import Case
from grader.evidence.run_evidence import ReplayResult, StepResult
from grader.protocol.evidence import ImportEvidence, ReplayEvidence, StepEvidence, Stopped, StopReason
from grader.protocol.messages import Evidence, Question
from grader.protocol.parcels import BadParcelError, unpack
from grader.protocol.submission import Markdown
from grader.rubric.data.dataset import Data
from grader.rubric.model import Rubric

# Fields of evidence records that hold the name of an array, and those that hold lists of such names.
_REF_FIELDS = frozenset({"ref", "rows", "png", "probe"})
_REF_LISTS = frozenset({"images", "lines", "scatters"})

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
        """Decode new evidence. Earlier evidence of a step stays; what cannot be decoded was tampered with."""
        self.import_stop = self.import_stop or new.import_stop
        self.import_unit = self.import_unit or new.import_unit
        if new.imported and not self._is_imported:
            self._is_imported = True
            self.imported = _decode_import(new.imported)
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
            self.steps[step] = _check_step(StepResult(*unpack(body, StepEvidence)), step)
        except BadParcelError as error:
            self.stops[step] = _stop_of_tampering(error)

    def _add_replay(self, step: str, body: bytes) -> None:
        self.replayed.add(step)
        if not body:
            return  # the replay ended its process, so it has no result
        try:
            self.replays[step] = ReplayResult(*unpack(body, ReplayEvidence))
        except BadParcelError:  # the network has no replay then, and no check that needs one passes
            _log.warning("the replay of %s cannot be read", step, exc_info=True)


def _decode_import(body: bytes) -> ImportEvidence:
    """Return how executing the submission went, or that the evidence was tampered with."""
    try:
        return unpack(body, ImportEvidence)[0]
    except BadParcelError as error:
        return ImportEvidence(stopped=_stop_of_tampering(error))


def _stop_of_tampering(error: BadParcelError) -> Stopped:
    """Return the reason why evidence that cannot be decoded is not used."""
    return Stopped(reason=StopReason.TAMPERED, detail=str(error)[:200])


def _check_step(result: StepResult, step: str) -> StepResult:
    """Return the result of a step. Raise `BadParcelError` if it names another step, or arrays that are missing."""
    if result.evidence.id != step:
        raise BadParcelError(f"evidence of {result.evidence.id!r}")
    missing = set(array_names(msgspec.to_builtins(result.evidence))) - set(result.arrays)
    if missing:
        raise BadParcelError(f"{len(missing)} arrays are missing")
    return result


def array_names(tree: object) -> Iterator[str]:
    """Yield the names of arrays that a record refers to. `tree`: the record as dicts and lists."""
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
                yield from array_names(value)
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from array_names(value)


def build_case(
    question: Question,
    rubric: Rubric,
    data: Data,
    evidence: DecodedEvidence,
    markdown: tuple[Markdown, ...] = (),
) -> Case:
    """Return everything that judgements may look at.

    Args:
        question: the seeds that the evidence is of.
        rubric: for its task and trainings.
        data: the rubric's data, with the labels.
        evidence: of all runs so far.
        markdown: the text cells of the submission.
    """
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
        data.made,
    )
