"""The evidence of submissions that are graded at once: counted before it is read, and never too much together."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.core.errors import InternalError
from grader.examiner.client import ExaminerClient
from grader.grading.evidence_room import EvidenceRoom, EvidenceShare, NoRoomError
from grader.grading.local_pool import MAX_WAITING, LocalPool, Setback
from grader.grading.results import Job, JobResult, PriorEvidence
from grader.protocol.channel import _HEADER, ANSWER, EVIDENCE, REQUEST, Channel, Frame, Inbox, InterruptibleChannel
from grader.protocol.messages import MakePlan, Question, ReplayGraphs, RunPlan
from grader.protocol.parcels import pack
from grader.protocol.plan import Call, Limits, Plan
from grader.protocol.submission import Submission, Unit
from grader.sandbox.run import RunResult, execute_plan
from tests.grading.test_local_pool import job, points
from tests.helpers.two_functions import RIGHT
from tests.sandbox.played_children import Child, PlayedEnvironment, answer

MOST, OWN = 1000, 50
SUBMISSION = Submission("x.py", "0" * 64, "script", (Unit("", ""),))
MiB = 1 << 20


# The arithmetic.

Act = tuple[str, int, int]  # what is done, which share does it, how many bytes
ACTS = st.tuples(
    st.sampled_from(["announce", "keep", "settle", "pass", "return"]), st.integers(0, 3), st.integers(0, 700)
)


def do(act: Act, share: EvidenceShare, copies: list[ExitStack]) -> None:
    """Do it; a copy that is passing stays in `copies` until it is returned."""
    name, _number, size = act
    if name == "announce":
        share.announce(size)
    elif name == "keep":
        share.keep()
    elif name == "settle":
        share.settle(size)
    elif name == "pass":
        copy = ExitStack()
        copy.enter_context(share.passing(size))
        copies.append(copy)
    elif copies:
        copies.pop().close()


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(ACTS, max_size=40))
def test_several_together_never_have_more_than_the_limit(acts: list[Act]) -> None:
    room = EvidenceRoom(most_shares=10, most_bytes=MOST)
    shares = [room.share() for _ in range(4)]
    copies: list[list[ExitStack]] = [[] for _ in shares]
    sizes = [0] * len(shares)
    for act in acts:
        share, number = shares[act[1]], act[1]
        before = room.count_bytes()
        try:
            do(act, share, copies[number])
        except NoRoomError:
            assert room.count_bytes() == before
        assert room.count_bytes() <= MOST
        sizes[number] = share._evidence + share._announced + share._passing
        assert room.count_bytes() == sum(max(size, OWN) for size in sizes)
    for share in shares:
        share.close()
        share.close()
    assert room.count_bytes() == 0


@pytest.fixture
def room() -> EvidenceRoom:
    return EvidenceRoom(most_shares=10, most_bytes=MOST)


def test_a_piece_takes_the_place_of_the_one_before_unless_that_is_kept(room: EvidenceRoom) -> None:
    with room.share() as share:
        share.announce(100)
        share.announce(300)
        assert room.count_bytes() == 300
        share.keep()
        share.announce(200)
        assert room.count_bytes() == 500
        with share.passing(100):
            assert room.count_bytes() == 600
            share.settle(400)
            assert room.count_bytes() == 500
        assert room.count_bytes() == 400
    assert room.count_bytes() == 0


def test_what_each_has_room_for_nobody_can_take(room: EvidenceRoom) -> None:
    with room.share() as greedy, room.share() as modest:
        greedy.announce(MOST - OWN)
        with pytest.raises(NoRoomError):
            greedy.announce(MOST - OWN + 1)
        modest.announce(OWN)
        modest.keep()
        with pytest.raises(NoRoomError):
            modest.announce(1)
        greedy.announce(MOST - OWN - 1)
        modest.announce(1)


def test_who_is_alone_may_have_as_much_as_it_likes_and_give_it_back_when_others_come(room: EvidenceRoom) -> None:
    with room.share() as alone:
        alone.settle(3 * MOST)
        with room.share() as late:
            with pytest.raises(NoRoomError):
                alone.announce(1)
            late.announce(OWN)
            alone.settle(2 * MOST)


# Several that send at once.


class Watched(EvidenceRoom):
    """Notes the most that it has counted while more than one share was open."""

    most = 0

    def resize(self, share: EvidenceShare, size: int) -> None:
        super().resize(share, size)
        if len(self._sizes) > 1:
            self.most = max(self.most, self.count_bytes())


def execute(share: EvidenceShare, *bodies: bytes) -> RunResult:
    """Run a child that answers its steps with these."""
    steps = tuple(Call(id=f"f{number}", function=f"f{number}") for number in range(len(bodies)))
    child = Child({step.id: answer(body) for step, body in zip(steps, bodies, strict=True)})
    parcel = pack(Plan(exercise="wine", limits=Limits(), steps=steps), {})
    return execute_plan(PlayedEnvironment(child), parcel, SUBMISSION, counter=share)


def test_of_many_that_send_at_once_those_without_room_end_and_then_go_well_alone() -> None:
    room, begin = Watched(6, 12 * MiB), threading.Barrier(6)
    outcomes: list[RunResult | Exception] = []

    def send() -> None:
        with room.share() as share:
            begin.wait()
            try:
                outcomes.append(execute(share, *[bytes(2 * MiB)] * 3))
            except Exception as error:  # noqa: BLE001 - looked at below
                outcomes.append(error)
            begin.wait()  # all that goes well is kept until the last one has sent

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    done = [outcome for outcome in outcomes if isinstance(outcome, RunResult)]
    assert len(outcomes) == 6
    assert len(done) <= 1  # 6 MiB and 5 times the 1 MiB that each has
    assert all(isinstance(outcome, NoRoomError) for outcome in outcomes if outcome not in done)
    assert 6 * MiB < room.most <= 12 * MiB
    assert room.count_bytes() == 0
    with room.share() as alone:
        assert len(execute(alone, *[bytes(2 * MiB)] * 3).bodies) == 3


def test_one_that_announces_much_and_sends_it_slowly_stops_no_other_one() -> None:
    room = EvidenceRoom(5, 10 * MiB)
    has_announced, may_end = threading.Event(), threading.Event()

    def send_slowly(channel: Channel, asked: Frame) -> bool:
        os.write(channel.writer, _HEADER.pack(EVIDENCE, asked.nonce, 9 * MiB) + b"x")
        may_end.wait(60)
        return False

    class Announced(EvidenceShare):
        def announce(self, size: int) -> None:
            super().announce(size)
            if size == 9 * MiB:
                has_announced.set()

    slow = Announced(room)
    room._sizes[slow] = 0
    step = Call(id="slow", function="slow")
    parcel = pack(Plan(exercise="wine", limits=Limits(), steps=(step,)), {})
    environment = PlayedEnvironment(*[Child({"slow": send_slowly}) for _ in range(2)])
    ended: list[RunResult] = []
    thread = threading.Thread(
        target=lambda: ended.append(execute_plan(environment, parcel, SUBMISSION, counter=slow))
    )
    thread.start()
    assert has_announced.wait(60)
    with room.share() as ordinary:
        assert len(execute(ordinary, *[bytes(MiB // 4)] * 3).bodies) == 3
        with pytest.raises(NoRoomError):
            execute(ordinary, bytes(2 * MiB))
    may_end.set()
    thread.join(60)
    assert list(ended[0].stops) == ["slow"]
    slow.close()
    assert room.count_bytes() == 0


@pytest.mark.parametrize("kept", [0, 1])
def test_of_a_piece_without_room_no_byte_is_read(kept: int) -> None:
    reader, writer = os.pipe()
    child, supervisor = Channel(reader, writer), Channel(reader, writer)
    with EvidenceRoom(most_shares=10, most_bytes=MOST).share() as share, share._room.share():
        share.announce(MOST - OWN - 100)
        if kept:
            share.keep()

        def admit(_kind: bytes, _nonce: bytes, length: int) -> bool:
            share.announce(length)
            return True

        supervisor.admit = admit
        child.send(EVIDENCE, bytes(101))
        if kept:
            with pytest.raises(NoRoomError):
                supervisor.receive()
            assert len(os.read(reader, 1000)) == 101
        else:
            assert supervisor.receive() is not None
    child.close()


# Parcels of replays.


def answer_with(parcel: bytes) -> tuple[ExaminerClient, Callable[[], None]]:
    """Return a client of an examiner that answers everything with a parcel of replays, and what ends it."""
    (ours, theirs), (mine, yours) = os.pipe(), os.pipe()
    client = ExaminerClient.__new__(ExaminerClient)
    client._inbox = Inbox(InterruptibleChannel(ours, yours))
    client._lock = threading.Lock()
    examiner = Channel(mine, theirs)

    def serve() -> None:
        while (frame := examiner.receive()) is not None and frame.kind == REQUEST:
            examiner.send(ANSWER, msgspec.msgpack.encode(ReplayGraphs(parcel)), frame.nonce)

    thread = threading.Thread(target=serve)
    thread.start()

    def end() -> None:
        os.close(yours)
        thread.join(10)
        examiner.close()
        client._inbox.channel.stop()

    return client, end


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[ExaminerClient]:
    monkeypatch.setattr("grader.examiner.client.waited_seconds", lambda _pid: 0.0)
    client, end = answer_with(bytes(MOST // 2))
    client._process = type("Played", (), {"pid": 0})()
    yield client
    end()


def test_a_reply_of_the_examiner_is_announced_twice_as_long_as_it_is(client: ExaminerClient) -> None:
    announced: list[int] = []
    request = MakePlan(Question("course", "exercise"))
    reply = client.ask(request, 10, ReplayGraphs, RunPlan, announce=announced.append)
    assert isinstance(reply, ReplayGraphs)
    (size,) = announced
    assert MOST <= size < MOST + 200


def test_a_reply_without_room_is_not_read_and_its_reason_arrives(client: ExaminerClient) -> None:
    def refuse(_size: int) -> None:
        raise NoRoomError("full")

    with pytest.raises(InternalError, match="full"):
        client.ask(MakePlan(Question("course", "exercise")), 10, ReplayGraphs, announce=refuse)


# The pool.


def test_all_shares_that_a_pool_can_give_find_their_part_in_half_of_the_room() -> None:
    """One for each thread, for the results that wait, and for the one that is being stored."""
    room = EvidenceRoom(4 + MAX_WAITING + 1, 1200)
    shares = [room.share() for _ in range(4 + MAX_WAITING + 1)]
    assert room.count_bytes() == 600
    shares[0].settle(700)
    for share in shares[1:]:
        share.settle(100)
    with pytest.raises(NoRoomError):
        shares[1].settle(101)


def test_in_a_pool_all_evidence_is_counted_until_it_is_stored(pool: LocalPool) -> None:
    pool.room = room = Watched(4, 10 * MiB)
    room.own_bytes = 0  # so that what is counted is what there is
    sizes = []
    for result in pool.grade_all([job(str(number), RIGHT) for number in range(4)], lambda _: None):
        assert points(result) == 100
        assert result.graded is not None
        sizes.append(result.graded.evidence.count_bytes())
        assert room.count_bytes() >= sizes[-1]
    assert max(sizes) < room.most
    assert room.count_bytes() == 0


def test_what_finds_no_room_beside_others_is_graded_alone_and_gets_all_its_points(
    pool: LocalPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool.room = EvidenceRoom(15, 3000)
    others, alone = pool.room.share(), list[str]()
    others.settle(2900)
    real = pool._grade_alone

    def grade_alone(job: Job, setback: Setback) -> JobResult:
        assert "too large together" in setback.reason
        alone.append(job.id)
        others.close()
        return real(job, setback)

    monkeypatch.setattr(pool, "_grade_alone", grade_alone)
    results = list(pool.grade_all([job(str(number), RIGHT) for number in range(3)], lambda _: None))
    assert sorted(alone) == ["0", "1", "2"]
    assert [points(result) for result in results] == [100, 100, 100]


def test_evidence_that_is_there_before_the_run_is_counted(pool: LocalPool) -> None:
    result = pool.grade_one(job("a", RIGHT))
    assert result.graded is not None
    verdict, evidence = result.graded.verdict, result.graded.evidence
    prior = PriorEvidence(evidence, verdict.seeds, verdict.isolation, verdict.resources)
    pool.room = room = Watched(2, 1 << 60)
    room.own_bytes = 0  # so that what is counted is what there is
    with pool.room.share(), pool.room.share() as share:
        pool.try_job(msgspec.structs.replace(job("a", RIGHT), prior=prior), share)
        largest = max(part.count_bytes() for part in evidence.parts())
        assert room.most == evidence.count_bytes() + largest
        assert room.count_bytes() == evidence.count_bytes()
