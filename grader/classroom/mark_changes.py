"""Compare two states of a gradebook: whose mark changed, from what to what, and by which criteria or rules."""

from collections.abc import Mapping, Sequence

from grader.protocol.gradebook import GradebookEntry
from grader.protocol.verdict import CriterionVerdict, Record, Status


class CriterionChange(Record, frozen=True):
    """A criterion with other points or another status. None: the verdict before or after does not have it."""

    id: str
    before: float | None
    after: float | None
    status_before: Status | None
    status_after: Status | None


class ShownMark(Record, frozen=True, array_like=True):
    """The mark of a student as the dashboard showed it last. `points`: None where there was no mark."""

    points: float | None
    grade: str = ""


class MarkChange(Record, frozen=True):
    """A student whose mark, grade or status changed. Points are None where there is no mark."""

    student: str
    name: str
    before: float | None
    after: float | None
    status_before: Status
    status_after: Status
    criteria: tuple[CriterionChange, ...]
    grade_before: str = ""
    grade_after: str = ""
    is_by_rules: bool = False  # the rules of the course gave another mark to the verdict before

    @property
    def is_change(self) -> bool:
        """Return whether anything is another than before."""
        has_other_mark = (self.before, self.grade_before) != (self.after, self.grade_after)
        return has_other_mark or self.status_before != self.status_after or bool(self.criteria)


def list_shown_marks(entries: Sequence[GradebookEntry]) -> dict[str, ShownMark]:
    """Return the marks of entries by student."""
    return {entry.student: ShownMark(entry.mark, entry.grade) for entry in entries}


def find_mark_changes(
    before: Sequence[GradebookEntry],
    after: Sequence[GradebookEntry],
    shown_marks: Mapping[str, ShownMark] | None = None,
) -> tuple[MarkChange, ...]:
    """Return the changed marks in the order of `after`. A student who is only in one of the two has no change.

    Args:
        before: with the verdicts before, and the rules of today.
        after: with the verdicts and the rules of today.
        shown_marks: those that the dashboard showed last, by the rules of then; without it, those of `before`.
    """
    earlier = {entry.student: entry for entry in before}
    marks = list_shown_marks(before) | dict(shown_marks or {})
    pairs = [(earlier[entry.student], entry) for entry in after if entry.student in earlier]
    changes = [_compare(old, new, marks[new.student]) for old, new in pairs]
    return tuple(change for change in changes if change.is_change)


def _compare(old: GradebookEntry, new: GradebookEntry, mark: ShownMark) -> MarkChange:
    old_criteria, new_criteria = _criteria_by_id(old), _criteria_by_id(new)
    ids = tuple(dict.fromkeys((*new_criteria, *old_criteria)))
    return MarkChange(
        student=new.student,
        name=new.name,
        before=mark.points,
        after=new.mark,
        grade_before=mark.grade,
        grade_after=new.grade,
        is_by_rules=mark != ShownMark(old.mark, old.grade),
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
