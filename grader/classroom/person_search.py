"""Find the students of a class that a person names: by key, name, e-mail address or pseudonym, or by age."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from grader.classroom.pages import Publisher
from grader.classroom.store import HandInRow
from grader.core.errors import UserError
from grader.core.field_rules import suggest
from grader.core.i18n import _


class PersonSearchError(UserError):
    """Nobody is meant, or nobody knows who. `text` says what would do."""


def find_person(publisher: Publisher, text: str) -> HandInRow:
    """Return the hand-in of the student who is meant. Keys go first: names may be shared.

    A real key, name or address is understood in a class with pseudonyms, too; what is suggested are pseudonyms.
    Raises `PersonSearchError`.
    """
    rows = publisher.read_rows()
    name = text.strip()
    for matching in _list_matches(publisher, rows, name):
        if len(matching) == 1:
            return matching[0]
        if matching:
            raise PersonSearchError(
                _(
                    "{count} students are called {student}. Say which one: {keys}",
                    count=len(matching),
                    student=name,
                    keys=", ".join(publisher.public_key(row.entry.student) for row in matching),
                )
            )
    names = {
        public
        for row in rows
        for public in (
            publisher.public_key(row.entry.student),
            publisher.public_name(row.entry.student, row.entry.name),
        )
    }
    if similar := suggest(name, sorted(names)):
        raise PersonSearchError(
            _(
                "Nobody called {student} handed anything in here. Did you mean {similar}?",
                student=name,
                similar=similar,
            )
        )
    raise PersonSearchError(
        _("Nobody called {student} handed anything in here. The dashboard shows who did.", student=name)
    )


def _list_matches(publisher: Publisher, rows: Sequence[HandInRow], text: str) -> Iterator[list[HandInRow]]:
    yield [row for row in rows if text in {row.entry.student, publisher.public_key(row.entry.student)}]
    yield [row for row in rows if row.entry.name == text]
    yield [row for row in rows if row.entry.email and row.entry.email.casefold() == text.casefold()]


def read_instant(text: str) -> datetime:
    """Return the point in time that a text names, with its time zone. Raises `PersonSearchError`."""
    example = "2026-09-30T00:00+02:00"
    try:
        time = datetime.fromisoformat(text.strip())
    except ValueError:
        raise PersonSearchError(
            _("{text} is no point in time. Write it like {example}.", text=repr(text), example=example)
        ) from None
    if time.tzinfo is None:
        raise PersonSearchError(
            _(
                "{text} has no time zone, so that nobody knows which moment it is. Write time of day and zone, as "
                "in {example}, or Z for UTC.",
                text=repr(text),
                example=example,
            )
        )
    if time > datetime.now(UTC):
        raise PersonSearchError(
            _(
                "{text} is in the future; everybody's work is older than that. Say a time before now.",
                text=repr(text),
            )
        )
    return time


def find_older(publisher: Publisher, time: datetime) -> list[HandInRow]:
    """Return the students all of whose hand-ins are older: by the platform's time, else by that of grading."""
    newest = {
        student: max(attempt.hand_in.submitted or attempt.entered for attempt in attempts)
        for student, attempts in publisher.store.attempts(publisher.series).items()
    }
    rows = publisher.store.newest_hand_ins(publisher.series)
    return [row for row in rows if newest[row.entry.student] < time]
