"""What processes of the grader may use: memory and processor time have limits that they set themselves."""

import itertools
import os
import platform
import signal
import subprocess
import sys
import threading

import pytest

from grader.protocol.processes import KEEP_MEMORY, ProcessorTimeOverError, limit_processor_time

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="these limits are of Unix")

LIMITS = """
import resource
from grader.protocol.processes import limit_memory
resource.setrlimit(resource.RLIMIT_DATA, ({hard}, {hard}))
limit_memory({most})
print(*resource.getrlimit(resource.RLIMIT_DATA))
"""


@pytest.mark.parametrize(
    ("hard", "most", "limits"),
    [
        (-1, 1 << 30, (1 << 30, -1)),
        (1 << 31, 1 << 30, (1 << 30, 1 << 31)),
        (1 << 30, 1 << 31, (1 << 30, 1 << 30)),  # no process may exceed what it was started with
    ],
)
def test_memory_is_limited_to_what_is_asked_for_or_allowed(hard: int, most: int, limits: tuple[int, int]) -> None:
    program = LIMITS.format(hard=hard, most=most)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(limit) for limit in limits]


def test_beyond_the_limit_python_says_so() -> None:
    program = "from grader.protocol.processes import limit_memory\nlimit_memory(1 << 29)\nbytearray(1 << 30)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.rstrip().endswith("MemoryError")


def test_a_computation_without_an_end_is_interrupted_in_the_main_thread() -> None:
    with pytest.raises(ProcessorTimeOverError), limit_processor_time(0.05):
        sum(1 for _ in itertools.count())
    before = signal.getsignal(signal.SIGPROF)
    with limit_processor_time(60.0):
        assert signal.getitimer(signal.ITIMER_PROF)[1] > 0.0  # again, should the first one be caught by chance
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGPROF) == before
    done: list[bool] = []

    def compute() -> None:
        with limit_processor_time(0.0):  # elsewhere there is no limit
            done.append(True)

    thread = threading.Thread(target=compute)
    thread.start()
    thread.join()
    assert done == [True]


FREE_AND_TAKE = """
import resource
import numpy as np
def count_faults():
    for _ in range(50):
        parts = [np.ones(1 << 18) for _ in range(4)]  # of 512 pages each
        del parts
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
print(-count_faults() + count_faults())
"""


def count_new_pages(environment: dict[str, str]) -> int:
    """Return how many pages the kernel gives a process that frees arrays and makes others of their size."""
    command = [sys.executable, "-c", FREE_AND_TAKE]
    done = subprocess.run(command, env=dict(os.environ) | environment, capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries do not know these variables")
def test_freed_memory_is_kept_for_the_next_array() -> None:
    assert count_new_pages(KEEP_MEMORY) < 1000  # of 100,000 that are written to
