"""The learning task of an exercise: what its network has to learn."""

from dataclasses import dataclass
from typing import Literal

LabelForm = Literal["integers", "one_hot", "yes_no", "numbers"]
"""The form of labels that a loss may get."""


@dataclass(frozen=True)
class Task:
    """The learning task of an exercise: scores are computed for it, and misconceptions are recognised by it.

    `kind`: "classification", "regression", or "functions" where there is no network. `classes`: how many there
    are; 0 for regression, and 2 with a single output for a question of yes or no. `labels`: the form in which
    `train` gets them. `parameters`: how many a network for this problem may have; more are reported as too many
    (0: there is no such limit).

    >>> Task(kind="classification", classes=3, labels="integers", parameters=20_000)
    """

    kind: Literal["classification", "regression", "functions"]
    classes: int = 0
    labels: Literal["one_hot", "integers", "numbers"] = "one_hot"
    parameters: int = 0
