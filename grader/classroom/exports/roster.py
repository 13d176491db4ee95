"""Fill marks into the platform's own export, so that every other cell stays what the platform wrote.

A student is found by the platform's number, by the key that the hand-in's folder or file gave, or by e-mail
address; by nothing else: two people may have one name. Whoever is found in two rows, or shares a row with
another hand-in, is left out and named. A row without a mark is not touched: what stands there is what the
platform knows already.
"""

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from grader.classroom.exports.cells import format_number
from grader.classroom.exports.formats import Exported, Format, UnusableRosterError
from grader.classroom.exports.text_files import BOM, encode_csv
from grader.core.i18n import Message, _
from grader.core.safe_files import read_own_file
from grader.protocol.gradebook import GradebookEntry
from grader.protocol.verdict import Record

MAX_MEGABYTES = 50
MAX_LINES = 100_000
_DELIMITERS = ",;\t"


class _Layout(Record, frozen=True):
    """The headings of one platform's export, in lower case; each in English and German."""

    numbers: frozenset[str]  # the platform's own numbers, of the student or of the hand-in
    ids: frozenset[str]  # logins, numbers of the university
    emails: frozenset[str]
    names: tuple[str, ...]  # whichever are there, joined, are the name for people
    grade: frozenset[str]  # empty: the column is named after the assignment
    maximum: frozenset[str]  # empty: in the line "Points Possible"


_LAYOUTS: Mapping[Format, _Layout] = {
    Format.MOODLE: _Layout(
        numbers=frozenset(("identifier", "id")),
        ids=frozenset(("id number", "id-nummer", "username", "anmeldename")),
        emails=frozenset(("email address", "e-mail-adresse")),
        names=("full name", "vollständiger name", "first name", "vorname", "last name", "surname", "nachname"),
        grade=frozenset(("grade", "bewertung")),
        maximum=frozenset(("maximum grade", "bestwertung")),
    ),
    Format.CANVAS: _Layout(
        numbers=frozenset(("id",)),
        ids=frozenset(("sis user id", "sis login id")),
        emails=frozenset(("sis login id", "email")),
        names=("student",),
        grade=frozenset(),
        maximum=frozenset(),
    ),
    Format.GRADESCOPE: _Layout(
        numbers=frozenset(("submission id",)),
        ids=frozenset(("sid",)),
        emails=frozenset(("email",)),
        names=("name", "first name", "last name"),
        grade=frozenset(("total score",)),
        maximum=frozenset(("max points",)),
    ),
}
_POINTS_POSSIBLE = "points possible"
_NUMBERED = re.compile(r"\s*\(\d+\)$")  # Canvas writes an assignment as "Title (123)"
_AT_END = re.compile(r"(?<![0-9])[0-9]+$")  # Moodle writes a participant as "Participant 123"


def fill_roster(
    entries: Sequence[GradebookEntry], titles: Sequence[str], format_: Format, roster: Path, column: str | None
) -> Exported:
    """Return the roster with marks. `titles`: what the assignment may be called; `column`: its very heading.

    Raises `UnusableRosterError`.
    """
    layout, (lines, delimiter, bom) = _LAYOUTS[format_], read_csv_lines(roster)
    columns = _RosterColumns([head.strip().lower() for head in lines[0]], layout, roster.name)
    grade = _grade_column(lines, layout, titles, column, roster.name)
    _require_same_maximum(entries, lines[1:], columns, grade, roster.name)
    people = {
        n: line for n, line in enumerate(lines) if n and not _is_points_possible(line) and columns.name(line)
    }
    row_of_entry = _match(entries, people, columns)
    for entry, row in row_of_entry:
        if entry.mark is not None:
            lines[row] += [""] * (grade + 1 - len(lines[row]))
            lines[row][grade] = format_number(entry.mark)
    matched, rows = {entry.student for entry, _ in row_of_entry}, {row for _, row in row_of_entry}
    return Exported(
        data=encode_csv(lines, delimiter, bom),
        without_row=tuple(e.name for e in entries if e.student not in matched),
        without_hand_in=tuple(columns.name(line) for n, line in people.items() if n not in rows),
        without_mark=tuple(e.name for e, _ in row_of_entry if e.mark is None),
    )


def read_csv_lines(roster: Path) -> tuple[list[list[str]], str, bool]:
    """Return the lines, the delimiter, and whether a BOM stood in front. Raises `UnusableRosterError`."""
    try:
        data = read_own_file(roster, MAX_MEGABYTES * 1_000_000)
        if isinstance(data, int):
            raise UnusableRosterError(
                _(
                    "{file} is larger than {most} MB; a list of students is not.",
                    file=roster.name,
                    most=MAX_MEGABYTES,
                )
            )
        text = data.decode()
    except OSError as error:
        raise UnusableRosterError(
            _("{file} cannot be read: {why}", file=roster.name, why=error.strerror or type(error).__name__)
        ) from None
    except UnicodeDecodeError:
        raise UnusableRosterError(
            _(
                "{file} is not text in UTF-8. Use the file as the platform gave it, or save it as “CSV UTF-8”.",
                file=roster.name,
            )
        ) from None
    bom = text.startswith(BOM)
    text = text.removeprefix(BOM)
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        lines = list(itertools.islice(reader, MAX_LINES + 1))
    except csv.Error as error:
        raise UnusableRosterError(_("{file} is no CSV file: {why}", file=roster.name, why=str(error))) from None
    if len(lines) > MAX_LINES:  # a line of one byte takes sixty times as much memory
        raise UnusableRosterError(describe_too_long(roster.name))
    if not lines:
        raise UnusableRosterError(_("{file} is empty.", file=roster.name))
    return lines, delimiter, bom


def describe_too_long(file: str) -> Message:
    """Return what to say of a list of students that has more than `MAX_LINES` lines."""
    return _("{file} has more than {most} lines; a list of students has not.", file=file, most=MAX_LINES)


class _RosterColumns:
    """The columns of a roster that identify the student."""

    def __init__(self, heads: Sequence[str], layout: _Layout, file: str) -> None:
        self._numbers = [n for n, head in enumerate(heads) if head in layout.numbers]
        self._ids = [n for n, head in enumerate(heads) if head in layout.ids]
        self._emails = [n for n, head in enumerate(heads) if head in layout.emails]
        self._names = [n for title in layout.names for n, head in enumerate(heads) if head == title]
        self.maximum = next((n for n, head in enumerate(heads) if head in layout.maximum), None)
        if not self._numbers and not self._ids and not self._emails:
            raise UnusableRosterError(
                _(
                    "{file} has none of the columns that students are found by ({expected}); it has: {columns}. "
                    "Export it from the platform again, and leave its columns as they are.",
                    file=file,
                    expected=", ".join(sorted(layout.numbers | layout.ids | layout.emails)),
                    columns=", ".join(heads) or "–",
                )
            )

    def numbers(self, line: Sequence[str]) -> set[str]:
        """Return the platform's own numbers of this student or hand-in; "Participant 123" is 123."""
        return {m.group() if (m := _AT_END.search(value)) else value for value in _values(line, self._numbers)}

    def ids(self, line: Sequence[str]) -> set[str]:
        """Return logins and numbers that others gave to this student."""
        return _values(line, self._ids)

    def emails(self, line: Sequence[str]) -> set[str]:
        """Return the addresses; upper and lower case are the same."""
        return {value.casefold() for value in _values(line, self._emails)}

    def name(self, line: Sequence[str]) -> str:
        """Return the student's name for people, or what there is instead."""
        names = " ".join(line[n].strip() for n in self._names if n < len(line)).strip()
        return names or min(self.numbers(line) or self.ids(line) or self.emails(line), default="")


def _values(line: Sequence[str], columns: Sequence[int]) -> set[str]:
    return {line[n].strip() for n in columns if n < len(line)} - {""}


def _match(
    entries: Sequence[GradebookEntry], lines: Mapping[int, Sequence[str]], columns: _RosterColumns
) -> tuple[tuple[GradebookEntry, int], ...]:
    """Return each entry that has exactly one row, which no other entry has."""
    numbers = _index(lines, columns.numbers)
    ids = _index(lines, columns.ids)
    emails = _index(lines, columns.emails)
    matches = []
    for entry in entries:
        by_id = numbers.get(entry.platform_id) or ids.get(entry.platform_id) or set()
        by_email = emails.get(entry.email.casefold()) or set()
        by_key = (
            numbers.get(entry.student) or ids.get(entry.student) or emails.get(entry.student.casefold()) or set()
        )
        rows = by_id & by_email if by_id and by_email else by_id or by_email or by_key
        if len(rows) == 1:
            matches.append((entry, next(iter(rows))))
    claims = Counter(row for _, row in matches)
    return tuple((entry, row) for entry, row in matches if claims[row] == 1)


def _index(lines: Mapping[int, Sequence[str]], keys: Callable[[Sequence[str]], set[str]]) -> dict[str, set[int]]:
    rows_by_key: dict[str, set[int]] = {}
    for number, line in lines.items():
        for key in keys(line):
            rows_by_key.setdefault(key, set()).add(number)
    return rows_by_key


def _grade_column(
    lines: Sequence[Sequence[str]], layout: _Layout, titles: Sequence[str], column: str | None, file: str
) -> int:
    """Return where the marks go. For Canvas that is the assignment of the exercise's name or title."""
    heads = [head.strip() for head in lines[0]]
    if column is not None:
        columns = [n for n, head in enumerate(heads) if head == column.strip()]
    elif layout.grade:
        columns = [n for n, head in enumerate(heads) if head.lower() in layout.grade]
    else:
        accepted_titles = {title.strip().casefold() for title in titles}
        columns = [n for n, head in enumerate(heads) if _NUMBERED.sub("", head).casefold() in accepted_titles]
    if len(columns) == 1:
        return columns[0]
    expected = [column] if column is not None else sorted(layout.grade) if layout.grade else titles
    raise UnusableRosterError(
        _(
            "{file} has {count} columns for the marks, but exactly one is needed, called {expected}. Its columns "
            "are: {columns}. Say which one is meant.",
            file=file,
            count=len(columns),
            expected=" / ".join(expected),
            columns=", ".join(heads) or "–",
        )
    )


def _require_same_maximum(
    entries: Sequence[GradebookEntry],
    lines: Iterable[Sequence[str]],
    columns: _RosterColumns,
    grade: int,
    file: str,
) -> None:
    """Refuse an assignment that counts otherwise than the exercise: 15 of 20 would become 15 of 100."""
    maxima = {entry.verdict.max_points for entry in entries if entry.verdict is not None}
    for line in lines:
        column = grade if _is_points_possible(line) else columns.maximum
        maximum = _number(line[column]) if column is not None and column < len(line) else None
        if maximum is not None and maxima and maxima != {maximum}:
            raise UnusableRosterError(
                _(
                    "In {file} the assignment has {theirs:g} points at most, but the exercise has {ours}. Change "
                    "the maximum on the platform, then export the file again.",
                    file=file,
                    theirs=maximum,
                    ours=" / ".join(map(format_number, sorted(maxima))),
                )
            )


def _is_points_possible(line: Sequence[str]) -> bool:
    """Tell whether this is Canvas's line of maxima: its own importer knows it by these words in every language."""
    return bool(line) and line[0].strip().lower() == _POINTS_POSSIBLE


def _number(cell: str) -> float | None:
    try:
        return float(cell.strip().replace(",", "."))
    except ValueError:
        return None
