"""Marks of processes: only what an ended process has made is abandoned."""

import os
import sys
import time
from pathlib import Path

import pytest

from grader.core.atomic_files import PREFIX, remove_abandoned
from grader.core.process_marks import ABANDONED_SECONDS, is_abandoned, own_mark

NOW = time.time()
OLD = NOW - ABANDONED_SECONDS - 1.0


@pytest.mark.parametrize("modified", [pytest.param(NOW, id="now"), pytest.param(OLD, id="old")])
def test_what_a_living_process_has_made_is_not_abandoned(modified: float) -> None:
    if sys.platform == "linux":
        assert not is_abandoned(own_mark(), modified)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only age counts")
def test_another_start_of_the_same_number_is_another_process() -> None:
    machine, pid, _start = own_mark().split(".")
    assert pid == str(os.getpid())
    assert is_abandoned(f"{machine}.{pid}.1", NOW)


def test_what_another_machine_has_made_is_abandoned_when_it_is_old() -> None:
    assert not is_abandoned("abc.1.1", NOW)
    assert is_abandoned("abc.1.1", OLD)


@pytest.mark.parametrize("name", ["", "x", "1.2", "a.b.c"])
def test_other_names_are_never_abandoned(name: str) -> None:
    assert not is_abandoned(name, OLD)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only age counts")
def test_only_what_killed_processes_left_is_removed(tmp_path: Path) -> None:
    machine, pid, _start = own_mark().split(".")
    left, own, other = f"{PREFIX}{machine}.{pid}.1-a", f"{PREFIX}{own_mark()}-a", f"{PREFIX}of-somebody"
    for name in (left, own, other):
        (tmp_path / name).write_text("")
    (tmp_path / f"{left}b" / "deep").mkdir(parents=True)
    remove_abandoned(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {own, other}
