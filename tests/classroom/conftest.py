"""The fixtures of a small class and of what grades it."""

from tests.helpers.class_fixtures import class_, course, out, pool, run
from tests.helpers.shared_worker import share_worker

__all__ = ["class_", "course", "out", "pool", "run", "share_worker"]
