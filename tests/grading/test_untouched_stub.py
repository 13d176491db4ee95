"""A stub loses its imports of libraries only where nothing can tell the difference."""

from pathlib import Path

import pytest

from grader.core.course import Course
from grader.grading.untouched_stub import without_libraries
from grader.protocol.submission import Submission
from grader.submission.reader import read
from tests.helpers.paths import ROOT

STUB = """import keras
import numpy as np
from matplotlib import (
    pyplot as plt,
)

ANSWER = None


def build_model(units=np.pi):
    raise NotImplementedError
"""
STUBS = [path for name in Course(ROOT).exercises() for path in (ROOT / "exercises" / name).glob("submission*.*")]


def reduce(tmp_path: Path, source: str) -> Submission | None:
    file = tmp_path / "submission.py"
    file.write_text(source)
    return without_libraries(read(file))


def test_the_lines_stay_where_they_are(tmp_path: Path) -> None:
    stub = reduce(tmp_path, STUB)
    assert stub is not None
    lines = stub.units[0].source.split("\n")
    assert lines[:6] == ["pass", "import numpy as np", "pass", "", "", ""]
    assert lines[6:] == STUB.split("\n")[6:]
    assert stub.units[0].original == STUB


@pytest.mark.parametrize(
    "line",
    [
        "x = keras.Model",
        "def helper():\n    return 1",
        "class Model(keras.Model):\n    pass",
        "def f(x: keras.Model):\n    raise NotImplementedError",
        "def f() -> keras.Model:\n    raise NotImplementedError",
        "def f(x=plt.figure()):\n    raise NotImplementedError",
        "@keras.saving.register\ndef f():\n    raise NotImplementedError",
        "from keras.layers import *",
        "if ANSWER:\n    import pandas",
        "if __name__ == '__main__':\n    pass\nelse:\n    keras.Model()",
        "try:\n    import torch\nexcept ImportError:\n    torch = None",
        "async def f():\n    raise NotImplementedError",
        "def broken(:",
    ],
)
def test_what_may_need_a_library_is_run_as_it_is(tmp_path: Path, line: str) -> None:
    assert reduce(tmp_path, STUB) is not None
    assert reduce(tmp_path, f"{STUB}\n\n{line}\n") is None


@pytest.mark.parametrize("path", STUBS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_stub_of_the_course_can_do_without(path: Path) -> None:
    assert without_libraries(read(path)) is not None
