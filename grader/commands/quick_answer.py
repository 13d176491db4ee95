"""Find what can be said about a submission before it is run, so that nobody waits for TensorFlow to hear it."""

import warnings
from dataclasses import dataclass

from grader.core.course import Course
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Message, _
from grader.core.sanitize import display_path, visible
from grader.protocol.evidence import ExceptionFacts, Frame
from grader.protocol.submission import Submission, line_of
from grader.submission.discovery import is_untouched
from grader.submission.exercise_match import looks_like, wrong_exercise

LINES_SHOWN = 3  # of a line that Python cannot read, and those before it, for whoever explains it


@dataclass(frozen=True)
class QuickAnswer:
    """What can be said about a submission at once."""

    text: Message
    next_step: Message
    code: ExitCode
    source: str = ""
    """The line that it is about, with its number; "" for none."""
    is_verdict: bool = True
    """Whether the submission would have a verdict nevertheless."""


def find_quick_answer(course: Course, exercise: str, submission: Submission) -> QuickAnswer | None:
    """Return what is wrong with a submission before anything of it is run; None where that cannot be told."""
    return (
        _find_other_exercise(course, exercise, submission)
        or _describe_syntax_error(submission)
        or _describe_stub(course, exercise, submission)
    )


def _find_other_exercise(course: Course, exercise: str, submission: Submission) -> QuickAnswer | None:
    other = looks_like(course, exercise, submission)
    if other is None:
        return None
    name = display_path(submission.name)
    command = f"grader check {other} {name}"
    return QuickAnswer(
        wrong_exercise(other, exercise, _("Nothing of it was run.")),
        _("Next: {command}", command=command),
        ExitCode.USAGE,
        is_verdict=False,
    )


def _describe_syntax_error(submission: Submission) -> QuickAnswer | None:
    error = find_syntax_error(submission)
    if error is None:
        return None
    from grader.evidence.error_texts.describe import describe_exception  # many modules, for this sentence alone

    line = error.lineno or 1
    lines = submission.units[0].original.split("\n")[max(0, line - LINES_SHOWN) : line]
    kind = type(error)
    facts = ExceptionFacts(
        type=kind.__name__,
        message=error.msg,
        frames=(Frame(line=line),),
        bases=tuple(base.__name__ for base in kind.__mro__),
        lines=tuple(lines),
    )
    return QuickAnswer(
        _(
            "{file}, line {line}: Python cannot read this: {why}",
            file=display_path(submission.name),
            line=line,
            why=describe_exception(facts),
        ),
        _("Nothing of the file can be run before that. Next: mend line {line}.", line=line),
        ExitCode.NOT_ALL_PASSED,
        source=f"{line} | {visible(line_of(submission, None, line))}",
    )


def _describe_stub(course: Course, exercise: str, submission: Submission) -> QuickAnswer | None:
    if not is_untouched(course, exercise, submission):
        return None
    return QuickAnswer(
        _(
            "{file} is still as it was handed out: nothing is written yet, so there are no points.",
            file=display_path(submission.name),
        ),
        _("Next: replace the first `raise NotImplementedError` by your own code, save, and check again."),
        ExitCode.NOT_ALL_PASSED,
    )


def find_syntax_error(submission: Submission) -> SyntaxError | None:
    """Return why Python cannot read a script; None where it can, and for notebooks.

    A cell that cannot be read leaves the others, so that a notebook is graded nevertheless.
    """
    if submission.kind != "script":
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(submission.units[0].source, submission.name, "exec", dont_inherit=True)
    except SyntaxError as error:
        return error
    except (ValueError, OverflowError, RecursionError, MemoryError):
        return None  # the run will tell
    return None
