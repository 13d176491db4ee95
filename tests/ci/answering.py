"""Answers to changes in which nothing has to be run."""

from grader.ci.pipeline import CiOptions, grade_change
from grader.grading.results import Mode
from grader.protocol.change_result import ChangeResult, exit_code
from tests.ci.repositories import Repo

WISHES = CiOptions("en", Mode.WALLS, base="main")
NO_BASE = CiOptions("en", Mode.WALLS)


def answered(repo: Repo, options: CiOptions = WISHES, **environment: str) -> ChangeResult:
    """Return the answer to a change."""
    answer, pages = grade_change(repo.folder, options, environment)
    assert pages == {}
    return answer


def refused(answer: ChangeResult) -> str:
    """Return the one sentence of a refusal."""
    [note] = answer.notes
    assert (note.severity, answer.outcomes, exit_code(answer)) == ("error", (), 2)
    return note.text
