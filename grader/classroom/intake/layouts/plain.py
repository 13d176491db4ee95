"""The layouts without a platform: one file per student, or one folder per student."""

from collections import defaultdict

from grader.classroom.intake.candidates import Candidate, ClassContents, leave_out, not_python_reason
from grader.classroom.intake.file_tree import Item, Tree
from grader.core.i18n import Message, _
from grader.core.sanitize import display_name
from grader.protocol.hand_in import HandIn
from grader.submission.file_names import ARCHIVE, is_named_for, normalise_name, stem, suffix


def could_be_handed_in(item: Item) -> bool:
    """Say whether a student may have handed this in: a Python file, a notebook, or a zip of them."""
    return item.is_candidate or suffix(item.name) == ARCHIVE


def read_files(tree: Tree, exercise: str) -> ClassContents:
    """Return one candidate for each file's name without its ending."""
    left_out = []
    files: dict[str, list[Item]] = defaultdict(list)
    for item in (item for item in tree.items if len(item.parts) == 1):
        if not could_be_handed_in(item):
            left_out += leave_out([item], not_python_reason())
        elif is_named_for(item.name, exercise):
            left_out += leave_out([item], _("It is named after the exercise, not after a student."))
        else:
            files[normalise_name(stem(item.name))].append(item)
    candidates = [_candidate(student, student, tuple(items)) for student, items in files.items()]
    why = _("This folder lies beside the files of the other students. Put its one file there instead.")
    for folder, items in tree.items_by_top_folder().items():
        if any(map(could_be_handed_in, items)):
            candidates.append(_candidate(folder, folder, problem=why))
        left_out += leave_out(items, _("It lies in a folder, beside the files of the students."))
    return ClassContents(tuple(candidates), tuple(left_out))


def read_folders(tree: Tree, exercise: str) -> ClassContents:
    """Return one candidate for each folder."""
    candidates = [_candidate(folder, folder, items) for folder, items in tree.items_by_top_folder().items()]
    left_out = []
    why = _("This file lies beside the folders of the other students. Put it into one with the student's name.")
    for item in (item for item in tree.items if len(item.parts) == 1):
        if could_be_handed_in(item):
            candidates.append(_candidate(stem(item.name), item.name, problem=item.refusal or why))
        else:
            left_out += leave_out([item], _("It is in no student's folder."))
    return ClassContents(tuple(candidates), tuple(left_out))


def _candidate(student: str, file: str, items: tuple[Item, ...] = (), problem: Message | None = None) -> Candidate:
    hand_in = HandIn(student=normalise_name(student), name=display_name(student), file=display_name(file))
    return Candidate(hand_in, items, problem)
