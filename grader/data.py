"""The course's data: what a submission sees, and what stays outside with the labels.

Everything is made from fixed seeds, so the same versions give the same arrays, byte for byte.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Data", "digits", "no_data"]

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


def no_data() -> Data:
    """Return nothing: for an exercise whose functions get all that they need from the checks."""
    return Data({}, {})
