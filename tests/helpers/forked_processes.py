"""Examiners, plain children and judges that are forked: what they import costs more than most of what they do.

Each is a process of its own, with memory of its own, and can be killed like any other. It only did not start a
Python of its own. A test that looks at that start has a real one: `@pytest.mark.own_worker`.

`python -m tests.helpers.forked_processes FD MODULE` is the process that others are forked from. Linux only.
"""

import contextlib
import gc
import importlib
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

import msgspec
import pytest

from grader.classroom import rejudge
from grader.examiner import client
from grader.protocol import processes
from grader.sandbox import plain
from grader.sandbox.inside import warm_start
from tests.helpers.paths import ROOT

EXAMINER, CHILD = "grader.examiner.service", "grader.sandbox.inside.child"
LIGHT_CHILD = "grader.sandbox.inside.light_child"
JUDGE = "grader.classroom.judge_process"  # of `grader rescore`
_OF_RUBRICS = (
    *("grader.rubric.checks", "pandas", "sklearn.datasets", "sklearn.linear_model", "sklearn.metrics"),
    *("sklearn.model_selection", "sklearn.neighbors"),
)
# What is imported before the first is forked; for those that judge, what rubrics and their data import.
WARM_MODULES = {
    EXAMINER: (EXAMINER, *_OF_RUBRICS),
    JUDGE: (JUDGE, EXAMINER, *_OF_RUBRICS),
    CHILD: warm_start.WARM_MODULES,
}
MAX_MESSAGE = 1 << 16


class Place(msgspec.Struct, frozen=True):
    """Where a process is to be: in which folder, and with which environment."""

    folder: str
    environment: dict[str, str]


class ForkedProcess:
    """A process of somebody else's, with as much of `subprocess.Popen` as its users need."""

    def __init__(self, pid: int, descriptor: int, ending: int, stdin: IO[bytes], stdout: IO[bytes]) -> None:
        self.pid, self.stdin, self.stdout = pid, stdin, stdout
        self._descriptor, self._ending = descriptor, ending
        self._code: int | None = None
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        """Return the exit code if the process has ended: below 0, the signal that ended it."""
        with self._lock:
            if self._code is None and select.select([self._ending], [], [], 0)[0]:
                self._code = int(os.read(self._ending, MAX_MESSAGE))
            return self._code

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit code. Raises `subprocess.TimeoutExpired`."""
        if self._code is None:
            select.select([self._ending], [], [], timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
        return code

    def kill(self) -> None:
        """Kill the process if it is there; the descriptor cannot mean another one."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)

    def __del__(self) -> None:
        os.close(self._descriptor)
        os.close(self._ending)


class ForkServer:
    """Forks processes that run a module, from one that is started for the first of them. A context manager."""

    def __init__(self, module: str) -> None:
        self.module = module
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._lock = threading.Lock()  # a pool starts graders from its threads

    def __enter__(self) -> "ForkServer":
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None and self._control is not None:
            self._control.close()
            self._process.wait()

    def spawn(self, module: str, environment: Mapping[str, str] | None = None) -> ForkedProcess:
        """Start a process with the folder and the environment that a process of the grader would get now."""
        assert module in (
            self.module,
            LIGHT_CHILD if self.module == CHILD else "",
        )  # the other one is there already
        (stdin, writer), (reader, stdout), (ending, ended) = os.pipe(), os.pipe(), os.pipe()
        place = msgspec.json.encode(Place(str(Path.cwd()), dict(environment or processes.worker_environment())))
        try:
            with self._lock:
                control = self._start()
                socket.send_fds(control, [place], [stdin, stdout, 2, ended])
                pid, (descriptor,), *_ = socket.recv_fds(control, MAX_MESSAGE, 1)
        finally:
            for descriptor_here in (stdin, stdout, ended):
                os.close(descriptor_here)
        ends = os.fdopen(writer, "wb", buffering=0), os.fdopen(reader, "rb", buffering=0)
        return ForkedProcess(int(pid), descriptor, ending, *ends)

    def _start(self) -> socket.socket:
        if self._control is None:
            self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.helpers.forked_processes", str(theirs.fileno()), self.module],
                cwd=ROOT,
                env=processes.worker_environment(),
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
            theirs.close()
        return self._control


@pytest.fixture(scope="session", autouse=True)
def forked_processes() -> Iterator[None]:
    """Have every grader of these tests use a forked examiner, and in plain mode forked children."""
    if sys.platform != "linux":
        yield
        return
    with (
        ForkServer(EXAMINER) as examiners,
        ForkServer(JUDGE) as judges,
        ForkServer(CHILD) as children,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr(client, "spawn", examiners.spawn)
        patch.setattr(rejudge, "spawn", judges.spawn)
        patch.setattr(plain, "spawn", children.spawn)
        yield


@pytest.fixture(autouse=True)
def start_own_processes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start real examiners and children in a test that is marked so."""
    if request.node.get_closest_marker("own_worker") is not None:
        monkeypatch.setattr(client, "spawn", processes.spawn)
        monkeypatch.setattr(rejudge, "spawn", processes.spawn)
        monkeypatch.setattr(plain, "spawn", processes.spawn)


def serve(control: socket.socket, module: str) -> None:
    """Fork a process for each message, and answer with its id; tell the code that it ends with."""
    wake, waking = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waking)
    endings: dict[int, int] = {}  # where the end of each process is told, by its id
    while True:
        readable, _, _ = select.select([control.fileno(), wake], [], [])
        if wake in readable:
            os.read(wake, MAX_MESSAGE)
            _tell_ends(endings)
        if control.fileno() not in readable:
            continue
        place, descriptors, *_ = socket.recv_fds(control, MAX_MESSAGE, 4)
        if not place:
            return
        *streams, ended = descriptors
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            for descriptor in (control.detach(), wake, waking, ended, *endings.values()):
                os.close(descriptor)
            _become(module, msgspec.json.decode(place, type=Place), streams)
        endings[pid] = ended
        for descriptor in streams:
            os.close(descriptor)
        descriptor = os.pidfd_open(pid)
        socket.send_fds(control, [str(pid).encode()], [descriptor])
        os.close(descriptor)


def _tell_ends(endings: dict[int, int]) -> None:
    """Write the exit code of each process that has ended."""
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG)) != (0, 0):
            pid, status = ended
            with os.fdopen(endings.pop(pid), "w") as ending, contextlib.suppress(BrokenPipeError):
                ending.write(str(os.waitstatus_to_exitcode(status)))
                ending.flush()


def _become(module: str, place: Place, streams: list[int]) -> None:
    """Do what a started process does, and never return."""
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        os.chdir(place.folder)
        os.environ.clear()
        os.environ.update(place.environment)
        importlib.import_module(module).main()
        code = 0
    finally:
        os._exit(code)


def main() -> None:
    """Import what the processes of a module import, then fork them."""
    module = sys.argv[2]
    gc.disable()
    for name in WARM_MODULES[module]:
        importlib.import_module(name)
    gc.freeze()
    gc.enable()
    serve(socket.socket(fileno=int(sys.argv[1])), module)


if __name__ == "__main__":
    main()
