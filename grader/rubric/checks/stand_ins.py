"""Judge a function by itself where the network of the submission that it works on is missing or cannot be used.

It is then tried on a network of the grader's, so that one mistake costs the points of one criterion.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError
from grader.protocol.evidence import Missing
from grader.protocol.plan import BuildStandIn, Step
from grader.protocol.task import Task
from grader.protocol.verdict import Status
from grader.rubric.checks.base import Check


def judge_by_itself(check: Check, case: Case, own: Judgement, *, is_blocked: bool) -> Judgement:
    """Return the judgement of a function, on a network of the grader's if it had none of the submission's.

    Args:
        check: judges the function.
        case: the evidence.
        own: the judgement with the submission's own network.
        is_blocked: a criterion that the function builds on failed, so that its own network says nothing of it.

    Returns:
        `own` where there is nothing to make up for; with `needs_stand_ins` where the evidence has to be asked for.
    """
    on_stand_ins = check.on_stand_ins(case.task)
    if on_stand_ins is None or own.status in {Status.PASSED, Status.NOT_GRADED}:
        return own
    is_consequence = is_blocked or own.status is Status.SKIPPED or check.lacks_network(case)
    if not is_consequence or _is_missing(check, case):
        return own
    if not all(s.id in case.steps or s.id in case.stops for s in on_stand_ins.steps(case.seeds[:1])):
        return replace(own, needs_stand_ins=True)
    try:
        judgement = on_stand_ins.judge(case)
    except PreconditionFailedError as unmet:
        judgement = unmet.judgement
    if judgement.status in {Status.SKIPPED, Status.NOT_GRADED} or judgement.share < own.share:
        return own
    if judgement.status is Status.NOT_ATTEMPTED:
        return judgement
    return replace(judgement, note=_explain_stand_in(on_stand_ins))


def _is_missing(check: Check, case: Case) -> bool:
    """Return whether the submission has no such function, so that no network would help."""
    results = [case.steps[call] for call in check.calls(case.seeds[0]) if call in case.steps]
    return any(isinstance(result.evidence.outcome, Missing) for result in results)


def _explain_stand_in(on_stand_ins: Check) -> Words:
    if any(training.stand_in and training.stand_in.is_trained for training in on_stand_ins.trainings()):
        return _(
            "No trained network of yours could be used here, so {function}() was given one that the grader built "
            "and trained.",
            function=on_stand_ins.tried_function,
        )
    return _(
        "No network of yours could be used here, so {function}() was given one that the grader built.",
        function=on_stand_ins.tried_function,
    )


def solve_stand_ins(steps: Mapping[str, Step], inside: Mapping[str, Array], task: Task) -> dict[str, Array]:
    """Return the weights of the grader's trained networks among `steps`, by the names of their arrays.

    They are solutions on the rows that `train` gets, all of which the submission knows.
    """
    weights: dict[str, Array] = {}
    for step in steps.values():
        if isinstance(step, BuildStandIn) and step.kernel:
            x = inside[step.sample].astype(np.float64)
            labels = inside[step.sample.removesuffix("x_train") + "y_train"]
            weights[step.kernel], weights[step.bias] = _solve(x.reshape(len(x), -1), labels, task)
    return weights


def _solve(x: Array, labels: Array, task: Task) -> tuple[Array, Array]:
    """Return kernel (features, units) and bias (units,) of a linear or logistic regression."""
    from sklearn.linear_model import LinearRegression, LogisticRegression  # few submissions need this

    if task.kind == "regression":
        line = LinearRegression().fit(x, labels.astype(np.float64).ravel())
    else:
        line = LogisticRegression(max_iter=1000).fit(x, labels.ravel())
    kernel = np.atleast_2d(line.coef_).T.astype(np.float32)
    return kernel, np.atleast_1d(line.intercept_).astype(np.float32)
