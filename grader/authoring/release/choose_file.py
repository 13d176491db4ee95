"""Choose the file of a hand-in on somebody else's machine, by the rules of `grader batch` for one student."""

import contextlib
from pathlib import Path

from grader.classroom.intake import folder_tree, zip_tree
from grader.classroom.intake.candidates import Candidate
from grader.classroom.intake.choose_file import FileChooser
from grader.classroom.intake.file_tree import Item, UnusableFileError
from grader.classroom.intake.records import LeftOut
from grader.core.course import Course
from grader.core.errors import UserError
from grader.core.sanitize import display_name
from grader.protocol.hand_in import HandIn
from grader.submission.file_names import are_alike, suffix
from grader.submission.reader import MAX_NOTEBOOK_BYTES


class NothingToGradeError(UserError):
    """No file can be graded. `text` tells the student why."""


def find_submission_file(course: Course, exercise: str, submission: Path, unpacked: Path) -> tuple[str, Path]:
    """Return the name and the path of the one file to grade; what is in a zip is unpacked into `unpacked`.

    In a folder with the exercise's name only what lies there is looked at: a repository may hold them all. A stub
    that nobody touched counts only where there is nothing else: the bundle holds two.

    Raises:
        NothingToGradeError: The student has to hand in something else.
        UnusableHandInsError: This machine has no room to unpack, or the folder cannot be listed: nothing that the
            student could mend.
    """
    tree = folder_tree.list_folder(submission)
    items = tree.items
    within = tuple(item for item in items if any(are_alike(part, exercise) for part in item.parts[:-1]))
    if any(item.is_candidate for item in within):
        items = within
    untouched = {item for item in items if item.is_candidate and _is_stub(item, course, exercise)}
    if any(item.is_candidate and item not in untouched for item in items):
        items = tuple(item for item in items if item not in untouched)
    uploader = Candidate(HandIn(student="", name="", file=""), items)
    chosen = FileChooser(exercise, zip_tree.UnpackFolder(unpacked)).choose(uploader, "")
    if isinstance(chosen, LeftOut):
        raise NothingToGradeError(chosen.why)
    return display_name(chosen.hand_in.file.rpartition("/")[2]), chosen.path


def _is_stub(item: Item, course: Course, exercise: str) -> bool:
    """Return whether a file is the stub as it was handed out, in any language."""
    stubs = (course.folder / "exercises" / exercise).glob(f"submission*{suffix(item.name)}")
    with contextlib.suppress(UnusableFileError, OSError):  # an unreadable file, which is reported later
        return item.require_source().read(MAX_NOTEBOOK_BYTES) in [stub.read_bytes() for stub in stubs]
    return False
