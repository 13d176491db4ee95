"""One mistake costs one criterion: functions that build on it are tried on a network of the grader's."""

import re
import sys
from pathlib import Path

import pytest

from grader.grading.grader import Grader
from grader.grading.results import Graded, PriorEvidence
from grader.submission.reader import read
from tests.helpers.paths import ROOT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")

STUB = "    raise NotImplementedError\n"


def grade(grader: Grader, folder: Path, exercise: str, bodies: dict[str, str]) -> Graded:
    """Grade the reference, with a line in front of the bodies of some functions."""
    source = (ROOT / "reference" / exercise / "submission.py").read_text(encoding="utf-8")
    for function, body in bodies.items():
        before, head, after = re.split(rf"(def {function}\([^\n]*\n)", source)
        if body == STUB:
            after = re.sub(r"\A(?:    .*\n|\n)+", "\n\n", after)
        source = before + head + body + after
    path = folder / "submission.py"
    path.write_text(source, encoding="utf-8")
    return grader.grade(exercise, read(path))


def lost(graded: Graded) -> dict[str, str]:
    return {c.id: c.status.value for c in graded.verdict.criteria if c.status.value != "passed"}


def test_a_network_that_cannot_be_built_costs_what_is_about_it(shipped_grader: Grader, tmp_path: Path) -> None:
    graded = grade(shipped_grader, tmp_path, "wine", {"build_model": "    raise ValueError('no')\n"})
    assert lost(graded) == {"architecture": "failed", "head_and_loss": "skipped", "accuracy": "skipped"}
    messages = {c.id: c.message for c in graded.verdict.criteria}
    assert messages["training"].endswith("train() does, so it was given one that the grader built.")
    assert messages["evaluate"].endswith("evaluate() does, so it was given one that the grader built and trained.")
    assert graded.verdict.certified is None
    again = PriorEvidence(
        graded.evidence, graded.verdict.seeds, graded.verdict.isolation, graded.verdict.resources
    )
    assert shipped_grader.grade("wine", read(tmp_path / "submission.py"), prior=again).verdict == graded.verdict


def test_a_training_that_stops_costs_what_is_about_it(shipped_grader: Grader, tmp_path: Path) -> None:
    bodies = {"train": "    raise ValueError('no')\n", "predict_label": STUB}
    graded = grade(shipped_grader, tmp_path, "logistic_regression", bodies)
    assert lost(graded) == {"training": "failed", "accuracy": "skipped", "predict_label": "not_attempted"}
    # What is not written yet is not tried.
    assert any(step.startswith("decision_boundary@") for step in graded.evidence.bodies)
    assert not [step for step in graded.evidence.bodies if step.startswith("predict_label@trained")]


def test_a_function_that_fails_on_a_wrong_network_may_be_right(shipped_grader: Grader, tmp_path: Path) -> None:
    build = """\
    model = keras.Sequential([keras.Input((n_features,)), keras.layers.Dense(1, use_bias=False)])
    model.compile(keras.optimizers.Adam(0.1), "mse")
    return model
"""
    graded = grade(shipped_grader, tmp_path, "linear_regression", {"build_model": build})
    messages = {c.id: (c.status.value, c.message) for c in graded.verdict.criteria}
    assert messages["architecture"][0] == "failed"
    status, message = messages["coefficients"]
    assert status == "passed"
    assert message.endswith("coefficients() does, so it was given one that the grader built and trained.")
