"""Compare a rubric with its data where networks have several inputs, and lay the rows of these side by side."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from grader.core.field_rules import suggest
from grader.core.i18n import Message, _
from grader.core.row_layout import LARGEST_WHOLE
from grader.evidence.inputs import ROLES_OF_DATA, pack_rows
from grader.protocol.training import Training, name_rows
from grader.rubric.data.dataset import Data
from grader.rubric.model import Rubric

_NEEDED = ("x_train", "x_val", "x_test")


def add_packed_rows(data: Data, trainings: Iterable[Training]) -> Data:
    """Return data that also hold the rows of several inputs side by side; the same where each network has one."""
    both = {**data.inside, **data.outside}
    packed = pack_rows(both, trainings)
    if not packed:
        return data
    outside = {name for name in packed if name.endswith(("x_test", "x_probe"))}
    return replace(
        data,
        inside={**data.inside, **{name: rows for name, rows in packed.items() if name not in outside}},
        outside={**data.outside, **{name: rows for name, rows in packed.items() if name in outside}},
    )


def refuse_unfit_inputs(rubric: Rubric, data: Data) -> None:
    """Raise `RubricError` where the data do not have the rows of each input, or these cannot be used."""
    for training in rubric.trainings:
        if not training.inputs:
            continue
        _refuse_missing(training, data)
        for role in ROLES_OF_DATA:
            if training.array(role) in {**data.inside, **data.outside}:
                raise rubric.refuse(
                    _(
                        "the data hold {name} beside the inputs {inputs}; leave it out: each input has rows of "
                        "its own",
                        name=training.array(role),
                        inputs=", ".join(training.inputs),
                    ),
                    "data",
                )
        for name in training.inputs:
            if (problem := _find_problem(training, name, data)) is not None:
                raise rubric.refuse(problem, "data")


def _refuse_missing(training: Training, data: Data) -> None:
    for role in _NEEDED:
        if role == "x_val" and not training.validation:
            continue
        side = data.outside if role == "x_test" else data.inside
        for input_name, name in zip(training.inputs, training.list_rows(role), strict=True):
            if name in side:
                continue
            if name in {**data.inside, **data.outside}:
                raise training.refuse(
                    _("the rows {name} have to be in {side} of the data", name=name, side=_name_side(role)),
                    "inputs",
                )
            prefix = training.array(f"{role}_")
            same_role = [other.removeprefix(prefix) for other in side if other.startswith(prefix)]
            raise training.refuse(_describe_missing(input_name, name, same_role), "inputs")


def _name_side(role: str) -> str:
    return "outside" if role == "x_test" else "inside"


def _describe_missing(input_name: str, array: str, others: list[str]) -> Message:
    if guess := suggest(input_name, others):
        return _(
            "the data have no rows {array} for the input {name!r} (did you mean {guess}?)",
            array=array,
            name=input_name,
            guess=guess,
        )
    return _("the data have no rows {array} for the input {name!r}", array=array, name=input_name)


def _find_problem(training: Training, name: str, data: Data) -> Message | None:
    """Return what is wrong with the rows of one of several inputs, or None."""
    both = {**data.inside, **data.outside}
    shapes = set()
    for role in ROLES_OF_DATA:
        array = training.array(name_rows(role, name))
        rows = both.get(array)
        if rows is None:
            continue
        if rows.dtype.kind not in "biuf" or not rows.ndim or not np.isfinite(rows).all():
            return _("{name} of the data holds what is no finite number", name=array)
        others = [both[other] for other in training.list_rows(role) if other in both]
        if len({len(part) for part in others}) > 1:
            listed = ", ".join(
                f"{other} {len(both[other])}" for other in training.list_rows(role) if other in both
            )
            return _("the inputs have different numbers of rows: {rows}", rows=listed)
        if rows.dtype.kind in "iu" and rows.size and np.abs(rows.astype(np.float64)).max() > LARGEST_WHOLE:
            return _(
                "{name} of the data holds whole numbers above {most}, which single precision cannot tell apart",
                name=array,
                most=LARGEST_WHOLE,
            )
        if role == "x_test" and len(rows) and (rows == rows[:1]).all():
            return _("{name} of the data is the same in all rows, so the input says nothing", name=array)
        shapes.add((rows.shape[1:], rows.dtype.kind))
    if len(shapes) > 1:
        return _("the rows of the input {name} have different shapes or types in parts of the data", name=name)
    return None
