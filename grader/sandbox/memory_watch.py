"""Measure and limit the memory of a run from outside. Only on Linux; elsewhere nothing is limited."""

import threading
from collections.abc import Callable
from pathlib import Path

from grader.protocol.plan import Limits

WATCH_SECONDS = 0.05  # between two measurements


def anonymous_kib(pid: int | str) -> int:
    """Return the anonymous memory of a process in KiB; 0 where it cannot be measured.

    Args:
        pid: id of the process, or "self".
    """
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:  # noqa: PTH123 - 20 times a second
            fields = dict(line.split(":", 1) for line in status if ":" in line)
    except (OSError, ValueError):
        return 0
    return sum(int(fields.get(name, "0 kB").split()[0]) for name in ("RssAnon", "RssShmem"))


class MemoryWatch:
    """Measures the memory of a process and its descendants 20 times a second, and kills it above the limit.

    Without /proc, nothing is measured or limited, and the peak stays 0.
    """

    def __init__(self, pid: int, base_kib: int, limits: Limits, kill: Callable[[], None]) -> None:
        """Start measuring, in a thread.

        Args:
            pid: id of the process.
            base_kib: anonymous memory in KiB that each process shares with its parent; it is not counted.
            limits: of which `memory_mib` counts.
            kill: called once when the limit is exceeded.
        """
        self.exceeded = False
        self.peak_mib = 0.0
        self._stopped = threading.Event()
        self._pid, self._base_kib, self._limit_mib, self._kill = pid, base_kib, limits.memory_mib, kill
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        """Stop measuring."""
        self._stopped.set()

    def _watch(self) -> None:
        while not self._stopped.wait(WATCH_SECONDS):
            used = sum(max(0, anonymous_kib(pid) - self._base_kib) for pid in _list_family(self._pid))
            self.peak_mib = max(self.peak_mib, round(used / 1024, 1))
            if used > self._limit_mib * 1024:
                self.exceeded = True
                self._kill()
                return


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
