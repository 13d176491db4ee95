"""Find the functions of a submission that are still as in the stub, by their source. Nothing is run."""

import ast
from collections.abc import Iterable

from grader.core.syntax_trees import parse_or_none


def find_unwritten_functions(sources: Iterable[str]) -> frozenset[str]:
    """Return the names of functions at the top level that do nothing, or only raise `NotImplementedError`.

    Of several functions with one name, the last counts, as in Python. Source that is no Python has none.
    """
    is_unwritten: dict[str, bool] = {}
    for source in sources:
        tree = parse_or_none(source)
        for statement in tree.body if tree is not None else []:
            if isinstance(statement, ast.FunctionDef):
                is_unwritten[statement.name] = all(map(_does_nothing, statement.body))
    return frozenset(name for name, unwritten in is_unwritten.items() if unwritten)


def _does_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass():
            return True
        case ast.Expr(value=ast.Constant(value=value)):
            return value is ... or isinstance(value, str)
        case ast.Raise(exc=ast.Name(id=name) | ast.Call(func=ast.Name(id=name))):
            return name == "NotImplementedError"
        case _:
            return False
