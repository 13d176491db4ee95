"""Reduce the cells that were run in a notebook to those that matter, as if each had been run once.

Somebody who works in a notebook runs cells again and again, mends them in between, and leaves traces that are not
on the page any more. What is dropped here is what no longer matters for the names that are there now; where that
cannot be told, a cell stays. Pure: nothing is run.
"""

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import msgspec

from grader.core.syntax_trees import DEFINITIONS, bound_names, parse_python, read_names
from grader.submission import ipython_commands

IsCheck = Callable[[ast.expr], bool]
"""Whether an expression names this very check."""


class ExecutedCell(msgspec.Struct, frozen=True):
    """One cell as it was run. `number` is Jupyter's `[7]`; `failed`: it is known to have stopped with an error."""

    number: int
    source: str
    failed: bool = False


@dataclass
class _Cell:
    number: int
    lines: list[str]
    statements: list[ast.stmt]
    failed: bool
    text: str = ""
    bound: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)


def effective_cells(executed: Sequence[ExecutedCell], is_check: IsCheck) -> tuple[ExecutedCell, ...]:
    """Return the cells that still matter, in the order in which they were run, with the lines where they stood.

    Dropped are cells that are no Python, calls of the check itself and what is done with their results, cells that
    were run again unchanged, cells that failed and of which nothing is left, and definitions that were replaced
    before anybody used them.
    """
    remove_commands = ipython_commands.CommandRemover()
    cells = [cell for one in executed if (cell := _parsed(one, remove_commands)) is not None]
    of_checks: set[str] = set()
    for cell in cells:
        _blank(cell, [s for s in cell.statements if _is_of_check(s, is_check, of_checks)])
        cell.bound = set().union(*map(bound_names, cell.statements))
        cell.read = set().union(*map(read_names, cell.statements))
    cells = [cell for i, cell in enumerate(cells) if not _superseded(cell, cells[i + 1 :])]
    _drop_replaced_definitions(cells)
    texts = [ExecutedCell(cell.number, "\n".join(cell.lines), cell.failed) for cell in cells]
    return tuple(one for one in texts if one.source.strip())


def _parsed(one: ExecutedCell, remove_commands: ipython_commands.CommandRemover) -> _Cell | None:
    source = one.source.replace("\r\n", "\n").replace("\r", "\n")
    try:
        statements = parse_python(remove_commands(source)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError, ipython_commands.TooMuchWorkError):
        return None
    return _Cell(one.number, source.split("\n"), statements, one.failed, source.strip())


def _superseded(cell: _Cell, later: Sequence[_Cell]) -> bool:
    if cell.failed and cell.bound <= set().union(*(other.bound for other in later if not other.failed)):
        return True
    for i, other in enumerate(later):
        if other.text == cell.text:
            return not any(cell.bound & between.read for between in later[:i])
    return False


def _drop_replaced_definitions(cells: Sequence[_Cell]) -> None:
    flat = [(cell, statement) for cell in cells for statement in cell.statements]
    dead: list[tuple[_Cell, ast.stmt]] = []
    for i, (cell, statement) in enumerate(flat):
        if not isinstance(statement, DEFINITIONS):
            continue
        for j in range(i + 1, len(flat)):
            if statement.name in bound_names(flat[j][1]):
                between = [other for _, other in flat[i + 1 : j]]
                if not _used(statement.name, between, flat[j][1]):
                    dead.append((cell, statement))
                break
    for cell in cells:
        _blank(cell, [statement for holder, statement in dead if holder is cell])


def _used(name: str, between: Sequence[ast.stmt], replacement: ast.stmt) -> bool:
    """Whether a definition may have been used before its replacement: something ran, and the name was read."""
    at_once = _evaluated(replacement)
    if any(name in read_names(node) for node in at_once):
        return True
    ran = any(_evaluated(statement) for statement in between)
    return ran and any(name in read_names(statement) for statement in between)


def _evaluated(statement: ast.stmt) -> list[ast.AST]:
    """Return what is evaluated when a statement runs; of a function that is all but its body."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        arguments = statement.args
        defaults = [*arguments.defaults, *filter(None, arguments.kw_defaults)]
        noted = [a.annotation for a in ast.walk(arguments) if isinstance(a, ast.arg) and a.annotation]
        returns = [statement.returns] if statement.returns else []
        return [*statement.decorator_list, *defaults, *noted, *returns]
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return []
    return [statement]


def _is_of_check(statement: ast.stmt, is_check: IsCheck, of_checks: set[str]) -> bool:
    """Whether a statement only checks, or looks at what a check returned. Keeps the names of such results."""
    calls = (node.func for node in ast.walk(statement) if isinstance(node, ast.Call))
    is_about_check = not isinstance(statement, DEFINITIONS) and (
        bool(read_names(statement) & of_checks)
        or (isinstance(statement, ast.Expr | ast.Assign | ast.Assert) and any(map(is_check, calls)))
    )
    if is_about_check:
        of_checks |= bound_names(statement)
    else:
        of_checks -= bound_names(statement)
    return is_about_check


def _blank(cell: _Cell, removed: Sequence[ast.stmt]) -> None:
    """Empty the lines of statements. Those that share a line with others stay: they do no harm."""
    for statement in removed:
        lines = _lines(statement)
        if not any(lines & _lines(other) for other in cell.statements if other is not statement):
            cell.statements.remove(statement)
            for line in lines:
                cell.lines[line - 1] = ""


def _lines(statement: ast.stmt) -> set[int]:
    decorators = statement.decorator_list if isinstance(statement, DEFINITIONS) else []
    first = min([statement.lineno, *(decorator.lineno for decorator in decorators)])
    return set(range(first, (statement.end_lineno or statement.lineno) + 1))
