"""An environment without TensorFlow, until a run needs it: most of what a small check waits for are imports."""

from collections.abc import Callable
from typing import Literal, Self

from grader.protocol.plan import Limits
from grader.protocol.verdict import WallState
from grader.sandbox.environment import Process, SandboxEnvironment

Start = Callable[[bool], SandboxEnvironment]
"""Starts an environment. Takes whether its children are without TensorFlow."""


class EnvironmentOnDemand:
    """Starts light children; and others, of another environment in its place, from `import_libraries` on."""

    def __init__(self, start: Start) -> None:
        """Start the environment without TensorFlow. Raises `SandboxError`."""
        self._start = start
        self._environment = start(True)
        self._is_light = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None = None, *_: object) -> None:
        self._environment.__exit__(kind)

    @property
    def mode(self) -> Literal["walls", "plain"]:
        """Whether submissions run isolated ("walls") or not ("plain")."""
        return self._environment.mode

    def walls(self) -> tuple[WallState, ...]:
        """Return the state of each isolation feature. Raises `SandboxError`."""
        return self._environment.walls()

    def launch(self, limits: Limits) -> Process:
        """Start a child process with these resource limits. Raises `SandboxError`."""
        return self._environment.launch(limits)

    def prepare(self) -> None:
        """Start what the next run will need."""
        self._environment.prepare()

    def import_libraries(self) -> bool:
        """Replace the environment, whose children have all ended; return whether that was necessary.

        Raises:
            SandboxError: the new one cannot start.
        """
        if not self._is_light:
            return False
        light, self._environment = self._environment, self._start(False)
        self._is_light = False
        light.__exit__(None)
        return True
