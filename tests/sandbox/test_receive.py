"""What a child sends while it answers: the line that runs is recorded; what nobody asked for ends the run."""

import json
from collections.abc import Iterable
from types import SimpleNamespace

import pytest

from grader.protocol.channel import EVIDENCE, PLACE, Frame
from grader.protocol.evidence import Frame as SourceLine
from grader.protocol.evidence import StopReason
from grader.sandbox.receive import MAX_PLACES, Awaited, RunInterruptedError

NONCE, OTHER = b"n" * 16, b"o" * 16
ANSWER = Frame(EVIDENCE, NONCE, b"{}")


def place(nonce: bytes = NONCE, **fields: object) -> Frame:
    return Frame(PLACE, nonce, json.dumps({"line": 12, "function": "train", **fields}).encode())


def awaited(frames: Iterable[Frame], seconds: float = 1.0) -> Awaited:
    """Wait for a child that sends these frames and then nothing."""
    rest = iter(frames)

    def get(_seconds: float) -> Frame:
        for frame in rest:
            return frame
        raise TimeoutError

    process = SimpleNamespace(inbox=SimpleNamespace(get=get))
    return Awaited(process, NONCE, seconds)


def stop_of(waiting: Awaited) -> tuple[StopReason, str]:
    with pytest.raises(RunInterruptedError) as interrupted:
        waiting.receive(EVIDENCE, NONCE)
    return interrupted.value.stopped.reason, interrupted.value.stopped.detail


def test_the_last_line_is_recorded_until_the_answer_comes() -> None:
    waiting = awaited([place(line=3), place(line=12), ANSWER])
    assert waiting.receive(EVIDENCE, NONCE) == ANSWER
    assert waiting.place == SourceLine(line=12, function="train")


def test_time_that_is_over_leaves_the_line_and_the_seconds() -> None:
    waiting = awaited([place()], seconds=20.0)
    assert stop_of(waiting) == (StopReason.TIME, "20")
    assert waiting.place == SourceLine(line=12, function="train")


def test_a_line_of_an_earlier_step_is_not_taken_for_one_of_this() -> None:
    waiting = awaited([place(OTHER), ANSWER])
    waiting.receive(EVIDENCE, NONCE)
    assert waiting.place is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b'{"line": 1, "x": 2}',
        b'{"line": 0}',
        b'{"line": -1}',
        b'{"line": 1e9}',
        b'{"line": 99999999999999999999999}',
        b'{"line": 1, "cell": 123456789}',
        b'{"line": 1, "function": "%s"}' % (b"x" * 999),
    ],
)
def test_what_is_no_line_ends_the_run(body: bytes) -> None:
    assert stop_of(awaited([Frame(PLACE, NONCE, body)]))[0] is StopReason.TAMPERED


def test_a_flood_of_lines_ends_the_run() -> None:
    flood = awaited([place()] * (MAX_PLACES * 10), seconds=1.0)
    assert stop_of(flood)[0] is StopReason.TAMPERED


def test_another_answer_ends_the_run() -> None:
    assert stop_of(awaited([Frame(EVIDENCE, OTHER, b"{}")]))[0] is StopReason.TAMPERED
