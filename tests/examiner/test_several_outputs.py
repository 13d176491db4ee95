"""What reports show and which hints they give of networks with several outputs: for each what belongs to it."""

from grader.core.i18n import Translator
from grader.examiner.exhibits import make_exhibits
from grader.examiner.misconceptions import find_misconceptions
from tests.helpers.classroom import fruit
from tests.helpers.fruit import KIND, case_of_fruit, functional, train

say = Translator("en")


def test_the_report_shows_scores_curves_and_losses_of_each_output() -> None:
    exhibits = make_exhibits(case_of_fruit(), fruit(), Translator("en"))
    assert [curve.name for curve in exhibits.curves] == ["price, seed 0", "kind, seed 0"]
    assert [(score.network, score.metric) for score in exhibits.scores] == [("price", "R²"), ("kind", "accuracy")]
    assert exhibits.network is not None
    assert exhibits.network.loss == "price: 0.1 · mean_squared_error, kind: 1 · sparse_categorical_crossentropy"
    assert exhibits.confusion is not None
    assert sum(map(sum, exhibits.confusion.counts)) == 75


def test_a_hint_says_which_output_it_is_about() -> None:
    case = case_of_fruit(functional(kind=KIND.replace("activation='softmax', ", "")))
    texts = [say(finding.text) for finding in find_misconceptions(case) if finding.id == "head-missing-activation"]
    assert len(texts) == 1
    assert texts[0].startswith("Output kind: ")


def test_an_honest_network_with_two_outputs_gets_no_hint_about_its_outputs() -> None:
    ids = {finding.id for finding in find_misconceptions(case_of_fruit())}
    assert not {i for i in ids if "head" in i or "loss" in i or "label" in i}


def test_of_a_network_with_one_output_no_hint_says_which_of_two_it_is() -> None:
    case = case_of_fruit(functional("kind", compiled="loss='mse'"), train("price"))
    assert not [finding.id for finding in find_misconceptions(case) if "Output " in say(finding.text)]
