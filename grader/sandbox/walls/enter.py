"""Isolate the current process with every feature that this machine has, and report which are in place.

The process does all of it to itself before the first line of the submission runs, and none of it can be undone.
The features ("walls") are independent: one that this machine does not have is reported, and the others are applied
all the same. Whether they keep a submission in is tested by `grader.sandbox.walls.self_test`.
"""

import contextlib
import os
import resource
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import msgspec

from grader.protocol.verdict import WallState
from grader.sandbox.walls import landlock, mounts, namespaces, seccomp, syscalls

WALLS = (
    "user_namespace",
    "pid_namespace",
    "network_namespace",
    "ipc_namespace",
    "mount_namespace",
    "landlock",
    "seccomp",
    "capabilities",
    "limits",
    "descriptors",
    "environment",
)

# Of the machine's own /proc: what tells of this process alone, and what describes processor and memory.
_OWN_PROC = (
    *(f"/proc/self/{name}" for name in ("cmdline", "comm", "fd", "limits", "maps", "stat", "statm", "status")),
    "/proc/cpuinfo",
    "/proc/meminfo",
    "/proc/stat",
)

AS_NOBODY = "runs as the user nobody instead"  # detail of `user_namespace` where there is none

# Libraries reserve many more addresses than they ever use: each thread's part of the heap alone takes 64 MiB. This
# keeps the page tables, which the kernel makes for memory that is only read, below a 512th of it.
_SPARE_ADDRESSES = 32 << 30

Positive = Annotated[int, msgspec.Meta(gt=0)]


class Limits(msgspec.Struct, frozen=True):
    """The resources that one isolated process may use."""

    cpu_seconds: Positive  # processor time
    memory_mib: Positive  # beyond what the process has at the start
    file_mib: Positive  # size of one file, and of all files together
    threads: Positive = 1024
    descriptors: Positive = 256


def enter(
    scratch: str,
    readable: Sequence[str],
    hidden: Sequence[str],
    limits: Limits,
    keep_fd: int,
    tried: namespaces.NamespaceErrors,
    extra: Mapping[str, str] | None = None,
) -> tuple[WallState, ...]:
    """Isolate this process, a fresh fork of the worker, with every feature that this machine has.

    Afterwards, the scratch folder is its working directory.

    Args:
        scratch: an existing folder that the submission may write to; with a mount namespace, the submission sees
            an empty folder in its place.
        readable: files and folders that the submission may read; those that do not exist are ignored.
        hidden: folders that the submission must not read, even below `readable`, as real paths.
        limits: the resources that the submission may use.
        keep_fd: the only file descriptor that stays open: the channel to the supervisor.
        tried: the namespaces that the worker has made for this process, see `Forked.errors`.
        extra: environment variables in addition to the usual ones.

    Returns:
        The state of each of `WALLS`, in that order.
    """
    builder = _Builder(scratch, readable, hidden, limits, keep_fd)
    builder.apply("environment", lambda: _replace_environment(_build_environment(scratch) | dict(extra or {})))
    outcome = namespaces.enter(tried)
    for name, error in outcome.items():
        if name in WALLS:
            builder.states[name] = WallState(id=name, stands=error is None, detail=_describe_error(error))
    builder.finish(as_root=isinstance(outcome["user_namespace"], namespaces.NotYetError))
    return tuple(builder.states[name] for name in WALLS)


class _Builder:
    """Applies the isolation features one after the other and records the state of each."""

    def __init__(
        self, scratch: str, readable: Sequence[str], hidden: Sequence[str], limits: Limits, keep_fd: int
    ) -> None:
        self.scratch, self.readable, self.hidden = scratch, readable, hidden
        self.limits, self.keep_fd = limits, keep_fd
        self.states: dict[str, WallState] = {}
        self.root = os.geteuid() == 0
        self.dumps_to_program = True  # core dumps, whatever their limit

    def is_in_place(self, name: str) -> bool:
        return self.states[name].stands

    def apply(self, name: str, build: Callable[[], str]) -> None:
        """Apply one feature with `build`, which returns a detail or raises `OSError`, and record the state."""
        try:
            self.states[name] = WallState(id=name, stands=True, detail=build())
        except OSError as error:
            self.states[name] = WallState(id=name, stands=False, detail=_describe_error(error))

    def finish(self, *, as_root: bool) -> None:
        """Apply the features of the submission's own process. The order matters: each one takes rights away."""
        process = os.open("/proc/self", os.O_PATH | os.O_CLOEXEC)  # outlives the change of root
        _prefer_for_oom_killer(process)
        sizes = _read_sizes(process)
        self.dumps_to_program = _dumps_to_program()
        if self.is_in_place("mount_namespace"):
            self.apply("mount_namespace", self._enter_root)
        if as_root:
            self.apply("user_namespace", lambda: self._leave_root(process))
        if self.root and not self.is_in_place("user_namespace"):
            self._become_nobody()
        # The kernel counts threads per user: those of others too without a user of its own, and never root's.
        count_threads = self.is_in_place("user_namespace") and not self.root and _read_kernel_release() >= (5, 14)
        self.apply("limits", lambda: self._set_limits(sizes, count_threads=count_threads))
        self.apply("descriptors", lambda: _close_descriptors(self.keep_fd))
        self.apply("capabilities", _drop_capabilities)
        self.apply("landlock", self._restrict_files)
        # No core dump, and no access through /proc for others of this user.
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, int(self._may_be_looked_at()))
        os.chdir(self.scratch)
        tempfile.tempdir = self.scratch  # the worker may have chosen another one
        shares_files = not self.is_in_place("mount_namespace")
        self.apply("seccomp", lambda: seccomp.install(shares_files=shares_files))

    def _enter_root(self) -> str:
        own_pids = self.is_in_place("pid_namespace")
        return mounts.enter(self.scratch, self.readable, self.hidden, self.limits.file_mib, own_pids=own_pids)

    def _may_be_looked_at(self) -> bool:
        """Return whether the supervisor needs to see which deleted files this process keeps open, and may.

        Without a mount namespace, these take room on the machine's disk. Landlock keeps other submissions away.
        """
        if self.is_in_place("mount_namespace") or not self.is_in_place("landlock"):
            return False
        return resource.getrlimit(resource.RLIMIT_CORE)[0] == 1 or not self.dumps_to_program

    def _set_limits(self, sizes: tuple[int, int], *, count_threads: bool) -> str:
        detail = _set_limits(self.limits, sizes, count_threads=count_threads)
        files = "" if self.is_in_place("mount_namespace") else "files are counted from outside"
        return "; ".join(filter(None, (detail, files)))

    def _become_nobody(self) -> None:
        """Become the user nobody where root gets no namespaces, as in containers.

        Root without capabilities still owns root's files and processes, the grader's among them.
        """
        needed = [os.__file__, msgspec.__file__, *filter(os.path.exists, self.readable), self.scratch]
        owner = Path(self.scratch).stat()
        try:
            os.chown(self.scratch, namespaces.NOBODY, namespaces.NOBODY)
            self.root = not namespaces.leave_root(needed)
            if self.root:  # nobody could not read what root has installed for itself
                os.chown(self.scratch, owner.st_uid, owner.st_gid)
        except OSError:
            return
        state = self.states["user_namespace"]
        if not self.root:
            self.states["user_namespace"] = WallState(
                id=state.id, stands=False, detail=f"{state.detail}; {AS_NOBODY}"
            )

    def _leave_root(self, process: int) -> str:
        needed: list[str] = []
        if self.is_in_place("mount_namespace"):
            needed = [os.__file__, msgspec.__file__, *filter(os.path.exists, self.readable)]
        if self.root:
            with contextlib.suppress(OSError):  # a root that may not change its id, as some containers have
                self.root = not namespaces.leave_root(needed)
        if (error := namespaces.enter_last(process)) is not None:
            raise error
        return "with the id of root" if self.root else ""

    def _restrict_files(self) -> str:
        if self.is_in_place("mount_namespace"):
            readable = [*self.readable, *mounts.READABLE]
            return landlock.restrict(readable, [self.scratch, *mounts.WRITABLE, "/dev/null"], self.hidden)
        # What is shared with other processes stays closed: /tmp, and of /proc all but a few files of the process.
        readable = [*self.readable, *mounts.DEVICES, *_OWN_PROC]
        return landlock.restrict(readable, [self.scratch, "/dev/null"], self.hidden)


def _describe_error(error: OSError | None) -> str:
    return "" if error is None else error.strerror or str(error)


def _build_environment(scratch: str) -> dict[str, str]:
    return {
        "HOME": scratch,
        "TMPDIR": scratch,
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "USER": "student",
        "LOGNAME": "student",
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": scratch,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "CUDA_VISIBLE_DEVICES": "-1",
        "KERAS_BACKEND": "tensorflow",
    }


def _replace_environment(environment: Mapping[str, str]) -> str:
    """Replace the environment in Python, in the C library, and in the memory that /proc/PID/environ shows."""
    fields = _read(os.open("/proc/self/stat", os.O_RDONLY)).rpartition(b")")[2].split()
    start, end = int(fields[47]), int(fields[48])  # env_start and env_end of proc_pid_stat(5)
    os.environ.clear()
    syscalls.clear_environment(start, end)
    os.environ.update(environment)
    return ""


def _prefer_for_oom_killer(process: int) -> None:
    """Make the kernel kill this process first when memory runs out, see proc_pid_oom_score_adj(5)."""
    try:
        descriptor = os.open("oom_score_adj", os.O_WRONLY | os.O_CLOEXEC, dir_fd=process)
        try:
            os.write(descriptor, b"1000")
        finally:
            os.close(descriptor)
    except OSError:
        pass  # helps other processes; isolates nothing


def _read_sizes(process: int) -> tuple[int, int]:
    """Return the bytes that RLIMIT_DATA and RLIMIT_AS count now, see proc_pid_status(5)."""
    lines = _read(os.open("status", os.O_RDONLY, dir_fd=process)).splitlines()
    sizes = {
        name: int(value.split()[0]) << 10
        for name, _, value in (line.partition(b":") for line in lines)
        if name in {b"VmData", b"VmSize"}
    }
    return sizes[b"VmData"], sizes[b"VmSize"]


def _dumps_to_program() -> bool:
    """Return whether the kernel gives core dumps to a program, unless their limit is 1. See core(5)."""
    try:
        return _read(os.open("/proc/sys/kernel/core_pattern", os.O_RDONLY)).startswith(b"|")
    except OSError:
        return True


def _read(descriptor: int) -> bytes:
    """Read a small file of /proc. As bytes, because `open` might have to import a codec from its file."""
    try:
        return os.read(descriptor, 1 << 16)
    finally:
        os.close(descriptor)


def _set_limits(limits: Limits, sizes: tuple[int, int], *, count_threads: bool) -> str:
    data, addresses = sizes
    limit_values = {
        resource.RLIMIT_AS: (addresses + (limits.memory_mib << 20) + _SPARE_ADDRESSES,) * 2,
        resource.RLIMIT_CPU: (limits.cpu_seconds, limits.cpu_seconds + 2),  # SIGXCPU, then SIGKILL
        resource.RLIMIT_DATA: (data + (limits.memory_mib << 20),) * 2,
        resource.RLIMIT_FSIZE: (limits.file_mib << 20,) * 2,
        resource.RLIMIT_NOFILE: (limits.descriptors,) * 2,
        resource.RLIMIT_CORE: (1, 1),  # no dumps: 0 would allow those to a program, see core(5)
        resource.RLIMIT_MEMLOCK: (0, 0),
        resource.RLIMIT_MSGQUEUE: (0, 0),
        resource.RLIMIT_SIGPENDING: (256, 256),  # the user has a limited number of them; timers count
        resource.RLIMIT_STACK: (8 << 20, 64 << 20),
    }
    if count_threads:
        limit_values[resource.RLIMIT_NPROC] = (limits.threads,) * 2
    for name, (soft, hard) in limit_values.items():
        _, old_hard = resource.getrlimit(name)
        new_hard = hard if old_hard == resource.RLIM_INFINITY else min(hard, old_hard)
        resource.setrlimit(name, (min(soft, new_hard), new_hard))
    return "" if count_threads else "threads are not counted"


def _read_kernel_release() -> tuple[int, int]:
    major, minor = os.uname().release.split(".")[:2]
    return int(major), int("".join(filter(str.isdigit, minor)))


def _close_descriptors(keep_fd: int) -> str:
    null = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    syscalls.close_descriptors(keep_fd)
    return ""


def _drop_capabilities() -> str:
    for capability in range(64):
        try:
            syscalls.prctl(syscalls.PR_CAPBSET_DROP, capability)
        except OSError:
            break  # past the last one, or none to drop
    syscalls.set_capabilities(0, 0)
    syscalls.call("prctl", syscalls.PR_CAP_AMBIENT, syscalls.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    return ""
