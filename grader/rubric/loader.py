"""Load a rubric with its data, and refuse one that cannot be graded with before anything is graded."""

from dataclasses import dataclass

from grader.core.course import Course
from grader.core.errors import RubricFileError
from grader.core.i18n import _
from grader.protocol.plan import ArrayArg, Call, Describe, ResultOrTruth, Step
from grader.rubric.data.dataset import Data
from grader.rubric.model import Rubric, RubricError
from grader.rubric.module_loader import describe_rubric_error, read_module
from grader.rubric.old_imports import OldImport


class RubricUnreadableError(RubricFileError):
    """The file of a rubric ends with an error, or its data cannot be built."""


@dataclass(frozen=True)
class LoadedRubric:
    """A rubric that can be graded with."""

    rubric: Rubric
    data: Data
    hash: str  # of all files that verdicts depend on, see `Course.rubric_hash`
    old_imports: tuple[OldImport, ...] = ()  # for the author: they still work


def load_rubric(course: Course, exercise: str) -> Rubric:
    """Import the rubric of an exercise.

    Raises:
        UnknownExerciseError: the course has no such exercise.
        Exception: whatever the rubric's own file raises.
    """
    return _read_rubric(course, exercise)[0]


def _read_rubric(course: Course, exercise: str) -> tuple[Rubric, tuple[OldImport, ...]]:
    path = course.rubric_file(exercise).absolute()
    module, old_imports = read_module(path)
    rubric = getattr(module, "RUBRIC", None)
    if not isinstance(rubric, Rubric):
        raise TypeError(
            f"{path.name} of {exercise} has to define RUBRIC = Rubric(...); received {type(rubric).__name__}"
        )
    return rubric, old_imports


def load_usable_rubric(course: Course, exercise: str) -> LoadedRubric:
    """Read a rubric, build its data and check that they fit together.

    Raises:
        UnknownExerciseError: the course has no such exercise.
        RubricUnreadableError: the file or the data end with an error.
        RubricFileError: the rubric contradicts itself, or names arrays that nothing provides.
    """
    path = course.rubric_file(exercise).absolute()
    try:
        rubric, old_imports = _read_rubric(course, exercise)
        data = rubric.data()
        if not isinstance(data, Data):
            raise TypeError(f"data has to return a Data; received {type(data).__name__}")  # noqa: TRY301
        steps = tuple(rubric.steps(rubric.seeds[:1]).values())
        of_checks = {name for criterion in rubric.criteria for name in criterion.check.arrays()}
    except RubricError as error:
        raise RubricFileError(describe_rubric_error(exercise, path, error)) from error
    except (Exception, SystemExit) as error:
        raise RubricUnreadableError(describe_rubric_error(exercise, path, error)) from error
    _refuse_missing({name for step in steps for name in _arrays_of(step)} - set(data.inside) - of_checks, exercise)
    held_back = {name for criterion in rubric.criteria for name in criterion.check.held_back()}
    _refuse_missing(held_back - set(data.outside), exercise)
    return LoadedRubric(rubric, data, course.rubric_hash(exercise), old_imports)


def _refuse_missing(missing: set[str], exercise: str) -> None:
    if missing:
        raise RubricFileError(
            _(
                "The rubric of {exercise}: no such arrays, neither in its data nor in its checks: {names}.",
                exercise=exercise,
                names=", ".join(sorted(missing)),
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
