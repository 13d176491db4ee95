"""A grader that stays: called back, left without its processes, and ready for the next submission."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.grading.results import Mode
from grader.grading.warm_grader import WarmGrader
from grader.protocol.plan import Limits
from grader.protocol.submission import Submission
from grader.protocol.verdict import Status
from grader.sandbox.environment import Process
from grader.sandbox.plain import AHEAD, PlainEnvironment
from grader.sandbox.run import CancelledError, CancelToken
from grader.sandbox.walled import WalledEnvironment
from grader.submission.reader import read
from tests.end_to_end.conftest import COURSE, notebook, written

HANGS = "def one_hot(y):\n    while True: pass\n"


@pytest.fixture(scope="module", params=[Mode.WALLS, Mode.PLAIN])
def kept(request: pytest.FixtureRequest) -> Iterator[WarmGrader]:
    with WarmGrader(COURSE, request.param) as started:
        yield started


def submission(folder: Path, added: str = "") -> Submission:
    """Return a right solution with `added` at its end."""
    return read(written(folder, added))


def passes(kept: WarmGrader, folder: Path) -> bool:
    """Whether a right solution passes."""
    return kept.grade("functions", submission(folder), "en").verdict.status is Status.PASSED


def test_a_run_that_is_called_back_ends_at_once_and_the_next_goes_well(kept: WarmGrader, tmp_path: Path) -> None:
    recall = CancelToken()
    begun = threading.Event()

    def call_back() -> None:
        begun.wait(100)
        recall.cancel()

    caller = threading.Thread(target=call_back)
    caller.start()
    with pytest.raises(CancelledError):  # the time limit of the step would give a verdict
        kept.grade("functions", submission(tmp_path, HANGS), "en", lambda *_: begun.set(), recall)
    caller.join()
    assert passes(kept, tmp_path)


def test_what_is_called_back_before_it_began_never_runs(
    kept: WarmGrader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launched: list[Limits] = []
    monkeypatch.setattr(kept._started().environment, "launch", launched.append)
    recall = CancelToken()
    recall.cancel()
    with pytest.raises(CancelledError):
        kept.grade("functions", submission(tmp_path), "en", cancel=recall)
    assert launched == []


def test_an_interrupted_run_leaves_no_process_and_the_next_goes_well(
    kept: WarmGrader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    launched: list[Process] = []
    grader = kept._started()
    launch = grader.environment.launch

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    def noted(limits: Limits) -> Process:
        launched.append(launch(limits))
        return launched[-1]

    monkeypatch.setattr(grader.environment, "launch", noted)
    with pytest.raises(KeyboardInterrupt):
        kept.grade("functions", submission(tmp_path), "en", interrupt)
    monkeypatch.undo()
    (process,) = launched
    assert process.inbox._reader.is_alive() is False
    assert passes(kept, tmp_path)


def test_processes_that_are_gone_are_started_anew(kept: WarmGrader, tmp_path: Path) -> None:
    assert passes(kept, tmp_path)
    workshop = kept._started().environment
    assert isinstance(workshop, WalledEnvironment | PlainEnvironment)
    process = workshop._worker if isinstance(workshop, WalledEnvironment) else kept._started().examiner._process
    process.kill()
    process.wait()
    assert passes(kept, tmp_path)
    assert kept._started().environment is not workshop


@pytest.mark.parametrize("kept", [Mode.PLAIN], indirect=True)  # behind walls, the worker is what is kept warm
def test_without_walls_processes_are_ready_again_after_a_check_and_dead_ones_are_not_used(
    kept: WarmGrader, tmp_path: Path
) -> None:
    assert passes(kept, tmp_path)
    workshop = kept._started().environment
    assert isinstance(workshop, PlainEnvironment)
    assert len(workshop._ahead) == AHEAD
    for process in workshop._ahead:
        process.kill()
        process.wait()
    assert passes(kept, tmp_path)
    assert kept._started().environment is workshop


def test_a_check_inside_of_a_check_does_nothing(kept: WarmGrader, tmp_path: Path) -> None:
    right = submission(tmp_path).units[0].source
    cells = (
        "from grader import check",
        "result = check('functions')\nprint(result.verdict.points, f'{result.verdict.points:.1f}')",
        "import grader\ngrader.check('functions', course='.', lang='de')",
        right,
    )
    verdict = kept.grade("functions", read(notebook(tmp_path, *cells)), "en").verdict
    assert verdict.status is Status.PASSED
    assert verdict.notices == ()


def test_a_verdict_is_not_lost_when_nothing_can_be_started_for_the_next_one(
    kept: WarmGrader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> None:
        raise OSError("no more processes")

    assert passes(kept, tmp_path)
    monkeypatch.setattr(kept._started().environment, "prepare", full)
    assert passes(kept, tmp_path)
