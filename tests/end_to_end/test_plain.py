"""Without walls: the same verdicts and the same messages, and the verdict says that there were none."""

from pathlib import Path

from grader.grading.grader import Grader
from grader.submission.reader import read
from tests.end_to_end.conftest import all_but, criterion, written

WRONG = """
def one_hot(y):
    while True: pass

def scale(x):
    import os; os._exit(0)

def class_counts(y):
    raise ValueError("no")
"""


def test_messages_are_the_same_without_walls(plain_grader: Grader, tmp_path: Path) -> None:
    verdict = plain_grader.grade("functions", read(written(tmp_path, WRONG))).verdict
    assert {c.status for c in verdict.criteria} == {"failed"}
    assert "one_hot() did not come to an end in time" in criterion(verdict, "one_hot").message
    assert "scale() ended the whole process (exit code 0)" in criterion(verdict, "scale").message
    assert "class_counts() stopped with an error: ValueError: no" in criterion(verdict, "class_counts").message


def test_sys_exit_ends_nothing_without_walls(plain_grader: Grader, tmp_path: Path) -> None:
    added = "import sys\ndef one_hot(y):\n    sys.exit(3)\n\nsys.exit(4)"
    verdict = plain_grader.grade("functions", read(written(tmp_path, added))).verdict
    assert "it called exit(), quit() or sys.exit()" in criterion(verdict, "one_hot").message
    assert all_but(verdict, "one_hot") == {"passed"}


def test_a_network_is_certified_without_walls(plain_grader: Grader, grader: Grader, tmp_path: Path) -> None:
    submission = read(written(tmp_path, "", "networks"))
    plain = plain_grader.grade("networks", submission).verdict
    walled = grader.grade("networks", submission).verdict
    assert plain.isolation.mode == "plain"
    assert plain.isolation.walls == ()
    assert walled.isolation.mode == "walls"
    assert plain.certified
    assert plain.criteria == walled.criteria
