"""Execute a plan in child processes, one step at a time, each within its time limit.

When the process of a submission ends during a step, that step is lost. A fresh child continues with the other
steps, after repeating those whose live results they use.
"""

import contextlib
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import msgspec

from grader.core.errors import GraderError, SandboxError
from grader.protocol.channel import (
    END,
    EVIDENCE,
    FAULT_CODE,
    IMPORTED,
    NO_NONCE,
    SETUP,
    STEP,
    UNIT,
    WALLS,
    ProtocolError,
)
from grader.protocol.evidence import MAX_RUN_BYTES, MAX_STEP_BYTES, Stopped, StopReason
from grader.protocol.evidence import Frame as SourceLine
from grader.protocol.parcels import replace_record, unpack_record
from grader.protocol.plan import Call, Limits, Plan, Setup, Step, uses
from grader.protocol.submission import Submission
from grader.protocol.verdict import WallState
from grader.sandbox.environment import Exit, Process, SandboxEnvironment
from grader.sandbox.receive import Awaited, RunInterruptedError, check_frame, receive_frame

MAX_CHILDREN = 24  # per run: each costs a start
END_SECONDS = 5.0  # for a process that is ending by itself to have ended
START_SECONDS = 180.0  # for the imports of a child, which may be under way, on a slow disk

# How the submission's own code ends a process: it would do so again.
# By number: Windows has no such names, and processes that end in other ways.
_SIGKILL, _SIGXCPU = 9, 24
_OF_FUNCTIONS = frozenset({StopReason.TIME, StopReason.CPU, StopReason.MEMORY, StopReason.SIGNAL, StopReason.EXIT})

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


class CancelledError(GraderError):
    """Raised when a run was cancelled before its end; it says nothing about the submission."""


class CancelToken:
    """Lets another thread cancel a run: its process is killed at once, and `execute_plan` raises `CancelledError`.

    One token can be passed to several runs, one after the other; after `cancel`, all of them end.
    """

    def __init__(self) -> None:
        self.is_cancelled = False
        self._lock = threading.Lock()
        self._process: Process | None = None

    def cancel(self) -> None:
        """Cancel the current run, and every later one with this token. May be called from any thread."""
        with self._lock:
            self.is_cancelled = True
            if self._process is not None:
                self._process.kill()

    def check(self) -> None:
        """Raise `CancelledError` if the run was cancelled."""
        if self.is_cancelled:
            raise CancelledError

    @contextlib.contextmanager
    def watching(self, process: Process) -> Iterator[None]:
        """Make `cancel` kill `process`, as long as the context lasts."""
        with self._lock:
            self._process = process
            if self.is_cancelled:
                process.kill()
        try:
            yield
        finally:
            with self._lock:
                self._process = None


def execute_plan(
    environment: SandboxEnvironment,
    parcel: bytes,
    submission: Submission | None,
    progress: Progress = lambda *_: None,
    cancel: CancelToken | None = None,
    budget: int = MAX_RUN_BYTES,
    on_evidence: OnEvidence = lambda *_: None,
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

    Returns:
        Each step has an entry in `bodies` or in `stops`, whatever the submission does.

    Raises:
        SandboxError: the worker has ended. Nothing that a submission does raises this.
        CancelledError: the run was cancelled.
    """
    execution = _Execution(environment, parcel, submission, progress, cancel or CancelToken())
    execution.budget, execution.on_evidence = budget, on_evidence
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
        self.budget = MAX_RUN_BYTES
        self.on_evidence: OnEvidence = lambda *_: None
        self.is_behind_walls = False  # the current child has reported that it is isolated
        self.run = RunResult()
        self.start_time = time.monotonic()
        self.evidence_bytes = 0
        self.is_over = False  # no child can do better than the last one
        self.has_left_out_cell = False
        self.current: Step | None = None  # the step that the child is executing; None during the import
        self.awaited: Awaited | None = None  # what the child is answering

    def run_children(self) -> RunResult:
        """Start children until every step has evidence or a reason why it has none."""
        for _ in range(MAX_CHILDREN):
            if self.is_over or not self._list_pending():
                break
            self._run_child()
        for step in self._list_pending():
            self.run.stops[step.id] = self.run.import_stop or Stopped(
                reason=StopReason.GRADER, detail="too many restarts"
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
        process = self.environment.launch(self.plan.limits)
        self.current, self.awaited, self.is_behind_walls = None, None, False
        failure: Exception | None = None
        try:
            with self.cancel.watching(process):
                self._send_steps(process)
        except (RunInterruptedError, ProtocolError, TimeoutError, OSError) as error:
            failure = error
        except BaseException:  # Ctrl-C: the calling program may continue, this child may not
            process.end(grace=0.0)
            raise
        # A child that did all steps, or ended by itself, gets time to end; any other is killed.
        is_ending = failure is None or (
            isinstance(failure, RunInterruptedError) and failure.stopped.reason is StopReason.EXIT
        )
        process_exit = process.end(grace=END_SECONDS if is_ending else 0.0)
        if failure is not None and process_exit.code is None:  # nothing that a submission does ends the worker
            raise SandboxError("the worker is gone")
        self.cancel.check()
        if failure is not None:
            stopped = _explain_stop(failure, process, process_exit, self.plan.limits, self.is_behind_walls)
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
        self.is_behind_walls = True
        nonce = secrets.token_bytes(16)
        process.channel.send(SETUP, replace_record(self.parcel, Setup(submission=self.submission)), nonce)
        if self.submission is not None:
            self._await_import(process, nonce, len(self.submission.units))
        for step in _add_used_steps(self.plan.steps, self._list_pending()):
            if step.id in self.run.stops:
                continue  # the same function hung a moment ago
            self.current = step
            if self._seconds_left() <= 0:
                raise RunInterruptedError(StopReason.TOTAL_TIME)
            done = len(self.run.bodies) + len(self.run.stops)
            self.progress(step, done, len(self.plan.steps))
            nonce = secrets.token_bytes(16)
            process.channel.send(STEP, msgspec.json.encode(step), nonce)
            self.awaited = Awaited(process, nonce, min(step.limit_seconds, self._seconds_left()))
            body = self.awaited.receive(EVIDENCE, nonce).body
            self._store_evidence(step, body)
        process.channel.send(END)

    def _await_import(self, process: Process, nonce: bytes, units: int) -> None:
        self.awaited = awaited = Awaited(process, nonce, self.plan.limits.import_seconds)
        for _ in range(units):
            frame = awaited.receive(UNIT, NO_NONCE)
            if len(frame.body) > 7 or not frame.body.isdigit():
                raise RunInterruptedError(StopReason.TAMPERED)
            if self.run.import_stop is None:
                self.run.import_unit = int(frame.body) or None
        body = awaited.receive(IMPORTED, nonce).body
        if len(body) > MAX_STEP_BYTES:  # a child keeps within this by itself
            raise RunInterruptedError(StopReason.TAMPERED)
        if not self.run.imported:
            self.evidence_bytes += len(body)
            self.run.imported = body

    def _seconds_left(self) -> float:
        return self.plan.limits.wall_seconds - (time.monotonic() - self.start_time)

    def _store_evidence(self, step: Step, body: bytes) -> None:
        """Store the evidence of a step if the budget allows it. Smaller evidence of later steps may still fit."""
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
        self.on_evidence(step.id, body)

    def _record_stop(self, stopped: Stopped) -> None:
        step = self.current
        if step is None:
            self.run.import_stop = self.run.import_stop or stopped
            self.is_over = stopped.reason not in _OF_FUNCTIONS or not self._leave_out_cell()
            return
        # When a step succeeds and then fails on repetition, all steps that are left fail: else this never ends.
        fails_on_repeat = step.id in self.run.bodies or stopped.reason is StopReason.TOTAL_TIME
        lost = self._list_pending() if fails_on_repeat else [step]
        if isinstance(step, Call) and stopped.reason in _OF_FUNCTIONS:
            # The function would hang or end the process again: its other calls are lost too.
            lost += [s for s in self._list_pending() if isinstance(s, Call) and s.function == step.function]
        for lost_step in lost:
            self.run.stops[lost_step.id] = stopped


def _add_used_steps(steps: tuple[Step, ...], pending: list[Step]) -> list[Step]:
    """Return `pending` and the steps whose live results they use, in the order of the plan."""
    by_id = {step.id: step for step in steps}
    used: set[str] = set()
    unvisited = [step.id for step in pending]
    while unvisited:
        step_id = unvisited.pop()
        if step_id not in used and step_id in by_id:
            used.add(step_id)
            unvisited += uses(by_id[step_id])
    return [step for step in steps if step.id in used]


def _explain_stop(
    error: Exception, process: Process, process_exit: Exit, limits: Limits, is_behind_walls: bool
) -> Stopped:
    """Return why a child ended: the most certain reason first."""
    if process.out_of_memory:
        return Stopped(reason=StopReason.MEMORY, detail=str(limits.memory_mib))
    if isinstance(error, TimeoutError):  # it never started
        return Stopped(reason=StopReason.TIME)
    if isinstance(error, ProtocolError):
        return Stopped(reason=StopReason.TAMPERED)  # a child reports evidence that is too large by itself
    if isinstance(error, RunInterruptedError) and error.stopped.reason is not StopReason.EXIT:
        return error.stopped
    if process_exit.code == -_SIGXCPU or (
        process_exit.code == -_SIGKILL and process_exit.cpu_seconds >= limits.cpu_seconds
    ):
        return Stopped(reason=StopReason.CPU, detail=str(limits.cpu_seconds))
    if process_exit.code is not None and process_exit.code < 0:
        return Stopped(reason=StopReason.SIGNAL, detail=_signal_name(-process_exit.code))
    # An isolated child reports its own failures in a message: then this exit code is the submission's own.
    if process_exit.code == FAULT_CODE and not is_behind_walls:
        return Stopped(reason=StopReason.GRADER, detail="the child failed")
    return Stopped(reason=StopReason.EXIT, detail=str(process_exit.code))


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
