"""The same submissions graded a hundred times: verdicts that are equal byte for byte, but for time and memory.

Each repetition grades all submissions in another order, while another process keeps a processor busy: by one and
by two workers, and with other hashes of texts (PYTHONHASHSEED) in the grader's processes, which set it to 0.

    python -m tests.benchmarks.determinism [REPETITIONS]

Ends with 1 where two verdicts differ. Versions of Python, TensorFlow and Keras other than the installed ones are
not measured: a difference between versions is what the thresholds' margins are for.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from unittest import mock

import msgspec

from grader.core.course import Course
from grader.grading.local_pool import LocalPool
from grader.grading.results import Job, Mode
from grader.grading.versions import versions
from grader.protocol import processes
from grader.submission.reader import read
from tests.end_to_end.conftest import COURSE, without_resources
from tests.helpers.paths import ROOT

SUBMISSIONS = (
    (COURSE, "functions", "reference/functions/submission.py"),
    (COURSE, "networks", "reference/networks/submission.py"),
    (Course(ROOT), "metric_cheat_sheet", "reference/metric_cheat_sheet/submission.ipynb"),
    (Course(ROOT), "linear_regression", "reference/linear_regression/submission.py"),
)
SETTINGS = ((1, "0"), (2, "0"), (2, "1"), (1, "4294967295"))  # workers, PYTHONHASHSEED


@contextmanager
def busy_processor() -> Iterator[None]:
    """Keep one processor busy, as long as the context lasts."""
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as process:
        try:
            yield
        finally:
            process.kill()


@contextmanager
def hash_seed(seed: str) -> Iterator[None]:
    """Have the grader's processes started with another PYTHONHASHSEED."""
    real = processes.worker_environment

    def environment() -> dict[str, str]:
        return real() | {"PYTHONHASHSEED": seed}

    with (
        mock.patch.object(processes, "worker_environment", environment),
        mock.patch("grader.sandbox.walled.worker_environment", environment),
    ):
        yield


def repeat(course: Course, workers: int, seed: str, repetitions: int, found: dict[str, set[bytes]]) -> None:
    """Grade the submissions of a course again and again, and collect the different results of each."""
    jobs = [
        Job(f"{exercise} {number}", exercise, read(course.folder / path), "en")
        for its_course, exercise, path in SUBMISSIONS
        if its_course == course
        for number in range(repetitions)
    ]
    Random(f"{workers} {seed}").shuffle(jobs)
    with hash_seed(seed), LocalPool(course, Mode.WALLS, workers, despite_missing_walls=True) as pool:
        for result in pool.grade_all(jobs, lambda _: None):
            name = result.id.rpartition(" ")[0]
            if result.graded is None:
                found.setdefault(name, set()).add(result.fault.encode())
                continue
            parts = without_resources(result.graded.verdict), msgspec.json.encode(result.graded.exhibits)
            found.setdefault(name, set()).add(b"\n".join(parts))


def main(repetitions: int) -> int:
    """Measure, print, and return the exit code."""
    print(f"{sys.version.split()[0]}, {versions()}")
    found: dict[str, set[bytes]] = {}
    each = -(-repetitions // len(SETTINGS))
    with busy_processor():
        for workers, seed in SETTINGS:
            begun = time.monotonic()
            for course in dict.fromkeys(course for course, _, _ in SUBMISSIONS):
                repeat(course, workers, seed, each, found)
            print(
                f"{workers} workers, PYTHONHASHSEED={seed}: {each} times in {time.monotonic() - begun:.0f} s",
                flush=True,
            )
    for name, results in found.items():
        print(f"{name}: {len(results)} different results in {each * len(SETTINGS)} repetitions")
        if len(results) > 1:
            Path(f"{name}-differences.json").write_bytes(b"\n\n".join(sorted(results)))
    return int(any(len(results) > 1 for results in found.values()))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
