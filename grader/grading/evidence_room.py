"""Count the evidence that submissions hold in this process which are graded at the same time.

One submission may leave `MAX_RUN_BYTES`, and one is graded on each processor. Where all of them leave so much,
this process and the examiner would need gigabytes: then the last to come is graded alone, after the others.
"""

import threading
from types import TracebackType
from typing import Self

from grader.core.errors import InternalError
from grader.protocol.evidence import MAX_RUN_BYTES
from grader.protocol.messages import Evidence

MAX_BYTES = 2 * MAX_RUN_BYTES


class NoRoomError(InternalError):
    """There is no room for more evidence as long as other submissions are being graded."""


class EvidenceRoom:
    """How many bytes of evidence all submissions hold together. Threads may share it."""

    def __init__(self, most_bytes: int = MAX_BYTES) -> None:
        self.most_bytes = most_bytes
        self._bytes = 0
        self._lock = threading.Lock()

    def share(self) -> "EvidenceShare":
        """Return the share of one submission, which is empty at first."""
        return EvidenceShare(self)

    def take(self, size: int, own: int) -> None:
        """Count `size` more bytes for a submission that has `own`.

        Raises `NoRoomError` where others have the room.
        """
        with self._lock:
            if self._bytes > own and self._bytes + size > self.most_bytes:
                raise NoRoomError("the evidence of all submissions that are graded now is too large together")
            self._bytes += size

    def count(self, size: int) -> None:
        """Count bytes that are there already, or, below 0, those that are there no more."""
        with self._lock:
            self._bytes += size


class EvidenceShare:
    """What one submission holds. A context manager: what it holds is given back at the end."""

    def __init__(self, room: EvidenceRoom) -> None:
        self._room, self._bytes = room, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._room.count(-self._bytes)
        self._bytes = 0

    def add(self, size: int) -> None:
        """Hold `size` more bytes. Raises `NoRoomError`."""
        self._room.take(size, self._bytes)
        self._bytes += size

    def hold(self, size: int) -> None:
        """Hold `size` more bytes that are there already."""
        self._room.count(size)
        self._bytes += size


def measure_evidence(evidence: Evidence) -> int:
    """Return how many bytes evidence takes, packed as it is."""
    bodies = (evidence.imported, *evidence.bodies.values(), *evidence.replays.values())
    return sum(map(len, bodies))
