"""Reading a rubric's file, and what an author did wrong in it, in a sentence.

A rubric may import modules that lie beside it: `from mychecks import Sorts`. They are found while that rubric is
read and not a moment longer, so that two exercises may each have a `mychecks` of their own.
"""

import importlib.util
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.machinery import FileFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import TYPE_CHECKING

from grader.core.errors import HiddenModuleError
from grader.core.i18n import Message, _

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec


class _AsItIs(SourceFileLoader):
    """Compiles the source each time: what was compiled a moment ago may be of another text, and leaves files."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


class _Beside:
    """Finds modules in one folder."""

    def __init__(self, folder: Path) -> None:
        self.finder = FileFinder(str(folder), (_AsItIs, [".py"]))
        self.names = {path.stem if path.suffix == ".py" else path.name for path in folder.iterdir()}
        self.names -= {"rubric", "submission"}  # the stub is never run where rubrics are

    def find_spec(self, name: str, path: object = None, target: object = None) -> "ModuleSpec | None":
        """Return what Python needs to import a module."""
        if path is not None or name not in self.names:
            return None
        spec = self.finder.find_spec(name)
        return spec if spec is not None and spec.loader is not None else None


def read_module(path: Path) -> ModuleType:
    """Run a rubric's file and return what it defines. Raises whatever it raises, and `HiddenModuleError`."""
    name = f"rubric of {path.parent.name}"  # no name that could be imported
    spec = importlib.util.spec_from_file_location(name, path, loader=_AsItIs(name, str(path)))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with _modules_of(path.parent):
        sys.modules[name] = module  # where dataclasses look their annotations up
        spec.loader.exec_module(module)
    return module


@contextmanager
def _modules_of(folder: Path) -> Iterator[None]:
    """Let modules of a folder be imported, and forget them at the end."""
    beside = _Beside(folder)
    before = dict(sys.modules)
    for name in sorted(beside.names):
        if (folder / f"{name}.py").is_file() and (name in sys.stdlib_module_names or name in before):
            raise HiddenModuleError(
                _("{file} has the name of another Python module: call it something else", file=f"{name}.py")
            )
    sys.meta_path.insert(0, beside)
    try:
        yield
    finally:
        sys.meta_path.remove(beside)
        for name, module in list(sys.modules.items()):
            if name not in before and _is_in(folder, module):
                del sys.modules[name]


def _is_in(folder: Path, module: ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    return bool(file) and Path(str(file)).is_relative_to(folder)


def describe_rubric_error(exercise: str, path: Path, error: BaseException) -> Message:
    """Return what went wrong when a rubric was read or its data were made."""
    text = getattr(error, "text", None)
    if isinstance(text, Message):
        return _("The rubric of {exercise}: {reason}.", exercise=exercise, reason=text)
    said = str(error).splitlines()[0] if str(error).strip() else ""
    kind = type(error).__name__
    if (place := _place(path.parent, error)) is None:
        return _(
            "The rubric of {exercise} cannot be read: {kind}: {error}", exercise=exercise, kind=kind, error=said
        )
    file, line = place
    return _(
        "The rubric of {exercise} cannot be read: {kind} in {file}, line {line}: {error}",
        exercise=exercise,
        kind=kind,
        file=file,
        line=line,
        error=error.msg if isinstance(error, SyntaxError) else said,
    )


def _place(folder: Path, error: BaseException) -> tuple[str, int] | None:
    """Return the last of the author's own lines that an error went through, as file and line."""
    places = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError):
        places.append((error.filename or "", error.lineno))
    own = [(Path(file), line) for file, line in places if Path(file).is_relative_to(folder) and line]
    return (own[-1][0].relative_to(folder).as_posix(), own[-1][1] or 0) if own else None
