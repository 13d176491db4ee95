"""Trainings and experiments that are not what they claim earn nothing, and what is honest loses nothing."""

from contextlib import ExitStack
from unittest.mock import patch

import pytest

from grader.core.course import Course
from grader.evidence.second_training import Doubt, SecondOutcome, find_doubts
from grader.grading.results import Mode
from tests.attacks.forging.training_forgeries import FORGERIES, TrainingForgery
from tests.attacks.forging.training_runs import ForgedSession, run_session
from tests.helpers.cases import text
from tests.helpers.paths import ROOT
from tests.helpers.shared_worker import SharedWorker

KINDS = [(forgery, kind) for forgery in FORGERIES for kind in forgery.checks()]
IDS = [f"{forgery.name}-{kind}" for forgery, kind in KINDS]
# What the function gives that is taken down.
BLIND = {
    "is_unexplained": False,
    "compare_second": SecondOutcome.LEARNED,
    "is_better_than_fit": False,
    "find_foreign_curve": None,
    "_not_computed": None,
    "find_missing_loss": None,
    "find_other_epochs": None,
}


@pytest.fixture(scope="module")
def forged(shared_worker: SharedWorker) -> ForgedSession:
    """Run all of them in one session."""
    return run_session(shared_worker.start(Mode.WALLS, Course(ROOT)), FORGERIES)


@pytest.mark.parametrize(("forgery", "kind"), KINDS, ids=IDS)
def test_a_forgery_earns_nothing_and_the_honest_lose_nothing(
    forged: ForgedSession, forgery: TrainingForgery, kind: str
) -> None:
    judgement = forged.judge(forgery, kind)
    assert judgement.share == (0 if kind in forgery.must_not_earn else 1), text(judgement.message)


@pytest.mark.parametrize("forgery", [f for f in FORGERIES if f.without], ids=lambda forgery: forgery.name)
def test_a_forgery_succeeds_when_its_check_is_taken_down(forged: ForgedSession, forgery: TrainingForgery) -> None:
    with ExitStack() as stack:
        for check in forgery.without.split():
            stack.enter_context(patch(check, return_value=BLIND[check.rpartition(".")[2]]))
        shares = [forged.judge(forgery, kind).share for kind in forgery.must_not_earn]
    assert max(shares) == 1


def test_only_doubtful_trainings_are_done_once_more(forged: ForgedSession) -> None:
    case = forged.case()
    doubts = {f.name: find_doubts(case, f.training) for f in FORGERIES if not f.has_experiments}
    assert doubts == {
        "honest": (),
        "honest_alone": (),
        "honest_with_noise": (),
        "custom_loop": (Doubt.NO_FIT,),
        "pasted": (Doubt.NO_FIT,),
        "pasted_after_fit": (Doubt.OTHER_ROWS, Doubt.BETTER_THAN_FIT),
        "knows_the_first_run": (Doubt.NO_FIT,),
        "two_faces": (Doubt.KNEW_BEFORE,),
        "learns_nothing_in_training": (Doubt.BETTER_THAN_FIT,),
        "best_by_hand": (),
        "on_other_rows": (Doubt.BETTER_THAN_FIT,),
        "on_other_labels": (Doubt.BETTER_THAN_FIT,),
        "without_weight": (Doubt.BETTER_THAN_FIT,),
        "of_a_twin": (Doubt.NO_FIT, Doubt.BETTER_THAN_FIT),
        "own_loss": (Doubt.BETTER_THAN_FIT,),
        "own_loss_alone": (Doubt.BETTER_THAN_FIT,),
        "fit_of_nothing": (Doubt.BETTER_THAN_FIT,),
        "fit_alone": (Doubt.BETTER_THAN_FIT,),
        "history_made_up": (Doubt.BETTER_THAN_FIT,),
    }
    assert {t.first.name for t in case.second_trainings if t.first} == {
        name for name, found in doubts.items() if found
    }
    assert forged.runs == 2  # the second is of a new process


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("two_faces", "the network was as good before"),
        ("pasted", "keep no weights, labels or rows of other data"),
    ],
)
def test_the_message_says_what_speaks_against_a_training(forged: ForgedSession, name: str, reason: str) -> None:
    forgery = next(f for f in FORGERIES if f.name == name)
    judgement = forged.judge(forgery, "accuracy")
    assert "was called once more, in a new process" in text(judgement.message)
    assert reason in text(judgement.message)


def test_what_cannot_be_repeated_is_left_to_a_person(forged: ForgedSession) -> None:
    forgery = next(f for f in FORGERIES if f.name == "knows_the_first_run")
    judgement = forged.judge(forgery, "accuracy")
    assert judgement.status == "not_graded"
    assert "left no network there that can be scored" in text(judgement.message)
