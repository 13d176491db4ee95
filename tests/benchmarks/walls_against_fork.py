"""What the walls cost: milliseconds from the fork of a child to its first byte, with walls and without.

In a process that has imported TensorFlow, as the warm worker has: what forks cost depends on its size. Each round
forks one child of each kind, so that both meet the same machine. A submission has two children: one that runs it,
and one that replays its graphs.

    python -m tests.benchmarks.walls_against_fork [ROUNDS]
"""

import gc
import importlib
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from typing import NamedTuple

from grader.sandbox import visibility
from grader.sandbox.inside.warm_start import WARM_MODULES
from grader.sandbox.walls import enter
from grader.sandbox.walls.forker import Forked, Forker, end_init

AIM_MILLISECONDS = 25.0  # for all children of a submission together
CHILDREN = 2
LIMITS = enter.Limits(cpu_seconds=60, memory_mib=1024, file_mib=64)


class Cost(NamedTuple):
    """What one child cost until its first byte, in milliseconds."""

    wall: float
    cpu: float  # of all processes, until they ended


def measure(forker: Forker, *, walls: bool) -> Cost:
    """Fork a child, behind walls or not, that sends one byte and ends."""
    scratch = tempfile.mkdtemp(prefix="grader-")
    readable, hidden = visibility.readable_paths(), visibility.hidden_folders()
    reader, writer = os.pipe()
    cpu_before, began = _cpu(), time.perf_counter()
    forked = forker.fork() if walls else Forked(os.fork(), 0, {})
    if forked.pid == 0:
        if walls:
            enter.enter(scratch, readable, hidden, LIMITS, writer, forked.errors)
        os.write(writer, b"x")
        os._exit(0)
    os.close(writer)
    assert os.read(reader, 1)
    wall = 1000 * (time.perf_counter() - began)
    os.waitpid(forked.pid, 0)
    if forked.init:
        end_init(forked.init)
    os.close(reader)
    shutil.rmtree(scratch)
    return Cost(wall, 1000 * (_cpu() - cpu_before))


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def main() -> None:
    """Measure, and print medians."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    gc.disable()
    for name in WARM_MODULES:
        importlib.import_module(name)
    gc.freeze()
    forker = Forker()
    pairs = [(measure(forker, walls=True), measure(forker, walls=False)) for _ in range(rounds + 1)][1:]
    for name in Cost._fields:
        with_walls, without = (statistics.median(getattr(pair[kind], name) for pair in pairs) for kind in (0, 1))
        cost = CHILDREN * (with_walls - without)
        print(
            f"{name}: {with_walls:.1f} ms with walls, {without:.1f} ms without; {cost:.1f} ms for a submission, "
            f"ratio {with_walls / without:.1f} (aim: {AIM_MILLISECONDS:.0f} ms)"
        )


if __name__ == "__main__":
    main()
