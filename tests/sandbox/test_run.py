"""A plan is executed by children that end, lie or hang: each step has evidence, or a reason why it has none.

One file of more than 400 lines, because all tests play children to the same loop.
"""

import math
import signal
from collections.abc import Sequence
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from grader.core.errors import SandboxError
from grader.protocol.channel import EVIDENCE, IMPORTED, NEEDS_LIBRARIES_CODE, Channel, Frame
from grader.protocol.evidence import MAX_STEP_BYTES, Stopped, StopReason
from grader.protocol.parcels import pack
from grader.protocol.plan import Call, Limits, Plan, ResultOf, Step, value_of
from grader.protocol.submission import Submission, Unit
from grader.sandbox import run
from grader.sandbox.cancel import CancelledError, CancelToken
from grader.sandbox.environment import Exit, Process
from grader.sandbox.receive import FrameLimits
from grader.sandbox.run import MAX_CHILDREN, RunResult, execute_plan
from tests.sandbox.played_children import (
    STANDING,
    Act,
    Child,
    PlayedEnvironment,
    answer,
    end,
    fail,
    forge,
    hang,
    say_line,
)

SCRIPT = Submission("x.py", "0" * 64, "script", (Unit("", ""),))
CELLS = Submission("x.ipynb", "0" * 64, "notebook", tuple(Unit("", "", cell) for cell in (2, 3, 5)))
LIMITS = Limits(wall_seconds=100.0)
KILLED = Exit(-9, 2.5)


def call(name: str, function: str = "", uses: str = "") -> Call:
    arguments = (ResultOf(step=uses),) if uses else ()
    return Call(id=name, function=function or name, arguments=arguments, after=uses)


ONE, TWO, THREE = STEPS = tuple(map(call, ("one", "two", "three")))
TWICE = (call("first", "f"), call("other", "g"), call("again", "f"), value_of("f"))


def parcel_of(steps: Sequence[Step], limits: Limits = LIMITS) -> bytes:
    return pack(Plan(exercise="wine", limits=limits, steps=tuple(steps)), {})


def execute(
    *children: Child, steps: Sequence[Step] = STEPS, submission: Submission | None = SCRIPT, budget: int = 1000
) -> tuple[RunResult, PlayedEnvironment]:
    environment = PlayedEnvironment(*children)
    return execute_plan(environment, parcel_of(steps), submission, budget=budget), environment


def reasons(result: RunResult) -> dict[str, StopReason]:
    return {name: stopped.reason for name, stopped in result.stops.items()}


def test_one_child_does_all_steps_and_is_told_the_end() -> None:
    done: list[tuple[str, int, int]] = []
    arrived: list[tuple[str, bytes]] = []
    environment = PlayedEnvironment(child := Child(exit=Exit(0, 1.25), peak=7.0))
    result = execute_plan(
        environment,
        parcel_of(STEPS),
        SCRIPT,
        progress=lambda step, number, count: done.append((step.id, number, count)),
        on_evidence=lambda name, body: arrived.append((name, body)),
    )
    assert result.bodies == {"one": b"one", "two": b"two", "three": b"three"} == dict(arrived)
    assert done == [("one", 0, 3), ("two", 1, 3), ("three", 2, 3)]
    assert (result.stops, result.import_stop, result.imported) == ({}, None, b"{}")
    assert (result.walls, result.cpu_seconds, result.peak_mib) == ((STANDING,), 1.25, 7.0)
    assert environment.started == [child]
    assert child.was_ended
    assert not child.was_killed
    assert child.submission == SCRIPT


def test_steps_that_are_lost_count_as_done() -> None:
    done: list[tuple[str, int]] = []
    execute_plan(
        PlayedEnvironment(Child({"one": end})),
        parcel_of(STEPS),
        SCRIPT,
        progress=lambda step, number, _count: done.append((step.id, number)),
    )
    assert done == [("one", 0), ("two", 1), ("three", 2)]


def test_what_the_children_used_is_added_up_and_the_highest_peak_counts() -> None:
    result, _ = execute(Child({"one": end}, exit=Exit(1, 2.0001), peak=9.0), Child(exit=Exit(0, 0.5), peak=3.0))
    assert (result.cpu_seconds, result.peak_mib) == (2.5, 9.0)


def test_a_plan_without_a_submission_waits_for_no_file() -> None:
    result, environment = execute(Child(top=end), submission=None)
    assert len(result.bodies) == 3
    assert environment.started[0].submission is None
    assert result.imported == b""


def test_a_function_that_ends_its_process_loses_all_its_calls_and_nothing_else() -> None:
    result, environment = execute(
        Child({"first": say_line(7, end)}, exit=Exit(3, 0.0)),
        Child(),
        steps=TWICE,
    )
    assert list(result.bodies) == ["other", "f@value"]
    assert reasons(result) == {"first": StopReason.EXIT, "again": StopReason.EXIT}
    assert result.stops["first"].detail == "3"
    assert (at := result.stops["first"].at) is not None
    assert at.line == 7
    assert [child.asked for child in environment.started] == [["first"], ["other", "f@value"]]
    assert environment.started[0].grace == run.END_SECONDS  # it ends by itself: how is worth waiting for


def test_a_step_that_is_no_call_is_lost_alone() -> None:
    steps = (value_of("f"), *TWICE[:3])
    result, _ = execute(Child({"f@value": end}), steps=steps)
    assert list(result.stops) == ["f@value"]
    assert len(result.bodies) == 3


@pytest.mark.parametrize("act", [forge, answer(kind=IMPORTED)])
def test_a_function_that_forges_is_not_called_again(act: Act) -> None:
    result, environment = execute(Child({"first": act}), steps=TWICE)
    assert reasons(result) == dict.fromkeys(("first", "again"), StopReason.TAMPERED)
    assert result.stops["first"].at is None
    assert environment.started[0].grace == 0.0  # no child that lies gets time
    assert environment.started[0].was_killed
    assert [child.asked for child in environment.started] == [["first"], ["other", "f@value"]]


def test_a_step_that_was_lost_is_not_repeated_for_those_that_use_it() -> None:
    steps = (call("first", "f"), call("user", "g", uses="first"))
    result, environment = execute(Child({"first": end}), steps=steps)
    assert reasons(result) == {"first": StopReason.EXIT}
    assert environment.started[1].asked == ["user"]  # it answers that it was skipped


def test_a_step_is_repeated_for_those_that_use_it_and_its_first_evidence_counts() -> None:
    steps = (call("first", "f"), call("second", "g"), call("user", "h", uses="first"))
    arrived: list[str] = []
    environment = PlayedEnvironment(Child({"second": end}), Child({"first": answer(b"changed")}))
    result = execute_plan(
        environment, parcel_of(steps), SCRIPT, on_evidence=lambda name, _body: arrived.append(name)
    )
    assert environment.started[1].asked == ["first", "user"]
    assert result.bodies == {"first": b"first", "user": b"user"}
    assert arrived == ["first", "user"]


def test_a_step_that_fails_when_it_is_repeated_ends_the_run_of_all_that_are_left() -> None:
    steps = (call("first", "f"), call("second", "g"), call("user", "h", uses="first"), call("last", "i"))
    result, environment = execute(Child({"second": end}), Child({"first": end}, exit=Exit(9, 0.0)), steps=steps)
    assert list(result.bodies) == ["first"]
    assert {name: stop.detail for name, stop in result.stops.items()} == {"second": "0", "user": "9", "last": "9"}
    assert len(environment.started) == 2


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_a_step_that_a_signal_ended_is_tried_once_more(number: signal.Signals) -> None:
    """A machine that is short of memory kills right solutions, too, and libraries crash by chance."""
    killed = Exit(-number, 0.0)
    result, environment = execute(Child({"two": end}, exit=killed), Child())
    assert len(result.bodies) == 3
    assert environment.started[1].asked == ["two", "three"]
    result, environment = execute(Child({"two": end}, exit=killed), Child({"two": end}, exit=killed))
    assert result.stops == {"two": Stopped(reason=StopReason.SIGNAL, detail=number.name)}
    assert [child.asked for child in environment.started] == [["one", "two"], ["two"], ["three"]]


def test_a_fault_is_tried_once_more_and_other_ends_are_not() -> None:
    result, environment = execute(Child({"two": fail}))
    assert len(result.bodies) == 3
    assert len(environment.started) == 2
    result, _ = execute(Child({"two": end}, exit=Exit(1, 0.0)))
    assert result.stops == {"two": Stopped(reason=StopReason.EXIT, detail="1")}


def test_a_limit_that_was_exceeded_is_told_with_its_size() -> None:
    result, _ = execute(Child({"two": end}, exit=KILLED, exceeded=StopReason.MEMORY))
    assert result.stops == {"two": Stopped(reason=StopReason.MEMORY, detail="2048")}


def test_a_call_that_takes_too_long_is_stopped() -> None:
    hangs = Call(id="two", function="two", limit_seconds=0.05)
    result, environment = execute(Child({"two": hang}), steps=(ONE, hangs, THREE))
    assert reasons(result) == {"two": StopReason.TIME}
    assert environment.started[0].grace == 0.0
    assert list(result.bodies) == ["one", "three"]


def test_children_are_started_only_so_often() -> None:
    steps = [call(f"step{number}") for number in range(MAX_CHILDREN + 2)]
    result, environment = execute(*(Child({step.id: end}) for step in steps), steps=steps)
    assert len(environment.started) == MAX_CHILDREN
    restarts = Stopped(reason=StopReason.RESTARTS, detail=str(MAX_CHILDREN))
    assert [result.stops[step.id] for step in steps[-2:]] == [restarts] * 2
    assert reasons(result)[steps[-3].id] is StopReason.EXIT


# The file itself.


def test_a_script_that_ends_its_process_is_executed_once() -> None:
    result, environment = execute(Child(top=say_line(3, end), exit=Exit(4, 0.0)))
    assert result.import_stop is not None
    assert (result.import_stop.reason, result.import_stop.detail) == (StopReason.EXIT, "4")
    assert result.import_stop.at is not None
    assert result.stops == dict.fromkeys(("one", "two", "three"), result.import_stop)
    assert (len(environment.started), result.import_unit, result.imported) == (1, None, b"")


def test_a_cell_that_ends_its_process_is_left_out_once() -> None:
    first, second = Child(units=(b"2", b"3"), exit=Exit(4, 0.0)), Child()
    result, environment = execute(first, second, submission=CELLS)
    assert len(result.bodies) == 3
    assert result.import_unit == 3
    assert (stop := result.import_stop) is not None
    assert stop.detail == "4"
    assert second.submission is not None
    assert [unit.cell for unit in second.submission.units] == [2, 5]
    assert environment.started == [first, second]


def test_a_second_cell_that_ends_its_process_ends_the_run_and_the_first_is_told() -> None:
    first, second = Child(units=(b"2", b"3"), exit=Exit(4, 0.0)), Child(units=(b"2",), exit=Exit(5, 0.0))
    result, environment = execute(first, second, submission=CELLS)
    assert environment.started == [first, second]
    assert result.import_unit == 3
    assert {stop.detail for stop in result.stops.values()} == {"4"}
    assert len(result.stops) == 3


@pytest.mark.parametrize("unit", [b"", b"x", b"-1", b"12345678"])
def test_a_cell_that_is_no_number_is_tampering(unit: bytes) -> None:
    result, environment = execute(Child(units=(unit,)))
    assert set(reasons(result).values()) == {StopReason.TAMPERED}
    assert len(environment.started) == 1


def test_the_number_of_a_cell_may_have_seven_digits() -> None:
    assert len(execute(Child(units=(b"1234567",)))[0].bodies) == 3


def test_what_the_file_left_is_kept_from_the_first_child() -> None:
    result, _ = execute(
        Child({"one": end}, top=answer(b"first", IMPORTED)), Child(top=answer(b"second", IMPORTED))
    )
    assert result.imported == b"first"


def test_a_child_that_does_not_start_is_replaced_twice() -> None:
    late = [Child(starts=False, exit=Exit(1, 0.0)) for _ in range(2)]
    assert len(execute(*late)[0].bodies) == 3
    result, environment = execute(*(Child(starts=False, exit=Exit(1, 0.0)) for _ in range(3)))
    assert set(reasons(result).values()) == {StopReason.GRADER}
    assert len(environment.started) == 3


# The budget.


def test_evidence_beyond_the_budget_is_not_kept_and_later_evidence_may_fit() -> None:
    arrived: list[str] = []
    environment = PlayedEnvironment(
        Child({"one": answer(bytes(8)), "two": answer(bytes((1 << 20) - 9)), "three": answer(b"xy")})
    )
    result = execute_plan(
        environment,
        parcel_of(STEPS),
        SCRIPT,
        budget=1 << 20,  # two bytes are what the file left
        on_evidence=lambda name, _body: arrived.append(name),
    )
    assert list(result.bodies) == ["one", "three"] == arrived
    assert result.stops == {"two": Stopped(reason=StopReason.TOO_LARGE, detail="1")}  # in MiB
    assert len(environment.started) == 1


def test_what_the_file_left_counts_as_sent_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "MAX_SENT_BYTES", 25)
    left = answer(bytes(10), IMPORTED)
    result, environment = execute(Child({"one": end}, top=left), Child({"two": end}, top=left), Child(top=left))
    assert reasons(result) == {
        "one": StopReason.EXIT,
        "two": StopReason.EXIT,
        "three": StopReason.TOO_LARGE,
    }
    assert len(environment.started) == 3


def test_of_a_child_no_evidence_is_read_that_nobody_asked_for() -> None:
    _, environment = execute(Child({"one": end}))
    limits = [process.channel.admit for process in environment.processes]
    assert all(isinstance(limit, FrameLimits) for limit in limits)
    assert len({id(limit) for limit in limits}) == 2
    assert [limit(EVIDENCE, b"x" * 16, 1) for limit in limits] == [False, False]


def test_evidence_longer_than_that_of_one_step_may_be_is_tampering(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "MAX_STEP_BYTES", 10)
    result, _ = execute(Child({"one": answer(bytes(10)), "two": answer(bytes(11))}))
    assert reasons(result) == {"two": StopReason.TAMPERED}
    result, _ = execute(Child(top=answer(bytes(11), IMPORTED)))
    assert set(reasons(result).values()) == {StopReason.TAMPERED}
    assert MAX_STEP_BYTES > 10


# The time of the whole run.


class Clock:
    """A clock that children put forward."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(run, "time", SimpleNamespace(monotonic=lambda: self.now))

    def forward(self, seconds: float, then: Act) -> Act:
        def act(channel: Channel, asked: Frame) -> bool:
            self.now += seconds
            return then(channel, asked)

        return act


def test_when_the_time_of_the_run_is_used_up_the_steps_that_are_left_are_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock(monkeypatch)
    result, environment = execute(Child({"one": clock.forward(101.0, answer(b"one"))}))
    assert list(result.bodies) == ["one"]
    assert reasons(result) == dict.fromkeys(("two", "three"), StopReason.TOTAL_TIME)
    assert len(environment.started) == 1
    assert result.wall_seconds == 101.0


def test_a_run_may_be_given_less_time_than_its_plan_and_not_more(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    for seconds, count in ((50.0, 1), (math.inf, 3), (61.0, 3)):
        clock.now = 0.0
        child = Child({"one": clock.forward(60.0, answer(b"one"))})
        result = execute_plan(PlayedEnvironment(child), parcel_of(STEPS), SCRIPT, seconds=seconds)
        assert len(result.bodies) == count
    child = Child({"one": clock.forward(101.0, answer(b"one"))})
    result = execute_plan(PlayedEnvironment(child), parcel_of(STEPS), SCRIPT, seconds=1000.0)
    assert len(result.bodies) == 1


@pytest.mark.parametrize(
    ("seconds", "waited", "is_late"),
    [(149.0, 50.0, False), (151.0, 50.0, True), (399.0, 1000.0, False), (401.0, 1000.0, True)],
)
def test_time_in_which_children_waited_for_a_processor_does_not_count_up_to_a_limit(
    monkeypatch: pytest.MonkeyPatch, seconds: float, waited: float, is_late: bool
) -> None:
    clock = Clock(monkeypatch)
    for next_step in (answer(b"one"), end):  # of the child that runs, and of one that has ended
        clock.now = 0.0
        child = Child({"one": clock.forward(seconds, next_step)}, waited=waited)
        result = execute_plan(PlayedEnvironment(child), parcel_of(STEPS), SCRIPT)
        assert ("two" not in result.bodies) is is_late


def test_that_a_child_starts_late_takes_none_of_the_time_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that has to import TensorFlow on a busy machine may need minutes."""
    clock = Clock(monkeypatch)

    class Late(PlayedEnvironment):
        def launch(self, _limits: Limits) -> Process:
            clock.now += 150.0
            return super().launch(_limits)

    result = execute_plan(Late(Child({"one": clock.forward(60.0, end)})), parcel_of(STEPS), SCRIPT)
    assert list(result.bodies) == ["two", "three"]
    assert result.wall_seconds == 360.0
    result = execute_plan(Late(Child({"one": clock.forward(101.0, end)})), parcel_of(STEPS), SCRIPT)
    assert result.bodies == {}  # what the functions take counts


def test_without_time_no_child_is_started() -> None:
    environment = PlayedEnvironment()
    result = execute_plan(environment, parcel_of(STEPS), SCRIPT, seconds=0.0)
    assert set(reasons(result).values()) == {StopReason.TOTAL_TIME}
    assert environment.started == []


def test_a_file_that_was_executed_before_and_has_no_time_for_it_once_more_is_not_at_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock(monkeypatch)
    environment = PlayedEnvironment(Child({"one": clock.forward(99.5, end)}), Child(top=hang))
    result = execute_plan(environment, parcel_of(STEPS), SCRIPT)
    assert reasons(result) == {
        "one": StopReason.EXIT,
        "two": StopReason.TOTAL_TIME,
        "three": StopReason.TOTAL_TIME,
    }
    assert result.import_stop is None
    assert len(environment.started) == 2


# What is not the submission's.


def test_a_child_that_needs_libraries_is_replaced_by_one_that_has_them() -> None:
    lacks = Child({"two": end}, exit=Exit(NEEDS_LIBRARIES_CODE, 3.0))
    environment = PlayedEnvironment(lacks, libraries=True)
    result = execute_plan(environment, parcel_of(STEPS), SCRIPT)
    assert (len(result.bodies), result.stops, environment.imports) == (3, {}, 1)
    assert environment.started[1].asked == ["two", "three"]
    # Whoever has them already ends so by its own will.
    result, environment = execute(Child({"two": end}, exit=Exit(NEEDS_LIBRARIES_CODE, 3.0)))
    assert reasons(result) == {"two": StopReason.EXIT}


def test_the_end_of_the_worker_is_not_the_submissions() -> None:
    with pytest.raises(SandboxError, match=r"^the worker is gone$"):
        execute(Child({"two": end}, exit=Exit(None, 0.0)))


def test_a_run_that_is_cancelled_ends_its_child() -> None:
    cancel = CancelToken()
    environment = PlayedEnvironment()
    with pytest.raises(CancelledError):
        execute_plan(environment, parcel_of(STEPS), SCRIPT, cancel=cancel, on_evidence=lambda *_: cancel.cancel())
    assert [child.was_killed for child in environment.started] == [True]
    with pytest.raises(CancelledError):
        execute_plan(environment, parcel_of(STEPS), SCRIPT, cancel=cancel)
    assert len(environment.started) == 1


def test_a_child_that_starts_while_the_run_is_cancelled_is_killed_at_once() -> None:
    cancel, process = CancelToken(), Mock()
    with cancel.watching(process):
        process.kill.assert_not_called()
    cancel.cancel()
    with cancel.watching(process):
        process.kill.assert_called_once_with()


def test_ctrl_c_kills_the_child_and_waits_for_nobody() -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    environment = PlayedEnvironment()
    with pytest.raises(KeyboardInterrupt):
        execute_plan(environment, parcel_of(STEPS), SCRIPT, on_evidence=interrupt)
    assert environment.started[0].was_killed
    environment.processes[0].has_ended.wait()  # somebody else sees to it
    assert environment.started[0].grace == 0.0
