"""Judges one submission in steps: it plans runs, decodes evidence as it arrives, and makes the verdict."""

import msgspec

from grader.examiner.build_case import DecodedEvidence, build_case
from grader.examiner.judge import judge
from grader.examiner.planning import make_plan, make_replays
from grader.protocol.messages import Evidence, Judged, NextStep, Question, ReplayGraphs, RunPlan
from grader.protocol.submission import Submission
from grader.protocol.verdict import Isolation, Resources, Versions
from grader.rubric.loader import LoadedRubric


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
            Graphs to replay, as long as one in the evidence was not; else a plan with more seeds, where the
            judgement depends on chance; else the verdict.
        """
        rubric, data = self._loaded.rubric, self._loaded.data
        while True:
            case = build_case(self._question, rubric, data, self._evidence, self._submission.markdown)
            if parcel := make_replays(case, rubric, data, frozenset(self._evidence.replayed)):
                return ReplayGraphs(parcel)
            verdict, exhibits, is_undecided = judge(
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
            unused_seeds = tuple(seed for seed in rubric.seeds if seed not in self._question.seeds)
            if not is_undecided or not unused_seeds or self._evidence.import_stop is not None:
                return Judged(verdict, exhibits)
            self._question = msgspec.structs.replace(self._question, seeds=(*self._question.seeds, *unused_seeds))
            plan = make_plan(self._question, rubric, data, self._evidence.done())
            if plan.parcel:
                return plan
