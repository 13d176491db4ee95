"""The interfaces of a sandbox environment and of the processes that it starts.

Imports neither TensorFlow nor NumPy.
"""

from dataclasses import dataclass
from typing import Literal, Protocol, Self

from grader.protocol.channel import Channel, Inbox
from grader.protocol.evidence import StopReason
from grader.protocol.plan import Limits
from grader.protocol.verdict import WallState


@dataclass(frozen=True)
class Exit:
    """How the process of a run ended."""

    code: int | None
    """Exit code, negative for a signal. None where it is unknown: the worker that would report it has ended."""
    cpu_seconds: float
    """Processor time that the run used; 0 where it is not measured."""


class Process(Protocol):
    """A child process that executes one submission and steps of its plan."""

    channel: Channel
    """For messages to the child."""
    inbox: Inbox
    """For messages from the child."""

    @property
    def exceeded(self) -> StopReason | None:
        """The limit for which the process was killed from outside: MEMORY, DISK, THREADS, or None."""

    def waited_seconds(self) -> float:
        """Return for how long its threads have waited for a processor so far; 0 where it cannot be measured."""

    def kill(self) -> None:
        """Kill the process and all that it started, from any thread. `end` must still be called."""

    def end(self, grace: float) -> Exit:
        """Wait for the process to end, kill it and all that it started, and clean up.

        Args:
            grace: seconds to wait before killing it.
        """

    def peak_mib(self) -> float:
        """Return the peak memory of the process so far, beyond what it shares with others, in MiB."""


class SandboxEnvironment(Protocol):
    """Starts the processes in which submissions run: isolated on Linux, or plain ones."""

    @property
    def mode(self) -> Literal["walls", "plain"]:
        """Whether submissions run isolated ("walls") or not ("plain"); recorded in the verdict."""

    def walls(self) -> tuple[WallState, ...]:
        """Return the state of each isolation feature; an empty tuple in plain mode.

        Raises:
            SandboxError: the self-test of the isolation did not finish.
        """

    def launch(self, limits: Limits) -> Process:
        """Start a child process with these resource limits."""

    def prepare(self) -> None:
        """Start what the next run will need ahead of it, so that it does not have to wait."""

    def import_libraries(self) -> bool:
        """Let the children that are started from now on have TensorFlow; return whether they had none before."""

    def __enter__(self) -> Self: ...
    def __exit__(self, kind: type[BaseException] | None = None, *_: object) -> None: ...
