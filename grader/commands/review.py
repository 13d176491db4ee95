"""The command that opens the review desk in a browser."""

import getpass
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from grader.commands.classroom import FolderArgument, exit_on_class_error
from grader.commands.extras import Extra, require_extra
from grader.commands.options import (
    DEFAULT_LANGUAGE,
    CourseOption,
    LanguageOption,
    find_course_or_exit,
    help_,
    print_to_stderr,
)
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator, _


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command(help=help_(_("Open a page on this machine on which people mark what is left to them.")))(review)


def review(
    folder: FolderArgument,
    requests: Annotated[
        Path | None,
        typer.Option("--requests", help=help_(_("Regrade requests: a CSV with reference, criterion and text."))),
    ] = None,
    second: Annotated[
        bool,
        typer.Option(
            "--second", help=help_(_("Mark a second time, without seeing the first marks; changes none."))
        ),
    ] = False,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help=help_(_("Port on this machine; 0: any that is free.")))
    ] = 0,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help=help_(_("Open the page in the browser.")))
    ] = True,
    lang: LanguageOption = DEFAULT_LANGUAGE,
    course: CourseOption = None,
) -> None:
    """Serve the desk until Ctrl-C, then write the reports that changed."""
    require_extra(Extra.CLASS, "grader review", lang)
    from grader.classroom.folder import open_folder, seal_course
    from grader.commands.review_session import ReviewOptions, review_class

    translate = Translator(lang)

    def report_link(link: str) -> None:
        print_to_stderr(translate(_("The desk is open at {link}", link=link)))
        print_to_stderr(
            translate(_("It ends with Ctrl-C. Whoever has this link can change marks: keep it to yourself."))
        )
        if browser and not webbrowser.open(link):
            print_to_stderr(translate(_("No browser could be opened. Open the link yourself.")))

    with exit_on_class_error(translate):
        class_folder = open_folder(folder)
        chosen = find_course_or_exit(course or Path(class_folder.settings.course), translate)
        options = ReviewOptions(getpass.getuser(), second, port, requests)
        review_class(class_folder, seal_course(chosen, class_folder), options, report_link, translate)
    raise typer.Exit(ExitCode.PASSED)
