"""The plain table, the workbook and JSON Lines, read back with the programs that people use."""

import csv
import io
import json
from datetime import datetime, timedelta, timezone

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.classroom.exports import ENDINGS, Format, UnusableRosterError, export
from grader.classroom.exports.cells import defuse, to_cell_text
from grader.classroom.exports.columns import COLUMNS_AFTER, COLUMNS_BEFORE
from grader.core.i18n import LANGUAGES
from grader.protocol.gradebook import GradebookEntry
from grader.protocol.verdict import Status
from tests.helpers.gradebook_entries import adjustment, criterion, entry, ungraded, verdict

ANY = st.text(alphabet=st.characters(exclude_categories=()), max_size=40)
UNDECIDED = verdict(criterion("softmax"), criterion("loss", 0.0, Status.NOT_GRADED))


def lines(entries: list[GradebookEntry]) -> list[dict[str, str]]:
    data = export(entries, "digits", Format.CSV, "en").data
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def sheet(entries: list[GradebookEntry], name: str = "Marks", language: str = "en") -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(export(entries, "digits", Format.XLSX, language).data))
    return [tuple(row) for row in book[name].iter_rows(values_only=True)]


def test_the_plain_table_has_the_documented_columns_and_a_bom() -> None:
    data = export([entry()], "digits", Format.CSV, "en").data
    assert data.startswith(b"\xef\xbb\xbf")
    assert list(lines([entry()])[0]) == [*COLUMNS_BEFORE, "criterion:softmax", "criterion:loss", *COLUMNS_AFTER]


def test_a_row_says_what_is_known() -> None:
    anna = entry(
        "anna",
        name="Anna Ähre",
        email="a@b.de",
        late=True,
        adjustments=(adjustment(1.5), adjustment(0, "loss", "no")),
    )
    assert lines([anna]) == [
        {
            "student": "anna",
            "name": "Anna Ähre",
            "email": "a@b.de",
            "file": "anna.py",
            "submitted": "2026-11-20T21:04:05Z",
            "late": "true",
            "status": "passed",
            "points": "3.5",
            "max_points": "4",
            "adjustment": "-0.5",
            "reasons": "spoken exam / loss: no",
            "criterion:softmax": "2",
            "criterion:loss": "0",
            "certified": "true",
            "problem": "",
            "rules": "",
            "grade": "",
        }
    ]


def test_without_adjustments_there_is_none() -> None:
    assert (lines([entry()])[0]["adjustment"], lines([entry()])[0]["reasons"]) == ("", "")
    taken_back = entry(adjustments=(adjustment(1), adjustment(-1)))
    assert lines([taken_back])[0]["adjustment"] == "0"


def test_times_are_utc_whatever_zone_they_come_in() -> None:
    at = datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=1)))
    assert lines([entry(submitted=at)])[0]["submitted"] == "2025-12-31T23:30:00Z"
    assert sheet([entry(submitted=at)])[1][4] == datetime(2025, 12, 31, 23, 30)  # noqa: DTZ001 - as sheets keep it


def test_who_has_no_mark_has_an_empty_cell_and_is_named() -> None:
    made = export([entry(), ungraded("bela")], "digits", Format.CSV, "en")
    assert made.without_mark == ("Bela",)
    row = lines([ungraded()])[0]
    assert (row["points"], row["max_points"], row["certified"], row["problem"]) == (
        "",
        "",
        "",
        "The file is empty.",
    )
    assert sheet([ungraded()])[1][7:10] == (None, None, None)


@pytest.mark.parametrize(
    ("entry_", "expected"),
    [
        (entry(), 4.0),
        (ungraded(), None),
        (entry(verdict=UNDECIDED), None),  # two points are certain, but two are not decided
        (entry(verdict=UNDECIDED, adjustments=(adjustment(1.0, "softmax"),)), None),
        (entry(verdict=UNDECIDED, adjustments=(adjustment(1.0, "loss"),)), 3.0),
        (entry(verdict=UNDECIDED, adjustments=(adjustment(1.0),)), 3.0),
        (ungraded(adjustments=(adjustment(1.0),)), 1.0),
        (ungraded(adjustments=(adjustment(1.0, "loss"),)), 1.0),
        (entry(verdict=verdict(status=Status.NOT_GRADED)), None),
    ],
)
def test_a_mark_leaves_only_when_everything_is_decided(entry_: GradebookEntry, expected: float | None) -> None:
    assert entry_.mark == expected


def test_a_criterion_that_was_not_graded_has_no_points() -> None:
    assert lines([entry(verdict=UNDECIDED)])[0]["criterion:loss"] == ""


def test_criteria_of_all_verdicts_and_of_adjustments_have_columns() -> None:
    old = entry("bela", verdict=verdict(criterion("older", 1.0)), adjustments=(adjustment(2, "gone"),))
    rows = lines([entry("anna"), old])
    assert (rows[0]["criterion:older"], rows[1]["criterion:older"], rows[1]["criterion:gone"]) == ("", "1", "2")


def test_pandas_reads_marks_as_numbers() -> None:
    held = io.BytesIO(export([entry("a"), ungraded("b")], "digits", Format.CSV, "en").data)
    frame = pd.read_csv(held, encoding="utf-8-sig")
    assert frame["points"].sum() == 4
    assert frame["points"].isna().tolist() == [False, True]
    book = pd.read_excel(io.BytesIO(export([entry("a"), ungraded("b")], "digits", Format.XLSX, "en").data))
    assert book["Points"].isna().tolist() == [False, True]


def test_the_workbook_has_filters_a_fixed_heading_and_real_types() -> None:
    entries = [entry(late=True, verdict=verdict(criterion("softmax", 1.5)))]
    book = openpyxl.load_workbook(io.BytesIO(export(entries, "digits", Format.XLSX, "en").data))
    marks = book["Marks"]
    assert (marks.freeze_panes, marks.auto_filter.ref) == ("C2", "A1:P2")
    row = [cell.value for cell in marks[2]]
    assert row[4:9] == [datetime(2026, 11, 20, 21, 4, 5), True, "passed", 1.5, 2]  # noqa: DTZ001
    assert book["Criteria"].freeze_panes == "B2"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_workbook_opens_in_both_languages(language: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(export([entry()], "digits", Format.XLSX, language).data))
    assert len(book.worksheets) == 2


def test_the_second_sheet_counts_each_status_among_those_judged() -> None:
    half = criterion("softmax", 1.0, Status.PARTIAL)
    undecided = criterion("softmax", 0.0, Status.NOT_GRADED)
    class_ = [entry(), entry("b", verdict=verdict(half)), entry("c", verdict=verdict(undecided)), ungraded("d")]
    by_id = {row[0]: row for row in sheet(class_, "Criteria")[1:]}
    third = pytest.approx(1 / 3)
    assert by_id["softmax"] == ("softmax", "Softmax", 2, 3, 0.75, third, third, 0, 0, 0, third)
    assert by_id["loss"][3:6] == (1, 1, 1)


def test_a_criterion_that_only_an_adjustment_names_has_no_shares() -> None:
    row = sheet([ungraded(adjustments=(adjustment(1, "gone"),))], "Criteria")[1]
    assert row == ("gone", None, None, 0, *[None] * 7)


def test_a_class_without_anybody_is_a_heading() -> None:
    assert lines([]) == []
    assert len(sheet([])) == 1
    assert export([], "digits", Format.JSONL, "en").data == b""


def test_json_lines_hold_the_whole_verdict_and_the_mark() -> None:
    data = export([entry("a", name="A\ud800"), ungraded("b")], "digits", Format.JSONL, "en").data
    first, second = map(json.loads, data.decode().splitlines())
    assert (first["points"], first["status"], first["name"]) == (4.0, "passed", "A?")
    assert first["verdict"]["criteria"][0]["id"] == "softmax"
    assert (second["points"], second["verdict"]) == (None, None)


def test_a_name_of_ten_thousand_characters_survives() -> None:
    name = "ä" * 10_000
    assert lines([entry(name=name)])[0]["name"] == name
    assert sheet([entry(name=name)])[1][1] == name


def test_points_that_are_no_numbers_are_no_mark() -> None:
    odd = entry(verdict=verdict(criterion("softmax", float("nan")), points=float("nan")))
    assert (lines([odd])[0]["points"], lines([odd])[0]["criterion:softmax"]) == ("", "")
    assert sheet([odd])[1][7] is None
    assert json.loads(export([odd], "digits", Format.JSONL, "en").data)["points"] is None


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(ANY, ANY, ANY, ANY)
def test_any_text_comes_back_from_every_table_and_is_no_formula(a: str, b: str, c: str, d: str) -> None:
    strange = entry(a, name=b, file=c, problem=d, adjustments=(adjustment(1.0, None, d),))
    row = lines([strange])[0]
    assert [row["student"], row["name"], row["file"], row["problem"]] == [defuse(text) for text in (a, b, c, d)]
    for cell in row.values():
        assert not cell.startswith(tuple("=+@\t\r"))
    book = openpyxl.load_workbook(io.BytesIO(export([strange], "digits", Format.XLSX, "en").data))
    marks = book["Marks"]
    assert not any(cell.data_type == "f" for sheet_ in book for line in sheet_.iter_rows() for cell in line)
    assert [marks.cell(2, column).value or "" for column in (1, 2, 4)] == [
        to_cell_text(text) for text in (a, b, c)
    ]
    pd.read_csv(io.BytesIO(export([strange], "digits", Format.CSV, "en").data), encoding="utf-8-sig")
    json.loads(export([strange], "digits", Format.JSONL, "en").data)


def test_a_dangerous_name_in_the_workbook_is_exact_and_stays_text_when_edited() -> None:
    book = openpyxl.load_workbook(io.BytesIO(export([entry(name="=1+1")], "digits", Format.XLSX, "en").data))
    cell = book["Marks"]["B2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
    assert not book["Marks"]["A2"].quotePrefix


def test_an_id_of_a_criterion_cannot_become_a_formula_either() -> None:
    strange = entry(verdict=verdict(criterion(";=1+1", title="=2")))
    assert "criterion:;'=1+1" in lines([strange])[0]
    book = openpyxl.load_workbook(io.BytesIO(export([strange], "digits", Format.XLSX, "en").data))
    assert not any(cell.data_type == "f" for sheet_ in book for line in sheet_.iter_rows() for cell in line)


def test_every_format_has_an_ending() -> None:
    assert set(ENDINGS) == set(Format)


@pytest.mark.parametrize("format_", [Format.CSV, Format.JSONL, Format.XLSX])
def test_a_roster_for_a_format_without_one_is_refused(format_: Format, tmp_path: object) -> None:
    from pathlib import Path

    with pytest.raises(UnusableRosterError) as caught:
        export([entry()], "digits", format_, "en", Path(str(tmp_path)) / "roster.csv")
    assert format_.value in str(caught.value.text.params)


def test_a_name_that_looks_like_an_error_is_text() -> None:
    book = openpyxl.load_workbook(io.BytesIO(export([entry(name="#N/A")], "digits", Format.XLSX, "en").data))
    assert (book["Marks"]["B2"].value, book["Marks"]["B2"].data_type) == ("#N/A", "s")
