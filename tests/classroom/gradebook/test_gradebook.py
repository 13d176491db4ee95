"""The class over exercises: rosters, joining by student, hints that helped, and the files that come out."""

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from grader.classroom.folder import Settings, prepare_folder
from grader.classroom.gradebook import (
    CourseGradebookError,
    ExerciseResults,
    join_results,
    read_roster,
    to_csv,
    to_xlsx,
)
from grader.classroom.gradebook.hints import count_hints
from grader.classroom.store import Attempt, Judgement, NewHandIn, Store
from grader.classroom.store.records import AttemptCriterion, AttemptVerdict
from grader.commands.app import app
from grader.protocol.course_gradebook import CourseGradebook
from grader.protocol.gradebook import GradebookEntry
from grader.protocol.hand_in import HandIn
from grader.protocol.submission import Submission, Unit
from grader.protocol.verdict import Hint, Status
from tests.helpers.gradebook_entries import entry, verdict

NAMES = {
    "jmueller": "Jürgen Müller-Lüdenscheidt",
    "oneill": "Seán O’Neill",
    "dangelo": "D'Angelo, Anna",
    "irina": "Ирина Петрова",
    "lee1": "Kim Lee",
    "lee2": "Kim Lee",
}
ROSTER = "Login;Matrikelnummer;E-Mail;Name\r\n" + "".join(
    f"{login};{1000 + number};{login}@example.org;{name}\r\n" for number, (login, name) in enumerate(NAMES.items())
)


def results(exercise: str, *entries: GradebookEntry, folder: str = "") -> ExerciseResults:
    return ExerciseResults(
        folder=folder or f"results/{exercise}",
        exercise=exercise,
        title=exercise.title(),
        entries=entries,
        attempts={},
    )


def roster_file(tmp_path: Path, text: str = ROSTER) -> Path:
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return path


def marks_by_key(gradebook: CourseGradebook) -> dict[str, list[float | None]]:
    return {s.key: [m.mark if m is not None else None for m in s.marks] for s in gradebook.students}


def test_students_are_found_by_login_number_or_address_and_never_by_name(tmp_path: Path) -> None:
    first = results(
        "first",
        entry("JMueller", name="Jürgen Müller-Lüdenscheidt"),
        entry("x17", name="Seán O’Neill", email="ONeill@example.org"),
        entry("Ирина_7", name="Петрова, Ирина", platform_id="1003"),
        entry("somebody", name="Some Body", platform_id="1002"),  # a number of the hand-in, and not of D'Angelo
        entry("Lee, Kim", name="Kim Lee"),  # which of the two?
    )
    second = results("second", entry("jmueller"), entry("lee2"), entry("stranger", name="Stranger"))
    gradebook = join_results([first, second], read_roster(roster_file(tmp_path)))
    assert marks_by_key(gradebook) == {
        "dangelo": [None, None],
        "jmueller": [4, 4],
        "lee1": [None, None],
        "lee2": [None, 4],
        "oneill": [4, None],
        "irina": [4, None],
    }
    assert [(one.key, one.exercise) for one in gradebook.unmatched] == [
        ("somebody", "first"),
        ("Lee, Kim", "first"),
        ("stranger", "second"),
    ]
    assert gradebook.without_hand_in == ("D'Angelo, Anna", "Kim Lee")


def test_names_come_out_as_they_went_in(tmp_path: Path) -> None:
    everybody = results("first", *(entry(login, name="other") for login in NAMES))
    gradebook = join_results([everybody], read_roster(roster_file(tmp_path)))
    lines = list(csv.DictReader(io.StringIO(to_csv(gradebook).decode("utf-8-sig"), newline="")))
    assert {line["student"]: line["name"] for line in lines} == NAMES
    assert [line["number"] for line in lines if line["student"] == "irina"] == ["1003"]
    book = openpyxl.load_workbook(io.BytesIO(to_xlsx(gradebook, "de")))
    rows = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    assert {row[0]: row[1] for row in rows} == NAMES
    assert book.sheetnames == ["Punktzahlen", "Hinweise", "Nicht in der Liste"]


def test_a_workbook_is_a_roster_too(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Kurs Netze, WS 26/27"])
    book.active.append(["Nachname", "Vorname", "Matrikelnummer"])
    book.active.append(["Müller-Lüdenscheidt", "Jürgen", 4711.0])
    book.save(tmp_path / "list.xlsx")
    (row,) = read_roster(tmp_path / "list.xlsx").rows
    assert (row.name, row.number, row.keys) == ("Jürgen Müller-Lüdenscheidt", "4711", frozenset(("4711",)))


def test_a_workbook_with_too_many_students_is_refused_but_lines_below_may_have_a_colour(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("grader.classroom.gradebook.roster.MAX_LINES", 3)
    book = openpyxl.Workbook()
    for line in (["Name", "Login"], ["Anna", "anna"], ["Ben", "ben"]):
        book.active.append(line)
    book.active.cell(row=4, column=1).fill = openpyxl.styles.PatternFill("solid", fgColor="FFFF00")
    book.save(tmp_path / "list.xlsx")
    assert [row.name for row in read_roster(tmp_path / "list.xlsx").rows] == ["Anna", "Ben"]
    book.active.cell(row=4, column=1, value="Cem")
    book.save(tmp_path / "list.xlsx")
    with pytest.raises(CourseGradebookError, match=r"list\.xlsx has more than 100,?000 lines"):
        read_roster(tmp_path / "list.xlsx")


@pytest.mark.parametrize(
    ("text", "key", "said"),
    [
        (
            ROSTER + "ONEILL;2000;o@example.org;Owen",
            None,
            "roster.csv: lines 3 and 8 have the same Login, ONEILL.",
        ),
        (ROSTER + "owen;1001;o@example.org;Owen", None, "lines 3 and 8 have the same Matrikelnummer, 1001."),
        ("Name;Note\nAnna;1", None, "roster.csv has no column that students are found by"),
        (ROSTER, "Konto", "roster.csv has no column Konto. It has: Login, Matrikelnummer, E-Mail, Name."),
        ("", None, "roster.csv is empty."),
    ],
)
def test_a_roster_that_cannot_be_used(text: str, key: str | None, said: str, tmp_path: Path) -> None:
    with pytest.raises(CourseGradebookError) as caught:
        read_roster(roster_file(tmp_path, text), key)
    assert said in str(caught.value)


def test_bytes_that_are_no_workbook(tmp_path: Path) -> None:
    (tmp_path / "roster.xlsx").write_bytes(b"PK\x03\x04nothing")
    with pytest.raises(CourseGradebookError, match=r"roster.xlsx is no workbook"):
        read_roster(tmp_path / "roster.xlsx")
    with pytest.raises(CourseGradebookError, match=r"missing.xlsx cannot be read"):
        read_roster(tmp_path / "missing.xlsx")


def test_another_column_tells_students_apart(tmp_path: Path) -> None:
    path = roster_file(tmp_path, ROSTER + "ONEILL;2000;o@example.org;Owen")
    assert len(read_roster(path, "matrikelnummer").rows) == len(NAMES) + 1


def test_without_a_roster_everybody_is_in_who_handed_something_in() -> None:
    first = results("first", entry("anna", email="a@example.org"), entry("bob"))
    second = results("second", entry("a.other", email="A@example.org"), entry("cem"))
    gradebook = join_results([first, second])
    assert marks_by_key(gradebook) == {"anna": [4, 4], "bob": [4, None], "cem": [None, 4]}
    assert [s.total for s in gradebook.students] == [8, 4, 4]


def test_two_groups_of_one_exercise_are_one_column_and_nobody_is_in_both() -> None:
    groups = [results("first", entry("anna"), folder="a"), results("first", entry("bob"), folder="b")]
    assert marks_by_key(join_results(groups)) == {"anna": [4], "bob": [4]}
    with pytest.raises(CourseGradebookError, match="anna has a mark of first in a and in b"):
        join_results([groups[0], results("first", entry("anna"), folder="b")])


def attempts(*outcomes: tuple[Status, bool]) -> list[Attempt]:
    hint = Hint(id="softmax-twice", severity="warning", text="Softmax twice.")
    at = datetime(2026, 11, 1, tzinfo=UTC)
    return [
        Attempt(
            hand_in=HandIn(student="s", name="S", file="s.py"),
            number=number,
            entered=at + timedelta(days=number),
            is_newest=number == len(outcomes) - 1,
            verdict=AttemptVerdict(
                status, 1.0, 2.0, (AttemptCriterion("loss", status, 1.0, (hint,) if has_hint else ()),)
            ),
        )
        for number, (status, has_hint) in enumerate(outcomes)
    ]


def test_a_hint_helped_who_passed_in_the_next_hand_in() -> None:
    lost, right = (Status.FAILED, True), (Status.PASSED, False)
    (outcome,) = count_hints(
        "first",
        [
            attempts(lost, right),
            attempts(lost, lost, right),  # not the next time
            attempts(lost),
            attempts(right),
            attempts(lost, (Status.FAILED, False)),
        ],
    )
    assert (outcome.students, outcome.again, outcome.passed) == (4, 3, 1)


def write_results(folder: Path, exercise: str, *, anonymous: bool = False) -> Path:
    settings = Settings(
        exercise=exercise, series=exercise, course="", language="en", mode="walls", anonymous=anonymous
    )
    made = prepare_folder(folder, settings)
    with Store.open(folder) as store:
        for number, (login, name) in enumerate(NAMES.items()):
            submission = Submission("submission.py", f"{number:064}", "script", (Unit(f"x = {number}", ""),))
            who = HandIn(student=login, name=name, file=f"{login}/a.py")
            run = store.begin_run(exercise, "me")
            (hand_in,) = store.add_hand_ins(exercise, [NewHandIn(hand_in=who, submission=submission)], run)
            store.add_verdicts([Judgement(number=hand_in, key="k", verdict=verdict(), by="me")])
    return made.path


def test_the_command_writes_a_page_and_tables(tmp_path: Path) -> None:
    folders = [str(write_results(tmp_path / name, name)) for name in ("first", "second")]
    words = ["gradebook", *folders, "--out", str(tmp_path / "all"), "--roster", str(roster_file(tmp_path))]
    done = CliRunner().invoke(app, [*words, "--lang", "en"])
    assert done.exit_code == 0, done.output
    assert "Students: 6. Exercises: 2." in done.output
    page = (tmp_path / "all" / "gradebook.html").read_text()
    assert all(name.replace("'", "&#39;") in page for name in NAMES.values())
    assert {path.suffix for path in (tmp_path / "all").iterdir()} == {".html", ".csv", ".xlsx"}


def test_pseudonyms_cannot_be_joined(tmp_path: Path) -> None:
    folder = write_results(tmp_path / "first", "first", anonymous=True)
    done = CliRunner().invoke(app, ["gradebook", str(folder), "--out", str(tmp_path / "all"), "--lang", "en"])
    assert done.exit_code == 2
    assert "was graded with --anonymous" in done.output
    assert not (tmp_path / "all").exists()
