"""A network is saved and loaded in a real run: behind the walls, from a folder that was moved meanwhile."""

from pathlib import Path

import pytest

from grader.grading.grader import Grader
from grader.protocol.verdict import CriterionVerdict
from grader.submission.reader import read
from tests.end_to_end.conftest import criterion

ROOT = Path(__file__).parents[2]
BEGIN = """
import os
import keras

def save(model, folder):
    with open(os.path.join(folder, "model.json"), "w") as file:
        file.write(model.to_json())
    model.save_weights(os.path.join(folder, "model.weights.h5"))

def load(folder):
    with open(os.path.join(folder, "model.json")) as file:
        model = keras.models.model_from_json(file.read())
    model.load_weights(os.path.join(folder, "model.weights.h5"))
    return model
"""
PICKLED = """
import pickle

def save(model, folder):
    pickle.dump(model, open(folder + "/m", "wb"))

def load(folder):
    return pickle.load(open(folder + "/m", "rb"))
"""
# What is changed, the points that are left of 14, and what is said.
CHANGES = {
    "right": ("", 14.0, "computes what the saved one does: 2 tried"),
    "elsewhere": (
        "def save(model, folder):\n    open('model.json', 'w').write(model.to_json())",
        0.0,
        "wrote nothing into the folder",
    ),
    "outside": ("def save(model, folder):\n    open('/model.json', 'w')", 0.0, "save() stopped with an error"),
    "full": (
        "def save(model, folder):\n    open(folder + '/x', 'wb').write(bytes(200 << 20))",
        0.0,
        "There is room for small files only",
    ),
    "removed": ("def save(model, folder):\n    os.rmdir(folder)", 0.0, "wrote nothing into the folder"),
    "a link": (
        "def save(model, folder):\n    os.symlink('/etc/passwd', folder + '/model.json')",
        0.0,
        "wrote nothing into the folder",
    ),
    "a file in its place": (
        "def save(model, folder):\n    os.rmdir(folder); open(folder, 'w').write('x')",
        0.0,
        "wrote nothing into the folder",
    ),
    "text": ("def load(folder):\n    return folder", 0.0, "load() has to return a keras model. Received: '"),
    "pickled": (
        PICKLED,
        7.0,
        "not in the folder as JSON",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_comes_back_from_the_folder_is_judged(shipped_grader: Grader, tmp_path: Path, name: str) -> None:
    added, points, words = CHANGES[name]
    path = tmp_path / "submission.py"
    path.write_text(f"{BEGIN}\n\n{added}\n")
    judged: CriterionVerdict = criterion(shipped_grader.grade("mnist", read(path)).verdict, "save_and_load")
    assert judged.points == points
    assert words in judged.message
