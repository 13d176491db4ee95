"""Execute a submission as a module, and record its exceptions with the line numbers of its own file."""

import ast
import contextlib
import difflib
import inspect
import re
import sys
import traceback
import types
from typing import Any

from grader.core.syntax_trees import parse_python
from grader.protocol.evidence import ExceptionFacts, Frame, UnitFailure
from grader.protocol.submission import Submission, Unit
from grader.sandbox.inside.encode_values import name_of_class, type_name
from grader.sandbox.inside.similar_names import find_similar


class _NotChecked:
    """Replaces the result of `grader.check` in a notebook that is being graded: every attribute of it is empty."""

    def __getattr__(self, name: str) -> "_NotChecked":
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __repr__(self) -> str:
        return ""

    def __format__(self, spec: str) -> str:
        return ""


def _skip_check(*_: object, **__: object) -> _NotChecked:
    """Replace `grader.check` while a submission is executed."""
    return _NotChecked()


MAX_FRAMES = 12  # of a traceback: the innermost ones
# Characters at the beginning and at the end of a message: TensorFlow gives the reason after its whole stack.
MAX_HEAD, MAX_TAIL = 2000, 3000
MAX_EARLY_RETURNS = 20
MAX_LINE = 200  # characters of a line that is not Python


class SubmissionModule:
    """One submission as a module, executed unit by unit in one namespace."""

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        # Not "__main__": the block under `if __name__ == "__main__"` is for the student's own runs.
        self.module = types.ModuleType("submission")
        self.module.__file__ = submission.name
        sys.modules["submission"] = self.module
        sys.argv = [submission.name]
        # A notebook may contain the student's own call of `grader.check`, which must not start another check.
        vars(sys.modules["grader"])["check"] = _skip_check
        self.cells: dict[str, int | None] = {}  # by file name in tracebacks: number of the code cell

    @property
    def names(self) -> dict[str, Any]:
        """The globals of the submission, by name."""
        return self.module.__dict__

    def execute(self, unit: Unit) -> UnitFailure | None:
        """Execute one unit, and return what it raised, if anything."""
        filename = f"<submission {unit.cell or 'file'}>"
        self.cells[filename] = unit.cell
        try:
            code = compile(unit.source, filename, "exec", dont_inherit=True)
            exec(code, self.names)  # noqa: S102 - the process is isolated for this
        except BaseException as error:  # noqa: BLE001 - SystemExit at the top level is the student's as well
            return UnitFailure(cell=unit.cell, exception=exception_facts(error, self))
        return None

    def find_enclosing(self, function: str) -> str:
        """Return the class or function that a function of this name is defined within; "" for none.

        It is "__main__" for the block that runs only when a file is started by itself.
        """
        for unit in self.submission.units:
            with contextlib.suppress(SyntaxError, ValueError, RecursionError):
                for statement in parse_python(unit.source).body:
                    inner = (n for n in ast.walk(statement) if n is not statement)
                    if any(isinstance(n, ast.FunctionDef) and n.name == function for n in inner):
                        name = getattr(statement, "name", "")
                        is_main = isinstance(statement, ast.If) and "__main__" in ast.dump(statement.test)
                        return str(name)[:80] or ("__main__" if is_main else "")
        return ""

    def find_early_returns(self) -> tuple[Frame, ...]:
        """Return each `return` that ends a loop in its first round, with the function around it."""
        early_returns = []
        for unit in self.submission.units:
            with contextlib.suppress(SyntaxError, ValueError, RecursionError):
                for function in parse_python(unit.source).body:
                    if isinstance(function, ast.FunctionDef):
                        early_returns += [
                            Frame(line=loop.body[-1].lineno, cell=unit.cell, function=function.name[:80])
                            for loop in ast.walk(function)
                            if isinstance(loop, ast.For) and isinstance(loop.body[-1], ast.Return)
                        ]
        return tuple(early_returns[:MAX_EARLY_RETURNS])

    def close_to(self, name: str, *, callables: bool = True) -> str:
        """Find a name of the submission that looks like another one.

        Args:
            name: the name that is missing.
            callables: look for a function, else for a value.

        Returns:
            The most similar name; "" where none is similar.
        """
        names = [n for n, v in self.names.items() if isinstance(n, str) and callable(v) is callables]
        public_names = [n for n in names if not n.startswith("_")]
        return next(iter(difflib.get_close_matches(name, public_names, n=1, cutoff=0.75)), "")


def lazy_kind(function: object) -> str:
    """Return what a call of a function gives that computes nothing yet: a "coroutine", a "generator", or ""."""
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        return "coroutine"
    return "generator" if inspect.isgeneratorfunction(function) else ""


def describe_lazy(function: object, kind: str, module: SubmissionModule) -> ExceptionFacts:
    """Describe as an exception that a function has only promised a result: the line is that of its `def`."""
    code = getattr(function, "__code__", None)
    frames: tuple[Frame, ...] = ()
    if code is not None and code.co_filename in module.cells:
        frames = (
            Frame(line=code.co_firstlineno, cell=module.cells[code.co_filename], function=code.co_name[:80]),
        )
    message = f"the call returned a {kind} and computed nothing"
    return ExceptionFacts(type="TypeError", message=message, frames=frames, bases=("TypeError", "Exception"))


# A line of the submission in the stack that TensorFlow quotes in a message.
_QUOTED_FRAME = re.compile(r'File "(<submission \w+>)", line (\d{1,7}), in ([\w<>.]{1,80})')


def exception_facts(error: BaseException, module: SubmissionModule) -> ExceptionFacts:
    """Describe an exception as data, with the lines of its traceback that are in the student's own file."""
    entries = traceback.extract_tb(error.__traceback__)
    frames = [
        Frame(line=entry.lineno or 0, cell=module.cells[entry.filename], function=entry.name[:80])
        for entry in entries
        if entry.filename in module.cells
    ]
    lines: tuple[str, ...] = ()
    if isinstance(error, SyntaxError) and error.filename in module.cells:
        line = error.lineno or 1
        frames.append(Frame(line=line, cell=module.cells[error.filename]))
        lines = _lines_up_to(module, module.cells[error.filename], line)
    message = _read_message(error)
    frames += _read_quoted_frames(message, frames, module)
    return ExceptionFacts(
        type=type_name(error),
        message=message,
        frames=tuple(frames[-MAX_FRAMES:]),
        bases=tuple(name_of_class(c) for c in type.mro(type(error))[:10]),
        by_library=bool(entries) and entries[-1].filename not in module.cells,
        similar=find_similar(error),
        lines=lines,
    )


def _read_quoted_frames(message: str, frames: list[Frame], module: SubmissionModule) -> list[Frame]:
    """Return the lines of the submission in a stack that TensorFlow quotes, after the last one that is known.

    What fails while a graph is computed has a traceback that ends at `fit`; the line of the loss or layer of the
    student's stands only there.
    """
    quoted = [
        Frame(line=int(line), cell=module.cells[name], function=function)
        for name, line, function in _QUOTED_FRAME.findall(message)
        if name in module.cells
    ]
    return [frame for frame in quoted if frame not in frames]


def _lines_up_to(module: SubmissionModule, cell: int | None, line: int) -> tuple[str, ...]:
    """Return a line as the student wrote it, after the two before it."""
    unit = next((unit for unit in module.submission.units if unit.cell == cell), None)
    lines = unit.original.split("\n") if unit is not None else []
    return tuple(text[:MAX_LINE] for text in lines[max(0, line - 3) : line])


def _read_message(error: BaseException) -> str:
    try:
        text = str(error.msg if isinstance(error, SyntaxError) else error)
        if len(text) <= MAX_HEAD + MAX_TAIL:
            return text
        tail = text[-MAX_TAIL:]
        return f"{text[:MAX_HEAD]}\n{tail.partition(chr(10))[2] or tail}"  # from a whole line on
    except BaseException:  # noqa: BLE001 - an exception class of the student's own may not even have a text
        return ""
