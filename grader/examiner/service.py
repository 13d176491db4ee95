"""Runs the examiner: the process that makes plans from rubrics, and verdicts from evidence.

It has the labels, and it imports neither submissions nor TensorFlow. Graphs are replayed behind walls, as
submissions are run, and only the resulting numbers come here. It is a process of its own beside the worker that
submissions are forked from, so that nothing of it is in their memory.
"""

import logging
import traceback
from dataclasses import replace
from pathlib import Path

import msgspec

from grader.core.course import Course
from grader.core.errors import RubricFileError, UnknownCriterionError
from grader.core.seal import Seal
from grader.examiner.planning import make_plan
from grader.examiner.refusal import refuse
from grader.examiner.session import MEMORY_MIB, Session
from grader.protocol.channel import ANSWER, FAULT, REQUEST, Channel
from grader.protocol.messages import (
    AddEvidence,
    CloseSession,
    Decide,
    Decided,
    Evidence,
    Judged,
    ListDecided,
    MakePlan,
    OpenSession,
    Question,
    Refuse,
    Reply,
    Request,
    RunPlan,
    UnknownNames,
    Unusable,
)
from grader.protocol.processes import run_service
from grader.protocol.submission import Submission
from grader.protocol.verdict import Exhibits, Resources
from grader.rubric.loader import LoadedRubric, load_rubric, load_usable_rubric
from grader.rubric.selection import select_criteria

# With their data, which are large. Of one exercise there are two: one for trainings that are done once more.
MOST_RUBRICS = 6

_log = logging.getLogger(__name__)


class Examiner:
    """Answers requests. It has the open sessions, and the rubrics with their data that were used last."""

    def __init__(self) -> None:
        self._rubrics: dict[tuple[str, str, bytes], LoadedRubric] = {}
        self._sessions: dict[int, Session | Exception] = {}

    def load_rubric(self, question: Question) -> LoadedRubric:
        """Return the rubric that a question is about, with its data, and with those criteria only that it names.

        Raises:
            RubricFileError: nothing can be graded by this rubric.
            UnknownCriterionError: it has no such criterion.
        """
        key = (question.course, question.exercise, question.secret)
        if key not in self._rubrics:
            course = Course(Path(question.course))
            _require_names(course, question)  # before the data are built, which takes longer than anything else
            self._rubrics[key] = load_usable_rubric(course, question.exercise, Seal(question.secret))
        loaded = self._rubrics[key] = self._rubrics.pop(key)  # the last one now
        while len(self._rubrics) > MOST_RUBRICS:
            del self._rubrics[next(iter(self._rubrics))]
        if not question.only:
            return loaded
        rubric = select_criteria(loaded.rubric, question.only, question.exercise)
        return replace(loaded, rubric=rubric, left_out=len(loaded.rubric.criteria) - len(rubric.criteria))

    def plan(self, question: Question) -> RunPlan:
        """Return the plan of all steps of an exercise. Raises `RubricFileError`."""
        loaded = self.load_rubric(question)
        seeds = question.seeds or loaded.rubric.seeds[:1]
        return make_plan(msgspec.structs.replace(question, seeds=seeds), loaded.rubric, loaded.data, frozenset())

    def session(self, question: Question, submission: Submission, language: str) -> Session:
        """Return a new session, which the caller has to keep. Raises `RubricFileError`."""
        return Session(question, self.load_rubric(question), submission, language, self.load_rubric)

    def answer(self, request: Request) -> Reply | None:
        """Carry out a request and return its reply; None for a request that is not answered.

        Raises:
            RubricFileError: nothing can be graded by the rubric.
            Exception: a fault of the grader.
        """
        match request:
            case MakePlan(question=question):
                return self.plan(question)
            case OpenSession():
                session = self.session(request.question, request.submission, request.language)
                self._sessions[request.session] = session
                return session.first_plan(frozenset(request.done))
            case AddEvidence(session=number, evidence=evidence):
                self._add(number, evidence)
                return None
            case Decide(session=number):
                return self._decide(number, request)
            case ListDecided(session=number):
                open_session = self._sessions.get(number)
                return Decided(open_session.list_decided() if isinstance(open_session, Session) else ())
            case Refuse():
                return self._refuse(request)
            case CloseSession(session=number):
                self._sessions.pop(number, None)
                return None

    def _refuse(self, request: Refuse) -> Reply:
        """Return the verdict on a submission that could not be judged. Raises `RubricFileError`."""
        loaded = self.load_rubric(request.question)
        verdict = refuse(
            request.question,
            loaded.rubric,
            request.submission,
            request.reason,
            request.isolation,
            Resources(wall_seconds=0.0, cpu_seconds=0.0, peak_mib=0.0),
            msgspec.structs.replace(request.versions, rubric=loaded.hash),
            request.language,
        )
        return Judged(verdict, Exhibits())

    def _add(self, number: int, evidence: Evidence) -> None:
        """Add evidence. Nobody waits for an answer to this, so a fault is raised when the session decides."""
        session = self._sessions.get(number)
        if isinstance(session, Session):
            try:
                session.add(evidence)
            except Exception as error:  # noqa: BLE001 - the grader's fault, or memory that ran out
                _log.warning("evidence could not be added", exc_info=True)
                self._sessions[number] = error

    def _decide(self, number: int, request: Decide) -> Reply:
        """Return what is to be done next in a session, and forget the session with its verdict."""
        session = self._sessions[number]
        if isinstance(session, Exception):
            raise session
        reply = session.decide(request.isolation, request.resources, request.versions)
        if isinstance(reply, Judged):
            del self._sessions[number]
        return reply


def _require_names(course: Course, question: Question) -> None:
    """Raise `UnknownCriterionError` for a name that the exercise lacks; a broken rubric is told later."""
    if not question.only:
        return
    try:
        select_criteria(load_rubric(course, question.exercise), question.only, question.exercise)
    except UnknownCriterionError:
        raise
    except (Exception, SystemExit):  # noqa: BLE001 - whatever the file of the rubric raises
        _log.info("the rubric cannot be read", exc_info=True)


def serve(channel: Channel, examiner: Examiner | None = None) -> None:
    """Answer requests until the other process ends. A fault is answered with its traceback; serving goes on."""
    examiner = examiner or Examiner()
    while (frame := channel.receive()) is not None and frame.kind == REQUEST:
        try:
            try:
                reply = examiner.answer(msgspec.msgpack.decode(frame.body, type=Request))
            except RubricFileError as error:
                reply = Unusable(error.text)
            except UnknownCriterionError as error:
                reply = UnknownNames(error.text)
            if reply is not None:
                channel.send(ANSWER, msgspec.msgpack.encode(reply), frame.nonce)
        except Exception:  # noqa: BLE001 - whatever goes wrong here is the grader's fault and costs no marks
            _log.warning("a request could not be answered", exc_info=True)
            channel.send(FAULT, traceback.format_exc().encode(), frame.nonce)


def main() -> None:
    """Serve on the standard streams, and end with the process at their other end."""
    run_service(serve, MEMORY_MIB << 20)


if __name__ == "__main__":
    main()
