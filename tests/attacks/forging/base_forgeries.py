"""Networks that hold the base that they were given, and whose answers do not come from it."""

from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.rubric.checks import UsesBase
from grader.rubric.data import Base, LaterDigits
from tests.attacks.forging.forgery import Forgery
from tests.attacks.forging.runner import Setting
from tests.helpers.paths import ROOT

EXERCISE = ROOT / "exercises" / "transfer_learning"
PICTURES = Setting(
    LaterDigits(Base(str(EXERCISE / "rubric.py"), "handout/base.npz")),
    Task(kind="classification", classes=5, labels="integers"),
)

_NETWORK = """
import keras
layers, ops = keras.layers, keras.ops

def learn(x):
    for filters in (8, 16):
        x = layers.MaxPooling2D()(layers.Conv2D(filters, 3, padding="same", activation="relu")(x))
    return layers.Flatten()(x)

def build_model(base):
    base.trainable = False
    x = keras.Input((16, 16, 1))
    model = keras.Model(x, layers.Dense(5, activation="softmax")(features(base, x)))
    model.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy")
    return model

def train(model, x, y, xv, yv):
    return model.fit(x, y, validation_data=(xv, yv), epochs=1, verbose=0)

def join(*parts):
    return layers.Concatenate()([layers.Flatten()(part) for part in parts])
"""


def _of(name: str, tries: str, source: str) -> Forgery:
    return Forgery(name, tries, _NETWORK + source, UsesBase, ("use of the base",), template=Training(base=True))


def _beside(name: str, tries: str, made_of_base: str) -> Forgery:
    """Return a network with layers of its own on the pictures, and something that is made of the base beside."""
    return _of(name, tries, f"def features(base, x):\n    return join(learn(x), {made_of_base})\n")


FORGERIES = (
    _beside("times_zero", "multiplies what the base gives with zero", "0.0 * base(x)"),
    _beside("times_little", "multiplies what the base gives with a tiny number", "1e-12 * base(x)"),
    _beside("constant_picture", "puts the same picture through the base each time", "base(0.0 * x + 0.5)"),
    _beside("cut_off", "bends what the base gives until nothing is left", "ops.relu(-ops.relu(base(x)))"),
    _beside(
        "own_network_does_the_work",
        "has a second network whose features are a thousand times as large",
        "0.001 * base(x)",
    ),
    _of(
        "scaled_by_a_weight",
        "multiplies features of its own with a number that is one as long as the base has its weights",
        """
def features(base, x):
    kernel = base.layers[1].kernel
    return learn(x) * (ops.sum(kernel) / float(ops.sum(kernel))) + 0.0 * layers.Flatten()(base(x))[:, :1]
""",
    ),
    _of(
        "two_bases_that_differ",
        "has the base twice and uses the difference, which is zero as long as both are there",
        """
def features(base, x):
    twin = keras.models.clone_model(base)
    twin.name = "twin"
    twin.set_weights(base.get_weights())
    twin.trainable = False
    return join(learn(x), 1000.0 * (base(x) - twin(x)))
""",
    ),
    _of(
        "added_to_own_kernels",
        "adds the kernels of the base, times zero, to those that it trains",
        """
class Twin(layers.Layer):
    def __init__(self, frozen):
        super().__init__()
        self.frozen = frozen
    def build(self, shape):
        *_, inputs, outputs = self.frozen.kernel.shape
        self.lines = self.add_weight(shape=(3, 3, inputs, 1), initializer="glorot_uniform")
        self.columns = self.add_weight(shape=(1, 1, 1, outputs), initializer="ones")
    def call(self, x):
        return ops.conv(x, self.lines * self.columns + 0.0 * self.frozen.kernel, padding="same")

def features(base, x):
    for layer in base.layers[1:]:
        x = Twin(layer)(x) if isinstance(layer, layers.Conv2D) else layer(x)
    return layers.Flatten()(x)
""",
    ),
    _of(
        "last_layer_on_own_features",
        "puts features of its own through the last layers of the base, and those of the base times zero",
        """
def features(base, x):
    through = keras.Model(base.input, base.layers[8].output)
    own = layers.Conv2D(32, 3, strides=4, padding="same", activation="relu")(x) + 0.0 * through(x)
    for layer in base.layers[9:]:
        own = layer(own)
    return layers.Flatten()(own)
""",
    ),
    _of(
        "closed_in_training",
        "lets what the base gives through when it is built, and no longer when it is trained",
        """
class Gate(layers.Layer):
    def build(self, shape):
        self.gate = self.add_weight(shape=(), initializer="ones", trainable=False)
    def call(self, x):
        return x * self.gate

def features(base, x):
    return join(learn(x), Gate()(base(x)))

def train(model, x, y, xv, yv):
    next(layer for layer in model.layers if isinstance(layer, Gate)).gate.assign(0.0)
    return model.fit(x, y, validation_data=(xv, yv), epochs=1, verbose=0)
""",
    ),
)

HONEST = (
    _beside("beside_the_picture", "nothing: layers of its own stand beside the base", "base(x)"),
    _of(
        "nearly_certain",
        "nothing: its features are so large that all pictures get one answer at first",
        "def features(base, x):\n    return 1000.0 * layers.Flatten()(base(x))\ndef train(*_):\n    pass\n",
    ),
)
