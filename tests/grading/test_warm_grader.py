"""A warm grader: cancelled, left without its processes, and ready for the next submission."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from grader.grading.results import Mode
from grader.grading.warm_grader import WarmGrader
from grader.protocol.plan import Limits
from grader.protocol.submission import Submission
from grader.protocol.verdict import Status
from grader.sandbox.cancel import CancelledError, CancelToken
from grader.sandbox.environment import Exit, Process
from grader.sandbox.plain import AHEAD, PlainEnvironment
from grader.sandbox.walled import WalledEnvironment
from grader.submission.reader import read
from tests.end_to_end.conftest import COURSE, notebook, written

HANGS = "def one_hot(y):\n    while True: pass\n"


@pytest.fixture(scope="module", params=[Mode.WALLS, Mode.PLAIN])
def warm_grader(request: pytest.FixtureRequest) -> Iterator[WarmGrader]:
    with WarmGrader(COURSE, request.param) as started:
        yield started


def submission(folder: Path, added: str = "") -> Submission:
    """Return a right solution with `added` at its end."""
    return read(written(folder, added))


def passes(warm_grader: WarmGrader, folder: Path) -> bool:
    """Whether a right solution passes; where it does not, what is shown of the test says why."""
    graded = warm_grader.grade("functions", submission(folder), "en")
    lost = [criterion for criterion in graded.verdict.criteria if criterion.status is not Status.PASSED]
    print(lost, graded.verdict.notices, graded.evidence.stops, graded.evidence.import_stop)
    return graded.verdict.status is Status.PASSED


def test_a_run_that_is_cancelled_ends_at_once_and_the_next_goes_well(
    warm_grader: WarmGrader, tmp_path: Path
) -> None:
    cancel = CancelToken()
    begun = threading.Event()

    def cancel_later() -> None:
        begun.wait(100)
        cancel.cancel()

    caller = threading.Thread(target=cancel_later)
    caller.start()
    with pytest.raises(CancelledError):  # the time limit of the step would give a verdict
        warm_grader.grade("functions", submission(tmp_path, HANGS), "en", lambda *_: begun.set(), cancel)
    caller.join()
    assert passes(warm_grader, tmp_path)


def test_what_is_cancelled_before_it_began_never_runs(
    warm_grader: WarmGrader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launched: list[Limits] = []
    monkeypatch.setattr(warm_grader._running_grader().environment, "launch", launched.append)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(CancelledError):
        warm_grader.grade("functions", submission(tmp_path), "en", cancel=cancel)
    assert launched == []


def test_an_interrupted_run_leaves_no_process_and_the_next_goes_well(
    warm_grader: WarmGrader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launched: list[Process] = []
    grader = warm_grader._running_grader()
    launch = grader.environment.launch

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    def launch_and_note(limits: Limits) -> Process:
        launched.append(launch(limits))
        return launched[-1]

    monkeypatch.setattr(grader.environment, "launch", launch_and_note)
    with pytest.raises(KeyboardInterrupt):
        warm_grader.grade("functions", submission(tmp_path), "en", interrupt)
    monkeypatch.undo()
    (process,) = launched
    process.inbox._reader.join(60)  # nobody waited for its end
    assert process.inbox._reader.is_alive() is False
    assert passes(warm_grader, tmp_path)


def test_ctrl_c_waits_for_no_process_to_end(
    warm_grader: WarmGrader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_end, has_ended = threading.Event(), threading.Event()
    killed: list[Process] = []
    grader = warm_grader._running_grader()
    launch = grader.environment.launch

    def launch_slow(limits: Limits) -> Process:
        process = launch(limits)
        end, kill = process.end, process.kill

        def end_late(grace: float) -> Exit:
            may_end.wait(60)
            left = end(grace)
            has_ended.set()
            return left

        def kill_and_note() -> None:
            killed.append(process)
            kill()

        monkeypatch.setattr(process, "end", end_late)
        monkeypatch.setattr(process, "kill", kill_and_note)
        return process

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(grader.environment, "launch", launch_slow)
    with pytest.raises(KeyboardInterrupt):
        warm_grader.grade("functions", submission(tmp_path), "en", interrupt)
    assert not has_ended.is_set()
    assert killed
    may_end.set()
    assert has_ended.wait(60)


def test_the_processes_are_told_that_ctrl_c_ends_them(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds: list[object] = []

    class Running:
        def __exit__(self, kind: object = None, *_: object) -> None:
            kinds.append(kind)

    def start() -> NoReturn:
        monkeypatch.setattr(warm, "_grader", Running())
        raise KeyboardInterrupt

    warm = WarmGrader(COURSE, Mode.PLAIN)
    with pytest.raises(KeyboardInterrupt), warm:
        start()
    monkeypatch.setattr(warm, "_grader", Running())
    warm.close()
    assert kinds == [KeyboardInterrupt, None]


def test_processes_that_are_gone_are_started_anew(warm_grader: WarmGrader, tmp_path: Path) -> None:
    assert passes(warm_grader, tmp_path)
    grader = warm_grader._running_grader()
    environment, examiner = grader.environment, grader.examiner
    is_walled = isinstance(environment, WalledEnvironment)
    process = environment._worker if isinstance(environment, WalledEnvironment) else examiner._process
    process.kill()
    process.wait()
    assert passes(warm_grader, tmp_path)
    grader = warm_grader._running_grader()
    assert (grader.environment is not environment) is is_walled  # what an examiner takes with it is itself alone
    assert grader.examiner is not examiner


# Behind walls, no process is started ahead: the worker is what is kept warm.
@pytest.mark.parametrize("warm_grader", [Mode.PLAIN], indirect=True)
def test_without_walls_processes_are_ready_again_after_a_check_and_dead_ones_are_not_used(
    warm_grader: WarmGrader, tmp_path: Path
) -> None:
    assert passes(warm_grader, tmp_path)
    environment = warm_grader._running_grader().environment
    assert isinstance(environment, PlainEnvironment)
    assert len(environment._ahead) == AHEAD
    for process in environment._ahead:
        process.kill()
        process.wait()
    assert passes(warm_grader, tmp_path)
    assert warm_grader._running_grader().environment is environment


def test_a_check_inside_of_a_check_does_nothing(warm_grader: WarmGrader, tmp_path: Path) -> None:
    right = submission(tmp_path).units[0].source
    cells = (
        "from grader import check",
        "result = check('functions')\nprint(result.verdict.points, f'{result.verdict.points:.1f}')",
        "import grader\ngrader.check('functions', course='.', lang='de')",
        right,
    )
    verdict = warm_grader.grade("functions", read(notebook(tmp_path, *cells)), "en").verdict
    assert verdict.status is Status.PASSED
    assert verdict.notices == ()


def test_a_verdict_is_not_lost_when_nothing_can_be_started_for_the_next_one(
    warm_grader: WarmGrader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise OSError("no more processes")

    assert passes(warm_grader, tmp_path)
    monkeypatch.setattr(warm_grader._running_grader().environment, "prepare", full)
    assert passes(warm_grader, tmp_path)
