"""Marks changed by hand: several criteria at once, and nothing that a criterion or the exercise cannot give."""

import errno
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn, cast

import pytest

from grader.classroom.adjustments import AdjustmentError, Decision, adjust, read_decisions
from grader.classroom.folder import ClassFolderError, Settings, prepare_folder
from grader.classroom.pages import Publisher
from grader.classroom.store import Judgement, NewHandIn, Store, StoreError
from grader.classroom.store.errors import disk_full
from grader.commands import classroom_session
from grader.core.i18n import Translator, _
from grader.protocol.hand_in import HandIn
from grader.protocol.submission import Submission, Unit
from grader.protocol.verdict import Status
from tests.reports.classroom.samples import criterion, judged

SETTINGS = Settings(exercise="digits", series="digits", course="", language="en", mode="walls")
VERDICT = judged(
    criterion("split", Status.FAILED),
    criterion("scale", Status.FAILED, bonus=2.0),
    criterion("load", Status.PASSED, 10),
)


def hand_in(student: str, *, readable: bool = True) -> NewHandIn:
    submission = Submission("submission.py", "0" * 64, "script", (Unit("x = 1", "x = 1"),)) if readable else None
    who = HandIn(student=student, name=student.title(), file=f"{student}/submission.py")
    return NewHandIn(hand_in=who, submission=submission, problem="" if readable else "It is empty.")


@pytest.fixture
def class_(tmp_path: Path) -> Iterator[tuple[Store, Publisher]]:
    """A class of two: ada has 10 of 30 points, bob handed nothing in that could be read."""
    folder = prepare_folder(tmp_path / "out", SETTINGS)
    with Store.open(folder.path) as store:
        run = store.begin_run("digits", "me")
        ada, _bob = store.add_hand_ins("digits", [hand_in("ada"), hand_in("bob", readable=False)], run)
        store.add_verdicts([Judgement(number=ada, key="k", verdict=VERDICT, by="me")])
        yield store, Publisher(folder, store)


def refused(class_: tuple[Store, Publisher], student: str, *decisions: Decision) -> str:
    with pytest.raises(AdjustmentError) as caught:
        adjust(*class_, student, decisions, "so", "me")
    assert all(not row.entry.adjustments for row in class_[0].newest_hand_ins("digits"))
    return Translator("en")(caught.value.text)


def unread(criteria: tuple[str, ...], points: str | None) -> str:
    with pytest.raises(AdjustmentError) as caught:
        read_decisions(criteria, points)
    return Translator("en")(caught.value.text)


def test_a_call_settles_several_criteria_and_adds_to_the_sum(class_: tuple[Store, Publisher]) -> None:
    decisions = read_decisions(("split=4", "scale=12"), "-1.5")
    assert decisions == (Decision("split", 4), Decision("scale", 12), Decision(None, -1.5))
    assert adjust(*class_, "ada", decisions, "so", "me").entry.mark == 24.5
    # The newest decision on a criterion counts; what was added stays.
    assert adjust(*class_, "ada", [Decision("split", 5)], "so", "me").entry.mark == 25.5


def test_one_criterion_may_have_its_points_in_an_option_of_their_own() -> None:
    assert read_decisions(("split",), "2,5") == (Decision("split", 2.5),)
    assert read_decisions((), "3") == (Decision(None, 3),)


@pytest.mark.parametrize(
    ("criteria", "points", "said"),
    [
        (("split",), None, "--criterion split=POINTS"),
        (("split", "scale=2"), "3", "--criterion split=POINTS"),
        (("split=2", "split=3"), None, "Criterion split is given points twice"),
        (("split=much",), None, "'much' is no number of points. Write it like 4 or 2.5."),
        (("split=",), None, "'' is no number"),
        ((), "nan", "'nan' is no number"),
    ],
)
def test_a_decision_that_is_not_whole_is_refused(criteria: tuple[str, ...], points: str | None, said: str) -> None:
    assert said in unread(criteria, points)


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (Decision("split", 90), "Criterion split is worth 10 points; it cannot be set to 90."),
        (Decision("split", -1), "it cannot be set to -1"),
        (Decision("scale", 12.5), "is worth 12 points, bonus included"),
        (Decision("splt", 1), "There is no criterion splt. Did you mean split?"),
        (Decision("x", 1), "has: split, scale, load."),
        (Decision(None, 31), "The whole exercise is worth 30 points; 31 cannot be added"),
        (Decision(None, -11), "The sum is 10 points; with -11 added it would be below 0."),
    ],
)
def test_more_than_there_is_to_give_is_refused_and_nothing_is_written(
    class_: tuple[Store, Publisher], decision: Decision, said: str
) -> None:
    assert said in refused(class_, "ada", Decision("split", 3), decision)


def test_without_a_verdict_there_is_only_the_sum(class_: tuple[Store, Publisher]) -> None:
    assert "bob has no verdict" in refused(class_, "bob", Decision("split", 1))
    assert "worth 30 points" in refused(class_, "bob", Decision(None, 31))
    assert adjust(*class_, "Bob", [Decision(None, 20)], "so", "me").entry.mark == 20


def test_a_full_disk_leaves_the_mark_or_tells_that_only_the_pages_are_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same command once more would add the points a second time: then it must not be advised."""

    def full() -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    def no_room_for_a_page(*_arguments: object) -> NoReturn:
        try:
            full()
        except OSError as error:
            raise ClassFolderError(_("run the same command again")) from error

    monkeypatch.setattr(classroom_session, "_write_adjusted", no_room_for_a_page)
    session = SimpleNamespace(folder=SimpleNamespace(path="marks"))
    with pytest.raises(ClassFolderError) as of_pages:
        classroom_session._update_adjusted(cast("Any", session), cast("Any", None), cast("Any", None))
    said = Translator("en")(of_pages.value.text)
    assert "changed in the store" in said
    assert "there is no room left" in said
    assert "grader rescore marks" in said
    assert "same command" not in said
    with pytest.raises(StoreError) as of_store, classroom_session._saying_that_nothing_changed():
        raise disk_full("marks/store")
    assert "The mark was not changed." in Translator("en")(of_store.value.text)
