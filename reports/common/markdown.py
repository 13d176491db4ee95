"""Write Markdown for GitHub and GitLab in which whatever a student wrote is text, and nothing but text.

Both hosts read Markdown twice: first the page is made, then its text is searched for things to link (people,
issues, commits, addresses, emoji, formulas). Character references stop the first reading. The second sees what
they stand for, so that a word joiner, which nobody sees, stands inside whatever it looks for.

What comes from here is of the type `Markdown`, which a plain string is not: mypy finds one that was forgotten.
"""

import re
import string
from collections.abc import Iterable, Sequence
from typing import NewType

from grader.core.sanitize import visible

Markdown = NewType("Markdown", str)

JOINER = "\N{WORD JOINER}"

# Punctuation that does nothing in the middle of a line, and that sentences are full of.
_HARMLESS = ",.;:'\"()?=-+/"
_REFERENCES = {ord(sign): f"&#{ord(sign)};" for sign in string.punctuation}
_INLINE = {code: text for code, text in _REFERENCES.items() if chr(code) not in _HARMLESS}
# A formula or a $snippet ends where an element does: GitHub's own advice for a dollar that is one.
_INLINE[ord("$")] = "<span>&#36;</span>"

# At the start of a line: lists, headings, rules, definitions, and GitLab's quick actions.
_AT_START = re.compile(r"^(?:[-+=:/]|\d+[.)](?=\s|$))")

_LINKED = re.compile(
    r"""
    [@\#!%~&^*:\[{](?!\s)  # @people, #1, !1, %milestone, ~label, &epic, :emoji:, http://, [[wiki]], {+diff+}
    | (?<=\w)-(?=\d)        # GH-1, KEY-1, CVE-2024-1
    | ghsa(?=-)             # GHSA-xxxx
    | www(?=\.)
    | [0-9a-f]{6}(?=[0-9a-f])  # commits: seven digits or more
    """,
    re.VERBOSE | re.IGNORECASE,
)
# What Markdown itself makes links of, also where the hosts search for nothing, as in code.
_LINKED_IN_CODE = re.compile(r"@(?!\s)|:(?=/)|www(?=\.)", re.IGNORECASE)


def escape(text: str) -> Markdown:
    """Return `text` as one line of Markdown that shows it, also inside an HTML element. Lines stay lines.

    Empty ones are left out, and spaces are one space, as on any page.
    """
    return _lines(text, _LINKED)


def code(text: str) -> Markdown:
    """Return `text` as code within a line. It can be copied from there: fewer joiners are needed."""
    return Markdown(f"<code>{_lines(text, _LINKED_IN_CODE)}</code>")


def together(text: str) -> Markdown:
    """Return `text` as a line that is not broken where there is little room, as in a narrow table."""
    return Markdown(escape(text).replace(" ", "&nbsp;"))


def block(text: str) -> Markdown:
    """Return `text` as lines of code, spaces and all."""
    # An element instead of a fence: which characters end a fence is not the same for all who read it.
    visible_text = visible(text).strip("\n")
    return Markdown(f"<pre>{visible_text.translate(_REFERENCES)}</pre>")


def bold(content: Markdown) -> Markdown:
    """Return `content` in bold."""
    return Markdown(f"<b>{content}</b>")


def heading(level: int, content: Markdown) -> Markdown:
    """Return a heading; 1 is the largest."""
    return Markdown(f"{'#' * level} {content}")


def quote(content: Markdown) -> Markdown:
    """Return one line, set apart."""
    return Markdown(f"> {content}")


def items(contents: Iterable[Markdown]) -> Markdown:
    """Return a list."""
    return Markdown("\n".join(f"- {content}" for content in contents))


def table(columns: Sequence[Markdown], rows: Iterable[Sequence[Markdown]], right: Sequence[int] = ()) -> Markdown:
    """Return a table; `right`: the columns whose numbers stand below one another."""
    rule = [("---:" if number in right else "---") for number in range(len(columns))]
    return Markdown("\n".join(f"| {' | '.join(cells)} |" for cells in (columns, rule, *rows)))


def folded(summary: Markdown, *contents: Markdown) -> Markdown:
    """Return contents behind a line that opens them."""
    return joined([Markdown(f"<details><summary>{summary}</summary>"), *contents, Markdown("</details>")])


def joined(contents: Iterable[Markdown]) -> Markdown:
    """Return paragraphs, lists and tables one below the other."""
    return Markdown("\n\n".join(content for content in contents if content))


def _lines(text: str, linked: re.Pattern[str]) -> Markdown:
    lines = (" ".join(line.split()) for line in visible(text).split("\n"))
    return Markdown("<br>".join(_line(line, linked) for line in lines if line))


def _line(line: str, linked: re.Pattern[str]) -> str:
    escaped = linked.sub(lambda match: match[0] + JOINER, line).translate(_INLINE)
    return _AT_START.sub(lambda match: f"{match[0][:-1]}{_REFERENCES[ord(match[0][-1])]}", escaped)
