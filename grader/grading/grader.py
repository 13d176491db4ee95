"""Grades one submission: plan, run, evidence, replay, verdict.

The examiner plans and judges, and children behind walls run the submission. This module carries plans and evidence
between them and never decodes evidence.
"""

import math
import threading
from typing import Self

from grader.core.course import Course
from grader.core.errors import ExaminerGoneError, ProcessGoneError, SandboxError
from grader.examiner.client import ExaminerClient, ExaminerSession
from grader.grading.evidence_room import EvidenceRoom, EvidenceShare, NoRoomError
from grader.grading.results import Graded, Mode, PriorEvidence
from grader.grading.run_cache import RunCache
from grader.grading.submission_runs import OnCriterion, OnPlan, SubmissionRuns
from grader.grading.versions import versions
from grader.protocol.messages import Evidence, Judged, Question, ReplayGraphs, RunPlan
from grader.protocol.submission import Submission
from grader.protocol.verdict import Isolation
from grader.sandbox.cancel import CancelToken
from grader.sandbox.environment import SandboxEnvironment
from grader.sandbox.on_demand import EnvironmentOnDemand
from grader.sandbox.receive import EvidenceCounter
from grader.sandbox.run import OnEvidence, Progress, RunResult, execute_plan


class Grader:
    """Grades submissions of a course, with one import of TensorFlow for all of them. A context manager.

    Two processes are started side by side: the worker, from which submissions are forked, and the examiner. When
    the examiner ends or does not answer, that submission is not graded, and the next one gets a new examiner.
    """

    def __init__(
        self,
        course: Course,
        mode: Mode,
        runs: RunCache | None = None,
        environment: SandboxEnvironment | None = None,
        *,
        is_light: bool = False,
    ) -> None:
        """Start the processes. Raises `SandboxError`.

        Args:
            course: whose exercises are graded.
            mode: how submissions run.
            runs: stored runs, which are not executed again. Without it, every run is executed.
            environment: somebody else's, to be used and not to be ended. Without it, the grader has its own.
            is_light: submissions that need no TensorFlow are expected: it is imported for the first that does.
        """
        self.course = course
        self.runs = runs
        self._owns_environment = environment is None
        self.environment = start_environment(mode, course, is_light) if environment is None else environment
        self._examiner_lock = threading.Lock()
        self._is_closed = False
        try:
            self._examiner: ExaminerClient | None = ExaminerClient()
        except BaseException:  # else nobody would end the worker
            if self._owns_environment:
                self.environment.__exit__()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None = None, *_: object) -> None:
        with self._examiner_lock:
            self._is_closed = True
            examiner, self._examiner = self._examiner, None
        if examiner is not None:
            examiner.kill()  # it ends while the worker does
        if self._owns_environment:
            self.environment.__exit__(kind)
        if examiner is not None:
            examiner.close()

    @property
    def examiner(self) -> ExaminerClient:
        """Return the examiner; a new one where the last one was of no use any more."""
        with self._examiner_lock:
            if self._is_closed:
                raise ProcessGoneError("the grader is closed")
            if self._examiner is None:
                self._examiner = ExaminerClient()
            return self._examiner

    def plan(self, question: Question) -> RunPlan:
        """Return the plan of all steps of an exercise. Raises as `grade` does."""
        examiner = self.examiner
        try:
            return examiner.plan(question)
        except ExaminerGoneError:
            self._give_up(examiner)
            raise

    def _give_up(self, examiner: ExaminerClient) -> None:
        """End an examiner that does not answer; whoever else waits for it gets no answer either."""
        with self._examiner_lock:
            if self._examiner is examiner:
                self._examiner = None
        examiner.close()

    def grade(
        self,
        exercise: str,
        submission: Submission,
        language: str = "en",
        progress: Progress = lambda *_: None,
        prior: PriorEvidence | None = None,
        cancel: CancelToken | None = None,
        only: tuple[str, ...] = (),
        on_criterion: OnCriterion | None = None,
        on_plan: OnPlan | None = None,
        stub: Submission | None = None,
        share: EvidenceShare | None = None,
    ) -> Graded:
        """Run and judge one submission.

        Args:
            exercise: its name in the course.
            submission: what was handed in.
            language: of the verdict.
            progress: called before each step of a run.
            prior: evidence that would come out the same, so that only what is missing in it is done.
            cancel: with it, another thread can cancel the run.
            only: names of criteria and functions; without any, all are judged.
            on_criterion: called with each criterion that is decided before the run is over.
            on_plan: called with the steps of each plan before it is executed with the submission.
            stub: what is run in the place of an untouched stub: see `grader.grading.untouched_stub`.
            share: counts the evidence, where several submissions are graded at once. What it counts at the end is
                the evidence that is returned.

        Raises:
            UnknownCriterionError: a name in `only` that the exercise does not have.
            ExaminerGoneError: the examiner ended or did not answer, maybe because of what it judged.
            NoRoomError: other submissions that are graded now have left too much evidence; alone, it goes well.
            InternalError: the grader's own processes failed.
            CancelledError: the run was cancelled.
        """
        cancel = cancel or CancelToken()
        share = share or EvidenceRoom().share()
        prior = prior or PriorEvidence(Evidence())
        question = Question(
            course=str(self.course.folder),
            exercise=exercise,
            seeds=prior.seeds,
            secret=self.course.secret,
            only=only,
        )
        examiner = self.examiner
        try:
            share.settle(prior.evidence.count_bytes())
            with share.passing(max(part.count_bytes() for part in prior.evidence.parts())):
                session = examiner.open(question, submission, language, prior.evidence)
            with session:
                runs = SubmissionRuns(self, session, share, submission, progress, cancel, prior)
                runs.on_criterion, runs.on_plan, runs.stub = on_criterion, on_plan, stub
                return self._decide(session, runs)
        except (ExaminerGoneError, NoRoomError):  # it may be about to send what there is no room for
            self._give_up(examiner)
            raise

    def _decide(self, session: ExaminerSession, runs: "SubmissionRuns") -> Graded:
        """Run what the examiner asks for until it has its verdict."""
        runs.execute(session.first_plan)
        while True:
            match session.decide(runs.isolation(), runs.used.resources(), versions(), runs.share.announce):
                case Judged(verdict=verdict, exhibits=exhibits, returned=returned):
                    runs.share.settle(runs.evidence.count_bytes())
                    return Graded(verdict, exhibits, runs.evidence, returned)
                case ReplayGraphs(parcel=parcel):
                    runs.replay(parcel)
                    del parcel  # it is large: not beside the next one
                case RunPlan() as plan:
                    runs.execute(plan)

    def refuse(self, exercise: str, submission: Submission, language: str) -> Graded:
        """Return the verdict on a submission with which the examiner ended each time: nothing is decided.

        Raises what `grade` raises.
        """
        question = Question(course=str(self.course.folder), exercise=exercise, secret=self.course.secret)
        isolation = Isolation(mode=self.environment.mode, walls=self.environment.walls())
        examiner = self.examiner
        try:
            judged = examiner.refuse(question, submission, language, isolation, versions())
        except ExaminerGoneError:
            self._give_up(examiner)
            raise
        return Graded(judged.verdict, judged.exhibits, Evidence())

    def prepare(self) -> None:
        """Start what the next submission will need, while there is time. Raises `SandboxError` or `OSError`."""
        self.environment.prepare()

    def run(
        self,
        parcel: bytes,
        submission: Submission | None,
        progress: Progress,
        cancel: CancelToken,
        budget: int,
        on_evidence: OnEvidence,
        seconds: float = math.inf,
        counter: EvidenceCounter | None = None,
    ) -> RunResult:
        """Execute a packed plan, or take the stored run of the same plan.

        Args:
            parcel: the packed plan with its arrays.
            submission: what the plan is executed with; None for replays.
            progress: called before each step.
            cancel: with it, another thread can cancel the run.
            budget: how many bytes of evidence the run may leave.
            on_evidence: called with each step's name and evidence as it arrives, unless the run was stored.
            seconds: of wall time, where that is less than what the plan allows.
            counter: of the evidence, where other submissions run at the same time.

        Raises:
            ProcessGoneError: the worker has died.
            CancelledError: the run was cancelled.
            InternalError: the counter says that a piece must not be read.
        """

        def execute() -> RunResult:
            return execute_plan(
                self.environment, parcel, submission, progress, cancel, budget, on_evidence, seconds, counter
            )

        try:
            if self.runs is None:
                return execute()
            return self.runs.get_or_run(parcel, submission, self.environment.mode, execute)
        except ProcessGoneError:  # the examiner, which evidence is sent to meanwhile
            raise
        except SandboxError as error:
            raise ProcessGoneError(str(error)) from error


def start_environment(mode: Mode, course: Course, is_light: bool = False) -> SandboxEnvironment:
    """Start the environment that runs submissions, with the course hidden behind walls. Raises `SandboxError`.

    Args:
        mode: how submissions run.
        course: what no submission may see.
        is_light: TensorFlow is imported only when a run needs it.
    """

    def start(is_without_libraries: bool) -> SandboxEnvironment:
        # Imported only for its mode: the walls need modules that only Unix has.
        if mode is Mode.WALLS:
            from grader.sandbox.walled import WalledEnvironment

            return WalledEnvironment([course.folder], is_light=is_without_libraries)
        from grader.sandbox.plain import PlainEnvironment

        return PlainEnvironment(is_light=is_without_libraries)

    return EnvironmentOnDemand(start) if is_light else start(False)
