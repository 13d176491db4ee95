"""Whether the machines that grade have all isolation features, and what to say where they have not."""

from grader.core.i18n import Message, _
from grader.grading.pool import GraderPool


def missing_isolation_features(pool: GraderPool) -> Message | None:
    """Return the sentence about features that are missing; None where all are there, and in plain mode.

    Raises:
        GraderError: The processes that know cannot be started or asked.
    """
    missing = [feature.id for feature in pool.walls() if not feature.stands]
    if not missing:
        return None
    return _(
        "Isolation features missing on this machine: {names}. For details: grader doctor. Grade on another "
        "machine, or allow it with --despite-missing-walls.",
        names=", ".join(missing),
    )
