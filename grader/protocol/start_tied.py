"""Starts a module of the grader as the main program of a process that ends with the one that started it.

`python -m grader.protocol.start_tied PID MODULE [ARGUMENT...]`: the tie is there before the module is imported,
which may take seconds, and holds however busy the process is. See PR_SET_PDEATHSIG in prctl(2); only on Linux.
"""

import os
import runpy
import signal
import sys
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1


def tie_to_parent(parent: int) -> None:
    """Make the kernel kill this process when the thread that started it ends, even if that has happened already.

    Args:
        parent: id of the process that started this one.
    """
    if sys.platform != "linux":
        return
    import ctypes

    is_tied = ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) == 0
    if is_tied and os.getppid() != parent:  # it has ended before the tie was there
        os._exit(1)


def main(arguments: Sequence[str]) -> None:
    """Tie this process to its parent and run the module with the other arguments."""
    parent, module, *rest = arguments
    tie_to_parent(int(parent))
    sys.argv = [module, *rest]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
