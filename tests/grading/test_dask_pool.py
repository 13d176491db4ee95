"""The same class on a real Dask cluster of two worker processes, one of which dies."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import LocalCluster, Worker

from grader.core.course import Course
from grader.core.errors import InternalError
from grader.grading.dask_pool import DaskPool
from grader.grading.results import JobResult, Mode
from tests.grading.test_local_pool import SLOW, job, points
from tests.helpers.class_fixtures import WRONG_SCALE, Run, marks
from tests.helpers.two_functions import RIGHT, RUBRIC

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's"),
    # Dask leaves closing sockets to the collector when a worker is killed.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def shared_course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    folder = tmp_path_factory.mktemp("cluster") / "course"
    (folder / "exercises" / "two").mkdir(parents=True)
    (folder / "exercises" / "two" / "rubric.py").write_text(RUBRIC)
    return Course(folder)


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    with LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        silence_logs="CRITICAL",
        preload=["tests.helpers.share_in_dask"],
    ) as started:
        yield started


@pytest.fixture
def pool(cluster: LocalCluster, shared_course: Course) -> Iterator[DaskPool]:
    with DaskPool(shared_course, Mode.WALLS, cluster.scheduler_address) as started:
        yield started


def test_walls_stand_on_every_machine_and_each_job_comes_back(pool: DaskPool) -> None:
    assert pool.size == 2
    assert pool.walls()
    assert all(wall.stands for wall in pool.walls())
    jobs = [job(str(i), RIGHT if i % 2 else WRONG_SCALE) for i in range(7)]
    done = list(pool.grade_all(jobs, lambda _: None))
    assert {d.id: points(d) for d in done} == {str(i): 100 if i % 2 else 60 for i in range(7)}


def test_a_dask_worker_that_dies_costs_nothing_but_time(pool: DaskPool) -> None:
    done: list[JobResult] = []
    for result in pool.grade_all([job(str(i), SLOW) for i in range(6)], lambda _: None):
        done.append(result)
        if len(done) == 1:
            victim, *_ = pool._client.run(os.getpid).values()
            os.kill(victim, signal.SIGKILL)
    assert sorted((d.id, points(d)) for d in done) == [(str(i), 100) for i in range(6)]


def test_a_batch_on_the_cluster_fills_the_store(cluster: LocalCluster, run: Run, class_: Path, out: Path) -> None:
    result = run("batch", "two", class_, "--out", out, "--cluster", cluster.scheduler_address)
    assert result.exit_code == 0, result.output
    assert marks(out) == {"anna": 100, "ben": 60}
    here = run("batch", "two", class_, "--out", out)
    assert "2 unchanged" in here.output  # what a cluster made is what this machine would make


def _other_code(dask_worker: Worker) -> None:
    plugin = dask_worker.plugins["keras-grader"]
    plugin.pool.__exit__()
    plugin.pool, plugin.differs = None, True


def test_a_machine_that_would_judge_otherwise_is_not_used(pool: DaskPool) -> None:
    pool._client.run(_other_code)
    (done,) = pool.grade_all([job("a", RIGHT)], lambda _: None)
    assert done.graded is None
    assert "differ from those of the machine that asks" in done.fault


def test_a_cluster_whose_course_is_another_is_refused(
    cluster: LocalCluster, shared_course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.grading.dask_pool.code_hash", lambda: "of another grader")
    with pytest.raises(InternalError, match="differ from this one"):
        DaskPool(shared_course, Mode.WALLS, cluster.scheduler_address)


def test_no_scheduler_is_a_sentence(run: Run, class_: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.grading.dask_pool.CONNECT_SECONDS", 0.5)
    result = run("batch", "two", class_, "--out", out, "--cluster", "tcp://127.0.0.1:9")
    assert result.exit_code == 3
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in result.output
