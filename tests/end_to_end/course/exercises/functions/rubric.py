"""Three functions, and little time for each: what goes wrong in one shall not touch the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np

from grader.core.i18n import Bilingual
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement
from grader.protocol.plan import Limits, Step
from grader.protocol.task import Task
from grader.rubric import Criterion, Rubric
from grader.rubric.checks import CountsClasses, OneHot, Scales
from grader.rubric.checks.base import Check
from grader.rubric.data import digits


@dataclass(frozen=True)
class Quick(Check):
    """Another check, with little time for each of its steps."""

    check: Check
    seconds: float = 2.5

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the steps of the other check."""
        return tuple(msgspec.structs.replace(s, limit_seconds=self.seconds) for s in self.check.steps(seeds))

    def arrays(self) -> Mapping[str, np.ndarray[Any, Any]]:
        """Return the arrays of the other check."""
        return self.check.arrays()

    def judge(self, case: Case) -> Judgement:
        """Judge as the other check does."""
        return self.check.judge(case)


def named(text: str) -> Bilingual:
    """Return the same words in both languages."""
    return Bilingual(en=text, de=text)


RUBRIC = Rubric(
    title=named("Three functions"),
    task=Task(kind="functions"),
    data=digits,
    criteria=(
        Criterion(
            id="one_hot",
            points=50,
            title=named("one_hot"),
            lesson=named("."),
            check=Quick(OneHot("one_hot", classes=10)),
        ),
        Criterion(
            id="scale",
            points=30,
            title=named("scale"),
            lesson=named("."),
            check=Quick(Scales("scale", largest=16), seconds=15.0),
        ),
        Criterion(
            id="class_counts",
            points=20,
            title=named("class_counts"),
            lesson=named("."),
            check=Quick(CountsClasses("class_counts", classes=10)),
        ),
    ),
    limits=Limits(import_seconds=3.0, wall_seconds=40.0, cpu_seconds=30, memory_mib=400, scratch_mib=16),
)
