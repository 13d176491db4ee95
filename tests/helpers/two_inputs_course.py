"""A course with a network that has two inputs: eight measured numbers, and the number of a category."""

from pathlib import Path

from tests.helpers.plants import IMPORTS

RUBRIC = '''
"""How well plants grow, by eight measured numbers and by their soil."""

import numpy as np

from grader.rubric import Bilingual, Criterion, Limits, Rubric, Task
from grader.rubric.checks import (
    Accuracy, Architecture, HeadAndLoss, NamedInputs, Probabilities, Training, Trains, UsesInputs
)
from grader.rubric.data import Data

TRAINING = Training(inputs=("numbers", "soil"))


def plants(seal):
    """Return plants that are drawn from the secret: the soil moves the border between the classes."""
    random = seal.random("plants")
    direction = np.linalg.qr(random.normal(0.0, 1.0, (8, 8)))[0][:, 0]
    moves = random.permutation([-1.5, 0.0, 1.5])
    sides = {"train": {}, "val": {}, "test": {}}
    for part, rows in (("train", 400), ("val", 150), ("test", 400)):
        numbers, soil = random.normal(0.0, 1.0, (rows, 8)), random.integers(0, 3, (rows, 1))
        height = numbers @ direction + moves[soil[:, 0]]
        sides[part] = {
            f"x_{part}_numbers": numbers.astype(np.float32),
            f"x_{part}_soil": soil,
            f"y_{part}": np.digitize(height, [-0.8, 0.8]),
        }
    return Data(sides["train"] | sides["val"], sides["test"], class_names=("small", "middle", "tall"))


def named(text: str, german: str) -> Bilingual:
    return Bilingual(en=text, de=german)


RUBRIC = Rubric(
    title=named("Plants and their soil", "Pflanzen und ihr Boden"),
    task=Task(kind="classification", classes=3, labels="integers"),
    data=plants,
    criteria=(
        Criterion("inputs", 20, named("Two inputs", "Zwei Eingaben"), named(".", "."), NamedInputs(TRAINING)),
        Criterion(
            "architecture", 10, named("Layers", "Schichten"), named(".", "."),
            Architecture(TRAINING, inputs=9, hidden=1, outputs=3),
        ),
        Criterion("output", 15, named("Output", "Ausgabe"), named(".", "."), HeadAndLoss(TRAINING)),
        Criterion("training", 15, named("Train", "Trainieren"), named(".", "."), Trains(TRAINING)),
        Criterion("used", 15, named("Both inputs count", "Beide Eingaben zählen"), named(".", "."),
                  UsesInputs(TRAINING)),
        Criterion("accuracy", 15, named("Accuracy", "Accuracy"), named(".", "."),
                  Accuracy(TRAINING, full=0.85, half=0.75, noise=0.0)),
        Criterion("probabilities", 10, named("Predict", "Vorhersagen"), named(".", "."), Probabilities(TRAINING)),
    ),
    seeds=(0,),
    limits=Limits(wall_seconds=300.0),
)
'''
STUB = """def build_model():
    raise NotImplementedError


def train(model, numbers, soil, y, numbers_val, soil_val, y_val):
    raise NotImplementedError


def predict_probabilities(model, numbers, soil):
    raise NotImplementedError
"""
COMPILE = (
    "    model.compile(keras.optimizers.Adam(0.01), 'sparse_categorical_crossentropy', metrics=['accuracy'])\n"
    "    return model\n"
)
HIDDEN = "    hidden = layers.Dense(24, activation='relu')(joined)\n"


def build(
    inputs: str = "[numbers, soil]",
    joined: str = "layers.Concatenate()([numbers, layers.Flatten()(layers.Embedding(3, 3)(soil))])",
    *,
    numbers: str = "shape=(8,), name='numbers'",
    soil: str = "shape=(1,), name='soil'",
) -> str:
    """Code of a build_model in the functional style. `inputs`: what keras.Model gets."""
    return (
        f"def build_model():\n    numbers, soil = keras.Input({numbers}), keras.Input({soil})\n"
        f"    joined = {joined}\n{HIDDEN}"
        f"    model = keras.Model({inputs}, layers.Dense(3, activation='softmax')(hidden))\n{COMPILE}"
    )


def subclass(unpacked: str) -> str:
    """Code of a build_model with a class; `unpacked`: its statement that takes both inputs from one argument."""
    return (
        "class Plants(keras.Model):\n    def __init__(self):\n        super().__init__()\n"
        "        self.hidden = layers.Dense(24, activation='relu')\n"
        "        self.out = layers.Dense(3, activation='softmax')\n    def call(self, inputs):\n"
        f"        {unpacked}\n        one_hot = keras.ops.one_hot(keras.ops.cast(soil, 'int32')[:, 0], 3)\n"
        "        joined = keras.ops.concatenate([numbers, one_hot], axis=1)\n"
        "        return self.out(self.hidden(joined))\n"
        f"def build_model():\n    model = Plants()\n{COMPILE}"
    )


LIST, DICT = "[numbers, soil]", '{"numbers": numbers, "soil": soil}'


def use(x: str = LIST) -> str:
    """Code of train and predict_probabilities, which hand `x` on: an expression of numbers and soil."""
    x_val = x.replace("numbers,", "numbers_val,").replace("soil]", "soil_val]").replace("soil}", "soil_val}")
    x_val = x_val.replace("soil,", "soil_val,").replace("numbers]", "numbers_val]").replace("soil)", "soil_val)")
    return (
        "def train(model, numbers, soil, y, numbers_val, soil_val, y_val):\n"
        f"    return model.fit({x}, y, validation_data=({x_val}, y_val), epochs=20, batch_size=20, verbose=0)\n"
        f"def predict_probabilities(model, numbers, soil):\n    return model.predict({x}, verbose=0)\n"
    )


REFERENCE = IMPORTS + build() + use()


def write_course(folder: Path) -> Path:
    """Write the course, and return its folder."""
    exercise, reference = folder / "exercises" / "plants", folder / "reference" / "plants"
    for made in (exercise, reference):
        made.mkdir(parents=True)
    files = {
        exercise / "rubric.py": RUBRIC,
        exercise / "submission.py": STUB,
        exercise / "task.md": "# Plants and their soil\n",
        exercise / "task.de.md": "# Pflanzen und ihr Boden\n",
        reference / "submission.py": REFERENCE,
    }
    for file, text in files.items():
        file.write_text(text, encoding="utf-8")
    return folder
