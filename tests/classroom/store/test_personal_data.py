"""Rows of a student are read and deleted as a whole, and nothing is left of them in any file of the store."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.classroom.store import Judgement, NewMark, Store, Version
from grader.classroom.store.database import Database
from tests.classroom.store.made import EXERCISE, hand, kept, verdict

SECRET = "the secret code of ada"


def enter(store: Store, student: str, code: str, key: str, exercise: str = EXERCISE) -> None:
    """Enter a hand-in with evidence and a verdict."""
    (number,) = store.add_hand_ins(exercise, [hand(student, code)], store.begin_run(exercise, "me"))
    store.keep_evidence(key, kept(code.encode()))
    store.add_verdicts([Judgement(number=number, key=key, verdict=verdict(), by="me")])


def erase(store: Store, student: str, exercise: str = EXERCISE) -> None:
    """Delete a student as `grader forget` does."""
    personal = store.personal_data
    erasure = personal.erase(exercise, [student], [student], lambda text: student in text)
    assert personal.find_unfinished(exercise) == erasure
    personal.remove_files(exercise, erasure)
    personal.finish(exercise)
    assert personal.find_unfinished(exercise) is None


def decide(
    store: Store,
    student: str,
    reason: str,
    comment: str | None = None,
    *,
    is_second: bool = False,
    answers: int | None = None,
) -> int:
    """Mark a criterion of a student as the desk does."""
    marks = store.hand_marks
    state = next(state for state in marks.read_states(EXERCISE) if state.student == student)
    before = [m.number for m in marks.read_marks(EXERCISE) if (m.student, m.is_second) == (student, is_second)]
    seen = Version(hand_in=state.hand_in, verdict=state.verdict, adjustment=max(before, default=0))
    mark = NewMark(
        student=student,
        criterion="criterion-0",
        points=0.5,
        reason=reason,
        comment=comment,
        is_second=is_second,
    )
    return marks.decide(EXERCISE, mark, seen, "eve", answers)


def find_bytes(folder: Path, text: str) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes())


def test_everything_is_read_and_everything_is_deleted(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        enter(store, "ada", SECRET, "key of ada")
        enter(store, "ada", f"{SECRET}!", "second key of ada")
        enter(store, "bob", "x = 2", "key of bob")
        records = store.personal_data.read(EXERCISE, "ada")
        assert [one.is_newest for one in records.hand_ins] == [False, True]
        assert [len(one.verdicts) for one in records.hand_ins] == [1, 1]
        assert {one.key for one in records.evidence} == {"key of ada", "second key of ada"}
        assert all(one.bytes > 0 for one in records.evidence)
        erase(store, "ada")
        assert store.personal_data.read(EXERCISE, "ada").hand_ins == ()
        assert store.find_evidence("key of ada") is None
        assert store.find_evidence("key of bob") is not None
        assert store.read_submission(3).units[0].original == "x = 2"
        # Also while the store is open: neither free pages nor the log have anything.
        assert find_bytes(tmp_path, "ada") == []


@pytest.fixture
def reviewed(tmp_path: Path) -> Iterator[Store]:
    """A store in which ada has requests, marks by hand, a second mark and a comment; bob has some, too."""
    with Store.open(tmp_path) as store:
        for student in ("ada", "bob"):
            enter(store, student, f"x = '{student}'", f"key of {student}")
        marks = store.hand_marks
        marks.add_requests(
            EXERCISE, [("ada", "criterion-0", "ada asks"), ("ada", "criterion-1", "and ada")], "eve"
        )
        marks.add_requests(EXERCISE, [("bob", "criterion-0", "why not?")], "eve")
        own = marks.add_comment(EXERCISE, "criterion-0", "See the lecture.", "eve")
        marks.mend_comment(EXERCISE, own, "See the lecture, ada.", "See the lecture.", "eve")
        decide(store, "ada", "ada, once", own)
        decide(store, "ada", "ada, twice", own, answers=1)
        decide(store, "ada", "ada, by another", is_second=True)
        decide(store, "bob", "well done")
        yield store


def test_requests_and_marks_by_hand_are_read_with_answer_author_and_time(reviewed: Store) -> None:
    records = reviewed.personal_data.read(EXERCISE, "ada")
    withdrawn, answer, second = records.adjustments
    assert [one.adjustment.reason for one in records.adjustments] == [
        "See the lecture, ada. ada, once",
        "See the lecture, ada. ada, twice",
        "ada, by another",
    ]
    assert [one.is_second for one in records.adjustments] == [False, False, True]
    assert (withdrawn.withdrawn_by, answer.withdrawn_by, second.withdrawn_at) == ("eve", None, None)
    assert {one.adjustment.by for one in records.adjustments} == {"eve"}
    assert all(one.adjustment.at.tzinfo is not None for one in records.adjustments)
    assert [(one.criterion, one.text, one.by, one.answer) for one in records.requests] == [
        ("criterion-0", "ada asks", "eve", answer),
        ("criterion-1", "and ada", "eve", None),
    ]
    (others,) = reviewed.personal_data.read(EXERCISE, "bob").requests
    assert others.text == "why not?"


def test_what_the_desk_wrote_is_deleted_and_that_of_others_stays(reviewed: Store, tmp_path: Path) -> None:
    assert find_bytes(tmp_path, "ada") != []
    before = reviewed.personal_data.read(EXERCISE, "bob")
    assert reviewed.personal_data.count_comments_to_delete(EXERCISE, ["ada"], lambda text: "ada" in text) == 2
    erase(reviewed, "ada")
    records = reviewed.personal_data.read(EXERCISE, "ada")
    assert (records.adjustments, records.requests) == ((), ())
    assert reviewed.hand_marks.read_comments(EXERCISE) == []
    assert reviewed.personal_data.read(EXERCISE, "bob") == before
    assert find_bytes(tmp_path, "ada") == []


def test_a_comment_that_somebody_else_has_stays_and_is_named_until_it_is_changed(reviewed: Store) -> None:
    marks, personal = reviewed.hand_marks, reviewed.personal_data
    shared = marks.add_comment(EXERCISE, "criterion-0", "As ada wrote.", "eve")
    decide(reviewed, "bob", "", shared)
    unused = marks.add_comment(EXERCISE, "criterion-1", "As ada thinks.", "eve")
    marks.mend_comment(EXERCISE, unused, "As we think.", "As ada thinks.", "eve")
    marks.add_requests(EXERCISE, [("bob", "criterion-1", "ada got more")], "eve")
    decide(reviewed, "bob", "like ada", shared)

    def is_named(text: str) -> bool:
        return "ada" in text

    found = personal.find_mentions(EXERCISE, is_named, ["ada"])
    assert (found.reasons, found.requests, found.comments) == (("bob",), ("bob",), ("criterion-0",))
    # Both texts of her own comment, and what another one said before it was changed.
    assert personal.count_comments_to_delete(EXERCISE, ["ada"], is_named) == 3
    erase(reviewed, "ada")
    assert [c.text for c in marks.read_comments(EXERCISE)] == ["As ada wrote.", "As we think."]
    assert personal.find_mentions(EXERCISE, is_named) == found
    marks.mend_comment(EXERCISE, shared, "As was written.", "As ada wrote.", "eve")
    assert personal.find_mentions(EXERCISE, is_named).comments == ()


def test_an_earlier_text_does_not_count_again_where_the_newest_is_deleted(reviewed: Store) -> None:
    marks = reviewed.hand_marks
    comment = marks.add_comment(EXERCISE, "criterion-1", "First words.", "eve")
    marks.mend_comment(EXERCISE, comment, "Ask ada.", "First words.", "eve")
    erase(reviewed, "ada")
    assert marks.read_comments(EXERCISE) == []


def test_a_comment_that_nobody_else_has_goes_even_without_a_name(reviewed: Store) -> None:
    marks = reviewed.hand_marks
    hers, both = (marks.add_comment(EXERCISE, "criterion-0", text, "eve") for text in ("Short.", "Long."))
    decide(reviewed, "ada", "", hers)
    decide(reviewed, "ada", "", both)
    decide(reviewed, "bob", "", both)
    decide(reviewed, "bob", "instead")  # what was withdrawn counts, too: the history of bob's mark says it
    erase(reviewed, "ada")
    assert [c.text for c in marks.read_comments(EXERCISE)] == ["Long."]


def test_a_comment_of_another_class_is_left_alone(reviewed: Store) -> None:
    reviewed.hand_marks.add_comment("another class", "criterion-0", "Like ada.", "eve")
    erase(reviewed, "ada")
    assert [c.text for c in reviewed.hand_marks.read_comments("another class")] == ["Like ada."]


def test_a_request_that_comes_after_its_student_was_deleted_is_not_entered(reviewed: Store) -> None:
    erase(reviewed, "ada")
    wishes = [("ada", "criterion-0", "again"), ("bob", "criterion-1", "and mine?")]
    assert reviewed.hand_marks.add_requests(EXERCISE, wishes, "eve") == 1
    assert {request.student for request in reviewed.hand_marks.read_requests(EXERCISE)} == {"bob"}


def test_evidence_of_the_same_bytes_stays_for_the_other_one(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        enter(store, "ada", "x = 1", "key")
        enter(store, "bob", "x = 1", "key")
        erase(store, "ada")
        assert store.find_evidence("key") is not None
        erase(store, "bob")
        assert store.find_evidence("key") is None


def test_what_a_crash_left_goes_too_where_no_other_class_uses_the_store(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        enter(store, "ada", "x = 1", "key")
        # Evidence without a verdict, and a file that nothing refers to.
        store.keep_evidence("key of a crash", kept(SECRET.encode()))
        store._blobs.put(f"file: {SECRET}".encode())
        assert len(find_bytes(tmp_path, SECRET)) == 2
        enter(store, "carl", "x = 3", "key of carl", exercise="another class")
        erase(store, "ada")
        assert len(find_bytes(tmp_path, SECRET)) == 2  # the other class may be writing these just now
        assert store.personal_data.list_other_classes(EXERCISE, "carl") == ["another class"]
        erase(store, "carl", "another class")
        enter(store, "ada", "x = 1", "key")
        erase(store, "ada")
        assert find_bytes(tmp_path, SECRET) == []


def test_what_an_older_version_deleted_is_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite3"
    with Store.open(tmp_path) as store:
        enter(store, "ada", "x = 1", "key")
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA secure_delete = OFF")
    connection.execute("INSERT INTO grader_settings VALUES ('x', ?)", (SECRET * 200,))
    connection.commit()
    connection.execute("DELETE FROM grader_settings WHERE name = 'x'")
    connection.commit()
    connection.close()
    assert find_bytes(tmp_path, SECRET) == [file.name]
    with Store.open(tmp_path) as store:
        erase(store, "ada")
    assert find_bytes(tmp_path, SECRET) == []


def test_a_reader_that_does_not_let_go_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.classroom.store import StoreError, database

    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    with Store.open(tmp_path) as store:
        enter(store, "ada", "x = 1", "key")
        reader = sqlite3.connect(tmp_path / "store.sqlite3", isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM grader_runs").fetchall()
        with pytest.raises(StoreError, match="more than"):
            store._database.compact()
        reader.close()
        store._database.compact()


def test_a_server_compacts_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = Database(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    monkeypatch.setattr(Database, "_is_sqlite", False)
    monkeypatch.setattr(database, "_engine", None)  # what is not touched need not be there
    database.compact()
