"""What the importers of Moodle, Canvas and Gradescope read, with and without a file of theirs to fill in."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.classroom.exports import Exported, Format, UnusableRosterError, export
from grader.classroom.exports.roster import MAX_MEGABYTES
from grader.protocol.gradebook import GradebookEntry
from tests.helpers.gradebook_entries import adjustment, entry, ungraded

MOODLE = (
    "\ufeffIdentifier,Full name,ID number,Email address,Status,Grade,Maximum grade,Last modified (grade)\r\n"
    'Participant 71,"Weiß, Anna",0071,Anna@uni.de,"Submitted, late",,"4.00",-\r\n'
    "Participant 72,Bela,0072,bela@uni.de,-,3.00,4.00,-\r\n"
    "Participant 73,=Carl,0073,carl@uni.de,-,,4.00,-\r\n"
)
MOODLE_DE = (
    '\ufeffID;"Vollständiger Name";E-Mail-Adresse;Bewertung;Bestwertung\n'
    'Teilnehmer/in71;"Weiß; Anna";anna@uni.de;;4,00\n'
)
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Digits (991),Digits too (992),Current Score\r\n"
    "    Points Possible,,,,,4.00,10.00,(read only)\r\n"
    '"Weiß, Anna",71,s71,anna,A,,,\r\n'
    '"Bela",72,s72,bela@uni.de,A,2,9,50\r\n'
)
GRADESCOPE = (
    "First Name,Last Name,SID,Email,Total Score,Max Points,Status,Submission ID\n"
    "Anna,Weiß,0071,anna@uni.de,,4.0,Graded,555\n"
    "Bela,Blau,0072,bela@uni.de,3,4.0,Graded,556\n"
)
ANNA = entry("x1", name="Anna", platform_id="71", email="anna@uni.de")


def table(made: Exported | bytes, delimiter: str = ",") -> list[list[str]]:
    data = made if isinstance(made, bytes) else made.data
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter, strict=True))


def filled(
    tmp_path: Path, content: str | bytes, format_: Format, *entries: GradebookEntry, column: str | None = None
) -> Exported:
    roster = tmp_path / "roster.csv"
    roster.write_bytes(content if isinstance(content, bytes) else content.encode())
    return export(entries, "digits", format_, "en", roster, column)


def test_moodle_reads_a_worksheet_with_the_headings_of_its_language() -> None:
    class_ = [ANNA, ungraded("bela", platform_id="72")]
    assert table(export(class_, "digits", Format.MOODLE, "en")) == [
        ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade", "Last modified (grade)"],
        ["Participant 71", "Anna", "anna@uni.de", "passed", "4", "4", "-"],
        ["Participant 72", "Bela", "", "not_graded", "", "", "-"],
    ]
    assert table(export([entry()], "digits", Format.MOODLE, "en"))[1][0] == ""
    german = table(export([ANNA], "digits", Format.MOODLE, "de"))
    assert german[0][:3] == ["ID", "Vollständiger Name", "E-Mail-Adresse"]
    assert german[1][0] == "Teilnehmer/in71"


def test_canvas_reads_a_gradebook_with_the_maximum_in_its_second_line() -> None:
    made = export([ANNA, ungraded("bela", platform_id="72")], "digits", Format.CANVAS, "en")
    assert made.data.startswith(b"Student,")
    assert table(made) == [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "digits"],
        ["    Points Possible", "", "", "", "", "4"],
        ["Anna", "71", "", "", "", "4"],
        ["Bela", "72", "", "", "", ""],
    ]
    assert table(export([ungraded()], "digits", Format.CANVAS, "en"))[1][5] == ""


def test_gradescope_has_its_own_columns() -> None:
    assert table(export([ANNA, ungraded()], "digits", Format.GRADESCOPE, "en")) == [
        ["Name", "SID", "Email", "Total Score", "Max Points"],
        ["Anna", "71", "anna@uni.de", "4", "4"],
        ["Bela", "", "", "", ""],
    ]


@pytest.mark.parametrize("format_", [Format.MOODLE, Format.CANVAS, Format.GRADESCOPE])
def test_who_cannot_be_found_by_the_platform_is_named(format_: Format) -> None:
    formula = entry("c", name="Carl", email="+carl@uni.de", platform_id="=1+1")
    made = export([ANNA, entry("bela"), formula], "digits", format_, "en")
    assert made.without_row == ("Bela", "Carl")
    assert not any(cell.startswith(("=", "+")) for line in table(made) for cell in line)


def test_canvas_does_not_find_anybody_by_address() -> None:
    assert export([entry(email="a@b.de")], "digits", Format.CANVAS, "en").without_row == ("Anna",)
    assert export([entry(email="a@b.de")], "digits", Format.MOODLE, "en").without_row == ()


def test_moodles_worksheet_gets_marks_and_nothing_else_changes(tmp_path: Path) -> None:
    made = filled(tmp_path, MOODLE, Format.MOODLE, ANNA)
    expected = table(MOODLE.encode())
    expected[1][5] = "4"
    assert table(made) == expected
    assert made.data.startswith(b"\xef\xbb\xbf")
    assert (made.without_row, made.without_hand_in, made.without_mark) == ((), ("Bela", "=Carl"), ())


def test_a_german_worksheet_keeps_its_semicolons(tmp_path: Path) -> None:
    made = filled(tmp_path, MOODLE_DE, Format.MOODLE, ANNA)
    assert table(made, ";")[1] == ["Teilnehmer/in71", "Weiß; Anna", "anna@uni.de", "4", "4,00"]


def test_canvas_assignment_is_found_by_name_and_its_neighbour_is_left(tmp_path: Path) -> None:
    made = filled(tmp_path, CANVAS, Format.CANVAS, ANNA)
    expected = table(CANVAS.encode())
    expected[2][5] = "4"
    assert table(made) == expected
    assert not made.data.startswith(b"\xef\xbb\xbf")
    assert made.without_hand_in == ("Bela",)


def test_canvas_assignment_may_be_called_by_the_title_or_be_named(tmp_path: Path) -> None:
    titled = CANVAS.replace("Digits (991)", "handwritten DIGITS (991)")
    assert table(filled(tmp_path, titled, Format.CANVAS, ANNA))[2][5] == "4"
    other = CANVAS.replace("Digits (991)", "Homework 3 (991)")
    assert table(filled(tmp_path, other, Format.CANVAS, ANNA, column="Homework 3 (991)"))[2][5] == "4"
    with pytest.raises(UnusableRosterError) as caught:
        filled(tmp_path, other, Format.CANVAS, ANNA)
    assert "Homework 3 (991)" in str(caught.value.text.params["columns"])


def test_gradescope_students_are_found_by_submission_or_address(tmp_path: Path) -> None:
    by_submission = entry("a", platform_id="555")
    by_address = entry("b", email="BELA@uni.de")
    made = filled(tmp_path, GRADESCOPE, Format.GRADESCOPE, by_submission, by_address)
    assert [line[4] for line in table(made)] == ["Total Score", "4", "4"]
    left = filled(tmp_path, GRADESCOPE, Format.GRADESCOPE, by_submission)
    assert left.without_hand_in == ("Bela Blau",)


def test_a_key_of_the_hand_in_finds_a_login_when_nothing_else_is_known(tmp_path: Path) -> None:
    assert table(filled(tmp_path, CANVAS, Format.CANVAS, entry("anna")))[2][5] == "4"
    assert table(filled(tmp_path, MOODLE, Format.MOODLE, entry("0072")))[2][5] == "4"


@pytest.mark.parametrize(
    "stranger",
    [
        entry("x", name="Weiß, Anna"),  # a name is not enough
        entry("x", platform_id="7"),
        entry("x", platform_id="71", email="bela@uni.de"),  # number and address contradict one another
        entry("71x"),
    ],
)
def test_who_is_not_found_for_certain_is_named_and_nothing_is_written(
    tmp_path: Path, stranger: GradebookEntry
) -> None:
    made = filled(tmp_path, MOODLE, Format.MOODLE, stranger)
    assert table(made) == table(MOODLE.encode())
    assert made.without_row == (stranger.name,)
    assert len(made.without_hand_in) == 3


def test_two_hand_ins_for_one_row_are_both_left_out(tmp_path: Path) -> None:
    made = filled(tmp_path, MOODLE, Format.MOODLE, ANNA, entry("y", name="Other", platform_id="71"))
    assert table(made) == table(MOODLE.encode())
    assert made.without_row == ("Anna", "Other")


def test_two_rows_for_one_hand_in_are_both_left_alone(tmp_path: Path) -> None:
    double = MOODLE + "Participant 74,Anna Two,,anna@uni.de,-,,4.00,-\r\n"
    made = filled(tmp_path, double, Format.MOODLE, entry("y", email="anna@uni.de"))
    assert table(made) == table(double.encode())
    assert made.without_row == ("Y",)


def test_a_number_and_an_address_that_agree_settle_a_double_address(tmp_path: Path) -> None:
    double = MOODLE + "Participant 74,Anna Two,,anna@uni.de,-,,4.00,-\r\n"
    assert table(filled(tmp_path, double, Format.MOODLE, ANNA))[1][5] == "4"


def test_a_row_without_a_mark_stays_as_it_was_and_is_named(tmp_path: Path) -> None:
    made = filled(tmp_path, MOODLE, Format.MOODLE, ungraded("b", name="Bela", platform_id="72"))
    assert table(made) == table(MOODLE.encode())
    assert made.without_mark == ("Bela",)


def test_adjusted_marks_are_what_is_written(tmp_path: Path) -> None:
    adjusted = entry("x", platform_id="71", adjustments=(adjustment(-0.5),))
    assert table(filled(tmp_path, MOODLE, Format.MOODLE, adjusted))[1][5] == "3.5"


def test_a_row_that_ends_before_the_column_is_made_longer(tmp_path: Path) -> None:
    short = "Email address,Name,Grade\r\nanna@uni.de\r\n\r\n"
    assert table(filled(tmp_path, short, Format.MOODLE, ANNA)) == [
        ["Email address", "Name", "Grade"],
        ["anna@uni.de", "", "4"],
        [],
    ]


@pytest.mark.parametrize(
    ("content", "format_"),
    [
        (MOODLE.replace("4.00", "100.00"), Format.MOODLE),
        (MOODLE_DE.replace("4,00", "100,00"), Format.MOODLE),
        (CANVAS.replace("4.00", "100"), Format.CANVAS),
        (GRADESCOPE.replace("4.0", "100"), Format.GRADESCOPE),
    ],
)
def test_an_assignment_with_another_maximum_is_refused(tmp_path: Path, content: str, format_: Format) -> None:
    with pytest.raises(UnusableRosterError) as caught:
        filled(tmp_path, content, format_, ANNA)
    assert caught.value.text.params["theirs"] == 100.0
    assert caught.value.text.params["ours"] == "4"


def test_the_maximum_of_another_assignment_does_not_matter(tmp_path: Path) -> None:
    assert filled(tmp_path, CANVAS.replace("10.00", "99"), Format.CANVAS, ANNA).without_row == ()


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"Student,ID,SIS User ID,SIS Login ID,Section\r\n", "columns for the marks"),
        (b"Color,Grade\r\nred,1\r\n", "none of the columns"),
        ("Identifier,Grade\r\nWeiß,1\r\n".encode("latin-1"), "not text in UTF-8"),
        (b'Identifier,Grade\r\n"open,1\r\n', "no CSV file"),
        (b"Identifier,Grade,Grade\r\n1,,\r\n", "columns for the marks"),
        (b"Identifier,Grade\r\n" + b"x" * (MAX_MEGABYTES * 1_000_000), "larger"),
    ],
)
def test_a_file_that_is_no_roster_is_refused(tmp_path: Path, content: bytes, word: str) -> None:
    with pytest.raises(UnusableRosterError) as caught:
        filled(tmp_path, content, Format.CANVAS if b"Student" in content else Format.MOODLE, ANNA)
    assert word in caught.value.text.msgid
    assert caught.value.text.params["file"] == "roster.csv"


def test_a_roster_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableRosterError) as caught:
        export([ANNA], "digits", Format.MOODLE, "en", tmp_path / "none.csv")
    assert caught.value.text.params["file"] == "none.csv"


@given(
    st.lists(
        st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n\x00\ufeff")), min_size=1, max_size=4
    )
)
def test_cells_of_strangers_come_through_a_roster_unchanged(cells: list[str]) -> None:
    import tempfile

    held = io.StringIO(newline="")
    csv.writer(held).writerows([["Email address", "Grade", *("x" for _ in cells)], ["anna@uni.de", "", *cells]])
    with tempfile.TemporaryDirectory() as folder:
        made = filled(Path(folder), held.getvalue(), Format.MOODLE, ANNA)
    assert table(made)[1] == ["anna@uni.de", "4", *cells]
