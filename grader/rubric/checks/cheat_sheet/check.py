"""The check of the cheat sheet: which output, loss, labels and metrics go with which task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from grader.core.field_rules import FunctionName, describe_unknown
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, partial, passed
from grader.evidence.values import name_of
from grader.protocol.plan import Step, value_of
from grader.rubric.checks.base import Check
from grader.rubric.checks.cheat_sheet.answers import ANSWERS, COLUMN_NAMES, ROW_NAMES, find_cell_problem
from grader.rubric.checks.cheat_sheet.cell_parser import (
    MOST_READ,
    CellReading,
    is_too_long,
    read_cell_text,
)
from grader.rubric.checks.cheat_sheet.table_parser import (
    Sheet,
    TableCell,
    find_sheet_in_markdown,
    is_empty_value,
    read_sheet,
)
from grader.rubric.checks.cheat_sheet.vocabulary import COLUMNS, ROWS, list_words
from grader.rubric.checks.cheat_sheet.words import WORDS


@dataclass(frozen=True)
class CheatSheet(Check):
    """One column of the cheat sheet: each of its cells is an equal share of the points.

    `column`: "units", "activation", "loss", "labels" or "metrics". The sheet is the value of the global
    `name`, or a Markdown table of the notebook where that holds nothing.

    >>> CheatSheet("loss")
    """

    column: str
    name: FunctionName = "CHEAT_SHEET"

    def __post_init__(self) -> None:
        """Raise `RubricError` for a column that the sheet does not have."""
        super().__post_init__()
        if self.column not in COLUMNS:
            raise self.refuse(describe_unknown("column", self.column, COLUMNS), "column")

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the step that reads the sheet."""
        return (value_of(self.name),)

    def judge(self, case: Case) -> Judgement:
        """Judge the cells of the column; explain the first wrong one, and name the rows of the others."""
        sheet = case.once((_sheet, self.name), lambda: _sheet(case, self.name))
        wrong = {row: problem for row in ROWS if (problem := _problem(sheet, row, self.column)) is not None}
        if not wrong:
            return passed(_("All {count} cells are right.", count=len(ROWS)))
        right = len(ROWS) - len(wrong)
        first = next(iter(wrong.values()))
        message: Words = _(
            "Right: {right} of {count} cells. {problem}", right=right, count=len(ROWS), problem=first.message
        )
        if others := list(wrong)[1:]:
            message = _("{message} Look at these rows too: {rows}.", message=message, rows=_listed(others))
        if not right:
            return failed(message, expected=first.expected, received=first.received)
        return partial(right / len(ROWS), message, expected=first.expected, received=first.received)


def _listed(rows: Sequence[str]) -> Words:
    """Join the names of rows for a message."""
    names = ROW_NAMES[rows[0]]
    for row in rows[1:]:
        names = _("{first} and {second}", first=names, second=ROW_NAMES[row])
    return names


def _sheet(case: Case, name: str) -> Sheet:
    """Read the sheet of a submission, from a global name or from a Markdown cell.

    Raises:
        PreconditionFailedError: there is none; the judgement says why.
    """
    written = find_sheet_in_markdown([cell.text for cell in case.markdown])
    try:
        value, arrays = case.read(name)
    except PreconditionFailedError:
        if written is not None:
            return written
        raise
    if is_empty_value(value):
        if written is not None:
            return written
        raise PreconditionFailedError(
            failed(_("{name} is empty. {forms}", name=name, forms=FORMS), received=name_of(value))
        )
    sheet = read_sheet(value, arrays)
    if sheet is None:
        raise PreconditionFailedError(
            failed(
                _(
                    "{name} could not be read as a table with the rows and columns of the task sheet. {forms}",
                    name=name,
                    forms=FORMS,
                ),
                expected=_("a table with five rows and five columns"),
                received=name_of(value),
            )
        )
    return sheet


FORMS = _(
    "It may be a dict with a dict for each row, a list of rows, a DataFrame, or a Markdown table in a notebook; "
    "its rows and columns have to be called as on the task sheet."
)


@dataclass(frozen=True)
class _Problem:
    """What is wrong with a cell."""

    message: Words
    expected: Words | str
    received: Words | str


def _problem(sheet: Sheet, row: str, column: str) -> _Problem | None:
    """Return what is wrong in a cell, None where it is right."""
    expected = ANSWERS[row, column].expected
    if row not in sheet.rows:
        message: Words = _('There is no row "{row}".', row=ROW_NAMES[row])
        return _Problem(message, expected, _("no such row"))
    if column not in sheet.columns:
        message = _('There is no column "{column}".', column=COLUMN_NAMES[column])
        return _Problem(message, expected, _("no such column"))
    readings = {c: _together(sheet.cells.get((row, c), ()), c) for c in sheet.columns}
    for cell in sheet.cells.get((row, column), ()):
        if (unreadable := _unreadable(cell, column)) is not None:
            return _Problem(_placed(row, column, unreadable), expected, _quote(cell))
    problem = find_cell_problem(row, column, readings)
    if problem is None:
        return None
    cells = sheet.cells[row, column]
    several = len(readings[column].words) > 1
    named = _spelling(column, problem.word) if several else _quote(cells[0])
    message = _("{received} is not right there. {reason}", received=named, reason=problem.reason)
    return _Problem(_placed(row, column, message), problem.expected, ", ".join(_quote(cell) for cell in cells))


def _together(cells: Sequence[TableCell], column: str) -> CellReading:
    """Merge the readings of all cells for one row and column: a row that is there twice has to be right twice."""
    readings = [read_cell_text(column, cell.text) for cell in cells]
    return CellReading(
        tuple(dict.fromkeys(word for reading in readings for word in reading.words)),
        tuple(entry for reading in readings for entry in reading.unknown),
        any(reading.logits for reading in readings),
        any(reading.beyond_one for reading in readings),
        any(reading.from_one for reading in readings),
    )


def _unreadable(cell: TableCell, column: str) -> Words | None:
    """Return why a cell cannot be judged at all, or None."""
    if cell.is_empty:
        return _("the cell is empty.")
    if cell.strange:
        return _("the cell holds a {kind}. Write its name as text.", kind=cell.strange)
    if is_too_long(cell.text):
        return _(
            "the cell has more than {most} characters, which is too long to be read. Write the names only, "
            "without reasons.",
            most=MOST_READ,
        )
    reading = read_cell_text(column, cell.text)
    if reading.understood:
        return None
    return _(
        '"{entry}" is not understood. Words that are understood there: {words}.',
        entry=(reading.unknown[0] if reading.unknown else cell.text)[:60],
        words=UNDERSTOOD.get(column, ", ".join(list_words(column))),
    )


UNDERSTOOD: Mapping[str, Words] = MappingProxyType(
    {
        "units": _('a number, such as 1 or 10, "one per class", "one per tag", "number of classes"'),
        "labels": _('"numbers", "0/1", "integers", "one-hot", "multi-hot"'),
    }
)


def _spelling(column: str, word: str) -> str:
    spellings = WORDS[column].get(word)
    return spellings[0] if spellings else word


def _quote(cell: TableCell) -> str:
    return cell.strange or cell.text[:60] or '""'


def _placed(row: str, column: str, message: Words) -> Words:
    return _(
        'Row "{row}", column "{column}": {message}',
        row=ROW_NAMES[row],
        column=COLUMN_NAMES[column],
        message=message,
    )
