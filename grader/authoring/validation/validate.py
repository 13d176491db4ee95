"""Validate a rubric: the course's own submissions get the points expected, and no mutant of the reference does."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from grader.authoring.notebooks import find_sources, is_up_to_date
from grader.authoring.task_sheets import find_missing_sheets
from grader.authoring.validation.expectations import (
    Expectation,
    ExpectationError,
    find_complaint,
    list_kept,
    make_script,
    read_expectations,
)
from grader.authoring.validation.impact import Script, find_affected_names, find_unaffected_steps
from grader.authoring.validation.listed_mutants import (
    ListedMutants,
    ListedMutantsError,
    read_listed_mutants,
)
from grader.authoring.validation.mutants import Mutant, choose_mutants, make_mutants
from grader.core.course import Course
from grader.core.errors import ExaminerGoneError, UnreadableSubmission, UserError
from grader.core.field_rules import describe_unknown
from grader.core.i18n import Message, Words, _
from grader.grading.grader import Grader
from grader.grading.results import Graded, PriorEvidence
from grader.protocol.messages import Evidence
from grader.protocol.plan import Call, ReadGlobal, Step
from grader.protocol.submission import Submission
from grader.protocol.verdict import Status
from grader.rubric.loader import LoadedRubric, load_rubric

if TYPE_CHECKING:
    from grader.rubric.model import Rubric

MAX_MUTANTS = 60
A = TypeVar("A")
B = TypeVar("B")


class UnprovableExerciseError(UserError):
    """An exercise that cannot be validated: `text` says why in one sentence."""

    def __init__(self, text: Message, *, is_unreadable: bool = False) -> None:
        super().__init__(text)
        self.is_unreadable = is_unreadable


class MutantOutcome(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"  # it lost points
    SURVIVED = "survived"  # it lost nothing: the rubric does not notice the mistake
    EQUIVALENT = "equivalent"  # it lost nothing, and somebody said why that is right
    BORDERLINE = "borderline"  # it may lose points or not, and somebody said why
    NOT_GRADED = "not_graded"  # the grader could not decide
    NOT_EQUIVALENT = "not_equivalent"  # it lost points, though somebody said that it is right


@dataclass(frozen=True)
class ExpectationResult:
    """What one of the course's own submissions got, compared with what it is expected to get."""

    expectation: Expectation
    points: float
    complaint: Words | None  # what is not as expected; None where all is
    not_lost: tuple[str, ...] = ()  # criteria that it usually loses


@dataclass(frozen=True)
class MutantResult:
    """What became of a mutant."""

    mutant: Mutant
    outcome: MutantOutcome
    criteria: tuple[str, ...] = ()  # ids of those that it lost points in, or that could not be decided
    reason: str = ""  # why it may keep all points, where somebody said so
    # Ids of criteria that it lost points in although they are about other functions; None where that is unclear.
    consequences: tuple[str, ...] | None = None

    @property
    def is_expected(self) -> bool:
        """Whether nobody has to do anything about it."""
        return self.outcome in {MutantOutcome.KILLED, MutantOutcome.EQUIVALENT, MutantOutcome.BORDERLINE}


@dataclass(frozen=True)
class Exercise:
    """All that there is to check of an exercise."""

    name: str
    rubric: "Rubric"
    expectations: tuple[Expectation, ...]  # that of the reference first
    mutants: tuple[Mutant, ...]
    listed: ListedMutants
    unused_patterns: tuple[str, ...]  # of `listed`: those that match no mutant
    complaints: tuple[Message, ...] = ()  # what is wrong with the files that students get
    notes: tuple[Message, ...] = ()  # what works and should be changed all the same


def load_exercise(course: Course, name: str, most: int = MAX_MUTANTS) -> Exercise:
    """Read an exercise's rubric, its own submissions and the mutants of its reference.

    Args:
        course: The course with the exercise.
        name: The exercise's name.
        most: How many mutants are chosen at most.

    Raises:
        UnprovableExerciseError: Its parts are missing, unreadable or contradict each other.
    """
    loaded = _load_rubric(course, name)
    rubric = loaded.rubric
    try:
        expectations = read_expectations(course, name)
        listed = read_listed_mutants(course.folder / "reference" / name / "equivalent.toml")
    except (ExpectationError, ListedMutantsError) as error:
        raise UnprovableExerciseError(error.text) from None
    except UnreadableSubmission as error:
        raise UnprovableExerciseError(error.text, is_unreadable=True) from None
    _refuse_unknown_criteria(name, expectations, [criterion.id for criterion in rubric.criteria])
    text = _source(expectations[0].submission)
    steps = _judged_steps(rubric)
    used_names = {s.function if isinstance(s, Call) else s.name for s in steps if isinstance(s, Call | ReadGlobal)}
    try:
        mutants = make_mutants(text, Script(text).names_needed_by(used_names))
    except SyntaxError as error:
        line = error.lineno or 0
        problem = _("The reference of {exercise} is no Python: line {line}.", exercise=name, line=line)
        raise UnprovableExerciseError(problem, is_unreadable=True) from None
    unused_patterns = listed.find_unused_patterns(mutant.id for mutant in mutants)
    complaints = (*find_missing_sheets(course, name), *_find_outdated_notebooks(course, name))
    chosen = choose_mutants(mutants, most)
    notes = tuple(use.describe() for use in loaded.old_imports)
    return Exercise(name, rubric, expectations, chosen, listed, unused_patterns, complaints, notes)


def _refuse_unknown_criteria(name: str, expectations: Sequence[Expectation], known: Sequence[str]) -> None:
    """Raise `UnprovableExerciseError` for a variant that is to lose a criterion which the rubric does not have."""
    for expectation in expectations:
        for criterion in (*expectation.loses, *expectation.usually_loses, *expectation.may_lose):
            if criterion not in known:
                raise UnprovableExerciseError(
                    _(
                        "{exercise}, variant {file}: {problem}.",
                        exercise=name,
                        file=expectation.name,
                        problem=describe_unknown("loses", criterion, known),
                    )
                )


def _find_outdated_notebooks(course: Course, name: str) -> Iterator[Message]:
    """Yield a complaint for each notebook that holds something else than the script beside it."""
    for source in find_sources(course, (name,)):
        if source.with_suffix(".ipynb").exists() and not is_up_to_date(source):
            file = source.with_suffix(".ipynb").relative_to(course.folder)
            yield _(
                "{file} does not match its .py file. Run: grader notebooks {exercise}",
                file=file.as_posix(),
                exercise=name,
            )


def _load_rubric(course: Course, name: str) -> "LoadedRubric":
    from grader.core.errors import RubricFileError
    from grader.rubric.loader import RubricUnreadableError, load_usable_rubric  # with it come NumPy and all checks

    try:
        return load_usable_rubric(course, name)
    except RubricFileError as error:
        raise UnprovableExerciseError(
            error.text, is_unreadable=isinstance(error, RubricUnreadableError)
        ) from error


def _rubric_steps(rubric: "Rubric") -> tuple[Step, ...]:
    return tuple(rubric.steps(rubric.seeds[:1]).values())


def _judged_steps(rubric: "Rubric") -> tuple[Step, ...]:
    """Return the steps that the grader judges: a mistake in what only a person looks at cannot cost points."""
    checks = [criterion.check for criterion in rubric.criteria if not criterion.check.waits_for_person]
    return tuple(step for check in checks for step in check.steps(rubric.seeds[:1]))


class Validator:
    """Grades what there is to check of one exercise, and reuses the evidence of the reference.

    A change of the reference that cannot affect a step leaves that step's evidence as it was: only the other steps
    are run again.
    """

    def __init__(
        self,
        grader: Grader,
        exercise: str,
        expectations: Sequence[Expectation],
        language: str = "en",
        *,
        is_one_of_many: bool = False,
    ) -> None:
        """Prepare the validation of an exercise; the first of the expectations is that of the reference.

        `is_one_of_many`: many secrets are tried, and what is usually lost may be kept with this one.
        """
        self.is_one_of_many = is_one_of_many
        self.grader, self.exercise, self.expectations, self.language = grader, exercise, expectations, language
        rubric = load_rubric(grader.course, exercise)
        self.steps = _rubric_steps(rubric)
        self.judged_names = {c.id: c.check.judged_names() for c in rubric.criteria}
        self.by_hand = frozenset(c.id for c in rubric.criteria if c.check.waits_for_person)
        self._reference: Graded | None = None
        self._grading = threading.Lock()

    def check_expectations(self) -> Iterator[ExpectationResult]:
        """Grade the submission of each expectation and compare; several at a time, results in the order given."""
        return self._run_in_parallel(self.expectations, self._check_one, last=lambda e: e.from_reference)

    def try_mutants(self, mutants: Sequence[Mutant], listed: ListedMutants) -> Iterator[MutantResult]:
        """Grade the mutants; several at a time, results in the order given."""
        return self._run_in_parallel(mutants, lambda mutant: self._try_one(mutant, listed))

    def grade_reference(self) -> Graded:
        """Return what the reference gets. It is graded once; other threads wait meanwhile."""
        with self._grading:
            if self._reference is None:
                self._reference = self._grade(self.expectations[0].submission)
            return self._reference

    def grade_changed_reference(self, submission: Submission) -> Graded:
        """Grade a copy of the reference in which some names are defined differently."""
        prior = self.reusable_evidence(submission)
        return self._grade(submission, prior)

    def _grade(self, submission: Submission, prior: PriorEvidence | None = None) -> Graded:
        """Grade a submission, and once more where the examiner ended: another submission may have ended it.

        Raises what `Grader.grade` raises.
        """
        try:
            return self.grader.grade(self.exercise, submission, self.language, prior=prior)
        except ExaminerGoneError:
            return self.grader.grade(self.exercise, submission, self.language, prior=prior)

    def reusable_evidence(self, submission: Submission) -> PriorEvidence | None:
        """Return the evidence of the reference that a changed copy leaves as well; None where that is unclear."""
        evidence = self.grade_reference().evidence
        names = find_affected_names(_source(self.expectations[0].submission), _source(submission))
        if names is None:
            return None
        reusable = find_unaffected_steps(self.steps, names) & set(evidence.bodies)
        if reusable >= {step.id for step in self.steps}:
            reusable -= {self.steps[0].id}  # one step at least, so that the copy is imported
        return PriorEvidence(
            Evidence(
                imported=b"",
                import_stop=None,
                import_unit=None,
                bodies={step: body for step, body in evidence.bodies.items() if step in reusable},
                stops={},
                replays={step: body for step, body in evidence.replays.items() if step in reusable},
            )
        )

    def _check_one(self, expectation: Expectation) -> ExpectationResult:
        if expectation is self.expectations[0]:
            graded = self.grade_reference()
        elif expectation.from_reference:
            graded = self.grade_changed_reference(expectation.submission)
        else:
            graded = self._grade(expectation.submission)
        complaint = find_complaint(expectation, graded.verdict, self.by_hand, is_one_of_many=self.is_one_of_many)
        not_lost = list_kept(expectation, graded.verdict)
        return ExpectationResult(expectation, graded.verdict.points, complaint, not_lost)

    def _try_one(self, mutant: Mutant, listed: ListedMutants) -> MutantResult:
        reference = self.grade_reference().verdict
        verdict = self.grade_changed_reference(make_script(mutant.source, "submission.py")).verdict
        not_graded = [c.id for c in verdict.criteria if c.status is Status.NOT_GRADED]
        undecided = tuple(name for name in not_graded if name not in self.by_hand)
        if undecided:
            return MutantResult(mutant, MutantOutcome.NOT_GRADED, undecided)
        border = listed.find_border(mutant.id)
        if border is not None:
            return MutantResult(mutant, MutantOutcome.BORDERLINE, reason=border)
        reason = listed.find_equivalence(mutant.id)
        if verdict.points < reference.points:
            pairs = zip(verdict.criteria, reference.criteria, strict=True)
            criteria = tuple(of_mutant.id for of_mutant, right in pairs if of_mutant.points < right.points)
            outcome = MutantOutcome.KILLED if reason is None else MutantOutcome.NOT_EQUIVALENT
            return MutantResult(mutant, outcome, criteria, consequences=self._find_consequences(mutant, criteria))
        if reason is None:
            return MutantResult(mutant, MutantOutcome.SURVIVED)
        return MutantResult(mutant, MutantOutcome.EQUIVALENT, reason=reason)

    def _find_consequences(self, mutant: Mutant, criteria: Sequence[str]) -> tuple[str, ...] | None:
        """Return those of the criteria that are about other functions than a mutant changes."""
        changed = find_affected_names(_source(self.expectations[0].submission), mutant.source)
        if changed is None:
            return None
        return tuple(name for name in criteria if not self.judged_names[name] & changed)

    def _run_in_parallel(
        self, items: Sequence[A], work: Callable[[A], B], last: Callable[[A], bool] = lambda _: False
    ) -> Iterator[B]:
        """Do the work on each item, those of `last` after the others; results come in the order of the items."""
        pool = ThreadPoolExecutor(os.cpu_count())
        try:
            futures = {id(item): pool.submit(work, item) for item in sorted(items, key=last)}
            for item in items:
                yield futures[id(item)].result()
        finally:
            pool.shutdown(cancel_futures=True)


def _source(submission: Submission) -> str:
    return submission.units[0].source
