"""How much memory a run takes, seen from outside. Only Linux tells; elsewhere nothing is limited."""

import threading
from collections.abc import Callable
from pathlib import Path

from grader.protocol.plan import Limits

WATCH_SECONDS = 0.05  # between two looks


def anonymous_kib(pid: int | str) -> int:
    """Return the anonymous memory of a process in KiB (Linux; 0 where it is not told)."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:  # noqa: PTH123 - 20 times a second
            fields = dict(line.split(":", 1) for line in status if ":" in line)
    except (OSError, ValueError):
        return 0
    return sum(int(fields.get(name, "0 kB").split()[0]) for name in ("RssAnon", "RssShmem"))


class MemoryWatch:
    """Looks at the memory of a process and its descendants 20 times a second, and kills above the limit.

    Sees nothing where there is no /proc: then nothing is limited, and the peak stays 0.
    """

    def __init__(self, pid: int, base_kib: int, limits: Limits, kill: Callable[[], None]) -> None:
        self.exceeded = False
        self.peak_mib = 0.0
        self._over = threading.Event()
        self._pid, self._base_kib, self._limit_mib, self._kill = pid, base_kib, limits.memory_mib, kill
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(WATCH_SECONDS):
            used = sum(max(0, anonymous_kib(pid) - self._base_kib) for pid in _family(self._pid))
            self.peak_mib = max(self.peak_mib, round(used / 1024, 1))
            if used > self._limit_mib * 1024:
                self.exceeded = True
                self._kill()
                return


def _family(pid: int) -> list[int]:
    """Return a process and all of its descendants (Linux)."""
    found, open_ends = [pid], [pid]
    while open_ends:
        parent = open_ends.pop()
        try:
            children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        except OSError:
            continue
        found += map(int, children)
        open_ends += map(int, children)
    return found
