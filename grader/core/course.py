"""A course: a folder with `exercises/NAME/rubric.py`, and for its instructors `reference/NAME/`."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from grader.core.errors import NoExercisesError, UnknownExerciseError
from grader.core.seal import PRACTICE

STUBS = ("submission.py", "submission.ipynb", "submission.de.py", "submission.de.ipynb")  # .de: in German
HANDOUT = "handout"  # folder with what students get besides task sheet and stub
POLICY = "policy.toml"  # due dates and grades: changes no verdict
FILES_NOT_HASHED = frozenset({*STUBS, "task.md", "task.de.md", POLICY})
COURSE_FOLDERS = ("exercises", "reference")
SHORTEST_PREFIX = 3  # characters of a name that may stand for the whole one


_HERE = Path(__file__).resolve().parent.parent
_PACKED = _HERE / "_course"  # where a wheel holds the exercises: no package of their own that could hide another's
SHIPPED_FOLDER = _PACKED if _PACKED.is_dir() else _HERE.parent


@dataclass(frozen=True)
class Course:
    """A course folder, and the secret from which everything hidden is drawn, see `grader.core.seal`.

    Nothing of the folder is imported before a rubric is asked for.
    """

    folder: Path
    secret: bytes = field(default=PRACTICE, repr=False)

    @property
    def is_packed(self) -> bool:
        """Return whether it is the course in an installed wheel, a folder that is not the user's."""
        return self.folder == _PACKED

    def exercises(self) -> tuple[str, ...]:
        """Return the names of the exercises, sorted."""
        return tuple(sorted(path.parent.name for path in (self.folder / "exercises").glob("*/rubric.py")))

    def require_exercises(self) -> None:
        """Raise `NoExercisesError` where the folder is no course."""
        if not self.exercises():
            raise NoExercisesError(str(self.folder))

    def rubric_file(self, name: str) -> Path:
        """Return the file of a rubric. Raises `UnknownExerciseError`."""
        if name not in self.exercises():
            raise UnknownExerciseError(name, self.exercises())
        return self.folder / "exercises" / name / "rubric.py"

    def list_handout(self, name: str) -> tuple[Path, ...]:
        """Return the files that students of an exercise get besides task sheet and stub, sorted; often none."""
        folder = self.folder / "exercises" / name / HANDOUT
        return tuple(sorted(p for p in folder.glob("*") if p.is_file() and not p.name.startswith(".")))

    def resolve_exercise(self, name: str) -> str:
        """Return the exercise that a name means: `Digits`, `digit` and `linear-regression` have one each.

        Raises `UnknownExerciseError` where no exercise, or more than one, could be meant.
        """
        exercises = self.exercises()
        if name in exercises:
            return name
        plain = normalise_name(name)
        same = [exercise for exercise in exercises if normalise_name(exercise) == plain]
        begun = [e for e in exercises if len(plain) >= SHORTEST_PREFIX and normalise_name(e).startswith(plain)]
        meant = same or begun
        if len(meant) != 1:
            raise UnknownExerciseError(name, exercises)
        return meant[0]

    def rubric_hash(self, name: str) -> str:
        """Return 16 hexadecimal digits that change with the rubric and with what lies beside it."""
        return hash_exercise(self.rubric_file(name))


def normalise_name(name: str) -> str:
    """Return a name as it is compared with others: in lower case, words joined by underscores."""
    return name.strip().casefold().replace("-", "_").replace(" ", "_")


def find_course(folder: Path | None = None) -> Course:
    """Return the course in `folder`; without one, that around the current folder, else the shipped one."""
    if folder is not None:
        return Course(folder.absolute())
    return find_enclosing_course() or Course(SHIPPED_FOLDER)


def find_enclosing_course() -> Course | None:
    """Return the course around the current folder, if any."""
    here = Path.cwd()
    for candidate in (here, *here.parents):
        if any((candidate / "exercises").glob("*/rubric.py")):
            return Course(candidate)
    return None


def hash_exercise(path: Path) -> str:
    """Return the first 16 hexadecimal digits of a SHA-256 of all that an exercise is judged by.

    That is its rubric's file, and every file in its folder but the task sheets, the stub, and hidden ones.
    """
    digest = hashlib.sha256(path.read_bytes())
    folder = path.parent
    for other in sorted(folder.rglob("*")):
        parts = other.relative_to(folder).parts
        hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
        if other == path or hidden or (len(parts) == 1 and parts[0] in FILES_NOT_HASHED) or not other.is_file():
            continue
        content = hashlib.sha256(other.read_bytes()).digest()
        digest.update("/".join(parts).encode("utf-8", "surrogateescape") + b"\0" + content)
    return digest.hexdigest()[:16]
