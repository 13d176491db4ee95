"""Executes the plans of one submission, and carries its evidence to the examiner."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from grader.examiner.client import ExaminerSession
from grader.grading.evidence_room import EvidenceShare
from grader.grading.needed_libraries import is_unreadable, needs_libraries
from grader.grading.results import PriorEvidence
from grader.grading.untouched_stub import without_networks
from grader.protocol.evidence import MAX_RUN_BYTES, ReplayEvidence, Stopped, StopReason
from grader.protocol.messages import Evidence, RunPlan
from grader.protocol.parcels import pack, unpack_record
from grader.protocol.plan import Plan, Step
from grader.protocol.submission import Submission
from grader.protocol.verdict import CriterionVerdict, Isolation, Resources
from grader.sandbox.cancel import CancelToken
from grader.sandbox.run import OnEvidence, Progress, RunResult

if TYPE_CHECKING:
    from grader.grading.grader import Grader

OnCriterion = Callable[[CriterionVerdict], None]
"""Called with the verdict of a criterion as soon as it is decided: without hints, which come with the whole."""
OnPlan = Callable[[tuple[Step, ...]], None]
"""Called with the steps of a plan."""

_OF_THE_MACHINE = frozenset({StopReason.GRADER, StopReason.MACHINE_MEMORY})
REPLAY_SECONDS = 240.0  # of wall time, for all graphs of a submission; an honest one takes a few


class SubmissionRuns:
    """Executes the plans of one submission, and collects the evidence and the resources of its runs."""

    def __init__(
        self,
        grader: "Grader",
        session: ExaminerSession,
        share: EvidenceShare,
        submission: Submission,
        progress: Progress,
        cancel: CancelToken,
        prior: PriorEvidence,
    ) -> None:
        """Begin with what earlier runs have left.

        Args:
            grader: executes plans.
            session: of the examiner, which has the evidence of earlier runs already.
            share: counts the evidence, that of earlier runs included.
            submission: what was handed in.
            progress: called before each step.
            cancel: lets another thread cancel the runs.
            prior: evidence of earlier runs.
        """
        self._grader, self._session, self.share, self._submission = grader, session, share, submission
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
            sent.add(step)
            self._send(Evidence(bodies={step: body}))
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
        self.evidence = self.evidence.with_new(_without_chance(new))
        self.share.settle(self.evidence.count_bytes())
        unsent = {step: body for step, body in run.bodies.items() if step not in sent}
        for part in msgspec.structs.replace(new, bodies=unsent).parts():
            self._send(part)
        self._isolation = _combine_isolation(self._isolation, self._isolation_of(run))

    def _send(self, evidence: Evidence) -> None:
        """Send evidence to the examiner. On its way, it is in memory twice."""
        with self.share.passing(evidence.count_bytes()):
            self._session.add(evidence)

    def announce_decided(self) -> None:
        """Tell whoever wants to know which criteria are decided by now."""
        if self.on_criterion is not None:
            for criterion in self._session.list_decided():
                self.on_criterion(criterion)

    def replay(self, parcel: bytes) -> None:
        """Replay graphs in a process without the submission. Of one that ends its process, it is known why."""
        self.share.announce(0)  # the parcel has been read
        with self.share.passing(len(parcel)):
            self._replay(parcel)

    def _replay(self, parcel: bytes) -> None:
        self._grader.environment.import_libraries()
        seconds = max(0.0, REPLAY_SECONDS - self._replay_seconds)
        run = self._run(parcel, None, lambda *_: None, seconds)
        self._replay_seconds += run.wall_seconds
        stopped = {step: pack(ReplayEvidence(id=step, stopped=stop), {}) for step, stop in run.stops.items()}
        new = Evidence(replays=run.bodies | stopped)
        self.share.settle(self.evidence.count_bytes() + new.count_bytes())
        for part in new.parts():
            self._send(part)
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
        run = self._grader.run(
            parcel, submission, progress, self._cancel, budget, on_evidence, seconds, self.share
        )
        if submission is not None:
            self.used.add(run)
        return run

    def _isolation_of(self, run: RunResult) -> Isolation:
        """Return the isolation features of a run. One is missing, too, if the self-test could get past it."""
        environment = self._grader.environment
        failed = {wall.id: wall for wall in environment.walls() if not wall.stands}
        walls = tuple(failed.get(wall.id, wall) for wall in run.walls)
        return Isolation(mode=environment.mode, walls=walls)


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
