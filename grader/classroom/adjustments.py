"""What a person decides against a verdict: found by the student's name, checked, kept with its reason."""

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
    """Keep an adjustment and return the student's hand-in with it. Raises `AdjustmentError` and `StoreError`."""
    if not math.isfinite(points):
        raise AdjustmentError(_("{points} is no number of points.", points=str(points)))
    found = _find(store, publisher, student)
    _require_criterion(found.entry, criterion, student)
    adjustment = Adjustment(criterion=criterion, points=points, reason=reason, by=by, at=datetime.now(UTC))
    for earlier in found.entry.adjustments:
        if criterion is not None and earlier.criterion == criterion:  # the newest decision counts
            store.withdraw_adjustment(publisher.folder.settings.series, found.entry.student, earlier, by)
    store.add_adjustment(publisher.folder.settings.series, found.entry.student, adjustment)
    return _find(store, publisher, student)


def withdraw(store: Store, publisher: Publisher, student: str, by: str) -> HandInRow:
    """Let all adjustments of a student count no longer, and return the hand-in without them."""
    found = _find(store, publisher, student)
    if not found.entry.adjustments:
        raise AdjustmentError(_("The mark of {student} was never adjusted.", student=student))
    for adjustment in found.entry.adjustments:
        store.withdraw_adjustment(publisher.folder.settings.series, found.entry.student, adjustment, by)
    return _find(store, publisher, student)


def _find(store: Store, publisher: Publisher, student: str) -> HandInRow:
    """Return the one whose key, name or pseudonym is `student`: keys first, for names may be shared."""
    class_ = store.newest_hand_ins(publisher.folder.settings.series)
    keys = [held for held in class_ if publisher.student(held.entry.student) == student]
    found = keys or [h for h in class_ if publisher.shown(h.entry.student, h.entry.name) == student]
    if len(found) == 1:
        return found[0]
    if found:
        raise AdjustmentError(
            _(
                "{count} students are called {student}. Say which one: {keys}",
                count=len(found),
                student=student,
                keys=", ".join(publisher.student(held.entry.student) for held in found),
            )
        )
    raise AdjustmentError(
        _("Nobody called {student} handed anything in here. The dashboard shows who did.", student=student)
    )


def _require_criterion(entry: GradebookEntry, criterion: str | None, student: str) -> None:
    known = [c.id for c in entry.verdict.criteria] if entry.verdict is not None else []
    if criterion is not None and criterion not in known:
        raise AdjustmentError(
            _(
                "There is no criterion {criterion}. The verdict of {student} has: {known}.",
                criterion=criterion,
                student=student,
                known=", ".join(known) or "–",
            )
        )
