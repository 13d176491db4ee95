"""Find lines of a solution in the files for students: usually a stub was overwritten by its solution.

Lines are compared, not meanings: what both must have (imports, docstrings, signatures, `return model`) is left
out. A line that students are to get although a solution has it ends with the comment `# given`; on the first line
of a function or class the comment counts for all of it.
"""

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from grader.core.errors import UserError
from grader.core.i18n import Message, _
from grader.core.sanitize import display_name
from grader.core.syntax_trees import DEFINITIONS, is_docstring, is_main_block, parse_or_none

MIN_LINE_LENGTH = 8  # characters without spaces: shorter lines are in every program
_GIVEN_MARK = re.compile(r"#\s*given\b", re.IGNORECASE)
_REMARK = re.compile(r"(?:\s|^)#.*$")
# Says nothing about a solution: brackets, one name that is returned or begun, an `else`, the stub's own line, and
# what stub and solution share (once more: a cell with one of IPython's commands is no Python that can be parsed).
_COMMON = re.compile(
    r"[\W_]*|return[\w.]*|\w+=[\[{(]|(?:else|try|finally|except\w*):|pass|raiseNotImplementedError\b.*"
    r"|import\w.*|from\w.*import.*|(?:async)?def\w+\(.*\)(?:->.*)?:|class\w.*:"
)


class LeakError(UserError):
    """A file for students holds what they must not get. `text` says where."""


class SourceLine(NamedTuple):
    """A line of a file, in a notebook of a cell (0: not in a cell)."""

    text: str
    line: int
    cell: int | None = None


def refuse_leaks(stub: Path, reference: Path) -> None:
    """Raise `LeakError` where the stub holds a line of a solution, or a notebook holds outputs.

    `reference`: the exercise's folder of solutions. Of its variants only what stands in functions counts: around
    them they repeat the stub.
    """
    solution_of_line: dict[str, Path] = {}
    for variant in sorted((reference / "variants").glob("*")):
        if variant.suffix in (".py", ".ipynb"):
            solution_of_line |= dict.fromkeys(find_telling_lines(variant, only_functions=True), variant)
    for solution in sorted(reference.glob("*")):
        if solution.suffix in (".py", ".ipynb"):
            solution_of_line |= dict.fromkeys(find_telling_lines(solution), solution)
    for line in _student_lines(stub):
        if source := solution_of_line.get(_key(line.text)):
            raise LeakError(_describe_leak(stub, line, source))


def find_telling_lines(path: Path, *, only_functions: bool = False) -> set[str]:
    """Return the lines of a solution, without spaces, that give it away."""
    if path.suffix == ".ipynb":
        sources = [source for _, source in _cells(_notebook(path), "code")]
    else:
        sources = [_read(path)]
    keys = {_key(line) for source in sources for line in _telling_lines(source, only_functions).values()}
    return {key for key in keys if len(key) >= MIN_LINE_LENGTH and not _COMMON.fullmatch(key)}


def _key(line: str) -> str:
    line = line.strip().removeprefix(">>>").lstrip("# ")
    return "".join(_REMARK.sub("", line).split())


def _telling_lines(source: str, only_functions: bool) -> dict[int, str]:
    """Return the lines that say how something is done, by number, without remarks."""
    lines = dict(enumerate(_without_comments(source), start=1))
    tree = parse_or_none(source)
    if tree is None:
        return {} if only_functions else lines
    within: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, DEFINITIONS):
            within |= _line_numbers(node)
        for number in _lines_in_common(node):
            lines.pop(number, None)
    return {number: line for number, line in lines.items() if number in within or not only_functions}


def _line_numbers(node: ast.stmt) -> set[int]:
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def _lines_in_common(node: ast.AST) -> Iterable[int]:
    if isinstance(node, ast.Import | ast.ImportFrom) or is_docstring(node) or is_main_block(node):
        assert isinstance(node, ast.stmt)
        return _line_numbers(node)
    if isinstance(node, DEFINITIONS):
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        return range(first, node.body[0].lineno)
    return ()


def _without_comments(source: str) -> list[str]:
    lines = source.splitlines()
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                row, column = token.start
                lines[row - 1] = lines[row - 1][:column]
    except (tokenize.TokenError, SyntaxError, IndexError):
        pass  # as far as it can be read
    return lines


def _student_lines(stub: Path) -> Iterator[SourceLine]:
    """Return every line of a stub that is not given on purpose: of a notebook, of all that is in it."""
    if stub.suffix != ".ipynb":
        yield from _lines_not_given(_read(stub), None)
        return
    notebook = _notebook(stub)
    for number, source in _cells(notebook):
        yield from _lines_not_given(source, number)
    for text in _strings(_without_sources(notebook)):
        yield from (SourceLine(line, number, 0) for number, line in enumerate(text.splitlines(), start=1))
    for number, cell in enumerate(notebook["cells"], start=1):
        if isinstance(cell, dict) and (cell.get("outputs") or cell.get("attachments")):
            raise LeakError(
                _(
                    "{file} holds outputs or attachments in cell {cell}, which show what a solution gives. Clear "
                    "all outputs and save it.",
                    file=_short_path(stub),
                    cell=number,
                )
            )


def _lines_not_given(source: str, cell: int | None) -> Iterator[SourceLine]:
    lines = source.splitlines()
    marked_lines = {number for number, line in enumerate(lines, start=1) if _GIVEN_MARK.search(line)}
    tree = parse_or_none(source)
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, DEFINITIONS) and node.lineno in marked_lines:
            marked_lines |= _line_numbers(node)
    for number, line in enumerate(lines, start=1):
        if number not in marked_lines:
            yield SourceLine(line, number, cell)


def _cells(notebook: dict[str, Any], kind: str = "") -> Iterator[tuple[int, str]]:
    """Return the number of each cell, counted from 1, with its text; with a `kind`, only those of it."""
    for number, cell in enumerate(notebook["cells"], start=1):
        if not isinstance(cell, dict) or kind not in ("", cell.get("cell_type")):
            continue
        source = cell.get("source", "")
        yield number, "".join(map(str, source)) if isinstance(source, list) else str(source)


def _without_sources(notebook: dict[str, Any]) -> Any:
    """Return what a notebook holds besides the text of its cells."""
    cells = [
        {k: v for k, v in c.items() if k != "source"} if isinstance(c, dict) else c for c in notebook["cells"]
    ]
    return notebook | {"cells": cells}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield key
            yield from _strings(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from _strings(entry)


def _notebook(path: Path) -> dict[str, Any]:
    try:
        notebook = json.loads(_read(path))
    except (ValueError, RecursionError):
        notebook = None
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise LeakError(_("{file} is not a notebook that Jupyter can read. Make it anew.", file=_short_path(path)))
    return notebook


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LeakError(
            _(
                "{file} cannot be read ({error}), so nobody knows what is in it.",
                file=_short_path(path),
                error=type(error).__name__,
            )
        ) from None


def _short_path(path: Path) -> str:
    return "/".join(path.parts[-2:])


def _describe_leak(stub: Path, line: SourceLine, solution: Path) -> Message:
    if line.cell is None:
        where = _("line {line}", line=line.line)
    elif line.cell:
        where = _("cell {cell}, line {line}", cell=line.cell, line=line.line)
    else:
        where = _("outside of its cells")
    return _(
        "Not released: {file}, {where}, has a line of {solution}: {text}\nPut the stub back. If students are to "
        "get this line, end it with the comment: # given",
        file=_short_path(stub),
        where=where,
        solution=_short_path(solution),
        text=display_name(line.text.strip()),
    )
