"""Judge made-up evidence in a process of its own, and measure what that costs."""

import ctypes
import os
import time
from collections.abc import Callable
from typing import Any

import msgspec

from grader.protocol.processes import limit_memory

Answer = dict[str, Any]


class Cost(msgspec.Struct, frozen=True):
    """What one piece of work took."""

    peak_mib: float  # of memory in pages of its own, beyond what the process had before
    cpu_seconds: float
    answer: Answer  # of the work itself


class WorkFailedError(Exception):
    """The process ended before the work had an answer; the argument is its exit code."""


def measure(work: Callable[[], Answer], memory_mib: int = 0) -> Cost:
    """Do some work in a forked process, and return its answer with what it cost. Linux only.

    Args:
        work: returns something that can be written as MessagePack.
        memory_mib: the limit of memory that the process gets, beside what the tests before it have left in it,
            which no examiner has; 0 for none.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.close(reader)
            if memory_mib:
                limit_memory((_read_status_kib("VmData") << 10) + (memory_mib << 20))
            cost = _work(work)
            with os.fdopen(writer, "wb") as pipe:
                pipe.write(msgspec.msgpack.encode(cost))
            code = 0
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        answer = pipe.read()
    _pid, status = os.waitpid(pid, 0)
    if status:
        raise WorkFailedError(os.waitstatus_to_exitcode(status))
    return msgspec.msgpack.decode(answer, type=Cost)


def _work(work: Callable[[], Answer]) -> Cost:
    _return_free_memory()
    _reset_peak()
    before, start = _peak_kib(), time.process_time()
    answer = work()
    used = time.process_time() - start
    return Cost((_peak_kib() - before) / 1024, used, answer)


def _return_free_memory() -> None:
    """Give back what earlier tests have freed: the work would use those pages, and nobody could count them."""
    ctypes.CDLL(None).malloc_trim(0)


def _reset_peak() -> None:
    with open("/proc/self/clear_refs", "w") as file:  # noqa: PTH123 - no path of ours
        file.write("5")


def _peak_kib() -> int:
    """Return the largest resident set of this process since the last reset, in KiB."""
    return _read_status_kib("VmHWM")


def _read_status_kib(name: str) -> int:
    """Return a size of this process in KiB; the limit of memory counts `VmData`. See proc_pid_status(5)."""
    with open("/proc/self/status") as file:  # noqa: PTH123 - no path of ours
        line = next(line for line in file if line.startswith(f"{name}:"))
    return int(line.split()[1])
