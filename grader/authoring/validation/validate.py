"""Proves a rubric: the course's own solutions get what they claim, and no mutant of the reference survives."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from grader.authoring.notebooks import is_made_from, sources
from grader.authoring.validation.equivalent_mutants import Equivalents, EquivalentsError, read_equivalents
from grader.authoring.validation.expectations import (
    Expectation,
    ExpectationError,
    complaint_about,
    read_expectations,
    script,
)
from grader.authoring.validation.impact import Script, reached, unaffected
from grader.authoring.validation.mutants import Mutant, choose, mutants_of
from grader.core.course import Course
from grader.core.errors import UnreadableSubmission, UserError
from grader.core.i18n import Message, Words, _
from grader.grading.grader import Grader
from grader.grading.results import Graded, PriorEvidence
from grader.protocol.messages import Evidence
from grader.protocol.plan import Call, ReadGlobal, Step
from grader.protocol.submission import Submission
from grader.protocol.verdict import Status
from grader.rubric.loader import load_rubric

if TYPE_CHECKING:
    from grader.rubric.loader import LoadedRubric
    from grader.rubric.model import Rubric

__all__ = [
    "Exercise",
    "Expectation",
    "ExpectationError",
    "ExpectationResult",
    "MutantOutcome",
    "MutantResult",
    "UnprovableExerciseError",
    "Validator",
    "read_expectations",
]
__all__ += ["complaint_about", "exercise_of", "prove"]

MOST_MUTANTS = 60
A = TypeVar("A")
B = TypeVar("B")


class UnprovableExerciseError(UserError):
    """An exercise that cannot be proven. `unreadable`: a file of it cannot be read, rather than being wrong."""

    def __init__(self, text: Message, *, unreadable: bool = False) -> None:
        super().__init__(text)
        self.unreadable = unreadable


class MutantOutcome(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"  # it lost points
    SURVIVED = "survived"  # it lost nothing: the rubric does not notice the mistake
    EQUIVALENT = "equivalent"  # it lost nothing, and somebody said why that is right
    NOT_GRADED = "not_graded"  # the grader could not decide
    NOT_EQUIVALENT = "not_equivalent"  # it lost points, though somebody said that it is right


@dataclass(frozen=True)
class ExpectationResult:
    """A claim and what came of it."""

    claim: Expectation
    points: float
    complaint: Words | None  # None where the claim holds


@dataclass(frozen=True)
class MutantResult:
    """A mutant and what became of it. `criteria`: those that it lost points in, or that could not be decided."""

    mutant: Mutant
    fate: MutantOutcome
    criteria: tuple[str, ...] = ()
    reason: str = ""  # why it is as right as the reference, where it is

    @property
    def is_as_it_should_be(self) -> bool:
        """Whether nobody has to do anything about it."""
        return self.fate in {MutantOutcome.KILLED, MutantOutcome.EQUIVALENT}


@dataclass(frozen=True)
class Exercise:
    """All that there is to prove of an exercise.

    `stale`: patterns of equivalents that match no mutant. `complaints`: what students get and should not.
    `notes`: what works and should be changed all the same.
    """

    name: str
    rubric: "Rubric"
    claims: tuple[Expectation, ...]
    mutants: tuple[Mutant, ...]
    equivalents: Equivalents
    stale: tuple[str, ...]
    complaints: tuple[Message, ...] = ()
    notes: tuple[Message, ...] = ()


def exercise_of(course: Course, name: str, most: int = MOST_MUTANTS) -> Exercise:
    """Return what there is to prove of an exercise. Raises `RefusedError` where its parts cannot be right."""
    loaded = _loaded(course, name)
    rubric = loaded.rubric
    try:
        claims = read_expectations(course, name)
        equivalents = read_equivalents(course.folder / "reference" / name / "equivalent.toml")
    except (ExpectationError, EquivalentsError) as error:
        raise UnprovableExerciseError(error.text) from None
    except UnreadableSubmission as error:
        raise UnprovableExerciseError(error.text, unreadable=True) from None
    text = _text(claims[0].submission)
    asked = {
        s.function if isinstance(s, Call) else s.name for s in _steps(rubric) if isinstance(s, Call | ReadGlobal)
    }
    try:
        mutants = mutants_of(text, Script(text).behind(asked))
    except SyntaxError as error:
        line = error.lineno or 0
        raise UnprovableExerciseError(
            _("The reference of {exercise} is no Python: line {line}.", exercise=name, line=line), unreadable=True
        ) from None
    stale = equivalents.stale(mutant.id for mutant in mutants)
    complaints = (*_sheets_missing(course, name), *_notebooks_astray(course, name))
    notes = tuple(use.describe() for use in loaded.old_imports)
    return Exercise(name, rubric, claims, choose(mutants, most), equivalents, stale, complaints, notes)


def _sheets_missing(course: Course, name: str) -> Iterator[Message]:
    for sheet in ("task.md", "task.de.md"):
        if not (course.folder / "exercises" / name / sheet).is_file():
            yield _(
                "{exercise} has no {file}: students get the task sheet in both languages.",
                exercise=name,
                file=sheet,
            )


def _notebooks_astray(course: Course, name: str) -> Iterator[Message]:
    """Yield a complaint for each notebook that holds something else than the script beside it."""
    for source in sources(course, (name,)):
        if source.with_suffix(".ipynb").exists() and not is_made_from(source):
            file = source.with_suffix(".ipynb").relative_to(course.folder)
            yield _(
                "{file} is not made from the .py file beside it. Run: grader notebooks {exercise}",
                file=file.as_posix(),
                exercise=name,
            )


def _loaded(course: Course, name: str) -> "LoadedRubric":
    from grader.core.errors import RubricFileError
    from grader.rubric.loader import RubricUnreadableError, load_usable_rubric  # with it come NumPy and all checks

    try:
        return load_usable_rubric(course, name)
    except RubricFileError as error:
        raise UnprovableExerciseError(error.text, unreadable=isinstance(error, RubricUnreadableError)) from error


def _steps(rubric: "Rubric") -> tuple[Step, ...]:
    return tuple(rubric.steps(rubric.seeds[:1]).values())


def prove(grader: Grader, exercise: str, claims: Sequence[Expectation]) -> Iterator[ExpectationResult]:
    """Grade each claim's submission and compare, as many at once as there are processors; in the order given.

    The first claim is that of the reference.
    """
    return Validator(grader, exercise, claims).proofs()


class Validator:
    """Grades what there is to prove of one exercise, and keeps what the reference left behind the walls.

    A change of the reference that cannot reach a step leaves that step's evidence as it was: only the others are
    done again.
    """

    def __init__(self, grader: Grader, exercise: str, claims: Sequence[Expectation], language: str = "en") -> None:
        self.grader, self.exercise, self.claims, self.language = grader, exercise, claims, language
        self.steps = _steps(load_rubric(grader.course, exercise))
        self._reference: Graded | None = None
        self._grading = threading.Lock()

    def proofs(self) -> Iterator[ExpectationResult]:
        """Prove the claims, in their order."""
        return self._at_work(self.claims, self._prove, last=lambda claim: claim.from_reference)

    def trials(self, mutants: Sequence[Mutant], equivalents: Equivalents) -> Iterator[MutantResult]:
        """Try the mutants, in their order."""
        return self._at_work(mutants, lambda mutant: self._try(mutant, equivalents))

    def reference(self) -> Graded:
        """Return what the reference gets. It is graded once; whoever comes meanwhile waits."""
        with self._grading:
            if self._reference is None:
                self._reference = self.grader.grade(self.exercise, self.claims[0].submission, self.language)
            return self._reference

    def graded(self, submission: Submission) -> Graded:
        """Grade the reference with some of its names changed."""
        return self.grader.grade(self.exercise, submission, prior=self.known(submission))

    def known(self, submission: Submission) -> PriorEvidence | None:
        """Return the evidence of the reference that its changed copy would leave as well."""
        held = self.reference().evidence
        names = reached(_text(self.claims[0].submission), _text(submission))
        if names is None:
            return None
        kept = unaffected(self.steps, names) & set(held.bodies)
        if kept >= {step.id for step in self.steps}:
            kept -= {self.steps[0].id}  # one step at least, so that the copy is brought up
        return PriorEvidence(
            Evidence(
                imported=b"",
                import_stop=None,
                import_unit=None,
                bodies={step: body for step, body in held.bodies.items() if step in kept},
                stops={},
                replays={step: body for step, body in held.replays.items() if step in kept},
            )
        )

    def _prove(self, claim: Expectation) -> ExpectationResult:
        if claim is self.claims[0]:
            graded = self.reference()
        elif claim.from_reference:
            graded = self.graded(claim.submission)
        else:
            graded = self.grader.grade(self.exercise, claim.submission)
        return ExpectationResult(claim, graded.verdict.points, complaint_about(claim, graded.verdict))

    def _try(self, mutant: Mutant, equivalents: Equivalents) -> MutantResult:
        reference = self.reference().verdict
        verdict = self.graded(script(mutant.source, "submission.py")).verdict
        undecided = tuple(c.id for c in verdict.criteria if c.status is Status.NOT_GRADED)
        if undecided:
            return MutantResult(mutant, MutantOutcome.NOT_GRADED, undecided)
        pairs = zip(verdict.criteria, reference.criteria, strict=True)
        lost = tuple(mine.id for mine, theirs in pairs if mine.points < theirs.points)
        reason = equivalents.reason(mutant.id)
        if verdict.points < reference.points:
            return MutantResult(
                mutant, MutantOutcome.KILLED if reason is None else MutantOutcome.NOT_EQUIVALENT, lost
            )
        return (
            MutantResult(mutant, MutantOutcome.SURVIVED)
            if reason is None
            else MutantResult(mutant, MutantOutcome.EQUIVALENT, reason=reason)
        )

    def _at_work(
        self, things: Sequence[A], work: Callable[[A], B], last: Callable[[A], bool] = lambda _: False
    ) -> Iterator[B]:
        """Do the work on each thing, several at a time; the order of the results is that of the things."""
        pool = ThreadPoolExecutor(os.cpu_count())
        try:
            begun = {id(thing): pool.submit(work, thing) for thing in sorted(things, key=last)}
            for thing in things:
                yield begun[id(thing)].result()
        finally:
            pool.shutdown(cancel_futures=True)


def _text(submission: Submission) -> str:
    return submission.units[0].source
