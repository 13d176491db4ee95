"""What all sandbox environments have in common, as protocols. Imports neither TensorFlow nor NumPy."""

from dataclasses import dataclass
from typing import Literal, Protocol, Self

from grader.protocol.channel import Channel, Inbox
from grader.protocol.plan import Limits
from grader.protocol.verdict import WallState


@dataclass(frozen=True)
class Exit:
    """How a run's process ended."""

    code: int | None
    """Negative for a signal; None where the worker is gone that could have said."""
    cpu_seconds: float


class Process(Protocol):
    """One child that does one run."""

    channel: Channel
    inbox: Inbox

    @property
    def out_of_memory(self) -> bool:
        """Whether it was ended because it took more memory than it may."""

    def kill(self) -> None:
        """End it and everything that it started, from any thread; `end` is still to be called."""

    def end(self, grace: float) -> Exit:
        """Wait `grace` seconds for it to end by itself, then end it and everything that it started; clean up."""

    def peak_mib(self) -> float:
        """Return the most memory that it had so far, beyond what it shares."""


class SandboxEnvironment(Protocol):
    """Where runs happen: behind walls on Linux, or in plain processes."""

    @property
    def mode(self) -> Literal["walls", "plain"]:
        """What a verdict says about how it was run."""

    def walls(self) -> tuple[WallState, ...]:
        """Return which walls hold; none in plain mode. Raises `SandboxError` when that cannot be told."""

    def launch(self, limits: Limits) -> Process:
        """Start a process for one run."""

    def prepare(self) -> None:
        """Use the time until the next run to start what it will need."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...
