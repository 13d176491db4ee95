"""Numbers in titles: which classes they name, whatever else they say."""

import pytest

from grader.core.i18n import Words, _
from grader.protocol.evidence import AxesFacts, FigureValue
from grader.rubric.checks.functions.figure_texts import add_unseen, exchanges_answers, names_classes
from tests.helpers.cases import text


@pytest.mark.parametrize(
    "title",
    [
        "4, not 9",
        "4->9",
        "true 9 / predicted 4",
        "Prediction: 4\nTruth: 9",
        "#17: 9 -> 4",
        "#3: 9 -> 4",
        "picture 3 of 16, row 7: 9 is called 4",
        "9 as 4 (0.93)",
        "9 (0.01) as 4 (0.98)",
        "9 as 4, 93 %",
        "9 as 4 (100%), second 8% for 1",
        "9.0 → 4.0, p=1.00",
        "P(4)=0.5678, P(9)=0.1234, loss 2.3",
    ],
)
def test_titles_name_two_classes_and_may_say_more(title: str) -> None:
    assert names_classes(title, {4, 9}, 10)


@pytest.mark.parametrize(
    "title", ["", "4", "9", "4?", "0 1 2 3 4 5 6 7 8 9", "0.4 1.9", "4 (9 %)", "49", "4 or 9 or 1 or 2 or 3"]
)
def test_other_titles_do_not(title: str) -> None:
    assert not names_classes(title, {4, 9}, 10)


# The network says 4, and 9 is right.
@pytest.mark.parametrize(
    "title",
    [
        "4, not 9",
        "9, not 4",
        "4->9",
        "9 -> 4",
        "true 9 / predicted 4",
        "Prediction: 4\nTruth: 9",
        "Predicted label: 4, true label: 9",
        "label 9, pred 4",
        "pred label 4 (label 9)",
        "y_pred=4 y_true=9",
        "y_true: 9.0, y_pred: 4.0 (98.5 %)",
        "4 (true: 9), the net is sure",
        "4 (true 9) predicted with 0.93",
        "4 (richtig: 9), Netz: 93 %",
        "4 predicted, 9 true",
        "9 (true), 4 (predicted)",
        "the model said 4, actual 9",
        "sagt 4, ist 9",
        "Netz: 4, wahr: 9",
        "Vorhersage 4 (Wahrscheinlichkeit 0.8), richtig wäre 9",
        "Wahrscheinlichste Ziffer: 4, das Netz sah keine 9",
        "Netz sagt 4 statt 9",
        "4 statt 9",
        "not right: 4, said the net; 9",
        "nicht richtig: 4, das Netz sollte 9 sagen",
        "4 is actually predicted for 9",
        "true/predicted: 9/4",
        "predicted/true: 4/9",
        "true → 4, said → 4, 9",
        "right: 4, predicted: 4",
        "row 4: right 9, predicted 4",
        "",
    ],
)
def test_titles_that_are_right_or_not_clear_exchange_nothing(title: str) -> None:
    assert not exchanges_answers(title, 4, 9)


@pytest.mark.parametrize(
    "title",
    [
        "right: 4, predicted: 9",
        "predicted 9 / true 4",
        "Prediction: 9\nTruth: 4",
        "Predicted label: 9, true label: 4",
        "pred label 9 (label 4)",
        "y_pred=9 y_true=4",
        "label 4, model 9 (0.93)",
        "guess: 9, actual: 4 (row 17)",
        "9 predicted, 4 true",
        "4 (true), 9 (predicted)",
        "the network says 9, correct is 4",
        "Netz: 9, wahr: 4",
        "Vorhersage 9, richtig wäre 4",
        "gesagt: 9, echt: 4",
    ],
)
def test_titles_that_exchange_answers_are_told(title: str) -> None:
    assert exchanges_answers(title, 4, 9)
    assert not exchanges_answers(title, 9, 4)


def test_what_cannot_be_seen_is_added_to_a_complaint() -> None:
    complaint: Words = _("a legend is missing: nobody can tell training from validation.")
    seen, hidden = AxesFacts(unseen=0), AxesFacts(unseen=2)
    assert add_unseen(complaint, FigureValue(axes=(seen, AxesFacts()))) == complaint
    said = text(add_unseen(complaint, FigureValue(axes=(hidden, seen, hidden))))
    assert said.startswith("a legend is missing")
    assert "does not count: 4 of what" in said
