"""The examiner's process: one session does not touch another, and the process can always be ended."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.core.errors import ExaminerGoneError, InternalError
from grader.examiner.client import ExaminerClient
from grader.protocol.messages import AddEvidence, Evidence, Judged, Question, RunPlan
from grader.protocol.verdict import Isolation, Resources, Versions
from grader.submission.reader import read
from tests.helpers.paths import END_TO_END_COURSE
from tests.helpers.processes import is_gone

ISOLATION = Isolation(mode="plain", walls=())
RESOURCES = Resources(wall_seconds=0, cpu_seconds=0, peak_mib=0)
VERSIONS = Versions(python="", tensorflow="", keras="", numpy="", scikit_learn="", grader="", rubric="")
QUESTION = Question(course=str(END_TO_END_COURSE), exercise="functions")
SUBMISSION = read(END_TO_END_COURSE / "reference" / "functions" / "submission.py")
ENDLESS = (
    "import time\nPath = __import__('pathlib').Path\nPath(__file__).with_name('busy').touch()\n"
    "while True: 7 ** 7 ** 9\n"  # which gives no other thread of that process a turn
)


@pytest.fixture(scope="module")
def client() -> Iterator[ExaminerClient]:
    with ExaminerClient() as started:
        yield started


def endless_course(folder: Path) -> Question:
    """A course whose rubric keeps whoever reads it busy for ever."""
    exercise = folder / "exercises" / "endless"
    exercise.mkdir(parents=True)
    (exercise / "rubric.py").write_text(ENDLESS)
    return Question(course=str(folder), exercise="endless")


def await_file(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} was never written"
        time.sleep(0.01)


def decide(client: ExaminerClient, evidence: Evidence) -> Judged:
    """Open a session, add evidence, and return the verdict."""
    with client.open(QUESTION, SUBMISSION, "en") as session:
        assert isinstance(session.first_plan, RunPlan)
        session.add(evidence)
        reply = session.decide(ISOLATION, RESOURCES, VERSIONS)
    assert isinstance(reply, Judged)
    return reply


def test_damaged_evidence_is_not_graded_and_touches_no_other_session(client: ExaminerClient) -> None:
    before = decide(client, Evidence())
    with client.open(QUESTION, SUBMISSION, "en") as session:
        session.add(Evidence(bodies={"one_hot@every": b"\xff" * 100}))
        assert decide(client, Evidence()) == before
        reply = session.decide(ISOLATION, RESOURCES, VERSIONS)
    assert isinstance(reply, Judged)
    statuses = {criterion.id: str(criterion.status) for criterion in reply.verdict.criteria}
    assert statuses["one_hot"] == "not_graded"


def test_a_session_is_forgotten_with_its_verdict_and_when_it_is_left(client: ExaminerClient) -> None:
    with client.open(QUESTION, SUBMISSION, "en") as judged:
        judged.decide(ISOLATION, RESOURCES, VERSIONS)
        with pytest.raises(InternalError, match="KeyError"):
            judged.decide(ISOLATION, RESOURCES, VERSIONS)

    def leave() -> None:
        with client.open(QUESTION, SUBMISSION, "en") as left:
            sessions.append(left)
            raise InterruptedError

    sessions = [judged]
    with pytest.raises(InterruptedError):
        leave()
    with pytest.raises(InternalError, match="KeyError"):
        sessions[-1].decide(ISOLATION, RESOURCES, VERSIONS)


def test_evidence_for_a_session_that_is_over_is_no_error(client: ExaminerClient) -> None:
    client.send(AddEvidence(10**6, Evidence(bodies={"a": b"b"})))
    assert decide(client, Evidence()).verdict.points == 0


@pytest.mark.own_worker
def test_an_examiner_that_is_busy_for_ever_can_be_closed(tmp_path: Path) -> None:
    client = ExaminerClient()
    errors: list[Exception] = []

    def ask() -> None:
        try:
            client.plan(endless_course(tmp_path))
        except InternalError as error:
            errors.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    await_file(tmp_path / "exercises" / "endless" / "busy")
    client.close()
    client.close()  # no harm
    thread.join(60)
    assert client._process.poll() == -signal.SIGKILL
    assert [type(error) for error in errors] == [ExaminerGoneError]


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_busy_examiner_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    question = endless_course(tmp_path)
    code = (
        "from grader.examiner.client import ExaminerClient\n"
        "from grader.protocol.messages import Question\n"
        "client = ExaminerClient()\n"
        "print(client._process.pid, flush=True)\n"
        f"client.plan(Question(course={question.course!r}, exercise='endless'))\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        examiner = int(parent.stdout.readline())
        await_file(tmp_path / "exercises" / "endless" / "busy")
        os.kill(parent.pid, signal.SIGKILL)
    assert is_gone(examiner)


def test_what_one_verdict_must_not_allocate_is_a_fault_of_that_request_only(tmp_path: Path) -> None:
    """The examiner has a limit of memory: beyond it Python raises, and the process goes on."""
    exercise = tmp_path / "exercises" / "huge"
    exercise.mkdir(parents=True)
    (exercise / "rubric.py").write_text(
        "import numpy\nnumpy.empty(1 << 30)\n"
    )  # 8 GiB, of which no page is ever touched
    with ExaminerClient() as client:
        with pytest.raises(InternalError, match="Unable to allocate"):
            client.plan(Question(course=str(tmp_path), exercise="huge"))
        assert client.plan(QUESTION).parcel
