"""Queries of the store's tables, and records from their rows."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, and_, func, select

from grader.classroom.store.records import HandInRow
from grader.classroom.store.schema import adjustments, hand_ins, students, verdicts
from grader.protocol.gradebook import Adjustment, GradebookEntry
from grader.protocol.hand_in import hand_in_fields
from grader.protocol.verdict import Verdict

_decoder = msgspec.json.Decoder(Verdict)
_newest = verdicts.alias("newest")


def newest_hand_ins(connection: Connection, exercise: str) -> list[HandInRow]:
    """Return each student's newest hand-in with its newest verdict, sorted by student."""
    by_student = _adjustments_by_student(connection, exercise)
    rows = connection.execute(_select_newest(exercise)).all()
    return [_to_row(row, tuple(by_student[row.student])) for row in sorted(rows, key=lambda row: str(row.student))]


def newest_verdicts(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[str | None, bytes]]:
    """Return evidence key and bytes of the newest verdict of each of these hand-ins, at most some hundred."""
    newest = (
        select(func.max(verdicts.c.number)).where(verdicts.c.hand_in.in_(numbers)).group_by(verdicts.c.hand_in)
    )
    query = select(verdicts.c.hand_in, verdicts.c.key, verdicts.c.verdict).where(verdicts.c.number.in_(newest))
    return {row.hand_in: (row.key, row.verdict) for row in connection.execute(query)}


def to_adjustment(row: Row[Any]) -> Adjustment:
    """Build the adjustment of a row."""
    return Adjustment(criterion=row.criterion, points=row.points, reason=row.reason, by=row.by, at=row.at)


def valid_adjustments(exercise: str) -> Select[Any]:
    """Return the query for adjustments that were not withdrawn, oldest first."""
    return (
        select(adjustments)
        .where(adjustments.c.exercise == exercise, adjustments.c.withdrawn_at.is_(None))
        .order_by(adjustments.c.number)
    )


def _adjustments_by_student(connection: Connection, exercise: str) -> defaultdict[str, list[Adjustment]]:
    by_student: defaultdict[str, list[Adjustment]] = defaultdict(list)
    for row in connection.execute(valid_adjustments(exercise)):
        by_student[row.student].append(to_adjustment(row))
    return by_student


def _select_newest(exercise: str) -> Select[Any]:
    """Return the query for one row per student: the newest hand-in, joined with its newest verdict."""
    newest = select(func.max(_newest.c.number)).where(_newest.c.hand_in == hand_ins.c.number).scalar_subquery()
    return (
        select(
            hand_ins,
            verdicts.c.key,
            verdicts.c.verdict,
            verdicts.c.at.label("graded"),
        )
        .select_from(students)
        .join(hand_ins, students.c.hand_in == hand_ins.c.number)
        .outerjoin(verdicts, and_(verdicts.c.hand_in == hand_ins.c.number, verdicts.c.number == newest))
        .where(students.c.exercise == exercise)
    )


def _to_row(row: Row[Any], adjusted: tuple[Adjustment, ...]) -> HandInRow:
    # A problem is newer than the verdict before it, which then no longer counts.
    verdict = None if row.verdict is None or row.problem else _decode(row.verdict)
    entry = GradebookEntry(
        **hand_in_fields(row),
        verdict=verdict,
        problem=row.problem,
        adjustments=adjusted,
        graded=None if verdict is None else row.graded,
    )
    return HandInRow(
        entry=entry,
        number=row.number,
        sha256=row.sha256,
        key=None if verdict is None else row.key,
    )


def _decode(data: bytes) -> Verdict | None:
    """Return the verdict; None where the bytes were changed, and are not exactly one."""
    try:
        return _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
