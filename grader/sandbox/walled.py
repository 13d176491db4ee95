"""Run submissions isolated: in forks of the warm worker, after a self-test of the isolation. Linux only."""

import contextlib
import logging
import socket
import struct
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, Self

import msgspec

from grader.core.errors import SandboxError
from grader.core.temporary_folders import make_temporary_folder, remove_abandoned_folders
from grader.protocol.channel import WALLS, Channel, Inbox, InterruptibleChannel, ProtocolError
from grader.protocol.evidence import StopReason
from grader.protocol.plan import Limits
from grader.protocol.processes import start_module, worker_environment
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
from grader.sandbox.processor_wait import waited_seconds
from grader.sandbox.scratch import remove
from grader.sandbox.walls.self_test import VARIABLE, plant

_log = logging.getLogger(__name__)

SELF_TEST_SECONDS = 240.0  # the worker's imports come first, on a slow disk
END_SECONDS = 1.0  # for the worker to end by itself: it kills its runs first, and waits for them
KILL_SECONDS = 60.0  # for a killed run to end, as the worker reports it; else the worker itself hangs
SEND_SECONDS = 10  # for the worker to take a message


class WalledEnvironment:
    """Starts isolated child processes: forks of one warm worker that has imported TensorFlow. Linux only."""

    mode: Literal["walls"] = "walls"

    def __init__(self, hidden: Sequence[Path] = (), *, is_light: bool = False) -> None:
        """Start the worker and the self-test of the isolation; wait for neither.

        Args:
            hidden: course folders, of which no submission may see the exercises and reference solutions.
            is_light: children are without TensorFlow, see `grader.sandbox.on_demand`.

        Raises:
            SandboxError: the worker cannot start.
        """
        remove_abandoned_folders()
        # Holds the folders of all runs. The user nobody has to get through it to those that are given to nobody.
        self._folder = make_temporary_folder("runs", 0o711)
        self._hidden = visibility.hidden_folders(hidden)
        self._control, worker_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SEND_SECONDS, 0))
        self._last_run = 0
        self._runs: dict[int, WalledProcess] = {}
        self._lock = threading.Lock()
        with contextlib.ExitStack() as stack:
            targets = stack.enter_context(plant(self._hidden))
            self._worker = start_module(
                "grader.sandbox.inside.warm_start",
                str(worker_end.fileno()),
                "light" if is_light else "warm",
                pass_fds=(worker_end.fileno(),),
                env=worker_environment() | {VARIABLE: targets.token},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                process_group=0,  # Ctrl-C is the command's to answer; the worker ends when its socket does
            )
            target_context = stack.pop_all()
        worker_end.close()
        threading.Thread(target=self._listen, daemon=True).start()
        self._self_test = _SelfTest(target_context, targets, tempfile.mkdtemp(dir=self._folder))
        try:
            self._self_test.start(self._send, self._build_settings)
        except SandboxError:  # the worker could not even start
            self.__exit__()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None = None, *_: object) -> None:
        # Shut down, not only closed: the listening thread uses the socket too.
        with contextlib.suppress(OSError):  # the worker has ended
            self._control.shutdown(socket.SHUT_RDWR)
        try:
            # A worker that is still importing hears nothing; its end is the end of all that it has started. Who
            # presses Ctrl-C waits for nothing: the times that runs used no longer count.
            hears = self._self_test.is_over and kind is not KeyboardInterrupt
            self._worker.wait(END_SECONDS if hears else 0.0)
        except subprocess.TimeoutExpired:
            self._kill_worker()
        self._control.close()
        self._self_test.close()
        remove(str(self._folder))

    def _kill_worker(self) -> None:
        self._worker.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):  # in the kernel, waiting for a disk, say
            self._worker.wait(KILL_SECONDS)

    def walls(self) -> tuple[WallState, ...]:
        """Wait for the self-test and return the state of each isolation feature.

        Raises:
            SandboxError: the self-test did not finish.
        """
        return self._self_test.result()

    def shares_disk(self) -> bool:
        """Return whether children write to the machine's disk, where the kernel limits single files only.

        The self-test must have finished.
        """
        return not all(wall.stands for wall in self.walls() if wall.id == "mount_namespace")

    def launch(self, limits: Limits) -> "WalledProcess":
        """Fork an isolated child process, once the self-test has finished.

        Args:
            limits: the resources that the child may use.

        Raises:
            SandboxError: the worker has ended, or the self-test did not finish.
        """
        self.walls()
        with self._lock:
            self._last_run += 1
            number = self._last_run
        supervisor_end, child_end = socket.socketpair()
        scratch = tempfile.mkdtemp(dir=self._folder)
        process = WalledProcess(self, number, _open_channel(supervisor_end), scratch, limits)
        self._runs[number] = process
        run = StartRun(id=number, settings=self._build_settings(scratch, limits))
        try:
            self._send(run, child_end)
        except SandboxError:
            del self._runs[number]
            process.inbox.close()
            remove(scratch)
            raise
        return process

    def prepare(self) -> None:
        """Do nothing: the worker is running already."""

    def import_libraries(self) -> bool:
        """Return False: what the children have was decided at the start."""
        return False

    def end_hung_worker(self) -> None:
        """Kill the worker, which does not report the end of a killed run; all other runs end with it."""
        _log.warning("the worker does not answer and is killed")
        self._kill_worker()

    def kill(self, number: int) -> None:
        """Ask the worker to kill the process of a run."""
        with contextlib.suppress(OSError):
            self._control.send(msgspec.json.encode(EndRun(id=number)))

    def _build_settings(self, scratch: str, limits: Limits) -> ChildSettings:
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
        """Handle the messages of the worker until it ends; then every run ends as well."""
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
    """The self-test: a child that tries to break out before any submission runs, and its targets outside."""

    def __init__(self, target_context: contextlib.ExitStack, targets: Targets, scratch: str) -> None:
        self._target_context, self._targets, self._scratch = target_context, targets, scratch
        supervisor_end, self._child_end = socket.socketpair()
        self._inbox = Inbox(_open_channel(supervisor_end))
        self._states: tuple[WallState, ...] = ()
        self._error: SandboxError | None = None
        self._waiting = threading.Lock()

    @property
    def is_over(self) -> bool:
        """Whether the self-test has ended, well or not."""
        return bool(self._states) or self._error is not None

    def start(
        self,
        send: Callable[[ToWorker, socket.socket], None],
        settings: Callable[[str, Limits], ChildSettings],
    ) -> None:
        """Ask the worker to start the self-test.

        Args:
            send: sends a message and a file descriptor to the worker.
            settings: builds the settings of a child from its scratch folder and limits.

        Raises:
            SandboxError: the worker has ended.
        """
        message = StartSelfTest(settings=settings(self._scratch, Limits()), targets=self._targets)
        send(message, self._child_end)

    def result(self) -> tuple[WallState, ...]:
        """Wait for the result of the self-test, or return the one received before. Safe to call from threads."""
        with self._waiting:
            if self._error is not None:  # it failed once; there is nothing to wait for any more
                raise self._error
            if not self._states:
                try:
                    self._states = self._receive_states()
                except SandboxError as error:
                    self._error = error
                    raise
                self.close()
        return self._states

    def _receive_states(self) -> tuple[WallState, ...]:
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
        """Remove the targets. May be called twice."""
        self._child_end.close()
        self._target_context.close()
        remove(self._scratch)


class WalledProcess:
    """An isolated child process, forked from the warm worker."""

    def __init__(
        self, environment: WalledEnvironment, number: int, channel: Channel, scratch: str, limits: Limits
    ) -> None:
        self.channel, self.inbox = channel, Inbox(channel)
        self._environment, self._number, self._scratch = environment, number, scratch
        self._limits = limits
        self._has_ended = threading.Event()
        self._exit = Exit(None, 0.0)
        self.memory: MemoryWatch | None = None
        self._pid = 0  # as /proc knows it; 0 before it was forked

    def started(self, started: RunStarted) -> None:
        """Begin to watch memory and files of the run; called when the worker has forked it."""
        self._pid = started.pid
        folder = self._scratch if self._environment.shares_disk() else None
        self.memory = MemoryWatch(started.pid, started.base_kib, self._limits, self.kill, folder)

    @property
    def exceeded(self) -> StopReason | None:
        """The limit for which the process was killed from outside: MEMORY, DISK, THREADS, or None."""
        return self.memory.exceeded if self.memory is not None else None

    def ended(self, process_exit: Exit) -> None:
        """Record how the process ended; called when the worker has reported it."""
        self._exit = process_exit
        if self.memory is not None:
            self.memory.stop()
        self._has_ended.set()

    def waited_seconds(self) -> float:
        """Return for how long its threads have waited for a processor so far; 0 where it cannot be measured."""
        return waited_seconds(self._pid) if self._pid else 0.0

    def kill(self) -> None:
        """Kill the outermost process of the run; the kernel then kills its whole PID namespace."""
        self._environment.kill(self._number)

    def end(self, grace: float) -> Exit:
        """Wait until the worker reports the end, kill the run after `grace` seconds, and clean up."""
        if not self._has_ended.wait(grace):
            self.kill()
        if not self._has_ended.wait(KILL_SECONDS):
            self._environment.end_hung_worker()
            self._has_ended.wait(KILL_SECONDS)
        self.inbox.close()
        remove(self._scratch)
        return self._exit

    def peak_mib(self) -> float:
        """Return the peak anonymous memory of the run's processes beyond the worker's, in MiB."""
        return self.memory.peak_mib if self.memory else 0.0


def _open_channel(end: socket.socket) -> Channel:
    descriptor = end.detach()
    return InterruptibleChannel(descriptor, descriptor)
