"""Decide the marks of one class folder: what its policy says, with the earlier hand-ins and the late days used."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from grader.classroom.folder import SETTINGS, ClassFolder, open_folder, open_store
from grader.classroom.policies.decide import count_late_days, decide, find_extension
from grader.classroom.policies.errors import PolicyError
from grader.classroom.policies.read import read_policy
from grader.classroom.policies.records import Policy
from grader.classroom.store import Attempt, HandInRow, Store
from grader.core.i18n import _
from grader.protocol.gradebook import GradebookEntry
from grader.protocol.hand_in import HandIn


class UsedDays:
    """The late days that students have used in other exercises, by key and by e-mail address."""

    def __init__(self) -> None:
        self._by_key: Counter[str] = Counter()
        self._by_email: Counter[str] = Counter()

    def add(self, hand_in: HandIn, days: int) -> None:
        """Count days of a student."""
        self._by_key[hand_in.student] += days
        if hand_in.email:
            self._by_email[hand_in.email.casefold()] += days

    def find(self, hand_in: HandIn) -> int:
        """Return how many days a student has used."""
        by_email = self._by_email[hand_in.email.casefold()] if hand_in.email else 0
        return max(self._by_key[hand_in.student], by_email)


class MarkDecider:
    """Applies the policy of an exercise to the entries of its class."""

    def __init__(self, folder: ClassFolder, store: Store, used: UsedDays | None = None) -> None:
        """Read the policy. Raises `PolicyError`.

        Args:
            folder: Of the class.
            store: Of the class, open.
            used: Late days that exercises before this one have used; without it, they are looked up.
        """
        self._folder, self._store, self._given_used = folder, store, used
        course = folder.settings.course
        self.policy = read_policy(Path(course), folder.settings.exercise) if course else Policy()

    def decide(self, entry: GradebookEntry) -> GradebookEntry:
        """Return an entry of the store with what the rules do. Raises `PolicyError`, `UserError`."""
        if self.policy.is_empty:
            return entry
        left = max(self.policy.budget - self._used.find(entry), 0) if self.policy.budget else 0
        maximum = None if entry.verdict is not None else self._usual_maximum
        return decide(entry, self.policy, self._earlier.get(entry.student, ()), left, maximum)

    def refresh(self) -> None:
        """Forget what was read from stores: hand-ins may have come since."""
        for name in ("attempts", "_earlier", "_used", "_usual_maximum"):
            self.__dict__.pop(name, None)

    def find_unknown_students(self, rows: Sequence[HandInRow]) -> tuple[str, ...]:
        """Return the students with an extension but no hand-in: perhaps they are spelled otherwise."""
        used = {extension for row in rows if (extension := find_extension(self.policy, row.entry)) is not None}
        return tuple(e.student for e in self.policy.extensions if e not in used)

    @cached_property
    def attempts(self) -> dict[str, list[Attempt]]:
        """All hand-ins of each student, oldest first."""
        return self._store.attempts(self._folder.settings.series)

    @cached_property
    def _earlier(self) -> dict[str, list[Attempt]]:
        if not self.policy.is_best_attempt:
            return {}
        return {
            student: [attempt for attempt in of_student if not attempt.is_newest]
            for student, of_student in self.attempts.items()
        }

    @cached_property
    def _usual_maximum(self) -> float | None:
        rows = self._store.newest_hand_ins(self._folder.settings.series)
        counts = Counter(row.entry.verdict.max_points for row in rows if row.entry.verdict is not None)
        return max(counts, key=lambda points: (counts[points], points), default=None)

    @cached_property
    def _used(self) -> UsedDays:
        if self._given_used is not None:
            return self._given_used
        used = UsedDays()
        for folder in self._find_exercises_before():
            with open_store(folder) as store:
                decider = MarkDecider(folder, store, used)
                decided = [decider.decide(row.entry) for row in store.newest_hand_ins(folder.settings.series)]
            for entry in decided:
                used.add(entry, count_late_days(entry))
        return used

    def _find_exercises_before(self) -> list[ClassFolder]:
        """Return the class folders of the exercises that are due before this one, the first one first."""
        settings = self._folder.settings
        folders: dict[str, tuple[tuple[object, str], ClassFolder]] = {}
        mine = self._order(settings.exercise)
        for folder in self._list_results():
            other = folder.settings
            if other.exercise == settings.exercise or other.course != settings.course:
                continue
            place = self._order(other.exercise)
            if mine is None or place is None or place >= mine:
                continue
            if other.exercise in folders:
                raise PolicyError(
                    self.policy.file,
                    "late_days.results",
                    _(
                        "Both {first} and {second} hold {exercise}, so that late days would count twice. Move one "
                        "of them away.",
                        first=str(folders[other.exercise][1].path),
                        second=str(folder.path),
                        exercise=other.exercise,
                    ),
                )
            folders[other.exercise] = (place, folder)
        return [folder for _place, folder in sorted(folders.values(), key=lambda pair: pair[0])]

    def _order(self, exercise: str) -> tuple[object, str] | None:
        """Return what exercises are ordered by: the due date; None without one, for then nothing is late."""
        due = read_policy(Path(self._folder.settings.course), exercise).due
        return None if due is None else (due.utc, exercise)

    def _list_results(self) -> list[ClassFolder]:
        assert self.policy.results is not None
        try:
            paths = sorted(path.parent for path in self.policy.results.glob(f"*/{SETTINGS}"))
            is_there = self.policy.results.is_dir()
        except OSError:
            is_there = False
        if not is_there:
            raise PolicyError(
                self.policy.file,
                "late_days.results",
                _("There is no folder {path}.", path=str(self.policy.results)),
            )
        return [open_folder(path) for path in paths]
