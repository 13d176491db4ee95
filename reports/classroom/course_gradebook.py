"""Render the page of a class over several exercises: marks, progress over hand-ins, and what hints were worth."""

import statistics
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from markupsafe import Markup

from grader import __version__
from grader.core.i18n import Translator
from grader.core.sanitize import clip, one_line, visible
from grader.protocol.course_gradebook import (
    CourseExercise,
    CourseGradebook,
    CourseMark,
    CourseStudent,
    HintOutcome,
)
from grader.protocol.verdict import Status
from reports.common import misconceptions, symbols
from reports.common.numbers import Numbers
from reports.common.templates import TEMPLATES, content_security_policy, load_templates
from reports.submission.adjustments import shorten_name
from reports.submission.rules import RuleWords

MAX_HINTS = 30
MAX_NAMES = 60  # of one list
MAX_ATTEMPTS = 12  # that a cell draws; of more, the newest
FEWEST = 3  # who handed in again, for a share to say something
_MAX_TEXT = 300
_WIDTH, _HEIGHT = 8, 18  # of one hand-in in the drawing of a cell


class _Bar(NamedTuple):
    """One hand-in in the drawing of a cell; `height` 0: undecided."""

    x: int
    y: float
    height: float


class _Cell(NamedTuple):
    text: str  # the mark
    grade: str
    href: str
    is_late: bool
    status: Status | None
    bars: tuple[_Bar, ...]
    width: int
    progress: str  # the drawing in words


class _Row(NamedTuple):
    name: str
    key: str  # empty where the name says the same
    cells: tuple[_Cell | None, ...]
    total: str
    is_final: bool


class _ExerciseSummary(NamedTuple):
    title: str
    max_points: str
    handed_in: int
    median: str
    again: int
    gain: str  # mean gain from the first hand-in to the last one, of those who handed in again


class _HintRow(NamedTuple):
    title: str
    text: str
    exercise: str
    outcome: HintOutcome
    share: float | None  # who passed, of those who handed in again; None for too few
    percent: str


def render(gradebook: CourseGradebook, title: str, language: str) -> str:
    """Return the page as one HTML file that loads nothing from any server.

    Pure: the same records give the same text. Raises `ValueError` for a language without a catalogue.
    """
    view = _View(gradebook, language)
    style = "".join((TEMPLATES / file).read_text(encoding="utf-8") for file in ("style.css", "gradebook.css"))
    return (
        load_templates(language)
        .get_template("gradebook.html")
        .render(
            title=shorten_name(title),
            language=language,
            version=__version__,
            style=Markup(style),  # noqa: S704 - our own files, and no value ever goes into them
            policy=content_security_policy(style),
            **view.template_values(),
        )
    )


class _View:
    """Computes the values that the template uses, in one language."""

    def __init__(self, gradebook: CourseGradebook, language: str) -> None:
        self.gradebook = gradebook
        self.translate, self.number, self.words = Translator(language), Numbers(language), RuleWords(language)
        names = Counter(shorten_name(student.name) for student in gradebook.students)
        self.shared_names = {name for name, count in names.items() if count > 1}

    def template_values(self) -> dict[str, Any]:
        gradebook = self.gradebook
        hints = gradebook.hints
        return {
            "translate": self.translate,
            "number": self.number,
            "status_symbols": symbols.STATUS,
            "gradebook": gradebook,
            "exercises": [self.summarise(place, one) for place, one in enumerate(gradebook.exercises)],
            "rows": list(map(self.make_row, gradebook.students)),
            "hints": list(map(self.describe_hint, sorted(hints, key=lambda hint: -hint.students)[:MAX_HINTS])),
            "hints_left": max(len(hints) - MAX_HINTS, 0),
            "fewest": FEWEST,
            "unmatched": [
                (shorten_name(one.name or one.key), shorten_name(one.key), one.exercise)
                for one in gradebook.unmatched[:MAX_NAMES]
            ],
            "unmatched_left": max(len(gradebook.unmatched) - MAX_NAMES, 0),
            "without": list(map(shorten_name, gradebook.without_hand_in[:MAX_NAMES])),
            "without_left": max(len(gradebook.without_hand_in) - MAX_NAMES, 0),
        }

    def summarise(self, place: int, exercise: CourseExercise) -> _ExerciseSummary:
        """Return how a class did in one exercise."""
        marks = [m for student in self.gradebook.students if (m := student.marks[place]) is not None]
        final = [m.mark for m in marks if m.mark is not None]
        gains = [decided[-1] - decided[0] for m in marks if len(decided := _decided(m)) > 1]
        gain = statistics.fmean(gains) if gains else None
        return _ExerciseSummary(
            title=shorten_name(exercise.title),
            max_points="–" if exercise.max_points is None else self.number.points(exercise.max_points),
            handed_in=len(marks),
            median=self.number.points(statistics.median(final)) if final else "–",
            again=sum(len(m.attempts) > 1 for m in marks),
            gain="–" if gain is None else self._signed(gain),
        )

    def make_row(self, student: CourseStudent) -> _Row:
        """Return the row of one student: two of one name have their keys behind it."""
        name = shorten_name(student.name) or shorten_name(student.key)
        exercises = self.gradebook.exercises
        return _Row(
            name=name,
            key=shorten_name(student.key) if name in self.shared_names else "",
            cells=tuple(
                None if mark is None else self.make_cell(mark, exercise)
                for mark, exercise in zip(student.marks, exercises, strict=True)
            ),
            total=self.number.points(student.total),
            is_final=student.is_final,
        )

    def make_cell(self, mark: CourseMark, exercise: CourseExercise) -> _Cell:
        """Return the cell of one mark, with a bar for each hand-in where there are several."""
        attempts = mark.attempts[-MAX_ATTEMPTS:] if len(mark.attempts) > 1 else ()
        return _Cell(
            text="–" if mark.mark is None else self.number.points(mark.mark),
            grade=self.words.grade(mark.grade),
            href=mark.report,
            is_late=mark.is_late,
            status=mark.status if mark.mark is None else None,
            bars=_draw_bars(attempts, exercise.max_points or 0.0),
            width=_WIDTH * len(attempts),
            progress=" → ".join("–" if points is None else self.number.points(points) for points in attempts),
        )

    def describe_hint(self, outcome: HintOutcome) -> _HintRow:
        """Return a hint with the share of those whom it helped."""
        titles = {exercise.name: exercise.title for exercise in self.gradebook.exercises}
        title = misconceptions.find_title(outcome.hint)
        share = outcome.passed / outcome.again if outcome.again >= FEWEST else None
        return _HintRow(
            title=shorten_name(outcome.hint) if title is None else self.translate(title),
            text=clip(one_line(visible(outcome.text)), _MAX_TEXT),
            exercise=shorten_name(titles.get(outcome.exercise, outcome.exercise)),
            outcome=outcome,
            share=share,
            percent="–" if share is None else self.number.percent(share),
        )

    def _signed(self, points: float) -> str:
        text = self.number.points(points)
        return f"+{text}" if points > 0 else text


def _decided(mark: CourseMark) -> list[float]:
    return [points for points in mark.attempts if points is not None]


def _draw_bars(attempts: Sequence[float | None], maximum: float) -> tuple[_Bar, ...]:
    bars = []
    for place, points in enumerate(attempts):
        share = 0.0 if points is None or maximum <= 0 else min(max(points / maximum, 0.0), 1.0)
        height = 0.0 if points is None else round(max(share * _HEIGHT, 1.0), 1)
        bars.append(_Bar(_WIDTH * place, round(_HEIGHT - height, 1), height))
    return tuple(bars)
