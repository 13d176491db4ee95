"""Judge stored evidence again, in several processes, each with a connection to the store and an examiner.

They run no submission and start no TensorFlow. A submission that has to be run again is returned with the reason.
"""

import gc
import hashlib
import logging
import multiprocessing
import os
import signal
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import msgspec

from grader import __version__
from grader.classroom.folder import open_folder, open_store
from grader.classroom.pages import Publisher
from grader.core.errors import InternalError, RubricFileError, UnusableRubricError, UserError
from grader.grading.evidence_key import EvidenceKey
from grader.grading.local_pool import count_processors
from grader.protocol.gradebook import GradebookEntry
from grader.protocol.messages import Evidence, ReplayGraphs, RunPlan
from grader.protocol.old_parcels import convert_old, pack_old
from grader.protocol.parcels import unpack
from grader.protocol.plan import Plan
from grader.protocol.processes import ONE_THREAD
from grader.protocol.verdict import Verdict

_log = logging.getLogger(__name__)

CHUNK = 8  # hand-ins that a process takes at a time


class RerunReason(StrEnum):
    """Why a submission has to be run again."""

    PLAN = "plan"  # the rubric asks for other things
    LOST = "lost"  # there is no evidence any more
    REPLAY = "replay"  # a check needs more about a network
    SEEDS = "seeds"  # the verdict is in doubt now: more seeds decide
    STAND_INS = "stand_ins"  # functions have to be tried on networks of the grader's


class RejudgeJob(msgspec.Struct, frozen=True):
    """A hand-in whose evidence is to be judged.

    Where `entry` has a verdict, the report is written only if that verdict comes out again.
    """

    number: int  # of the hand-in, in the store
    key: str  # of the evidence
    entry: GradebookEntry


class RejudgeResult(msgspec.Struct, frozen=True):
    """What came of one job: a verdict, or a reason to run the submission, or a fault of the grader."""

    number: int
    verdict: Verdict | None = None
    rerun: RerunReason | None = None
    fault: str = ""


@contextmanager
def start_judges(folder: Path, unplanned: EvidenceKey, size: int | None = None) -> Iterator["JudgePool"]:
    """Start the processes, once for many submissions: their imports take longer than judging.

    Args:
        folder: Of the class.
        unplanned: Today's evidence key, still without the plan.
        size: Number of processes; without it, one per processor.
    """
    os.environ.update(ONE_THREAD)  # read when NumPy is imported, which this process never does
    context = multiprocessing.get_context("spawn")
    size = size or count_processors()
    with ProcessPoolExecutor(size, context, _Judge.open, (folder, unplanned)) as pool:
        try:
            # A pool starts a process when it has a task for it: these make all of them start now.
            evidence_key, *_ = [pool.submit(_evidence_key) for _ in range(size)]
            yield JudgePool(pool, evidence_key)
        finally:
            pool.shutdown(cancel_futures=True)


class JudgePool:
    """Processes that judge."""

    def __init__(self, pool: ProcessPoolExecutor, evidence_key: Future[EvidenceKey]) -> None:
        self._pool, self._evidence_key = pool, evidence_key

    def evidence_key(self) -> EvidenceKey:
        """Return today's evidence key, with the plan. Raises `InternalError` for a rubric that cannot be read."""
        try:
            return self._evidence_key.result()
        except BrokenProcessPool as error:
            raise InternalError("a process that judges cannot be started") from error

    def judge(self, jobs: Sequence[RejudgeJob]) -> Iterator[RejudgeResult]:
        """Judge each hand-in and write its report. Results come in the order of the jobs.

        Raises:
            UserError: The store or the disk fails.
            InternalError: A process has died.
        """
        try:
            yield from self._pool.map(_judge, jobs, chunksize=CHUNK)
        except BrokenProcessPool as error:
            raise InternalError("a process that judges is gone") from error


def _evidence_key() -> EvidenceKey:
    assert _Judge.own is not None
    return _Judge.own.evidence_key


def _judge(job: RejudgeJob) -> RejudgeResult:
    assert _Judge.own is not None
    return _Judge.own.judge(job)


class _Judge:
    """The store, the pages and the examiner of one process."""

    own: ClassVar["_Judge | None"] = None  # of this process, which has nothing else to do

    @classmethod
    def open(cls, folder: Path, unplanned: EvidenceKey) -> None:
        """Set up this process."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the command itself answers Ctrl-C
        cls.own = cls(folder, unplanned)
        gc.freeze()  # the collector need not go through the imports again and again

    def __init__(self, folder: Path, unplanned: EvidenceKey) -> None:
        from grader.examiner.service import Examiner  # NumPy with it, which the command itself starts without

        self._unplanned = unplanned
        class_folder = open_folder(folder)
        self.store = open_store(class_folder)
        self.publisher = Publisher(class_folder, self.store)
        self.examiner = Examiner()

    @cached_property
    def evidence_key(self) -> EvidenceKey:
        """Today's evidence key, with the plan. A rubric that cannot be read is a `InternalError`."""
        try:
            return self._unplanned.planned(self.examiner.plan)
        except RubricFileError as error:
            raise UnusableRubricError(error.text) from error
        except Exception as error:
            raise InternalError(traceback.format_exc()) from error

    @cached_property
    def _plan_of_release_0_1(self) -> str:
        """The hash that release 0.1 stored for the plan that is today's, in the format of that release."""
        plan, arrays = unpack(self.examiner.plan(self.evidence_key.question()).parcel, Plan)
        return hashlib.sha256(pack_old(plan, arrays)).hexdigest()

    def judge(self, job: RejudgeJob) -> RejudgeResult:
        """Judge one hand-in. A fault of the grader is part of the result, and costs no other hand-in anything.

        Raises `UserError` for a store or a disk that fails: that is not about this hand-in.
        """
        key = self.evidence_key
        try:
            return self._judge(job, key)
        except UserError:
            raise
        except Exception:  # noqa: BLE001 - a fault of the grader never becomes a mark
            _log.warning("judging hand-in %d again failed", job.number, exc_info=True)
            return RejudgeResult(job.number, fault=traceback.format_exc())

    def _judge(self, job: RejudgeJob, key: EvidenceKey) -> RejudgeResult:
        stored = self.store.find_evidence(job.key)
        if stored is None:
            return RejudgeResult(job.number, rerun=RerunReason.LOST)
        if stored.plan == key.plan:
            evidence = stored.evidence
        elif stored.plan == self._plan_of_release_0_1:
            evidence = _convert_old_evidence(stored.evidence)
        else:
            return RejudgeResult(job.number, rerun=RerunReason.PLAN)
        submission = self.store.read_submission(job.number)
        session = self.examiner.session(key.question(stored.seeds), submission, key.language)
        session.add(evidence)
        versions = msgspec.structs.replace(stored.versions, grader=__version__)
        seeds = session.seeds
        reply = session.decide(stored.isolation, stored.resources, versions)
        if isinstance(reply, ReplayGraphs):
            return RejudgeResult(job.number, rerun=RerunReason.REPLAY)
        if isinstance(reply, RunPlan):
            needs_seeds = set(reply.seeds) > set(seeds)
            return RejudgeResult(job.number, rerun=RerunReason.SEEDS if needs_seeds else RerunReason.STAND_INS)
        if job.entry.verdict in (None, reply.verdict):
            self.publisher.write_report(job.entry, reply.verdict, reply.exhibits)
        return RejudgeResult(job.number, reply.verdict)


def _convert_old_evidence(evidence: Evidence) -> Evidence:
    """Return evidence of release 0.1 in today's format."""
    return msgspec.structs.replace(
        evidence,
        imported=evidence.imported and convert_old(evidence.imported),
        bodies={step: convert_old(body) for step, body in evidence.bodies.items()},
        replays={step: body and convert_old(body) for step, body in evidence.replays.items()},
    )
