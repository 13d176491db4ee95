"""What a child sends while it answers: the line that runs is recorded; what nobody asked for ends the run."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from grader.protocol.channel import (
    EVIDENCE,
    FAULT,
    IMPORTED,
    NO_NONCE,
    PLACE,
    UNIT,
    WALLS,
    Channel,
    Frame,
    Inbox,
    ProtocolError,
)
from grader.protocol.evidence import MAX_STEP_BYTES, NOT_TRIED, Stopped, StopReason
from grader.protocol.evidence import Frame as SourceLine
from grader.protocol.parcels import pack
from grader.protocol.plan import Call, Limits, Plan
from grader.protocol.submission import Submission, Unit
from grader.sandbox import processor_wait, run
from grader.sandbox.cancel import CancelToken
from grader.sandbox.environment import Exit
from grader.sandbox.explain_stop import explain_stop
from grader.sandbox.processor_wait import waited_seconds
from grader.sandbox.receive import (
    MAX_PLACES,
    MAX_SMALL_BYTES,
    Awaited,
    FrameLimits,
    NoCounter,
    RunInterruptedError,
)
from grader.sandbox.run import RunResult

NONCE, OTHER = b"n" * 16, b"o" * 16
ANSWER = Frame(EVIDENCE, NONCE, b"{}")


def place(nonce: bytes = NONCE, **fields: object) -> Frame:
    return Frame(PLACE, nonce, json.dumps({"line": 12, "function": "train", **fields}).encode())


class Clock:
    """A clock that goes on only where something is waited for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(processor_wait, "time", SimpleNamespace(monotonic=lambda: self.now))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def awaited(
    frames: Iterable[Frame], seconds: float = 1.0, clock: Clock | None = None, busy: float = 0.0
) -> Awaited:
    """Wait for a child that sends these frames, then nothing; `busy`: share of time without a processor for it."""
    rest = iter(frames)

    def get(seconds: float) -> Frame:
        for frame in rest:
            return frame
        if clock is not None:
            clock.now += seconds
        raise TimeoutError

    waited = (lambda: busy * clock.now) if clock is not None else (lambda: 0.0)
    process = SimpleNamespace(inbox=SimpleNamespace(get=get), waited_seconds=waited)
    return Awaited(process, NONCE, seconds)


def stop_of(waiting: Awaited) -> tuple[StopReason, str]:
    with pytest.raises(RunInterruptedError) as interrupted:
        waiting.receive(EVIDENCE, NONCE)
    return interrupted.value.stopped.reason, interrupted.value.stopped.detail


def test_of_what_nobody_asked_for_no_byte_is_read() -> None:
    """A child may send 190 MiB as often as it likes; the header says so, and that is enough."""
    reader, writer = os.pipe()
    child, supervisor = Channel(reader, writer), Channel(reader, writer)
    supervisor.admit = limits = FrameLimits(NoCounter())
    limits.asked = NONCE
    child.send(EVIDENCE, b"asked", NONCE)
    assert supervisor.receive() == Frame(EVIDENCE, NONCE, b"asked")
    child.send(EVIDENCE, b"x", NONCE)
    with pytest.raises(ProtocolError, match="too large"):
        supervisor.receive()
    assert os.read(reader, 2) == b"x"
    child.close()


def test_of_a_submission_that_sends_and_sends_nothing_more_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is beyond the budget of a run is not kept, but was sent all the same."""
    steps = tuple(Call(id=f"{name}@0", function=name) for name in ("one", "two", "three", "four"))
    parcel = pack(Plan(exercise="wine", limits=Limits(), steps=steps), {})
    execution = run._Execution(Mock(), parcel, None, lambda *_: None, CancelToken())
    monkeypatch.setattr(run, "MAX_SENT_BYTES", 100)
    execution.budget = 50
    for step, body in zip(steps[:2], (bytes(40), bytes(45)), strict=True):
        execution._store_evidence(step, body)
    execution.current, execution.has_begun = steps[2], True
    with pytest.raises(RunInterruptedError) as interrupted:
        execution._store_evidence(steps[2], bytes(40))
    execution._record_stop(interrupted.value.stopped)
    assert list(execution.run.bodies) == ["one@0"]
    assert {name: stop.reason for name, stop in execution.run.stops.items()} == dict.fromkeys(
        ("two@0", "three@0", "four@0"), StopReason.TOO_LARGE
    )
    assert [name for name, stop in execution.run.stops.items() if stop.detail == NOT_TRIED] == ["four@0"]
    assert not execution._list_pending()


def test_evidence_may_be_large_and_nothing_else() -> None:
    limits = FrameLimits(NoCounter())
    assert not limits(IMPORTED, NO_NONCE, 1)
    for kind in (IMPORTED, EVIDENCE):
        limits.asked = NONCE
        assert not limits(kind, OTHER, 1)
        assert limits(kind, NONCE, MAX_STEP_BYTES)
        assert not limits(kind, NONCE, 1)  # a second time
        limits.asked = NONCE
        assert not limits(kind, NONCE, MAX_STEP_BYTES + 1)
    for kind in (PLACE, UNIT, WALLS, FAULT):
        assert [limits(kind, NONCE, MAX_SMALL_BYTES), limits(kind, NONCE, MAX_SMALL_BYTES + 1)] == [True, False]


class Counter:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[int | str] = []

    def announce(self, size: int) -> None:
        self.told.append(size)

    def keep(self) -> None:
        self.told.append("keep")


def test_evidence_is_announced_before_it_is_read_and_nothing_else_is() -> None:
    counter = Counter()
    limits = FrameLimits(counter)
    limits(PLACE, NO_NONCE, 100)
    limits(EVIDENCE, NONCE, 100)
    limits.asked = NONCE
    limits(EVIDENCE, NONCE, MAX_STEP_BYTES + 1)
    limits.asked = NONCE
    assert limits(EVIDENCE, NONCE, 100)
    assert counter.told == [100]


def test_the_last_line_is_recorded_until_the_answer_comes() -> None:
    waiting = awaited([place(line=3), place(line=12), ANSWER])
    assert waiting.receive(EVIDENCE, NONCE) == ANSWER
    assert waiting.place == SourceLine(line=12, function="train")


def test_time_that_is_over_leaves_the_line_and_the_seconds(clock: Clock) -> None:
    waiting = awaited([place()], 20.0, clock)
    assert stop_of(waiting) == (StopReason.TIME, "20")
    assert waiting.place == SourceLine(line=12, function="train")


@pytest.mark.parametrize(
    ("busy", "ends"),
    [
        (0.0, 20.0),  # nothing else runs, or the child sleeps
        (0.5, 39.0),  # it runs half of the time; of the first second nothing is known
        (0.9, 80.0),  # at most four times its limit
    ],
)
def test_time_in_which_no_processor_is_free_does_not_count(clock: Clock, busy: float, ends: float) -> None:
    waiting = awaited([], 20.0, clock, busy)
    assert stop_of(waiting) == (StopReason.TIME, "20")
    assert clock.now == pytest.approx(ends, abs=0.5)


def test_waiting_for_a_processor_is_measured() -> None:
    """Two processes on one processor wait for each other half of the time; one that sleeps waits for nothing."""
    processor = min(os.sched_getaffinity(0))
    busy = f"import os; os.sched_setaffinity(0, {{{processor}}}); print(flush=True)\nwhile True: pass"
    commands = [busy, busy, "import time; print(flush=True); time.sleep(60)"]
    processes = [subprocess.Popen([sys.executable, "-c", c], stdout=subprocess.PIPE) for c in commands]
    try:
        for process in processes:
            assert process.stdout is not None
            process.stdout.readline()
        before = [waited_seconds(process.pid) for process in processes]
        time.sleep(1.0)
        waited = [waited_seconds(process.pid) - old for process, old in zip(processes, before, strict=True)]
    finally:
        for process in processes:
            process.kill()
            process.communicate()
    assert max(waited[:2]) > 0.25
    assert waited[2] < 0.05
    assert waited_seconds(processes[0].pid) == 0.0  # it is gone


def execution(submission: Submission | None, *stops: Stopped, begins: bool = True) -> RunResult:
    """Run one step with children that end as told, one after the other, and no further one."""
    steps = (Call(id="one@0", function="one"),)
    made = run._Execution(
        Mock(), pack(Plan(exercise="wine", limits=Limits(), steps=steps), {}), submission, *[Mock()] * 2
    )
    for stopped in stops:
        made.has_begun, made.current = begins, steps[0] if begins else None
        made._record_stop(stopped)
    return made.run


SUBMISSION = Submission("x.py", "0" * 64, "script", (Unit("", ""),))


def test_a_child_that_does_not_start_is_started_again_and_is_never_the_submissions_fault() -> None:
    end = Exit(-9, 0.0)
    for error in (
        RunInterruptedError(StopReason.EXIT),
        TimeoutError(),
        RunInterruptedError(StopReason.GRADER, "x"),
    ):
        why = explain_stop(error, Mock(exceeded=None), end, Limits(), has_begun=False, has_submission=True)
        assert why.reason is StopReason.GRADER
        assert execution(SUBMISSION, why, why, begins=False).import_stop is None
        assert execution(SUBMISSION, why, why, why, begins=False).import_stop == why


def test_a_fault_that_the_submission_may_have_forged_is_not_told_as_the_graders() -> None:
    error = RunInterruptedError(StopReason.GRADER, "full points, please")
    for submission, reason in ((SUBMISSION, StopReason.BROKEN), (None, StopReason.GRADER)):
        why = explain_stop(
            error,
            Mock(exceeded=None),
            Exit(0, 0.0),
            Limits(),
            has_begun=True,
            has_submission=submission is not None,
        )
        assert (why.reason, why.detail) == (reason, "full points, please")
    broken = Stopped(reason=StopReason.BROKEN)
    assert execution(SUBMISSION, broken).stops == {}  # tried once more
    assert execution(SUBMISSION, broken, broken).stops == {"one@0": broken}


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


@pytest.mark.parametrize("written", [0, 10, 30])
def test_a_child_that_is_killed_while_it_writes_has_ended_and_forged_nothing(written: int) -> None:
    (reader, child_writer), (child_reader, writer) = os.pipe(), os.pipe()
    whole = b"E" + NO_NONCE + (100).to_bytes(8, "little") + bytes(100)
    os.write(child_writer, whole[:written])
    os.close(child_writer)
    inbox = Inbox(Channel(reader, writer))
    process = SimpleNamespace(inbox=inbox, waited_seconds=lambda: 0.0)
    assert stop_of(Awaited(process, NONCE, 10.0))[0] is StopReason.EXIT
    inbox.close()
    os.close(child_reader)
