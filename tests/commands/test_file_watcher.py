"""Saves are noticed, however an editor saves; and what is no save is none."""

import os
import queue
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.commands.file_watcher import FileWatcher, _Look

PATIENCE_SECONDS = 60.0

Told = queue.Queue[str]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "work" / "submission.py"
    path.parent.mkdir()
    path.write_text("one")
    return path


@pytest.fixture
def told(file: Path) -> Iterator[Told]:
    """Watch, and put what the file holds at each save into a queue."""
    heard: queue.Queue[str] = queue.Queue()
    with FileWatcher(file, lambda: heard.put(file.read_text() if file.exists() else "gone")):
        yield heard


def until(told: Told, wanted: str) -> None:
    """Wait for a save with this content."""
    while told.get(timeout=PATIENCE_SECONDS) != wanted:
        pass


def test_rewriting_renaming_deleting_and_coming_back_are_told(file: Path, told: Told) -> None:
    file.write_text("two")
    until(told, "two")
    other = file.with_suffix(".tmp")
    other.write_text("three")
    other.replace(file)
    until(told, "three")
    file.unlink()
    until(told, "gone")
    file.write_text("four")
    until(told, "four")


def test_a_folder_that_goes_and_comes_back_is_watched_again(file: Path, told: Told) -> None:
    away = file.parent.with_name("away")
    file.parent.rename(away)
    until(told, "gone")
    file.parent.mkdir()
    file.write_text("two")
    until(told, "two")
    file.write_text("three")
    until(told, "three")


def test_a_link_in_the_same_folder_is_followed(file: Path, tmp_path: Path) -> None:
    link = file.with_name("link.py")
    link.symlink_to(file.name)
    heard: queue.Queue[str] = queue.Queue()
    with FileWatcher(link, lambda: heard.put(file.read_text())):
        file.write_text("two")
        until(heard, "two")


def test_the_same_bytes_again_are_no_save(file: Path) -> None:
    look = _Look()
    assert look.changed(file, is_notified=True)
    file.write_text("one")
    assert not look.changed(file, is_notified=True)
    assert not look.changed(file, is_notified=False)


def test_other_bytes_of_the_same_length_and_time_are_a_save_where_the_system_tells(file: Path) -> None:
    look = _Look()
    look.changed(file, is_notified=True)
    before = file.stat()
    file.write_text("two")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert look.changed(file, is_notified=True)


def test_what_is_never_told_is_seen_by_looking(file: Path) -> None:
    look = _Look()
    look.changed(file, is_notified=True)
    assert not look.changed(file, is_notified=False)
    file.write_text("longer than it was")
    assert look.changed(file, is_notified=False)
