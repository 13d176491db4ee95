"""The store: what is put in comes out, the newest hand-in counts, and nothing of the history is lost."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import msgspec
import pytest
import sqlalchemy

from grader.classroom.store import Judgement, Store, StoredEvidence, StoreError, queries, schema
from grader.core.i18n import Translator
from grader.protocol.verdict import Verdict
from tests.classroom.store.conftest import Opener
from tests.classroom.store.made import (
    EXERCISE,
    ISOLATION,
    RESOURCES,
    RUBRIC,
    VERSIONS,
    adjustment,
    hand,
    kept,
    submission,
    verdict,
)
from tests.helpers.store_tables import add_hand_in, add_verdict, exercises, history, newest_run, setting

say = Translator("en")


def handed(store: Store, student: str = "ada", code: str = "x = 1\n") -> int:
    """Hand in."""
    return add_hand_in(store, EXERCISE, hand(student, code), store.begin_run(EXERCISE, "me"))


def test_a_new_store_is_empty(store: Store) -> None:
    assert exercises(store) == ()
    assert store.newest_hand_ins(EXERCISE) == []
    assert store.find_evidence("key") is None
    assert history(store, EXERCISE, "ada") == []
    assert setting(store, "language") is None


def test_a_hand_in_comes_back_as_it_was(store: Store) -> None:
    submitted = datetime(2026, 3, 1, 23, 59, 59, 999999, UTC)
    given = hand("ada", email="ada@example.org", platform_id="12", submitted=submitted, late=True)
    run = store.begin_run(EXERCISE, "me")
    number = add_hand_in(store, EXERCISE, given, run)
    (stored,) = store.newest_hand_ins(EXERCISE)
    assert (stored.number, newest_run(store, EXERCISE, "ada"), stored.key) == (number, run, None)
    assert stored.sha256 == submission().sha256
    entry = stored.entry
    assert (entry.student, entry.name, entry.file) == (
        given.hand_in.student,
        given.hand_in.name,
        given.hand_in.file,
    )
    assert (entry.email, entry.platform_id, entry.submitted, entry.late) == (
        "ada@example.org",
        "12",
        submitted,
        True,
    )
    assert (entry.verdict, entry.problem, entry.adjustments, entry.graded) == (None, "", (), None)
    assert store.read_submission(number) == given.submission
    assert exercises(store) == (EXERCISE,)


def test_a_hand_in_that_could_not_be_read_is_kept_with_its_problem(store: Store) -> None:
    number = add_hand_in(store, EXERCISE, hand(code=None), store.begin_run(EXERCISE, "me"))
    (stored,) = store.newest_hand_ins(EXERCISE)
    assert (stored.entry.problem, stored.entry.verdict, stored.sha256) == ("a.py is empty.", None, "")
    with pytest.raises(StoreError) as caught:
        store.read_submission(number)
    assert "ada" in say(caught.value.text)
    assert "Run the batch again" in say(caught.value.text)


def test_a_time_of_another_zone_is_the_same_time_and_one_of_none_is_refused(store: Store) -> None:
    run = store.begin_run(EXERCISE, "me")
    zone = timezone(timedelta(hours=5, minutes=30))
    add_hand_in(store, EXERCISE, hand(submitted=datetime(2026, 3, 1, 2, 0, tzinfo=zone)), run)
    assert store.newest_hand_ins(EXERCISE)[0].entry.submitted == datetime(2026, 2, 28, 20, 30, tzinfo=UTC)
    with pytest.raises(sqlalchemy.exc.StatementError, match="without zone"):
        add_hand_in(store, EXERCISE, hand(submitted=datetime(2026, 3, 1, 2, 0)), run)  # noqa: DTZ001


def test_the_same_file_is_the_same_hand_in_with_what_is_known_of_it_now(store: Store) -> None:
    first = handed(store)
    later = store.begin_run(EXERCISE, "me")
    assert add_hand_in(store, EXERCISE, hand(name="Ada L.", file="new.py", email="a@b", late=True), later) == first
    (stored,) = store.newest_hand_ins(EXERCISE)
    assert (stored.entry.name, stored.entry.file, stored.entry.email, stored.entry.late) == (
        "Ada L.",
        "new.py",
        "a@b",
        True,
    )
    assert newest_run(store, EXERCISE, "ada") == later


def test_the_same_file_read_as_another_kind_is_another_hand_in(store: Store) -> None:
    first = handed(store)
    notebook = msgspec.structs.replace(submission(), kind="notebook")
    other = msgspec.structs.replace(hand(), submission=notebook)
    assert add_hand_in(store, EXERCISE, other, store.begin_run(EXERCISE, "me")) != first


def test_who_hands_in_a_then_b_then_a_again_has_handed_in_a(store: Store) -> None:
    a = handed(store, code="a = 1\n")
    add_verdict(store, a, "key of a", verdict(1.0), "me")
    b = handed(store, code="b = 1\n")
    assert b != a
    (stored,) = store.newest_hand_ins(EXERCISE)
    assert (stored.number, stored.entry.verdict) == (b, None)
    add_verdict(store, b, "key of b", verdict(2.0), "me")
    assert handed(store, code="a = 1\n") == a
    (stored,) = store.newest_hand_ins(EXERCISE)
    assert (stored.number, stored.entry.verdict, stored.key) == (a, verdict(1.0), "key of a")
    assert [past.hand_in for past in history(store, EXERCISE, "ada")] == [a, b]
    assert [past.sha256 for past in history(store, EXERCISE, "ada")] == [
        submission("a = 1\n").sha256,
        submission("b = 1\n").sha256,
    ]


def test_a_file_that_became_unreadable_takes_the_verdict_with_it_until_it_is_back(store: Store) -> None:
    a = handed(store)
    add_verdict(store, a, "key", verdict(), "me")
    bad = add_hand_in(store, EXERCISE, hand(code=None), store.begin_run(EXERCISE, "me"))
    assert (
        add_hand_in(store, EXERCISE, hand(code=None, problem="A folder."), store.begin_run(EXERCISE, "me")) == bad
    )
    (stored,) = store.newest_hand_ins(EXERCISE)
    assert (stored.entry.verdict, stored.entry.problem) == (None, "A folder.")
    handed(store)
    (stored,) = store.newest_hand_ins(EXERCISE)
    assert (stored.entry.verdict, stored.entry.problem) == (verdict(), "")


def test_what_an_earlier_run_says_late_does_not_count_against_a_later_run(store: Store) -> None:
    early, late = store.begin_run(EXERCISE, "me"), store.begin_run(EXERCISE, "you")
    assert late > early
    b = add_hand_in(store, EXERCISE, hand(code="b = 1\n", name="B"), late)
    a = add_hand_in(store, EXERCISE, hand(code="a = 1\n", name="A"), early)
    assert add_hand_in(store, EXERCISE, hand(code="b = 1\n", name="stale"), early) == b
    (stored,) = store.newest_hand_ins(EXERCISE)
    assert (stored.number, newest_run(store, EXERCISE, "ada"), stored.entry.name) == (b, late, "B")
    add_verdict(store, a, None, verdict(), "me")  # it is kept all the same
    assert len(history(store, EXERCISE, "ada")) == 1


def test_a_student_who_is_gone_stays_and_is_known_by_the_run(store: Store) -> None:
    first = store.begin_run(EXERCISE, "me")
    store.add_hand_ins(EXERCISE, [hand("ada"), hand("bob")], first)
    second = store.begin_run(EXERCISE, "me")
    store.add_hand_ins(EXERCISE, [hand("bob")], second)
    assert [s.entry.student for s in store.newest_hand_ins(EXERCISE)] == ["ada", "bob"]
    assert [newest_run(store, EXERCISE, student) for student in ("ada", "bob")] == [first, second]


def test_many_hand_ins_are_the_same_as_one_after_the_other(store: Store) -> None:
    run = store.begin_run(EXERCISE, "me")
    hands = [hand("c"), hand("a"), hand("b", None), hand("a", "y = 2\n"), hand("a")]
    numbers = store.add_hand_ins(EXERCISE, hands, run)
    assert numbers == [add_hand_in(store, EXERCISE, one, run) for one in hands]
    assert numbers[1] == numbers[4]
    assert len(set(numbers)) == 4
    assert [stored.entry.student for stored in store.newest_hand_ins(EXERCISE)] == ["a", "b", "c"]


def test_exercises_and_students_are_kept_apart(store: Store) -> None:
    run = store.begin_run(EXERCISE, "me")
    one, two = add_hand_in(store, EXERCISE, hand("ada"), run), add_hand_in(store, "wine", hand("ada"), run)
    assert one != two
    other = add_hand_in(store, EXERCISE, hand("bob"), run)
    add_verdict(store, one, "k", verdict(1.0), "me")
    add_verdict(store, two, "k", verdict(2.0), "me")
    store.add_adjustment(EXERCISE, "ada", adjustment(7.0))
    assert exercises(store) == (EXERCISE, "wine")
    assert [s.entry.points for s in store.newest_hand_ins(EXERCISE)] == [8.0, None]
    assert [s.entry.points for s in store.newest_hand_ins("wine")] == [2.0]
    assert [past.hand_in for past in history(store, EXERCISE, "ada")] == [one]
    assert history(store, EXERCISE, "bob") == []
    assert other not in (one, two)


ODD = [
    "Müller, Jürgen",
    "=1+1",
    "a\nb\tc\r",
    "nul\0",
    "\ud800\udcff",
    "\x1a",
    "\x1ad800",
    "\x1a\ud800",
    "\u202egnp.exe",
    "<script>",
    "'; DROP TABLE grader_students; --",
    "%s ? :name",
    "名" * 85,
    "\U0001f9a6",
    " ",
    "\u00e9",
    "e\u0301",
]


def test_every_name_is_kept_as_it_is_and_none_is_taken_for_another(store: Store) -> None:
    run = store.begin_run(EXERCISE, "me")
    numbers = store.add_hand_ins(
        EXERCISE, [hand(odd, name=odd, file=odd, email=odd, platform_id=odd) for odd in ODD], run
    )
    assert len(set(numbers)) == len(ODD)
    entries = [stored.entry for stored in store.newest_hand_ins(EXERCISE)]
    assert [entry.student for entry in entries] == sorted(ODD)
    assert all(
        (e.name, e.file, e.email, e.platform_id) == (e.student, e.student, e.student, e.student) for e in entries
    )
    for odd in ODD:
        store.add_adjustment(EXERCISE, odd, adjustment(reason=odd))
    assert [s.entry.adjustments[0].reason for s in store.newest_hand_ins(EXERCISE)] == sorted(ODD)


def test_evidence_comes_back_as_it_was_in_another_process_too(opener: Opener) -> None:
    with opener() as store:
        store.keep_evidence("key", kept(os.urandom(100_000)))
        given = store.find_evidence("key")
    with opener() as store:
        assert store.find_evidence("key") == given
        assert store.find_evidence("other") is None
    assert given is not None
    assert (given.seeds, given.plan, given.versions) == ((0, 1), "p", VERSIONS)
    assert (given.isolation, given.resources) == (ISOLATION, RESOURCES)


def test_newer_evidence_of_the_same_key_takes_the_place_of_the_older(store: Store) -> None:
    for body in (b"1", b"1", b"2"):
        store.keep_evidence("key", kept(body))
        assert store.find_evidence("key") == kept(body)


def test_the_same_evidence_under_two_keys_is_one_file(store: Store, tmp_path: Path) -> None:
    store.keep_evidence("a", kept())
    store.keep_evidence("b", kept())
    assert len(blobs(tmp_path)) == 1
    assert store.find_evidence("a") == store.find_evidence("b") == kept()


def blobs(tmp_path: Path) -> list[Path]:
    """Return the files beside the database."""
    return [path for path in (tmp_path / "store" / "evidence").rglob("*") if path.is_file()]


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("harm", [Path.unlink, _flip, lambda path: path.write_bytes(b"")])
def test_files_that_are_lost_or_changed_are_not_believed_and_can_be_kept_again(
    store: Store, tmp_path: Path, harm: object
) -> None:
    number = handed(store)
    store.keep_evidence("key", kept())
    for path in blobs(tmp_path):
        harm(path)  # type: ignore[operator]
    assert store.find_evidence("key") is None
    with pytest.raises(StoreError, match="no longer in the store"):
        store.read_submission(number)
    store.keep_evidence("key", kept())
    handed(store)
    assert store.find_evidence("key") == kept()
    assert store.read_submission(number) == submission()


class OtherKept(msgspec.Struct):
    """Evidence of another version of this program."""

    held: dict[str, int]
    colour: str


class MoreKept(StoredEvidence, frozen=True, kw_only=True):
    """Evidence of a later version."""

    colour: str


MORE = MoreKept(**{name: getattr(kept(), name) for name in StoredEvidence.__struct_fields__}, colour="red")


@pytest.mark.parametrize("other", [OtherKept({}, "red"), MORE])
def test_evidence_of_another_version_is_not_there(store: Store, other: StoredEvidence) -> None:
    store.keep_evidence("key", other)
    assert store.find_evidence("key") is None


def test_a_file_of_another_version_is_not_there(store: Store) -> None:
    odd = msgspec.structs.replace(submission(), kind="spreadsheet")
    number = add_hand_in(
        store, EXERCISE, msgspec.structs.replace(hand(), submission=odd), store.begin_run(EXERCISE, "me")
    )
    with pytest.raises(StoreError, match="no longer in the store"):
        store.read_submission(number)


def test_the_history_tells_who_when_with_which_rubric_and_from_what(store: Store) -> None:
    number = handed(store)
    before = datetime.now(UTC)
    assert add_verdict(store, number, "k1", verdict(1.0), "ada")
    assert add_verdict(store, number, None, verdict(2.0, rubric="c" * 64), "bob")
    first, second = history(store, EXERCISE, "ada")
    assert (first.by, first.rubric, first.key, first.verdict) == ("ada", RUBRIC, "k1", verdict(1.0))
    assert (second.by, second.rubric, second.key) == ("bob", "c" * 64, None)
    assert second.verdict == verdict(2.0, rubric="c" * 64)
    assert before <= first.at <= second.at <= datetime.now(UTC)
    assert first.number < second.number
    (stored,) = store.newest_hand_ins(EXERCISE)
    assert (stored.entry.verdict, stored.entry.graded) == (second.verdict, second.at)


def test_a_verdict_is_appended_only_where_it_or_its_evidence_is_new(store: Store) -> None:
    number, other = handed(store), handed(store, "bob")
    appended = [
        add_verdict(store, number, key, verdict(points), "me")
        for key, points in [("k", 1), ("k", 1), ("k", 2), ("k", 1), ("l", 1), (None, 1), (None, 1)]
    ]
    assert appended == [True, False, True, True, True, True, False]
    assert add_verdict(store, other, None, verdict(1), "me")
    assert len(history(store, EXERCISE, "ada")) == 5
    assert len(history(store, EXERCISE, "bob")) == 1


def test_many_verdicts_are_judged_as_one_after_the_other(store: Store) -> None:
    numbers = [handed(store, f"s{n}") for n in range(3)]
    judged = [
        Judgement(number=numbers[n], key="k", verdict=verdict(points), by="me")
        for n, points in [(0, 1), (0, 1), (1, 1), (0, 2), (0, 1), (2, 1)]
    ]
    assert store.add_verdicts(judged) == 5
    assert store.add_verdicts(judged[2:3] + judged[4:]) == 0
    assert store.add_verdicts([]) == 0
    points = [past.verdict.points for past in history(store, EXERCISE, "s0") if past.verdict is not None]
    assert points == [1, 2, 1]


def test_more_verdicts_than_one_question_may_name(store: Store) -> None:
    run = store.begin_run(EXERCISE, "me")
    numbers = store.add_hand_ins(EXERCISE, [hand(f"s{n:04}", None) for n in range(1100)], run)
    judged = [Judgement(number=n, key="k", verdict=verdict(criteria=0), by="me") for n in numbers]
    assert store.add_verdicts(judged) == 1100
    assert store.add_verdicts(judged) == 0
    assert len(store.newest_hand_ins(EXERCISE)) == 1100


def test_many_verdicts_are_kept_all_or_none(store: Store) -> None:
    number = handed(store)
    judged = [Judgement(number=n, key="k", verdict=verdict(), by="me") for n in (number, number + 999)]
    with pytest.raises(sqlalchemy.exc.IntegrityError):
        store.add_verdicts(judged)
    assert history(store, EXERCISE, "ada") == []


def test_adjustments_count_until_they_are_withdrawn(store: Store) -> None:
    number = handed(store)
    add_verdict(store, number, "k", verdict(1.0), "me")
    one, two = adjustment(0.1 + 0.2), adjustment(2.0, "criterion-0", "Looked again")
    store.add_adjustment(EXERCISE, "ada", one)
    store.add_adjustment(EXERCISE, "ada", two)
    add_verdict(store, number, "l", verdict(1.5), "me")  # they outlive every rescoring, and every new file
    handed(store, code="b = 1\n")
    assert store.newest_hand_ins(EXERCISE)[0].entry.adjustments == (one, two)
    assert store.withdraw_adjustment(EXERCISE, "ada", one, "me")
    assert not store.withdraw_adjustment(EXERCISE, "ada", one, "me")
    assert not store.withdraw_adjustment(EXERCISE, "bob", two, "me")
    assert not store.withdraw_adjustment("wine", "ada", two, "me")
    assert store.newest_hand_ins(EXERCISE)[0].entry.adjustments == (two,)


def test_of_two_equal_adjustments_one_is_withdrawn(store: Store) -> None:
    handed(store)
    store.add_adjustment(EXERCISE, "ada", adjustment())
    store.add_adjustment(EXERCISE, "ada", adjustment())
    assert store.withdraw_adjustment(EXERCISE, "ada", adjustment(), "me")
    assert store.newest_hand_ins(EXERCISE)[0].entry.adjustments == (adjustment(),)


def test_a_student_who_is_not_there_cannot_be_adjusted(store: Store) -> None:
    handed(store)
    for exercise, student in ((EXERCISE, "a\ud800"), ("wine", "ada")):
        with pytest.raises(StoreError) as caught:
            store.add_adjustment(exercise, student, adjustment())
        assert exercise in say(caught.value.text)
        say(caught.value.text).encode()


@pytest.mark.parametrize("points", [float("nan"), float("inf")])
def test_an_adjustment_that_is_no_number_is_refused(store: Store, points: float) -> None:
    handed(store)
    with pytest.raises(ValueError, match="numbers of points"):
        store.add_adjustment(EXERCISE, "ada", adjustment(points))
    assert store.newest_hand_ins(EXERCISE)[0].entry.adjustments == ()


def test_settings_are_kept(opener: Opener) -> None:
    with opener() as store:
        assert store.set_default_setting("salt", "a") == "a"
        assert store.set_default_setting("salt", "b") == "a"
    with opener() as store:
        assert (setting(store, "salt"), setting(store, "no")) == ("a", None)


BAD_TEXT = msgspec.json.encode(verdict()).replace(b'"Digits"', b'"\xff\xfe"')


def _alter(store: Store, data: bytes) -> None:
    with store._database.write() as connection:
        connection.execute(sqlalchemy.text("UPDATE grader_verdicts SET verdict = :data"), {"data": data})


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff\xfe", b'{"schema":2}', b"x" * 30_000, BAD_TEXT])
def test_a_verdict_that_was_changed_is_not_believed_and_can_be_given_again(store: Store, data: bytes) -> None:
    number = handed(store)
    add_verdict(store, number, "k", verdict(), "me")
    _alter(store, data)
    (stored,) = store.newest_hand_ins(EXERCISE)
    assert (stored.key, stored.entry.verdict, stored.entry.graded) == (None, None, None)
    assert [past.verdict for past in history(store, EXERCISE, "ada")] == [None]
    assert add_verdict(store, number, "k", verdict(), "me")
    (stored,) = store.newest_hand_ins(EXERCISE)
    assert stored.entry.verdict == verdict()


def test_a_class_is_listed_by_as_many_questions_as_one_student(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = store.begin_run(EXERCISE, "me")
    asked: list[str] = []
    engine = store._database._engine
    sqlalchemy.event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    counts = []
    for student in ("ada", "bob", "cyd"):
        number = add_hand_in(store, EXERCISE, hand(student), run)
        for points in (1, 2, 3):
            add_verdict(store, number, "k", verdict(points), "me")
        store.add_adjustment(EXERCISE, student, adjustment())
        asked.clear()
        store.newest_hand_ins(EXERCISE)
        counts.append(len(asked))
    assert counts[0] == counts[1] == counts[2]

    decoded: list[bytes] = []

    class Decoder:
        def decode(self, data: bytes) -> Verdict:
            decoded.append(data)
            return msgspec.json.decode(data, type=Verdict)

    monkeypatch.setattr(queries, "_decoder", Decoder())
    assert [s.entry.verdict for s in store.newest_hand_ins(EXERCISE)] == [verdict(3)] * 3
    assert len(decoded) == 3  # old verdicts are not looked at


def test_the_newest_verdict_is_found_by_an_index(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store, store._database.read() as connection:
        newest = schema.students.c.hand_in == schema.hand_ins.c.number
        select = queries._select_hand_ins(EXERCISE).where(newest)
        query = select.compile(connection, compile_kwargs={"literal_binds": True})
        plan = [str(row[3]) for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}")]
    assert any("grader_verdicts_of" in step for step in plan)
    assert not [step for step in plan if step.startswith("SCAN")]


def test_a_file_that_nothing_refers_to_is_written_again_so_that_nobody_tidies_it(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store") as store:
        handed(store)
        (file,) = blobs(tmp_path)
        os.utime(file, (0, 0))
        handed(store)
        assert file.stat().st_mtime == 0  # it is referred to: there is nothing to do
        with store._database.write() as connection:
            for table in ("students", "hand_ins"):
                connection.execute(sqlalchemy.text(f"DELETE FROM grader_{table}"))
        number = handed(store)
        assert file.stat().st_mtime > 0
        store.tidy()
        assert store.read_submission(number) == submission()


def test_the_command_line_starts_without_the_store() -> None:
    heavy = ("sqlalchemy", "fsspec", "grader.classroom.store")
    code = f"import sys, grader.commands.app; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_what_is_judged_again_is_found_together(tmp_path: Path) -> None:
    with Store.open(tmp_path) as store:
        number = add_hand_in(store, EXERCISE, hand(), store.begin_run(EXERCISE, "me"))
        store.keep_evidence("key", kept())
        stored, read_submission = store.find_judged(number, "key")
        assert (stored, read_submission()) == (store.find_evidence("key"), store.read_submission(number))
        assert store.find_judged(number, "other")[0] is None
        for file in (tmp_path / "evidence").rglob("*"):
            if file.is_file():
                file.unlink()
        stored, read_submission = store.find_judged(number, "key")
        assert stored is None
        with pytest.raises(StoreError, match="no longer in the store"):
            read_submission()
