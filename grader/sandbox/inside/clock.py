"""Measure how long a step takes."""

import time
from typing import Any


class Clock:
    """Measures wall and processor time from its creation on."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def spent(self) -> dict[str, Any]:
        """Return the time since the creation, as fields of evidence, in seconds."""
        return {
            "wall_seconds": time.perf_counter() - self.wall,
            "cpu_seconds": time.process_time() - self.cpu,
        }
