"""Folders that functions of a submission write to and read from, and what lies in them.

Files are read in one process and written in another one, both with the submission: what is said of a file is a
claim. No file is executed or unpickled.
"""

import contextlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from grader.protocol.evidence import (
    ArrayValue,
    Entries,
    ExceptionFacts,
    Items,
    Outcome,
    Raised,
    Returned,
    Skipped,
    StepEvidence,
    Value,
)
from grader.protocol.parcels import unpack
from grader.protocol.plan import ReadFiles, WriteFiles
from grader.sandbox.inside.array_store import Store
from grader.sandbox.inside.encode_values import encode

MAX_FILES = 50  # that are named
MAX_JSON_BYTES = 8 << 20
MAX_DEPTH = 3  # of a model within JSON
_HDF5, _ZIP = b"\x89HDF", b"PK\x03\x04"
_MODEL_IN_HDF5 = b"model_config"  # the attribute that `model.save("model.h5")` writes the architecture to


def make_folder(name: str) -> Path:
    """Return the folder of a name, in the folder for temporary files; it is made where that is possible."""
    folder = Path(tempfile.gettempdir()) / "grader-folders" / name
    with contextlib.suppress(OSError):  # no room is left, or the submission put a file there: it will notice
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def handle_files(step: ReadFiles | WriteFiles, body: bytes, store: Store) -> Outcome:
    """Read files, or write those of an earlier step. `body`: its evidence; see `write_files`."""
    return read_files(step, store) if isinstance(step, ReadFiles) else write_files(step, body, store)


def read_files(step: ReadFiles, store: Store) -> Outcome:
    """Read the files of a folder: return what each of them is, its length and its content, by its path within."""
    try:
        return Returned(value=encode(_read(make_folder(step.folder)), store))
    except OSError as error:  # the submission has taken a file away meanwhile, or the right to read it
        return _fail(error)


def _read(folder: Path) -> dict[str, tuple[str, int, np.ndarray[Any, Any]]]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return {path.relative_to(folder).as_posix(): _read_file(path) for path in files[:MAX_FILES]}


def _read_file(path: Path) -> tuple[str, int, np.ndarray[Any, Any]]:
    content = path.read_bytes()
    # Eight bytes an element: evidence counts elements.
    words = np.frombuffer(content + bytes(-len(content) % 8), np.int64)
    return find_kind(path), len(content), words


def write_files(step: WriteFiles, body: bytes, store: Store) -> Outcome:
    """Write files into a folder that has nothing else in it.

    Args:
        step: names the folder.
        body: the evidence of the step that has read the files; nothing where it has none.
        store: gets the arrays that the outcome names.
    """
    if not body:
        return Skipped(step=step.files)
    evidence, arrays = unpack(body, StepEvidence)
    if not isinstance(evidence.outcome, Returned) or not isinstance(evidence.outcome.value, Entries):
        return Skipped(step=step.files)
    folder = make_folder(step.folder)
    try:
        for path in folder.iterdir():  # of what runs when the file of the submission is executed
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        for name, value in evidence.outcome.value.entries:
            _write_file(folder, name, value, arrays)
    except OSError as error:  # the submission puts a file in the place of the folder, say
        return _fail(error)
    return Returned(value=encode(None, store))


def _write_file(folder: Path, name: str, value: Value, arrays: Mapping[str, np.ndarray[Any, Any]]) -> None:
    """Write a file that `read_files` has read; what the submission has put in its place is passed over."""
    path = (folder / name).resolve()
    if not isinstance(value, Items) or not path.is_relative_to(folder.resolve()):
        return
    parts = [arrays[part.ref] for part in value.items if isinstance(part, ArrayValue)]
    if len(parts) == 2:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(parts[1].tobytes()[: int(parts[0])])


def _fail(error: OSError) -> Raised:
    return Raised(exception=ExceptionFacts(type=type(error).__name__, message=error.strerror or ""))


def find_kind(path: Path) -> str:
    """Return what a file is by what it begins with.

    That is "architecture" for the JSON of a Keras model, "keras" for a whole model with its weights, or "json",
    "hdf5", "other".
    """
    with contextlib.suppress(OSError, ValueError, RecursionError):
        with path.open("rb") as file:
            beginning = file.read(4)
        if beginning == _HDF5:
            return "keras" if _MODEL_IN_HDF5 in path.read_bytes() else "hdf5"
        if beginning == _ZIP:
            return "keras" if path.suffix == ".keras" else "other"
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
