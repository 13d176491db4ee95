"""What `grader check` was asked for."""

from dataclasses import dataclass
from pathlib import Path

from grader.core.course import Course


@dataclass(frozen=True)
class CheckOptions:
    """What is checked. `file`: the submission or its folder; None to look for it in the current folder."""

    course: Course
    exercise: str
    file: Path | None
    only: tuple[str, ...] = ()
    """Names of criteria and functions; without any, everything is checked."""
    plain: bool = False
    fresh: bool = False
    """Nothing that is stored of earlier checks is used."""
