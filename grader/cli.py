"""The command line: parses, calls, prints. Imports neither TensorFlow nor NumPy."""

import traceback
from typing import Annotated

import typer
from rich.console import Console

from grader import (
    __version__,
    author_commands,
    bundle_commands,
    ci_commands,
    class_commands,
    note_command,
    student_commands,
)
from grader.command_line import DEFAULT_LANGUAGE, ExitCode, LanguageOption, help_
from grader.text import T, Translator

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help=help_(
        T("Grades Keras exercises: runs the code behind walls and judges the network that it really built.")
    ),
)

for commands in (student_commands, class_commands, ci_commands, note_command, author_commands, bundle_commands):
    commands.register(app)


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help=help_(T("Print the version and stop.")))] = False,
) -> None:
    """Grade Keras exercises."""
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command(help=help_(T("Show what this machine can do: versions and walls.")))
def doctor(lang: LanguageOption = DEFAULT_LANGUAGE) -> None:
    """Start the warm worker, let the canary try the walls, and print what holds."""
    from grader.doctor import examine

    raise typer.Exit(ExitCode.PASSED if examine(Console(), Translator(lang)) else ExitCode.NOT_GRADED)


def main() -> None:
    """Entry point of the `grader` command. A fault of the grader is told as one, and is no mark: exit code 3."""
    try:
        app()
    except Exception:  # noqa: BLE001 - Python's own exit code for a traceback would mean "graded, not all passed"
        traceback.print_exc()
        Console(stderr=True).print(help_(T("This is the grader's fault, not yours. Please report it.")))
        raise SystemExit(ExitCode.NOT_GRADED) from None
