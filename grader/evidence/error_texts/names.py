"""Sentences about names that do not exist: not imported, misspelt, or gone since."""

import re

from grader.core.i18n import Words, _
from grader.evidence.error_texts.rule import RaisedError, Rule, rule


def _identifier(match: re.Match[str], error: RaisedError) -> Words:
    value = match["value"]
    kind = {"activation function": "activation"}.get(match["kind"], match["kind"])
    advice = _ADVICE_FOR_NAMES.get(value.lower())
    if advice:
        return _(
            '"{value}" is no name of {kind} that Keras knows. Write {advice}.',
            value=value,
            kind=_KINDS[kind],
            advice=advice,
        )
    if error.facts.similar:
        return _(
            '"{value}" is no name of {kind} that Keras knows. Did you mean "{similar}"?',
            value=value,
            kind=_KINDS[kind],
            similar=error.facts.similar,
        )
    return _('"{value}" is no name of {kind} that Keras knows.', value=value, kind=_KINDS[kind])


_KINDS = {
    "activation": _("an activation"),
    "loss": _("a loss"),
    "metric": _("a metric"),
    "optimizer": _("an optimizer"),
    "initializer": _("an initializer"),
    "regularizer": _("a regularizer"),
    "constraint": _("a constraint"),
}
# What is meant by names that resemble none of Keras's own.
_ADVICE_FOR_NAMES = {
    "cross_entropy": '"categorical_crossentropy", "sparse_categorical_crossentropy", "binary_crossentropy"',
    "crossentropy": '"categorical_crossentropy", "sparse_categorical_crossentropy", "binary_crossentropy"',
    "r2": "keras.metrics.R2Score()",
    "f1": "keras.metrics.F1Score()",
    "rmse": "keras.metrics.RootMeanSquaredError()",
    "xavier": '"glorot_uniform", "glorot_normal"',
    "he": '"he_normal", "he_uniform"',
    "lecun": '"lecun_normal", "lecun_uniform"',
    "identity": '"linear"',
    "none": "activation=None",
}


def _numpy_alias(match: re.Match[str], error: RaisedError) -> Words:
    name = match[1]
    return _(
        "np.{name} is gone from NumPy since version 1.24. Write {name} alone, without np.",
        name=name,
    )


# Functions that NumPy 2 has no more, and their successors.
_NUMPY_GONE = {
    "product": "np.prod",
    "cumproduct": "np.cumprod",
    "sometrue": "np.any",
    "alltrue": "np.all",
    "trapz": "np.trapezoid",
    "in1d": "np.isin",
    "row_stack": "np.vstack",
    "asscalar": "x.item()",
    "matrix_power": "np.linalg.matrix_power",
}


def _numpy_gone(match: re.Match[str], _error: RaisedError) -> Words | None:
    new = _NUMPY_GONE.get(match[1])
    if new is None:
        return None
    return _("np.{name} is gone from NumPy. Today it is {new}.", name=match[1], new=new)


_IMPORTS = {
    "np": "import numpy as np",
    "numpy": "import numpy",
    "pd": "import pandas as pd",
    "plt": "import matplotlib.pyplot as plt",
    "tf": "import tensorflow as tf",
    "keras": "import keras",
    "layers": "from keras import layers",
    "models": "from keras import models",
    "math": "import math",
    "random": "import random",
    "os": "import os",
    "Sequential": "from keras import Sequential",
    "Model": "from keras import Model",
    "to_categorical": "from keras.utils import to_categorical",
    "train_test_split": "from sklearn.model_selection import train_test_split",
    "confusion_matrix": "from sklearn.metrics import confusion_matrix",
    "accuracy_score": "from sklearn.metrics import accuracy_score",
    "load_digits": "from sklearn.datasets import load_digits",
    "load_wine": "from sklearn.datasets import load_wine",
    "LinearRegression": "from sklearn.linear_model import LinearRegression",
    "LogisticRegression": "from sklearn.linear_model import LogisticRegression",
    **{
        name: f"from keras.layers import {name}"
        for name in (
            "Activation", "Add", "BatchNormalization", "Concatenate", "Conv1D", "Conv2D", "Dense", "Dropout",
            "Embedding", "Flatten", "GRU", "Input", "Lambda", "LSTM", "MaxPooling2D", "Rescaling", "Reshape",
        )
    },
    **{name: f"from keras.optimizers import {name}" for name in ("Adam", "AdamW", "Nadam", "RMSprop", "SGD")},
    **{name: f"from keras.callbacks import {name}" for name in ("EarlyStopping", "ModelCheckpoint")},
    **{
        name: f"from sklearn.preprocessing import {name}"
        for name in ("LabelBinarizer", "LabelEncoder", "MinMaxScaler", "OneHotEncoder", "StandardScaler")
    },
}  # fmt: skip
_OTHER_LANGUAGES = {
    "true": "True",
    "false": "False",
    "null": "None",
    "nil": "None",
    "none": "None",
    "this": "self",
}


def _undefined_name(match: re.Match[str], error: RaisedError) -> Words | None:
    name = match[1]
    if name in _OTHER_LANGUAGES:
        return _("{error}. In Python that is {right}.", error=error.text, right=_OTHER_LANGUAGES[name])
    if name == "self":
        return _("{error}. A method takes self as its first argument: def method(self, ...).", error=error.text)
    if name in _IMPORTS:
        return _("{error}. Write `{line}` at the top of your file.", error=error.text, line=_IMPORTS[name])
    return None


def _unbound_name(_match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "{error}. It gets its value within this function, but only after this line, or only in some cases. Give "
        "it a value before.",
        error=error.text,
    )


NAMES: tuple[Rule, ...] = (
    rule(
        r"Could not interpret (?P<kind>activation function|loss|metric|optimizer|initializer|regularizer|"
        r"constraint) identifier: (?P<value>[^<\n]{1,60})$",
        _identifier,
    ),
    rule(r"module 'numpy' has no attribute '(int|bool|float|complex|object|str|long|unicode)'", _numpy_alias),
    rule(r"module 'numpy' has no attribute '(\w+)'", _numpy_gone),
    rule(r"^NameError: name '(\w+)' is not defined", _undefined_name),
    rule(r"^UnboundLocalError: cannot access local variable", _unbound_name),
)
