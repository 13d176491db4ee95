"""Explain a step that did not end in good order: one sentence for each reason, that a beginner can act on."""

import re
from collections.abc import Callable, Mapping

from grader.core.i18n import Words, _
from grader.evidence.judgement import Judgement, failed, not_graded
from grader.evidence.run_evidence import RunEvidence
from grader.protocol.evidence import ExceptionFacts, Frame, Missing, Raised, Skipped, Stopped, StopReason
from grader.protocol.verdict import Status

_DOWNLOAD_ERRORS = re.compile(
    r"URL fetch failure|urlopen|getaddrinfo|Temporary failure in name resolution|HTTPSConnection|Max retries"
)


_DISK_ERRORS = re.compile(r"No space left on device|File too large")


def explain_failure(run: RunEvidence, step: str) -> Judgement:
    """Return the judgement for a step that left nothing to judge: why, and what to do about it."""
    if run.imported.stopped is not None and not _is_defined(run, step):
        return explain_stop(run.imported.stopped, name_unit(run.imported.unit))
    if step in run.stops:
        return explain_stop(run.stops[step], f"{function_name(step)}()")
    result = run.steps.get(step)
    outcome = result.evidence.outcome if result is not None else None
    match outcome:
        case Missing(close=close, found=found) if _is_missing_after_crash(run, close, found):
            return _missing_after_crash(run, step)
        case Missing(close=close) if step.endswith("@value"):
            return _missing_value(function_name(step), close)
        case Missing(models=models) if len(models) > 1:
            return _which_model(function_name(step), models)
        case Missing(close=close, found=found):
            return _missing(function_name(step), close, found)
        case Raised(exception=exception):
            return explain_exception(exception, function_name(step))
        case Skipped(step=needed) if needed != step:
            return _skipped(run, needed)
        case Stopped():
            return explain_stop(outcome, f"{function_name(step)}()")
        case _:
            return _lost(step)


def _is_defined(run: RunEvidence, step: str) -> bool:
    """Return whether the function was there although the import was stopped.

    A notebook goes on without the cell that ended it.
    """
    result = run.steps.get(step)
    if result is None:
        return step in run.stops and run.stops[step] != run.imported.stopped
    return not isinstance(result.evidence.outcome, Missing)


def _skipped(run: RunEvidence, needed: str) -> Judgement:
    """Return `skipped` where what was needed failed by the student's doing, else why it is not decided."""
    because = explain_failure(run, needed)
    if because.status is Status.NOT_GRADED:
        return because
    message = _("This could not be tried, because {function}() gave no result.", function=function_name(needed))
    return Judgement(Status.SKIPPED, message)


def _is_missing_after_crash(run: RunEvidence, close: str, found: str) -> bool:
    """Return whether a crash at the top level explains best why a name is missing.

    A script ends where it crashes, so it does; a notebook goes on, so a similar name tells more. A value of
    another type under that name always tells more.
    """
    failures = run.imported.failures
    return bool(failures) and not (found or (close and failures[0].cell is not None))


def name_unit(cell: int | None) -> Words:
    """Return what to call a cell of a notebook, or the whole file for None, at the start of a sentence."""
    return _("Your file, run from top to bottom,") if cell is None else _("Cell {cell}", cell=cell)


def function_name(step: str) -> str:
    """Return the function that a step calls, or whose result it describes, or the global name that it reads.

    Ids are `function@what`, `model:function@what` and `name@value`.
    """
    return step.split("@", 1)[0].rpartition(":")[2]


def _lost(step: str) -> Judgement:
    return not_graded(
        _(
            "The grader has no evidence of {function}(). This is the grader's fault, not yours.",
            function=function_name(step),
        )
    )


def _missing(function: str, close: str, found: str) -> Judgement:
    expected = _("a function {function}()", function=function)
    if found:
        message = _(
            "{function} has to be a function, but here it is a value of type {found}. Is the name used twice?",
            function=function,
            found=found,
        )
        return failed(message, expected=expected, received=found)
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
    if "NotImplementedError" in exception.bases and not _RAISED_BY_KERAS.search(exception.message):
        return Judgement(Status.NOT_ATTEMPTED, _not_written(function, at), at=at)
    if "TypeError" in exception.bases and not exception.frames and "argument" in exception.message:
        message = _(
            "{function}() could not be called: {error}. Compare its arguments with those of the task sheet.",
            function=function,
            error=_without_full_stop(exception.message),
        )
        return failed(message, received=exception.message)
    why = describe_exception(exception)
    return failed(
        _("{function}() stopped with an error: {why}", function=function, why=why),
        at=at,
        received=_short(exception),
    )


# What Keras says of a subclassed model or layer in which something is missing.
_RAISED_BY_KERAS = re.compile(r"\bcall\(\)|subclass")


def _not_written(function: str, at: Frame | None) -> Words:
    other = at.function if at is not None and at.function.isidentifier() else function
    if other == function:
        return _("{function}() is not written yet: it still raises NotImplementedError.", function=function)
    return _(
        "{function}() calls {other}(), which is not written yet: it still raises NotImplementedError.",
        function=function,
        other=other,
    )


def _short(exception: ExceptionFacts) -> str:
    first = exception.message.strip().splitlines()[:1]
    return f"{exception.type}: {_without_full_stop(first[0][:300])}" if first else exception.type


def _without_full_stop(message: str) -> str:
    """Return a message as a part of a sentence: that one ends with a full stop of its own."""
    return message.strip().removesuffix(".")


_BY_TYPE: Mapping[str, Callable[[ExceptionFacts], Words]] = {
    "SyntaxError": lambda e: _(
        "this is not Python: {error}. Look at this line and the one before.",
        error=_without_full_stop(e.message),
    ),
    "RecursionError": lambda _unused: _(
        "a function calls itself without end (RecursionError). Give it a case in which it stops."
    ),
    "MemoryError": lambda e: _(
        "there is not enough memory ({error}). Look for an array that is far larger than the data.",
        error=_short(e),
    ),
    "SystemExit": lambda _unused: _(
        "it called sys.exit() or exit(). Return a value instead; the grader calls more functions after this one."
    ),
    "KeyboardInterrupt": lambda _unused: _(
        "it raised KeyboardInterrupt, which only a person at the keyboard should do. Remove that line."
    ),
    "InputUnavailableError": lambda _unused: _(
        "it asked for keyboard input with input(), but nobody can type here. Take the value from the arguments."
    ),
    "EagerModeNeededError": lambda e: _(
        "it called {function}, which turns eager execution off. That is a mode of TensorFlow 1 in which Keras 3 "
        "can neither train nor predict. Remove that line.",
        function=_without_full_stop(e.message),
    ),
    "ModuleNotFoundError": lambda e: _(
        "{error}. Only what the course uses is installed: NumPy, pandas, scikit-learn, TensorFlow, Keras, "
        "matplotlib and Python itself.",
        error=_without_full_stop(e.message),
    ),
}


def describe_exception(exception: ExceptionFacts) -> Words:
    """Return what happened, in a sentence that begins in lower case or with the exception's name."""
    if _DOWNLOAD_ERRORS.search(exception.message):
        return _(
            "it tried to download something, but there is no network here ({error}). Use the data that is "
            "handed to the function, or scikit-learn's own.",
            error=_short(exception),
        )
    for base in exception.bases:
        if base in _BY_TYPE:
            return _BY_TYPE[base](exception)
    if "OSError" in exception.bases and _DISK_ERRORS.search(exception.message):
        return _(
            "{error}. There is room for small files only: write less, or nothing at all.", error=_short(exception)
        )
    if "BlockingIOError" in exception.bases or "PermissionError" in exception.bases:
        return _(
            "{error}. Inside the grader a submission may read the course's data and write into its current "
            "folder, but use no network and start no programs.",
            error=_short(exception),
        )
    return _("{error}.", error=_short(exception).rstrip("."))


def explain_stop(stop: Stopped, subject: Words | str) -> Judgement:
    """Return the judgement for a run that ended before `subject` (a function, a cell, the file) had."""
    limit = detail = stop.detail
    match stop.reason:
        case StopReason.TIME | StopReason.CPU:
            message = _(
                "{subject} did not come to an end in time. Is there a loop that never ends, or far too much "
                "training?",
                subject=subject,
            )
        case StopReason.TOTAL_TIME:
            message = _(
                "{subject} was not tried any more, because what came before it had used up the time for the whole "
                "submission. Make that faster first.",
                subject=subject,
            )
        case StopReason.MEMORY:
            message = _(
                "{subject} used more than the {limit} MiB of memory that are allowed. Look for an array that is "
                "far larger than the data.",
                subject=subject,
                limit=limit,
            )
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
            message = _(
                "{subject} returned more data than the grader keeps. Return arrays of the size that the task "
                "sheet names.",
                subject=subject,
            )
        case StopReason.TAMPERED:
            message = _(
                "{subject} left results that the grader did not write. They do not count, and your "
                "instructor sees this.",
                subject=subject,
            )
            return not_graded(message)
        case StopReason.GRADER:
            message = _(
                "{subject} could not be graded: the grader itself failed ({detail}). This is not your fault.",
                subject=subject,
                detail=detail,
            )
            return not_graded(message)
    return failed(message)
