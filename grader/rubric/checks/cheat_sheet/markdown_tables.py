"""Read the pipe tables of a notebook's Markdown cells, with markdown-it-py's rule for tables.

Only that rule is on, and indentation is taken away: a table is found wherever it stands, also in a fence or
between HTML tags. Source: https://github.github.com/gfm/#tables-extension-
"""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt

# What is read of one cell and of a whole notebook. A sheet has five rows; the bounds keep the time linear, because
# the rule fills short rows up to the width of the header.
MAX_LINES_OF_A_CELL = 1000
MAX_LINES = 5000
MAX_COLUMNS = 64
MAX_LINE_LENGTH = 4000

_RULE = re.compile(r"^[ \t]*[|:-][|:\- \t]*$", re.MULTILINE)  # the line of dashes under a header

Rows = Sequence[Sequence[str]]


def read_markdown_tables(texts: Sequence[str]) -> Iterator[Rows]:
    """Yield each table of some Markdown texts: its rows, header first, as the plain text of their cells.

    A text, and all texts together, are read up to a bound (`MAX_LINES_OF_A_CELL`, `MAX_LINES`); lines that are far
    too long or wide for a sheet end a table.
    """
    lines_left = MAX_LINES
    for text in texts:
        if lines_left > 0 and _RULE.search(text) is not None:
            lines = text.splitlines()[: min(MAX_LINES_OF_A_CELL, lines_left)]
            lines_left -= len(lines)
            yield from _tables(lines)


def _tables(lines: Sequence[str]) -> Iterator[Rows]:
    parser = MarkdownIt("zero").enable("table").disable("inline")
    rows: list[list[str]] = []
    ended = False
    for token in parser.parse("\n".join("" if _is_too_large(line) else line.strip() for line in lines)):
        if token.type == "table_open":
            rows, ended = [], False
        elif token.type == "tr_open":
            # The rule takes any line for a row that follows without an empty line between.
            ended = ended or (token.map is not None and "|" not in lines[token.map[0]])
            if not ended:
                rows.append([])
        elif token.type == "inline" and rows and not ended:
            rows[-1].append(_without_markup(token.content))
        elif token.type == "table_close":
            yield rows


def _is_too_large(line: str) -> bool:
    return len(line) > MAX_LINE_LENGTH or line.count("|") > MAX_COLUMNS


def _without_markup(text: str) -> str:
    text = re.sub(r"<br\s*/?>", ", ", text)
    return re.sub(r"<[^<>]*>|[`*$]|(?<!\w)_|_(?!\w)", "", text).strip()
