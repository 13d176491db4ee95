"""The warm worker: forks a child for each run from a process that has imported TensorFlow. Runs no submission.

It answers a few messages on one socket. It never starts TensorFlow's runtime, stays single-threaded and keeps
nothing worth protecting in memory: no labels, no checks, no reference solution, no secrets in its environment.
"""

import contextlib
import os
import selectors
import signal
import socket
import traceback
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from grader.protocol.channel import FAULT_CODE, WALLS, Channel
from grader.protocol.verdict import WallState
from grader.protocol.worker_messages import (
    MAX_MESSAGE,
    ChildSettings,
    EndRun,
    FromWorker,
    RunEnded,
    RunStarted,
    StartRun,
    StartSelfTest,
    ToWorker,
)
from grader.sandbox.memory_watch import anonymous_kib
from grader.sandbox.walls.enter import Limits, enter
from grader.sandbox.walls.namespaces import adopt_orphans
from grader.sandbox.walls.self_test import probe


@dataclass(frozen=True)
class Forked:
    """A forked child that is isolated, as it sees itself."""

    channel: Channel  # to the supervisor
    walls: tuple[WallState, ...]  # the state of each isolation feature


def serve(control: socket.socket) -> Forked | None:
    """Fork children for one sandbox environment until its socket `control` is closed; then return None.

    This also returns in each child that was forked for a run, once the child is isolated: so nothing of this
    module is on the stack under which the submission runs.
    """
    adopt_orphans()
    return _Worker(control).serve()


class _Worker:
    def __init__(self, control: socket.socket) -> None:
        self.control = control
        self.runs: dict[int, int] = {}  # run id by pid
        self.wake, wake_writer = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(wake_writer, False)
        self.wake_writer = wake_writer

    def serve(self) -> Forked | None:
        signal.signal(signal.SIGCHLD, _ignore)
        signal.set_wakeup_fd(self.wake_writer, warn_on_full_buffer=False)
        with selectors.DefaultSelector() as selector:
            selector.register(self.control, selectors.EVENT_READ)
            selector.register(self.wake, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj is not self.control:
                        os.read(self.wake, 4096)
                        self.report_ended_runs()
                        continue
                    data, descriptors, _, _ = socket.recv_fds(self.control, MAX_MESSAGE, 1)
                    if not data:
                        self.end()
                        return None
                    forked = self.handle(msgspec.json.decode(data, type=ToWorker), descriptors)
                    if forked is not None:
                        return forked

    def handle(self, message: ToWorker, descriptors: list[int]) -> Forked | None:
        """Handle one message. Returns None in the worker; in a child forked for a run, its `Forked`."""
        match message:
            case StartSelfTest():
                self.fork(descriptors[0], lambda channel: _test_walls(channel, message))
            case StartRun():
                base = anonymous_kib("self")
                pid, forked = self.fork(descriptors[0], lambda channel: _isolate(message.settings, channel))
                if forked is not None:
                    return forked
                self.runs[pid] = message.id
                self.reply(RunStarted(id=message.id, pid=pid, base_kib=base))
            case EndRun(id=run):
                for pid in [p for p, r in self.runs.items() if r == run]:
                    os.kill(pid, signal.SIGKILL)
        return None

    def reply(self, reply: FromWorker) -> None:
        self.control.send(msgspec.json.encode(reply))

    def fork(self, channel: int, work: Callable[[int], Forked | None]) -> tuple[int, Forked | None]:
        """Fork a process that calls `work` with its end of a channel.

        Returns in the worker with the pid. In the child, it returns with the result of `work`, or ends the process
        where that is None and where `work` raises anything.
        """
        pid = os.fork()
        if pid:
            os.close(channel)
            return pid, None
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for descriptor in (self.wake, self.wake_writer, self.control.detach()):
                os.close(descriptor)
            forked = work(channel)
        except BaseException:  # noqa: BLE001 - this must not go on as a worker
            traceback.print_exc()
            os._exit(FAULT_CODE)
        if forked is None:
            os._exit(0)
        return 0, forked

    def end(self) -> None:
        """Kill every run and wait for all children, so that the time they used is counted as the worker's."""
        for pid in self.runs:
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while True:
                os.wait()

    def report_ended_runs(self) -> None:
        """Report every run that has ended. The self-test is no run: the end of its channel is enough."""
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
                self.reply(RunEnded(id=run, code=os.waitstatus_to_exitcode(status), cpu_seconds=cpu))


def _ignore(*_: object) -> None:
    """Do nothing: the signal only wakes the selector."""


def _test_walls(channel: int, message: StartSelfTest) -> None:
    limits = _read_limits(message.settings)
    forked = _isolate(message.settings, channel)
    states = probe(message.targets, forked.walls, limits, channel)
    forked.channel.send(WALLS, msgspec.json.encode(states))


def _isolate(settings: ChildSettings, channel: int) -> Forked:
    """Isolate this process. Returns in another process than the calling one, see `enter`."""
    walls = enter(settings.scratch, settings.readable, settings.hidden, _read_limits(settings), channel)
    return Forked(Channel(channel, channel), walls)


def _read_limits(settings: ChildSettings) -> Limits:
    return Limits(cpu_seconds=settings.cpu_seconds, memory_mib=settings.memory_mib, file_mib=settings.scratch_mib)
