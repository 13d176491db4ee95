"""Starts the examiner as a process of its own, and sends it requests: a session for each submission.

Imports neither NumPy nor TensorFlow.
"""

import contextlib
import itertools
import secrets
import subprocess
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from grader.core.errors import ExaminerGoneError, InternalError, UnknownCriterionError, UnusableRubricError
from grader.core.i18n import _
from grader.protocol.channel import ANSWER, REQUEST, Frame, Inbox, ProtocolError
from grader.protocol.messages import (
    AddEvidence,
    CloseSession,
    Decide,
    Decided,
    Evidence,
    Judged,
    ListDecided,
    MakePlan,
    NextStep,
    OpenSession,
    Question,
    Refuse,
    ReplayGraphs,
    Reply,
    Request,
    RunPlan,
    UnknownNames,
    Unusable,
)
from grader.protocol.processes import pipes, spawn
from grader.protocol.submission import Submission
from grader.protocol.verdict import CriterionVerdict, Isolation, Resources, Versions
from grader.sandbox.processor_wait import PatientDeadline, waited_seconds

START_SECONDS = 300.0  # for the reply to a request without evidence: the imports and the data come first
# Wall time for a step of judging, in units of the processor time that it may take: the examiner itself gives up
# before, and says why, unless it sleeps, or one call never comes to its end.
WALL_FACTOR = 3.0
END_SECONDS = 5.0  # for a killed process to end
A = TypeVar("A")

Announce = Callable[[int], None]
"""Called before a reply is read, with the bytes of memory that it takes. Raises `InternalError` to refuse it."""


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

    def kill(self) -> None:
        """Kill the process and do not wait for its end; `close` must still be called."""
        self._process.kill()

    def close(self) -> None:
        """Kill the process, which has nothing to finish. May be called twice, and while a request waits."""
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(END_SECONDS)
        self._inbox.close()

    def plan(self, question: Question) -> RunPlan:
        """Return the plan of all steps of an exercise. Raises what `ask` raises."""
        return self.ask(MakePlan(question), START_SECONDS, RunPlan)

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
            UnknownCriterionError: the question is about criteria that the exercise does not have.
            ExaminerGoneError: the examiner has ended or does not answer.
            InternalError: another fault of the examiner.
        """
        prior = prior or Evidence()
        number = next(self._sessions)
        done = (*prior.bodies, *prior.stops)
        plan = self.ask(OpenSession(number, question, submission, language, done), START_SECONDS, RunPlan)
        session = ExaminerSession(self, number, plan)
        for part in prior.parts():
            session.add(part)
        return session

    def refuse(
        self, question: Question, submission: Submission, language: str, isolation: Isolation, versions: Versions
    ) -> Judged:
        """Return the verdict on a submission with which examiners ended: nothing is decided about it.

        Raises what `ask` raises.
        """
        reason = _(
            "The grader's process that judges ended, or did not answer, each time it came to this submission. "
            "Nothing is decided about it; a person has to look at it."
        )
        request = Refuse(question, submission, language, reason, isolation, versions)
        return self.ask(request, START_SECONDS, Judged)

    def send(self, request: Request) -> None:
        """Send a request that is not answered. Raises `ExaminerGoneError`."""
        try:
            with self._lock:
                self._inbox.channel.send(REQUEST, msgspec.msgpack.encode(request))
        except OSError as error:
            raise ExaminerGoneError(f"the examiner is gone: {error.strerror}") from error

    def ask(self, request: Request, seconds: float, *kinds: type[A], announce: Announce = lambda _size: None) -> A:
        """Return the reply to a request, which is one of `kinds`.

        Args:
            request: what is asked.
            seconds: that the examiner may take for the reply. It is of no use any more when it takes longer.
            kinds: the replies that there are to this request.
            announce: counts the reply. One that is refused makes the client useless: it is to be closed.

        Raises:
            UnusableRubricError: nothing can be graded by the rubric.
            UnknownCriterionError: the question is about criteria that the exercise does not have.
            ExaminerGoneError: no answer comes.
            InternalError: another fault of the examiner; the message is its traceback. Or the reply is refused.
        """

        def admit(_kind: bytes, _nonce: bytes, length: int) -> bool:
            announce(2 * length)  # the bytes, and what is decoded from them
            return True

        nonce = secrets.token_bytes(16)
        try:
            with self._lock:
                self._inbox.channel.admit = admit
                self._inbox.channel.send(REQUEST, msgspec.msgpack.encode(request), nonce)
                frame = self._receive_answer(nonce, seconds)
        except TimeoutError as error:
            raise ExaminerGoneError(f"the examiner did not answer within {seconds:g} seconds") from error
        except (OSError, ProtocolError) as error:
            raise ExaminerGoneError(f"the examiner does not answer: {type(error).__name__}") from error
        if frame is None:
            raise ExaminerGoneError("the examiner has ended")
        if frame.kind != ANSWER:
            raise InternalError(frame.body.decode(errors="replace"))
        reply = msgspec.msgpack.decode(frame.body, type=Reply)
        if isinstance(reply, Unusable):
            raise UnusableRubricError(reply.text)
        if isinstance(reply, UnknownNames):
            raise UnknownCriterionError(reply.text)
        assert isinstance(reply, kinds)
        return reply

    def _receive_answer(self, nonce: bytes, seconds: float) -> Frame | None:
        """Return the answer to the request with this nonce; None when the process has ended.

        Raises `TimeoutError`.
        """
        deadline = PatientDeadline(lambda: waited_seconds(self._process.pid), seconds)
        while True:
            try:
                frame = self._inbox.get(deadline.seconds_left())
            except TimeoutError:
                if deadline.has_passed():
                    raise
                continue
            if frame is None or frame.nonce == nonce:  # any other is the late answer to an earlier request
                return frame


class ExaminerSession:
    """The judgement of one submission. A context manager: an exception that leaves it closes the session."""

    def __init__(self, client: ExaminerClient, number: int, first_plan: RunPlan) -> None:
        self.first_plan = first_plan  # of the submission's first run; its parcel may be empty
        self._client, self._number = client, number
        self._answer_seconds = WALL_FACTOR * first_plan.judge_seconds

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:  # the examiner closes a session itself with its verdict
            with contextlib.suppress(ExaminerGoneError):
                self._client.send(CloseSession(self._number))

    def add(self, evidence: Evidence) -> None:
        """Send new evidence to the examiner. Raises `ExaminerGoneError`."""
        self._client.send(AddEvidence(self._number, evidence))

    def list_decided(self) -> tuple[CriterionVerdict, ...]:
        """Return the criteria that can be judged by now and were not returned before. Raises what `ask` raises."""
        return self._client.ask(ListDecided(self._number), self._answer_seconds, Decided).criteria

    def decide(
        self,
        isolation: Isolation,
        resources: Resources,
        versions: Versions,
        announce: Announce = lambda _size: None,
    ) -> NextStep:
        """Return what is to be done next; with a verdict, the session is over. Raises what `ask` raises."""
        reply = self._client.ask(
            Decide(self._number, isolation, resources, versions),
            self._answer_seconds,
            RunPlan,
            ReplayGraphs,
            Judged,
            announce=announce,
        )
        assert isinstance(reply, RunPlan | ReplayGraphs | Judged)
        return reply
