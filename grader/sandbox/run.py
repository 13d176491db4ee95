"""Execute a plan in child processes, one step at a time, each within its time limit.

When the process of a submission ends during a step, that step is lost. A fresh child continues with the other
steps, after repeating those whose live results they use. What reads files that were saved has a child of its own.
"""

import logging
import math
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from grader.core.errors import SandboxError
from grader.protocol.channel import (
    END,
    EVIDENCE,
    FILES,
    IMPORTED,
    NEEDS_LIBRARIES_CODE,
    NO_NONCE,
    SETUP,
    STEP,
    UNIT,
    WALLS,
    ProtocolError,
)
from grader.protocol.evidence import MAX_RUN_BYTES, MAX_STEP_BYTES, NOT_TRIED, Stopped, StopReason
from grader.protocol.evidence import Frame as SourceLine
from grader.protocol.parcels import exchange_record, unpack_record
from grader.protocol.plan import Call, Plan, Setup, Step, WriteFiles, list_arrays_apart, list_next_steps
from grader.protocol.submission import Submission
from grader.protocol.verdict import WallState
from grader.sandbox.cancel import CancelToken
from grader.sandbox.environment import Process, SandboxEnvironment
from grader.sandbox.explain_stop import explain_stop
from grader.sandbox.oom_kills import count_oom_kills
from grader.sandbox.processor_wait import MOST_EXTENSION
from grader.sandbox.receive import (
    Awaited,
    EvidenceCounter,
    FrameLimits,
    NoCounter,
    RunInterruptedError,
    check_frame,
    receive_frame,
)

_log = logging.getLogger(__name__)

MAX_CHILDREN = 24  # per run: each costs a start
MAX_SENT_BYTES = 2 * MAX_RUN_BYTES  # per run: what its children may send, also what is not kept
END_SECONDS = 5.0  # for a process that is ending by itself to have ended
START_SECONDS = 180.0  # for the imports of a child, which may be under way, on a slow disk
MAX_FALSE_STARTS = 3  # of children that end before they know what to do: then the grader has failed

# How the submission's own code ends a process: it would do so again.
_OF_FUNCTIONS = frozenset(
    {
        StopReason.TIME,
        StopReason.CPU,
        StopReason.MEMORY,
        StopReason.DISK,
        StopReason.THREADS,
        StopReason.SIGNAL,
        StopReason.EXIT,
        StopReason.BROKEN,
    }
)

Progress = Callable[[Step, int, int], None]
"""Called before each step with the step, how many steps are done, and how many there are."""

OnEvidence = Callable[[str, bytes], None]
"""Called with the id of a step and its packed evidence as soon as the evidence has arrived."""


@dataclass
class RunResult:
    """The result of executing a plan: packed evidence of each step, or why a step has none."""

    imported: bytes = b""
    """Packed `ImportEvidence` of the top level of the submission; empty if that never finished."""
    import_stop: Stopped | None = None
    """Why a child ended while it executed the top level; None if none did."""
    import_unit: int | None = None
    """Number of the last code cell that was started, from 1; None for a script."""
    bodies: dict[str, bytes] = field(default_factory=dict)
    """Packed `StepEvidence` or `ReplayEvidence`, by id of the step."""
    stops: dict[str, Stopped] = field(default_factory=dict)
    """Why a step has no evidence, by id of the step."""
    walls: tuple[WallState, ...] = ()
    """State of each isolation feature around the last child; empty in plain mode."""
    wall_seconds: float = 0.0
    """Wall time of the whole run."""
    cpu_seconds: float = 0.0
    """Processor time of all children together; 0 in plain mode."""
    peak_mib: float = 0.0
    """Peak anonymous memory of any child beyond what it shares with the worker, in MiB."""


def execute_plan(
    environment: SandboxEnvironment,
    parcel: bytes,
    submission: Submission | None,
    progress: Progress = lambda *_: None,
    cancel: CancelToken | None = None,
    budget: int = MAX_RUN_BYTES,
    on_evidence: OnEvidence = lambda *_: None,
    seconds: float = math.inf,
    counter: EvidenceCounter | None = None,
) -> RunResult:
    """Execute all steps of a packed plan in child processes.

    Args:
        environment: starts the child processes.
        parcel: a packed `Plan` with its arrays.
        submission: the submission to execute before the steps; None for a plan of replays.
        progress: called before each step.
        cancel: lets another thread cancel the run.
        budget: the most bytes of evidence from this run; a step whose evidence exceeds it has none.
        on_evidence: called with the evidence of each step when it arrives.
        seconds: of wall time, where that is less than what the plan allows.
        counter: of the evidence, where other submissions run at the same time.

    Returns:
        Each step has an entry in `bodies` or in `stops`, whatever the submission does.

    Raises:
        SandboxError: the worker has ended. Nothing that a submission does raises this.
        CancelledError: the run was cancelled.
        InternalError: the counter says that a piece must not be read.
    """
    execution = _Execution(environment, parcel, submission, progress, cancel or CancelToken())
    execution.budget, execution.on_evidence, execution.counter = budget, on_evidence, counter or NoCounter()
    execution.seconds = min(execution.seconds, seconds)
    return execution.run_children()


class _Execution:
    """The state of one run while it is executed."""

    def __init__(
        self,
        environment: SandboxEnvironment,
        parcel: bytes,
        submission: Submission | None,
        progress: Progress,
        cancel: CancelToken,
    ) -> None:
        self.environment, self.plan, self.parcel = environment, unpack_record(parcel, Plan), parcel
        self.submission, self.progress, self.cancel = submission, progress, cancel
        self.budget, self.seconds = MAX_RUN_BYTES, self.plan.limits.wall_seconds
        self.on_evidence: OnEvidence = lambda *_: None
        self.counter: EvidenceCounter = NoCounter()
        self.has_begun = False  # the current child is isolated, and is told what to do
        self.run, self.start_time = RunResult(), time.monotonic()
        self.launch_time = self.start_seconds = 0.0  # of the current child; how long all took to start
        self.evidence_bytes = self.sent_bytes = self.false_starts = 0
        self.is_over = False  # no child can do better than the last one
        self.has_left_out_cell = False
        self.tried_again: set[StopReason] = set()
        self.waited = 0.0  # seconds for which earlier children have waited for a processor
        self.current: Step | None = None  # the step that the child is executing; None during the import
        self.awaited: Awaited | None = None  # what the child is answering
        self.frame_limits = FrameLimits(self.counter)

    def run_children(self) -> RunResult:
        """Start children until every step has evidence or a reason why it has none."""
        children = 0
        while children < MAX_CHILDREN and not self.is_over and self._list_pending() and self._seconds_left() > 0:
            self._run_child()
            children += 1
        # Each new child executes the file again, so that a slow file alone may use up the time of the run.
        is_late = self.is_over or self._seconds_left() <= 0
        used_up = StopReason.TOTAL_TIME if is_late else StopReason.RESTARTS
        for step in self._list_pending():
            self.run.stops[step.id] = self.run.import_stop or Stopped(
                reason=used_up, detail="" if is_late else str(children)
            )
        self.run.wall_seconds = round(time.monotonic() - self.start_time, 3)
        return self.run

    def _leave_out_cell(self) -> bool:
        """Remove the first cell that ended the process, for the others may be right. A script is one piece."""
        if self.submission is None or self.has_left_out_cell or self.run.import_unit is None:
            return False
        self.has_left_out_cell = True
        others = tuple(unit for unit in self.submission.units if unit.cell != self.run.import_unit)
        self.submission = msgspec.structs.replace(self.submission, units=others)
        return True

    def _list_pending(self) -> list[Step]:
        return [s for s in self.plan.steps if s.id not in self.run.bodies and s.id not in self.run.stops]

    def _run_child(self) -> None:
        """Start a child for the steps that are left; record the step or the import during which it ended."""
        self.cancel.check()
        oom_kills, self.launch_time = count_oom_kills(), time.monotonic()
        process = self.environment.launch(self.plan.limits)
        self.current, self.awaited, self.has_begun = None, None, False
        process.channel.admit = self.frame_limits = FrameLimits(self.counter)
        failure: Exception | None = None
        try:
            with self.cancel.watching(process):
                self._send_steps(process)
        except (RunInterruptedError, ProtocolError, TimeoutError, OSError) as error:
            failure = error.with_traceback(None)  # which would keep the frames that were received, as long as this
        except BaseException:  # Ctrl-C: the calling program may continue, this child may not, and nobody waits
            process.kill()
            threading.Thread(target=process.end, args=(0.0,), daemon=True).start()
            raise
        self.waited += process.waited_seconds()
        # A child that did all steps, or ended by itself, gets time to end; any other is killed.
        is_ending = failure is None or (
            isinstance(failure, RunInterruptedError) and failure.stopped.reason is StopReason.EXIT
        )
        process_exit = process.end(grace=END_SECONDS if is_ending else 0.0)
        if failure is not None and process_exit.code is None:  # nothing that a submission does ends the worker
            raise SandboxError("the worker is gone")
        self.cancel.check()
        if process_exit.code == NEEDS_LIBRARIES_CODE and self.environment.import_libraries():
            return  # without TensorFlow, it could not be done: the next child has it
        if failure is not None:
            stopped = explain_stop(
                failure,
                process,
                process_exit,
                self.plan.limits,
                has_begun=self.has_begun,
                has_submission=self.submission is not None,
                was_memory_short=count_oom_kills() > oom_kills,
            )
            _log.info("a process ended: %r, %r, its step: %r", stopped, process_exit, self.current)
            if stopped.reason in _OF_FUNCTIONS:
                stopped = msgspec.structs.replace(stopped, at=self._find_last_place())
            self._record_stop(stopped)
        self.run.cpu_seconds = round(self.run.cpu_seconds + process_exit.cpu_seconds, 3)
        self.run.peak_mib = max(self.run.peak_mib, process.peak_mib())

    def _find_last_place(self) -> SourceLine | None:
        """Return the line of which the child said last that it runs, during what it was asked for last."""
        return self.awaited.place if self.awaited is not None else None

    def _send_steps(self, process: Process) -> None:
        walls = check_frame(receive_frame(process, START_SECONDS), WALLS, NO_NONCE).body
        self.run.walls = msgspec.json.decode(walls, type=tuple[WallState, ...])
        self.has_begun = True
        self.start_seconds += time.monotonic() - self.launch_time
        nonce = self.frame_limits.asked = secrets.token_bytes(16)
        steps = list_next_steps(self.plan.steps, self._list_pending())
        setup = Setup(submission=self.submission, arrays=list_arrays_apart(self.plan.steps, steps))
        process.channel.send(SETUP, exchange_record(self.parcel, setup), nonce)
        if self.submission is not None:
            self._await_import(process, nonce, len(self.submission.units))
        for step in steps:
            if step.id in self.run.stops:
                continue  # the same function hung a moment ago
            self.current = step
            # Before it is sent: where the child takes it late, the step has had no time, and nothing was forged.
            seconds = min(step.limit_seconds, self._seconds_left(process))
            if seconds <= 0:
                raise RunInterruptedError(StopReason.TOTAL_TIME)
            self.progress(step, len(self.run.bodies) + len(self.run.stops), len(self.plan.steps))
            nonce = self.frame_limits.asked = secrets.token_bytes(16)
            process.channel.send(STEP, msgspec.json.encode(step), nonce)
            if isinstance(step, WriteFiles):
                process.channel.send(FILES, self.run.bodies.get(step.files, b""), nonce)
            self.awaited = Awaited(process, nonce, seconds)
            self._store_evidence(step, self.awaited.receive(EVIDENCE, nonce).body)
        process.channel.send(END)

    def _await_import(self, process: Process, nonce: bytes, units: int) -> None:
        """Wait until the file was executed. Raises `RunInterruptedError`."""
        try:
            self._receive_import(process, nonce, units)
        except RunInterruptedError as error:
            if (
                error.stopped.reason is StopReason.TIME
                and self.run.imported
                and self._seconds_left(process) <= 1.0
            ):
                # It was finished before, and only had no time for that once more.
                raise RunInterruptedError(StopReason.TOTAL_TIME) from None
            raise

    def _receive_import(self, process: Process, nonce: bytes, units: int) -> None:
        seconds = min(self.plan.limits.import_seconds, max(1.0, self._seconds_left(process)))
        self.awaited = awaited = Awaited(process, nonce, seconds)
        for _ in range(units):
            frame = awaited.receive(UNIT, NO_NONCE)
            if len(frame.body) > 7 or not frame.body.isdigit():
                raise RunInterruptedError(StopReason.TAMPERED)
            if self.run.import_stop is None:
                self.run.import_unit = int(frame.body) or None
        body = awaited.receive(IMPORTED, nonce).body
        if len(body) > MAX_STEP_BYTES:  # a child keeps within this by itself
            raise RunInterruptedError(StopReason.TAMPERED)
        self._count_sent(body)
        if not self.run.imported:
            self.evidence_bytes += len(body)
            self.run.imported = body
            self.counter.keep()

    def _seconds_left(self, process: Process | None = None) -> float:
        """Return the time left for the run. That children start and wait for a processor does not count."""
        left = self.seconds + self.start_seconds - (time.monotonic() - self.start_time)
        if left > 0 and left > self.seconds / 2:
            return left  # more than any step takes: no need to measure
        waited = self.waited + (process.waited_seconds() if process is not None else 0.0)
        return left + min(waited, (MOST_EXTENSION - 1) * self.seconds)

    def _count_sent(self, body: bytes) -> None:
        """Count what a child has sent. Raises `RunInterruptedError` where it is too much to be read on."""
        self.sent_bytes += len(body)
        if self.sent_bytes > MAX_SENT_BYTES:
            raise RunInterruptedError(StopReason.TOO_LARGE, str(self.budget >> 20))

    def _store_evidence(self, step: Step, body: bytes) -> None:
        """Store the evidence of a step if the budget allows it. Smaller evidence of later steps may still fit.

        Raises `RunInterruptedError` where so much was sent that no further step is tried.
        """
        self._count_sent(body)
        if step.id in self.run.bodies:
            return  # repeated for the sake of other steps: the evidence of the first time counts
        if len(body) > MAX_STEP_BYTES:  # a child keeps within this by itself
            self.run.stops[step.id] = Stopped(reason=StopReason.TAMPERED)
            return
        if self.evidence_bytes + len(body) > self.budget:
            self.run.stops[step.id] = Stopped(reason=StopReason.TOO_LARGE, detail=str(self.budget >> 20))
            return
        self.evidence_bytes += len(body)
        self.run.bodies[step.id] = body
        self.counter.keep()
        self.on_evidence(step.id, body)

    def _may_be_chance(self, stopped: Stopped) -> bool:
        """Return whether another child may do better.

        So it is where the machine was out of memory for a moment, or where a library crashed by chance.
        """
        if not self.has_begun:
            self.false_starts += 1
            return self.false_starts < MAX_FALSE_STARTS
        is_first = stopped.reason not in self.tried_again  # what the submission does, it does again
        self.tried_again.add(stopped.reason)
        may_differ = stopped.reason in {StopReason.BROKEN, StopReason.MACHINE_MEMORY, StopReason.SIGNAL}
        return is_first and may_differ

    def _record_stop(self, stopped: Stopped) -> None:
        if self._may_be_chance(stopped):
            return
        step = self.current
        if step is None and stopped.reason is StopReason.TOTAL_TIME:
            self.is_over = True  # the steps that are left have no time
            return
        if step is None:
            self.run.import_stop = self.run.import_stop or stopped
            self.is_over = stopped.reason not in _OF_FUNCTIONS or not self._leave_out_cell()
            return
        # When a step succeeds and then fails on repetition, all steps that are left fail: else this never ends.
        if stopped.reason is StopReason.TOO_LARGE:  # nothing more of this submission is read
            not_tried = Stopped(reason=stopped.reason, detail=NOT_TRIED)
            self.run.stops |= {pending.id: not_tried for pending in self._list_pending() if pending is not step}
        fails_on_repeat = step.id in self.run.bodies or stopped.reason is StopReason.TOTAL_TIME
        lost = self._list_pending() if fails_on_repeat else [step]
        if isinstance(step, Call) and stopped.reason in (*_OF_FUNCTIONS, StopReason.TAMPERED):
            # The function would hang, end the process, or tamper again: its other calls are lost too.
            lost += [s for s in self._list_pending() if isinstance(s, Call) and s.function == step.function]
        for lost_step in lost:
            self.run.stops[lost_step.id] = stopped
