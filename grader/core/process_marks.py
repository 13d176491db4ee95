"""Marks in the names of temporary files and folders: they say which process made them, and whether it is there.

A mark names one start of one process on one machine: the boot and the PID namespace, the number, and when it was
started. A process of another number, or of the same number and another start, is another one. Where the system
does not tell (all but Linux), and for what another machine has made, only age counts.
"""

import functools
import os
import re
import time
from pathlib import Path

ABANDONED_SECONDS = 2 * 86_400.0  # no command works for so long: its maker ran elsewhere, or before a reboot
MARK = r"(?P<machine>[0-9a-f]+)\.(?P<pid>[0-9]+)\.(?P<start>[0-9]+)"
_MARK = re.compile(MARK)
_UNKNOWN = "0"  # machine


def own_mark() -> str:
    """Return the mark of this process: without hyphens, and fit for a file name."""
    return _mark_of(os.getpid())


def is_abandoned(mark: str, modified: float) -> bool:
    """Return whether the process with this mark has ended.

    Args:
        mark: as `own_mark` has returned it to that process.
        modified: when the file or folder was changed last, as seconds since 1970.
    """
    parts = _MARK.fullmatch(mark)
    if parts is None:
        return False
    if parts["machine"] == _machine() != _UNKNOWN:
        return parts["start"] != _start_of(int(parts["pid"]))
    return time.time() - modified > ABANDONED_SECONDS


@functools.cache
def _mark_of(pid: int) -> str:  # of this process: a fork has another number
    start = _start_of(pid) if _machine() != _UNKNOWN else "0"
    return f"{_machine()}.{pid}.{start}"


@functools.cache
def _machine() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
        return f"{boot}{Path('/proc/self/ns/pid').stat().st_ino:x}"
    except OSError:
        return _UNKNOWN


def _start_of(pid: int) -> str:
    """Return when a process was started, in ticks since the boot; "" where there is no such process."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    state, *fields = status.rpartition(")")[2].split()
    return "" if state in "ZX" else fields[18]  # the 22nd field of proc_pid_stat(5)
