"""Semaphores of `multiprocessing` for a process that may make none, and has no other one to share them with.

`ThreadPool`, and with it joblib's threads, ask for semaphores of the system, which are files in /dev/shm. Without
a mount namespace, these would be files among those of everybody else, so Landlock refuses them.
"""

import contextlib
import importlib
import threading
import time
from typing import Any

_multiprocessing: Any = None  # where Python was built without it
with contextlib.suppress(ImportError):
    _multiprocessing = importlib.import_module("_multiprocessing")

_RECURSIVE_MUTEX, _SEMAPHORE = 0, 1
_MOST = 1 << 31  # more threads than there can be


def install_where_refused() -> None:
    """Replace `_multiprocessing.SemLock` where this process can make no semaphore of the system."""
    system = getattr(_multiprocessing, "SemLock", None)
    if system is None:  # as on Windows, or where Python was built without semaphores
        return
    try:
        system(_SEMAPHORE, 1, 1, f"/grader-{threading.get_native_id()}", True)
    except OSError:
        _multiprocessing.SemLock = SemLock


class SemLock:
    """What `_multiprocessing.SemLock` is, among the threads of one process."""

    SEM_VALUE_MAX = getattr(getattr(_multiprocessing, "SemLock", None), "SEM_VALUE_MAX", _MOST - 1)

    def __init__(self, kind: int, value: int, maxvalue: int, _name: str, _unlink: bool) -> None:
        self.kind, self.maxvalue = kind, maxvalue
        self.handle, self.name = id(self), None
        self._value, self._acquired, self._owner = value, 0, 0
        self._changed = threading.Condition(threading.Lock())

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        """Take one, or wait for one; return whether it was taken."""
        with self._changed:
            if not (self.kind == _RECURSIVE_MUTEX and self._is_mine()):
                seconds = (None if timeout is None else max(0.0, timeout)) if block else 0.0
                if not self._await_value(seconds):
                    return False
                self._value -= 1
            self._acquired += 1
            self._owner = threading.get_ident()
            return True

    def _await_value(self, seconds: float | None) -> bool:
        deadline = None if seconds is None else time.monotonic() + seconds
        while self._value <= 0:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                return False
            self._changed.wait(left)
        return True

    def release(self) -> None:
        """Give one back.

        Raises:
            AssertionError: a mutex that belongs to another thread.
            ValueError: there are as many as there may be.
        """
        with self._changed:
            if self.kind == _RECURSIVE_MUTEX:
                if not self._is_mine():
                    raise AssertionError("attempt to release recursive lock not owned by thread")
                if self._acquired > 1:
                    self._acquired -= 1
                    return
            elif self._value >= self.maxvalue:
                raise ValueError("semaphore or lock released too many times")
            self._acquired -= 1
            self._value += 1
            self._changed.notify()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *_: Any) -> None:
        self.release()

    def _count(self) -> int:
        return self._acquired

    def _is_mine(self) -> bool:
        return self._acquired > 0 and self._owner == threading.get_ident()

    def _get_value(self) -> int:
        return self._value

    def _is_zero(self) -> bool:
        return self._value == 0

    def _after_fork(self) -> None:
        self._acquired = 0
