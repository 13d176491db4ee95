"""List a folder as a tree. Links are not followed: one could lead to another student's work."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.classroom.intake.file_tree import MAX_DEPTH, Tree, TreeEntry, UnusableFileError, build_tree
from grader.classroom.intake.records import UnusableHandInsError
from grader.core import safe_files
from grader.core.errors import UnreadableSubmission
from grader.core.i18n import Message, _
from grader.core.sanitize import display_name
from grader.submission.file_names import ENVIRONMENT, is_installed, is_noise


@dataclass(frozen=True)
class LocalFile:
    """A file in a folder."""

    file: str  # a path of its own for each of thousands takes longer than finding them

    def local_path(self, limit: int) -> Path:
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


def list_folder(folder: Path) -> Tree:
    """List a folder. Raises `UnusableHandInsError` where it cannot be listed at all."""
    root = Path(os.path.realpath(folder))
    return build_tree(root.name, _walk(root))


def _walk(root: Path) -> Iterator[TreeEntry]:
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        parts = waiting.pop()
        try:
            with os.scandir(root.joinpath(*parts)) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            if not parts:
                raise _unlistable(root, error) from None
            yield TreeEntry((*parts, "*"), refusal=_("It cannot be listed ({reason}).", reason=_reason(error)))
            continue
        is_environment = any(entry.name == ENVIRONMENT for entry in entries)
        for entry in entries:
            listed = _to_entry((*parts, entry.name), entry)
            yield listed
            # Of a clone and of an environment only that it is one counts.
            is_own = not is_noise(entry.name) and not (is_environment and is_installed(entry.name))
            if listed.is_folder and is_own:
                waiting.append(listed.parts)


def _to_entry(parts: tuple[str, ...], entry: "os.DirEntry[str]") -> TreeEntry:
    if entry.is_symlink():
        return TreeEntry(parts, refusal=_("It is a link, and links are not followed. Put the file itself there."))
    if entry.is_dir(follow_symlinks=False):
        if len(parts) > MAX_DEPTH:
            return TreeEntry(parts, refusal=_too_deep())
        return TreeEntry(parts, is_folder=True)
    if not entry.is_file(follow_symlinks=False):
        return TreeEntry(parts, refusal=_("It is a pipe or a device, not a file."))
    return TreeEntry(parts, source=LocalFile(entry.path))


def _unlistable(root: Path, error: OSError) -> UnusableHandInsError:
    return UnusableHandInsError(
        _("The folder {name} cannot be listed ({reason}).", name=display_name(str(root)), reason=_reason(error))
    )


def _too_deep() -> Message:
    return _("It lies more than {most} folders deep, which is not looked through.", most=MAX_DEPTH)


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
