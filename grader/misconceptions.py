"""What the evidence says about what a student misunderstood. A finding explains; it never takes a point."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from grader.checks.base import Case
from grader.text import Words
from grader.verdict import Severity


@dataclass(frozen=True)
class Finding:
    """One misconception that the evidence shows. `explains`: criteria that it may belong to, best first."""

    id: str
    severity: Severity
    text: Words
    explains: tuple[str, ...]


def find(task: Any, case: Case) -> Iterator[Finding]:
    """Return the misconceptions that the evidence shows."""
    return iter(())
