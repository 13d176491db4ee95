"""A base that the answers do not depend on is worth nothing, and one that they depend on in part is one."""

from dataclasses import replace

import pytest

from grader.core.course import find_course
from grader.grading.results import Mode
from grader.protocol.verdict import Status
from grader.rubric.checks import FreezesBase
from tests.attacks.forging.base_forgeries import FORGERIES, HONEST, PICTURES
from tests.attacks.forging.forgery import Forgery
from tests.attacks.forging.runner import ForgedRun, run_forgeries
from tests.attacks.forging.take_down import TAKE_DOWN
from tests.helpers.cases import text
from tests.helpers.paths import ROOT
from tests.helpers.shared_worker import SharedWorker

EACH = pytest.mark.parametrize("forgery", FORGERIES, ids=lambda forgery: forgery.name)


@pytest.fixture(scope="module")
def run(shared_worker: SharedWorker) -> ForgedRun:
    """Run all of them in one process, each for an epoch."""
    environment = shared_worker.start(Mode.WALLS, find_course(ROOT))
    return run_forgeries(environment, (*FORGERIES, *HONEST), setting=PICTURES)


def about_freezing(forgery: Forgery) -> Forgery:
    """Return the forgery with the other check; it looks at the same steps and replays."""
    return replace(forgery, check=FreezesBase)


@EACH
def test_it_earns_nothing(forgery: Forgery, run: ForgedRun) -> None:
    for one in (forgery, about_freezing(forgery)):
        judgement = run.judge(one)
        assert judgement.status is Status.FAILED, (forgery.tries, text(judgement.message))
        assert "next to no part in the answers" in text(judgement.message)


@EACH
def test_without_the_look_at_its_answers_it_earns_points(
    forgery: Forgery, run: ForgedRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in forgery.without:
        TAKE_DOWN[name](monkeypatch)
    for one in (forgery, about_freezing(forgery)):
        judgement = run.judge(one)
        assert judgement.share == 1.0, text(judgement.message)


@pytest.mark.parametrize("honest", HONEST, ids=lambda honest: honest.name)
def test_who_uses_the_base_loses_nothing(honest: Forgery, run: ForgedRun) -> None:
    for one in (honest, about_freezing(honest)):
        judgement = run.judge(one)
        assert judgement.status is Status.PASSED, text(judgement.message)
