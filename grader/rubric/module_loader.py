"""Run a rubric's file with the modules beside it, and describe what an author did wrong in it.

A rubric may import modules that lie beside it: `from mychecks import Sorts`. They are found while that rubric is
read and not a moment longer, so that two exercises may each have a `mychecks` of their own.
"""

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.machinery import FileFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING

from grader.core.errors import HiddenModuleError
from grader.core.i18n import Message, _
from grader.core.syntax_trees import parse_python
from grader.rubric.old_imports import OldImport, old_imports_allowed
from grader.rubric.places import find_place
from grader.rubric.python_mistakes import (
    describe_python_error,
    describe_syntax_error,
    refuse_forbidden_imports,
)

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec


class _UncachedLoader(SourceFileLoader):
    """Compiles the source at every import.

    A cached `.pyc` may be of another text of the same second and length, and would leave files in the course.
    """

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        source = self.get_data(path)
        code: CodeType = self.source_to_code(source, path)
        refuse_forbidden_imports(parse_python(source), path)
        return code


class _FolderFinder:
    """Finds the modules that lie in one folder (an importer for `sys.meta_path`)."""

    def __init__(self, folder: Path) -> None:
        self.finder = FileFinder(str(folder), (_UncachedLoader, [".py"]))
        self.names = {path.stem if path.suffix == ".py" else path.name for path in folder.iterdir()}
        self.names -= {"rubric", "submission"}  # the stub is never run where rubrics are

    def find_spec(self, name: str, path: object = None, target: object = None) -> "ModuleSpec | None":
        """Return what Python needs to import a module of the folder; None for any other."""
        if path is not None or name not in self.names:
            return None
        spec = self.finder.find_spec(name)
        return spec if spec is not None and spec.loader is not None else None


def read_module(path: Path) -> tuple[ModuleType, tuple[OldImport, ...]]:
    """Run a rubric's file.

    Returns:
        The module with all that the file defines, and the imports in it, and in modules beside it, that use old
        names of the grader.

    Raises:
        HiddenModuleError: a file beside the rubric has the name of another Python module.
        Exception: whatever the file raises.
    """
    name = f"rubric of {path.parent.name}"  # no name that could be imported
    spec = importlib.util.spec_from_file_location(name, path, loader=_UncachedLoader(name, str(path)))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with _modules_of(path.parent), old_imports_allowed(path.parent) as used_imports:
        sys.modules[name] = module  # where dataclasses look their annotations up
        spec.loader.exec_module(module)
        return module, used_imports()


@contextmanager
def _modules_of(folder: Path) -> Iterator[None]:
    """Let modules of a folder be imported, and forget them at the end."""
    finder = _FolderFinder(folder)
    before = dict(sys.modules)
    for name in sorted(finder.names):
        if (folder / f"{name}.py").is_file() and (name in sys.stdlib_module_names or name in before):
            raise HiddenModuleError(
                _("{file} has the name of another Python module: call it something else", file=f"{name}.py")
            )
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name, module in list(sys.modules.items()):
            if name not in before and _is_in(folder, module):
                del sys.modules[name]


def _is_in(folder: Path, module: ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    return bool(file) and Path(str(file)).is_relative_to(folder)


def describe_rubric_error(exercise: str, path: Path, error: BaseException) -> Message:
    """Return a sentence for an error that was raised while a rubric was read or its data were made.

    It names the author's own file and line, where the error went through one.
    """
    place = find_place(path.parent, error)
    reason = getattr(error, "text", None)
    if not isinstance(reason, Message) and (plain := describe_python_error(path.parent, error)) is not None:
        reason, line = plain
        place = place and replace(place, line=line or place.line)
    if isinstance(reason, Message):
        if place is None:
            return _("The rubric of {exercise}: {reason}.", exercise=exercise, reason=reason)
        return _(
            "The rubric of {exercise}, {file}, line {line}: {reason}.",
            exercise=exercise,
            file=place.file,
            line=place.line,
            reason=reason,
        )
    first_line = str(error).splitlines()[0] if str(error).strip() else ""
    kind = type(error).__name__
    if place is None:
        return _(
            "The rubric of {exercise} cannot be read: {kind}: {error}",
            exercise=exercise,
            kind=kind,
            error=first_line,
        )
    return _(
        "The rubric of {exercise} cannot be read: {kind} in {file}, line {line}: {error}",
        exercise=exercise,
        kind=kind,
        file=place.file,
        line=place.line,
        error=describe_syntax_error(error) if isinstance(error, SyntaxError) else first_line,
    )
