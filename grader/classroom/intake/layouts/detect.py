"""Recognise the layout of a class."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from grader.classroom.intake.candidates import ClassContents, LayoutReader, leave_out
from grader.classroom.intake.file_tree import Tree
from grader.classroom.intake.layouts import canvas, clones, gradescope, ilias, moodle, nbgrader, plain
from grader.classroom.intake.layouts.plain import could_be_handed_in
from grader.classroom.intake.records import Layout, LeftOut
from grader.core.i18n import _
from grader.core.sanitize import display_name
from grader.submission.file_names import is_named_for, suffix

_READERS: Mapping[Layout, LayoutReader] = {
    Layout.FILES: plain.read_files,
    Layout.FOLDERS: plain.read_folders,
    Layout.MOODLE: moodle.read,
    Layout.CANVAS: canvas.read,
    Layout.CLASSROOM: clones.read,
    Layout.CLASSROOM50: clones.read,
    Layout.ILIAS: ilias.read,
    Layout.NBGRADER: nbgrader.read,
    Layout.GRADESCOPE: gradescope.read,
}


def recognise_layout(tree: Tree, exercise: str) -> tuple[Layout, ClassContents]:
    """Return the layout with what it says. Raises `UnusableHandInsError`."""
    tree = unwrap(tree, exercise)
    layout = _platform_layout(tree) or _plain_layout(tree)
    left_out: list[LeftOut] = []
    if layout is Layout.NBGRADER and _is_nbgrader_course(tree):
        left_out = _beside_hand_ins(tree)
        tree = tree.subtree(nbgrader.FOLDER)
    read = _READERS[layout](tree, exercise)
    return layout, ClassContents(read.candidates, (*tree.left_out, *left_out, *read.left_out))


def unwrap(tree: Tree, exercise: str) -> Tree:
    """Return the tree without folders around the whole class. What lies beside those is left out.

    A single folder may also be that of a single student. It is taken for a wrapping where marks of a platform or
    several students are in it, and nothing that is named as the exercise's own file.
    """
    inner, fallback = tree, tree
    while _platform_layout(inner) is None and _is_only_folder(inner):
        outer, inner = inner, _within_only_folder(inner)
        if _platform_layout(inner) or _is_class(inner, exercise, least=2):
            return inner
        # Unpacking `class.zip` makes `class/class/`: there even a single student's folder is one in a class.
        if outer is tree and inner.name == tree.name and _is_class(inner, exercise, least=1):
            fallback = inner
    return fallback


def _is_only_folder(tree: Tree) -> bool:
    return len(tree.top_folders) == 1 and not any(len(i.parts) == 1 and could_be_handed_in(i) for i in tree.items)


def _within_only_folder(tree: Tree) -> Tree:
    why = _("It lies beside the folder that all hand-ins are in.")
    beside = leave_out((item for item in tree.items if len(item.parts) == 1), why)
    return replace(tree.subtree(tree.top_folders[0]), left_out=(*tree.left_out, *beside))


def _platform_layout(tree: Tree) -> Layout | None:
    return next((layout for layout, is_there in _DETECTORS.items() if is_there(tree)), None)


def _plain_layout(tree: Tree) -> Layout:
    files = {i.parts[0] for i in tree.items if len(i.parts) == 1 and could_be_handed_in(i)}
    return Layout.FILES if len(files) > len(_folders_with_work(tree)) else Layout.FOLDERS


def _is_class(tree: Tree, exercise: str, least: int) -> bool:
    """Say whether it holds folders of at least so many students, or files of two."""
    files = [i.name for i in tree.items if len(i.parts) == 1 and could_be_handed_in(i)]
    folders = _folders_with_work(tree)
    if any(is_named_for(file, exercise) for file in files):
        return False
    return len(folders) >= least if not files else len(files) >= 2 and not folders


def _folders_with_work(tree: Tree) -> set[str]:
    return {item.parts[0] for item in tree.items if len(item.parts) > 1 and could_be_handed_in(item)}


def _beside_hand_ins(tree: Tree) -> list[LeftOut]:
    why = _("It is not in nbgrader's folder {name}, where the hand-ins are.", name=nbgrader.FOLDER)
    return [LeftOut(where=display_name(top), why=why) for top in tree.top_names if top != nbgrader.FOLDER]


def _is_gradescope(tree: Tree) -> bool:
    return any(item.parts == (gradescope.METADATA,) for item in tree.items)


def _is_nbgrader_course(tree: Tree) -> bool:
    return any(
        item.parts[0] == nbgrader.FOLDER and len(item.parts) > 3 and suffix(item.name) == ".ipynb"
        for item in tree.items
    )


def _is_nbgrader(tree: Tree) -> bool:
    timed = {i.parts[0] for i in tree.items if i.parts[2:] == (nbgrader.TIMESTAMP,)}
    deep = {i.parts[0] for i in tree.items if len(i.parts) > 2 and suffix(i.name) == ".ipynb"}
    students = len(tree.top_folders)
    return bool(deep) and 2 * len(timed if tree.name != nbgrader.FOLDER else deep) >= students


def _is_moodle(tree: Tree) -> bool:
    folders = set(tree.top_folders)
    return _most(moodle.parse_name(top, top in folders) is not None for top in tree.top_names)


def _is_canvas(tree: Tree) -> bool:
    folders = set(tree.top_folders)
    return _most(top not in folders and canvas.parse_name(top) is not None for top in tree.top_names)


def _are_clones(tree: Tree) -> bool:
    return _most((folder,) in tree.clones for folder in tree.top_folders)


def _most(answers: Iterable[bool]) -> bool:
    """Say whether at least half of them are true, and one: a single stranger does not make a layout."""
    collected = list(answers)
    return any(collected) and 2 * sum(collected) >= len(collected)


_DETECTORS: Mapping[Layout, Callable[[Tree], bool]] = {
    Layout.GRADESCOPE: _is_gradescope,
    Layout.NBGRADER: lambda tree: _is_nbgrader_course(tree) or _is_nbgrader(tree),
    Layout.MOODLE: _is_moodle,
    Layout.CANVAS: _is_canvas,
    Layout.ILIAS: ilias.is_ilias,
    Layout.CLASSROOM50: lambda tree: clones.is_classroom50(tree.name) and _are_clones(tree),
    Layout.CLASSROOM: _are_clones,
}
