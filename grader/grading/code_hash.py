"""Hashes the grader's code that runs behind the walls.

The hash is part of the keys of stored runs and of stored evidence: when this code changes, they are not used any
more. Code that only judges is not hashed. The modules are found by following the imports in the sources.
"""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from grader.core.syntax_trees import parse_python

PACKAGE = Path(__file__).resolve().parent.parent
# The modules that imports are followed from: what runs behind the walls, and what starts it and reads its results.
INSIDE = ("grader.sandbox.inside.child", "grader.sandbox.run", "grader.sandbox.walls.enter")


@cache
def code_hash() -> str:
    """Return the SHA-256, in hex, of the paths and contents of all files that `code_inside` names."""
    digest = hashlib.sha256()
    for path in code_inside():
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def code_inside() -> tuple[Path, ...]:
    """Return the files of `INSIDE` and of all the grader's modules that these import, directly or not; sorted."""
    visited: set[Path] = set()
    to_visit = [path for name in INSIDE if (path := _file_of(name)) is not None]
    while to_visit:
        path = to_visit.pop()
        if path in visited:
            continue
        visited.add(path)
        # The package itself only offers `check` to notebooks; behind the walls, the child replaces it.
        if path != PACKAGE / "__init__.py":
            to_visit += [p for name in _imported_names(path) if (p := _file_of(name)) is not None]
    return tuple(sorted(visited))


def _imported_names(path: Path) -> Iterator[str]:
    """Yield the dotted names that a file imports, at its top or in functions. Some name no module but a symbol."""
    for node in ast.walk(parse_python(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _file_of(module: str) -> Path | None:
    """Return the file of one of the grader's modules, else None."""
    first, *parts = module.split(".")
    if first != PACKAGE.name:
        return None
    path = PACKAGE.joinpath(*parts)
    return next((p for p in (path.with_suffix(".py"), path / "__init__.py") if p.is_file()), None)
