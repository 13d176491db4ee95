"""Evidence of steps that is used again: of code that is the same, and never of any other."""

from grader.grading.results import Graded
from grader.grading.step_reuse import StepReuse
from grader.protocol.messages import Evidence
from grader.protocol.plan import ArrayArg, Call, Describe, ResultOf, Step
from grader.protocol.submission import Submission, Unit
from tests.reports import samples

SOURCE = """
import keras
import numpy as np

def count(y):
    return np.bincount(y)

def scale(x):
    return x / 16

def build():
    return keras.Sequential([])

def train(model):
    return model.fit()

def compare():
    return keras.Sequential([])
"""
STEPS: tuple[Step, ...] = (
    Call(id="count@0", function="count", arguments=(ArrayArg(name="y"),)),
    Call(id="scale@0", function="scale"),
    Call(id="build@0", function="build"),
    Describe(id="model:build@0", step="build@0", sample="x"),
    Call(id="train@0", function="train", arguments=(ResultOf(step="build@0"),)),
    Call(id="compare@0", function="compare"),
)
NETWORK = {"build@0", "model:build@0", "train@0", "compare@0"}
ALL = tuple(step.id for step in STEPS)


def submission(source: str) -> Submission:
    return Submission("a.py", str(len(source)), "script", (Unit(source, source),))


def reused(old: str, new: str, returned: tuple[str, ...] = ALL, context: str = "same") -> tuple[set[str], bool]:
    """Return the steps that need not be done again after a change, and whether replays need not either."""
    reuse = StepReuse()
    assert reuse.find_prior(submission(SOURCE), "same") is None
    reuse.note_steps(STEPS)
    evidence = Evidence(bodies=dict.fromkeys(ALL, b"x"), replays={"model:build@0": b"y"})
    reuse.remember(submission(SOURCE), "same", Graded(*samples.good("en"), evidence, returned))
    assert SOURCE.count(old) == 1
    prior = reuse.find_prior(submission(SOURCE.replace(old, new)), context)
    return (set(prior.evidence.bodies), bool(prior.evidence.replays)) if prior is not None else (set(), False)


def test_what_does_not_depend_on_the_change_is_not_done_again_but_for_one_step() -> None:
    assert reused("return np.bincount(y)", "return y") == (NETWORK, True)
    assert reused("return x / 16", "return x") == (NETWORK, True)
    same = reused("import keras", "# a comment\nimport keras")
    assert same == (NETWORK | {"scale@0"}, True)


def test_a_change_to_one_function_of_networks_repeats_all_that_builds_networks() -> None:
    for old in ("return model.fit()", "def compare():\n    return keras.Sequential([])"):
        assert reused(old, old + " or None") == ({"scale@0"}, False)


def test_what_did_not_return_is_done_again_for_its_message_names_lines() -> None:
    others = tuple(step for step in ALL if step != "compare@0")
    assert reused("return x / 16", "return x", others)[0] == NETWORK - {"compare@0"}


def test_nothing_is_used_again_for_another_course_or_other_code_at_the_top() -> None:
    assert reused("return x / 16", "return x", context="other") == (set(), False)
    assert reused("import keras", "import keras\nkeras.config.set_floatx('float16')") == (set(), False)
    assert reused("import keras", "import keras\nimport helper") == (set(), False)
