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


class EquivalentsError(UserError):
    """A file that is no table of patterns and reasons. `text` says why."""


@dataclass(frozen=True)
class Equivalents:
    """Patterns of mutants' ids, and why such mutants lose nothing."""

    reasons: dict[str, str]

    def reason(self, mutant: str) -> str | None:
        """Return why a mutant is right, or None where nobody said that it is."""
        return next((why for pattern, why in self.reasons.items() if _matches(pattern, mutant)), None)

    def stale(self, mutants: Iterable[str]) -> tuple[str, ...]:
        """Return the patterns that match none of these."""
        known = tuple(mutants)
        return tuple(p for p in self.reasons if not any(_matches(p, mutant) for mutant in known))


def read_equivalents(file: Path) -> Equivalents:
    """Read the file; without one, there are none. Raises `EquivalentsError`."""
    if not file.is_file():
        return Equivalents({})
    try:
        table = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise EquivalentsError(_("{file} cannot be read: {error}", file=str(file), error=str(error))) from None
    for pattern, reason in table.items():
        if not isinstance(reason, str) or not reason.strip():
            raise EquivalentsError(_("{file} gives no reason for {pattern!r}", file=str(file), pattern=pattern))
    return Equivalents(table)


def _matches(pattern: str, mutant: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), mutant) is not None
