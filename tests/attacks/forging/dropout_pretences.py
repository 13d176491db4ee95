"""Networks with dropout that is off while they are trained, or of the predictions alone; with an honest twin."""

from grader.protocol.training import Training
from grader.rubric.checks import DropsInTraining
from grader.rubric.checks.base import Check
from tests.attacks.forging.forgery import Forgery

_NETWORK = """
import keras
layers = keras.layers
def build_model():
    after = [{after}]
    hidden = [layers.Dense(16, activation="relu"), *([] if after else [layers.Dropout(0.05)])]
    model = keras.Sequential([keras.Input((8,)), *hidden, layers.Dense(1), *after])
    model.compile("adam", "mse")
    return model
def train(model, x, y, *validation):
    dropouts = [layer for layer in model.layers if isinstance(layer, layers.Dropout)]
    for layer in dropouts:
        layer.rate = {rate}
    history = model.fit(x, y, validation_data=validation, epochs=1, verbose=0)
    for layer in dropouts:
        layer.rate = 0.05
    return history
"""


def _judge(training: Training) -> Check:
    return DropsInTraining(training)


def _drop(name: str, tries: str, *without: str, rate: str = "0.05", after: str = "") -> Forgery:
    return Forgery(name, tries, _NETWORK.replace("{rate}", rate).replace("{after}", after), _judge, without)


DROPOUTS = (
    _drop("off_while_fit_runs", "sets the rates to 0 before fit", "dropout while fit runs", rate="0.0"),
    _drop("another_rate", "nothing: it drops more while it is trained", rate="0.2"),
    _drop(
        "output_dropped_and_moved",
        "drops predictions, and adds a number to them",
        "dropped outputs",
        after="layers.Dropout(0.05), layers.Rescaling(1.0, offset=2.0)",
    ),
)
