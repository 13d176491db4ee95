"""The built-in data sets of the course.

Everything hidden is drawn from the secret of a seal, and without one from a fixed seed. So the same secret and
versions give the same arrays, byte for byte.
"""

import numpy as np

from grader.core.arrays import Array
from grader.core.datasets import arrange_as_scikit_learn
from grader.core.i18n import Bilingual
from grader.core.seal import NO_SEAL, Seal
from grader.rubric.data.builders import Classes, add_noise, build_linear_probe, standardise
from grader.rubric.data.california import arrange_as_keras, draw_districts
from grader.rubric.data.dataset import Data, Parts
from grader.rubric.data.dealing import deal_rows, deal_rows_by_class
from grader.rubric.data.difficulty import draw_as_hard
from grader.rubric.data.dressing import blend_rows, draw_label_order, draw_picture_dressing, dress_columns

HOUSING_SOURCE = Bilingual(
    en="A made-up table with the columns of the Californian districts: nothing has to be downloaded for it.",
    de="Eine ausgedachte Tabelle mit den Spalten der kalifornischen Bezirke: Dafür muss nichts geladen werden.",
)


def digits(seal: Seal = NO_SEAL) -> Data:
    """Return scikit-learn's digits: 1797 pictures of 8×8 grey values, here in [0, 1].

    Inside: `x_train` (1010, 64) float32, `x_val` (337, 64), labels as integers (`y_*`) and one-hot (`*_one_hot`).
    Outside: `x_test` (450, 64), `y_test`, and all of `x_all` (1797, 64) raw with `y_all`.

    >>> digits().picture
    """
    return draw_as_hard(_build_digits, seal)


def _build_digits(seal: Seal) -> Data:
    from sklearn.datasets import load_digits  # a second of imports that not everybody needs

    x_all, y_all = load_digits(return_X_y=True)
    inside, outside = deal_rows_by_class((x_all / 16).astype(np.float32), y_all, 337, 450, seal)
    blend_rows(seal, inside, outside)
    dressing, order = draw_picture_dressing(seal, 8, 8), draw_label_order(seal, 10)
    for side in (inside, outside):
        side |= {
            name: dressing.apply(part) if name.startswith("x_") else order.apply(part)
            for name, part in side.items()
        }
    one_hot = np.eye(10, dtype=np.float32)
    inside |= {f"{name}_one_hot": one_hot[inside[name]] for name in ("y_train", "y_val")}
    outside |= {"x_all": x_all, "y_all": y_all}
    return Data(
        inside,
        outside,
        class_names=tuple(map(str, order.own)),
        picture=(8, 8),
        class_order=order.positions(),
        undress=dressing.undo,
    )


def no_data() -> Data:
    """Return nothing: for an exercise whose functions get all that they need from the checks.

    >>> no_data().inside
    """
    return Data({}, {})


def lines(seal: Seal = NO_SEAL) -> Data:
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
    for prefix, numbers in (
        ("one_", [1.2, -1.8]),
        ("ten_", [1.5, 1.5, -2.0, 1.8, -1.3, 1.4, -1.7, 1.6, -1.2, 2.0, -1.5]),
    ):
        # No weight and no bias is near zero, so that leaving one out is noticed.
        random = seal.random(f"{prefix}weights")
        drawn = random.uniform(1.2, 2.0, len(numbers)) * random.choice([-1, 1], len(numbers))
        bias, *weights = drawn if seal.is_closed else numbers
        random = seal.random(f"{prefix}rows")
        x = random.normal(0.0, 1.0, (700, len(weights)))
        y = x @ np.array(weights) + bias + random.normal(0.0, 0.1, len(x))
        parts = deal_rows(x.astype(np.float32), y.astype(np.float32), 100, 200, seal)
        for side, part in zip((inside, outside), parts, strict=True):
            side |= {f"{prefix}{name}": rows for name, rows in part.items()}
        outside[f"{prefix}x_probe"] = build_linear_probe(len(weights))
    return Data(inside, outside)


def friedman(seal: Seal = NO_SEAL) -> Data:
    """Return Friedman's first table: ten features of which five count, four of them not along a straight line.

    Source: `sklearn.datasets.make_friedman1`. Features and target are standardised by what is known of how they
    are
    made. Inside: `x_train` (800, 10) float32, `y_train` (800,) float32, `x_val` (200, 10), `y_val`, and `y_noisy`,
    which is `y_val` so changed that even the best network has a poor score. Outside: `x_test` (500, 10),
    `y_test`.

    >>> friedman().inside["y_noisy"].shape
    """
    from sklearn.datasets import make_friedman1

    x, y = make_friedman1(n_samples=1500, n_features=10, noise=0.5, random_state=seal.random_state("table"))
    # Uniform on [0, 1]: mean 1/2, variance 1/12. The target has a mean of 14.4 and a standard deviation of about
    # 5.
    x, y = (x - 0.5) * np.sqrt(12.0), (y - 14.4) / 5.0
    inside, outside = deal_rows(x.astype(np.float32), y.astype(np.float32), 200, 500, seal)
    dress_columns(seal, inside, outside)
    return Data(inside | {"y_noisy": add_noise(inside["y_val"], seal)}, outside)


HOUSING_ROWS = (2000, 400, 800)  # to train with, to validate with, held out


def housing(seal: Seal = NO_SEAL) -> Data:
    """Return a made-up table of 3200 Californian districts: 8 features and the median value of a house.

    Features are those of `sklearn.datasets.fetch_california_housing`, standardised by the training rows; the value
    is in 100,000 dollars. No model can reach more than an R² of about 0.89; a straight line reaches about 0.57.
    With a secret, districts are drawn from it, and columns are permuted and mirrored. Inside: `x_train` (2000, 8)
    float32, `y_train` (2000,) float32, `x_val` (400, 8), `y_val`, and `y_noisy`, a changed `y_val`. Outside:
    `x_test` (800, 8), `y_test`.

    >>> housing().inside["x_train"].shape
    """
    return draw_as_hard(_build_housing, seal)


def _build_housing(seal: Seal) -> Data:
    train, val, test = HOUSING_ROWS
    districts = draw_districts(train + val + test, seal.random("districts"))
    x = arrange_as_scikit_learn(arrange_as_keras(districts)[0])
    inside, outside = deal_rows(x, districts["value"], val, test, seal)
    dress_columns(seal, inside, outside)
    standardise(inside, outside)
    sides = [{name: part.astype(np.float32) for name, part in side.items()} for side in (inside, outside)]
    return Data(sides[0] | {"y_noisy": add_noise(sides[0]["y_val"], seal)}, sides[1], source=HOUSING_SOURCE)


def wines(seal: Seal = NO_SEAL) -> Data:
    """Return scikit-learn's wines, standardised by the training rows: 178 of them, 13 features, 3 growers.

    Inside: `x_train` (90, 13) float32, `x_val` (34, 13), labels `y_*` as integers from 0 to 2. `y_val_mixed`:
    labels of which many are wrong, so that the best network errs, too. `x_val_one`, `y_val_one`: the rows of
    `x_val` that are of class 1. Outside: `x_test` (54, 13), `y_test`.

    >>> wines().class_names
    """
    from sklearn.datasets import load_wine

    return Classes(load_wine, val=34, test=54, names=("0", "1", "2"))(seal)


def flowers(seal: Seal = NO_SEAL) -> Data:
    """Return scikit-learn's iris, standardised by the training rows: 150 flowers, 4 lengths, 3 species.

    Inside: `x_train` (75, 4) float32, `x_val` (25, 4), labels `y_*` as integers from 0 to 2. Outside: `x_test`
    (50, 4), `y_test`.

    >>> flowers().class_names
    """
    from sklearn.datasets import load_iris

    return Classes(load_iris, val=25, test=50)(seal)


def tumours(seal: Seal = NO_SEAL) -> Data:
    """Return two tables of yes and no. The first is scikit-learn's breast cancer: 569 tumours, 30 features.

    They are standardised by the training rows. Inside: `x_train` (309, 30) float32, `x_val` (90, 30), labels `y_*`
    as integers, 1 for a benign tumour. Outside: `x_test` (170, 30), `y_test`.

    `one_`: one made-up feature between -3 and 3, and labels that get likelier with it but are never sure, so that
    their border, near 0.8, is well determined. 400, 100 and 200 rows; outside also `x_probe` (1201, 1): -6 to 6 in
    small steps, on which a network shows where its border is.

    >>> tumours().outside["one_x_probe"].shape
    """
    from sklearn.datasets import load_breast_cancer

    table = Classes(load_breast_cancer, val=90, test=170)(seal)
    inside, outside = dict(table.inside), dict(table.outside)
    one_inside, one_outside = _draw_one_feature(seal)
    inside |= one_inside
    outside |= one_outside
    outside["one_x_probe"] = np.linspace(-6.0, 6.0, 1201)[:, None].astype(np.float32)
    return Data(inside, outside, class_names=("0", "1"))


SIZES = (0.609, 0.352, 0.039)  # shares of the classes, as in the course's example: 5567, 3224 and 354 rows
# Where the classes lie in the plane that they differ in: the rare one is nearer to the largest than to the other.
CENTRES = ((0.0, 0.0), (2.6, 0.0), (0.2, 2.1))
OTHER_FEATURES = 4  # that say nothing


def unbalanced(seal: Seal = NO_SEAL) -> Data:
    """Return a made-up table of three classes, of which one has 4 of 100 rows; which one, the secret decides.

    Six features with the standard deviation 1 within each class. The classes overlap, so that a network without
    weights hardly ever names the rare one. Every row is drawn from the secret.
    Inside: `x_train` (2000, 6) float32, `x_val` (500, 6), labels `y_*` as integers from 0 to 2. Outside: `x_test`
    (4000, 6), `y_test`.

    >>> unbalanced().class_names
    """
    random = seal.random("unbalanced")
    order = np.array([0, 2, 1])
    if seal.is_closed:  # the rare class never has the label that it has in the course's example
        order = np.array([[2, 1, 0], [1, 2, 0], [0, 1, 2], [1, 0, 2]])[random.integers(4)]
    width = 2 + OTHER_FEATURES
    turned = np.linalg.qr(random.normal(0.0, 1.0, (width, width)))[0]
    inside: Parts = {}
    outside: Parts = {}
    for part, rows, side in (("train", 2000, inside), ("val", 500, inside), ("test", 4000, outside)):
        sizes = [round(share * rows) for share in SIZES[1:]]
        drawn = random.permutation(np.repeat(np.arange(3), [rows - sum(sizes), *sizes]))
        x = random.normal(0.0, 1.0, (rows, width))
        x[:, :2] += np.array(CENTRES)[drawn]
        side[f"x_{part}"] = (x @ turned).astype(np.float32)
        side[f"y_{part}"] = order[drawn]
    return Data(inside, outside, class_names=("0", "1", "2"))


def apples(seal: Seal = NO_SEAL) -> Data:
    """Return a made-up table of apples with two kinds of labels: a number, and one of three classes.

    Eight features, each with the standard deviation 1. Sweetness is by how many grams of sugar in a kilogram an
    apple differs from the usual: about 10. Sweetness and variety depend on the same two directions of the
    features, bent: a layer that finds these helps both. Every row is drawn from the secret.
    Inside: `x_train` (1200, 8) float32, `x_val` (300, 8), labels `y_*_sweetness` (float32) and `y_*_variety`
    (integers from 0 to 2), and `y_mixed_*`, labels of `x_val` of which many are wrong. Outside: `x_test`
    (2000, 8), `y_test_sweetness`, `y_test_variety`.

    >>> apples().class_names
    """
    random = seal.random("apples")
    turned = np.linalg.qr(random.normal(0.0, 1.0, (8, 8)))[0]
    start, order = random.uniform(0.0, 2.0 * np.pi), random.permutation(3)
    inside: Parts = {}
    outside: Parts = {}
    for part, rows, side in (("train", 1200, inside), ("val", 300, inside), ("test", 2000, outside)):
        x = random.normal(0.0, 1.0, (rows, 8))
        first, second = (x + random.normal(0.0, 0.1, x.shape))[:, :2].T
        sweetness = np.tanh(2.0 * first) + 0.9 * np.abs(second) + random.normal(0.0, 0.2, rows)
        angle = (np.arctan2(second, first) - start) % (2.0 * np.pi)
        side[f"x_{part}"] = (x @ turned).astype(np.float32)
        side[f"y_{part}_sweetness"] = (10.0 * (sweetness - 0.7)).astype(np.float32)
        side[f"y_{part}_variety"] = order[(angle / (2.0 * np.pi / 3.0)).astype(int)]
    inside["y_mixed_sweetness"] = add_noise(inside["y_val_sweetness"], seal)
    # One class gets them all, so that a mean over classes is no accuracy.
    is_other = np.arange(len(inside["y_val_variety"])) % 3 == 0
    inside["y_mixed_variety"] = np.where(is_other, 1, inside["y_val_variety"])
    return Data(inside, outside, class_names=("Boskoop", "Elstar", "Jonagold"))


MAX_DRAWS = 50
SAME_BORDER = 0.04  # what the border of some of the rows may be from that of all


def _draw_one_feature(seal: Seal) -> tuple[Parts, Parts]:
    """Return the rows of one feature, inside and outside.

    With a secret, they are drawn until their border is well determined: fewer rows have nearly the same, so that
    who trains on a part of them finds it, too.
    """
    if not seal.is_closed:
        return _one_feature(seal.random("one feature"), 0.8)
    random = seal.random("one feature")
    for _draw in range(MAX_DRAWS):
        inside, outside = _one_feature(random, float(random.uniform(0.6, 1.0) * random.choice([-1.0, 1.0])))
        x, y = inside["one_x_train"], inside["one_y_train"]
        borders = [_find_border(x[rows], y[rows]) for rows in (slice(None), slice(320), slice(80, None))]
        if max(borders) - min(borders) < SAME_BORDER:
            break
    return inside, outside


def _one_feature(random: np.random.Generator, border: float) -> tuple[Parts, Parts]:
    inside: Parts = {}
    outside: Parts = {}
    for part, rows, side in (("train", 400, inside), ("val", 100, inside), ("test", 200, outside)):
        x = random.uniform(-3.0, 3.0, rows)
        likely = 1.0 / (1.0 + np.exp(-2.5 * (x - border)))
        side[f"one_x_{part}"] = x[:, None].astype(np.float32)
        side[f"one_y_{part}"] = (random.uniform(size=rows) < likely).astype(np.int64)
    return inside, outside


def _find_border(x: Array, y: Array) -> float:
    """Return where a logistic regression of one feature says 0.5."""
    from sklearn.linear_model import LogisticRegression

    line = LogisticRegression(C=1e4, max_iter=200).fit(x, y)
    return float(-line.intercept_[0] / line.coef_[0, 0])
