"""Attacks that write, change or remove what is not theirs."""

import ctypes
import os
import stat
from pathlib import Path

from grader.sandbox.walls import syscalls
from tests.attacks.attack import Outside, attack

FILES = ("mount namespace", "landlock")
CHANGES = ("mount namespace", "seccomp")  # Landlock does not restrict these
_LIBRARY = ctypes.CDLL(None, use_errno=True)


@attack(*FILES)
def write_a_file(outside: Outside) -> bool:
    """Write a new file into a folder of the user."""
    path = Path(outside.folder, "new")
    path.write_text("text")
    path.unlink()
    return True


@attack(*FILES)
def append_to_a_file(outside: Outside) -> bool:
    """Open a file of the user to append to it, as to the start file of a shell."""
    os.close(os.open(outside.secret, os.O_WRONLY | os.O_APPEND))
    return True


@attack(*FILES)
def remove_a_file(outside: Outside) -> bool:
    """Remove a file of the user."""
    spare = Path(outside.folder, "spare")
    spare.unlink()
    spare.touch()
    return True


@attack(*FILES)
def move_a_folder(outside: Outside) -> bool:
    """Move a folder of the user elsewhere."""
    folder = Path(outside.folder, "inner")
    folder.rename(folder.with_name("moved")).rename(folder)
    return True


@attack(*FILES)
def write_to_what_may_be_read(outside: Outside) -> bool:
    """Open a file for writing that may only be read, as those of the Python installation."""
    os.close(os.open(Path(outside.shown, "one"), os.O_RDWR))
    return True


@attack(*FILES, "seccomp", abi=3)
def truncate_a_file_by_reading(outside: Outside) -> bool:
    """Empty a file that may be read, by opening it to read and to truncate."""
    path = Path(outside.shown, "one")
    os.close(os.open(path, os.O_RDONLY))
    os.close(os.open(path, os.O_RDONLY | os.O_TRUNC))
    return path.stat().st_size == 0


@attack(*FILES, "seccomp", abi=3)
def truncate_a_file(outside: Outside) -> bool:
    """Empty a file by its path."""
    path = Path(outside.shown, "two")
    os.truncate(path, 0)
    return path.stat().st_size == 0


@attack(*CHANGES)
def open_a_private_file_to_everybody(outside: Outside) -> bool:
    """Let everybody on the machine read a private file of the user."""
    path = Path(outside.secret)
    path.chmod(0o644)
    is_open = stat.S_IMODE(path.stat().st_mode) == 0o644
    path.chmod(0o600)
    return is_open


@attack(*CHANGES)
def lock_a_folder(outside: Outside) -> bool:
    """Take the user's rights away to a folder of theirs."""
    path = Path(outside.folder, "inner")
    path.chmod(0)
    is_locked = stat.S_IMODE(path.stat().st_mode) == 0
    path.chmod(0o700)
    return is_locked


@attack(*CHANGES)
def set_the_time_of_a_file(outside: Outside) -> bool:
    """Set the time of a file of the user, so that what is out of date looks new."""
    os.utime(outside.secret, (1, 1))
    return Path(outside.secret).stat().st_mtime == 1


@attack("landlock", "init inside", "user namespace")
def write_to_the_terminal_through_process_1(_: Outside) -> bool:
    """Open the terminal, or the log, of the grader through the first process of the PID namespace."""
    with Path("/proc/1/fd/2").open("w") as terminal:
        return terminal.write(" ") == 1 and os.fstat(terminal.fileno()).st_rdev != os.makedev(1, 3)


@attack("ipc namespace", "seccomp")
def write_to_shared_memory(outside: Outside) -> bool:
    """Write to System V shared memory of another process."""
    number = syscalls.call("shmget", outside.memory_key, 0, 0)
    _LIBRARY.shmat.restype = ctypes.c_void_p
    place = _LIBRARY.shmat(number, None, 0)
    if place in {None, ctypes.c_void_p(-1).value}:
        return False
    ctypes.memmove(place, ctypes.string_at(place), 4)
    return True
