"""Tell each cause once: criteria that failed or were skipped for the same reason point to the first of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.core.i18n import _
from grader.evidence.judgement import Judgement
from grader.protocol.verdict import Status
from grader.rubric.model import Criterion

_LOST = frozenset({Status.FAILED, Status.SKIPPED})


def find_shared_causes(criteria: Sequence[Criterion], judgements: Mapping[str, Judgement]) -> Mapping[str, str]:
    """Return, for each criterion whose cause another one tells, the id of that other one.

    A failed criterion shares the cause of the first one with the same message about the same line; a skipped one
    that of the criterion that it waits for.
    """
    shared: dict[str, str] = {}
    first: dict[tuple[object, ...], str] = {}
    for criterion in criteria:
        judgement = judgements[criterion.id]
        if judgement.status is Status.SKIPPED:
            waits_for = (n for n in criterion.depends_on if judgements[n].status in _LOST)
            needed = next(waits_for, "")
            if needed:
                shared[criterion.id] = shared.get(needed, needed)
        elif judgement.status is Status.FAILED:
            key = (*map(repr, (judgement.message, judgement.expected, judgement.received)), judgement.at)
            teller = first.setdefault(key, criterion.id)
            if teller != criterion.id:
                shared[criterion.id] = teller
    return shared


def point_to_causes(
    criteria: Sequence[Criterion], judgements: Mapping[str, Judgement], shared: Mapping[str, str]
) -> Mapping[str, Judgement]:
    """Return the judgements, those of failed criteria with a shared cause pointing to the one that tells it."""
    titles = {criterion.id: criterion.title for criterion in criteria}
    pointing = dict(judgements)
    for criterion, teller in shared.items():
        judgement = judgements[criterion]
        if judgement.status is Status.FAILED:
            message = _('The same cause as for "{title}", which says how to mend it.', title=titles[teller])
            pointing[criterion] = replace(judgement, message=message, expected=None, received=None)
    return pointing
