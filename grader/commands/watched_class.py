"""`grader batch --watch`: grade what comes into a folder, and put each report beside its file, until Ctrl-C."""

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from grader.classroom.batch import Batch
from grader.classroom.folder import DASHBOARD, ClassFolder, ClassFolderError, write_file
from grader.classroom.intake import Intake, UnusableHandInsError, open_hand_ins
from grader.classroom.watched_folder import FolderLook, WatchedFolder, watch_folder
from grader.commands.choose_pool import GradingOptions
from grader.commands.classroom_output import ClassOutput
from grader.commands.classroom_session import ClassSession, grade_jobs, make_batch, open_class
from grader.core.i18n import Translator
from grader.grading.evidence_key import EvidenceKey
from grader.grading.pool import GraderPool
from grader.submission.file_names import stem
from reports.submission.class_place import detach_from_class

LOOK_SECONDS = 2.0  # between two looks; drives often do not tell of changes
REPORT, REASON = ".report.html", ".report.txt"  # what is put beside a file: its report, or why there is none


def wait_for_next_look() -> None:
    """Wait until the folder is looked into again."""
    time.sleep(LOOK_SECONDS)


def watch_class(
    folder: ClassFolder,
    hand_ins: Path,
    due: datetime | None,
    options: GradingOptions,
    translate: Translator,
    *,
    wait: Callable[[], None] = wait_for_next_look,
    watched: WatchedFolder | None = None,
) -> None:
    """Grade each file of a folder once it is complete, until Ctrl-C ends it."""
    watched = watched or WatchedFolder(hand_ins.resolve())
    with open_class(folder, translate) as session, options.make_pool(session.settings.mode) as pool:
        options.require_isolation(pool)
        key = session.evidence_key(options.course).planned(pool.examiner.plan)
        watch = ClassWatch(session, pool, key, options, watched.folder, due)
        session.output.print_watch_begins(watched.folder)
        try:
            watch_folder(watched, watch.grade, watch.note, watch.note_missing, time.monotonic, wait)
        except KeyboardInterrupt:
            session.output.print_watch_ends(folder.path / DASHBOARD)


class ClassWatch:
    """Grades the complete files of a watched folder, one turn after another."""

    def __init__(
        self,
        session: ClassSession,
        pool: GraderPool,
        key: EvidenceKey,
        options: GradingOptions,
        root: Path,
        due: datetime | None,
    ) -> None:
        self._session, self._pool, self._key, self._options = session, pool, key, options
        self._root, self._due = root, due
        self._noted_empty: frozenset[str] = frozenset()

    @property
    def _output(self) -> ClassOutput:
        return self._session.output

    def note(self, last: FolderLook, look: FolderLook) -> None:
        """Print what will not be graded as it is, each once."""
        self._output.print_conflicts(self._relative(look.conflicts - last.conflicts))
        missing = last.complete.keys() - look.complete.keys() - look.unfinished - look.conflicts
        self._output.print_gone_files(self._relative(missing))
        still_empty = look.empty & last.empty
        self._output.print_empty_files(self._relative(still_empty - self._noted_empty))
        self._noted_empty = still_empty

    def note_missing(self, error: UnusableHandInsError) -> None:
        """Print that the folder is not there."""
        self._output.print_folder_missing(error)

    def grade(self, look: FolderLook) -> None:
        """Grade what is complete and new, and put the reports beside the files."""
        exercise = self._session.settings.exercise
        try:
            with open_hand_ins(self._root, exercise, self._due, look.selection) as intake:
                with self._session.start_progress() as progress:
                    batch = make_batch(self._session, self._pool, self._key, self._options)
                    jobs = batch.enter(intake, progress)
                    grade_jobs(batch, jobs, self._options, progress)
                self._put_reports(intake, batch)
        except UnusableHandInsError as error:
            self._output.print_folder_missing(error)
        self._session.store.tidy()

    def _put_reports(self, intake: Intake, batch: Batch) -> None:
        """Put each student's report beside the file, or the reason why there is none."""
        publisher = self._session.publisher
        of_student = {
            row.entry.student: row.entry for row in self._session.store.newest_hand_ins(publisher.series)
        }
        where = {g.hand_in.student: g.hand_in.file for g in intake.hand_ins}
        where |= {left.hand_in.student: left.hand_in.file for left in intake.left_out if left.hand_in is not None}
        written = 0
        for student, file in where.items():
            entry = of_student.get(student)
            if entry is None:
                continue
            try:
                if entry.verdict is not None and publisher.has_report(student):
                    page = detach_from_class(publisher.read_report(student))
                    written += self._put(file, REPORT, REASON, page)
                elif entry.problem:
                    written += self._put(file, REASON, REPORT, f"{entry.problem}\n")
            except (ClassFolderError, OSError) as error:
                self._output.print_report_not_put(file, error)
        self._output.print_turn(written, len(where))
        self._output.print_faults(batch.faults)

    def _put(self, file: str, ending: str, other: str, text: str) -> bool:
        """Write one file beside a hand-in unless it says the same already; return whether it was written."""
        base = self._base(file)
        target = base.with_name(f"{base.name}{ending}")
        base.with_name(f"{base.name}{other}").unlink(missing_ok=True)
        data = text.encode("utf-8", "replace")
        if target.is_file() and target.read_bytes() == data:
            return False
        write_file(target, data)
        return True

    def _base(self, file: str) -> Path:
        """Return the path of a hand-in, or of the zip that it is in, without the ending."""
        path = self._root
        for part in file.split("/"):
            if not (path / part).exists():
                break
            path /= part
            if path.is_file():
                return path.with_name(stem(path.name))
        return path / self._session.settings.exercise

    def _relative(self, files: Iterable[str]) -> list[str]:
        return sorted(str(Path(file).relative_to(self._root)) for file in files)
