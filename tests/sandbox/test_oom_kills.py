"""Who killed a process: the kernel of a machine out of memory, which counts what it kills, or the submission."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from grader.grading.grader import Grader
from grader.grading.results import Graded
from grader.protocol.evidence import Stopped, StopReason
from grader.protocol.plan import Limits
from grader.protocol.submission import Submission, Unit
from grader.protocol.verdict import MACHINE_MEMORY
from grader.sandbox import oom_kills
from grader.sandbox.environment import Exit
from grader.sandbox.explain_stop import explain_stop
from grader.sandbox.oom_kills import count_oom_kills
from grader.sandbox.receive import RunInterruptedError
from tests.helpers.fragile_examiner import make_course, source
from tests.helpers.killing_kernel import KillingKernel
from tests.helpers.shared_worker import SharedWorker, start_grader

VMSTAT, GROUP = "nr_free_pages 7\noom_kill 3\n", "low 0\noom 9\noom_kill 2\noom_group_kill 8\n"


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder that the counters are read from, without any."""
    monkeypatch.setattr(oom_kills, "PROC", tmp_path / "proc")
    monkeypatch.setattr(oom_kills, "CGROUPS", tmp_path / "groups")
    return tmp_path


def write(machine: Path, name: str, text: str) -> None:
    (machine / name).parent.mkdir(parents=True, exist_ok=True)
    (machine / name).write_text(text)


def test_nothing_is_counted_where_nothing_can_be_read() -> None:
    assert count_oom_kills() == 0


@pytest.mark.parametrize(
    ("groups", "name", "text"),
    [
        ("0::/user/session\n", "groups/user/session/memory.events", GROUP),
        ("0::/docker/of-the-host\n", "groups/memory.events", GROUP),
        ("8:pids:/a\n4:memory:/job\n0::/\n", "groups/memory/job/memory.oom_control", "under_oom 0\noom_kill 2\n"),
        ("4:cpu,memory:/host\n", "groups/memory/memory.oom_control", "under_oom 0\noom_kill 2\n"),
    ],
    ids=["own group", "container", "first version", "container of the first version"],
)
def test_the_own_group_counts_before_the_machine(machine: Path, groups: str, name: str, text: str) -> None:
    write(machine, "proc/vmstat", VMSTAT)
    write(machine, "proc/self/cgroup", groups)
    assert count_oom_kills() == 3  # the group does not count
    write(machine, name, text)
    assert count_oom_kills() == 2
    write(machine, name, "max 0\n")
    assert count_oom_kills() == 3


def why(code: int, *, was_memory_short: bool, error: Exception | None = None, **process: Any) -> Stopped:
    return explain_stop(
        error or RunInterruptedError(StopReason.EXIT),
        Mock(**{"exceeded": None, "peak_mib": lambda: 1234.5, **process}),
        Exit(code, 0.5),
        Limits(cpu_seconds=60),
        has_begun=True,
        has_submission=True,
        was_memory_short=was_memory_short,
    )


def test_only_a_process_that_was_killed_was_killed_for_memory() -> None:
    assert why(-9, was_memory_short=True) == Stopped(reason=StopReason.MACHINE_MEMORY, detail="1234")
    assert why(-9, was_memory_short=False) == Stopped(reason=StopReason.SIGNAL, detail="SIGKILL")
    assert why(-11, was_memory_short=True).reason is StopReason.SIGNAL
    assert why(1, was_memory_short=True).reason is StopReason.EXIT
    # What the supervisor has done itself, it knows.
    assert why(-9, was_memory_short=True, exceeded=StopReason.MEMORY).reason is StopReason.MEMORY
    late = RunInterruptedError(StopReason.TIME, "9")
    assert why(-9, was_memory_short=True, error=late).reason is StopReason.TIME


# A real process, killed by somebody else or by itself.


@pytest.fixture
def grader(shared_worker: SharedWorker, tmp_path: Path) -> Iterator[Grader]:
    with start_grader(shared_worker, make_course(tmp_path / "course", judge_seconds=60.0)) as started:
        yield started


def grade(grader: Grader, text: str) -> Graded:
    return grader.grade("mood", Submission("x.py", "0" * 64, "script", (Unit(text, text),)))


WAITS = "def mood():\n    import time; time.sleep(20); return 1\n"


def test_a_run_that_the_kernel_ended_twice_is_not_graded(
    grader: Grader, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    KillingKernel(monkeypatch, machine, counts=True, kills=2)
    graded = grade(grader, WAITS)
    (criterion,) = graded.verdict.criteria
    assert (str(graded.verdict.status), str(criterion.status)) == ("not_graded", "not_graded")
    assert re.search(r"the machine that grades ran out of memory, .* it held \d+ MiB", criterion.message)
    assert [notice.id for notice in graded.verdict.notices] == [MACHINE_MEMORY]
    assert graded.evidence.stops == {}  # on another day, it has a result


def test_a_run_that_the_kernel_ended_once_is_graded(
    grader: Grader, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = KillingKernel(monkeypatch, machine, counts=True, kills=1)
    assert grade(grader, source(1)).verdict.points == 100
    assert kernel.killed == 1


def test_a_kill_that_the_kernel_did_not_count_is_told_as_before(
    grader: Grader, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    KillingKernel(monkeypatch, machine, counts=False, kills=2)
    (criterion,) = grade(grader, WAITS).verdict.criteria
    assert str(criterion.status) == "failed"
    assert "killed by the signal SIGKILL" in criterion.message


def test_a_submission_that_kills_itself_gains_nothing(grader: Grader, machine: Path) -> None:
    write(machine, "proc/vmstat", VMSTAT)
    graded = grade(grader, "def mood():\n    import os; os.kill(os.getpid(), 9)\n")
    assert str(graded.verdict.criteria[0].status) == "failed"
    assert graded.verdict.notices == ()
    assert graded.evidence.stops != {}
