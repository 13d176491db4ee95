"""The code of the samples: a solution of the digits, and a notebook with mistakes."""

import ast

from grader.protocol.verdict import CodePlace, CodeUnit

SCRIPT = '''"""The digits, by Ada."""

import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


def load():
    """Return the digits."""
    return load_digits(return_X_y=True)


def scale(x):
    return np.asarray(x, dtype="float32") / 16


def class_counts(y):
    """Count each digit.

    Absent digits count 0.
    """
    return np.bincount(y, minlength=10)


def build_model():
    """Return a compiled network."""
    model = keras.Sequential(
        [
            keras.Input(shape=(64,)),
            keras.layers.Dense(256, activation="relu"),
            keras.layers.Dropout(0.3),
            keras.layers.Dense(10, activation="sigmoid"),
        ]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(learning_rate=0.002),
        loss="categorical_crossentropy",
        metrics=["accuracy"],
    )
    return model


def train(model, x_train, y_train, x_val, y_val):
    return model.fit(x_train, y_train, validation_data=(x_val, y_val), epochs=30, batch_size=32, verbose=0)


def plot_samples(x, y):
    figure, axes = plt.subplots(2, 5)
    for ax, pixels, label in zip(axes.flat, x, y):
        ax.imshow(pixels.reshape(8, 8), cmap="gray_r")
        ax.set_title(label)
    return figure
'''

CELLS = {
    1: "import keras\nimport numpy as np\nfrom keras import layers",
    4: "def scale(x):\n    # so that the largest is 1\n    return x / x.max()",
    7: "def build_model():\n    model = keras.Sequential()\n    model.add(keras.Input((64,)))\n"
    '    model.add(layers.Dense(2600, activation="relu"))\n    model.add(layers.Dense(10, activation="sigmoid"))\n'
    '    model.compile("adam", "categorical_crossentropy")\n    return model',
    9: "plot_history(histroy)",
}

FUNCTIONS = {
    "load": "load",
    "scale": "scale",
    "class_counts": "class_counts",
    "architecture": "build_model",
    "head_and_loss": "build_model",
    "training": "train",
    "figures": "plot_samples",
}


def script_code() -> tuple[CodeUnit, ...]:
    """Return the code of a script."""
    return (CodeUnit(cell=None, lines=tuple(SCRIPT.split("\n"))),)


def notebook_code() -> tuple[CodeUnit, ...]:
    """Return the code of a notebook."""
    return tuple(CodeUnit(cell=cell, lines=tuple(text.split("\n"))) for cell, text in CELLS.items())


def places(units: tuple[CodeUnit, ...]) -> tuple[CodePlace, ...]:
    """Return where the functions of the criteria are."""
    found = []
    for unit in units:
        for node in ast.parse("\n".join(unit.lines)).body:
            if isinstance(node, ast.FunctionDef):
                first = node.body[0]
                is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
                docstring = (first.lineno, first.end_lineno or first.lineno) if is_docstring else None
                found += [
                    CodePlace(
                        criterion=criterion,
                        cell=unit.cell,
                        first=node.lineno,
                        last=node.end_lineno or node.lineno,
                        docstring=docstring,
                    )
                    for criterion, function in FUNCTIONS.items()
                    if function == node.name
                ]
    return tuple(found)
