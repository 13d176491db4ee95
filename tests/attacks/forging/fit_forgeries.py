"""Trainings that are right but for what `fit` recorded of them, each with an honest twin that keeps its points."""

from grader.protocol.training import Training
from grader.rubric.checks import HeadAndLoss, Trains
from grader.rubric.checks.base import Check
from tests.attacks.forging.forgery import Forgery

NETWORK = """
import keras
import numpy as np

def build_model():
    model = keras.Sequential([keras.Input((13,)), keras.layers.Dense(3, activation="softmax")])
    model.compile(keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model

"""
# In place of the history that `fit` gives, which is thrown away.
OTHER_HISTORY = """
def train(model, x, y, xv, yv):
    model.fit(x, y, validation_data=(xv, yv), epochs=15, batch_size=16, verbose=0)
    history = keras.callbacks.History()
    {fill}
    return history
"""
MADE_UP = 'history.history = {"loss": [7.0, 1e-12], "val_loss": [7.0, 1e-12]}'
JOINED = """
def train(model, x, y, xv, yv):
    options = {"validation_data": (xv, yv), "epochs": 10, "batch_size": 16, "verbose": 0}
    first, second = model.fit(x, y, **options), model.fit(x, y, **options)
    for key, curve in second.history.items():
        second.history[key] = [round(value, 4) for value in first.history[key] + curve]
    return second
"""

VALIDATED = """
def train(model, x, y, xv, yv):
    options = {"epochs": 15, "batch_size": 16, "verbose": 0}
    {calls}
"""
BY_A_TRIAL = """model.fit(x[:1], y[:1], validation_data=(xv, yv), epochs=500, verbose=0)
    return model.fit(x, y, **options)"""
ON_ONE_ROW = "return model.fit(x, y, validation_data=(xv[:1], yv[:1]), **options)"
SEEN_BEFORE = """model.fit(np.concatenate([x, xv]), np.concatenate([y, yv]), **options)
    return model.fit(x, y, validation_data=(xv, yv), **options)"""
# Another model of the same weights is trained; the network itself gets a last epoch with the loss that fits.
OF_A_TWIN = """twin = keras.Model(model.inputs, model.outputs)
    twin.compile(keras.optimizers.Adam(0.05), "mse")
    twin.fit(x, np.eye(3)[y], **options)
    return model.fit(x, y, validation_data=(xv, yv), verbose=0)"""
BEGINS_WITH_SQUARES = """twin = keras.Model(model.inputs, model.outputs)
    twin.compile(keras.optimizers.Adam(0.05), "mse")
    twin.fit(x, np.eye(3)[y], **options)
    return model.fit(x, y, validation_data=(xv, yv), **options)"""
TRIAL_AND_REFIT = """model.fit(x[:10], y[:10], epochs=3, verbose=0)
    history = model.fit(x, y, validation_data=(xv, yv), **options)
    model.fit(np.concatenate([x, xv]), np.concatenate([y, yv]), **options)
    return history"""


def _check(training: Training) -> Check:
    return Trains(training)


def _forge(name: str, tries: str, source: str, *without: str) -> Forgery:
    return Forgery(name, tries, NETWORK + source, _check, without)


HISTORIES = (
    _forge(
        "history_without_values",
        "a new History in place of the one of fit",
        OTHER_HISTORY.replace("{fill}", "pass"),
        "the history of fit",
    ),
    _forge(
        "history_that_nobody_recorded",
        "curves made up",
        OTHER_HISTORY.replace("{fill}", MADE_UP),
        "the history of fit",
    ),
    _forge("joined_history", "nothing: it joins the rounded curves of two calls", JOINED),
)

VALIDATIONS = (
    *(
        _forge(name, tries, VALIDATED.replace("{calls}", calls), *without)
        for name, tries, calls, without in (
            ("validated_trial", "validates a fit on one row", BY_A_TRIAL, ("parts of the training",)),
            ("validated_on_one_row", "validates on a single row", ON_ONE_ROW, ("rows to validate on",)),
            ("validation_seen_before", "trains on x_val first", SEEN_BEFORE, ("rows seen before",)),
            ("trial_and_refit", "nothing: a trial, and all rows at the end", TRIAL_AND_REFIT, ()),
        )
    ),
)


def _check_loss(training: Training) -> Check:
    return HeadAndLoss(training)


LOSSES = tuple(
    Forgery(name, tries, NETWORK + VALIDATED.replace("{calls}", calls), _check_loss, without)
    for name, tries, calls, without in (
        ("loss_of_one_epoch", "trains with another loss but for an epoch", OF_A_TWIN, ("losses of all calls",)),
        ("begins_with_squares", "nothing: half of its training has another loss", BEGINS_WITH_SQUARES, ()),
    )
)
