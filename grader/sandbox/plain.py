"""Runs in processes of their own, without walls: for a student's own code, on any system."""

import contextlib
import os
import subprocess
import threading
from typing import Literal, Self

from grader.protocol.channel import Inbox
from grader.protocol.plan import Limits
from grader.protocol.processes import pipes, spawn
from grader.protocol.verdict import WallState
from grader.sandbox.environment import Exit
from grader.sandbox.memory_watch import MemoryWatch, anonymous_kib

AHEAD = 2  # processes: the run and its replay


class PlainEnvironment:
    """Runs are processes of their own, without walls: for a student's own code, on any system."""

    mode: Literal["plain"] = "plain"

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ahead: list[subprocess.Popen[bytes]] = []
        self.prepare()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._ahead:
            PlainProcess(process, Limits()).end(grace=0.0)

    def walls(self) -> tuple[WallState, ...]:
        """Return nothing: there are none."""
        return ()

    def launch(self, limits: Limits) -> "PlainProcess":
        """Take a process that was started ahead, or start one."""
        with self._lock:
            gone = [process for process in self._ahead if process.poll() is not None]
            self._ahead = [process for process in self._ahead if process.poll() is None]
            ready = self._ahead.pop(0) if self._ahead else None
        for process in gone:  # ended by somebody else: no submission's fault
            PlainProcess(process, limits).end(grace=0.0)
        return PlainProcess(ready or spawn("grader.sandbox.inside.child"), limits)

    def prepare(self) -> None:
        """Start processes ahead, so that their imports pass while something else is waited for."""
        with self._lock:
            while len(self._ahead) < AHEAD:
                self._ahead.append(spawn("grader.sandbox.inside.child"))


class PlainProcess:
    """A process of its own, in a session of its own where the system has such."""

    def __init__(self, process: subprocess.Popen[bytes], limits: Limits) -> None:
        self._process = process
        self.channel = pipes(process)
        self.inbox = Inbox(self.channel)
        self.memory = MemoryWatch(process.pid, anonymous_kib(process.pid), limits, self.kill)

    @property
    def out_of_memory(self) -> bool:
        """Whether it was ended because it took more memory than it may."""
        return self.memory.exceeded

    def kill(self) -> None:
        """End it, and its session where there is one."""
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, 9)
        self._process.kill()

    def end(self, grace: float) -> Exit:
        """Wait for it to end, kill it and its session if it has not within `grace` seconds."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(grace)
        self.kill()  # what it started may still be there
        code = self._process.wait()
        self.memory.stop()
        self.inbox.close()
        return Exit(code, 0.0)

    def peak_mib(self) -> float:
        """Return the most anonymous memory that it had beyond its imports, in MiB; 0 where it is not told."""
        return self.memory.peak_mib
