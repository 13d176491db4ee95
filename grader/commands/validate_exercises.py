"""What `grader validate` does: prove each rubric on the course's own solutions and on mutants of the reference."""

import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rich.console import Console
from rich.markup import escape

from grader.authoring.validation.validate import (
    Exercise,
    ExpectationResult,
    UnprovableExerciseError,
    Validator,
    load_exercise,
)
from grader.commands.options import exit_after_interrupt, print_to_stderr
from grader.commands.progress import choose_mode, counting_bar, running_grader
from grader.commands.validation_output import (
    build_expectation_table,
    build_mutant_table,
    count_consequences,
    count_mutants,
)
from grader.core.course import Course
from grader.core.exit_codes import ExitCode
from grader.core.i18n import Translator, _
from grader.core.seal import PRACTICE, Seal
from grader.core.strict import enable_strict_mode
from grader.grading.grader import Grader
from grader.grading.run_cache import RunCache, cache_folder
from grader.protocol.verdict import Verdict

_log = logging.getLogger(__name__)

KEPT_AT_MOST = 0.2  # of the secrets, with which a submission may keep what it usually loses; one in any case


def validate_exercises(course: Course, names: Sequence[str], translate: Translator, secrets: int = 0) -> ExitCode:
    """Prove exercises and print what came of it; returns the worst of it as an exit code.

    Args:
        course: the course of the exercises.
        names: of the exercises.
        translate: into the user's language.
        secrets: with how many secrets the course's own submissions are graded, in place of trying mutants.
    """
    code = ExitCode.PASSED
    exercises: list[Exercise] = []
    for name in names:
        try:
            exercises.append(load_exercise(course, name))
        except UnprovableExerciseError as error:
            print_to_stderr(translate(error.text))
            code = max(code, ExitCode.USAGE if error.is_unreadable else ExitCode.NOT_ALL_PASSED)
    if exercises and not _all_proven(course, exercises, translate, secrets):
        code = max(code, ExitCode.NOT_ALL_PASSED)
    return code


def _all_proven(course: Course, exercises: Sequence[Exercise], translate: Translator, secrets: int) -> bool:
    """Prove each exercise and print its tables; returns whether nothing is to be mended."""
    enable_strict_mode()  # before any process of the grader starts
    runs = RunCache(cache_folder())
    with running_grader(course, plain=False, translate=translate, runs=runs) as grader:
        _log.info("runs are kept in %s", runs.folder)
        try:
            if secrets:
                proven = [_is_proven_with(secrets, grader, exercise, translate) for exercise in exercises]
            else:
                proven = [_is_proven(grader, exercise, translate) for exercise in exercises]
        except KeyboardInterrupt:
            exit_after_interrupt(translate)
    runs.remove_oldest()
    return all(proven)


def _is_proven_with(secrets: int, grader: Grader, exercise: Exercise, translate: Translator) -> bool:
    """Print which submissions do not get what they have to with some secret; return whether there is none."""
    complaints: dict[str, list[str]] = {}
    times_not_lost: Counter[tuple[str, str]] = Counter()
    total = secrets * len(exercise.expectations)
    with counting_bar(translate(_("Proving {exercise}", exercise=exercise.name)), total) as advance:
        for number in range(secrets):
            for result in _check_with(number, grader, exercise, translate):
                advance(result.expectation.name)
                times_not_lost.update((result.expectation.name, criterion) for criterion in result.not_lost)
                if result.complaint is not None:
                    numbered = f"{number}: {translate(result.complaint)}"
                    complaints.setdefault(result.expectation.name, []).append(numbered)
    most = max(1, int(KEPT_AT_MOST * secrets))
    for (name, criterion), count in times_not_lost.items():
        if count > most:
            often = _(
                "{criterion} is usually lost, and got all points with {count} secrets; at most {most} may be",
                criterion=criterion,
                count=count,
                most=most,
            )
            complaints.setdefault(name, []).append(translate(often))
    console = Console()
    sentence = _(
        "{exercise}: {right} of {count} submissions get what they have to with each of {secrets} secrets.",
        exercise=exercise.name,
        right=len(exercise.expectations) - len(complaints),
        count=len(exercise.expectations),
        secrets=secrets,
    )
    console.print(escape(translate(sentence)), highlight=False, soft_wrap=True)
    for name, reasons in complaints.items():
        console.print(escape(f"  {name}: {'; '.join(reasons)}"), highlight=False, soft_wrap=True)
    return not complaints


def _check_with(
    number: int, grader: Grader, exercise: Exercise, translate: Translator
) -> Iterator[ExpectationResult]:
    """Grade the submissions of an exercise with the secret of a number.

    Each secret has an examiner to itself: the data of several large ones would fill its memory.
    """
    course = replace(grader.course, secret=Seal(PRACTICE).derive(f"validate {number}").secret)
    with Grader(course, choose_mode(plain=False), grader.runs, grader.environment) as with_secret:
        validator = Validator(
            with_secret, exercise.name, exercise.expectations, translate.language, is_one_of_many=True
        )
        yield from validator.check_expectations()


def _explain(reference: Verdict, translate: Translator) -> None:
    """Say where the reference falls short: what its mutants lose would say nothing then."""
    print_to_stderr(translate(_("The reference does not get what it has to, so its mutants were not tried:")))
    for criterion in reference.criteria:
        if criterion.points < criterion.max_points:
            print_to_stderr(f"  {criterion.id}: {criterion.message}")


def _is_proven(grader: Grader, exercise: Exercise, translate: Translator) -> bool:
    console = Console()
    validator = Validator(grader, exercise.name, exercise.expectations, translate.language)
    checked, tried = [], []
    total = len(exercise.expectations) + len(exercise.mutants)
    with counting_bar(translate(_("Proving {exercise}", exercise=exercise.name)), total) as advance:
        for result in validator.check_expectations():
            advance(result.expectation.name)
            checked.append(result)
        if checked[0].complaint is None:
            for mutant_result in validator.try_mutants(exercise.mutants, exercise.listed):
                advance(mutant_result.mutant.id)
                tried.append(mutant_result)
    console.print(build_expectation_table(exercise.name, checked, translate))
    if checked[0].complaint is not None:
        _explain(validator.grade_reference().verdict, translate)
    else:
        console.print(build_mutant_table(exercise.name, tried, translate))
        for sentence in (count_mutants(tried, translate), count_consequences(tried, translate)):
            console.print(escape(sentence), highlight=False, soft_wrap=True)
    for complaint in exercise.complaints:
        print_to_stderr(translate(complaint))
    for pattern in exercise.unused_patterns:
        print_to_stderr(
            translate(
                _(
                    "equivalent.toml of {exercise}: no mutant is called {pattern!r}.",
                    exercise=exercise.name,
                    pattern=pattern,
                )
            )
        )
    is_expected = all(r.complaint is None for r in checked) and all(r.is_expected for r in tried)
    return is_expected and not exercise.unused_patterns and not exercise.complaints
