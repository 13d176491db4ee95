"""What fills a process of the grader, or keeps it busy, costs the submission that did it its verdict.

Without the limits, each of these takes what it tries to take, or goes on for ever.
"""

import os
import struct
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import numpy as np
import pytest

from grader.core.i18n import _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, passed
from grader.examiner import session
from grader.grading.evidence_room import EvidenceRoom, NoRoomError
from grader.protocol import channel, parcels
from grader.protocol.channel import NO_NONCE, Channel, Frame, Inbox
from grader.protocol.evidence import MAX_RUN_BYTES, MAX_STEP_BYTES, ImportEvidence
from grader.protocol.messages import Evidence, Judged
from grader.protocol.parcels import BadParcelError, unpack
from grader.rubric.checks.base import Check
from tests.attacks.trusted.measure import Answer, measure
from tests.attacks.trusted.recordings import Recording, load


@dataclass(frozen=True)
class Work(Check):
    """A check whose judgement takes what it takes: some evidence always may, whatever its readers do."""

    do: Callable[[], object]

    def steps(self, seeds: Any) -> Any:
        return load("wine").loaded.rubric.criteria[0].check.steps(seeds)

    def judge(self, case: Case) -> Judgement:
        self.do()
        return passed(_("It is right."))


def with_work(do: Callable[[], object]) -> Recording:
    """Return a recording whose first criterion is judged by some work."""
    recording = load("wine")
    first, *others = recording.loaded.rubric.criteria
    rubric = replace(recording.loaded.rubric, criteria=(replace(first, check=Work(do)), *others))
    return replace(recording, loaded=replace(recording.loaded, rubric=rubric))


def statuses(recording: Recording) -> Answer:
    """Judge, and return the status of each criterion and the first message."""
    reply = recording.judge()
    assert isinstance(reply, Judged)
    criteria = reply.verdict.criteria
    return {"statuses": [str(c.status) for c in criteria], "message": criteria[0].message}


def fill_memory() -> object:
    return np.ones(200 << 20, np.uint8)


def work_on() -> object:
    end = time.process_time() + 3.0
    while time.process_time() < end:
        pass
    return None


def test_a_judgement_that_takes_too_much_memory_costs_its_criterion() -> None:
    cost = measure(lambda: statuses(with_work(fill_memory)), memory_mib=session.MEMORY_MIB)
    assert cost.answer["statuses"][0] == "passed"
    limited = measure(
        lambda: statuses(with_work(lambda: np.ones(3 << 30, np.uint8))), memory_mib=session.MEMORY_MIB
    )
    first, *others = limited.answer["statuses"]
    assert (first, set(others)) == ("not_graded", {"passed"})
    assert "more memory than it has" in limited.answer["message"]
    assert limited.peak_mib < session.MEMORY_MIB


def test_a_judgement_that_takes_too_long_ends_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    assert statuses(with_work(work_on))["statuses"][0] == "passed"
    monkeypatch.setattr(session.Session, "step_seconds", 1)
    start = time.process_time()
    answer = statuses(with_work(work_on))
    assert time.process_time() - start < 2.5
    assert set(answer["statuses"]) == {"not_graded"}
    assert "longer than 1 s" in answer["message"]
    assert statuses(load("wine"))["statuses"][0] == "passed"  # the process goes on


def test_evidence_that_cannot_be_decoded_in_time_is_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("grader.examiner.build_case.find_step_problem", lambda *_: work_on())
    monkeypatch.setattr(session.Session, "step_seconds", 1)
    answer = statuses(load("wine"))
    assert set(answer["statuses"]) == {"not_graded"}


# Frames and parcels.


def pipe() -> tuple[Channel, Channel]:
    (ours, theirs), (mine, yours) = os.pipe(), os.pipe()
    return Channel(ours, yours), Channel(mine, theirs)


def count_frames_read_ahead() -> int:
    """Send large frames that nobody asks for; return how many the other side took in."""
    one, other = pipe()
    inbox, sent = Inbox(other), []

    def flood() -> None:
        try:
            for _number in range(6):
                one.send(b"E", bytes(4 << 20))
                sent.append(1)
        except OSError:
            pass

    thread = threading.Thread(target=flood)
    thread.start()
    thread.join(1.0)
    count = len(sent)
    for _number in range(6):
        assert inbox.get(10) == Frame(b"E", NO_NONCE, bytes(4 << 20))
    thread.join()
    os.close(one.writer)
    inbox.close()
    os.close(one.reader)
    return count


def test_of_large_frames_that_nobody_asked_for_one_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert count_frames_read_ahead() == 1
    monkeypatch.setattr(channel, "MAX_WAITING_BYTES", 1 << 40)
    monkeypatch.setattr(channel, "MAX_WAITING", 10)
    assert count_frames_read_ahead() > 2


def with_arrays(packed: bytes) -> bytes:
    """Return a parcel with such arrays."""
    text = msgspec.json.encode(ImportEvidence())
    return parcels._HEADER.pack(b"KGP2", len(text), zlib.crc32(packed)) + text + packed


def forged(count: int, array: bytes) -> bytes:
    """Return MessagePack of as many arrays, each of these bytes."""
    return b"\xdd" + struct.pack(">I", count) + array * count


NAMED = b"\x95\xa1a\xa3<f4"
ARRAYS = {
    "millions of arrays": forged(3_000_000, NAMED + b"\x90\xa1C\xc4\x00"),
    "an array of millions of dimensions": forged(
        1, NAMED + b"\xdd" + struct.pack(">I", 20_000_000) + b"\x01" * 20_000_000 + b"\xa1C\xc4\x00"
    ),
}


class LoosePackedArray(msgspec.Struct, frozen=True, array_like=True):
    """An array without limits for what is built before it is looked at."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    order: str
    content: memoryview


@pytest.mark.parametrize("name", ARRAYS)
def test_arrays_beyond_a_limit_are_refused_before_they_are_built(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parcel = with_arrays(ARRAYS[name])

    def work() -> Answer:
        try:
            unpack(parcel, ImportEvidence)
        except BadParcelError:
            return {"refused": True}
        return {}

    bounded = measure(work)
    assert bounded.answer == {"refused": True}
    assert bounded.peak_mib < 30
    monkeypatch.setattr(parcels, "PackedArrays", list[LoosePackedArray])
    assert measure(work).peak_mib > 100


def test_an_array_of_items_without_bytes_is_refused() -> None:
    nothing = b"\x95\xa1a\xa3<U0" + b"\x91\xcf" + struct.pack(">Q", 10**15) + b"\xa1C\xc4\x00"
    with pytest.raises(BadParcelError, match="<U0"):
        unpack(with_arrays(forged(1, nothing)), ImportEvidence)


# Many submissions at once.


def test_the_evidence_of_all_submissions_together_is_bounded() -> None:
    """Evidence that is there, and four of the largest pieces on their way at the same time."""
    room = EvidenceRoom(most_shares=10)
    with room.share() as one, room.share() as other, room.share() as third:
        for share in (one, other):
            share.settle(MAX_RUN_BYTES)
            share.announce(MAX_STEP_BYTES - room.own_bytes)
        with pytest.raises(NoRoomError):
            third.announce(MAX_STEP_BYTES)
    with room.share() as alone:
        alone.settle(3 * MAX_RUN_BYTES)
        alone.announce(MAX_STEP_BYTES)  # nobody else is there
    unbounded = EvidenceRoom(10, 1 << 60)
    with unbounded.share() as one, unbounded.share() as other:
        one.settle(MAX_RUN_BYTES * 100)
        other.announce(MAX_RUN_BYTES * 100)


def test_evidence_is_counted_as_it_is_packed() -> None:
    evidence = Evidence(imported=b"123", bodies={"a": b"12"}, replays={"b": b"1"})
    assert evidence.count_bytes() == 6
