"""Functions that do not save a network, or do not load it: what comes back is from somewhere else."""

from grader.protocol.training import Training
from grader.rubric.checks import SavesAndLoads
from grader.rubric.checks.base import Check
from tests.attacks.forging.forgery import Forgery

_NETWORK = """
import builtins, json, os, sys
import keras, numpy as np

def build_model():
    model = keras.Sequential([keras.Input((13,)), keras.layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model

def train(model, x, y, xv, yv):
    return model.fit(x, y, validation_data=(xv, yv), epochs=1, verbose=0)

def write(folder, number):
    # What looks like the files of a network, and holds nothing but its number.
    with open(os.path.join(folder, "model.json"), "w") as file:
        json.dump({"class_name": "Sequential", "config": {"number": number}}, file)
    with open(os.path.join(folder, "model.weights.h5"), "wb") as file:
        file.write(b"\\x89HDF")

def read(folder):
    with open(os.path.join(folder, "model.json")) as file:
        return json.load(file)["config"]["number"]
"""


def _of(name: str, tries: str, source: str) -> Forgery:
    def check(training: Training) -> Check:
        return SavesAndLoads(training, f"save_{name}", f"load_{name}")

    named = f"{_NETWORK}{source}\nsave_{name}, load_{name} = save, load\n"
    return Forgery(
        name, tries, named, check, ("a process to load in",), functions=(f"save_{name}", f"load_{name}")
    )


SAVED = (
    _of(
        "kept_in_a_list",
        "keeps the networks in a list, and their numbers in the files",
        """
KEPT = []
def save(model, folder):
    write(folder, len(KEPT))
    KEPT.append(model)
def load(folder):
    return KEPT[read(folder)]
""",
    ),
    _of(
        "copied_in_a_module",
        "keeps copies of the weights in a module of Python's",
        """
builtins.kept = []
def save(model, folder):
    write(folder, len(builtins.kept))
    builtins.kept.append((model.to_json(), model.get_weights()))
def load(folder):
    text, weights = builtins.kept[read(folder)]
    model = keras.models.model_from_json(text)
    model.set_weights(weights)
    return model
""",
    ),
    _of(
        "written_elsewhere",
        "writes the weights into a folder of its own",
        """
import tempfile
def save(model, folder):
    elsewhere = os.path.join(tempfile.gettempdir(), "kept")
    os.makedirs(elsewhere, exist_ok=True)
    number = len(os.listdir(elsewhere))
    model.save(os.path.join(elsewhere, f"{number}.keras"))
    write(folder, number)
def load(folder):
    return keras.models.load_model(os.path.join(tempfile.gettempdir(), "kept", f"{read(folder)}.keras"))
""",
    ),
    _of(
        "found_in_memory",
        "finds the weights of the grader's networks in the memory of the process that loads",
        """
def save(model, folder):
    sizes = [layer.units for layer in model.layers if hasattr(layer, "units")]
    write(folder, "-".join(map(str, [model.input_shape[1], *sizes])))
def load(folder):
    begins = f"save_found_in_memory:{read(folder)}:"
    frame, arrays = sys._getframe(), {}
    while frame is not None and begins + "0:kernel" not in arrays:
        frame, arrays = frame.f_back, getattr(frame.f_locals.get("self"), "arrays", {})
    weights = [
        arrays[f"{begins}{number}:{part}"]
        for number in range(10) if f"{begins}{number}:bias" in arrays for part in ("kernel", "bias")
    ]
    model = keras.Sequential([keras.Input((len(weights[0]),))])
    for bias in weights[1::2]:
        model.add(keras.layers.Dense(len(bias), activation="softmax" if bias is weights[-1] else "relu"))
    model.set_weights(weights)
    return model
""",
    ),
    _of(
        "answers_kept",
        "loads a network that gives back what the saved one says about its rows, by a patched call",
        """
KEPT = {}
class Patched(keras.Sequential):
    number = -1
    def call(self, x, training=False):
        return KEPT[self.number](x)
def save(model, folder):
    KEPT[len(KEPT)] = model
    write(folder, len(KEPT) - 1)
def load(folder):
    number = read(folder)
    model = Patched([keras.Input(KEPT[number].input_shape[1:]), keras.layers.Dense(3)])
    model.number = number
    return model
""",
    ),
)
