"""Looking at processes from outside."""

import contextlib
import tempfile
import time
from pathlib import Path


def is_gone(pid: int, seconds: float = 60.0) -> bool:
    """Wait for a process to end; a zombie that nobody waits for has ended."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state in "ZX":
            return True
        time.sleep(0.01)
    return False


def children_of(pid: int) -> set[int]:
    """Return the ids of the processes that one has started, in whichever of its threads."""
    children: set[int] = set()
    for thread in Path(f"/proc/{pid}/task").glob("*"):
        with contextlib.suppress(OSError):
            children |= {int(child) for child in (thread / "children").read_text().split()}
    return children


def _is_of_browser(pid: int) -> bool:
    """Return whether a process is the driver of Playwright, which has started the browser."""
    return "/playwright/driver/" in command_lines({pid})


def descendants(pid: int) -> set[int]:
    """Return the ids of all processes below one, without those of a browser that other tests use."""
    found: set[int] = set()
    unvisited = [pid]
    while unvisited:
        children = {child for child in children_of(unvisited.pop()) - found if not _is_of_browser(child)}
        unvisited += children
        found |= children
    return found


def command_lines(pids: set[int]) -> str:
    """Return the command lines of processes, those that have ended left out."""
    lines = []
    for pid in pids:
        with contextlib.suppress(OSError):
            lines.append(Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode())
    return "\n".join(lines)


def folders_of(pid: int) -> list[Path]:
    """Return the temporary folders of a process."""
    return list(Path(tempfile.gettempdir()).glob(f"grader-*.{pid}.*"))
