"""Temporary folders whose names say which process made them, so that those of a killed process can be removed."""

import atexit
import functools
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.core.process_marks import MARK, is_abandoned, own_mark

_log = logging.getLogger(__name__)

PREFIX = "grader-"
_NAME = re.compile(rf"{PREFIX}[a-z-]+-(?P<mark>{MARK})-[^.-]+")


def make_temporary_folder(kind: str, mode: int = 0o700) -> Path:
    """Make a folder in the system's folder for temporary files. Raises `OSError`.

    Args:
        kind: what it is for: a part of its name, of small letters and hyphens.
        mode: its permissions.
    """
    _remove_own_at_exit(os.getpid())
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{kind}-{own_mark()}-"))
    folder.chmod(mode)
    return folder


@contextmanager
def temporary_folder(kind: str, mode: int = 0o700) -> Iterator[Path]:
    """Give a temporary folder and remove it afterwards, as far as possible; see `make_temporary_folder`."""
    folder = make_temporary_folder(kind, mode)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def remove_abandoned_folders() -> None:
    """Remove the temporary folders of this user's processes that were killed."""
    for folder in _list_folders(_is_abandoned):
        _log.info("removing %s, which a killed process has left", folder)
        shutil.rmtree(folder, ignore_errors=True)


@functools.cache
def _remove_own_at_exit(pid: int) -> None:
    """Have the folders of this process removed at its end, also those whose maker was interrupted."""
    atexit.register(_remove_own, pid)


def _remove_own(pid: int) -> None:
    if pid != os.getpid():  # a fork, which has inherited what is to be done at the end
        return
    for folder in _list_folders(lambda _, mark: mark == own_mark()):
        shutil.rmtree(folder, ignore_errors=True)


def _list_folders(is_chosen: "Callable[[os.DirEntry[str], str], bool]") -> list[str]:
    """Return the paths of the temporary folders for which `is_chosen` holds, by entry and mark."""
    try:
        with os.scandir(tempfile.gettempdir()) as entries:
            named = [(entry, name) for entry in entries if (name := _NAME.fullmatch(entry.name)) is not None]
            return [entry.path for entry, name in named if is_chosen(entry, name["mark"])]
    except OSError:
        return []


def _is_abandoned(entry: "os.DirEntry[str]", mark: str) -> bool:
    try:
        status = entry.stat(follow_symlinks=False)
    except OSError:
        return False
    is_own = not hasattr(os, "geteuid") or status.st_uid == os.geteuid()
    return is_own and entry.is_dir(follow_symlinks=False) and is_abandoned(mark, status.st_mtime)
