"""How the grader starts its own processes."""

import os
import subprocess
import sys

from grader.core.logs import LEVEL_VARIABLE, configure_logging
from grader.core.strict import STRICT_VARIABLE
from grader.protocol.channel import Channel

# One thread: sums in one order, so the same numbers at every run.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
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
            "KERAS_BACKEND": "tensorflow",
            "LANG": "C.UTF-8",
            "MPLBACKEND": "agg",
            "PYTHONHASHSEED": "0",
            "TF_CPP_MIN_LOG_LEVEL": "3",
            "TF_ENABLE_ONEDNN_OPTS": "0",
        }
    )


def spawn(module: str) -> subprocess.Popen[bytes]:
    """Start one of the grader's modules as a process that talks on its standard streams."""
    return subprocess.Popen(
        # -P: the current folder is the student's, and may hold modules of the names of ours.
        [sys.executable, "-P", "-m", module],
        env=worker_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,
        # Windows has no sessions; there, a group of its own keeps Ctrl-C to the command, whose it is to answer.
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        bufsize=0,
    )


def pipes(process: subprocess.Popen[bytes]) -> Channel:
    """Return a channel of the process's standard streams, which the process object gives away."""
    assert process.stdin is not None
    assert process.stdout is not None
    channel = Channel(os.dup(process.stdout.fileno()), os.dup(process.stdin.fileno()))
    process.stdout.close()
    process.stdin.close()
    return channel


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
