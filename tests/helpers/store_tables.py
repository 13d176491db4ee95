"""What tests do with a store that no command does: single rows in, and what the tables hold out."""

from datetime import datetime
from typing import NamedTuple

import msgspec
from sqlalchemy import select, update

from grader.classroom.store import Judgement, NewHandIn, Store
from grader.classroom.store.schema import adjustments, hand_ins, settings, students, verdicts
from grader.protocol.verdict import Verdict


class PastVerdict(NamedTuple):
    """One verdict of a student's history; `verdict` is None where its bytes are not exactly one."""

    number: int
    hand_in: int
    sha256: str
    at: datetime
    by: str
    rubric: str
    key: str | None
    verdict: Verdict | None


def add_hand_in(store: Store, exercise: str, hand: NewHandIn, run: int) -> int:
    """Enter one hand-in, and return its number."""
    (number,) = store.add_hand_ins(exercise, [hand], run)
    return number


def add_verdict(store: Store, number: int, key: str | None, verdict: Verdict, by: str) -> bool:
    """Append one verdict; tell whether it was another one than the newest."""
    return store.add_verdicts([Judgement(number=number, key=key, verdict=verdict, by=by)]) == 1


def history(store: Store, exercise: str, student: str) -> list[PastVerdict]:
    """Return all verdicts that a student ever had for an exercise, oldest first."""
    query = (
        select(verdicts, hand_ins.c.sha256)
        .join(hand_ins, verdicts.c.hand_in == hand_ins.c.number)
        .where(hand_ins.c.exercise == exercise, hand_ins.c.student == student)
        .order_by(verdicts.c.number)
    )
    with store._database.read() as connection:
        rows = connection.execute(query).all()
    return [
        PastVerdict(r.number, r.hand_in, r.sha256, r.at, r.by, r.rubric, r.key, _verdict(r.verdict)) for r in rows
    ]


def _verdict(data: bytes) -> Verdict | None:
    try:
        return msgspec.json.decode(data, type=Verdict)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def exercises(store: Store) -> tuple[str, ...]:
    """Return the exercises that something was handed in for, sorted."""
    with store._database.read() as connection:
        return tuple(sorted(connection.execute(select(students.c.exercise).distinct()).scalars()))


def newest_run(store: Store, exercise: str, student: str) -> int:
    """Return the newest run that met a student: lower than the newest of all where the student is gone."""
    query = select(students.c.run).where(students.c.exercise == exercise, students.c.student == student)
    with store._database.read() as connection:
        return int(connection.execute(query).scalar_one())


def setting(store: Store, name: str) -> str | None:
    """Return a setting, None where it was never set."""
    with store._database.read() as connection:
        return connection.execute(select(settings.c.value).where(settings.c.name == name)).scalar()


def change_setting(store: Store, name: str, value: str) -> None:
    """Change a setting that is there."""
    with store._database.write() as connection:
        connection.execute(update(settings).where(settings.c.name == name).values(value=value))


def replay_marks(store: Store, exercise: str) -> dict[tuple[str, str], float]:
    """Return the points of each criterion that a person decided, by doing again what the table says was done.

    Every row is a mark that was given at a time, and perhaps taken back at another; second markers' do not count.
    """
    columns = adjustments.c
    query = select(adjustments).where(columns.exercise == exercise, columns.is_second.is_(False))
    with store._database.read() as connection:
        rows = connection.execute(query.order_by(columns.number)).all()
    assert all(row.by and row.at and (row.reason or row.comment) for row in rows)
    # At one instant, what is replaced goes before what replaces it comes.
    taken = [(row.withdrawn_at, 0, row) for row in rows if row.withdrawn_at is not None]
    events = sorted(
        [*taken, *((row.at, 1, row) for row in rows)], key=lambda event: (event[0], event[1], event[2].number)
    )
    counting: dict[tuple[str, str], dict[int, float]] = {}
    for _at, is_given, row in sorted(events, key=lambda event: (event[0], event[1], event[2].number)):
        marks = counting.setdefault((row.student, row.criterion), {})
        if is_given:
            marks[row.number] = row.points
        else:
            marks.pop(row.number, None)
    return {who: marks[max(marks)] for who, marks in counting.items() if marks}
