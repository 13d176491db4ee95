"""Compare two states of a gradebook: whose mark changed, from what to what, and by which criteria."""

from collections.abc import Sequence

from grader.protocol.gradebook import GradebookEntry
from grader.protocol.verdict import CriterionVerdict, Record, Status


class CriterionChange(Record, frozen=True):
    """A criterion with other points or another status. None: the verdict before or after does not have it."""

    id: str
    before: float | None
    after: float | None
    status_before: Status | None
    status_after: Status | None


class MarkChange(Record, frozen=True):
    """A student whose mark or status changed. Points are None where there is no mark."""

    student: str
    name: str
    before: float | None
    after: float | None
    status_before: Status
    status_after: Status
    criteria: tuple[CriterionChange, ...]


def find_mark_changes(before: Sequence[GradebookEntry], after: Sequence[GradebookEntry]) -> tuple[MarkChange, ...]:
    """Return the changed marks in the order of `after`. A student who is only in one of the two has no change."""
    earlier = {entry.student: entry for entry in before}
    pairs = [(earlier[entry.student], entry) for entry in after if entry.student in earlier]
    changes = [_compare(old, new) for old, new in pairs]
    return tuple(c for c in changes if c.before != c.after or c.status_before != c.status_after or c.criteria)


def _compare(old: GradebookEntry, new: GradebookEntry) -> MarkChange:
    old_criteria, new_criteria = _criteria_by_id(old), _criteria_by_id(new)
    ids = tuple(dict.fromkeys((*new_criteria, *old_criteria)))
    return MarkChange(
        student=new.student,
        name=new.name,
        before=old.mark,
        after=new.mark,
        status_before=old.status,
        status_after=new.status,
        criteria=tuple(
            _compare_criteria(i, old_criteria.get(i), new_criteria.get(i))
            for i in ids
            if _outcome(old_criteria.get(i)) != _outcome(new_criteria.get(i))
        ),
    )


def _compare_criteria(name: str, old: CriterionVerdict | None, new: CriterionVerdict | None) -> CriterionChange:
    return CriterionChange(
        id=name,
        before=None if old is None else old.points,
        after=None if new is None else new.points,
        status_before=None if old is None else old.status,
        status_after=None if new is None else new.status,
    )


def _criteria_by_id(entry: GradebookEntry) -> dict[str, CriterionVerdict]:
    return {c.id: c for c in entry.verdict.criteria} if entry.verdict is not None else {}


def _outcome(criterion: CriterionVerdict | None) -> tuple[float, Status] | None:
    return None if criterion is None else (criterion.points, criterion.status)
