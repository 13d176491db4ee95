"""Build the zip to upload: two scripts, the grader, the one exercise, and the versions to install."""

import importlib.util
import math
from pathlib import Path

import msgspec

from grader.authoring.release import pinned_versions
from grader.authoring.release.archives import ExecutableFile, Files, PackingError
from grader.authoring.release.gradescope.settings import FILE, Settings
from grader.core.course import Course
from grader.core.i18n import _
from grader.rubric.model import Rubric

SCRIPTS = {"setup.sh": "setup.sh", "run_autograder": "run_autograder.sh"}
PACKAGES = ("grader", "reports")
_LEFT_OUT = ("policy.toml", "__pycache__", "_course", ".ipynb_checkpoints")  # `_course`: a wheel's exercises
_HERE = Path(__file__).resolve().parent

# 0.9 GiB were measured for all processes together with `digits`; TensorFlow's files, which the kernel keeps in
# memory, may count as well.
WORKER_MIB = 1600
START_SECONDS = 120  # imports and canary on half a processor, which is what Gradescope gives


def build_autograder(course: Course, exercise: str, settings: Settings) -> tuple[Files, bool]:
    """Return the files of the zip, and whether its packages are locked with hashes. Raises `PackingError`.

    Args:
        course: with the secret that marks are given with.
        exercise: its name in the course.
        settings: what the autograder is to do.
    """
    requirements, locked = pinned_versions.make_grader_requirements()
    files: dict[str, bytes] = {
        name: ExecutableFile((_HERE / script).read_bytes()) for name, script in SCRIPTS.items()
    }
    files[FILE] = msgspec.json.format(msgspec.json.encode(settings), indent=2) + b"\n"
    files["requirements.txt"] = requirements.encode()
    files |= read_program("program")
    files |= read_tree(course.folder / "exercises" / exercise, f"course/exercises/{exercise}")
    # The zip is the instructors' own: the rubric is in it as well.
    files["course/private/secret"] = course.secret.hex().encode() + b"\n"
    return files, locked


def read_program(name: str) -> dict[str, bytes]:
    """Return the files of the grader itself, named below `name`. Raises `PackingError`."""
    files: dict[str, bytes] = {}
    for package in PACKAGES:
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        files |= read_tree(Path(spec.origin).parent, f"{name}/{package}")
    return files


def read_tree(folder: Path, name: str) -> dict[str, bytes]:
    """Return the files of a folder, named below `name`; hidden ones, caches and links are left out."""
    files = {}
    try:
        for path in sorted(folder.rglob("*")):
            parts = path.relative_to(folder).parts
            if path.is_symlink() or not path.is_file():
                continue
            if not any(part.startswith(".") or part in _LEFT_OUT for part in parts):
                files["/".join((name, *parts))] = path.read_bytes()
    except OSError as error:
        raise PackingError(
            _(
                "{file} cannot be read ({reason}).",
                file=str(error.filename or folder),
                reason=error.strerror or type(error).__name__,
            )
        ) from None
    return files


def required_resources(rubric: Rubric) -> tuple[int, int]:
    """Return the memory in GB and the minutes that one hand-in may take, to be set on Gradescope.

    Two runs, as a doubtful result is trained on further seeds, and what the grader needs for itself.
    """
    gigabytes = math.ceil((WORKER_MIB + rubric.limits.memory_mib) / 1024)
    minutes = math.ceil((2 * rubric.limits.wall_seconds + START_SECONDS) / 60)
    return gigabytes, minutes
