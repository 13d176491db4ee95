"""A submission that needs no TensorFlow does not wait for it, and hears the same as with it."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from grader.core.course import Course
from grader.grading.grader import Grader
from grader.grading.needed_libraries import imports_libraries, needs_libraries
from grader.grading.results import Mode
from grader.grading.untouched_stub import without_libraries
from grader.protocol.plan import Call, Describe, HistoryArg, LiteralArg, ReadGlobal
from grader.protocol.verdict import Resources, Verdict
from grader.sandbox.environment import SandboxEnvironment
from grader.sandbox.on_demand import EnvironmentOnDemand
from grader.sandbox.walled import WalledEnvironment
from grader.submission.reader import read
from tests.helpers.paths import ROOT
from tests.helpers.shared_worker import SharedWorker

# Raises, prints, warns, draws without a seed and misspells: whatever a child looks at besides the value.
SLIPS = """
import warnings

import numpy as np


def sensitivity(tp, fp, tn, fn):
    return tp / (tp + fn)


def specificity(tp, fp, tn, fn):
    return sensitivty(tn, fp, tp, fn)


def f1(tp, fp, tn, fn):
    warnings.warn("nearly")
    print(tp)
    return input("? ")


def r2(y_true, y_pred):
    return np.random.default_rng().normal()


def softmax(z):
    z -= z.max()
    return np.exp(z) / np.exp(z).sum()
"""
# Each needs what only the other child has: an import that nobody can see, a look into the signatures of Keras.
HIDDEN_IMPORT = SLIPS + "\n\ndef accuracy(*counts):\n    return __import__('sklearn.metrics').metrics.r2_score"
UNKNOWN_ARGUMENT = SLIPS + "\n\ndef accuracy(*counts):\n    return np.sum(counts, axi=0)"


class _Counted(EnvironmentOnDemand):
    """Has the shared worker in place of one of its own, and ends nothing."""

    def __init__(self, light: SandboxEnvironment, warm: SandboxEnvironment) -> None:
        self.starts: list[bool] = []

        def start(is_light: bool) -> SandboxEnvironment:
            self.starts.append(is_light)
            return light if is_light else warm

        super().__init__(start)

    def __exit__(self, *_: object) -> None: ...

    def import_libraries(self) -> bool:
        is_new, self._is_light = self._is_light, False
        if is_new:
            self._environment = self._start(False)
        return is_new


@pytest.fixture(scope="module")
def light() -> Iterator[WalledEnvironment]:
    with WalledEnvironment(is_light=True) as environment:
        yield environment


@pytest.mark.parametrize(
    ("exercise", "source", "starts"),
    [
        ("metric_cheat_sheet", SLIPS, [True]),
        ("metric_cheat_sheet", HIDDEN_IMPORT, [True, False]),
        ("metric_cheat_sheet", UNKNOWN_ARGUMENT, [True, False]),
        ("linear_regression", "import keras\n\n\ndef build_model(:\n", [True]),  # no step can do anything with it
        ("linear_regression", "import numpy\n\n\ndef build_model():\n    return 1\n", [True, False]),
    ],
)
def test_a_verdict_is_the_same_with_and_without_tensorflow(
    exercise: str,
    source: str,
    starts: list[bool],
    light: WalledEnvironment,
    shared_worker: SharedWorker,
    tmp_path: Path,
) -> None:
    file = tmp_path / "submission.py"
    file.write_text(source)
    submission, course = read(file), Course(ROOT)
    assert not imports_libraries(submission)
    warm = shared_worker.start(Mode.WALLS, course)
    environment = _Counted(light, warm)
    verdicts = []
    for each in (environment, warm):
        with Grader(course, Mode.WALLS, environment=each) as grader:
            verdicts.append(_without_times(grader.grade(exercise, submission).verdict))
    assert environment.starts == starts
    assert verdicts[0] == verdicts[1]


def _without_times(verdict: Verdict) -> bytes:
    return msgspec.json.encode(
        msgspec.structs.replace(verdict, resources=Resources(wall_seconds=0.0, cpu_seconds=0.0, peak_mib=0.0))
    )


def test_what_is_imported_tells_what_is_needed(tmp_path: Path) -> None:
    def imports(source: str) -> bool:
        file = tmp_path / "submission.py"
        file.write_text(source)
        return imports_libraries(read(file))

    assert not imports("import math, numpy as np\nfrom numpy.random import default_rng\nfrom collections import *")
    assert not imports('if __name__ == "__main__":\n    import keras\n')
    assert imports("import numpy, keras")
    assert imports("def f():\n    from matplotlib import pyplot")
    assert imports("from . import neighbours")


def test_steps_with_networks_histories_and_figures_need_libraries() -> None:
    plain = Call(id="a", function="f", arguments=(LiteralArg(1),))
    assert not needs_libraries(plain)
    assert not needs_libraries(ReadGlobal(id="b", name="SHEET"))
    curves = Call(id="a", function="f", arguments=(HistoryArg({"loss": [1.0]}),))
    assert needs_libraries(curves)
    for change in ({"figure": True}, {"freeze": "rows"}, {"model_stands_in": True}):
        assert needs_libraries(msgspec.structs.replace(plain, **change)), change
    assert needs_libraries(Describe(id="c", step="a", sample="rows"))


@pytest.mark.parametrize("exercise", ["digits", "dense_layer", "iris_network"])
def test_an_untouched_stub_needs_no_tensorflow(
    exercise: str, light: WalledEnvironment, shared_worker: SharedWorker
) -> None:
    """These ask for histories, layers and networks of the grader's, which a function without code never sees."""
    course = Course(ROOT)
    submission = read(ROOT / "exercises" / exercise / "submission.py")
    stub = without_libraries(submission)
    assert stub is not None
    assert not imports_libraries(stub)
    warm = shared_worker.start(Mode.WALLS, course)
    environment = _Counted(light, warm)
    with Grader(course, Mode.WALLS, environment=environment) as grader:
        graded = grader.grade(exercise, submission, stub=stub)
    with Grader(course, Mode.WALLS, environment=warm) as grader:
        expected = grader.grade(exercise, submission)
    assert environment.starts == [True]
    assert _without_times(graded.verdict) == _without_times(expected.verdict)
    assert graded.exhibits == expected.exhibits
    assert graded.verdict.points == 0
