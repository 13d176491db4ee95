"""The command line: parses, calls, prints. Imports neither TensorFlow nor NumPy."""

from typing import Annotated

import typer

from grader import __version__
from grader.commands import authoring, ci, classroom, data, gradebook, note, release, review, student
from grader.commands.logging_options import (
    LogFileOption,
    LoggingTyper,
    VerboseOption,
    report_unexpected_error,
    start_logging,
)
from grader.commands.options import (
    DEFAULT_LANGUAGE,
    LanguageOption,
    help_,
    raise_at_end_signals,
    replace_unprintable_characters,
)
from grader.commands.usage_errors import TranslatingGroup
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator, _

PANELS = (
    (student, _("For students")),
    (classroom, _("For instructors, with a class")),
    (review, _("For instructors, with a class")),
    (gradebook, _("For instructors, with a class")),
    (ci, _("For pull requests")),
    (note, _("For pull requests")),
    (release, _("For instructors, to give out")),
    (authoring, _("For authors of exercises")),
)
INTRODUCTION = (
    _("Grades Keras exercises: runs the code behind walls and judges the network that it really built."),
    _(
        "Students: grader list shows the exercises, grader start NAME copies one, grader check says what is right "
        "and what is not, as often as you want. Then hand in the file."
    ),
    _(
        "Instructors: grader release gives out the exercises, grader batch grades what a class handed in, grader "
        "rescore judges it again, grader export writes the marks for your platform, grader gradebook joins "
        "several exercises. grader gradescope makes an autograder for Gradescope."
    ),
    _("Repositories: grader ci grades what a pull request changes, and answers on GitHub, on GitLab or anywhere."),
    _(
        "Authors: grader new makes an exercise to start from, grader validate proves that its rubric gives each "
        "right solution all points, and each wrong one not."
    ),
)
CLOSING = (
    _(
        "Exit codes: 0 everything passed, 1 graded but not all passed, 2 wrong usage or unreadable input, 3 "
        "something could not be graded."
    ),
    _("More: grader COMMAND --help, and docs/ of the project, one page for each kind of reader."),
)

app = LoggingTyper(
    cls=TranslatingGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="\n\n".join(map(help_, INTRODUCTION)),
    epilog="\n\n".join(map(help_, CLOSING)),
)

for commands, panel in PANELS:
    registered_before = len(app.registered_commands)
    commands.register(app)
    for command in app.registered_commands[registered_before:]:
        command.rich_help_panel = help_(panel)

app.add_typer(data.group, name="data", rich_help_panel=help_(PANELS[0][1]))


@app.callback(invoke_without_command=True)
def root(
    version: Annotated[bool, typer.Option("--version", help=help_(_("Print the version and stop.")))] = False,
    verbose: VerboseOption = False,
    log_file: LogFileOption = None,
) -> None:
    """Grade Keras exercises."""
    start_logging(verbose=verbose, file=log_file)
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command(
    help=help_(_("Show what this machine can do: versions and isolation features.")),
    rich_help_panel=help_(PANELS[0][1]),
)
def doctor(lang: LanguageOption = DEFAULT_LANGUAGE) -> None:
    """Print versions, what is missing, and which isolation features work."""
    from rich.console import Console

    from grader.commands.doctor import examine_machine

    raise typer.Exit(ExitCode.PASSED if examine_machine(Console(), Translator(lang)) else ExitCode.NOT_GRADED)


def main() -> None:
    """Entry point of the `grader` command. An unexpected error is the grader's fault and no mark: exit code 3."""
    replace_unprintable_characters()
    raise_at_end_signals()
    try:
        app(prog_name="grader")  # also as `python -m grader`
    except Exception as error:  # noqa: BLE001 - Python's exit code for a traceback would mean "not all passed"
        raise SystemExit(report_unexpected_error(error)) from None
