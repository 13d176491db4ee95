"""Outside: starts the processes, holds the clock, watches memory, and ends what must be ended.

Imports neither TensorFlow nor NumPy, and looks into no evidence: it only carries it to the examiner.
"""

import contextlib
import os
import queue
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, Self

import msgspec

from grader.plan import Limits
from grader.sandbox import worker as w
from grader.sandbox.canary import VARIABLE, plant
from grader.sandbox.crossings import Targets
from grader.sandbox.frames import END, WALLS, Channel, Frame, ProtocolError
from grader.verdict import WallState

CANARY_SECONDS = 240.0  # the worker's imports come first, on a slow disk
END_SECONDS = 10.0  # for the worker and the examiner to be gone
MAX_WAITING = 2  # frames that were read and not asked for: a flood of them stays with its sender
WATCH_SECONDS = 0.05  # between two looks at memory


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
        try:
            item = self._frames.get(timeout=max(0.0, seconds))
        except queue.Empty:
            raise TimeoutError from None
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


class MemoryWatch:
    """Looks at the memory of a process and its descendants 20 times a second, and kills above the limit.

    Sees nothing where there is no /proc: then nothing is limited, and the peak stays 0.
    """

    def __init__(self, pid: int, base_kib: int, limits: Limits, kill: Callable[[], None]) -> None:
        self.exceeded = False
        self.peak_mib = 0.0
        self._over = threading.Event()
        self._pid, self._base_kib, self._limit_mib, self._kill = pid, base_kib, limits.memory_mib, kill
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(WATCH_SECONDS):
            used = sum(max(0, w.resource_kib(pid) - self._base_kib) for pid in _family(self._pid))
            self.peak_mib = max(self.peak_mib, round(used / 1024, 1))
            if used > self._limit_mib * 1024:
                self.exceeded = True
                self._kill()
                return


class Process(Protocol):
    """One child that does one run."""

    channel: Channel
    inbox: Inbox

    @property
    def out_of_memory(self) -> bool:
        """Whether it was ended because it took more memory than it may."""

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

    def __enter__(self) -> Self: ...
    def __exit__(self, *_: object) -> None: ...


def readable_paths() -> tuple[str, ...]:
    """Return what a run may read: the Python installation, the system's libraries, the course's data."""
    system = (
        "/usr",
        "/lib",
        "/lib64",
        "/bin",
        "/etc/ld.so.cache",
        "/etc/localtime",
        "/etc/fonts",
        "/etc/mime.types",
    )
    paths = (*system, sys.prefix, sys.base_prefix)
    return tuple(dict.fromkeys(path for path in paths if Path(path).exists()))


# Behind walls.


class WalledWorkshop:
    """Runs are forked from the warm worker and put behind walls. Linux only."""

    mode: Literal["walls"] = "walls"

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._next = 0
        self._runs: dict[int, WalledProcess] = {}
        self._ready = threading.Event()
        self._lock = threading.Lock()
        planted = contextlib.ExitStack()
        targets = planted.enter_context(plant())
        # -P: the folder that the student stands in holds modules of the student's.
        self._worker = subprocess.Popen(
            [sys.executable, "-P", "-m", "grader.sandbox.worker", str(theirs.fileno())],
            pass_fds=(theirs.fileno(),),
            env=worker_environment() | {VARIABLE: targets.token},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        theirs.close()
        threading.Thread(target=self._listen, daemon=True).start()
        ours, examiners = socket.socketpair()
        self._send(w.Examine(), examiners)
        self.examiner = Inbox(_channel(ours))
        self._canary = _Canary(planted, targets, self._send)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self.examiner.channel.send(END)
        # Shut down, not only closed: the listening thread holds the socket too.
        with contextlib.suppress(OSError):  # the worker is gone
            self._control.shutdown(socket.SHUT_RDWR)
        try:
            self._worker.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._worker.kill()
            self._worker.wait()
        self.examiner.close()
        self._control.close()
        self._canary.close()

    def walls(self) -> tuple[WallState, ...]:
        """Return which walls the canary could not cross. Raises `SandboxError` when it has not come back."""
        return self._canary.result()

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
        run = w.Run(id=number, cell=_cell(scratch, limits))
        try:
            self._send(run, theirs)
        except SandboxError:
            del self._runs[number]
            process.inbox.close()
            shutil.rmtree(scratch, ignore_errors=True)
            raise
        return process

    def kill(self, number: int) -> None:
        """Have the worker end a run."""
        with contextlib.suppress(OSError):
            self._control.send(msgspec.json.encode(w.Kill(id=number)))

    def _send(self, message: w.Message, descriptor: socket.socket) -> None:
        try:
            socket.send_fds(self._control, [msgspec.json.encode(message)], [descriptor.fileno()])
        except OSError as error:
            raise SandboxError(f"the worker is gone: {error}") from error
        finally:
            descriptor.close()

    def _listen(self) -> None:
        """Take what the worker says, until it is gone; then no run can go on."""
        with contextlib.suppress(OSError):
            while data := self._control.recv(w.MAX_MESSAGE):
                match msgspec.json.decode(data, type=w.Reply):
                    case w.Ready():
                        self._ready.set()
                    case w.Started() as started:
                        self._runs[started.id].started(started)
                    case w.Ended() as ended:
                        self._runs.pop(ended.id).ended(Exit(ended.code, ended.cpu_seconds))
        for process in list(self._runs.values()):
            process.ended(Exit(None, 0.0))


class _Canary:
    """The child that tries to cross the walls before any submission is let in, and what it is to try them on."""

    def __init__(
        self, planted: contextlib.ExitStack, targets: Targets, send: Callable[[w.Message, socket.socket], None]
    ) -> None:
        self._planted = planted
        self._scratch = tempfile.mkdtemp(prefix="grader-")
        ours, theirs = socket.socketpair()
        send(w.Canary(cell=_cell(self._scratch, Limits()), targets=targets), theirs)
        self._inbox = Inbox(_channel(ours))
        self._states: tuple[WallState, ...] = ()

    def result(self) -> tuple[WallState, ...]:
        """Wait for the canary; the second time, remember."""
        if not self._states:
            try:
                frame = self._inbox.get(CANARY_SECONDS)
            except (TimeoutError, ProtocolError) as error:
                raise SandboxError(f"the canary did not come back: {type(error).__name__}") from error
            if frame is None or frame.kind != WALLS:
                raise SandboxError("the canary died")
            self._states = msgspec.json.decode(frame.body, type=tuple[WallState, ...])
            self.close()
        return self._states

    def close(self) -> None:
        """Take away what was planted. May be called twice."""
        self._planted.close()
        shutil.rmtree(self._scratch, ignore_errors=True)


def _cell(scratch: str, limits: Limits) -> w.Cell:
    return w.Cell(
        scratch=scratch,
        readable=readable_paths(),
        cpu_seconds=limits.cpu_seconds,
        memory_mib=limits.memory_mib,
        scratch_mib=limits.scratch_mib,
    )


class WalledProcess:
    """A child of the warm worker."""

    def __init__(
        self, workshop: WalledWorkshop, number: int, channel: Channel, scratch: str, limits: Limits
    ) -> None:
        self.channel, self.inbox = channel, Inbox(channel)
        self._workshop, self._number, self._scratch = workshop, number, scratch
        self._limits = limits
        self._over = threading.Event()
        self._exit = Exit(None, 0.0)
        self.memory: MemoryWatch | None = None

    def started(self, started: w.Started) -> None:
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


def _family(pid: int) -> list[int]:
    """Return a process and all of its descendants (Linux)."""
    found, open_ends = [pid], [pid]
    while open_ends:
        parent = open_ends.pop()
        try:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        except OSError:
            continue
        found += map(int, children)
        open_ends += map(int, children)
    return found


def _channel(end: socket.socket) -> Channel:
    descriptor = end.detach()
    return Channel(descriptor, descriptor)


def worker_environment() -> dict[str, str]:
    """Return the environment of the grader's own processes: nothing of the user's but what finds files."""
    kept = {
        k: v for k, v in os.environ.items() if k in {"PATH", "HOME", "SYSTEMROOT", "TEMP", "TMP", "MPLCONFIGDIR"}
    }
    return kept | {
        "CUDA_VISIBLE_DEVICES": "-1",
        "KERAS_BACKEND": "tensorflow",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "agg",
        # One thread: sums in one order, so the same numbers at every run.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONHASHSEED": "0",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
    }


# In plain processes.


class PlainWorkshop:
    """Runs are processes of their own, without walls: for a student's own code, on any system."""

    mode: Literal["plain"] = "plain"

    def __init__(self) -> None:
        self._examiner = _spawn("grader.examiner")
        self.examiner = Inbox(_pipes(self._examiner))
        self._lock = threading.Lock()
        # Started ahead, so that their imports pass while something else is waited for: the run and its replay.
        self._ahead = [_spawn("grader.sandbox.child"), _spawn("grader.sandbox.child")]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._examiner.kill()
        self._examiner.wait()
        self.examiner.close()
        for process in self._ahead:
            PlainProcess(process, Limits()).end(grace=0.0)

    def walls(self) -> tuple[WallState, ...]:
        """Return nothing: there are none."""
        return ()

    def launch(self, limits: Limits) -> "PlainProcess":
        """Take a process that was started ahead, or start one."""
        with self._lock:
            ready = self._ahead.pop(0) if self._ahead else None
        return PlainProcess(ready or _spawn("grader.sandbox.child"), limits)


class PlainProcess:
    """A process of its own, in a session of its own where the system has such."""

    def __init__(self, process: subprocess.Popen[bytes], limits: Limits) -> None:
        self._process = process
        self.channel = _pipes(process)
        self.inbox = Inbox(self.channel)
        self.memory = MemoryWatch(process.pid, w.resource_kib(process.pid), limits, self.kill)

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


def _spawn(module: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-m", module],
        env=worker_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        bufsize=0,
    )


def _pipes(process: subprocess.Popen[bytes]) -> Channel:
    """Return a channel of the process's standard streams, which the process object gives away."""
    assert process.stdin is not None
    assert process.stdout is not None
    channel = Channel(os.dup(process.stdout.fileno()), os.dup(process.stdin.fileno()))
    process.stdout.close()
    process.stdin.close()
    return channel
