"""What sealing costs: processor time of grading a reference on data of a secret, against the data as published.

Both are graded by the same processes, in turn. Without a secret, rows are neither changed nor drawn, replays have
no decoys, and no training is doubted. The data of an exercise are built before, once for each secret: what that
takes is printed on its own, for a class pays for it once and a single check each time.

    python -m tests.benchmarks.sealed_against_public [PAIRS [EXERCISE ...]]
"""

import os
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grader.core.course import Course
from grader.core.seal import UNSEALED, Seal
from grader.grading.grader import Grader
from grader.grading.results import Mode
from grader.rubric.loader import load_rubric
from grader.submission.reader import read
from tests.benchmarks.check_against_plain_script import reference
from tests.helpers.paths import ROOT
from tests.helpers.processes import descendants

AIM_SHARE = 0.15  # of the processor time without a secret
SECRET = bytes(range(32))


def measure_data(exercise: str, secret: bytes) -> float:
    """Return the processor time of building the data of an exercise, in seconds."""
    rubric = load_rubric(Course(ROOT), exercise)
    begun = time.process_time()
    rubric.build_data(Seal(secret))
    return time.process_time() - begun


def measure_grading(grader: Grader, exercise: str, secret: bytes) -> float:
    """Grade the reference, and return the processor time of all processes of the grader, in seconds."""
    grader.course = replace(grader.course, secret=secret)
    submission = read(reference(exercise))
    before = _used()
    verdict = grader.grade(exercise, submission).verdict
    if verdict.points < verdict.max_points:
        raise SystemExit(f"the reference of {exercise} has {verdict.points} points")
    return _used() - before


def _used() -> float:
    """Return the processor time of this process and of all that it has started, directly or not."""
    ticks = 0
    for pid in descendants(os.getpid()):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(map(int, fields[11:15]))  # utime to cstime of proc_pid_stat(5)
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def main(pairs: int, exercises: Sequence[str]) -> None:
    """Measure and print, for each exercise, the medians and the median of the ratios."""
    with Grader(Course(ROOT), Mode.WALLS) as grader:
        for exercise in exercises:
            data = [measure_data(exercise, secret) for secret in (UNSEALED, SECRET)]
            for secret in (UNSEALED, SECRET):
                measure_grading(grader, exercise, secret)  # reads the rubric, and builds the data
            costs = [
                [measure_grading(grader, exercise, secret) for secret in (UNSEALED, SECRET)] for _ in range(pairs)
            ]
            public, sealed = (statistics.median(cost[kind] for cost in costs) for kind in (0, 1))
            ratio = statistics.median(cost[1] / cost[0] for cost in costs)
            print(
                f"{exercise}: {public:.2f} s public, {sealed:.2f} s sealed, {ratio - 1:+.0%} "
                f"(aim: at most {AIM_SHARE:+.0%}); data: {data[0]:.2f} s and {data[1]:.2f} s",
                flush=True,
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7, sys.argv[2:] or Course(ROOT).exercises())
