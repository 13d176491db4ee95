"""Folders that functions of a submission write to and read from, and what lies in them.

Files are read in one process and written in another one, both with the submission: what is said of a file is a
claim. No file is executed or unpickled.
"""

import contextlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
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
from grader.protocol.parcels import BadParcelError, unpack
from grader.protocol.plan import ReadFiles, WriteFiles
from grader.sandbox.inside.array_store import Store
from grader.sandbox.inside.encode_values import encode

MAX_FILES = 50  # that are named
MAX_JSON_BYTES = 8 << 20
MAX_DEPTH = 3  # of a model within JSON
_HDF5, _ZIP = b"\x89HDF", b"PK\x03\x04"
_MODEL_IN_ZIP = b"model.weights.h5"  # the name of the weights in a `.keras` file, whatever that is called
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
        body: the evidence of the step that has read the files; nothing where it has none. Another process of the
            submission has sent it. So it may be anything: what is no evidence of files is as good as none, and the
            examiner, which reads it too, says why.
        store: gets the arrays that the outcome names.
    """
    files = _unpack_files(body)
    if files is None:
        return Skipped(step=step.files)
    folder = make_folder(step.folder)
    try:
        for path in folder.iterdir():  # of what runs when the file of the submission is executed
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
        for name, file in files.items():
            _write_file(folder, name, file)
        if step.without_architecture:
            _empty_architectures(folder)
    except OSError as error:  # the submission puts a file in the place of the folder, say
        return _fail(error)
    return Returned(value=encode(None, store))


@dataclass(frozen=True)
class _File:
    """The content of a file: the first `length` bytes of an array."""

    words: np.ndarray[Any, Any]
    length: int


def _unpack_files(body: bytes) -> dict[str, _File] | None:
    """Return the files that packed evidence names, by their paths; None where it names none."""
    try:
        evidence, arrays = unpack(body, StepEvidence)
    except BadParcelError:
        return None
    if not isinstance(evidence.outcome, Returned) or not isinstance(evidence.outcome.value, Entries):
        return None
    entries = evidence.outcome.value.entries[:MAX_FILES]  # `read_files` names no more
    files = {name: _find_file(value, arrays) for name, value in entries}
    return {name: file for name, file in files.items() if file is not None}


def _find_file(value: Value, arrays: Mapping[str, np.ndarray[Any, Any]]) -> _File | None:
    """Return a file that `read_files` has read; None for what the submission put in its place."""
    refs = [part.ref for part in value.items if isinstance(part, ArrayValue)] if isinstance(value, Items) else []
    if len(refs) != 2 or not set(refs) <= set(arrays):
        return None
    length, words = (arrays[ref] for ref in refs)
    if length.dtype.kind not in "iu" or length.size != 1:
        return None
    return _File(words, max(0, int(length.item())))


def _write_file(folder: Path, name: str, file: _File) -> None:
    """Write a file; one whose name leads out of the folder, or is none, is passed over."""
    if "\0" in name:
        return
    path = (folder / name).resolve()
    if path.is_relative_to(folder.resolve()):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.words.tobytes()[: file.length])


def _empty_architectures(folder: Path) -> None:
    """Replace each JSON file that holds a Keras model by an empty object."""
    for path in folder.rglob("*"):
        if path.is_file() and find_kind(path) == "architecture":
            path.write_text("{}")


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
            return "keras" if _MODEL_IN_ZIP in path.read_bytes() else "other"
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
