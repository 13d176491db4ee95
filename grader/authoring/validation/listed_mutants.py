"""Mutants of a reference that may keep all points, each with the reason: `reference/NAME/equivalent.toml`.

    "train:number:30->31" = "One epoch more is as good."
    "plot_*:number:*" = "The size of a figure is free."

    [borderline]
    "build_model:learning-rate:100.0" = "With a rate of 100, accuracies lie on both sides of the threshold."

A star stands for any characters. An equivalent mutant is as right as the reference, and has to keep all points. A
borderline mutant ends so near to a threshold that it may pass on one processor and fail on another, which rounds
otherwise: it may keep all points or lose some.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grader.core.errors import UserError
from grader.core.i18n import _

_BORDERLINE = "borderline"


class ListedMutantsError(UserError):
    """The file of listed mutants cannot be used. `text` says why."""


@dataclass(frozen=True)
class ListedMutants:
    """The mutants that may keep all points: reasons by the pattern of their ids."""

    equivalent: Mapping[str, str] = field(default_factory=dict)
    borderline: Mapping[str, str] = field(default_factory=dict)

    def find_equivalence(self, mutant: str) -> str | None:
        """Return why the mutant of this id is as right as the reference, or None where it is not listed so."""
        return _find_reason(self.equivalent, mutant)

    def find_border(self, mutant: str) -> str | None:
        """Return why the mutant of this id may pass or not, or None where it is not listed so."""
        return _find_reason(self.borderline, mutant)

    def find_unused_patterns(self, mutants: Iterable[str]) -> tuple[str, ...]:
        """Return the patterns that match none of these ids."""
        ids = tuple(mutants)
        patterns = (*self.equivalent, *self.borderline)
        return tuple(p for p in patterns if not any(_matches(p, mutant) for mutant in ids))


def read_listed_mutants(file: Path) -> ListedMutants:
    """Read the list of mutants; without the file, it is empty. Raises `ListedMutantsError`."""
    if not file.is_file():
        return ListedMutants()
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problem = _("{file} cannot be read: {error}", file=str(file), error=str(error))
        raise ListedMutantsError(problem) from None
    borderline = table.pop(_BORDERLINE, {})
    if not isinstance(borderline, dict):
        problem = _(
            "{file}: {name} has to be a table of patterns with reasons: [{name}]", file=str(file), name=_BORDERLINE
        )
        raise ListedMutantsError(problem)
    for pattern, reason in (*table.items(), *borderline.items()):
        if not isinstance(reason, str) or not reason.strip():
            problem = _("{file} gives no reason for {pattern!r}", file=str(file), pattern=pattern)
            raise ListedMutantsError(problem)
    return ListedMutants(table, borderline)


def _find_reason(reasons: Mapping[str, str], mutant: str) -> str | None:
    return next((why for pattern, why in reasons.items() if _matches(pattern, mutant)), None)


def _matches(pattern: str, mutant: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), mutant) is not None
