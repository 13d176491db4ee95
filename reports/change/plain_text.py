"""Print the result of a change as plain text, on a terminal or into a log."""

from rich.console import Console
from rich.table import Table
from rich.text import Text as Line

from grader.core.i18n import _
from grader.core.sanitize import clip, one_line, sanitize_record
from grader.protocol.change_result import ChangeResult, Note, SubmissionOutcome
from grader.protocol.verdict import Curve
from reports.change.wording import ChangeWording, shorten_path
from reports.common import symbols
from reports.common.sparklines import draw_sparklines
from reports.submission import terminal

_LONGEST = 600  # characters of a sentence
_LONGEST_NAME = 60


def print_answer(answer: ChangeResult, console: Console) -> None:
    """Print the answer to `console`, in `answer.language`, with nothing in it that steers a terminal.

    Raises `ValueError` for a language without a catalogue. GitHub's runner looks for commands in what is printed,
    which this does nothing about: stop them before, with `::stop-commands::`.
    """
    _Printer(sanitize_record(answer, _LONGEST), console).print()


class _Printer:
    """One answer on its way to one console: holds what every line needs."""

    def __init__(self, answer: ChangeResult, console: Console) -> None:
        self.answer = answer
        self.console = console
        self.wording = ChangeWording(answer)
        self.translate = self.wording.translate
        self.unicode = console.encoding.lower().startswith("utf")

    def print(self) -> None:
        outcomes = self.answer.outcomes
        self._out(self._plain(self.wording.title()), "bold")
        if not outcomes:
            self._out(self.wording.nothing())
        for note in self.wording.notes():
            self._note(note)
        if len(outcomes) > 1:
            self._overview()
        for outcome in outcomes:
            self._outcome(outcome)
        self._out("")
        self._out(f"{self.wording.pass_mark()} {self.wording.describe_comparison()}", "dim")

    def _note(self, note: Note) -> None:
        symbol = symbols.SEVERITY[note.severity]
        where = f"{shorten_path(note.path)}: " if note.path else ""
        self._out(f"{self._sign(symbol)} {self.translate(symbol.word)}: {where}{note.text}", symbol.style)

    def _overview(self) -> None:
        table = Table(box=None, show_edge=False, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
        table.add_column(self._line(self.translate(_("Result"))), no_wrap=True)
        table.add_column(self._line(self.translate(_("Submission"))), overflow="fold")
        table.add_column(self._line(self.translate(_("Points"))), justify="right", no_wrap=True)
        for outcome in self.answer.outcomes:
            symbol = self.wording.symbol(outcome)
            table.add_row(
                self._line(f"{self._sign(symbol)} {self.translate(symbol.word)}", symbol.style),
                self._line(shorten_path(outcome.path)),
                self._line(self.wording.points_of(outcome)),
            )
        self._out("")
        self.console.print(table)

    def _outcome(self, outcome: SubmissionOutcome) -> None:
        self._out("")
        self._out(shorten_path(outcome.path), "bold underline")
        if outcome.verdict is None:
            self._out(self.wording.sentence(outcome), self.wording.symbol(outcome).style)
            return
        terminal.render(outcome.verdict, self.console)
        self._curves(outcome.curves)
        if outcome.report:
            self._out(self.translate(_("Report: {file}", file=one_line(outcome.report))))

    def _curves(self, curves: tuple[Curve, ...]) -> None:
        if not curves or not self.unicode:  # ASCII has no characters to draw with
            return
        grid = Table.grid(padding=(0, 2))
        for justify in ("left", "left", "right", "left", "right"):
            grid.add_column(justify=justify, overflow="fold")
        for curve, series in zip(curves, draw_sparklines(curves), strict=True):
            for number, spark in enumerate(series):
                run = curve.name if number == 0 else ""
                first, last = self.wording.value(spark.first), self.wording.value(spark.last)
                cells = (clip(one_line(run), _LONGEST_NAME), clip(one_line(spark.name), _LONGEST_NAME), first)
                grid.add_row(*map(self._line, (*cells, spark.text, last)))
        self._out("")
        self._out(self.translate(_("Learning curves")), "bold")
        self.console.print(grid)

    def _plain(self, text: str) -> str:
        """Return a line that begins with a sign, with that of ASCII where there is no other."""
        if self.unicode or not self.answer.outcomes or len(self.answer.outcomes) > 1:
            return text
        symbol = self.wording.symbol(self.answer.outcomes[0])
        return symbol.ascii_sign + text.removeprefix(symbol.sign)

    def _sign(self, symbol: symbols.Symbol) -> str:
        return symbol.sign if self.unicode else symbol.ascii_sign

    def _line(self, text: str, style: str = "") -> Line:
        return terminal.printable(text, self.console, style)

    def _out(self, text: str, style: str = "") -> None:
        self.console.print(self._line(text, style))
