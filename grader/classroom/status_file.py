"""Read and fill in the file `status.xlsx` or `status.csv` of an exercise in ILIAS.

Its first row names the columns: `update`, `usr_id`, `login`, `lastname`, `firstname`, `status`, `mark`, `notice`,
`comment`, ...; of teams `team_id` and `logins` stand in the place of the person. ILIAS takes over the rows whose
`update` is 1, and refuses the file where a heading is missing. All other cells stay as they were.
Source: `ilExAssignmentStatusFile` of the FAU's ILIAS, and its plugin ExerciseStatusFile.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from grader.classroom.exports.cells import format_number
from grader.core.errors import UserError
from grader.core.i18n import _
from grader.protocol.verdict import Record

STATUS_FILES = ("status.xlsx", "status.csv")
_UPDATE, _STATUS, _MARK = "update", "status", "mark"
_PERSON_ID, _LOGIN, _LOGINS = "usr_id", "login", "logins"
_LAST, _FIRST = "lastname", "firstname"
_PASSED = "passed"
_BOM = "\ufeff"
_MAX_ROWS = 100_000


class UnusableStatusFileError(UserError):
    """The status file cannot be read or filled in. `text` says why."""


class Person(NamedTuple):
    """A participant as the status file names one."""

    name: str
    login: str


class StatusUpdate(Record, frozen=True):
    """What is to be written into one person's row."""

    mark: float
    is_passed: bool


class FilledStatusFile(Record, frozen=True):
    """A status file with marks. Teams whose members have different marks are left as they were, and named."""

    data: bytes
    user_ids: frozenset[str]  # whose row was filled in
    logins: frozenset[str]
    undecided_teams: tuple[str, ...] = ()


def read_people(name: str, data: bytes) -> dict[str, Person]:
    """Return the participants by their id in ILIAS; {} for teams. Raises `UnusableStatusFileError`."""
    rows = _read_rows(name, data)
    column_of = _find_columns(name, rows)
    if _PERSON_ID not in column_of:
        return {}
    people = {}
    for row in rows[1:]:
        cells = {head: row[place] if place < len(row) else "" for head, place in column_of.items()}
        full_name = f"{cells.get(_FIRST, '')} {cells.get(_LAST, '')}".strip()
        people[cells[_PERSON_ID]] = Person(full_name, cells.get(_LOGIN, ""))
    people.pop("", None)
    return people


def fill_status_file(
    name: str, data: bytes, by_user_id: Mapping[str, StatusUpdate], by_login: Mapping[str, StatusUpdate]
) -> FilledStatusFile:
    """Return the file with the marks of these people, and `update` set to 1 for them.

    `status` becomes `passed` for whoever passed everything; who else passes is the course's decision, so that cell
    is left as it was. Raises `UnusableStatusFileError`.
    """
    rows = _read_rows(name, data)
    column_of = _find_columns(name, rows)
    changes: dict[tuple[int, int], str | int] = {}
    user_ids: set[str] = set()
    logins: set[str] = set()
    undecided: list[str] = []
    for number, row in enumerate(rows[1:], start=1):
        members, updates = _find_updates(row, column_of, by_user_id, by_login)
        if not updates:
            continue
        if len(set(updates)) > 1:
            undecided.append(", ".join(members))
            continue
        changes[number, column_of[_UPDATE]] = 1
        changes[number, column_of[_MARK]] = format_number(updates[0].mark)
        if updates[0].is_passed:
            changes[number, column_of[_STATUS]] = _PASSED
        logins.update(members)
        if _PERSON_ID in column_of:
            user_ids.add(row[column_of[_PERSON_ID]])
    write = _write_xlsx if name.endswith(".xlsx") else _write_csv
    return FilledStatusFile(write(data, changes), frozenset(user_ids), frozenset(logins), tuple(undecided))


def _find_updates(
    row: Sequence[str],
    column_of: Mapping[str, int],
    by_user_id: Mapping[str, StatusUpdate],
    by_login: Mapping[str, StatusUpdate],
) -> tuple[list[str], list[StatusUpdate]]:
    """Return the logins of a row, and what there is to be written for them."""

    def cell(head: str) -> str:
        return row[column_of[head]] if head in column_of and column_of[head] < len(row) else ""

    if _LOGINS in column_of:
        members = [login for login in re.split(r"[,;\s]+", cell(_LOGINS)) if login]
        return members, [by_login[login] for login in members if login in by_login]
    login = cell(_LOGIN)
    update = by_user_id.get(cell(_PERSON_ID)) or by_login.get(login)
    return [login], [update] if update is not None else []


def _read_rows(name: str, data: bytes) -> list[list[str]]:
    try:
        return _read_xlsx(data) if name.endswith(".xlsx") else _read_csv(data)
    except (ValueError, KeyError, TypeError, OSError, csv.Error, zipfile.BadZipFile) as error:
        raise UnusableStatusFileError(
            _(
                "{file} cannot be read ({reason}). Download it from ILIAS again.",
                file=name,
                reason=type(error).__name__,
            )
        ) from None


def _find_columns(name: str, rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Return the place of each heading. Raises `UnusableStatusFileError` where one is missing that is needed."""
    heads = [head.strip().casefold() for head in rows[0]] if rows else []
    column_of = {head: place for place, head in reversed(list(enumerate(heads))) if head}
    missing = [head for head in (_UPDATE, _STATUS, _MARK) if head not in column_of]
    if _PERSON_ID not in column_of and _LOGINS not in column_of:
        missing.append(_PERSON_ID)
    if missing:
        raise UnusableStatusFileError(
            _(
                "{file} has no column {missing}; it has: {columns}. Download it from ILIAS again, and leave its "
                "first row as it is.",
                file=name,
                missing=", ".join(missing),
                columns=", ".join(heads) or "–",
            )
        )
    return column_of


def _read_csv(data: bytes) -> list[list[str]]:
    text, delimiter = _decode(data)
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


def _decode(data: bytes) -> tuple[str, str]:
    """Return the text without its byte order mark, and what separates its cells."""
    text = data.decode("utf-8-sig")
    return text, max(",;\t", key=text.split("\n", 1)[0].count)


def _write_csv(data: bytes, changes: Mapping[tuple[int, int], str | int]) -> bytes:
    text, delimiter = _decode(data)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    for (number, place), value in changes.items():
        rows[number] += [""] * (place + 1 - len(rows[number]))
        rows[number][place] = str(value)
    end = "\r\n" if "\r\n" in text else "\n"
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    return ((_BOM if data.startswith(_BOM.encode()) else "") + buffer.getvalue()).encode()


def _read_xlsx(data: bytes) -> list[list[str]]:
    sheet = _open_sheet(data)[1]
    if sheet.max_row > _MAX_ROWS:
        raise ValueError("more rows than a class has")
    return [[_to_text(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]


def _write_xlsx(data: bytes, changes: Mapping[tuple[int, int], str | int]) -> bytes:
    book, sheet = _open_sheet(data)
    for (number, place), value in changes.items():
        cell = sheet.cell(number + 1, place + 1)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _open_sheet(data: bytes) -> tuple[Any, Any]:
    from openpyxl import load_workbook  # takes a moment to import

    open_workbook: Callable[..., Any] = load_workbook
    book = open_workbook(io.BytesIO(data))
    return book, book.worksheets[0]


def _to_text(value: object) -> str:
    if isinstance(value, float) and value == int(value):
        value = int(value)
    return "" if value is None else str(value)
