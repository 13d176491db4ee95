"""Judge stored evidence again, in several processes, each with a connection to the store and an examiner.

A process that ends or does not answer costs the hand-in that it judged; the next one gets a new process.
"""

import contextlib
import logging
import os
import queue
import secrets
import subprocess
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import msgspec

from grader.classroom.judge_messages import (
    JudgeReply,
    JudgeRequest,
    JudgeSettings,
    PlanKey,
    Planned,
    RejudgeJob,
    RejudgeResult,
    RerunReason,
    Stopped,
    Unusable,
)
from grader.core.errors import ExaminerGoneError, InternalError, UnusableRubricError, UserError
from grader.examiner.client import WALL_FACTOR
from grader.grading.evidence_key import EvidenceKey
from grader.grading.local_pool import count_processors
from grader.protocol.channel import ANSWER, REQUEST, SETUP, Inbox, ProtocolError
from grader.protocol.processes import KEEP_MEMORY, ONE_THREAD, pipes, spawn

__all__ = ["JudgePool", "RejudgeJob", "RejudgeResult", "RerunReason", "start_judges"]

_log = logging.getLogger(__name__)

START_SECONDS = 300.0  # for the imports, and for reading rubric and data
STORE_SECONDS = 60.0  # for the store and the disk, besides judging
END_SECONDS = 5.0  # for a killed process to end
TRIES = 2  # for one hand-in


class JudgeProcess:
    """A process that judges; it is started for the first request, and again when it has ended. For one thread."""

    def __init__(self, settings: JudgeSettings) -> None:
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None
        self._inbox: Inbox | None = None
        self._planned: Planned | None = None  # what this process has answered
        self._lock = threading.Lock()  # of the two above: another thread may close
        self._is_closed = False

    def start(self) -> Inbox:
        """Start the process if there is none. Raises `ExaminerGoneError` when this was closed, and `OSError`."""
        with self._lock:
            if self._is_closed:
                raise ExaminerGoneError("judging was stopped")
            if self._inbox is None:
                # Unlike other processes of ours it opens the store, which may need variables of the user's.
                self._process = spawn(
                    "grader.classroom.judge_process", dict(os.environ) | ONE_THREAD | KEEP_MEMORY
                )
                self._inbox = Inbox(pipes(self._process))
                with contextlib.suppress(OSError):  # it has ended: whoever waits for its answer will notice
                    self._inbox.channel.send(SETUP, msgspec.msgpack.encode(self._settings))
            return self._inbox

    def plan(self) -> Planned:
        """Return what today's plan is; the process is up when it has answered. Raises as `JudgePool` does."""
        if self._planned is None:
            reply = _usable(self.ask(PlanKey(), START_SECONDS))
            assert isinstance(reply, Planned)
            self._planned = reply
        return self._planned

    def ask(self, request: JudgeRequest, seconds: float) -> JudgeReply:
        """Return the reply to a request.

        Raises:
            ExaminerGoneError: the process has ended or does not answer. It is killed; the next request starts one.
            InternalError: another fault; the message is its traceback.
        """
        inbox = self.start()
        nonce = secrets.token_bytes(16)
        try:
            inbox.channel.send(REQUEST, msgspec.msgpack.encode(request), nonce)
            frame = inbox.get(seconds)
        except (OSError, ProtocolError) as error:
            self._end()
            did = "did not answer within" if isinstance(error, TimeoutError) else "ended within"
            raise ExaminerGoneError(f"the process that judges {did} {seconds:g} seconds") from error
        if frame is None:
            self._end()
            raise ExaminerGoneError("the process that judges has ended")
        if frame.kind != ANSWER or frame.nonce != nonce:
            raise InternalError(frame.body.decode(errors="replace"))
        reply: JudgeReply = msgspec.msgpack.decode(frame.body, type=JudgeReply)
        return reply

    def close(self) -> None:
        """End the process for good, also while a request waits."""
        with self._lock:
            self._is_closed = True
        self._end()

    def _end(self) -> None:
        with self._lock:
            process, inbox = self._process, self._inbox
            self._process = self._inbox = self._planned = None
        if process is not None and inbox is not None:
            process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(END_SECONDS)
            inbox.close()


@contextmanager
def start_judges(folder: Path, unplanned: EvidenceKey, size: int | None = None) -> Iterator["JudgePool"]:
    """Start the processes, once for many submissions: their imports take longer than judging.

    Args:
        folder: Of the class.
        unplanned: Today's evidence key, still without the plan.
        size: Number of processes; without it, one per processor.
    """
    settings = JudgeSettings(
        str(folder.resolve()),
        str(unplanned.course.folder.resolve()),
        unplanned.course.secret,
        unplanned.exercise,
        unplanned.language,
        unplanned.mode,
    )
    processes = [JudgeProcess(settings) for _ in range(size or count_processors())]
    try:
        for process in processes:
            process.start()
        yield JudgePool(processes, unplanned)
    finally:
        for process in processes:
            process.close()


class JudgePool:
    """Processes that judge."""

    def __init__(self, processes: Sequence[JudgeProcess], unplanned: EvidenceKey) -> None:
        self._processes, self._unplanned = processes, unplanned

    def evidence_key(self) -> EvidenceKey:
        """Return today's evidence key, with the plan.

        All processes read the rubric and draw the data meanwhile, so that each can judge afterwards.

        Raises:
            UserError: the store or the disk fails.
            InternalError: the rubric cannot be read, or no process can be started.
        """
        with ThreadPoolExecutor(len(self._processes)) as threads:
            first, *_others = [threads.submit(process.plan) for process in self._processes]
        return replace(self._unplanned, plan=first.result().plan)

    def judge(self, jobs: Sequence[RejudgeJob]) -> Iterator[RejudgeResult]:
        """Judge each hand-in and write its report. Results come as they are finished, in any order.

        Raises:
            UserError: the store or the disk fails.
            InternalError: no process can be started that judges.
        """
        waiting: queue.SimpleQueue[RejudgeJob] = queue.SimpleQueue()
        for job in jobs:
            waiting.put(job)
        results: queue.SimpleQueue[RejudgeResult | Exception] = queue.SimpleQueue()

        def work(process: JudgeProcess) -> None:
            try:
                while True:
                    try:
                        job = waiting.get_nowait()
                    except queue.Empty:
                        return
                    results.put(self._judge(process, job))
            except Exception as error:  # noqa: BLE001 - raised where the results are taken
                results.put(error)

        for process in self._processes:
            threading.Thread(target=work, args=(process,), daemon=True).start()
        for _ in jobs:
            result = results.get()
            if isinstance(result, Exception):
                raise result
            yield result

    def _judge(self, process: JudgeProcess, job: RejudgeJob) -> RejudgeResult:
        """Judge one hand-in; what ends a process twice is a fault that costs this hand-in alone."""
        fault = ""
        for _ in range(TRIES):
            seconds = WALL_FACTOR * process.plan().judge_seconds + STORE_SECONDS
            try:
                reply = _usable(process.ask(job, seconds))
            except ExaminerGoneError as error:
                _log.warning("a process that judges is gone", exc_info=True)
                fault = f"{error}, twice, as it judged this submission"
            except UserError:
                raise
            else:
                assert isinstance(reply, RejudgeResult)
                return reply
        return RejudgeResult(job.number, fault=fault, ended_examiner=True)


def _usable(reply: JudgeReply) -> Planned | RejudgeResult:
    """Return a reply, or raise what it stands for."""
    if isinstance(reply, Stopped):
        raise UserError(reply.text)
    if isinstance(reply, Unusable):
        raise UnusableRubricError(reply.text)
    return reply
