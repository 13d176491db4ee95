"""Folders that functions of a submission write to and read from, and what lies in them.

Runs in the process of the submission: what is said of a file is a claim. No file is executed or unpickled.
"""

import contextlib
import json
import shutil
import tempfile
from pathlib import Path

from grader.protocol.evidence import ExceptionFacts, Outcome, Raised, Returned
from grader.protocol.plan import MoveFiles
from grader.sandbox.inside.array_store import Store
from grader.sandbox.inside.encode_values import encode

MAX_FILES = 50  # that are named
MAX_JSON_BYTES = 8 << 20
MAX_DEPTH = 3  # of a model within JSON
_BEGINNINGS = {b"\x89HDF": "hdf5", b"PK\x03\x04": "keras"}


def make_folder(name: str) -> Path:
    """Return the folder of a name, in the folder for temporary files; it is made where that is possible."""
    folder = Path(tempfile.gettempdir()) / "grader-folders" / name
    with contextlib.suppress(OSError):  # no room is left, or the submission put a file there: it will notice
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def move_files(step: MoveFiles, store: Store) -> Outcome:
    """Move the files that a step names, and return what each of them is, by its path within the folder."""
    try:
        return Returned(value=encode(_move(step), store))
    except OSError as error:  # the submission has removed the folder, or filled the disk
        return Raised(exception=ExceptionFacts(type=type(error).__name__, message=error.strerror or ""))


def _move(step: MoveFiles) -> dict[str, str]:
    source, target = make_folder(step.source), make_folder(step.target)
    shutil.rmtree(target, ignore_errors=True)  # of a process that ended before
    files = sorted(path for path in source.rglob("*") if path.is_file() and not path.is_symlink())
    kinds = {path.relative_to(source).as_posix()[:200]: find_kind(path) for path in files[:MAX_FILES]}
    source.rename(target)
    return kinds


def find_kind(path: Path) -> str:
    """Return what a file is: "architecture" for the JSON of a Keras model, "json", "keras", "hdf5", or "other"."""
    with contextlib.suppress(OSError, ValueError, RecursionError):
        with path.open("rb") as file:
            beginning = file.read(4)
        if beginning in _BEGINNINGS:
            is_archive = beginning == b"PK\x03\x04" and path.suffix != ".keras"
            return "other" if is_archive else _BEGINNINGS[beginning]
        if path.stat().st_size <= MAX_JSON_BYTES:
            return "architecture" if _holds_model(json.loads(path.read_text("utf-8"))) else "json"
    return "other"


def _holds_model(content: object, depth: int = 0) -> bool:
    """Return whether JSON is a Keras model, or holds one beside other things; the model may be text once more."""
    if isinstance(content, str) and content.startswith("{") and depth < MAX_DEPTH:  # `json.dump(model.to_json())`
        with contextlib.suppress(ValueError):
            return _holds_model(json.loads(content), depth + 1)
    if not isinstance(content, dict):
        return False
    if {"class_name", "config"} <= set(content) or "layers" in content:
        return True
    return depth < MAX_DEPTH and any(_holds_model(part, depth + 1) for part in content.values())
