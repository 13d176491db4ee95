"""Grades one submission: plan, run, evidence, replay, verdict.

The examiner plans and judges, and children behind walls run the submission. This module carries plans and evidence
between them and never decodes evidence.
"""

from typing import Self

import msgspec

from grader.core.course import Course
from grader.core.errors import InternalError, ProcessGoneError, SandboxError
from grader.examiner.client import ExaminerClient, ExaminerSession
from grader.grading.results import Graded, Mode, PriorEvidence
from grader.grading.run_cache import RunCache
from grader.grading.versions import versions
from grader.protocol.evidence import MAX_RUN_BYTES, ReplayEvidence, StopReason
from grader.protocol.messages import Evidence, Judged, Question, ReplayGraphs, RunPlan
from grader.protocol.parcels import pack
from grader.protocol.submission import Submission
from grader.protocol.verdict import Isolation, Resources
from grader.sandbox.environment import SandboxEnvironment
from grader.sandbox.run import CancelToken, OnEvidence, Progress, RunResult, execute_plan


class Grader:
    """Grades submissions of a course, with one import of TensorFlow for all of them. A context manager.

    Two processes are started side by side: the worker, from which submissions are forked, and the examiner.
    """

    def __init__(self, course: Course, mode: Mode, runs: RunCache | None = None) -> None:
        """Start the processes. Raises `SandboxError`.

        Args:
            course: whose exercises are graded.
            mode: how submissions run.
            runs: stored runs, which are not executed again. Without it, every run is executed.
        """
        self.course = course
        self.runs = runs
        self.environment = start_environment(mode, course)
        try:
            self.examiner = ExaminerClient()
        except BaseException:  # else nobody would end the worker
            self.environment.__exit__()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.examiner.close()
        self.environment.__exit__()

    def grade(
        self,
        exercise: str,
        submission: Submission,
        language: str = "en",
        progress: Progress = lambda *_: None,
        prior: PriorEvidence | None = None,
        cancel: CancelToken | None = None,
    ) -> Graded:
        """Run and judge one submission.

        Args:
            exercise: its name in the course.
            submission: what was handed in.
            language: of the verdict.
            progress: called before each step of a run.
            prior: evidence that would come out the same, so that only what is missing in it is done.
            cancel: with it, another thread can cancel the run.

        Raises:
            InternalError: the grader's own processes failed.
            CancelledError: the run was cancelled.
        """
        cancel = cancel or CancelToken()
        prior = prior or PriorEvidence(Evidence())
        question = Question(course=str(self.course.folder), exercise=exercise, seeds=prior.seeds)
        with self.examiner.open(question, submission, language, prior.evidence) as session:
            runs = _Runs(self, session, submission, progress, cancel, prior)
            runs.execute(session.first_plan)
            while True:
                match session.decide(runs.isolation(), runs.used.resources(), versions()):
                    case Judged(verdict=verdict, exhibits=exhibits):
                        return Graded(verdict, exhibits, runs.evidence)
                    case ReplayGraphs(parcel=parcel):
                        runs.replay(parcel)
                    case RunPlan() as plan:
                        runs.execute(plan)

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
    ) -> RunResult:
        """Execute a packed plan, or take the stored run of the same plan.

        Args:
            parcel: the packed plan with its arrays.
            submission: what the plan is executed with; None for replays.
            progress: called before each step.
            cancel: with it, another thread can cancel the run.
            budget: how many bytes of evidence the run may leave.
            on_evidence: called with each step's name and evidence as it arrives, unless the run was stored.

        Raises:
            ProcessGoneError: the worker has died.
            CancelledError: the run was cancelled.
        """

        def execute() -> RunResult:
            return execute_plan(self.environment, parcel, submission, progress, cancel, budget, on_evidence)

        try:
            if self.runs is None:
                return execute()
            return self.runs.get_or_run(parcel, submission, self.environment.mode, execute)
        except SandboxError as error:
            raise ProcessGoneError(str(error)) from error


class _Runs:
    """Executes the plans of one submission, and collects the evidence and the resources of its runs."""

    def __init__(
        self,
        grader: Grader,
        session: ExaminerSession,
        submission: Submission,
        progress: Progress,
        cancel: CancelToken,
        prior: PriorEvidence,
    ) -> None:
        self._grader, self._session, self._submission = grader, session, submission
        self._progress, self._cancel = progress, cancel
        self._isolation = prior.isolation
        self.evidence, self.used = prior.evidence, _ResourceSums(prior.resources)

    def execute(self, plan: RunPlan) -> None:
        """Execute a plan with the submission; evidence goes to the examiner as it arrives."""
        if not plan.parcel:
            return
        sent: set[str] = set()

        def on_evidence(step: str, body: bytes) -> None:
            sent.add(step)
            self._session.add(Evidence(bodies={step: body}))

        run = self._run(plan.parcel, self._submission, on_evidence)
        new = Evidence(
            imported=run.imported,
            import_stop=run.import_stop,
            import_unit=run.import_unit,
            bodies=run.bodies,
            stops=run.stops,
        )
        # A stored run has sent nothing yet.
        unsent = {step: body for step, body in run.bodies.items() if step not in sent}
        for part in msgspec.structs.replace(new, bodies=unsent).parts():
            self._session.add(part)
        self.evidence = self.evidence.with_new(new)
        self._isolation = _combine_isolation(self._isolation, self._isolation_of(run))

    def replay(self, parcel: bytes) -> None:
        """Replay graphs in a process without the submission. Of one that ends its process, it is known why.

        Raises:
            InternalError: a replay failed because of the grader.
        """
        run = self._run(parcel, None, lambda *_: None)
        for stop in run.stops.values():
            if stop.reason is StopReason.GRADER:
                raise InternalError(f"a network could not be replayed: {stop.detail}")
        stopped = {step: pack(ReplayEvidence(id=step, stopped=stop), {}) for step, stop in run.stops.items()}
        new = Evidence(replays=run.bodies | stopped)
        for part in new.parts():
            self._session.add(part)
        self.evidence = self.evidence.with_new(new)

    def isolation(self) -> Isolation:
        """Return the isolation features of all runs so far."""
        assert self._isolation is not None
        return self._isolation

    def _run(self, parcel: bytes, submission: Submission | None, on_evidence: OnEvidence) -> RunResult:
        bodies = (*self.evidence.bodies.values(), *self.evidence.replays.values())
        budget = max(0, MAX_RUN_BYTES - sum(map(len, bodies)))
        progress = self._progress if submission is not None else _no_progress
        run = self._grader.run(parcel, submission, progress, self._cancel, budget, on_evidence)
        if submission is not None:
            self.used.add(run)
        return run

    def _isolation_of(self, run: RunResult) -> Isolation:
        """Return the isolation features of a run. One is missing, too, if the self-test could get past it."""
        environment = self._grader.environment
        failed = {wall.id: wall for wall in environment.walls() if not wall.stands}
        walls = tuple(failed.get(wall.id, wall) for wall in run.walls)
        return Isolation(mode=environment.mode, walls=walls)


def start_environment(mode: Mode, course: Course) -> SandboxEnvironment:
    """Start the environment that runs submissions, with the course hidden behind walls. Raises `SandboxError`."""
    # Imported only for its mode: the walls need modules that only Unix has.
    if mode is Mode.WALLS:
        from grader.sandbox.walled import WalledEnvironment

        return WalledEnvironment(hidden=[course.folder])
    from grader.sandbox.plain import PlainEnvironment

    return PlainEnvironment()


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
