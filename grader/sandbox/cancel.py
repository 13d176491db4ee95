"""Cancel a run from another thread."""

import contextlib
import threading
from collections.abc import Iterator

from grader.core.errors import GraderError
from grader.sandbox.environment import Process


class CancelledError(GraderError):
    """Raised when a run was cancelled before its end; it says nothing about the submission."""


class CancelToken:
    """Lets another thread cancel a run: its process is killed at once, and `execute_plan` raises `CancelledError`.

    One token can be passed to several runs, one after the other; after `cancel`, all of them end.
    """

    def __init__(self) -> None:
        self.is_cancelled = False
        self._lock = threading.Lock()
        self._process: Process | None = None

    def cancel(self) -> None:
        """Cancel the current run, and every later one with this token. May be called from any thread."""
        with self._lock:
            self.is_cancelled = True
            if self._process is not None:
                self._process.kill()

    def check(self) -> None:
        """Raise `CancelledError` if the run was cancelled."""
        if self.is_cancelled:
            raise CancelledError

    @contextlib.contextmanager
    def watching(self, process: Process) -> Iterator[None]:
        """Make `cancel` kill `process`, as long as the context lasts."""
        with self._lock:
            self._process = process
            if self.is_cancelled:
                process.kill()
        try:
            yield
        finally:
            with self._lock:
                self._process = None
