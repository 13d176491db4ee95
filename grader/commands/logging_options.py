"""`--verbose` and `--log-file`, for every command: `LoggingTyper` adds them to each that is registered."""

import functools
import inspect
import logging
import platform
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from grader import __version__
from grader.commands.options import DEFAULT_LANGUAGE, exit_after_interrupt, help_, print_to_stderr, refuse
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator, _
from grader.core.logs import configure_logging, is_verbose, log_file

VerboseOption = Annotated[
    bool, typer.Option("--verbose", "-v", help=help_(_("Write to standard error what is done, for a bug report.")))
]
LogFileOption = Annotated[
    Path | None,
    typer.Option("--log-file", metavar="FILE", help=help_(_("Write the same to the end of this file."))),
]

F = TypeVar("F", bound=Callable[..., Any])

_log = logging.getLogger(__name__)


class LoggingTyper(typer.Typer):
    """A program whose every command takes `--verbose` and `--log-file` besides its own options."""

    def command(self, name: str | None = None, **settings: Any) -> Callable[[F], F]:
        """Register a command, as Typer does, with the two options added to those of the function."""
        register = super().command(name, **settings)

        def decorate(function: F) -> F:
            register(_with_logging_options(function))
            return function

        return decorate


def _with_logging_options(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def command(*arguments: Any, verbose: bool = False, log_file: Path | None = None, **options: Any) -> Any:
        start_logging(verbose=verbose, file=log_file)
        _log.info("command %s", function.__name__)
        try:
            return function(*arguments, **options)
        except KeyboardInterrupt:  # wherever it was heard: never an exit code that would mean a verdict
            exit_after_interrupt(Translator(options.get("lang", DEFAULT_LANGUAGE)))

    added = {"verbose": (VerboseOption, False), "log_file": (LogFileOption, None)}
    signature = inspect.signature(function, eval_str=True)
    parameters = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)
        for name, (kind, default) in added.items()
    ]
    command.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*signature.parameters.values(), *parameters]
    )
    kinds = {name: parameter.annotation for name, parameter in signature.parameters.items()}
    command.__annotations__ = kinds | {name: kind for name, (kind, _default) in added.items()}
    return command


def start_logging(*, verbose: bool, file: Path | None) -> None:
    """Do what the two options ask for; refuse a file that cannot be written."""
    try:
        configure_logging(verbose=verbose, file=file)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        refuse(help_(_("The log cannot be written to {file}: {reason}.", file=str(file), reason=reason)))
    if verbose or file is not None:
        _log.info("grader %s, Python %s, %s", __version__, platform.python_version(), platform.platform())


def report_unexpected_error(error: Exception) -> ExitCode:
    """Put the traceback into the log, and tell the user in one sentence where it is or how to get one."""
    translate = Translator(DEFAULT_LANGUAGE)
    _log.critical("unexpected error", exc_info=error)
    name = type(error).__name__
    if (file := log_file()) is not None:
        sentence = _(
            "This is the grader's fault, not yours ({error}). Please report it, with the log: {file}",
            error=name,
            file=str(file),
        )
    elif is_verbose():
        sentence = _(
            "This is the grader's fault, not yours ({error}). Please report it, with the log above.", error=name
        )
    else:
        sentence = _(
            "This is the grader's fault, not yours ({error}). Please report it, with the log that "
            "the same command writes with --log-file FILE.",
            error=name,
        )
    print_to_stderr(translate(sentence))
    return ExitCode.NOT_GRADED
