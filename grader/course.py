"""A course: a folder with `exercises/NAME/rubric.py`, and for its instructors `reference/NAME/`."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.rubric import Rubric

_HERE = Path(__file__).resolve().parent
_PACKED = _HERE / "_course"  # where a wheel holds the exercises: no package of their own that could hide another's
SHIPPED = _PACKED if _PACKED.is_dir() else _HERE.parent


class UnknownExerciseError(LookupError):
    """No such exercise. `known`: those that there are."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name)
        self.name, self.known = name, known


@dataclass(frozen=True)
class Course:
    """A course folder. Nothing of it is imported before a rubric is asked for."""

    folder: Path

    def exercises(self) -> tuple[str, ...]:
        """Return the names of the exercises, sorted."""
        return tuple(sorted(path.parent.name for path in (self.folder / "exercises").glob("*/rubric.py")))

    def rubric_file(self, name: str) -> Path:
        """Return the file of a rubric. Raises `UnknownExerciseError`."""
        if name not in self.exercises():
            raise UnknownExerciseError(name, self.exercises())
        return self.folder / "exercises" / name / "rubric.py"

    def rubric(self, name: str) -> "Rubric":
        """Import a rubric and return it. Raises `UnknownExerciseError`, and whatever the rubric's file raises."""
        from grader.rubric import Rubric  # the command line lists exercises without NumPy
        from grader.rubric_file import read_module

        path = self.rubric_file(name).absolute()
        rubric = getattr(read_module(path), "RUBRIC", None)
        if not isinstance(rubric, Rubric):
            raise TypeError(
                f"{path.name} of {name} has to define RUBRIC = Rubric(...); received {type(rubric).__name__}"
            )
        return rubric

    def rubric_hash(self, name: str) -> str:
        """Return 16 hexadecimal digits that change with the rubric and with what lies beside it."""
        from grader.rubric_file import hash_of

        return hash_of(self.rubric_file(name))


def find(folder: Path | None = None) -> Course:
    """Return the course in `folder`; without one, that around the current folder, else the shipped one."""
    if folder is not None:
        return Course(folder.absolute())
    return around() or Course(SHIPPED)


def around() -> Course | None:
    """Return the course around the current folder, if any."""
    here = Path.cwd()
    for candidate in (here, *here.parents):
        if any((candidate / "exercises").glob("*/rubric.py")):
            return Course(candidate)
    return None
