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
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from grader.commands.cell_history import ExecutedCell, effective_cells
from grader.commands.check_answers import CheckAnswers, describe_moment
from grader.commands.options import print_to_stderr
from grader.commands.progress import describe_fault
from grader.core import course as courses
from grader.core.course import Course
from grader.core.errors import InternalError, UserError
from grader.core.i18n import LANGUAGES, Translator, _, default_language
from grader.core.sanitize import visible
from grader.grading.results import Graded, Mode
from grader.grading.warm_grader import WarmGrader
from grader.protocol.submission import Submission
from grader.protocol.verdict import Verdict
from grader.submission.exercise_match import looks_like, wrong_exercise
from grader.submission.reader import MAX_CELLS, read
from reports.submission import notebook as view

_log = logging.getLogger(__name__)

PAGE_SECONDS = 10  # for Colab to tell what stands on the page


class CheckResult:
    """The result of a check, as Jupyter shows it. `verdict` is None where there was nothing to judge."""

    def __init__(self, text: str, html: str = "", verdict: Verdict | None = None) -> None:
        self.verdict = verdict
        self._text, self._html = text, html

    def __repr__(self) -> str:
        return self._text

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """Return the report for the page, and for what cannot show pages."""
        return {"text/plain": self._text} | ({"text/html": self._html} if self._html else {})


def check(
    exercise: str,
    *names: str,
    course: str | Path | None = None,
    lang: str | None = None,
    fresh: bool = False,
) -> CheckResult:
    """Check what this notebook has defined so far against an exercise, such as `check("digits", "scale")`.

    `names`: of criteria and functions; without any, everything is checked. `course`: its folder, where it is not
    the one around the notebook or the one that comes with the grader. `lang`: "en" or "de". `fresh`: run
    everything anew, even what was checked before. What goes wrong is told in a sentence, not raised.
    """
    if lang not in (None, *LANGUAGES):
        languages = ", ".join(LANGUAGES)
        wrong = _("lang is one of {known}; received {received}.", known=languages, received=repr(lang)[:50])
        return CheckResult(Translator(default_language())(wrong))
    translate = Translator(lang or default_language())
    try:
        shell = _shell()
        chosen = _course(course)
        exercise = chosen.resolve_exercise(exercise)
        submission = _submission(shell, exercise)
        other = looks_like(chosen, exercise, submission)
        if other is not None:
            remedy = _("For that one: {call}", call=f'check("{other}")')
            return CheckResult(translate(wrong_exercise(other, exercise, remedy)))
        return _check_with(_running_checks(chosen), exercise, names, submission, translate, fresh=fresh)
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


def _course(folder: str | Path | None) -> Course:
    course = courses.find_course(Path(folder) if folder is not None else None)
    course = Course(course.folder.absolute())  # the processes stay, and the notebook may go to another folder
    course.require_exercises()
    return course


@dataclass
class _Checks:
    """What outlives a call of `check`: the grader's processes, and the results of earlier checks."""

    grader: WarmGrader
    answers: CheckAnswers


def _check_with(
    checks: _Checks,
    exercise: str,
    names: tuple[str, ...],
    submission: Submission,
    translate: Translator,
    *,
    fresh: bool,
) -> CheckResult:
    answers = checks.answers
    if answers.is_course_changed():
        checks.grader.close()  # its examiner judges by what was there before
    key = answers.find_key(exercise, submission, translate.language, names)
    stored = None if fresh else answers.read(key)
    if stored is not None:
        note = _(
            "Nothing has changed since the check of {time}: this is its result. To run it again: "
            "check(..., fresh=True)",
            time=describe_moment(stored.checked_at),
        )
        return _show(stored.graded(), translate(note))
    graded = checks.grader.grade(
        exercise,
        submission,
        translate.language,
        prior=None if fresh else answers.find_prior(exercise, submission),
        only=names,
        on_plan=answers.note_steps,
    )
    answers.store(key, graded)
    answers.remember(exercise, submission, graded)
    return _show(graded)


def _show(graded: Graded, note: str = "") -> CheckResult:
    """Return the report as a notebook shows it, below a note if there is one."""
    text, html = view.render(graded.verdict, graded.exhibits)
    if note:
        text, html = f"{note}\n{text}", f"<p>{escape(note)}</p>\n{html}"
    return CheckResult(text, html, graded.verdict)


# What is kept in this kernel, at most one: it has to outlive the call that started it.
_RUNNING_CHECKS: list[_Checks] = []


def _running_checks(course: Course) -> _Checks:
    if not _RUNNING_CHECKS or _RUNNING_CHECKS[0].grader.course != course:
        _close()
        if not _CLOSING:
            atexit.register(_close, os.getpid())
            _CLOSING.append(True)
        _RUNNING_CHECKS.append(_Checks(WarmGrader(course, Mode.PLAIN), CheckAnswers(course, Mode.PLAIN)))
    return _RUNNING_CHECKS[0]


_CLOSING: list[bool] = []


def _close(process: int | None = None) -> None:
    """End what is kept, in the process that started it and not in a fork."""
    if process in (None, os.getpid()) and _RUNNING_CHECKS:
        _RUNNING_CHECKS.pop().grader.close()


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
