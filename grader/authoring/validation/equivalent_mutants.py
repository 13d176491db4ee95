"""Mutants of a reference that are just as right as it is, each with the reason: `reference/NAME/equivalent.toml`.

    "train:number:30->31" = "One epoch more is as good."
    "plot_*:number:*" = "The size of a figure is free."

A star stands for any characters.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.core.errors import UserError
from grader.core.i18n import _


class EquivalentMutantsError(UserError):
    """The file of equivalent mutants cannot be used. `text` says why."""


@dataclass(frozen=True)
class EquivalentMutants:
    """The mutants that are as right as the reference, so that they may keep all points."""

    reasons: dict[str, str]  # by pattern of mutants' ids

    def find_reason(self, mutant: str) -> str | None:
        """Return why the mutant of this id is right, or None where it is not listed."""
        return next((why for pattern, why in self.reasons.items() if _matches(pattern, mutant)), None)

    def find_unused_patterns(self, mutants: Iterable[str]) -> tuple[str, ...]:
        """Return the patterns that match none of these ids."""
        ids = tuple(mutants)
        return tuple(p for p in self.reasons if not any(_matches(p, mutant) for mutant in ids))


def read_equivalent_mutants(file: Path) -> EquivalentMutants:
    """Read the list of equivalent mutants; without the file, it is empty. Raises `EquivalentMutantsError`."""
    if not file.is_file():
        return EquivalentMutants({})
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problem = _("{file} cannot be read: {error}", file=str(file), error=str(error))
        raise EquivalentMutantsError(problem) from None
    for pattern, reason in table.items():
        if not isinstance(reason, str) or not reason.strip():
            problem = _("{file} gives no reason for {pattern!r}", file=str(file), pattern=pattern)
            raise EquivalentMutantsError(problem)
    return EquivalentMutants(table)


def _matches(pattern: str, mutant: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), mutant) is not None
