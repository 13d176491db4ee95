"""The course's data: what a submission sees, and what stays outside with the labels.

Everything is made from fixed seeds, so the same versions give the same arrays, byte for byte.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Data", "digits", "friedman", "lines"]

SPLIT_SEED = 2026
NOISE = 0.08  # standard deviation, in units of the scaled features: small against the strokes of a digit

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Data:
    """Arrays of one exercise. `inside` may travel with a plan; `outside` never does, but for `x_test`, without
    labels, when a frozen graph is replayed where no submission is.

    `class_names`: how a report calls the classes, in the order of the outputs.
    """

    inside: Mapping[str, Array]
    outside: Mapping[str, Array]
    class_names: tuple[str, ...] = ()
    picture: tuple[int, int] | None = None  # height and width, where a row is a picture

    def __post_init__(self) -> None:
        if shared := set(self.inside) & set(self.outside):
            raise ValueError(f"both inside and outside: {', '.join(sorted(shared))}")


def perturbed(x: Array) -> Array:
    """Return rows that no data set holds: `x` with small noise from a fixed seed, kept within the range of `x`."""
    noise = np.random.default_rng(SPLIT_SEED).normal(0.0, NOISE, x.shape)
    return np.clip(x + noise, x.min(), x.max()).astype(x.dtype)


def digits() -> Data:
    """Return scikit-learn's digits: 1797 pictures of 8×8 grey values, here in [0, 1].

    Inside: `x_train` (1010, 64) float32, `x_val` (337, 64), labels as integers (`y_*`) and one-hot (`*_one_hot`).
    Outside: `x_test` (450, 64), `y_test`, and all of `x_all` (1797, 64) raw with `y_all`.
    """
    from sklearn.datasets import load_digits  # a second of imports that not everybody needs
    from sklearn.model_selection import train_test_split

    x_all, y_all = load_digits(return_X_y=True)
    scaled = (x_all / 16).astype(np.float32)
    x_rest, x_test, y_rest, y_test = train_test_split(
        scaled, y_all, test_size=450, random_state=SPLIT_SEED, stratify=y_all
    )
    x_train, x_val, y_train, y_val = train_test_split(
        x_rest, y_rest, test_size=337, random_state=SPLIT_SEED, stratify=y_rest
    )
    one_hot = np.eye(10, dtype=np.float32)
    inside = {
        "x_train": x_train,
        "y_train": y_train,
        "y_train_one_hot": one_hot[y_train],
        "x_val": x_val,
        "y_val": y_val,
        "y_val_one_hot": one_hot[y_val],
    }
    outside = {"x_test": x_test, "y_test": y_test, "x_all": x_all, "y_all": y_all}
    return Data(inside, outside, class_names=tuple(map(str, range(10))), picture=(8, 8))


def lines() -> Data:
    """Return three tables for linear regression, the features of each standardised.

    `one_`: one feature, `several_`: six features that do not depend on one another, both made up, so that their
    least-squares solution is well determined. `ten_`: scikit-learn's diabetes (442 patients, ten features), the
    target in hundreds. Inside: `x_train` (400, n) float32, `y_train` (400,) float32 and `x_val`, `y_val` of 100
    rows
    (diabetes: 265 and 67). Outside: `x_test`, `y_test` of 200 rows (diabetes: 110), and `x_probe` (1 + n, n): a
    row
    of zeros, then the rows of the identity, on which a linear network shows its bias and its weights.
    """
    one = _parts("one_", *_line(weights=(-1.8,), bias=0.7, seed=SPLIT_SEED), val=100, test=200)
    several = _parts(
        "several_",
        *_line(weights=(1.5, -2.0, 0.9, -1.2, 1.1, -0.8), bias=1.0, seed=SPLIT_SEED + 1),
        val=100,
        test=200,
    )
    ten = _parts("ten_", *_diabetes(), val=67, test=110)
    tables = (one, several, ten)
    inside = {name: array for part, _ in tables for name, array in part.items()}
    outside = {name: array for _, part in tables for name, array in part.items()}
    for prefix in ("one_", "several_", "ten_"):
        features = inside[f"{prefix}x_train"].shape[1]
        outside[f"{prefix}x_probe"] = np.vstack([np.zeros((1, features)), np.eye(features)]).astype(np.float32)
    return Data(inside, outside)


def friedman() -> Data:
    """Return Friedman's first table: ten features of which five count, four of them not along a straight line.

    Source: `sklearn.datasets.make_friedman1`. Features and target are standardised by what is known of how they
    are
    made. Inside: `x_train` (800, 10) float32, `y_train` (800,) float32, `x_val` (200, 10), `y_val`. Outside:
    `x_test` (500, 10), `y_test`.
    """
    from sklearn.datasets import make_friedman1

    x, y = make_friedman1(n_samples=1500, n_features=10, noise=1.0, random_state=SPLIT_SEED)
    # Uniform on [0, 1]: mean 1/2, variance 1/12. The target has a mean of 14.4 and a standard deviation of about
    # 5.
    inside, outside = _parts("", (x - 0.5) * np.sqrt(12.0), (y - 14.4) / 5.0, val=200, test=500)
    return Data(inside, outside)


def _line(weights: tuple[float, ...], bias: float, seed: int) -> tuple[Array, Array]:
    """Return 700 rows of independent features, and their weighted sum with a little noise."""
    random = np.random.default_rng(seed)
    x = random.normal(0.0, 1.0, (700, len(weights)))
    return x, x @ np.array(weights) + bias + random.normal(0.0, 0.1, 700)


def _diabetes() -> tuple[Array, Array]:
    from sklearn.datasets import load_diabetes

    x, y = load_diabetes(return_X_y=True)
    return x * np.sqrt(len(x)), y / 100.0  # scikit-learn's columns have a sum of squares of one


def _parts(prefix: str, x: Array, y: Array, *, val: int, test: int) -> tuple[dict[str, Array], dict[str, Array]]:
    """Return what is inside and what is outside of a table, its rows dealt out at random."""
    order = np.random.default_rng(SPLIT_SEED).permutation(len(x))
    x, y = x[order].astype(np.float32), y[order].astype(np.float32)
    inside = {
        f"{prefix}x_train": x[test + val :],
        f"{prefix}y_train": y[test + val :],
        f"{prefix}x_val": x[test : test + val],
        f"{prefix}y_val": y[test : test + val],
    }
    return inside, {f"{prefix}x_test": x[:test], f"{prefix}y_test": y[:test]}
