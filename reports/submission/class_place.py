"""Say in a report whose hand-in it is about, and lead to the reports beside it in the class.

Which reports stand beside a report changes with each hand-in, so that part of the page can be exchanged alone.
"""

import re
from datetime import datetime

import msgspec

from reports.common.templates import load_templates

BEGIN, END = "<!--neighbours-->", "<!--/neighbours-->"
# What a submission says is escaped, so that no text of it can be one of these comments.
_LINKS = re.compile(rf'(?:<p class="up">(?:(?!</p>).)*</p>\s*)?{re.escape(BEGIN)}.*?{re.escape(END)}', re.DOTALL)
_NEIGHBOURS = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)


class ReportLink(msgspec.Struct, frozen=True):
    """Another report of the class. `href`: relative to the folder of the reports."""

    name: str
    href: str


class Neighbours(msgspec.Struct, frozen=True):
    """The reports before and after one, in the order of the dashboard."""

    before: ReportLink | None = None
    after: ReportLink | None = None


class ClassPlace(msgspec.Struct, frozen=True):
    """Whose hand-in a report is about. `dashboard`: relative to the folder of the reports."""

    name: str
    student: str  # key; empty where the name says the same
    submitted: datetime | None
    is_late: bool
    dashboard: str
    neighbours: Neighbours = Neighbours()
    reference: str = ""  # names the hand-in in questions about its mark, for which the name is not needed


def render_neighbours(neighbours: Neighbours, language: str) -> str:
    """Return the links to the reports beside a report, the part that `exchange_neighbours` exchanges."""
    template = load_templates(language).get_template("neighbours.html")
    return f"{BEGIN}{template.render(before=neighbours.before, after=neighbours.after)}{END}"


def find_neighbours(page: str) -> str:
    """Return the part of a page that leads to the reports beside it; empty where it has none."""
    match = _NEIGHBOURS.search(page)
    return match[0] if match is not None else ""


def exchange_neighbours(page: str, part: str) -> str:
    """Return a page with another `part` of `render_neighbours`."""
    return _NEIGHBOURS.sub(lambda _match: part, page, count=1)


def detach_from_class(page: str) -> str:
    """Return a page as its student may have it: without links to the class, which name others."""
    return _LINKS.sub("", page, count=1)
