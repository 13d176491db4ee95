"""Clones of students' repositories: `digits-login/`, each with a `.git`.

Classroom 50's `gh teacher download` puts `<classroom>-<assignment>-<login>/` into
`<classroom>-<assignment>_submissions_<time>/`; GitHub Classroom, which ended in 2026, put `<assignment>-<login>/`
into `<assignment>-submissions/`. Where the folder around them was renamed, what stands before the logins is found
by what all names have in common. A login may hold hyphens itself, so in doubt less is taken off: `hw1-anna-k` and
`hw1-anna-m` are `anna-k` and `anna-m`.
Source: `cli/gh-teacher` of foundation50/classroom50, and its wiki, "Teacher CLI", `download`.
"""

import os
import re

from grader.classroom.intake.candidates import Candidate, ClassContents, leave_out
from grader.classroom.intake.file_tree import Tree
from grader.core.i18n import _
from grader.core.sanitize import display_name
from grader.protocol.hand_in import HandIn
from grader.submission.file_names import normalise_name

# How GitHub Classroom and Classroom 50 name the folder around all clones.
_GITHUB_AROUND = re.compile(r"(.+)-submissions", re.DOTALL)
_CLASSROOM50_AROUND = re.compile(r"(.+)_submissions_\d{4}_\d{2}_\d{2}_T_\d{2}_\d{2}_\d{2}", re.DOTALL)

# From so many clones on, no first word of a login is common to all of them.
_MANY = 4


def is_classroom50(around: str) -> bool:
    """Return whether a folder is named as Classroom 50 names the one around all clones."""
    return _CLASSROOM50_AROUND.fullmatch(around) is not None


def common_prefix(folders: tuple[str, ...], around: str, exercise: str) -> str:
    """Return what stands before every login, with its hyphen; "" where that is not clear."""
    matched = _CLASSROOM50_AROUND.fullmatch(around) or _GITHUB_AROUND.fullmatch(around)
    if matched is not None and all(
        len(folder) > len(matched[1]) + 1 and folder.lower().startswith(f"{matched[1].lower()}-")
        for folder in folders
    ):
        return folders[0][: len(matched[1]) + 1]
    # Letter by letter, not folder by folder.
    common = os.path.commonprefix(folders) if len(folders) > 1 else folders[0]  # noqa: RUF071
    words = common.split("-")[:-1]
    certain = _count_certain_words(words, exercise, is_single=len(folders) == 1)
    count = len(words) if len(folders) >= _MANY else certain
    while count > certain and _are_cut_off([folder.split("-", count)[-1] for folder in folders]):
        count -= 1
    prefix = "".join(f"{word}-" for word in words[:count])
    return prefix if all(len(folder) > len(prefix) for folder in folders) else ""


def _count_certain_words(words: list[str], exercise: str, *, is_single: bool) -> int:
    """Return how many words before the logins belong to the assignment without doubt.

    All up to the exercise's name, and numbers behind it, such as a year; otherwise the first, for there is one.
    """
    name = [word.casefold() for word in exercise.replace("_", "-").split("-")]
    folded = [word.casefold() for word in words]
    joined = exercise.casefold()  # with its underscores
    for end in range(1, len(words) + 1):
        if folded[max(0, end - len(name)) : end] == name or folded[end - 1] == joined:
            while end < len(words) and words[end].isdigit():
                end += 1  # noqa: PLW2901 - the words that were counted
            return end
    return 0 if is_single or not words else 1


def _are_cut_off(logins: list[str]) -> bool:
    """Return whether most of these are numbers or single letters: what is left of `group-1` or `anna-k`."""
    return 2 * sum(len(login) < 2 or login.isdigit() for login in logins) > len(logins)


def read(tree: Tree, exercise: str) -> ClassContents:
    """Return one candidate for each clone."""
    clones = tuple(folder for folder in tree.top_folders if (folder,) in tree.clones)
    before = len(common_prefix(clones, tree.name, exercise))
    items = tree.items_by_top_folder()
    candidates = tuple(
        Candidate(
            HandIn(
                student=normalise_name(folder[before:]),
                name=display_name(folder[before:]),
                file=display_name(folder),
                platform_id=display_name(folder[before:]),
            ),
            items[folder],
        )
        for folder in clones
    )
    others = [item for item in tree.items if item.parts[0] not in clones or len(item.parts) == 1]
    why = _("It is in none of the clones, so nobody knows whose it is.")
    return ClassContents(candidates, tuple(leave_out(others, why)))
