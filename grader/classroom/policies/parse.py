"""Read one `policy.toml`: every mistake in it is one sentence that names the file and the field."""

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from grader.classroom.policies.errors import PolicyError
from grader.classroom.policies.records import (
    ExtensionPart,
    GradePart,
    LateDaysPart,
    PenaltyPart,
    PolicyPart,
    StepPart,
)
from grader.core.i18n import Message, _
from grader.core.safe_files import read_own_file

MAX_BYTES = 1 << 20
_TABLES: Mapping[str, type[msgspec.Struct]] = {
    "": PolicyPart,
    "penalty": PenaltyPart,
    "penalty.steps": StepPart,
    "late_days": LateDaysPart,
    "extension": ExtensionPart,
    "grade": GradePart,
}
_LISTS = frozenset(("extension", "penalty.steps", "grade"))
_TEXT = _('a text, such as "anna"')
_DATE = _("a date with a time of day, such as 2026-11-20T23:59:00")
_PERCENT = _("a number of percent from 0 to 100")
_POINTS = _("a number of points from 0 to 10000")
_DAYS = _("a whole number of days from 0 to 366")
# What each field of the files is: for errors, and as a list of all fields.
EXPECTED: Mapping[str, Message] = {
    "timezone": _('a time zone, such as "Europe/Berlin"'),
    "due": _DATE,
    "grace": _('a duration, such as "10min" or "1d 12h"'),
    "penalty": _("a table: [penalty]"),
    "penalty.per": _('"day" or "hour"'),
    "penalty.percent": _PERCENT,
    "penalty.points": _POINTS,
    "penalty.cap": _POINTS,
    "penalty.of": _('"maximum" or "mark"'),
    "penalty.steps": _("a list of steps, each with after, and with percent or points"),
    "penalty.steps.after": _('a duration, such as "10min" or "1d 12h"'),
    "penalty.steps.percent": _PERCENT,
    "penalty.steps.points": _POINTS,
    "late_days": _("a table: [late_days]"),
    "late_days.budget": _DAYS,
    "late_days.per_exercise": _DAYS,
    "late_days.results": _('a folder, such as "../results"'),
    "extension": _("a table for each student: [[extension]]"),
    "extension.student": _TEXT,
    "extension.due": _DATE,
    "extension.days": _DAYS,
    "extension.exercise": _("the name of an exercise"),
    "extension.reason": _TEXT,
    "attempt": _('"last" or "best"'),
    "pass_percent": _PERCENT,
    "pass_points": _POINTS,
    "round_to": _("a number of points above 0, such as 0.5"),
    "grades": _('"german", "ects", "pass_fail" or "points"'),
    "grade": _('a table for each grade, [[grade]], or grades = "german" for a key that is there'),
    "grade.grade": _TEXT,
    "grade.percent": _PERCENT,
}
_LIMITS = ((_PERCENT, 100), (_DAYS, 366))
_MOST_POINTS = 10_000


def parse_policy(path: Path, name: str) -> PolicyPart:
    """Return what a file says; nothing where there is none. `name`: what errors call it. Raises `PolicyError`."""
    try:
        data = read_own_file(path, MAX_BYTES)
    except FileNotFoundError:
        return PolicyPart()
    except OSError as error:
        raise PolicyError(name, "", _("It cannot be read ({why}).", why=error.strerror or "")) from None
    if isinstance(data, int):
        raise PolicyError(name, "", _("It is larger than a policy can be."))
    try:
        table = tomllib.loads(data.decode("utf-8-sig").replace("\r\n", "\n"), parse_float=Decimal)
    except UnicodeDecodeError:
        raise PolicyError(name, "", _("It is not text in UTF-8.")) from None
    except (tomllib.TOMLDecodeError, ArithmeticError, ValueError, RecursionError) as error:
        raise PolicyError(name, "", _explain_toml(error)) from None
    _check_table(name, "", table)
    try:
        return msgspec.convert(table, PolicyPart, strict=True)
    except msgspec.ValidationError as error:
        raise PolicyError(name, *_explain_value(str(error))) from None


def _explain_toml(error: Exception) -> Message:
    return _(
        'It is no TOML ({why}). Texts stand in quotes ("anna"), times have seconds (2026-11-20T23:59:00), and '
        "each field stands on a line of its own.",
        why=str(error),
    )


def suggest(name: str, names: Iterable[str]) -> Message:
    """Return which of the names was meant, or all of them."""
    names = sorted(names)
    for similar in difflib.get_close_matches(name, names, 1):
        return _("Did you mean {similar}?", similar=similar)
    return _("Known: {names}.", names=", ".join(names) or "–")


def _check_table(file: str, path: str, table: dict[str, Any]) -> None:
    """Refuse fields that are not known and numbers out of range; turn times in quotes into times."""
    fields = _TABLES[path].__struct_fields__
    for name, value in table.items():
        field = f"{path}.{name}" if path else name
        if name not in fields:
            raise PolicyError(file, field, _("There is no such field. {hint}", hint=suggest(name, fields)))
        expected = EXPECTED[field]
        if field in _TABLES:
            is_right = isinstance(value, list) if field in _LISTS else isinstance(value, dict)
            rows = value if field in _LISTS and is_right else [value]
            if not is_right or not all(isinstance(row, dict) for row in rows):
                raise PolicyError(file, field, _("Expected {expected}.", expected=expected))
            for row in rows:
                _check_table(file, field, row)
        elif expected is _DATE and isinstance(value, str):
            table[name] = _read_time(file, field, value)
        elif isinstance(value, int | Decimal) and not isinstance(value, bool):
            _check_number(file, field, value)
    missing = [name for name in _required(path) if name not in table]
    for name in missing:
        raise PolicyError(
            file, path, _("Field {name} is missing: {expected}.", name=name, expected=EXPECTED[f"{path}.{name}"])
        )


def _required(path: str) -> tuple[str, ...]:
    struct = _TABLES[path]
    return tuple(field.name for field in msgspec.structs.fields(struct) if field.required)


def _read_time(file: str, field: str, text: str) -> datetime:
    try:
        if ":" in text:
            return datetime.fromisoformat(text)
    except ValueError:
        pass
    raise PolicyError(file, field, _unexpected(_DATE, f'"{text}"'))


def _check_number(file: str, field: str, value: int | Decimal) -> None:
    most = next((most for kind, most in _LIMITS if EXPECTED[field] is kind), _MOST_POINTS)
    is_fine = Decimal(value).is_finite() and 0 <= value <= most
    if is_fine and field == "round_to":
        is_fine = value > 0
    if not is_fine:
        raise PolicyError(file, field, _unexpected(EXPECTED[field], str(value)))


def _unexpected(expected: Message, received: str) -> Message:
    return _("Expected {expected}; received {received}.", expected=expected, received=received)


def _explain_value(error: str) -> tuple[str, Message | str]:
    """Return the field that an error of msgspec is about, and what was expected there."""
    _what, _at, path = error.rpartition("`$")
    field = re.sub(r"\[[^\]]*\]", "", path).strip("`.")
    received = re.search(r"got `(\w+)`|value '(.*?)'", error)
    expected = EXPECTED.get(field)
    if expected is None:
        return field, error
    if received is None:
        return field, _("Expected {expected}.", expected=expected)
    return field, _unexpected(expected, received.group(1) or f'"{received.group(2)}"')
