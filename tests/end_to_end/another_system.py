"""Stands in for `python` on a system that is no Unix: `python another_system.py [-P] -m MODULE ARGUMENT ...`.

The grader finds no module and no function that only Unix has, and none of its own that walls need. Libraries,
which are at home here, are imported before.
"""

import builtins
import os
import runpy
import sys
from typing import Any

ONLY_UNIX = {"resource", "fcntl", "pwd", "grp", "termios", "tty", "pty", "syslog", "_posixsubprocess"}
ONLY_WALLS = {
    "grader.sandbox.walled",
    "grader.sandbox.worker",
    "grader.sandbox.walls.enter",
    "grader.sandbox.walls.self_test",
}
FUNCTIONS = (
    *("fork", "forkpty", "killpg", "getpgid", "setsid", "getsid", "getuid", "geteuid", "getgid", "getegid"),
    *("sched_getaffinity", "wait4", "mkfifo", "O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC"),
)

python, import_ = sys.executable, builtins.__import__


def refusing(name: str, globals: Any = None, *rest: Any, **others: Any) -> Any:  # noqa: A002 - as Python calls it
    """Import, but for the grader not what it would not find elsewhere."""
    importer = (globals or {}).get("__name__", "")
    if name in ONLY_WALLS or (name in ONLY_UNIX and importer.split(".")[0] in ("grader", "reports")):
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    return import_(name, globals, *rest, **others)


def main() -> None:
    """Become the other system, and run the module."""
    arguments = [argument for argument in sys.argv[1:] if argument != "-P"]
    assert arguments.pop(0) == "-m"
    if any(argument.startswith("grader.sandbox") for argument in arguments):
        import keras  # noqa: F401 - TensorFlow with it
        import sklearn.model_selection  # noqa: F401
    # These look for their own system when they are imported.
    import zoneinfo  # noqa: F401

    import platformdirs  # noqa: F401

    for name in FUNCTIONS:
        delattr(os, name)
    vars(builtins)["__import__"] = refusing
    if arguments[0] == "grader":
        import grader.commands.app  # noqa: F401 - with all that looks for its own system when it is imported

        sys.platform = "darwin"
    sys.executable = os.environ.get("OTHER_PYTHON", python)
    sys.argv = arguments
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
