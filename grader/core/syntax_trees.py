"""Questions about Python syntax trees that several rooms ask: which names a statement binds and reads."""

import ast
import threading

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
# Python up to 3.11.7 and 3.12.1 counts how deep it is in a tree for all threads together, and raises `SystemError`
# where two of them parse at once: https://github.com/python/cpython/issues/106905
_parsing = threading.Lock()


def parse_python(source: str | bytes) -> ast.Module:
    """Return the syntax tree of a text, one thread at a time.

    Raises:
        SyntaxError: it is no Python.
        ValueError: it has null characters, in Python 3.11.
        RecursionError, MemoryError: it is nested too deeply.
    """
    with _parsing:
        return ast.parse(source)


def bound_names(statement: ast.stmt) -> set[str]:
    """Return the names that a statement at the top level of a module binds: by `=`, `def`, `import`, `for`, ...

    Names inside functions, classes and lambdas are their own and do not count.
    """
    names: set[str] = set()
    open_ends: list[ast.AST] = [statement]
    while open_ends:
        node = open_ends.pop()
        if isinstance(node, DEFINITIONS):
            names.add(node.name)
            continue
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        open_ends += ast.iter_child_nodes(node)
    return names


def read_names(node: ast.AST) -> set[str]:
    """Return every name anywhere in `node`, functions included, that is read or deleted."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Store)}


def mentioned_names(node: ast.AST) -> set[str]:
    """Return every name anywhere in `node`, whether it is read, bound or deleted."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def is_docstring(node: ast.AST) -> bool:
    """Return whether a statement is nothing but a text."""
    return (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    )


def is_main_block(node: ast.AST) -> bool:
    """Return whether a statement is `if __name__ == "__main__":`, which the grader does not run."""
    return isinstance(node, ast.If) and "__name__" in mentioned_names(node.test)


def is_main_guard(node: ast.AST) -> bool:
    """Return whether a statement is exactly `if __name__ == "__main__":` without `else`, which never runs here."""
    match node:
        case ast.If(
            test=ast.Compare(left=ast.Name(id="__name__"), ops=[ast.Eq()], comparators=[ast.Constant("__main__")]),
            orelse=[],
        ):
            return True
        case _:
            return False


def parse_or_none(source: str) -> ast.Module | None:
    """Return the syntax tree of a text; None where it is no Python, or nested too deeply to be parsed."""
    try:
        return parse_python(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
