"""Count how many processes the kernel has ended because memory ran out.

A process that was killed does not say by whom. The kernel counts what it kills itself, and no process can change
these numbers. Only on Linux; where they cannot be read, nothing is counted.
"""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
CGROUPS = Path("/sys/fs/cgroup")

_COUNT = re.compile(r"^oom_kill (\d+)$", re.MULTILINE)


def count_oom_kills() -> int:
    """Return how many processes were ended so far because memory ran out; 0 where that is not known.

    Those of the control group that this process and its children are in, where it counts them; else those of the
    whole machine, among which are the others'.
    """
    for path in _list_counters():
        with contextlib.suppress(OSError, ValueError):
            if match := _COUNT.search(path.read_text("ascii")):
                return int(match[1])
    return 0


def _list_counters() -> Iterator[Path]:
    """Yield the files that may hold the count, the most certain first; see cgroups(7) and proc_vmstat(5)."""
    groups = []
    with contextlib.suppress(OSError, ValueError):
        lines = (PROC / "self" / "cgroup").read_text().splitlines()
        groups = [line.split(":", 2)[1:] for line in lines if line.count(":") >= 2]
    for controllers, group in groups:
        is_newer = not controllers  # the second version has one tree for all controllers
        if is_newer or "memory" in controllers.split(","):
            tree = CGROUPS if is_newer else CGROUPS / "memory"
            name = "memory.events" if is_newer else "memory.oom_control"
            # In a container, the path is that of the host, and the group is where the tree begins.
            yield from (tree / group.lstrip("/") / name, tree / name)
    yield PROC / "vmstat"
