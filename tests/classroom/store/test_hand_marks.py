"""What people decide at the desk: nobody overwrites anybody, nothing is lost, and the tables say all of it."""

import math
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from grader.classroom.store import ConflictError, NewMark, Store, Version
from grader.classroom.store.schema import adjustments
from grader.core.i18n import Translator
from tests.classroom.store.made import EXERCISE, adjustment, hand, verdict
from tests.helpers.store_tables import add_hand_in, add_verdict, replay_marks

ADA = ("ada", "criterion-0")


@pytest.fixture
def graded(store: Store) -> Store:
    """A store with ada, who has a verdict, and bob, whose file cannot be read."""
    run = store.begin_run(EXERCISE, "me")
    add_verdict(store, add_hand_in(store, EXERCISE, hand("ada"), run), "k", verdict(), "me")
    add_hand_in(store, EXERCISE, hand("bob", None), run)
    return store


def seen(store: Store, adjusted: int = 0, student: str = "ada") -> Version:
    state = next(state for state in store.hand_marks.read_states(EXERCISE) if state.student == student)
    return Version(hand_in=state.hand_in, verdict=state.verdict, adjustment=adjusted)


def mark(points: float, reason: str = "so", **more: object) -> NewMark:
    return NewMark(student="ada", criterion="criterion-0", points=points, reason=reason, **more)  # type: ignore[arg-type]


def decide(store: Store, new: NewMark, adjusted: int = 0, by: str = "eve", answers: int | None = None) -> int:
    return store.hand_marks.decide(EXERCISE, new, seen(store, adjusted), by, answers)


def refused(store: Store, new: NewMark, version: Version) -> str:
    before = store.hand_marks.read_marks(EXERCISE, with_withdrawn=True)
    with pytest.raises(ConflictError) as caught:
        store.hand_marks.decide(EXERCISE, new, version, "eve")
    assert store.hand_marks.read_marks(EXERCISE, with_withdrawn=True) == before
    return Translator("en")(caught.value.text)


def reasons(store: Store, student: str = "ada") -> list[tuple[float, str]]:
    rows = {row.entry.student: row.entry for row in store.newest_hand_ins(EXERCISE)}
    return [(a.points, a.reason) for a in rows[student].adjustments]


def test_a_mark_has_author_time_and_reason_and_replaces_the_one_before(graded: Store) -> None:
    first = decide(graded, mark(0.5, "half"))
    decide(graded, mark(0.25, "a quarter"), first, by="mia")
    assert reasons(graded) == [(0.25, "a quarter")]
    old, new = graded.hand_marks.read_marks(EXERCISE, with_withdrawn=True)
    assert (old.by, old.reason, old.points) == ("eve", "half", 0.5)
    assert (new.by, new.reason, new.points) == ("mia", "a quarter", 0.25)
    assert new.at >= old.at
    assert replay_marks(graded, EXERCISE) == {ADA: 0.25}


def test_two_people_who_saw_the_same_do_not_overwrite_each_other(graded: Store) -> None:
    version = seen(graded)
    number = graded.hand_marks.decide(EXERCISE, mark(0.5), version, "mia")
    assert "mia decided this criterion" in refused(graded, mark(1.0), version)
    graded.hand_marks.undo(EXERCISE, "ada", number, None, "kim")
    after = Version(hand_in=version.hand_in, verdict=version.verdict, adjustment=number)
    assert "kim decided this criterion" in refused(graded, mark(1.0), after)


def test_of_many_at_once_one_decides(graded: Store) -> None:
    version = seen(graded)

    def try_one(number: int) -> bool:
        try:
            graded.hand_marks.decide(EXERCISE, mark(0.1 * number), version, f"user {number}")
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_one, range(8))) == 1
    assert len(reasons(graded)) == 1


def test_a_decision_on_an_older_hand_in_or_verdict_is_refused(graded: Store) -> None:
    version = seen(graded)
    add_verdict(graded, version.hand_in, "k", verdict(0.5), "me")
    assert "graded again" in refused(graded, mark(1.0), version)
    version = seen(graded)
    add_hand_in(graded, EXERCISE, hand("ada", "x = 2\n"), graded.begin_run(EXERCISE, "me"))
    assert "handed in again" in refused(graded, mark(1.0), version)
    stranger = NewMark(student="nobody", criterion="criterion-0", points=1.0, reason="")
    assert "no longer in the store" in refused(graded, stranger, version)


def test_what_is_no_number_is_never_written(graded: Store) -> None:
    with pytest.raises(ValueError, match="no number"):
        decide(graded, mark(math.nan))


def test_undoing_brings_back_what_was_before_as_a_decision_of_its_own(graded: Store) -> None:
    first = decide(graded, mark(0.5, "half"))
    second = decide(graded, mark(1.0, "all"), first)
    back = graded.hand_marks.undo(EXERCISE, "ada", second, mark(0.5, "half"), "kim")
    assert reasons(graded) == [(0.5, "half")]
    assert graded.hand_marks.read_marks(EXERCISE)[0].by == "kim"
    with pytest.raises(ConflictError):
        graded.hand_marks.undo(EXERCISE, "ada", second, None, "kim")
    with pytest.raises(ConflictError):
        graded.hand_marks.undo("another", "ada", back or 0, None, "kim")
    assert replay_marks(graded, EXERCISE) == {ADA: 0.5}


def test_a_second_marker_changes_no_mark(graded: Store) -> None:
    decide(graded, mark(0.5))
    decide(graded, mark(1.0, "more", is_second=True), by="mia")
    assert reasons(graded) == [(0.5, "so")]
    assert [one.is_second for one in graded.hand_marks.read_marks(EXERCISE)] == [False, True]


def test_a_comment_is_mended_for_all_who_have_it(graded: Store) -> None:
    comment = graded.hand_marks.add_comment(EXERCISE, "criterion-0", "Lable the axes.", "eve")
    assert graded.hand_marks.add_comment(EXERCISE, "criterion-0", "Lable the axes.", "mia") == comment
    decide(graded, mark(0.5, "And the title.", comment=comment))
    assert reasons(graded) == [(0.5, "Lable the axes. And the title.")]
    graded.hand_marks.mend_comment(EXERCISE, comment, "Label the axes.", "Lable the axes.", "mia")
    assert reasons(graded) == [(0.5, "Label the axes. And the title.")]
    with pytest.raises(ConflictError, match="Somebody else changed"):
        graded.hand_marks.mend_comment(EXERCISE, comment, "No.", "Lable the axes.", "eve")
    (today,) = graded.hand_marks.read_comments(EXERCISE)
    assert (today.id, today.text, today.by) == (comment, "Label the axes.", "mia")
    assert graded.hand_marks.read_change_times(EXERCISE)["ada"] == today.at


def test_an_answer_closes_a_request_once_and_undoing_it_opens_it_again(graded: Store) -> None:
    wish = ("ada", "criterion-0", "Please look again.")
    assert graded.hand_marks.add_requests(EXERCISE, [wish, wish], "eve") == 1
    assert graded.hand_marks.add_requests(EXERCISE, [wish], "eve") == 0
    (request,) = graded.hand_marks.read_requests(EXERCISE)
    number = decide(graded, mark(1.0), answers=request.number)
    assert graded.hand_marks.read_requests(EXERCISE)[0].adjustment == number
    with pytest.raises(ConflictError, match="answered meanwhile"):
        decide(graded, mark(0.5), number, answers=request.number)
    assert reasons(graded) == [(1.0, "so")]
    graded.hand_marks.undo(EXERCISE, "ada", number, None, "eve")
    assert graded.hand_marks.read_requests(EXERCISE)[0].adjustment is None


def test_what_grader_adjust_wrote_is_a_mark_as_well(graded: Store) -> None:
    graded.add_adjustment(EXERCISE, "ada", adjustment(0.5, "criterion-0"))
    (one,) = graded.hand_marks.read_marks(EXERCISE)
    assert (one.points, one.text, one.is_second) == (0.5, "Oral exam", False)
    assert "decided this criterion" in refused(graded, mark(1.0), seen(graded))
    decide(graded, mark(1.0), one.number)
    with graded._database.read() as connection:
        assert len(connection.execute(select(adjustments)).all()) == 2
