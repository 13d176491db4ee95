"""Render the report below a notebook's cell: the whole page in a frame, and as text for viewers without HTML."""

import io
import re

from rich.console import Console

from grader.core.i18n import Translator
from grader.core.sanitize import one_line, sanitize_record
from grader.protocol.verdict import Exhibits, Verdict
from reports.common import symbols
from reports.common.numbers import Numbers
from reports.common.templates import load_templates
from reports.submission import html, terminal

WIDTH = 100  # characters

# A link within the page. In a frame that holds its page itself, browsers take it for one within the page around.
_OWN_LINK = re.compile(r'(<a\b[^>]*\shref=")#')


def render(verdict: Verdict, exhibits: Exhibits) -> tuple[str, str]:
    """Return the report as text and as HTML, in `verdict.language`.

    The HTML says the mark itself, for viewers that show no frames, and holds the whole report in a frame that runs
    no script and reaches nothing outside.
    """
    return _text(verdict), _html(verdict, exhibits)


def _text(verdict: Verdict) -> str:
    buffer = io.StringIO()
    # Rich would show each line by itself as soon as it notices Jupyter.
    console = Console(file=buffer, width=WIDTH, force_terminal=False, color_system=None, force_jupyter=False)
    terminal.render(verdict, console)
    return "\n".join(map(str.rstrip, buffer.getvalue().rstrip().split("\n")))


def _html(verdict: Verdict, exhibits: Exhibits) -> str:
    translate, number = Translator(verdict.language), Numbers(verdict.language)
    safe = sanitize_record(verdict)
    return (
        load_templates(verdict.language)
        .get_template("in_notebook.html")
        .render(
            page=_OWN_LINK.sub(r"\1about:srcdoc#", html.render(verdict, exhibits)),
            title=one_line(safe.title),
            points=number.points(verdict.points),
            max_points=number.points(verdict.max_points),
            status=translate(symbols.STATUS[verdict.status].word),
            sign=symbols.STATUS[verdict.status].sign,
        )
    )
