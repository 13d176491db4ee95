"""TODO: grader/grading/code_hash.py."""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
# What runs inside the walls, and what sends it there and takes what comes back.
INSIDE = ("grader.sandbox.inside.child", "grader.sandbox.run", "grader.sandbox.walls.enter")


@cache
def code_hash() -> str:
    """Return the SHA-256 of the grader's code inside the walls."""
    digest = hashlib.sha256()
    for path in code_inside():
        digest.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def code_inside() -> tuple[Path, ...]:
    """Return the files of `INSIDE` and of all modules of the grader that these import, sorted."""
    found: set[Path] = set()
    open_ends = [path for name in INSIDE if (path := _file_of(name)) is not None]
    while open_ends:
        path = open_ends.pop()
        if path in found:
            continue
        found.add(path)
        # The package itself only offers `check` to notebooks; inside, the guest's stands in its place.
        if path != PACKAGE / "__init__.py":
            open_ends += [p for name in _imported(path) if (p := _file_of(name)) is not None]
    return tuple(sorted(found))


def _imported(path: Path) -> Iterator[str]:
    """Yield the names that may be modules of what a file imports, wherever it does so."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
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
