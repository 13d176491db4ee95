"""Tell which files of a folder are complete, while a cloud drive or a browser still fills it.

A file is complete once its size and time have stood still for a while, it is not empty, and no unfinished
download lies beside it. Nothing else is known of how the other side writes: some write into the file itself, some
beside it, some put an empty file there first. A copy that a drive made of two versions is nobody's hand-in: which
of them counts is for people to say.
"""

import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from grader.classroom.intake.folder_tree import LocalFile, list_folder
from grader.classroom.intake.layouts.plain import could_be_handed_in
from grader.classroom.intake.records import FileSelection, UnusableHandInsError
from grader.submission.file_names import normalise_name, stem, suffix

SETTLE_SECONDS = 10.0  # that a file stands still before it is taken as complete
_PARTIAL_ENDINGS = frozenset(
    (".crdownload", ".download", ".filepart", ".opdownload", ".part", ".partial", ".tmp", ".!ut")
)
# Dropbox, Nextcloud, ownCloud, Seafile and Syncthing say so themselves.
_CONFLICT = re.compile(
    r"\s*\((?:[^()]*\s)?(?:conflict(?:ed)? copy|in Konflikt stehende Kopie|SFConflict)\b[^()]*\)"
    r"|\.sync-conflict-\d{8}-\d{6}(?:-\w+)?",
    re.IGNORECASE,
)
# Others write a second copy as people do, so it is one only beside the first.
_SECOND_COPY = re.compile(r"\s*\(\d{1,3}\)$|[-_]conflict(?:-\d+)?$|\s+-\s+(?:Copy|Kopie)$", re.IGNORECASE)

Marks = tuple[int, int, int]  # size, time of the last change, number of the file


@dataclass(frozen=True)
class FolderLook:
    """What lies in the folder at one moment; files by their absolute paths."""

    complete: dict[str, Marks] = field(default_factory=dict)
    unfinished: frozenset[str] = frozenset()
    empty: frozenset[str] = frozenset()  # of the unfinished ones
    conflicts: frozenset[str] = frozenset()

    @property
    def selection(self) -> FileSelection:
        """Return which files are to be read now."""
        return FileSelection(awaited=self.unfinished, ignored=self.conflicts)


class WatchedFolder:
    """Looks into a folder again and again; `now` is a time in seconds that never goes back."""

    def __init__(self, folder: Path, settle_seconds: float = SETTLE_SECONDS) -> None:
        self.folder, self._settle_seconds = folder, settle_seconds
        self._since: dict[str, tuple[Marks, float]] = {}

    def look(self, now: float) -> FolderLook:
        """List the folder. Raises `UnusableHandInsError` while it cannot be listed."""
        items = list_folder(self.folder).items
        files = [item.source.file for item in items if isinstance(item.source, LocalFile)]
        candidates = {
            item.source.file for item in items if could_be_handed_in(item) and isinstance(item.source, LocalFile)
        }
        downloads = _list_downloads(files)
        conflicts = {file for file in candidates if _is_conflict_copy(file, candidates)}
        since: dict[str, tuple[Marks, float]] = {}
        for file in candidates - conflicts:
            marks = _read_marks(file)
            if marks is not None:  # else it is gone since it was listed
                before = self._since.get(file)
                since[file] = before if before is not None and before[0] == marks else (marks, now)
        self._since = since
        complete = {
            file: marks
            for file, (marks, first) in since.items()
            if now - first >= self._settle_seconds and marks[0] and not _is_downloaded(file, downloads)
        }
        unfinished = frozenset(since.keys() - complete.keys())
        empty = frozenset(file for file in unfinished if not since[file][0][0])
        return FolderLook(complete, unfinished, empty, frozenset(conflicts))


def _is_conflict_copy(file: str, files: Iterable[str]) -> bool:
    """Return whether a drive made this file of a version that it could not merge with the first one."""
    folder, name = os.path.split(file)
    if _CONFLICT.search(stem(name)):
        return True
    original = _SECOND_COPY.sub("", stem(name)) + suffix(name)
    return original != name and os.path.join(folder, original) in files  # noqa: PTH118 - thousands, as texts


def _list_downloads(files: Iterable[str]) -> dict[str, list[str]]:
    """Return the names of unfinished downloads by folder."""
    by_folder: dict[str, list[str]] = {}
    for file in files:
        folder, name = os.path.split(file)
        if suffix(name) in _PARTIAL_ENDINGS:
            by_folder.setdefault(folder, []).append(normalise_name(name))
    return by_folder


def _is_downloaded(file: str, downloads: dict[str, list[str]]) -> bool:
    """Return whether a file is being downloaded: `a.py` while `a.py.part` or `a.X7f.py.part` lies beside it."""
    folder, name = os.path.split(file)
    return any(other.startswith(f"{normalise_name(stem(name))}.") for other in downloads.get(folder, ()))


def _read_marks(file: str) -> Marks | None:
    try:
        status = os.stat(file, follow_symlinks=False)  # noqa: PTH116 - thousands, as texts
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ino


def watch_folder(
    watched: WatchedFolder,
    grade: Callable[[FolderLook], None],
    note: Callable[[FolderLook, FolderLook], None],
    note_missing: Callable[[UnusableHandInsError], None],
    clock: Callable[[], float],
    wait: Callable[[], None],
) -> None:
    """Look and grade until `wait` ends it.

    Args:
        watched: the folder.
        grade: takes what lies there whenever a file is complete that was not graded as it is now.
        note: takes the last look and this one, before anything is graded.
        note_missing: is called once each time the folder cannot be listed, as when a drive is not there.
        clock: gives the time in seconds.
        wait: waits for a while between two looks.
    """
    graded: dict[str, Marks] = {}
    last, is_missing = FolderLook(), False
    while True:
        try:
            look = watched.look(clock())
        except UnusableHandInsError as error:
            if not is_missing:
                note_missing(error)
            is_missing = True
        else:
            is_missing = False
            note(last, look)
            last = look
            if any(graded.get(file) != marks for file, marks in look.complete.items()):
                grade(look)
                graded |= look.complete
        wait()
