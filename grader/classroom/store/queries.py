"""Queries of the store's tables, and records from their rows."""

import contextlib
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, and_, func, select

from grader.classroom.store.records import Attempt, AttemptVerdict, HandInRow
from grader.classroom.store.schema import adjustments, comments, hand_ins, students, verdicts
from grader.protocol.gradebook import Adjustment, GradebookEntry
from grader.protocol.hand_in import HandIn, hand_in_fields
from grader.protocol.verdict import Verdict

_decoder = msgspec.json.Decoder(Verdict)
_attempt_decoder = msgspec.json.Decoder(AttemptVerdict)
_newest = verdicts.alias("newest")


def newest_hand_ins(connection: Connection, exercise: str) -> list[HandInRow]:
    """Return each student's newest hand-in with its newest verdict, sorted by student."""
    by_student = _adjustments_by_student(connection, exercise)
    rows = connection.execute(_select_hand_ins(exercise).where(students.c.hand_in == hand_ins.c.number)).all()
    return [_to_row(row, tuple(by_student[row.student])) for row in sorted(rows, key=lambda row: str(row.student))]


def earlier_hand_ins(connection: Connection, exercise: str) -> list[HandInRow]:
    """Return each student's hand-ins but the newest, with their newest verdicts, and without adjustments."""
    rows = connection.execute(_select_hand_ins(exercise).where(students.c.hand_in != hand_ins.c.number)).all()
    return [_to_row(row, ()) for row in rows]


def attempts(connection: Connection, exercise: str) -> dict[str, list[Attempt]]:
    """Return all hand-ins of each student, oldest first, each with its newest verdict.

    Where the time is not known, the order is that in which they came into the store.
    """
    newest = select(func.max(verdicts.c.number)).group_by(verdicts.c.hand_in)
    query = (
        select(hand_ins, verdicts.c.verdict, students.c.hand_in.label("newest"))
        .select_from(hand_ins)
        .join(students, and_(students.c.exercise == hand_ins.c.exercise, students.c.student == hand_ins.c.student))
        .outerjoin(verdicts, and_(verdicts.c.hand_in == hand_ins.c.number, verdicts.c.number.in_(newest)))
        .where(hand_ins.c.exercise == exercise)
    )
    by_student: defaultdict[str, list[Attempt]] = defaultdict(list)
    for row in connection.execute(query):
        by_student[row.student].append(_to_attempt(row))
    for of_student in by_student.values():
        of_student.sort(key=lambda attempt: (attempt.hand_in.submitted or attempt.entered, attempt.number))
    return dict(by_student)


def _to_attempt(row: Row[Any]) -> Attempt:
    verdict = None
    if row.verdict is not None and not row.problem:
        with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError):  # the bytes were changed
            verdict = _attempt_decoder.decode(row.verdict)
    return Attempt(
        hand_in=HandIn(**hand_in_fields(row)),
        number=row.number,
        entered=row.at,
        is_newest=row.number == row.newest,
        verdict=verdict,
    )


def newest_verdicts(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[str | None, bytes]]:
    """Return evidence key and bytes of the newest verdict of each of these hand-ins, at most some hundred."""
    newest = (
        select(func.max(verdicts.c.number)).where(verdicts.c.hand_in.in_(numbers)).group_by(verdicts.c.hand_in)
    )
    query = select(verdicts.c.hand_in, verdicts.c.key, verdicts.c.verdict).where(verdicts.c.number.in_(newest))
    return {row.hand_in: (row.key, row.verdict) for row in connection.execute(query)}


def to_adjustment(row: Row[Any]) -> Adjustment:
    """Build the adjustment of a row of `valid_adjustments`. Its reason begins with the reusable comment."""
    reason = " ".join(part for part in (row.comment_text, row.reason) if part)
    return Adjustment(criterion=row.criterion, points=row.points, reason=reason, by=row.by, at=row.at)


def valid_adjustments(exercise: str) -> Select[Any]:
    """Return the query for adjustments that count, oldest first, each with the text of its comment today."""
    return (
        select_with_comments()
        .where(
            adjustments.c.exercise == exercise,
            adjustments.c.withdrawn_at.is_(None),
            adjustments.c.is_second.is_(False),
        )
        .order_by(adjustments.c.number)
    )


def select_with_comments() -> Select[Any]:
    """Return the query for all adjustments, each with the text that its comment has today."""
    newest = select(func.max(comments.c.number)).group_by(comments.c.id)
    texts = select(comments.c.id, comments.c.text).where(comments.c.number.in_(newest)).subquery("texts")
    return select(adjustments, texts.c.text.label("comment_text")).outerjoin(
        texts, texts.c.id == adjustments.c.comment
    )


def _adjustments_by_student(connection: Connection, exercise: str) -> defaultdict[str, list[Adjustment]]:
    by_student: defaultdict[str, list[Adjustment]] = defaultdict(list)
    for row in connection.execute(valid_adjustments(exercise)):
        by_student[row.student].append(to_adjustment(row))
    return by_student


def _select_hand_ins(exercise: str) -> Select[Any]:
    """Return the query for one row per hand-in, joined with its newest verdict and with its student."""
    newest = select(func.max(_newest.c.number)).where(_newest.c.hand_in == hand_ins.c.number).scalar_subquery()
    return (
        select(
            hand_ins,
            verdicts.c.key,
            verdicts.c.verdict,
            verdicts.c.at.label("graded"),
        )
        .select_from(students)
        .join(hand_ins, and_(students.c.exercise == hand_ins.c.exercise, students.c.student == hand_ins.c.student))
        .outerjoin(verdicts, and_(verdicts.c.hand_in == hand_ins.c.number, verdicts.c.number == newest))
        .where(students.c.exercise == exercise)
    )


def _to_row(row: Row[Any], adjusted: tuple[Adjustment, ...]) -> HandInRow:
    # A problem is newer than the verdict before it, which then no longer counts.
    verdict = None if row.verdict is None or row.problem else decode_verdict(row.verdict)
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


def decode_verdict(data: bytes) -> Verdict | None:
    """Return the verdict; None where the bytes were changed, and are not exactly one."""
    try:
        return _decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
