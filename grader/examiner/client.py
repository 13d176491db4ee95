"""Starts the examiner as a process of its own, and sends it requests: a session for each submission.

Imports neither NumPy nor TensorFlow.
"""

import contextlib
import itertools
import secrets
import subprocess
import threading
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from grader.core.errors import InternalError, ProcessGoneError, UnusableRubricError
from grader.protocol.channel import ANSWER, REQUEST, Frame, Inbox, ProtocolError
from grader.protocol.messages import (
    AddEvidence,
    CloseSession,
    Decide,
    Evidence,
    Judged,
    MakePlan,
    NextStep,
    OpenSession,
    Question,
    ReplayGraphs,
    Reply,
    Request,
    RunPlan,
    Unusable,
)
from grader.protocol.processes import pipes, spawn
from grader.protocol.submission import Submission
from grader.protocol.verdict import Isolation, Resources, Versions

JUDGE_SECONDS = 300.0  # for the answer to a request
END_SECONDS = 5.0  # for a killed process to end
A = TypeVar("A")


class ExaminerClient:
    """An examiner process and the requests to it. A context manager.

    Several threads may use one client: their requests wait for each other, while their submissions run at once.
    """

    def __init__(self) -> None:
        self._process = spawn("grader.examiner.service")
        self._inbox = Inbox(pipes(self._process))
        self._lock = threading.Lock()
        self._sessions = itertools.count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Kill the process, which has nothing to finish. May be called twice."""
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(END_SECONDS)
        self._inbox.close()

    def plan(self, question: Question) -> RunPlan:
        """Return the plan of all steps of an exercise. Raises what `ask` raises."""
        return self.ask(MakePlan(question), RunPlan)

    def open(
        self, question: Question, submission: Submission, language: str, prior: Evidence | None = None
    ) -> "ExaminerSession":
        """Begin to judge a submission.

        Args:
            question: the exercise, and the seeds that `prior` is of.
            submission: what was handed in.
            language: of the verdict.
            prior: evidence of earlier runs, whose steps are not done again.

        Raises:
            UnusableRubricError: nothing can be graded by the rubric.
            ProcessGoneError: the examiner has ended or does not answer.
            InternalError: another fault of the examiner.
        """
        prior = prior or Evidence()
        number = next(self._sessions)
        done = (*prior.bodies, *prior.stops)
        plan = self.ask(OpenSession(number, question, submission, language, done), RunPlan)
        session = ExaminerSession(self, number, plan)
        for part in prior.parts():
            session.add(part)
        return session

    def send(self, request: Request) -> None:
        """Send a request that is not answered. Raises `ProcessGoneError`."""
        try:
            with self._lock:
                self._inbox.channel.send(REQUEST, msgspec.msgpack.encode(request))
        except OSError as error:
            raise ProcessGoneError(f"the examiner is gone: {error.strerror}") from error

    def ask(self, request: Request, *kinds: type[A]) -> A:
        """Return the reply to a request, which is one of `kinds`.

        Raises:
            UnusableRubricError: nothing can be graded by the rubric.
            ProcessGoneError: no answer comes.
            InternalError: another fault of the examiner; the message is its traceback.
        """
        nonce = secrets.token_bytes(16)
        try:
            with self._lock:
                self._inbox.channel.send(REQUEST, msgspec.msgpack.encode(request), nonce)
                frame = self._receive_answer(nonce)
        except (OSError, TimeoutError, ProtocolError) as error:
            raise ProcessGoneError(f"the examiner does not answer: {type(error).__name__}") from error
        if frame is None:
            raise ProcessGoneError("the examiner is gone")
        if frame.kind != ANSWER:
            raise InternalError(frame.body.decode(errors="replace"))
        reply = msgspec.msgpack.decode(frame.body, type=Reply)
        if isinstance(reply, Unusable):
            raise UnusableRubricError(reply.text)
        assert isinstance(reply, kinds)
        return reply

    def _receive_answer(self, nonce: bytes) -> Frame | None:
        """Return the answer to the request with this nonce; None when the process has ended."""
        frame = self._inbox.get(JUDGE_SECONDS)
        while frame is not None and frame.nonce != nonce:  # the late answer to an earlier request
            frame = self._inbox.get(JUDGE_SECONDS)
        return frame


class ExaminerSession:
    """The judgement of one submission. A context manager: an exception that leaves it closes the session."""

    def __init__(self, client: ExaminerClient, number: int, first_plan: RunPlan) -> None:
        self.first_plan = first_plan  # of the submission's first run; its parcel may be empty
        self._client, self._number = client, number

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:  # the examiner closes a session itself with its verdict
            with contextlib.suppress(ProcessGoneError):
                self._client.send(CloseSession(self._number))

    def add(self, evidence: Evidence) -> None:
        """Send new evidence to the examiner. Raises `ProcessGoneError`."""
        self._client.send(AddEvidence(self._number, evidence))

    def decide(self, isolation: Isolation, resources: Resources, versions: Versions) -> NextStep:
        """Return what is to be done next; with a verdict, the session is over. Raises what `ask` raises."""
        reply = self._client.ask(
            Decide(self._number, isolation, resources, versions), RunPlan, ReplayGraphs, Judged
        )
        assert isinstance(reply, RunPlan | ReplayGraphs | Judged)
        return reply
