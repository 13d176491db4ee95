"""What the instructor chose when the zip was made; read again on Gradescope."""

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
    """Everything that the harness has to know."""

    schema: Literal[1] = 1
    exercise: str
    language: str
    visibility: Visibility
