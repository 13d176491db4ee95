"""Notice that a file was saved: at once where the system tells of changes, within a second anywhere else."""

import hashlib
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Self

from grader.core import safe_files
from grader.core.errors import UnreadableSubmission

_log = logging.getLogger(__name__)

# Editors save in several steps (empty, write, rename): what follows within a step belongs to the same save.
STEP_MS = 20
DEBOUNCE_MS = 100  # the longest that a save may take; what comes later is another save
LOOK_MS = 1000  # between looks where nothing is told: network drives, a folder that was moved away
WITHOUT_WATCH_SECONDS = 0.2
MAX_BYTES = 50_000_000  # more than any submission has


class FileWatcher:
    """Calls `saved` from a thread when a file has other bytes than at the last look, is gone, or is back.

    The folder is watched, not the file: editors save by putting another file in its place. A context manager.
    """

    def __init__(self, file: Path, saved: Callable[[], None]) -> None:
        self._file, self._saved = file.absolute(), saved
        self._over = threading.Event()
        self._state = _Look()
        self._state.changed(self._file, is_notified=True)
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.is_set():
            # A limit of the system's on watches, or no folder any more: then it is looked at without being told.
            try:
                self._watch_folder()
            except (OSError, RuntimeError):
                _log.debug("the folder cannot be watched", exc_info=True)
            self._look(is_notified=False)
            self._over.wait(WITHOUT_WATCH_SECONDS)

    def _watch_folder(self) -> None:
        """Look whenever something in the folder changes, for as long as it is the same folder."""
        from watchfiles import watch  # some hundredths of a second that only this needs

        folder = self._file.parent
        same = _identity(folder)
        for changes in watch(
            folder,
            watch_filter=None,
            debounce=DEBOUNCE_MS,
            step=STEP_MS,
            stop_event=self._over,
            rust_timeout=LOOK_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
            recursive=False,
        ):
            self._look(is_notified=bool(changes))
            if _identity(folder) != same:
                return

    def _look(self, *, is_notified: bool) -> None:
        if self._state.changed(self._file, is_notified=is_notified):
            self._saved()


class _Look:
    """What was there at the last look."""

    def __init__(self) -> None:
        self._marks: object = None
        self._bytes: object = None

    def changed(self, file: Path, *, is_notified: bool) -> bool:
        """Look again. `is_notified`: the system says that something changed, so that equal times prove nothing."""
        marks = _identity(file)
        if marks == self._marks and not is_notified:
            return False
        content_hash = _hash_content(file)
        before, self._marks, self._bytes = self._bytes, marks, content_hash
        return content_hash != before


def _identity(path: Path) -> object:
    """Return what tells a file or folder from another in its place, and a file from itself after a change."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    of_place = (status.st_dev, status.st_ino)
    return of_place if path.is_dir() else (*of_place, status.st_mtime_ns, status.st_size)


def _hash_content(file: Path) -> object:
    """Return a hash of the bytes; or why they cannot be read, which may change as well."""
    try:
        data = safe_files.read_file(safe_files.resolve_file(file), MAX_BYTES)
    except UnreadableSubmission as error:
        return error.text
    return data if isinstance(data, int) else hashlib.sha256(data).hexdigest()
