"""What the tables hold, as records."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, and_, func, select

from grader.classroom.store.records import HandInRow, VerdictHistoryItem
from grader.classroom.store.schema import adjustments, hand_ins, students, verdicts
from grader.protocol.gradebook import Adjustment, GradebookEntry
from grader.protocol.hand_in import hand_in_fields
from grader.protocol.verdict import Verdict

_decoder = msgspec.json.Decoder(Verdict)
_newest = verdicts.alias("newest")


def newest_hand_ins(connection: Connection, exercise: str) -> list[HandInRow]:
    """Return each student's newest hand-in with its newest verdict, sorted by student."""
    decided = _standing(connection, exercise)
    rows = connection.execute(_newest_rows(exercise)).all()
    return [_stored(row, tuple(decided[row.student])) for row in sorted(rows, key=lambda row: str(row.student))]


def history(connection: Connection, exercise: str, student: str) -> list[VerdictHistoryItem]:
    """Return all verdicts of a student, oldest first."""
    query = (
        select(verdicts, hand_ins.c.sha256)
        .join(hand_ins, verdicts.c.hand_in == hand_ins.c.number)
        .where(hand_ins.c.exercise == exercise, hand_ins.c.student == student)
        .order_by(verdicts.c.number)
    )
    return [
        VerdictHistoryItem(
            number=row.number,
            hand_in=row.hand_in,
            sha256=row.sha256,
            at=row.at,
            by=row.by,
            rubric=row.rubric,
            key=row.key,
            verdict=_verdict(row.verdict),
        )
        for row in connection.execute(query)
    ]


def newest_verdicts(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[str | None, bytes]]:
    """Return key and bytes of the newest verdict of each of these hand-ins, at most some hundred."""
    newest = (
        select(func.max(verdicts.c.number)).where(verdicts.c.hand_in.in_(numbers)).group_by(verdicts.c.hand_in)
    )
    query = select(verdicts.c.hand_in, verdicts.c.key, verdicts.c.verdict).where(verdicts.c.number.in_(newest))
    return {row.hand_in: (row.key, row.verdict) for row in connection.execute(query)}


def adjustment(row: Row[Any]) -> Adjustment:
    """Return the adjustment that a row holds."""
    return Adjustment(criterion=row.criterion, points=row.points, reason=row.reason, by=row.by, at=row.at)


def standing(exercise: str) -> Select[Any]:
    """Return the query for adjustments that were not withdrawn, oldest first."""
    return (
        select(adjustments)
        .where(adjustments.c.exercise == exercise, adjustments.c.withdrawn_at.is_(None))
        .order_by(adjustments.c.number)
    )


def _standing(connection: Connection, exercise: str) -> defaultdict[str, list[Adjustment]]:
    found: defaultdict[str, list[Adjustment]] = defaultdict(list)
    for row in connection.execute(standing(exercise)):
        found[row.student].append(adjustment(row))
    return found


def _newest_rows(exercise: str) -> Select[Any]:
    """Return the query: one row per student, old verdicts not looked at."""
    newest = select(func.max(_newest.c.number)).where(_newest.c.hand_in == hand_ins.c.number).scalar_subquery()
    return (
        select(
            hand_ins,
            students.c.run,
            verdicts.c.key,
            verdicts.c.verdict,
            verdicts.c.at.label("graded"),
        )
        .select_from(students)
        .join(hand_ins, students.c.hand_in == hand_ins.c.number)
        .outerjoin(verdicts, and_(verdicts.c.hand_in == hand_ins.c.number, verdicts.c.number == newest))
        .where(students.c.exercise == exercise)
    )


def _stored(row: Row[Any], decided: tuple[Adjustment, ...]) -> HandInRow:
    # A problem is newer than the verdict before it: that one is not what stands now.
    verdict = None if row.verdict is None or row.problem else _verdict(row.verdict)
    entry = GradebookEntry(
        **hand_in_fields(row),
        verdict=verdict,
        problem=row.problem,
        adjustments=decided,
        graded=None if verdict is None else row.graded,
    )
    return HandInRow(
        entry=entry,
        number=row.number,
        run=row.run,
        sha256=row.sha256,
        key=None if verdict is None else row.key,
        damaged=verdict is None and row.verdict is not None and not row.problem,
    )


def _verdict(data: bytes) -> Verdict | None:
    """Return the verdict; None where the bytes are not exactly one."""
    try:
        return _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
