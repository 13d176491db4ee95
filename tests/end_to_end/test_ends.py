"""Each command ends within a moment when it is asked to, and leaves nothing: no process, no file, no verdict."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.classroom.folder import ClassFolder
from grader.classroom.judge_messages import JudgeReply, JudgeRequest, RejudgeJob
from grader.classroom.rejudge import JudgeProcess
from grader.commands.options import raise_at_end_signals
from grader.core.course import Course
from grader.core.temporary_folders import make_temporary_folder, remove_abandoned_folders
from grader.examiner.client import ExaminerClient
from grader.protocol.channel import EVIDENCE, Frame
from grader.protocol.messages import Decide, Request
from grader.sandbox.receive import Awaited
from tests.helpers.class_fixtures import Run, marks, run
from tests.helpers.fragile_examiner import MOODS, make_course, source
from tests.helpers.paths import ROOT
from tests.helpers.processes import children_of, command_lines, descendants, folders_of, is_gone
from tests.helpers.shared_worker import share_worker

__all__ = ["run", "share_worker"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")

PROMPT = 10.0  # seconds on a machine that does other things too; alone it is about one
WAITS = "def mood():\n    import time\n    time.sleep(600)\n"


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return make_course(tmp_path / "course", judge_seconds=600.0)


@pytest.fixture
def class_(tmp_path: Path) -> Path:
    folder = tmp_path / "class"
    folder.mkdir()
    (folder / "right.py").write_text(source(1))
    return folder


@contextlib.contextmanager
def signalled(number: int, is_due: threading.Event) -> Iterator[list[float]]:
    """Send this process a signal a moment after `is_due` was set. What is yielded gets the time of that."""
    sent: list[float] = []
    is_over = threading.Event()

    def wait() -> None:
        is_due.wait(100)
        if not is_over.wait(0.5):
            sent.append(time.monotonic())
            os.kill(os.getpid(), number)

    handlers = {n: signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGHUP)}
    raise_at_end_signals()
    watcher = threading.Thread(target=wait)
    watcher.start()
    try:
        yield sent
    finally:
        is_over.set()
        is_due.set()
        watcher.join()
        for n, handler in handlers.items():
            signal.signal(n, handler)


PHASES = [
    pytest.param("running", signal.SIGTERM, marks=pytest.mark.own_worker),
    pytest.param("examining", signal.SIGINT),
    pytest.param("writing", signal.SIGTERM),
]


@pytest.mark.parametrize(("phase", "number"), PHASES)
def test_a_batch_ends_at_once_and_the_next_one_finishes(
    run: Run, class_: Path, tmp_path: Path, phase: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    (class_ / "slow.py").write_text(source(MOODS["sleeps"]) if phase == "examining" else WAITS)
    is_there = threading.Event()
    if phase == "writing":
        (class_ / "slow.py").unlink()
        write = ClassFolder.write_file

        def write_slowly(folder: ClassFolder, name: str, page: str) -> None:
            is_there.set()
            time.sleep(1.0)
            write(folder, name, page)

        monkeypatch.setattr(ClassFolder, "write_file", write_slowly)
    else:
        receive, ask = Awaited.receive, ExaminerClient.ask
        noted: list[str] = []

        def note(reached: str) -> None:
            noted.extend([reached] if reached == phase else [])
            if len(noted) == 2:  # of the slow one: the right one came before
                is_there.set()

        def receive_and_tell(awaited: Awaited, kind: bytes, nonce: bytes) -> Frame:
            note("running" if kind == EVIDENCE else "")
            return receive(awaited, kind, nonce)

        def ask_and_tell(
            client: ExaminerClient, request: Request, seconds: float, *kinds: type[object], **options: Any
        ) -> object:
            if phase != "examining" or not isinstance(request, Decide):
                return ask(client, request, seconds, *kinds, **options)
            timer = threading.Timer(1.0, is_there.set)  # only the slow one is not decided by then
            timer.start()
            try:
                return ask(client, request, seconds, *kinds, **options)
            finally:
                timer.cancel()

        monkeypatch.setattr(Awaited, "receive", receive_and_tell)
        monkeypatch.setattr(ExaminerClient, "ask", ask_and_tell)
    before = descendants(os.getpid())
    with signalled(number, is_there) as sent:
        result = run("batch", "mood", class_, "--workers", 1, "--out", out)
        ended = time.monotonic()
    monkeypatch.undo()
    assert result.exit_code == 3, result.output
    assert "the same command goes on from here" in result.output
    assert ended - sent[0] < PROMPT
    left = descendants(os.getpid()) - before
    if phase != "running":  # all but the worker and the examiners' parent, which other tests use as well
        left -= children_of(os.getpid())
    assert all(is_gone(pid, 3) for pid in left), command_lines(left)
    if phase != "running":  # with processes of its own, that takes seconds
        (class_ / "slow.py").unlink(missing_ok=True)
        assert run("batch", "mood", class_, "--out", out).exit_code == 0
    assert marks(out)["right"] == 100
    assert not list(tmp_path.rglob(".new-*"))


def test_judging_again_ends_at_once_and_the_next_time_it_finishes(
    run: Run, course: Course, class_: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, rubric = tmp_path / "out", course.rubric_file("mood")
    hostile = rubric.read_text()
    rubric.write_text(hostile.replace("    if number in MOODS", "    if number is None"))
    (class_ / "slow.py").write_text(source(MOODS["computes without a turn for others"]))
    assert run("batch", "mood", class_, "--out", out).exit_code == 0

    rubric.write_text(hostile)
    is_there, ask = threading.Event(), JudgeProcess.ask

    def ask_and_tell(process: JudgeProcess, request: JudgeRequest, seconds: float) -> JudgeReply:
        if isinstance(request, RejudgeJob):
            is_there.set()
        return ask(process, request, seconds)

    monkeypatch.setattr(JudgeProcess, "ask", ask_and_tell)
    before = descendants(os.getpid())
    with signalled(signal.SIGINT, is_there) as sent:
        result = run("rescore", out)
        ended = time.monotonic()
    monkeypatch.undo()
    assert result.exit_code == 3, result.output
    assert ended - sent[0] < PROMPT
    left = descendants(os.getpid()) - before
    left -= children_of(os.getpid())  # the judges' parent, which other tests use as well
    assert all(is_gone(pid, 3) for pid in left), command_lines(left)
    rubric.write_text(hostile.replace("    if number in MOODS", "    if number is None"))
    assert run("rescore", out).exit_code == 0
    assert marks(out) == {"right": 100, "slow": 0}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=str)
def test_a_command_whose_worker_is_still_starting_ends_with_all_of_its_processes(
    course: Course, class_: Path, number: int
) -> None:
    command = [sys.executable, "-m", "grader", "check", "mood", str(class_ / "right.py"), "--lang", "en"]
    with subprocess.Popen(
        [*command, "--course", str(course.folder)], stderr=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        deadline = time.monotonic() + 60
        while "warm_start" not in command_lines(below := descendants(process.pid)) or not folders_of(process.pid):
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(number)
        begun = time.monotonic()
        assert process.stderr is not None
        message = process.stderr.read()
        process.wait(60)
    assert time.monotonic() - begun < PROMPT
    assert all(is_gone(pid, 5) for pid in below), command_lines(below)
    if number == signal.SIGKILL:
        assert folders_of(process.pid)
        remove_abandoned_folders()  # as the next command does
    else:
        assert (process.returncode, message.strip()) == (3, "Stopped.")
    assert folders_of(process.pid) == []


def test_temporary_folders_of_living_processes_and_of_others_stay() -> None:
    folder = make_temporary_folder("test")
    other = folder.with_name("grader-test-of-somebody")
    other.mkdir()
    remove_abandoned_folders()
    assert folder.is_dir()
    assert other.is_dir()
    other.rmdir()
    folder.rmdir()
