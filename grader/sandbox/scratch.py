"""The scratch folder of a run, as the supervisor sees it: how much is in it, and its removal.

What is in it comes from a submission. So nothing here recurses, follows a link, or trusts a path to be short:
folders may be nested a million deep, or forbidden to their own user.
"""

import contextlib
import math
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

MOST_FILES = 16384  # in one scratch folder, folders included: each costs the machine an inode


def measure_mib(folder: str, processes: Iterable[int]) -> float:
    """Return the MiB of disk that a run uses.

    Args:
        folder: the scratch folder.
        processes: ids of the run's processes. Files that they hold open, or have in memory, take room until then,
            though no folder shows them any more. Where this user may not see them, they are not counted.

    Returns:
        Infinity where there are more than `MOST_FILES` files, or where a folder cannot be read.
    """
    blocks = {}  # of 512 bytes, by inode: a file may have several names
    unvisited = [folder]
    while unvisited:
        try:
            with os.scandir(unvisited.pop()) as entries:
                for entry in entries:
                    status = entry.stat(follow_symlinks=False)
                    blocks[status.st_ino] = status.st_blocks
                    if stat.S_ISDIR(status.st_mode):
                        unvisited.append(entry.path)
                    if len(blocks) + len(unvisited) > MOST_FILES:
                        return math.inf
        except FileNotFoundError:
            continue  # removed in the meantime
        except OSError:
            return (
                math.inf
            )  # a path that is too long, or a folder that is forbidden: no honest program makes these
    for process in processes:
        blocks |= _find_deleted_files(process, folder)
    return sum(blocks.values()) / 2048


def _find_deleted_files(process: int, folder: str) -> dict[int, int]:
    """Return the deleted files below a folder that a process still uses: their blocks of 512 bytes, by inode."""
    found = {}
    for link in (*_list_open_files(process), *_list_mapped_files(process, folder)):
        with contextlib.suppress(OSError):
            if os.readlink(link).startswith(f"{folder}/"):  # noqa: PTH115 - no need for a Path each
                status = os.stat(link)  # noqa: PTH116
                if status.st_nlink == 0:
                    found[status.st_ino] = status.st_blocks
    return found


def _list_open_files(process: int) -> list[str]:
    with contextlib.suppress(OSError):
        return [f"/proc/{process}/fd/{name}" for name in os.listdir(f"/proc/{process}/fd")]  # noqa: PTH208
    return []


def _list_mapped_files(process: int, folder: str) -> list[str]:
    """Return the links to the deleted files below a folder that a process has in memory. See proc_pid_maps(5)."""
    links = []
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{process}/maps").read_bytes().splitlines():
            if line.endswith(b" (deleted)") and os.fsencode(f"{folder}/") in line:
                first, last = (int(address, 16) for address in line.split()[0].split(b"-"))
                links.append(f"/proc/{process}/map_files/{first:x}-{last:x}")
    return links


def remove(folder: str) -> None:
    """Remove a scratch folder with all that is in it, after its run has ended; what cannot be removed stays."""
    with contextlib.suppress(OSError):
        top = os.open(folder, os.O_RDONLY | _folder_flags())
        try:
            _remove_entries(top)
        finally:
            os.close(top)
        os.rmdir(folder)  # noqa: PTH106


def _folder_flags() -> int:
    """Return the flags that open a folder and no link to one. Windows, where this module is imported, has none."""
    return os.O_NOFOLLOW | os.O_CLOEXEC | os.O_DIRECTORY


def _remove_entries(top: int) -> None:
    """Remove everything in an open folder. What lies deeper is moved to the top first: so no path is long."""
    unvisited = os.listdir(top)
    mark, moved = secrets.token_hex(8), 0
    while unvisited:
        name = unvisited.pop()
        if _is_unlinked(name, top):
            continue
        with contextlib.suppress(OSError), _open_folder(name, top) as inner:
            for child in os.listdir(inner):  # noqa: PTH208 - a descriptor
                if _is_unlinked(child, inner):
                    continue
                with contextlib.suppress(OSError):
                    with _open_folder(child, inner):
                        pass  # only a folder that may be written to can be moved
                    moved += 1
                    os.rename(child, f"{mark}-{moved}", src_dir_fd=inner, dst_dir_fd=top)
                    unvisited.append(f"{mark}-{moved}")
        _is_unlinked(name, top)


def _is_unlinked(name: str, folder: int) -> bool:
    """Remove a file, a link or an empty folder; return whether it is gone."""
    for unlink in (os.unlink, os.rmdir):
        try:
            unlink(name, dir_fd=folder)
        except OSError:
            continue
        return True
    return False


@contextlib.contextmanager
def _open_folder(name: str, parent: int) -> Iterator[int]:
    """Open a folder in an open folder, whatever its mode. Raises `OSError` for anything else."""
    descriptor = os.open(name, os.O_PATH | _folder_flags(), dir_fd=parent)
    try:
        os.chmod(f"/proc/self/fd/{descriptor}", 0o700)  # noqa: PTH101
        inner = os.open(".", os.O_RDONLY | _folder_flags(), dir_fd=descriptor)
    finally:
        os.close(descriptor)
    try:
        yield inner
    finally:
        os.close(inner)
