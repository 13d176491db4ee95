"""The crew on a Dask cluster: each Dask worker keeps a warm worker of its own, behind walls of its own.

What goes to the machines and comes back is bytes of our own records. Imported by `--cluster` alone.
"""

import contextlib
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

PLUGIN = "keras-grader"
CONNECT_SECONDS = 30.0
AHEAD = 2  # jobs per thread that are on their way, so that no thread waits for the next


class Fingerprint(msgspec.Struct, frozen=True):
    """What has to be the same on every machine, or one submission would get two marks."""

    versions: Versions
    code: str
    rubrics: tuple[str, ...]


def fingerprint(course: Course) -> Fingerprint:
    """Return that of this machine."""
    rubrics = tuple(course.rubric_hash(name) for name in course.exercises())
    return Fingerprint(versions(), code_hash(), rubrics)


class GraderPlugin(WorkerPlugin):  # type: ignore[misc]
    """Keeps a crew in a Dask worker as long as that lives."""

    name = PLUGIN

    def __init__(self, course: str, mode: str, expected: bytes, despite_missing_walls: bool) -> None:
        self.course, self.mode, self.expected = course, mode, expected
        self.despite_missing_walls = despite_missing_walls
        self.crew: LocalPool | None = None
        self.differs = False

    def setup(self, worker: Worker) -> None:
        """Start the warm worker; its imports pass while the first jobs arrive."""
        course = _course(self.course)
        self.differs = msgspec.msgpack.encode(fingerprint(course)) != self.expected
        if not self.differs:
            self.crew = LocalPool(
                course, Mode(self.mode), worker.state.nthreads, despite_missing_walls=self.despite_missing_walls
            )

    def teardown(self, worker: Worker) -> None:
        """End its processes."""
        if self.crew is not None:
            self.crew.__exit__()


class DaskPool:
    """Grades on the machines of a Dask cluster. A worker that dies costs only time: Dask tries elsewhere."""

    def __init__(self, course: Course, mode: Mode, address: str, *, despite_missing_walls: bool = False) -> None:
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
        with contextlib.suppress(Exception):  # the scheduler may be gone
            self._client.unregister_worker_plugin(PLUGIN)
        with contextlib.suppress(Exception):
            self._client.close()
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
        """Return the walls of all machines: each stands where it stands on every one."""
        found: dict[str, WallState] = {}
        for states in self._on_all(_walls):
            for wall in msgspec.json.decode(states, type=tuple[WallState, ...]):
                if wall.id not in found or not wall.stands:
                    found[wall.id] = wall
        return tuple(found.values())

    def work(self, jobs: Iterable[Job], started: Started) -> Iterator[JobResult]:
        """Grade jobs; see `grader.grading.pool.GraderPool`."""
        source = iter(jobs)
        set_aside: list[Job] = []
        waiting: dict[str, Job] = {}
        done = as_completed()

        def send() -> None:
            job = next(source, None)
            if job is not None:
                future = self._send(job)
                waiting[future.key] = job
                done.add(future)
                started(job)

        try:
            for _ in range(AHEAD * self.size):
                send()
            for future in done:
                job = waiting.pop(future.key)
                result = self._result(job, future)
                if result is None:
                    set_aside.append(job)
                else:
                    yield result
                send()
        finally:
            self._client.cancel(list(done.futures))
        for job in set_aside:
            yield self._alone(job)

    def _send(self, job: Job) -> Future:
        return self._client.submit(grade_there, msgspec.msgpack.encode(job), pure=False)

    def _result(self, job: Job, future: Future) -> JobResult | None:
        """Return what came of a job; None when the workers that had it died, be it for its sake or not."""
        try:
            return msgspec.msgpack.decode(future.result(), type=JobResult)
        except KilledWorker:
            return None
        except (OSError, TimeoutError) as error:
            raise InternalError(f"the cluster is gone: {type(error).__name__}") from error
        except Exception as error:  # noqa: BLE001 - whatever went wrong over there is no mark
            return JobResult(job.id, None, f"{type(error).__name__}: {error}")
        finally:
            future.release()

    def _alone(self, job: Job) -> JobResult:
        for _ in range(TRIES_ALONE):
            result = self._result(job, self._send(job))
            if result is not None:
                return result
        return JobResult(job.id, None, "Dask workers died each time this was graded")

    def _install(self) -> None:
        """Put a crew into every worker, also those that come later; refuse workers that would judge otherwise."""
        expected = msgspec.msgpack.encode(fingerprint(self.course))
        self._client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        folder = str(self.course.folder.resolve())
        self._client.register_plugin(GraderPlugin(folder, self.mode.value, expected, self.despite_missing_walls))
        if any(self._on_all(_differs)):
            raise InternalError(
                f"the cluster's machines differ from this one: the grader ({__version__}), TensorFlow, Keras, "
                f"NumPy or the course in {folder} is not the same there"
            )

    def _on_all(self, function: Any) -> list[Any]:
        return list(self._client.run(function).values())


def grade_there(job: bytes) -> bytes:
    """Grade a job, in a Dask worker."""
    return msgspec.msgpack.encode(_crew().grade_one(msgspec.msgpack.decode(job, type=Job)))


def _crew() -> LocalPool:
    crew: LocalPool | None = get_worker().plugins[PLUGIN].crew
    if crew is None:
        raise InternalError("this machine's versions or course differ from those of the machine that asks")
    return crew


def _differs(dask_worker: Worker) -> bool:
    return bool(dask_worker.plugins[PLUGIN].differs)


def _walls(dask_worker: Worker) -> bytes:
    crew = dask_worker.plugins[PLUGIN].crew
    return msgspec.json.encode(crew.walls() if crew is not None else ())


def _course(folder: str) -> Course:
    from pathlib import Path

    return Course(Path(folder))
