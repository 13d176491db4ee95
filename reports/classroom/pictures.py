"""Compute the geometry of the dashboard: histogram, stacked bars, and each student's strip of outcomes.

Positions are SVG attributes or a class each, so that the policy can forbid inline styles.
"""

from collections.abc import Mapping, Sequence

import msgspec

from grader.protocol.verdict import CriterionVerdict, Status
from reports.classroom.summary import MarkClass

# One letter stands for an outcome in the strips: thousands of rows are to stay small.
LETTERS: dict[Status, str] = {
    Status.PASSED: "p",
    Status.PARTIAL: "h",
    Status.FAILED: "f",
    Status.SKIPPED: "s",
    Status.NOT_ATTEMPTED: "n",
    Status.NOT_GRADED: "q",
}
_GAP = 3.0  # between the parts of a stacked bar, of 1000


class Column(msgspec.Struct, frozen=True):
    """A class of marks and the height of its bar, of 100."""

    marks: MarkClass
    height: str


class Part(msgspec.Struct, frozen=True):
    """One outcome in a stacked bar; places in thousandths."""

    status: Status
    count: int
    x: str
    width: str


def build_columns(histogram: Sequence[MarkClass]) -> tuple[Column, ...]:
    """Return the bars; the highest class fills the height."""
    most = max((marks.count for marks in histogram), default=1)
    return tuple(Column(marks, f"{100 * marks.count / most:.1f}") for marks in histogram)


def build_parts(counts: Mapping[Status, int]) -> tuple[Part, ...]:
    """Return the outcomes that occur, side by side, each as wide as its share."""
    whole, x, parts = sum(counts.values()), 0.0, []
    for status in Status:
        if counts[status]:
            width = 1000 * counts[status] / whole
            parts.append(Part(status, counts[status], f"{x:.1f}", f"{max(1.0, width - _GAP):.1f}"))
            x += width
    return tuple(parts)


def strip_classes(criteria: Sequence[CriterionVerdict], order: Mapping[str, int]) -> str:
    """Return the classes that draw one student's outcomes; `order` gives the place of each criterion."""
    return " ".join(f"{LETTERS[criterion.status]}{order[criterion.id]}" for criterion in criteria)


def strip_style(criteria: int) -> str:
    """Return the rules for strips of so many criteria. They depend on nothing else.

    Each criterion is one background picture of a single element: its class says which of the six.
    """
    if not criteria:
        return ""
    pitch = max(3, min(8, 160 // criteria))  # pixels
    places = range(criteria)
    rules = [
        f".{letter}{place}{{--c{place}:var(--strip-{letter})}}" for letter in LETTERS.values() for place in places
    ]
    pictures = ",".join(f"var(--c{place},none)" for place in places)
    offsets = ",".join(f"{place * pitch}px 0" for place in places)
    rules.append(
        f".outcomes{{width:{criteria * pitch}px;background-image:{pictures};background-position:{offsets};"
        f"background-size:{pitch - 1}px 100%}}"
    )
    return "\n".join(rules) + "\n"
