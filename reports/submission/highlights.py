"""Select from a verdict what a reader wants to know first: next steps, bonus, disagreements, missing walls."""

from collections.abc import Container

from grader.protocol.verdict import CertificationItem, CriterionVerdict, Status, Verdict, WallState

_TO_DO = frozenset((Status.FAILED, Status.PARTIAL, Status.NOT_ATTEMPTED))


def find_next_steps(
    verdict: Verdict, decided: Container[str] = (), at_most: int = 3
) -> tuple[CriterionVerdict, ...]:
    """Return the first criteria that the student can do something about.

    Rubrics list criteria in the order of the work, so that the first is the one to begin with. Skipped ones
    wait for another, and ones that could not be graded are nothing that the student can mend. What has the same
    cause as another one is mended with it. `decided`: ids of those that a person gave their points.
    """
    steps = (c for c in verdict.criteria if c.status in _TO_DO and not c.same_cause_as and c.id not in decided)
    return tuple(steps)[:at_most]


def sum_gained_bonus(verdict: Verdict) -> float:
    """Return the points gained beyond the `max_points` of their criteria."""
    return sum(max(0.0, criterion.points - criterion.max_points) for criterion in verdict.criteria)


def find_open_bonuses(verdict: Verdict) -> tuple[CriterionVerdict, ...]:
    """Return the passed criteria that still have a bonus to give."""
    return tuple(
        criterion
        for criterion in verdict.criteria
        if criterion.status is Status.PASSED and criterion.points < criterion.max_points + criterion.bonus
    )


def find_disagreements(verdict: Verdict) -> tuple[CertificationItem, ...]:
    """Return the items of the certification in which claims and frozen graph disagree."""
    return tuple(item for item in verdict.certification if not item.agrees)


def find_missing_walls(verdict: Verdict) -> tuple[WallState, ...]:
    """Return the isolation features that were missing while the submission ran."""
    return tuple(wall for wall in verdict.isolation.walls if not wall.stands)
