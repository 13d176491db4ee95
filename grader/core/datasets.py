"""The data sets that course material loads by itself: which there are, and where their files lie on this machine.

The folder is a `KERAS_HOME`: with the variable set to it, Keras's own loaders find the real files there.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from grader.core.i18n import Message, _

if TYPE_CHECKING:
    from grader.core.arrays import Array

VARIABLE = "GRADER_DATA"
_KERAS_FILES = "https://storage.googleapis.com/tensorflow/tf-keras-datasets"


@dataclass(frozen=True)
class Dataset:
    """A data set, as one file in the format of `keras.datasets`."""

    name: str
    file: str
    origin: str  # where Keras's own loader gets the file
    sha256: str  # of the real file, as Keras's own loader checks it
    arrays: tuple[str, ...]  # names of the arrays in the file


DATASETS = (
    Dataset(
        name="mnist",
        file="mnist.npz",
        origin=f"{_KERAS_FILES}/mnist.npz",
        sha256="731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
        arrays=("x_train", "y_train", "x_test", "y_test"),
    ),
    Dataset(
        name="california_housing",
        file="california_housing.npz",
        origin=f"{_KERAS_FILES}/california_housing.npz",
        sha256="1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f",
        arrays=("x", "y"),
    ),
)


class FileState(StrEnum):
    """What is known of a file. The values are also what a process with a submission writes about it."""

    REAL = "real"  # the real data set, by its checksum
    STAND_IN = "stand-in"  # what serves without a network
    ABSENT = "absent"
    PARTIAL = "partial"  # a download that was interrupted
    DAMAGED = "damaged"  # a file with another checksum
    UNREADABLE = "unreadable"


USABLE = frozenset({FileState.REAL, FileState.STAND_IN})
_CONTENTS = {
    ("mnist", FileState.REAL): _("the real data set: 70,000 pictures"),
    ("mnist", FileState.STAND_IN): _("a part of the real data set: 5,000 pictures, 500 of each digit"),
    ("california_housing", FileState.REAL): _("the real table: 20,640 districts"),
    ("california_housing", FileState.STAND_IN): _("a made-up table with the same columns: 20,640 districts"),
}
_STATE = re.compile(r"data set (\w{1,40}): ([a-z-]{1,20})")


def write_state(dataset: Dataset, state: FileState) -> str:
    """Return the line by which a process with a submission says what there is of a data set."""
    return f"data set {dataset.name}: {state}"


def read_states(text: str) -> list[tuple[str, FileState]]:
    """Return the data sets, and what there is of them, that the lines of `write_state` in a text name."""
    names = {dataset.name for dataset in DATASETS}
    states = dict.fromkeys(_STATE.findall(text))
    return [(name, FileState(state)) for name, state in states if name in names and state in set(FileState)]


def describe_contents(name: str, state: FileState) -> Message | None:
    """Return what is in the file of a data set; None where there is none that can be used."""
    return _CONTENTS.get((name, state))


@dataclass(frozen=True)
class FoundFile:
    """What there is of a data set on this machine: the file that is used, or why there is none."""

    state: FileState
    path: Path


def find_data_folder() -> Path:
    """Return the folder of the data sets: that of the variable GRADER_DATA, else one of the user's own."""
    if written := os.environ.get(VARIABLE, "").strip():
        return Path(written).absolute()
    from platformdirs import user_data_path

    # Beside the secret of a course, not above it: submissions may read this folder.
    return user_data_path("keras-grader", appauthor=False) / "data"


def real_file(folder: Path, dataset: Dataset) -> Path:
    """Return where the real file of a data set lies."""
    return folder / "datasets" / dataset.file


def partial_file(folder: Path, dataset: Dataset) -> Path:
    """Return where the beginning of a file is kept whose download was interrupted."""
    return folder / "datasets" / f"{dataset.file}.part"


def stand_in_file(folder: Path, dataset: Dataset) -> Path:
    """Return where the file lies that serves without a network."""
    return folder / "stand_ins" / dataset.file


def find_file(folder: Path, dataset: Dataset) -> FoundFile:
    """Return the file of a data set that is used: the real one, else what serves without a network."""
    real = real_file(folder, dataset)
    state = _examine(real, dataset.sha256)
    if state is FileState.REAL:
        return FoundFile(state, real)
    stand_in = stand_in_file(folder, dataset)
    if _is_readable_file(stand_in):
        return FoundFile(FileState.STAND_IN, stand_in)
    if state is FileState.ABSENT and _exists(partial_file(folder, dataset)):
        return FoundFile(FileState.PARTIAL, partial_file(folder, dataset))
    return FoundFile(state, real)


def list_usable(folder: Path) -> tuple[str, ...]:
    """Return which data sets there seem to be, and of which kind, without reading their files."""
    usable = []
    for dataset in DATASETS:
        for state, path in (
            (FileState.REAL, real_file(folder, dataset)),
            (FileState.STAND_IN, stand_in_file(folder, dataset)),
        ):
            if _is_readable_file(path):
                usable.append(f"{dataset.name}: {state}")
                break
    return tuple(usable)


def _examine(path: Path, sha256: str) -> FileState:
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return FileState.ABSENT
    except OSError:
        return FileState.UNREADABLE
    return FileState.REAL if digest == sha256 else FileState.DAMAGED


def _exists(path: Path) -> bool:
    return os.path.exists(path)  # noqa: PTH110 - `Path.exists` raises where another user's folder is in the way


def _is_readable_file(path: Path) -> bool:
    return os.path.isfile(path) and os.access(path, os.R_OK)  # noqa: PTH113 - likewise


def arrange_as_scikit_learn(x: "Array") -> "Array":
    """Return the features of California, (n, 8) as Keras has them, as scikit-learn arranges them.

    Keras has those of the original file: longitude, latitude, median age of the houses, rooms, bedrooms, people,
    households, median income. scikit-learn has MedInc, HouseAge, AveRooms, AveBedrms, Population, AveOccup,
    Latitude and Longitude, with averages for each household.
    """
    import numpy as np

    longitude, latitude, age, rooms, bedrooms, population, households, income = x.astype(np.float64).T
    averages = rooms / households, bedrooms / households, population, population / households
    return np.column_stack([income, age, *averages, latitude, longitude])
