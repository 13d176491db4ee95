"""The built-in data sets of the course.

Everything is made from fixed seeds, so the same versions give the same arrays, byte for byte.
"""

import numpy as np

from grader.core.arrays import Array
from grader.rubric.data.builders import (
    SPLIT_SEED,
    Classes,
    add_noise,
    build_linear_probe,
    deal_rows,
    deal_rows_by_class,
)
from grader.rubric.data.dataset import Data


def digits() -> Data:
    """Return scikit-learn's digits: 1797 pictures of 8×8 grey values, here in [0, 1].

    Inside: `x_train` (1010, 64) float32, `x_val` (337, 64), labels as integers (`y_*`) and one-hot (`*_one_hot`).
    Outside: `x_test` (450, 64), `y_test`, and all of `x_all` (1797, 64) raw with `y_all`.

    >>> digits().picture
    """
    from sklearn.datasets import load_digits  # a second of imports that not everybody needs

    x_all, y_all = load_digits(return_X_y=True)
    inside, outside = deal_rows_by_class((x_all / 16).astype(np.float32), y_all, val=337, test=450)
    one_hot = np.eye(10, dtype=np.float32)
    inside |= {f"{name}_one_hot": one_hot[inside[name]] for name in ("y_train", "y_val")}
    outside |= {"x_all": x_all, "y_all": y_all}
    return Data(inside, outside, class_names=tuple(map(str, range(10))), picture=(8, 8))


def no_data() -> Data:
    """Return nothing: for an exercise whose functions get all that they need from the checks.

    >>> no_data().inside
    """
    return Data({}, {})


def lines() -> Data:
    """Return two made-up tables for linear regression: `one_` with one feature, `ten_` with ten.

    The features are standardised and do not depend on one another, and the noise is small: so the least-squares
    solution is well determined, and whoever trains long enough arrives there. (scikit-learn's diabetes is not like
    this: some of its features nearly repeat others, and after 60 epochs R² still depends on where the weights
    began.)
    Inside: `x_train` (400, n) float32, `y_train` (400,) float32, and `x_val`, `y_val` with 100 rows. Outside:
    `x_test`, `y_test` with 200 rows, and `x_probe` (1 + n, n): a row of zeros, then the rows of the identity, on
    which a linear network shows its bias and its weights.

    >>> lines().inside["ten_x_train"].shape
    """
    inside: dict[str, Array] = {}
    outside: dict[str, Array] = {}
    for prefix, bias, weights in (
        ("one_", 1.2, [-1.8]),
        ("ten_", 1.5, [1.5, -2.0, 1.8, -1.3, 1.4, -1.7, 1.6, -1.2, 2.0, -1.5]),
    ):
        random = np.random.default_rng(SPLIT_SEED)
        x = random.normal(0.0, 1.0, (700, len(weights)))
        y = x @ np.array(weights) + bias + random.normal(0.0, 0.1, len(x))
        parts = deal_rows(x.astype(np.float32), y.astype(np.float32), val=100, test=200)
        for side, part in zip((inside, outside), parts, strict=True):
            side |= {f"{prefix}{name}": rows for name, rows in part.items()}
        outside[f"{prefix}x_probe"] = build_linear_probe(len(weights))
    return Data(inside, outside)


def friedman() -> Data:
    """Return Friedman's first table: ten features of which five count, four of them not along a straight line.

    Source: `sklearn.datasets.make_friedman1`. Features and target are standardised by what is known of how they
    are
    made. Inside: `x_train` (800, 10) float32, `y_train` (800,) float32, `x_val` (200, 10), `y_val`, and `y_noisy`,
    which is `y_val` with so much noise that even the best network has a poor score. Outside: `x_test` (500, 10),
    `y_test`.

    >>> friedman().inside["y_noisy"].shape
    """
    from sklearn.datasets import make_friedman1

    x, y = make_friedman1(n_samples=1500, n_features=10, noise=0.5, random_state=SPLIT_SEED)
    # Uniform on [0, 1]: mean 1/2, variance 1/12. The target has a mean of 14.4 and a standard deviation of about
    # 5.
    x, y = (x - 0.5) * np.sqrt(12.0), (y - 14.4) / 5.0
    inside, outside = deal_rows(x.astype(np.float32), y.astype(np.float32), val=200, test=500)
    return Data(inside | {"y_noisy": add_noise(inside["y_val"])}, outside)


def wines() -> Data:
    """Return scikit-learn's wines, standardised by the training rows: 178 of them, 13 features, 3 growers.

    Inside: `x_train` (90, 13) float32, `x_val` (34, 13), labels `y_*` as integers from 0 to 2. `y_val_mixed`:
    labels of which a third are wrong, so that a network errs in each class. `x_val_one`, `y_val_one`: the rows of
    `x_val` that are of class 1. Outside: `x_test` (54, 13), `y_test`.

    >>> wines().class_names
    """
    from sklearn.datasets import load_wine

    return Classes(load_wine, val=34, test=54, names=("0", "1", "2"))()


def tumours() -> Data:
    """Return two tables of yes and no. The first is scikit-learn's breast cancer: 569 tumours, 30 features.

    They are standardised by the training rows. Inside: `x_train` (309, 30) float32, `x_val` (90, 30), labels `y_*`
    as integers, 1 for a benign tumour. Outside: `x_test` (170, 30), `y_test`.

    `one_`: one made-up feature between -3 and 3, and labels that get likelier with it but are never sure, so that
    their border, near 0.8, is well determined. 400, 100 and 200 rows; outside also `x_probe` (1201, 1): -6 to 6 in
    small steps, on which a network shows where its border is.

    >>> tumours().outside["one_x_probe"].shape
    """
    from sklearn.datasets import load_breast_cancer

    table = Classes(load_breast_cancer, val=90, test=170)()
    inside, outside = dict(table.inside), dict(table.outside)
    random = np.random.default_rng(SPLIT_SEED)
    for part, rows, side in (("train", 400, inside), ("val", 100, inside), ("test", 200, outside)):
        x = random.uniform(-3.0, 3.0, rows)
        likely = 1.0 / (1.0 + np.exp(-2.5 * (x - 0.8)))
        side[f"one_x_{part}"] = x[:, None].astype(np.float32)
        side[f"one_y_{part}"] = (random.uniform(size=rows) < likely).astype(np.int64)
    outside["one_x_probe"] = np.linspace(-6.0, 6.0, 1201)[:, None].astype(np.float32)
    return Data(inside, outside, class_names=("0", "1"))
