"""Read a list of students, as CSV or XLSX: whoever gave it out, its columns are found by their headings."""

import io
import unicodedata
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from grader.classroom.exports import UnusableRosterError
from grader.classroom.exports.roster import MAX_LINES, MAX_MEGABYTES, describe_too_long, read_csv_lines
from grader.classroom.gradebook.errors import CourseGradebookError
from grader.core.i18n import Message, _
from grader.core.safe_files import read_own_file
from grader.protocol.verdict import Record

# Of a workbook, which is a packed archive of XML: an empty cell takes four bytes there, and 3 µs to read.
MAX_UNPACKED_MEGABYTES = 40
# Headings in lower case, in English and German; of these programs and of the lists that offices give out.
_HEADINGS: Mapping[str, frozenset[str]] = {
    "login": frozenset(
        (
            "login", "login id", "username", "user name", "user", "anmeldename", "benutzername", "benutzerkennung",
            "kennung", "sis login id", "github", "github username", "key",
        )
    ),
    "number": frozenset(
        (
            "matriculation number", "matriculation", "matrikelnummer", "matrikel", "matr.-nr.", "matrnr", "mtknr",
            "student number", "student id", "id number", "id-nummer", "sid", "sis user id", "number", "nummer",
        )
    ),
    "email": frozenset(
        ("email", "e-mail", "mail", "email address", "e-mail address", "e-mail-adresse", "e-mail adresse")
    ),
}  # fmt: skip
_NAMES = (
    ("name", "full name", "vollständiger name", "student name", "student", "display name", "anzeigename"),
    ("first name", "given name", "vorname"),
    ("last name", "surname", "family name", "nachname", "familienname"),
)


class RosterRow(Record, frozen=True):
    """A student of the roster. `keys`: what a hand-in may know the student by, as `fold` writes them."""

    line: int  # in the file, from 1
    name: str
    login: str
    number: str
    email: str
    keys: frozenset[str]


class Roster(Record, frozen=True):
    """The students of a class, in the order of the file."""

    rows: tuple[RosterRow, ...]


def fold(text: str) -> str:
    """Return a key as it is compared: upper and lower case are one, and so are the two ways to write an ä."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text.strip()).casefold())


def read_roster(path: Path, key: str | None = None) -> Roster:
    """Return the students of a file. `key`: the heading of the only column that students are found by.

    Raises `CourseGradebookError`, among others for a file in which two students have one key.
    """
    lines = _read_xlsx(path) if path.suffix.casefold() in {".xlsx", ".xlsm"} else _read_csv(path)
    # Lists of offices may have a title above their headings.
    head = next((place for place, line in enumerate(lines[:10]) if _find_columns(line, key)), None)
    if head is None:
        raise CourseGradebookError(_explain_columns(path.name, lines[0] if lines else (), key))
    columns, names = _find_columns(lines[head], key), _find_names(lines[head])
    rows = [
        _to_row(number, line, columns, names)
        for number, line in enumerate(lines[head + 1 :], head + 2)
        if any(_cell(line, place) for places in columns.values() for place in places)
    ]
    _require_unique(path.name, lines[head], rows, columns, lines)
    return Roster(tuple(rows))


def _find_columns(line: Sequence[str], key: str | None) -> dict[str, list[int]]:
    """Return the places of the columns with keys, by their kind; nothing for a line that is no heading."""
    heads = [fold(cell) for cell in line]
    if key is not None:
        kind = next((kind for kind, headings in _HEADINGS.items() if fold(key) in headings), "login")
        places = [place for place, head in enumerate(heads) if head == fold(key)]
        return {kind: places} if places else {}
    columns = {
        kind: [place for place, head in enumerate(heads) if head in headings]
        for kind, headings in _HEADINGS.items()
    }
    return {kind: places for kind, places in columns.items() if places}


def _find_names(line: Sequence[str]) -> list[int]:
    """Return the places of the columns whose texts, joined, are a name: the whole one, or first and last."""
    heads = [fold(cell) for cell in line]
    places = [[place for place, head in enumerate(heads) if head in headings][:1] for headings in _NAMES]
    whole, *parts = places
    return (
        [place for part in parts for place in part] if all(parts) else whole or [p for part in parts for p in part]
    )


def _to_row(
    number: int, line: Sequence[str], columns: Mapping[str, Sequence[int]], names: Sequence[int]
) -> RosterRow:
    values = {kind: [v for place in places if (v := _cell(line, place))] for kind, places in columns.items()}
    keys = frozenset(fold(value) for of_kind in values.values() for value in of_kind)
    login, student_number, email = (next(iter(values.get(kind, ())), "") for kind in ("login", "number", "email"))
    name = " ".join(filter(None, (_cell(line, place) for place in names)))
    return RosterRow(number, name or login or email or student_number, login, student_number, email, keys)


def _cell(line: Sequence[str], place: int) -> str:
    return line[place].strip() if place < len(line) else ""


def _require_unique(
    file: str,
    heads: Sequence[str],
    rows: Iterable[RosterRow],
    columns: Mapping[str, Sequence[int]],
    lines: Sequence[Sequence[str]],
) -> None:
    """Refuse a roster in which two students have the same key: nobody could tell whose a mark is."""
    for place in [place for places in columns.values() for place in places]:
        first: dict[str, int] = {}
        for row in rows:
            value = _cell(lines[row.line - 1], place)
            if value and first.setdefault(fold(value), row.line) != row.line:
                raise CourseGradebookError(
                    _(
                        "{file}: lines {first} and {second} have the same {column}, {value}. Each student needs "
                        "one of their own; correct one of the lines, or say which column tells students apart: "
                        "--key.",
                        file=file,
                        first=first[fold(value)],
                        second=row.line,
                        column=heads[place].strip(),
                        value=value,
                    )
                )


def _explain_columns(file: str, heads: Sequence[str], key: str | None) -> Message:
    columns = ", ".join(filter(None, (head.strip() for head in heads))) or "–"
    if key is not None:
        return _("{file} has no column {key}. It has: {columns}.", file=file, key=key, columns=columns)
    return _(
        "{file} has no column that students are found by, such as login, matriculation number or e-mail. It has: "
        "{columns}. Say which one it is: --key COLUMN.",
        file=file,
        columns=columns,
    )


def _read_csv(path: Path) -> list[list[str]]:
    try:
        return read_csv_lines(path)[0]
    except UnusableRosterError as error:
        raise CourseGradebookError(error.text) from None


def _read_small(path: Path) -> bytes:
    data = read_own_file(path, MAX_MEGABYTES * 1_000_000)
    if isinstance(data, int):
        raise CourseGradebookError(
            _("{file} is larger than {most} MB; a list of students is not.", file=path.name, most=MAX_MEGABYTES)
        )
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = sum(item.file_size for item in archive.infolist())
    if size > MAX_UNPACKED_MEGABYTES * 1_000_000:
        raise CourseGradebookError(
            _(
                "{file} holds {size} MB of tables; of a list of students, {most} MB are read. Save the sheet with "
                "the students alone, or as CSV.",
                file=path.name,
                size=-(-size // 1_000_000),
                most=MAX_UNPACKED_MEGABYTES,
            )
        )
    return data


def _read_xlsx(path: Path) -> list[list[str]]:
    """Return the cells of the first sheet as texts; of formulas, what was computed when the file was saved."""
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        data = _read_small(path)
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = sheet.iter_rows(max_row=MAX_LINES + 1, max_col=100, values_only=True)
        lines = [[_to_text(value) for value in row] for row in rows]
    except OSError as error:
        raise CourseGradebookError(
            _("{file} cannot be read: {why}", file=path.name, why=error.strerror or type(error).__name__)
        ) from None
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, SyntaxError) as error:
        raise CourseGradebookError(
            _(
                "{file} is no workbook that can be read. Save it again as .xlsx, or as CSV in UTF-8.",
                file=path.name,
            )
        ) from error
    if any(map(any, lines[MAX_LINES:])):  # a line far below may be empty, and only have a colour
        raise CourseGradebookError(describe_too_long(path.name))
    return lines


def _to_text(value: object) -> str:
    """Return a cell as a text: numbers of students without a decimal point."""
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
