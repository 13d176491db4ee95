"""A folder as a tree. Links are not followed: one could lead to another student's work, or out of the class."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.classroom.intake.file_tree import MAX_DEPTH, Found, Tree, UnusableFileError, plant
from grader.classroom.intake.records import UnusableHandInsError
from grader.core import safe_files
from grader.core.errors import UnreadableSubmission
from grader.core.i18n import Message, _
from grader.core.sanitize import display_name
from grader.submission.file_names import ENVIRONMENT, is_installed, is_noise


@dataclass(frozen=True)
class Plain:
    """A file that lies where it is."""

    file: str  # a path of its own for each of thousands takes longer than finding them

    def place(self, limit: int) -> Path:
        """Return the file itself; whoever reads it looks at its length."""
        return Path(self.file)

    def read(self, limit: int) -> bytes:
        """Return the bytes. Raises `UnusableFileError`."""
        try:
            data = safe_files.read_file(Path(self.file), limit)
        except UnreadableSubmission as error:
            raise UnusableFileError(error.text) from None
        if isinstance(data, int):
            raise UnusableFileError(
                _("It is {bytes} bytes long; at most {most} are read.", bytes=data, most=limit)
            )
        return data


def grow(folder: Path) -> Tree:
    """List a folder. Raises `UnusableHandInsError` where it cannot be listed at all."""
    root = Path(os.path.realpath(folder))
    return plant(root.name, _walk(root))


def _walk(root: Path) -> Iterator[Found]:
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        parts = waiting.pop()
        try:
            with os.scandir(root.joinpath(*parts)) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            if not parts:
                raise _unlistable(root, error) from None
            yield Found((*parts, "*"), refusal=_("It cannot be listed ({reason}).", reason=_reason(error)))
            continue
        is_environment = any(entry.name == ENVIRONMENT for entry in entries)
        for entry in entries:
            found = _found((*parts, entry.name), entry)
            yield found
            # Of a clone and of an environment only that it is one counts.
            ours = not is_noise(entry.name) and not (is_environment and is_installed(entry.name))
            if found.is_folder and ours:
                waiting.append(found.parts)


def _found(parts: tuple[str, ...], entry: "os.DirEntry[str]") -> Found:
    if entry.is_symlink():
        return Found(parts, refusal=_("It is a link, and links are not followed. Put the file itself there."))
    if entry.is_dir(follow_symlinks=False):
        if len(parts) > MAX_DEPTH:
            return Found(parts, refusal=_too_deep())
        return Found(parts, is_folder=True)
    if not entry.is_file(follow_symlinks=False):
        return Found(parts, refusal=_("It is a pipe or a device, not a file."))
    return Found(parts, handle=Plain(entry.path))


def _unlistable(root: Path, error: OSError) -> UnusableHandInsError:
    return UnusableHandInsError(
        _("The folder {name} cannot be listed ({reason}).", name=display_name(str(root)), reason=_reason(error))
    )


def _too_deep() -> Message:
    return _("It lies more than {most} folders deep, which is not looked through.", most=MAX_DEPTH)


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
