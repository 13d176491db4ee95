"""What the labels that `fit` got are: class numbers, one-hot rows, or neither."""

from typing import Literal

from grader.protocol.evidence import FitFacts
from grader.protocol.task import LabelForm, Task


def read_label_form(fit: FitFacts | None, classes: int) -> Literal["integers", "one_hot", "other"] | None:
    """Return the form of the labels of a call of `fit`; None where its labels are not known.

    "other" are labels of any other shape: with an axis in front, or with as many columns as there are features.
    Their number is left to `fit`, which names both where it differs from that of the rows.

    `classes`: how many columns one-hot rows have.
    """
    if fit is None or not fit.y_shape or fit.y_shape[0] <= 0:
        return None
    if len(fit.y_shape) == 1 or fit.y_shape[1:] == (1,):
        return "integers"
    return "one_hot" if fit.y_shape[1:] == (classes,) else "other"


def list_label_forms(task: Task, fit: FitFacts | None) -> tuple[LabelForm, ...]:
    """Return the forms of labels that a loss may get in training, the likeliest first.

    Whether there is one output for yes and no, or one for each class, is the network's choice: both are listed.
    """
    if task.kind == "regression":
        return ("numbers",)
    form = read_label_form(fit, task.classes)
    if form in {"integers", "one_hot"}:
        return ("yes_no", "integers" if form == "integers" else "one_hot")
    return ("yes_no", "one_hot", "integers") if task.labels == "one_hot" else ("yes_no", "integers", "one_hot")
