"""Every forgery of the corpus earns nothing, and earns points when what stops it is taken down."""

from collections.abc import Callable, Sequence
from functools import cache

import pytest

from grader.core.course import find_course
from grader.grading.results import Mode
from grader.protocol.plan import add_used_steps
from grader.protocol.verdict import Status
from grader.sandbox import run as sandbox_run
from grader.sandbox.environment import SandboxEnvironment
from tests.attacks.forging import (
    answers,
    claims,
    copied_rows,
    public_rows,
    saved_networks,
    several_outputs,
    straight_lines,
    style_forgeries,
)
from tests.attacks.forging.forgery import Forgery
from tests.attacks.forging.runner import WINES, ForgedRun, Setting, run_forgeries
from tests.attacks.forging.take_down import ONE_PROCESS, PUBLIC_DATA, TAKE_DOWN
from tests.helpers.paths import ROOT
from tests.helpers.shared_worker import SharedWorker

FAMILIES: dict[str, tuple[Forgery, ...]] = {
    "tables": public_rows.TABLES,
    "trainings": public_rows.TRAININGS,
    "copies": copied_rows.COPIES,
    "networks": claims.NETWORKS,
    "losses": claims.LOSSES,
    "arguments": claims.ARGUMENTS,
    "answers": answers.ANSWERS,
    "saved networks": saved_networks.SAVED,
    "several outputs": several_outputs.OUTPUTS,
    "straight lines": straight_lines.STRAIGHT_LINES,
    "styles": style_forgeries.STYLES,
}
SETTINGS = {  # of the others: wines
    "several outputs": several_outputs.APPLES,
    "straight lines": straight_lines.LINES,
    "styles": style_forgeries.NUMBERS,
}
EACH = pytest.mark.parametrize(
    ("family", "forgery"),
    [(family, forgery) for family, forgeries in FAMILIES.items() for forgery in forgeries],
    ids=[forgery.name for forgeries in FAMILIES.values() for forgery in forgeries],
)
Runs = Callable[[str, Forgery], tuple[ForgedRun, ForgedRun]]


@pytest.fixture(scope="module")
def runs(shared_worker: SharedWorker) -> Runs:
    """Return a function that runs a forgery with its family, or alone; each only once."""
    environment: SandboxEnvironment = shared_worker.start(Mode.WALLS, find_course(ROOT))

    @cache
    def run(forgeries: Sequence[Forgery], setting: Setting) -> tuple[ForgedRun, ForgedRun]:
        sealed = run_forgeries(environment, forgeries, setting=setting)
        taken_down = {name for forgery in forgeries for name in forgery.without}
        if ONE_PROCESS in taken_down:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(sandbox_run, "list_next_steps", add_used_steps)
                return sealed, run_forgeries(environment, forgeries, setting=setting)
        return sealed, sealed.on_public_data(environment) if PUBLIC_DATA in taken_down else sealed

    def run_family(family: str, forgery: Forgery) -> tuple[ForgedRun, ForgedRun]:
        together = tuple(one for one in FAMILIES[family] if not one.is_alone)
        return run((forgery,) if forgery.is_alone else together, SETTINGS.get(family, WINES))

    return run_family


@EACH
def test_it_earns_nothing(family: str, forgery: Forgery, runs: Runs) -> None:
    sealed, _other = runs(family, forgery)
    judgement = sealed.judge(forgery)
    assert judgement.status in {Status.FAILED, Status.NOT_GRADED}, forgery.tries
    assert judgement.share == 0.0
    assert not forgery.notices or forgery.notices in sealed.find_disagreements(forgery)


@EACH
def test_without_what_stops_it_it_earns_points(
    family: str, forgery: Forgery, runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed, other = runs(family, forgery)
    for name in forgery.without:
        TAKE_DOWN[name](monkeypatch)
    judgement = (other if {PUBLIC_DATA, ONE_PROCESS} & {*forgery.without} else sealed).judge(forgery)
    assert judgement.share > 0.0, (forgery.tries, judgement)


def test_there_are_enough_of_them() -> None:
    names = [forgery.name for forgeries in FAMILIES.values() for forgery in forgeries]
    assert len(names) == len(set(names)) >= 65
