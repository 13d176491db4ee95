"""Restrict file access, TCP and signals of the current process with the kernel's Landlock. See landlock(7).

Landlock has versions ("ABI"), and a kernel refuses rights that it does not know. So all rights that this kernel
knows are restricted, and the ABI is reported: below 4, TCP is not restricted; below 6, signals and abstract
sockets are not (the namespaces and seccomp restrict those as well).
"""

import ctypes
import os
import stat
from collections.abc import Iterator, Sequence

from grader.sandbox.walls import syscalls

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
REMOVE_DIR, REMOVE_FILE, MAKE_CHAR, MAKE_DIR = 1 << 4, 1 << 5, 1 << 6, 1 << 7
MAKE_REG, MAKE_SOCK, MAKE_FIFO, MAKE_BLOCK = 1 << 8, 1 << 9, 1 << 10, 1 << 11
MAKE_SYM, REFER, TRUNCATE, IOCTL_DEV = 1 << 12, 1 << 13, 1 << 14, 1 << 15

READ = READ_FILE | READ_DIR
WRITE = (
    READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_FIFO | MAKE_SYM | REFER | TRUNCATE
)
_FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV  # the others make sense for folders only


class _Ruleset(ctypes.Structure):
    """`struct landlock_ruleset_attr`."""

    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    """`struct landlock_path_beneath_attr`, which is packed."""

    _pack_ = 1
    _fields_ = (("access", ctypes.c_uint64), ("descriptor", ctypes.c_int32))


def abi() -> int:
    """Return the Landlock ABI of this kernel; 0 where there is none (not built in, not enabled, or refused)."""
    try:
        return syscalls.syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    except OSError:
        return 0


def rights(version: int) -> tuple[int, int, int]:
    """Return bit masks of all rights over files, network and scopes that a Landlock ABI knows."""
    file_bits = 13 + (version >= 2) + (version >= 3) + (version >= 5)
    files = (1 << file_bits) - 1
    return files, 3 if version >= 4 else 0, 3 if version >= 6 else 0


def restrict(readable: Sequence[str], writable: Sequence[str], hidden: Sequence[str] = ()) -> str:
    """Restrict this process to reading below `readable` and to reading and writing below `writable`, for good.

    Nothing may be executed anywhere. Needs `PR_SET_NO_NEW_PRIVS`.

    Args:
        readable: files and folders; those that do not exist are ignored.
        writable: files and folders; those that do not exist are ignored.
        hidden: folders, as real paths, of which no file may be read though they lie below `readable`; the names in
            them can still be listed.

    Returns:
        The ABI and what is restricted, in words.

    Raises:
        OSError: the kernel has no Landlock, or refuses.
    """
    version = abi()
    if version < 1:
        raise OSError(95, "this kernel has no Landlock")
    files, network, scopes = rights(version)
    attributes = _Ruleset(files, network, scopes)
    # A kernel that knows a shorter structure accepts the longer one as long as the rest is zero.
    ruleset = syscalls.syscall(_CREATE_RULESET, ctypes.byref(attributes), ctypes.sizeof(attributes), 0)
    try:
        for path, access in (*readable_rules(readable, hidden), *((path, WRITE) for path in writable)):
            _allow(ruleset, path, access & files)
        syscalls.syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    parts = ["files"] + ["TCP"] * bool(network) + ["signals, abstract sockets"] * bool(scopes)
    return f"ABI {version}: {', '.join(parts)}"


def readable_rules(readable: Sequence[str], hidden: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Yield paths and their Landlock rights, so that everything below `readable` except `hidden` can be read.

    A rule applies to all that is below its path, and no rule can take back what another one grants. So a folder
    that contains a hidden one gets the right to list it, and its entries get their rules one by one.

    Args:
        readable: files and folders.
        hidden: folders, as real paths.
    """
    for path in readable:
        real = os.path.realpath(path)
        if real in hidden:
            continue
        if not any(folder.startswith(real.rstrip("/") + "/") for folder in hidden):
            yield path, READ
            continue
        yield path, READ_DIR
        try:
            entries = sorted(os.scandir(real), key=lambda entry: entry.name)
        except OSError:
            continue
        yield from readable_rules([entry.path for entry in entries if not entry.is_symlink()], hidden)


def _allow(ruleset: int, path: str, access: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # does not exist, so there is nothing to allow
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            access &= _FILE_RIGHTS
        rule = _PathBeneath(access, descriptor)
        syscalls.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(descriptor)
