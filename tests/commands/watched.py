"""`grader check --watch` as a process: what it says, line by line, and how it ends."""

import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WAITING = "Waiting for the next save"
PATIENCE_SECONDS = 120.0  # a limit for what hangs, not for what is slow


class Watched:
    """A running command. Its two streams are one, in the order in which they came."""

    def __init__(self, arguments: list[str], folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "grader", *arguments],
            cwd=folder,
            env=os.environ | {"LANG": "C.UTF-8", "LC_ALL": "", "NO_COLOR": "1", "COLUMNS": "100"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
        )
        self.said: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def until(self, wanted: str) -> str:
        """Wait for a line that matches `wanted`; returns what was said since the last call, that line included."""
        deadline, since = time.monotonic() + PATIENCE_SECONDS, []
        while True:
            line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            assert line is not None, "\n".join(["it ended:", *self.said])
            self.said.append(line)
            since.append(line)
            if re.search(wanted, line):
                return "\n".join(since)

    def interrupt(self) -> int:
        """Press Ctrl-C; returns the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE_SECONDS)


@contextmanager
def watching(folder: Path, *arguments: str | Path) -> Iterator[Watched]:
    """Start the command in `folder`; end it when it is still there."""
    watched = Watched([str(argument) for argument in arguments], folder)
    try:
        yield watched
    finally:
        watched.process.kill()
        watched.process.wait()
        watched._reader.join()
        assert watched.process.stdout is not None
        watched.process.stdout.close()
