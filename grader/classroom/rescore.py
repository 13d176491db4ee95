"""Judge a class again with today's rubric, and find the submissions that have to be run again for it."""

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from grader.classroom.batch import GradingJob, Owner, describe_fault
from grader.classroom.pages import Publisher
from grader.classroom.rejudge import JudgePool, RejudgeJob, RejudgeResult, RerunReason
from grader.classroom.store import HandInRow, Judgement, Store, StoreError
from grader.core.i18n import Translator
from grader.grading.evidence_key import EvidenceKey

BATCH_SIZE = 100  # verdicts that are written together


@dataclass
class RescoreResult:
    """What came of judging a class again."""

    judged: int = 0
    reruns: dict[RerunReason, dict[str, GradingJob]] = field(default_factory=dict)  # by reason and evidence key
    faults: dict[str, str] = field(default_factory=dict)  # evidence key: what went wrong with the grader
    lost: list[StoreError] = field(default_factory=list)  # neither evidence nor submission is there any more

    def jobs(self) -> list[GradingJob]:
        """Return everything that has to be run."""
        return [job for jobs in self.reruns.values() for job in jobs.values()]


class Rescorer:
    """Judges all stored evidence of a class again. Old verdicts stay in the history.

    A hand-in that could not be read stays as it is.
    """

    def __init__(
        self,
        store: Store,
        publisher: Publisher,
        evidence_key: EvidenceKey,
        by: str,
        advance: Callable[[int], None],
    ) -> None:
        """`advance` is called with the number of hand-ins that were written since the last call."""
        self.store, self.publisher, self.evidence_key = store, publisher, evidence_key
        self.by, self.advance = by, advance
        self._translate = Translator(evidence_key.language)
        self._result = RescoreResult()
        self._unwritten: list[Judgement] = []

    def judge(self, judges: JudgePool) -> RescoreResult:
        """Judge the class. Raises `UserError` and `InternalError`; what was done by then is kept."""
        if self.publisher.marks.policy.is_best_attempt:
            self._judge_earlier(judges)
        rows = {row.number: row for row in self.store.newest_hand_ins(self.publisher.series) if row.sha256}
        jobs = []
        for row in rows.values():
            if row.key is None:  # never judged, or a fault of the grader at the last time
                self._add_rerun(RerunReason.LOST, row)
            else:
                jobs.append(RejudgeJob(row.number, row.key, msgspec.structs.replace(row.entry, verdict=None)))
        try:
            for result in judges.judge(jobs):
                self._take(result, rows[result.number])
        finally:
            self._write()
        return self._result

    def _judge_earlier(self, judges: JudgePool) -> None:
        """Judge earlier hand-ins as well, one of which may count. What would have to be run keeps its verdict."""
        rows = {
            row.number: row for row in self.store.earlier_hand_ins(self.publisher.series) if row.key is not None
        }
        jobs = [
            RejudgeJob(row.number, row.key, msgspec.structs.replace(row.entry, verdict=None), has_report=False)
            for row in rows.values()
            if row.key is not None
        ]
        self.store.add_verdicts(
            Judgement(number=result.number, key=rows[result.number].key, verdict=result.verdict, by=self.by)
            for result in judges.judge(jobs)
            if result.verdict is not None
        )

    def _take(self, result: RejudgeResult, row: HandInRow) -> None:
        if result.verdict is not None:
            self._result.judged += 1
            self._unwritten.append(
                Judgement(number=result.number, key=row.key, verdict=result.verdict, by=self.by)
            )
        elif result.rerun is not None:
            self._add_rerun(result.rerun, row)
        else:
            self._result.faults[row.key or ""] = result.fault
            self.store.note_problem(
                result.number, self._translate(describe_fault(result.fault, result.ended_examiner))
            )
        if len(self._unwritten) == BATCH_SIZE:
            self._write()

    def _write(self) -> None:
        self.store.add_verdicts(self._unwritten)
        self.advance(len(self._unwritten))
        self._unwritten.clear()

    def _add_rerun(self, reason: RerunReason, row: HandInRow) -> None:
        """Note that a submission has to be run again: once, where several students handed it in."""
        try:
            submission = self.store.read_submission(row.number)
        except StoreError as error:
            self._result.lost.append(error)
            return
        entry = row.entry
        owner = Owner(row.number, self.publisher.public_name(entry.student, entry.name), entry)
        key = self.evidence_key.key(submission)
        jobs = self._result.reruns.setdefault(reason, {})
        jobs.setdefault(key, GradingJob(key, submission)).owners.append(owner)
