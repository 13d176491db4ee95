"""Deal out the rows of a table: those to train with, to validate with, and held-out ones."""

import numpy as np

from grader.core.arrays import Array
from grader.core.seal import NO_SEAL, Seal
from grader.rubric.data.dataset import Parts

NEIGHBOURS = 5  # that say how hard a row is


def deal_rows(x: Array, y: Array, val: int, test: int, seal: Seal = NO_SEAL) -> tuple[Parts, Parts]:
    """Split a table at random into training, validation and test rows; returns the parts inside and outside."""
    order = seal.random("rows").permutation(len(x))
    return _cut(x, y, order[test + val :], order[test : test + val], order[:test])


def deal_rows_by_class(x: Array, y: Array, val: float, test: float, seal: Seal = NO_SEAL) -> tuple[Parts, Parts]:
    """Split a table with classes, each in the same share; returns the parts inside and outside.

    With a secret, each part also gets the same share of easy and of hard rows, so that no secret makes the task
    easier than another one. Raises `ValueError` where a class has too few rows.
    """
    from sklearn.model_selection import train_test_split

    val_count, test_count = count_rows(val, len(x)), count_rows(test, len(x))
    if seal.is_closed and min(val_count, test_count) >= 2 and val_count + test_count < len(x):
        random = seal.random("rows")
        ranked = _rank_by_difficulty(x, y, random)
        test_rows, rest = _take_evenly(ranked, test_count, random)
        val_rows, train_rows = _take_evenly(rest, val_count, random)
        return _cut(x, y, *(random.permutation(rows) for rows in (train_rows, val_rows, test_rows)))
    seed = seal.random_state("rows")
    x, x_test, y, y_test = train_test_split(x, y, test_size=test_count, random_state=seed, stratify=y)
    x_train, x_val, y_train, y_val = train_test_split(x, y, test_size=val_count, random_state=seed, stratify=y)
    return (
        {"x_train": x_train, "y_train": y_train, "x_val": x_val, "y_val": y_val},
        {"x_test": x_test, "y_test": y_test},
    )


def count_rows(share: float, count: int) -> int:
    """Return a number of rows, given as such or as a share of all."""
    return share if isinstance(share, int) else round(share * count)


def _cut(x: Array, y: Array, train: Array, val: Array, test: Array) -> tuple[Parts, Parts]:
    inside = {"x_train": x[train], "y_train": y[train], "x_val": x[val], "y_val": y[val]}
    return inside, {"x_test": x[test], "y_test": y[test]}


def _rank_by_difficulty(x: Array, y: Array, random: np.random.Generator) -> Array:
    """Return the rows' positions: class after class, in each those first whose neighbours are of other classes."""
    from sklearn.neighbors import NearestNeighbors

    deviation = x.std(axis=0)
    scaled = (x - x.mean(axis=0)) / np.where(deviation > 0, deviation, 1.0)
    count = min(NEIGHBOURS, len(x) - 1)
    nearest = NearestNeighbors(n_neighbors=count).fit(scaled).kneighbors(return_distance=False)
    alike = (y[nearest] == y[:, None]).sum(axis=1)
    return np.lexsort((random.random(len(x)), alike, y))


def _take_evenly(ranked: Array, count: int, random: np.random.Generator) -> tuple[Array, Array]:
    """Return `count` of the positions, one at random of each stretch of equal length, and all others."""
    stretches = np.array_split(ranked, count)
    taken = np.array([random.choice(stretch) for stretch in stretches])
    return taken, ranked[~np.isin(ranked, taken)]
