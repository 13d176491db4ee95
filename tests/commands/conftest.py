"""The fixtures of a small class and of what grades it."""

from tests.helpers.class_fixtures import class_, course, crew, out, run

__all__ = ["class_", "course", "crew", "out", "run"]
