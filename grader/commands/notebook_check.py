"""`check("digits")` inside a notebook: the functions defined so far, checked, and the report shown below the cell.

The code that was run in this kernel goes the way of a notebook that is handed in: it becomes a notebook's record,
is read by the same reader, and run in processes of its own (without walls: it is one's own code on one's own
computer). Those processes stay warm until the kernel ends.
"""

import ast
import atexit
import json
import logging
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from grader.commands.cell_history import ExecutedCell, effective_cells
from grader.commands.options import print_to_stderr
from grader.commands.progress import describe_fault
from grader.core import course as courses
from grader.core.course import Course
from grader.core.errors import InternalError, UserError
from grader.core.i18n import LANGUAGES, Translator, _, default_language
from grader.core.sanitize import visible
from grader.grading.results import Mode
from grader.grading.warm_grader import WarmGrader
from grader.protocol.submission import Submission
from grader.protocol.verdict import Verdict
from grader.submission.reader import MAX_CELLS, read
from reports.submission import notebook as view

_log = logging.getLogger(__name__)

PAGE_SECONDS = 10  # for Colab to tell what stands on the page


class CheckResult:
    """What a check came to, as Jupyter shows it. `verdict` is None where there was nothing to judge."""

    def __init__(self, text: str, html: str = "", verdict: Verdict | None = None) -> None:
        self.verdict = verdict
        self._text, self._html = text, html

    def __repr__(self) -> str:
        return self._text

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """Return the report for the page, and for what cannot show pages."""
        return {"text/plain": self._text} | ({"text/html": self._html} if self._html else {})


def check(exercise: str, *, course: str | Path | None = None, lang: str | None = None) -> CheckResult:
    """Check what this notebook has defined so far against an exercise, such as `check("digits")`.

    `course`: its folder, where it is not the one around the notebook or the one that comes with the grader.
    `lang`: "en" or "de". What goes wrong is told in a sentence, not raised.
    """
    if lang not in (None, *LANGUAGES):
        languages = ", ".join(LANGUAGES)
        wrong = _("lang is one of {known}; received {received}.", known=languages, received=repr(lang)[:50])
        return CheckResult(Translator(default_language())(wrong))
    translate = Translator(lang or default_language())
    try:
        shell = _shell()
        chosen = _course(course, exercise)
        return _graded(chosen, exercise, _submission(shell, exercise), translate)
    except _NoNotebookError as error:
        print_to_stderr(translate(error.text))  # a script shows nothing of what a function returns
        return CheckResult(translate(error.text))
    except UserError as error:
        return CheckResult(visible(translate(error.text)))
    except (InternalError, OSError) as error:
        _log.warning("nothing could be checked", exc_info=True)
        return CheckResult(visible(translate(describe_fault(error))))


class _NoNotebookError(UserError):
    """There is no notebook around."""


def _shell() -> Any:
    """Return IPython's shell. Raises `_NoNotebookError`."""
    # Where it was not imported there is none, and importing it takes time.
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        raise _NoNotebookError(
            _(
                "check() works inside a notebook (Jupyter, Colab). Elsewhere, use the command: grader check "
                "EXERCISE FILE"
            )
        )
    return shell


def _course(folder: str | Path | None, exercise: str) -> Course:
    course = courses.find_course(Path(folder) if folder is not None else None)
    course = Course(course.folder.absolute())  # the processes stay, and the notebook may go to another folder
    course.require_exercises()
    course.rubric_file(exercise)
    return course


def _graded(course: Course, exercise: str, submission: Submission, translate: Translator) -> CheckResult:
    graded = _running_grader(course).grade(exercise, submission, translate.language)
    text, html = view.render(graded.verdict, graded.exhibits)
    return CheckResult(text, html, graded.verdict)


# The grader of this kernel, at most one: it has to outlive the call that started it.
_RUNNING_GRADERS: list[WarmGrader] = []


def _running_grader(course: Course) -> WarmGrader:
    if not _RUNNING_GRADERS or _RUNNING_GRADERS[0].course != course:
        _close()
        if not _CLOSING:
            atexit.register(_close, os.getpid())
            _CLOSING.append(True)
        _RUNNING_GRADERS.append(WarmGrader(course, Mode.PLAIN))
    return _RUNNING_GRADERS[0]


_CLOSING: list[bool] = []


def _close(process: int | None = None) -> None:
    """End what is kept, in the process that started it and not in a fork."""
    if process in (None, os.getpid()) and _RUNNING_GRADERS:
        _RUNNING_GRADERS.pop().close()


def _submission(shell: Any, exercise: str) -> Submission:
    """Return the notebook as it would be handed in. Raises `UnreadableSubmission` and other `UserError`."""
    page = _page() or _record(_history(shell))
    # Read from a file, like every notebook: one reader, one set of limits.
    with tempfile.TemporaryDirectory(prefix="grader-") as folder:
        file = Path(folder) / f"{exercise}.ipynb"
        file.write_text(json.dumps(page), encoding="utf-8")
        return read(file)


def _page() -> dict[str, Any] | None:
    """Return the notebook as it stands on the page, from Colab; None elsewhere, and when Colab does not tell."""
    message = sys.modules.get("google.colab._message")
    if message is None:
        return None
    try:
        page = message.blocking_request("get_ipynb", timeout_sec=PAGE_SECONDS)["ipynb"]
        # Without what the cells showed: reports of earlier checks are large.
        cells = [{key: value for key, value in cell.items() if key != "outputs"} for cell in page["cells"]]
        page = page | {"cells": cells}
        json.dumps(page)
    except Exception:  # noqa: BLE001 - no promise of Colab's: without an answer, the history will do
        _log.warning("Colab did not give the notebook; the history of cells is read instead", exc_info=True)
        return None
    return page if cells else None


def _history(shell: Any) -> Sequence[ExecutedCell]:
    """Return the cells that were run, this one included, as they were typed."""
    manager = shell.history_manager
    failed = getattr(manager, "exceptions", {})  # since IPython 9
    names = shell.user_ns

    def is_check(function: ast.expr) -> bool:
        match function:
            case ast.Name(id=name):
                return names.get(name) is check
            case ast.Attribute(value=ast.Name(id=name), attr="check"):
                return getattr(names.get(name), "__name__", "") == "grader"
        return False

    cells = [ExecutedCell(n, text, n in failed) for n, text in enumerate(manager.input_hist_raw) if n]
    cells_in_effect = effective_cells(cells, is_check)
    if not cells_in_effect:
        raise UserError(_("No cell with your code was run yet. Run the cells with your functions first."))
    if cells_in_effect[-1].number > MAX_CELLS:
        most = _("More than {most} cells were run. Restart the kernel and run your cells again.", most=MAX_CELLS)
        raise UserError(most)
    return cells_in_effect


def _record(cells: Sequence[ExecutedCell]) -> dict[str, Any]:
    """Return a notebook in which cell 7 is what Jupyter calls `[7]`: the ones that were dropped are empty."""
    sources = {cell.number: cell.source for cell in cells}
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"language_info": {"name": "python"}},
        "cells": [
            {"cell_type": "code", "source": sources.get(number, "")} for number in range(1, cells[-1].number + 1)
        ],
    }
