"""Sentences about files that are not Python: quotation marks, indentation, merge conflicts, terminal commands."""

import re

from grader.core.i18n import Words, _
from grader.evidence.error_texts.rule import RaisedError, Rule, rule

_QUOTES = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a\u2032\u2033\u00b4\u0060"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212"
_CONFLICT = re.compile(r"^(?:<{7}|={7}|>{7}|\|{7})(?:\s|$)")
_COMMAND = re.compile(r"^\s*(?:!|%)?(?:pip3?|conda|python3?|git|cd|ls|apt(?:-get)?) [\w./-]")


def _character(match: re.Match[str], _error: RaisedError) -> Words:
    character = match[1]
    if character in _QUOTES:
        return _(
            "the quotation mark {character} comes from a word processor or a web page, and is not one of "
            "Python's. Type \" or ' in its place, also at the other end of the text.",
            character=character,
        )
    if character in _DASHES:
        return _(
            "the dash {character} comes from a word processor or a web page, and is not Python's minus. Type - in "
            "its place.",
            character=character,
        )
    return _(
        "the character {character} ({code}) has no meaning in Python. It was probably copied from somewhere: type "
        "the line again.",
        character=character,
        code=match[2],
    )


def _invisible(match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "there is an invisible character in this line ({code}), as web pages and PDFs have them in place of "
        "spaces. Delete the spaces of this line and type them again.",
        code=match[1],
    )


def _conflict_or_command(_match: re.Match[str], error: RaisedError) -> Words | None:
    line = error.facts.lines[-1] if error.facts.lines else ""
    if _CONFLICT.match(line):
        return _(
            "git left a merge conflict here: two versions of the same lines, marked by <<<<<<<, ======= and "
            ">>>>>>>. Keep one of the two and delete the lines with these marks."
        )
    if _COMMAND.match(line):
        return _(
            "this is a command for the terminal and not Python: {line}. Delete the line.",
            line=line.strip(),
        )
    return None


def _indentation(_match: re.Match[str], error: RaisedError) -> Words | None:
    facts = error.facts
    if not facts.lines or not facts.frames or "expected an indented block" in error.reason:
        return None
    last = facts.frames[-1].line
    first = last - len(facts.lines) + 1
    listing = "\n".join(f"{number}: {_show_indentation(line)}" for number, line in enumerate(facts.lines, first))
    if facts.type == "TabError":
        return _(
            "some lines are indented with tabs (→) and some with spaces (·), which Python takes for different "
            "things. Indent with four spaces everywhere; editors can convert the tabs of a file.\n{listing}",
            listing=listing,
        )
    return _(
        "the indentation of line {line} fits none of the lines before ({error}). Lines of one block begin at the "
        "same column; here · is a space and → a tab:\n{listing}",
        line=last,
        error=error.reason,
        listing=listing,
    )


def _show_indentation(line: str) -> str:
    text = line.lstrip(" \t")
    return line[: len(line) - len(text)].replace(" ", "·").replace("\t", "→") + text


def _windows_path(_match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "there is a path of a Windows computer in quotation marks, in which Python reads \\U or \\x as the "
        "beginning of a character. Your disk cannot be seen where this runs anyway: use the data that the "
        "functions are handed."
    )


def _return_outside(match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "'{word}' stands outside of a function. Is the line, or one above it, indented too little?", word=match[1]
    )


def _await_outside(_match: re.Match[str], _error: RaisedError) -> Words:
    return _("'await' stands in an ordinary function. Nothing has to be awaited here: leave await out.")


def _comma_in_number(_match: re.Match[str], error: RaisedError) -> Words | None:
    line = error.facts.lines[-1] if error.facts.lines else ""
    number = re.search(r"=\s*(\d+),(\d+)\s*(?:[,)]|$)", line)
    if number is None:
        return None
    return _(
        "numbers have a point in Python, no comma: write {right} in place of {written}.",
        right=f"{number[1]}.{number[2]}",
        written=f"{number[1]},{number[2]}",
    )


def _per_cent(_match: re.Match[str], error: RaisedError) -> Words | None:
    line = error.facts.lines[-1] if error.facts.lines else ""
    number = re.search(r"(?<![\w.])(\d{1,3}(?:\.\d+)?)\s*%\s*(?:[,)]|$)", line)
    if number is None:
        return None
    return _(
        "Python knows no per cent: write {right} in place of {written}%.",
        right=f"{float(number[1]) / 100:g}",
        written=number[1],
    )


SYNTAX: tuple[Rule, ...] = (
    rule(r"invalid character '(.)' \((U\+[0-9A-F]+)\)", _character),
    rule(r"invalid non-printable character (U\+[0-9A-F]+)", _invisible),
    rule(r"'unicodeescape' codec can't decode", _windows_path),
    rule(r"^(?:TabError|IndentationError)", _indentation),
    rule(r"'(return|yield)' outside function", _return_outside),
    rule(r"'await' outside (?:async )?function", _await_outside),
    rule(r"positional argument follows keyword argument", _comma_in_number),
    rule(r"^SyntaxError", _conflict_or_command),
    rule(r"^SyntaxError", _per_cent),
)
