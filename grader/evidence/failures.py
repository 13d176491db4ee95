"""Explain a step that did not end in good order: one sentence for each reason, that a beginner can act on."""

import re

from msgspec.structs import replace

from grader.core.i18n import Words, _
from grader.evidence.error_texts.describe import describe_exception, summarize_exception
from grader.evidence.judgement import Judgement, failed, not_graded
from grader.evidence.run_evidence import RunEvidence
from grader.protocol.evidence import (
    MAX_PARAMETERS,
    NOT_TRIED,
    ExceptionFacts,
    Frame,
    Missing,
    Raised,
    Skipped,
    Stopped,
    StopReason,
)
from grader.protocol.verdict import Status


def explain_failure(run: RunEvidence, step: str) -> Judgement:
    """Return the judgement for a step that left nothing to judge: why, and what to do about it."""
    if run.imported.stopped is not None and not _is_defined(run, step):
        return explain_stop(run.imported.stopped, name_unit(run.imported.unit))
    if step in run.stops:
        if run.stops[step].reason is StopReason.TOO_LARGE and _is_description(step):
            return _networks_too_large()
        return explain_stop(run.stops[step], f"{function_name(step)}()")
    result = run.steps.get(step)
    outcome = result.evidence.outcome if result is not None else None
    match outcome:
        case Missing():
            return _explain_missing(run, step, outcome)
        case Raised(exception=exception):
            return explain_exception(exception, function_name(step))
        case Skipped(step=needed) if needed != step:
            return _skipped(run, step, needed)
        case Stopped():
            return explain_stop(outcome, f"{function_name(step)}()")
        case _:
            return _lost(step)


def _explain_missing(run: RunEvidence, step: str, missing: Missing) -> Judgement:
    """Return the judgement for a function or a value that the submission does not have."""
    if missing.close in map(function_name, run.steps):  # the exercise asks for that one, too
        missing = replace(missing, close="")
    match missing:
        case Missing(close=close, found=type_name) if _is_missing_after_crash(run, close, type_name):
            return _missing_after_crash(run, step)
        case Missing(close=close) if step.endswith("@value"):
            return _missing_value(function_name(step), close)
        case Missing(within=within, found="") if within:
            return _missing_within(function_name(step), within)
        case Missing(models=models) if len(models) > 1:
            return _which_model(function_name(step), models)
    return _missing(function_name(step), missing.close, missing.found)


def _is_defined(run: RunEvidence, step: str) -> bool:
    """Return whether the function was there although the import was stopped.

    A notebook goes on without the cell that ended it.
    """
    result = run.steps.get(step)
    if result is None:
        return step in run.stops and run.stops[step] != run.imported.stopped
    return not isinstance(result.evidence.outcome, Missing)


def _skipped(run: RunEvidence, step: str, needed: str) -> Judgement:
    """Return the judgement for a step that was not run, as it needs another one.

    It is `skipped` where that failed by the student's doing, and `not_attempted` where the function of either is
    not written yet; else it says why nothing is decided.
    """
    if function_name(step) in run.unwritten:
        return not_written(function_name(step))
    because = explain_failure(run, needed)
    if because.status is Status.NOT_GRADED:
        return because
    if because.status is Status.NOT_ATTEMPTED or function_name(needed) in run.unwritten:
        message = _(
            "This could not be tried, because {function}() is not written yet.", function=function_name(needed)
        )
        return Judgement(Status.NOT_ATTEMPTED, message)
    message = _("This could not be tried, because {function}() gave no result.", function=function_name(needed))
    return Judgement(Status.SKIPPED, message)


def not_written(function: str) -> Judgement:
    """Return the judgement for a function that is still as in the stub, by its source."""
    return Judgement(Status.NOT_ATTEMPTED, _("{function}() is not written yet.", function=function))


def _is_missing_after_crash(run: RunEvidence, close: str, type_name: str) -> bool:
    """Return whether a crash at the top level explains best why a name is missing.

    A script ends where it crashes, so it does; a notebook goes on, so a similar name tells more. A value of
    another type under that name always tells more.
    """
    failures = run.imported.failures
    return bool(failures) and not (type_name or (close and failures[0].cell is not None))


def name_unit(cell: int | None) -> Words:
    """Return what to call a cell of a notebook, or the whole file for None, at the start of a sentence."""
    return _("Your file, run from top to bottom,") if cell is None else _("Cell {cell}", cell=cell)


def function_name(step: str) -> str:
    """Return the function that a step calls, or whose result it describes, or the global name that it reads.

    Ids are `function@what`, `model:function@what` and `name@value`.
    """
    return step.split("@", 1)[0].rpartition(":")[2]


def _is_description(step: str) -> bool:
    """Return whether a step describes a network that another step left."""
    return ":" in step.partition("@")[0]


def _networks_too_large() -> Judgement:
    return not_graded(
        _(
            "The networks of this submission together are larger than the grader reads. Each may have up to "
            "{most} parameters. Make the layers smaller: this exercise needs far fewer.",
            most=MAX_PARAMETERS,
        )
    )


def _lost(step: str) -> Judgement:
    return not_graded(
        _(
            "The grader has no evidence of {function}(). This is the grader's fault, not yours.",
            function=function_name(step),
        )
    )


def _missing(function: str, close: str, type_name: str) -> Judgement:
    expected = _("a function {function}()", function=function)
    if type_name:
        message = _(
            "{function} has to be a function, but here it is a value of type {found}. Is the name used twice?",
            function=function,
            found=type_name,
        )
        return failed(message, expected=expected, received=type_name)
    if close:
        message = _(
            "There is no function {function}(). There is one called {close}(): did you mean that? Rename it.",
            function=function,
            close=close,
        )
        return failed(message, expected=expected, received=close)
    message = _(
        "There is no function {function}(). Define it with the name and the arguments of the task sheet.",
        function=function,
    )
    return failed(message, expected=expected)


def _missing_within(function: str, within: str) -> Judgement:
    if within == "__main__":
        message = _(
            'There is no function {function}() for the grader: it is defined within `if __name__ == "__main__":`, '
            "which runs only when the file is started by itself. Move it in front of that line, without "
            "indentation.",
            function=function,
        )
    else:
        message = _(
            "There is no function {function}() for the grader: it is defined within {within}. Move it out of "
            "there, so that its `def` begins in the first column of the file.",
            function=function,
            within=within,
        )
    return failed(message, expected=_("a function {function}()", function=function))


def _which_model(function: str, models: tuple[str, ...]) -> Judgement:
    names = ", ".join(models)
    message = _(
        "There is no function {function}(), and the file holds several compiled models: {models}. The grader "
        "cannot know which one is meant. Define {function}() so that it builds the right one, compiles it and "
        "returns it.",
        function=function,
        models=names,
    )
    return failed(message, expected=_("a function {function}()", function=function), received=names)


def _missing_value(name: str, close: str) -> Judgement:
    expected = _("a value called {name}", name=name)
    if close:
        message = _(
            "There is no {name}. There is something called {close}: did you mean that? Rename it.",
            name=name,
            close=close,
        )
        return failed(message, expected=expected, received=close)
    return failed(
        _("There is no {name}. Define it at the top level of the file, as the task sheet says.", name=name),
        expected=expected,
    )


def _missing_after_crash(run: RunEvidence, step: str) -> Judgement:
    failure = run.imported.failures[0]
    why = describe_exception(failure.exception)
    at = failure.exception.frames[-1] if failure.exception.frames else None
    if failure.cell is None:
        # Without the function's name: what is missing for one reason is told once.
        message = _("Your file stopped with an error before this was defined: {why}", why=why)
    else:
        message = _(
            "There is no function {function}(). If you have written it, look first at cell {cell}, "
            "which stopped with an error: {why}",
            function=function_name(step),
            cell=failure.cell,
            why=why,
        )
    return failed(message, at=at)


def explain_exception(exception: ExceptionFacts, function: str) -> Judgement:
    """Return the judgement for an exception that left a function of the submission."""
    at = exception.frames[-1] if exception.frames else None
    is_by_library = exception.by_library or _RAISED_BY_LIBRARY.search(exception.message)
    if "NotImplementedError" in exception.bases and not is_by_library:
        return Judgement(Status.NOT_ATTEMPTED, _not_written(function, at), at=at)
    if "TypeError" in exception.bases and not exception.frames and "argument" in exception.message:
        message = _(
            "{function}() could not be called: {error}. Compare its arguments with those of the task sheet.",
            function=function,
            error=summarize_exception(exception).partition(": ")[2],
        )
        return failed(message, received=summarize_exception(exception))
    why = describe_exception(exception)
    return failed(
        _("{function}() stopped with an error: {why}", function=function, why=why),
        at=at,
        received=summarize_exception(exception),
    )


# What Keras and TensorFlow say with this exception: they hide their own lines from tracebacks.
_RAISED_BY_LIBRARY = re.compile(r"\bcall\(\)|subclass|symbolic tf\.Tensor|is deprecated")


def _not_written(function: str, at: Frame | None) -> Words:
    other = at.function if at is not None and at.function.isidentifier() else function
    if other == function:
        return _("{function}() is not written yet: it still raises NotImplementedError.", function=function)
    return _(
        "{function}() calls {other}(), which is not written yet: it still raises NotImplementedError.",
        function=function,
        other=other,
    )


def _explain_space(stop: Stopped, subject: Words | str) -> Words:
    """Return what to say of a run that used too much memory, wrote too much to files, or started many threads."""
    if stop.reason is StopReason.MEMORY:
        return _(
            "{subject} used more than the {limit} MiB of memory that are allowed. Look for an array that is "
            "far larger than the data.",
            subject=subject,
            limit=stop.detail,
        )
    if stop.reason is StopReason.THREADS:
        return _(
            "{subject} started more than {limit} threads, which are not allowed. Start a few, and wait for them "
            "with join().",
            subject=subject,
            limit=stop.detail,
        )
    return _(
        "{subject} wrote more to files than the {limit} MiB that are allowed, or made far too many files "
        "or folders. Save fewer and smaller ones.",
        subject=subject,
        limit=stop.detail,
    )


def _explain_size(stop: Stopped, subject: Words | str) -> Words:
    """Return what to say of a run that returned more than is kept, or so much that no more of it was read."""
    if stop.detail == NOT_TRIED:
        return _(
            "{subject} was not tried any more, because what came before it returned far more data than the "
            "grader reads. Return arrays of the size that the task sheet names.",
            subject=subject,
        )
    return _(
        "{subject} returned more data than the grader keeps. Return arrays of the size that the task sheet names.",
        subject=subject,
    )


def _explain_open_question(stop: Stopped, subject: Words | str) -> Words:
    """Return what to say of a run that ended in a way from which nothing follows about the code."""
    match stop.reason:
        case StopReason.RESTARTS:
            return _(
                "{subject} was not tried any more: what came before it had ended the process {count} times. First "
                "mend the functions that end it.",
                subject=subject,
                count=stop.detail,
            )
        case StopReason.TAMPERED:
            return _(
                "{subject} left results that the grader did not write. They do not count, and your "
                "instructor sees this.",
                subject=subject,
            )
        case StopReason.BROKEN:
            return _(
                '{subject} could not be graded: its process ended, and reported "{detail}" from the grader\'s '
                "part of it, which it shares with your code. Code that changes Python or its libraries can cause "
                "that. If yours does not, please tell your instructor.",
                subject=subject,
                detail=stop.detail,
            )
        case StopReason.MACHINE_MEMORY:
            return _(
                "{subject} could not be graded: the machine that grades ran out of memory, and ended the process "
                "when it held {used} MiB. Grade it again with more memory, or fewer at once.",
                subject=subject,
                used=stop.detail,
            )
        case _other:
            return _(
                "{subject} could not be graded: the grader itself failed ({detail}). This is not your fault.",
                subject=subject,
                detail=stop.detail,
            )


def explain_stop(stop: Stopped, subject: Words | str) -> Judgement:
    """Return the judgement for a run that ended before `subject` (a function, a cell, the file) had."""
    detail = stop.detail
    match stop.reason:
        case StopReason.TIME | StopReason.CPU:
            message = _explain_timeout(stop, subject)
        case StopReason.TOTAL_TIME:
            message = _(
                "{subject} was not tried any more, because what came before it had used up the time for the whole "
                "submission. Make that faster first.",
                subject=subject,
            )
        case StopReason.MEMORY | StopReason.DISK | StopReason.THREADS:
            message = _explain_space(stop, subject)
        case StopReason.SIGNAL:
            message = _(
                "{subject} was killed by the signal {signal}. Something below Python crashed, or the code "
                "killed its own process.",
                subject=subject,
                signal=detail,
            )
        case StopReason.EXIT:
            message = _(
                "{subject} ended the whole process (exit code {code}), for example with os._exit(). "
                "Return a value instead.",
                subject=subject,
                code=detail,
            )
        case StopReason.TOO_LARGE:
            message = _explain_size(stop, subject)
        case _open_question:
            return not_graded(_explain_open_question(stop, subject))
    return failed(message, at=stop.at)


def _explain_timeout(stop: Stopped, subject: Words | str) -> Words:
    """Return the sentence for a run whose time was over, with the line that ran then where that is known."""
    question = _("Is there a loop that never ends, or far too much training?")
    if stop.at is not None and stop.detail.isdigit():
        return _(
            "{subject} did not come to an end in time: {place} was still running after {seconds} s. {question}",
            subject=subject,
            place=_name_place(stop.at),
            seconds=stop.detail,
            question=question,
        )
    return _("{subject} did not come to an end in time. {question}", subject=subject, question=question)


def _name_place(at: Frame) -> Words:
    if at.cell is None:
        return _("line {line}", line=at.line)
    return _("line {line} of cell {cell}", line=at.line, cell=at.cell)
