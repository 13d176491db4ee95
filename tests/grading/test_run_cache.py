"""Stored runs: found again by all that they depend on, and never trusted when something is odd."""

import os
from pathlib import Path

import pytest
from platformdirs.macos import MacOS
from platformdirs.unix import Unix
from platformdirs.windows import Windows, get_win_folder_from_env_vars

from grader.grading import run_cache
from grader.grading.code_hash import PACKAGE, code_inside
from grader.grading.run_cache import RunCache, cache_folder
from grader.protocol.evidence import Stopped, StopReason
from grader.protocol.submission import Submission, Unit
from grader.protocol.verdict import WallState
from grader.sandbox.run import RunResult

SUBMISSION = Submission("a.py", "0" * 64, "script", (Unit("x = 1", "x = 1"),))


class Maker:
    """Makes runs, and counts how many."""

    def __init__(self, run: RunResult | None = None) -> None:
        self.count = 0
        self.run = run or RunResult(bodies={"a": b"\0\xff"}, walls=(WallState(id="seccomp", stands=True),))

    def __call__(self) -> RunResult:
        self.count += 1
        return self.run


def test_a_run_is_made_once_and_comes_back_as_it_was(tmp_path: Path) -> None:
    cache, make = RunCache(tmp_path / "runs"), Maker()
    assert [cache.get_or_run(b"plan", SUBMISSION, "walls", make) for _ in range(3)] == [make.run] * 3
    assert make.count == 1


def test_another_plan_submission_mode_or_grader_is_another_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache, make = RunCache(tmp_path), Maker()
    other = Submission("a.py", "0" * 64, "script", (Unit("x = 2", "x = 2"),))
    for parcel, submission, mode in (
        (b"plan", SUBMISSION, "walls"),
        (b"plaN", SUBMISSION, "walls"),
        (b"plan", other, "walls"),
        (b"plan", None, "walls"),
        (b"plan", SUBMISSION, "plain"),
    ):
        cache.get_or_run(parcel, submission, mode, make)
    assert make.count == 5
    monkeypatch.setattr(run_cache, "code_hash", lambda: "other")
    cache.get_or_run(b"plan", SUBMISSION, "walls", make)
    monkeypatch.setattr(run_cache, "_installed", lambda: ("keras 99",))
    cache.get_or_run(b"plan", SUBMISSION, "walls", make)
    monkeypatch.setattr(run_cache, "list_named_datasets", lambda _: ["mnist:real"])
    cache.get_or_run(b"plan", SUBMISSION, "walls", make)
    assert make.count == 8


@pytest.mark.parametrize(
    "run",
    [
        RunResult(stops={"a": Stopped(reason=StopReason.TIME)}),
        RunResult(import_stop=Stopped(reason=StopReason.MEMORY)),
    ],
)
def test_a_run_that_was_stopped_is_made_again(tmp_path: Path, run: RunResult) -> None:
    cache, make = RunCache(tmp_path), Maker(run)
    for _ in range(2):
        assert cache.get_or_run(b"plan", SUBMISSION, "walls", make) is run
    assert make.count == 2


@pytest.mark.parametrize("content", [b"", b"\x93rubbish", b"\x80", b"{}"])
def test_an_entry_that_cannot_be_read_is_written_anew(tmp_path: Path, content: bytes) -> None:
    cache, make = RunCache(tmp_path), Maker()
    cache.get_or_run(b"plan", SUBMISSION, "walls", make)
    (entry,) = tmp_path.glob("*.run")
    entry.write_bytes(content)
    for _ in range(2):
        assert cache.get_or_run(b"plan", SUBMISSION, "walls", make) == make.run
    assert make.count == 2


def test_an_entry_under_a_foreign_name_is_not_believed(tmp_path: Path) -> None:
    cache, make = RunCache(tmp_path), Maker()
    cache.get_or_run(b"plan", SUBMISSION, "walls", make)
    (entry,) = tmp_path.glob("*.run")
    cache.get_or_run(b"other", SUBMISSION, "walls", make)
    (other,) = set(tmp_path.glob("*.run")) - {entry}
    other.write_bytes(entry.read_bytes())
    cache.get_or_run(b"other", SUBMISSION, "walls", make)
    assert make.count == 3


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file, no folder")
    cache, make = RunCache(tmp_path / "runs"), Maker()
    assert cache.get_or_run(b"plan", SUBMISSION, "walls", make) == make.run


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_stored_runs_are_for_their_user_alone(tmp_path: Path) -> None:
    RunCache(tmp_path / "runs").get_or_run(b"plan", SUBMISSION, "walls", Maker())
    (entry,) = tmp_path.glob("runs/*.run")
    assert [path.stat().st_mode & 0o777 for path in (entry.parent, entry)] == [0o700, 0o600]


def test_what_was_not_used_for_longest_goes_when_there_is_too_much(tmp_path: Path) -> None:
    cache, make = RunCache(tmp_path), Maker()
    paths: list[Path] = []
    for number in range(3):
        cache.get_or_run(bytes([number]), SUBMISSION, "walls", make)
        (new,) = set(tmp_path.glob("*.run")) - set(paths)
        os.utime(new, (number, number))
        paths.append(new)
    cache.get_or_run(bytes([0]), SUBMISSION, "walls", make)  # used again
    size = sum(path.stat().st_size for path in paths)
    RunCache(tmp_path, size).remove_oldest()
    assert set(tmp_path.iterdir()) == set(paths)
    RunCache(tmp_path, size - 1).remove_oldest()
    assert set(tmp_path.iterdir()) == {paths[0], paths[2]}


def test_the_folder_is_the_one_of_the_platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("platformdirs.PlatformDirs", Unix)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "keras-grader" / "runs"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == Path.home() / ".cache" / "keras-grader" / "runs"
    monkeypatch.setattr("platformdirs.PlatformDirs", MacOS)
    assert cache_folder() == Path.home() / "Library" / "Caches" / "keras-grader" / "runs"
    monkeypatch.setattr("platformdirs.PlatformDirs", Windows)
    monkeypatch.setattr("platformdirs.windows.get_win_folder", get_win_folder_from_env_vars)
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    assert cache_folder() == tmp_path / "keras-grader" / "runs"


def test_runs_depend_on_the_code_inside_the_walls_and_on_no_judgement() -> None:
    names = {path.relative_to(PACKAGE).as_posix() for path in code_inside()}
    assert {
        "sandbox/inside/child.py",
        "sandbox/walls/enter.py",
        "sandbox/inside/keras_facts.py",
        "protocol/plan.py",
        "core/row_hashes.py",
    } <= names
    assert not {name for name in names if name.startswith(("rubric/", "examiner/", "authoring/"))}
    assert not names & {"judge.py", "rubric.py", "case.py", "examiner.py", "validate.py", "cli.py"}
