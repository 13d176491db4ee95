"""Group what a class lost at each criterion: who got the same message stands together."""

import re
from collections import Counter
from collections.abc import Sequence

import msgspec

from grader.protocol.gradebook import GradebookEntry
from grader.protocol.verdict import CriterionVerdict, Status

_NUMBER = re.compile(r"[-−]?\d+(?:[.,]\d+)*(?:e[-+]?\d+)?")


class FailureGroup(msgspec.Struct, frozen=True):
    """Hand-ins that lost a criterion with the same status and message, but for numbers. `message`: an example."""

    status: Status
    message: str
    entries: tuple[GradebookEntry, ...]


def group_failures(entries: Sequence[GradebookEntry]) -> dict[str, tuple[FailureGroup, ...]]:
    """Return for each criterion the groups of those who did not pass it, largest first."""
    messages: dict[str, dict[tuple[Status, str], list[tuple[str, GradebookEntry]]]] = {}
    for entry in entries:
        for criterion in entry.verdict.criteria if entry.verdict is not None else ():
            if criterion.status is not Status.PASSED:
                line = _first_line(criterion)
                key = criterion.status, _NUMBER.sub("#", line)
                messages.setdefault(criterion.id, {}).setdefault(key, []).append((line, entry))
    return {
        criterion: tuple(
            FailureGroup(
                status, _most_common([line for line, _entry in members]), tuple(e for _line, e in members)
            )
            for (status, _masked), members in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
        )
        for criterion, groups in messages.items()
    }


def _first_line(criterion: CriterionVerdict) -> str:
    """Return what a message says, without the call that repeats it."""
    return criterion.message.strip().partition("\n")[0]


def _most_common(lines: Sequence[str]) -> str:
    counts = Counter(lines)
    return min(counts, key=lambda line: (-counts[line], line))
