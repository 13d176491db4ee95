"""Numbers in titles: which classes they name, whatever else they say."""

import pytest

from grader.core.i18n import Words, _
from grader.protocol.evidence import AxesFacts, FigureValue
from grader.rubric.checks.functions.figure_texts import add_unseen, names_classes
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


def test_what_cannot_be_seen_is_added_to_a_complaint() -> None:
    complaint: Words = _("a legend is missing: nobody can tell training from validation.")
    seen, hidden = AxesFacts(unseen=0), AxesFacts(unseen=2)
    assert add_unseen(complaint, FigureValue(axes=(seen, AxesFacts()))) == complaint
    said = text(add_unseen(complaint, FigureValue(axes=(hidden, seen, hidden))))
    assert said.startswith("a legend is missing")
    assert "does not count: 4 of what" in said
