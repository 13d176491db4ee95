"""Frames between two processes: whole, in order, and nothing else."""

import contextlib
import os
import select
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.protocol import channel as frames
from grader.protocol.channel import (
    MAX_WAITING,
    Channel,
    CutOffError,
    Frame,
    Inbox,
    InterruptibleChannel,
    ProtocolError,
)


def pair() -> tuple[Channel, Channel]:
    """Return both ends of a connection."""
    (ours, theirs), (mine, yours) = os.pipe(), os.pipe()
    return Channel(ours, yours), Channel(mine, theirs)


@pytest.fixture
def ends() -> Iterator[tuple[Channel, Channel]]:
    """Both ends of a connection, closed at the end as far as a test has not."""
    made = pair()
    yield made
    for channel in made:
        for descriptor in (channel.reader, channel.writer):
            with contextlib.suppress(OSError):
                os.close(descriptor)


FRAMES = st.lists(
    st.tuples(st.binary(min_size=1, max_size=1), st.binary(min_size=16, max_size=16), st.binary(max_size=500)),
    max_size=8,
)


@given(FRAMES)
def test_frames_come_as_they_went(sent: list[tuple[bytes, bytes, bytes]]) -> None:
    one, other = pair()
    for kind, nonce, body in sent:
        one.send(kind, body, nonce)
    received = [other.receive() for _ in sent]
    os.close(one.writer)
    assert other.receive() is None
    assert received == [Frame(*each) for each in sent]
    os.close(one.reader)
    other.close()


def test_a_long_frame_takes_more_than_one_write(ends: tuple[Channel, Channel]) -> None:
    one, other = ends
    body = os.urandom(3 << 20)
    thread = threading.Thread(target=one.send, args=(b"E", body))
    thread.start()
    frame = other.receive()
    thread.join()
    assert frame == Frame(b"E", frames.NO_NONCE, body)


@given(st.binary(min_size=1, max_size=100))
def test_any_bytes_are_frames_or_break_the_protocol(data: bytes) -> None:
    one, other = pair()
    os.write(one.writer, data)
    os.close(one.writer)
    try:
        while other.receive() is not None:
            pass
    except ProtocolError:
        pass
    os.close(one.reader)
    other.close()


@pytest.mark.parametrize("length", [1, 24, 25, 30])
def test_half_a_frame_is_none(ends: tuple[Channel, Channel], length: int) -> None:
    one, other = ends
    os.write(one.writer, (frames._HEADER.pack(b"E", frames.NO_NONCE, 10) + b"0123456789")[:length])
    os.close(one.writer)
    with pytest.raises(CutOffError):
        other.receive()


def test_a_frame_that_is_too_large_is_not_read(ends: tuple[Channel, Channel]) -> None:
    one, other = ends
    os.write(one.writer, frames._HEADER.pack(b"E", frames.NO_NONCE, frames.MAX_FRAME_BYTES + 1))
    with pytest.raises(ProtocolError, match="too large"):
        other.receive()


def test_frames_of_two_threads_do_not_mix(ends: tuple[Channel, Channel]) -> None:
    one, other = ends
    bodies = [bytes([number]) * 100_000 for number in range(6)]
    threads = [threading.Thread(target=one.send, args=(b"E", body)) for body in bodies]
    for thread in threads:
        thread.start()
    received = [other.receive() for _ in bodies]
    for thread in threads:
        thread.join()
    assert sorted(frame.body for frame in received if frame) == bodies


def test_an_inbox_waits_no_longer_than_it_is_told(ends: tuple[Channel, Channel]) -> None:
    one, other = ends
    inbox = Inbox(other)
    with pytest.raises(TimeoutError):
        inbox.get(0.01)
    with pytest.raises(TimeoutError):
        inbox.get(-1)
    one.send(b"E", b"x")
    assert inbox.get(5) == Frame(b"E", frames.NO_NONCE, b"x")
    os.write(one.writer, b"half a frame")
    os.close(one.writer)
    with pytest.raises(ProtocolError):
        inbox.get(5)
    inbox.close()
    os.close(one.reader)


def test_an_inbox_takes_in_no_flood(ends: tuple[Channel, Channel]) -> None:
    one, other = ends
    inbox = Inbox(other)
    sent = []

    def flood() -> None:
        try:
            while True:
                one.send(b"E", bytes(1 << 20))
                sent.append(1)
        except OSError:
            pass  # the other side is gone

    thread = threading.Thread(target=flood)
    thread.start()
    thread.join(0.5)
    assert thread.is_alive()  # it has to wait
    assert len(sent) <= MAX_WAITING + 2
    for _ in range(5):
        assert inbox.get(5) is not None
    os.close(other.reader)
    os.close(one.reader)
    while thread.is_alive():
        with contextlib.suppress(TimeoutError, ProtocolError):
            inbox.get(0.05)
    os.close(one.writer)


def test_a_frame_that_is_too_large_is_not_written(
    ends: tuple[Channel, Channel], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = ends
    monkeypatch.setattr(frames, "MAX_FRAME_BYTES", 10)
    with pytest.raises(ProtocolError, match="11 bytes cannot be sent"):
        one.send(b"E", bytes(11))
    one.send(b"E", bytes(10))
    frame = other.receive()
    assert frame is not None
    assert frame.body == bytes(10)


def interruptible() -> tuple[InterruptibleChannel, Channel]:
    """Return both ends of a connection, the first of which may be given up."""
    (ours, theirs), (mine, yours) = os.pipe(), os.pipe()
    return InterruptibleChannel(ours, yours), Channel(mine, theirs)


@pytest.mark.skipif(sys.platform == "win32", reason="needs poll")
@pytest.mark.parametrize("sent", [b"", b"E" + bytes(20)], ids=["nothing", "half a frame"])
def test_an_inbox_can_be_closed_although_something_keeps_the_other_end(
    sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "CLOSE_SECONDS", 0.1)
    one, other = interruptible()
    os.write(other.writer, sent)
    inbox = Inbox(one)
    begun = time.monotonic()
    inbox.close()
    assert time.monotonic() - begun < 5
    assert not inbox._reader.is_alive()
    other.close()


@pytest.mark.skipif(sys.platform == "win32", reason="needs poll")
def test_sending_to_somebody_who_never_reads_fails_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "SEND_SECONDS", 0.1)
    one, other = interruptible()
    with pytest.raises(TimeoutError):
        one.send(b"E", bytes(1 << 20))
    one.close()
    other.close()


def test_long_frames_go_both_ways_through_a_channel_that_can_be_given_up() -> None:
    one, other = interruptible()
    body = os.urandom(3 << 20)
    for sender, receiver in ((one, other), (other, one)):
        thread = threading.Thread(target=sender.send, args=(b"E", body))
        thread.start()
        assert receiver.receive() == Frame(b"E", frames.NO_NONCE, body)
        thread.join()
    one.close()
    other.close()


def test_nothing_is_written_after_the_end_into_a_file_that_has_the_number_now(tmp_path: Path) -> None:
    one, other = pair()
    number = one.writer
    one.close()
    file = os.open(tmp_path / "store", os.O_WRONLY | os.O_CREAT)
    if file != number:
        os.dup2(file, number)
        os.close(file)
    with pytest.raises(BrokenPipeError, match="closed"):
        one.send(b"E", b"evidence")
    one.close()  # and does not close the file
    os.write(number, b"marks")
    os.close(number)
    assert (tmp_path / "store").read_bytes() == b"marks"
    other.close()


@pytest.mark.skipif(sys.platform == "win32", reason="needs poll")
def test_a_channel_can_be_closed_while_the_other_side_takes_no_bytes() -> None:
    one, other = interruptible()
    errors: list[BaseException] = []

    def send() -> None:
        try:
            one.send(b"E", bytes(1 << 20))
        except OSError as error:
            errors.append(error)

    thread = threading.Thread(target=send)
    thread.start()
    while not select.select([other.reader], [], [], 0.05)[0]:  # until it has begun to write
        pass
    one.close()
    thread.join()
    assert len(errors) == 1
    with pytest.raises(CutOffError):
        other.receive()
    other.close()


@pytest.mark.skipif(not hasattr(select, "poll"), reason="Windows reports no end before everything was read")
def test_an_end_is_seen_before_everything_was_read() -> None:
    reader, writer = os.pipe()
    os.write(writer, b"not read")
    assert not frames._has_ended(reader)
    os.close(writer)
    assert frames._has_ended(reader)
    os.close(reader)


def test_where_an_end_cannot_be_seen_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(select, "poll", raising=False)
    assert frames._has_ended(-1) is False
