"""Read the policy of an exercise: the course's file and the exercise's, merged, and held against itself.

What the exercise says counts, field by field. `[penalty]` is taken as a whole, for half of one and half of another
make no rule. Extensions of both files count; of one student, that of the exercise.
"""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from grader.classroom.policies.errors import PolicyError
from grader.classroom.policies.parse import EXPECTED, parse_policy, suggest
from grader.classroom.policies.records import (
    Extension,
    ExtensionPart,
    Grade,
    GradePart,
    Penalty,
    PenaltyPart,
    Policy,
    PolicyPart,
    Step,
)
from grader.classroom.policies.times import Duration, Instant, find_clock_change, read_duration
from grader.core.course import POLICY
from grader.core.i18n import Message, _

PERCENT = Decimal(100)


def read_policy(course: Path, exercise: str) -> Policy:
    """Return what holds for an exercise; no rules where there are no files. Raises `PolicyError`."""
    exercises = course / "exercises"
    own_name = f"exercises/{exercise}/{POLICY}"
    shared, own = parse_policy(course / POLICY, POLICY), parse_policy(exercises / exercise / POLICY, own_name)
    if own.late_days is not None and (own.late_days.budget is not None or own.late_days.results is not None):
        raise PolicyError(
            own_name,
            "late_days",
            _("The budget is for all exercises together: it stands in the {file} of the course.", file=POLICY),
        )
    names = {path.parent.name for path in exercises.glob("*/rubric.py")}
    return _Merger(POLICY, shared, own_name, own, exercise).merge(names, course)


class _Merger:
    """Merges the two files of an exercise; knows which of them a field is from."""

    def __init__(
        self, shared_name: str, shared: PolicyPart, own_name: str, own: PolicyPart, exercise: str
    ) -> None:
        self.shared_name, self.shared, self.own_name, self.own = shared_name, shared, own_name, own
        self.exercise = exercise

    def file(self, field: str) -> str:
        """Return the file whose value counts."""
        return self.shared_name if getattr(self.own, field) in (None, ()) else self.own_name

    def fail(self, field: str, what: Message) -> PolicyError:
        """Return the error about a field."""
        return PolicyError(self.file(field.partition(".")[0]), field, what)

    def merge(self, exercises: set[str], course: Path) -> Policy:
        """Return the policy. `exercises`: the names of all exercises. Raises `PolicyError`."""
        own, shared = self.own, self.shared
        zone = self._zone()
        due_date = own.due if own.due is not None else shared.due
        due = None if due_date is None else self._instant(self.file("due"), "due", due_date, zone)
        grace = own.grace if own.grace is not None else shared.grace
        penalty = own.penalty if own.penalty is not None else shared.penalty
        budget, per_exercise, results = self._late_days()
        grades = own.grade if own.grades is not None or own.grade else shared.grade
        key = own.grades if own.grades is not None else None if own.grade else shared.grades
        pass_percent, pass_points = self._pass_mark()
        return Policy(
            file=self.shared_name if own == PolicyPart() else self.own_name,
            due=due,
            grace=self._duration("grace", grace) if grace is not None else Duration(),
            penalty=None if penalty is None else self._penalty(penalty),
            budget=budget,
            per_exercise=per_exercise,
            results=None if results is None else course / results,
            extensions=self._extensions(due, zone, exercises),
            is_best_attempt=(own.attempt or shared.attempt) == "best",
            pass_percent=pass_percent,
            pass_points=pass_points,
            round_to=own.round_to if own.round_to is not None else shared.round_to,
            key=key or "points",
            grades=self._grades(grades, key),
        )

    def _zone(self) -> tzinfo | None:
        name = self.own.timezone or self.shared.timezone
        if name is None:
            return None
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise self.fail(
                "timezone", _("There is no time zone {name}. {hint}", name=name, hint=_suggest_zone(name))
            ) from None

    def _instant(self, file: str, field: str, time: datetime, zone: tzinfo | None) -> Instant:
        """Return a time in its zone: its own, or that of the policy."""
        if time.tzinfo is not None:
            # The days after it are those of the policy's zone, where there is one.
            in_zone = time.astimezone(zone or time.tzinfo)
            return Instant(in_zone.replace(tzinfo=None), in_zone.tzinfo or time.tzinfo)
        if zone is None:
            raise PolicyError(
                file,
                field,
                _(
                    "{time} has no time zone. Say it once for all times: timezone = {example}; or with this one: "
                    "{time}+01:00.",
                    time=time.isoformat(),
                    example='"Europe/Berlin"',
                ),
            )
        change = find_clock_change(time, zone)
        if change:
            why = (
                _("{time} does not exist in {zone}: the clocks skip it.", time=time.isoformat(), zone=str(zone))
                if change == "missing"
                else _(
                    "{time} exists twice in {zone}, because the clocks are put back. Say which one is meant, with "
                    "the difference to UTC: {time}+01:00.",
                    time=time.isoformat(),
                    zone=str(zone),
                )
            )
            raise PolicyError(file, field, why)
        return Instant(time, zone)

    def _duration(self, field: str, text: str) -> Duration:
        duration = read_duration(text)
        if duration is None:
            raise self.fail(
                field,
                _("Expected {expected}; received {received}.", expected=EXPECTED[field], received=f'"{text}"'),
            )
        return duration

    def _penalty(self, part: PenaltyPart) -> Penalty:
        linear = [amount for amount in (part.percent, part.points) if amount is not None]
        if part.steps:
            if linear or part.per or part.cap is not None:
                raise self.fail(
                    "penalty", _("It has steps, and also per, percent, points or cap. Keep one kind of penalty.")
                )
            return self._stepped(part)
        if len(linear) != 1 or part.per is None:
            raise self.fail(
                "penalty",
                _('Say what each day or hour costs: per = "day", and percent or points (one of them); or steps.'),
            )
        is_percent = part.percent is not None
        if part.cap is not None and (part.cap < linear[0] or (is_percent and part.cap > PERCENT)):
            raise self.fail(
                "penalty.cap",
                _(
                    "The most that is taken ({cap}) has to lie between what the first day or hour costs ({first}) "
                    "and everything.",
                    cap=str(part.cap),
                    first=str(linear[0]),
                ),
            )
        self._check_of(part, is_percent)
        return Penalty(
            is_percent=is_percent, of_mark=part.of == "mark", per=part.per, amount=linear[0], cap=part.cap
        )

    def _check_of(self, part: PenaltyPart, is_percent: bool) -> None:
        if part.of == "mark" and not is_percent:
            raise self.fail("penalty.of", _("Points are taken as they are; only percent are of something."))

    def _stepped(self, part: PenaltyPart) -> Penalty:
        is_percent = part.steps[0].percent is not None
        steps = []
        for step in part.steps:
            amount = step.percent if is_percent else step.points
            if amount is None or (step.percent is not None and step.points is not None):
                raise self.fail("penalty.steps", _("Each step has percent, or each has points; never both."))
            steps.append(Step(self._duration("penalty.steps.after", step.after), amount))
        for before, later in pairwise(steps):
            if later.after.length <= before.after.length or later.amount < before.amount:
                after = f'"{_write_duration(later.after)}"'
                why = _("Later steps begin later and cost more: {after} does not.", after=after)
                raise self.fail("penalty.steps", why)
        self._check_of(part, is_percent)
        return Penalty(is_percent=is_percent, of_mark=part.of == "mark", steps=tuple(steps))

    def _late_days(self) -> tuple[int, int | None, str | None]:
        shared, own = self.shared.late_days, self.own.late_days
        budget = shared.budget if shared is not None else None
        per_exercise = own.per_exercise if own is not None else None
        if per_exercise is None and shared is not None:
            per_exercise = shared.per_exercise
        results = shared.results if shared is not None else None
        if budget is None:
            if shared is not None or own is not None:
                raise PolicyError(
                    self.shared_name, "late_days.budget", _("It is missing: a whole number of days.")
                )
            return 0, None, None
        if results is None:
            raise PolicyError(
                self.shared_name,
                "late_days.results",
                _(
                    "It is missing: the folder in which the class folder of each exercise lies, such as "
                    '"../results". Days that other exercises have used are read from there.'
                ),
            )
        return budget, per_exercise, results

    def _extensions(self, due: Instant | None, zone: tzinfo | None, exercises: set[str]) -> tuple[Extension, ...]:
        parts = [(self.own_name, part) for part in self.own.extension]
        parts += [(self.shared_name, part) for part in self.shared.extension]
        merged: dict[str, Extension] = {}
        seen: set[tuple[str, str, str | None]] = set()
        # One for this exercise goes before one for all, whatever the file.
        for file, part in sorted(parts, key=lambda pair: pair[0] == self.shared_name and pair[1].exercise is None):
            self._check_extension(file, part, exercises)
            same = (file, part.student, part.exercise)
            if same in seen:
                raise PolicyError(
                    file, "extension.student", _("{student} has two extensions. Keep one.", student=part.student)
                )
            seen.add(same)
            is_meant = part.exercise in (None, self.exercise)
            if is_meant and part.student not in merged and (extension := self._extend(file, part, due, zone)):
                merged[part.student] = extension
        return tuple(merged.values())

    def _check_extension(self, file: str, part: ExtensionPart, exercises: set[str]) -> None:
        student = part.student
        if (part.due is None) == (part.days is None):
            raise PolicyError(
                file, "extension", _("Say due or days for {student}, one of the two.", student=student)
            )
        if file == self.own_name and part.exercise not in (None, self.exercise):
            raise PolicyError(file, "extension.exercise", _("This file is about {name}.", name=self.exercise))
        if part.exercise is not None and part.exercise not in exercises:
            raise PolicyError(
                file,
                "extension.exercise",
                _(
                    "There is no exercise {name}. {hint}",
                    name=part.exercise,
                    hint=suggest(part.exercise, exercises),
                ),
            )
        if file == self.shared_name and part.due is not None and part.exercise is None:
            raise PolicyError(
                file,
                "extension.due",
                _("Say for which exercise {student} has until then: exercise = ….", student=student),
            )

    def _extend(
        self, file: str, part: ExtensionPart, due: Instant | None, zone: tzinfo | None
    ) -> Extension | None:
        """Return a student's own due date; None where an extension of all exercises meets one without a date."""
        if due is None:
            if part.exercise is None and file == self.shared_name:
                return None
            raise PolicyError(
                file, "extension", _("{student} has more time, but there is no due date.", student=part.student)
            )
        if part.days is not None:
            return Extension(part.student, due.plus_days(part.days), part.reason)
        assert part.due is not None
        until = self._instant(file, "extension.due", part.due, zone)
        if until.utc < due.utc:
            raise PolicyError(
                file,
                "extension.due",
                _(
                    "{student} would have less time than the others: {until} lies before the due date, {due}.",
                    student=part.student,
                    until=part.due.isoformat(),
                    due=due.wall.isoformat(),
                ),
            )
        return Extension(part.student, until, part.reason)

    def _pass_mark(self) -> tuple[Decimal | None, Decimal | None]:
        for file, part in ((self.own_name, self.own), (self.shared_name, self.shared)):
            if part.pass_percent is not None and part.pass_points is not None:
                raise PolicyError(
                    file, "pass_points", _("The pass mark is said twice, in percent and in points. Keep one.")
                )
            if part.pass_percent is not None or part.pass_points is not None:
                return part.pass_percent, part.pass_points
        return None, None

    def _grades(self, parts: Sequence[GradePart], key: str | None) -> tuple[Grade, ...]:
        if key is not None and parts:
            raise self.fail(
                "grade", _("There is a key of your own, and grades = {key}. Keep one.", key=f'"{key}"')
            )
        for before, later in pairwise(parts):
            if later.percent >= before.percent:
                raise self.fail(
                    "grade.percent",
                    _(
                        "From the best to the worst, each is given from fewer percent on: {grade} is not.",
                        grade=f'"{later.grade}"',
                    ),
                )
        if parts and parts[-1].percent != 0:
            raise self.fail(
                "grade.percent", _("Who has 0 percent has no grade: let the last one be given from 0 percent on.")
            )
        return tuple(Grade(part.grade, part.percent) for part in parts)


def _suggest_zone(name: str) -> Message:
    zones = available_timezones()
    if not zones:
        return _("This computer knows none at all; install the Python package tzdata.")
    by_city = {zone.rpartition("/")[2].casefold(): zone for zone in sorted(zones, reverse=True) if "/" in zone}
    for zone in (by_city.get(name.rpartition("/")[2].casefold()),):
        if zone is not None:
            return _("Did you mean {similar}?", similar=zone)
    hint = suggest(name, zones)
    return hint if "similar" in hint.params else _('Expected one such as "Europe/Berlin".')


def _write_duration(duration: Duration) -> str:
    hours = int(duration.exact.total_seconds()) // 3600
    minutes = int(duration.exact.total_seconds()) // 60 % 60
    parts = ((duration.days, "d"), (hours, "h"), (minutes, "min"))
    return " ".join(f"{count}{unit}" for count, unit in parts if count) or "0h"
