"""The process that decides: makes plans from rubrics, and verdicts from evidence.

It holds the labels, imports no submission and runs no TensorFlow: graphs are replayed behind walls, by the same
means as submissions, and only their numbers come here.
"""

import traceback
from collections.abc import Callable
from pathlib import Path

import msgspec

from grader.core.course import Course
from grader.core.errors import RubricFileError
from grader.examiner.build_case import make_case
from grader.examiner.judge import judge
from grader.examiner.planning import make_plan, make_replays
from grader.protocol.channel import ANSWER, FAULT, REQUEST, Channel
from grader.protocol.messages import Ask, AskPlan, AskVerdict, Judged, PlanMade, Reply, Unusable
from grader.rubric.data.dataset import Data
from grader.rubric.loader import LoadedRubric, load_usable_rubric
from grader.rubric.model import Rubric


class Examiner:
    """Answers questions. Rubrics and data are read once each."""

    def __init__(self) -> None:
        self._rubrics: dict[tuple[str, str], LoadedRubric] = {}

    def answer(self, ask: Ask) -> Reply:
        """Return the answer. Raises only for a fault of the grader; `RubricFileError` for one of the rubric."""
        key = (ask.question.course, ask.question.exercise)
        if key not in self._rubrics:
            self._rubrics[key] = load_usable_rubric(Course(Path(ask.question.course)), ask.question.exercise)
        rubric, data, rubric_hash = (held := self._rubrics[key]).rubric, held.data, held.hash
        match ask:
            case AskPlan(question=question, done=done):
                chosen = msgspec.structs.replace(question, seeds=question.seeds or rubric.seeds[:1])
                return make_plan(chosen, rubric, data, frozenset(done))
            case AskVerdict():
                return self._verdict(ask, rubric, data, rubric_hash)

    def _verdict(self, ask: AskVerdict, rubric: Rubric, data: Data, rubric_hash: str) -> PlanMade | Judged:
        case = make_case(ask.question, rubric, data, ask.held, ask.submission.markdown)
        if parcel := make_replays(case, rubric, data, frozenset(ask.held.replays)):
            return PlanMade(parcel)
        versions = msgspec.structs.replace(ask.versions, rubric=rubric_hash)
        verdict, exhibits, undecided = judge(
            ask.question.exercise,
            rubric,
            data,
            case,
            ask.submission,
            ask.isolation,
            ask.resources,
            versions,
            ask.language,
        )
        more = tuple(s for s in rubric.seeds if s not in ask.question.seeds) if undecided else ()
        return Judged(verdict, exhibits, more)


def serve(channel: Channel, answer: Callable[[Ask], Reply] | None = None) -> None:
    """Answer questions until the other side is gone. A fault is told, with its traceback, and survived."""
    answer = answer or Examiner().answer
    while (frame := channel.receive()) is not None and frame.kind == REQUEST:
        try:
            reply = answer(msgspec.msgpack.decode(frame.body, type=Ask))
            channel.send(ANSWER, msgspec.msgpack.encode(reply), frame.nonce)
        except RubricFileError as error:
            channel.send(ANSWER, msgspec.msgpack.encode(Unusable(error.text)), frame.nonce)
        except Exception:  # noqa: BLE001 - whatever goes wrong here is the grader's fault and never a student's mark
            channel.send(FAULT, traceback.format_exc().encode(), frame.nonce)


def main() -> None:
    """Serve on the standard streams: the plain mode."""
    import os

    channel = Channel(os.dup(0), os.dup(1))
    os.dup2(2, 1)
    serve(channel)


if __name__ == "__main__":
    main()
