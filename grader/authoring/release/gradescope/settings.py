"""The settings that an instructor chose when the zip was built; read again on Gradescope."""

from enum import StrEnum
from typing import Literal

from grader.protocol.parcels import Record

FILE = "settings.json"


class Visibility(StrEnum):
    """When students see the tests, in Gradescope's words."""

    VISIBLE = "visible"
    AFTER_DUE_DATE = "after_due_date"
    AFTER_PUBLISHED = "after_published"
    HIDDEN = "hidden"


class Settings(Record, frozen=True, kw_only=True):
    """The content of `settings.json` in the zip."""

    schema: Literal[1] = 1
    exercise: str
    language: str
    visibility: Visibility
