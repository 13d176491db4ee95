"""TODO: grader/protocol/processes.py."""

import os
import subprocess
import sys

from grader.core.strict import STRICT_VARIABLE
from grader.protocol.channel import Channel

# One thread: sums in one order, so the same numbers at every run.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def worker_environment() -> dict[str, str]:
    """Return the environment of the grader's own processes: of the user's, what finds files and strict mode."""
    passed_on = {"PATH", "HOME", "SYSTEMROOT", "TEMP", "TMP", "MPLCONFIGDIR", STRICT_VARIABLE}
    kept = {k: v for k, v in os.environ.items() if k in passed_on}
    return (
        kept
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
