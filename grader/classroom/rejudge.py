"""Judging kept evidence again, in several processes: each reads the store, holds an examiner, and writes reports.

They run nothing and start no TensorFlow. What needs more than judging is told, with the reason.
"""

import gc
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
from grader.protocol.messages import AskPlan, AskVerdict, Judged, PlanMade
from grader.protocol.processes import ONE_THREAD
from grader.protocol.verdict import Verdict

CHUNK = 8  # hand-ins that a process takes at a time


class Again(StrEnum):
    """Why a submission has to be run again."""

    PLAN = "plan"  # the rubric asks for other things
    LOST = "lost"  # the evidence is not there any more
    REPLAY = "replay"  # a check wants to know more about a network
    SEEDS = "seeds"  # in doubt now: more seeds decide


class Kept(msgspec.Struct, frozen=True):
    """A hand-in whose evidence is to be judged. `number`: its own, in the store; `key`: of the evidence.

    Where `entry` has a verdict, the report is written only if that is what comes out again.
    """

    number: int
    key: str
    entry: GradebookEntry


class Rejudged(msgspec.Struct, frozen=True):
    """What came of it: a verdict, or why there is none without a run, or what went wrong with the grader."""

    number: int
    verdict: Verdict | None = None
    again: Again | None = None
    fault: str = ""


@contextmanager
def desks(folder: Path, unplanned: EvidenceKey, size: int | None = None) -> Iterator["Desks"]:
    """Start the processes. What they import takes longer than judging many submissions: once is enough."""
    os.environ.update(ONE_THREAD)  # read when NumPy is imported, which this process never does
    context = multiprocessing.get_context("spawn")
    size = size or count_processors()
    with ProcessPoolExecutor(size, context, _Desk.open, (folder, unplanned)) as pool:
        try:
            # A pool starts a process when it has a task for it: these make all of them start now.
            terms, *_ = [pool.submit(_terms) for _ in range(size)]
            yield Desks(pool, terms)
        finally:
            pool.shutdown(cancel_futures=True)


class Desks:
    """Processes that judge."""

    def __init__(self, pool: ProcessPoolExecutor, terms: Future[EvidenceKey]) -> None:
        self._pool, self._terms = pool, terms

    def terms(self) -> EvidenceKey:
        """Return today's terms. Raises `InternalError` for a rubric that cannot be read."""
        try:
            return self._terms.result()
        except BrokenProcessPool as error:
            raise InternalError("a process that judges cannot be started") from error

    def judge(self, hand_ins: Sequence[Kept]) -> Iterator[Rejudged]:
        """Judge each, and write its report. In the order of the hand-ins. Raises `UserError`, `InternalError`."""
        try:
            yield from self._pool.map(_judge, hand_ins, chunksize=CHUNK)
        except BrokenProcessPool as error:
            raise InternalError("a process that judges is gone") from error


def _terms() -> EvidenceKey:
    assert _Desk.own is not None
    return _Desk.own.terms


def _judge(hand_in: Kept) -> Rejudged:
    assert _Desk.own is not None
    return _Desk.own.judge(hand_in)


class _Desk:
    """What one process judges with."""

    own: ClassVar["_Desk | None"] = None  # of a process that has nothing else to do

    @classmethod
    def open(cls, folder: Path, unplanned: EvidenceKey) -> None:
        """Set up this process."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the command's to answer
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
    def terms(self) -> EvidenceKey:
        """Today's terms. A rubric that cannot be read is a `InternalError`, as everywhere."""
        try:
            return self._unplanned.planned(self._plan)
        except RubricFileError as error:
            raise UnusableRubricError(error.text) from error
        except Exception as error:
            raise InternalError(traceback.format_exc()) from error

    def _plan(self, ask: AskPlan) -> PlanMade:
        made = self.examiner.answer(ask)
        assert isinstance(made, PlanMade)
        return made

    def judge(self, hand_in: Kept) -> Rejudged:
        """Judge one. What goes wrong with it is told, and costs no other submission anything.

        Raises `UserError` for a store or a disk that fails: that is nothing about this one.
        """
        terms = self.terms
        try:
            return self._judge(hand_in, terms)
        except UserError:
            raise
        except Exception:  # noqa: BLE001 - a fault of the grader never becomes a mark
            return Rejudged(hand_in.number, fault=traceback.format_exc())

    def _judge(self, hand_in: Kept, terms: EvidenceKey) -> Rejudged:
        kept = self.store.evidence(hand_in.key)
        if kept is None:
            return Rejudged(hand_in.number, again=Again.LOST)
        if kept.plan != terms.plan:
            return Rejudged(hand_in.number, again=Again.PLAN)
        ask = AskVerdict(
            terms.question(kept.seeds),
            kept.held,
            self.store.submission(hand_in.number),
            kept.isolation,
            kept.resources,
            msgspec.structs.replace(kept.versions, grader=__version__),
            terms.language,
        )
        judged = self.examiner.answer(ask)
        if isinstance(judged, PlanMade):
            return Rejudged(hand_in.number, again=Again.REPLAY)
        assert isinstance(judged, Judged)
        if judged.more_seeds and kept.held.import_stop is None:
            return Rejudged(hand_in.number, again=Again.SEEDS)
        if hand_in.entry.verdict in (None, judged.verdict):
            self.publisher.report(hand_in.entry, judged.verdict, judged.exhibits)
        return Rejudged(hand_in.number, judged.verdict)
