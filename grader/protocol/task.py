"""The learning task of an exercise: what its network has to learn."""

from dataclasses import dataclass, field
from typing import Literal

from grader.core.declarations import Declared
from grader.core.field_rules import CountOrZero
from grader.core.i18n import _

LabelForm = Literal["integers", "one_hot", "yes_no", "numbers"]
"""The form of labels that a loss may get."""


@dataclass(frozen=True)
class Task(Declared):
    """The learning task of an exercise: scores are computed for it, and misconceptions are recognised by it.

    `kind`: "classification", "regression", "functions" where there is no network, or "several" where it has
    several outputs, each with a task of its own (`Output`). `classes`: how many there are; 0 for regression, and 2
    with a single output for a question of yes or no. `labels`: the form in which `train` gets them:
    "integers", "one_hot" or "numbers"; without it, "numbers" for a regression, else "one_hot".
    `parameters`: how many a network for this problem may have; more are reported as too many
    (0: there is no such limit).

    >>> Task(kind="classification", classes=3, labels="integers", parameters=20_000)
    """

    kind: Literal["classification", "regression", "functions", "several"]
    classes: int = 0
    labels: Literal["one_hot", "integers", "numbers", ""] = ""
    parameters: CountOrZero = 0
    names_labels: bool = field(default=True, init=False, repr=False, compare=False)  # its author wrote `labels`

    def __post_init__(self) -> None:
        """Raise `RubricError` where kind, classes and labels do not fit one another."""
        super().__post_init__()
        object.__setattr__(self, "names_labels", bool(self.labels))
        usual: LabelForm = "numbers" if self.kind == "regression" else "one_hot"
        if not self.labels:
            object.__setattr__(self, "labels", usual)
        if self.kind == "classification" and self.classes < 2:
            raise self.refuse(
                _("classes is {count}; at least 2 expected for a classification", count=self.classes), "classes"
            )
        if self.kind != "classification" and self.classes:
            raise self.refuse(_("{kind!r} has no classes: leave classes out", kind=self.kind), "classes")
        if self.kind == "classification" and self.labels == "numbers":
            raise self.refuse(
                _("labels are numbers in a regression only; 'integers' or 'one_hot' expected"), "labels"
            )
        if self.kind == "regression" and self.labels != usual:
            raise self.refuse(_("a regression predicts numbers: write labels='numbers'"), "labels")
