"""A course with one small exercise, `tiny`, for tests of `grader validate`."""

from pathlib import Path

from typer.testing import CliRunner, Result

from grader.commands.app import app
from grader.core.course import Course

RUBRIC = '''
from dataclasses import dataclass

from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, passed
from grader.rubric.checks import CountsClasses, OneHot, Scales
from grader.rubric.checks.base import Check
from grader.rubric.data import digits
from grader.protocol.plan import ArrayArg, Call
from grader.rubric import Bilingual, Criterion, Rubric, Task
from grader.core.i18n import _

SAME = Bilingual(en="same", de="same")


@dataclass(frozen=True)
class Runs(Check):
    """Passes whatever comes back, if only something does; and breaks on None."""

    function: str
    looks: bool = True

    def steps(self, seeds):
        return (Call(id=f"{self.function}@once", function=self.function, arguments=(ArrayArg(name="y_val"),)),)

    def judge(self, case):
        if self.looks and type(case.value(f"{self.function}@once")[0]).__name__ == "NoneValue":
            raise RuntimeError("a check with a fault")
        return passed(_("fine"))


@dataclass(frozen=True)
class Asks(Check):
    """Asks for the steps that it is given."""

    asked: tuple = ()

    def steps(self, seeds):
        return self.asked

    def judge(self, case):
        return passed(_("fine"))


def c(name, points, check, **more):
    return Criterion(id=name, points=points, title=SAME, lesson=SAME, check=check, **more)


RUBRIC = Rubric(title=SAME, task=Task(kind="functions"), data=digits, criteria=(CRITERIA))
'''
COUNTS = 'c("class_counts", 60, CountsClasses("class_counts", classes=10)), '
WEAK = 'c("half", 40, Runs("half")), '
REFERENCE = """import numpy as np


def class_counts(y):
    return np.bincount(y, minlength=10)


def half(y):
    return y / 2
"""
STUB = "def class_counts(y):\n    raise NotImplementedError\n\n\ndef half(y):\n    raise NotImplementedError\n"
NETWORKS_STUB = """
def one_hot(y):
    raise NotImplementedError


def build_model():
    raise NotImplementedError


def train(model, x_train, y_train, x_val, y_val):
    raise NotImplementedError


def predict_probabilities(model, x):
    raise NotImplementedError
"""
VARIANT = """# loses: class_counts
# why: Counts nothing.
# from: reference


def class_counts(y):
    return [0] * 10
"""


def course_in(folder: Path, criteria: str = COUNTS + WEAK, **files: str | None) -> Course:
    """Write a course with the exercise `tiny`; `files` replaces or leaves out some of it."""
    parts = {
        "exercises/tiny/rubric.py": RUBRIC.replace("CRITERIA", criteria),
        "exercises/tiny/submission.py": STUB,
        "reference/tiny/submission.py": REFERENCE,
        "reference/tiny/variants/wrong.py": VARIANT,
        **{name.replace("__", "/"): content for name, content in files.items()},
    }
    for name, content in parts.items():
        if content is not None:
            path = folder / name.replace("-py", ".py").replace("-toml", ".toml")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8")
    return Course(folder)


TERMINAL = {"LANG": "C.UTF-8", "LC_ALL": "", "NO_COLOR": "1", "COLUMNS": "150"}


def validate(folder: Path, *more: str) -> Result:
    """Run the command in an English terminal, with a cache of its own."""
    words = ["validate", *more, "--course", str(folder), "--lang", "en"]
    done = CliRunner().invoke(app, words, env=TERMINAL | {"XDG_CACHE_HOME": str(folder)})
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done
