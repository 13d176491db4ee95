"""Change data by a secret, so that no public table and no network trained elsewhere fits them.

The task stays the same and as hard as before. Rows are dealt out first, so that nothing of a held-out row gets
into the rows that are handed out. Without a secret, nothing is changed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from grader.core.arrays import Array
from grader.core.seal import Seal
from grader.rubric.data.dataset import Parts

BLEND = (0.15, 0.4)  # the share of a row that comes from another row of its class, lowest and highest
NOISE = 0.05  # standard deviation of what is added, in those of the column
BEND = 0.2  # pixels by which a picture is bent at most


@dataclass(frozen=True)
class LabelOrder:
    """A permutation of the classes: `own[label]` is the class that a label stands for."""

    own: tuple[int, ...]

    def apply(self, classes: Array) -> Array:
        """Return labels for the classes of a table."""
        labels = np.empty(len(self.own), dtype=classes.dtype)
        labels[list(self.own)] = np.arange(len(self.own))
        ordered: Array = labels[classes]
        return ordered

    def positions(self) -> tuple[int, ...]:
        """Return the label of each class."""
        return tuple(self.own.index(own) for own in range(len(self.own)))


def draw_label_order(seal: Seal, classes: int) -> LabelOrder:
    """Return an order of the classes. Two classes keep theirs: which one is 1 has a meaning, as in precision."""
    if not seal.is_closed or classes < 3:
        return LabelOrder(tuple(range(classes)))
    return LabelOrder(tuple(int(own) for own in seal.random("labels").permutation(classes)))


def dress_columns(seal: Seal, *sides: Parts, prefix: str = "x_") -> None:
    """Permute the columns of all rows, and mirror half of them within their range, in place.

    The range is that of the training rows, so that it stays what it was.

    Args:
        seal: whose secret decides; without one, nothing is changed.
        sides: the parts inside and outside; those whose names begin with `prefix` are rows of features.
        prefix: of these names.
    """
    if not seal.is_closed:
        return
    train = next(side[f"{prefix}train"] for side in sides if f"{prefix}train" in side)
    order = seal.random(f"{prefix}columns").permutation(train.shape[1])
    is_mirrored = seal.random(f"{prefix}mirrors").permutation(train.shape[1]) < (train.shape[1] + 1) // 2
    middle = train.min(axis=0) + train.max(axis=0)
    for side in sides:
        for name in [name for name in side if name.startswith(prefix)]:
            side[name] = np.where(is_mirrored, middle - side[name], side[name])[:, order]


def dress_inputs(seal: Seal, inside: Parts, outside: Parts, inputs: Sequence[str]) -> None:
    """Change the rows of several inputs by a secret, each input by itself and in all parts alike, in place.

    Tables of real numbers get their columns permuted and half of them mirrored, as `dress_columns` does; the
    numbers of categories, integers of shape (n,) or (n, 1), are exchanged. Pictures and sequences stay as they
    are. `inside` holds `x_train_NAME` for each of the `inputs`, and `outside` what else belongs to them. Without
    the secret of `seal`, nothing is changed.

    >>> def plants(seal):
    ...     inside, outside = {"x_train_numbers": np.zeros((8, 3)), "x_train_soil": np.arange(8) % 3}, {}
    ...     dress_inputs(seal, inside, outside, ["numbers", "soil"])
    ...     return Data(inside, outside)
    """
    for name in inputs:
        parts = ("train", "val", "test", "probe")
        names = {part: f"x_{part}_{name}" for part in parts}
        own = [{f"{name}_{part}": side[n] for part, n in names.items() if n in side} for side in (inside, outside)]
        train = inside[names["train"]]
        if train.dtype.kind in "iu" and train[0].size == 1:
            _exchange_categories(seal, name, own)
        elif train.dtype.kind == "f" and train.ndim == 2:
            dress_columns(seal, *own, prefix=f"{name}_")
        for side, changed in zip((inside, outside), own, strict=True):
            side |= {n: changed[f"{name}_{part}"] for part, n in names.items() if n in side}


def _exchange_categories(seal: Seal, name: str, sides: Sequence[Parts]) -> None:
    if not seal.is_closed:
        return
    count = 1 + max(int(part.max(initial=0)) for side in sides for part in side.values())
    order = seal.random(f"{name} categories").permutation(count)
    for side in sides:
        side |= {key: order[part].astype(part.dtype) for key, part in side.items()}


def blend_rows(seal: Seal, *sides: Parts) -> None:
    """Replace each row by a mixture with another row of its class and part, and add a little noise, in place.

    Mixing draws rows towards the mean of their class; they are moved away from it again by as much, so that the
    mean and the variance of each class stay and the task is no easier. Values stay within the range of their
    column.

    Args:
        seal: whose secret decides; without one, nothing is changed.
        sides: the parts inside and outside; to each `x_NAME`, shape (n, k), belongs `y_NAME` with n classes.
    """
    if not seal.is_closed:
        return
    for side in sides:
        for name in [name for name in side if name.startswith("x_")]:
            random = seal.random(f"blend {name}")
            side[name] = _blend(side[name], side[f"y_{name.removeprefix('x_')}"], random)


def _blend(x: Array, y: Array, random: np.random.Generator) -> Array:
    low, high = x.min(axis=0), x.max(axis=0)
    blended = x.astype(np.float64)
    for label in np.unique(y):
        own = np.flatnonzero(y == label)
        mates = own[(np.arange(len(own)) + random.integers(1, max(2, len(own)), len(own))) % len(own)]
        share = random.uniform(*BLEND, (len(own), 1))
        mean = x[own].mean(axis=0)
        mixed = (1 - share) * x[own] + share * x[mates]
        blended[own] = mean + (mixed - mean) / np.sqrt((1 - share) ** 2 + share**2)
    blended += random.normal(0.0, NOISE, x.shape) * x.std(axis=0)
    return np.clip(blended, low, high).astype(x.dtype)


def add_small_noise(seal: Seal, *sides: Parts) -> None:
    """Add to each feature noise of `NOISE` standard deviations of its column, in place."""
    if not seal.is_closed:
        return
    for side in sides:
        for name in [name for name in side if name.startswith("x_")]:
            noise = seal.random(f"noise {name}").normal(0.0, NOISE, side[name].shape)
            side[name] = side[name] + noise * side[name].std(axis=0)


@dataclass(frozen=True)
class PictureDressing:
    """How all pictures of an exercise are turned or flipped, and bent a little.

    `turn`: quarter turns, `flip`: whether they are mirrored first, `matrix`: shape (pixels, pixels), from the
    pixels of a turned picture to those of a bent one.
    """

    height: int
    width: int
    turn: int
    flip: bool
    matrix: Array

    def apply(self, rows: Array) -> Array:
        """Return dressed pictures, shape (n, pixels), of the same dtype and within the same range."""
        turned = self._turn(rows.reshape(-1, self.height, self.width))
        flat = turned.reshape(len(rows), -1).astype(np.float64) @ self.matrix
        return np.clip(flat, rows.min(), rows.max()).astype(rows.dtype)

    def undo(self, row: Array) -> Array:
        """Return a dressed picture, shape (height, width), upright as people know it."""
        upright: Array = np.rot90(row.reshape(self.height, self.width), -self.turn)
        return np.fliplr(upright) if self.flip else upright

    def _turn(self, pictures: Array) -> Array:
        flipped = pictures[:, :, ::-1] if self.flip else pictures
        return np.rot90(flipped, self.turn, axes=(1, 2))


def draw_picture_dressing(seal: Seal, height: int, width: int) -> PictureDressing:
    """Return one dressing for all pictures of a class. Pictures that are no square keep their height and width."""
    if not seal.is_closed:
        return PictureDressing(height, width, 0, False, np.eye(height * width))
    random = seal.random("pictures")
    turn = int(random.integers(4)) if height == width else 2 * int(random.integers(2))
    return PictureDressing(height, width, turn, bool(random.integers(2)), _bending(height, width, random))


def _bending(height: int, width: int, random: np.random.Generator) -> Array:
    """Return the matrix that bends pictures by a smooth field of displacements of at most `BEND` pixels.

    Each pixel of the result lies between four of the source and is their bilinear interpolation.
    """
    rows, columns = np.mgrid[0:height, 0:width].astype(float)
    shifts = []
    for _axis in range(2):
        phase, wave = random.uniform(0, 2 * np.pi, 2), random.uniform(0.5, 1.0, 2)
        field = np.sin(phase[0] + wave[0] * np.pi * rows / height) * np.sin(
            phase[1] + wave[1] * np.pi * columns / width
        )
        shifts.append(BEND * field / np.abs(field).max())
    y = np.clip(rows + shifts[0], 0, height - 1).ravel()
    x = np.clip(columns + shifts[1], 0, width - 1).ravel()
    matrix = np.zeros((height * width, height * width))
    for dy in (0, 1):
        for dx in (0, 1):
            source_y = np.minimum(np.floor(y).astype(int) + dy, height - 1)
            source_x = np.minimum(np.floor(x).astype(int) + dx, width - 1)
            weight = np.abs(1 - dy - (y - np.floor(y))) * np.abs(1 - dx - (x - np.floor(x)))
            np.add.at(matrix, (source_y * width + source_x, np.arange(height * width)), weight)
    return matrix
