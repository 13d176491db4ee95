"""Write a call of a function of the submission so that the student can paste and repeat it."""

from dataclasses import replace

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import _
from grader.evidence.judgement import Judgement
from grader.protocol.training import Training
from grader.protocol.verdict import Status

MAX_WRITTEN = 80  # numbers of the arguments that are written out in a call
DIGITS = 4  # of the features of a row in a call: enough to see the same result


def write_call(function: str, *arguments: Array | str, before: str = "") -> str:
    """Return a call as it can be pasted, such as `one_hot(np.array([2, 0]))`; "" where it would be too long.

    Args:
        function: name of the function.
        arguments: arrays, and those that an expression of Python says shorter than their numbers.
        before: statements that the expressions need.
    """
    if sum(argument.size for argument in arguments if not isinstance(argument, str)) > MAX_WRITTEN:
        return ""
    written = ", ".join(a if isinstance(a, str) else f"np.array({a.tolist()})" for a in arguments)
    return f"{before}; {function}({written})" if before else f"{function}({written})"


def write_network_call(training: Training, function: str, *arguments: Array | str) -> str:
    """Return the call of a function with a trained network, with the lines that build and train that one.

    Nothing is said of how a network of the grader's was made: the student has none of it.
    """
    rounded = [a if isinstance(a, str) else np.round(a.astype(np.float64), DIGITS) for a in arguments]
    if training.stand_in is not None:
        return write_call(function, "model", *rounded)
    labels = [output.name for output in training.outputs] or ["y"]
    halves = ("train", "val")[: 1 + training.validation]
    rows = [f"{part}_{half}" for half in halves for part in ("x", *labels)]
    train = f"{training.train}({', '.join(('model', *rows))})"
    return write_call(function, "model", *rounded, before=f"model = {write_build(training)}; {train}")


def write_build(training: Training) -> str:
    """Return the call that builds the network, such as `build_model(1)`."""
    return write_call(training.build, *map(repr, training.arguments))


def show_call(judgement: Judgement, call: str) -> Judgement:
    """Return a judgement that lost points with the call behind its message; as it is where there is no call."""
    if not call or judgement.status not in {Status.FAILED, Status.PARTIAL}:
        return judgement
    message = _("{message}\nTo repeat it: {call}", message=judgement.message, call=call)
    return replace(judgement, message=message)
