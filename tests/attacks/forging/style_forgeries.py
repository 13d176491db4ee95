"""Networks that are not what their style says, or not the same although they look alike."""

from dataclasses import replace

from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.rubric.checks import HasStyle, SameCompile, SameFunction, SameLayers
from grader.rubric.data import friedman
from tests.attacks.forging.forgery import Forgery, MakeCheck
from tests.attacks.forging.runner import Setting

NUMBERS = Setting(friedman, Task(kind="regression", labels="numbers"))
_TEMPLATE = Training(arguments=(10,))

_NETWORK = """
import keras
layers, ops = keras.layers, keras.ops

def chain(n):
    hidden = [layers.Dense(8, activation="relu") for _ in range(2)]
    return keras.Sequential([keras.Input((n,)), *hidden, layers.Dense(1)])

def compiled(model, loss="mse"):
    model.compile(keras.optimizers.Adam(0.01), loss)
    return model

def train(model, x, y, xv, yv):
    return model.fit(x, y, validation_data=(xv, yv), epochs=1, verbose=0)
"""


def _other(training: Training) -> Training:
    name = f"other_{training.name}"
    return replace(training, build=name, name=name)


def _of(name: str, tries: str, source: str, check: MakeCheck, without: str, *, is_pair: bool = True) -> Forgery:
    functions = (f"other_{name}",) if is_pair else ()
    return Forgery(name, tries, _NETWORK + source, check, (without,), functions=functions, template=_TEMPLATE)


_GATED = """
class Gated(keras.Model):
    def __init__(self, n):
        super().__init__()
        self.hidden = [layers.Dense(8, activation="relu") for _ in range(2)]
        self.out = layers.Dense(1)
        self.gate = self.add_weight(shape=(), initializer="zeros")
    def call(self, x):
        extra = self.gate * ops.sum(ops.sin(3 * x), axis=1, keepdims=True)
        for layer in self.hidden:
            x = layer(x)
        return self.out(x) + extra

def build_model(n):
    return compiled(chain(n))

def other_{name}(n):
    return compiled(Gated(n))
"""

STYLES = (
    _of(
        "within_a_layer",
        "holds a sequential model within a layer of its own, and nothing else",
        """
class Wrap(layers.Layer):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner
    def call(self, x):
        return self.inner(x)

def build_model(n):
    row = keras.Input((n,))
    return compiled(keras.Model(row, Wrap(chain(n))(row)))
""",
        lambda training: HasStyle(training, "functional"),
        "models within layers",
        is_pair=False,
    ),
    _of(
        "huber_of_two_widths",
        "compares a loss with itself that has other options",
        """
def build_model(n):
    return compiled(chain(n), keras.losses.Huber(delta=10.0))

def other_huber_of_two_widths(n):
    return compiled(chain(n), keras.losses.Huber(delta=0.01))
""",
        lambda training: SameCompile((training, _other(training))),
        "values of losses",
    ),
    _of(
        "opens_in_training",
        "adds something that is zero until it is trained",
        _GATED.replace("{name}", "opens_in_training"),
        lambda training: SameFunction((training, _other(training))),
        "trained networks",
    ),
    _of(
        "one_number_more",
        "has the same layers and one number more",
        _GATED.replace("{name}", "one_number_more"),
        lambda training: SameLayers((training, _other(training))),
        "number of parameters",
    ),
)
