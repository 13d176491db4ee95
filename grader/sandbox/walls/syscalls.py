"""Make the system calls that Python's `os` lacks, through ctypes. Linux only; importing it elsewhere is harmless.

Every function raises `OSError` with the kernel's errno. Numbers and structures are those of the kernel's own
headers (`include/uapi/linux/`), which never change once released. System calls from 424 on have the same number
on every architecture; `seccomp` keeps a table for the older ones.
"""

import contextlib
import ctypes
import os
import sys
from pathlib import Path
from typing import Any

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_SET_KEEPCAPS = 8
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
PR_CAP_AMBIENT_CLEAR_ALL = 4

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8  # mount_setattr(2) has the same four bits
MS_REC = 0x4000
MS_PRIVATE = 1 << 18
MNT_DETACH = 2

_OPEN_TREE, _MOVE_MOUNT, _CLOSE_RANGE, _MOUNT_SETATTR = 428, 429, 436, 442
_NAMES = {
    _OPEN_TREE: "open_tree",
    _MOVE_MOUNT: "move_mount",
    _CLOSE_RANGE: "close_range",
    _MOUNT_SETATTR: "mount_setattr",
    444: "landlock_create_ruleset",
    445: "landlock_add_rule",
    446: "landlock_restrict_self",
}
_AT_FDCWD = -100
_AT_EMPTY_PATH = 0x1000
_AT_RECURSIVE = 0x8000
_OPEN_TREE_CLONE = 1
_O_CLOEXEC = 0o2000000  # OPEN_TREE_CLOEXEC; the same on x86_64 and aarch64
_MOVE_MOUNT_F_EMPTY_PATH = 4
_CLOSE_RANGE_CLOEXEC = 4
_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


class _MountAttr(ctypes.Structure):
    """`struct mount_attr`, mount_setattr(2)."""

    _fields_ = (("set", ctypes.c_uint64), ("clear", ctypes.c_uint64), ("rest", ctypes.c_uint64 * 2))


class _CapHeader(ctypes.Structure):
    """`struct __user_cap_header_struct`, capget(2)."""

    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapData(ctypes.Structure):
    """`struct __user_cap_data_struct`, capget(2). Two of them describe 64 capabilities."""

    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def _widen(argument: Any) -> Any:
    # ctypes would pass a plain int as 32 bits and leave the rest of the register to chance.
    return ctypes.c_long(argument) if isinstance(argument, int) else argument


def call(function: str, *arguments: Any, name: str = "") -> int:
    """Call a function of the C library that returns -1 on failure.

    Args:
        function: its name.
        arguments: what it is called with; an int is passed as a C long.
        name: the name in error messages, where it is not that of the function.

    Raises:
        OSError: with the errno of the call; ENOSYS where the function is missing.
    """
    target = getattr(_libc, function, None)
    if target is None:
        raise OSError(38, f"{function} is not there")
    target.restype = ctypes.c_long if function == "syscall" else ctypes.c_int
    result = int(target(*map(_widen, arguments)))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name or function}: {os.strerror(number)}")
    return result


def syscall(number: int, *arguments: Any) -> int:
    """Make a system call by its number. Raises `OSError`."""
    return call("syscall", number, *arguments, name=_NAMES.get(number, f"system call {number}"))


def prctl(option: int, argument: int = 0) -> int:
    """Change a setting of this process, prctl(2): one argument and zeros, which newer options require."""
    return call("prctl", option, argument, 0, 0, 0)


def unshare(flags: int) -> None:
    """Move this process into new namespaces. unshare(2)."""
    call("unshare", flags)


def setns(descriptor: int, kind: int) -> None:
    """Move this process into a namespace of one kind, such as `CLONE_NEWNS`. setns(2)."""
    call("setns", descriptor, kind)


def mount(kind: str, target: str, flags: int, options: str = "") -> None:
    """Mount a new file system of `kind`, or with an empty kind change the mount at `target`. mount(2)."""
    call("mount", (kind or "none").encode(), os.fsencode(target), kind.encode(), flags, options.encode())


def pivot_root(root: str) -> None:
    """Make the mount at `root` the root directory and detach the old one, as in the example of pivot_root(2)
    with two dots."""
    os.chdir(root)
    call("pivot_root", b".", b".")
    call("umount2", b".", MNT_DETACH)
    os.chdir("/")


def bind(source: str, target: str, flags: int) -> None:
    """Mount `source` with all mounts below it at `target`, with `flags` added to its own.

    The tree is changed before it is attached, so that it is never visible without the flags; flags that the kernel
    has locked (mounts from a more privileged namespace) stay set. open_tree(2), mount_setattr(2):
    Linux 5.12.
    """
    tree = syscall(_OPEN_TREE, _AT_FDCWD, os.fsencode(source), _OPEN_TREE_CLONE | _O_CLOEXEC | _AT_RECURSIVE)
    try:
        set_mount_flags("", flags, descriptor=tree)
        syscall(_MOVE_MOUNT, tree, b"", _AT_FDCWD, os.fsencode(target), _MOVE_MOUNT_F_EMPTY_PATH)
    finally:
        os.close(tree)


def set_mount_flags(path: str, flags: int, *, descriptor: int | None = None) -> None:
    """Add mount flags to the mount at `path`, or to the whole tree behind `descriptor`. mount_setattr(2)."""
    attributes = _MountAttr(set=flags)
    where, how = (_AT_FDCWD, 0) if descriptor is None else (descriptor, _AT_EMPTY_PATH | _AT_RECURSIVE)
    syscall(_MOUNT_SETATTR, where, os.fsencode(path), how, ctypes.byref(attributes), ctypes.sizeof(attributes))


def close_at_exec() -> None:
    """Have every file descriptor from 3 on closed where a program is started. close_range(2), Linux 5.11."""
    try:
        syscall(_CLOSE_RANGE, 3, 0x7FFFFFFF, _CLOSE_RANGE_CLOEXEC)
    except OSError:
        for descriptor in [int(path.name) for path in Path("/proc/self/fd").iterdir()]:
            if descriptor > 2:
                with contextlib.suppress(OSError):
                    os.set_inheritable(descriptor, False)


def close_descriptors(keep: int) -> None:
    """Close every file descriptor from 3 on but `keep`. close_range(2), Linux 5.9, or one by one."""
    for first, last in ((3, keep - 1), (max(keep + 1, 3), 0x7FFFFFFF)):
        if first > last:
            continue
        try:
            syscall(_CLOSE_RANGE, first, last, 0)
        except OSError:
            for descriptor in [int(path.name) for path in Path("/proc/self/fd").iterdir()]:
                if first <= descriptor <= last:
                    with contextlib.suppress(OSError):
                        os.close(descriptor)


def capabilities() -> tuple[int, int, int]:
    """Return the effective, permitted and inheritable capabilities as bit masks. capget(2)."""
    data = (_CapData * 2)()
    call("capget", ctypes.byref(_CapHeader(_CAPABILITY_VERSION_3, 0)), data)
    low, high = data
    return (
        low.effective | high.effective << 32,
        low.permitted | high.permitted << 32,
        low.inheritable | high.inheritable << 32,
    )


def set_capabilities(effective: int, permitted: int, inheritable: int = 0) -> None:
    """Set the effective, permitted and inheritable capabilities, as bit masks. capset(2)."""
    low, high = ((effective >> at, permitted >> at, inheritable >> at) for at in (0, 32))
    data = (_CapData * 2)(*(_CapData(*(mask & 0xFFFFFFFF for mask in masks)) for masks in (low, high)))
    call("capset", ctypes.byref(_CapHeader(_CAPABILITY_VERSION_3, 0)), data)


def clear_environment(start: int, end: int) -> None:
    """Empty the C library's environment, and the block of memory that execve(2) filled with it."""
    call("clearenv")
    if 0 < start < end:
        ctypes.memset(start, 0, end - start)
