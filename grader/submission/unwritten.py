"""Find the functions of a submission that are still as in the stub, by their source. Nothing is run."""

import ast
from collections.abc import Iterable

from grader.core.syntax_trees import parse_or_none

MAX_SOURCE = 200_000  # characters of a cell or script, whose syntax tree takes a thousand times as much memory


def find_unwritten_functions(sources: Iterable[str]) -> frozenset[str]:
    """Return the names of functions at the top level that do nothing, or only raise `NotImplementedError`.

    Of several functions with one name, the last counts, as in Python. A name that is bound in any other way too,
    by an assignment, an import or a class, may be something else in the end. Source that is no Python has none,
    nor has what is far longer than any stub.
    """
    bound_otherwise: set[str] = set()
    is_unwritten: dict[str, bool] = {}
    for source in sources:
        tree = parse_or_none(source) if len(source) <= MAX_SOURCE else None
        for statement in tree.body if tree is not None else []:
            if isinstance(statement, ast.FunctionDef):
                is_unwritten[statement.name] = all(map(_does_nothing, statement.body))
            else:
                bound_otherwise |= _bound_names(statement)
    return frozenset(name for name, unwritten in is_unwritten.items() if unwritten) - bound_otherwise


def _bound_names(statement: ast.stmt) -> set[str]:
    """Return the names that a statement may bind, those within it too."""
    names: set[str] = set()
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                names.add(name)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.alias(name=name, asname=other):
                names.add(other or name)
            case _:
                pass
    return names


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
