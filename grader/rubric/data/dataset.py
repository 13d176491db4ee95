"""The arrays of an exercise: what a submission may see, and what stays outside."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grader.core.arrays import Array

Parts = dict[str, Array]


@dataclass(frozen=True)
class Data:
    """The arrays of one exercise.

    `inside` is given to submissions. `outside` never is; only its `x_test`, without labels, goes into a sandbox
    without the submission, where frozen graphs are replayed. `class_names`: how a report calls the classes, in the
    order of the outputs. `picture`: height and width, where a row is a picture.

    >>> Data(inside={"x_train": np.zeros((8, 2))}, outside={"x_test": np.zeros((4, 2))}, class_names=("no", "yes"))
    """

    inside: Mapping[str, Array]
    outside: Mapping[str, Array]
    class_names: tuple[str, ...] = ()
    picture: tuple[int, int] | None = None
    # What `Case.of_data` computed, for all submissions.
    results: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if shared := set(self.inside) & set(self.outside):
            raise ValueError(f"both inside and outside: {', '.join(sorted(shared))}")
