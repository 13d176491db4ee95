"""Run the submission in namespaces of its own, below a launcher process. See namespaces(7).

    worker ── launcher ──┬── init        first process of the PID namespace: when it ends, the kernel ends them all
                         └── submission  returns from `launch`

The launcher stays outside of the PID namespace, waits for the submission and ends as the submission did: with its
exit code, or by its signal. Killing any of worker, launcher and init kills what is below (`PR_SET_PDEATHSIG`), so
whoever wants to end a run kills the launcher and nothing else. The submission is not the init itself, because
signals that the first process of a namespace sends to itself are ignored.
"""

import os
import resource
import select
import signal
from collections.abc import Callable, Sequence
from typing import NoReturn

from grader.sandbox.walls import syscalls

NOBODY = 65534
FAULT = 70  # EX_SOFTWARE of sysexits.h

_PARTS = {
    "user_namespace": syscalls.CLONE_NEWUSER,
    "mount_namespace": syscalls.CLONE_NEWNS,
    "pid_namespace": syscalls.CLONE_NEWPID,
    "network_namespace": syscalls.CLONE_NEWNET,
    "ipc_namespace": syscalls.CLONE_NEWIPC,
    # These two isolate little (host name, names of control groups): used where this machine has them.
    "uts_namespace": syscalls.CLONE_NEWUTS,
    "cgroup_namespace": syscalls.CLONE_NEWCGROUP,
}
_USER = syscalls.CLONE_NEWUSER
_ALL = sum(_PARTS.values())


class NotYetError(OSError):
    """The user namespace of a process that began as root does not exist yet: `enter_last` makes it."""


NamespaceErrors = dict[str, OSError | None]  # by namespace: why it could not be entered; None where it was


def enter() -> NamespaceErrors:
    """Move this process into new namespaces of every kind that this machine allows.

    Root enters all but the user namespace as root: then mounts made in them cannot be undone from the user
    namespace, which follows by `enter_last`. Other users enter a user namespace as well, as nobody, which gives
    them the right to the others.

    Returns:
        For each kind of namespace, the error that prevented it, or None.
    """
    user, group = os.geteuid(), os.getegid()
    if user == 0 and _unshare(_ALL & ~_USER) is None:
        return dict.fromkeys(_PARTS) | {"user_namespace": NotYetError()}
    if _unshare(_ALL) is None:
        outcome: NamespaceErrors = dict.fromkeys(_PARTS)
    else:
        outcome = {name: _unshare(flag) for name, flag in _PARTS.items()}
    if outcome["user_namespace"] is None:
        outcome["user_namespace"] = _map_ids(user, group)
    return outcome


def _unshare(flags: int) -> OSError | None:
    try:
        syscalls.unshare(flags)
    except OSError as error:
        return error
    return None


def _map_ids(user: int, group: int, process: int | None = None) -> OSError | None:
    """Map `user` and `group` to nobody in the new user namespace, see user_namespaces(7).

    `process`: a descriptor of the folder /proc/self, where that path no longer leads to it.
    """
    try:
        for name, text in (
            ("setgroups", "deny"),
            ("uid_map", f"{NOBODY} {user} 1"),
            ("gid_map", f"{NOBODY} {group} 1"),
        ):
            path = name if process is not None else f"/proc/self/{name}"
            descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC, dir_fd=process)
            try:
                os.write(descriptor, text.encode())
            finally:
                os.close(descriptor)
    except OSError as error:
        return error
    return None


def leave_root(needed: Sequence[str]) -> bool:
    """Change from root to the user nobody, for good, but keep the capabilities for the steps that follow.

    Args:
        needed: files that the user nobody must be able to read; root may have installed them for itself only.

    Returns:
        Whether this process is nobody now. It stays root where nobody cannot read all of `needed`, or where
        `needed` is empty. The capabilities are dropped later in either case.
    """
    groups, identity = os.getgroups(), (os.getegid(), os.geteuid())
    os.setgroups([])
    os.setresgid(NOBODY, -1, -1)
    os.setresuid(NOBODY, -1, -1)
    # access(2) asks as the real user, which is nobody now.
    if not needed or not all(os.access(path, os.R_OK) for path in needed):
        os.setresuid(identity[1], -1, -1)
        os.setresgid(identity[0], -1, -1)
        os.setgroups(groups)
        return False
    syscalls.prctl(syscalls.PR_SET_KEEPCAPS, 1)  # some systems let only capable processes make user namespaces
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    syscalls.prctl(syscalls.PR_SET_KEEPCAPS, 0)
    _, permitted, _ = syscalls.capabilities()
    syscalls.set_capabilities(permitted, permitted)
    # A change of ids resets these two: without the first the maps in /proc would belong to root.
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    return True


def enter_last(process: int) -> OSError | None:
    """Enter a user namespace after all others, as root has to.

    Args:
        process: a descriptor of the folder /proc/self.

    Returns:
        The error that prevented it, or None.
    """
    user, group = os.geteuid(), os.getegid()  # in the new namespace they have no names at first
    return _unshare(_USER) or _map_ids(user, group, process)


def launch(own_pids: bool) -> None:
    """Fork the process of the submission, and return in that process only.

    Args:
        own_pids: whether the calling process has made a PID namespace; its first process is then started too.

    Raises:
        OSError: in the calling process, the launcher, where no process can be forked.
    """
    os.setsid()  # without a terminal, whose signals (Ctrl-C) are for the supervisor
    for number in signal.valid_signals():
        if callable(signal.getsignal(number)) and number != signal.SIGINT:
            signal.signal(number, signal.SIG_DFL)  # the worker's handlers have no meaning here
    _die_with(_open_pidfd(os.getppid()))
    launcher = _open_pidfd(os.getpid())
    reader, pipe = os.pipe()
    init = _start_init(reader) if own_pids else 0
    os.close(reader)
    submission = os.fork()
    if submission:
        _end_as(_call_or_exit(lambda: _wait_for(submission, init, pipe)))
    _die_with(launcher)


def adopt_orphans() -> None:
    """Make this process, the worker, the parent of what a killed launcher leaves behind.

    See PR_SET_CHILD_SUBREAPER in prctl(2). The first process of a container often does not wait for orphans. The
    worker then gets unknown pids from wait(2).
    """
    syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1)


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


def _start_init(reader: int) -> int:
    """Start the first process of the new PID namespace: one that ends when the launcher does.

    It waits for the end of a pipe whose other end the launcher keeps open. It is a shell, because starting one
    takes a tenth of the time that forking a process as large as this one takes; where there is none, it is a fork.
    """
    shell = "/bin/sh"
    try:
        return os.posix_spawn(
            shell, [shell, "-c", "read end"], {}, file_actions=[(os.POSIX_SPAWN_DUP2, reader, 0)]
        )
    except OSError:
        return _fork_init(reader)


def _fork_init(reader: int) -> int:
    pid = os.fork()
    if pid == 0:
        try:
            syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)
            syscalls.close_descriptors(keep=reader)
            os.read(reader, 1)
        finally:
            os._exit(FAULT)
    return pid


def _call_or_exit(work: Callable[[], int]) -> int:
    try:
        return work()
    except BaseException:  # noqa: BLE001 - whatever it is, this process must not run on as a second worker
        os._exit(FAULT)


def _wait_for(submission: int, init: int, pipe: int) -> int:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 0)
    syscalls.close_descriptors(keep=pipe)  # the reader of the channel must notice the end of the submission
    _, status = os.waitpid(submission, 0)
    if init:
        os.kill(init, signal.SIGKILL)
        os.waitpid(init, 0)
    return status


def _end_as(status: int) -> NoReturn:
    """End this process with a status of waitpid(2). PR_SET_DUMPABLE is off, so a signal leaves no core file."""
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if -code not in {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(-code, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {-code})
        os.kill(os.getpid(), -code)
    os._exit(code if code >= 0 else FAULT)
