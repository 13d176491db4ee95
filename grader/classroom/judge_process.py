"""The program of a process that judges stored evidence again, with a store and an examiner of its own.

`python -m grader.classroom.judge_process` answers requests on its standard streams. It runs no submission and
starts no TensorFlow. What goes wrong with one hand-in is the answer to that request.
"""

import gc
import hashlib
import logging
import traceback
from collections import deque
from functools import cached_property
from pathlib import Path

import msgspec

from grader import __version__
from grader.classroom.folder import open_folder, open_store
from grader.classroom.judge_messages import (
    JudgeReply,
    JudgeRequest,
    JudgeSettings,
    Planned,
    RejudgeJob,
    RejudgeResult,
    RerunReason,
    Stopped,
    Unusable,
)
from grader.classroom.pages import Publisher
from grader.classroom.store import StoredEvidence
from grader.core.course import Course
from grader.core.errors import RubricFileError, UserError
from grader.examiner.service import Examiner
from grader.examiner.session import MEMORY_MIB
from grader.grading.evidence_key import EvidenceKey
from grader.protocol.channel import ANSWER, FAULT, REQUEST, SETUP, Channel
from grader.protocol.messages import Evidence, Judged, ReplayGraphs, RunPlan
from grader.protocol.old_parcels import convert_old, pack_old
from grader.protocol.parcels import unpack
from grader.protocol.plan import Plan
from grader.protocol.processes import run_service
from grader.protocol.submission import Submission

_log = logging.getLogger(__name__)

COLLECTOR_THRESHOLD = 50_000  # objects, a few hand-ins: with Python's 700, a tenth of the time is collecting
MOST_JUDGED = 8  # verdicts, with what their reports show, which may be pictures of megabytes


class Judge:
    """The store, the pages and the examiner of this process."""

    def __init__(self, settings: JudgeSettings) -> None:
        """Open the class. Raises `UserError`."""
        self._unplanned = EvidenceKey(
            Course(Path(settings.course), settings.secret), settings.exercise, settings.language, settings.mode
        )
        class_folder = open_folder(Path(settings.folder))
        self.store = open_store(class_folder)
        self.publisher = Publisher(class_folder, self.store)
        self.examiner = Examiner()
        # What was judged last, with all that it depends on: many of a class hand in the stub as it is.
        self._judged: deque[tuple[object, Judged]] = deque(maxlen=MOST_JUDGED)

    def answer(self, request: JudgeRequest) -> JudgeReply:
        """Carry out a request. Raises `UserError` for a rubric, a store or a disk that is of no use."""
        if isinstance(request, RejudgeJob):
            return self.judge(request)
        rubric = self.examiner.load_rubric(self._unplanned.question()).rubric
        return Planned(self.evidence_key.plan, rubric.judge_seconds)

    @cached_property
    def evidence_key(self) -> EvidenceKey:
        """Today's evidence key, with the plan. Raises `RubricFileError` for a rubric that cannot be read."""
        return self._unplanned.planned(self.examiner.plan)

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
        stored, read_submission = self.store.find_judged(job.number, job.key)
        if stored is None:
            return RejudgeResult(job.number, rerun=RerunReason.LOST)
        if stored.plan == key.plan:
            evidence = stored.evidence
        elif stored.plan == self._plan_of_release_0_1:
            evidence = _convert_old_evidence(stored.evidence)
        else:
            return RejudgeResult(job.number, rerun=RerunReason.PLAN)
        reply = self._decide(job.key, key, stored, evidence, read_submission())
        if isinstance(reply, RerunReason):
            return RejudgeResult(job.number, rerun=reply)
        if job.has_report and job.entry.verdict in (None, reply.verdict):
            self.publisher.write_report(job.entry, reply.verdict, reply.exhibits)
        return RejudgeResult(job.number, reply.verdict)

    def _decide(
        self, name: str, key: EvidenceKey, stored: StoredEvidence, evidence: Evidence, submission: Submission
    ) -> Judged | RerunReason:
        """Return the verdict on the evidence of a name, or why the submission has to be run again."""
        # Another run under the same name has other resources: its seconds differ.
        same = (name, submission, stored.seeds, stored.isolation, stored.resources, stored.versions)
        judged = next((judged for earlier, judged in self._judged if earlier == same), None)
        if judged is not None:
            return judged
        session = self.examiner.session(key.question(stored.seeds), submission, key.language)
        session.add(evidence)
        versions = msgspec.structs.replace(stored.versions, grader=__version__)
        seeds = session.seeds
        reply = session.decide(stored.isolation, stored.resources, versions)
        if isinstance(reply, ReplayGraphs):
            return RerunReason.REPLAY
        if isinstance(reply, RunPlan):
            return RerunReason.SEEDS if set(reply.seeds) > set(seeds) else RerunReason.STAND_INS
        self._judged.appendleft((same, reply))
        return reply


def _convert_old_evidence(evidence: Evidence) -> Evidence:
    """Return evidence of release 0.1 in today's format."""
    return msgspec.structs.replace(
        evidence,
        imported=evidence.imported and convert_old(evidence.imported),
        bodies={step: convert_old(body) for step, body in evidence.bodies.items()},
        replays={step: body and convert_old(body) for step, body in evidence.replays.items()},
    )


def serve(channel: Channel) -> None:
    """Open the class that the first message names, and answer requests until the other process ends."""
    judge: Judge | None = None
    setup = channel.receive()
    assert setup is not None
    assert setup.kind == SETUP
    while (frame := channel.receive()) is not None and frame.kind == REQUEST:
        try:
            if judge is None:
                judge = Judge(msgspec.msgpack.decode(setup.body, type=JudgeSettings))
                gc.freeze()  # the collector need not go through the imports again and again
                gc.set_threshold(COLLECTOR_THRESHOLD)
            reply = _answer(judge, msgspec.msgpack.decode(frame.body, type=JudgeRequest))
            channel.send(ANSWER, msgspec.msgpack.encode(reply), frame.nonce)
        except UserError as error:
            channel.send(ANSWER, msgspec.msgpack.encode(Stopped(error.text)), frame.nonce)
        except Exception:  # noqa: BLE001 - the grader's fault
            _log.warning("a request could not be answered", exc_info=True)
            channel.send(FAULT, traceback.format_exc().encode(), frame.nonce)


def _answer(judge: Judge, request: JudgeRequest) -> JudgeReply:
    try:
        return judge.answer(request)
    except RubricFileError as error:
        return Unusable(error.text)


def main() -> None:
    """Serve on the standard streams, and end with the process at their other end."""
    run_service(serve, MEMORY_MIB << 20)


if __name__ == "__main__":
    main()
