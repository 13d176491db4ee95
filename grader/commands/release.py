"""The commands that build files to hand out: release, gradescope."""

from pathlib import Path
from typing import Annotated

import typer

from grader.authoring.release.gradescope.settings import Visibility
from grader.commands.options import (
    DEFAULT_LANGUAGE,
    CourseOption,
    ExerciseArgument,
    LanguageOption,
    exit_on_user_error,
    find_course_or_exit,
    find_exercise_or_exit,
    help_,
    print_to_stderr,
)
from grader.core.i18n import Translator, _


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command(help=help_(_("Make what students get: task sheets, stubs, versions. Nothing of a solution.")))(
        release
    )
    app.command(help=help_(_("Make the autograder zip of an exercise, to upload to Gradescope.")))(gradescope)


def release(
    target: Annotated[
        Path,
        typer.Argument(metavar="DIR", help=help_(_("Folder that is not there yet, or a name that ends in .zip."))),
    ],
    course: CourseOption = None,
    lang: LanguageOption = DEFAULT_LANGUAGE,
) -> None:
    """Gather, compare with the solutions, then write everything at once."""
    from grader.authoring.release import archives
    from grader.authoring.release import student_bundle as releasing

    translate = Translator(lang)
    chosen = find_course_or_exit(course, translate)
    with exit_on_user_error(translate):
        files = releasing.build_bundle(chosen)
        if target.suffix.lower() == ".zip":
            archives.write_zip(files, target)
        else:
            archives.write_folder(files, target)
    for name in sorted(files):
        typer.echo(name)
    if unproven := releasing.find_uncompared_exercises(chosen):
        print_to_stderr(
            translate(
                _(
                    "Not compared with a solution, because there is none in reference/: {names}.",
                    names=", ".join(unproven),
                )
            )
        )


def gradescope(
    exercise: ExerciseArgument,
    out: Annotated[
        Path | None,
        typer.Option("--out", help=help_(_("The zip to write. Without it: NAME-autograder.zip, in this folder."))),
    ] = None,
    visibility: Annotated[
        Visibility, typer.Option("--visibility", help=help_(_("When students see the tests and their score.")))
    ] = Visibility.VISIBLE,
    lang: LanguageOption = DEFAULT_LANGUAGE,
    course: CourseOption = None,
) -> None:
    """Read the rubric, so that one with a mistake is not uploaded; gather; write; say what to set there."""
    from grader.authoring.release import archives
    from grader.authoring.release.gradescope.bundle import build_autograder, required_resources
    from grader.authoring.release.gradescope.settings import Settings
    from grader.rubric.loader import load_usable_rubric

    translate = Translator(lang)
    chosen = find_course_or_exit(course, translate)
    find_exercise_or_exit(chosen, exercise, translate)
    target = out or Path(f"{exercise}-autograder.zip")
    with exit_on_user_error(translate):
        rubric = load_usable_rubric(chosen, exercise).rubric
        gigabytes, minutes = required_resources(rubric)
        settings = Settings(exercise=exercise, language=lang, visibility=visibility)
        files, locked = build_autograder(chosen, exercise, settings)
        archives.write_zip(files, target)
    typer.echo(str(target))
    typer.echo(
        translate(
            _(
                "Set on Gradescope: Ubuntu 22.04 or newer, at least {gigabytes} GB of memory, a timeout of "
                "{minutes} minutes, an autograder of {points:g} points.",
                gigabytes=gigabytes,
                minutes=minutes,
                points=rubric.total,
            )
        )
    )
    if not locked:
        print_to_stderr(
            translate(
                _("Only direct dependencies are pinned, and without hashes: this is no checkout of the grader.")
            )
        )
