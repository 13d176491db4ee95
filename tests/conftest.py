"""What holds for all tests."""

import atexit
import gc
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from grader.core import datasets
from grader.core.course_secret import VARIABLE
from grader.core.strict import enable_strict_mode
from tests.helpers.browser import chromium
from tests.helpers.forked_processes import forked_processes, start_own_processes
from tests.helpers.shared_worker import shared_worker

__all__ = ["chromium", "forked_processes", "shared_worker", "start_own_processes"]

# What is compiled is kept, whatever the shell says: else every process of the tests would compile the grader anew,
# and each that collects would rewrite the assertions of all test modules, which costs it a third of its time.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# The same examples each time: no test depends on luck, and none on the clock.
settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.load_profile("same")

# A detector, a notice or an exhibit that raises fails the test, in whichever of the grader's processes it does.
enable_strict_mode()

# Marks are given with one secret, so that each run of the tests sees the same data and no test writes a secret.
os.environ[VARIABLE] = "5a" * 32

# A shell that runs the tests in the background has Ctrl-C ignored in all that it starts, and tests press Ctrl-C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# What the grader has stored for its user is not used: an answer from an earlier run would be no test.
# The processes that pytest-xdist starts share the folder of the one that started them.
if "PYTEST_XDIST_WORKER" not in os.environ:
    caches = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    os.environ.setdefault(
        "MPLCONFIGDIR", str(Path(caches, "matplotlib"))
    )  # its list of fonts takes a second to make
    os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="grader-tests-")
    atexit.register(shutil.rmtree, os.environ["XDG_CACHE_HOME"], ignore_errors=True)

# Nor are the data sets that its user has fetched: what is missing on one machine would be there on another.
os.environ[datasets.VARIABLE] = str(Path(os.environ["XDG_CACHE_HOME"], "data"))

# Files that take longest, which begin first: else one core would wait for the other at the end. From measurements:
# `pytest --durations=50`. A file that is missing here costs time and nothing else.
LONGEST = (
    "tests/documents/test_exercises.py",
    "tests/strangers/test_strangers.py",
    "tests/sandbox/inside/test_fast_fit.py",
    "tests/examiner/misconceptions/test_misconceptions.py",
    "tests/authoring/test_scaffold.py",
    "tests/documents/test_tutorial.py",
    "tests/end_to_end/test_bad_values.py",
    "tests/rubric/checks/networks/test_styles.py",
    "tests/reports/classroom/test_dashboard_browser.py",
)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Keep the garbage collector from all that is imported and collected: it stays to the end.

    Else it would visit a million objects again and again while they are made, and in each of its rounds later.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of the files that take longest first; all others keep their order."""
    ranks = {file: rank for rank, file in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.nodeid.partition("::")[0], len(LONGEST)))
