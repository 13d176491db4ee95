"""Carry out the commands for a class: open its store, do the work, and bring its pages up to date."""

import contextlib
import getpass
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.classroom import adjustments
from grader.classroom.batch import Batch, GradingJob
from grader.classroom.erasure import finish_erasure
from grader.classroom.exports import export
from grader.classroom.exports.formats import ENDINGS, Format
from grader.classroom.feedback.pack import pack_feedback
from grader.classroom.feedback.records import FeedbackError, Platform
from grader.classroom.folder import (
    DASHBOARD,
    SIMILARITY,
    ClassFolder,
    ClassFolderError,
    Settings,
    open_store,
    write_file,
)
from grader.classroom.folder_use import use_folder
from grader.classroom.intake import open_hand_ins
from grader.classroom.mark_changes import find_mark_changes
from grader.classroom.pages import Publisher
from grader.classroom.rejudge import JudgePool, RejudgeJob, start_judges
from grader.classroom.rescore import Rescorer, RescoreResult
from grader.classroom.review.outdated_reports import find_outdated
from grader.classroom.store import HandInRow, Store, StoreError
from grader.commands.choose_pool import GradingOptions
from grader.commands.classroom_output import ClassOutput
from grader.commands.classroom_progress import ClassProgress
from grader.core.course import Course
from grader.core.errors import UnreadableSubmission, explain_write_error
from grader.core.i18n import Translator, _
from grader.grading.evidence_key import EvidenceKey
from grader.grading.pool import GraderPool
from grader.submission.reader import read


@dataclass(frozen=True)
class ClassSession:
    """A class whose store is open."""

    folder: ClassFolder
    store: Store
    publisher: Publisher
    output: ClassOutput
    translate: Translator

    @property
    def settings(self) -> Settings:
        """Return the settings of the class."""
        return self.folder.settings

    def start_progress(self) -> ClassProgress:
        """Return a progress bar for this class."""
        return ClassProgress(self.settings.exercise, self.translate)

    def evidence_key(self, course: Course) -> EvidenceKey:
        """Return today's evidence key, still without the plan."""
        settings = self.settings
        return EvidenceKey(course, settings.exercise, settings.language, settings.mode)


@contextmanager
def open_class(folder: ClassFolder, translate: Translator) -> Iterator[ClassSession]:
    """Open the store of a class, and finish what a killed command has begun to delete. Raises `UserError`."""
    with open_store(folder) as store:
        output = ClassOutput(translate)
        if finish_erasure(folder, store):
            output.print_erasure_finished()
        with use_folder(folder.path):
            yield ClassSession(folder, store, Publisher(folder, store), output, translate)


def _print_policy_doubts(session: ClassSession) -> None:
    """Print what of the policy had no effect, and perhaps should have had."""
    if not Path(session.settings.course).is_dir():
        session.output.print_no_course(session.settings.course)
    rows = session.publisher.read_rows()
    if session.settings.anonymous:
        return  # the policy names students
    session.output.print_unknown_extensions(session.publisher.marks.find_unknown_students(rows))
    session.output.print_unknown_times([row.entry for row in rows])


def grade_class(
    folder: ClassFolder, hand_ins: Path, due: datetime | None, options: GradingOptions, translate: Translator
) -> None:
    """Grade what a class handed in and is not graded yet."""
    exercise = folder.settings.exercise
    with open_hand_ins(hand_ins, exercise, due) as intake, open_class(folder, translate) as session:
        session.output.print_intake(intake, anonymous=session.settings.anonymous)
        with options.make_pool(session.settings.mode) as pool, session.start_progress() as progress:
            unplanned = session.evidence_key(options.course)
            key = unplanned.planned(pool.examiner.plan)
            batch = make_batch(session, pool, key, options)
            grade_jobs(batch, batch.enter(intake, progress), options, progress)
        session.store.tidy()
        session.output.print_batch_summary(progress.origins, session.publisher.read_gradebook())
        session.output.print_faults(batch.faults)
        session.output.print_dashboard(folder.path / DASHBOARD)


def rescore_class(
    folder: ClassFolder, options: GradingOptions, confirm: Callable[[int], bool], translate: Translator
) -> None:
    """Judge a class again with today's rubric. `confirm` is asked before that many submissions are run again."""
    with open_class(folder, translate) as session:
        with start_judges(folder.path, session.evidence_key(options.course)) as judges:
            # Read while the processes start.
            before, shown_marks = session.publisher.read_gradebook(), session.publisher.read_shown_marks()
            result, key = _judge_again(session, judges, len(before))
        session.output.print_faults(result.faults)
        if result.reruns:
            session.output.print_reruns(result.reruns)
            if confirm(len(result.jobs())):
                _run_again(session, result, key, options)
            else:
                session.output.print_not_run()
        session.publisher.write_dashboard()
        changes = find_mark_changes(before, session.publisher.read_gradebook(), shown_marks)
        session.output.print_changes(changes, result.judged)
        _print_policy_doubts(session)
        if result.lost:  # everybody else is judged
            raise result.lost[0]


def _judge_again(session: ClassSession, judges: JudgePool, total: int) -> tuple[RescoreResult, EvidenceKey]:
    with session.start_progress() as progress:
        key = judges.evidence_key()
        progress.set_total(total)
        rescorer = Rescorer(session.store, session.publisher, key, getpass.getuser(), progress.advance)
        return rescorer.judge(judges), key


def _run_again(session: ClassSession, result: RescoreResult, key: EvidenceKey, options: GradingOptions) -> None:
    jobs = result.jobs()
    with options.make_pool(session.settings.mode) as pool, session.start_progress() as progress:
        progress.set_total(sum(len(job.owners) for job in jobs))
        batch = make_batch(session, pool, key, options)
        grade_jobs(batch, jobs, options, progress)
    session.output.print_faults(batch.faults)


def make_batch(session: ClassSession, pool: GraderPool, key: EvidenceKey, options: GradingOptions) -> Batch:
    """Return what grades the hand-ins of a class."""
    user = getpass.getuser()
    return Batch(session.store, pool, key, session.publisher, user, options.despite_missing_walls)


def grade_jobs(batch: Batch, jobs: Sequence[GradingJob], options: GradingOptions, progress: ClassProgress) -> None:
    """Grade the jobs. Whatever ends it, the dashboard shows what is done."""
    try:
        if jobs:
            options.require_isolation(batch.pool)
            batch.grade(jobs, progress)
    finally:
        progress.stop()
        batch.publisher.write_dashboard()


def adjust_mark(
    folder: ClassFolder,
    course: Course,
    student: str,
    decisions: Sequence[adjustments.Decision],
    reason: str,
    translate: Translator,
) -> None:
    """Change a mark by hand; see `grader.classroom.adjustments.adjust`."""
    with open_class(folder, translate) as session:
        user = getpass.getuser()
        with _saying_that_nothing_changed():
            row = adjustments.adjust(session.store, session.publisher, student, decisions, reason, user)
        session.output.print_decisions(decisions, row.entry)
        _update_adjusted(session, row, course)


def withdraw_adjustments(folder: ClassFolder, course: Course, student: str, translate: Translator) -> None:
    """Withdraw what was changed by hand in a student's mark."""
    with open_class(folder, translate) as session:
        with _saying_that_nothing_changed():
            row = adjustments.withdraw(session.store, session.publisher, student, getpass.getuser())
        _update_adjusted(session, row, course)


@contextmanager
def _saying_that_nothing_changed() -> Iterator[None]:
    """Add to what is wrong with the store that the mark is the same as before."""
    try:
        yield
    except StoreError as error:
        raise StoreError(_("{problem} The mark was not changed.", problem=error.text)) from error


def _update_adjusted(session: ClassSession, row: HandInRow, course: Course) -> None:
    """Bring the pages up to date. The report is made by judging again, which is quick.

    Raises `ClassFolderError` where a page cannot be written: the same command would then change the mark twice.
    """
    try:
        _write_adjusted(session, row, course)
    except ClassFolderError as error:
        cause = error.__cause__
        if not isinstance(cause, OSError):
            raise
        raise ClassFolderError(
            _(
                "The mark is changed in the store, but the pages do not show it: {folder} cannot be written "
                "({reason}). Make room, then write them again: grader rescore {folder}",
                folder=str(session.folder.path),
                reason=explain_write_error(cause),
            )
        ) from error


def _write_adjusted(session: ClassSession, row: HandInRow, course: Course) -> None:
    session.publisher.write_dashboard()
    session.output.print_mark(session.publisher.public_name(row.entry.student, row.entry.name), row.entry)
    if row.key is not None:
        with start_judges(session.folder.path, session.evidence_key(course), 1) as judges:
            (result,) = judges.judge([RejudgeJob(row.number, row.key, row.entry)])
        if result.verdict != row.entry.verdict:
            session.output.print_report_outdated()


def export_marks(
    folder: ClassFolder, format_: Format, roster: Path | None, out: Path | None, translate: Translator
) -> None:
    """Write the marks for another program."""
    with open_class(folder, translate) as session:
        entries = session.publisher.read_gradebook()
        settings, output = session.settings, session.output
        _print_policy_doubts(session)
    exported = export(entries, settings.exercise, format_, settings.language, roster)
    target = out or folder.path / f"{settings.exercise}-{format_.value}.{ENDINGS[format_]}"
    write_file(target, exported.data)
    output.print_export(exported, target)


def export_feedback(
    folder: ClassFolder,
    platform: Platform,
    download: Path | None,
    out: Path | None,
    pdf: bool,
    translate: Translator,
) -> None:
    """Pack every report for the bulk upload of a platform."""
    settings = folder.settings
    if settings.anonymous and platform is not Platform.FOLDERS:
        raise FeedbackError(
            _(
                "{folder} has pseudonyms instead of names, and {platform} cannot know whose they are. Run grader "
                "batch again without --anonymous, or take --feedback folders.",
                folder=str(folder.path),
                platform=platform.own_name,
            )
        )
    with open_class(folder, translate) as session:
        entries = session.publisher.read_gradebook()
        rows = session.store.newest_hand_ins(settings.series)
        output = session.output
        if outdated := find_outdated(session.publisher, session.store):
            output.print_old_reports(len(outdated))
    packed = pack_feedback(
        platform,
        entries,
        folder.path,
        settings.exercise,
        hashes={row.entry.student: row.sha256 for row in rows},
        download=download,
        pdf=pdf,
    )
    target = out or folder.path / f"{settings.exercise}-feedback-{platform.value}.zip"
    write_file(target, packed.data)
    output.print_feedback(packed, platform, target)


def compare_submissions(folder: ClassFolder, course: Course, translate: Translator) -> None:
    """Compare the newest hand-ins of a class with each other, and write the page about it."""
    from grader.classroom.similarity.compare import find_similar  # the lexer takes a moment to come up
    from reports.classroom import similarity as page

    with open_class(folder, translate) as session:
        publisher, settings = session.publisher, session.settings
        rows = [row for row in session.store.newest_hand_ins(settings.series) if row.sha256]
        key_of = {row.number: publisher.public_key(row.entry.student) for row in rows}
        sources = {key_of[row.number]: session.store.read_submission(row.number) for row in rows}
        names = {key_of[row.number]: publisher.public_name(row.entry.student, row.entry.name) for row in rows}
        stub = None
        with contextlib.suppress(UnreadableSubmission):  # an exercise without a stub: nothing is left out
            stub = read(course.rubric_file(settings.exercise).parent / "submission.py")
        similarity = find_similar(sources, stub)
        title = publisher.find_title(publisher.read_gradebook())
        folder.write_file(SIMILARITY, page.render(title, similarity, names, settings.language))
        publisher.write_dashboard()
        session.output.print_similarity(similarity, folder.path / SIMILARITY)
