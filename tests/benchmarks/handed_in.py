"""Twelve submissions of the benchmark's exercise: different networks, the same budget of 30 epochs."""

from dataclasses import dataclass
from random import Random

SEED = 2026
COUNT = 12
EPOCHS = 30
# What passing each criterion is worth, as in the rubric of the benchmark's course.
POINTS = {"units": 10, "softmax": 15, "loss": 20, "accuracy": 55}

SOURCE = '''\
import keras


def build_model():
    """The network of {student}."""
    model = keras.Sequential(
        [
            keras.Input(shape=(64,)),
            keras.layers.Dense({width}, activation="{activation}"),
            keras.layers.Dense({units}, activation="{head}"),
        ]
    )
    model.compile(optimizer=keras.optimizers.{optimizer}, loss="{loss}", metrics=["accuracy"])
    return model


def train(model, x_train, y_train, x_val, y_val):
    """Train for {epochs} epochs."""{labels}
    return model.fit(
        x_train, y_train, validation_data=(x_val, y_val), epochs={epochs}, batch_size={batch_size}, verbose=0
    )
'''
RIGHT = {"units": "10", "head": "softmax", "loss": "sparse_categorical_crossentropy", "labels": ""}
ONE_HOT = "\n    y_train, y_val = (keras.utils.to_categorical(y, 10) for y in (y_train, y_val))"
# Each mistake costs its own criterion and no other: the networks learn the digits all the same.
MISTAKES = {
    "units": {"units": "12"},
    "softmax": {"head": "sigmoid"},
    "loss": {"loss": "mean_squared_error", "labels": ONE_HOT},
}


@dataclass(frozen=True)
class HandedIn:
    """One submission. `mistake`: the criterion that it has to lose, empty where it is right."""

    student: str
    source: str
    mistake: str

    @property
    def points(self) -> float:
        """Return the points that it has to get."""
        return sum(POINTS.values()) - POINTS.get(self.mistake, 0)


def handed_in(seed: int = SEED) -> tuple[HandedIn, ...]:
    """Return the twelve submissions, three of them wrong; the same seed gives the same ones."""
    random = Random(seed)
    wrong = dict(zip(random.sample(range(COUNT), len(MISTAKES)), MISTAKES, strict=True))
    return tuple(_one(random, f"student{number + 1:02}", wrong.get(number, "")) for number in range(COUNT))


def _one(random: Random, student: str, mistake: str) -> HandedIn:
    choices = {
        "width": random.choice((48, 64, 96, 128)),
        "activation": random.choice(("relu", "tanh", "elu", "gelu")),
        "optimizer": random.choice(
            ("Adam(learning_rate=0.003)", "RMSprop(learning_rate=0.003)", "Nadam(learning_rate=0.003)")
        ),
        "batch_size": random.choice((32, 48, 64)),
    }
    source = SOURCE.format(student=student, epochs=EPOCHS, **(choices | RIGHT | MISTAKES.get(mistake, {})))
    return HandedIn(student, source, mistake)
