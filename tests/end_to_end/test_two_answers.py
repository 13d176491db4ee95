"""Networks that give one row several answers, through the real walls: they cost what is about their answers."""

from pathlib import Path

import pytest

from grader.grading.grader import Grader
from grader.submission.reader import read
from tests.helpers.paths import ROOT

HOUSING = (ROOT / "reference/housing/submission.py").read_text("utf-8") + (
    ROOT / "reference/housing/variants/wrong_dropout_at_each_call.py"
).read_text("utf-8")
APPLES = (ROOT / "reference/two_heads/variants/right_subclass_tuple.py").read_text("utf-8")
WINE = (ROOT / "reference/wine/submission.py").read_text("utf-8")
DROPOUT, DROPS = "keras.layers.Dropout(0.1)", "        h = self.drop(h, training=True)\n"
RANDOM = "draws random numbers when it predicts, so what it answers for a row is a matter of luck"
# Exercise, code, the criteria that lose points, and what is said of the scores.
PROGRAMS = {
    "dropout at each call": ("housing", HOUSING, ("dropout", "r2"), RANDOM),
    "dropout at each call, two outputs": (
        "two_heads",
        APPLES.replace("        self.number =", f"        self.drop = {DROPOUT}\n        self.number =").replace(
            "        return self.number(h)", f"{DROPS}        return self.number(h)"
        ),
        ("r2", "accuracy"),
        RANDOM,
    ),
    "softmax over the rows": (
        "wine",
        WINE.replace('activation="softmax"', "activation=lambda z: keras.activations.softmax(z, axis=0)"),
        ("head_and_loss", "accuracy"),
        "answers differently for the same row when other rows are around it",
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_functions_are_tried_on_a_network_of_the_grader_s(
    name: str, shipped_grader: Grader, tmp_path: Path
) -> None:
    exercise, code, lost, message = PROGRAMS[name]
    path = tmp_path / "submission.py"
    path.write_text(code, encoding="utf-8")
    verdict = shipped_grader.grade(exercise, read(path)).verdict
    assert {c.id: c.message for c in verdict.criteria if c.status != "passed"}.keys() == set(lost)
    assert [c.points for c in verdict.criteria if c.id in lost] == [0, 0]
    assert message in " ".join(c.message for c in verdict.criteria if c.id in {"r2", "accuracy"})
