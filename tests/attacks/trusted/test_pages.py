"""Texts of a submission that want to be more than text, wherever they are read.

Each attack says what it tries. It does not succeed; with what stands in its way taken down, it does.
"""

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

import jinja2
import msgspec
import pytest
from openpyxl import Workbook
from rich.console import Console

from grader.classroom.exports import text_files, workbook
from grader.protocol.verdict import Status, Verdict
from reports.change.annotations import render_annotations
from reports.change.junit import render_junit
from reports.change.markdown_pages import render_summary
from reports.common import templates
from reports.submission import html, terminal
from tests.helpers.gradebook_entries import entry
from tests.reports import samples
from tests.reports.change.result_samples import answer, criterion, with_criteria


def verdict(message: str) -> Verdict:
    """Return a verdict with one criterion that says such a thing."""
    outcome = with_criteria(Status.FAILED, criterion(Status.FAILED, message=message, received=message))
    assert outcome.verdict is not None
    return outcome.verdict


def page(text: str) -> str:
    templates.load_templates.cache_clear()  # it may have been loaded without its bound
    try:
        return html.render(verdict(text), samples.mixed()[1])
    finally:
        templates.load_templates.cache_clear()


def printed(text: str) -> str:
    """Return what a terminal gets."""
    stream = io.StringIO()
    terminal.render(verdict(text), Console(file=stream, width=200, force_terminal=True, no_color=True))
    return stream.getvalue()


def summary(text: str) -> str:
    """Return the Markdown of a pull request's page."""
    return render_summary(answer(with_criteria(Status.FAILED, criterion(Status.FAILED, message=text))))


def commands(text: str) -> str:
    """Return what GitHub's runner reads."""
    failed = with_criteria(Status.FAILED, criterion(Status.FAILED, message=text, title=text))
    return "\n".join(render_annotations(answer(failed)))


def junit(text: str) -> str:
    return render_junit(answer(with_criteria(Status.FAILED, criterion(Status.FAILED, message=text))))


def table(text: str) -> str:
    """Return the first cell with a name of the table of a class, as a spreadsheet reads it."""
    named = entry(name=text)
    rows = list(csv.reader(io.StringIO(text_files.to_csv([named]).decode("utf-8-sig"))))
    return next(cell for cell in rows[1] if text[-4:] in cell)


def sheet_cell(text: str) -> str:
    """Return the type of a cell of Excel: `f` is a formula."""
    cell = Workbook().active.cell(1, 1)
    workbook._put(cell, text)
    return f"{cell.data_type} {cell.value}"


def is_no_xml(text: str) -> bool:
    try:
        ET.fromstring(text)
    except ET.ParseError:
        return True
    return False


def unchanged(text: str, *_: object) -> str:
    return text


def unchanged_record(record: object, *_: object) -> object:
    return record


def put_plainly(cell: object, text: str) -> None:
    cell.value = text  # type: ignore[attr-defined]


_JINJA: Any = jinja2.Environment


def without_escapes(**settings: Any) -> object:
    return _JINJA(**settings | {"autoescape": False})


@dataclass(frozen=True)
class Attack:
    """A text that is shown somewhere. `bound`: what makes it harmless, and something that does not."""

    text: str
    show: Callable[[str], str]
    succeeds: Callable[[str], bool]
    bound: str
    instead: object


SCRIPT = "<script>alert(1)</script>"
ATTACKS = {
    "a script in a report": Attack(
        SCRIPT, page, lambda shown: SCRIPT in shown, "reports.common.templates.jinja2.Environment", without_escapes
    ),
    "an attribute with a handler in a report": Attack(
        '" onmouseover="alert(1)',
        page,
        lambda shown: '" onmouseover="alert' in shown,
        "reports.common.templates.jinja2.Environment",
        without_escapes,
    ),
    "text in the other direction in a report": Attack(
        "a\u202eb",
        page,
        lambda shown: "\u202e" in shown,
        "reports.submission.html.sanitize_record",
        unchanged_record,
    ),
    "a sequence that clears the terminal": Attack(
        "\x1b[2Jgone",
        printed,
        lambda shown: "\x1b[2J" in shown,
        "reports.submission.terminal.sanitize_record",
        unchanged_record,
    ),
    "a title for the terminal's window": Attack(
        "\x1b]0;title\x07",
        printed,
        lambda shown: "\x1b]0;" in shown,
        "reports.submission.terminal.sanitize_record",
        unchanged_record,
    ),
    "a message of megabytes in a terminal": Attack(
        "x" * 2_000_000,
        printed,
        lambda shown: len(shown) > 100_000,
        "reports.submission.terminal.sanitize_record",
        unchanged_record,
    ),
    "a link in the comment of a pull request": Attack(
        "[x](https://example.org)",
        summary,
        lambda shown: "[x](https" in shown,
        "reports.common.markdown._line",
        unchanged,
    ),
    "people named in a comment": Attack(
        "@everybody", summary, lambda shown: "@everybody" in shown, "reports.common.markdown._line", unchanged
    ),
    "a picture in a comment, which tells who reads it": Attack(
        "![](https://example.org/a.png)",
        summary,
        lambda shown: "![](" in shown,
        "reports.common.markdown._line",
        unchanged,
    ),
    "HTML in a comment": Attack(
        SCRIPT, summary, lambda shown: SCRIPT in shown, "reports.common.markdown._line", unchanged
    ),
    "a command of its own for GitHub's runner": Attack(
        "a\n::set-env name=A::b",
        commands,
        lambda shown: re.search(r"^::set-env", shown, re.MULTILINE) is not None,
        "reports.change.annotations._data",
        unchanged,
    ),
    "another title for an annotation": Attack(
        "a,file=/etc/passwd",
        commands,
        lambda shown: (
            "title=A,File" in shown or ",file=/etc/passwd" in shown.partition("::")[2].partition("::")[0]
        ),
        "reports.change.annotations._property",
        unchanged,
    ),
    "a control character that ends the XML of test results": Attack(
        "a\x00b\uffff", junit, is_no_xml, "reports.change.junit.sanitize_record", unchanged_record
    ),
    "a formula in a table of the class": Attack(
        "=HYPERLINK(1)",
        table,
        lambda cell: cell.startswith("="),
        "grader.classroom.exports.text_files.defuse",
        unchanged,
    ),
    "a formula behind a semicolon": Attack(
        "x;=1+1", table, lambda cell: ";=" in cell, "grader.classroom.exports.text_files.defuse", unchanged
    ),
    "a formula in a workbook": Attack(
        "=1+1",
        sheet_cell,
        lambda cell: cell.startswith("f"),
        "grader.classroom.exports.workbook._put",
        put_plainly,
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_text_stays_a_text(name: str) -> None:
    attack = ATTACKS[name]
    assert not attack.succeeds(attack.show(attack.text))


@pytest.mark.parametrize("name", ATTACKS)
def test_without_its_bound_the_attack_succeeds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    attack = ATTACKS[name]
    monkeypatch.setattr(attack.bound, attack.instead)
    assert attack.succeeds(attack.show(attack.text))


def test_a_report_on_long_messages_has_a_few_megabytes() -> None:
    text = "x" * 4_000  # as much as a sentence may have
    many = tuple(criterion(Status.FAILED, f"c{i}", message=text, received=text) for i in range(60))
    record = msgspec.structs.replace(verdict("a"), criteria=many)
    assert len(html.render(record, samples.mixed()[1])) < 3_000_000
