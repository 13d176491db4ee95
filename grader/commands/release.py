"""The commands that build files to hand out: release, gradescope, vpl, classroom50."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader import __version__
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
from grader.core.course import Course
from grader.core.course_secret import with_own_secret
from grader.core.i18n import Translator, _

if TYPE_CHECKING:
    from grader.rubric import Rubric


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command(help=help_(_("Make what students get: task sheets, stubs, versions. Nothing of a solution.")))(
        release
    )
    app.command(help=help_(_("Make the autograder zip of an exercise, to upload to Gradescope.")))(gradescope)
    app.command(help=help_(_("Make the execution files of an exercise for Moodle's VPL.")))(vpl)
    app.command(help=help_(_("Make the autograder folder of an exercise for Classroom 50.")))(classroom50)


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


@dataclass(frozen=True)
class _HostedExercise:
    """An exercise that is to be graded on a platform's machines."""

    course: Course
    rubric: "Rubric"
    translate: Translator


@contextmanager
def _pack_exercise(exercise: str, course: Path | None, lang: str, target: Path) -> Iterator[_HostedExercise]:
    """Find an exercise and read its rubric, so that none with a mistake is uploaded; name the target at the end.

    What people can mend ends the command, also where the files are made.
    """
    from grader.rubric.loader import load_usable_rubric

    translate = Translator(lang)
    chosen = find_course_or_exit(course, translate)
    find_exercise_or_exit(chosen, exercise, translate)
    with exit_on_user_error(translate):
        yield _HostedExercise(chosen, load_usable_rubric(chosen, exercise).rubric, translate)
    typer.echo(str(target))


def _print_not_locked(translate: Translator) -> None:
    print_to_stderr(
        translate(_("Only direct dependencies are pinned, and without hashes: this is no checkout of the grader."))
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
    """Gather, write, and say what to set there."""
    from grader.authoring.release import archives
    from grader.authoring.release.gradescope.bundle import build_autograder, required_resources
    from grader.authoring.release.gradescope.settings import Settings

    target = out or Path(f"{exercise}-autograder.zip")
    with _pack_exercise(exercise, course, lang, target) as hosted:
        rubric = hosted.rubric
        gigabytes, minutes = required_resources(rubric)
        settings = Settings(exercise=exercise, language=lang, visibility=visibility)
        files, locked = build_autograder(with_own_secret(hosted.course), exercise, settings)
        archives.write_zip(files, target)
    typer.echo(
        hosted.translate(
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
        _print_not_locked(hosted.translate)


def vpl(
    exercise: ExerciseArgument,
    out: Annotated[
        Path | None,
        typer.Option("--out", help=help_(_("The zip to write. Without it: NAME-vpl.zip, in this folder."))),
    ] = None,
    lang: LanguageOption = DEFAULT_LANGUAGE,
    course: CourseOption = None,
) -> None:
    """Gather, write, and say what to set there."""
    from grader.authoring.release import archives
    from grader.authoring.release.gradescope.bundle import required_resources
    from grader.authoring.release.hosted_settings import Settings
    from grader.authoring.release.vpl.pack import PACKED, build_pack

    target = out or Path(f"{exercise}-vpl.zip")
    with _pack_exercise(exercise, course, lang, target) as hosted:
        rubric = hosted.rubric
        gigabytes, minutes = required_resources(rubric)
        settings = Settings(exercise=exercise, language=lang, points=rubric.total)
        archives.write_zip(build_pack(with_own_secret(hosted.course), exercise, settings), target)
    typer.echo(
        hosted.translate(
            _(
                "Put its files among the execution files of the activity, and keep {packed} out of the files "
                "to keep when running. Set: maximum grade {points:g}, {minutes} minutes, {gigabytes} GB of "
                "memory. The jail server needs keras-grader {version} in /opt/keras-grader.",
                packed=PACKED,
                points=rubric.total,
                minutes=minutes,
                gigabytes=gigabytes,
                version=__version__,
            )
        )
    )


def classroom50(
    exercise: ExerciseArgument,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help=help_(_("Folder to make. Without it: NAME-classroom50, here."))),
    ] = None,
    lang: LanguageOption = DEFAULT_LANGUAGE,
    course: CourseOption = None,
) -> None:
    """Gather, write, and say what to do with it."""
    from grader.authoring.release import archives
    from grader.authoring.release.classroom50.pack import build_pack
    from grader.authoring.release.hosted_settings import Settings

    target = out or Path(f"{exercise}-classroom50")
    with _pack_exercise(exercise, course, lang, target) as hosted:
        rubric = hosted.rubric
        settings = Settings(exercise=exercise, language=lang, points=rubric.total)
        files, locked = build_pack(hosted.course, exercise, settings)
        archives.write_folder(files, target)
    typer.echo(
        hosted.translate(
            _(
                "Put its files into CLASSROOM/autograders/ASSIGNMENT/ of the repository classroom50, and set "
                "for the assignment: runtime python 3.12, release_assets report.html. Whoever finds the "
                "address of its Pages can read them; marks that count come from grader batch."
            )
        )
    )
    if not locked:
        _print_not_locked(hosted.translate)
