"""Build the table of marks that the plain CSV file and the workbook have in common."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from grader.classroom.exports.cells import format_number
from grader.protocol.gradebook import GradebookEntry
from grader.protocol.verdict import Status

# The columns of the plain CSV file, in this order; then one for each criterion, `criterion:ID`. They are a
# contract and the same in every language:
#
#   student, name, email, file   as the hand-in knew them; a text that a spreadsheet would take for a formula
#                                has an apostrophe in front
#   submitted   UTC, as 2026-11-21T14:05:00Z; empty where the layout of the hand-ins does not tell
#   late        true or false
#   status      one of the six words of a verdict
#   points      the mark, adjustments included; empty, never 0, while anything is undecided
#   max_points  empty where nothing was judged
#   adjustment  what people added to the verdict's points (negative: took away); empty without adjustments
#   reasons     of the adjustments
#   criterion:ID  points of that criterion, adjustments of it included; empty where it was not graded
#   certified   true, false, or empty where there was no network to compare
#   problem     why there is no verdict
#   rules       what the course's rules added and took, as `penalty -2 / rounding 0.5`; empty without rules
#   grade       by the course's key, as `2.3`, `B` or `passed`; empty without a key or a final mark
COLUMNS_BEFORE = (
    "student", "name", "email", "file", "submitted", "late", "status",
    "points", "max_points", "adjustment", "reasons",
)  # fmt: skip
COLUMNS_AFTER = ("certified", "problem", "rules", "grade")
PREFIX = "criterion:"

CellValue = str | float | bool | datetime | None


def find_criterion_ids(entries: Sequence[GradebookEntry]) -> tuple[str, ...]:
    """Return the ids of all criteria that were judged or adjusted, in the order of the verdicts."""
    ids: dict[str, None] = {}
    for entry in entries:
        ids.update(dict.fromkeys(c.id for c in entry.verdict.criteria) if entry.verdict else {})
    for entry in entries:
        ids.update(dict.fromkeys(a.criterion for a in entry.adjustments if a.criterion is not None))
    return tuple(ids)


def build_header(ids: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the columns."""
    return (*COLUMNS_BEFORE, *(PREFIX + id_ for id_ in ids), *COLUMNS_AFTER)


def build_rows(entries: Sequence[GradebookEntry], ids: Sequence[str]) -> Iterator[tuple[CellValue, ...]]:
    """Give one row per student, in the order of `build_header`; texts as they are."""
    for entry in entries:
        verdict, points = entry.verdict, entry.mark
        judged = verdict.points if verdict is not None else 0.0
        ruled = sum(rule.change for rule in entry.rules)
        yield (
            entry.student,
            entry.name,
            entry.email,
            entry.file,
            entry.submitted,
            entry.late,
            entry.status.value,
            points,
            verdict.max_points if verdict is not None else None,
            round(points - judged - ruled, 6) if entry.adjustments and points is not None else None,
            join_reasons(entry),
            *_of_criteria(entry, ids),
            verdict.certified if verdict is not None else None,
            entry.problem,
            join_rules(entry),
            entry.grade,
        )


def join_reasons(entry: GradebookEntry) -> str:
    """Return the reasons of all adjustments; the name of who adjusted stays in the store."""
    return " / ".join(f"{a.criterion}: {a.reason}" if a.criterion else a.reason for a in entry.adjustments)


def join_rules(entry: GradebookEntry) -> str:
    """Return what each rule of the course added or took; those that did neither by their name alone."""
    return " / ".join(
        f"{rule.rule.value} {format_number(rule.change)}" if rule.change else rule.rule.value
        for rule in entry.rules
    )


def _of_criteria(entry: GradebookEntry, ids: Sequence[str]) -> Iterator[float | None]:
    judged = entry.verdict.criteria if entry.verdict is not None else ()
    had = {c.id: c.points for c in judged if c.status is not Status.NOT_GRADED}
    had |= {a.criterion: a.points for a in entry.adjustments if a.criterion is not None}
    yield from (had.get(id_) for id_ in ids)
