"""Whose mark changed, from what to what, and by which criteria: two states of one gradebook, compared."""

from collections.abc import Sequence

from grader.protocol.gradebook import GradebookEntry
from grader.protocol.verdict import CriterionVerdict, Record, Status


class CriterionChange(Record, frozen=True):
    """A criterion that gives other points, or was decided otherwise. None: it was or is not there."""

    id: str
    before: float | None
    after: float | None


class MarkChange(Record, frozen=True):
    """A student whose mark or status changed. Points are None where there is no mark."""

    student: str
    name: str
    before: float | None
    after: float | None
    status_before: Status
    status_after: Status
    criteria: tuple[CriterionChange, ...]


def changes(before: Sequence[GradebookEntry], after: Sequence[GradebookEntry]) -> tuple[MarkChange, ...]:
    """Return what changed, in the order of `after`. Who is new or gone is no change."""
    earlier = {entry.student: entry for entry in before}
    pairs = [(earlier[entry.student], entry) for entry in after if entry.student in earlier]
    found = [_change(old, new) for old, new in pairs]
    return tuple(c for c in found if c.before != c.after or c.status_before != c.status_after or c.criteria)


def _change(old: GradebookEntry, new: GradebookEntry) -> MarkChange:
    mine, theirs = _criteria(old), _criteria(new)
    ids = tuple(dict.fromkeys((*theirs, *mine)))
    return MarkChange(
        student=new.student,
        name=new.name,
        before=old.mark,
        after=new.mark,
        status_before=old.status,
        status_after=new.status,
        criteria=tuple(
            CriterionChange(id=i, before=_points(mine.get(i)), after=_points(theirs.get(i)))
            for i in ids
            if _standing(mine.get(i)) != _standing(theirs.get(i))
        ),
    )


def _criteria(entry: GradebookEntry) -> dict[str, CriterionVerdict]:
    return {c.id: c for c in entry.verdict.criteria} if entry.verdict is not None else {}


def _points(criterion: CriterionVerdict | None) -> float | None:
    return None if criterion is None else criterion.points


def _standing(criterion: CriterionVerdict | None) -> tuple[float, Status] | None:
    return None if criterion is None else (criterion.points, criterion.status)
