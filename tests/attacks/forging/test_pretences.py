"""What only looks right earns nothing, its honest twin keeps its points, and each is caught by what is named."""

from collections.abc import Callable
from functools import cache

import pytest

from grader.core.course import Course
from grader.grading.results import Mode
from tests.attacks.forging import (
    base_pretences,
    dropout_pretences,
    false_answers,
    figure_forgeries,
    fit_forgeries,
    narrow_solutions,
    pretences,
)
from tests.attacks.forging.forgery import Forgery
from tests.attacks.forging.runner import WINES, ForgedRun, Setting, run_forgeries
from tests.attacks.forging.take_down import TAKE_DOWN
from tests.helpers.cases import text
from tests.helpers.paths import ROOT
from tests.helpers.shared_worker import SharedWorker

FAMILIES: dict[str, tuple[Setting, tuple[Forgery, ...]]] = {
    "functions": (WINES, pretences.FUNCTIONS),
    "narrow": (WINES, narrow_solutions.FUNCTIONS),
    "false answers": (WINES, false_answers.ANSWERS),
    "networks": (pretences.FLOWERS, pretences.NETWORKS),
    "fits": (WINES, fit_forgeries.HISTORIES + fit_forgeries.VALIDATIONS + fit_forgeries.LOSSES),
    "bases": (base_pretences.PICTURES, base_pretences.BASES),
    "dropouts": (pretences.HOUSES, (*pretences.DROPOUTS, *dropout_pretences.DROPOUTS)),
    "figures": (WINES, figure_forgeries.FIGURES),
}
PRETENCES = [(family, f) for family, (_, forgeries) in FAMILIES.items() for f in forgeries if f.without]
TWINS = [(family, f) for family, (_, forgeries) in FAMILIES.items() for f in forgeries if not f.without]
RunFamily = Callable[[str], ForgedRun]


def _name(value: object) -> str:
    return value.name if isinstance(value, Forgery) else str(value)


@pytest.fixture(scope="module")
def run_family(shared_worker: SharedWorker) -> RunFamily:
    """Return a function that runs a family, only once."""
    environment = shared_worker.start(Mode.WALLS, Course(ROOT))

    @cache
    def run(family: str) -> ForgedRun:
        setting, forgeries = FAMILIES[family]
        return run_forgeries(environment, forgeries, setting=setting)

    return run


@pytest.mark.parametrize(("family", "forgery"), PRETENCES, ids=_name)
def test_a_pretence_does_not_get_its_points(family: str, forgery: Forgery, run_family: RunFamily) -> None:
    judgement = run_family(family).judge(forgery)
    assert judgement.share < 1.0, text(judgement.message)


@pytest.mark.parametrize(("family", "forgery"), TWINS, ids=_name)
def test_its_honest_twin_keeps_its_points(family: str, forgery: Forgery, run_family: RunFamily) -> None:
    judgement = run_family(family).judge(forgery)
    assert judgement.share == 1.0, text(judgement.message)


@pytest.mark.parametrize(("family", "forgery"), PRETENCES, ids=_name)
def test_without_what_stops_it_a_pretence_gets_its_points(
    family: str, forgery: Forgery, run_family: RunFamily, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_family(family)
    for name in forgery.without:
        TAKE_DOWN[name](monkeypatch)
    judgement = run.judge(forgery)
    assert judgement.share == 1.0, (forgery.tries, text(judgement.message))
