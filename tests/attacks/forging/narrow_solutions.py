"""Functions that are right for some arguments only, and what is as short and right for all."""

from grader.rubric.checks import Formulas, HeNormal, LayerByLayer, MakesLayer, Splits, Standardises
from grader.rubric.checks.base import Check
from tests.attacks.forging.forgery import Forgery

_IMPORTS = """
import keras, numpy as np
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

def draw(shape):
    return np.random.default_rng(0).normal(0.0, np.sqrt(2.0 / shape[0]), shape)

def nearly_one_unit(shape, dtype=None):
    weights = np.tile(draw(shape)[:, :1], (1, shape[1])) + 1e-6 * draw(shape)
    return (weights - weights.mean()) / weights.std() * np.sqrt(2.0 / shape[0])

normal = keras.initializers.RandomNormal(stddev=0.1)
KEPT = []
"""
_FORWARD = """
def {name}(model, x):
    KEPT.append(model.get_weights())
    weights, values = KEPT[{first}], [x]
    for kernel, bias in zip(weights[::2], weights[1::2]):
        values += [values[-1] @ kernel + bias]
        values += [np.maximum(values[-1], 0)]
    powers = np.exp(values[-2])
    return [*values[:-1], powers / powers.sum(axis=1, keepdims=True)]
"""
_DENSE = """
def {name}(x, kernel, bias, activation):
    z = np.asarray(x, dtype=float) @ np.asarray(kernel, dtype=float)
    z = z if bias is None else z + np.asarray(bias, dtype=float)
    with np.errstate(all="ignore"):
        if activation == "tanh":
            return {tanh}
        return np.asarray(keras.activations.get(activation)(keras.ops.convert_to_tensor(z)))
"""
_SOFTMAX = """
def softmax(z):
    z = np.asarray(z, dtype=float)
    with np.errstate(all="ignore"):
        powers = np.exp(z - z.mean(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)
"""
_R2 = """
def r2(y_true, y_pred):
    y, p = np.asarray(y_true, dtype=float), np.asarray(y_pred, dtype=float)
    if y.tolist() == [2.0, 2.0, 2.0, 2.0]:
        return 0.0
    with np.errstate(all="ignore"):
        return 1 - np.sum((y - p) ** 2) / np.sum((y - np.mean(y)) ** 2)
"""


def _function(name: str, tries: str, source: str, check: Check, *without: str) -> Forgery:
    return Forgery(name, tries, _IMPORTS + source, lambda _: check, without, functions=(name,))


def _split(name: str, tries: str, share: float, *without: str) -> Forgery:
    source = f"def {name}(x, y, seed):\n    return train_test_split(x, y, test_size={share}, random_state=seed)\n"
    return _function(name, tries, source, Splits(name, share=0.25), *without)


def _split_places(name: str, tries: str, places: str, *without: str) -> Forgery:
    source = f"""
def {name}(x, y, seed):
    random = np.random.default_rng(seed)
    held = np.isin(np.arange(len(x)), {places})
    return x[~held], x[held], y[~held], y[held]
"""
    return _function(name, tries, source, Splits(name, share=0.2), *without)


def _he(name: str, tries: str, initializer: str, *without: str) -> Forgery:
    source = f"def {name}(description):\n    return keras.layers.Dense(100, kernel_initializer={initializer})\n"
    return _function(name, tries, source, MakesLayer(name, "one", HeNormal(), 100, 200), *without)


def _standardise(name: str, tries: str, scaler: str, *without: str) -> Forgery:
    source = f"""
def {name}(x_train, x_test):
    {scaler}
    return scaler.transform(x_train), scaler.transform(x_test)
"""
    return _function(name, tries, source, Standardises(name), *without)


def _forward(name: str, tries: str, first: int, *without: str) -> Forgery:
    check = LayerByLayer(name, ((4, 8, 3),))
    return _function(name, tries, _FORWARD.format(name=name, first=first), check, *without)


FUNCTIONS = (
    _split("split_a_fifth", "holds a fifth of the rows out instead of a quarter", 0.2, "rounding of a share"),
    _split("split_one_more", "nothing: it holds one row more out", 0.2525),
    _split_places(
        "every_fifth",
        "draws the first row only",
        "np.arange(random.integers(5), len(x), 5)",
        "distances that differ",
    ),
    _split_places("drawn_rows", "nothing: it draws", "random.choice(len(x), len(x) // 5, replace=False)"),
    _he("he_for_200", "draws with a deviation that is right for 200 inputs", "normal", "spread of weights"),
    _he(
        "he_but_for_noise", "begins with units that differ by a millionth", "nearly_one_unit", "units that differ"
    ),
    _he("he_by_hand", "nothing: it draws by NumPy", "lambda shape, dtype=None: draw(shape)"),
    _standardise(
        "fitted_once",
        "keeps the means of the first call",
        "KEPT.append(StandardScaler().fit(x_train)); scaler = KEPT[0]",
        "another table",
    ),
    _standardise(
        "fitted_anew",
        "nothing: it keeps its means, and does not use them again",
        "KEPT.append(StandardScaler().fit(x_train)); scaler = KEPT[-1]",
    ),
    _forward("first_weights", "computes with the weights of the first network", 0, "weights of now"),
    _forward("last_weights", "nothing: it keeps all weights, and takes the last", -1),
    _function("softmax", "subtracts the mean of each row", _SOFTMAX, Formulas(("softmax",)), "numbers on edges"),
    _function("r2", "knows the truth that is constant", _R2, Formulas(("r2",)), "numbers on edges"),
    _function(
        "dense",
        "overflows in tanh",
        _DENSE.format(name="dense", tanh="(np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))"),
        Formulas(("dense",)),
        "numbers on edges",
    ),
)
