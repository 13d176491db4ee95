"""Whether what students get holds lines of a solution: a stub that was overwritten by it is the usual accident.

Lines are compared, not meanings: what both must have (imports, docstrings, signatures, `return model`) is left
out. A line that is given on purpose says so with the comment `# given`; on the first line of a function or class
it stands for all of it.
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

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
SHORTEST = 8  # characters without spaces: shorter lines are in every program
_GIVEN = re.compile(r"#\s*given\b", re.IGNORECASE)
_REMARK = re.compile(r"(?:\s|^)#.*$")
# Says nothing about a solution: brackets, one name that is returned or begun, an `else`, the stub's own line, and
# what stub and solution share (once more: a cell with one of IPython's commands is no Python that can be parsed).
_COMMON = re.compile(
    r"[\W_]*|return[\w.]*|\w+=[\[{(]|(?:else|try|finally|except\w*):|pass|raiseNotImplementedError\b.*"
    r"|import\w.*|from\w.*import.*|(?:async)?def\w+\(.*\)(?:->.*)?:|class\w.*:"
)


class LeakError(UserError):
    """A file for students holds what they must not get. `text` says where."""


class Place(NamedTuple):
    """A line of a file, in a notebook of a cell (0: not in a cell)."""

    text: str
    line: int
    cell: int | None = None


def refuse_leaks(stub: Path, reference: Path) -> None:
    """Raise `LeakError` where the stub holds a line of a solution, or a notebook holds outputs.

    `reference`: the exercise's folder of solutions. Of its variants only what stands in functions counts: around
    them they repeat the stub.
    """
    known: dict[str, Path] = {}
    for variant in sorted((reference / "variants").glob("*")):
        if variant.suffix in (".py", ".ipynb"):
            known |= dict.fromkeys(telling(variant, only_functions=True), variant)
    for solution in sorted(reference.glob("*")):
        if solution.suffix in (".py", ".ipynb"):
            known |= dict.fromkeys(telling(solution), solution)
    for place in _places(stub):
        if held := known.get(_key(place.text)):
            raise LeakError(_leak(stub, place, held))


def telling(path: Path, *, only_functions: bool = False) -> set[str]:
    """Return the lines of a solution, without spaces, that give it away."""
    if path.suffix == ".ipynb":
        sources = [source for _, source in _cells(_notebook(path), "code")]
    else:
        sources = [_read(path)]
    keys = {_key(line) for source in sources for line in _code(source, only_functions).values()}
    return {key for key in keys if len(key) >= SHORTEST and not _COMMON.fullmatch(key)}


def _key(line: str) -> str:
    line = line.strip().removeprefix(">>>").lstrip("# ")
    return "".join(_REMARK.sub("", line).split())


def _code(source: str, only_functions: bool) -> dict[int, str]:
    """Return the lines that say how something is done, by number, without remarks."""
    lines = dict(enumerate(_without_comments(source), start=1))
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return {} if only_functions else lines
    within: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, _FUNCTIONS):
            within |= _range(node)
        for number in _not_telling(node):
            lines.pop(number, None)
    return {number: line for number, line in lines.items() if number in within or not only_functions}


def _range(node: ast.stmt) -> set[int]:
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def _not_telling(node: ast.AST) -> Iterable[int]:
    if isinstance(node, ast.Import | ast.ImportFrom):
        return _range(node)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return _range(node)
    if isinstance(node, _FUNCTIONS):
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        return range(first, node.body[0].lineno)
    if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test):
        return _range(node)
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


def _places(stub: Path) -> Iterator[Place]:
    """Return every line of a stub that is not given on purpose: of a notebook, of all that is in it."""
    if stub.suffix != ".ipynb":
        yield from _not_given(_read(stub), None)
        return
    notebook = _notebook(stub)
    for number, source in _cells(notebook):
        yield from _not_given(source, number)
    for text in _strings(_rest(notebook)):
        yield from (Place(line, number, 0) for number, line in enumerate(text.splitlines(), start=1))
    for number, cell in enumerate(notebook["cells"], start=1):
        if isinstance(cell, dict) and (cell.get("outputs") or cell.get("attachments")):
            raise LeakError(
                _(
                    "{file} holds outputs or attachments in cell {cell}, which show what a solution gives. Clear "
                    "all outputs and save it.",
                    file=_shown(stub),
                    cell=number,
                )
            )


def _not_given(source: str, cell: int | None) -> Iterator[Place]:
    lines = source.splitlines()
    given = {number for number, line in enumerate(lines, start=1) if _GIVEN.search(line)}
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        tree = ast.Module([], [])
    for node in ast.walk(tree):
        if isinstance(node, _FUNCTIONS) and node.lineno in given:
            given |= _range(node)
    for number, line in enumerate(lines, start=1):
        if number not in given:
            yield Place(line, number, cell)


def _cells(notebook: dict[str, Any], kind: str = "") -> Iterator[tuple[int, str]]:
    """Return the number of each cell, counted from 1, with its text; with a `kind`, only those of it."""
    for number, cell in enumerate(notebook["cells"], start=1):
        if not isinstance(cell, dict) or kind not in ("", cell.get("cell_type")):
            continue
        source = cell.get("source", "")
        yield number, "".join(map(str, source)) if isinstance(source, list) else str(source)


def _rest(notebook: dict[str, Any]) -> Any:
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
        raise LeakError(_("{file} is not a notebook that Jupyter can read. Make it anew.", file=_shown(path)))
    return notebook


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LeakError(
            _(
                "{file} cannot be read ({error}), so nobody knows what is in it.",
                file=_shown(path),
                error=type(error).__name__,
            )
        ) from None


def _shown(path: Path) -> str:
    return "/".join(path.parts[-2:])


def _leak(stub: Path, place: Place, solution: Path) -> Message:
    if place.cell is None:
        where = _("line {line}", line=place.line)
    elif place.cell:
        where = _("cell {cell}, line {line}", cell=place.cell, line=place.line)
    else:
        where = _("outside of its cells")
    return _(
        "Not released: {file}, {where}, has a line of {solution}: {text}\nPut the stub back. If students are to "
        "get this line, end it with the comment: # given",
        file=_shown(stub),
        where=where,
        solution=_shown(solution),
        text=display_name(place.text.strip()),
    )
