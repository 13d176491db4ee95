"""A rubric with its data, found to be fit for grading before anything is graded."""

from dataclasses import dataclass

from grader.core.course import Course
from grader.core.errors import RubricFileError
from grader.core.i18n import _
from grader.protocol.plan import ArrayArg, Call, Describe, ResultOrTruth, Step
from grader.rubric.data.dataset import Data
from grader.rubric.model import Rubric, RubricError
from grader.rubric.module_loader import describe_rubric_error, read_module


class RubricUnreadableError(RubricFileError):
    """A rubric's file that ends with an error, or makes no data."""


@dataclass(frozen=True)
class LoadedRubric:
    """A rubric, its data, and the hash of all that it is made of."""

    rubric: Rubric
    data: Data
    hash: str


def load_rubric(course: Course, exercise: str) -> Rubric:
    """Import the rubric of an exercise.

    Raises:
        UnknownExerciseError: the course has no such exercise.
        Exception: whatever the rubric's own file raises.
    """
    path = course.rubric_file(exercise).absolute()
    rubric = getattr(read_module(path), "RUBRIC", None)
    if not isinstance(rubric, Rubric):
        raise TypeError(
            f"{path.name} of {exercise} has to define RUBRIC = Rubric(...); received {type(rubric).__name__}"
        )
    return rubric


def load_usable_rubric(course: Course, exercise: str) -> LoadedRubric:
    """Read a rubric and make its data. Raises `RubricFileError`: what cannot be right is told before it grades."""
    path = course.rubric_file(exercise).absolute()
    try:
        rubric = load_rubric(course, exercise)
        data = rubric.data()
        if not isinstance(data, Data):
            raise TypeError(f"data has to return a Data; received {type(data).__name__}")  # noqa: TRY301
        steps = tuple(rubric.steps(rubric.seeds[:1]).values())
        made = {name for criterion in rubric.criteria for name in criterion.check.arrays()}
    except RubricError as error:
        raise RubricFileError(describe_rubric_error(exercise, path, error)) from error
    except (Exception, SystemExit) as error:
        raise RubricUnreadableError(describe_rubric_error(exercise, path, error)) from error
    _require({name for step in steps for name in _arrays_of(step)} - set(data.inside) - made, exercise)
    held_back = {name for criterion in rubric.criteria for name in criterion.check.held_back()}
    _require(held_back - set(data.outside), exercise)
    return LoadedRubric(rubric, data, course.rubric_hash(exercise))


def _require(lacking: set[str], exercise: str) -> None:
    if lacking:
        raise RubricFileError(
            _(
                "The rubric of {exercise}: no such arrays, neither in its data nor in its checks: {names}.",
                exercise=exercise,
                names=", ".join(sorted(lacking)),
            )
        )


def _arrays_of(step: Step) -> set[str]:
    match step:
        case Call(arguments=arguments):
            return {a.name for a in arguments if isinstance(a, ArrayArg | ResultOrTruth)}
        case Describe(sample=sample):
            return {sample}
        case _:
            return set()
