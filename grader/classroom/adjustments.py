"""Change the mark of one student by hand, or withdraw such changes."""

import difflib
import math
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from grader.classroom.pages import Publisher
from grader.classroom.store import HandInRow, Store
from grader.core.errors import UserError
from grader.core.i18n import Message, _
from grader.protocol.gradebook import Adjustment, GradebookEntry
from grader.protocol.verdict import CriterionVerdict


class AdjustmentError(UserError):
    """The adjustment cannot be made. `text` says why and what would do."""


class Decision(msgspec.Struct, frozen=True):
    """What a person decides: the points that a criterion gives, or without one, points to add to the sum."""

    criterion: str | None
    points: float


def read_decisions(criteria: Sequence[str], points: str | None) -> tuple[Decision, ...]:
    """Return the decisions that a command line says.

    Args:
        criteria: `NAME=POINTS` each; or one `NAME`, whose points are `points`.
        points: of that criterion; without a criterion, to be added to the sum.

    Raises:
        AdjustmentError: A part is missing, is no number, or is said twice.
    """
    bare = [name for name in criteria if "=" not in name]
    if len(bare) > 1 or (bare and (points is None or len(criteria) > 1)):
        raise AdjustmentError(
            _("Say the points of each criterion: --criterion {name}=POINTS, as often as needed.", name=bare[0])
        )
    if bare and points is not None:
        return (Decision(bare[0], _read_points(points)),)
    pairs = [text.rpartition("=") for text in criteria]
    names = [name for name, _equals, _points in pairs]
    for name in names:
        if names.count(name) > 1:
            raise AdjustmentError(_("Criterion {name} is given points twice. Say once what counts.", name=name))
    decisions = [Decision(name, _read_points(text)) for name, _equals, text in pairs]
    return (*decisions, *([Decision(None, _read_points(points))] if points is not None else ()))


def _read_points(text: str) -> float:
    """Return a number of points, with a decimal point or a decimal comma. Raises `AdjustmentError`."""
    try:
        points = float(text.strip().replace(",", "."))
    except ValueError:
        points = math.nan
    if not math.isfinite(points):
        raise AdjustmentError(_("{points} is no number of points. Write it like 4 or 2.5.", points=repr(text)))
    return points


def adjust(
    store: Store, publisher: Publisher, student: str, decisions: Sequence[Decision], reason: str, by: str
) -> HandInRow:
    """Write adjustments, all of them or none, and return the student's hand-in with them.

    Args:
        store: Of the class.
        publisher: Knows the pseudonyms.
        student: Key, name or pseudonym.
        decisions: What is to count. Points that are added may be negative.
        reason: For the student and other instructors.
        by: The user who decided.

    Raises:
        AdjustmentError: No or several students are meant, or the points or the criteria make no sense.
        StoreError: The store cannot be written.
    """
    row = _find_hand_in(publisher, student)
    for decision in decisions:
        if decision.criterion is None:
            _require_possible_sum(row.entry, decision.points, _find_most_points(store, publisher, row.entry))
        else:
            _require_possible_points(_find_criterion(row.entry, decision.criterion, student), decision.points)
    at = datetime.now(UTC)
    new = [Adjustment(criterion=d.criterion, points=d.points, reason=reason, by=by, at=at) for d in decisions]
    store.add_adjustments(publisher.series, row.entry.student, new)
    replaced = {decision.criterion for decision in decisions} - {None}
    for earlier in row.entry.adjustments:
        if earlier.criterion in replaced:  # the newest decision counts
            store.withdraw_adjustment(publisher.series, row.entry.student, earlier, by)
    return _find_hand_in(publisher, student)


def withdraw(store: Store, publisher: Publisher, student: str, by: str) -> HandInRow:
    """Withdraw all adjustments of a student, and return the hand-in without them. Raises as `adjust` does."""
    row = _find_hand_in(publisher, student)
    if not row.entry.adjustments:
        raise AdjustmentError(_("The mark of {student} was never adjusted.", student=student))
    for adjustment in row.entry.adjustments:
        store.withdraw_adjustment(publisher.series, row.entry.student, adjustment, by)
    return _find_hand_in(publisher, student)


def _find_hand_in(publisher: Publisher, student: str) -> HandInRow:
    """Return the hand-in of the student with this key, name or pseudonym. Keys go first: names may be shared."""
    rows = publisher.read_rows()
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


def _find_criterion(entry: GradebookEntry, name: str, student: str) -> CriterionVerdict:
    """Return the verdict on a criterion. Raises `AdjustmentError` where there is none of that name."""
    criteria = {c.id: c for c in entry.verdict.criteria} if entry.verdict is not None else {}
    if name in criteria:
        return criteria[name]
    if not criteria:
        raise AdjustmentError(
            _(
                "{student} has no verdict, hence no criteria. Without --criterion, --points are the mark.",
                student=student,
            )
        )
    for similar in difflib.get_close_matches(name, criteria, n=1):
        raise AdjustmentError(
            _("There is no criterion {criterion}. Did you mean {similar}?", criterion=name, similar=similar)
        )
    raise AdjustmentError(
        _(
            "There is no criterion {criterion}. The verdict of {student} has: {known}.",
            criterion=name,
            student=student,
            known=", ".join(criteria),
        )
    )


def _require_possible_points(criterion: CriterionVerdict, points: float) -> None:
    """Raise `AdjustmentError` where a criterion cannot give so many points."""
    most = criterion.max_points + criterion.bonus
    if 0 <= points <= most:
        return
    worth: Message = (
        _("{most:g} points, bonus included", most=most) if criterion.bonus else _("{most:g} points", most=most)
    )
    raise AdjustmentError(
        _(
            "Criterion {criterion} is worth {worth}; it cannot be set to {points:g}. Points beside the criteria "
            "are added to the sum: --points without --criterion.",
            criterion=criterion.id,
            worth=worth,
            points=points,
        )
    )


def _require_possible_sum(entry: GradebookEntry, points: float, most: float | None) -> None:
    """Raise `AdjustmentError` where adding so many points can only be a slip of the pen."""
    if most is not None and points > most:
        raise AdjustmentError(
            _(
                "The whole exercise is worth {most:g} points; {points:g} cannot be added to the sum.",
                most=most,
                points=points,
            )
        )
    before = entry.points or 0.0
    if before + points < 0:
        raise AdjustmentError(
            _(
                "The sum is {before:g} points; with {points:g} added it would be below 0.",
                before=before,
                points=points,
            )
        )


def _find_most_points(store: Store, publisher: Publisher, entry: GradebookEntry) -> float | None:
    """Return what the exercise is worth: by the verdict, else by those of others; None where there is none."""
    entries = (entry, *(row.entry for row in store.newest_hand_ins(publisher.series)))
    return next((e.verdict.max_points for e in entries if e.verdict is not None), None)
