"""Read a table, in whatever form a student wrote it, as cells by row and column.

A dict of dicts, a dict of lists, a list of rows, a data frame and a Markdown table are five spellings of a grid.
Rows and columns may be exchanged, and stand in any order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from grader.core.arrays import Array
from grader.evidence.values import name_of
from grader.protocol.evidence import ArrayValue, Entries, Items, NoneValue, OtherValue, TextValue, Value
from grader.rubric.checks.cheat_sheet.markdown_tables import read_markdown_tables
from grader.rubric.checks.cheat_sheet.vocabulary import COLUMNS, ROWS, find_column, find_row, says_several_classes

Arrays = Mapping[str, Array]


@dataclass(frozen=True)
class TableCell:
    """The content of one cell."""

    text: str
    strange: str = ""  # the type of a value that is no text, number or list of those

    @property
    def is_empty(self) -> bool:
        """Return whether the cell is empty."""
        return not self.text.strip() and not self.strange


EMPTY = TableCell("")
Grid = Sequence[Sequence[TableCell]]
_MOST_ENTRIES = 64  # rows or columns of a sheet, and entries of a list in a cell: nobody writes more


@dataclass(frozen=True)
class Sheet:
    """A cheat sheet that was read."""

    # By row and column; more than one where a row is there twice.
    cells: Mapping[tuple[str, str], tuple[TableCell, ...]]

    @property
    def rows(self) -> tuple[str, ...]:
        """Return the rows that are there, in the order of the task sheet."""
        return tuple(row for row in ROWS if any(row == r for r, _ in self.cells))

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that are there, in the order of the task sheet."""
        return tuple(column for column in COLUMNS if any(column == c for _, c in self.cells))

    @property
    def is_empty(self) -> bool:
        """Return whether all cells are empty."""
        return all(cell.is_empty for cells in self.cells.values() for cell in cells)


# Values.


def read_sheet(value: Value, arrays: Arrays) -> Sheet | None:
    """Read a value as a sheet; None where it is no table with known rows and columns."""
    if isinstance(value, TextValue):
        return find_sheet_in_markdown((value.text,))
    grid = _build_grid(value, arrays)
    return None if grid is None else read_grid(grid)


def is_empty_value(value: Value) -> bool:
    """Return whether a value is an empty table or text."""
    match value:
        case Entries(entries=()) | Items(items=()):
            return True
        case TextValue(text=text):
            return not text.strip()
        case ArrayValue(shape=shape):
            return 0 in shape
        case _:
            return isinstance(value, NoneValue)


def _build_grid(value: Value, arrays: Arrays) -> Grid | None:
    match value:
        case Entries(entries=parts) | Items(items=parts) if len(parts) > _MOST_ENTRIES:
            return None
        case Entries(entries=entries):
            if any(isinstance(item, Entries) for _, item in entries):
                return _build_grid_of_records([(name, item) for name, item in entries], arrays)
            return [[TableCell(name), *_read_line(item, arrays)] for name, item in entries]
        case Items(items=items) if any(isinstance(item, Entries) for item in items):
            return _build_grid_of_records([("", item) for item in items], arrays)
        case Items(items=items):
            return [_read_line(item, arrays) for item in items]
        case ArrayValue(ref=ref, shape=(rows, columns)) if max(rows, columns) <= _MOST_ENTRIES:
            return [[_number_cell(entry) for entry in row] for row in arrays[ref]]
        case _:
            return None


def _build_grid_of_records(records: Sequence[tuple[str, Value]], arrays: Arrays) -> Grid | None:
    """Build a grid with a header of the keys of all records; None for more keys than a sheet has columns."""
    keys: dict[str, None] = {}
    for _, record in records:
        if isinstance(record, Entries):
            keys.update(dict.fromkeys(key for key, _ in record.entries))
        if len(keys) > _MOST_ENTRIES:
            return None
    header = [EMPTY, *(TableCell(key) for key in keys)]
    lines: list[list[TableCell]] = [header]
    for name, record in records:
        entries_of = dict(record.entries) if isinstance(record, Entries) else {}
        lines.append(
            [TableCell(name), *(read_cell(entries_of[k], arrays) if k in entries_of else EMPTY for k in keys)]
        )
    return lines


def _read_line(value: Value, arrays: Arrays) -> list[TableCell]:
    if isinstance(value, Items):
        return [read_cell(item, arrays) for item in value.items[: _MOST_ENTRIES + 1]]  # one too many is refused
    if isinstance(value, ArrayValue) and len(value.shape) == 1:
        return [_number_cell(entry) for entry in arrays[value.ref][: _MOST_ENTRIES + 1]]
    return [read_cell(value, arrays)]


def read_cell(value: Value, arrays: Arrays) -> TableCell:
    """Read a value as a cell: texts and numbers, also in a list; anything else is only named."""
    match value:
        case TextValue(text=text):
            return TableCell(text)
        case NoneValue():
            return TableCell("None")
        case ArrayValue(ref=ref):
            entries = arrays[ref].ravel()[:_MOST_ENTRIES]
            return TableCell(", ".join(_number_cell(entry).text for entry in entries))
        case Items(items=items):
            parts = [read_cell(item, arrays) for item in items[:_MOST_ENTRIES]]
            strange = next((part.strange for part in parts if part.strange), "")
            return TableCell(", ".join(part.text for part in parts), strange)
        case OtherValue(type=kind) if kind in {
            "function",
            "type",
            "method",
            "builtin_function_or_method",
            "ufunc",
        }:
            return TableCell("", strange=kind)
        case OtherValue(type=kind):  # such as MeanSquaredError: the name says it
            return TableCell(kind)
        case _:
            return TableCell("", strange=name_of(value))


def _number_cell(entry: object) -> TableCell:
    if isinstance(entry, np.floating):
        number = float(entry)
        return EMPTY if np.isnan(number) else TableCell(f"{number:g}")
    return TableCell(str(entry))


# Markdown.


def find_sheet_in_markdown(texts: Sequence[str]) -> Sheet | None:
    """Return the sheet with the most known cells in some Markdown texts, the last of equal ones."""
    best: Sheet | None = None
    for rows in read_markdown_tables(texts):
        sheet = read_grid([[TableCell(text) for text in row] for row in rows])
        if sheet is None or sheet.is_empty:
            continue  # another table, or one that is still to be filled
        if best is None or len(sheet.cells) >= len(best.cells):
            best = sheet
    return best


# Grids.


@dataclass(frozen=True)
class _NameLine:
    """A row or column of a grid that names things: where it is, and what its cells mean."""

    at: int
    names: Mapping[int, str]

    @property
    def count(self) -> int:
        return len(set(self.names.values()))


def read_grid(grid: Grid) -> Sheet | None:
    """Read a grid as a sheet, upright or transposed; None where too few rows or columns are known."""
    width = max((len(line) for line in grid), default=0)
    if not 0 < width <= _MOST_ENTRIES or len(grid) > _MOST_ENTRIES:
        return None
    upright = [[*line, *[EMPTY] * (width - len(line))] for line in grid]
    lying = [list(line) for line in zip(*upright, strict=True)]
    layouts = [_find_names(lines) for lines in (upright, lying)]
    better = max(layouts, key=lambda place: place[0].count + place[1].count)
    lines = upright if better is layouts[0] else lying
    return _fill_sheet(lines, *better)


def _find_names(lines: Grid) -> tuple[_NameLine, _NameLine]:
    """Find the header and the column with the row names: those that name most."""
    columns = zip(*lines, strict=True)
    rows = max((_read_names(i, line, "rows") for i, line in enumerate(columns)), key=lambda n: n.count)
    heads = [_read_names(i, line, "columns") for i, line in enumerate(lines) if i not in rows.names]
    return max(heads, key=lambda n: n.count, default=_NameLine(-1, {})), rows


def _read_names(at: int, line: Sequence[TableCell], what: str) -> _NameLine:
    find = find_row if what == "rows" else find_column
    meant = {i: find(cell.text[:200]) for i, cell in enumerate(line)}
    several = [i for i, cell in enumerate(line) if meant[i] is None and says_several_classes(cell.text[:200])]
    missing = {"one_hot", "integers"} - set(meant.values())
    if what == "rows" and len(several) == len(missing) == 1:
        meant[several[0]] = missing.pop()  # "multi-class" beside "multi-class, sparse"
    return _NameLine(at, {i: name for i, name in meant.items() if name is not None})


def _fill_sheet(lines: Grid, header: _NameLine, rows: _NameLine) -> Sheet | None:
    """Assign the cells to rows and columns. Without a header, columns are in the order of the task sheet."""
    if rows.count < 2:
        return None
    columns = dict(header.names)
    if header.count < 2:
        places = [i for i in range(len(lines[0])) if i != rows.at]
        if len(places) != len(COLUMNS):
            return None
        columns = dict(zip(places, COLUMNS, strict=True))
        skipped = None
    else:
        skipped = header.at
    cells: dict[tuple[str, str], tuple[TableCell, ...]] = {}
    for line, row in rows.names.items():
        for place, column in columns.items():
            if line != skipped and place != rows.at:
                cells[row, column] = (*cells.get((row, column), ()), lines[line][place])
    return Sheet(cells)
