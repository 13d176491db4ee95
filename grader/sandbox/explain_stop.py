"""Tell why the process of a run ended, from what the supervisor saw of it: the most certain reason first."""

import signal

from grader.protocol.channel import ProtocolError
from grader.protocol.evidence import Stopped, StopReason
from grader.protocol.plan import Limits
from grader.sandbox.environment import Exit, Process
from grader.sandbox.memory_watch import MOST_THREADS
from grader.sandbox.receive import RunInterruptedError

# By number: Windows has no such names, and processes that end in other ways.
_SIGKILL, _SIGXCPU = 9, 24


def explain_stop(
    error: Exception,
    process: Process,
    process_exit: Exit,
    limits: Limits,
    *,
    has_begun: bool,
    has_submission: bool,
    was_memory_short: bool = False,
) -> Stopped:
    """Return why a child ended.

    Args:
        error: what ended the wait for its answer.
        process: the child.
        process_exit: how it ended.
        limits: what it was allowed to use.
        has_begun: whether it was told what to do: before, nothing but the grader's own code runs in it.
        has_submission: whether a submission runs in it, and not only graphs.
        was_memory_short: whether the kernel ended processes while it lived because memory ran out. The signal
            alone is no proof: a submission can send it to itself.
    """
    if not has_begun:
        reason = error.stopped.detail if isinstance(error, RunInterruptedError) else ""
        detail = reason or f"{type(error).__name__}, exit code {process_exit.code}"
        return Stopped(reason=StopReason.GRADER, detail=f"its process did not start: {detail}")
    if process.exceeded is not None:
        return Stopped(reason=process.exceeded, detail=str(_limit_of(process.exceeded, limits)))
    if isinstance(error, TimeoutError):  # it takes no message
        return Stopped(reason=StopReason.TIME)
    if isinstance(error, ProtocolError):
        return Stopped(reason=StopReason.TAMPERED)  # a child reports evidence that is too large by itself
    if isinstance(error, RunInterruptedError) and error.stopped.reason is not StopReason.EXIT:
        stopped = error.stopped
        if stopped.reason is StopReason.GRADER and has_submission:  # which can write such a message, too
            return Stopped(reason=StopReason.BROKEN, detail=stopped.detail)
        return stopped
    stopped = _explain_end(process_exit, limits)
    if was_memory_short and _is_killed(stopped):
        return Stopped(reason=StopReason.MACHINE_MEMORY, detail=f"{process.peak_mib():.0f}")
    return stopped


def _is_killed(stopped: Stopped) -> bool:
    """Return whether a process was ended by SIGKILL, and by none of the grader's."""
    return stopped.reason is StopReason.SIGNAL and stopped.detail == "SIGKILL"


def _explain_end(process_exit: Exit, limits: Limits) -> Stopped:
    """Return why a child ended that ended by itself, or that the kernel ended."""
    if process_exit.code == -_SIGXCPU or (
        process_exit.code == -_SIGKILL and process_exit.cpu_seconds >= limits.cpu_seconds
    ):
        return Stopped(reason=StopReason.CPU, detail=str(limits.cpu_seconds))
    if process_exit.code is not None and process_exit.code < 0:
        return Stopped(reason=StopReason.SIGNAL, detail=_signal_name(-process_exit.code))
    return Stopped(reason=StopReason.EXIT, detail=str(process_exit.code))


def _limit_of(reason: StopReason, limits: Limits) -> int:
    """Return the limit, in MiB or threads, above which a process is killed from outside."""
    return {
        StopReason.MEMORY: limits.memory_mib,
        StopReason.DISK: limits.scratch_mib,
        StopReason.THREADS: MOST_THREADS,
    }[reason]


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
