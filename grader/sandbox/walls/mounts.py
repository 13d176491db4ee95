"""The submission's view of the file system: a new root that holds only what it may see. See mount_namespaces(7).

One small tmpfs is everything: the root, the scratch folder, /tmp and /dev/shm, so that one size bounds what a
submission can write. Into it go, each at its own path and read-only: the folders that may be read, a few
devices, and a /proc of the submission's own PID namespace. Then it becomes the root, and the old one is gone.
"""

import contextlib
import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.sandbox.walls import syscalls

_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_FLAGS = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC
_INODES = 16384  # how many files a submission may make: each costs the kernel a kibibyte
_MAX_LINKS = 40  # as many as the kernel follows in one path

WRITABLE = ("/tmp", "/dev/shm")  # noqa: S108 - the submission's own
READABLE = ("/proc", "/etc/passwd", *_DEVICES)


def enter(scratch: str, readable: Sequence[str], hidden: Sequence[str], mebibytes: int, *, own_pids: bool) -> str:
    """Make the new root and enter it; needs an own mount namespace. Returns what is missing in it, in words.

    Raises `OSError` where the kernel refuses; the old root is then still there.
    """
    os.umask(0o022)  # the folders made here are for another user
    syscalls.mount("", "/", syscalls.MS_REC | syscalls.MS_PRIVATE)
    scratch = os.path.realpath(scratch)
    # Built on top of the scratch folder, for want of another one that is surely there.
    syscalls.mount("tmpfs", scratch, _FLAGS, f"mode=755,size={mebibytes}m,nr_inodes={_INODES}")
    try:
        root = Path(scratch)
        _make_writable(root, scratch)
        _show(root, scratch, readable)
        _hide(root, hidden)
        _make_devices(root)
        lacking = _make_proc(root, own_pids=own_pids)
        (root / "etc").mkdir(exist_ok=True)
        (root / "etc/passwd").write_text(f"student:x:65534:65534::{scratch}:/usr/sbin/nologin\n")
        syscalls.set_mount_flags(scratch, _FLAGS | syscalls.MS_RDONLY)
        syscalls.pivot_root(scratch)
    except OSError:
        with contextlib.suppress(OSError):
            syscalls.call("umount2", os.fsencode(scratch), syscalls.MNT_DETACH)
        raise
    return lacking


def _below(root: Path, path: str) -> Path:
    return root / path.lstrip("/")


def _inside(path: str, folders: Sequence[str]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)


def _make_writable(root: Path, scratch: str) -> None:
    mounted: list[str] = []
    for path in (*WRITABLE, scratch):
        target = _below(root, path)
        target.mkdir(parents=True, exist_ok=True)
        target.chmod(0o777)  # whoever the submission will be: there is no one else in this root
        if not _inside(path, mounted):
            syscalls.bind(str(target), str(target), _FLAGS)
            mounted.append(path)


def _show(root: Path, scratch: str, readable: Sequence[str]) -> None:
    links: dict[str, str] = {}
    shown: list[str] = []
    for path in sorted({real for path in readable if (real := unfold(path, links)) is not None}):
        if _inside(path, shown):
            continue
        if _inside(scratch, [path]):
            raise OSError(22, f"{path} holds the scratch folder")
        target = _below(root, path)
        _make_mount_point(target, folder=stat.S_ISDIR(os.stat(path).st_mode))  # noqa: PTH116 - no need for a Path
        syscalls.bind(path, str(target), syscalls.MS_RDONLY | syscalls.MS_NOSUID | syscalls.MS_NODEV)
        shown.append(path)
    for link, goal in links.items():
        if not _inside(link, shown):
            place = _below(root, link)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(goal)


def _hide(root: Path, hidden: Sequence[str]) -> None:
    """Put an empty folder over each hidden folder that the new root has."""
    for path in hidden:
        target = _below(root, path)
        if target.is_dir():
            syscalls.mount("tmpfs", str(target), _FLAGS | syscalls.MS_RDONLY, "mode=555,size=4k,nr_inodes=2")


def unfold(path: str, links: dict[str, str]) -> str | None:
    """Return the real path of `path` and add the symbolic links on the way to `links`.

    None if it is not there, or not to be read by this user.
    """
    todo = [part for part in reversed(path.split("/")) if part]
    current = "/"
    followed = 0
    while todo:
        part = todo.pop()
        if part in {".", ".."}:
            current = os.path.dirname(current) if part == ".." else current  # noqa: PTH120 - text, not files
            continue
        step = current.rstrip("/") + "/" + part
        try:
            goal = os.readlink(step)  # noqa: PTH115
        except FileNotFoundError:
            return None
        except OSError:
            current = step  # no link
            continue
        followed += 1
        if followed > _MAX_LINKS:
            return None
        links[step] = goal
        current = "/" if goal.startswith("/") else current
        todo += [part for part in reversed(goal.split("/")) if part]
    return current if os.access(current, os.R_OK) else None


def _make_mount_point(target: Path, *, folder: bool) -> None:
    if folder:
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()


def _make_devices(root: Path) -> None:
    for device in _DEVICES:
        target = _below(root, device)
        _make_mount_point(target, folder=False)
        syscalls.bind(device, str(target), syscalls.MS_NOSUID | syscalls.MS_NOEXEC)
    (root / "dev/fd").symlink_to("/proc/self/fd")


def _make_proc(root: Path, *, own_pids: bool) -> str:
    target = root / "proc"
    target.mkdir()
    reason = "it would show all processes"
    # Containers hide parts of their /proc, and then the kernel gives no new one that would show them.
    for options in ("", "subset=pid") if own_pids else ():
        try:
            syscalls.mount("proc", str(target), _FLAGS | syscalls.MS_RDONLY, options)
        except OSError as error:
            reason = error.strerror or ""
        else:
            return options and "a /proc with processes only"
    _make_stand_in(target)
    return f"no /proc: {reason}"


def _make_stand_in(proc: Path) -> None:
    """Make of /proc what TensorFlow dies without (how it was started), and what tells of the processor."""
    (proc / "self").mkdir()
    (proc / "self/exe").symlink_to(os.path.realpath(sys.executable))
    (proc / "self/cmdline").write_bytes(os.fsencode("\0".join([*sys.orig_argv, ""])))
    for name in ("cpuinfo", "meminfo", "stat"):
        target = proc / name
        target.touch()
        with contextlib.suppress(OSError):
            syscalls.bind(f"/proc/{name}", str(target), _FLAGS | syscalls.MS_RDONLY)
