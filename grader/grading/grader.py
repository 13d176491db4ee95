"""Grades one submission: plan, run, evidence, replay, verdict.

The examiner plans and judges, and children behind walls run the submission. This module carries plans and evidence
between them and never decodes evidence.
"""

import math
import threading
from collections.abc import Callable
from typing import Self

import msgspec

from grader.core.course import Course
from grader.core.errors import ExaminerGoneError, ProcessGoneError, SandboxError
from grader.examiner.client import ExaminerClient, ExaminerSession
from grader.grading.evidence_room import EvidenceRoom, EvidenceShare, measure_evidence
from grader.grading.needed_libraries import is_unreadable, needs_libraries
from grader.grading.results import Graded, Mode, PriorEvidence
from grader.grading.run_cache import RunCache
from grader.grading.untouched_stub import without_networks
from grader.grading.versions import versions
from grader.protocol.evidence import MAX_RUN_BYTES, ReplayEvidence, Stopped, StopReason
from grader.protocol.messages import Evidence, Judged, Question, ReplayGraphs, RunPlan
from grader.protocol.parcels import pack, unpack_record
from grader.protocol.plan import Plan, Step
from grader.protocol.submission import Submission
from grader.protocol.verdict import CriterionVerdict, Isolation, Resources
from grader.sandbox.environment import SandboxEnvironment
from grader.sandbox.on_demand import EnvironmentOnDemand
from grader.sandbox.run import CancelToken, OnEvidence, Progress, RunResult, execute_plan

OnCriterion = Callable[[CriterionVerdict], None]
"""Called with the verdict of a criterion as soon as it is decided: without hints, which come with the whole."""
OnPlan = Callable[[tuple[Step, ...]], None]
"""Called with the steps of a plan."""

_OF_THE_MACHINE = frozenset({StopReason.GRADER, StopReason.MACHINE_MEMORY})
REPLAY_SECONDS = 240.0  # of wall time, for all graphs of a submission; an honest one takes a few


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
        room: EvidenceRoom | None = None,
        *,
        is_light: bool = False,
    ) -> None:
        """Start the processes. Raises `SandboxError`.

        Args:
            course: whose exercises are graded.
            mode: how submissions run.
            runs: stored runs, which are not executed again. Without it, every run is executed.
            environment: somebody else's, to be used and not to be ended. Without it, the grader has its own.
            room: for the evidence of submissions that several threads grade at once.
            is_light: submissions that need no TensorFlow are expected: it is imported for the first that does.
        """
        self.course = course
        self.room = room or EvidenceRoom()
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

        Raises:
            UnknownCriterionError: a name in `only` that the exercise does not have.
            ExaminerGoneError: the examiner ended or did not answer, maybe because of what it judged.
            NoRoomError: other submissions that are graded now have left too much evidence; alone, it goes well.
            InternalError: the grader's own processes failed.
            CancelledError: the run was cancelled.
        """
        cancel = cancel or CancelToken()
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
            with (
                self.room.share() as share,
                examiner.open(question, submission, language, prior.evidence) as session,
            ):
                runs = _Runs(self, session, share, submission, progress, cancel, prior)
                runs.on_criterion, runs.on_plan, runs.stub = on_criterion, on_plan, stub
                return self._decide(session, runs)
        except ExaminerGoneError:
            self._give_up(examiner)
            raise

    def _decide(self, session: ExaminerSession, runs: "_Runs") -> Graded:
        """Run what the examiner asks for until it has its verdict."""
        runs.execute(session.first_plan)
        while True:
            match session.decide(runs.isolation(), runs.used.resources(), versions()):
                case Judged(verdict=verdict, exhibits=exhibits, returned=returned):
                    return Graded(verdict, exhibits, runs.evidence, returned)
                case ReplayGraphs(parcel=parcel):
                    runs.replay(parcel)
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

        Raises:
            ProcessGoneError: the worker has died.
            CancelledError: the run was cancelled.
        """

        def execute() -> RunResult:
            return execute_plan(
                self.environment, parcel, submission, progress, cancel, budget, on_evidence, seconds
            )

        try:
            if self.runs is None:
                return execute()
            return self.runs.get_or_run(parcel, submission, self.environment.mode, execute)
        except ProcessGoneError:  # the examiner, which evidence is sent to meanwhile
            raise
        except SandboxError as error:
            raise ProcessGoneError(str(error)) from error


class _Runs:
    """Executes the plans of one submission, and collects the evidence and the resources of its runs."""

    def __init__(
        self,
        grader: Grader,
        session: ExaminerSession,
        share: EvidenceShare,
        submission: Submission,
        progress: Progress,
        cancel: CancelToken,
        prior: PriorEvidence,
    ) -> None:
        self._grader, self._session, self._share, self._submission = grader, session, share, submission
        share.add(measure_evidence(prior.evidence))
        self._progress, self._cancel = progress, cancel
        self._isolation = prior.isolation
        self._replay_seconds = 0.0  # that all replays took so far
        self.evidence, self.used = prior.evidence, _ResourceSums(prior.resources)
        self.on_criterion: OnCriterion | None = None
        self.on_plan: OnPlan | None = None
        self.stub: Submission | None = None

    def execute(self, plan: RunPlan) -> None:
        """Execute a plan with the submission; evidence goes to the examiner as it arrives."""
        if not plan.parcel:
            return
        parcel, submission = plan.parcel, self._submission
        if self.stub is not None:
            parcel, submission = without_networks(plan.parcel), self.stub
        steps = unpack_record(parcel, Plan).steps
        if self.stub is None and any(map(needs_libraries, steps)) and not is_unreadable(submission):
            self._grader.environment.import_libraries()
        if self.on_plan is not None:
            self.on_plan(steps)
        sent: set[str] = set()

        def on_evidence(step: str, body: bytes) -> None:
            self._share.add(len(body))
            sent.add(step)
            self._session.add(Evidence(bodies={step: body}))
            self.announce_decided()

        run = self._run(parcel, submission, on_evidence)
        new = Evidence(
            imported=run.imported,
            import_stop=run.import_stop,
            import_unit=run.import_unit,
            bodies=run.bodies,
            stops=run.stops,
        )
        # A stored run has sent nothing yet.
        unsent = {step: body for step, body in run.bodies.items() if step not in sent}
        self._share.add(len(run.imported) + sum(map(len, unsent.values())))
        for part in msgspec.structs.replace(new, bodies=unsent).parts():
            self._session.add(part)
        self.evidence = self.evidence.with_new(_without_chance(new))
        self._isolation = _combine_isolation(self._isolation, self._isolation_of(run))

    def announce_decided(self) -> None:
        """Tell whoever wants to know which criteria are decided by now."""
        if self.on_criterion is not None:
            for criterion in self._session.list_decided():
                self.on_criterion(criterion)

    def replay(self, parcel: bytes) -> None:
        """Replay graphs in a process without the submission. Of one that ends its process, it is known why."""
        self._grader.environment.import_libraries()
        seconds = max(0.0, REPLAY_SECONDS - self._replay_seconds)
        run = self._run(parcel, None, lambda *_: None, seconds)
        self._replay_seconds += run.wall_seconds
        stopped = {step: pack(ReplayEvidence(id=step, stopped=stop), {}) for step, stop in run.stops.items()}
        new = Evidence(replays=run.bodies | stopped)
        self._share.add(measure_evidence(new))
        for part in new.parts():
            self._session.add(part)
        # Where the grader failed, it may go well the next time: that is not kept as evidence.
        faults = {step for step, stop in run.stops.items() if stop.reason in _OF_THE_MACHINE}
        lasting = {step: body for step, body in new.replays.items() if step not in faults}
        self.evidence = self.evidence.with_new(Evidence(replays=lasting))

    def isolation(self) -> Isolation:
        """Return the isolation features of all runs so far."""
        assert self._isolation is not None
        return self._isolation

    def _run(
        self, parcel: bytes, submission: Submission | None, on_evidence: OnEvidence, seconds: float = math.inf
    ) -> RunResult:
        bodies = (*self.evidence.bodies.values(), *self.evidence.replays.values())
        budget = max(0, MAX_RUN_BYTES - sum(map(len, bodies)))
        progress = self._progress if submission is not None else _no_progress
        run = self._grader.run(parcel, submission, progress, self._cancel, budget, on_evidence, seconds)
        if submission is not None:
            self.used.add(run)
        return run

    def _isolation_of(self, run: RunResult) -> Isolation:
        """Return the isolation features of a run. One is missing, too, if the self-test could get past it."""
        environment = self._grader.environment
        failed = {wall.id: wall for wall in environment.walls() if not wall.stands}
        walls = tuple(failed.get(wall.id, wall) for wall in run.walls)
        return Isolation(mode=environment.mode, walls=walls)


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


def _without_chance(evidence: Evidence) -> Evidence:
    """Return evidence without what a machine short of memory has ended: on another day, it has a result."""

    def lasts(stop: Stopped | None) -> bool:
        return stop is None or stop.reason is not StopReason.MACHINE_MEMORY

    return msgspec.structs.replace(
        evidence,
        import_stop=evidence.import_stop if lasts(evidence.import_stop) else None,
        stops={step: stop for step, stop in evidence.stops.items() if lasts(stop)},
    )


def _no_progress(*_: object) -> None:
    """Show nothing: replays are not steps that users know of."""


def _combine_isolation(earlier: Isolation | None, later: Isolation) -> Isolation:
    """Return the isolation features of two runs together: one that was missing in either is missing."""
    if earlier is None:
        return later
    missing = {wall.id: wall for wall in earlier.walls if not wall.stands}
    return Isolation(mode=later.mode, walls=tuple(missing.get(wall.id, wall) for wall in later.walls))


class _ResourceSums:
    """Adds up the resources that the runs of one submission used."""

    def __init__(self, prior: Resources | None) -> None:
        self.wall_seconds = prior.wall_seconds if prior is not None else 0.0
        self.cpu_seconds = prior.cpu_seconds if prior is not None else 0.0
        self.peak_mib = prior.peak_mib if prior is not None else 0.0

    def add(self, run: RunResult) -> None:
        """Add the resources of one run; memory is the largest, not the sum."""
        self.wall_seconds += run.wall_seconds
        self.cpu_seconds += run.cpu_seconds
        self.peak_mib = max(self.peak_mib, run.peak_mib)

    def resources(self) -> Resources:
        """Return what all runs used together, rounded."""
        return Resources(
            wall_seconds=round(self.wall_seconds, 2),
            cpu_seconds=round(self.cpu_seconds, 2),
            peak_mib=round(self.peak_mib, 1),
        )
