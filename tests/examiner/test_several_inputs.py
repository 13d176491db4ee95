"""What reports show of networks with several inputs, and which hints they give."""

from grader.core.i18n import Translator
from grader.evidence.network import read_network
from grader.examiner.exhibits import make_exhibits
from grader.examiner.misconceptions import find_misconceptions
from grader.examiner.misconceptions.network_view import NetworkView
from reports.common.pictures import draw_layers
from tests.helpers.classroom import PEOPLE, people
from tests.helpers.two_inputs import case_of_people, functional, subclassed


def test_the_report_shows_each_input_and_the_layers_behind_them() -> None:
    for case in (case_of_people(), case_of_people(subclassed())):
        network = make_exhibits(case, people(), Translator("en")).network
        assert network is not None
        assert network.input_shape == "numbers (None, 8)\nkind (None, 1)"
        widths = [view.width_before for view in draw_layers(network)]
        assert widths[0] > 50  # of nine numbers together, not of their product with what is in a name


def test_an_honest_network_gets_no_hint() -> None:
    ids = {finding.id for finding in find_misconceptions(case_of_people())}
    assert not {i for i in ids if "input" in i or "scaled" in i or "layer" in i}


def test_that_an_input_is_ignored_is_known_to_detectors() -> None:
    ignoring = case_of_people(functional(joined="layers.Identity()(numbers)"))
    assert NetworkView(ignoring, PEOPLE).ignores_input
    assert not NetworkView(case_of_people(), PEOPLE).ignores_input
    after = read_network(ignoring, PEOPLE, 0).after
    assert after is not None
    assert [after.ignores(name) for name in PEOPLE.inputs] == [False, True]
