"""Strict mode: a fault of the grader that a verdict would survive ends the grading instead.

A hint, a notice or an exhibit that cannot be made costs no student a verdict: the fault is logged, and the rest is
graded. Whoever works on the grader or on a rubric has to see it, though. Our tests and `grader validate` therefore
set the environment variable `GRADER_STRICT` to 1, and then the exception is raised. It is a variable, not a
parameter, because the place that must know is in another process: `grader.protocol.processes.worker_environment`
hands it on to the worker and the examiner.
"""

import os

STRICT_VARIABLE = "GRADER_STRICT"


def is_strict() -> bool:
    """Return whether faults of the grader are raised instead of logged only."""
    return os.environ.get(STRICT_VARIABLE) == "1"


def enable_strict_mode() -> None:
    """Raise faults of the grader in this process and in those that it starts from now on."""
    os.environ[STRICT_VARIABLE] = "1"
