"""The commands for an author of exercises: new, notebooks, validate."""

import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from grader.authoring.scaffold import ExerciseKind, create_exercise, find_authors_course, find_name_problem
from grader.commands.extras import Extra, require_extra
from grader.commands.options import (
    DEFAULT_LANGUAGE,
    CourseOption,
    ExercisesArgument,
    LanguageOption,
    exit_on_user_error,
    find_course_or_exit,
    find_exercise_or_exit,
    help_,
    refuse,
)
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator, _


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command(help=help_(_("Prove the rubrics: on the reference, the stub, every variant, and mutants.")))(
        validate
    )
    app.command(help=help_(_("Make a new exercise that is right already, to be changed into your own.")))(new)
    app.command(help=help_(_("Make the notebooks of stubs and references from their .py files.")))(notebooks)


def new(
    name: str,
    kind: Annotated[
        ExerciseKind | None,
        typer.Option("--kind", help=help_(_("What the exercise is about. Without it: you are asked."))),
    ] = None,
    course: CourseOption = None,
    lang: LanguageOption = DEFAULT_LANGUAGE,
) -> None:
    """Write task sheets, stub, rubric, reference and variants; never over anything that is there."""
    require_extra(Extra.AUTHOR, "grader new", lang)
    translate = Translator(lang)
    with exit_on_user_error(translate):
        home = find_authors_course(course)
        if problem := find_name_problem(home, name):  # before anything is asked
            refuse(translate(problem))
        scaffolded = create_exercise(home, name, kind or _asked(translate))
    for file in scaffolded.files:
        typer.echo(_near(file))
    more = f" --course {_near(home.folder)}" if course is not None else ""
    typer.echo()
    typer.echo(translate(_("Next: change these files, and after each change prove that they fit together:")))
    typer.echo(f"    grader notebooks {name}{more}")
    typer.echo(f"    grader validate {name}{more}")


def _asked(translate: Translator) -> ExerciseKind:
    """Ask for the kind until the answer is one; without a terminal there is nobody to ask."""
    kinds = ", ".join(ExerciseKind)
    answer = None
    if _is_terminal():
        with suppress(typer.Abort):
            question = translate(_("What kind of exercise ({kinds})?", kinds=kinds))
            answer = typer.prompt(question, default=ExerciseKind.CLASSIFICATION.value, type=ExerciseKind)
    if answer is None:
        refuse(translate(_("What kind of exercise? Say --kind with one of: {kinds}.", kinds=kinds)))
    return ExerciseKind(answer)


def _is_terminal() -> bool:
    return sys.stdin.isatty()


def _near(path: Path) -> str:
    """Return a path as it is called from here."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def notebooks(
    exercise: ExercisesArgument = None,
    course: CourseOption = None,
    only_check: Annotated[
        bool, typer.Option("--check", help=help_(_("Write nothing; say which notebooks are out of date.")))
    ] = False,
    lang: LanguageOption = DEFAULT_LANGUAGE,
) -> None:
    """Write each notebook that is not what its source makes; with --check, only name it."""
    from grader.authoring.notebooks import find_sources, is_up_to_date, write_notebook

    require_extra(Extra.AUTHOR, "grader notebooks", lang)
    translate = Translator(lang)
    with exit_on_user_error(translate):
        home = find_course_or_exit(find_authors_course(course).folder, translate)
    if exercise is not None:
        find_exercise_or_exit(home, exercise, translate)
    stale = []
    for source in find_sources(home, (exercise,) if exercise else home.exercises()):
        try:
            if is_up_to_date(source):
                continue
            stale.append(source.with_suffix(".ipynb"))
            if not only_check:
                write_notebook(source)
        except (OSError, UnicodeDecodeError) as error:
            refuse(
                translate(_("No notebook can be made from {file}: {error}", file=_near(source), error=str(error)))
            )
    for notebook in stale:
        typer.echo(_near(notebook))
    raise typer.Exit(ExitCode.NOT_ALL_PASSED if only_check and stale else ExitCode.PASSED)


def validate(
    exercise: ExercisesArgument = None,
    secrets: Annotated[
        int,
        typer.Option(
            "--secrets",
            min=0,
            help=help_(_("Prove that every submission gets the same with this many secrets; no mutants then.")),
        ),
    ] = 0,
    course: CourseOption = None,
    lang: LanguageOption = DEFAULT_LANGUAGE,
) -> None:
    """Grade the course's own solutions and mutants of the reference, and compare with what each must lose."""
    from grader.commands.validate_exercises import validate_exercises

    require_extra(Extra.AUTHOR, "grader validate", lang)
    translate = Translator(lang)
    chosen = find_course_or_exit(course, translate)
    names = (exercise,) if exercise else chosen.exercises()
    for name in names:
        find_exercise_or_exit(chosen, name, translate)
    raise typer.Exit(validate_exercises(chosen, names, translate, secrets))
