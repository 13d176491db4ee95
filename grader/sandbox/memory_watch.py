"""Measure and limit memory and threads of a run from outside, and its files where the kernel does not limit all.

Only on Linux; elsewhere nothing is limited.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from grader.protocol.evidence import StopReason
from grader.protocol.plan import Limits
from grader.sandbox import scratch

WATCH_SECONDS = 0.05  # between two measurements
DISK_PAUSE = 9.0  # after a look at many files: how much longer than the look itself, so that it takes no core

# Each takes memory of the kernel's, and one of the machine's numbers for processes. The kernel counts them only
# where the grader does not run as root, and then allows fewer.
MOST_THREADS = 1100

_COUNTED = ("RssAnon", "RssShmem", "VmSwap", "VmPTE")  # fields of proc_pid_status(5)


def private_kib(pid: int | str) -> int:
    """Return the memory of a process that is no file, with its page tables, in KiB; 0 where it cannot be measured.

    Page tables take more than what they are for where a process reads from memory that it never wrote to.

    Args:
        pid: id of the process, or "self".
    """
    return _count_kib(_read_status(pid))


def _read_status(pid: int | str) -> dict[str, str]:
    """Return the fields of proc_pid_status(5); none where they cannot be read."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:  # noqa: PTH123 - 20 times a second
            return dict(line.split(":", 1) for line in status if ":" in line)
    except (OSError, ValueError):
        return {}


def _count_kib(status: dict[str, str]) -> int:
    return sum(int(status.get(name, "0 kB").split()[0]) for name in _COUNTED)


class MemoryWatch:
    """Measures a process and its descendants 20 times a second, and kills it above a limit.

    Without /proc, nothing is measured or limited, and the peak stays 0.
    """

    def __init__(
        self, pid: int, base_kib: int, limits: Limits, kill: Callable[[], None], folder: str | None = None
    ) -> None:
        """Start measuring, in a thread.

        Args:
            pid: id of the process.
            base_kib: how much of `private_kib` each process shares with its parent; it is not counted.
            limits: of which `memory_mib` and `scratch_mib` count.
            kill: called once when a limit is exceeded.
            folder: the scratch folder, where its size is to be watched too; None where it has a file system of
                its own, whose size is fixed.
        """
        self.exceeded: StopReason | None = None
        self.peak_mib = 0.0
        self._stopped = threading.Event()
        self._pid, self._base_kib, self._limits, self._kill = pid, base_kib, limits, kill
        self._folder, self._next_look = folder, 0.0
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        """Stop measuring."""
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(WATCH_SECONDS):
            family = _list_family(self._pid)
            each = [_read_status(pid) for pid in family]
            used = sum(max(0, _count_kib(status) - self._base_kib) for status in each)
            self.peak_mib = max(self.peak_mib, round(used / 1024, 1))
            if used > self._limits.memory_mib * 1024:
                self.exceeded = StopReason.MEMORY
            elif sum(int(status.get("Threads", "0")) for status in each) > MOST_THREADS:
                self.exceeded = StopReason.THREADS
            elif self._is_disk_exceeded(family):
                self.exceeded = StopReason.DISK
            if self.exceeded is not None:
                self._kill()
                return

    def _is_disk_exceeded(self, family: list[int]) -> bool:
        began = time.monotonic()
        if self._folder is None or began < self._next_look:
            return False
        used = scratch.measure_mib(self._folder, family)
        ended = time.monotonic()
        self._next_look = ended + DISK_PAUSE * (ended - began)
        return used > self._limits.scratch_mib


def _list_family(pid: int) -> list[int]:
    """Return the ids of a process and all of its descendants (Linux)."""
    family, unvisited = [pid], [pid]
    while unvisited:
        parent = unvisited.pop()
        try:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        except OSError:
            continue
        family += map(int, children)
        unvisited += map(int, children)
    return family
