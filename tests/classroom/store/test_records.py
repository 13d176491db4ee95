"""What is known of a hand-in is one record, with the same names in the database and in exports."""

import msgspec

from grader.classroom.store.schema import hand_ins
from grader.protocol.gradebook import GradebookEntry
from grader.protocol.hand_in import HandIn, hand_in_fields

HAND_IN = HandIn(student="ada", name="Ada", file="ada/a.py", email="a@example.org", platform_id="1", late=True)


def test_each_field_of_a_hand_in_has_a_column_of_its_name() -> None:
    assert set(HandIn.__struct_fields__) <= set(hand_ins.columns.keys())


def test_a_gradebook_entry_is_written_flat_with_the_hand_in_first() -> None:
    entry = GradebookEntry(**hand_in_fields(HAND_IN))
    assert list(msgspec.to_builtins(entry)) == [
        "student", "name", "file", "email", "platform_id", "submitted", "late",
        "verdict", "problem", "adjustments", "report", "graded", "rules", "grade", "is_passed",
    ]  # fmt: skip
    assert hand_in_fields(entry) == msgspec.structs.asdict(HAND_IN)
