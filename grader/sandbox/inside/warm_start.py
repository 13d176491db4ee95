"""The program of the warm worker: it imports TensorFlow once, and each submission runs in a fork of its process.

It is the bottom of the stack in every forked child, so a submission can see it: it imports the worker of the
sandbox by name, and removes it from memory before a submission runs.
"""

import gc
import importlib
import os
import resource
import socket
import sys
from collections.abc import Sequence

from grader.protocol.channel import FAULT_CODE
from grader.protocol.processes import configure_own_logging

WARM_MODULES = (
    "numpy",
    "pandas",  # Keras imports it at the first fit where it is installed
    "tensorflow",
    "keras",
    "sklearn.datasets",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
    "sklearn.preprocessing",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "tensorflow.python.framework.convert_to_constants",
    "grader.sandbox.inside.child",
)
# The packages of the grader that stay in the memory of a process with a submission.
VISIBLE = ("grader.core", "grader.protocol", "grader.sandbox.inside")


def main(arguments: Sequence[str]) -> None:
    """Serve a sandbox environment: `python -m grader.sandbox.inside.warm_start FD KIND`.

    Args:
        arguments: the number of an inherited socket; "light" for children without TensorFlow, "warm" for others.
    """
    configure_own_logging()
    # A limit of 1 forbids dumps to a program too, see core(5).
    core_limit = 0 if resource.getrlimit(resource.RLIMIT_CORE)[1] == 0 else 1
    resource.setrlimit(resource.RLIMIT_CORE, (core_limit, core_limit))
    control = socket.socket(fileno=int(arguments[0]))
    # The imported objects stay for ever: the garbage collector need not visit a million of them, here and in every
    # child, where each visit copies a page of memory.
    gc.disable()
    if arguments[1] == "light":
        importlib.import_module("grader.sandbox.inside.light_child").load_child()
    else:
        for name in WARM_MODULES:
            importlib.import_module(name)
    gc.freeze()
    gc.enable()
    # Imported after the freeze: what is not frozen can be collected in a child.
    child = importlib.import_module("grader.sandbox.worker").serve(control)
    if child is None:
        return
    channel, walls = child.channel, child.walls
    del child, control
    forget_all_but_visible()
    from grader.sandbox.inside.child import serve

    code = FAULT_CODE
    try:
        serve(channel, walls)
        code = 0
    finally:  # whatever is raised: this process must not go on as a second worker
        os._exit(code)


def forget_all_but_visible() -> None:
    """Remove from this process's memory every module of the grader that a submission must not see."""
    for name in list(sys.modules):
        if name.startswith("grader.") and name != "grader.sandbox" and not _is_visible(name):
            del sys.modules[name]
            parent, _, child = name.rpartition(".")
            if parent in sys.modules:
                vars(sys.modules[parent]).pop(child, None)
    # Functions and the namespace of their module refer to each other. Twice: ctypes keeps a type until the types
    # of its arrays have been collected.
    for _ in range(2):
        gc.collect()


def _is_visible(name: str) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in VISIBLE)


if __name__ == "__main__":
    main(sys.argv[1:])
