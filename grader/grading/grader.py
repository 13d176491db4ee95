"""One submission, from file to verdict: the way of the data in one place.

Nothing here looks into evidence. The examiner plans and judges, children behind walls run, this carries.
"""

from typing import Self

import msgspec

from grader.core.course import Course
from grader.core.errors import InternalError, ProcessGoneError, SandboxError
from grader.examiner.client import ExaminerLine
from grader.grading.results import Graded, Mode, PriorEvidence
from grader.grading.run_cache import RunCache
from grader.grading.versions import versions
from grader.protocol.evidence import StopReason
from grader.protocol.messages import AskPlan, AskVerdict, Evidence, Judged, PlanMade, Question
from grader.protocol.submission import Submission
from grader.protocol.verdict import Isolation, Resources
from grader.sandbox.environment import SandboxEnvironment
from grader.sandbox.run import CancelToken, Progress, RunResult, execute_plan


class Grader:
    """Grades submissions of a course, one import of TensorFlow for all of them. A context manager.

    `runs`: where runs are kept that need not be made again. Without it, each is made.
    """

    def __init__(self, course: Course, mode: Mode, runs: RunCache | None = None) -> None:
        self.course = course
        self.runs = runs
        self.workshop = _workshop(mode)
        self.examiner = ExaminerLine(self.workshop.examiner)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.workshop.__exit__()

    def grade(
        self,
        exercise: str,
        submission: Submission,
        language: str = "en",
        progress: Progress = lambda *_: None,
        known: PriorEvidence | None = None,
        recall: CancelToken | None = None,
    ) -> Graded:
        """Run and judge one submission. Raises `InternalError` when the grader's own processes fail.

        `known`: evidence that would come out the same, so that only what is missing in it is done.
        `recall`: who wants to call it back; then `RecalledError` is raised.
        """
        recall = recall or CancelToken()
        known = known or PriorEvidence(_nothing())
        held, isolation, used = known.held, known.isolation, _Used(known.resources)
        question = Question(course=str(self.course.folder), exercise=exercise, seeds=known.seeds)
        while True:
            plan = self.examiner.ask(AskPlan(question, tuple(held.bodies) + tuple(held.stops)), PlanMade)
            question = msgspec.structs.replace(question, seeds=plan.seeds)
            if plan.parcel:
                run = self._carry_out(plan.parcel, submission, progress, recall)
                held = _with_run(held, run)
                used.add(run)
                isolation = _both(isolation, self._isolation(run))
            assert isolation is not None
            # First the networks themselves are replayed, then what the checks want to know about these.
            while True:
                ask = AskVerdict(question, held, submission, isolation, used.resources(), versions(), language)
                judged = self.examiner.ask(ask, PlanMade, Judged)
                if isinstance(judged, Judged):
                    break
                held = msgspec.structs.replace(held, replays=held.replays | self._replay(judged.parcel, recall))
            if not judged.more_seeds or held.import_stop is not None:
                return Graded(judged.verdict, judged.exhibits, held)
            question = msgspec.structs.replace(question, seeds=(*question.seeds, *judged.more_seeds))

    def prepare(self) -> None:
        """Use the time until the next submission to start what it will need."""
        self.workshop.prepare()

    def _replay(self, parcel: bytes, recall: CancelToken) -> dict[str, bytes]:
        """Replay graphs where no submission is. One that ends its process leaves nothing, and is not believed."""
        run = self._carry_out(parcel, None, lambda *_: None, recall)
        for stop in run.stops.values():
            if stop.reason is StopReason.GRADER:
                raise InternalError(f"a network could not be replayed: {stop.detail}")
        return run.bodies | dict.fromkeys(run.stops, b"")

    def _carry_out(
        self, parcel: bytes, submission: Submission | None, progress: Progress, recall: CancelToken
    ) -> RunResult:
        def run() -> RunResult:
            return execute_plan(self.workshop, parcel, submission, progress, recall)

        try:
            return self.runs.through(parcel, submission, self.workshop.mode, run) if self.runs else run()
        except SandboxError as error:
            raise ProcessGoneError(str(error)) from error

    def _isolation(self, run: RunResult) -> Isolation:
        """Return the walls of this run: each stands when it went up and the canary could not cross it."""
        crossed = {wall.id: wall for wall in self.workshop.walls() if not wall.stands}
        walls = tuple(crossed.get(wall.id, wall) for wall in run.walls)
        return Isolation(mode=self.workshop.mode, walls=walls)


def _workshop(mode: Mode) -> SandboxEnvironment:
    # Imported by mode: behind walls needs modules that only Unix has.
    if mode is Mode.WALLS:
        from grader.sandbox.walled import WalledEnvironment

        return WalledEnvironment()
    from grader.sandbox.plain import PlainEnvironment

    return PlainEnvironment()


def _nothing() -> Evidence:
    return Evidence(imported=b"", import_stop=None, import_unit=None, bodies={}, stops={}, replays={})


def _both(earlier: Isolation | None, later: Isolation) -> Isolation:
    """Return the walls of two runs: one that was missing once was missing."""
    if earlier is None:
        return later
    missing = {wall.id: wall for wall in earlier.walls if not wall.stands}
    return Isolation(mode=later.mode, walls=tuple(missing.get(wall.id, wall) for wall in later.walls))


def _with_run(held: Evidence, run: RunResult) -> Evidence:
    """Return the evidence so far with that of another run; what was there first stays."""
    return Evidence(
        imported=held.imported or run.imported,
        import_stop=held.import_stop or run.import_stop,
        import_unit=held.import_unit or run.import_unit,
        bodies=run.bodies | held.bodies,
        stops=run.stops | held.stops,
        replays=held.replays,
    )


class _Used:
    """Adds up what the runs of one submission used."""

    def __init__(self, before: Resources | None) -> None:
        self.wall_seconds = before.wall_seconds if before is not None else 0.0
        self.cpu_seconds = before.cpu_seconds if before is not None else 0.0
        self.peak_mib = before.peak_mib if before is not None else 0.0

    def add(self, run: RunResult) -> None:
        """Add one run."""
        self.wall_seconds += run.wall_seconds
        self.cpu_seconds += run.cpu_seconds
        self.peak_mib = max(self.peak_mib, run.peak_mib)

    def resources(self) -> Resources:
        """Return the sums."""
        return Resources(
            wall_seconds=round(self.wall_seconds, 2),
            cpu_seconds=round(self.cpu_seconds, 2),
            peak_mib=round(self.peak_mib, 1),
        )
