"""The submission inside the wall: its code executed, its names, its exceptions in its own line numbers."""

import difflib
import sys
import traceback
import types
from typing import Any

from grader.protocol.evidence import ExceptionFacts, Frame, UnitFailure
from grader.protocol.submission import Submission, Unit
from grader.sandbox.inside.encode_values import name_of_class, type_name


class _NotChecked:
    """What a check returns inside of a check: whatever a notebook asks it for, it is nothing."""

    def __getattr__(self, name: str) -> "_NotChecked":
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __repr__(self) -> str:
        return ""

    def __format__(self, spec: str) -> str:
        return ""


def _no_check(*_: object, **__: object) -> _NotChecked:
    return _NotChecked()


MAX_FRAMES = 12
MAX_MESSAGE = 1000


class SubmissionModule:
    """One submission as a module, executed unit by unit in one namespace."""

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        # Not "__main__": the block under `if __name__ == "__main__"` is for the student's own runs.
        self.module = types.ModuleType("submission")
        self.module.__file__ = submission.name
        sys.modules["submission"] = self.module
        sys.argv = [submission.name]
        # A notebook may still hold the student's own check of itself. This is the check; there is none inside it.
        vars(sys.modules["grader"])["check"] = _no_check
        self.cells: dict[str, int | None] = {}

    @property
    def names(self) -> dict[str, Any]:
        """Everything that the submission defined."""
        return self.module.__dict__

    def execute(self, unit: Unit) -> UnitFailure | None:
        """Run one unit; returns what it raised, if anything."""
        filename = f"<submission {unit.cell or 'file'}>"
        self.cells[filename] = unit.cell
        try:
            code = compile(unit.source, filename, "exec", dont_inherit=True)
            exec(code, self.names)  # noqa: S102 - this is what the walls are for
        except BaseException as error:  # noqa: BLE001 - SystemExit at the top level is the student's as well
            return UnitFailure(cell=unit.cell, exception=exception_facts(error, self))
        return None

    def close_to(self, name: str, *, callables: bool = True) -> str:
        """Return a function (or a value) of the submission whose name looks like `name`, or an empty string."""
        names = [n for n, v in self.names.items() if isinstance(n, str) and callable(v) is callables]
        own = [n for n in names if not n.startswith("_")]
        return next(iter(difflib.get_close_matches(name, own, n=1, cutoff=0.75)), "")


def exception_facts(error: BaseException, guest: SubmissionModule) -> ExceptionFacts:
    """Return an exception as data, with the lines of the student's own file that it went through."""
    frames = [
        Frame(line=entry.lineno or 0, cell=guest.cells[entry.filename], function=entry.name[:80])
        for entry in traceback.extract_tb(error.__traceback__)
        if entry.filename in guest.cells
    ]
    if isinstance(error, SyntaxError) and error.filename in guest.cells:
        frames.append(Frame(line=error.lineno or 1, cell=guest.cells[error.filename]))
    return ExceptionFacts(
        type=type_name(error),
        message=_message(error),
        frames=tuple(frames[-MAX_FRAMES:]),
        bases=tuple(name_of_class(c) for c in type.mro(type(error))[:10]),
    )


def _message(error: BaseException) -> str:
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
        return str(text)[:MAX_MESSAGE]
    except BaseException:  # noqa: BLE001 - an exception class of the student's own may not even have a text
        return ""
