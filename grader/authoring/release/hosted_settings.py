"""The settings of a pack for VPL or Classroom 50: chosen when it was built, read again where it grades."""

from typing import Literal

from grader.protocol.parcels import Record

FILE = "settings.json"


class Settings(Record, frozen=True, kw_only=True):
    """The content of `settings.json` in the pack."""

    schema: Literal[1] = 1
    exercise: str
    language: str
    points: float = 0.0  # that the exercise has, without bonus
