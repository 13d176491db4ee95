"""What holds for all tests."""

from hypothesis import settings

# The same examples each time: no test depends on luck, and none on the clock.
settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.load_profile("same")
