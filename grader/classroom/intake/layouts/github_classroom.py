"""Clones of a GitHub Classroom assignment: `digits-login/`, each with a `.git`.

The name of the assignment stands before each login. GitHub's own program for cloning puts all of them into
`digits-submissions/`; without it, it is what all folders' names have in common up to a hyphen.
"""

import os

from grader.classroom.intake.candidates import Candidate, Read, tell
from grader.classroom.intake.file_tree import Tree
from grader.core.i18n import _
from grader.core.sanitize import display_name
from grader.submission.file_names import normalise_name


def prefix(folders: tuple[str, ...], around: str, exercise: str) -> str:
    """Return what stands before every login, with its hyphen; "" where that cannot be told."""
    named = [around.removesuffix("-submissions")] if around.endswith("-submissions") else []
    if len(folders) == 1:
        named += [exercise, exercise.replace("_", "-")]
    for name in named:
        if all(len(folder) > len(name) + 1 and folder.startswith(f"{name}-") for folder in folders):
            return f"{name}-"
    # Letter by letter, not folder by folder.
    common = os.path.commonprefix(folders) if len(folders) > 1 else ""  # noqa: RUF071
    return common[: common.rfind("-") + 1]


def read(tree: Tree, exercise: str) -> Read:
    """Return one claim for each clone."""
    clones = tuple(folder for folder in tree.top_folders if (folder,) in tree.clones)
    before = len(prefix(clones, tree.name, exercise))
    beneath = tree.beneath()
    claims = tuple(
        Candidate(
            normalise_name(folder[before:]),
            display_name(folder[before:]),
            display_name(folder),
            beneath[folder],
            platform_id=display_name(folder[before:]),
        )
        for folder in clones
    )
    others = [item for item in tree.items if item.parts[0] not in clones or len(item.parts) == 1]
    return Read(claims, tuple(tell(others, _("It is in none of the clones, so nobody knows whose it is."))))
