"""The same submission gets the same verdict, byte for byte, whatever came before it or runs beside it."""

import threading
from pathlib import Path

import msgspec
import pytest

from grader.grading.grader import Grader
from grader.protocol.messages import Question
from grader.protocol.submission import Submission
from grader.submission.reader import read
from tests.end_to_end.conftest import Grade, criterion, without_resources, written

CRASHES = "def one_hot(y):\n    import os; os._exit(0)"
RANDOM = """
def class_counts(y):
    return np.random.default_rng().integers(0, 9, 10) + np.random.rand(10)
"""


def submissions(folder: Path) -> dict[str, tuple[str, Submission]]:
    made = {}
    for name, exercise, added in (
        ("right", "functions", ""),
        ("crashes", "functions", CRASHES),
        ("random", "functions", RANDOM),
        ("network", "networks", ""),
    ):
        (folder / name).mkdir()
        made[name] = exercise, read(written(folder / name, added, exercise))
    return made


def test_verdicts_are_equal_in_any_order_and_side_by_side(grader: Grader, tmp_path: Path) -> None:
    made = submissions(tmp_path)

    def verdict(name: str) -> bytes:
        exercise, submission = made[name]
        return without_resources(grader.grade(exercise, submission).verdict)

    first = {name: verdict(name) for name in made}
    again = {name: verdict(name) for name in reversed(made)}
    assert again == first

    beside: dict[tuple[int, str], bytes] = {}

    def all_of_them(number: int, names: list[str]) -> None:
        for name in names:
            beside[number, name] = verdict(name)

    orders = list(made), list(reversed(made))
    threads = [threading.Thread(target=all_of_them, args=pair) for pair in enumerate(orders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {key: value == first[key[1]] for key, value in beside.items()} == {
        (number, name): True for number in range(2) for name in made
    }


def test_one_submission_changes_nothing_for_the_next(grader: Grader, tmp_path: Path) -> None:
    made = submissions(tmp_path)
    exercise, right = made["right"]
    before = without_resources(grader.grade(exercise, right).verdict)
    (tmp_path / "bad").mkdir()
    harm = "np.bincount = None\nimport os, sys\nsys.modules['numpy'] = None\nos.environ['X'] = '1'"
    harm += "\nopen('left', 'w').write('x')"
    grader.grade(exercise, read(written(tmp_path / "bad", harm)))
    assert without_resources(grader.grade(exercise, right).verdict) == before


def test_answers_go_to_who_asked(grader: Grader, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two submissions at once share one examiner."""
    monkeypatch.setattr("grader.examiner.client.START_SECONDS", 10.0)
    question = Question(course=str(grader.course.folder), exercise="functions")
    wrong: list[object] = []

    def ask(seed: int) -> None:
        for _ in range(50):
            seeds = grader.examiner.plan(msgspec.structs.replace(question, seeds=(seed,))).seeds
            wrong.extend([seeds] if seeds != (seed,) else [])

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_collector_works_for_what_a_submission_makes_and_leaves_the_imports_alone(grade: Grade) -> None:
    told = "raise ValueError(f'{gc.isenabled()} {gc.get_freeze_count() > 10**5}')"
    verdict = grade(f"import gc\ndef class_counts(y):\n    {told}")
    assert "True True" in criterion(verdict, "class_counts").message
