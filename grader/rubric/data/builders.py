"""Build the data of an exercise from a table: dealt out, changed by a secret, standardised by the training rows.

The course's own data and the tables of other authors are made by the same functions.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from grader.core.arrays import Array
from grader.core.declarations import Declared
from grader.core.errors import UserError
from grader.core.field_rules import RowCount
from grader.core.i18n import _
from grader.core.seal import NO_SEAL, Seal
from grader.rubric.data.dataset import Data, Parts
from grader.rubric.data.dealing import count_rows, deal_rows, deal_rows_by_class
from grader.rubric.data.difficulty import draw_as_hard
from grader.rubric.data.dressing import add_small_noise, blend_rows, draw_label_order, dress_columns


class TableError(UserError):
    """A table that no data can be built from."""


@dataclass(frozen=True)
class Csv(Declared):
    """A table in a CSV file of the exercise's folder: the column `predict` is what has to be predicted.

    `beside`: the rubric's `__file__`; `file`: the path from there, which has to stay in that folder, so that
    `grader rescore` notices a change. The first line holds the names of the columns; all but `predict` and those
    named in `without` are features, and have to be numbers. `separator` and `decimal` are as the file has them: a
    German Excel writes ";" and ",".

    >>> Csv(__file__, "flowers.csv", predict="species", without=("id",), separator=";", decimal=",")
    """

    beside: str
    file: str
    predict: str
    without: tuple[str, ...] = ()
    separator: str = ","
    decimal: str = "."

    def __call__(self) -> tuple[Array, Array]:
        """Return features and what has to be predicted. Raises `TableError`."""
        import pandas as pd

        folder = Path(self.beside).resolve().parent
        path = (folder / self.file).resolve()
        if not path.is_relative_to(folder):
            raise TableError(
                _("{file} has to lie in the exercise's folder, {folder}", file=self.file, folder=str(folder))
            )
        try:
            table = pd.read_csv(path, sep=self.separator, decimal=self.decimal)
        except (OSError, ValueError) as error:  # no such file; no UTF-8; nothing in it; rows of different lengths
            reason = getattr(error, "strerror", None) or str(error)
            raise TableError(_("{file} cannot be read: {error}", file=self.file, error=reason)) from error
        columns = [str(name) for name in table.columns]
        if lacking := [name for name in (self.predict, *self.without) if name not in columns]:
            raise TableError(
                _(
                    "{file} has no column {name!r}; it has: {columns}",
                    file=self.file,
                    name=lacking[0],
                    columns=", ".join(columns),
                )
            )
        features = table.drop(columns=[self.predict, *self.without])
        for name, column in features.items():
            if column.dtype.kind not in "biuf" or column.isna().any():
                raise TableError(
                    _(
                        "column {name!r} of {file} holds empty cells or what is no number: leave it out "
                        "(without=...) or mend the file",
                        name=str(name),
                        file=self.file,
                    )
                )
        if table[self.predict].isna().any():
            raise TableError(_("column {name!r} of {file} has empty cells", name=self.predict, file=self.file))
        return features.to_numpy(np.float64), table[self.predict].to_numpy()


@dataclass(frozen=True)
class Classes(Declared):
    """Data for a classification: a table that is dealt out, each class in the same share, and standardised.

    `load` returns features and labels: a `Csv`, a function such as `sklearn.datasets.load_iris`, or one of your
    own that returns (x, y). Labels may be words; the network's are integers from 0, in their sorted order. `val`
    and `test`: how many rows, or which share of all, validate and are held out. `names`: how a report calls the
    classes. `standardise`: by means and deviations of the training rows.

    Inside are `x_train`, `x_val` (float32), `y_train`, `y_val` (integers), `y_train_one_hot`, `y_val_one_hot`,
    and for `Evaluates` `y_val_mixed` (labels of which many are wrong), `x_val_one` and `y_val_one` (class 1
    alone). Outside are `x_test`, `y_test`, and for `Loads` the raw `x_all` and `y_all`.

    >>> Classes(Csv(__file__, "flowers.csv", predict="species"), val=0.2, test=0.25)
    """

    load: Callable[[], Any]
    val: RowCount = 0.2
    test: RowCount = 0.25
    names: tuple[str, ...] = ()
    standardise: bool = True

    def __post_init__(self) -> None:
        """Raise `RubricError` where nothing is left to train with."""
        super().__post_init__()
        _require_training_rows(self, self.val, self.test)

    def __call__(self, seal: Seal = NO_SEAL) -> Data:
        """Return the data, changed by the secret of `seal` and as hard as without. Raises `TableError`."""
        return draw_as_hard(self._build, seal)

    def _build(self, seal: Seal) -> Data:
        x, raw, own_names = _loaded(self.load)
        labels, y = np.unique(raw, return_inverse=True)
        if len(labels) < 2 or raw.dtype.kind == "f":
            raise TableError(
                _(
                    "labels of at least two classes expected, words or integers; received {received}",
                    received=_describe_array(raw),
                )
            )
        names = self.names or (
            own_names if len(own_names) == len(labels) else tuple(str(label) for label in labels)
        )
        if len(names) != len(labels):
            raise TableError(_("{names} names for {classes} classes", names=len(names), classes=len(labels)))
        try:
            inside, outside = deal_rows_by_class(x, y, self.val, self.test, seal)
        except ValueError as error:  # a class of one row, more rows held out than there are
            raise TableError(_("the table cannot be dealt out: {error}", error=str(error))) from error
        blend_rows(seal, inside, outside)
        dress_columns(seal, inside, outside)
        order = draw_label_order(seal, len(labels))
        for side in (inside, outside):
            side |= {name: order.apply(part) for name, part in side.items() if name.startswith("y_")}
        if self.standardise:
            standardise(inside, outside)
        return Data(
            _small(inside) | _for_classifiers(inside, len(labels)),
            _small(outside) | {"x_all": x, "y_all": y},
            tuple(names[own] for own in order.own),
            class_order=order.positions(),
        )


@dataclass(frozen=True)
class Numbers(Declared):
    """Data for a regression: a table that is dealt out at random and standardised, features and target alike.

    `load` returns features and target: a `Csv`, a function such as `sklearn.datasets.load_diabetes`, or one of
    your own that returns (x, y). `val` and `test`: how many rows, or which share of all, validate and are held
    out. `standardise`: by means and deviations of the training rows.

    Inside are `x_train`, `y_train`, `x_val`, `y_val` (float32), and for `RegressionScores` `y_noisy`: `y_val` so
    changed that even the best network has a poor score. Outside are `x_test`, `y_test`, for `Loads` the raw
    `x_all` and `y_all`, and `x_probe`: a row of zeros and the rows of the identity, on which a linear network
    shows its bias and its weights.

    >>> Numbers(Csv(__file__, "houses.csv", predict="price"), val=0.2, test=0.25)
    """

    load: Callable[[], Any]
    val: RowCount = 0.2
    test: RowCount = 0.25
    standardise: bool = True

    def __post_init__(self) -> None:
        """Raise `RubricError` where nothing is left to train with."""
        super().__post_init__()
        _require_training_rows(self, self.val, self.test)

    def __call__(self, seal: Seal = NO_SEAL) -> Data:
        """Return the data, changed by the secret of `seal` and as hard as without. Raises `TableError`."""
        return draw_as_hard(self._build, seal)

    def _build(self, seal: Seal) -> Data:
        x, y, _unused = _loaded(self.load)
        if y.dtype.kind not in "biuf" or not np.isfinite(y).all():
            raise TableError(_("numbers to predict expected; received {received}", received=_describe_array(y)))
        val, test = (count_rows(share, len(x)) for share in (self.val, self.test))
        if min(val, test, len(x) - val - test) < 2:
            raise TableError(
                _("too few rows to split: {rows}, of which {held} are held out", rows=len(x), held=val + test)
            )
        inside, outside = deal_rows(x, y, val, test, seal)
        add_small_noise(seal, inside, outside)
        dress_columns(seal, inside, outside)
        if self.standardise:
            standardise(inside, outside, target=True)
        inside, outside = _small(inside), _small(outside)
        return Data(
            inside | {"y_noisy": add_noise(inside["y_val"], seal)},
            outside | {"x_all": x, "y_all": y, "x_probe": build_linear_probe(x.shape[1])},
        )


def _require_training_rows(record: Declared, val: float, test: float) -> None:
    if isinstance(val, float) and isinstance(test, float) and val + test >= 1:
        raise record.refuse(
            _(
                "val={val:g} and test={test:g} leave no rows to train with: less than 1 together",
                val=val,
                test=test,
            ),
            "val",
        )


def standardise(inside: Parts, outside: Parts, *, target: bool = False) -> None:
    """Standardise all parts in place by the training rows; with `target`, the labels too."""
    for kind in "xy" if target else "x":
        mean, deviation = inside[f"{kind}_train"].mean(axis=0), inside[f"{kind}_train"].std(axis=0)
        deviation = np.where(deviation > 0, deviation, 1.0)  # a column that never changes
        for parts in (inside, outside):
            parts |= {name: (part - mean) / deviation for name, part in parts.items() if name.startswith(kind)}


def add_noise(y: Array, seal: Seal = NO_SEAL) -> Array:
    """Return numbers stretched, shifted and with as much noise again, as float32.

    Scores that see no stretch or no shift, such as a squared correlation or the explained variance, are others.
    """
    spread = float(y.std())
    noise = seal.random("noise of y").normal(0.0, spread, len(y))
    return (1.3 * y + 0.7 * spread + noise).astype(np.float32)


def build_linear_probe(features: int) -> Array:
    """Return zeros and the identity as rows: a linear network's outputs there give its bias and weights."""
    return np.vstack([np.zeros((1, features)), np.eye(features)]).astype(np.float32)


def _for_classifiers(inside: Parts, classes: int) -> Parts:
    one_hot = np.eye(classes, dtype=np.float32)
    y, one = inside["y_val"], inside["y_val"] == 1
    return {
        "y_train_one_hot": one_hot[inside["y_train"]],
        "y_val_one_hot": one_hot[y],
        # The first class gains no rows: where each class gained as many as it lost, recall would be precision.
        "y_val_mixed": np.where(np.arange(len(y)) % 3, y, np.minimum(y + 1, classes - 1)),
        "x_val_one": inside["x_val"][one].astype(np.float32),
        "y_val_one": y[one],
    }


def _small(parts: Parts) -> Parts:
    """Return features, and targets that are no labels, in single precision, as networks compute."""
    return {
        n: p if p.dtype.kind in "biu" and n.startswith("y") else p.astype(np.float32) for n, p in parts.items()
    }


def _loaded(load: Callable[[], Any]) -> tuple[Array, Array, tuple[str, ...]]:
    """Return features, labels, and the names of the classes where the loader knows them."""
    loaded = load()
    names: tuple[str, ...] = ()
    if hasattr(loaded, "data") and hasattr(loaded, "target"):  # as scikit-learn's loaders return
        names = tuple(str(name) for name in getattr(loaded, "target_names", ()))
        loaded = loaded.data, loaded.target
    if not isinstance(loaded, tuple) or len(loaded) != 2:
        raise TableError(_("a loader has to return (x, y); received {received}", received=type(loaded).__name__))
    x, y = (np.asarray(part) for part in loaded)
    if x.ndim != 2 or y.shape != x.shape[:1] or x.dtype.kind not in "biuf" or not np.isfinite(x).all():
        raise TableError(
            _(
                "a table of finite numbers expected, (rows, features), and a label or number for each row; "
                "received {x} and {y}",
                x=_describe_array(x),
                y=_describe_array(y),
            )
        )
    return x, y, names


def _describe_array(values: Array) -> str:
    return f"{values.dtype} {values.shape}"
