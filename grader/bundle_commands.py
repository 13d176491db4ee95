"""The commands that make what leaves the house: release, gradescope."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from grader.command_line import (
    DEFAULT_LANGUAGE,
    CourseOption,
    LanguageOption,
    chosen_course,
    complain,
    help_,
    refuse,
)
from grader.text import T, ToldError, Translator


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command(help=help_(T("Make what students get: task sheets, stubs, versions. Nothing of a solution.")))(
        release
    )


def release(
    target: Annotated[
        Path,
        typer.Argument(metavar="DIR", help=help_(T("Folder that is not there yet, or a name that ends in .zip."))),
    ],
    course: CourseOption = None,
    lang: LanguageOption = DEFAULT_LANGUAGE,
) -> None:
    """Gather, compare with the solutions, then write everything at once."""
    from grader import packing
    from grader import release as releasing

    say = Translator(lang)
    chosen = chosen_course(course, say)
    with _told(say):
        files = releasing.bundle(chosen)
        if target.suffix.lower() == ".zip":
            packing.write_zip(files, target)
        else:
            packing.write_folder(files, target)
    for name in sorted(files):
        typer.echo(name)
    if unproven := releasing.without_reference(chosen):
        complain(
            say(
                T(
                    "Not compared with a solution, because there is none in reference/: {names}.",
                    names=", ".join(unproven),
                )
            )
        )


@contextmanager
def _told(say: Translator) -> Iterator[None]:
    try:
        yield
    except ToldError as error:
        refuse(say(error.text))
