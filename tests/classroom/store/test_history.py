"""Whatever is done to a store, in whatever order: a plain model of it in memory says what must be in it."""

import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, rule

from grader.classroom.store import Judgement, Store, StoredEvidence
from grader.protocol.gradebook import Adjustment
from grader.protocol.submission import Submission
from grader.protocol.verdict import Verdict
from tests.classroom.store.made import hand, kept, submission, verdict
from tests.helpers.store_tables import add_hand_in, add_verdict, exercises, history, newest_run, setting

STUDENTS = st.sampled_from(["ada", "Ada", "ada ", "\ud800", "\x1ad800"])
EXERCISES = st.sampled_from(["digits", "wine"])
CODES = st.sampled_from([None, "a = 1\n", "b = 1\n"])
KEYS = st.sampled_from([None, "k", "l"])
POINTS = st.sampled_from([1.0, 2.0])
Who = tuple[str, str]


class Class(RuleBasedStateMachine):
    """A store, and what it must hold. Hand-ins are known by exercise, student and code."""

    numbers: Bundle[int] = Bundle("numbers")
    decided: Bundle[tuple[Who, Adjustment]] = Bundle("decided")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.store = Store.open(self.folder)
        self.run = self.store.begin_run("digits", "me")
        self.number_of: dict[tuple[str, str, str | None], int] = {}
        self.whose: dict[int, Who] = {}
        self.current: dict[Who, tuple[int, int, Submission | None]] = {}
        self.history: dict[Who, list[tuple[int, str | None, Verdict, str]]] = {}
        self.adjusted: dict[Who, list[Adjustment]] = {}
        self.kept: dict[str, StoredEvidence] = {}
        self.settings: dict[str, str] = {}

    def teardown(self) -> None:
        """Look a last time, and throw the store away."""
        try:
            self.everything_is_there()
        finally:
            self.store.close()
            shutil.rmtree(self.folder)

    @rule()
    def begin(self) -> None:
        """Begin a run."""
        run = self.store.begin_run("digits", "me")
        assert run > self.run
        self.run = run

    @rule()
    def open_again(self) -> None:
        """End the process, and come back."""
        self.store.close()
        self.store = Store.open(self.folder)
        self.store.tidy()

    @rule(target=numbers, exercise=EXERCISES, student=STUDENTS, code=CODES, before=st.booleans())
    def hand_in(self, exercise: str, student: str, code: str | None, before: bool) -> int:
        """Hand something in; perhaps on behalf of an earlier run."""
        who, run = (exercise, student), self.run - before
        number = add_hand_in(self.store, exercise, hand(student, code), run)
        assert self.number_of.setdefault((exercise, student, code), number) == number
        assert self.whose.setdefault(number, who) == who
        if who not in self.current or run >= self.current[who][1]:
            self.current[who] = (number, run, None if code is None else submission(code))
        return number

    @rule(number=numbers, key=KEYS, points=POINTS, by=st.sampled_from(["me", "you"]))
    def judge(self, number: int, key: str | None, points: float, by: str) -> None:
        """Judge one."""
        assert add_verdict(self.store, number, key, verdict(points), by) == self._judged(number, key, points, by)

    @rule(many=st.lists(st.tuples(numbers, KEYS, POINTS), max_size=4))
    def judge_many(self, many: list[tuple[int, str | None, float]]) -> None:
        """Judge some at once."""
        given = [Judgement(number=n, key=key, verdict=verdict(points), by="all") for n, key, points in many]
        assert self.store.add_verdicts(given) == sum(self._judged(*one, "all") for one in many)

    def _judged(self, number: int, key: str | None, points: float, by: str) -> bool:
        history = self.history.setdefault(self.whose[number], [])
        mine = [(key, given) for n, key, given, _ in history if n == number]
        if mine and mine[-1] == (key, verdict(points)):
            return False
        history.append((number, key, verdict(points), by))
        return True

    @rule(target=decided, number=numbers, points=POINTS, criterion=st.sampled_from([None, "c"]))
    def adjust(self, number: int, points: float, criterion: str | None) -> tuple[Who, Adjustment]:
        """Decide something."""
        who = self.whose[number]
        given = Adjustment(
            criterion=criterion, points=points, reason="r", by="me", at=datetime(2026, 1, 1, tzinfo=UTC)
        )
        self.store.add_adjustment(*who, given)
        self.adjusted.setdefault(who, []).append(given)
        return who, given

    @rule(one=consumes(decided))
    def withdraw(self, one: tuple[Who, Adjustment]) -> None:
        """Take it back."""
        who, given = one
        assert self.store.withdraw_adjustment(*who, given, "me")
        self.adjusted[who].remove(given)

    @rule(key=st.sampled_from("ab"), body=st.binary(max_size=3))
    def keep(self, key: str, body: bytes) -> None:
        """Keep evidence."""
        self.store.keep_evidence(key, kept(body))
        self.kept[key] = kept(body)

    @rule(name=st.sampled_from("ab"), value=st.text(max_size=3))
    def set(self, name: str, value: str) -> None:
        """Set a setting, unless it is set."""
        assert self.store.set_default_setting(name, value) == self.settings.setdefault(name, value)

    @rule()
    def everything_is_there(self) -> None:
        """Compare the whole store with the model."""
        assert exercises(self.store) == tuple(sorted({exercise for exercise, _ in self.current}))
        for exercise in ("digits", "wine"):
            entries = self.store.newest_hand_ins(exercise)
            assert [s.entry.student for s in entries] == sorted(s for e, s in self.current if e == exercise)
            for stored in entries:
                who = (exercise, stored.entry.student)
                number, run, read = self.current[who]
                mine = [(key, given) for n, key, given, _ in self.history.get(who, []) if n == number]
                assert (stored.number, newest_run(self.store, *who)) == (number, run)
                assert (stored.key, stored.entry.verdict) == (mine[-1] if mine else (None, None))
                assert list(stored.entry.adjustments) == self.adjusted.get(who, [])
                assert read is None or self.store.read_submission(number) == read
        for who in self.current:
            past = [(p.hand_in, p.key, p.verdict, p.by) for p in history(self.store, *who)]
            assert past == self.history.get(who, [])
        assert {key: self.store.find_evidence(key) for key in self.kept} == self.kept
        assert {name: setting(self.store, name) for name in self.settings} == self.settings


Class.TestCase.settings = settings(max_examples=12, stateful_step_count=25, deadline=None)
TestClass = Class.TestCase
