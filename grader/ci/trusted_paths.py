"""Tell which files of a repository decide how a submission is graded. Names come from strangers: only compared.

One rule for both who need it: `grader ci`, which grades with the base's course and says so when one of these was
changed, and `grader note`, which believes no run whose workflow, action or grader the change itself brought along.
"""

import re
from enum import StrEnum
from pathlib import PurePosixPath


class FileRole(StrEnum):
    """What a file has a say in."""

    COURSE = "course"  # rubrics, task sheets, references: the base's are used, so what the run says still counts
    GRADER = "grader"  # what grades, and what is installed for it
    PIPELINE = "pipeline"  # what a host runs


# Whoever changes one of these can make the run of that change say anything.
ROLES_THAT_DECIDE = frozenset((FileRole.GRADER, FileRole.PIPELINE))


_HOSTS = frozenset((".github", ".gitlab", ".gitea", ".forgejo", ".circleci", ".ci"))
_GRADER = frozenset(("grader", "reports"))
_COURSE = frozenset(("exercises", "reference"))
_SUBMISSIONS = frozenset(("submission.py", "submission.ipynb"))
_ACTION = frozenset(("action.yml", "action.yaml"))
# At the root.
_PIPELINES = re.compile(r"\.gitlab-ci.*|\.pre-commit-.*|jenkinsfile|makefile", re.DOTALL)
_INSTALLED = re.compile(
    r"pyproject\.toml|setup\.(py|cfg|sh)|requirements.*\.(txt|in)|.*\.lock|pip\.conf|\.gitmodules", re.DOTALL
)


def find_role(path: str) -> FileRole | None:
    """Return what `path` (in the repository, with / between folders) decides; None: nothing.

    Capitals make no difference: a host whose disk ignores them would take `.GitHub` for `.github`.
    """
    parts = tuple(part.casefold() for part in PurePosixPath(path).parts)
    if not parts:
        return None
    folder, name = parts[0], parts[-1]
    if name in _ACTION or folder in _HOSTS or (len(parts) == 1 and _PIPELINES.fullmatch(name)):
        return FileRole.PIPELINE
    if folder in _GRADER or (len(parts) == 1 and _INSTALLED.fullmatch(name)):
        return FileRole.GRADER
    if folder in _COURSE:
        return None if _is_submission(parts) else FileRole.COURSE
    return None


def _is_submission(parts: tuple[str, ...]) -> bool:
    """In `exercises/NAME/` students edit the stub in place; everything else there is the course's."""
    return parts[0] == "exercises" and len(parts) == 3 and parts[2] in _SUBMISSIONS
