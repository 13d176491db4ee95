"""What a check is about: the functions in which a mistake may cost it points."""

import pytest

from grader.rubric.checks import Accuracy, Architecture, OneHot, Predictions, StyleFacts, Training, Trains
from grader.rubric.checks.base import Check

TRAINING = Training(encode="one_hot")


@pytest.mark.parametrize(
    ("check", "names"),
    [
        (Architecture(TRAINING, inputs=64, outputs=10), {"build_model"}),
        (Accuracy(TRAINING, full=0.9, half=0.8), {"build_model", "train"}),
        (Trains(TRAINING), {"train"}),
        (Predictions((Training(name="one"),), "predict"), {"predict"}),
        (OneHot("one_hot", classes=10), {"one_hot"}),
        (StyleFacts("STYLE_FACTS", {}), {"STYLE_FACTS"}),
    ],
)
def test_a_check_names_what_it_is_about(check: Check, names: set[str]) -> None:
    assert check.judged_names() == names
