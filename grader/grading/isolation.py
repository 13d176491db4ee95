"""Refuse to grade other people's code where an isolation feature is missing."""

from grader.core.errors import UserError
from grader.core.i18n import _
from grader.grading.pool import GraderPool


class MissingIsolationError(UserError):
    """Submissions would be less isolated here than they should be. `text` names what is missing."""


def require_isolation(pool: GraderPool) -> None:
    """Raise `MissingIsolationError` where the machines of a pool lack an isolation feature.

    Raises `InternalError` where that cannot be found out. In plain mode there are none that could be missing.
    """
    missing = [wall.id for wall in pool.walls() if not wall.stands]
    if missing:
        raise MissingIsolationError(
            _(
                "Isolation features missing on this machine: {names}. grader doctor says more. Grade on another "
                "machine, or pass --despite-missing-walls.",
                names=", ".join(missing),
            )
        )
