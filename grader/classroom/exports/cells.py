"""Make texts and numbers safe for one cell of a table that somebody opens in a spreadsheet.

Names and file names come from strangers. A text that a spreadsheet would take for a formula gets an apostrophe
in front (OWASP, "CSV Injection"); characters that no sheet can hold become U+FFFD. Numbers are never touched.
"""

import math
import re
import unicodedata

LONGEST = 32_767  # characters that a cell of Excel holds

# With full-width, small, raised and lowered forms: some programs read them as the plain ones.
_FORMULA = "".join(
    character for character in map(chr, range(0x20, 0x10000)) if unicodedata.normalize("NFKC", character) in "=+-@"
)
# What may stand before a formula: spaces, quotes, and what separates cells. Whatever our quotes say, a program
# that expects semicolons or tabs begins a cell behind each of them.
_BEFORE = r"[\s;\"\u200b\u2060\ufeff\ufffd]"
_BEGINS_FORMULA = re.compile(rf"(?<!{_BEFORE}){_BEFORE}*+(?=[{re.escape(_FORMULA)}])")
_SEPARATOR = re.compile(r"[;\t\n]")
_BEGINS_CELL = ("\t", "\n")
# Controls but tab and newline, surrogates, and what XML forbids.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def to_cell_text(text: str) -> str:
    """Return `text` as any file format can hold it: line ends as newlines, unfit characters as U+FFFD, cut."""
    text = _UNFIT.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def defuse(text: str) -> str:
    """Return `text` so that no spreadsheet takes it, or a part behind a separator, for a formula."""
    text = _BEGINS_FORMULA.sub(_with_apostrophes, to_cell_text(text))
    return to_cell_text("'" + text if text.startswith(_BEGINS_CELL) else text)


def _with_apostrophes(before: re.Match[str]) -> str:
    return ("'" if before.start() == 0 else "") + _SEPARATOR.sub(r"\g<0>'", before.group())


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet could take the whole of `text` for a formula."""
    return defuse(text) != to_cell_text(text)


def to_cell_number(value: float | None) -> float | int | None:
    """Return a number for a cell: whole ones without ".0", nothing for what is no number."""
    if value is None or not math.isfinite(value):
        return None
    return int(value) if value == int(value) else value


def format_number(value: float | None) -> str:
    """Return a number for a CSV file: a decimal point in every language, an empty cell where there is none."""
    number = to_cell_number(value)
    return "" if number is None else format(number, ".10g") if isinstance(number, float) else str(number)
