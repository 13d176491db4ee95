"""What people decide at the review desk: marks of criteria, reusable comments, and answers to regrade requests.

Nothing is deleted or overwritten: a mark that is replaced is withdrawn, a comment that is mended gets a new row.
So the tables say who decided what and when, also about what no longer counts.
"""

import math
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from grader.classroom.store.database import Database
from grader.classroom.store.errors import StoreError
from grader.classroom.store.queries import select_with_comments
from grader.classroom.store.records import Comment, HandMark, NewMark, RegradeRequest, StudentState, Version
from grader.classroom.store.schema import adjustments, comments, hand_ins, requests, students, verdicts
from grader.core.i18n import _


class ConflictError(StoreError):
    """Somebody or something was faster: what the person saw is no longer so. Nothing was written."""


class HandMarks:
    """Marks by hand of all classes in one database. Thread-safe; all methods raise `StoreError`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read_states(self, exercise: str) -> list[StudentState]:
        """Return for each student which hand-in and which verdict are the newest, without reading verdicts."""
        of_class = select(students.c.hand_in).where(students.c.exercise == exercise)
        newest = (
            select(verdicts.c.hand_in, func.max(verdicts.c.number).label("verdict"))
            .where(verdicts.c.hand_in.in_(of_class))
            .group_by(verdicts.c.hand_in)
            .subquery("newest")
        )
        query = (
            select(students.c.student, students.c.hand_in, newest.c.verdict, hand_ins.c.problem, hand_ins.c.sha256)
            .join(hand_ins, hand_ins.c.number == students.c.hand_in)
            .outerjoin(newest, newest.c.hand_in == students.c.hand_in)
            .where(students.c.exercise == exercise)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [
            StudentState(
                student=row.student,
                hand_in=row.hand_in,
                verdict=row.verdict or 0,
                problem=row.problem,
                is_readable=bool(row.sha256),
            )
            for row in rows
        ]

    def read_marks(self, exercise: str, *, with_withdrawn: bool = False) -> list[HandMark]:
        """Return what people decided about criteria, oldest first, of first and second markers."""
        query = select_with_comments().where(
            adjustments.c.exercise == exercise, adjustments.c.criterion.is_not(None)
        )
        if not with_withdrawn:
            query = query.where(adjustments.c.withdrawn_at.is_(None))
        with self._database.read() as connection:
            return [_to_mark(row) for row in connection.execute(query.order_by(adjustments.c.number))]

    def decide(self, exercise: str, mark: NewMark, seen: Version, by: str, answers: int | None = None) -> int:
        """Write a mark in the place of an earlier one for the same criterion, and return its number.

        Args:
            exercise: Name of the class's hand-ins.
            mark: What is decided.
            seen: What the person saw when deciding.
            by: Who decides.
            answers: Number of the regrade request that it answers.

        Raises:
            ConflictError: There is something newer than what was seen.
        """
        if not math.isfinite(mark.points):
            raise ValueError(f"no number of points: {mark.points}")
        with self._database.write() as connection:
            self._require_unchanged(connection, exercise, mark, seen)
            number = self._insert(connection, exercise, mark, by)
            _withdraw(connection, _deciding(connection, exercise, mark, before=number), by)
            if answers is not None:
                open_request = (requests.c.number == answers, requests.c.adjustment.is_(None))
                changed = connection.execute(update(requests).where(*open_request).values(adjustment=number))
                if not changed.rowcount:
                    raise ConflictError(
                        _("This request was answered meanwhile, by somebody else. Nothing was changed.")
                    )
        return number

    def undo(self, exercise: str, student: str, number: int, replaced: NewMark | None, by: str) -> int | None:
        """Withdraw a student's mark, and write anew what it replaced. A request that it answered is open again.

        SQLite may give the number of a deleted mark to the next one, which is another student's then.

        Returns:
            The number of what was written anew; None where nothing was replaced.

        Raises:
            ConflictError: The mark counts no longer: somebody decided anew.
        """
        with self._database.write() as connection:
            row = connection.execute(select(adjustments).where(adjustments.c.number == number)).first()
            is_same = row is not None and (row.exercise, row.student) == (exercise, student)
            if row is None or not is_same or row.withdrawn_at is not None:
                raise ConflictError(
                    _("What was to be undone counts no longer: somebody decided anew. Nothing was changed.")
                )
            _withdraw(connection, [number], by)
            connection.execute(update(requests).where(requests.c.adjustment == number).values(adjustment=None))
            return None if replaced is None else self._insert(connection, exercise, replaced, by)

    # Comments

    def read_comments(self, exercise: str) -> list[Comment]:
        """Return the reusable comments with today's texts, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(comments).where(comments.c.exercise == exercise).order_by(comments.c.number)
            ).all()
        newest: dict[str, Comment] = {}  # a comment that was mended stays in its place
        for row in rows:
            newest[row.id] = Comment(id=row.id, criterion=row.criterion, text=row.text, by=row.by, at=row.at)
        return list(newest.values())

    def add_comment(self, exercise: str, criterion: str, text: str, by: str) -> str:
        """Write a reusable comment, and return its id: that of an equal one where there is one."""
        for comment in self.read_comments(exercise):
            if (comment.criterion, comment.text) == (criterion, text):
                return comment.id
        new = secrets.token_hex(6)
        row = {"id": new, "exercise": exercise, "criterion": criterion, "text": text, "by": by, "at": _now()}
        with self._database.write() as connection:
            connection.execute(insert(comments).values(row))
        return new

    def mend_comment(self, exercise: str, comment: str, text: str, seen: str, by: str) -> None:
        """Give a comment another text, for everybody who has it.

        Raises:
            ConflictError: Its text is no longer the one that was `seen`.
        """
        with self._database.write() as connection:
            of_comment = select(comments).where(comments.c.exercise == exercise, comments.c.id == comment)
            newest = connection.execute(of_comment.order_by(comments.c.number.desc())).first()
            if newest is None or newest.text != seen:
                raise ConflictError(
                    _("Somebody else changed this comment meanwhile. Read it again, then change it.")
                )
            row = {"id": comment, "exercise": exercise, "criterion": newest.criterion, "text": text, "by": by}
            connection.execute(insert(comments).values(row | {"at": _now()}))

    # Regrade requests

    def add_requests(self, exercise: str, wishes: Iterable[tuple[str, str, str]], by: str) -> int:
        """Enter requests (student, criterion, text) that are not there yet, and return how many are new.

        Whoever is not in the store is left out: the file was read before that student was deleted.
        """
        new = 0
        with self._database.write() as connection:
            students_in_class = set(
                connection.execute(select(students.c.student).where(students.c.exercise == exercise)).scalars()
            )
            for student, criterion, text in wishes:
                if student not in students_in_class:
                    continue
                same = {"exercise": exercise, "student": student, "criterion": criterion, "text": text}
                if connection.execute(select(requests).filter_by(**same)).first() is None:
                    connection.execute(insert(requests).values(same | {"by": by, "at": _now()}))
                    new += 1
        return new

    def read_requests(self, exercise: str) -> list[RegradeRequest]:
        """Return all requests, oldest first."""
        query = select(requests).where(requests.c.exercise == exercise).order_by(requests.c.number)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return [
            RegradeRequest(
                number=row.number,
                student=row.student,
                criterion=row.criterion,
                text=row.text,
                at=row.at,
                adjustment=row.adjustment,
            )
            for row in rows
        ]

    def read_change_times(self, exercise: str) -> dict[str, datetime]:
        """Return when something was last decided by hand about each student, in marks and in their comments."""
        newest = (
            select(comments.c.id, func.max(comments.c.at).label("at")).group_by(comments.c.id).subquery("newest")
        )
        query = (
            select(adjustments, newest.c.at.label("mended"))
            .outerjoin(newest, newest.c.id == adjustments.c.comment)
            .where(adjustments.c.exercise == exercise, adjustments.c.is_second.is_(False))
        )
        times: dict[str, datetime] = {}
        with self._database.read() as connection:
            for row in connection.execute(query):
                changes = [at for at in (row.at, row.withdrawn_at, row.mended) if at is not None]
                times[row.student] = max([*changes, *([times[row.student]] if row.student in times else [])])
        return times

    def _insert(self, connection: Connection, exercise: str, mark: NewMark, by: str) -> int:
        row = {
            "exercise": exercise,
            "student": mark.student,
            "criterion": mark.criterion,
            "points": mark.points,
            "reason": mark.reason,
            "by": by,
            "at": _now(),
            "comment": mark.comment,
            "is_second": mark.is_second,
        }
        key = connection.execute(insert(adjustments).values(row)).inserted_primary_key
        assert key is not None
        return int(key[0])

    def _require_unchanged(self, connection: Connection, exercise: str, mark: NewMark, seen: Version) -> None:
        hand_in = connection.execute(
            select(students.c.hand_in).where(students.c.exercise == exercise, students.c.student == mark.student)
        ).scalar()
        if hand_in is None:
            raise ConflictError(_("This student is no longer in the store. Nothing was changed."))
        verdict = connection.execute(
            select(func.max(verdicts.c.number)).where(verdicts.c.hand_in == hand_in)
        ).scalar()
        if hand_in != seen.hand_in:
            raise ConflictError(
                _(
                    "The student handed in again meanwhile. Your decision was not saved: look at the new hand-in "
                    "first."
                )
            )
        if (verdict or 0) != seen.verdict:
            raise ConflictError(
                _(
                    "The hand-in was graded again meanwhile. Your decision was not saved: look at the new verdict "
                    "first."
                )
            )
        deciding = _deciding(connection, exercise, mark)
        if (deciding[-1] if deciding else 0) != seen.adjustment:
            row = connection.execute(
                select(adjustments).where(adjustments.c.number == (deciding[-1] if deciding else seen.adjustment))
            ).first()
            who = "?" if row is None else (row.by if deciding else row.withdrawn_by)
            raise ConflictError(
                _(
                    "{who} decided this criterion since you opened the page. Your decision was not saved: compare "
                    "both, then save again.",
                    who=who,
                )
            )


def _deciding(connection: Connection, exercise: str, mark: NewMark, before: int | None = None) -> list[int]:
    """Return the numbers of the adjustments that decide a criterion, oldest first: one, or none."""
    query = select(adjustments.c.number).where(
        adjustments.c.exercise == exercise,
        adjustments.c.student == mark.student,
        adjustments.c.criterion == mark.criterion,
        adjustments.c.is_second.is_(mark.is_second),
        adjustments.c.withdrawn_at.is_(None),
    )
    if before is not None:
        query = query.where(adjustments.c.number < before)
    return list(connection.execute(query.order_by(adjustments.c.number)).scalars())


def _withdraw(connection: Connection, numbers: list[int], by: str) -> None:
    withdrawn = {"withdrawn_by": by, "withdrawn_at": _now()}
    connection.execute(update(adjustments).where(adjustments.c.number.in_(numbers)).values(withdrawn))


def _to_mark(row: Row[Any]) -> HandMark:
    return HandMark(
        number=row.number,
        student=row.student,
        criterion=row.criterion,
        points=row.points,
        reason=row.reason,
        comment=row.comment,
        comment_text=row.comment_text or "",
        by=row.by,
        at=row.at,
        is_second=row.is_second,
    )


def _now() -> datetime:
    return datetime.now(UTC)
