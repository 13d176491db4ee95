"""Receive what a child sends while it answers: its answer and, meanwhile, which line of the submission runs."""

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


class FrameLimits:
    """How long the frames of a child may be. Evidence that nobody has asked for, or a second time, is not read."""

    def __init__(self) -> None:
        self.asked: bytes | None = None  # the nonce of what the child was asked for and has not answered

    def __call__(self, kind: bytes, nonce: bytes) -> int:
        """Return the most bytes of a frame that has arrived."""
        if kind not in (IMPORTED, EVIDENCE):
            return MAX_SMALL_BYTES
        if nonce != self.asked:
            return 0
        self.asked = None
        return MAX_STEP_BYTES


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
