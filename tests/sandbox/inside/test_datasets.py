"""The loaders of Keras and scikit-learn inside: files in the real formats, stand-ins, and what is missing."""

import hashlib
import importlib
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import sklearn.datasets

from grader.core.datasets import DATASETS, real_file, stand_in_file
from grader.core.i18n import Translator
from grader.evidence.error_texts.describe import describe_exception
from grader.protocol.evidence import ExceptionFacts
from grader.sandbox.inside import datasets
from grader.sandbox.inside.datasets import DatasetMissingError

MNIST, CALIFORNIA = DATASETS
PICTURES = {
    "x_train": np.arange(3 * 784, dtype=np.uint8).reshape(3, 28, 28),
    "y_train": np.array([3, 1, 2], dtype=np.uint8),
    "x_test": np.ones((2, 28, 28), dtype=np.uint8),
    "y_test": np.array([0, 9], dtype=np.uint8),
}
# Longitude, latitude, age, rooms, bedrooms, people, households, income: the first districts of the real table.
TABLE = {
    "x": np.array(
        [
            [-122.23, 37.88, 41.0, 880.0, 129.0, 322.0, 126.0, 8.3252],
            [-122.22, 37.86, 21.0, 7099.0, 1106.0, 2401.0, 1138.0, 8.3014],
        ]
    ),
    "y": np.array([452600.0, 358500.0]),
}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install the loaders with a folder of their own, and take them out again."""
    modules = [m for m in list(sys.modules.values()) if hasattr(m, "__dict__") and "get_file" in vars(m)]
    for module in modules:
        monkeypatch.setitem(vars(module), "get_file", vars(module)["get_file"])
    monkeypatch.setattr(sklearn.datasets, "fetch_california_housing", sklearn.datasets.fetch_california_housing)
    monkeypatch.setattr(datasets, "FOLDER", tmp_path)
    datasets.install()


def _save(path: Path, arrays: dict[str, Any]) -> None:
    path.parent.mkdir(exist_ok=True)
    np.savez(path, **arrays)


def test_keras_loads_pictures_unchanged_and_says_which(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _save(stand_in_file(tmp_path, MNIST), PICTURES)
    for load_data in (
        keras.datasets.mnist.load_data,
        importlib.import_module("keras._tf_keras.keras.datasets.mnist").load_data,
    ):
        (x_train, y_train), (x_test, y_test) = load_data()
        received = {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}
        for name, expected in PICTURES.items():
            np.testing.assert_array_equal(received[name], expected)
    assert capsys.readouterr().out == "data set mnist: stand-in\n" * 2


def test_scikit_learn_arranges_the_real_file_of_keras_as_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _save(real_file(tmp_path, CALIFORNIA), TABLE)
    digest = hashlib.sha256(real_file(tmp_path, CALIFORNIA).read_bytes()).hexdigest()
    real = replace(CALIFORNIA, sha256=digest)
    monkeypatch.setattr(datasets, "DATASETS", (real,))
    monkeypatch.setattr(datasets, "_ORIGINS", {real.origin: real})
    # As scikit-learn's documentation prints the first rows of its own table.
    expected = [8.3252, 41.0, 6.98412698, 1.02380952, 322.0, 2.55555556, 37.88, -122.23]
    bunch = sklearn.datasets.fetch_california_housing()
    np.testing.assert_allclose(bunch.data[0], expected, rtol=1e-8)
    np.testing.assert_allclose(bunch.target, [4.526, 3.585])
    assert bunch.feature_names[:3] == ["MedInc", "HouseAge", "AveRooms"]
    x, y = sklearn.datasets.fetch_california_housing(return_X_y=True, as_frame=True)
    assert list(x.columns) == bunch.feature_names
    assert y.name == "MedHouseVal"
    (x_train, y_train), (x_test, y_test) = keras.datasets.california_housing.load_data(test_split=0.5)
    assert sorted([*y_train, *y_test]) == sorted(TABLE["y"])
    assert x_train.shape == x_test.shape == (1, 8)
    assert capsys.readouterr().out == "data set california_housing: real\n" * 3


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "the data set mnist is not on this machine, and there is no network here. Fetch it once, outside"),
        (b"half", "the file of the data set mnist is damaged: its checksum is wrong. Fetch it again"),
    ],
)
def test_what_is_missing_is_one_sentence_with_the_command(
    tmp_path: Path, content: bytes | None, expected: str
) -> None:
    if content is not None:
        real_file(tmp_path, MNIST).parent.mkdir()
        real_file(tmp_path, MNIST).write_bytes(content)
    with pytest.raises(DatasetMissingError) as raised:
        keras.datasets.mnist.load_data()
    facts = ExceptionFacts(
        type="DatasetMissingError", message=str(raised.value), bases=("DatasetMissingError", "OSError"), frames=()
    )
    sentence = Translator("en")(describe_exception(facts))
    assert sentence.startswith(expected)
    assert sentence.endswith("grader data fetch mnist")
