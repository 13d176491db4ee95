"""The commands for an author of exercises: new, notebooks, validate."""

import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from grader.authoring.scaffold import Kind, authors_course, problem_of, scaffold
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
        Kind | None,
        typer.Option("--kind", help=help_(_("What the exercise is about. Without it: you are asked."))),
    ] = None,
    course: CourseOption = None,
    lang: LanguageOption = DEFAULT_LANGUAGE,
) -> None:
    """Write task sheets, stub, rubric, reference and variants; never over anything that is there."""
    say = Translator(lang)
    with exit_on_user_error(say):
        home = authors_course(course)
        if problem := problem_of(home, name):  # before anything is asked
            refuse(say(problem))
        made = scaffold(home, name, kind or _asked(say))
    for file in made.files:
        typer.echo(_near(file))
    more = f" --course {_near(home.folder)}" if course is not None else ""
    typer.echo()
    typer.echo(say(_("Next: change these files, and after each change prove that they fit together:")))
    typer.echo(f"    grader notebooks {name}{more}")
    typer.echo(f"    grader validate {name}{more}")


def _asked(say: Translator) -> Kind:
    """Ask for the kind until the answer is one; without a terminal there is nobody to ask."""
    kinds = ", ".join(Kind)
    answer = None
    if _is_terminal():
        with suppress(typer.Abort):
            question = say(_("What kind of exercise ({kinds})?", kinds=kinds))
            answer = typer.prompt(question, default=Kind.CLASSIFICATION.value, type=Kind)
    if answer is None:
        refuse(say(_("What kind of exercise? Say --kind with one of: {kinds}.", kinds=kinds)))
    return Kind(answer)


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
    from grader.authoring.notebooks import is_made_from, sources, write_notebook

    say = Translator(lang)
    with exit_on_user_error(say):
        home = chosen_course(authors_course(course).folder, say)
    if exercise is not None:
        rubric_folder(home, exercise, say)
    stale = []
    for source in sources(home, (exercise,) if exercise else home.exercises()):
        try:
            if is_made_from(source):
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
    from grader.authoring.validation.validate import Exercise, RefusedError, exercise_of  # instructors only

    say = Translator(lang)
    chosen = chosen_course(course, say)
    names = (exercise,) if exercise else chosen.exercises()
    code = ExitCode.PASSED
    found: list[Exercise] = []
    for name in names:
        rubric_folder(chosen, name, say)
        try:
            found.append(exercise_of(chosen, name))
        except RefusedError as error:
            complain(say(error.text))
            code = max(code, ExitCode.USAGE if error.unreadable else ExitCode.NOT_ALL_PASSED)
    if found and not _all_proven(chosen, found, say):
        code = max(code, ExitCode.NOT_ALL_PASSED)
    raise typer.Exit(code)


def _all_proven(course: Course, exercises: "Sequence[Exercise]", say: Translator) -> bool:
    """Prove each exercise and print its tables; returns whether nothing is to be mended."""
    from grader.grading.run_cache import RunCache, cache_folder

    runs = RunCache(cache_folder())
    with running_grader(course, plain=False, say=say, runs=runs) as grader:
        try:
            proven = [_is_proven(grader, exercise, say) for exercise in exercises]
        except KeyboardInterrupt:
            stopped(say)
    runs.remove_oldest()
    return all(proven)


def _explain(reference: Verdict, say: Translator) -> None:
    """Say where the reference falls short: what its mutants lose would say nothing then."""
    complain(say(_("The reference does not get what it has to, so its mutants were not tried:")))
    for criterion in reference.criteria:
        if criterion.points < criterion.max_points:
            complain(f"  {criterion.id}: {criterion.message}")


def _is_proven(grader: Grader, exercise: "Exercise", say: Translator) -> bool:
    from grader.authoring.validation.validate import Validator
    from grader.commands.validation_output import count_of_mutants, table_of_claims, table_of_mutants

    console = Console()
    bench = Validator(grader, exercise.name, exercise.claims, say.language)
    proofs, trials = [], []
    total = len(exercise.claims) + len(exercise.mutants)
    with counting_bar(say(_("Proving {exercise}", exercise=exercise.name)), total) as advance:
        for proof in bench.proofs():
            advance(proof.claim.name)
            proofs.append(proof)
        if proofs[0].complaint is None:
            for trial in bench.trials(exercise.mutants, exercise.equivalents):
                advance(trial.mutant.id)
                trials.append(trial)
    console.print(table_of_claims(exercise.name, proofs, say))
    if proofs[0].complaint is not None:
        _explain(bench.reference().verdict, say)
    else:
        console.print(table_of_mutants(exercise.name, trials, say))
        console.print(count_of_mutants(trials, say), highlight=False, soft_wrap=True)
    for complaint in exercise.complaints:
        complain(say(complaint))
    for pattern in exercise.stale:
        complain(
            say(
                _(
                    "equivalent.toml of {exercise}: no mutant is called {pattern!r}.",
                    exercise=exercise.name,
                    pattern=pattern,
                )
            )
        )
    wrong = [p for p in proofs if p.complaint is not None], [t for t in trials if not t.is_as_it_should_be]
    return not any(wrong) and not exercise.stale and not exercise.complaints
