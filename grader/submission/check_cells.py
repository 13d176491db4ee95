"""Leave out the cells of a notebook that only check it: `from grader import check`, `check("digits", "scale")`."""

import ast
from collections.abc import Sequence

from grader.core.syntax_trees import bound_names, parse_or_none, read_names
from grader.protocol.submission import Unit

NAME = "check"
MAX_SOURCE = 2_000  # characters of such a cell


def leave_out_checks(units: Sequence[Unit]) -> tuple[Unit, ...]:
    """Return the units without those that only check; all of them where `check` is something of the author's."""
    trees = {id(unit): parse_or_none(unit.source) for unit in units if NAME in unit.source}
    statements = [s for tree in trees.values() if tree is not None for s in tree.body]
    binding = [statement for statement in statements if NAME in bound_names(statement)]
    if None in trees.values() or not binding or not all(map(_is_import, binding)):
        return tuple(units)
    checking = {id(unit) for unit in units if _only_checks(unit, trees.get(id(unit)))}
    others = [tree for key, tree in trees.items() if key not in checking and tree is not None]
    if any(NAME in read_names(tree) for tree in others):  # the import is needed there
        return tuple(units)
    return tuple(unit for unit in units if id(unit) not in checking)


def _only_checks(unit: Unit, tree: ast.Module | None) -> bool:
    if tree is None or len(unit.source) > MAX_SOURCE:
        return False
    return all(_is_import(statement) or _is_check(statement) for statement in tree.body)


def _is_import(statement: ast.stmt) -> bool:
    match statement:
        case ast.ImportFrom(module="grader", level=0, names=[ast.alias(name="check", asname=None)]):
            return True
        case _:
            return False


def _is_check(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Name(id="check"), args=arguments, keywords=options)):
            values = [*arguments, *(option.value for option in options)]
            return all(isinstance(value, ast.Constant) for value in values)
        case _:
            return False
