"""Whose place in a platform's download a report gets: found by the number, the key, or the login of a student."""

import msgspec
import pytest

from grader.classroom.feedback.places import Place, match_place
from grader.classroom.feedback.records import Platform
from grader.protocol.gradebook import GradebookEntry
from tests.reports.classroom.samples import entry

ADA = Place("4711", "Lovelace_Ada_ada_4711/", "", "Lovelace Ada")
BEN = Place("4712", "multi_feedback_x/Ode_Ben_ben_4712/", "", "Ode Ben")
ON_ILIAS = {place.number: place for place in (ADA, BEN)}


def student(key: str, file: str = "", platform_id: str = "") -> GradebookEntry:
    return msgspec.structs.replace(entry(key, None), file=file, platform_id=platform_id)


@pytest.mark.parametrize(("key", "place"), [("ada", ADA), ("ben", BEN), ("4712", BEN), ("eve", None), ("", None)])
def test_whoever_handed_in_elsewhere_is_found_on_ilias_by_the_login(key: str, place: Place | None) -> None:
    assert match_place(Platform.ILIAS, student(key), None, ON_ILIAS) == place


def test_the_number_of_the_platform_counts_more_than_the_key() -> None:
    assert match_place(Platform.ILIAS, student("ada"), BEN, ON_ILIAS) == BEN
    assert match_place(Platform.ILIAS, student("ada", platform_id="4712"), None, ON_ILIAS) == BEN
    assert match_place(Platform.MOODLE, student("ada"), None, ON_ILIAS) is None  # which knows no logins


def test_a_folder_of_a_student_is_found_by_the_path_of_the_hand_in() -> None:
    places = {"Ada": Place("Ada", "Ada/", "", "Ada")}
    assert match_place(Platform.FOLDERS, student("k1", "class/Ada/work/a.py"), None, places) == places["Ada"]
    assert match_place(Platform.FOLDERS, student("k1", "class/Adam/a.py"), None, places) is None
