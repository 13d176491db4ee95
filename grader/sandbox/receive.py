"""Receive what a child sends while it answers: its answer and, meanwhile, which line of the submission runs."""

from typing import Protocol

import msgspec

from grader.core.errors import GraderError
from grader.protocol.channel import EVIDENCE, FAULT, IMPORTED, PLACE, CutOffError, Frame
from grader.protocol.evidence import MAX_STEP_BYTES, Stopped, StopReason
from grader.protocol.evidence import Frame as SourceLine
from grader.sandbox.environment import Process
from grader.sandbox.processor_wait import MOST_EXTENSION, PatientDeadline

MAX_PLACES = 10  # reports of the running line per second; a child sends one
MAX_PLACE_BYTES = 500
MAX_SMALL_BYTES = 1 << 16  # of a frame that is no evidence
MAX_LINE = 10_000_000  # of line numbers, and of the numbers of cells


class RunInterruptedError(GraderError):
    """The child can execute no more steps."""

    def __init__(self, reason: StopReason, detail: str = "") -> None:
        super().__init__(reason)
        self.stopped = Stopped(reason=reason, detail=detail)


class EvidenceCounter(Protocol):
    """Counts the evidence of a submission, so that of several together there is never too much in memory."""

    def announce(self, size: int) -> None:
        """Count a piece that is about to be read. Raises `InternalError` where it must not be."""

    def keep(self) -> None:
        """Go on counting the piece that was announced last; otherwise the next one takes its place."""


class NoCounter:
    """Lets everything be read: where only one submission is graded, the budget of its run is limit enough."""

    def announce(self, size: int) -> None:
        """Do nothing."""

    def keep(self) -> None:
        """Do nothing."""


class FrameLimits:
    """How long the frames of a child may be. Evidence that nobody has asked for, or a second time, is not read."""

    def __init__(self, counter: EvidenceCounter) -> None:
        self.asked: bytes | None = None  # the nonce of what the child was asked for and has not answered
        self._counter = counter

    def __call__(self, kind: bytes, nonce: bytes, length: int) -> bool:
        """Return whether a frame may be read; evidence is announced. Raises what the counter raises."""
        if kind not in (IMPORTED, EVIDENCE):
            return length <= MAX_SMALL_BYTES
        if nonce != self.asked:
            return length == 0
        self.asked = None
        if length > MAX_STEP_BYTES:
            return False
        self._counter.announce(length)
        return True


class Awaited:
    """The answer of a child to one message, which it has a limited time for; see `PatientDeadline`."""

    def __init__(self, process: Process, nonce: bytes, seconds: float) -> None:
        """Begin to wait.

        Args:
            process: the child.
            nonce: of the message.
            seconds: that the child has.
        """
        self.place: SourceLine | None = None  # the line of which the child said last that it runs
        self._process, self._nonce, self._seconds = process, nonce, seconds
        self._deadline = PatientDeadline(process.waited_seconds, seconds)
        self._places_left = int(MAX_PLACES * (MOST_EXTENSION * seconds + 1))

    def receive(self, kind: bytes, nonce: bytes) -> Frame:
        """Wait for the expected frame. Raises `RunInterruptedError` for another one, and when time is over."""
        while self._places_left > 0:
            frame = self._receive_next()
            if frame.kind != PLACE:
                return check_frame(frame, kind, nonce)
            self._places_left -= 1
            if frame.nonce == self._nonce:  # else it was sent while the message before was answered
                self.place = _read_place(frame.body)
        raise RunInterruptedError(StopReason.TAMPERED)

    def _receive_next(self) -> Frame:
        while True:
            try:
                return receive_frame(self._process, self._deadline.seconds_left())
            except TimeoutError:
                if self._deadline.has_passed():
                    raise RunInterruptedError(StopReason.TIME, f"{self._seconds:.0f}") from None


def receive_frame(process: Process, seconds: float) -> Frame:
    """Wait for the next frame. Raises `RunInterruptedError` when the child ended or failed."""
    try:
        frame = process.inbox.get(seconds)
    except CutOffError:  # a machine out of memory kills right solutions too, also while they write
        frame = None
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
