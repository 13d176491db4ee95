"""Judges one submission in steps: it plans runs, decodes evidence as it arrives, and makes the verdict."""

import msgspec

from grader.examiner.build_case import DecodedEvidence, build_case
from grader.examiner.judge import MissingEvidence, judge
from grader.examiner.planning import make_plan, make_replays
from grader.protocol.messages import Evidence, Judged, NextStep, Question, ReplayGraphs, RunPlan
from grader.protocol.submission import Submission
from grader.protocol.verdict import Isolation, Resources, Versions
from grader.rubric.loader import LoadedRubric
from grader.submission.unwritten import find_unwritten_functions


class Session:
    """The judgement of one submission while its evidence is still coming in."""

    def __init__(self, question: Question, loaded: LoadedRubric, submission: Submission, language: str) -> None:
        """Begin.

        Args:
            question: the exercise and the seeds; without seeds, the rubric's first.
            loaded: the rubric of the exercise with its data.
            submission: what was handed in.
            language: of the verdict.
        """
        self._loaded, self._submission, self._language = loaded, submission, language
        self._question = msgspec.structs.replace(question, seeds=question.seeds or loaded.rubric.seeds[:1])
        self._evidence = DecodedEvidence()

    @property
    def seeds(self) -> tuple[int, ...]:
        """Return the seeds that the question is about so far."""
        return self._question.seeds

    def add(self, evidence: Evidence) -> None:
        """Decode new evidence. Earlier evidence of a step stays."""
        self._evidence.add(evidence)

    def first_plan(self, done: frozenset[str]) -> RunPlan:
        """Return the plan of the submission's first run. `done`: steps that have evidence from earlier runs."""
        return make_plan(self._question, self._loaded.rubric, self._loaded.data, done)

    def decide(self, isolation: Isolation, resources: Resources, versions: Versions) -> NextStep:
        """Return what is to be done next.

        Args:
            isolation: the isolation features of all runs so far.
            resources: what all runs so far used, in seconds and MiB.
            versions: what the runs were made with; the rubric's own hash is filled in here.

        Returns:
            Graphs to replay, as long as one in the evidence was not; else a further plan, where the judgement
            depends on chance or a function had no network to work on; else the verdict.
        """
        rubric, data = self._loaded.rubric, self._loaded.data
        while True:
            case = build_case(self._question, rubric, data, self._evidence, self._submission.markdown)
            if parcel := make_replays(case, rubric, data, frozenset(self._evidence.replayed)):
                return ReplayGraphs(parcel)
            verdict, exhibits, missing = judge(
                self._question.exercise,
                rubric,
                data,
                case,
                self._submission,
                isolation,
                resources,
                msgspec.structs.replace(versions, rubric=self._loaded.hash),
                self._language,
            )
            question = self._extend_question(missing)
            if question == self._question or self._evidence.import_stop is not None:
                return Judged(verdict, exhibits)
            self._question = question
            plan = make_plan(question, rubric, data, self._evidence.done())
            if plan.parcel:
                return plan

    def _list_worthwhile(self, criteria: tuple[str, ...]) -> list[str]:
        """Return those of the criteria whose functions the student has begun to write."""
        unwritten = find_unwritten_functions(unit.source for unit in self._submission.units)
        functions = {c.id: c.check.tried_function for c in self._loaded.rubric.criteria}
        return [name for name in criteria if functions[name] not in unwritten]

    def _extend_question(self, missing: MissingEvidence) -> Question:
        """Return the question together with what the judgements still need. Nothing is asked for twice."""
        question = self._question
        unused_seeds = tuple(seed for seed in self._loaded.rubric.seeds if seed not in question.seeds)
        unasked = tuple(
            name for name in self._list_worthwhile(missing.stand_ins) if name not in question.stand_ins
        )
        return msgspec.structs.replace(
            question,
            seeds=(*question.seeds, *unused_seeds) if missing.seeds else question.seeds,
            stand_ins=(*question.stand_ins, *unasked),
        )
