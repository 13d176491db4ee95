"""The layouts without a platform: one file per student, or one folder per student."""

from collections import defaultdict

from grader.classroom.intake.candidates import Candidate, Read, not_python, tell
from grader.classroom.intake.file_tree import Item, Tree
from grader.core.i18n import Message, _
from grader.core.sanitize import display_name
from grader.submission.file_names import ARCHIVE, is_named_for, normalise_name, stem, suffix


def could_be_handed_in(item: Item) -> bool:
    """Say whether a student may have handed this in: a Python file, a notebook, or a zip of them."""
    return item.is_candidate or suffix(item.name) == ARCHIVE


def read_files(tree: Tree, exercise: str) -> Read:
    """Return one claim for each file's name without its ending."""
    told = []
    files: dict[str, list[Item]] = defaultdict(list)
    for item in (item for item in tree.items if len(item.parts) == 1):
        if not could_be_handed_in(item):
            told += tell([item], not_python())
        elif is_named_for(item.name, exercise):
            told += tell([item], _("It is named after the exercise, not after a student."))
        else:
            files[normalise_name(stem(item.name))].append(item)
    claims = [
        Candidate(student, display_name(student), display_name(student), tuple(items))
        for student, items in files.items()
    ]
    why = _("This folder lies beside the files of the other students. Put its one file there instead.")
    for folder, items in tree.beneath().items():
        if any(map(could_be_handed_in, items)):
            claims.append(_refused(folder, folder, why))
        told += tell(items, _("It lies in a folder, beside the files of the students."))
    return Read(tuple(claims), tuple(told))


def read_folders(tree: Tree, exercise: str) -> Read:
    """Return one claim for each folder."""
    claims = [
        Candidate(normalise_name(folder), display_name(folder), display_name(folder), items)
        for folder, items in tree.beneath().items()
    ]
    told = []
    why = _("This file lies beside the folders of the other students. Put it into one with the student's name.")
    for item in (item for item in tree.items if len(item.parts) == 1):
        if could_be_handed_in(item):
            claims.append(_refused(stem(item.name), item.name, item.refusal or why))
        else:
            told += tell([item], _("It is in no student's folder."))
    return Read(tuple(claims), tuple(told))


def _refused(student: str, where: str, why: Message) -> Candidate:
    return Candidate(normalise_name(student), display_name(student), display_name(where), problem=why)
