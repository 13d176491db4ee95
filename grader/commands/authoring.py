"""The commands for an author of exercises: new, notebooks, validate."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from grader.authoring.scaffold import ExerciseKind, create_exercise, find_authors_course, find_name_problem
from grader.commands.options import (
    DEFAULT_LANGUAGE,
    CourseOption,
    ExercisesArgument,
    LanguageOption,
    chosen_course,
    complain,
    exit_on_user_error,
    help_,
    refuse,
    rubric_folder,
    stopped,
)
from grader.commands.progress import counting_bar, running_grader
from grader.core.course import Course
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator, _
from grader.core.strict import enable_strict_mode
from grader.grading.grader import Grader
from grader.protocol.verdict import Verdict

if TYPE_CHECKING:
    from grader.authoring.validation.validate import Exercise


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
    say = Translator(lang)
    with exit_on_user_error(say):
        home = find_authors_course(course)
        if problem := find_name_problem(home, name):  # before anything is asked
            refuse(say(problem))
        made = create_exercise(home, name, kind or _asked(say))
    for file in made.files:
        typer.echo(_near(file))
    more = f" --course {_near(home.folder)}" if course is not None else ""
    typer.echo()
    typer.echo(say(_("Next: change these files, and after each change prove that they fit together:")))
    typer.echo(f"    grader notebooks {name}{more}")
    typer.echo(f"    grader validate {name}{more}")


def _asked(say: Translator) -> ExerciseKind:
    """Ask for the kind until the answer is one; without a terminal there is nobody to ask."""
    kinds = ", ".join(ExerciseKind)
    answer = None
    if _is_terminal():
        with suppress(typer.Abort):
            question = say(_("What kind of exercise ({kinds})?", kinds=kinds))
            answer = typer.prompt(question, default=ExerciseKind.CLASSIFICATION.value, type=ExerciseKind)
    if answer is None:
        refuse(say(_("What kind of exercise? Say --kind with one of: {kinds}.", kinds=kinds)))
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

    say = Translator(lang)
    with exit_on_user_error(say):
        home = chosen_course(find_authors_course(course).folder, say)
    if exercise is not None:
        rubric_folder(home, exercise, say)
    stale = []
    for source in find_sources(home, (exercise,) if exercise else home.exercises()):
        try:
            if is_up_to_date(source):
                continue
            stale.append(source.with_suffix(".ipynb"))
            if not only_check:
                write_notebook(source)
        except (OSError, UnicodeDecodeError) as error:
            refuse(say(_("No notebook can be made from {file}: {error}", file=_near(source), error=str(error))))
    for notebook in stale:
        typer.echo(_near(notebook))
    raise typer.Exit(ExitCode.NOT_ALL_PASSED if only_check and stale else ExitCode.PASSED)


def validate(
    exercise: ExercisesArgument = None,
    course: CourseOption = None,
    lang: LanguageOption = DEFAULT_LANGUAGE,
) -> None:
    """Grade the course's own solutions and mutants of the reference, and compare with what each must lose."""
    from grader.authoring.validation.validate import (  # instructors only
        Exercise,
        UnprovableExerciseError,
        load_exercise,
    )

    say = Translator(lang)
    chosen = chosen_course(course, say)
    names = (exercise,) if exercise else chosen.exercises()
    code = ExitCode.PASSED
    found: list[Exercise] = []
    for name in names:
        rubric_folder(chosen, name, say)
        try:
            found.append(load_exercise(chosen, name))
        except UnprovableExerciseError as error:
            complain(say(error.text))
            code = max(code, ExitCode.USAGE if error.is_unreadable else ExitCode.NOT_ALL_PASSED)
    if found and not _all_proven(chosen, found, say):
        code = max(code, ExitCode.NOT_ALL_PASSED)
    raise typer.Exit(code)


def _all_proven(course: Course, exercises: "Sequence[Exercise]", say: Translator) -> bool:
    """Prove each exercise and print its tables; returns whether nothing is to be mended."""
    from grader.grading.run_cache import RunCache, cache_folder

    enable_strict_mode()  # before any process of the grader starts
    runs = RunCache(cache_folder())
    with running_grader(course, plain=False, say=say, runs=runs) as grader:
        try:
            proven = [_is_proven(grader, exercise, say) for exercise in exercises]
        except KeyboardInterrupt:
            stopped(say)
    runs.tidy()
    return all(proven)


def _explain(reference: Verdict, say: Translator) -> None:
    """Say where the reference falls short: what its mutants lose would say nothing then."""
    complain(say(_("The reference does not get what it has to, so its mutants were not tried:")))
    for criterion in reference.criteria:
        if criterion.points < criterion.max_points:
            complain(f"  {criterion.id}: {criterion.message}")


def _is_proven(grader: Grader, exercise: "Exercise", say: Translator) -> bool:
    from grader.authoring.validation.validate import Validator
    from grader.commands.validation_output import build_expectation_table, build_mutant_table, count_mutants

    console = Console()
    validator = Validator(grader, exercise.name, exercise.expectations, say.language)
    checked, tried = [], []
    total = len(exercise.expectations) + len(exercise.mutants)
    with counting_bar(say(_("Proving {exercise}", exercise=exercise.name)), total) as advance:
        for result in validator.check_expectations():
            advance(result.expectation.name)
            checked.append(result)
        if checked[0].complaint is None:
            for mutant_result in validator.try_mutants(exercise.mutants, exercise.equivalents):
                advance(mutant_result.mutant.id)
                tried.append(mutant_result)
    console.print(build_expectation_table(exercise.name, checked, say))
    if checked[0].complaint is not None:
        _explain(validator.grade_reference().verdict, say)
    else:
        console.print(build_mutant_table(exercise.name, tried, say))
        console.print(count_mutants(tried, say), highlight=False, soft_wrap=True)
    for complaint in exercise.complaints:
        complain(say(complaint))
    for pattern in exercise.unused_patterns:
        complain(
            say(
                _(
                    "equivalent.toml of {exercise}: no mutant is called {pattern!r}.",
                    exercise=exercise.name,
                    pattern=pattern,
                )
            )
        )
    is_expected = all(r.complaint is None for r in checked) and all(r.is_expected for r in tried)
    return is_expected and not exercise.unused_patterns and not exercise.complaints
