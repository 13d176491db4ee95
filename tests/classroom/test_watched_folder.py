"""A folder that somebody else fills: which files are complete, and when a turn of grading begins."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.classroom.intake import UnusableHandInsError, open_hand_ins
from grader.classroom.watched_folder import FolderLook, WatchedFolder, watch_folder

SETTLE = 10.0


@pytest.fixture
def watched(tmp_path: Path) -> WatchedFolder:
    """A folder in which a file has to stand still for ten seconds."""
    return WatchedFolder(tmp_path, SETTLE)


def names(files: object) -> set[str]:
    return {os.path.basename(str(file)) for file in files}  # type: ignore[attr-defined]  # noqa: PTH119


def test_a_file_that_grows_for_minutes_is_complete_only_afterwards(tmp_path: Path, watched: WatchedFolder) -> None:
    for second in range(0, 200, 5):
        with (tmp_path / "anna.py").open("a") as file:
            file.write("x = 1\n")
        assert names(watched.look(second).unfinished) == {"anna.py"}
    assert not watched.look(204).complete
    assert names(watched.look(205).complete) == {"anna.py"}


def test_a_file_that_vanishes_or_is_renamed_begins_anew(tmp_path: Path, watched: WatchedFolder) -> None:
    (tmp_path / "anna.py").write_text("x")
    watched.look(0)
    (tmp_path / "anna.py").rename(tmp_path / "ben.py")
    look = watched.look(10)
    assert (look.complete, names(look.unfinished)) == ({}, {"ben.py"})
    assert names(watched.look(20).complete) == {"ben.py"}
    (tmp_path / "ben.py").unlink()
    assert watched.look(30) == FolderLook()


@pytest.mark.parametrize(
    "partial", ["anna.py.part", "anna.py.crdownload", "anna.X7fQ.py.part", "anna.py.tmp", "anna.py.partial"]
)
def test_a_file_is_not_complete_while_its_download_lies_beside_it(
    tmp_path: Path, watched: WatchedFolder, partial: str
) -> None:
    for name in ("anna.py", partial, "ben.py"):
        (tmp_path / name).write_text("x = 1")
    watched.look(0)
    assert names(watched.look(10).complete) == {"ben.py"}
    (tmp_path / partial).unlink()
    assert names(watched.look(12).complete) == {"anna.py", "ben.py"}


def test_an_empty_file_is_waited_for(tmp_path: Path, watched: WatchedFolder) -> None:
    (tmp_path / "anna.py").touch()
    watched.look(0)
    look = watched.look(1000)
    assert (look.complete, names(look.empty)) == ({}, {"anna.py"})


@pytest.mark.parametrize(
    "copy",
    [
        "anna (conflicted copy 2026-11-28 101010).py",
        "anna (Anna's conflicted copy 2026-11-28).py",
        "anna (In Konflikt stehende Kopie von Anna 2026-11-28).py",
        "anna.sync-conflict-20261128-101010-ABC1234.py",
        "anna (SFConflict anna@uni.de 2026-11-28-10-10-10).py",
        "anna (1).py",
        "anna - Kopie.py",
    ],
)
def test_a_copy_in_conflict_is_nobodys_hand_in(tmp_path: Path, watched: WatchedFolder, copy: str) -> None:
    (tmp_path / "anna.py").write_text("a")
    (tmp_path / copy).write_text("b")
    (tmp_path / "ben.py").write_text("b")
    watched.look(0)
    look = watched.look(10)
    assert (names(look.complete), names(look.conflicts)) == ({"anna.py", "ben.py"}, {copy})
    with open_hand_ins(tmp_path, "digits", selection=look.selection) as intake:
        assert [gradable.hand_in.student for gradable in intake.hand_ins] == ["anna", "ben"]


@pytest.mark.parametrize("name", ["digits (1).ipynb", "digits - Kopie.ipynb", "anna_conflict.py"])
def test_a_name_like_a_copys_alone_is_a_hand_in(tmp_path: Path, watched: WatchedFolder, name: str) -> None:
    (tmp_path / name).write_text("x")
    watched.look(0)
    assert names(watched.look(10).complete) == {name}


def test_a_student_with_a_file_on_its_way_waits_and_nobody_else(tmp_path: Path, watched: WatchedFolder) -> None:
    for name in ("anna/digits.py", "ben/digits.py", "cem/digits.py"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("x = 1")
    watched.look(0)
    (tmp_path / "anna" / "helper.py").write_text("x = 2")
    look = watched.look(10)
    with open_hand_ins(tmp_path, "digits", selection=look.selection) as intake:
        assert [gradable.hand_in.student for gradable in intake.hand_ins] == ["ben", "cem"]
        assert not intake.left_out


class Script:
    """Runs a watch: one change before each look, one second apart each time `wait` is called."""

    def __init__(self, watched: WatchedFolder, *changes: Callable[[], object]) -> None:
        self.graded: list[set[str]] = []
        self.missing: list[str] = []
        self.changed: list[tuple[set[str], set[str]]] = []
        self._changes, self._now = iter(changes), 0.0
        with pytest.raises(KeyboardInterrupt):
            watch_folder(
                watched,
                grade=lambda look: self.graded.append(names(look.complete)),
                note=lambda last, look: self.changed.append((names(last.complete), names(look.complete))),
                note_missing=lambda error: self.missing.append(str(error)),
                clock=lambda: self._now,
                wait=self._wait,
            )

    def _wait(self) -> None:
        self._now += SETTLE
        for change in self._changes:
            change()
            return
        raise KeyboardInterrupt


def test_each_complete_file_begins_one_turn(tmp_path: Path, watched: WatchedFolder) -> None:
    anna, ben = tmp_path / "anna.py", tmp_path / "ben.py"
    script = Script(
        watched,
        lambda: anna.write_text("1"),
        lambda: ben.write_text("1"),  # anna.py has been seen once
        lambda: None,  # anna.py stands still: first turn
        lambda: None,  # ben.py stands still: second turn
        lambda: None,  # nothing is new
        lambda: anna.write_text("22"),
        lambda: None,  # anna.py stands still again: third turn
        ben.unlink,  # who takes a file away keeps the result
        lambda: None,
    )
    assert script.graded == [{"anna.py"}, {"anna.py", "ben.py"}, {"anna.py", "ben.py"}]
    assert ({"anna.py", "ben.py"}, {"anna.py"}) in script.changed


def test_a_drive_that_is_not_there_is_told_once_and_waited_for(tmp_path: Path) -> None:
    drive, away = tmp_path / "drive", tmp_path / "away"
    drive.mkdir()
    (drive / "anna.py").write_text("1")
    script = Script(
        WatchedFolder(drive, SETTLE),
        lambda: drive.rename(away),
        lambda: None,
        lambda: away.rename(drive),
        lambda: None,
        lambda: None,
    )
    assert len(script.missing) == 1
    assert script.graded == [{"anna.py"}]


def test_a_folder_that_cannot_be_listed_has_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnusableHandInsError):
        WatchedFolder(tmp_path / "nowhere").look(0)
