"""A course: a folder with `exercises/NAME/rubric.py`, and for its instructors `reference/NAME/`."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from grader.core.errors import NoExercisesError, UnknownExerciseError

FILES_NOT_HASHED = frozenset({"submission.py", "submission.ipynb", "task.md", "task.de.md"})
COURSE_FOLDERS = ("exercises", "reference")


_HERE = Path(__file__).resolve().parent.parent
_PACKED = _HERE / "_course"  # where a wheel holds the exercises: no package of their own that could hide another's
SHIPPED_FOLDER = _PACKED if _PACKED.is_dir() else _HERE.parent


@dataclass(frozen=True)
class Course:
    """A course folder. Nothing of it is imported before a rubric is asked for."""

    folder: Path

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

    def rubric_hash(self, name: str) -> str:
        """Return 16 hexadecimal digits that change with the rubric and with what lies beside it."""
        return hash_exercise(self.rubric_file(name))


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
