"""A course whose check does to the examiner what a submission asks for: it stands for holes not known yet.

The submission returns a number from `mood()`, and the check, in the examiner, answers it by what `MOODS` says.
"""

from pathlib import Path

from grader.core.course import Course

RUBRIC = '''
"""One check that a submission can do anything to the examiner with."""

import os
import signal
import time
from collections import deque
from dataclasses import dataclass
from itertools import repeat

from grader.evidence.values import numbers
from grader.protocol.plan import Call
from grader.rubric import Bilingual, Criterion, Rubric, Task
from grader.rubric.checks.base import Check, failed, passed
from grader.rubric.data import digits


def compute_for_ever():
    while True:
        pass


MOODS = {
    2: compute_for_ever,
    3: lambda: time.sleep(3600),
    4: lambda: deque(repeat(0), maxlen=0),  # one call that lets neither a thread nor a signal have its turn
    5: lambda: os._exit(0),
    6: lambda: os.kill(os.getpid(), signal.SIGKILL),
    7: lambda: os.kill(os.getpid(), signal.SIGSTOP),
}


@dataclass(frozen=True)
class Mood(Check):
    """mood() returns 1."""

    def steps(self, seeds):
        return (Call(id="mood@0", function="mood"),)

    def judge(self, case):
        value, arrays = case.value("mood@0")
        number = int(numbers(value, arrays, "mood"))
        if number in MOODS:
            MOODS[number]()
        return passed("right") if number == 1 else failed("wrong")


def named(text):
    return Bilingual(en=text, de=text)


RUBRIC = Rubric(
    title=named("Mood"),
    task=Task(kind="functions"),
    data=digits,
    criteria=(Criterion("mood", 100, named("mood"), named("."), Mood()),),
    judge_seconds=SECONDS,
)
'''
MOODS = {
    "computes for ever": 2,
    "sleeps": 3,
    "computes without a turn for others": 4,
    "exits": 5,
    "is killed": 6,
    "is stopped": 7,
}


def make_course(folder: Path, judge_seconds: float) -> Course:
    """Write the course, with an exercise `mood`."""
    exercise = folder / "exercises" / "mood"
    exercise.mkdir(parents=True)
    (exercise / "rubric.py").write_text(RUBRIC.replace("SECONDS", str(judge_seconds)))
    return Course(folder)


def source(mood: int) -> str:
    """Return a submission of this mood; 1 is the right one."""
    return f"def mood():\n    return {mood}\n"
