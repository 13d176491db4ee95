"""Opening what an instructor has: a folder or a zip in, one hand-in per student out."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from grader.classroom.intake import folder_tree as folder
from grader.classroom.intake import zip_tree
from grader.classroom.intake.choose_file import FileChooser, united
from grader.classroom.intake.file_tree import RefusedError, Tree
from grader.classroom.intake.layouts.detect import recognise
from grader.classroom.intake.layouts.plain import could_be_handed_in
from grader.classroom.intake.records import HandIn, Intake, LeftOut, UnusableHandInsError
from grader.core.i18n import Message, _
from grader.core.sanitize import display_name
from grader.submission.file_names import CANDIDATES, make_unique_keys


@contextmanager
def open_hand_ins(path: Path, exercise: str, due: datetime | None = None) -> Iterator[Intake]:
    """Read a folder or a zip of hand-ins. What had to be unpacked is deleted at the end.

    `due`: with a time zone; what was handed in later is late, as far as the layout tells when that was.
    Raises `UnusableHandInsError` where nothing at all can be graded. What concerns single files or students is in
    the result instead, and costs the others nothing.
    """
    with ExitStack() as stack:
        workplace = zip_tree.Workplace(_temporary(stack))
        tree = _tree(path, workplace, stack)
        if not any(map(could_be_handed_in, tree.items)):
            raise UnusableHandInsError(_nothing(path, tree))
        yield _intake(tree, FileChooser(exercise, workplace, due), path)


def _intake(tree: Tree, settler: FileChooser, path: Path) -> Intake:
    layout, read = recognise(tree, settler.exercise)
    claims, older = united(read.claims)
    if not claims:
        raise UnusableHandInsError(_nobody(path, settler.exercise))
    key = make_unique_keys(claim.identity for claim in claims)
    settled = [settler.settle(claim, key[claim.identity]) for claim in claims]
    hand_ins = sorted((s for s in settled if isinstance(s, HandIn)), key=lambda hand_in: hand_in.student)
    left_out = [s for s in settled if isinstance(s, LeftOut)]
    left_out += {(t.where, t.why.msgid): t for t in (*read.told, *older, *settler.told)}.values()
    left_out.sort(key=lambda left: (not left.student, left.student, left.where))
    return Intake(layout=layout, hand_ins=tuple(hand_ins), left_out=tuple(left_out))


def _temporary(stack: ExitStack) -> Path:
    try:
        return Path(stack.enter_context(TemporaryDirectory(prefix="hand-ins-", ignore_cleanup_errors=True)))
    except OSError as error:
        raise UnusableHandInsError(
            _(
                "There is no room to unpack zips in {folder} ({reason}). Set TMPDIR to a folder that can be "
                "written.",
                folder=gettempdir(),
                reason=error.strerror or type(error).__name__,
            )
        ) from None


def _tree(path: Path, workplace: zip_tree.Workplace, stack: ExitStack) -> Tree:
    name = display_name(path.name or str(path))
    try:
        if path.is_dir():
            return folder.grow(path)
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
    except RefusedError as error:
        raise UnusableHandInsError(_unusable(name, error.text)) from None
    if zip_tree.is_encrypted(opened):
        raise UnusableHandInsError(_unusable(name, _("It is encrypted. Pack it again without a password.")))
    return zip_tree.grow(opened, path.stem, workplace)


def _unusable(name: str, why: Message) -> Message:
    return _("{name} cannot be used; a folder or a zip of hand-ins is expected. {why}", name=name, why=why)


def _nothing(path: Path, tree: Tree) -> Message:
    name = display_name(path.name or str(path))
    reasons = [(left.where, left.why) for left in tree.told]
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


def _nobody(path: Path, exercise: str) -> Message:
    return _(
        "{name} looks like the folder of a single student: its file is named after the exercise. Name the folder "
        "around it, or use grader check {exercise} for the file.",
        name=display_name(path.name or str(path)),
        exercise=exercise,
    )
