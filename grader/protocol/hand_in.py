"""Who handed in what, when, and how late: the part that all records of a hand-in have in common."""

from datetime import datetime
from typing import Any

from grader.protocol.verdict import Record


class HandIn(Record, frozen=True, kw_only=True):
    """What is known of one hand-in besides its content.

    The records of intake and store hold one of these. `GradebookEntry` extends it instead, since it is exported as
    one flat object.
    """

    student: str  # one key per student of a class: from the layout, or a pseudonym
    name: str  # of the student, for people
    file: str  # where it lay in what was handed over, such as "Moodle.zip/Doe_12_assignsubmission_file/a.ipynb"
    email: str = ""
    platform_id: str = ""  # number of the student or of the hand-in on the platform that it came from
    submitted: datetime | None = None  # UTC; as far as the layout tells
    late: bool = False


def hand_in_fields(record: Any) -> dict[str, Any]:
    """Return the fields of `HandIn` from a record or a row of a table that has them all under the same names."""
    return {name: getattr(record, name) for name in HandIn.__struct_fields__}
