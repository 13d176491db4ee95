"""The line to an examiner: one question at a time, each answered by its own answer. Imports no NumPy."""

import secrets
import subprocess
import threading
from typing import Self, TypeVar

import msgspec

from grader.core.errors import InternalError, ProcessGoneError, UnusableRubricError
from grader.protocol.channel import ANSWER, END, REQUEST, Inbox, ProtocolError
from grader.protocol.messages import Answer, Ask, Reply, Unusable
from grader.protocol.processes import pipes, spawn

JUDGE_SECONDS = 300.0
A = TypeVar("A", bound=Reply)


class ExaminerLine:
    """Asks an examiner. Several threads may; they wait for each other."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._lock = threading.Lock()

    def ask(self, ask: Ask, *kinds: type[A]) -> A:
        """Return the answer, which is one of `kinds`.

        Raises `UnusableRubricError` for a rubric that cannot be used, `InternalError` for a fault of the examiner,
        `ProcessGoneError` where no answer comes.
        """
        nonce = secrets.token_bytes(16)
        try:
            with self._lock:
                self._inbox.channel.send(REQUEST, msgspec.msgpack.encode(ask), nonce)
                frame = self._inbox.get(JUDGE_SECONDS)
                while frame is not None and frame.nonce != nonce:  # an answer that came too late for its question
                    frame = self._inbox.get(JUDGE_SECONDS)
        except (OSError, TimeoutError, ProtocolError) as error:
            raise ProcessGoneError(f"the examiner does not answer: {type(error).__name__}") from error
        if frame is None:
            raise ProcessGoneError("the examiner is gone")
        if frame.kind != ANSWER:
            raise InternalError(frame.body.decode(errors="replace"))
        reply = msgspec.msgpack.decode(frame.body, type=Answer)
        if isinstance(reply, Unusable):
            raise UnusableRubricError(reply.text)
        assert isinstance(reply, kinds)
        return reply


class OwnExaminer:
    """An examiner of its own, where nothing has to be run: no TensorFlow, no worker. A context manager."""

    def __init__(self) -> None:
        self._process = spawn("grader.examiner.service")
        self._inbox = Inbox(pipes(self._process))
        self.line = ExaminerLine(self._inbox)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._inbox.channel.send(END)
            self._process.wait(1.0)
        except (OSError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait()
        self._inbox.close()
