"""A whole class: what was handed in goes into the store, what is not judged yet is, each result is kept at once.

Every submission takes the shortest way: none where its verdict is there, judging alone where its evidence is kept,
else the run. So the same command goes on where it was stopped.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import msgspec

from grader import __version__
from grader.classroom.intake import HandIn, Intake, LeftOut, looks_like
from grader.classroom.pages import Publisher
from grader.classroom.store import HandInRow, Judgement, NewHandIn, Store, StoredEvidence
from grader.core.errors import UnreadableSubmission
from grader.core.i18n import Filling, Message, Translator, _
from grader.grading.evidence_key import EvidenceKey, anonymised_name
from grader.grading.pool import GraderPool
from grader.grading.results import Graded, Job, JobResult, PriorEvidence
from grader.grading.versions import versions
from grader.protocol.gradebook import GradebookEntry
from grader.protocol.submission import Submission
from grader.protocol.verdict import Isolation, Status
from grader.submission.reader import read


class Way(StrEnum):
    """How a submission came to its verdict."""

    RUN = "run"
    JUDGED = "judged"  # from evidence that was kept
    UNCHANGED = "unchanged"  # its verdict was there
    UNREADABLE = "unreadable"
    FAULT = "fault"  # of the grader


class Watch(Protocol):
    """Told about everything while it happens; `begun` by any thread."""

    def planned(self, total: int) -> None:
        """So many hand-ins there are."""

    def begun(self, name: str) -> None:
        """This one is being graded now."""

    def finished(self, name: str, way: Way, status: Status) -> None:
        """This one is done."""


@dataclass(frozen=True)
class Owner:
    """Who handed a submission in. `number`: of the hand-in, in the store; `name`: as it may be shown."""

    number: int
    name: str
    entry: GradebookEntry


@dataclass(frozen=True)
class GradingJob:
    """A submission to be graded, and who handed it in: what is the same byte for byte is run once."""

    key: str
    submission: Submission
    owners: list[Owner] = field(default_factory=list)


class Batch:
    """Grades submissions of one class and keeps what comes of it.

    Raises `StoreError`, `ClassFolderError` and `GraderError`; what was done by then is kept.
    """

    def __init__(
        self,
        store: Store,
        crew: GraderPool,
        terms: EvidenceKey,
        publisher: Publisher,
        by: str,
        despite_missing_walls: bool = False,
    ) -> None:
        self.store, self.crew, self.terms = store, crew, terms
        self.publisher, self.by, self.despite_missing_walls = publisher, by, despite_missing_walls
        self.faults: dict[str, str] = {}  # key of a task: what went wrong with the grader
        self._say = Translator(terms.language)

    def take(self, intake: Intake, watch: Watch) -> list[GradingJob]:
        """Enter the hand-ins into the store, and return what is to be graded of them."""
        missing = [out for out in intake.left_out if out.student]
        hands = [*map(self._hand, intake.hand_ins), *map(self._not_taken, missing)]
        watch.planned(len(hands))
        series = self.publisher.folder.settings.series
        numbers = self.store.hand_in_many(series, hands, self.store.begin(series, self.by))
        stored = {held.entry.student: held for held in self.store.entries(series)}
        tasks: dict[str, GradingJob] = {}
        for hand, number in zip(hands, numbers, strict=True):
            entry = msgspec.structs.replace(stored[hand.student].entry, file=hand.file, verdict=None)
            owner = Owner(number, self.publisher.shown(hand.student, hand.name), entry)
            if hand.submission is None:
                watch.finished(owner.name, Way.UNREADABLE, Status.NOT_GRADED)
                continue
            key = self.terms.key(hand.submission)
            tasks.setdefault(key, GradingJob(key, hand.submission)).owners.append(owner)
        self._leave_out_current(tasks.values(), stored, watch)
        return [task for task in tasks.values() if task.owners]

    def grade(self, tasks: Sequence[GradingJob], watch: Watch) -> None:
        """Bring each task to a verdict, with its report; keep each as soon as it is there."""
        by_key = {task.key: task for task in tasks}
        known: dict[str, PriorEvidence] = {}

        def jobs() -> Iterator[Job]:
            for task in tasks:
                kept = self.store.evidence(task.key)
                if kept is not None and self._is_walled(kept.isolation):
                    known[task.key] = known_of(kept)
                yield Job(task.key, self.terms.exercise, task.submission, self.terms.language, known.get(task.key))

        for done in self.crew.grade_all(jobs(), lambda job: watch.begun(by_key[job.id].owners[0].name)):
            self._finish(by_key[done.id], done, known.pop(done.id, None), watch)

    def _hand(self, hand_in: HandIn) -> NewHandIn:
        """Read a hand-in's file."""
        submission: Submission | None = None
        problem: Message | None = None
        try:
            submission = read(hand_in.file)
        except UnreadableSubmission as error:
            problem = _renamed(error.text, hand_in.file.name, hand_in.where.rpartition("/")[2])
        if submission is not None and (other := looks_like(self.terms.course, self.terms.exercise, submission)):
            submission = None
            problem = _(
                "This is a solution of {other}, not of {exercise}: it defines that exercise's functions. Ask for "
                "the file that was meant.",
                other=other,
                exercise=self.terms.exercise,
            )
        return NewHandIn(
            student=hand_in.student,
            name=hand_in.name,
            file=hand_in.where,
            email=hand_in.email,
            platform_id=hand_in.platform_id,
            submitted=hand_in.submitted,
            late=hand_in.late,
            submission=anonymised_name(submission) if submission is not None else None,
            problem=self._say(problem) if problem is not None else "",
        )

    def _not_taken(self, out: LeftOut) -> NewHandIn:
        return NewHandIn(
            student=out.student,
            name=out.name,
            file=out.where,
            email=out.email,
            platform_id=out.platform_id,
            problem=self._say(out.why),
        )

    def _leave_out_current(
        self, tasks: Iterable[GradingJob], stored: Mapping[str, HandInRow], watch: Watch
    ) -> None:
        """Take away owners who have their verdict and report already."""
        rubric = self.terms.course.rubric_hash(self.terms.exercise)
        for task in tasks:
            for owner in list(task.owners):
                held = stored[owner.entry.student]
                same = (held.number, held.key) == (owner.number, task.key)
                if same and self._is_current(held, rubric):
                    task.owners.remove(owner)
                    watch.finished(owner.name, Way.UNCHANGED, held.entry.status)

    def _is_current(self, held: HandInRow, rubric: str) -> bool:
        """Return whether the verdict is by today's rubric and grader, in this language, and has its report."""
        verdict = held.entry.verdict
        return (
            verdict is not None
            and (verdict.versions.rubric, verdict.versions.grader) == (rubric, __version__)
            and verdict.language == self.terms.language
            and self._is_walled(verdict.isolation)
            and self.publisher.has_report(held.entry.student)
        )

    def _is_walled(self, isolation: Isolation) -> bool:
        """Return whether a run is good enough: one behind fewer walls, allowed by somebody else, is made anew."""
        return self.despite_missing_walls or all(wall.stands for wall in isolation.walls)

    def _finish(self, task: GradingJob, done: JobResult, known: PriorEvidence | None, watch: Watch) -> None:
        """Keep a result: first the evidence, then the verdicts, then the pages, which can be made again."""
        if done.graded is None:
            self._note_fault(task, done.fault, watch)
            return
        verdict = done.graded.verdict
        ran = known is None or known.evidence != done.graded.evidence
        if ran:
            self.store.keep(task.key, kept_of(done.graded, self.terms))
        self.store.judge_many(
            Judgement(number=owner.number, key=task.key, verdict=verdict, by=self.by) for owner in task.owners
        )
        for owner in task.owners:
            self.publisher.report(owner.entry, verdict, done.graded.exhibits)
            watch.finished(owner.name, Way.RUN if ran else Way.JUDGED, verdict.status)

    def _note_fault(self, task: GradingJob, error: str, watch: Watch) -> None:
        """Say in the gradebook why there is no verdict. The next batch tries again."""
        self.faults[task.key] = error
        for owner in task.owners:
            self.store.note(owner.number, self._say(fault(error)))
            watch.finished(owner.name, Way.FAULT, Status.NOT_GRADED)


def _renamed(text: Message, old: str, new: str) -> Message:
    """Call a file by the name that its student gave it: what came out of an archive was read under another."""

    def filling(value: Filling) -> Filling:
        if isinstance(value, Message):
            return _renamed(value, old, new)
        return new if value == old else value

    return Message(text.msgid, {name: filling(value) for name, value in text.params.items()})


def kept_of(graded: Graded, terms: EvidenceKey) -> StoredEvidence:
    """Return what the store keeps of a run."""
    verdict = graded.verdict
    return StoredEvidence(
        graded.evidence, verdict.seeds, terms.plan, versions(), verdict.isolation, verdict.resources
    )


def known_of(kept: StoredEvidence) -> PriorEvidence:
    """Return kept evidence as what a run can begin with."""
    return PriorEvidence(kept.held, kept.seeds, kept.isolation, kept.resources)


def fault(error: str) -> Message:
    """Return the sentence about a fault of the grader that left a submission without verdict."""
    return _(
        "The grader itself failed here, not the submission. Run the batch again; if it stays, report it: {error}",
        error=error,
    )
