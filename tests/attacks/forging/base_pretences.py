"""Networks on a base that is frozen before and after the training, and not while it runs; with an honest twin."""

from grader.protocol.training import Training
from grader.rubric.checks import CountsTrainable, FreezesBase
from grader.rubric.checks.base import Check
from tests.attacks.forging.base_forgeries import PICTURES
from tests.attacks.forging.forgery import Forgery

__all__ = ["BASES", "PICTURES"]

_NETWORK = """
import keras
layers = keras.layers

def put_head_on(*bases):
    x = keras.Input((16, 16, 1))
    parts = [layers.Flatten()(base(x)) for base in bases]
    features = layers.Concatenate()(parts) if parts[1:] else parts[0]
    model = keras.Model(x, layers.Dense(5, activation="softmax")(features))
    model.compile(keras.optimizers.Adam(0.001), "sparse_categorical_crossentropy")
    return model

def build_model(base):
    return put_head_on(base)

def fit(model, x, y, xv, yv, *callbacks):
    return model.fit(x, y, validation_data=(xv, yv), epochs=2, callbacks=list(callbacks), verbose=0)
train = fit

def put_back(model):
    base, kept = model.layers[1], model.layers[1].get_weights()
    return lambda *_: base.set_weights(kept)
"""
_BASE = Training(base=True)


def _freeze(name: str, tries: str, source: str, *without: str) -> Forgery:
    return Forgery(name, tries, _NETWORK + source, _judge_frozen, without, template=_BASE)


def _judge_frozen(training: Training) -> Check:
    return FreezesBase(training)


_COPY = """
def build_model(base):
    base.trainable = False
    twin = keras.models.clone_model(base)
    twin.name = "twin"
    twin.set_weights(base.get_weights())
    for layer in (twin, *twin.layers):
        layer.trainable = {trainable}
    return put_head_on(base, twin)
"""
BASES = (
    _freeze(
        "put_back_afterwards",
        "trains the base, and puts it back after fit",
        "def train(model, *rows):\n    back = put_back(model)\n    history = fit(model, *rows)\n    back()\n"
        "    return history\n",
        "the base while fit runs",
    ),
    _freeze(
        "put_back_by_a_callback",
        "trains the base, and puts it back after each epoch",
        "def train(model, *rows):\n"
        "    return fit(model, *rows, keras.callbacks.LambdaCallback(on_epoch_end=put_back(model)))\n",
        "the base while fit runs",
    ),
    _freeze(
        "trained_copy_beside",
        "trains a copy of the base beside it",
        _COPY.replace("{trainable}", "True"),
        "the base while fit runs",
    ),
    _freeze("frozen_copy_beside", "nothing: both are frozen", _COPY.replace("{trainable}", "False")),
    Forgery(
        "counted_beforehand",
        "returns the counts of its own network, whichever it is given",
        _NETWORK
        + """
def build_model(base):
    base.trainable = False
    model = put_head_on(base)
    learn = sum(w.size for w in model.layers[-1].get_weights())
    COUNTED[:] = learn, model.count_params() - learn
    return model

COUNTED = []
def counted_beforehand(model):
    return tuple(COUNTED)
""",
        lambda training: CountsTrainable(training, training.name),
        ("counts of another network",),
        functions=("counted_beforehand",),
        template=_BASE,
    ),
)
