"""Select criteria of a rubric by the names that a student knows: those of criteria, and of functions."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from grader.core.course import normalise_name
from grader.core.errors import UnknownCriterionError
from grader.core.i18n import Message, _
from grader.protocol.plan import Call
from grader.rubric.model import Criterion, Rubric


def select_criteria(rubric: Rubric, names: Sequence[str], exercise: str) -> Rubric:
    """Return the rubric with those criteria only that are named, and those that they depend on.

    Args:
        rubric: of the exercise.
        names: ids of criteria, and names of functions that the exercise asks for.
        exercise: its name, for the message about a name that there is not.

    Raises:
        UnknownCriterionError: a name is none of both.
    """
    chosen: set[str] = set()
    for name in names:
        chosen |= _find_criteria(rubric, name, exercise)
    return replace_criteria(rubric, _add_dependencies(rubric, chosen))


def replace_criteria(rubric: Rubric, ids: Iterable[str]) -> Rubric:
    """Return the rubric with those of its criteria only that have these ids."""
    kept = set(ids)
    criteria = tuple(criterion for criterion in rubric.criteria if criterion.id in kept)
    return replace(rubric, criteria=criteria, total=sum(criterion.points for criterion in criteria))


def list_functions(criterion: Criterion) -> frozenset[str]:
    """Return the names of the submission that a criterion is about, or whose results it looks at."""
    steps = criterion.check.steps((0,))
    called = {step.function for step in steps if isinstance(step, Call)}
    return frozenset(called) | criterion.check.judged_names()


def _find_criteria(rubric: Rubric, name: str, exercise: str) -> set[str]:
    """Return the ids of the criteria that a name means: of one that is about nothing else, where there is one."""
    plain = normalise_name(name).removesuffix("()")
    by_id = {criterion.id for criterion in rubric.criteria if normalise_name(criterion.id) == plain}
    if by_id:
        return by_id
    functions = {c.id: {normalise_name(f) for f in c.check.judged_names()} for c in rubric.criteria}
    alone = {criterion for criterion, judged in functions.items() if judged == {plain}}
    judged_among_others = {criterion for criterion, judged in functions.items() if plain in judged}
    called = {c.id for c in rubric.criteria if plain in map(normalise_name, list_functions(c))}
    found = alone or judged_among_others or called
    if not found:
        raise UnknownCriterionError(_describe_unknown(rubric, name, exercise))
    return found


def _describe_unknown(rubric: Rubric, name: str, exercise: str) -> Message:
    criteria = [criterion.id for criterion in rubric.criteria]
    functions = sorted(set().union(*map(list_functions, rubric.criteria)))
    close = difflib.get_close_matches(normalise_name(name), dict.fromkeys([*criteria, *functions]), 1)
    if close:
        return _(
            "{exercise} has no criterion and no function {name!r}. Did you mean {close}?",
            exercise=exercise,
            name=name,
            close=close[0],
        )
    return _(
        "{exercise} has no criterion and no function {name!r}. Its criteria: {criteria}.",
        exercise=exercise,
        name=name,
        criteria=", ".join(criteria),
    )


def _add_dependencies(rubric: Rubric, chosen: set[str]) -> set[str]:
    """Return the ids together with those of all criteria that they depend on, directly or not."""
    needed = set(chosen)
    for criterion in reversed(rubric.criteria):  # each depends on earlier ones only
        if criterion.id in needed:
            needed |= set(criterion.depends_on)
    return needed
