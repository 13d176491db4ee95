"""Receive what a child sends while it answers: its answer and, meanwhile, which line of the submission runs."""

import time

import msgspec

from grader.core.errors import GraderError
from grader.protocol.channel import FAULT, PLACE, Frame
from grader.protocol.evidence import Frame as SourceLine
from grader.protocol.evidence import Stopped, StopReason
from grader.sandbox.environment import Process

MAX_PLACES = 10  # reports of the running line per second; a child sends one
MAX_PLACE_BYTES = 500
MAX_LINE = 10_000_000  # of line numbers, and of the numbers of cells


class RunInterruptedError(GraderError):
    """The child can execute no more steps."""

    def __init__(self, reason: StopReason, detail: str = "") -> None:
        super().__init__(reason)
        self.stopped = Stopped(reason=reason, detail=detail)


class Awaited:
    """The answer of a child to one message, which it has a limited time for."""

    def __init__(self, process: Process, nonce: bytes, seconds: float) -> None:
        """Begin to wait.

        Args:
            process: the child.
            nonce: of the message.
            seconds: that the child has.
        """
        self.place: SourceLine | None = None  # the line of which the child said last that it runs
        self._process, self._nonce, self._seconds = process, nonce, seconds
        self._deadline = time.monotonic() + seconds
        self._places_left = int(MAX_PLACES * (seconds + 1))

    def receive(self, kind: bytes, nonce: bytes) -> Frame:
        """Wait for the expected frame. Raises `RunInterruptedError` for another one, and when time is over."""
        while self._places_left > 0:
            try:
                frame = receive_frame(self._process, max(0.0, self._deadline - time.monotonic()))
            except TimeoutError:
                raise RunInterruptedError(StopReason.TIME, f"{self._seconds:.0f}") from None
            if frame.kind != PLACE:
                return check_frame(frame, kind, nonce)
            self._places_left -= 1
            if frame.nonce == self._nonce:  # else it was sent while the message before was answered
                self.place = _read_place(frame.body)
        raise RunInterruptedError(StopReason.TAMPERED)


def receive_frame(process: Process, seconds: float) -> Frame:
    """Wait for the next frame. Raises `RunInterruptedError` when the child ended or failed."""
    frame = process.inbox.get(seconds)
    if frame is None:
        raise RunInterruptedError(StopReason.EXIT)
    if frame.kind == FAULT:
        raise RunInterruptedError(StopReason.GRADER, frame.body[:300].decode(errors="replace"))
    return frame


def check_frame(frame: Frame, kind: bytes, nonce: bytes) -> Frame:
    """Return a frame that is the expected one. Raises `RunInterruptedError` for any other."""
    if frame.kind != kind or frame.nonce != nonce:
        raise RunInterruptedError(StopReason.TAMPERED)
    return frame


def _read_place(body: bytes) -> SourceLine:
    """Return the line of which a child says that it runs. Raises `RunInterruptedError` for anything else."""
    try:
        place = msgspec.json.decode(body[: MAX_PLACE_BYTES + 1], type=SourceLine)
    except msgspec.DecodeError:
        raise RunInterruptedError(StopReason.TAMPERED) from None
    if len(body) > MAX_PLACE_BYTES or not all(0 < n < MAX_LINE for n in (place.line, place.cell or 1)):
        raise RunInterruptedError(StopReason.TAMPERED)
    return place
