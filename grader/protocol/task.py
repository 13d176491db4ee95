"""What the network of an exercise has to learn, in a few words."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Task:
    """What the network of an exercise has to learn: scores are computed by it, and misconceptions told from it.

    `kind`: "classification", "regression", or "functions" where there is no network. `classes`: how many there
    are; 0 for regression, and 2 with a single output for a question of yes or no. `labels`: what they look
    like when `train` gets them. `parameters`: how many the problem deserves at most; more are told as too many
    (0: there is no such limit).

    >>> Task(kind="classification", classes=3, labels="integers", parameters=20_000)
    """

    kind: Literal["classification", "regression", "functions"]
    classes: int = 0
    labels: Literal["one_hot", "integers", "numbers"] = "one_hot"
    parameters: int = 0
