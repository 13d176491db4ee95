"""Write points in time as people of a language do."""

from datetime import UTC, datetime

from babel.dates import format_date


def format_time(at: datetime, language: str) -> str:
    """Return a time in UTC."""
    utc = at.astimezone(UTC) if at.tzinfo is not None else at
    return f"{format_date(utc, locale=language)}, {utc:%H:%M} UTC"
