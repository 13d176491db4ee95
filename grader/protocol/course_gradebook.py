"""What is known of a class over several exercises, for the page and the exports. Plain frozen data."""

from datetime import datetime

from grader.protocol.verdict import Record, Status


class CourseExercise(Record, frozen=True, kw_only=True):
    """An exercise with its results. `max_points`: None where nothing was judged."""

    name: str
    title: str
    max_points: float | None = None


class CourseMark(Record, frozen=True, kw_only=True):
    """What one student has in one exercise, by the rules of the course."""

    status: Status
    mark: float | None  # None: not final
    grade: str = ""
    is_late: bool = False
    submitted: datetime | None = None  # UTC
    report: str = ""  # address, relative to the page
    attempts: tuple[float | None, ...] = ()  # points of each hand-in by its verdict, oldest first; None: undecided


class CourseStudent(Record, frozen=True, kw_only=True):
    """One student with the marks of all exercises, in their order; None where nothing was handed in."""

    key: str
    name: str
    email: str = ""
    number: str = ""  # of the university
    marks: tuple[CourseMark | None, ...]

    @property
    def total(self) -> float:
        """Return the sum of all final marks."""
        return round(sum(m.mark for m in self.marks if m is not None and m.mark is not None), 6)

    @property
    def is_final(self) -> bool:
        """Return whether no mark of what was handed in is still undecided."""
        return all(m is None or m.mark is not None for m in self.marks)


class HintOutcome(Record, frozen=True, kw_only=True):
    """What became of those who got a hint: how many handed in again, and how many of them passed there then."""

    exercise: str  # name
    hint: str  # id
    text: str  # that most of them read
    students: int
    again: int
    passed: int


class Unmatched(Record, frozen=True, kw_only=True):
    """A hand-in whose student is not in the roster, or not one alone."""

    exercise: str
    key: str
    name: str


class CourseGradebook(Record, frozen=True, kw_only=True):
    """A class over several exercises."""

    exercises: tuple[CourseExercise, ...]
    students: tuple[CourseStudent, ...]  # by name
    hints: tuple[HintOutcome, ...] = ()  # those of most students first
    unmatched: tuple[Unmatched, ...] = ()
    without_hand_in: tuple[str, ...] = ()  # names of those in the roster who never handed anything in
    has_roster: bool = False

    @property
    def max_points(self) -> float:
        """Return what all exercises are worth."""
        return sum(exercise.max_points or 0.0 for exercise in self.exercises)
