"""Mutations of tables: entries of dicts, sets and lists swapped, left out, or replaced by those of a neighbour."""

import ast
from collections.abc import Iterator, Sequence
from itertools import pairwise

from grader.authoring.validation.mutants.change import SourceEdit
from grader.authoring.validation.mutants.context import COSMETIC_ARGUMENTS, is_cosmetic
from grader.authoring.validation.mutants.source import Scope


def entries(scope: Scope) -> Iterator[SourceEdit]:
    """Two neighbouring keys with each other's values, or a key left out."""
    for table in scope.nodes_of(ast.Dict):
        pairs = _pairs(table)
        if len(pairs) != len(table.keys) or is_cosmetic(scope, table):
            continue
        eligible = [pair for pair in pairs if pair[0] not in COSMETIC_ARGUMENTS]
        for (name, _, first), (other, _, second) in pairwise(eligible):
            yield from _swapped(scope, first, second, f"{name}<->{other}")
        for index, (name, key, value) in enumerate(pairs):
            if name not in COSMETIC_ARGUMENTS and len(pairs) > 1:
                # An entry is a key and a value: it ends where the next begins.
                bounds: list[ast.AST] = [pairs[index - 1][2], value] if index else [key, pairs[1][1]]
                edit = scope.source.remove_part(bounds, 1 if index else 0)
                yield SourceEdit(f"without {name}", (edit,))


def columns(scope: Scope) -> Iterator[SourceEdit]:
    """The cell of a neighbouring row, in tables of rows."""
    for table in scope.nodes:
        for (row, above), (other, below) in pairwise(_rows(table)):
            for column in above:
                if column in below:
                    yield from _swapped(scope, above[column], below[column], f"{row}<->{other} {column}")


def members(scope: Scope) -> Iterator[SourceEdit]:
    """A set without one of its members, or with one of another set's."""
    sets = list(scope.nodes_of(ast.Set))
    all_members = [m.value for s in sets for m in s.elts if isinstance(m, ast.Constant)]
    for node in sets:
        own = [m.value for m in node.elts if isinstance(m, ast.Constant)]
        for index, member in enumerate(own):
            edit = (
                scope.source.replace(node, "set()")
                if len(own) == 1
                else scope.source.remove_part(node.elts, index)
            )
            yield SourceEdit(f"without {member!s}", (edit,))
        added = next((value for value in all_members if value not in own), None)
        if added is not None and own:
            text = f"{scope.source.segment(node)[:-1].rstrip().rstrip(',')}, {added!r}}}"
            yield SourceEdit(f"with {added!s}", (scope.source.replace(node, text),))


def texts(scope: Scope) -> Iterator[SourceEdit]:
    """Another of the texts that a function returns, or that a table holds."""
    values = list(_texts(scope))
    words = list(dict.fromkeys(str(v.value) for v in values))
    for node in values:
        other = words[(words.index(str(node.value)) + 1) % len(words)]
        if other != node.value:
            yield SourceEdit(f"{node.value!s}->{other}", (scope.source.replace(node, repr(other)),))


def _texts(scope: Scope) -> Iterator[ast.Constant]:
    for node in scope.nodes_of(ast.Constant):
        parent = scope.parents.get(node)
        if not isinstance(node.value, str) or is_cosmetic(scope, node):
            continue
        is_result = isinstance(parent, ast.Return | ast.IfExp)
        is_cell = isinstance(scope.node, ast.Assign | ast.AnnAssign) and (
            isinstance(parent, ast.List | ast.Tuple) or (isinstance(parent, ast.Dict) and node in parent.values)
        )
        if is_result or is_cell:
            yield node


def _swapped(scope: Scope, first: ast.expr, second: ast.expr, what: str) -> Iterator[SourceEdit]:
    if ast.dump(first) != ast.dump(second):
        edits = (
            scope.source.replace(first, scope.source.segment(second)),
            scope.source.replace(second, scope.source.segment(first)),
        )
        yield SourceEdit(what, edits)


def _pairs(table: ast.Dict) -> list[tuple[str, ast.Constant, ast.expr]]:
    """Return the entries of a dict whose keys are written out."""
    pairs = zip(table.keys, table.values, strict=True)
    return [(f"{k.value!s}", k, v) for k, v in pairs if isinstance(k, ast.Constant)]


def _rows(table: ast.AST) -> Sequence[tuple[str, dict[str, ast.expr]]]:
    """Return the rows of a dict of dicts, of a list of dicts, of a list of tuples or lists."""
    match table:
        case ast.Dict():
            named = [(name, value) for name, _, value in _pairs(table)]
        case ast.List() | ast.Tuple():
            named = [(str(index), value) for index, value in enumerate(table.elts)]
        case _:
            return ()
    rows = [(name, _cells(value)) for name, value in named]
    return rows if len(rows) > 1 and all(cells for _, cells in rows) else ()


def _cells(row: ast.expr) -> dict[str, ast.expr]:
    match row:
        case ast.Dict():
            return {name: value for name, _, value in _pairs(row)}
        case ast.List() | ast.Tuple():
            return {str(index): value for index, value in enumerate(row.elts)}
        case _:
            return {}
