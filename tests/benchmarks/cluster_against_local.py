"""Two Dask workers against two threads on this machine: the throughput of the same submissions, both pools warm.

python -m tests.benchmarks.cluster_against_local [TURNS]
"""

import statistics
import sys
import time
from pathlib import Path

from distributed import LocalCluster

from grader.core.course import Course
from grader.grading.dask_pool import DaskPool
from grader.grading.local_pool import LocalPool
from grader.grading.pool import GraderPool
from grader.grading.results import Job, Mode
from grader.protocol.submission import Submission, Unit
from tests.benchmarks.handed_in import handed_in

COURSE = Course(Path(__file__).parent / "course")
EXERCISE, SIZE = "digits30", 2


def jobs(turn: int) -> list[Job]:
    """Return the twelve submissions, each a little different in every turn."""
    made = []
    for submission in handed_in():
        source = f"{submission.source}\n# turn {turn}\n"
        record = Submission("submission.py", "0" * 64, "script", (Unit(source, source),))
        made.append(Job(f"{submission.student} {turn}", EXERCISE, record, "en"))
    return made


def seconds(pool: GraderPool, jobs_to_grade: list[Job]) -> float:
    """Grade all, and return the time that it takes."""
    began = time.perf_counter()
    for done in pool.grade_all(jobs_to_grade, lambda _: None):
        if done.graded is None:
            raise SystemExit(f"{done.id} was not graded: {done.fault}")
    return time.perf_counter() - began


def main(turns: int = 3) -> None:
    """Measure in turn and print ratios."""
    ratios = []
    with (
        LocalCluster(n_workers=SIZE, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        DaskPool(COURSE, Mode.WALLS, cluster.scheduler_address) as dask,
        LocalPool(COURSE, Mode.WALLS, SIZE) as local,
    ):
        pools: dict[str, GraderPool] = {"Dask": dask, "local": local}
        for pool in pools.values():
            seconds(pool, jobs(0))  # imports, rubric, data
        for turn in range(1, turns + 1):
            taken = {name: seconds(pool, jobs(turn)) for name, pool in pools.items()}
            print(", ".join(f"{name} {took / 12:.2f} s a submission" for name, took in taken.items()))
            ratios.append(taken["local"] / taken["Dask"])
    print(f"throughput on Dask: {statistics.median(ratios):.2f} of the local one (aim: at least 0.9)")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
