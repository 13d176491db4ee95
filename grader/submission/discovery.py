"""Find the file that a student means: what they work on, and never the course's own stub without a remark."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from grader.core.course import Course
from grader.core.errors import UnreadableSubmission, UserError
from grader.core.i18n import Message, _
from grader.core.sanitize import display_path
from grader.protocol.submission import Submission
from grader.submission.exercise_match import looks_like
from grader.submission.reader import read

STUB_STEMS = ("submission", "submission.de")  # of the files that are handed out


class SubmissionNotFoundError(UserError):
    """There is no file to check, or more than one. `text` says where was searched, or how to choose."""


@dataclass(frozen=True)
class FoundFile:
    """The file that is meant."""

    path: Path
    remark: Message | None = None  # what to tell the student about it


@dataclass(frozen=True)
class _Candidate:
    path: Path
    name: str  # as it may be printed
    submission: Submission | None  # None: unreadable, so somebody worked on it
    is_changed: bool  # other code than the stub's


def find_submission_file(course: Course, exercise: str, folder: Path) -> FoundFile:
    """Return the file in `folder`, or in the folder below it that is called like the exercise.

    That is `submission` or the exercise's name, with `.py` or `.ipynb`. A stub that nobody touched is only meant
    where there is nothing else, and a `submission` that solves another exercise is not meant at all. Raises
    `SubmissionNotFoundError` where no file is left, or more than one: nothing is guessed.
    """
    candidates = [_candidate(course, exercise, path) for path in _existing_files(exercise, folder)]
    of_others = {c.name: other for c in candidates if (other := _other_exercise(course, exercise, c)) is not None}
    own = [c for c in candidates if c.name not in of_others]
    meant = [c for c in own if c.is_changed] or own
    if not meant:
        raise SubmissionNotFoundError(_describe_missing(exercise, folder, of_others))
    if len(meant) > 1:
        raise SubmissionNotFoundError(
            _(
                "It is not clear which file is meant: {files}. Name one, such as: grader check {exercise} {first}",
                files=", ".join(c.name for c in meant),
                exercise=exercise,
                first=meant[0].name,
            )
        )
    return FoundFile(meant[0].path, _remark(course, exercise, meant[0]))


def _existing_files(exercise: str, folder: Path) -> list[Path]:
    names = dict.fromkeys(f"{stem}{ending}" for stem in ("submission", exercise) for ending in (".py", ".ipynb"))
    paths = [place / name for place in (folder, folder / exercise) for name in names]
    return [path for path in paths if _is_file(path)]


def _is_file(path: Path) -> bool:
    with contextlib.suppress(OSError, ValueError):  # no right to look there, or no name of a file
        return path.is_file() or path.is_symlink()
    return False


def _candidate(course: Course, exercise: str, path: Path) -> _Candidate:
    try:
        submission = read(path)
    except UnreadableSubmission:
        return _Candidate(path, display_path(path), None, is_changed=True)
    return _Candidate(path, display_path(path), submission, not is_untouched(course, exercise, submission))


def is_untouched(course: Course, exercise: str, submission: Submission) -> bool:
    """Return whether a submission has the same code and text as one of the exercise's stubs."""
    suffix = Path(submission.name).suffix
    stubs = (_read_stub(_stub_folder(course, exercise) / f"{stem}{suffix}") for stem in STUB_STEMS)
    return any(stub is not None and _content(submission) == _content(stub) for stub in stubs)


def _stub_folder(course: Course, exercise: str) -> Path:
    return course.folder / "exercises" / exercise


def _read_stub(stub: Path) -> Submission | None:
    try:
        return read(stub)
    except UnreadableSubmission:  # an exercise without a stub
        return None


def _content(submission: Submission) -> list[str]:
    """Return code and text without what editors change by themselves: outputs, white space at the ends."""
    texts = [unit.original for unit in submission.units] + [cell.text for cell in submission.markdown]
    return ["\n".join(map(str.rstrip, text.strip().split("\n"))) for text in texts]


def _other_exercise(course: Course, exercise: str, candidate: _Candidate) -> str | None:
    if candidate.submission is None or candidate.path.stem == exercise:
        return None
    return looks_like(course, exercise, candidate.submission)


def _describe_missing(exercise: str, folder: Path, of_others: dict[str, str]) -> Message:
    if of_others:
        (file, other), *_unused = of_others.items()
        return _(
            "{file} looks like a solution of {other}, not of {exercise}. To check it: grader check {other} {file}",
            file=file,
            other=other,
            exercise=exercise,
        )
    return _(
        "There is no file to check: no submission.py, submission.ipynb, {exercise}.py or {exercise}.ipynb, "
        "neither in {folder} nor in the folder {exercise} below it. To get the exercise: grader start {exercise}",
        exercise=exercise,
        folder=display_path(folder.absolute()),
    )


def _remark(course: Course, exercise: str, candidate: _Candidate) -> Message | None:
    own = os.path.realpath(_stub_folder(course, exercise))
    if os.path.realpath(candidate.path.parent) == own:
        return _(
            "{file} is the course's own file, which others start from. To work on a copy: grader start {exercise} "
            "DIR",
            file=candidate.name,
            exercise=exercise,
        )
    if not candidate.is_changed:
        return _("{file} is still as it was handed out.", file=candidate.name)
    return None
