"""Send and receive messages between two processes of the grader, as frames on a pair of file descriptors.

A frame is a kind (one byte), a nonce (16 bytes) and a body. The supervisor draws a new nonce for each step and
accepts only the answer that carries it: evidence that is written ahead, or twice, breaks the protocol and is
noticed.
"""

import contextlib
import os
import queue
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from grader.core.errors import InternalError

SLICE_SECONDS = 1.0  # longest uninterrupted wait, see `Inbox.get`
MAX_WAITING = 2  # frames read ahead of being asked for; further ones wait in the pipe, with their sender

MAX_FRAME_BYTES = 192 << 20
NO_NONCE = bytes(16)
FAULT_CODE = 70  # EX_SOFTWARE of sysexits.h: how a child ends that failed by the grader's own fault
_HEADER = struct.Struct("<c16sQ")

# From the supervisor.
SETUP, STEP, END = b"P", b"S", b"Q"
# From the child.
WALLS, UNIT, IMPORTED, EVIDENCE = b"W", b"U", b"I", b"E"
PLACE = b"L"  # the line that runs, with the nonce of the message that is being answered; may come at any time
# Between supervisor and examiner.
REQUEST, ANSWER = b"R", b"A"
# From the child and from the examiner: what went wrong in them.
FAULT = b"F"


class ProtocolError(InternalError):
    """Bytes received that are no valid frame, such as half of one."""


@dataclass(frozen=True)
class Frame:
    """One message."""

    kind: bytes  # one of the letters above
    nonce: bytes  # 16 bytes; `NO_NONCE` where none is needed
    body: bytes


class Channel:
    """Sends and receives frames on two file descriptors, which it owns."""

    def __init__(self, reader: int, writer: int) -> None:
        self.reader, self.writer = reader, writer
        self._sending = threading.Lock()
        self._is_closed = False

    def send(self, kind: bytes, body: bytes = b"", nonce: bytes = NO_NONCE) -> None:
        """Write one frame.

        Raises:
            OSError: the other side has closed its end.
            ProtocolError: the body is larger than the other side reads; nothing was written.
        """
        if len(body) > MAX_FRAME_BYTES:  # the other side would not read on
            raise ProtocolError(f"a frame of {len(body)} bytes cannot be sent")
        with self._sending:
            for part in (_HEADER.pack(kind, nonce, len(body)), body):
                view = memoryview(part)
                while view:
                    view = view[os.write(self.writer, view) :]

    def receive(self) -> Frame | None:
        """Wait for one frame; None when the other side has closed its end between two frames.

        Raises `ProtocolError` for half a frame or one that is too large.
        """
        header = self._read(_HEADER.size)
        if not header:
            return None
        if len(header) < _HEADER.size:
            raise ProtocolError("cut off")
        kind, nonce, length = _HEADER.unpack(header)
        if length > MAX_FRAME_BYTES:
            raise ProtocolError("too large")
        body = self._read(length)
        if len(body) < length:
            raise ProtocolError("cut off")
        return Frame(kind, nonce, body)

    def close(self) -> None:
        """Close both descriptors. May be called twice."""
        if not self._is_closed:
            self._is_closed = True
            for descriptor in {self.reader, self.writer}:
                os.close(descriptor)

    def _read(self, length: int) -> bytes:
        parts, missing = [], length
        while missing:
            try:
                part = os.read(self.reader, min(missing, 1 << 20))
            except ConnectionResetError:  # a killed process leaves unread bytes behind: the same as an end
                break
            if not part:
                break
            parts.append(part)
            missing -= len(part)
        return b"".join(parts)


class Inbox:
    """Reads the frames of a channel in a thread, so that waiting for one can time out on every system."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self._frames: queue.Queue[Frame | ProtocolError | None] = queue.Queue(MAX_WAITING)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def close(self) -> None:
        """Close the channel once the other side has closed its end and the last frame is read."""
        while self._reader.is_alive():
            with contextlib.suppress(queue.Empty):
                self._frames.get(timeout=0.02)  # what nobody asked for
        self.channel.close()

    def get(self, seconds: float) -> Frame | None:
        """Return the next frame; None when the other side has closed its end.

        Raises:
            TimeoutError: none arrived within `seconds`.
            ProtocolError: what arrived is no frame.
        """
        deadline = time.monotonic() + seconds
        while True:
            left = max(0.0, deadline - time.monotonic())
            try:
                # In slices: on Windows, Ctrl-C is not heard while waiting.
                item = self._frames.get(timeout=min(left, SLICE_SECONDS))
            except queue.Empty:
                if left <= SLICE_SECONDS:
                    raise TimeoutError from None
                continue
            if isinstance(item, ProtocolError):
                raise item
            return item

    def _read(self) -> None:
        while True:
            try:
                frame = self.channel.receive()
            except ProtocolError as error:
                self._frames.put(error)
                return
            except OSError:
                frame = None
            self._frames.put(frame)
            if frame is None:
                return


class AttendedChannel(Channel):
    """A channel that ends this process when the other side ends, even while this process is busy.

    A thread reads ahead and notices the end; then `at_end` is called and this process exits. Without that, an
    endless computation would outlive a killed command.
    """

    def __init__(self, reader: int, writer: int, at_end: Callable[[], None] = lambda: None) -> None:
        super().__init__(reader, writer)
        self._at_end = at_end
        self._ahead: queue.SimpleQueue[Frame] = queue.SimpleQueue()
        threading.Thread(target=self._read_ahead, daemon=True).start()

    def receive(self) -> Frame:
        """Wait for the next frame. There is always one: when the other side ends, this process ends too."""
        return self._ahead.get()

    def _read_ahead(self) -> None:
        with contextlib.suppress(OSError, ProtocolError):
            while (frame := super().receive()) is not None:
                self._ahead.put(frame)
                if frame.kind == END:
                    return
        self._at_end()
        os._exit(0)
