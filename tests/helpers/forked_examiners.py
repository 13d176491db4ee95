"""Examiners that are forked from one process: what they import costs more than most of what they judge.

Each is a process of its own, with memory of its own, and can be killed like any other. It only did not start a
Python of its own. A test that looks at that start has a real one: `@pytest.mark.own_worker`.

`python -m tests.helpers.forked_examiners FD` is the process that the others are forked from. Linux only.
"""

import contextlib
import importlib
import multiprocessing
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from multiprocessing.context import BaseContext
from typing import IO

import msgspec
import pytest

from grader.examiner import client
from grader.protocol import processes
from tests.helpers.paths import ROOT

MODULE = "grader.examiner.service"
# What rubrics and their data import.
WARM_MODULES = (
    *(MODULE, "grader.rubric.checks", "pandas"),
    *("sklearn.datasets", "sklearn.linear_model", "sklearn.metrics", "sklearn.model_selection"),
)
MAX_MESSAGE = 1 << 16


class ForkedProcess:
    """A process of somebody else's, with as much of `subprocess.Popen` as its users need."""

    def __init__(self, pid: int, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self.pid, self.stdin, self.stdout = pid, stdin, stdout
        self._descriptor = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """Return 0 if the process has ended, however that was."""
        return 0 if select.select([self._descriptor], [], [], 0)[0] else None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end. Raises `subprocess.TimeoutExpired`."""
        if not select.select([self._descriptor], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired(MODULE, timeout or 0.0)
        return 0

    def kill(self) -> None:
        """Kill the process if it is there; the descriptor cannot mean another one."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)

    def __del__(self) -> None:
        os.close(self._descriptor)


class ForkedExaminers:
    """Forks examiners, from a process that is started for the first of them. A context manager."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._lock = threading.Lock()  # a pool starts graders from its threads

    def __enter__(self) -> "ForkedExaminers":
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._control is not None:
            self._control.close()
            self._process.wait()

    def spawn(self, module: str) -> ForkedProcess:
        """Start an examiner with the environment that a process of the grader would get now."""
        assert module == MODULE
        (stdin, writer), (reader, stdout) = os.pipe(), os.pipe()
        try:
            with self._lock:
                control = self._start()
                environment = msgspec.json.encode(processes.worker_environment())
                socket.send_fds(control, [environment], [stdin, stdout, 2])
                pid = int(control.recv(MAX_MESSAGE))
        finally:
            os.close(stdin)
            os.close(stdout)
        return ForkedProcess(pid, os.fdopen(writer, "wb", buffering=0), os.fdopen(reader, "rb", buffering=0))

    def _start(self) -> socket.socket:
        if self._control is None:
            self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.helpers.forked_examiners", str(theirs.fileno())],
                cwd=ROOT,
                env=processes.worker_environment(),
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
            theirs.close()
        return self._control


@pytest.fixture(scope="session", autouse=True)
def forked_examiners() -> Iterator[None]:
    """Have every grader of these tests use a forked examiner."""
    if sys.platform != "linux":
        yield
        return
    with ForkedExaminers() as examiners, pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "spawn", examiners.spawn)
        yield


@pytest.fixture(autouse=True)
def start_own_examiner(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start real examiners in a test that is marked so."""
    if request.node.get_closest_marker("own_worker") is not None:
        monkeypatch.setattr(client, "spawn", processes.spawn)


@pytest.fixture(autouse=True)
def fork_judges(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fork the processes of `grader rescore`, too, from one that has imported what they import."""
    if sys.platform != "linux" or request.node.get_closest_marker("own_worker") is not None:
        return
    get_context = multiprocessing.get_context
    forks = get_context("forkserver")
    forks.set_forkserver_preload(["grader.classroom.rejudge", *WARM_MODULES])

    def get_forks(method: str | None = None) -> BaseContext:
        return forks if method == "spawn" else get_context(method)

    monkeypatch.setattr(multiprocessing, "get_context", get_forks)


def serve(control: socket.socket) -> None:
    """Fork an examiner for each message, and answer with its process id."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them here
    while True:
        environment, descriptors, *_ = socket.recv_fds(control, MAX_MESSAGE, 3)
        if not environment:
            return
        pid = os.fork()
        if pid == 0:
            control.close()
            _become_examiner(msgspec.json.decode(environment, type=dict[str, str]), *descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        control.send(str(pid).encode())


def _become_examiner(environment: dict[str, str], *streams: int) -> None:
    """Do what a started examiner does, and never return."""
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        os.environ.clear()
        os.environ.update(environment)
        importlib.import_module(MODULE).main()
        code = 0
    finally:
        os._exit(code)


def main() -> None:
    """Import what examiners import, then fork them."""
    for name in WARM_MODULES:
        importlib.import_module(name)
    serve(socket.socket(fileno=int(sys.argv[1])))


if __name__ == "__main__":
    main()
