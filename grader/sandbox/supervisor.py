"""What is the same outside of every kind of run: frames awaited in time, processes, workshops.

Imports neither TensorFlow nor NumPy, and looks into no evidence: it only carries it to the examiner.
"""

import contextlib
import os
import queue
import threading
import time
from dataclasses import dataclass
from typing import Literal, Protocol, Self

from grader.plan import Limits
from grader.sandbox.frames import Channel, Frame, ProtocolError
from grader.verdict import WallState

# One thread: sums in one order, so the same numbers at every run.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
SLICE_SECONDS = 1.0
MAX_WAITING = 2  # frames that were read and not asked for: a flood of them stays with its sender


class SandboxError(Exception):
    """The grader's own processes could not be started or went away."""


@dataclass(frozen=True)
class Exit:
    """How a run's process ended. `code` is negative for a signal; None where it could not be told."""

    code: int | None
    cpu_seconds: float


class Inbox:
    """Frames of a channel, read by a thread, so that waiting for one can end in time on every system."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self._frames: queue.Queue[Frame | ProtocolError | None] = queue.Queue(MAX_WAITING)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def close(self) -> None:
        """Close the channel once the other side is gone and the last frame is read."""
        while self._reader.is_alive():
            with contextlib.suppress(queue.Empty):
                self._frames.get(timeout=0.02)  # what nobody asked for
        self.channel.close()

    def get(self, seconds: float) -> Frame | None:
        """Return the next frame; None when the other side is gone.

        Raises `TimeoutError` after `seconds`, and `ProtocolError` for what is no frame.
        """
        deadline = time.monotonic() + seconds
        while True:
            left = max(0.0, deadline - time.monotonic())
            try:
                # In slices: on Windows, Ctrl-C is not heard while waiting.
                item = self._frames.get(timeout=min(left, SLICE_SECONDS))
            except queue.Empty:
                if left <= SLICE_SECONDS:
                    raise TimeoutError from None
                continue
            if isinstance(item, ProtocolError):
                raise item
            return item

    def _read(self) -> None:
        while True:
            try:
                frame = self.channel.receive()
            except ProtocolError as error:
                self._frames.put(error)
                return
            except OSError:
                frame = None
            self._frames.put(frame)
            if frame is None:
                return


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


class Workshop(Protocol):
    """Where runs happen: behind walls on Linux, or in plain processes."""

    examiner: Inbox

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


def worker_environment() -> dict[str, str]:
    """Return the environment of the grader's own processes: nothing of the user's but what finds files."""
    kept = {
        k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "SYSTEMROOT", "TEMP", "TMP", "MPLCONFIGDIR"}
    }
    return (
        kept
        | ONE_THREAD
        | {
            "CUDA_VISIBLE_DEVICES": "-1",
            "KERAS_BACKEND": "tensorflow",
            "LANG": "C.UTF-8",
            "MPLBACKEND": "agg",
            "PYTHONHASHSEED": "0",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "TF_ENABLE_ONEDNN_OPTS": "0",
        }
    )
