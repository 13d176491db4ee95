"""Execute a submission as a module, and record its exceptions with the line numbers of its own file."""

import difflib
import sys
import traceback
import types
from typing import Any

from grader.protocol.evidence import ExceptionFacts, Frame, UnitFailure
from grader.protocol.submission import Submission, Unit
from grader.sandbox.inside.encode_values import name_of_class, type_name


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
MAX_MESSAGE = 1000  # characters


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


def exception_facts(error: BaseException, module: SubmissionModule) -> ExceptionFacts:
    """Describe an exception as data, with the lines of its traceback that are in the student's own file."""
    frames = [
        Frame(line=entry.lineno or 0, cell=module.cells[entry.filename], function=entry.name[:80])
        for entry in traceback.extract_tb(error.__traceback__)
        if entry.filename in module.cells
    ]
    if isinstance(error, SyntaxError) and error.filename in module.cells:
        frames.append(Frame(line=error.lineno or 1, cell=module.cells[error.filename]))
    return ExceptionFacts(
        type=type_name(error),
        message=_read_message(error),
        frames=tuple(frames[-MAX_FRAMES:]),
        bases=tuple(name_of_class(c) for c in type.mro(type(error))[:10]),
    )


def _read_message(error: BaseException) -> str:
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
        return str(text)[:MAX_MESSAGE]
    except BaseException:  # noqa: BLE001 - an exception class of the student's own may not even have a text
        return ""
