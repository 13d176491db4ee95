"""Every function of every exercise returns what it should not: clear words, no free point, no fault of ours.

All functions of the contract at once, so that a kind of value costs one run for each exercise. Where that is
proven, each exercise is tried with one kind, and each kind with some exercise.
"""

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.core.course import Course
from grader.core.i18n import LANGUAGES
from grader.grading.grader import Grader
from grader.protocol.verdict import Status, Verdict
from grader.submission.reader import read
from tests.helpers.paths import ROOT
from tests.helpers.proofs import GERMAN, VERDICT, Proof
from tests.helpers.shared_worker import SharedWorker, start_grader

COURSE = Course(ROOT)

YES = """
import functools
import numpy as np


class Yes:
    __class__ = np.ndarray
    shape, dtype, ndim, nbytes = (13, 10), np.dtype("float64"), 2, 8
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __getattr__(self, name): return self
    def __call__(self, *a, **k): return self
    def __len__(self): return 13
    def __iter__(self): return iter([self] * 13)
    def __float__(self): return 1.0
    def __bool__(self): return True
    def __hash__(self): return 1


@functools.cache
def a_gib(): return np.ones(2**27)  # made by the kind that returns it only: it costs more than the other kinds do
"""
# What a function returns instead.
RETURNED = {
    "None": "None",
    "a text": "'hello'",
    "a wrong shape": "np.zeros((2, 3, 5))",
    "NaN": "np.full((4, 2), np.nan)",
    "complex numbers": "np.full((4, 2), 1j)",
    "an object that equals everything": "Yes()",
    "a generator": "(i for i in range(3))",
    "a GiB of numbers": "a_gib()",
    "itself": "locals",
    "an empty dict": "{}",
    "nested nothing": "[None, [None, ()]]",
}
# What stands in place of a function.
REPLACED = {
    "missing": "del {name}",
    "not callable": "{name} = 3",
    "without arguments": "def {name}(): return 0",
    "raises": "def {name}(*_, **__): raise ValueError('broken')",
    "ends the process": "def {name}(*_, **__): import os; os._exit(3)",
}
PLACEHOLDER = re.compile(r"\{[a-z_]\w*(![rs])?(:[^}]*)?\}")  # a value that nobody has put into a message
KINDS = (*RETURNED, *REPLACED)
LISTS_OF_NUMBERS = "lists"


def contract(exercise: str) -> tuple[list[str], list[str]]:
    """Return the functions that a student has to write, and the values."""
    tree = ast.parse((ROOT / "exercises" / exercise / "submission.py").read_text("utf-8"))
    functions = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    values = [
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.isupper()
    ]
    return functions, values


def spoilt(exercise: str, kind: str) -> str:
    """Return the reference with every function and value of the contract replaced."""
    functions, values = contract(exercise)
    lines = [(ROOT / "reference" / exercise / "submission.py").read_text("utf-8"), YES]
    for name in functions:
        if kind in RETURNED:
            lines.append(f"def {name}(*_, **__): return {RETURNED[kind]}")
        else:
            lines.append(REPLACED[kind].format(name=name))
    # A value that is None is one that nobody has written yet.
    instead = {**RETURNED, "missing": "", "None": "0"}.get(kind, "3")
    lines += [f"{name} = {instead}" if instead else f"del {name}" for name in values]
    return "\n".join(lines)


def proof_of(exercise: str, kind: str) -> Proof:
    """Return the proof that an exercise says what it should where its functions return or are something else."""
    own = (f"exercises/{exercise}", f"reference/{exercise}", "tests/end_to_end/test_bad_values.py")
    return Proof(f"bad_values/{exercise}/{kind}", (*VERDICT, GERMAN, *own))


def list_sample() -> set[tuple[str, str]]:
    """Return one kind for each exercise and one exercise for each kind."""
    exercises = COURSE.exercises()
    number = max(len(exercises), len(KINDS))
    return {(exercises[i % len(exercises)], KINDS[i % len(KINDS)]) for i in range(number)}


def choose_values() -> list[tuple[str, str]]:
    """Return each exercise with the kinds that are not proven, and with those of the sample."""
    sample = list_sample()
    pairs = itertools.product(COURSE.exercises(), KINDS)
    return [pair for pair in pairs if pair in sample or not proof_of(*pair).is_made()]


def choose_exercises_with_lists() -> list[str]:
    """Return the exercises for which lists are not proven to be right, and the first of all."""
    first, *others = COURSE.exercises()
    return [first, *(name for name in others if not proof_of(name, LISTS_OF_NUMBERS).is_made())]


@pytest.fixture(scope="module")
def grader(shared_worker: SharedWorker) -> Iterator[Grader]:
    """Start the examiner once."""
    with start_grader(shared_worker, COURSE) as started:
        yield started


def grade(grader: Grader, folder: Path, exercise: str, source: str, language: str = "en") -> Verdict:
    file = folder / "submission.py"
    file.write_text(source, encoding="utf-8")
    return grader.grade(exercise, read(file), language).verdict


@pytest.mark.proof
@pytest.mark.parametrize(("exercise", "kind"), choose_values())
def test_a_value_that_is_wrong_everywhere_gets_nothing_but_words(
    grader: Grader, tmp_path: Path, exercise: str, kind: str
) -> None:
    language = LANGUAGES[KINDS.index(kind) % 2]
    verdict = grade(grader, tmp_path, exercise, spoilt(exercise, kind), language)
    got = {c.id: (str(c.status), c.points, c.message) for c in verdict.criteria if c.points}
    assert not got
    undecided = [c.message for c in verdict.criteria if c.status not in {Status.FAILED, Status.SKIPPED}]
    assert not undecided
    assert not [n.text for n in verdict.notices if n.id == "grader-fault"]
    for criterion in verdict.criteria:
        assert "Traceback" not in criterion.message
        assert not PLACEHOLDER.search(criterion.message)
        assert len(criterion.message) < 700
    assert any(c.status is Status.FAILED for c in verdict.criteria)
    proof_of(exercise, kind).note()


LISTS = """
import functools, keras, numpy as np


def _as_lists(value):
    if isinstance(value, (np.ndarray, np.generic)):
        return value.tolist()
    if isinstance(value, tuple):
        return [_as_lists(item) for item in value]
    if isinstance(value, dict):
        return {key: _as_lists(item) for key, item in value.items()}
    return value


def _returns_lists(function):
    @functools.wraps(function)
    def wrapped(*positional, **named):
        return _as_lists(function(*positional, **named))
    return wrapped


"""


@pytest.mark.proof
@pytest.mark.parametrize("exercise", choose_exercises_with_lists())
def test_lists_of_the_right_numbers_are_right(grader: Grader, tmp_path: Path, exercise: str) -> None:
    functions, _ = contract(exercise)
    source = (ROOT / "reference" / exercise / "submission.py").read_text("utf-8") + LISTS
    source += "\n".join(f"{name} = _returns_lists({name})" for name in functions)
    verdict = grade(grader, tmp_path, exercise, source)
    lost = {c.id: c.message for c in verdict.criteria if c.points < c.max_points}
    assert not lost
    proof_of(exercise, LISTS_OF_NUMBERS).note()
