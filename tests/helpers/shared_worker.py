"""One warm worker for many tests: its start and its imports cost more than most of what is graded with it.

A test that looks at the start or the end of a worker has its own: `@pytest.mark.own_worker`.
"""

import contextlib
import os
from collections.abc import Iterator

import pytest

from grader.core.course import Course
from grader.grading import grader
from grader.grading.grader import Grader
from grader.grading.results import Mode
from grader.sandbox.environment import SandboxEnvironment
from grader.sandbox.walled import WalledEnvironment
from tests.helpers.paths import END_TO_END_COURSE


class _SharedEnvironment(WalledEnvironment):
    """An environment that outlives the graders that use it."""

    def __exit__(self, *_: object) -> None:
        """Stay: the next test goes on with this one."""

    def end(self) -> None:
        """End it for good."""
        super().__exit__()

    @property
    def is_alive(self) -> bool:
        """Whether the worker is still there: a test may have killed it."""
        return self._worker.poll() is None


class SharedWorker:
    """Gives the shared environment to each grader that asks for one behind walls."""

    def __init__(self) -> None:
        self._environment: _SharedEnvironment | None = None
        self._start = grader.start_environment

    def start(self, mode: Mode, course: Course, is_light: bool = False) -> SandboxEnvironment:
        """Return the shared environment, started now if there is none that lives. It has TensorFlow."""
        if mode is not Mode.WALLS:
            return self._start(mode, course)
        if self._environment is None or not self._environment.is_alive:
            self.end()
            # What a submission must not find is there: a variable of the user, and a course that is hidden.
            os.environ["SECRET"] = "of the user"
            self._environment = _SharedEnvironment(hidden=[END_TO_END_COURSE])
        return self._environment

    def end(self) -> None:
        """End the environment, if any."""
        if self._environment is not None:
            self._environment.end()
            self._environment = None


@pytest.fixture(scope="session")
def shared_worker() -> Iterator[SharedWorker]:
    """One for all tests of this process; started when it is first needed."""
    shared = SharedWorker()
    yield shared
    shared.end()


@contextlib.contextmanager
def start_grader(shared_worker: SharedWorker, course: Course) -> Iterator[Grader]:
    """Start a grader that uses the shared worker, for a fixture of a module."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grader, "start_environment", shared_worker.start)
        started = Grader(course, Mode.WALLS)
    with started:
        yield started


@pytest.fixture(autouse=True)
def share_worker(
    request: pytest.FixtureRequest, shared_worker: SharedWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Have graders of this test use the shared worker."""
    if request.node.get_closest_marker("own_worker") is None:
        monkeypatch.setattr(grader, "start_environment", shared_worker.start)
