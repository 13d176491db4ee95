"""The worker behind walls: what it starts ends and leaves nothing, also where the worker hangs or is gone."""

import json
import os
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.core.errors import SandboxError
from grader.protocol.channel import EVIDENCE, WALLS, Channel
from grader.protocol.evidence import StopReason
from grader.protocol.parcels import pack
from grader.protocol.plan import Call, Limits, Plan
from grader.protocol.submission import Submission, Unit
from grader.protocol.worker_messages import Targets
from grader.sandbox import walled
from grader.sandbox.environment import Exit
from grader.sandbox.memory_watch import MemoryWatch
from grader.sandbox.run import RunResult, execute_plan
from grader.sandbox.walled import WalledEnvironment, WalledProcess

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")

SOURCE = """
def one():
    return 1


def hang():
    while True:
        pass


def spend():
    import time
    while time.process_time() < 0.3:
        pass


def keep():
    open("left.txt", "w").write("x")
"""
FILE = Submission("x.py", "0" * 64, "script", (Unit(SOURCE, SOURCE),))


@pytest.fixture(scope="module")
def light() -> Iterator[WalledEnvironment]:
    """Walls around children without TensorFlow, which start at once."""
    with WalledEnvironment(is_light=True) as environment:
        yield environment


@pytest.fixture
def own() -> Iterator[WalledEnvironment]:
    """One whose worker may be killed."""
    environment = WalledEnvironment(is_light=True)
    environment.walls()
    yield environment
    environment.__exit__()


def execute(environment: WalledEnvironment, *functions: str, limits: Limits = Limits()) -> RunResult:  # noqa: B008
    steps = tuple(Call(id=name, function=name) for name in functions)
    return execute_plan(environment, pack(Plan(exercise="wine", limits=limits, steps=steps), {}), FILE)


def folder_of(environment: WalledEnvironment) -> Path:
    return Path(environment._folder)


def test_a_run_has_evidence_and_leaves_nothing(light: WalledEnvironment) -> None:
    result = execute(light, "one", "spend", "keep")
    assert list(result.bodies) == ["one", "spend", "keep"]
    assert result.stops == {}
    assert result.walls == light.walls()
    assert all(wall.stands for wall in result.walls)
    assert 0.3 <= result.cpu_seconds < 30.0
    assert list(folder_of(light).iterdir()) == []
    assert light._runs == {}
    assert light.import_libraries() is False  # what its children have was decided at the start


def test_children_run_at_once_each_in_its_own_folder(light: WalledEnvironment) -> None:
    first, second = light.launch(Limits()), light.launch(Limits())
    assert first._number + 1 == second._number
    assert set(light._runs) == {first._number, second._number}
    assert len(list(folder_of(light).iterdir())) == 2
    assert first.end(0.0).code == -signal.SIGKILL
    assert first._pid > 0  # by which it is measured how long it waited for a processor
    assert first.channel._is_closed
    assert list(light._runs) == [second._number]
    second.end(0.0)
    assert list(folder_of(light).iterdir()) == []


def test_a_child_that_is_told_the_end_gets_the_time_for_it(light: WalledEnvironment) -> None:
    process = light.launch(Limits())
    assert process.inbox.get(60.0) is not None
    process.channel.close()
    assert process.end(60.0).code == 0


def test_limits_reach_the_child(light: WalledEnvironment) -> None:
    settings = light._build_settings("/scratch", Limits(cpu_seconds=3, memory_mib=5, scratch_mib=7))
    assert (settings.scratch, settings.cpu_seconds, settings.memory_mib, settings.scratch_mib) == (
        "/scratch",
        3,
        5,
        7,
    )
    assert settings.hidden == light._hidden
    result = execute(light, "hang", limits=Limits(cpu_seconds=1))
    assert result.stops["hang"].reason is StopReason.CPU


def test_what_was_not_asked_of_the_machine_is_not_measured(light: WalledEnvironment) -> None:
    ours, theirs = socket.socketpair()
    theirs.close()
    process = WalledProcess(light, 10**6, walled._open_channel(ours), tempfile.mkdtemp(), Limits())
    assert (process.waited_seconds(), process.peak_mib(), process.exceeded) == (0.0, 0.0, None)
    process.ended(Exit(3, 1.0))
    assert process.end(0.0) == Exit(3, 1.0)


def test_at_the_end_of_a_run_its_memory_is_no_longer_measured(light: WalledEnvironment) -> None:
    class Watch:
        is_stopped = False

        def stop(self) -> None:
            self.is_stopped = True

    supervisor_end, child_end = socket.socketpair()
    child_end.close()
    process = WalledProcess(light, 10**6, walled._open_channel(supervisor_end), tempfile.mkdtemp(), Limits())
    process.memory = watch = Watch()  # type: ignore[assignment]
    process.ended(Exit(0, 0.0))
    process.end(0.0)
    assert watch.is_stopped  # another process may get the same number


def test_without_a_mount_namespace_files_are_watched(
    light: WalledEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not light.shares_disk()
    watched: list[str | None] = []
    make = MemoryWatch

    def watch(*arguments: Any) -> Any:
        watched.append(arguments[-1])
        return make(*arguments)

    monkeypatch.setattr(walled, "MemoryWatch", watch)
    execute(light, "one")
    monkeypatch.setattr(light, "shares_disk", lambda: True)
    execute(light, "one")
    assert watched[0] is None
    assert watched[1] is not None
    assert Path(watched[1]).parent == folder_of(light)


# The worker.


def test_without_a_worker_nothing_starts_and_nothing_is_left(own: WalledEnvironment) -> None:
    own._worker.kill()
    own._worker.wait()
    with pytest.raises(SandboxError, match="the worker is gone"):
        own.launch(Limits())
    assert own._runs == {}
    assert list(folder_of(own).iterdir()) == []


def test_with_the_worker_all_runs_end(own: WalledEnvironment) -> None:
    process = own.launch(Limits())
    own._worker.kill()
    assert process.end(60.0) == Exit(None, 0.0)
    with pytest.raises(SandboxError):
        execute(own, "one")


def test_a_worker_that_hangs_is_killed(own: WalledEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    process = own.launch(Limits())
    os.kill(own._worker.pid, signal.SIGSTOP)
    monkeypatch.setattr(walled, "KILL_SECONDS", 0.5)
    assert process.end(0.0) == Exit(None, 0.0)
    assert own._worker.wait(60) == -signal.SIGKILL


def test_the_worker_ends_by_itself_and_takes_its_folder_along(
    own: WalledEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walled, "END_SECONDS", 60.0)
    folder = folder_of(own)
    assert stat_mode(folder) == 0o711
    own.__exit__()
    assert own._worker.returncode == 0
    assert not folder.exists()
    own.__exit__()  # once more harms nothing


def stat_mode(folder: Path) -> int:
    return folder.stat().st_mode & 0o777


def note_waits(environment: WalledEnvironment, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return how long the end of the worker is waited for, in a list that grows with each wait."""
    waits: list[float] = []
    wait = environment._worker.wait

    def note(seconds: float) -> int:
        waits.append(seconds)
        return wait(seconds)

    monkeypatch.setattr(environment._worker, "wait", note)
    return waits


def test_who_presses_ctrl_c_does_not_wait_for_the_worker(
    own: WalledEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = note_waits(own, monkeypatch)
    os.kill(own._worker.pid, signal.SIGSTOP)
    own.__exit__(KeyboardInterrupt)
    assert waits == [0.0, walled.KILL_SECONDS]
    assert own._worker.returncode == -signal.SIGKILL


def test_a_worker_that_is_still_importing_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = WalledEnvironment(is_light=True)
    waits = note_waits(environment, monkeypatch)
    os.kill(environment._worker.pid, signal.SIGSTOP)
    environment.__exit__()
    assert waits == [0.0, walled.KILL_SECONDS]
    assert environment._worker.returncode == -signal.SIGKILL


def test_a_worker_that_cannot_start_is_reported_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[WalledEnvironment] = []

    def fail(self: WalledEnvironment, _message: object, descriptor: socket.socket) -> None:
        made.append(self)
        descriptor.close()
        raise SandboxError("the worker is gone")

    monkeypatch.setattr(WalledEnvironment, "_send", fail)
    with pytest.raises(SandboxError, match="gone"):
        WalledEnvironment(is_light=True)
    (environment,) = made
    assert environment._worker.returncode is not None
    assert not folder_of(environment).exists()


# The self-test.


class SelfTest:
    """A self-test whose child is played by the test."""

    def __init__(self) -> None:
        self.closed = 0
        self.scratch = tempfile.mkdtemp()
        self.test = walled._SelfTest(self, Targets("", "", "", 0, "", 0, 0, 0, {}, ()), self.scratch)  # type: ignore[arg-type]
        self.child = Channel(*[self.test._child_end.fileno()] * 2)

    def close(self) -> None:
        """Count how often the targets are removed."""
        self.closed += 1


STATES = json.dumps([{"id": "landlock", "stands": False, "detail": "why"}]).encode()


def test_the_result_of_the_self_test_is_received_once() -> None:
    played = SelfTest()
    overs = [played.test.is_over]
    played.child.send(WALLS, STATES)
    (state,) = played.test.result()
    assert (state.id, state.stands, state.detail) == ("landlock", False, "why")
    assert [*overs, played.test.is_over] == [False, True]
    assert played.closed
    assert not Path(played.scratch).exists()
    assert played.test.result() == (state,)


@pytest.mark.parametrize(
    ("act", "words"),
    [("wait", "did not come to its end: TimeoutError"), ("end", "died"), ("lie", "died"), ("half", "CutOffError")],
)
def test_a_self_test_that_fails_stays_failed(act: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walled, "SELF_TEST_SECONDS", 0.05 if act == "wait" else 60.0)
    played = SelfTest()
    if act == "lie":
        played.child.send(EVIDENCE, STATES)
    if act == "half":
        os.write(played.child.writer, b"W" + bytes(20))
    if act in {"end", "half"}:
        played.test._child_end.close()
    with pytest.raises(SandboxError, match=words) as first:
        played.test.result()
    assert played.test.is_over
    with pytest.raises(SandboxError) as second:
        played.test.result()
    assert second.value is first.value
    played.test.close()
