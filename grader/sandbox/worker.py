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
from grader.sandbox.memory_watch import private_kib
from grader.sandbox.walls.enter import Limits, enter
from grader.sandbox.walls.forker import Forked, Forker, find_outer_pid
from grader.sandbox.walls.namespaces import NamespaceErrors
from grader.sandbox.walls.self_test import probe


@dataclass(frozen=True)
class Child:
    """A forked child that is isolated, as it sees itself."""

    channel: Channel  # to the supervisor
    walls: tuple[WallState, ...]  # the state of each isolation feature


@dataclass
class _Run:
    """A child that was forked, until it and all that it left behind have ended."""

    id: int | None  # of the run; None for the self-test, which is no run: the end of its channel is enough
    pid: int
    init: int  # the first process of its PID namespace; 0 where there is none, or where it has ended
    result: RunEnded | None = None  # once the child has ended


def serve(control: socket.socket) -> Child | None:
    """Fork children for one sandbox environment until its socket `control` is closed; then return None.

    This also returns in each child that was forked for a run, once the child is isolated: so nothing of this
    module is on the stack under which the submission runs.
    """
    return _Worker(control, Forker()).serve()


class _Worker:
    def __init__(self, control: socket.socket, forker: Forker) -> None:
        self.control, self.forker = control, forker
        self.runs: list[_Run] = []
        self.wake, wake_writer = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(wake_writer, False)
        self.wake_writer = wake_writer

    def serve(self) -> Child | None:
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
                    child = self.handle(msgspec.json.decode(data, type=ToWorker), descriptors)
                    if child is not None:
                        return child

    def handle(self, message: ToWorker, descriptors: list[int]) -> Child | None:
        """Handle one message. Returns None in the worker; in a child forked for a run, that child."""
        match message:
            case StartSelfTest():
                forked, _ = self.fork(
                    descriptors[0], lambda errors, channel: _test_walls(errors, channel, message)
                )
                self.runs.append(_Run(None, forked.pid, forked.init))
            case StartRun():
                base = private_kib("self")
                forked, child = self.fork(
                    descriptors[0], lambda errors, channel: _isolate(message.settings, errors, channel)
                )
                if child is not None:
                    return child
                self.runs.append(_Run(message.id, forked.pid, forked.init))
                self.reply(RunStarted(id=message.id, pid=find_outer_pid(forked.pid), base_kib=base))
            case EndRun(id=number):
                for run in self.runs:
                    if run.id == number and run.result is None:
                        os.kill(run.pid, signal.SIGKILL)
        return None

    def reply(self, reply: FromWorker) -> None:
        self.control.send(msgspec.json.encode(reply))

    def fork(
        self, channel: int, work: Callable[[NamespaceErrors, int], Child | None]
    ) -> tuple[Forked, Child | None]:
        """Fork a process that calls `work` with the state of its namespaces and its end of a channel.

        Returns in the worker. In the child, it returns with the result of `work`, or ends the process where that
        is None and where `work` raises anything.
        """
        forked = self.forker.fork()
        if forked.pid:
            os.close(channel)
            return forked, None
        try:
            signal.set_wakeup_fd(-1)
            for descriptor in (self.wake, self.wake_writer, self.control.detach()):
                os.close(descriptor)
            child = work(forked.errors, channel)
        except BaseException:  # noqa: BLE001 - this must not go on as a worker
            traceback.print_exc()
            os._exit(FAULT_CODE)
        if child is None:
            os._exit(0)
        return forked, child

    def end(self) -> None:
        """Kill every run and wait for all children, so that the time they used is counted as the worker's."""
        for run in self.runs:
            for pid in (run.pid if run.result is None else 0, run.init):
                if pid:
                    os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            while True:
                os.wait()

    def report_ended_runs(self) -> None:
        """Report every run that has ended, with all that it left behind."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            for run in self.runs:
                if pid == run.init:  # the kernel has ended all that was in its namespace
                    run.init = 0
                elif pid == run.pid and run.result is None:
                    cpu = round(usage.ru_utime + usage.ru_stime, 3)
                    code = os.waitstatus_to_exitcode(status)
                    run.result = RunEnded(id=run.id or 0, code=code, cpu_seconds=cpu)
                    if run.init:
                        os.kill(run.init, signal.SIGKILL)
            for run in [run for run in self.runs if run.result is not None and not run.init]:
                self.runs.remove(run)
                if run.result is not None and run.id is not None:
                    self.reply(run.result)


def _ignore(*_: object) -> None:
    """Do nothing: the signal only wakes the selector."""


def _test_walls(errors: NamespaceErrors, channel: int, message: StartSelfTest) -> None:
    limits = _read_limits(message.settings)
    child = _isolate(message.settings, errors, channel)
    states = probe(message.targets, child.walls, limits, channel)
    child.channel.send(WALLS, msgspec.json.encode(states))


def _isolate(settings: ChildSettings, errors: NamespaceErrors, channel: int) -> Child:
    """Isolate this process."""
    walls = enter(settings.scratch, settings.readable, settings.hidden, _read_limits(settings), channel, errors)
    return Child(Channel(channel, channel), walls)


def _read_limits(settings: ChildSettings) -> Limits:
    return Limits(cpu_seconds=settings.cpu_seconds, memory_mib=settings.memory_mib, file_mib=settings.scratch_mib)
