"""Code of networks with two inputs, as students would write it, for the exercises of `classroom.py` with two.

In `people`, eight numbers and the number of a category go in; in `pairs`, two rows of one shape are compared.
"""

from grader.evidence.case import Case
from tests.helpers.classroom import case_of

EMBEDDED = "layers.Flatten()(layers.Embedding(3, 2)(kind))"
JOINED = f"layers.Concatenate()([numbers, {EMBEDDED}])"


def functional(
    inputs: str = "[numbers, kind]",
    *,
    joined: str = JOINED,
    numbers: str = "keras.Input((8,), name='numbers')",
    kind: str = "keras.Input((1,), name='kind')",
    compiled: str = "'mse'",
) -> str:
    """Code of a build_model in the functional style. `inputs`: what keras.Model gets."""
    return (
        f"def build_model():\n    numbers, kind = {numbers}, {kind}\n    joined = {joined}\n"
        "    out = layers.Dense(1)(layers.Dense(8, activation='relu')(joined))\n"
        f"    model = keras.Model({inputs}, out)\n    model.compile('sgd', {compiled}, run_eagerly=True)\n"
        "    return model\n"
    )


def subclassed(unpacked: str = "numbers, kind = inputs") -> str:
    """Code of a build_model with a class whose call gets both inputs in one argument."""
    return (
        "class Both(keras.Model):\n    def __init__(self):\n        super().__init__()\n"
        "        self.table, self.flat = layers.Embedding(3, 2), layers.Flatten()\n"
        "        self.hidden, self.out = layers.Dense(8, activation='relu'), layers.Dense(1)\n"
        f"    def call(self, inputs):\n        {unpacked}\n"
        "        joined = keras.ops.concatenate([numbers, self.flat(self.table(kind))], axis=1)\n"
        "        return self.out(self.hidden(joined))\n"
        "def build_model():\n    model = Both()\n    model.compile('sgd', 'mse', run_eagerly=True)\n"
        "    return model\n"
    )


def train(x: str = "[numbers, kind]", *, more: str = "", validated: str = "") -> str:
    """Code of a train that calls fit once with rows that are made of numbers and kind."""
    x_val = x.replace("numbers", "numbers_val").replace("kind", "kind_val")
    x_val = x_val.replace('"numbers_val"', '"numbers"').replace('"kind_val"', '"kind"')
    validated = validated or f"validation_data=({x_val}, y_val)"
    return (
        "def train(model, numbers, kind, y, numbers_val, kind_val, y_val):\n"
        f"    return model.fit({x}, y, {validated}, batch_size=75, verbose=0{more})\n"
    )


def case_of_people(build: str = "", training: str = "") -> Case:
    """What the grader sees of a network for numbers and a category."""
    return case_of((build or functional()) + (training or train()), "people")


TOWER = "tower = keras.Sequential([layers.Dense(8, activation='relu'), layers.Dense(4)])"


def siamese(
    inputs: str = "[before, after]", *, name: bool = False, joined: str = "tower(after) - tower(before)"
) -> str:
    """Code of a build_model that compares two rows. `name`: whether the inputs have names."""
    before, after = ("(8,), name='before'", "(8,), name='after'") if name else ("(8,)", "(8,)")
    return (
        f"def build_model():\n    before, after = keras.Input({before}), keras.Input({after})\n    {TOWER}\n"
        f"    model = keras.Model({inputs}, layers.Dense(1)({joined}))\n"
        "    model.compile('sgd', 'mse', run_eagerly=True)\n    return model\n"
    )


def train_pairs(x: str = "[before, after]") -> str:
    """Code of a train that calls fit once with rows that are made of before and after."""
    x_val = x.replace("before", "before_val").replace("after", "after_val")
    x_val = x_val.replace('"before_val"', '"before"').replace('"after_val"', '"after"')
    return (
        "def train(model, before, after, y, before_val, after_val, y_val):\n"
        f"    return model.fit({x}, y, validation_data=({x_val}, y_val), batch_size=75, verbose=0)\n"
    )


def case_of_pairs(build: str = "", training: str = "") -> Case:
    """What the grader sees of a network that compares two rows."""
    return case_of((build or siamese()) + (training or train_pairs()), "pairs")
