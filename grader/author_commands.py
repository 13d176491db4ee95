"""The commands for an author of exercises: validate."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from grader.command_line import (
    DEFAULT_LANGUAGE,
    CourseOption,
    ExercisesArgument,
    ExitCode,
    LanguageOption,
    chosen_course,
    complain,
    help_,
    rubric_folder,
    stopped,
)
from grader.course import Course
from grader.grade import Grader
from grader.running import counting_bar, running_grader
from grader.text import T, Translator

if TYPE_CHECKING:
    from grader.validate import Exercise


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command(help=help_(T("Prove the rubrics: on the reference, the stub, every variant, and mutants.")))(
        validate
    )


def validate(
    exercise: ExercisesArgument = None,
    course: CourseOption = None,
    lang: LanguageOption = DEFAULT_LANGUAGE,
) -> None:
    """Grade the course's own solutions and mutants of the reference, and compare with what each must lose."""
    from grader.validate import Exercise, RefusedError, exercise_of  # instructors only

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
    from grader.run_cache import RunCache, cache_folder

    runs = RunCache(cache_folder())
    with running_grader(course, plain=False, say=say, runs=runs) as grader:
        try:
            proven = [_is_proven(grader, exercise, say) for exercise in exercises]
        except KeyboardInterrupt:
            stopped(say)
    runs.tidy()
    return all(proven)


def _is_proven(grader: Grader, exercise: "Exercise", say: Translator) -> bool:
    from grader.proof_tables import count_of_mutants, table_of_claims, table_of_mutants
    from grader.validate import Bench

    console = Console()
    bench = Bench(grader, exercise.name, exercise.claims)
    proofs, trials = [], []
    total = len(exercise.claims) + len(exercise.mutants)
    with counting_bar(say(T("Proving {exercise}", exercise=exercise.name)), total) as advance:
        for proof in bench.proofs():
            advance(proof.claim.name)
            proofs.append(proof)
        for trial in bench.trials(exercise.mutants, exercise.equivalents):
            advance(trial.mutant.id)
            trials.append(trial)
    console.print(table_of_claims(exercise.name, proofs, say))
    console.print(table_of_mutants(exercise.name, trials, say))
    console.print(count_of_mutants(trials, say), highlight=False, soft_wrap=True)
    for pattern in exercise.stale:
        complain(
            say(
                T(
                    "equivalent.toml of {exercise}: no mutant is called {pattern!r}.",
                    exercise=exercise.name,
                    pattern=pattern,
                )
            )
        )
    wrong = [p for p in proofs if p.complaint is not None], [t for t in trials if not t.is_as_it_should_be]
    return not any(wrong) and not exercise.stale
