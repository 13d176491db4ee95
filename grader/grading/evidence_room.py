"""Count the evidence in this process of all submissions that are graded at the same time.

What a submission has left, what is on its way from one process to another, and what waits to be stored is counted,
a piece of evidence before it is read. Where there is no room for it beside the evidence of others, that submission
is graded alone, after them. Nobody waits for room. So nobody can keep others waiting, whatever it sends and how
slowly, and no waiting takes up the time of a run. Half of the room is divided among all: each always has its part.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from grader.core.errors import InternalError
from grader.protocol.evidence import MAX_RUN_BYTES

MAX_BYTES = 3 * MAX_RUN_BYTES


class NoRoomError(InternalError):
    """There is no room for more evidence as long as other submissions are being graded."""


class EvidenceRoom:
    """How many bytes of evidence all submissions have together. Threads may share it."""

    def __init__(self, most_shares: int = 1, most_bytes: int = MAX_BYTES) -> None:
        """Make a room in which there is nothing.

        Args:
            most_shares: how many submissions may have a share at the same time.
            most_bytes: of all submissions together, where there are several.
        """
        self.most_bytes = most_bytes
        # That each has room for in any case, and that are counted for it from the beginning.
        self.own_bytes = most_bytes // (2 * most_shares)
        self._sizes: dict[EvidenceShare, int] = {}
        self._lock = threading.Lock()

    def share(self) -> "EvidenceShare":
        """Return the share of one submission, in which there is nothing. It is to be closed."""
        share = EvidenceShare(self)
        with self._lock:
            self._sizes[share] = 0
        return share

    def count_bytes(self) -> int:
        """Return how many bytes are counted for all submissions together."""
        with self._lock:
            return sum(max(size, self.own_bytes) for size in self._sizes.values())

    def resize(self, share: "EvidenceShare", size: int) -> None:
        """Count `size` bytes for a share in all. Raises `NoRoomError` where others have the room."""
        with self._lock:
            others = [max(n, self.own_bytes) for other, n in self._sizes.items() if other is not share]
            is_too_large = bool(others) and sum(others) + size > self.most_bytes
            if is_too_large and size > max(self._sizes[share], self.own_bytes):
                raise NoRoomError("the evidence of all submissions that are graded now is too large together")
            self._sizes[share] = size

    def remove(self, share: "EvidenceShare") -> None:
        """Count nothing for a share any more."""
        with self._lock:
            self._sizes.pop(share, None)


class EvidenceShare:
    """The bytes of one submission. A context manager: nothing of it is counted after the end.

    What is announced is read by another thread than the one that keeps it.
    """

    def __init__(self, room: EvidenceRoom) -> None:
        self._room = room
        self._evidence = self._announced = self._passing = 0
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Count nothing of it any more. May be called twice."""
        self._room.remove(self)

    def announce(self, size: int) -> None:
        """Count a piece that is about to be read, in place of the one before, which was kept or dropped.

        Raises `NoRoomError`: it must not be read.
        """
        with self._lock:
            self._room.resize(self, self._evidence + size + self._passing)
            self._announced = size

    def keep(self) -> None:
        """Count the piece that was announced last as kept: another one can be announced beside it."""
        with self._lock:
            self._evidence, self._announced = self._evidence + self._announced, 0

    def settle(self, size: int) -> None:
        """Count `size` bytes as kept, in place of all that was kept or announced. Raises `NoRoomError`."""
        with self._lock:
            self._room.resize(self, size + self._passing)
            self._evidence, self._announced = size, 0

    @contextmanager
    def passing(self, size: int) -> Iterator[None]:
        """Count a copy that is on its way to another process, as long as the context lasts.

        Raises `NoRoomError`.
        """
        with self._lock:
            self._room.resize(self, self._evidence + self._announced + self._passing + size)
            self._passing += size
        try:
            yield
        finally:
            with self._lock:
                self._passing -= size
                self._room.resize(self, self._evidence + self._announced + self._passing)
