"""One plan, carried out: as many child processes as it takes, a step at a time, each within its time.

A submission that dies during a step loses that step. A fresh child then goes on with the others, after doing again
what they need.
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
    FAULT,
    FAULT_CODE,
    IMPORTED,
    NO_NONCE,
    SETUP,
    STEP,
    UNIT,
    WALLS,
    Frame,
    ProtocolError,
)
from grader.protocol.evidence import MAX_RUN_BYTES, MAX_STEP_BYTES, Stopped, StopReason
from grader.protocol.parcels import replace_record, unpack_record
from grader.protocol.plan import Call, Limits, Plan, Setup, Step, uses
from grader.protocol.submission import Submission
from grader.protocol.verdict import WallState
from grader.sandbox.environment import Exit, Process, SandboxEnvironment

MAX_CHILDREN = 24  # per run: each costs a start
END_SECONDS = 5.0  # for a process that is ending by itself to be gone
START_SECONDS = 180.0  # for the imports, which may be under way, on a slow disk

# How the submission's own code ends a process: it would do so again.
# By number: Windows has no such names, and processes that end in other ways.
_SIGKILL, _SIGXCPU = 9, 24
_OF_FUNCTIONS = frozenset({StopReason.TIME, StopReason.CPU, StopReason.MEMORY, StopReason.SIGNAL, StopReason.EXIT})

Progress = Callable[[Step, int, int], None]
"""Called before each step: with the step, how many are done, and how many there are."""

OnEvidence = Callable[[str, bytes], None]
"""Called with a step's id and its packed evidence as soon as that has arrived."""


@dataclass
class RunResult:
    """What came of a plan: evidence by step, still packed, and how it ended where it did not end well."""

    imported: bytes = b""
    import_stop: Stopped | None = None
    import_unit: int | None = None
    bodies: dict[str, bytes] = field(default_factory=dict)
    stops: dict[str, Stopped] = field(default_factory=dict)
    walls: tuple[WallState, ...] = ()
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_mib: float = 0.0


class CancelledError(Exception):
    """The run was cancelled before its end: nothing is known about the submission."""


class CancelToken:
    """Cancels a run, from any thread: its process is ended at once, and `execute_plan` raises `CancelledError`."""

    def __init__(self) -> None:
        self.is_cancelled = False
        self._lock = threading.Lock()
        self._process: Process | None = None

    def cancel(self) -> None:
        """Cancel the run, or the one that would be next."""
        with self._lock:
            self.is_cancelled = True
            if self._process is not None:
                self._process.kill()

    def check(self) -> None:
        """Raise `CancelledError` when cancelled."""
        if self.is_cancelled:
            raise CancelledError

    @contextlib.contextmanager
    def watching(self, process: Process) -> Iterator[None]:
        """Make `cancel` end `process`, as long as the context lasts."""
        with self._lock:
            self._process = process
            if self.is_cancelled:
                process.kill()
        try:
            yield
        finally:
            with self._lock:
                self._process = None


class _InterruptedError(GraderError):
    """The child can do no more steps."""

    def __init__(self, reason: StopReason, detail: str = "") -> None:
        super().__init__(reason)
        self.stopped = Stopped(reason=reason, detail=detail)


def execute_plan(
    environment: SandboxEnvironment,
    parcel: bytes,
    submission: Submission | None,
    progress: Progress = lambda *_: None,
    cancel: CancelToken | None = None,
    budget: int = MAX_RUN_BYTES,
    on_evidence: OnEvidence = lambda *_: None,
) -> RunResult:
    """Do all steps of a packed plan in child processes.

    Args:
        environment: where the child processes run.
        parcel: a packed `Plan` with its arrays.
        submission: what to execute before the steps; None for replays.
        progress: called before each step.
        cancel: with it, another thread can cancel the run.
        budget: how many bytes of evidence this run may leave; a step beyond that has none.
        on_evidence: called with the evidence of each step when it arrives.

    Raises:
        SandboxError: the worker is gone. Nothing that a submission does raises this.
        CancelledError: the run was cancelled.
    """
    conductor = _Conductor(environment, parcel, submission, progress, cancel or CancelToken())
    conductor.budget, conductor.on_evidence = budget, on_evidence
    return conductor.conduct()


class _Conductor:
    """The state of one run while it goes on."""

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
        self.is_behind_walls = False  # the current child: it has said so
        self.run = RunResult()
        self.began = time.monotonic()
        self.size = 0
        self.over = self.left_out = False
        self.current: Step | None = None

    def conduct(self) -> RunResult:
        """Send children until every step has evidence or a reason why not."""
        for _ in range(MAX_CHILDREN):
            if self.over or not self._pending():
                break
            self._one_child()
        for step in self._pending():
            self.run.stops[step.id] = self.run.import_stop or Stopped(
                reason=StopReason.GRADER, detail="too many restarts"
            )
        self.run.wall_seconds = round(time.monotonic() - self.began, 3)
        return self.run

    def _leave_out(self) -> bool:
        """Go on without the first cell that ended the process: the others may be right. A script is one piece."""
        if self.submission is None or self.left_out or self.run.import_unit is None:
            return False
        self.left_out = True
        others = tuple(unit for unit in self.submission.units if unit.cell != self.run.import_unit)
        self.submission = msgspec.structs.replace(self.submission, units=others)
        return True

    def _pending(self) -> list[Step]:
        return [s for s in self.plan.steps if s.id not in self.run.bodies and s.id not in self.run.stops]

    def _one_child(self) -> None:
        """Start a child and do what is left; note the step or the import during which it ended."""
        self.cancel.check()
        process = self.environment.launch(self.plan.limits)
        self.current, self.is_behind_walls = None, False
        failure: Exception | None = None
        try:
            with self.cancel.watching(process):
                self._converse(process)
        except (_InterruptedError, ProtocolError, TimeoutError, OSError) as error:
            failure = error
        except BaseException:  # Ctrl-C: whoever asked may go on, this child may not
            process.end(grace=0.0)
            raise
        # One that came to its end, or ended itself, may say how; the others are ended here.
        ended = failure is None or (
            isinstance(failure, _InterruptedError) and failure.stopped.reason is StopReason.EXIT
        )
        how = process.end(grace=END_SECONDS if ended else 0.0)
        if failure is not None and how.code is None:  # nothing that a submission does ends the worker
            raise SandboxError("the worker is gone")
        self.cancel.check()
        if failure is not None:
            self._note(_why(failure, process, how, self.plan.limits, self.is_behind_walls))
        self.run.cpu_seconds = round(self.run.cpu_seconds + how.cpu_seconds, 3)
        self.run.peak_mib = max(self.run.peak_mib, process.peak_mib())

    def _converse(self, process: Process) -> None:
        self.run.walls = msgspec.json.decode(
            _expect(process, WALLS, NO_NONCE, START_SECONDS).body, type=tuple[WallState, ...]
        )
        self.is_behind_walls = True
        nonce = secrets.token_bytes(16)
        process.channel.send(SETUP, replace_record(self.parcel, Setup(submission=self.submission)), nonce)
        if self.submission is not None:
            self._await_import(process, nonce, len(self.submission.units))
        for step in _with_what_they_use(self.plan.steps, self._pending()):
            if step.id in self.run.stops:
                continue  # the same function hung a moment ago
            self.current = step
            if self._seconds_left() <= 0:
                raise _InterruptedError(StopReason.TOTAL_TIME)
            done = len(self.run.bodies) + len(self.run.stops)
            self.progress(step, done, len(self.plan.steps))
            nonce = secrets.token_bytes(16)
            process.channel.send(STEP, msgspec.json.encode(step), nonce)
            body = _expect(process, EVIDENCE, nonce, min(step.limit_seconds, self._seconds_left())).body
            self._keep(step, body)
        process.channel.send(END)

    def _await_import(self, process: Process, nonce: bytes, units: int) -> None:
        deadline = time.monotonic() + self.plan.limits.import_seconds
        for _ in range(units):
            frame = _expect(process, UNIT, NO_NONCE, deadline - time.monotonic())
            if len(frame.body) > 7 or not frame.body.isdigit():
                raise _InterruptedError(StopReason.TAMPERED)
            if self.run.import_stop is None:
                self.run.import_unit = int(frame.body) or None
        body = _expect(process, IMPORTED, nonce, deadline - time.monotonic()).body
        if len(body) > MAX_STEP_BYTES:  # a child keeps within this by itself
            raise _InterruptedError(StopReason.TAMPERED)
        if not self.run.imported:
            self.size += len(body)
            self.run.imported = body

    def _seconds_left(self) -> float:
        return self.plan.limits.wall_seconds - (time.monotonic() - self.began)

    def _keep(self, step: Step, body: bytes) -> None:
        """Take the evidence of a step if the budget allows it. Smaller evidence of later steps may still fit."""
        if step.id in self.run.bodies:
            return  # done again for the sake of others: the evidence of the first time counts
        if self.size + len(body) > self.budget:
            self.run.stops[step.id] = Stopped(reason=StopReason.TOO_LARGE, detail=str(self.budget >> 20))
            return
        self.size += len(body)
        self.run.bodies[step.id] = body
        self.on_evidence(step.id, body)

    def _note(self, stopped: Stopped) -> None:
        step = self.current
        if step is None:
            self.run.import_stop = self.run.import_stop or stopped
            self.over = stopped.reason not in _OF_FUNCTIONS or not self._leave_out()
            return
        # A step that went well the first time and not the second spoils those that are left, or this never ends.
        spoilt = step.id in self.run.bodies or stopped.reason is StopReason.TOTAL_TIME
        lost = self._pending() if spoilt else [step]
        if isinstance(step, Call) and stopped.reason in _OF_FUNCTIONS:
            # The function would hang or end the process again: its other calls share its fate.
            lost += [s for s in self._pending() if isinstance(s, Call) and s.function == step.function]
        for each in lost:
            self.run.stops[each.id] = stopped


def _expect(process: Process, kind: bytes, nonce: bytes, seconds: float) -> Frame:
    frame = process.inbox.get(seconds)
    if frame is None:
        raise _InterruptedError(StopReason.EXIT)
    if frame.kind == FAULT:
        raise _InterruptedError(StopReason.GRADER, frame.body[:300].decode(errors="replace"))
    if frame.kind != kind or frame.nonce != nonce:
        raise _InterruptedError(StopReason.TAMPERED)
    return frame


def _with_what_they_use(steps: tuple[Step, ...], pending: list[Step]) -> list[Step]:
    """Return `pending` with the steps whose live results they need, in the order of the plan."""
    by_id = {step.id: step for step in steps}
    wanted: set[str] = set()
    open_ends = [step.id for step in pending]
    while open_ends:
        name = open_ends.pop()
        if name not in wanted and name in by_id:
            wanted.add(name)
            open_ends += uses(by_id[name])
    return [step for step in steps if step.id in wanted]


def _why(error: Exception, process: Process, how: Exit, limits: Limits, is_behind_walls: bool) -> Stopped:
    """Return why a child ended, in the order of what is surest."""
    if process.out_of_memory:
        return Stopped(reason=StopReason.MEMORY, detail=str(limits.memory_mib))
    if isinstance(error, TimeoutError):
        return Stopped(reason=StopReason.TIME)
    if isinstance(error, ProtocolError):
        return Stopped(reason=StopReason.TAMPERED)  # a child says itself when its evidence is too large
    if isinstance(error, _InterruptedError) and error.stopped.reason is not StopReason.EXIT:
        return error.stopped
    if how.code == -_SIGXCPU or (how.code == -_SIGKILL and how.cpu_seconds >= limits.cpu_seconds):
        return Stopped(reason=StopReason.CPU, detail=str(limits.cpu_seconds))
    if how.code is not None and how.code < 0:
        return Stopped(reason=StopReason.SIGNAL, detail=_signal_name(-how.code))
    # Once behind its walls, a child says so itself when it fails: then this code is the submission's own.
    if how.code == FAULT_CODE and not is_behind_walls:
        return Stopped(reason=StopReason.GRADER, detail="the child failed")
    return Stopped(reason=StopReason.EXIT, detail=str(how.code))


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
