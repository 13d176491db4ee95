"""How the grader starts its own processes."""

import contextlib
import functools
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import FrameType
from typing import Any

from grader.core.datasets import VARIABLE as DATA_VARIABLE
from grader.core.datasets import find_data_folder
from grader.core.logs import LEVEL_VARIABLE, configure_logging
from grader.core.strict import STRICT_VARIABLE
from grader.protocol.channel import AttendedChannel, Channel, InterruptibleChannel

# One thread: sums in one order, so the same numbers at every run.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
# For glibc's `malloc`, see mallopt(3): freed memory is kept for the next array. The kernel would fill it with
# zeros each time, which takes 2 to 4 % of the time of judging a class. Elsewhere without effect.
KEEP_MEMORY = {"MALLOC_TRIM_THRESHOLD_": str(64 << 20), "MALLOC_MMAP_THRESHOLD_": str(32 << 20)}  # bytes
# What finds files, how much is logged, and whether faults are raised.
_PASSED_ON = frozenset(
    {"PATH", "HOME", "SYSTEMROOT", "TEMP", "TMP", "MPLCONFIGDIR", LEVEL_VARIABLE, STRICT_VARIABLE}
)


def worker_environment() -> dict[str, str]:
    """Return the environment of the grader's own processes: of the user's, only the variables in `_PASSED_ON`."""
    passed_on = {name: value for name, value in os.environ.items() if name in _PASSED_ON}
    return (
        passed_on
        | ONE_THREAD
        | {
            "CUDA_VISIBLE_DEVICES": "-1",
            DATA_VARIABLE: str(find_data_folder()),
            "KERAS_BACKEND": "tensorflow",
            "LANG": "C.UTF-8",
            "MPLBACKEND": "agg",
            "PYTHONHASHSEED": "0",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "TF_ENABLE_ONEDNN_OPTS": "0",
        }
    )


def spawn(module: str, environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """Start one of the grader's modules as a process that talks on its standard streams.

    Args:
        module: full name of the module.
        environment: of the process; `worker_environment()` by default.
    """
    return start_module(
        module,
        env=worker_environment() if environment is None else environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        # Windows has no sessions; there, a group of its own keeps Ctrl-C to the command, whose it is to answer.
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        bufsize=0,
    )


def start_module(module: str, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    """Start one of the grader's modules as a process that cannot outlive this one; see `start_tied`.

    Args:
        module: full name of the module.
        arguments: of its command line.
        options: of `subprocess.Popen`.
    """
    # -P: the current folder is the student's, and may hold modules of the names of ours.
    tied = [sys.executable, "-P", "-m", "grader.protocol.start_tied", str(os.getpid())]
    command = [*tied, module, *arguments]
    return _starter(os.getpid()).submit(lambda: subprocess.Popen(command, **options)).result()


@functools.cache
def _starter(_pid: int) -> ThreadPoolExecutor:
    """Return the thread of this process that starts all others.

    It lives as long as this process does: the kernel takes the end of the thread that started a process for the
    end of its parent. A forked process has another id, hence a thread of its own.
    """
    return ThreadPoolExecutor(1, "starter")


def pipes(process: subprocess.Popen[bytes]) -> Channel:
    """Return a channel of the process's standard streams, which the process object gives away."""
    assert process.stdin is not None
    assert process.stdout is not None
    channel = InterruptibleChannel(os.dup(process.stdout.fileno()), os.dup(process.stdin.fileno()))
    process.stdout.close()
    process.stdin.close()
    return channel


def run_service(serve: Callable[[Channel], None], most_bytes: int) -> None:
    """Serve on the standard streams until the process at their other end has ended.

    What is printed goes to standard error.

    Args:
        serve: answers the requests of a channel until it is closed.
        most_bytes: that this process may allocate, see `limit_memory`.
    """
    channel = AttendedChannel(os.dup(0), os.dup(1))
    os.dup2(2, 1)
    configure_own_logging()
    limit_memory(most_bytes)
    serve(channel)


def configure_own_logging() -> None:
    """Log to standard error as much as the process that started this one asked for; else nothing."""
    configure_logging(verbose=LEVEL_VARIABLE in os.environ)


def limit_memory(most_bytes: int) -> None:
    """Let this process allocate no more than `most_bytes`: beyond, Python raises `MemoryError`. Unix only."""
    try:
        import resource
    except ImportError:  # Windows
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = most_bytes if hard == resource.RLIM_INFINITY else min(most_bytes, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (most, hard))


class ProcessorTimeOverError(BaseException):
    """The processor time of `limit_processor_time` is over. No `except Exception` of a computation catches it."""


@contextlib.contextmanager
def limit_processor_time(seconds: float) -> Iterator[None]:
    """Raise `ProcessorTimeOverError` in the context once this process has used so many seconds of it.

    Only in the main thread, and on Unix; elsewhere there is no limit. Code that is not Python, such as one call of
    NumPy, ends first.
    """
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def end(_number: int, _frame: FrameType | None) -> None:
        raise ProcessorTimeOverError

    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)  # again, should the first one be caught by chance
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
