"""The base of `transfer_learning`: a file without code, made by a script, and the pictures that it helps with."""

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from grader.core.seal import NO_SEAL, PRACTICE, Seal
from grader.rubric.data import Base, Data, LaterDigits
from grader.rubric.data.base_network import BaseError
from tests.helpers.paths import ROOT

FILE = ROOT / "exercises" / "transfer_learning" / "handout" / "base.npz"
BASE = Base(str(FILE.with_name("rubric.py")), FILE.name)
SEALS = (NO_SEAL, Seal(PRACTICE), Seal(b"a" * 32))


@pytest.fixture(scope="module", params=SEALS, ids=("plain", "practice", "secret"))
def data(request: pytest.FixtureRequest) -> Data:
    """Return the digits 5 to 9, plain or sealed."""
    return LaterDigits(BASE)(request.param)


def test_the_file_is_small_and_holds_nothing_but_arrays() -> None:
    assert FILE.stat().st_size < 300_000
    with np.load(FILE, allow_pickle=False) as archive:
        assert {archive[name].dtype.kind for name in archive.files} == {"f", "u"}


def test_the_arrays_of_both_sides_are_the_same_weights() -> None:
    flat = np.concatenate([weight.ravel() for _name, weight in sorted(BASE.outside().items())])
    assert np.array_equal(BASE.inside()["base_weights"], flat)


def test_the_script_writes_the_same_bytes_each_time(tmp_path: Path) -> None:
    files = [tmp_path / "first.npz", tmp_path / "second.npz"]
    for file in files:
        command = [sys.executable, "-m", "scripts.transfer_base", str(file), "--epochs", "1"]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=600)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_pictures_are_dealt_out_evenly_and_named(data: Data) -> None:
    shapes = {name: data.inside[name].shape for name in ("x_train", "x_val")}
    assert shapes == {"x_train": (300, 16, 16, 1), "x_val": (100, 16, 16, 1)}
    assert data.outside["x_test"].shape == (496, 16, 16, 1)
    for labels in (data.inside["y_train"], data.outside["y_test"]):
        counts = np.bincount(labels)
        assert len(counts) == 5
        assert counts.min() > 0.9 * counts.max()
    assert sorted(data.class_names) == ["5", "6", "7", "8", "9"]
    assert all(part.min() >= 0.0 and part.max() <= 1.0 for name, part in data.inside.items() if name[:2] == "x_")


def test_one_secret_gives_the_same_pictures_and_another_one_others() -> None:
    drawn = [LaterDigits(BASE)(seal).outside["x_test"] for seal in (SEALS[1], SEALS[1], SEALS[2])]
    assert np.array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[0], drawn[2])


def test_the_base_helps_with_digits_that_it_has_never_seen(data: Data) -> None:
    """With each dressing of the pictures: what the base sees tells them apart, and random weights do not."""
    import keras

    base = keras.models.model_from_json(BASE.inside()["base_architecture"].tobytes().decode())
    keras.utils.set_random_seed(0)
    accuracies = []
    for weights in (list(BASE.outside().values()), base.get_weights()):
        base.set_weights(weights)
        train, test = (
            base.predict(x, verbose=0).reshape(len(x), -1)
            for x in (data.inside["x_train"], data.outside["x_test"])
        )
        head = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300))
        accuracies.append(head.fit(train, data.inside["y_train"]).score(test, data.outside["y_test"]))
    assert accuracies[0] > 0.8
    assert accuracies[1] < 0.65


def write(folder: Path, **arrays: np.ndarray) -> Base:
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]
    (folder / "base.npz").write_bytes(file.getvalue())
    return Base(str(folder / "rubric.py"), "base.npz")


TEXT = np.frombuffer(b"{}", dtype=np.uint8)
WEIGHT = np.zeros(3, dtype=np.float32)


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"weight_0000": WEIGHT}, "has to hold architecture"),
        ({"architecture": TEXT}, "has to hold architecture"),
        ({"architecture": WEIGHT, "weight_0000": WEIGHT}, "has to hold architecture"),
        ({"architecture": TEXT, "weight_0000": WEIGHT, "kernel": WEIGHT}, "has to hold architecture"),
        ({"architecture": TEXT, "weight_0000": WEIGHT.astype(np.float64)}, "finite numbers of the type float32"),
        (
            {"architecture": TEXT, "weight_0000": np.full(3, np.nan, np.float32)},
            "finite numbers of the type float32",
        ),
        ({"architecture": TEXT, "weight_0000": np.array([object()])}, "cannot be read"),
    ],
)
def test_a_file_that_holds_something_else_is_refused(
    tmp_path: Path,
    arrays: dict[str, np.ndarray],
    words: str,
) -> None:
    with pytest.raises(BaseError, match=words):
        write(tmp_path, **arrays).inside()


@pytest.mark.parametrize(
    ("content", "file", "words"),
    [
        (None, "base.npz", "cannot be read: No such file"),
        (b"no archive", "base.npz", "cannot be read"),
        (b"PK\x03\x04 cut off", "base.npz", "cannot be read"),
        (b"", "base.npz", "cannot be read"),
        (None, "../base.npz", "has to lie in the exercise's folder"),
    ],
)
def test_a_file_that_is_no_archive_or_lies_elsewhere_is_refused(
    tmp_path: Path, content: bytes | None, file: str, words: str
) -> None:
    if content is not None:
        (tmp_path / file).write_bytes(content)
    with pytest.raises(BaseError, match=words):
        Base(str(tmp_path / "rubric.py"), file).outside()
