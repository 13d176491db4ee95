"""Change the mark of one student by hand, or withdraw such changes."""

import math
from datetime import UTC, datetime

from grader.classroom.pages import Publisher
from grader.classroom.store import HandInRow, Store
from grader.core.errors import UserError
from grader.core.i18n import _
from grader.protocol.gradebook import Adjustment, GradebookEntry


class AdjustmentError(UserError):
    """The adjustment cannot be made. `text` says why and what would do."""


def adjust(
    store: Store, publisher: Publisher, student: str, criterion: str | None, points: float, reason: str, by: str
) -> HandInRow:
    """Write an adjustment, and return the student's hand-in with it.

    Args:
        store: Of the class.
        publisher: Knows the pseudonyms.
        student: Key, name or pseudonym.
        criterion: Id of the criterion that gets other points; None: the points are added to the sum.
        points: In points, not per cent; negative ones are taken away.
        reason: For the student and other instructors.
        by: The user who decided.

    Raises:
        AdjustmentError: No or several students are meant, or the points or the criterion make no sense.
        StoreError: The store cannot be written.
    """
    if not math.isfinite(points):
        raise AdjustmentError(_("{points} is no number of points.", points=str(points)))
    row = _find_hand_in(store, publisher, student)
    _require_criterion(row.entry, criterion, student)
    adjustment = Adjustment(criterion=criterion, points=points, reason=reason, by=by, at=datetime.now(UTC))
    for earlier in row.entry.adjustments:
        if criterion is not None and earlier.criterion == criterion:  # the newest decision counts
            store.withdraw_adjustment(publisher.series, row.entry.student, earlier, by)
    store.add_adjustment(publisher.series, row.entry.student, adjustment)
    return _find_hand_in(store, publisher, student)


def withdraw(store: Store, publisher: Publisher, student: str, by: str) -> HandInRow:
    """Withdraw all adjustments of a student, and return the hand-in without them. Raises as `adjust` does."""
    row = _find_hand_in(store, publisher, student)
    if not row.entry.adjustments:
        raise AdjustmentError(_("The mark of {student} was never adjusted.", student=student))
    for adjustment in row.entry.adjustments:
        store.withdraw_adjustment(publisher.series, row.entry.student, adjustment, by)
    return _find_hand_in(store, publisher, student)


def _find_hand_in(store: Store, publisher: Publisher, student: str) -> HandInRow:
    """Return the hand-in of the student with this key, name or pseudonym. Keys go first: names may be shared."""
    rows = store.newest_hand_ins(publisher.series)
    by_key = [row for row in rows if publisher.public_key(row.entry.student) == student]
    by_name = [row for row in rows if publisher.public_name(row.entry.student, row.entry.name) == student]
    matching = by_key or by_name
    if len(matching) == 1:
        return matching[0]
    if matching:
        raise AdjustmentError(
            _(
                "{count} students are called {student}. Say which one: {keys}",
                count=len(matching),
                student=student,
                keys=", ".join(publisher.public_key(row.entry.student) for row in matching),
            )
        )
    raise AdjustmentError(
        _("Nobody called {student} handed anything in here. The dashboard shows who did.", student=student)
    )


def _require_criterion(entry: GradebookEntry, criterion: str | None, student: str) -> None:
    criteria = [c.id for c in entry.verdict.criteria] if entry.verdict is not None else []
    if criterion is not None and criterion not in criteria:
        raise AdjustmentError(
            _(
                "There is no criterion {criterion}. The verdict of {student} has: {known}.",
                criterion=criterion,
                student=student,
                known=", ".join(criteria) or "–",
            )
        )
