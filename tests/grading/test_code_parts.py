"""Which code a function depends on: whatever was changed there gives it another hash."""

import ast

import pytest

from grader.grading.code_parts import split_code
from grader.protocol.submission import Submission, Unit

BASE = '''
"""A docstring."""
import numpy as np
import keras
import matplotlib.pyplot as plt
from helpers_of_numpy import nothing_to_see
LEVELS = 16
SEEN = []

def rate(x):
    return x / LEVELS

def scale(x):
    return rate(x)

def count(y, classes=10):
    return np.bincount(y, minlength=classes)

def note(y):
    SEEN.append(y)
    return 1

def last():
    return SEEN[-1]

def draw(x):
    return plt.plot(x)

def draw_more(x):
    return plt.scatter(x, x)

def build():
    return keras.Sequential([])

def compare():
    return build()

def cached(x, store={}):
    return store.setdefault(x, x)

def ask(x):
    return cached(x)

def tell(x):
    return cached(x + 1)

if __name__ == "__main__":
    print(count([1]))
'''.replace("from helpers_of_numpy import nothing_to_see\n", "")


def submission(source: str, *more: str) -> Submission:
    units = tuple(Unit(text, text, None if not more else i) for i, text in enumerate((source, *more), 1))
    return Submission("a.py", "0" * 64, "notebook" if more else "script", units)


def hashes(source: str) -> dict[str, str]:
    """Return the hash of each function; a hash that no other text has where the text is one piece."""
    parts = split_code(submission(source))
    names = [node.name for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    return {name: parts.hash_parts([name]) if parts is not None else source for name in names}


def changed(old: str, new: str) -> set[str]:
    """Return the functions of the base whose hash a change of its text changes."""
    assert BASE.count(old) == 1, old
    before, after = hashes(BASE), hashes(BASE.replace(old, new))
    return {name for name in before if before[name] != after.get(name)}


EVERYTHING = set(hashes(BASE))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("def count(y, classes=10):", "# a comment\n\n\ndef count(y, classes=10):  # another", set()),
        ("    print(count([1]))", "    print(2)", set()),
        ("    return np.bincount(y, minlength=classes)", "    return np.bincount(y)", {"count"}),
        ("    return x / LEVELS", "    return x", {"rate", "scale"}),
        ("    return SEEN[-1]", "    return SEEN.pop()", {"note", "last"}),
        ("    return plt.plot(x)", "    return plt.plot(x, x)", {"draw", "draw_more"}),
        ("    return build()", "    return None", {"build", "compare"}),
        ("    return cached(x + 1)", "    return cached(x + 2)", {"cached", "ask", "tell"}),
        ("    return store.setdefault(x, x)", "    return store.get(x)", {"cached", "ask", "tell"}),
        ("def tell(x):", "def len(x):\n    return 0\n\ndef tell(x):", set()),
        ("    return rate(x)", "    import keras\n    return rate(x)", {"scale", "build", "compare"}),
    ],
)  # fmt: skip
def test_a_change_reaches_what_depends_on_it_and_nothing_else(old: str, new: str, expected: set[str]) -> None:
    assert changed(old, new) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LEVELS = 16", "LEVELS = 17"),
        ("LEVELS = 16", "LEVELS = 16\nnp.random.seed(3)"),
        ("import numpy as np", "import numpy.random as np"),
        ("SEEN = []", "SEEN = [count([1])]"),
        ("SEEN = []", "SEEN = []\nclass Layer(keras.layers.Layer):\n    pass"),
        ("def count(y, classes=10):", "def count(y, classes=LEVELS):"),
        ("def count(y, classes=10):", "@keras.utils.register_keras_serializable()\ndef count(y, classes=10):"),
        ("def draw(x):", "def draw(x):\n    global LEVELS\n    LEVELS = 3"),
        ("def draw(x):", "def draw(x):\n    np.bincount = None"),
        ("def draw(x):", "def draw(x):\n    draw.calls = 1"),
        ("def draw(x):", "def draw(x):\n    np.seterr(all='raise')"),
        ("def draw(x):", "def draw(x):\n    exec('import helper')"),
        ("def draw(x):", "def draw(x):\n    return __file__"),
        ("def draw(x):", "def draw(x):\n    return open('data.csv')"),
        ("def draw(x):", "def draw(x):\n    return globals()"),
        ("def draw(x):", "def draw(x):\n    import helper"),
        ("import keras", "import keras\nimport helper"),
        ("import keras", "import keras\nfrom .helper import x"),
        ("import keras", "import keras\nfrom math import *"),
        ("def draw(x):", "def rate(x):\n    return 0\n\ndef draw(x):"),
        ('if __name__ == "__main__":', 'if __name__ != "__main__":'),
    ],
)
def test_what_runs_at_the_top_and_what_is_not_understood_reaches_everything(old: str, new: str) -> None:
    assert changed(old, new) == EVERYTHING


def test_a_function_that_shadows_a_name_reaches_those_that_use_the_name() -> None:
    base = "def size(x):\n    return len(x)\n\ndef other(x):\n    return x\n"
    before, after = hashes(base), hashes(f"{base}\ndef len(x):\n    return 0\n")
    assert before["size"] != after["size"]
    assert before["other"] == after["other"]


def test_what_the_top_level_calls_belongs_to_it() -> None:
    base = "def make():\n    return [1]\n\ndef other(x):\n    return x\n\nTABLE = make()\n"
    before, after = hashes(base), hashes(base.replace("[1]", "[2]"))
    assert before["other"] != after["other"]
    moved = hashes("TABLE = make()\ndef make():\n    return [1]\n\ndef other(x):\n    return x\n")
    assert before["other"] != moved["other"]


def test_cells_of_a_notebook_are_one_text_and_one_that_is_no_python_makes_it_one_piece() -> None:
    function = "def count(y):\n    return y\n"
    both = split_code(submission("import numpy", function))
    later = split_code(submission("import numpy", "# nothing", function))
    assert both is not None
    assert later is not None
    assert both.hash_parts(["count"]) == later.hash_parts(["count"])
    assert split_code(submission(function, "def (")) is None
