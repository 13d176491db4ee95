"""Grades in a pool on a Dask cluster: each Dask worker keeps a warm worker of its own, behind walls of its own.

Jobs and results travel as bytes: MessagePack of the grader's own records. Imported only for `--cluster`.
"""

import logging
from collections.abc import Iterable, Iterator
from typing import Any, Self

import msgspec
from distributed import Client, Future, Worker, WorkerPlugin, as_completed, get_worker
from distributed.scheduler import KilledWorker

from grader import __version__
from grader.core.course import Course
from grader.core.errors import InternalError
from grader.examiner.client import ExaminerClient
from grader.grading.code_hash import code_hash
from grader.grading.local_pool import TRIES_ALONE, LocalPool
from grader.grading.pool import Started
from grader.grading.results import Job, JobResult, Mode
from grader.grading.versions import versions
from grader.protocol.verdict import Versions, WallState

_log = logging.getLogger(__name__)

PLUGIN = "keras-grader"
CONNECT_SECONDS = 30.0
AHEAD = 2  # jobs per thread that are on their way, so that no thread waits for the next


class Fingerprint(msgspec.Struct, frozen=True):
    """What has to be the same on every machine, or the same submission could get two different marks."""

    versions: Versions
    code: str
    """Hash of the grader's code that runs behind the walls; see `code_hash`."""
    rubrics: tuple[str, ...]
    """The hash of each rubric of the course, in the order of its exercises."""


def fingerprint(course: Course) -> Fingerprint:
    """Return the fingerprint of this machine and its copy of a course. Raises what `Course.rubric_hash` raises."""
    rubrics = tuple(course.rubric_hash(name) for name in course.exercises())
    return Fingerprint(versions(), code_hash(), rubrics)


class GraderPlugin(WorkerPlugin):  # type: ignore[misc]
    """Keeps a local pool in a Dask worker as long as the Dask worker lives."""

    name = PLUGIN

    def __init__(
        self, course: str, secret: bytes, mode: str, expected: bytes, despite_missing_walls: bool
    ) -> None:
        """Describe the pool; Dask sends this to each worker.

        Args:
            course: absolute path of the course, which is the same on every machine.
            secret: of the course.
            mode: value of a `Mode`.
            expected: the packed fingerprint of the machine that asks.
            despite_missing_walls: grade even where an isolation feature is missing.
        """
        self.course, self.secret, self.mode, self.expected = course, secret, mode, expected
        self.despite_missing_walls = despite_missing_walls
        self.pool: LocalPool | None = None
        self.differs = False  # whether this machine has another fingerprint, and so no pool

    def setup(self, worker: Worker) -> None:
        """Start the pool; it imports TensorFlow while the first jobs arrive."""
        course = _course(self.course, self.secret)
        self.differs = msgspec.msgpack.encode(fingerprint(course)) != self.expected
        if not self.differs:
            self.pool = LocalPool(
                course, Mode(self.mode), worker.state.nthreads, despite_missing_walls=self.despite_missing_walls
            )

    def teardown(self, worker: Worker) -> None:
        """End the pool's processes."""
        if self.pool is not None:
            self.pool.__exit__()


class DaskPool:
    """Grades on the machines of a Dask cluster. When a Dask worker dies, Dask gives its jobs to another one."""

    def __init__(self, course: Course, mode: Mode, address: str, *, despite_missing_walls: bool = False) -> None:
        """Connect to a cluster and start a local pool in each of its workers.

        Args:
            course: whose exercises are graded; it lies in the same folder on every machine.
            mode: behind walls or without.
            address: of the Dask scheduler.
            despite_missing_walls: grade even where an isolation feature is missing.

        Raises:
            InternalError: no scheduler answers, or a machine's grader or course differs from this one's.
        """
        self.course, self.mode, self.despite_missing_walls = course, mode, despite_missing_walls
        try:
            self._client = Client(address, timeout=CONNECT_SECONDS)
        except (OSError, TimeoutError, ValueError) as error:
            raise InternalError(f"no Dask scheduler answers at {address}: {type(error).__name__}") from error
        self._examiner = ExaminerClient()
        try:
            self._install()
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for end in (lambda: self._client.unregister_worker_plugin(PLUGIN), self._client.close):
            try:
                end()
            except Exception:  # noqa: BLE001 - the scheduler may have ended
                _log.info("the cluster could not be told that this pool ends", exc_info=True)
        self._examiner.close()

    @property
    def size(self) -> int:
        """Return how many threads the cluster has now."""
        return max(1, int(sum(self._client.nthreads().values())))

    @property
    def examiner(self) -> ExaminerClient:
        """Return an examiner on this machine."""
        return self._examiner

    def walls(self) -> tuple[WallState, ...]:
        """Return the isolation features of all machines: one that is missing on any machine is missing."""
        worst: dict[str, WallState] = {}
        for states in self._on_all(_walls):
            for wall in msgspec.json.decode(states, type=tuple[WallState, ...]):
                if wall.id not in worst or not wall.stands:
                    worst[wall.id] = wall
        return tuple(worst.values())

    def grade_all(self, jobs: Iterable[Job], started: Started) -> Iterator[JobResult]:
        """Grade jobs; see `grader.grading.pool.GraderPool`."""
        remaining = iter(jobs)
        set_aside: list[Job] = []  # whose workers died, to be tried again alone
        sent: dict[str, Job] = {}  # by the key of its future
        completed = as_completed()

        def send_next() -> None:
            job = next(remaining, None)
            if job is not None:
                future = self._send(job)
                sent[future.key] = job
                completed.add(future)
                started(job)

        try:
            for _ in range(AHEAD * self.size):
                send_next()
            for future in completed:
                job = sent.pop(future.key)
                result = self._result(job, future)
                if result is None:
                    set_aside.append(job)
                else:
                    yield result
                send_next()
        finally:
            self._client.cancel(list(completed.futures))
        for job in set_aside:
            yield self._grade_alone(job)

    def _send(self, job: Job) -> Future:
        return self._client.submit(grade_in_worker, msgspec.msgpack.encode(job), pure=False)

    def _result(self, job: Job, future: Future) -> JobResult | None:
        """Return the result of a job; None when the workers that had it died, because of this job or not."""
        try:
            return msgspec.msgpack.decode(future.result(), type=JobResult)
        except KilledWorker:
            return None
        except (OSError, TimeoutError) as error:
            raise InternalError(f"the connection to the Dask cluster was lost: {type(error).__name__}") from error
        except Exception as error:  # noqa: BLE001 - whatever went wrong in the worker is a fault of the grader
            _log.warning("a Dask worker failed", exc_info=True)
            return JobResult(job.id, None, f"{type(error).__name__}: {error}")
        finally:
            future.release()

    def _grade_alone(self, job: Job) -> JobResult:
        """Try a job again that was being graded when workers died; when they die each time, it is a fault."""
        for _ in range(TRIES_ALONE):
            result = self._result(job, self._send(job))
            if result is not None:
                return result
        return JobResult(job.id, None, "Dask workers died each time this was graded")

    def _install(self) -> None:
        """Start a pool in every Dask worker, also in those that join later. Raises as `__init__` does."""
        expected = msgspec.msgpack.encode(fingerprint(self.course))
        self._client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        folder = str(self.course.folder.resolve())
        self._client.register_plugin(
            GraderPlugin(folder, self.course.secret, self.mode.value, expected, self.despite_missing_walls)
        )
        if any(self._on_all(_differs)):
            raise InternalError(
                f"the cluster's machines differ from this one: the grader ({__version__}), TensorFlow, Keras, "
                f"NumPy or the course in {folder} is not the same there"
            )

    def _on_all(self, function: Any) -> list[Any]:
        """Call a function in every Dask worker, and return what each returned."""
        return list(self._client.run(function).values())


def grade_in_worker(job: bytes) -> bytes:
    """Grade a packed job in a Dask worker, and return its packed result."""
    return msgspec.msgpack.encode(_pool_of_worker().grade_one(msgspec.msgpack.decode(job, type=Job)))


def _pool_of_worker() -> LocalPool:
    """Return the pool of the Dask worker that runs this. Raises `InternalError` where it has none."""
    pool: LocalPool | None = get_worker().plugins[PLUGIN].pool
    if pool is None:
        raise InternalError("this machine's versions or course differ from those of the machine that asks")
    return pool


def _differs(dask_worker: Worker) -> bool:
    """Return whether a Dask worker's machine has another fingerprint. Dask passes the worker by this name."""
    return bool(dask_worker.plugins[PLUGIN].differs)


def _walls(dask_worker: Worker) -> bytes:
    """Return the packed isolation features of a Dask worker; none where it has no pool."""
    pool = dask_worker.plugins[PLUGIN].pool
    return msgspec.json.encode(pool.walls() if pool is not None else ())


def _course(folder: str, secret: bytes) -> Course:
    from pathlib import Path

    return Course(Path(folder), secret)
