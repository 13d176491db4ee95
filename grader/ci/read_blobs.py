"""Read files of a commit as submissions: each from a folder of its own, under its own name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from grader.ci.base_course import decode_for_disk
from grader.ci.changed_submissions import Candidate, Remark, build_misplaced_remark
from grader.ci.git import GitError, Repository, describe_missing_contents
from grader.ci.paths import name_of
from grader.core.course import Course
from grader.core.errors import UnreadableSubmission
from grader.core.i18n import Message, _
from grader.core.temporary_folders import temporary_folder
from grader.protocol.submission import Submission
from grader.submission.exercise_match import MANY, find_functions, looks_like, read_stub_functions, wrong_exercise
from grader.submission.file_names import suffix
from grader.submission.reader import MAX_NOTEBOOK_BYTES, read

MAX_AT_ONCE = 64_000_000  # bytes of files that are held at once


def read_candidates(
    repository: Repository, candidates: Sequence[Candidate]
) -> Iterator[tuple[Candidate, Submission | Message]]:
    """Yield each candidate with what was read, or why it cannot be. Raises `GitError`."""
    sizes = repository.sizes(candidate.blob for candidate in candidates)
    if any(candidate.blob not in sizes for candidate in candidates):
        raise GitError(describe_missing_contents())
    for group in _groups(candidates, sizes):
        small = (candidate.blob for candidate in group if sizes[candidate.blob] <= MAX_NOTEBOOK_BYTES)
        contents = dict(repository.blobs(small))
        for candidate in group:
            yield candidate, _read(candidate, contents.get(candidate.blob), sizes[candidate.blob])


def read_file(path: Path) -> Submission | Message:
    """Return what was read, or why it cannot be."""
    try:
        return read(path)
    except UnreadableSubmission as error:
        return error.text


def describe_other_exercise(course: Course, candidate: Candidate, submission: Submission) -> Message | None:
    """Return the sentence for a submission that solves another exercise than that of its folder."""
    other = looks_like(course, candidate.exercise, submission)
    if other is None:
        return None
    remedy = _("Move it into a folder that is called {other}.", other=other)
    return wrong_exercise(other, candidate.exercise, remedy)


def find_stray_remark(course: Course, stray: Candidate, content: Submission | Message) -> Remark | None:
    """Return the remark about a file in no exercise's folder that defines the functions of one."""
    if isinstance(content, Message):
        # An empty .py file is an ordinary thing. Of a notebook that is damaged, nobody knows what it was to be.
        sentence = _("This notebook lies in no exercise's folder, and cannot be read. {problem}", problem=content)
        return Remark("warning", sentence, stray.path) if suffix(stray.path) == ".ipynb" else None
    defined = find_functions(unit.source for unit in content.units)
    for exercise in course.exercises():
        exercise_functions = read_stub_functions(course, exercise)
        shared = len(exercise_functions & defined)
        if shared >= MANY and 2 * shared >= len(exercise_functions):
            return build_misplaced_remark(stray.path, (exercise,))
    return None


def _groups(candidates: Iterable[Candidate], sizes: Mapping[str, int]) -> Iterator[list[Candidate]]:
    """Yield the candidates in groups whose files fit into memory together."""
    group: list[Candidate] = []
    group_bytes = 0
    for candidate in candidates:
        size = min(sizes[candidate.blob], MAX_NOTEBOOK_BYTES)
        if group and group_bytes + size > MAX_AT_ONCE:
            yield group
            group, group_bytes = [], 0
        group.append(candidate)
        group_bytes += size
    if group:
        yield group


def _read(candidate: Candidate, data: bytes | None, size: int) -> Submission | Message:
    with temporary_folder("hand-in") as folder:
        path = folder / decode_for_disk(name_of(candidate.path))
        try:
            if data is not None:
                path.write_bytes(data)
            else:
                # As long as the real one and empty: whoever reads it says that it is too long.
                with path.open("wb") as file:
                    file.truncate(size)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            return _(
                "This file cannot be written on the machine that grades ({reason}). Rename it.", reason=reason
            )
        return read_file(path)
