"""What a `policy.toml` may say, field by field, and what it means once both files are merged."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

import msgspec

from grader.classroom.policies.times import Duration, Instant
from grader.protocol.verdict import Record

Unit = Literal["day", "hour"]
Key = Literal["german", "ects", "pass_fail", "points"]


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The base of what stands in a file."""


class StepPart(_Part, frozen=True):
    """A step of a penalty: whoever is later than `after` loses this much, and not what earlier steps say."""

    after: str
    percent: Decimal | None = None
    points: Decimal | None = None


class PenaltyPart(_Part, frozen=True):
    """What lateness costs: so much for each begun day or hour, or by steps."""

    per: Unit | None = None
    percent: Decimal | None = None
    points: Decimal | None = None
    cap: Decimal | None = None  # the most, in the same unit
    of: Literal["maximum", "mark"] = "maximum"  # what percent are of
    steps: tuple[StepPart, ...] = ()


class LateDaysPart(_Part, frozen=True):
    """A budget of days that a student may be late over all exercises without losing anything."""

    budget: int | None = None
    per_exercise: int | None = None
    results: str | None = None  # folder that holds the class folders of the course's exercises


class ExtensionPart(_Part, frozen=True):
    """More time for one student: until `due`, or so many days."""

    student: str
    due: datetime | None = None
    days: int | None = None
    exercise: str | None = None  # in the course's file; without it, every exercise
    reason: str = ""


class GradePart(_Part, frozen=True):
    """A grade of a key of the course's own: it is given from so many percent on."""

    grade: str
    percent: Decimal


class PolicyPart(_Part, frozen=True):
    """One file."""

    timezone: str | None = None
    due: datetime | None = None
    grace: str | None = None
    penalty: PenaltyPart | None = None
    late_days: LateDaysPart | None = None
    extension: tuple[ExtensionPart, ...] = ()
    attempt: Literal["last", "best"] | None = None
    pass_percent: Decimal | None = None
    pass_points: Decimal | None = None
    round_to: Decimal | None = None
    grades: Key | None = None
    grade: tuple[GradePart, ...] = ()


class Step(Record, frozen=True):
    """A step of a penalty, its duration read."""

    after: Duration
    amount: Decimal


class Penalty(Record, frozen=True):
    """What lateness costs. `amount` for each `per`, at most `cap`; or `steps`, the last one that is passed."""

    is_percent: bool
    of_mark: bool
    per: Unit | None = None
    amount: Decimal = Decimal()
    cap: Decimal | None = None
    steps: tuple[Step, ...] = ()


class Extension(Record, frozen=True):
    """A student's own due date."""

    student: str  # key, number on the platform, or e-mail address
    due: Instant
    reason: str


class Grade(Record, frozen=True):
    """A grade, and from how many percent it is given."""

    grade: str
    percent: Decimal


class Policy(Record, frozen=True, kw_only=True):
    """What holds for one exercise."""

    file: str = ""  # the file to name in errors about the whole
    due: Instant | None = None
    grace: Duration = Duration()
    penalty: Penalty | None = None
    budget: int = 0  # late days, over all exercises
    per_exercise: int | None = None  # of these, the most for this one
    results: Path | None = None
    extensions: tuple[Extension, ...] = ()
    is_best_attempt: bool = False
    pass_percent: Decimal | None = None
    pass_points: Decimal | None = None
    round_to: Decimal | None = None
    key: Key = "points"
    grades: tuple[Grade, ...] = ()  # a key of the course's own, best first

    @property
    def is_empty(self) -> bool:
        """Return whether there are no rules at all."""
        return self == Policy(file=self.file)
