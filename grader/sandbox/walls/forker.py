"""Fork the processes of submissions from the warm worker, each into PID and mount namespaces of its own.

    worker ──┬── init        first process of the PID namespace: when it ends, the kernel ends all that is in it
             └── submission

The worker is large, and to fork it costs most of what the walls cost. So it forks each submission once: it makes
the new namespaces for itself, forks, and goes back to its own. Going back takes a right that an ordinary user has
only in a user namespace of their own; there, the worker moves into one before it forks the first time.

Whoever wants to end a run kills the submission and then the init. If the worker ends, both end: the submission
by `PR_SET_PDEATHSIG`, the init because the pipe that it reads from ends. The submission is not the init itself,
because signals that the first process of a namespace sends to itself are ignored.
"""

import contextlib
import os
import resource
import select
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from grader.sandbox.walls import namespaces, syscalls

FAULT = 70  # EX_SOFTWARE of sysexits.h

_PID, _MOUNT, _USER = syscalls.CLONE_NEWPID, syscalls.CLONE_NEWNS, syscalls.CLONE_NEWUSER
_KINDS = (_PID | _MOUNT, _PID)  # what the worker makes for a process, if it can; the second where the first fails
_FILES = {_PID: "pid", _MOUNT: "mnt"}  # in /proc/self/ns
_CAP_WAKE_ALARM = 35


@dataclass(frozen=True)
class Forked:
    """A process that was just forked. The worker and the process itself have this record."""

    pid: int  # as the worker knows it; 0 in the process itself
    init: int  # 0 where there is no PID namespace
    errors: namespaces.NamespaceErrors  # of the namespaces that the worker has made for it, or tried to make


class Forker:
    """Forks processes into new PID and mount namespaces, where this machine allows that."""

    def __init__(self) -> None:
        """Prepare this process, the worker, which has a single thread.

        May return in a fork of it. The calling process then does nothing more than end as that one ends.
        """
        # The first process of a container often does not wait for orphans, such as what a killed submission leaves
        # behind. So the worker does, and gets unknown pids from wait(2). See PR_SET_CHILD_SUBREAPER in prctl(2).
        syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1)
        self._kinds = _find_ways_back()
        self._error: OSError | None = None
        if not self._kinds & _PID:
            self._error = _move_into_own_namespaces()
            self._kinds = _find_ways_back()
        self._own_namespaces = _open_own_namespaces(self._kinds)
        self._root = os.open("/", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        self._worker = _open_pidfd(os.getpid())
        self._reader, self._pipe = os.pipe()  # nobody writes: each init reads, until the worker has ended

    def fork(self) -> Forked:
        """Fork this process. The new one has no terminal, no signal handlers, and ends with the worker.

        Raises:
            OSError: in the worker, where no process can be forked, or where it cannot go back: then it has to end.
        """
        made, errors = self._make_namespaces()
        init = 0
        try:
            init = self._start_init() if made & _PID else 0
            pid = os.fork()
        except OSError:
            if init:
                end_init(init)
            self._go_back(made)
            raise
        if pid == 0:
            self._become_submission()
            return Forked(0, init, errors)
        self._go_back(made)
        return Forked(pid, init, errors)

    def _make_namespaces(self) -> tuple[int, namespaces.NamespaceErrors]:
        """Move this process into new namespaces; the PID namespace is for those that it forks.

        Returns:
            Their flags, and for each that was tried the error that prevented it, or None.
        """
        error = self._error
        for kinds in _KINDS if self._kinds else ():
            wanted = kinds & self._kinds & namespaces.ALL
            error = namespaces.unshare(wanted) if wanted else None
            if error is None:
                tried = kinds & self._kinds
                return wanted, {name: None for name, flag in namespaces.PARTS.items() if flag & tried}
        return 0, {"pid_namespace": error}

    def _go_back(self, made: int) -> None:
        for kind, descriptor in self._own_namespaces.items():
            if kind & made:
                syscalls.setns(descriptor, kind)
        if made & _MOUNT:  # which has changed the root, where this is a part of the file system only
            os.fchdir(self._root)
            os.chroot(".")

    def _start_init(self) -> int:
        """Start the first process of the new PID namespace: one that ends when the worker does.

        It waits for the end of a pipe whose other end the worker keeps open. It is a shell, because starting one
        takes a tenth of the time that forking a process as large as this one takes; where there is none, it is a
        fork.

        The submission sees it as /proc/1, so it must hold nothing of the outside. A working directory below the
        root would stay in the old file system when the root changes, and an open file one of the user's.
        """
        shell = "/bin/sh"
        os.chdir("/")
        syscalls.close_at_exec()
        null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
        actions = [
            (os.POSIX_SPAWN_DUP2, self._reader, 0),
            *((os.POSIX_SPAWN_DUP2, null, output) for output in (1, 2)),
        ]
        try:
            with _passing_on_a_capability():
                return os.posix_spawn(shell, [shell, "-c", "read end"], {}, file_actions=actions, setsid=True)
        except OSError:
            return _fork_init(self._reader)
        finally:
            os.close(null)

    def _become_submission(self) -> None:
        """Leave nothing of the worker in this process, which was forked from it."""
        os.setsid()  # without a terminal, whose signals (Ctrl-C) are for the supervisor
        for number in signal.valid_signals():
            if callable(signal.getsignal(number)) and number != signal.SIGINT:
                signal.signal(number, signal.SIG_DFL)  # the worker's handlers have no meaning here
        _die_with(self._worker)
        for descriptor in (self._root, self._reader, self._pipe, *self._own_namespaces.values()):
            os.close(descriptor)


def find_outer_pid(pid: int) -> int:
    """Return the id by which /proc, and so everybody outside, knows a process. See pidfd_open(2).

    Args:
        pid: the id by which this process knows it, perhaps in a PID namespace of its own.
    """
    with contextlib.suppress(OSError, StopIteration):
        descriptor = os.pidfd_open(pid)
        try:
            lines = Path(f"/proc/self/fdinfo/{descriptor}").read_text().splitlines()
        finally:
            os.close(descriptor)
        return next(int(line.split()[1]) for line in lines if line.startswith("Pid:"))
    return pid


def end_init(init: int) -> None:
    """Kill the first process of a PID namespace, wait for it, and with it for all that was left there.

    The submission must have been waited for: the init ends after all others.
    """
    os.kill(init, signal.SIGKILL)
    os.waitpid(init, 0)


def _open_own_namespaces(kinds: int) -> dict[int, int]:
    """Open the namespaces of this process, of these kinds: descriptors, by kind. Raises `OSError`."""
    flags = os.O_RDONLY | os.O_CLOEXEC
    return {kind: os.open(f"/proc/self/ns/{name}", flags) for kind, name in _FILES.items() if kind & kinds}


def _find_ways_back() -> int:
    """Return which kinds of namespaces this process may leave and enter again: it enters its own."""
    for kinds in _KINDS:
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            here = os.open("/", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
            stack.callback(os.close, here)
            for kind, descriptor in _open_own_namespaces(kinds & namespaces.ALL).items():
                stack.callback(os.close, descriptor)
                syscalls.setns(descriptor, kind)
                if kind == _MOUNT:
                    os.fchdir(here)
                    os.chroot(".")
            return kinds
    return 0


def _move_into_own_namespaces() -> OSError | None:
    """Move this process into a user namespace in which it may make others, and those that it has to come back to.

    Returns in a fork of this process, or, where this machine allows no such thing, in this process with the error.
    """
    error: OSError | None = None
    for kinds in _KINDS:
        error = _try_in_fork(kinds)
        if error is None:
            _enter_own_namespaces(kinds)
            worker = os.fork()
            if worker:
                _stand_in_for(worker)
            _die_with(None)
            return None
    return error


def _try_in_fork(kinds: int) -> OSError | None:
    """Return why this process may not have namespaces of its own; None where it may. It cannot be undone."""
    child = os.fork()
    if child == 0:
        code = FAULT
        try:
            _enter_own_namespaces(kinds)
            code = 0
        except OSError as error:
            code = error.errno or FAULT
        finally:
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return OSError(code, f"unshare: {os.strerror(code)}") if code else None


def _enter_own_namespaces(kinds: int) -> None:
    user, group = os.geteuid(), os.getegid()
    for error in (
        namespaces.unshare((_USER | kinds) & namespaces.ALL),
        namespaces.map_ids({user: user}, {group: group}),
    ):
        if error is not None:
            raise error


def _stand_in_for(worker: int) -> NoReturn:
    """Wait until the worker has ended, and end as it did: this is the process that was started."""
    try:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        syscalls.close_descriptors(keep=2)  # the other ends must notice the end of the worker
        _end_as(os.waitpid(worker, 0)[1])
    finally:
        os._exit(FAULT)  # whatever it is, this process must not run on as a second worker


def _end_as(status: int) -> NoReturn:
    """End this process with a status of waitpid(2)."""
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)  # no core file
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if -code not in {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(-code, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {-code})
        os.kill(os.getpid(), -code)
    os._exit(code if code >= 0 else FAULT)


def _open_pidfd(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except OSError:
        return None  # a container that refuses the call; a parent that is killed at once is then not noticed


def _die_with(parent: int | None) -> None:
    """Make the kernel kill this process when its parent ends, even if that has happened already."""
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent is not None:
        poll = select.poll()
        poll.register(parent, select.POLLIN)
        if poll.poll(0):  # a pidfd is readable once its process has ended
            os._exit(FAULT)
        os.close(parent)


@contextlib.contextmanager
def _passing_on_a_capability() -> Iterator[None]:
    """Have programs that are started in this context keep one capability of no use, where this process has it.

    A process that has none, as the submission, is then refused /proc/PID of that program as far as it leads
    anywhere: its memory, its files, its folders. See "ambient" in capabilities(7), and ptrace(2) for the rule.
    """
    effective, permitted, inheritable = syscalls.capabilities()
    bit = 1 << _CAP_WAKE_ALARM
    if not permitted & bit:
        yield
        return
    try:
        syscalls.set_capabilities(effective, permitted, inheritable | bit)
        syscalls.call("prctl", syscalls.PR_CAP_AMBIENT, syscalls.PR_CAP_AMBIENT_RAISE, _CAP_WAKE_ALARM, 0, 0)
        yield
    finally:
        syscalls.set_capabilities(effective, permitted, inheritable)  # an ambient one has to be inheritable


def _fork_init(reader: int) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)
            os.dup2(reader, 0)
            syscalls.close_descriptors(keep=2)
            null = os.open(os.devnull, os.O_RDWR)
            for descriptor in (1, 2):
                os.dup2(null, descriptor)
            os.read(0, 1)
        finally:
            os._exit(FAULT)
    return pid
