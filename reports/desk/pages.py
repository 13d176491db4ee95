"""Render the pages of the review desk. Text of students and markers is made visible and escaped."""

from functools import cache
from typing import Any

from markupsafe import Markup

from grader.core.i18n import Translator
from grader.core.sanitize import sanitize_record
from reports.common import symbols
from reports.common.numbers import Numbers
from reports.common.templates import TEMPLATES, load_templates
from reports.common.times import format_time
from reports.desk.records import (
    CommentsPage,
    DeskFrame,
    DisagreementsPage,
    HandInPage,
    OverviewPage,
    Typed,
)
from reports.submission.report_parts import ReportParts


def render_overview(frame: DeskFrame, page: OverviewPage, language: str) -> str:
    """Return the page with all criteria and requests."""
    return _render("desk_overview.html", frame, language, page=sanitize_record(page))


def render_hand_in(frame: DeskFrame, page: HandInPage, typed: Typed, parts: ReportParts, language: str) -> str:
    """Return the page of one criterion of one hand-in. `typed` stands in the form as it is."""
    return _render(
        "desk_hand_in.html",
        frame,
        language,
        page=sanitize_record(page),
        typed=typed,
        # Parts of a report, made by templates that escape.
        own_lines=Markup(parts.own_lines),  # noqa: S704
        evidence=Markup("\n".join(parts.evidence)),  # noqa: S704
        code=Markup(parts.code),  # noqa: S704
    )


def render_comments(frame: DeskFrame, page: CommentsPage, language: str) -> str:
    """Return the page of the reusable comments of a criterion. Their texts stand in forms as they are."""
    return _render("desk_comments.html", frame, language, page=page)


def render_disagreements(frame: DeskFrame, page: DisagreementsPage, language: str) -> str:
    """Return the page that compares two markers."""
    return _render("desk_disagreements.html", frame, language, page=sanitize_record(page))


def render_message(problem: str, written: str, language: str) -> str:
    """Return a page with one sentence, and what had been typed, so that it is not lost."""
    translate = Translator(language)
    return (
        load_templates(language)
        .get_template("desk_message.html")
        .render(language=language, translate=translate, problem=problem, written=written)
    )


def _render(template: str, frame: DeskFrame, language: str, **values: Any) -> str:
    return (
        load_templates(language)
        .get_template(template)
        .render(
            frame=sanitize_record(frame),
            language=language,
            translate=Translator(language),
            number=Numbers(language),
            time=lambda at: format_time(at, language),
            status_symbols=symbols.STATUS,
            severity_symbols=symbols.SEVERITY,
            **values,
        )
    )


@cache
def read_style() -> str:
    """Return the style sheet of the desk: that of the reports, and what only the desk has."""
    return "\n".join((TEMPLATES / name).read_text(encoding="utf-8") for name in ("style.css", "desk.css"))


@cache
def read_script() -> str:
    """Return the script of the desk, without which everything works as well."""
    return (TEMPLATES / "desk.js").read_text(encoding="utf-8")
