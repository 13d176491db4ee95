"""Looking at processes from outside."""

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
