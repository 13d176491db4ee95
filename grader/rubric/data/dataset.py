"""The arrays of an exercise: what a submission may see, and what stays outside."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.core.arrays import Array
from grader.core.declarations import Declared
from grader.core.i18n import Bilingual, _

Parts = dict[str, Array]


@dataclass(frozen=True)
class Data(Declared):
    """The arrays of one exercise.

    `inside` is given to submissions. `outside` never is; only its `x_test`, without labels, goes into a sandbox
    without the submission, where frozen graphs are replayed. `class_names`: how a report calls the classes, in the
    order of the outputs. `picture`: height and width, where a row is a picture. `class_order`: positions of the
    classes in `class_names` as people know them, where a secret has changed the labels. `undress`: from a picture
    (height, width) that a secret has changed to the one that people know. `source`: where the rows come from, in a
    sentence that reports show where it says more than the task sheet.

    >>> Data(inside={"x_train": np.zeros((8, 2))}, outside={"x_test": np.zeros((4, 2))}, class_names=("no", "yes"))
    """

    inside: Mapping[str, Array]
    outside: Mapping[str, Array]
    class_names: tuple[str, ...] = ()
    picture: tuple[int, int] | None = None
    class_order: tuple[int, ...] = ()
    undress: Callable[[Array], Array] | None = None
    source: Bilingual | None = None
    # What `Case.of_data` computed, for all submissions.
    results: dict[Any, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Raise `RubricError` where an array is both handed out and held back."""
        super().__post_init__()
        if shared := set(self.inside) & set(self.outside):
            raise self.refuse(_("both inside and outside: {names}", names=", ".join(sorted(shared))), "outside")

    def order_classes(self) -> Array:
        """Return the positions of the classes in `class_names`, in the order in which reports show them."""
        return np.array(self.class_order or range(len(self.class_names)), dtype=int)

    def draw_picture(self, row: Array) -> Array:
        """Return a row (pixels,) as the picture that people know, shape (height, width)."""
        assert self.picture is not None
        picture: Array = row.reshape(self.picture)
        return picture if self.undress is None else self.undress(picture)
