"""What holds for all tests."""

from hypothesis import settings

from grader.core.strict import enable_strict_mode

# The same examples each time: no test depends on luck, and none on the clock.
settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.load_profile("same")

# A detector, a notice or an exhibit that raises fails the test, in whichever of the grader's processes it does.
enable_strict_mode()
