"""Run submissions in plain processes without isolation: for a student's own code, on any operating system."""

import contextlib
import os
import subprocess
import threading
from typing import Literal, Self

from grader.protocol.channel import Inbox
from grader.protocol.evidence import StopReason
from grader.protocol.plan import Limits
from grader.protocol.processes import pipes, spawn
from grader.protocol.verdict import WallState
from grader.sandbox.environment import Exit
from grader.sandbox.memory_watch import MemoryWatch, private_kib
from grader.sandbox.processor_wait import waited_seconds

AHEAD = 2  # processes that are started before they are needed: for the run and for its replay


class PlainEnvironment:
    """Starts plain child processes without isolation: for a student's own code, on any operating system."""

    mode: Literal["plain"] = "plain"

    def __init__(self, *, is_light: bool = False) -> None:
        """Start processes ahead. `is_light`: without TensorFlow, see `grader.sandbox.on_demand`."""
        self._module = f"grader.sandbox.inside.{'light_child' if is_light else 'child'}"
        self._lock = threading.Lock()
        self._ahead: list[subprocess.Popen[bytes]] = []
        self.prepare()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._ahead:
            PlainProcess(process, Limits()).end(grace=0.0)

    def walls(self) -> tuple[WallState, ...]:
        """Return an empty tuple: there are no isolation features."""
        return ()

    def launch(self, limits: Limits) -> "PlainProcess":
        """Take a child process that was started ahead, or start one, and watch its memory."""
        with self._lock:
            ended = [process for process in self._ahead if process.poll() is not None]
            self._ahead = [process for process in self._ahead if process.poll() is None]
            ready = self._ahead.pop(0) if self._ahead else None
        for process in ended:  # ended by somebody else: no submission's fault
            PlainProcess(process, limits).end(grace=0.0)
        return PlainProcess(ready or spawn(self._module), limits)

    def prepare(self) -> None:
        """Start child processes ahead, so that they import TensorFlow while something else is waited for."""
        with self._lock:
            while len(self._ahead) < AHEAD:
                self._ahead.append(spawn(self._module))

    def import_libraries(self) -> bool:
        """Return False: what the children have was decided at the start."""
        return False


class PlainProcess:
    """A plain child process, in a session of its own where the operating system has sessions."""

    def __init__(self, process: subprocess.Popen[bytes], limits: Limits) -> None:
        self._process = process
        self.channel = pipes(process)
        self.inbox = Inbox(self.channel)
        self.memory = MemoryWatch(process.pid, private_kib(process.pid), limits, self.kill)

    @property
    def exceeded(self) -> StopReason | None:
        """The limit for which the process was killed: MEMORY, THREADS, or None, for files are not limited."""
        return self.memory.exceeded

    def waited_seconds(self) -> float:
        """Return for how long its threads have waited for a processor so far; 0 where it cannot be measured."""
        return waited_seconds(self._process.pid)

    def kill(self) -> None:
        """Kill the process, and its session where there is one."""
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, 9)
        self._process.kill()

    def end(self, grace: float) -> Exit:
        """Wait for the process to end, and kill it and its session after `grace` seconds.

        Processor time is not measured in plain mode.
        """
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(grace)
        self.kill()  # what it started may still be there
        code = self._process.wait()
        self.memory.stop()
        self.inbox.close()
        return Exit(code, 0.0)

    def peak_mib(self) -> float:
        """Return the peak anonymous memory beyond the imports, in MiB; 0 where it cannot be measured."""
        return self.memory.peak_mib
