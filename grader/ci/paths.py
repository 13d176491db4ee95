"""Classify the files of a repository by their paths: submission, helper, copy, part of the course. Pure."""

from collections.abc import Callable, Iterable, Set

from grader.ci.git import TreeEntry, decode_for_display
from grader.core.sanitize import display_name
from grader.submission.file_names import ARCHIVE, CANDIDATES, are_alike, is_named_for, stem, suffix

SUBMISSION_FILES = ("submission.py", "submission.ipynb")
MOST_NAMED = 10  # of a list in a sentence
LONGEST = 120  # characters of a path in a sentence

FindEntry = Callable[[str], TreeEntry | None]
"""What lies at a path, before the change or after it."""

# Copies that editors make: nobody hands these in.
_COPIES = frozenset({".ipynb_checkpoints", "__pycache__", "__MACOSX"})


def name_of(path: str) -> str:
    """Return the last part of a path."""
    return path.rpartition("/")[2]


def build_sibling_path(path: str, name: str) -> str:
    """Return the path of another file in the same folder."""
    return path.removesuffix(name_of(path)) + name


def find_exercise(path: str, exercises: Set[str]) -> str | None:
    """Return the exercise whose folder a path lies in: the innermost."""
    return next((folder for folder in reversed(path.split("/")[:-1]) if folder in exercises), None)


def is_candidate(path: str) -> bool:
    """Return whether its ending is that of a submission, and it is not one of the copies that editors make."""
    return suffix(name_of(path)) in CANDIDATES and not is_copy(path)


def is_copy(path: str) -> bool:
    """Return whether an editor or a system made it."""
    return not _COPIES.isdisjoint(path.split("/")) or name_of(path).startswith("._")


def is_course_file(path: str) -> bool:
    """Return whether a file belongs to the course itself, if it is no submission: rubrics, sheets, references."""
    return path.startswith(("exercises/", "reference/"))


def is_in_place(path: str, exercises: Set[str]) -> bool:
    """Return whether a file in this place is a submission, if it is no helper of one.

    Of the course's own folders, only `exercises/NAME/submission.*` is a place for submissions.
    """
    if not is_candidate(path) or path.startswith("reference/") or find_exercise(path, exercises) is None:
        return False
    folders = path.split("/")[:-1]
    return folders[0] != "exercises" or (len(folders) == 2 and name_of(path) in SUBMISSION_FILES)


def is_helper(path: str, find: FindEntry) -> bool:
    """Return whether a file lies beside a `submission.*` and is none itself."""
    return name_of(path) not in SUBMISSION_FILES and any(
        find(build_sibling_path(path, name)) for name in SUBMISSION_FILES
    )


def find_new_exercise(path: str, exercises: Set[str], find: FindEntry) -> str | None:
    """Return the exercise whose folder a path lies in, where only the change itself has a rubric for it."""
    for folder in reversed(path.split("/")[:-1]):
        if folder in exercises:
            return None
        if find(f"exercises/{folder}/rubric.py"):
            return folder
    return None


def is_named_like_exercise(path: str, exercises: Set[str]) -> bool:
    """Return whether its name, or that of a folder, says that a file is meant for an exercise."""
    *folders, name = path.split("/")
    if find_exercise(path, exercises) is not None:
        folders = []  # it is called as it should
    meant = (is_named_for(name, each) or any(are_alike(folder, each) for folder in folders) for each in exercises)
    return is_candidate(path) and any(meant)


def is_packed(path: str, exercises: Set[str]) -> bool:
    """Return whether a file in the place of a submission is one in a form that is not graded: a zip, a text."""
    name = name_of(path).lower()
    looks_so = suffix(name) == ARCHIVE or (name.startswith("submission.") and suffix(name) not in CANDIDATES)
    return looks_so and not is_course_file(path) and find_exercise(path, exercises) is not None


def is_replacement(path: str, of: str) -> bool:
    """Return whether a file is what another one became: in its folder, with another ending or the usual name."""
    name = name_of(path)
    return path == build_sibling_path(of, name) and (name in SUBMISSION_FILES or stem(name) == stem(name_of(of)))


def display_repository_path(path: str) -> str:
    """Return a path for a sentence: one line, without invisible characters, not too long."""
    return display_name(decode_for_display(path), LONGEST)


def join_paths(names: Iterable[str]) -> str:
    """Return names for a sentence: not too many."""
    every = [display_repository_path(name) for name in names]
    return ", ".join(every[:MOST_NAMED]) + (f", … (+{len(every) - MOST_NAMED})" if len(every) > MOST_NAMED else "")
