"""Read regrade requests from a CSV file: reference, criterion and text, as a form or a mailbox gives them."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.classroom.review.class_view import ClassView
from grader.classroom.review.errors import ReviewError
from grader.core.i18n import Message, _
from grader.core.safe_files import read_own_file
from grader.core.sanitize import display_name

MOST_BYTES = 5_000_000
LONGEST_TEXT = 4000  # characters of one request
# How the columns may be called. Others are left alone: forms add times and addresses.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "reference": ("reference", "referenz"),
    "criterion": ("criterion", "kriterium"),
    "text": ("text", "request", "anfrage", "begründung"),
}


@dataclass(frozen=True)
class ReadRequests:
    """What a file holds: requests as (student, criterion, text), and a sentence for each row that is none."""

    wishes: tuple[tuple[str, str, str], ...]
    problems: tuple[Message, ...]


def read_requests(path: Path, view: ClassView) -> ReadRequests:
    """Read a file of requests about a class. A row that means nobody costs no other row anything.

    Raises `ReviewError` for a file that cannot be read, or lacks a column.
    """
    text = _read_text(path)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_find_delimiter(text)))
    except csv.Error as error:  # a cell of more than 128 KiB
        raise _no_csv(path) from error
    columns = _find_columns(rows[0] if rows else [], path)
    wishes: list[tuple[str, str, str]] = []
    problems: list[Message] = []
    students = {reference: student for student, reference in view.references.items()}
    for number, row in enumerate(rows[1:], 2):
        cells = {name: row[place].strip() if place < len(row) else "" for name, place in columns.items()}
        if not any(cells.values()):
            continue
        problem = _find_problem(number, cells, students, view)
        if problem is not None:
            problems.append(problem)
            continue
        student = students[_normalise(cells["reference"])]
        criterion = _find_criterion(cells["criterion"], view)
        assert criterion is not None
        wishes.append((student, criterion, cells["text"][:LONGEST_TEXT]))
    return ReadRequests(tuple(wishes), tuple(problems))


def _find_problem(
    number: int, cells: Mapping[str, str], students: Mapping[str, str], view: ClassView
) -> Message | None:
    """Return why a row is no request, or None."""
    student = students.get(_normalise(cells["reference"]))
    if student is None:
        return _(
            "Row {number}: no report of this class has the reference {reference}. It stands at the top of the "
            "student's report.",
            number=number,
            reference=display_name(cells["reference"], 40) or "–",
        )
    criterion = _find_criterion(cells["criterion"], view)
    if criterion is None or student not in view.by_criterion[criterion]:
        return _(
            "Row {number}: there is no criterion {criterion}. This class has: {known}.",
            number=number,
            criterion=display_name(cells["criterion"], 80) or "–",
            known=", ".join(view.criteria) or "–",
        )
    if not cells["text"]:
        return _("Row {number}: the student does not say why. Ask, and fill in the text.", number=number)
    return None


def _find_criterion(name: str, view: ClassView) -> str | None:
    """Return the id of the criterion with this id or title."""
    if name in view.criteria:
        return name
    return next(
        (id_ for id_, c in view.criteria.items() if name.casefold() in {id_.casefold(), c.title.casefold()}), None
    )


def _normalise(reference: str) -> str:
    """Return a reference as reports write it, however it was typed."""
    letters = "".join(character for character in reference.upper() if character.isalnum())
    return f"{letters[:4]}-{letters[4:]}"


def _find_columns(header: Sequence[str], path: Path) -> dict[str, int]:
    names = [cell.strip().casefold() for cell in header]
    columns = {
        column: next((names.index(name) for name in spellings if name in names), -1)
        for column, spellings in COLUMNS.items()
    }
    missing = [column for column, place in columns.items() if place < 0]
    if missing:
        raise ReviewError(
            _(
                "{file} lacks the columns {missing}. Its first row has to name reference, criterion and text; it "
                "is: {header}",
                file=display_name(path.name),
                missing=", ".join(missing),
                header=display_name(", ".join(header)) or "–",
            )
        )
    return columns


def _find_delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _read_text(path: Path) -> str:
    try:
        data = read_own_file(path, MOST_BYTES)
    except OSError as error:
        raise ReviewError(
            _(
                "{file} cannot be read ({reason}).",
                file=display_name(str(path)),
                reason=error.strerror or type(error).__name__,
            )
        ) from error
    try:
        if isinstance(data, bytes) and b"\0" not in data:
            return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    raise _no_csv(path)


def _no_csv(path: Path) -> ReviewError:
    return ReviewError(
        _(
            "{file} is no CSV file in UTF-8 of at most {most} MB. Save it as CSV again.",
            file=display_name(path.name),
            most=MOST_BYTES // 1_000_000,
        )
    )
