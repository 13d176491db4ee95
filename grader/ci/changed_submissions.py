"""Find the submissions that a change touches, by the paths of its files. Pure: nothing is read."""

from collections.abc import Iterable, Set
from dataclasses import dataclass, field

from grader.ci.git import SUBMODULE, FileChange
from grader.ci.paths import (
    SUBMISSION_FILES,
    FindEntry,
    build_sibling_path,
    display_repository_path,
    find_exercise,
    find_new_exercise,
    is_candidate,
    is_copy,
    is_course_file,
    is_helper,
    is_in_place,
    is_named_like_exercise,
    is_packed,
    is_replacement,
    join_paths,
    name_of,
)
from grader.ci.trusted_paths import FileRole, find_role
from grader.core.i18n import Message, _
from grader.protocol.verdict import Severity
from grader.submission.file_names import CANDIDATES, suffix


@dataclass(frozen=True)
class Candidate:
    """A file that may be graded. `blob`: hash of its contents; "" for a file of the work tree."""

    path: str
    exercise: str  # "" where its place does not tell
    blob: str


@dataclass(frozen=True)
class Problem:
    """Something in the place of a submission that is none."""

    path: str
    exercise: str
    text: Message


@dataclass(frozen=True)
class Remark:
    """Something to say about the change; see `answer.Note`."""

    severity: Severity
    text: Message
    path: str = ""


@dataclass(frozen=True)
class ChangeContext:
    """The exercises that can be graded, and what lay where before the change and after it."""

    exercises: Set[str]
    before: FindEntry
    after: FindEntry


@dataclass(frozen=True)
class ChangedSubmissions:
    """What a change touches. `strays`: files in no exercise's folder, which may be meant for one all the same."""

    submissions: tuple[Candidate, ...]
    problems: tuple[Problem, ...]
    remarks: tuple[Remark, ...]
    strays: tuple[Candidate, ...]


def find_submissions(changes: Iterable[FileChange], sides: ChangeContext) -> ChangedSubmissions:
    """Sort a change by what its files are."""
    sorting = _Sorting(sides)
    every = tuple(changes)
    for change in every:
        if change.status != "D":
            sorting.take(change)
    for change in every:
        if change.status in ("D", "R"):
            sorting.take_away(change.old or change.path, change.path)
    return sorting.result()


def find_remarks_on_course_and_grader(changes: Iterable[FileChange]) -> tuple[Remark, ...]:
    """Return what is to be said of a change to files that grading itself depends on."""
    paths = dict.fromkeys(path for change in changes for path in (change.old, change.path) if path)
    of_course = [path for path in paths if find_role(path) is FileRole.COURSE]
    of_grader = [path for path in paths if find_role(path) is FileRole.GRADER]
    of_pipeline = [path for path in paths if find_role(path) is FileRole.PIPELINE]
    course = _(
        "This change alters the course: {names}. It is graded by the rubrics as they are without it.",
        names=join_paths(of_course),
    )
    grader = _(
        "This change alters the grader's own files: {names}. It is graded by the grader that was installed for "
        "this run.",
        names=join_paths(of_grader),
    )
    pipeline = _(
        "This change alters files that pipelines run by: {names}. The rubrics are not the change's, but some "
        "hosts run a changed pipeline at once: look at these files before you believe this result.",
        names=join_paths(of_pipeline),
    )
    sentences = ((of_course, course), (of_grader, grader), (of_pipeline, pipeline))
    return tuple(Remark("warning", text) for names, text in sentences if names)


def build_misplaced_remark(path: str, exercises: Iterable[str]) -> Remark:
    """Return what is said of a submission outside of its folder."""
    text = _(
        "This file lies in no exercise's folder, so it was not graded. Move it into a folder that is called as "
        "its exercise: {names}",
        names=join_paths(sorted(exercises)),
    )
    return Remark("error", text, path)


@dataclass
class _Sorting:
    """What was found so far."""

    sides: ChangeContext
    submissions: dict[str, Candidate] = field(default_factory=dict)
    problems: dict[str, Problem] = field(default_factory=dict)
    remarks: dict[tuple[str, str], Remark] = field(default_factory=dict)
    strays: dict[str, Candidate] = field(default_factory=dict)

    def result(self) -> ChangedSubmissions:
        """Return everything, by path."""
        return ChangedSubmissions(
            tuple(sorted(self.submissions.values(), key=lambda each: each.path)),
            tuple(sorted(self.problems.values(), key=lambda each: each.path)),
            tuple(sorted(self.remarks.values(), key=lambda remark: remark.path)),
            tuple(sorted(self.strays.values(), key=lambda each: each.path)),
        )

    def take(self, change: FileChange) -> None:
        """Find out what a file is that is there after the change."""
        path, exercises = change.path, self.sides.exercises
        new = find_new_exercise(path, exercises, self.sides.after)
        if not change.entry.is_file:
            self._take_link(change)
        elif is_copy(path):
            if suffix(name_of(path)) in CANDIDATES:
                self._remark("warning", _("This is a copy that an editor made. It was not graded."), path)
        elif new is not None:
            self._take_new(path, new)
        elif is_in_place(path, exercises):
            self._take_submission(path, change.entry.blob)
        elif is_candidate(path) and not _is_something_else(path):
            self._take_stray(path, change.entry.blob)
        elif is_packed(path, exercises):
            text = _(
                "Only .py and .ipynb files are graded, as they are. Hand in the file itself, under its own ending."
            )
            self._remark("error", text, path)

    def take_away(self, removed_path: str, current_path: str) -> None:
        """Remark where a submission went that was at `removed_path`: to `current_path`, or away."""
        exercises, before = self.sides.exercises, self.sides.before
        exercise = find_exercise(removed_path, exercises)
        if exercise is None or not is_in_place(removed_path, exercises) or is_helper(removed_path, before):
            return
        if removed_path.startswith("exercises/") and self.sides.after(f"exercises/{exercise}/rubric.py") is None:
            return  # the exercise itself was removed
        moved = self.submissions.get(current_path)
        if moved is None:
            self._take_usual(removed_path, exercise)
        if moved is not None and moved.exercise != exercise:
            text = _(
                "This file was a submission of {exercise}, {file}. It was moved, and is graded as one of {other}.",
                file=display_repository_path(removed_path),
                exercise=exercise,
                other=moved.exercise,
            )
            self._remark("warning", text, current_path)
        elif moved is None and not any(is_replacement(path, removed_path) for path in self.submissions):
            text = _(
                "This file was a submission of {exercise} and is not there any more. If it was only to be moved "
                "or renamed: it stays one as a .py or .ipynb file in a folder that is called {exercise}.",
                exercise=exercise,
            )
            self._remark("error", text, removed_path)

    def _take_submission(self, path: str, blob: str) -> None:
        exercise = find_exercise(path, self.sides.exercises)
        assert exercise is not None
        if not is_helper(path, self.sides.after):
            self.submissions[path] = Candidate(path, exercise, blob)
            return
        self._take_usual(path, exercise)
        text = _(
            "This file lies beside a submission and is none itself. Only {names} is graded, and alone: it cannot "
            "import other files.",
            names=" / ".join(SUBMISSION_FILES),
        )
        self._remark("warning", text, path)

    def _take_usual(self, path: str, exercise: str) -> None:
        """Take the submissions beside a file that was changed or removed: whoever did that wants these graded."""
        for file in (build_sibling_path(path, name) for name in SUBMISSION_FILES):
            entry = self.sides.after(file)
            if entry is not None and entry.is_file:
                self.submissions.setdefault(file, Candidate(file, exercise, entry.blob))
            elif entry is not None:
                self._take_link(FileChange("M", file, entry))

    def _take_link(self, change: FileChange) -> None:
        """A link or a submodule: what it leads to is not part of the change, so it cannot be graded."""
        path, exercises, is_submodule = change.path, self.sides.exercises, change.entry.mode == SUBMODULE
        text = _("This is a link, not a file. Hand in the file itself.")
        if is_submodule:
            text = _(
                "This is a submodule: what is in it is not part of this repository and cannot be graded. Remove "
                "the .git folder in it, then add the files themselves."
            )
        inside = find_exercise(path, exercises)
        if inside is not None and (is_in_place(path, exercises) or is_submodule):
            self.problems[path] = Problem(path, inside, text)
        elif name_of(path) in exercises and not is_course_file(path):
            self.problems[path] = Problem(path, name_of(path), text)
        elif is_submodule or is_named_like_exercise(path, self.sides.exercises):
            self._remark("error", text, path)

    def _take_new(self, path: str, exercise: str) -> None:
        """A file of an exercise that comes with this change."""
        if path == f"exercises/{exercise}/rubric.py":
            text = _(
                "The exercise {exercise} comes with this change. Nothing can be graded by it before it is merged.",
                exercise=display_repository_path(exercise),
            )
            self._remark("warning", text, path)
        elif is_candidate(path) and not is_course_file(path):
            text = _(
                "This file was not graded: the exercise {exercise} comes with this change, and nothing can be "
                "graded by it before it is merged.",
                exercise=display_repository_path(exercise),
            )
            self._remark("error", text, path)

    def _take_stray(self, path: str, blob: str) -> None:
        """A file in no exercise's folder: an error if its name says that it is a submission."""
        if is_named_like_exercise(path, self.sides.exercises):
            self._add(build_misplaced_remark(path, self.sides.exercises))
        else:
            self.strays[path] = Candidate(path, "", blob)

    def _remark(self, severity: Severity, text: Message, path: str) -> None:
        self._add(Remark(severity, text, path))

    def _add(self, remark: Remark) -> None:
        self.remarks[remark.path, remark.text.msgid] = remark


def _is_something_else(path: str) -> bool:
    """Return whether a Python file has another purpose than to be handed in, so that it lies where it should."""
    return (
        path.startswith("reference/")
        or name_of(path) == "rubric.py"
        or find_role(path) in (FileRole.GRADER, FileRole.PIPELINE)
    )
