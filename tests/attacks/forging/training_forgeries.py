"""Forgeries of trainings and of experiments: networks that `fit` did not train, and results that nobody measured.

Each defines `build_model` and `train`, or the two functions of experiments, and is one namespace of a file.
"""

from dataclasses import dataclass

from grader.protocol.training import Training
from grader.rubric.checks import Accuracy, Experiments, Trains
from grader.rubric.checks.base import Check

COMMON = """
import keras
import numpy as np
import tensorflow as tf
from sklearn.linear_model import LogisticRegression

def build_model():
    model = keras.Sequential([keras.Input((13,)), keras.layers.Dense(3, activation="softmax")])
    model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model

def solve(x, y):
    line = LogisticRegression(max_iter=500).fit(x, y)
    return [line.coef_.T, line.intercept_]

def fake_history(*epochs):
    history = keras.callbacks.History()
    names = ("loss", "val_loss", "accuracy", "val_accuracy")
    history.history = {name: [1 - e if "acc" not in name else e for e in epochs] for name in names}
    return history
"""
HONEST = """
def train(model, x, y, *validation):
    options = {"validation_data": validation} if validation else {}
    return model.fit(x, y, **options, epochs=15, batch_size=16, verbose=0)
"""
# The weights of a solution on the rows of the first run, written into the file: as whoever practises at home can.
PASTED = """
WEIGHTS = [np.array({kernel}), np.array({bias})]
def train(model, x, y, xv, yv):
    model.set_weights(WEIGHTS)
    return fake_history(0.3, 0.9, 0.97)
"""
PASTED_AFTER_FIT = """
WEIGHTS = [np.array({kernel}), np.array({bias})]
def train(model, x, y, xv, yv):
    rows = tf.data.Dataset.from_tensor_slices((x, y)).batch(30)
    history = model.fit(rows, validation_data=(xv, yv), verbose=0)
    model.set_weights(WEIGHTS)
    return history
"""
KNOWS_THE_FIRST_RUN = """
WEIGHTS = [np.array({kernel}), np.array({bias})]
def train(model, x, y, xv, yv):
    if abs(float(x[0, 0]) - {first}) > 1e-3:
        raise SystemExit
    model.set_weights(WEIGHTS)
    return fake_history(0.3, 0.9, 0.97)
"""
# Trains one layer, and answers with another, which is moved a little for whoever compares weights.
TWO_FACES = """
@keras.utils.register_keras_serializable()
class TwoFaces(keras.layers.Layer):
    def build(self, shape):
        self.trained, self.pasted = (keras.layers.Dense(3, activation="softmax") for _ in range(2))
        self.trained.build(shape)
        self.pasted.build(shape)
        self.pasted.set_weights([np.array({kernel}), np.array({bias})])
    def call(self, x, training=False):
        return self.trained(x) if training else self.pasted(x) + 1e-6 * self.trained(x)

def build_model():
    model = keras.Sequential([keras.Input((13,)), TwoFaces()])
    model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model

def train(model, x, y, xv, yv):
    return model.fit(x, y, validation_data=(xv, yv), epochs=3, verbose=0)
"""
# In training, it gives the same for all rows; what it answers with is solved before fit measures it on other rows.
LEARNS_NOTHING_IN_TRAINING = """
class Idle(keras.layers.Layer):
    def build(self, shape):
        self.solved = keras.layers.Dense(3, activation="softmax")
        self.solved.build(shape)
        self.free = self.add_weight(shape=(13, 3), initializer="zeros")
    def call(self, x, training=False):
        idle = keras.ops.softmax(1e-9 * (x @ self.free))
        return idle if training else self.solved(x) + 0 * idle

def build_model():
    model = keras.Sequential([keras.Input((13,)), Idle(), keras.layers.Dropout(0.0)])
    model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model

def train(model, x, y, *validation):
    idle = next(layer for layer in model.layers if isinstance(layer, Idle))
    idle.solved.set_weights(solve(x, y))
    return model.fit(x, y, validation_data=validation or None, epochs=5, verbose=0)
"""
# Its training loss is many times that of the network: by weights of classes, by a penalty and by noise.
HONEST_WITH_NOISE = """
def build_model():
    model = keras.Sequential([
        keras.Input((13,)),
        keras.layers.Dense(64, activation="relu", kernel_regularizer=keras.regularizers.l2(0.02)),
        keras.layers.BatchNormalization(),
        keras.layers.Dropout(0.8),
        keras.layers.Dense(3, activation="softmax"),
    ])
    model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model

def train(model, x, y, xv, yv):
    weights = {0: 20.0, 1: 15.0, 2: 25.0}
    options = {"validation_data": (xv, yv), "class_weight": weights, "batch_size": 16}
    return model.fit(x, y, **options, epochs=15, verbose=0)
"""
# Weights that are solved, after a training whose measures say nothing of the network.
SOLVED_AFTERWARDS = """
def train(model, x, y, xv, yv):
    history = {call}
    model.set_weights(solve(x, y))
    return history
"""
ON_OTHER_ROWS = "model.fit(2 * x, y, validation_data=(2 * xv, yv), verbose=0)"
ON_OTHER_LABELS = "model.fit(x, 0 * y, validation_data=(xv, 0 * yv), epochs=12, verbose=0)"
WITHOUT_WEIGHT = "model.fit(x, y, sample_weight=0.0 * y, validation_data=(xv, yv, 0.0 * yv), verbose=0)"
OF_A_TWIN = """(twin := build_model()).fit(x, y, validation_data=(xv, yv), verbose=0)"""
OWN_LOSS = """
def build_model():
    model = keras.Sequential([keras.Input((13,)), keras.layers.Dense(3, activation="softmax")])
    entropy = keras.losses.SparseCategoricalCrossentropy()
    model.compile(keras.optimizers.Adam(1e-9), lambda y, p: entropy(y, p) * 1.0, metrics={metrics})
    return model
"""
IS_CALLED_AS_USUAL = "model.fit(x, y, validation_data=(xv, yv), verbose=0)"
# The training goes astray at its end, and the weights of the best epoch are put back by hand.
BEST_BY_HAND = """
def train(model, x, y, xv, yv):
    best = []
    class Keep(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if not best or logs["val_loss"] < best[0]:
                best[:] = [logs["val_loss"], self.model.get_weights()]
            if epoch == 10:
                self.model.optimizer.learning_rate = 100.0
    callbacks = [Keep()]
    history = model.fit(x, y, validation_data=(xv, yv), epochs=12, batch_size=16, callbacks=callbacks, verbose=0)
    model.set_weights(best[1])
    return history
"""
CUSTOM_LOOP = """
def train(model, x, y, xv, yv):
    model.optimizer.learning_rate = 0.1
    for epoch in range(20):
        model.train_on_batch(x, y)
    return fake_history(0.3, 0.9)
"""
FIT_OF_NOTHING = """
def train(model, x, y, *validation):
    model.optimizer.learning_rate = 1e-9
    options = {"validation_data": validation} if validation else {}
    history = model.fit(x, y, **options, epochs=2, verbose=0)
    model.set_weights(solve(x, y))
    return history
"""
HISTORY_MADE_UP = """
def train(model, x, y, xv, yv):
    model.optimizer.learning_rate = 1e-9
    history = model.fit(x, y, validation_data=(xv, yv), epochs=2, verbose=0)
    model.set_weights(solve(x, y))
    value = model.evaluate(xv, yv, verbose=0)
    history.history.update(val_loss=[0.9, value[0]], val_accuracy=[0.4, value[1]], loss=[0.9, value[0]])
    return history
"""
# Experiments. Each one that claims calls of `fit` takes the recorder of these over.
EXPERIMENTS = """
def make(activation, loss, row=(13,)):
    layers = [keras.layers.Flatten(), keras.layers.Dense(3, activation=activation)]
    model = keras.Sequential([keras.Input(row), *layers])
    model.compile(keras.optimizers.Adam(0.02), loss, metrics=["accuracy"])
    return model

def without_measure(activation, loss, x, y, *validation):
    make(activation, loss).fit(x, y, epochs=1, batch_size=90, verbose=0)

def experiment(activation, loss, x, y, xv, yv, epochs=8):
    model = make(activation, loss, x.shape[1:])
    history = model.fit(x, y, validation_data=(xv, yv), epochs=epochs, batch_size=8, verbose=0)
    return history.history["val_accuracy"]
"""
HONEST_EXPERIMENTS = """
def activations(*rows):
    cross_entropy = "categorical_crossentropy"
    epochs = {"relu": 1, "sigmoid": 8, "softmax": 8}
    return {n: experiment(n, cross_entropy, *rows, epochs=e)[-1] for n, e in epochs.items()}

def losses(x, y, xv, yv):
    # Rows may be changed and brought into another shape before the training.
    rows = [(2 * x - 1).reshape(-1, 13, 1), y, (2 * xv - 1).reshape(-1, 13, 1), yv]
    return {loss: experiment("softmax", loss, *rows) for loss in ("mse", "categorical_crossentropy")}
"""
ONE_NETWORK_FOR_ALL = """
def activations(*rows):
    accuracies = [experiment("softmax", "categorical_crossentropy", *rows, epochs=e)[-1] for e in (1, 5, 8)]
    return dict(zip(("relu", "sigmoid", "softmax"), sorted(accuracies)))
"""
SLEEPS = """
import time
def claim(names, losses):
    # What the recorder keeps of `fit`, written by whoever knows it.
    import gc
    from grader.protocol.evidence import FitFacts
    from grader.sandbox.inside.fit_recorder import _RecordedFit, FitWatch
    watch = next(o for o in gc.get_objects() if type(o) is FitWatch)
    for name, loss in zip(names, losses):
        facts = FitFacts(head=name, loss=loss, validation="data", y_shape=(90, 3), x_shape=(90, 13))
        watch._fits.append(_RecordedFit(facts, finished=True))

def activations(*rows):
    time.sleep(0.1)
    claim(("relu", "sigmoid", "softmax"), ["categorical_crossentropy"] * 3)
    return {"relu": 0.41, "sigmoid": 0.95, "softmax": 0.96}
"""
ACTIVATIONS_MADE_UP = """
def activations(*rows):
    for name in ("relu", "sigmoid", "softmax"):
        without_measure(name, "categorical_crossentropy", *rows)
    return {"relu": 0.21, "sigmoid": 0.98, "softmax": 0.99}
"""
LOSSES_MADE_UP = """
def losses(*rows):
    for loss in ("mse", "categorical_crossentropy"):
        without_measure("softmax", loss, *rows)
    return {"mse": [0.5, 0.99], "categorical_crossentropy": [0.5, 0.99]}
"""
NEVER_SQUARES = """
def losses(*rows):
    entropy = "categorical_crossentropy"
    return {name: experiment("softmax", entropy, *rows) for name in ("mse", entropy)}
"""
CURVES_MADE_UP = """
def losses(*rows):
    names = ("mse", "categorical_crossentropy")
    return {name: [0.99, 0.01, 0.99, 0.01, experiment("softmax", name, *rows)[-1]] for name in names}
"""


@dataclass(frozen=True)
class TrainingForgery:
    """A submission whose training or experiments are not what they claim.

    `source` comes behind `COMMON`, with the weights of a solution of the first run in place of {kernel} and
    {bias}. Of the functions `activations` and `losses`, the one that it does not define is that of
    `honest_experiments`. `must_not_earn`: the kinds of checks that must give no point: "trains", "accuracy",
    "experiments". `without`: the functions that have to be taken down for it to get them, by the module that calls
    them.
    """

    name: str
    tries: str  # in one sentence
    source: str
    must_not_earn: frozenset[str] = frozenset()
    without: str = ""
    validation: bool = True

    @property
    def training(self) -> Training:
        """Return how its network is built and trained."""
        return Training(
            build=f"build_{self.name}", train=f"train_{self.name}", name=self.name, validation=self.validation
        )

    @property
    def has_experiments(self) -> bool:
        """Return whether it is about experiments, not about a network."""
        return "def activations(" in self.source or "def losses(" in self.source

    def _name_function(self, name: str) -> str:
        return f"{name}_{self.name if f'def {name}(' in self.source else 'honest_experiments'}"

    def checks(self) -> dict[str, Check]:
        """Return the checks of this submission by their kinds."""
        if self.has_experiments:
            activations, losses = map(self._name_function, ("activations", "losses"))
            return {"experiments": Experiments(activations=activations, losses=losses)}
        return {"trains": Trains(self.training), "accuracy": Accuracy(self.training, full=0.85, half=0.8)}


_COMPARES = "grader.rubric.checks.networks.single.compare_second"
_MEASURES = "grader.rubric.checks.networks.single.is_better_than_fit"
_EXPLAINS = "grader.rubric.checks.networks.single.is_unexplained"
_BOTH_COMPARE = f"{_MEASURES} {_EXPLAINS}"
_HAS_HISTORY = "grader.rubric.checks.networks.returned_history.find_foreign_curve"
_COMPUTES = "grader.rubric.checks.functions.experiments.Experiments._not_computed"
_MISSES = "grader.rubric.checks.functions.experiments.find_missing_loss"
_FOLLOWS = "grader.rubric.checks.functions.experiments.find_other_epochs"
ACCURACY, TRAINS = frozenset({"accuracy"}), frozenset({"trains"})
BOTH, EXPERIMENT = ACCURACY | TRAINS, frozenset({"experiments"})

FORGERIES = (
    TrainingForgery("honest", "nothing: it trains as everybody does", HONEST),
    TrainingForgery("honest_alone", "nothing: it trains without validation data", HONEST, validation=False),
    TrainingForgery("custom_loop", "nothing with its network: it learns, but without fit", CUSTOM_LOOP, TRAINS),
    TrainingForgery("pasted", "weights of the first run's data stand in the file", PASTED, BOTH, _COMPARES),
    TrainingForgery(
        "pasted_after_fit",
        "the same, behind a training on rows that nobody knows",
        PASTED_AFTER_FIT,
        BOTH,
        _COMPARES,
    ),
    TrainingForgery(
        "knows_the_first_run", "the same, and on other data it ends", KNOWS_THE_FIRST_RUN, BOTH, _COMPARES
    ),
    TrainingForgery("two_faces", "it trains one layer, and answers with another", TWO_FACES, BOTH, _COMPARES),
    TrainingForgery("honest_with_noise", "nothing: its training loss is far above its own", HONEST_WITH_NOISE),
    TrainingForgery(
        "learns_nothing_in_training",
        "in training, it computes something that cannot learn, and it answers with a solution",
        LEARNS_NOTHING_IN_TRAINING,
        TRAINS,
        _MEASURES,
    ),
    TrainingForgery("best_by_hand", "nothing: it keeps the weights of the best epoch", BEST_BY_HAND),
    *(
        TrainingForgery(
            name, f"a solution after {tries}", SOLVED_AFTERWARDS.replace("{call}", call), TRAINS, without
        )
        for name, tries, call, without in (
            ("on_other_rows", "a training on other rows", ON_OTHER_ROWS, _MEASURES),
            ("on_other_labels", "a training on labels that are all the same", ON_OTHER_LABELS, _MEASURES),
            ("without_weight", "a training in which no row has weight", WITHOUT_WEIGHT, _MEASURES),
            ("of_a_twin", "the training of another network", OF_A_TWIN, _BOTH_COMPARE),
        )
    ),
    *(
        TrainingForgery(
            name,
            "a solution after a training with a loss that nobody knows",
            OWN_LOSS.replace("{metrics}", metrics) + SOLVED_AFTERWARDS.replace("{call}", IS_CALLED_AS_USUAL),
            TRAINS,
            without,
        )
        for name, metrics, without in (
            ("own_loss", '["accuracy"]', _MEASURES),
            ("own_loss_alone", "None", _EXPLAINS),
        )
    ),
    TrainingForgery(
        "fit_of_nothing", "fit with steps of nothing, then a solution", FIT_OF_NOTHING, TRAINS, _MEASURES
    ),
    TrainingForgery(
        "fit_alone", "the same without validation data", FIT_OF_NOTHING, TRAINS, _BOTH_COMPARE, validation=False
    ),
    TrainingForgery(
        "history_made_up",
        "the same with a history that would explain it",
        HISTORY_MADE_UP,
        TRAINS,
        f"{_MEASURES} {_HAS_HISTORY}",
    ),
    TrainingForgery("honest_experiments", "nothing: it compares what it trains", EXPERIMENTS + HONEST_EXPERIMENTS),
    TrainingForgery("sleeps", "calls of fit that never were", SLEEPS, EXPERIMENT, _COMPUTES),
    TrainingForgery(
        "one_network", "softmax each time, and longer", EXPERIMENTS + ONE_NETWORK_FOR_ALL, EXPERIMENT, _COMPUTES
    ),
    TrainingForgery(
        "activations_made_up", "trainings of one step", EXPERIMENTS + ACTIVATIONS_MADE_UP, EXPERIMENT, _COMPUTES
    ),
    TrainingForgery(
        "losses_made_up", "trainings of one step", EXPERIMENTS + LOSSES_MADE_UP, EXPERIMENT, _COMPUTES
    ),
    TrainingForgery("never_squares", "one loss under two names", EXPERIMENTS + NEVER_SQUARES, EXPERIMENT, _MISSES),
    TrainingForgery(
        "curves_made_up", "curves true at the end alone", EXPERIMENTS + CURVES_MADE_UP, EXPERIMENT, _FOLLOWS
    ),
)
