"""Give the process a root folder with only the files that a submission may see. See mount_namespaces(7).

One small tmpfs is everything: the root, the scratch folder, /tmp and /dev/shm, so that one size limits what a
submission can write. Into it are mounted, each at its own path and read-only: the folders that may be read, a few
devices, and a /proc with nothing but the processes of the submission's own PID namespace. Then it becomes the
root, and the old one is detached.
"""

import contextlib
import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.sandbox.scratch import MOST_FILES
from grader.sandbox.walls import syscalls

DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_FLAGS = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC
_MAX_LINKS = 40  # symbolic links in one path; the kernel follows no more

WRITABLE = ("/tmp", "/dev/shm")  # noqa: S108 - the submission's own
READABLE = ("/proc", "/etc/passwd", *DEVICES)


def enter(scratch: str, readable: Sequence[str], hidden: Sequence[str], mebibytes: int, *, own_pids: bool) -> str:
    """Build the new root and enter it. Needs a mount namespace of its own.

    Args:
        scratch: an existing folder, which becomes the writable scratch folder.
        readable: files and folders that can be read; those that do not exist are ignored.
        hidden: folders, as real paths, that appear empty.
        mebibytes: the most MiB that can be written, all files together.
        own_pids: whether this process is in a PID namespace of its own.

    Returns:
        What the new root lacks, in words; "" for nothing.

    Raises:
        OSError: the kernel refuses; the old root is then still in place.
    """
    os.umask(0o022)  # the folders made here are for another user
    syscalls.mount("", "/", syscalls.MS_REC | syscalls.MS_PRIVATE)
    scratch = os.path.realpath(scratch)
    # Built on top of the scratch folder: the only one that is certain to exist.
    syscalls.mount("tmpfs", scratch, _FLAGS, f"mode=755,size={mebibytes}m,nr_inodes={MOST_FILES}")
    try:
        root = Path(scratch)
        _make_writable(root, scratch)
        _mount_readable(root, scratch, readable)
        _cover_hidden(root, hidden)
        _make_devices(root)
        missing = _make_proc(root, own_pids=own_pids)
        (root / "etc").mkdir(exist_ok=True)
        (root / "etc/passwd").write_text(f"student:x:65534:65534::{scratch}:/usr/sbin/nologin\n")
        syscalls.set_mount_flags(scratch, _FLAGS | syscalls.MS_RDONLY)
        syscalls.pivot_root(scratch)
    except OSError:
        with contextlib.suppress(OSError):
            syscalls.call("umount2", os.fsencode(scratch), syscalls.MNT_DETACH)
        raise
    return missing


def _path_below(root: Path, path: str) -> Path:
    return root / path.lstrip("/")


def _is_inside(path: str, folders: Sequence[str]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)


def _make_writable(root: Path, scratch: str) -> None:
    mounted: list[str] = []
    for path in (*WRITABLE, scratch):
        target = _path_below(root, path)
        target.mkdir(parents=True, exist_ok=True)
        target.chmod(0o777)  # whoever the submission will be: there is no one else in this root
        if not _is_inside(path, mounted):
            syscalls.bind(str(target), str(target), _FLAGS)
            mounted.append(path)


def _mount_readable(root: Path, scratch: str, readable: Sequence[str]) -> None:
    links: dict[str, str] = {}
    mounted: list[str] = []
    for path in sorted({real for path in readable if (real := unfold(path, links)) is not None}):
        if _is_inside(path, mounted):
            continue
        if _is_inside(scratch, [path]):
            raise OSError(22, f"{path} holds the scratch folder")
        target = _path_below(root, path)
        _make_mount_point(target, folder=stat.S_ISDIR(os.stat(path).st_mode))  # noqa: PTH116 - no need for a Path
        syscalls.bind(path, str(target), syscalls.MS_RDONLY | syscalls.MS_NOSUID | syscalls.MS_NODEV)
        mounted.append(path)
    for link, link_target in links.items():
        if not _is_inside(link, mounted):
            link_path = _path_below(root, link)
            link_path.parent.mkdir(parents=True, exist_ok=True)
            link_path.symlink_to(link_target)


def _cover_hidden(root: Path, hidden: Sequence[str]) -> None:
    """Mount an empty folder over each hidden folder that exists in the new root."""
    for path in hidden:
        target = _path_below(root, path)
        if target.is_dir():
            syscalls.mount("tmpfs", str(target), _FLAGS | syscalls.MS_RDONLY, "mode=555,size=4k,nr_inodes=2")


def unfold(path: str, links: dict[str, str]) -> str | None:
    """Resolve the symbolic links of a path.

    Args:
        path: an absolute path.
        links: gets each symbolic link on the way, by its path, with what it points to.

    Returns:
        The real path; None if it does not exist, or this user may not read it.
    """
    parts = [part for part in reversed(path.split("/")) if part]
    current = "/"
    followed = 0
    while parts:
        part = parts.pop()
        if part in {".", ".."}:
            current = os.path.dirname(current) if part == ".." else current  # noqa: PTH120 - text, not files
            continue
        step = current.rstrip("/") + "/" + part
        try:
            link_target = os.readlink(step)  # noqa: PTH115
        except FileNotFoundError:
            return None
        except OSError:
            current = step  # not a link
            continue
        followed += 1
        if followed > _MAX_LINKS:
            return None
        links[step] = link_target
        current = "/" if link_target.startswith("/") else current
        parts += [part for part in reversed(link_target.split("/")) if part]
    return current if os.access(current, os.R_OK) else None


def _make_mount_point(target: Path, *, folder: bool) -> None:
    if folder:
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()


def _make_devices(root: Path) -> None:
    for device in DEVICES:
        target = _path_below(root, device)
        _make_mount_point(target, folder=False)
        syscalls.bind(device, str(target), syscalls.MS_NOSUID | syscalls.MS_NOEXEC)
    (root / "dev/fd").symlink_to("/proc/self/fd")


def _make_proc(root: Path, *, own_pids: bool) -> str:
    target = root / "proc"
    target.mkdir()
    reason = "it would show all processes"
    # With processes only (Linux 5.8), it tells nothing of the machine: no kernel command line, no devices, no
    # settings. Also, containers hide parts of their /proc, and then the kernel gives no new one that shows them.
    for options in ("subset=pid", "") if own_pids else ():
        try:
            syscalls.mount("proc", str(target), _FLAGS | syscalls.MS_RDONLY, options)
        except OSError as error:
            reason = error.strerror or ""
        else:
            return "" if options else "/proc shows the whole machine"
    _make_proc_substitute(target)
    return f"no /proc: {reason}"


def _make_proc_substitute(proc: Path) -> None:
    """Make the files of /proc that TensorFlow cannot run without, and those that describe the processor."""
    (proc / "self").mkdir()
    (proc / "self/exe").symlink_to(os.path.realpath(sys.executable))
    (proc / "self/cmdline").write_bytes(os.fsencode("\0".join([*sys.orig_argv, ""])))
    for name in ("cpuinfo", "meminfo", "stat"):
        target = proc / name
        target.touch()
        with contextlib.suppress(OSError):
            syscalls.bind(f"/proc/{name}", str(target), _FLAGS | syscalls.MS_RDONLY)
