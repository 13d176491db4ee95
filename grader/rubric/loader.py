"""Load a rubric with its data, and refuse one that cannot be graded with before anything is graded."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from grader.core.course import Course
from grader.core.errors import RubricError, RubricFileError, UserError
from grader.core.i18n import Message, _
from grader.core.seal import NO_SEAL, Seal
from grader.rubric.agreement import refuse_disagreement, refuse_missing_arrays
from grader.rubric.agreement_of_inputs import add_packed_rows, refuse_unfit_inputs
from grader.rubric.contract import refuse_broken_contract
from grader.rubric.data.dataset import Data
from grader.rubric.model import Rubric
from grader.rubric.module_loader import describe_rubric_error, read_module
from grader.rubric.old_imports import OldImport
from grader.rubric.places import find_place


class RubricUnreadableError(RubricFileError):
    """The file of a rubric ends with an error or defines no rubric, or its data cannot be built."""


class _NothingToReadError(RubricError, TypeError):
    """The file defines no rubric, or the function of its data returns none: something else is in its place."""


@dataclass(frozen=True)
class LoadedRubric:
    """A rubric that can be graded with."""

    rubric: Rubric
    data: Data
    hash: str  # of all files that verdicts depend on, see `Course.rubric_hash`
    old_imports: tuple[OldImport, ...] = ()  # for the author: they still work
    left_out: int = 0  # criteria of the exercise that nobody asked for


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
        raise _NothingToReadError(_describe_no_rubric(exercise, rubric, vars(module)))
    return rubric, old_imports


def _describe_no_rubric(exercise: str, received: object, names: Mapping[str, object]) -> Message:
    if received is None and (other := next((n for n, v in names.items() if isinstance(v, Rubric)), "")):
        return _(
            "rubric.py of {exercise} has to define RUBRIC = Rubric(...); its rubric is called {name}",
            exercise=exercise,
            name=other,
        )
    if isinstance(received, tuple) and any(isinstance(item, Rubric) for item in received):
        return _(
            "rubric.py of {exercise} has to define RUBRIC = Rubric(...); there is a comma behind the last bracket",
            exercise=exercise,
        )
    if received is None:
        return _(
            "rubric.py of {exercise} has to define RUBRIC = Rubric(...); it defines no RUBRIC", exercise=exercise
        )
    return _(
        "rubric.py of {exercise} has to define RUBRIC = Rubric(...); received {received}",
        exercise=exercise,
        received=type(received).__name__,
    )


def load_usable_rubric(course: Course, exercise: str, seal: Seal = NO_SEAL) -> LoadedRubric:
    """Read a rubric, build its data with the secret of `seal`, and check that they fit together.

    Raises:
        UnknownExerciseError: the course has no such exercise.
        RubricUnreadableError: the file or the data end with an error.
        RubricFileError: the rubric contradicts itself, or names arrays that nothing provides.
    """
    path = course.rubric_file(exercise).absolute()
    try:
        rubric, old_imports = _read_rubric(course, exercise)
        rubric.steps(rubric.seeds[:1])
        data = _build_data(rubric, seal, path.parent)
        refuse_unfit_inputs(rubric, data)
        data = add_packed_rows(data, rubric.trainings)
        refuse_missing_arrays(rubric, data)
        refuse_broken_contract(rubric, path.parent / "submission.py")
        refuse_disagreement(rubric, data)
        rubric = rubric.with_seal(seal).with_data(data)
        return LoadedRubric(rubric, data, course.rubric_hash(exercise), old_imports)
    except _NothingToReadError as error:
        raise RubricUnreadableError(describe_rubric_error(exercise, path, error)) from error
    except RubricError as error:
        raise RubricFileError(describe_rubric_error(exercise, path, error)) from error
    except (Exception, SystemExit) as error:
        raise RubricUnreadableError(describe_rubric_error(exercise, path, error)) from error


def _build_data(rubric: Rubric, seal: Seal, folder: Path) -> Data:
    """Return the data of a rubric. Raises whatever the author's function raises."""
    try:
        data: object = rubric.build_data(seal)
    except UserError as error:
        if find_place(folder, error) is None:  # in the grader's own builders
            raise _NothingToReadError(error.text, "data", rubric) from error
        raise
    if not isinstance(data, Data):
        received = type(data).__name__
        raise _NothingToReadError(
            _("data has to return a Data; received {received}", received=received), "data", rubric
        )
    return data
