"""Join the results of several exercises by student: by key, number or e-mail address, never by name."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from grader.classroom.gradebook.errors import CourseGradebookError
from grader.classroom.gradebook.hints import count_hints
from grader.classroom.gradebook.roster import Roster, fold
from grader.classroom.store import Attempt
from grader.core.i18n import _
from grader.protocol.course_gradebook import CourseExercise, CourseGradebook, CourseMark, CourseStudent, Unmatched
from grader.protocol.gradebook import GradebookEntry
from grader.protocol.hand_in import HandIn
from grader.protocol.verdict import Record, Status
from reports.classroom.rows import sort_name


class ExerciseResults(Record, frozen=True, kw_only=True):
    """The results of one class folder, marks by the rules of the course."""

    folder: str  # for errors
    exercise: str
    title: str
    entries: tuple[GradebookEntry, ...]  # with the addresses of their reports, relative to the page
    attempts: Mapping[str, Sequence[Attempt]]  # by the student's key, oldest first


class _Student:
    """One student while the results are joined."""

    def __init__(self, key: str, name: str, email: str = "", number: str = "") -> None:
        self.key, self.name, self.email, self.number = key, name, email, number
        self.marks: dict[str, CourseMark] = {}  # by exercise
        self.folders: dict[str, str] = {}


class _People:
    """Finds the student that a hand-in is from."""

    def __init__(self, roster: Roster | None) -> None:
        self._roster, self._by_key = roster, dict[str, list[_Student]]()
        self.students: list[_Student] = []
        for row in roster.rows if roster is not None else ():
            student = _Student(row.login or row.number or row.email, row.name, row.email, row.number)
            self._add(student, row.keys)

    def _add(self, student: _Student, keys: frozenset[str]) -> None:
        self.students.append(student)
        for key in keys:
            self._by_key.setdefault(key, []).append(student)

    def find(self, hand_in: HandIn) -> _Student | None:
        """Return the student; None for one who is not in the roster, or whose keys are those of several."""
        keys = [fold(name) for name in (hand_in.student, hand_in.email) if name.strip()]
        candidates = {id(student): student for key in keys for student in self._by_key.get(key, ())}
        if not candidates and self._roster is not None:
            # Some platforms number hand-ins, not students: such a number could be that of somebody else.
            numbered = self._by_key.get(fold(hand_in.platform_id), ())
            candidates = {id(student): student for student in numbered if _same_name(student.name, hand_in.name)}
        if len(candidates) == 1:
            return next(iter(candidates.values()))
        if candidates or self._roster is not None:
            return None
        student = _Student(hand_in.student, hand_in.name, hand_in.email)
        self._add(student, frozenset(keys))
        return student


def _same_name(first: str, second: str) -> bool:
    """Return whether two names have the same words, in whatever order."""
    return sorted(re.findall(r"\w+", fold(first))) == sorted(re.findall(r"\w+", fold(second)))


def join_results(results: Sequence[ExerciseResults], roster: Roster | None = None) -> CourseGradebook:
    """Return the class over all exercises, in the order in which they are given.

    Without a roster, everybody who handed something in is in it.

    Raises:
        CourseGradebookError: One student has a mark of one exercise in two folders.
    """
    exercises = _list_exercises(results)
    people, unmatched = _People(roster), list[Unmatched]()
    for one in results:
        pairs = [(entry, people.find(entry)) for entry in one.entries]
        claims = Counter(id(student) for _entry, student in pairs if student is not None)
        for entry, student in pairs:
            if student is None or claims[id(student)] > 1:
                unmatched.append(Unmatched(exercise=one.exercise, key=entry.student, name=entry.name))
                continue
            if one.exercise in student.marks:
                raise _in_two_folders(entry.student, one, student.folders[one.exercise])
            student.marks[one.exercise] = _to_mark(entry, one.attempts.get(entry.student, ()))
            student.folders[one.exercise] = one.folder
            student.email = student.email or entry.email
    people.students.sort(key=lambda student: (sort_name(student.name), student.key))
    return CourseGradebook(
        exercises=exercises,
        students=tuple(_finish(student, exercises) for student in people.students),
        hints=tuple(
            hint for exercise in exercises for hint in count_hints(exercise.name, _attempts(results, exercise))
        ),
        unmatched=tuple(unmatched),
        without_hand_in=tuple(student.name for student in people.students if not student.marks),
        has_roster=roster is not None,
    )


def _in_two_folders(student: str, second: ExerciseResults, first: str) -> CourseGradebookError:
    return CourseGradebookError(
        _(
            "{student} has a mark of {exercise} in {first} and in {second}. Name one of the two folders, or grade "
            "the class again without the other hand-in.",
            student=student,
            exercise=second.exercise,
            first=first,
            second=second.folder,
        )
    )


def _list_exercises(results: Sequence[ExerciseResults]) -> tuple[CourseExercise, ...]:
    by_name: dict[str, list[ExerciseResults]] = {}
    for one in results:
        by_name.setdefault(one.exercise, []).append(one)
    return tuple(
        CourseExercise(name=name, title=parts[0].title, max_points=_usual_maximum(parts))
        for name, parts in by_name.items()
    )


def _usual_maximum(parts: Sequence[ExerciseResults]) -> float | None:
    counts = Counter(e.verdict.max_points for part in parts for e in part.entries if e.verdict is not None)
    return max(counts, key=lambda points: (counts[points], points), default=None)


def _attempts(results: Sequence[ExerciseResults], exercise: CourseExercise) -> Iterator[Sequence[Attempt]]:
    for one in results:
        if one.exercise == exercise.name:
            yield from one.attempts.values()


def _to_mark(entry: GradebookEntry, attempts: Sequence[Attempt]) -> CourseMark:
    return CourseMark(
        status=entry.status,
        mark=entry.mark,
        grade=entry.grade,
        is_late=entry.late,
        submitted=entry.submitted,
        report=entry.report,
        attempts=tuple(
            None if a.verdict is None or a.verdict.status is Status.NOT_GRADED else a.verdict.points
            for a in attempts
        ),
    )


def _finish(student: _Student, exercises: Sequence[CourseExercise]) -> CourseStudent:
    return CourseStudent(
        key=student.key,
        name=student.name,
        email=student.email,
        number=student.number,
        marks=tuple(student.marks.get(exercise.name) for exercise in exercises),
    )
