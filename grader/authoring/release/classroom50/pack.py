"""Build what goes into `<classroom>/autograders/<assignment>/` of a Classroom 50 organisation.

The files are published on GitHub Pages, where whoever knows the address can read them. So there is no secret and
no solution among them: what is hidden in the exercise is drawn as in practice, and the marks that count are made
with `grader batch` from the clones.
"""

from pathlib import Path

import msgspec

from grader.authoring.release import pinned_versions
from grader.authoring.release.archives import Files
from grader.authoring.release.gradescope.bundle import read_program, read_tree
from grader.authoring.release.hosted_settings import FILE, Settings
from grader.core.course import Course

_HERE = Path(__file__).resolve().parent


def build_pack(course: Course, exercise: str, settings: Settings) -> tuple[Files, bool]:
    """Return the files, and whether the packages are locked with hashes. Raises `PackingError`."""
    requirements, locked = pinned_versions.make_grader_requirements()
    files = {
        "autograder.py": (_HERE / "autograder.py").read_bytes(),
        "requirements.txt": requirements.encode(),
        FILE: msgspec.json.format(msgspec.json.encode(settings), indent=2) + b"\n",
    }
    files |= read_program("program")
    files |= read_tree(course.folder / "exercises" / exercise, f"course/exercises/{exercise}")
    return files, locked
