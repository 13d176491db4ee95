"""The warm worker: imports TensorFlow once, then forks a child for each run. No submission's code runs in it.

It answers a handful of messages on one socket. It never starts TensorFlow's runtime, stays single-threaded and
holds nothing of worth: no labels, no reference solution, no secrets in its environment.
"""

import contextlib
import gc
import importlib
import os
import resource
import selectors
import signal
import socket
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import msgspec

from grader.protocol.channel import FAULT_CODE, WALLS, Channel
from grader.protocol.parcels import Record, Tagged
from grader.protocol.verdict import WallState
from grader.sandbox.memory_watch import anonymous_kib
from grader.sandbox.walls.enter import Limits, enter
from grader.sandbox.walls.escape_attempts import Targets
from grader.sandbox.walls.namespaces import adopt_orphans
from grader.sandbox.walls.self_test import probe

WARM_MODULES = (
    "numpy",
    "pandas",  # Keras imports it at the first fit where it is installed
    "tensorflow",
    "keras",
    "sklearn.datasets",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
    "sklearn.preprocessing",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "tensorflow.python.framework.convert_to_constants",
    "grader.sandbox.inside.child",
)
MAX_MESSAGE = 1 << 16


class Examine(Tagged, frozen=True, tag="Examine"):
    """Fork the examiner; its channel travels with the message."""


class Cell(Record, frozen=True):
    """Where a child runs: its scratch folder, what it may read besides, and what it may use."""

    scratch: str
    readable: tuple[str, ...]
    cpu_seconds: int
    memory_mib: int
    scratch_mib: int


class Run(Tagged, frozen=True, tag="Run"):
    """Fork a child for one run; its channel travels with the message."""

    id: int
    cell: Cell


class Canary(Tagged, frozen=True, tag="Canary"):
    """Fork a child that tries to cross the walls; its channel travels with the message."""

    cell: Cell
    targets: Targets


class Kill(Tagged, frozen=True, tag="Kill"):
    """End a run and everything that it started."""

    id: int


class Started(Tagged, frozen=True, tag="Started"):
    """A run's outermost process."""

    id: int
    pid: int
    base_kib: int  # anonymous memory that the child shares with the worker


class Ended(Tagged, frozen=True, tag="Ended"):
    """A run is over. `code` as in `subprocess`: negative for a signal."""

    id: int
    code: int
    cpu_seconds: float


Message = Examine | Run | Canary | Kill
Reply = Started | Ended


class Worker:
    """Serves one supervisor on `control` until it goes away."""

    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.runs: dict[int, int] = {}  # pid: run id
        self.wake, wake_writer = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(wake_writer, False)
        self.wake_writer = wake_writer

    def serve(self) -> None:
        """Import, then answer messages."""
        adopt_orphans()
        # What the imports leave stays: the collector need not look at a million objects, here and in every child,
        # where each look makes a real copy of their page.
        gc.disable()
        for name in WARM_MODULES:
            importlib.import_module(name)
        gc.freeze()
        gc.enable()
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.wake_writer, warn_on_full_buffer=False)
        selector = selectors.DefaultSelector()
        selector.register(self.control, selectors.EVENT_READ)
        selector.register(self.wake, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.fileobj is self.control:
                    if not self.handle():
                        return
                else:
                    os.read(self.wake, 4096)
                    self.reap()

    def reply(self, reply: Reply) -> None:
        """Tell the supervisor."""
        self.control.send(msgspec.json.encode(reply))

    def handle(self) -> bool:
        """Answer one message; False when the supervisor is gone."""
        data, descriptors, _, _ = socket.recv_fds(self.control, MAX_MESSAGE, 1)
        if not data:
            self.end()
            return False
        message = msgspec.json.decode(data, type=Message)
        match message:
            case Examine():
                self.fork(descriptors[0], _examine)
            case Canary():
                self.fork(descriptors[0], lambda fd: _canary(fd, message))
            case Run():
                base = anonymous_kib("self")
                pid = self.fork(descriptors[0], lambda fd: _run(fd, message))
                self.runs[pid] = message.id
                self.reply(Started(id=message.id, pid=pid, base_kib=base))
            case Kill(id=run):
                for pid in [p for p, r in self.runs.items() if r == run]:
                    os.kill(pid, signal.SIGKILL)
        return True

    def fork(self, channel: int, work: Any) -> int:
        """Fork a process that does `work` with its end of a channel and then ends, whatever happens."""
        pid = os.fork()
        if pid:
            os.close(channel)
            return pid
        code = FAULT_CODE
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for descriptor in (self.wake, self.wake_writer, self.control.fileno()):
                os.close(descriptor)
            work(channel)
            code = 0
        except BaseException:  # noqa: BLE001 - behind the walls this goes nowhere; before them it is a fault of ours
            traceback.print_exc()
        finally:
            os._exit(code)

    def end(self) -> None:
        """End every run, and wait for all children, so that what they used is counted as the worker's."""
        for pid in self.runs:
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while True:
                os.wait()

    def reap(self) -> None:
        """Tell of every child that has ended. The examiner is no run and is not told of: its channel closes."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            run = self.runs.pop(pid, None)
            if run is not None:
                cpu = round(usage.ru_utime + usage.ru_stime, 3)
                self.reply(Ended(id=run, code=os.waitstatus_to_exitcode(status), cpu_seconds=cpu))


def _examine(channel: int) -> None:
    # Not imported by the worker: children forked from it would hold the checks with the answers that they expect.
    from grader.examiner.service import serve

    serve(Channel(channel, channel))


def _canary(channel: int, message: Canary) -> None:
    limits, standing = _enter(message.cell, channel)
    states = probe(message.targets, standing, limits, channel)
    Channel(channel, channel).send(WALLS, msgspec.json.encode(states))


def _run(channel: int, run: Run) -> None:
    from grader.sandbox.inside.child import serve  # imported once by the worker, used after the fork

    _, standing = _enter(run.cell, channel)
    serve(Channel(channel, channel), standing)


def _enter(cell: Cell, channel: int) -> tuple[Limits, tuple[WallState, ...]]:
    """Go behind the walls; what returns is another process than what came."""
    limits = Limits(cpu_seconds=cell.cpu_seconds, memory_mib=cell.memory_mib, file_mib=cell.scratch_mib)
    return limits, enter(cell.scratch, cell.readable, limits, channel)


def main(arguments: Sequence[str]) -> None:
    """`python -m grader.sandbox.worker FD`: serve the supervisor on the inherited socket `FD`."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with socket.socket(fileno=int(arguments[0])) as control:
        Worker(control).serve()


if __name__ == "__main__":
    main(sys.argv[1:])
