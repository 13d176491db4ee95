"""Refuse checks whose parameters do not fit the task or the data of their exercise."""

import math
from collections.abc import Sequence

from grader.core.i18n import _
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.rubric.checks.base import Check
from grader.rubric.data.dataset import Data


def require_classes(check: Check, classes: int, task: Task) -> None:
    """Refuse a parameter `classes` that is another number than the task has. Raises `RubricError`."""
    if task.kind == "classification" and classes != task.classes:
        raise check.refuse(
            _("classes is {received}, but the task has {count} classes", received=classes, count=task.classes),
            "classes",
        )


def require_yes_or_no(check: Check, task: Task) -> None:
    """Refuse a check for two classes where there are more. Raises `RubricError`."""
    if task.classes != 2:
        raise check.refuse(
            _(
                "{check} is for 2 classes, yes and no; the task has {count}",
                check=type(check).__name__,
                count=task.classes,
            )
        )


def require_features(check: Check, field: str, features: int, data: Data) -> None:
    """Refuse made-up rows that are wider or narrower than all rows of the data. Raises `RubricError`."""
    rows = {**data.inside, **data.outside}
    widths = {math.prod(x.shape[1:]) for name, x in rows.items() if name.rpartition("x_")[1] and x.ndim > 1}
    if widths and features not in widths:
        raise check.refuse(
            _(
                "{field} is {received}, but the rows of the data have {count} features",
                field=field,
                received=features,
                count=" / ".join(map(str, sorted(widths))),
            ),
            field,
        )


def count_features(training: Training, data: Data) -> int:
    """Return how many features the rows have that a network is trained on."""
    return math.prod(data.inside[training.array("x_train")].shape[1:])


def require_argument(check: Check, networks: Sequence[Training], data: Data) -> None:
    """Refuse networks that are built for another number of features than their rows have.

    A function that builds such a network gets that number as its only argument. Raises `RubricError`.
    """
    for network in networks:
        features = count_features(network, data)
        if len(network.arguments) == 1 and network.arguments[0] != features:
            raise network.refuse(
                _(
                    "{build}({received}) is asked for a network on {received} features, but the rows have {count}",
                    build=network.build,
                    received=str(network.arguments[0]),
                    count=features,
                ),
                "arguments",
            )


def require_several(check: Check, networks: Sequence[Training]) -> None:
    """Refuse to compare a network with nothing. Raises `RubricError`."""
    if len(networks) < 2:
        raise check.refuse(_("{check} compares two networks or more", check=type(check).__name__), "networks")
