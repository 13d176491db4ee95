"""Open a folder or a zip of hand-ins, and find the one file of each student."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import gettempdir

from grader.classroom.intake import folder_tree as folder
from grader.classroom.intake import zip_tree
from grader.classroom.intake.choose_file import FileChooser, merge_same_students
from grader.classroom.intake.file_tree import Item, Tree, UnusableFileError
from grader.classroom.intake.layouts.detect import recognise_layout
from grader.classroom.intake.layouts.plain import could_be_handed_in
from grader.classroom.intake.records import FileSelection, GradableHandIn, Intake, LeftOut, UnusableHandInsError
from grader.core.i18n import Message, _
from grader.core.sanitize import display_name
from grader.core.temporary_folders import temporary_folder
from grader.submission.file_names import CANDIDATES, make_unique_keys


@contextmanager
def open_hand_ins(
    path: Path, exercise: str, due: datetime | None = None, selection: FileSelection | None = None
) -> Iterator[Intake]:
    """Read a folder or a zip of hand-ins. What had to be unpacked is deleted at the end.

    `due`: with a time zone; what was handed in later is late, as far as the layout tells when that was.
    `selection`: which files of a folder are not to be read, because somebody still writes them.
    Raises `UnusableHandInsError` where nothing at all can be graded. What concerns single files or students is in
    the result instead, and costs the others nothing.
    """
    with ExitStack() as stack:
        unpack_folder = zip_tree.UnpackFolder(_make_unpack_folder(stack))
        tree = _without_ignored(_list(path, unpack_folder, stack), selection)
        if not any(map(could_be_handed_in, tree.items)):
            raise UnusableHandInsError(_no_hand_ins(path, tree))
        yield _read_class(tree, FileChooser(exercise, unpack_folder, due), path, selection or FileSelection())


@contextmanager
def open_tree(path: Path) -> Iterator[Tree]:
    """List a folder or a zip, whatever is in it. Raises `UnusableHandInsError` where it cannot be opened."""
    with ExitStack() as stack:
        yield _list(path, zip_tree.UnpackFolder(_make_unpack_folder(stack)), stack)


def _without_ignored(tree: Tree, selection: FileSelection | None) -> Tree:
    if selection is None:
        return tree
    return replace(tree, items=tuple(item for item in tree.items if _local_path(item) not in selection.ignored))


def _local_path(item: Item) -> str:
    return item.source.file if isinstance(item.source, folder.LocalFile) else ""


def _read_class(tree: Tree, chooser: FileChooser, path: Path, selection: FileSelection) -> Intake:
    layout, contents = recognise_layout(tree, chooser.exercise)
    candidates, older = merge_same_students(contents.candidates)
    if selection.awaited:
        candidates = [c for c in candidates if not any(_local_path(i) in selection.awaited for i in c.items)]
    if not candidates and not selection.awaited:
        raise UnusableHandInsError(_single_student(path, chooser.exercise))
    key_of = make_unique_keys(candidate.hand_in.student for candidate in candidates)
    chosen = [chooser.choose(candidate, key_of[candidate.hand_in.student]) for candidate in candidates]
    hand_ins = sorted((c for c in chosen if isinstance(c, GradableHandIn)), key=lambda c: c.hand_in.student)
    left_out = [c for c in chosen if isinstance(c, LeftOut)]
    files = (*contents.left_out, *older, *chooser.left_out)
    left_out += {(file.where, file.why.msgid): file for file in files}.values()
    return Intake(layout=layout, hand_ins=tuple(hand_ins), left_out=tuple(sorted(left_out, key=_order)))


def _order(left_out: LeftOut) -> tuple[bool, str, str]:
    student = left_out.hand_in.student if left_out.hand_in is not None else ""
    return not student, student, left_out.where


def _make_unpack_folder(stack: ExitStack) -> Path:
    try:
        return stack.enter_context(temporary_folder("hand-ins"))
    except OSError as error:
        raise UnusableHandInsError(
            _(
                "There is no room to unpack zips in {folder} ({reason}). Set TMPDIR to a folder that can be "
                "written.",
                folder=gettempdir(),
                reason=error.strerror or type(error).__name__,
            )
        ) from None


def _list(path: Path, unpack_folder: zip_tree.UnpackFolder, stack: ExitStack) -> Tree:
    name = display_name(path.name or str(path))
    try:
        if path.is_dir():
            return folder.list_folder(path)
        there = path.exists()
    except (OSError, ValueError):  # a NUL in the path, or folders that may not be entered
        there = False
    if not there:
        raise UnusableHandInsError(_("There is no folder or zip {name}. Check the spelling.", name=name))
    if not path.is_file():
        raise UnusableHandInsError(_unusable(name, _("It is a pipe or a device.")))
    if path.suffix.lower() in CANDIDATES:
        raise UnusableHandInsError(
            _("{name} is a single file. Name the folder that holds it, or use grader check for it.", name=name)
        )
    try:
        opened = stack.enter_context(zip_tree.open_zip(path))
    except UnusableFileError as error:
        raise UnusableHandInsError(_unusable(name, error.text)) from None
    if zip_tree.is_encrypted(opened):
        raise UnusableHandInsError(_unusable(name, _("It is encrypted. Pack it again without a password.")))
    return zip_tree.list_zip(opened, path.stem, unpack_folder)


def _unusable(name: str, why: Message) -> Message:
    return _("{name} cannot be used; a folder or a zip of hand-ins is expected. {why}", name=name, why=why)


def _no_hand_ins(path: Path, tree: Tree) -> Message:
    name = display_name(path.name or str(path))
    reasons = [(left.where, left.why) for left in tree.left_out]
    reasons += [(item.where, item.refusal) for item in tree.items if item.refusal is not None]
    if not reasons:
        return _("{name} holds no hand-ins: no .py, no .ipynb and no .zip file.", name=name)
    where, why = reasons[0]
    return _(
        "{name} holds no hand-ins: no .py, no .ipynb and no .zip file that could be read. {where}: {why}",
        name=name,
        where=where,
        why=why,
    )


def _single_student(path: Path, exercise: str) -> Message:
    return _(
        "{name} looks like the folder of a single student: its file is named after the exercise. Name the folder "
        "around it, or use grader check {exercise} for the file.",
        name=display_name(path.name or str(path)),
        exercise=exercise,
    )
