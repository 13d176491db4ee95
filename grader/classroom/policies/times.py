"""Due dates in a time zone: a day is a day of the calendar there, also when the clocks change."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

_DURATION = re.compile(
    r"\s*(?:(\d{1,4})\s*d)?\s*(?:(\d{1,4})\s*h)?\s*(?:(\d{1,5})\s*min)?\s*(?:(\d{1,6})\s*s)?\s*"
)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Duration:
    """Days of the calendar, and an exact time besides."""

    days: int = 0
    exact: timedelta = timedelta()

    def __bool__(self) -> bool:
        """Return whether it is more than nothing."""
        return bool(self.days or self.exact)

    @property
    def length(self) -> timedelta:
        """Return about how long it is, to compare durations with one another."""
        return timedelta(days=self.days) + self.exact


@dataclass(frozen=True)
class Instant:
    """A point in time, and the zone whose days count from there on."""

    wall: datetime  # as the clock on the wall shows it, without a zone; `fold` is 1 for the second of two
    zone: tzinfo

    @property
    def utc(self) -> datetime:
        """Return the time in UTC."""
        return self.wall.replace(tzinfo=self.zone).astimezone(UTC)

    def plus_days(self, days: int) -> "Instant":
        """Return the same time of the clock, days later.

        Where that time does not exist or exists twice, because the clocks change, it is the later one.
        """
        wall = self.wall + timedelta(days=days)
        if not days:
            return self
        return max((Instant(wall.replace(fold=fold), self.zone) for fold in (0, 1)), key=lambda one: one.utc)

    def plus(self, duration: Duration) -> datetime:
        """Return the time in UTC after a duration."""
        return self.plus_days(duration.days).utc + duration.exact


def read_duration(text: str) -> Duration | None:
    """Return the duration that a text like `1d 2h 30min` means; None where it means none.

    >>> read_duration("1d 12h")
    Duration(days=1, exact=datetime.timedelta(seconds=43200))
    """
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return Duration(days, timedelta(hours=hours, minutes=minutes, seconds=seconds))


def count_begun_days(due: Instant, at: datetime) -> int:
    """Return how many days of the calendar have begun after a due date: 0 up to the due date itself."""
    days = max((at - due.utc) // timedelta(days=1) - 1, 0)
    while due.plus_days(days).utc < at:
        days += 1
    return days


def count_begun_hours(due: Instant, at: datetime) -> int:
    """Return how many hours have begun after a due date: 0 up to the due date itself."""
    return max(-((due.utc - at) // _HOUR), 0)


def find_clock_change(wall: datetime, zone: tzinfo) -> str:
    """Return `missing` for a time that the clocks skip, `twice` for one that they show twice, else nothing."""
    first, second = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    if first == second:
        return ""
    back = wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None)
    return "twice" if back == wall else "missing"
