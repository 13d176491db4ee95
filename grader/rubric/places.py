"""Find the author's line that a mistake stands in: from the record that refused it, or from a Python error."""

import ast
import inspect
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import FrameType, TracebackType

from grader.core.declarations import Origin, locate
from grader.core.errors import RubricError
from grader.core.syntax_trees import parse_or_none


@dataclass(frozen=True)
class Place:
    """A line of an author's file."""

    file: str  # relative to the exercise's folder
    line: int


def find_place(folder: Path, error: BaseException) -> Place | None:
    """Return the author's line that an error is about, or None where there is none in the exercise's folder."""
    if isinstance(error, RubricError):
        if error.place is not None:
            return _in_folder(folder, *error.place)
        origin = getattr(error.record, "_origin", None)
        if isinstance(origin, Origin):
            return _in_folder(folder, origin.file, _line_of(origin, error.field, type(error.record)))
    places = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError):
        places.append((error.filename or "", error.lineno))
    own = [place for file, line in places if line and (place := _in_folder(folder, file, line))]
    return own[-1] if own else None


def _in_folder(folder: Path, file: str, line: int) -> Place | None:
    path = Path(file)
    return Place(path.relative_to(folder).as_posix(), line) if path.is_relative_to(folder) else None


def find_call(origin: Origin) -> ast.Call | None:
    """Return the call that made a record, as its file has it."""
    try:
        source = Path(origin.file).read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
    tree = parse_or_none(source)
    calls = [node for node in ast.walk(tree or ast.Module([], [])) if isinstance(node, ast.Call)]
    # No two calls have their closing bracket in one place.
    return next((call for call in calls if (call.end_lineno, call.end_col_offset) == origin.end), None)


def find_failed_call(folder: Path, error: BaseException) -> tuple[ast.Call, FrameType] | None:
    """Return the author's call that an error was raised by, and its frame; None where the error is from inside."""
    last: TracebackType | None = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    if last is None or not Path(last.tb_frame.f_code.co_filename).is_relative_to(folder):
        return None
    call = find_call(locate(last.tb_frame.f_code, last.tb_lasti, last.tb_lineno))
    return None if call is None else (call, last.tb_frame)


def _line_of(origin: Origin, field: str, kind: type) -> int:
    """Return the line of a parameter; that of the record where the parameter is not written there."""
    node: ast.expr | None = find_call(origin)
    if node is None or not field:
        return origin.line
    parameters = list(inspect.signature(kind).parameters)
    line = node.lineno
    for name in field.split("."):
        if not isinstance(node, ast.Call):
            break
        argument = _argument(node, name, parameters)
        if argument is None:
            break
        line, node = argument
        parameters = []  # of a record inside, whose class is not known here: keywords only
    return line


def _argument(call: ast.Call, name: str, parameters: list[str]) -> tuple[int, ast.expr] | None:
    """Return the line of an argument and its value; None where the call does not write it."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.lineno, keyword.value
    position = parameters.index(name) if name in parameters else len(call.args)
    if position < len(call.args) and not any(isinstance(a, ast.Starred) for a in call.args[: position + 1]):
        return call.args[position].lineno, call.args[position]
    return None
