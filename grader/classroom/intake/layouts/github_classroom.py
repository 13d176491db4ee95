"""Clones of a GitHub Classroom assignment: `digits-login/`, each with a `.git`.

The name of the assignment stands before each login. GitHub's own program for cloning puts all of them into
`digits-submissions/`; without it, it is what all folders' names have in common up to a hyphen.
"""

import os

from grader.classroom.intake.candidates import Candidate, ClassContents, leave_out
from grader.classroom.intake.file_tree import Tree
from grader.core.i18n import _
from grader.core.sanitize import display_name
from grader.protocol.hand_in import HandIn
from grader.submission.file_names import normalise_name


def common_prefix(folders: tuple[str, ...], around: str, exercise: str) -> str:
    """Return what stands before every login, with its hyphen; "" where that is not clear."""
    named = [around.removesuffix("-submissions")] if around.endswith("-submissions") else []
    if len(folders) == 1:
        named += [exercise, exercise.replace("_", "-")]
    for name in named:
        if all(len(folder) > len(name) + 1 and folder.startswith(f"{name}-") for folder in folders):
            return f"{name}-"
    # Letter by letter, not folder by folder.
    common = os.path.commonprefix(folders) if len(folders) > 1 else ""  # noqa: RUF071
    return common[: common.rfind("-") + 1]


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
