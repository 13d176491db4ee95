"""Send and receive messages between two processes of the grader, as frames on a pair of file descriptors.

A frame is a kind (one byte), a nonce (16 bytes) and a body. The supervisor draws a new nonce for each step and
accepts only the answer that carries it: evidence that is written ahead, or twice, breaks the protocol and is
noticed.
"""

import contextlib
import errno
import io
import os
import queue
import select
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from grader.core.errors import InternalError

SLICE_SECONDS = 0.25  # longest uninterrupted wait, see `Inbox.get`
STOP_SECONDS = 0.1  # between two looks at whether reading is to be stopped
SEND_SECONDS = 60.0  # that the other side may take no byte of a message
CLOSE_SECONDS = 2.0  # for the other side to close its end, once its process has been ended
MAX_WAITING = 2  # frames read ahead of being asked for; further ones wait in the pipe, with their sender
# Of frames read ahead: with more, the next one waits in the pipe. So at most one large frame is in memory that
# nobody has asked for, whatever the other side sends.
MAX_WAITING_BYTES = 1 << 20

MAX_FRAME_BYTES = 192 << 20
NO_NONCE = bytes(16)
FAULT_CODE = 70  # EX_SOFTWARE of sysexits.h: how a child ends that failed by the grader's own fault
NEEDS_LIBRARIES_CODE = 69  # EX_UNAVAILABLE: how a child without TensorFlow ends that needs a library
_CAN_POLL = hasattr(select, "poll") and hasattr(os, "set_blocking")
_HEADER = struct.Struct("<c16sQ")

# From the supervisor.
SETUP, STEP, END = b"P", b"S", b"Q"
FILES = b"D"  # behind a step that writes files: the evidence of the step that has read them, or nothing
# From the child.
WALLS, UNIT, IMPORTED, EVIDENCE = b"W", b"U", b"I", b"E"
PLACE = b"L"  # the line that runs, with the nonce of the message that is being answered; may come at any time
# Between supervisor and examiner.
REQUEST, ANSWER = b"R", b"A"
# From the child and from the examiner: what went wrong in them.
FAULT = b"F"


class ProtocolError(InternalError):
    """Bytes received that are no valid frame, such as half of one."""


class CutOffError(ProtocolError):
    """Half a frame, and nothing after it: the other process ended, or was killed, while it wrote."""


@dataclass(frozen=True)
class Frame:
    """One message."""

    kind: bytes  # one of the letters above
    nonce: bytes  # 16 bytes; `NO_NONCE` where none is needed
    body: bytes


Admission = Callable[[bytes, bytes, int], bool]
"""Returns whether a frame may be read, by its kind, its nonce and the length of its body, before the body is read.

May raise `InternalError`: then the frame is not read either, and whoever waits for it gets the exception.
"""


class Channel:
    """Sends and receives frames on two file descriptors, which it owns."""

    def __init__(self, reader: int, writer: int) -> None:
        self.reader, self.writer = reader, writer
        self.admit: Admission = lambda _kind, _nonce, _length: True
        self._sending = threading.Lock()
        self._is_closed = False

    def send(
        self, kind: bytes, body: bytes | tuple[bytes | memoryview, ...] = b"", nonce: bytes = NO_NONCE
    ) -> None:
        """Write one frame. A body may come in parts, so that nobody has to join them.

        Raises:
            OSError: the other side has closed its end, or this one has.
            ProtocolError: the body is larger than the other side reads; nothing was written.
        """
        parts = body if isinstance(body, tuple) else (body,)
        length = sum(map(len, parts))
        if length > MAX_FRAME_BYTES:  # the other side would not read on
            raise ProtocolError(f"a frame of {length} bytes cannot be sent")
        with self._sending:
            if self._is_closed:  # the number of the descriptor may belong to another file already
                raise BrokenPipeError(errno.EPIPE, "the channel is closed")
            for part in (_HEADER.pack(kind, nonce, length), *parts):
                view = memoryview(part)
                while view:
                    view = view[self._write_some(view) :]

    def receive(self) -> Frame | None:
        """Wait for one frame; None when the other side has closed its end between two frames.

        Raises `CutOffError` for half a frame, another `ProtocolError` for one that is too large, and what `admit`
        raises.
        """
        header = self._read(_HEADER.size)
        if not header:
            return None
        if len(header) < _HEADER.size:
            raise CutOffError("cut off")
        kind, nonce, length = _HEADER.unpack(header)
        if length > MAX_FRAME_BYTES or not self.admit(kind, nonce, length):
            raise ProtocolError("too large")
        body = self._read(length)
        if len(body) < length:
            raise CutOffError("cut off")
        return Frame(kind, nonce, body)

    def stop(self) -> None:
        """Have reads and writes end soon, where the channel can do that; see `InterruptibleChannel`."""

    def close(self) -> None:
        """Close both descriptors, after a write that is under way. May be called twice."""
        self.stop()
        with self._sending:
            if not self._is_closed:
                self._is_closed = True
                for descriptor in {self.reader, self.writer}:
                    os.close(descriptor)

    def _read(self, length: int) -> bytes:
        body = io.BytesIO()  # gives away its bytes without a copy: joined parts would be in memory twice
        while missing := length - body.tell():
            try:
                part = self._read_some(min(missing, 1 << 20))
            except ConnectionResetError:  # a killed process leaves unread bytes behind: the same as an end
                break
            if not part:
                break
            body.write(part)
        return body.getvalue()

    def _read_some(self, most: int) -> bytes:
        """Wait for bytes and return at most `most` of them; none when the other side has closed its end."""
        return os.read(self.reader, most)

    def _write_some(self, data: memoryview) -> int:
        """Write some of the bytes, at least one, and return how many."""
        return os.write(self.writer, data)


class _ReadAhead:
    """Counts the bytes that one thread has read ahead and another has not taken yet."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._bytes = 0

    def add(self, frame: Frame) -> None:
        """Count a frame that was read."""
        with self._changed:
            self._bytes += len(frame.body)

    def remove(self, frame: Frame) -> None:
        """Count a frame that was taken."""
        with self._changed:
            self._bytes -= len(frame.body)
            self._changed.notify_all()

    def has_room(self, seconds: float | None = None) -> bool:
        """Wait until the next frame may be read; return False when the time is over before."""
        with self._changed:
            return self._changed.wait_for(lambda: self._bytes <= MAX_WAITING_BYTES, seconds)


class InterruptibleChannel(Channel):
    """A channel to a process that may hang: no wait for it lasts for ever.

    A write fails when the other side has taken nothing for `SEND_SECONDS`. Both a read and a write end when `stop`
    is called, even where something that the process has left behind keeps its end of the channel open. Where the
    system cannot wait with a limit (Windows), both wait for as long as the process lives.
    """

    def __init__(self, reader: int, writer: int) -> None:
        super().__init__(reader, writer)
        self._is_stopped = False
        if _CAN_POLL:  # neither end shares these descriptions of open files with the other side
            os.set_blocking(reader, False)
            os.set_blocking(writer, False)

    def stop(self) -> None:
        """Have reads and writes end as if the other side had ended, at the latest after `STOP_SECONDS`."""
        self._is_stopped = True

    def _read_some(self, most: int) -> bytes:
        if not _CAN_POLL:
            return super()._read_some(most)
        while not self._is_stopped:
            if _is_ready(self.reader, select.POLLIN, STOP_SECONDS):
                with contextlib.suppress(BlockingIOError):
                    return super()._read_some(most)
        return b""

    def _write_some(self, data: memoryview) -> int:
        if not _CAN_POLL:
            return super()._write_some(data)
        deadline = time.monotonic() + SEND_SECONDS
        while not self._is_stopped and time.monotonic() < deadline:
            if _is_ready(self.writer, select.POLLOUT, STOP_SECONDS):
                with contextlib.suppress(BlockingIOError):
                    return super()._write_some(data)
        raise TimeoutError(errno.ETIMEDOUT, "the other side takes no bytes")


def _is_ready(descriptor: int, event: int, seconds: float) -> bool:
    """Wait until a descriptor can be read or written, or its other end is closed; False after `seconds`."""
    poll = select.poll()
    poll.register(descriptor, event)
    return bool(poll.poll(seconds * 1000))


class Inbox:
    """Reads the frames of a channel in a thread, so that waiting for one can time out on every system."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self._frames: queue.Queue[Frame | InternalError | None] = queue.Queue(MAX_WAITING)
        self._ahead = _ReadAhead()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def close(self) -> None:
        """Close the channel, once the other side has closed its end or `CLOSE_SECONDS` are over.

        The process at the other end has been ended. Something that it left behind may have its end of the channel.
        """
        deadline = time.monotonic() + CLOSE_SECONDS
        while self._reader.is_alive():
            late_by = time.monotonic() - deadline
            if late_by > 0:
                self.channel.stop()
            if (
                late_by > 1.0
            ):  # a channel that cannot be stopped: thread and descriptors stay as long as this process
                return
            with contextlib.suppress(queue.Empty):
                self._take(0.02)  # what nobody asked for
        self.channel.close()
        with contextlib.suppress(queue.Full):
            self._frames.put_nowait(None)  # for whoever still waits

    def get(self, seconds: float) -> Frame | None:
        """Return the next frame; None when the other side has closed its end.

        Raises:
            TimeoutError: none arrived within `seconds`.
            ProtocolError: what arrived is no frame.
            InternalError: it must not be read; see `Channel.admit`.
        """
        deadline = time.monotonic() + seconds
        while True:
            left = max(0.0, deadline - time.monotonic())
            try:
                # In slices: on Windows, Ctrl-C is not heard while waiting.
                item = self._take(min(left, SLICE_SECONDS))
            except queue.Empty:
                if left <= SLICE_SECONDS:
                    raise TimeoutError from None
                continue
            if isinstance(item, InternalError):
                raise item
            return item

    def _take(self, seconds: float) -> Frame | InternalError | None:
        """Return the next item. Raises `queue.Empty`."""
        item = self._frames.get(timeout=seconds)
        if isinstance(item, Frame):
            self._ahead.remove(item)
        return item

    def _read(self) -> None:
        while self._ahead.has_room():
            try:
                frame = self.channel.receive()
            except InternalError as error:
                self._frames.put(error)
                return
            except OSError:
                frame = None
            if frame is None:
                self._frames.put(None)
                return
            self._ahead.add(frame)
            self._frames.put(frame)


class AttendedChannel(Channel):
    """A channel that ends this process when the other side ends, even while this process is busy.

    A thread reads ahead, as far as `MAX_WAITING_BYTES` allow, and notices the end; then `at_end` is called and
    this process exits. Without that, an endless computation would outlive a killed command.
    """

    def __init__(self, reader: int, writer: int, at_end: Callable[[], None] = lambda: None) -> None:
        super().__init__(reader, writer)
        self._at_end = at_end
        self._frames: queue.SimpleQueue[Frame] = queue.SimpleQueue()
        self._ahead = _ReadAhead()
        threading.Thread(target=self._read_ahead, daemon=True).start()

    def receive(self) -> Frame:
        """Wait for the next frame. There is always one: when the other side ends, this process ends too."""
        frame = self._frames.get()
        self._ahead.remove(frame)
        return frame

    def _read_ahead(self) -> None:
        with contextlib.suppress(OSError, ProtocolError):
            while self._await_room() and (frame := super().receive()) is not None:
                self._ahead.add(frame)
                self._frames.put(frame)
                if frame.kind == END:
                    return
        self._at_end()
        os._exit(0)

    def _await_room(self) -> bool:
        """Wait until the next frame may be read; return False when the other side has ended meanwhile."""
        while not self._ahead.has_room(SLICE_SECONDS):
            if _has_ended(self.reader):
                return False
        return True


def _has_ended(reader: int) -> bool:
    """Return whether the other side has closed its end, although not everything was read. On Windows: False."""
    if not hasattr(select, "poll"):
        return False
    poll = select.poll()
    poll.register(reader, 0)  # an end is reported without being asked for
    return bool(poll.poll(0))
