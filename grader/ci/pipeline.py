"""Grade a change, or files, by a course: from git to the record of the result."""

import logging
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.ci.base_course import find_exercises, unpack_course
from grader.ci.changed_submissions import (
    Candidate,
    ChangeContext,
    ChangedSubmissions,
    Remark,
    find_remarks_on_course_and_grader,
    find_submissions,
)
from grader.ci.comparison import Comparison, find_changes, find_comparison
from grader.ci.environment import ClaimedChange, detect_host, read_claimed_change
from grader.ci.git import FILE, FileChange, Repository, TreeEntry, decode_for_display
from grader.ci.grade_change import GradedPlaces, PlacedSubmission, grade_places
from grader.ci.paths import display_repository_path
from grader.ci.read_blobs import describe_other_exercise, find_stray_remark, read_candidates, read_file
from grader.core import course as courses
from grader.core.course import Course
from grader.core.course_secret import VARIABLE, with_secret
from grader.core.errors import InternalError, UserError
from grader.core.i18n import Message, Translator, _
from grader.core.seal import PRACTICE
from grader.core.temporary_folders import temporary_folder
from grader.grading.local_pool import LocalPool, count_processors
from grader.grading.pool import GraderPool
from grader.grading.results import Mode
from grader.protocol.change_result import ChangeResult, Note
from grader.protocol.submission import Submission

_log = logging.getLogger(__name__)

MOST = 100  # submissions of one change
MOST_NOTES = 200

Rubrics = Literal["base", "folder", "shipped"]


class ChangeError(UserError):
    """The change cannot be graded. `text` says why, and what to do."""


@dataclass(frozen=True)
class CiOptions:
    """What is asked for."""

    language: str
    mode: Mode
    base: str | None = None
    course: Path | None = None
    pass_mark: float | None = None
    despite_missing_walls: bool = False


@dataclass(frozen=True)
class _Change:
    """A change that was found: two commits and the files that they hold."""

    repository: Repository
    comparison: Comparison
    changes: tuple[FileChange, ...]
    before: Mapping[str, TreeEntry]
    after: Mapping[str, TreeEntry]
    base: Mapping[str, TreeEntry]  # of the commit whose rubrics are used

    @classmethod
    def find(cls, repository: Repository, claimed: ClaimedChange) -> "_Change":
        """Find out what was changed. Raises `GitError`."""
        comparison = find_comparison(repository, claimed)
        changes = find_changes(repository, comparison)
        before = {path: e for commit in comparison.parted for path, e in repository.files(commit).items()}
        after, base = repository.files(comparison.head), repository.files(comparison.course)
        return cls(repository, comparison, changes, before, after, base)

    def holds(self, folder: Path) -> bool:
        """Return whether the change itself holds what lies in a folder: that is not the grader's own side."""
        try:
            inside = folder.resolve().relative_to(self.repository.top().resolve()).as_posix()
        except ValueError:
            return False
        return inside == "." or any(path.startswith(f"{inside}/") for path in self.after)


def grade_change(
    folder: Path, options: CiOptions, environment: Mapping[str, str]
) -> tuple[ChangeResult, Mapping[str, str]]:
    """Grade what a change touches; return the answer, and reports by file name. Refusals are answers, too."""
    translate = Translator(options.language)
    try:
        repository = Repository(folder)
        host = detect_host(environment)
        claimed = (
            ClaimedChange(options.base, "--base", host)
            if options.base is not None
            else read_claimed_change(environment)
        )
        return _of_change(_Change.find(repository, claimed), options, translate)
    except UserError as error:
        return _refused(error.text, options, translate), {}


def grade_files(files: Sequence[Path], options: CiOptions) -> tuple[ChangeResult, Mapping[str, str]]:
    """Grade files of the work tree by the course that they lie in; see `grade_change`."""
    translate = Translator(options.language)
    try:
        return _of_files(files, options, translate)
    except UserError as error:
        return _refused(error.text, options, translate), {}


def _of_change(
    change: _Change, options: CiOptions, translate: Translator
) -> tuple[ChangeResult, Mapping[str, str]]:
    _require_grader_of_its_own(change)
    rubrics, course = _rubrics(change, options)
    exercises = find_exercises(change.base) if course is None else frozenset(course.exercises())
    touched = find_submissions(change.changes, ChangeContext(exercises, change.before.get, change.after.get))
    _require_few(touched)
    with ExitStack() as stack:
        # First of all the crew: while it imports TensorFlow, the rest is read.
        place = Course(stack.enter_context(temporary_folder("course")).resolve())
        sealed = _seal(course or place)
        pool, fault = _start_pool(stack, sealed, len(touched.submissions), options)
        if course is None and (touched.submissions or touched.strays):
            unpack_course(change.repository, change.base, place.folder)
        course = course or place
        strays = _strays(course, read_candidates(change.repository, touched.strays))
        errors = any(remark.severity == "error" for remark in (*touched.remarks, *strays))
        if rubrics == "shipped" and not (touched.submissions or touched.problems or errors):
            raise ChangeError(
                _(
                    "This repository has no course: there is no exercises/NAME/rubric.py in the commit that the "
                    "change is compared with, and the change touches none of the exercises that come with the "
                    "grader. Name a course: grader ci --course DIR"
                )
            )
        places = _places(course, touched, read_candidates(change.repository, touched.submissions))
        graded = grade_places(
            places, pool, fault, despite_missing_walls=options.despite_missing_walls, translate=translate
        )
    own = find_remarks_on_course_and_grader(change.changes)
    remarks = (*touched.remarks, *strays, *own, *_remark_on_practice(sealed, graded))
    comparison = change.comparison
    return _answer(rubrics, graded, remarks, options, translate, comparison.course, comparison.head), graded.pages


def _of_files(
    files: Sequence[Path], options: CiOptions, translate: Translator
) -> tuple[ChangeResult, Mapping[str, str]]:
    course = courses.find_course(options.course)
    course.require_exercises()
    root, remarks, changes = _root(), [], []
    for file in files:
        path = Path(os.path.abspath(file))  # noqa: PTH100 - what links lead to is looked at when it is read
        if not path.is_relative_to(root):
            remarks.append(
                Remark("error", _("This file does not lie below {folder}.", folder=str(root)), str(file))
            )
        elif not path.is_file():
            remarks.append(Remark("error", _("There is no such file."), str(file)))
        else:
            changes.append(FileChange("M", path.relative_to(root).as_posix(), TreeEntry(FILE, "")))

    def find(path: str) -> TreeEntry | None:
        return TreeEntry(FILE, "") if (root / path).is_file() else None

    touched = find_submissions(changes, ChangeContext(frozenset(course.exercises()), find, find))
    _require_few(touched)
    with ExitStack() as stack:
        sealed = _seal(course)
        pool, fault = _start_pool(stack, sealed, len(touched.submissions), options)
        strays = _strays(course, ((stray, read_file(root / stray.path)) for stray in touched.strays))
        places = _places(course, touched, ((each, read_file(root / each.path)) for each in touched.submissions))
        graded = grade_places(
            places, pool, fault, despite_missing_walls=options.despite_missing_walls, translate=translate
        )
    rubrics: Rubrics = "shipped" if course.folder == courses.SHIPPED_FOLDER else "folder"
    remarks += [*touched.remarks, *strays, *_remark_on_practice(sealed, graded)]
    return _answer(rubrics, graded, remarks, options, translate), graded.pages


def _rubrics(change: _Change, options: CiOptions) -> tuple[Rubrics, Course | None]:
    """Return whose rubrics are used; no course where it is still to be unpacked. Never the change's own."""
    if options.course is None and find_exercises(change.base):
        return "base", None
    course = Course(options.course if options.course is not None else courses.SHIPPED_FOLDER)
    course.require_exercises()
    if change.holds(course.folder / "exercises"):
        raise ChangeError(
            _(
                "The course in {folder} is part of the change itself, which is not to be graded by its own "
                "rubrics. Name a folder outside of this repository with --course, or leave it out for the base's.",
                folder=str(course.folder),
            )
        )
    return "folder" if options.course is not None else "shipped", course


def _require_grader_of_its_own(change: _Change) -> None:
    """Refuse to grade with a grader that the change altered: where it runs from the checked out files."""
    try:
        root = courses.SHIPPED_FOLDER.relative_to(change.repository.top().resolve())
    except ValueError:
        return
    mine = tuple((root / name).as_posix() + "/" for name in ("grader", "reports"))
    if any(path.startswith(mine) for path in change.after) and (
        altered_ := [path for each in change.changes for path in (each.path, each.old) if path.startswith(mine)]
    ):
        raise ChangeError(
            _(
                "This change alters the grader itself ({file}), and it is the altered one that runs here. Install "
                "the base's grader outside of this folder, and grade with that.",
                file=display_repository_path(altered_[0]),
            )
        )


def _require_few(touched: ChangedSubmissions) -> None:
    count = len(touched.submissions) + len(touched.problems)
    if count > MOST or len(touched.strays) > 20 * MOST:
        raise ChangeError(
            _(
                "This change touches {count} submissions and {others} other Python files; at most {most} are "
                "graded at once. Split it, or use grader batch for a whole class.",
                count=count,
                others=len(touched.strays),
                most=MOST,
            )
        )


def _seal(course: Course) -> Course:
    """Return the course with its secret; with the public one of practice runs where it has none, as in a fork.

    Raises `CourseSecretError`.
    """
    return with_secret(course) or course


def _remark_on_practice(course: Course, graded: GradedPlaces) -> tuple[Remark, ...]:
    if course.secret != PRACTICE or not any(outcome.verdict is not None for outcome in graded.outcomes):
        return ()
    text = _(
        "This was graded on practice data, for there is no secret of the course here ({variable}). The data of a "
        "mark are others of the same kind, so that scores may differ a little.",
        variable=VARIABLE,
    )
    return (Remark("tip", text),)


def _start_pool(stack: ExitStack, course: Course, size: int, options: CiOptions) -> tuple[GraderPool | None, str]:
    """Start who grades, if there is anything to grade; else, or where that fails, return why not."""
    if not size:
        return None, ""
    try:
        pool = LocalPool(
            course,
            options.mode,
            min(size, count_processors()),
            despite_missing_walls=options.despite_missing_walls,
        )
    except InternalError as error:
        _log.error("the processes that grade could not be started", exc_info=True)
        return None, str(error) or type(error).__name__
    return stack.enter_context(pool), ""


def _places(
    course: Course, touched: ChangedSubmissions, read: Iterable[tuple[Candidate, Submission | Message]]
) -> tuple[PlacedSubmission, ...]:
    """Return everything that there is in the place of a submission, by path."""
    places = [PlacedSubmission(problem.path, problem.exercise, problem.text) for problem in touched.problems]
    for candidate, content in read:
        if isinstance(content, Submission):
            refusal = describe_other_exercise(course, candidate, content)
            places.append(PlacedSubmission(candidate.path, candidate.exercise, refusal or content))
        else:
            places.append(PlacedSubmission(candidate.path, candidate.exercise, content))
    return tuple(sorted(places, key=lambda place: place.path))


def _strays(course: Course, read: Iterable[tuple[Candidate, Submission | Message]]) -> tuple[Remark, ...]:
    """Return the remarks about files in no exercise's folder: those that solve one are errors."""
    return tuple(filter(None, (find_stray_remark(course, stray, content) for stray, content in read)))


def _answer(
    rubrics: Rubrics,
    graded: GradedPlaces,
    remarks: Iterable[Remark],
    options: CiOptions,
    translate: Translator,
    base: str = "",
    head: str = "",
) -> ChangeResult:
    notes = [Note(severity=r.severity, text=translate(r.text), path=decode_for_display(r.path)) for r in remarks]
    order = ("error", "warning", "tip")
    notes.sort(key=lambda note: order.index(note.severity))  # so that what is cut off is never all of the errors
    if len(notes) > MOST_NOTES:
        more = translate(_("There are {count} more notes of this kind.", count=len(notes) - MOST_NOTES))
        notes = [*notes[:MOST_NOTES], Note(severity=notes[MOST_NOTES].severity, text=more)]
    return ChangeResult(
        language=options.language,
        base=base,
        head=head,
        course=rubrics,
        pass_mark=options.pass_mark,
        outcomes=graded.outcomes,
        notes=tuple(notes),
    )


def _refused(text: Message, options: CiOptions, translate: Translator) -> ChangeResult:
    """Return the answer where nothing can be graded at all: never green."""
    return _answer(
        "folder" if options.course else "base", GradedPlaces(), (Remark("error", text),), options, translate
    )


def _root() -> Path:
    """Return the folder that the places of files are told from: the repository's, else the current one."""
    here = Path.cwd()
    return next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here)
