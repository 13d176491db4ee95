"""Runs behind walls: forked from the warm worker, and only after a self-test has tried the walls. Linux only."""

import contextlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, Self

import msgspec

from grader.core.errors import SandboxError
from grader.protocol.channel import WALLS, Channel, Inbox, ProtocolError
from grader.protocol.plan import Limits
from grader.protocol.processes import worker_environment
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
    Targets,
    ToWorker,
)
from grader.sandbox import visibility
from grader.sandbox.environment import Exit
from grader.sandbox.memory_watch import MemoryWatch
from grader.sandbox.walls.self_test import VARIABLE, plant

SELF_TEST_SECONDS = 240.0  # the worker's imports come first, on a slow disk
END_SECONDS = 10.0  # for the worker to be gone


class WalledEnvironment:
    """Runs are forked from the warm worker and put behind walls. Linux only."""

    mode: Literal["walls"] = "walls"

    def __init__(self, hidden: Sequence[Path] = ()) -> None:
        """Start the worker and the self-test. Raises `SandboxError` where the worker cannot even start.

        Args:
            hidden: folders that no submission may see, wherever they are: the exercises of the course, say.
        """
        self._hidden = visibility.hidden_folders(hidden)
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._next = 0
        self._runs: dict[int, WalledProcess] = {}
        self._lock = threading.Lock()
        planted = contextlib.ExitStack()
        targets = planted.enter_context(plant(self._hidden))
        # -P: the folder that the student stands in holds modules of the student's.
        self._worker = subprocess.Popen(
            [sys.executable, "-P", "-m", "grader.sandbox.inside.warm_start", str(theirs.fileno())],
            pass_fds=(theirs.fileno(),),
            env=worker_environment() | {VARIABLE: targets.token},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            process_group=0,  # Ctrl-C is the command's to answer; the worker ends when its socket does
        )
        theirs.close()
        threading.Thread(target=self._listen, daemon=True).start()
        self._self_test = _SelfTest(planted, targets)
        try:
            self._self_test.start(self._send, self._settings)
        except SandboxError:  # the worker could not even start
            self.__exit__()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Shut down, not only closed: the listening thread holds the socket too.
        with contextlib.suppress(OSError):  # the worker is gone
            self._control.shutdown(socket.SHUT_RDWR)
        try:
            self._worker.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._worker.kill()
            self._worker.wait()
        self._control.close()
        self._self_test.close()

    def walls(self) -> tuple[WallState, ...]:
        """Return the state of each wall after the self-test. Raises `SandboxError` where that did not end well."""
        return self._self_test.result()

    def launch(self, limits: Limits) -> "WalledProcess":
        """Fork a child behind walls, once they are tried. Raises `SandboxError` when the worker is gone."""
        self.walls()
        with self._lock:
            self._next += 1
            number = self._next
        ours, theirs = socket.socketpair()
        scratch = tempfile.mkdtemp(prefix="grader-")
        process = WalledProcess(self, number, _channel(ours), scratch, limits)
        self._runs[number] = process
        run = StartRun(id=number, settings=self._settings(scratch, limits))
        try:
            self._send(run, theirs)
        except SandboxError:
            del self._runs[number]
            process.inbox.close()
            shutil.rmtree(scratch, ignore_errors=True)
            raise
        return process

    def prepare(self) -> None:
        """Do nothing: the worker is warm."""

    def kill(self, number: int) -> None:
        """Have the worker end a run."""
        with contextlib.suppress(OSError):
            self._control.send(msgspec.json.encode(EndRun(id=number)))

    def _settings(self, scratch: str, limits: Limits) -> ChildSettings:
        return ChildSettings(
            scratch=scratch,
            readable=visibility.readable_paths(),
            hidden=self._hidden,
            cpu_seconds=limits.cpu_seconds,
            memory_mib=limits.memory_mib,
            scratch_mib=limits.scratch_mib,
        )

    def _send(self, message: ToWorker, descriptor: socket.socket) -> None:
        try:
            socket.send_fds(self._control, [msgspec.json.encode(message)], [descriptor.fileno()])
        except OSError as error:
            raise SandboxError(f"the worker is gone: {error}") from error
        finally:
            descriptor.close()

    def _listen(self) -> None:
        """Take what the worker says, until it is gone; then no run can go on."""
        with contextlib.suppress(OSError):
            while data := self._control.recv(MAX_MESSAGE):
                match msgspec.json.decode(data, type=FromWorker):
                    case RunStarted() as started:
                        self._runs[started.id].started(started)
                    case RunEnded() as ended:
                        self._runs.pop(ended.id).ended(Exit(ended.code, ended.cpu_seconds))
        for process in list(self._runs.values()):
            process.ended(Exit(None, 0.0))


class _SelfTest:
    """The child that tries to cross the walls before any submission runs, and the targets outside."""

    def __init__(self, planted: contextlib.ExitStack, targets: Targets) -> None:
        self._planted, self._targets = planted, targets
        self._scratch = tempfile.mkdtemp(prefix="grader-")
        ours, self._theirs = socket.socketpair()
        self._inbox = Inbox(_channel(ours))
        self._states: tuple[WallState, ...] = ()
        self._failed: SandboxError | None = None
        self._waiting = threading.Lock()

    def start(
        self,
        send: Callable[[ToWorker, socket.socket], None],
        settings: Callable[[str, Limits], ChildSettings],
    ) -> None:
        """Let it try. Raises `SandboxError` when the worker is gone."""
        message = StartSelfTest(settings=settings(self._scratch, Limits()), targets=self._targets)
        send(message, self._theirs)

    def result(self) -> tuple[WallState, ...]:
        """Wait for the states of the walls; the second time, remember them. Several threads may ask at once."""
        with self._waiting:
            if self._failed is not None:  # it said so once; waiting again would be waiting for nothing
                raise self._failed
            if not self._states:
                try:
                    self._states = self._await()
                except SandboxError as error:
                    self._failed = error
                    raise
                self.close()
        return self._states

    def _await(self) -> tuple[WallState, ...]:
        try:
            frame = self._inbox.get(SELF_TEST_SECONDS)
        except (TimeoutError, ProtocolError) as error:
            raise SandboxError(
                f"the self-test of the walls did not come to its end: {type(error).__name__}"
            ) from error
        if frame is None or frame.kind != WALLS:
            raise SandboxError("the self-test of the walls died")
        return msgspec.json.decode(frame.body, type=tuple[WallState, ...])

    def close(self) -> None:
        """Take away what was planted. May be called twice."""
        self._theirs.close()
        self._planted.close()
        shutil.rmtree(self._scratch, ignore_errors=True)


class WalledProcess:
    """A child of the warm worker."""

    def __init__(
        self, workshop: WalledEnvironment, number: int, channel: Channel, scratch: str, limits: Limits
    ) -> None:
        self.channel, self.inbox = channel, Inbox(channel)
        self._workshop, self._number, self._scratch = workshop, number, scratch
        self._limits = limits
        self._over = threading.Event()
        self._exit = Exit(None, 0.0)
        self.memory: MemoryWatch | None = None

    def started(self, started: RunStarted) -> None:
        """Watch the memory of the run from now on."""
        self.memory = MemoryWatch(started.pid, started.base_kib, self._limits, self.kill)

    @property
    def out_of_memory(self) -> bool:
        """Whether the run was ended because it took more memory than it may."""
        return self.memory is not None and self.memory.exceeded

    def ended(self, how: Exit) -> None:
        """Note how the run ended."""
        self._exit = how
        if self.memory is not None:
            self.memory.stop()
        self._over.set()

    def kill(self) -> None:
        """End the run: its outermost process takes the whole PID namespace with it."""
        self._workshop.kill(self._number)

    def end(self, grace: float) -> Exit:
        """Wait for the worker to tell of the end, kill if there is none within `grace` seconds, and clean up."""
        if not self._over.wait(grace):
            self.kill()
        self._over.wait()
        self.inbox.close()
        shutil.rmtree(self._scratch, ignore_errors=True)
        return self._exit

    def peak_mib(self) -> float:
        """Return the most anonymous memory of the run's processes beyond the worker's, in MiB."""
        return self.memory.peak_mib if self.memory else 0.0


def _channel(end: socket.socket) -> Channel:
    descriptor = end.detach()
    return Channel(descriptor, descriptor)
