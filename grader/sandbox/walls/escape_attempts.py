"""The attempts of the self-test to break out of the sandbox, several for each isolation feature.

All are harmless where they succeed.
"""

import contextlib
import ctypes
import errno
import fcntl
import mmap
import operator
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from grader.protocol.worker_messages import Targets
from grader.sandbox.walls import syscalls
from grader.sandbox.walls.enter import Limits
from grader.sandbox.walls.namespaces import NOBODY

_NAMESPACES = {"user": "user", "pid": "pid", "network": "net", "ipc": "ipc", "mount": "mnt"}
_PR_GET_NO_NEW_PRIVS = 39
_CLONE_FS = 0x200
_F_SETSIG = 10
_MAX_DESCRIPTOR = 4096  # more than any process here has open
_MAX_DESCRIPTOR_OF_INIT = 16  # it has three
_DEEPEST_FOLDER = 40  # more than the worker's working directory has parents
_NULL_DEVICE = os.makedev(1, 3)


class Attempt(NamedTuple):
    """An attempt to break out of the sandbox."""

    walls: tuple[str, ...]  # ids of the isolation features that should each prevent it
    what: str  # what the process did where it succeeds, in words
    break_out: Callable[[], bool]  # returns True where all of `walls` failed; False or `OSError` where one did not


def succeeds(attempt: Attempt) -> bool:
    """Make an attempt to break out, and return whether it succeeded."""
    try:
        return attempt.break_out()
    except OSError:
        return False


def own_namespaces() -> dict[str, int]:
    """Return the inode numbers of the namespaces of this process, by name, as far as /proc shows them."""
    inodes = {}
    for name, file in _NAMESPACES.items():
        with contextlib.suppress(OSError):
            inodes[name] = Path("/proc/self/ns", file).stat().st_ino
    return inodes


def attempts(targets: Targets, limits: Limits, keep_fd: int) -> Iterator[Attempt]:
    """Yield all attempts to break out.

    Args:
        targets: what was put outside for the self-test to reach.
        limits: the limits of this process.
        keep_fd: the file descriptor that is meant to be open.
    """
    yield from _on_namespaces(targets)
    yield from _on_files(targets)
    yield from _on_network(targets)
    yield from _on_processes(targets)
    yield from _on_calls()
    yield from _on_rights()
    yield from _on_limits(limits)
    yield from _on_leftovers(targets, keep_fd)


def _on_namespaces(targets: Targets) -> Iterator[Attempt]:
    own = own_namespaces()
    for name, inode in targets.namespaces.items():
        yield Attempt((f"{name}_namespace",), "it is the same", partial(operator.eq, own.get(name), inode))


def _on_files(targets: Targets) -> Iterator[Attempt]:
    files = ("mount_namespace", "landlock")
    yield Attempt(("mount_namespace",), "saw a file outside", lambda: Path(targets.secret).exists())
    yield Attempt(files, "read a file outside", lambda: Path(targets.secret).read_text() == targets.token)
    for folder in targets.hidden:
        yield Attempt(files, f"read the grader's {Path(folder).name}", partial(_read_a_file_below, Path(folder)))
    yield Attempt(files, "wrote outside", lambda: _write_file(Path(targets.folder, "self-test")))
    yield Attempt(
        files, "wrote into the Python installation", lambda: _write_file(Path(sys.prefix, "grader-self-test"))
    )
    yield Attempt(("mount_namespace", "seccomp"), "changed a file outside", partial(_change, Path(targets.secret)))
    yield Attempt(("landlock",), "listed the root folder", lambda: any(Path("/").iterdir()))
    yield from _on_init(targets)


def _on_init(targets: Targets) -> Iterator[Attempt]:
    """Yield the ways out through the first process of the PID namespace, which runs without the other walls."""
    mounts = ("mount_namespace",)
    for way in (f"cwd{'/..' * _DEEPEST_FOLDER}", "root"):
        path, name = f"/proc/1/{way}{targets.secret}", way.split("/")[0]
        yield Attempt(mounts, f"saw a file outside through /proc/1/{name}", partial(_exists, path))
    yield Attempt(mounts, "found an open file in /proc/1/fd", _finds_open_file_of_init)
    yield Attempt(
        ("pid_namespace", "landlock"), "could read the memory of process 1", lambda: _open("/proc/1/mem")
    )


def _change(path: Path) -> bool:
    mode = path.stat().st_mode
    path.chmod(mode ^ 0o001)
    is_changed = path.stat().st_mode != mode
    path.chmod(mode)
    return is_changed


def _exists(path: str) -> bool:
    return Path(path).exists()


def _open(path: str) -> bool:
    return _open_and_close(lambda: os.open(path, os.O_RDONLY))


def _finds_open_file_of_init() -> bool:
    for descriptor in range(1, _MAX_DESCRIPTOR_OF_INIT):  # 0 is the pipe that it waits for
        with contextlib.suppress(OSError):
            if Path(f"/proc/1/fd/{descriptor}").stat().st_rdev != _NULL_DEVICE:
                return True
    return False


def _read_a_file_below(folder: Path) -> bool:
    return any(path.read_bytes() for path in folder.rglob("*.py"))


def _on_network(targets: Targets) -> Iterator[Attempt]:
    net = "network_namespace"
    if targets.port:
        listening = f":{targets.port:04X} "
        address = ("127.0.0.1", targets.port)
        yield Attempt((net,), "saw a port", lambda: listening in Path("/proc/self/net/tcp").read_text())
        yield Attempt((net, "seccomp"), "connected to a port", lambda: _connect(socket.AF_INET, address))
    if targets.abstract:
        name = "\0" + targets.abstract
        yield Attempt((net, "seccomp"), "connected to a socket", lambda: _connect(socket.AF_UNIX, name))
    if key := targets.memory_key:
        ipc = "ipc_namespace"
        yield Attempt(
            (ipc,), "saw shared memory", lambda: str(key) in Path("/proc/sysvipc/shm").read_text().split()
        )
        yield Attempt((ipc, "seccomp"), "found shared memory", lambda: syscalls.call("shmget", key, 0, 0) >= 0)


def _on_processes(targets: Targets) -> Iterator[Attempt]:
    pid = targets.process
    yield Attempt(("user_namespace",), "kept its user", lambda: os.getuid() == targets.user != NOBODY)
    yield Attempt(("user_namespace",), "became root", lambda: _try_call(lambda: os.setuid(0)))
    # Inside, this number may be a thread of the self-test's own, but never the leader of a group.
    yield Attempt(("pid_namespace",), "saw a process", lambda: os.getpgid(pid) == pid)
    yield Attempt(
        ("pid_namespace", "seccomp"), "could signal a process", lambda: _try_call(lambda: os.kill(pid, 0))
    )
    environment = Path(f"/proc/{pid}/environ")
    yield Attempt(
        ("pid_namespace", "landlock"), "read a process", lambda: targets.token in environment.read_text()
    )
    yield Attempt(("pid_namespace", "seccomp"), "traced a process", lambda: _trace(pid))


def _on_calls() -> Iterator[Attempt]:
    """Yield system calls that need no right and no target: only the seccomp filter stops them, before they act."""
    nowhere = "/nonexistent/grader-self-test"
    yield Attempt(("seccomp",), "made a socket", lambda: _open_and_close(lambda: socket.socket().detach()))
    yield Attempt(
        ("seccomp",), "made memory without a limit", lambda: _open_and_close(lambda: os.memfd_create("self-test"))
    )
    yield Attempt(("seccomp",), "made a process", _fork)
    yield Attempt(
        ("seccomp",), "could start a program", lambda: _fails_with(errno.ENOENT, os.execv, nowhere, ["x"])
    )
    yield Attempt(("seccomp",), "could have signals sent", _order_signals)
    yield Attempt(("seccomp",), "made a context for asynchronous input", _make_aio_context)
    for call in ("sendmsg", "setsockopt"):
        yield Attempt(
            ("seccomp",),
            f"could call {call}",
            partial(_fails_with, errno.EBADF, syscalls.call, call, -1, 0, 0, 0, 0),
        )
    yield Attempt(("seccomp",), "unshared", lambda: _try_call(lambda: syscalls.unshare(_CLONE_FS)))
    unmount = (syscalls.call, "umount2", nowhere.encode(), 0)
    yield Attempt(("seccomp",), "could ask for an unmount", lambda: _fails_with(errno.ENOENT, *unmount))


def _on_rights() -> Iterator[Attempt]:
    yield Attempt(("capabilities",), "had some", lambda: syscalls.capabilities() != (0, 0, 0))
    yield Attempt(("capabilities",), "could gain some", lambda: syscalls.prctl(_PR_GET_NO_NEW_PRIVS) != 1)
    yield Attempt(
        ("capabilities",), "could drop one", lambda: _try_call(lambda: syscalls.prctl(syscalls.PR_CAPBSET_DROP, 0))
    )


def _on_limits(limits: Limits) -> Iterator[Attempt]:
    yield Attempt(("limits",), "got more memory", lambda: _allocate((limits.memory_mib + 256) << 20))
    yield Attempt(("limits",), "reserved more addresses", lambda: _reserve((limits.memory_mib << 20) + (64 << 30)))
    yield Attempt(("limits",), "wrote a longer file", lambda: _write_long_file(limits.file_mib << 20))
    yield Attempt(("limits",), "opened more files", lambda: _open_many(limits.descriptors))
    max_seconds = limits.cpu_seconds + 2
    yield Attempt(
        ("limits",), "had more time", lambda: not 0 <= resource.getrlimit(resource.RLIMIT_CPU)[1] <= max_seconds
    )
    yield Attempt(
        ("limits",), "could dump core", lambda: not 0 <= resource.getrlimit(resource.RLIMIT_CORE)[1] <= 1
    )


def _on_leftovers(targets: Targets, keep_fd: int) -> Iterator[Attempt]:
    yield Attempt(("descriptors",), "found an open file", lambda: _has_open_file(keep_fd))
    environ = ("environment",)
    yield Attempt(environ, "found a variable", lambda: _finds_token_in_environment(targets))
    yield Attempt(environ, "read /proc", lambda: targets.token in Path("/proc/self/environ").read_text())


def _try_call(act: Callable[[], object]) -> bool:
    act()
    return True


def _open_and_close(open_descriptor: Callable[[], int]) -> bool:
    os.close(open_descriptor())
    return True


def _write_file(path: Path) -> bool:
    path.touch(exist_ok=False)
    path.unlink()
    return True


def _connect(family: int, address: tuple[str, int] | str) -> bool:
    with socket.socket(family) as client:
        client.settimeout(1)
        client.connect(address)
    return True


def _trace(pid: int) -> bool:
    seize, detach = 0x4206, 17  # PTRACE_SEIZE does not stop the process
    syscalls.call("ptrace", seize, pid, 0, 0)
    with contextlib.suppress(OSError):
        syscalls.call("ptrace", detach, pid, 0, 0)
    return True


def _fork() -> bool:
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return True


def _order_signals() -> bool:
    reader, writer = os.pipe()
    try:
        return fcntl.fcntl(reader, _F_SETSIG, signal.SIGURG) == 0
    finally:
        os.close(reader)
        os.close(writer)


def _make_aio_context() -> bool:
    numbers = {"x86_64": (206, 207), "aarch64": (0, 1)}.get(os.uname().machine)
    if numbers is None:
        return False
    context = ctypes.c_ulong()
    syscalls.syscall(numbers[0], 1, ctypes.byref(context))
    syscalls.syscall(numbers[1], context)
    return True


def _fails_with(number: int, act: Callable[..., object], *arguments: object) -> bool:
    try:
        act(*arguments)
    except OSError as error:
        return error.errno == number
    return True


def _allocate(size: int) -> bool:
    mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS).close()
    return True


def _reserve(size: int) -> bool:
    # Memory that can only be read: no other limit counts it, and it takes page tables where it is.
    mmap.mmap(-1, size, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ).close()
    return True


def _write_long_file(size: int) -> bool:
    path = Path("grader-self-test")
    try:
        with path.open("wb") as file:
            file.truncate(size + 1)
    finally:
        path.unlink(missing_ok=True)
    return True


def _open_many(count: int) -> bool:
    opened: list[int] = []
    try:
        opened += (os.open("/dev/null", os.O_RDONLY) for _ in range(count))
    finally:
        for descriptor in opened:
            os.close(descriptor)
    return True


def _has_open_file(keep_fd: int) -> bool:
    for descriptor in range(_MAX_DESCRIPTOR):
        try:
            status = os.fstat(descriptor)
        except OSError:
            continue
        if descriptor != keep_fd and (descriptor > 2 or status.st_rdev != _NULL_DEVICE):
            return True
    return False


def _finds_token_in_environment(targets: Targets) -> bool:
    if targets.token in os.environ.values():
        return True
    names = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
    number = 0
    while names and (entry := names[number]) is not None:
        if targets.token.encode() in entry:
            return True
        number += 1
    return False
