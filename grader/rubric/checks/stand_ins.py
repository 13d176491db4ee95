"""Judge a function by itself where the network of the submission that it works on is missing or cannot be used.

It is then tried on a network of the grader's, so that one mistake costs the points of one criterion.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, not_graded
from grader.evidence.losses import softmax
from grader.evidence.network import read_network
from grader.evidence.outputs import list_views
from grader.protocol.evidence import Missing
from grader.protocol.plan import BuildStandIn, Step
from grader.protocol.task import Task
from grader.protocol.training import Training, name_labels
from grader.protocol.verdict import Status
from grader.rubric.checks.base import Check

CLOSE = 0.02  # of outputs: another machine may solve for weights that differ a little


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
    # What a function makes of a network that says the same of all rows can be written without one.
    tells_nothing = on_stand_ins is not None and _needs_training(on_stand_ins) and _says_the_same(check, case)
    if on_stand_ins is None or own.status is Status.NOT_GRADED:
        return own
    if own.status is Status.PASSED and not tells_nothing:
        return own
    is_consequence = is_blocked or own.status is Status.SKIPPED or check.lacks_network(case) or tells_nothing
    if not is_consequence or _is_missing(check, case):
        return own
    if not all(s.id in case.steps or s.id in case.stops for s in on_stand_ins.steps(case.seeds[:1])):
        return replace(own, needs_stand_ins=True)
    if not all(_is_as_built(case, training) for training in on_stand_ins.trainings()):
        return _explain_exchange()
    try:
        judgement = on_stand_ins.judge(case)
    except PreconditionFailedError as unmet:
        judgement = unmet.judgement
    if tells_nothing and own.status is Status.PASSED:
        return replace(judgement, note=_explain_stand_in(on_stand_ins))
    if judgement.status in {Status.SKIPPED, Status.NOT_GRADED} or _is_no_better(judgement, own):
        return own
    if judgement.status is Status.NOT_ATTEMPTED:
        return judgement
    return replace(judgement, note=_explain_stand_in(on_stand_ins))


def _is_no_better(judgement: Judgement, own: Judgement) -> bool:
    """Return whether another network changes nothing, or makes it worse.

    Where neither earns anything, what was seen with the grader's network says more of the function itself.
    """
    return judgement.share < own.share or 0 < judgement.share == own.share


def _needs_training(check: Check) -> bool:
    """Return whether a check hands trained networks of the grader's to a function."""
    return any(training.stand_in is not None and training.stand_in.is_trained for training in check.trainings())


def _says_the_same(check: Check, case: Case) -> bool:
    """Return whether the networks that a function was given say the same of all rows."""
    models = [read_network(case, training, case.seeds[0]).after for training in check.trainings()]
    return bool(models) and all(model is not None and model.says_the_same for model in models)


def _is_as_built(case: Case, training: Training) -> bool:
    """Return whether the graph of a trained network of the grader's computes what the grader's weights do.

    It was described in the process of the submission, which may have exchanged it.
    """
    return all(_is_output_as_built(view, training) for view in list_views(case, training))


def _is_output_as_built(case: Case, training: Training) -> bool:
    network = read_network(case, training, case.seeds[0]).after
    outputs = network.outputs.get("x_val") if network is not None else None
    if training.stand_in is None or not training.stand_in.is_trained or outputs is None:
        return True  # nothing is earned with a network that there is no graph of
    is_regression = case.task.kind == "regression"
    kernel, bias = case.of_data(_solve_line if is_regression else _solve_classes, *_train_arrays(training))
    x = case.inside[training.array("x_val")]
    expected = x.reshape(len(x), -1).astype(np.float64) @ kernel + bias
    if not is_regression:
        expected = softmax(expected) if expected.shape[1] > 1 else 1.0 / (1.0 + np.exp(-expected))
    return outputs.shape == expected.shape and bool(np.allclose(outputs, expected, rtol=CLOSE, atol=CLOSE))


def _train_arrays(training: Training) -> tuple[str, str]:
    return training.array("x_train"), training.array("y_train")


def _explain_exchange() -> Judgement:
    return not_graded(
        _(
            "The grader gave its own network to this function, and another one came back. A person has to look at "
            "it."
        )
    )


def _is_missing(check: Check, case: Case) -> bool:
    """Return whether the submission has no such function, so that no network would help."""
    results = [case.steps[call] for call in check.calls(case.seeds[0]) if call in case.steps]
    return any(isinstance(result.evidence.outcome, Missing) for result in results)


def _explain_stand_in(on_stand_ins: Check) -> Words:
    if any(training.stand_in and training.stand_in.is_trained for training in on_stand_ins.trainings()):
        return _(
            "No trained network of yours shows what {function}() does, so it was given one that the grader built "
            "and trained.",
            function=on_stand_ins.tried_function,
        )
    return _(
        "No network of yours shows what {function}() does, so it was given one that the grader built.",
        function=on_stand_ins.tried_function,
    )


def solve_stand_ins(steps: Mapping[str, Step], inside: Mapping[str, Array], task: Task) -> dict[str, Array]:
    """Return the weights of the grader's trained networks among `steps`, by the names of their arrays.

    They are solutions on the rows that `train` gets, all of which the submission knows.
    """
    weights: dict[str, Array] = {}
    for step in steps.values():
        if isinstance(step, BuildStandIn) and step.kernel:
            solve = _solve_line if task.kind == "regression" else _solve_classes
            labels = inside[step.sample.removesuffix("x_train") + "y_train"]
            weights[step.kernel], weights[step.bias] = solve(inside[step.sample], labels)
        for head in step.heads if isinstance(step, BuildStandIn) else ():
            if head.kernel:
                assert isinstance(step, BuildStandIn)
                solve = _solve_line if head.activation == "linear" else _solve_classes
                labels = inside[step.sample.removesuffix("x_train") + name_labels("y_train", head.name)]
                weights[head.kernel], weights[head.bias] = solve(inside[step.sample], labels)
    return weights


def _solve_line(rows: Array, labels: Array) -> tuple[Array, Array]:
    """Return kernel (features, 1) and bias (1,) of a linear regression."""
    from sklearn.linear_model import LinearRegression  # few submissions need this

    return _read_weights(LinearRegression().fit(_flatten(rows), labels.astype(np.float64).ravel()))


def _solve_classes(rows: Array, labels: Array) -> tuple[Array, Array]:
    """Return kernel (features, units) and bias (units,) of a logistic regression."""
    from sklearn.linear_model import LogisticRegression  # likewise

    return _read_weights(LogisticRegression(max_iter=1000).fit(_flatten(rows), labels.ravel()))


def _flatten(rows: Array) -> Array:
    return rows.astype(np.float64).reshape(len(rows), -1)


def _read_weights(line: Any) -> tuple[Array, Array]:
    kernel = np.atleast_2d(line.coef_).T.astype(np.float32)
    return kernel, np.atleast_1d(line.intercept_).astype(np.float32)
