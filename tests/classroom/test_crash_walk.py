"""A batch that crashes, or whose disk fails, at any step: nothing is lost, mixed up or graded twice."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.helpers.crash_walk import CRASH, POINTS
from tests.helpers.paths import ROOT

EVERY = 7  # a step of so many: `make soak` tries all of them
MARKS: dict[str, float | None] = {**POINTS, "empty": None}


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.helpers.crash_walk", str(tmp_path_factory.mktemp("walk")), str(EVERY)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    walk: dict[str, Any] = json.loads(done.stdout)
    return walk


def find_mistakes(result: dict[str, Any]) -> list[str]:
    """Return what is wrong with a class after a fault and another, undisturbed run."""
    then = result["then"]
    between = then["between"]
    saved = {name for name, count in between.get("verdicts", {}).items() if count}
    wanted = {name: int(mark is not None) for name, mark in MARKS.items()}
    mistakes = {
        "a mark out of a fault": any(m not in (None, MARKS[n]) for n, m in between.get("marks", {}).items()),
        "somebody has another one's result": bool(between.get("mixed up") or then["mixed up"]),
        f"not told as what it is: {result['first error']}": result["first error"].startswith("unexpected"),
        f"the second run: {then['error']}": bool(then["error"]),
        f"lost: {then['marks']}": then["marks"] != MARKS,
        f"verdicts: {then['verdicts']}": then["verdicts"] != wanted,
        f"reports: {then['reports']}": [r.rpartition("-")[0] for r in then["reports"]] != sorted(POINTS),
        "graded twice": bool(saved & set(then["graded"][then["first"] :])),
        f"left behind: {then['left']}": bool(then["left"]),
    }
    return [what for what, is_so in mistakes.items() if is_so]


def test_every_kind_of_step_is_tried(walk: dict[str, Any]) -> None:
    names = {name.split()[0] for name in walk["steps"]}
    assert {"os.mkdir", "os.rename", "os.link", "open", "sqlite3.connect", "INSERT", "commit"} <= names
    assert len(walk["results"]) > 30
    assert {result["kind"] for result in walk["results"]} > {CRASH}


def test_the_next_batch_finishes_with_the_right_marks(walk: dict[str, Any]) -> None:
    steps = walk["steps"]
    mistakes = {(r["step"], r["kind"], steps[r["step"] - 1]): find_mistakes(r) for r in walk["results"]}
    assert {at: what for at, what in mistakes.items() if what} == {}


def test_a_disk_that_fails_ends_the_batch_with_a_sentence(walk: dict[str, Any]) -> None:
    ended = [result["first error"] for result in walk["results"] if result["kind"] != CRASH]
    assert set(ended) <= {"", "StoreError", "ClassFolderError"}
    assert ended.count("") < len(ended) / 2


def test_a_clock_that_goes_backwards_changes_no_mark(walk: dict[str, Any]) -> None:
    clock = walk["clock"]
    assert clock["errors"] == ["", ""]
    assert clock["marks"] == MARKS | {"ben": POINTS["anna"]}
    assert clock["mixed up"] == []
