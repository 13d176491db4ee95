"""Measure how long a process has waited for a processor, and let deadlines wait with it. Linux only.

A machine that is busy must not make a right solution a slow one: time in which threads of a process are ready to
run and no processor is free for them does not count, up to a limit.
"""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

MOST_EXTENSION = 4.0  # how much longer than its limit something may take because the processors are busy
MEASURE_AFTER_SECONDS = 1.0  # most of what is waited for comes before, and needs no look
LEAST_WAIT_SECONDS = 0.2  # between two looks


def waited_seconds(pid: int) -> float:
    """Return for how long the threads of a process were ready to run and did not, all together, in seconds.

    Of threads that have ended nothing is known. 0 where the kernel does not tell. The source: the second number of
    /proc/PID/task/TID/schedstat, in nanoseconds; see sched-stats in the documentation of Linux.

    Args:
        pid: id of the process.
    """
    nanoseconds = 0
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(OSError, ValueError, IndexError):
                nanoseconds += int((task / "schedstat").read_text("ascii").split()[1])
    return nanoseconds / 1e9


class PatientDeadline:
    """A deadline that moves by the time for which a process waits for a processor, up to a limit.

    Whoever waits does so for `seconds_left`, and ends where `has_passed` afterwards.
    """

    def __init__(self, measure: Callable[[], float], seconds: float) -> None:
        """Begin.

        Args:
            measure: returns for how many seconds the process has waited for a processor so far.
            seconds: until the deadline, if it does not wait for one.
        """
        self._measure, self._seconds = measure, seconds
        self._start = time.monotonic()
        self._end = self._start + seconds
        self._waited_before: float | None = None  # soon after the start

    def seconds_left(self) -> float:
        """Return for how long to wait now."""
        end = self._end
        if self._waited_before is None:
            end = min(end, self._start + MEASURE_AFTER_SECONDS)
        return max(0.0, end - time.monotonic())

    def has_passed(self) -> bool:
        """Return whether the time is over, after a wait; move the deadline where the process had to wait."""
        if self._waited_before is None:
            self._waited_before = self._measure()
            return False
        waited = max(0.0, self._measure() - self._waited_before)
        end, now = self._start + min(self._seconds + waited, MOST_EXTENSION * self._seconds), time.monotonic()
        if end <= now:
            return True
        self._end = max(end, now + LEAST_WAIT_SECONDS)
        return False
