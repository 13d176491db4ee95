"""A course whose network has two inputs, numbers and a soil, and two outputs, height and kind of a plant."""

from pathlib import Path

from tests.helpers.plants import IMPORTS

RUBRIC = '''
"""How high plants grow and of which kind they are, by eight measured numbers and by their soil."""

import numpy as np

from grader.rubric import Bilingual, Criterion, Limits, Rubric, Task
from grader.rubric.checks import (
    Accuracy, BalancedLosses, EachOutput, ForOutput, HeadAndLoss, LinearOutput, NamedInputs, NamedOutputs, Output,
    RSquared, ScoresOutputs, SharedTrunk, Training, Trains, UsesInputs
)
from grader.rubric.data import Data

TRAINING = Training(
    inputs=("numbers", "soil"),
    outputs=(
        Output("height", Task(kind="regression")),
        Output("kind", Task(kind="classification", classes=3, labels="integers")),
    ),
)


def plants(seal):
    """Return plants that are drawn from the secret: the soil moves heights, and the borders between kinds."""
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
            f"y_{part}_height": height.astype(np.float32),
            f"y_{part}_kind": np.digitize(height, [-0.8, 0.8]),
        }
    mixed = {
        "y_mixed_height": (sides["val"]["y_val_height"] + random.normal(0.0, 1.0, 150)).astype(np.float32),
        "y_mixed_kind": (sides["val"]["y_val_kind"] + (np.arange(150) % 3 == 0)) % 3,
    }
    return Data(sides["train"] | sides["val"] | mixed, sides["test"], class_names=("moss", "herb", "tree"))


def criterion(name, points, check):
    return Criterion(name, points, Bilingual(en=name, de=name), Bilingual(en=".", de="."), check)


RUBRIC = Rubric(
    title=Bilingual(en="Plants", de="Pflanzen"),
    task=Task(kind="several"),
    data=plants,
    criteria=(
        criterion("inputs", 10, NamedInputs(TRAINING)),
        criterion("outputs", 10, NamedOutputs(TRAINING)),
        criterion("used", 10, UsesInputs(TRAINING)),
        criterion("trunk", 10, SharedTrunk(TRAINING)),
        criterion("balance", 10, BalancedLosses(TRAINING, most=20.0)),
        criterion("height_output", 5, ForOutput(LinearOutput(TRAINING), output="height")),
        criterion("kind_output", 5, ForOutput(HeadAndLoss(TRAINING), output="kind")),
        criterion("training", 10, EachOutput(Trains(TRAINING))),
        criterion("r2", 10, ForOutput(RSquared((TRAINING,), at_least=0.8, noise=0.0), output="height")),
        criterion("accuracy", 10, ForOutput(Accuracy(TRAINING, full=0.8, half=0.6, noise=0.0), output="kind")),
        criterion("scores", 10, ScoresOutputs(TRAINING, "scores")),
    ),
    seeds=(0,),
    limits=Limits(wall_seconds=300.0),
)
'''
STUB = """def build_model():
    raise NotImplementedError


def train(model, numbers, soil, height, kind, numbers_val, soil_val, height_val, kind_val):
    raise NotImplementedError


def scores(model, numbers, soil, height, kind):
    raise NotImplementedError
"""
INPUTS, INPUTS_BY_NAME = "[numbers, soil]", "{'numbers': numbers, 'soil': soil}"
OUTPUTS, OUTPUTS_BY_NAME = "[height, kind]", "{'height': height, 'kind': kind}"
LOSS = "{'height': 'mse', 'kind': 'sparse_categorical_crossentropy'}"


def build(
    inputs: str = INPUTS,
    outputs: str = OUTPUTS,
    *,
    named: bool = True,
    loss: str = LOSS,
    joined: str = "[numbers, layers.Flatten()(layers.Embedding(3, 3)(soil))]",
    kind_from: str = "hidden",
) -> str:
    """Code of a build_model in the functional style.

    Args:
        inputs: what keras.Model gets as its inputs.
        outputs: what it gets as its outputs.
        named: whether inputs and output layers have names.
        loss: what compile gets.
        joined: what the trunk is computed from.
        kind_from: what the output of the kind is computed from.
    """
    names = {name: f", name='{name}'" if named else "" for name in ("numbers", "soil", "height", "kind")}
    return (
        f"def build_model():\n    numbers = keras.Input((8,){names['numbers']})\n"
        f"    soil = keras.Input((1,){names['soil']})\n"
        f"    joined = layers.Concatenate()({joined})\n"
        "    hidden = layers.Dense(24, activation='relu')(joined)\n"
        f"    height = layers.Dense(1{names['height']})(hidden)\n"
        f"    kind = layers.Dense(3, activation='softmax'{names['kind']})({kind_from})\n"
        f"    model = keras.Model({inputs}, {outputs})\n"
        f"    model.compile(keras.optimizers.Adam(0.01), {loss})\n    return model\n"
    )


def subclass(unpacked: str, answer: str, loss: str = LOSS) -> str:
    """Code of a build_model with a class.

    Args:
        unpacked: how call takes its argument apart.
        answer: what call returns.
        loss: what compile gets.
    """
    return (
        "class Plants(keras.Model):\n    def __init__(self):\n        super().__init__()\n"
        "        self.hidden = layers.Dense(24, activation='relu')\n        self.first = layers.Dense(1)\n"
        "        self.second = layers.Dense(3, activation='softmax')\n    def call(self, inputs):\n"
        f"        {unpacked}\n        one_hot = keras.ops.one_hot(keras.ops.cast(soil, 'int32')[:, 0], 3)\n"
        "        hidden = self.hidden(keras.ops.concatenate([numbers, one_hot], axis=1))\n"
        f"        height, kind = self.first(hidden), self.second(hidden)\n        return {answer}\n"
        f"def build_model():\n    model = Plants()\n    model.compile(keras.optimizers.Adam(0.01), {loss})\n"
        "    return model\n"
    )


def use(x: str = INPUTS, y: str = OUTPUTS, read: str = "height_out, kind_out = answer") -> str:
    """Code of train and scores.

    Args:
        x: what fit and predict get as rows, an expression of numbers and soil.
        y: what fit gets as labels, an expression of height and kind.
        read: how scores takes the answer of predict apart.
    """
    return (
        f"def rows(numbers, soil):\n    return {x}\ndef labels(height, kind):\n    return {y}\n"
        "def train(model, numbers, soil, height, kind, numbers_val, soil_val, height_val, kind_val):\n"
        "    validation = (rows(numbers_val, soil_val), labels(height_val, kind_val))\n"
        "    return model.fit(rows(numbers, soil), labels(height, kind), validation_data=validation, epochs=25,"
        " batch_size=20, verbose=0)\n"
        "def scores(model, numbers, soil, height, kind):\n"
        f"    answer = model.predict(rows(numbers, soil), verbose=0)\n    {read}\n"
        "    r2 = 1 - np.mean((height - height_out[:, 0]) ** 2) / np.var(height)\n"
        "    return {'height': r2, 'kind': np.mean(kind_out.argmax(axis=1) == kind)}\n"
    )


def write_course(folder: Path) -> Path:
    """Write the course, and return its folder."""
    exercise, reference = folder / "exercises" / "plants", folder / "reference" / "plants"
    for made in (exercise, reference):
        made.mkdir(parents=True)
    files = {
        exercise / "rubric.py": RUBRIC,
        exercise / "submission.py": STUB,
        exercise / "task.md": "# Plants\n",
        exercise / "task.de.md": "# Pflanzen\n",
        reference / "submission.py": IMPORTS + build() + use(),
    }
    for file, text in files.items():
        file.write_text(text, encoding="utf-8")
    return folder
