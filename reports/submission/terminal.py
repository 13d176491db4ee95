"""Render a short report for a terminal: the same words as the HTML report, without the pictures.

A terminal shows its last lines: each criterion has one line, then follows what has to be mended, and the mark and
the next step stand last.
"""

from collections.abc import Container, Sequence
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
_ROW_WIDTH = 78  # characters of a criterion's line
_CAUSES = frozenset({"import-failed", "import-stopped"})  # ids of notices about the file as a whole


def render(verdict: Verdict, console: Console, printed: Container[str] = ()) -> None:
    """Print the report on one submission to `console`, in `verdict.language`.

    Without markup or control characters of the submission's own, and with nothing but ASCII signs where the
    console's encoding has no others. Raises `ValueError` for a language without a catalogue.

    Args:
        verdict: on the submission.
        console: to print to.
        printed: ids of the criteria that `render_criterion` has printed already.
    """
    _Printer(Translator(verdict.language), console).print(sanitize_record(verdict, _LONGEST), printed)


def render_criterion(criterion: CriterionVerdict, translate: Translator, console: Console) -> None:
    """Print the line of one criterion, as `render` does."""
    _Printer(translate, console).print_row(sanitize_record(criterion, _LONGEST))


class _Printer:
    """Prints to one console in one language: holds what every line needs."""

    def __init__(self, translate: Translator, console: Console) -> None:
        self.console = console
        self.translate = translate
        self.numbers = Numbers(translate.language)
        self.unicode = console.encoding.lower().startswith("utf")

    def print(self, verdict: Verdict, printed: Container[str]) -> None:
        """Print a verdict; criteria in `printed` have their lines already."""
        self._causes(verdict, is_first=not any(c.id in printed for c in verdict.criteria))
        for criterion in verdict.criteria:
            if criterion.id not in printed:
                self.print_row(criterion)
        explained = [c for c in verdict.criteria if _needs_words(c)]
        for _title, alike in groupby(explained, key=_beneath_title):
            self._criteria(tuple(alike), verdict)
        self._notices(verdict)
        self._certification(verdict)
        self._isolation(verdict)
        self._mark(verdict)
        self._next_step(verdict)

    def print_row(self, criterion: CriterionVerdict) -> None:
        """Print the line of a criterion: status, title and points."""
        widest = max(len(self.translate(symbol.word)) for symbol in symbols.STATUS.values())
        symbol = symbols.STATUS[criterion.status]
        row = Table.grid(padding=(0, 2), expand=True)
        row.width = min(self.console.width, _ROW_WIDTH)
        row.add_column(no_wrap=True, width=widest + 2)
        row.add_column(overflow="fold", ratio=1)
        row.add_column(justify="right", no_wrap=True)
        row.add_row(
            self._line(f"{self._sign(symbol)} {self.translate(symbol.word)}", symbol.style),
            self._line(one_line(criterion.title)),
            self._line(self._points(criterion)),
        )
        self.console.print(row)

    def _mark(self, verdict: Verdict) -> None:
        symbol = symbols.WAITING if verdict.waiting else symbols.STATUS[verdict.status]
        points = self.numbers.points
        self._out(Line(), self._line(f"{one_line(verdict.title)} · {one_line(verdict.submission.name)}", "dim"))
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
        self._out(mark)

    def _next_step(self, verdict: Verdict) -> None:
        """Print what to do first; where there is nothing to do, what the status means."""
        steps = highlights.find_next_steps(verdict, at_most=1)
        if verdict.status is Status.NOT_GRADED or not steps:
            self._out(self._line(symbols.choose_sentence(verdict)))
        if not steps:
            return
        step = steps[0]
        line = self._line(_("Next: {title}", title=one_line(step.title)), "bold")
        if step.location is not None:
            line.append_text(self._line(" (", ""))
            line.append_text(self._line(describe_place(step.location)))
            line.append_text(self._line(")"))
        elif step.status is Status.NOT_ATTEMPTED:
            line.append_text(self._line(f". {one_line(step.message)}"))
        self._out(line)

    def _criteria(self, criteria: tuple[CriterionVerdict, ...], verdict: Verdict) -> None:
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
        ids = {criterion.id for criterion in criteria}
        if also := [one_line(c.title) for c in verdict.criteria if c.same_cause_as in ids and not _needs_words(c)]:
            self._indented(self._line(_("The same cause: {titles}", titles=", ".join(also)), "dim"))

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

    def _causes(self, verdict: Verdict, *, is_first: bool) -> None:
        """Print what kept the file as a whole from being run: everything else follows from it."""
        if causes := [notice for notice in verdict.notices if notice.id in _CAUSES]:
            self._out(*([] if is_first else [Line()]))
            self._list_notices(causes)
            self._out(Line())

    def _notices(self, verdict: Verdict) -> None:
        if others := [notice for notice in verdict.notices if notice.id not in _CAUSES]:
            self._out(Line(), self._line(_("Notices"), "bold"))
            self._list_notices(others)

    def _list_notices(self, notices: Sequence[Notice]) -> None:
        for notice in notices:
            self._remark(notice.severity, notice.text)
            if notice.location:
                self._place(notice.location)

    def _certification(self, verdict: Verdict) -> None:
        if verdict.certified is not False:
            return
        self._out(Line(), self._line(_("Not certified"), "bold red"))
        for item in highlights.find_disagreements(verdict):
            self._indented(self._line(f"- {item.text}"))

    def _isolation(self, verdict: Verdict) -> None:
        if verdict.isolation.mode == "plain":
            self._out(
                Line(),
                self._line(
                    _("There were no walls around this run: it is meant for your own code, not for marks."), "dim"
                ),
            )
        for wall in highlights.find_missing_walls(verdict):
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


def _needs_words(criterion: CriterionVerdict) -> bool:
    """Return whether there is more to say about a criterion than its line says, and than its cause says."""
    if criterion.hints:
        return True
    return criterion.status not in {Status.PASSED, Status.NOT_ATTEMPTED} and not criterion.same_cause_as


def _beneath_title(criterion: CriterionVerdict) -> tuple[object, ...]:
    return (
        criterion.status,
        criterion.message,
        criterion.expected,
        criterion.received,
        criterion.location,
        criterion.hints,
    )
