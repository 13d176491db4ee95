"""Build the execution files for VPL: two scripts, and the exercise with the course's secret, as text."""

import base64
from pathlib import Path

import msgspec

from grader.authoring.release.archives import ExecutableFile, Files, make_zip
from grader.authoring.release.gradescope.bundle import read_tree
from grader.authoring.release.hosted_settings import FILE, Settings
from grader.core.course import Course

PACKED = "keras_grader.txt"
_SCRIPTS = ("vpl_run.sh", "vpl_evaluate.sh")
_LINE = 76  # characters; VPL's editor gets slow with longer ones
_HERE = Path(__file__).resolve().parent


def build_pack(course: Course, exercise: str, settings: Settings) -> Files:
    """Return the files of the zip. Raises `PackingError`.

    The exercise is text, because the editor of VPL's execution files damages others in some versions.
    """
    inner = {FILE: msgspec.json.format(msgspec.json.encode(settings), indent=2) + b"\n"}
    inner |= read_tree(course.folder / "exercises" / exercise, f"course/exercises/{exercise}")
    inner["course/private/secret"] = course.secret.hex().encode() + b"\n"
    text = base64.b64encode(make_zip(inner)).decode()
    lines = [text[start : start + _LINE] for start in range(0, len(text), _LINE)]
    files: dict[str, bytes] = {name: ExecutableFile((_HERE / name).read_bytes()) for name in _SCRIPTS}
    return files | {PACKED: ("\n".join(lines) + "\n").encode()}
