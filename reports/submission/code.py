"""Show the code of a submission: all of it, and beside a criterion the lines that it is about."""

from collections.abc import Iterable, Sequence

import msgspec
from msgspec.structs import replace

from grader.protocol.verdict import CodePlace, CriterionVerdict, Exhibits, Location

MAX_LINES = 16  # beside one criterion
LINES_BEFORE = 4  # of the line that a message names
LINES_AFTER = 3


class CodeRow(msgspec.Struct, frozen=True):
    """One line of the submission. `anchor`: its id in the listing; empty where the listing does not hold it."""

    number: int
    text: str
    anchor: str
    is_named: bool = False  # a message names this line
    follows_gap: bool = False  # lines before it are left out


class Excerpt(msgspec.Struct, frozen=True):
    """Some lines of one file or cell. `first` and `last` say what they are taken from."""

    cell: int | None
    first: int
    last: int
    anchor: str
    rows: tuple[CodeRow, ...]
    is_cut: bool = False  # lines after the last row are left out
    shown_at: str = ""  # id of the criterion beside which these lines stand already; then there are no rows


class Listing(msgspec.Struct, frozen=True):
    """All shown lines of a file or a code cell."""

    cell: int | None
    rows: tuple[CodeRow, ...]


class CodeView:
    """The code of one submission, and where the messages of a verdict point to."""

    def __init__(self, exhibits: Exhibits, locations: Iterable[Location | None]) -> None:
        self._lines = {unit.cell: unit.lines for unit in exhibits.code}
        self._places: dict[str, list[CodePlace]] = {}
        for place in exhibits.places:
            self._places.setdefault(place.criterion, []).append(place)
        self._named = {(location.cell, location.line) for location in locations if location is not None}

    def list_code(self) -> tuple[Listing, ...]:
        """Return the whole code, by file or cell."""
        return tuple(
            Listing(cell, self._rows(cell, range(1, len(lines) + 1))) for cell, lines in self._lines.items()
        )

    def count_lines(self) -> int:
        """Return how many lines the listing has."""
        return sum(map(len, self._lines.values()))

    def find_anchor(self, cell: int | None, line: int) -> str:
        """Return the id of a line in the listing; empty where it is not there."""
        if not 1 <= line <= len(self._lines.get(cell, ())):
            return ""
        return f"line-{line}" if cell is None else f"cell-{cell}-line-{line}"

    def find_excerpts(self, criterion: CriterionVerdict) -> tuple[Excerpt, ...]:
        """Return the lines around the one that the message names, else the functions in question."""
        places = self._places.get(criterion.id, [])
        location = criterion.location
        if location is not None:
            around = range(location.line - LINES_BEFORE, location.line + LINES_AFTER + 1)
            inside = [p for p in places if p.cell == location.cell and p.first <= location.line <= p.last]
            first = max([around.start, *(p.first for p in inside)])
            last = min([around.stop - 1, *(p.last for p in inside)])
            if not self.find_anchor(location.cell, location.line):
                return (_excerpt_of(location),)
            return (self._excerpt(location.cell, range(first, last + 1), location.line),)
        excerpts: list[Excerpt] = []
        left = MAX_LINES
        for place in places:
            numbers = [n for n in range(place.first, place.last + 1) if not _is_in_docstring(n, place)]
            if left > 1 and numbers:
                excerpts.append(self._excerpt(place.cell, numbers[:left], place.first, is_cut=len(numbers) > left))
                left -= min(left, len(numbers))
        return tuple(excerpt for excerpt in excerpts if excerpt.rows)

    def arrange_excerpts(self, criteria: Iterable[CriterionVerdict]) -> dict[str, tuple[Excerpt, ...]]:
        """Return the excerpts of criteria below one another, by their ids: the same lines are shown once."""
        shown_at: dict[tuple[int | None, int], str] = {}
        arranged = {}
        for criterion in criteria:
            excerpts = []
            for excerpt in self.find_excerpts(criterion):
                lines = [(excerpt.cell, row.number) for row in excerpt.rows]
                if lines and all(line in shown_at for line in lines):
                    excerpts.append(replace(excerpt, rows=(), is_cut=False, shown_at=shown_at[lines[0]]))
                else:
                    excerpts.append(excerpt)
                for line in lines:
                    shown_at.setdefault(line, criterion.id)
            arranged[criterion.id] = tuple(excerpts)
        return arranged

    def _excerpt(self, cell: int | None, numbers: Sequence[int], linked: int, *, is_cut: bool = False) -> Excerpt:
        rows = self._rows(cell, numbers)
        first, last = (rows[0].number, rows[-1].number) if rows else (0, 0)
        return Excerpt(cell, first, last, self.find_anchor(cell, linked), rows, is_cut)

    def _rows(self, cell: int | None, numbers: Iterable[int]) -> tuple[CodeRow, ...]:
        lines = self._lines.get(cell, ())
        rows: list[CodeRow] = []
        for number in numbers:
            if 1 <= number <= len(lines):
                rows.append(
                    CodeRow(
                        number=number,
                        text=lines[number - 1],
                        anchor=self.find_anchor(cell, number),
                        is_named=(cell, number) in self._named,
                        follows_gap=bool(rows) and rows[-1].number != number - 1,
                    )
                )
        return tuple(rows)


def _is_in_docstring(number: int, place: CodePlace) -> bool:
    return place.docstring is not None and place.docstring[0] <= number <= place.docstring[1]


def _excerpt_of(location: Location) -> Excerpt:
    """Return the line that a location quotes itself: the listing does not reach so far."""
    row = CodeRow(number=location.line, text=location.source, anchor="", is_named=True)
    return Excerpt(location.cell, location.line, location.line, "", (row,) if location.source else ())
