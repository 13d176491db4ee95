"""Say in a class folder that a command works in it, so that nothing is deleted while others write.

Each command puts an empty file there for as long as it works, and then looks for those of others: of two that
begin at the same time, at least one sees the other. What a killed process has left counts no longer.
"""

import contextlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.core.errors import UserError
from grader.core.i18n import _
from grader.core.process_marks import is_abandoned, own_mark

SHARED, ALONE = ".in-use-", ".alone-"  # what the names of these files begin with


class FolderInUseError(UserError):
    """Another command works in the folder. `text` says what to do."""


@contextmanager
def use_folder(folder: Path) -> Iterator[None]:
    """Work in a folder together with others. Raises `FolderInUseError` while one needs it for itself."""
    with _put_mark(folder, SHARED):
        if others := _list_others(folder, ALONE):
            raise FolderInUseError(
                _(
                    "Another command deletes data of students from {folder} just now. Wait until it has ended. If "
                    "there is none, remove {file}.",
                    folder=str(folder),
                    file=str(others[0]),
                )
            )
        yield


@contextmanager
def use_folder_alone(folder: Path) -> Iterator[None]:
    """Work in a folder while nobody else does. Raises `FolderInUseError` while somebody does."""
    with _put_mark(folder, ALONE) as mark:
        if mark is None:
            raise FolderInUseError(_("{folder} may not be written. Nothing was deleted.", folder=str(folder)))
        if others := [path for path in _list_others(folder, SHARED, ALONE) if path != mark]:
            raise FolderInUseError(
                _(
                    "Another command works in {folder} just now, such as grader batch with --watch or grader "
                    "review. Nothing was deleted. Let it end, then run this command again. If there is none, "
                    "remove {file}.",
                    folder=str(folder),
                    file=str(others[0]),
                )
            )
        yield


@contextmanager
def _put_mark(folder: Path, prefix: str) -> Iterator[Path | None]:
    """Put a file into the folder; None where it may not be written: who writes there will say so."""
    mark: Path | None = folder / f"{prefix}{own_mark()}-{secrets.token_hex(4)}"
    assert mark is not None
    try:
        mark.touch()
    except OSError:
        mark = None
    try:
        yield mark
    finally:
        if mark is not None:
            with contextlib.suppress(OSError):
                mark.unlink()


def _list_others(folder: Path, *prefixes: str) -> list[Path]:
    """Return the files of commands that still work, and remove those of killed ones."""
    others = []
    for prefix in prefixes:
        for path in sorted(folder.glob(f"{prefix}*")):
            with contextlib.suppress(OSError):  # it has ended meanwhile
                if is_abandoned(path.name.removeprefix(prefix).partition("-")[0], path.lstat().st_mtime):
                    path.unlink()
                else:
                    others.append(path)
    return others


def is_use_mark(name: str) -> bool:
    """Return whether a file name is that of such a file."""
    return name.startswith((SHARED, ALONE))
