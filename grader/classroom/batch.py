"""Grade a class: enter hand-ins into the store, and bring those without a current verdict to one.

A submission is judged from stored evidence where there is some, and run only where there is none. Each result is
written as soon as it is there, so the same command goes on where it was stopped.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import msgspec

from grader import __version__
from grader.classroom.intake import GradableHandIn, Intake
from grader.classroom.pages import Publisher
from grader.classroom.store import HandInRow, Judgement, NewHandIn, Store, StoredEvidence
from grader.core.errors import UnreadableSubmission
from grader.core.i18n import Filling, Message, Translator, _
from grader.grading.evidence_key import EvidenceKey, anonymised_name
from grader.grading.pool import GraderPool
from grader.grading.results import Graded, Job, JobResult, PriorEvidence
from grader.grading.versions import versions
from grader.protocol.gradebook import GradebookEntry
from grader.protocol.messages import Evidence
from grader.protocol.submission import Submission
from grader.protocol.verdict import MACHINE_MEMORY, Isolation, Status
from grader.submission.exercise_match import looks_like, wrong_exercise
from grader.submission.reader import read


class VerdictOrigin(StrEnum):
    """Where the verdict of a submission is from, or why it has none."""

    RUN = "run"
    JUDGED = "judged"  # from stored evidence
    UNCHANGED = "unchanged"  # its verdict was current
    UNREADABLE = "unreadable"
    FAULT = "fault"  # of the grader


class ProgressListener(Protocol):
    """Shows how far a batch is. `start` may be called from any thread."""

    def set_total(self, total: int) -> None:
        """Take the number of hand-ins."""

    def start(self, name: str) -> None:
        """Take the name of a student whose submission is graded from now on."""

    def finish(self, name: str, origin: VerdictOrigin, status: Status) -> None:
        """Take what came of one student's submission."""


@dataclass(frozen=True)
class Owner:
    """A student who handed a submission in."""

    number: int  # of the hand-in, in the store
    name: str  # or the pseudonym
    entry: GradebookEntry


@dataclass(frozen=True)
class GradingJob:
    """A submission to be graded once, for all students who handed in the same bytes."""

    key: str  # of its evidence
    submission: Submission
    owners: list[Owner] = field(default_factory=list)


class Batch:
    """Grades submissions of one class, and writes each result.

    Methods raise `StoreError`, `ClassFolderError` and `InternalError`; what was done by then is kept.
    """

    def __init__(
        self,
        store: Store,
        pool: GraderPool,
        evidence_key: EvidenceKey,
        publisher: Publisher,
        by: str,
        despite_missing_walls: bool = False,
    ) -> None:
        self.store, self.pool, self.evidence_key = store, pool, evidence_key
        self.publisher, self.by, self.despite_missing_walls = publisher, by, despite_missing_walls
        self.faults: dict[str, str] = {}  # key of a job: what went wrong with the grader
        self._translate = Translator(evidence_key.language)

    def enter(self, intake: Intake, listener: ProgressListener) -> list[GradingJob]:
        """Enter the hand-ins into the store, and return the jobs for those without a current verdict."""
        new = [self._read(gradable) for gradable in intake.hand_ins]
        new += [
            NewHandIn(hand_in=left.hand_in, problem=self._translate(left.why))
            for left in intake.left_out
            if left.hand_in is not None
        ]
        listener.set_total(len(new))
        series = self.publisher.series
        numbers = self.store.add_hand_ins(series, new, self.store.begin_run(series, self.by))
        rows = {row.entry.student: row for row in self.store.newest_hand_ins(series)}
        jobs: dict[str, GradingJob] = {}
        for hand, number in zip(new, numbers, strict=True):
            who = hand.hand_in
            entry = msgspec.structs.replace(rows[who.student].entry, file=who.file, verdict=None)
            owner = Owner(number, self.publisher.public_name(who.student, who.name), entry)
            if hand.submission is None:
                listener.finish(owner.name, VerdictOrigin.UNREADABLE, Status.NOT_GRADED)
                continue
            key = self.evidence_key.key(hand.submission)
            jobs.setdefault(key, GradingJob(key, hand.submission)).owners.append(owner)
        self._drop_current(jobs.values(), rows, listener)
        return [job for job in jobs.values() if job.owners]

    def grade(self, jobs: Sequence[GradingJob], listener: ProgressListener) -> None:
        """Bring each job to a verdict and a report, and write both as soon as they are there."""
        by_key = {job.key: job for job in jobs}
        prior: dict[str, PriorEvidence] = {}

        def pool_jobs() -> Iterator[Job]:
            for job in jobs:
                stored = self.store.find_evidence(job.key)
                if stored is not None and self._is_isolated(stored.isolation):
                    prior[job.key] = to_prior_evidence(stored)
                key = self.evidence_key
                yield Job(job.key, key.exercise, job.submission, key.language, prior.get(job.key))

        for result in self.pool.grade_all(pool_jobs(), lambda job: listener.start(by_key[job.id].owners[0].name)):
            self._finish(by_key[result.id], result, prior.pop(result.id, None), listener)

    def _read(self, gradable: GradableHandIn) -> NewHandIn:
        """Read the file of a hand-in."""
        submission: Submission | None = None
        problem: Message | None = None
        try:
            submission = read(gradable.path)
        except UnreadableSubmission as error:
            problem = _rename_file(error.text, gradable.path.name, gradable.hand_in.file.rpartition("/")[2])
        if submission is not None and (
            other := looks_like(self.evidence_key.course, self.evidence_key.exercise, submission)
        ):
            submission = None
            problem = wrong_exercise(other, self.evidence_key.exercise, _("Ask for the file that was meant."))
        return NewHandIn(
            hand_in=gradable.hand_in,
            submission=anonymised_name(submission) if submission is not None else None,
            problem=self._translate(problem) if problem is not None else "",
        )

    def _drop_current(
        self, jobs: Iterable[GradingJob], rows: Mapping[str, HandInRow], listener: ProgressListener
    ) -> None:
        """Remove the owners who have their verdict and report already."""
        rubric = self.evidence_key.course.rubric_hash(self.evidence_key.exercise)
        for job in jobs:
            for owner in list(job.owners):
                row = rows[owner.entry.student]
                is_same = (row.number, row.key) == (owner.number, job.key)
                if is_same and self._is_current(row, rubric):
                    job.owners.remove(owner)
                    listener.finish(owner.name, VerdictOrigin.UNCHANGED, row.entry.status)

    def _is_current(self, row: HandInRow, rubric: str) -> bool:
        """Return whether the verdict is by today's rubric and grader, in this language, and has its report."""
        verdict = row.entry.verdict
        return (
            verdict is not None
            and (verdict.versions.rubric, verdict.versions.grader) == (rubric, __version__)
            and verdict.language == self.evidence_key.language
            and self._is_isolated(verdict.isolation)
            and not any(notice.id == MACHINE_MEMORY for notice in verdict.notices)  # which may go well today
            and self.publisher.has_report(row.entry.student)
        )

    def _is_isolated(self, isolation: Isolation) -> bool:
        """Return whether a run had all isolation features, as far as this batch asks for them."""
        return self.despite_missing_walls or all(wall.stands for wall in isolation.walls)

    def _finish(
        self, job: GradingJob, result: JobResult, prior: PriorEvidence | None, listener: ProgressListener
    ) -> None:
        """Write a result: first the evidence, then the verdicts, then the pages, which can be made again."""
        if result.graded is None:
            self._note_fault(job, result, listener)
            return
        verdict = result.graded.verdict
        was_run = prior is None or prior.evidence != result.graded.evidence
        if was_run and result.graded.evidence != Evidence():  # nothing is known where no judgement was finished
            self.store.keep_evidence(job.key, to_stored_evidence(result.graded, self.evidence_key))
        self.store.add_verdicts(
            Judgement(number=owner.number, key=job.key, verdict=verdict, by=self.by) for owner in job.owners
        )
        origin = VerdictOrigin.RUN if was_run else VerdictOrigin.JUDGED
        for owner in job.owners:
            self.publisher.write_report(owner.entry, verdict, result.graded.exhibits)
            listener.finish(owner.name, origin, verdict.status)

    def _note_fault(self, job: GradingJob, result: JobResult, listener: ProgressListener) -> None:
        """Write into the gradebook why there is no verdict. The next batch tries again."""
        self.faults[job.key] = result.fault
        problem = self._translate(describe_fault(result.fault, result.ended_examiner))
        for owner in job.owners:
            self.store.note_problem(owner.number, problem)
            listener.finish(owner.name, VerdictOrigin.FAULT, Status.NOT_GRADED)


def _rename_file(text: Message, old: str, new: str) -> Message:
    """Return a message that names the student's own file: what came out of an archive was read under another."""

    def fill(value: Filling) -> Filling:
        if isinstance(value, Message):
            return _rename_file(value, old, new)
        return new if value == old else value

    return Message(text.msgid, {name: fill(value) for name, value in text.params.items()})


def to_stored_evidence(graded: Graded, evidence_key: EvidenceKey) -> StoredEvidence:
    """Build what the store keeps of a run."""
    verdict = graded.verdict
    return StoredEvidence(
        evidence=graded.evidence,
        seeds=verdict.seeds,
        plan=evidence_key.plan,
        versions=versions(),
        isolation=verdict.isolation,
        resources=verdict.resources,
    )


def to_prior_evidence(stored: StoredEvidence) -> PriorEvidence:
    """Build the evidence that a run can begin with."""
    return PriorEvidence(stored.evidence, stored.seeds, stored.isolation, stored.resources)


def describe_fault(error: str, ended_examiner: bool) -> Message:
    """Return the sentence about a fault of the grader that left a submission without a verdict.

    Args:
        error: what went wrong, in English.
        ended_examiner: whether judging this submission went wrong each time, and nothing else did.
    """
    if ended_examiner:
        return _(
            "This could not be judged, and so it is not graded: {error}. Others are not concerned. Look at the "
            "file: it may be made to do that. If not, please report it.",
            error=error,
        )
    return _(
        "The grader itself failed here, not the submission. Run the batch again; if it stays, report it: {error}",
        error=error,
    )
