"""Render a short report for a terminal: the same words as the HTML report, without the pictures."""

from collections.abc import Sequence
from itertools import groupby

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Line

from grader.core.i18n import Translator, Words, _
from grader.core.sanitize import clip, one_line, sanitize_record
from grader.protocol.verdict import CriterionVerdict, Location, Notice, Severity, Status, Verdict
from reports.common import symbols
from reports.common.numbers import Numbers
from reports.common.places import describe_place
from reports.submission import highlights

_LONGEST = 600  # characters of a sentence; the HTML report shows more
_LONGEST_SOURCE = 200  # characters of a code line
_CAUSES = frozenset({"import-failed", "import-stopped"})  # ids of notices about the file as a whole


def render(verdict: Verdict, console: Console) -> None:
    """Print the report on one submission to `console`, in `verdict.language`.

    Without markup or control characters of the submission's own, and with nothing but ASCII signs where the
    console's encoding has no others. Raises `ValueError` for a language without a catalogue.
    """
    _Printer(sanitize_record(verdict, _LONGEST), console).print()


class _Printer:
    """One verdict on its way to one console: holds what every line needs."""

    def __init__(self, verdict: Verdict, console: Console) -> None:
        self.verdict = verdict
        self.console = console
        self.translate = Translator(verdict.language)
        self.numbers = Numbers(verdict.language)
        self.unicode = console.encoding.lower().startswith("utf")

    def print(self) -> None:
        self._head()
        self._causes()
        self._table()
        explained = [c for c in self.verdict.criteria if c.status is not Status.PASSED or c.hints]
        for _title, alike in groupby(explained, key=_beneath_title):
            self._criteria(tuple(alike))
        self._notices()
        self._certification()
        self._isolation()

    def _head(self) -> None:
        verdict = self.verdict
        symbol = symbols.STATUS[verdict.status]
        points = self.numbers.points
        self._out(
            self._line(verdict.title, "bold"),
            self._line(f"{verdict.exercise} · {one_line(verdict.submission.name)}", "dim"),
        )
        mark = self._line(
            _(
                "{points} of {max_points} points",
                points=points(verdict.points),
                max_points=points(verdict.max_points),
            ),
            "bold",
        )
        if bonus := highlights.sum_gained_bonus(verdict):
            mark.append_text(self._line(" ("))
            mark.append_text(self._line(_("{points} of them bonus", points=points(bonus))))
            mark.append_text(self._line(")"))
        mark.append_text(self._line("   "))
        mark.append_text(self._line(f"{self._sign(symbol)} {self.translate(symbol.word)}", f"bold {symbol.style}"))
        if verdict.certified is not None:  # else there was no network
            certified = _("certified") if verdict.certified else _("not certified")
            style = "" if verdict.certified else "bold red"
            mark.append_text(self._line(f" · {self.translate(certified)}", style))
        self._out(Line(), mark, self._line(symbols.SENTENCE[verdict.status]))

    def _table(self) -> None:
        if not self.verdict.criteria:
            return
        table = Table(box=None, show_edge=False, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
        table.add_column(self._line(_("Status")), no_wrap=True)
        table.add_column(self._line(_("Criterion")), overflow="fold")
        table.add_column(self._line(_("Points")), justify="right", no_wrap=True)
        for criterion in self.verdict.criteria:
            symbol = symbols.STATUS[criterion.status]
            table.add_row(
                self._line(f"{self._sign(symbol)} {self.translate(symbol.word)}", symbol.style),
                self._line(one_line(criterion.title)),
                self._line(self._points(criterion)),
            )
        self._out(Line())
        self.console.print(table)

    def _criteria(self, criteria: tuple[CriterionVerdict, ...]) -> None:
        """Print criteria of which the same is to be said: a crash skips a dozen for one reason."""
        self._out(Line())
        for criterion in criteria:
            symbol = symbols.STATUS[criterion.status]
            head = self._line(f"{self._sign(symbol)} {one_line(criterion.title)}", f"bold {symbol.style}")
            if len(criteria) == 1:
                head.append_text(self._line(f"  {self.translate(symbol.word)}, {self._points(criterion)}"))
            self._out(head)
        self._indented(self._line(criteria[0].message))
        self._compared(criteria[0])
        if location := criteria[0].location:
            self._place(location)
        for hint in criteria[0].hints:
            self._remark(hint.severity, hint.text)

    def _compared(self, criterion: CriterionVerdict) -> None:
        pairs = ((_("Expected"), criterion.expected), (_("Received"), criterion.received))
        rows = [(self._line(label, "dim"), self._line(value)) for label, value in pairs if value is not None]
        self._grid(*rows)

    def _place(self, location: Location) -> None:
        self._indented(self._line(describe_place(location), "dim"))
        if location.source:
            bar = "│" if self.unicode else "|"
            source = clip(location.source.strip("\n"), _LONGEST_SOURCE)
            self._indented(self._line(f"{location.line} {bar} {source}", "cyan"), by=4)

    def _remark(self, severity: Severity, text: str) -> None:
        symbol = symbols.SEVERITY[severity]
        sign = self._line(f"{self._sign(symbol)} {self.translate(symbol.word)}", f"bold {symbol.style}")
        self._grid((sign, self._line(text)))

    def _grid(self, *rows: tuple[Line, Line]) -> None:
        """Print labels and, beside them, what they label, so that long text hangs below itself."""
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for label, text in rows:
            grid.add_row(label, text)
        if rows:
            self._indented(grid)

    def _causes(self) -> None:
        """Print what kept the file as a whole from being run: everything else follows from it."""
        if causes := [notice for notice in self.verdict.notices if notice.id in _CAUSES]:
            self._out(Line())
            self._list_notices(causes)

    def _notices(self) -> None:
        if others := [notice for notice in self.verdict.notices if notice.id not in _CAUSES]:
            self._out(Line(), self._line(_("Notices"), "bold"))
            self._list_notices(others)

    def _list_notices(self, notices: Sequence[Notice]) -> None:
        for notice in notices:
            self._remark(notice.severity, notice.text)
            if notice.location:
                self._place(notice.location)

    def _certification(self) -> None:
        if self.verdict.certified is not False:
            return
        self._out(Line(), self._line(_("Not certified"), "bold red"))
        for item in highlights.find_disagreements(self.verdict):
            self._indented(self._line(f"- {item.text}"))

    def _isolation(self) -> None:
        isolation = self.verdict.isolation
        if isolation.mode == "plain":
            self._out(
                Line(),
                self._line(
                    _("There were no walls around this run: it is meant for your own code, not for marks."), "dim"
                ),
            )
        for wall in highlights.find_missing_walls(self.verdict):
            self._out(self._line(_("Missing wall: {wall}. {detail}", wall=wall.id, detail=wall.detail), "yellow"))

    def _points(self, criterion: CriterionVerdict) -> str:
        return f"{self.numbers.points(criterion.points)} / {self.numbers.points(criterion.max_points)}"

    def _sign(self, symbol: symbols.Symbol) -> str:
        return symbol.sign if self.unicode else symbol.ascii_sign

    def _line(self, words: Words | str, style: str = "") -> Line:
        """Return `words` as styled text. Rich reads no markup in a `Text`, whatever the submission wrote."""
        return printable(self.translate(words), self.console, style)

    def _indented(self, content: Line | Table, by: int = 2) -> None:
        self.console.print(Padding(content, (0, 0, 0, by), expand=False))

    def _out(self, *lines: Line) -> None:
        for line in lines:
            self.console.print(line)


def printable(text: str, console: Console, style: str = "") -> Line:
    """Return `text` as a styled line, whatever markup stands in it, that the console's encoding can write."""
    encoding = console.encoding
    if not encoding.lower().startswith("utf"):
        # A pipe on Windows has a code page: a character that it lacks must not end the program.
        text = text.replace("·", "-").encode(encoding, "backslashreplace").decode(encoding)
    return Line(text, style=style, overflow="fold")


def _beneath_title(criterion: CriterionVerdict) -> tuple[object, ...]:
    return (
        criterion.status,
        criterion.message,
        criterion.expected,
        criterion.received,
        criterion.location,
        criterion.hints,
    )
