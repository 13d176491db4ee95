"""Evidence that is used again while a file is worked on gives the verdict that a fresh run gives."""

from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import msgspec
import pytest

from grader.commands import check_answers
from grader.commands.check_answers import CheckAnswers, describe_moment
from grader.core.course import Course
from grader.grading.results import Graded, Mode
from grader.grading.warm_grader import WarmGrader
from grader.protocol.plan import Step
from grader.protocol.submission import Submission
from grader.protocol.verdict import Resources, Verdict
from grader.submission.reader import read
from tests.end_to_end.conftest import COURSE

BASE = """
import numpy as np

CLASSES = 10
LARGEST = 16
MEMORY = []

def largest():
    return LARGEST

def scale(x):
    return x / largest()

def one_hot(y):
    MEMORY.append(1)
    return np.eye(CLASSES)[y]

def class_counts(y):
    MEMORY.append(1)
    return np.bincount(y, minlength=CLASSES)
"""
# Each changes what a function gives, some where the function itself stays as it is.
MUTANTS = {
    "the function itself": ("return x / largest()", "return x / 2"),
    "a line more": ("    return x / largest()", "    x = np.asarray(x)\n\n    return x / largest()"),
    "a function that it calls": ("return LARGEST", "return 2"),
    "a global that it reads": ("LARGEST = 16", "LARGEST = 2"),
    "a decorator": ("def scale(x):", "def wrong(f):\n    return lambda x: x\n\n@wrong\ndef scale(x):"),
    "a name that it uses": ("def scale(x):", "def largest():\n    return 2\n\ndef scale(x):"),
    "another module by the same name": ("import numpy as np", "import keras.ops as np"),
    "a file beside it": ("import numpy as np", "import numpy as np\nfrom helper import CLASSES"),
    "data beside it": ("CLASSES = 10", "CLASSES = len(open(__file__).read())"),
    "what others remember": ("    MEMORY.append(1)\n    return np.eye", "    MEMORY.clear()\n    return np.eye"),
    "an error": ("return np.eye(CLASSES)[y]", "return np.eye(CLASSES)[y + 99]"),
    "an error further down": (
        "import numpy as np",
        "import numpy as np\n\n\ndef one_hot(y):\n    return y + None",
    ),
}


def submission(folder: Path, text: str) -> Submission:
    file = folder / "submission.py"
    file.write_text(text)
    return read(file)


def content(graded: Graded) -> Verdict:
    """Return a verdict without what differs from run to run."""
    return msgspec.structs.replace(graded.verdict, resources=Resources(wall_seconds=0, cpu_seconds=0, peak_mib=0))


class Checks:
    """Checks a file again and again, as a watch does, and counts the steps that are run."""

    def __init__(self, grader: WarmGrader, course: Course) -> None:
        self._grader, self._answers = grader, CheckAnswers(course, Mode.WALLS)
        self.steps: list[str] = []

    def check(self, file: Submission, *, fresh: bool = False) -> Graded:
        self.steps = []
        prior = None if fresh else self._answers.find_prior("functions", file)
        return self._grader.grade(
            "functions", file, "en", self._note, prior=prior, on_plan=self._answers.note_steps
        )

    def remember(self, file: Submission, graded: Graded) -> None:
        self._answers.remember("functions", file, graded)

    def _note(self, step: Step, *_: object) -> None:
        self.steps.append(step.id)


@pytest.mark.usefixtures("share_worker")
def test_no_mutant_gets_what_the_text_before_it_came_to(tmp_path: Path) -> None:
    base = submission(tmp_path, BASE)
    with WarmGrader(COURSE, Mode.WALLS) as grader:
        checks = Checks(grader, COURSE)
        first = checks.check(base)
        assert first.verdict.points == 100
        all_steps = len(checks.steps)
        counts = {}
        for name, (old, new) in MUTANTS.items():
            assert BASE.count(old) == 1, name
            checks.remember(base, first)
            mutant = submission(tmp_path, BASE.replace(old, new))
            again = checks.check(mutant)
            counts[name] = len(checks.steps)
            assert content(again) == content(checks.check(mutant, fresh=True)), name
    assert counts["the function itself"] < all_steps - 3  # else nothing was used again
    assert counts["a file beside it"] == counts["data beside it"] == counts["a global that it reads"] == all_steps


def test_a_check_of_today_is_named_by_its_time_and_another_by_its_day(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 2, 10, 12, 30, tzinfo=UTC)

    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return now.astimezone(tz)

    monkeypatch.setattr(check_answers, "datetime", Clock)
    local = now.astimezone()
    assert describe_moment(now) == f"{local:%H:%M}"
    assert describe_moment(now - timedelta(days=2)) == f"{local - timedelta(days=2):%Y-%m-%d %H:%M}"
