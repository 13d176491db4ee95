"""The scratch folder of a run, with all that a submission may leave in it."""

import math
import mmap
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.protocol.evidence import StopReason
from grader.protocol.plan import Limits
from grader.sandbox import memory_watch, scratch
from grader.sandbox.memory_watch import MemoryWatch, private_kib
from grader.sandbox.scratch import measure_mib, remove
from tests.helpers.paths import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="scratch folders are behind the walls of Linux")


def nest(folder: Path, depth: int) -> None:
    """Make folders in folders, as a program does that goes into each: no path is too long for that."""
    parent = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("deep", dir_fd=parent)
        inner = os.open("deep", os.O_RDONLY, dir_fd=parent)
        os.close(parent)
        parent = inner
    os.close(os.open("file", os.O_CREAT | os.O_WRONLY, dir_fd=parent))
    os.close(parent)


@pytest.mark.parametrize("depth", [0, 3, 3000])
def test_folders_of_any_depth_are_removed(tmp_path: Path, depth: int) -> None:
    (tmp_path / "scratch").mkdir()
    nest(tmp_path / "scratch", depth)
    remove(str(tmp_path / "scratch"))
    assert not (tmp_path / "scratch").exists()


def test_links_are_removed_and_not_what_they_lead_to(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").write_text("text")
    folder = tmp_path / "scratch"
    (folder / "inner").mkdir(parents=True)
    (folder / "link").symlink_to(tmp_path / "kept")
    (folder / "inner" / "link").symlink_to("..")
    (folder / "inner" / "file").hardlink_to(tmp_path / "kept" / "file")
    os.mkfifo(folder / "pipe")
    remove(str(folder))
    assert not folder.exists()
    assert (tmp_path / "kept" / "file").read_text() == "text"


AS_A_USER = """
import math, os, sys
from pathlib import Path
from grader.sandbox.scratch import measure_mib, remove
folder = "/tmp/grader-test-" + os.urandom(8).hex()
if os.geteuid() == 0:
    os.setresuid(54321, 54321, 54321)
inner = Path(folder, "forbidden", "inner")
inner.mkdir(parents=True)
(inner / "file").touch()
inner.chmod(0)
inner.parent.chmod(0)
assert measure_mib(folder, ()) == math.inf
remove(folder)
assert not Path(folder).exists()
"""


def test_forbidden_folders_are_removed_by_their_own_user() -> None:
    """Root may do all of this anyway: so another user does it where these tests run as root."""
    subprocess.run([sys.executable, "-c", AS_A_USER], cwd=ROOT, check=True, timeout=60)


def write_big(folder: Path) -> None:
    (folder / "big").write_bytes(os.urandom(3 << 20))


def write_twice(folder: Path) -> None:
    (folder / "one").mkdir()
    for name in ("one/first", "second"):
        (folder / name).write_bytes(os.urandom(3 << 19))


def name_twice(folder: Path) -> None:
    (folder / "first").write_bytes(os.urandom(3 << 20))
    (folder / "second").hardlink_to(folder / "first")


@pytest.mark.parametrize("write", [write_big, write_twice, name_twice])
def test_what_files_take_is_measured(tmp_path: Path, write: Callable[[Path], None]) -> None:
    write(tmp_path)
    assert measure_mib(str(tmp_path), ()) == pytest.approx(3, abs=0.3)


def test_deleted_files_count_as_long_as_they_are_open(tmp_path: Path) -> None:
    with (tmp_path / "file").open("wb") as file:
        file.write(os.urandom(3 << 20))
        file.flush()
        (tmp_path / "file").unlink()
        assert measure_mib(str(tmp_path), ()) < 1
        assert measure_mib(str(tmp_path), [os.getpid()]) == pytest.approx(3, abs=0.3)
    assert measure_mib(str(tmp_path), [os.getpid()]) < 1


def test_deleted_files_count_as_long_as_they_are_in_memory(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w+b") as file:
        file.write(os.urandom(3 << 20))
        file.flush()
        mapped = mmap.mmap(file.fileno(), 0)
    (tmp_path / "file").unlink()
    if not os.access(f"/proc/{os.getpid()}/map_files", os.R_OK):
        pytest.skip("this user may not follow the links to files in memory")
    with mapped:
        assert measure_mib(str(tmp_path), [os.getpid()]) == pytest.approx(3, abs=0.3)
    assert measure_mib(str(tmp_path), [os.getpid()]) < 1


def test_a_long_path_and_too_many_files_are_more_than_any_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deep").mkdir()
    nest(tmp_path / "deep", 1500)
    assert measure_mib(str(tmp_path), ()) == math.inf
    remove(str(tmp_path / "deep"))
    for number in range(20):
        (tmp_path / str(number)).touch()
    assert measure_mib(str(tmp_path), ()) < 1
    monkeypatch.setattr(scratch, "MOST_FILES", 19)
    assert measure_mib(str(tmp_path), ()) == math.inf


@pytest.mark.parametrize(("mebibytes", "expected"), [(0, None), (3, StopReason.DISK)])
def test_a_run_that_writes_too_much_is_ended(tmp_path: Path, mebibytes: int, expected: StopReason | None) -> None:
    ended: list[bool] = []
    pid = os.getpid()
    limits = Limits(scratch_mib=2, memory_mib=1 << 20)
    watch = MemoryWatch(pid, private_kib(pid), limits, lambda: ended.append(True), str(tmp_path))
    (tmp_path / "file").write_bytes(os.urandom(mebibytes << 20))
    deadline = time.monotonic() + (5 if expected else 0.3)
    while time.monotonic() < deadline and not ended:
        time.sleep(0.02)
    watch.stop()
    assert watch.exceeded is expected
    assert bool(ended) is (expected is not None)


def test_where_a_link_stands_instead_of_the_folder_nothing_is_removed(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/file").touch()
    (tmp_path / "link").symlink_to("folder")
    remove(str(tmp_path / "link"))
    assert (tmp_path / "folder/file").exists()


@pytest.mark.parametrize(("most", "expected"), [(1, StopReason.THREADS), (1000, None)])
def test_a_run_with_too_many_threads_is_ended(
    monkeypatch: pytest.MonkeyPatch, most: int, expected: StopReason | None
) -> None:
    monkeypatch.setattr(memory_watch, "MOST_THREADS", most)
    ended = threading.Event()
    watch = MemoryWatch(os.getpid(), private_kib("self"), Limits(memory_mib=1 << 20), ended.set)
    ended.wait(5 if expected else 0.3)
    watch.stop()
    assert watch.exceeded is expected
