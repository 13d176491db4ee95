"""What a change can reach: names by the text, steps by the plan, and everything where it cannot be told."""

import pytest

from grader.authoring.validation.impact import Script, find_affected_names, find_unaffected_steps
from grader.core.course import Course
from grader.protocol.plan import (
    ArrayArg,
    Call,
    Describe,
    FolderArg,
    ReadFiles,
    ReadGlobal,
    ResultOf,
    ResultOrTruth,
    SetWeights,
    WriteFiles,
)
from tests.helpers.paths import ROOT

SCRIPT = """
import numpy as np

N = 3
TABLE = {"a": 1}


def one():
    return N


def two(x):
    return one() + x


def three(x):
    return TABLE["a"] + x


class Net:
    def call(self):
        return three(1)


if __name__ == "__main__":
    N = two(1)
"""


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ("N = 3", "N = 4", {"N", "one", "two"}),
        ("return N", "return N + 1", {"one", "two"}),
        ('{"a": 1}', '{"a": 2}', {"TABLE", "three", "Net"}),
        ("three(1)", "three(2)", {"Net"}),
        ("N = two(1)", "N = two(2)", set()),
        ("return N", "return N  # three", set()),
        ("class Net", "def new():\n    return two(1)\n\n\nclass Net", {"new"}),
    ],
)
def test_a_change_reaches_what_names_it_and_nothing_else(before: str, after: str, names: set[str]) -> None:
    assert find_affected_names(SCRIPT, SCRIPT.replace(before, after)) == frozenset(names)


def test_a_name_that_is_defined_anew_at_the_end_is_a_change_of_it() -> None:
    assert find_affected_names(SCRIPT, f"{SCRIPT}\nimport keras\n\ndef one():\n    return 5\n") == frozenset(
        {"one", "two", "keras"}
    )


UNCLEAR = {
    "a call when it is brought up": "print(1)",
    "a value made by a call": "RNG = np.random.default_rng(0)",
    "a loop": "for i in range(3):\n    N = i",
    "an unknown import": "import seaborn",
    "a star": "from numpy import *",
    "a decorator": "@np.vectorize\ndef new(x):\n    return x",
    "a global statement": "def new():\n    global N\n    N = 5",
    "a changed collection": "def new():\n    TABLE['a'] = 5",
    "a collection handed on": "def new(f):\n    f(TABLE)",
    "a changed module": "def new(f):\n    np.mean = f",
    "a changed function": "def new():\n    one.count = 1",
    "a setting": "def new():\n    np.seterr(all='raise')",
    "a setting of TensorFlow": "def new():\n    np.config.run_functions_eagerly(True)",
    "names by text": "def new(name):\n    return globals()[name]",
    "a default that is kept": "def new(x, seen=[]):\n    seen.append(x)",
    "a default by name that is kept": "def new(*, seen=[]):\n    seen.append(1)",
    "a deleted name": "def new(x):\n    del x",
    "an import inside": "def new():\n    import seaborn",
}


@pytest.mark.parametrize("case", UNCLEAR)
def test_what_cannot_be_told_reaches_everything(case: str) -> None:
    assert find_affected_names(SCRIPT, f"{SCRIPT}\n{UNCLEAR[case]}\n") is None


CLEAR = {
    "a collection that is read": "def new(x):\n    return [TABLE[k] for k in TABLE] + list(TABLE.items())",
    "constants by name": "def new(*, x, y=1):\n    return x",
    "a seed": "def new():\n    np.random.seed(0)",
    "an object's own attribute": "def new(model):\n    model.trainable = False",
    "a known import": "from sklearn.preprocessing import MinMaxScaler",
    "a property": "class New:\n    @property\n    def a(self):\n        return 1",
}


@pytest.mark.parametrize("case", CLEAR)
def test_what_is_harmless_stays_by_itself(case: str) -> None:
    names = find_affected_names(SCRIPT, f"{SCRIPT}\n{CLEAR[case]}\n")
    assert names is not None
    assert not names & {"one", "two", "three", "Net"}


def test_a_statement_with_effects_that_names_what_changed_reaches_everything() -> None:
    script = f"{SCRIPT}\nprint(two(1))\n"
    assert find_affected_names(script, script.replace("N = 3", "N = 4")) is None
    assert find_affected_names(script, script.replace("three(1)", "three(2)")) == frozenset({"Net"})


def test_names_that_a_name_needs_are_found_through_others() -> None:
    assert Script(SCRIPT).names_needed_by({"two", "Net", "nowhere"}) == {
        "two",
        "one",
        "N",
        "Net",
        "three",
        "TABLE",
    }


STEPS = (
    Call(id="encode", function="encode"),
    Call(id="build", function="build"),
    Describe(id="model", step="build", sample="x"),
    Call(
        id="train", function="train", arguments=(ResultOf(step="build"), ResultOrTruth(step="encode", name="y"))
    ),
    Describe(id="trained", step="build", sample="x", after="train"),
    Call(id="predict", function="predict", arguments=(ResultOf(step="build"), ArrayArg(name="x"))),
    Call(id="plot", function="plot", arguments=(ResultOf(step="train"),)),
    ReadGlobal(id="table", name="TABLE"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("names", "kept"),
    [
        (set(), {s.id for s in STEPS}),
        ({"plot"}, {s.id for s in STEPS} - {"plot"}),
        ({"TABLE"}, {s.id for s in STEPS} - {"table"}),
        # What predict does to the model, plot may see: the history knows the model.
        ({"predict"}, {"encode", "build", "model", "train", "trained", "table"}),
        ({"train"}, {"encode", "build", "model", "table"}),
        ({"build"}, {"encode", "table"}),
        ({"encode"}, {"build", "model", "table"}),
    ],
)
def test_steps_keep_their_evidence_where_nothing_changed_comes_near(names: set[str], kept: set[str]) -> None:
    assert find_unaffected_steps(STEPS, frozenset(names)) == kept


@pytest.mark.parametrize("exercise", Course(ROOT).exercises())
def test_the_references_of_the_course_are_clear(exercise: str) -> None:
    assert not Script((ROOT / "reference" / exercise / "submission.py").read_text("utf-8")).is_opaque


def test_a_network_with_other_weights_is_the_one_that_was_built() -> None:
    """What a function does to it, it does to the network that is trained afterwards."""
    steps = (
        Call(id="build_model@0", function="build_model"),
        SetWeights(id="network@own", step="build_model@0", weights=(), sample="x"),
        Call(id="forward@own", function="forward", arguments=(ResultOf(step="network@own"),)),
        Call(id="train@0", function="train", arguments=(ResultOf(step="build_model@0"),)),
    )
    assert find_unaffected_steps(steps, frozenset({"forward"})) == {"build_model@0", "network@own"}
    assert find_unaffected_steps(steps, frozenset({"train"})) >= {"forward@own"}


def test_a_network_that_is_loaded_follows_from_the_one_that_was_saved() -> None:
    """It is loaded in a process of its own, which gets nothing but the files."""
    steps = (
        Call(id="build_model@0", function="build_model"),
        Call(id="save@own", function="save", arguments=(ResultOf(step="build_model@0"), FolderArg(name="saved"))),
        ReadFiles(id="files@own", folder="saved", after="save@own"),
        WriteFiles(id="written@own", files="files@own", folder="moved"),
        Call(id="load@own", function="load", arguments=(FolderArg(name="moved"),), after="written@own"),
        Describe(id="loaded@own", step="load@own", sample="x"),
    )
    assert find_unaffected_steps(steps, frozenset({"build_model"})) == frozenset()
    assert find_unaffected_steps(steps, frozenset({"save"})) == {"build_model@0"}
    of_load = {"load@own", "loaded@own"}
    assert find_unaffected_steps(steps, frozenset({"load"})) == {step.id for step in steps} - of_load
