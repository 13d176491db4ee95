"""What holds for all tests."""

import pytest
from hypothesis import settings

from grader.core.strict import enable_strict_mode
from tests.helpers.forked_examiners import forked_examiners, start_own_examiner
from tests.helpers.shared_worker import shared_worker

__all__ = ["forked_examiners", "shared_worker", "start_own_examiner"]

# The same examples each time: no test depends on luck, and none on the clock.
settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.load_profile("same")

# A detector, a notice or an exhibit that raises fails the test, in whichever of the grader's processes it does.
enable_strict_mode()

# Files that take longest, which begin first: else one core would wait for the other at the end. From measurements:
# `pytest --durations=50`. A file that is missing here costs time and nothing else.
LONGEST = (
    "tests/documents/test_exercises.py",
    "tests/sandbox/inside/test_fast_fit.py",
    "tests/examiner/misconceptions/test_misconceptions.py",
    "tests/end_to_end/test_bad_values.py",
    "tests/reports/classroom/test_dashboard_browser.py",
    "tests/authoring/test_scaffold.py",
    "tests/rubric/checks/networks/test_styles.py",
    "tests/authoring/release/test_gradescope.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of the files that take longest first; all others keep their order."""
    ranks = {file: rank for rank, file in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.nodeid.partition("::")[0], len(LONGEST)))
