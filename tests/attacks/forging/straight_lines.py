"""Networks that are not the straight line, or not the hidden layers, that their operations look like."""

from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.rubric.checks import Architecture, Coefficients, LinearNeuron, LinearOutput
from grader.rubric.data import lines
from tests.attacks.forging.forgery import Forgery, MakeCheck
from tests.attacks.forging.runner import Setting

LINES = Setting(lines, Task(kind="regression", labels="numbers"))
_TEMPLATE = Training(arguments=(10,), rows="ten_", validation=False)
_NEURON: MakeCheck = lambda training: LinearNeuron((training,))  # noqa: E731
_HIDDEN: MakeCheck = lambda training: Architecture(training, inputs=10, hidden=1, outputs=1)  # noqa: E731

_NETWORK = """
import keras
layers, ops = keras.layers, keras.ops

def build_model(n):
    x = keras.Input((n,))
    model = keras.Model(x, output(x))
    model.compile(keras.optimizers.Adam(0.02), "mse")
    return model

def train(model, x, y):
    return model.fit(x, y, epochs=2, batch_size=32, verbose=0)
"""


def _of(name: str, tries: str, source: str, check: MakeCheck, without: str, *functions: str) -> Forgery:
    return Forgery(name, tries, _NETWORK + source, check, (without,), functions=functions, template=_TEMPLATE)


STRAIGHT_LINES = (
    _of(
        "hidden_layer_of_products",
        "has a hidden layer that no matrix product computes",
        """
class Hidden(layers.Layer):
    def build(self, shape):
        self.w, self.b = self.add_weight(shape=(shape[-1], 16)), self.add_weight(shape=(16,))
    def call(self, x):
        return ops.relu(ops.sum(x[:, :, None] * self.w[None], axis=1) + self.b)

def output(x):
    return layers.Dense(1)(Hidden()(x))
""",
        _NEURON,
        "bends in front of the weights",
    ),
    _of(
        "waves_for_features",
        "bends its features before the only weights get them",
        "def output(x):\n    return layers.Dense(1)(ops.sin(20.0 * x))\n",
        _NEURON,
        "bends in front of the weights",
    ),
    _of(
        "hidden_layer_times_zero",
        "multiplies what a hidden layer gives with zero",
        """
def output(x):
    return layers.Dense(1)(x) + 0.0 * layers.Dense(1)(layers.Dense(4, activation="relu")(x))
""",
        _HIDDEN,
        "hidden layers that bend",
    ),
    _of(
        "slope_of_one",
        "has an activation that changes no number",
        "def output(x):\n    return layers.Dense(1)(layers.LeakyReLU(negative_slope=1.0)(layers.Dense(16)(x)))\n",
        _HIDDEN,
        "hidden layers that bend",
    ),
    _of(
        "coefficients_of_another_line",
        "gives the line of least squares, and never looks at a weight",
        """
from sklearn.linear_model import LinearRegression

def output(x):
    return layers.Dense(1)(x)

def train(model, x, y):
    line = LinearRegression().fit(x, y)
    KEPT[:] = [line.coef_, float(line.intercept_)]
    history = model.fit(x, y, epochs=1, verbose=0)
    model.set_weights([line.coef_[:, None], line.intercept_[None]])
    return history

KEPT = []
def coefficients_of_another_line(model):
    return tuple(KEPT)
""",
        lambda training: Coefficients((training,), "coefficients_of_another_line"),
        "an untrained network",
        "coefficients_of_another_line",
    ),
    _of(
        "relu_behind_a_frozen_layer",
        "puts a layer that multiplies with one behind the relu of its output",
        """
def output(x):
    z = layers.Dense(1, activation="relu", bias_initializer="ones")(x)
    return layers.Dense(1, use_bias=False, kernel_initializer="ones", trainable=False)(z)
""",
        LinearOutput,
        "weights that training changes",
    ),
)
