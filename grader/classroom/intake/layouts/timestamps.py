"""Points in time as nbgrader and Gradescope write them."""

import re
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9:]{5,8})(\.[0-9]+)?\s*([^\s]*)")
_OFFSET = re.compile(r"([+-][0-9]{2}):?([0-9]{2})")


def parse_time(text: str) -> datetime | None:
    """Read `2026-11-21 15:58:23.948203 UTC`, also with an offset or a place; without either it is UTC.

    Returns it in UTC; None where it is no such thing.
    """
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        return None
    day, time, fraction, zone = match.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{time}{(fraction or '')[:7]}")
        return moment.replace(tzinfo=_zone(zone)).astimezone(UTC)
    except (ValueError, OverflowError, OSError, ZoneInfoNotFoundError):
        return None


def _zone(name: str) -> tzinfo:
    if name in ("", "Z", "UTC", "GMT"):
        return UTC
    if offset := _OFFSET.fullmatch(name):
        zone = datetime.fromisoformat(f"2000-01-01T00:00{offset[1]}:{offset[2]}").tzinfo
        assert zone is not None
        return zone
    return ZoneInfo(name)
