"""Judgements of several networks, put together."""

from grader.core.i18n import _
from grader.evidence.judgement import Judgement, failed, not_graded, partial, passed
from grader.protocol.training import Training
from grader.protocol.verdict import Status
from grader.rubric.checks.networks.several import combine_judgements, name_network
from tests.helpers.cases import text

A, B, C = (Training(arguments=(n,), name=str(n)) for n in (1, 2, 3))
GOOD = passed(_("Good."))
BAD = failed(_("Bad."), received="x")
WORSE = failed(_("Worse."), blocks=False)
OPEN = Judgement(Status.NOT_ATTEMPTED, _("Open."))


def test_all_good_is_good() -> None:
    assert combine_judgements((A, B), (GOOD, GOOD)) == GOOD


def test_the_share_is_the_mean_and_the_wrong_ones_are_named() -> None:
    judgement = combine_judgements((A, B, C), (GOOD, BAD, partial(0.5, _("Half."))))
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
    assert text(judgement.message) == "build_model(2): Bad.\nbuild_model(3): Half."
    assert judgement.received == "x"
    assert not judgement.blocks


def test_what_all_have_in_common_is_said_once() -> None:
    assert text(combine_judgements((A, B), (BAD, BAD)).message) == "Bad."
    assert combine_judgements((A, B), (OPEN, OPEN)).status is Status.NOT_ATTEMPTED


def test_different_failures_fail_together_and_one_that_does_not_block_leaves_the_rest_open() -> None:
    judgement = combine_judgements((A, B), (BAD, WORSE))
    assert (judgement.status, judgement.share, judgement.blocks) == (Status.FAILED, 0.0, False)
    assert combine_judgements((A, B), (BAD, failed(_("Other.")))).blocks


def test_something_not_written_yet_beside_something_wrong_is_wrong() -> None:
    assert combine_judgements((A, B), (OPEN, BAD)).status is Status.FAILED


def test_what_was_not_decided_for_one_is_not_decided() -> None:
    assert combine_judgements((A, B), (BAD, not_graded(_("Who knows.")))).status is Status.NOT_GRADED


def test_a_doubt_about_one_is_a_doubt() -> None:
    from dataclasses import replace

    assert combine_judgements((A, B), (GOOD, replace(GOOD, undecided=True))).undecided
    assert combine_judgements((A, B), (replace(BAD, undecided=True), GOOD)).undecided


def test_a_network_is_called_by_how_it_is_built() -> None:
    assert name_network(Training(build="build_functional", arguments=(10, "x"))) == "build_functional(10, x)"
