"""Write the workbook: a sheet of marks, and a sheet with the results of the class for each criterion."""

import io
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from grader.classroom.exports.cells import is_formula, to_cell_number, to_cell_text
from grader.classroom.exports.columns import (
    COLUMNS_AFTER,
    COLUMNS_BEFORE,
    CellValue,
    build_rows,
    find_criterion_ids,
)
from grader.core.i18n import Message, Translator, _
from grader.protocol.gradebook import GradebookEntry
from grader.protocol.verdict import CriterionVerdict, Status
from reports.common import symbols

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_WORDS: dict[str, Message] = {
    "student": _("Student"),
    "name": _("Name"),
    "email": _("E-mail"),
    "file": _("File"),
    "submitted": _("Handed in (UTC)"),
    "late": _("Late"),
    "status": _("Status"),
    "points": _("Points"),
    "max_points": _("Maximum points"),
    "adjustment": _("Adjustment"),
    "reasons": _("Reasons"),
    "certified": _("Certified"),
    "problem": _("Problem"),
    "rules": _("Rules"),
    "grade": _("Grade"),
}
_WIDTHS = {"name": 26, "email": 26, "file": 30, "submitted": 18, "reasons": 40, "problem": 40, "rules": 30}
_WIDTH = 14  # characters, of every other column


def to_xlsx(entries: Sequence[GradebookEntry], language: str) -> bytes:
    """Return the workbook. Numbers are numbers, times are times, and no text can become a formula."""
    from openpyxl import Workbook

    translate, ids, book = Translator(language), find_criterion_ids(entries), Workbook()
    marks = book.active
    assert marks is not None
    marks.title = translate(_("Marks"))
    titles = {c.id: c.title for entry in entries if entry.verdict for c in entry.verdict.criteria}
    words = {key: translate(word) for key, word in _WORDS.items()}
    heads = [
        *(words[key] for key in COLUMNS_BEFORE),
        *(titles.get(i, i) for i in ids),
        *(words[key] for key in COLUMNS_AFTER),
    ]
    fill_sheet(marks, heads, build_rows(entries, ids), "C2")
    for column, key in enumerate((*COLUMNS_BEFORE, *("" for _unused in ids), *COLUMNS_AFTER), 1):
        marks.column_dimensions[_letter(column)].width = _WIDTHS.get(key, _WIDTH)
    shares = book.create_sheet(translate(_("Criteria")))
    fill_sheet(shares, [translate(word) for word in _shares_header()], _shares(entries, ids), "B2")
    shares.column_dimensions["A"].width = shares.column_dimensions["B"].width = 30
    for line in shares.iter_rows(min_row=2, min_col=5):
        for cell in line:
            cell.number_format = "0%"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _shares_header() -> tuple[Message, ...]:
    count = _("Students judged")
    return (
        _("Criterion"),
        _("Title"),
        _("Maximum points"),
        count,
        _("Mean share of points"),
        *(symbol.word for symbol in symbols.STATUS.values()),
    )


def _shares(entries: Sequence[GradebookEntry], ids: Sequence[str]) -> Iterator[tuple[CellValue, ...]]:
    """Give for each criterion the share of each status among the students whose verdict has it.

    As the verdicts translate it, without adjustments: those are about a student, this is about the class. The mean
    leaves out what could not be graded.
    """
    judged: dict[str, list[CriterionVerdict]] = {id_: [] for id_ in ids}
    for entry in entries:
        for criterion in entry.verdict.criteria if entry.verdict is not None else ():
            judged[criterion.id].append(criterion)
    for id_, criteria in judged.items():
        counts = Counter(criterion.status for criterion in criteria)
        graded = [c for c in criteria if c.status is not Status.NOT_GRADED and c.max_points]
        mean = sum(c.points / c.max_points for c in graded) / len(graded) if graded else None
        shares = (counts[status] / len(criteria) if criteria else None for status in symbols.STATUS)
        last = criteria[-1] if criteria else None
        yield id_, last.title if last else "", last.max_points if last else None, len(criteria), mean, *shares


def fill_sheet(
    sheet: "Worksheet", heads: Sequence[str], lines: Iterable[tuple[CellValue, ...]], freeze: str
) -> None:
    """Write a heading and lines of values, with a filter; `freeze`: the first cell that scrolls."""
    from openpyxl.styles import Font

    last = 1
    for column, head in enumerate(heads, 1):
        _put(sheet.cell(1, column), head)
        sheet.cell(1, column).font = Font(bold=True)
    for last, line in enumerate(lines, 2):
        for column, value in enumerate(line, 1):
            _put(sheet.cell(last, column), value)
    sheet.freeze_panes = freeze
    sheet.auto_filter.ref = f"A1:{_letter(len(heads))}{last}"


def _put(cell: Any, value: CellValue) -> None:
    """Write one value with its own type; for texts openpyxl guesses, and takes some for formulas or errors."""
    if isinstance(value, str):
        if value:
            cell.value = to_cell_text(value)
            cell.data_type = "s"
            cell.quotePrefix = is_formula(value)  # stays a text when somebody edits the cell
    elif isinstance(value, datetime):
        cell.value = value.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(value, bool):
        cell.value = value
    elif value is not None:
        cell.value = to_cell_number(value)


def _letter(column: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(column))
