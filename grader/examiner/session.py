"""Judges one submission in steps: it plans runs, decodes evidence as it arrives, and makes the verdict.

What a submission left may take any amount of memory and time to judge, whatever the readers of evidence do. So
each step has a limit of both: beyond it, that submission is not graded, and the process goes on with the others.
"""

import logging
from collections.abc import Callable
from typing import TypeVar

import msgspec

from grader.core.i18n import Message, Translator, _
from grader.core.seal import Seal
from grader.examiner.build_case import DecodedEvidence, build_case
from grader.examiner.judge import MissingEvidence, is_decided_by_steps, judge, judge_apart
from grader.examiner.planning import make_plan, make_replays
from grader.examiner.refusal import explain_memory, explain_time, refuse
from grader.protocol.evidence import Missing, Returned
from grader.protocol.messages import Evidence, Judged, NextStep, Question, ReplayGraphs, RunPlan
from grader.protocol.processes import ProcessorTimeOverError, limit_processor_time
from grader.protocol.submission import Submission
from grader.protocol.verdict import (
    ONLY_PART,
    CriterionVerdict,
    Exhibits,
    Isolation,
    Notice,
    Resources,
    Verdict,
    Versions,
)
from grader.rubric.data.dataset import Data
from grader.rubric.loader import LoadedRubric
from grader.submission.unwritten import find_unwritten_functions

MEMORY_MIB = 1200  # for all sessions of a process together, beside what is mapped from files

_log = logging.getLogger(__name__)
T = TypeVar("T")


class Session:
    """The judgement of one submission while its evidence is still coming in."""

    def __init__(
        self,
        question: Question,
        loaded: LoadedRubric,
        submission: Submission,
        language: str,
        load_rubric: Callable[[Question], LoadedRubric],
    ) -> None:
        """Begin.

        Args:
            question: the exercise and the seeds; without seeds, the rubric's first.
            loaded: the rubric of the exercise with its data.
            submission: what was handed in.
            language: of the verdict.
            load_rubric: reads the rubric of a question with its data.
        """
        self._load_rubric = load_rubric
        self._loaded, self._submission, self._language = loaded, submission, language
        self._question = msgspec.structs.replace(question, seeds=question.seeds or loaded.rubric.seeds[:1])
        self._evidence = DecodedEvidence()
        self._done_before: frozenset[str] = frozenset()  # steps with evidence from an earlier run
        self._told: set[str] = set()  # ids of criteria that `list_decided` has returned
        self._unwritten = find_unwritten_functions(unit.source for unit in submission.units)
        self._refusal: Message | None = None  # why nothing is judged; None as long as something is

    @property
    def seeds(self) -> tuple[int, ...]:
        """Return the seeds that the question is about so far."""
        return self._question.seeds

    @property
    def step_seconds(self) -> float:
        """Return how much processor time it may take to decode new evidence, or to decide."""
        return self._loaded.rubric.judge_seconds

    def add(self, evidence: Evidence) -> None:
        """Decode new evidence. Earlier evidence of a step stays."""
        if self._refusal is None:
            self._within_limits(lambda: self._evidence.add(evidence))

    def first_plan(self, done: frozenset[str]) -> RunPlan:
        """Return the plan of the submission's first run. `done`: steps that have evidence from earlier runs."""
        self._done_before = done
        return make_plan(self._question, self._loaded.rubric, self._loaded.data, done)

    def list_decided(self) -> tuple[CriterionVerdict, ...]:
        """Return the criteria that all evidence is there for now, and that were not returned before.

        None that is about networks: further evidence is asked for them, which may change what is decided.
        """
        if self._refusal is not None:
            return ()
        decided = self._within_limits(self._judge_decided) or ()
        self._told |= {criterion.id for criterion in decided}
        return decided

    def _judge_decided(self) -> tuple[CriterionVerdict, ...]:
        rubric = self._loaded.rubric
        # Why a function is missing is known only when the file has been run as a whole.
        results = self._evidence.steps.items()
        done = frozenset(id_ for id_, result in results if not isinstance(result.evidence.outcome, Missing))
        ready = [
            c.id
            for c in rubric.criteria
            if c.id not in self._told
            and is_decided_by_steps(c, done, self.seeds, self._told)
            and not {step.id for step in c.check.steps(self.seeds)} <= self._done_before
        ]
        if not ready:
            return ()
        case = build_case(
            self._question, rubric, self._loaded.data, self._evidence, self._submission.markdown, self._unwritten
        )
        verdicts = judge_apart(rubric.criteria, {*ready, *self._told}, case, self._submission, self._language)
        return tuple(verdict for verdict in verdicts if verdict.id in ready)

    def decide(self, isolation: Isolation, resources: Resources, versions: Versions) -> NextStep:
        """Return what is to be done next.

        Args:
            isolation: the isolation features of all runs so far.
            resources: what all runs so far used, in seconds and MiB.
            versions: what the runs were made with; the rubric's own hash is filled in here.

        Returns:
            Graphs to replay, as long as one in the evidence was not; else a further plan, where the judgement
            depends on chance, a function had no network to work on, or a training is in doubt; else the verdict.
        """
        versions = msgspec.structs.replace(versions, rubric=self._loaded.hash)
        reply: NextStep | None = None
        if self._refusal is None:
            reply = self._within_limits(lambda: self._decide(isolation, resources, versions))
        return reply or self._refuse(isolation, resources, versions)

    def _within_limits(self, work: Callable[[], T]) -> T | None:
        """Return what `work` returns; where it takes too much memory or time, None: nothing is judged then."""
        try:
            with limit_processor_time(self.step_seconds):
                return work()
        except MemoryError:
            self._refusal = explain_memory(MEMORY_MIB)
        except ProcessorTimeOverError:
            self._refusal = explain_time(self.step_seconds)
        _log.warning("a submission takes too much memory or time to be judged")
        self._evidence = DecodedEvidence()
        return None

    def _refuse(self, isolation: Isolation, resources: Resources, versions: Versions) -> Judged:
        assert self._refusal is not None
        verdict = refuse(
            self._question,
            self._loaded.rubric,
            self._submission,
            self._refusal,
            isolation,
            resources,
            versions,
            self._language,
        )
        return Judged(verdict, Exhibits())

    def _decide(self, isolation: Isolation, resources: Resources, versions: Versions) -> NextStep:
        rubric, data = self._loaded.rubric, self._loaded.data
        while True:
            other_data = self._draw_other_data()
            case = build_case(
                self._question,
                rubric,
                data,
                self._evidence,
                self._submission.markdown,
                self._unwritten,
                other_data,
            )
            if parcel := make_replays(case, rubric, frozenset(self._evidence.replayed)):
                return ReplayGraphs(parcel)
            verdict, exhibits, missing = judge(
                self._question.exercise,
                rubric,
                data,
                case,
                self._submission,
                isolation,
                resources,
                versions,
                self._language,
            )
            question = self._extend_question(missing)
            if question == self._question:
                return Judged(self._note_left_out(verdict), exhibits, self._list_returned())
            self._question = question
            plan = make_plan(question, rubric, data, self._evidence.done(), self._draw_other_data())
            if plan.parcel and self._evidence.import_stop is None:
                return plan

    def _list_returned(self) -> tuple[str, ...]:
        results = self._evidence.steps.items()
        return tuple(id_ for id_, result in results if isinstance(result.evidence.outcome, Returned))

    def _note_left_out(self, verdict: Verdict) -> Verdict:
        """Return the verdict with a notice about the criteria that were not asked for, if there are any."""
        if not self._loaded.left_out:
            return verdict
        text = _(
            "Only a part was checked: {chosen} of {all} criteria. The points are those of this part alone.",
            chosen=len(verdict.criteria),
            all=len(verdict.criteria) + self._loaded.left_out,
        )
        notice = Notice(id=ONLY_PART, severity="tip", text=Translator(self._language)(text))
        return msgspec.structs.replace(verdict, notices=(*verdict.notices, notice))

    def _draw_other_data(self) -> Data | None:
        """Return the data of the trainings that are done once more: their secret follows from the first one."""
        if not self._question.second_trainings:
            return None
        secret = Seal(self._question.secret).derive("second training").secret
        return self._load_rubric(msgspec.structs.replace(self._question, secret=secret)).data

    def _list_worthwhile(self, criteria: tuple[str, ...]) -> list[str]:
        """Return those of the criteria whose functions the student has begun to write."""
        functions = {c.id: c.check.tried_function for c in self._loaded.rubric.criteria}
        return [name for name in criteria if functions[name] not in self._unwritten]

    def _extend_question(self, missing: MissingEvidence) -> Question:
        """Return the question together with what the judgements still need. Nothing is asked for twice.

        Trainings are done once more after everything else, so that they have a process to themselves. Where the
        submission cannot be executed any more, they are asked for all the same: without a result, nothing is given
        for them.
        """
        question = self._question
        if self._evidence.import_stop is None:
            unused_seeds = tuple(seed for seed in self._loaded.rubric.seeds if seed not in question.seeds)
            unasked = tuple(
                name for name in self._list_worthwhile(missing.stand_ins) if name not in question.stand_ins
            )
            question = msgspec.structs.replace(
                question,
                seeds=(*question.seeds, *unused_seeds) if missing.seeds else question.seeds,
                stand_ins=(*question.stand_ins, *unasked),
            )
        if question != self._question:
            return question
        doubted = tuple(name for name in missing.second_trainings if name not in question.second_trainings)
        return msgspec.structs.replace(question, second_trainings=(*question.second_trainings, *doubted))
