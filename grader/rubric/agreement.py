"""Compare a rubric with its data: the arrays that checks name are there, and fit the task."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from grader.core.arrays import Array
from grader.core.declarations import Declared
from grader.core.field_rules import suggest
from grader.core.i18n import Message, _
from grader.evidence.inputs import list_packed
from grader.evidence.outputs import name_as_single
from grader.protocol.plan import (
    ArrayArg,
    BuildBase,
    BuildChain,
    Call,
    Describe,
    ResultOrTruth,
    SetWeights,
    Step,
    TraceInTraining,
    TryLayer,
)
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.rubric.data.dataset import Data
from grader.rubric.model import Criterion, Rubric


def refuse_disagreement(rubric: Rubric, data: Data) -> None:
    """Raise `RubricError` where task, checks and data of an exercise do not fit one another.

    All arrays that the checks name are there, see `refuse_missing_arrays`.
    """
    for criterion in rubric.criteria:
        trainings = criterion.check.trainings()
        if rubric.task.kind == "functions" and trainings:
            raise criterion.check.refuse(
                _(
                    "{criterion} trains a network, but the task is of kind 'functions': write "
                    "kind='classification' or kind='regression'",
                    criterion=criterion.id,
                )
            )
        for training in trainings:
            _refuse_other_outputs(rubric, training)
            _refuse_unfit_rows(rubric, rubric.task, training, data)
            for output in training.outputs:
                single = replace(
                    data,
                    inside=name_as_single(data.inside, output.name),
                    outside=name_as_single(data.outside, output.name),
                    class_names=() if output.task.kind == "regression" else data.class_names,
                )
                _refuse_unfit_rows(rubric, output.task, training, single)
    for criterion in rubric.criteria:
        _refuse_other_kind(criterion, rubric)
        _refuse_rows_of_one_input(criterion, rubric)
        criterion.check.check_exercise(rubric.task, data)


def _refuse_other_kind(criterion: Criterion, rubric: Rubric) -> None:
    kinds = criterion.check.kinds
    if rubric.task.kind not in kinds:
        raise criterion.check.refuse(
            _(
                "{check} is for a task of kind {kinds}; this one is {kind!r}",
                check=type(criterion.check).__name__,
                kinds=" / ".join(map(repr, sorted(kinds))),
                kind=rubric.task.kind,
            )
        )


def _refuse_rows_of_one_input(criterion: Criterion, rubric: Rubric) -> None:
    """Raise `RubricError` where a check hands the rows of a network with several inputs on as one array."""
    packed = list_packed(criterion.check.trainings())
    for step in criterion.check.steps(rubric.seeds[:1]) if packed else ():
        has_inputs = isinstance(step, Describe) and step.inputs
        if not has_inputs and packed & list_arrays(step):
            raise criterion.check.refuse(
                _(
                    "{check} cannot be asked for a network with several inputs",
                    check=type(criterion.check).__name__,
                )
            )


def _refuse_other_outputs(rubric: Rubric, training: Training) -> None:
    """Raise `RubricError` where one of task and training is for a single output, and the other for several."""
    if (rubric.task.kind == "several") != bool(training.outputs):
        raise training.refuse(
            _(
                "outputs belong to a task of kind 'several', and such a task to a training with outputs; the kind "
                "is {kind!r}, the number of outputs {count}",
                kind=rubric.task.kind,
                count=len(training.outputs),
            ),
            "outputs",
        )


def refuse_missing_arrays(rubric: Rubric, data: Data) -> None:
    """Raise `RubricError` where steps or checks name arrays that nothing provides."""
    own = {name for criterion in rubric.criteria for name in criterion.check.arrays()}
    inside = {**data.inside, **dict.fromkeys(own)}
    missing: dict[str, Criterion] = {}
    for criterion in rubric.criteria:
        steps = criterion.check.steps(rubric.seeds[:1])
        for name in (name for step in steps for name in list_arrays(step) if name not in inside):
            missing.setdefault(name, criterion)
    if not missing:
        for criterion in rubric.criteria:
            for name in (name for name in criterion.check.held_back() if name not in data.outside):
                missing.setdefault(name, criterion)
    if not missing:
        return
    record, field = _find_cause(rubric, next(iter(missing.values())), missing)
    raise record.refuse(_describe_missing(missing, {*inside, *data.outside}), field)


def _find_cause(rubric: Rubric, criterion: Criterion, missing: Iterable[str]) -> tuple[Declared, str]:
    """Return the record that names arrays which are missing, and its parameter."""
    for training in criterion.check.trainings():
        if training.rows and training.array("x_train") in missing:
            return training, "rows"
        if training.array("x_train") in missing:
            return rubric, "data"
        if training.encode and training.array("y_train_one_hot") in missing:
            return training, "encode"
    truth = getattr(criterion.check, "truth", None)
    return criterion.check, "truth" if isinstance(truth, str) else ""


def _describe_missing(missing: Iterable[str], known: Iterable[str]) -> Message:
    names = sorted(missing)
    listed = ", ".join(names)
    if guess := suggest(names[0], known):
        return _(
            "no such arrays, neither in its data nor in its checks: {names} (did you mean {guess}?)",
            names=listed,
            guess=guess,
        )
    return _("no such arrays, neither in its data nor in its checks: {names}", names=listed)


def list_arrays(step: Step) -> set[str]:
    """Return the names of the arrays of the data that a step needs."""
    match step:
        case Call(arguments=arguments, freeze=freeze):
            named = {a.name for a in arguments if isinstance(a, ArrayArg | ResultOrTruth)}
            return named | ({freeze} if freeze else set())
        case Describe(sample=sample, inputs=inputs):
            return {sample, *(one.rows for one in inputs)}
        case TraceInTraining(sample=sample):
            return {sample}
        case TryLayer(x=x, y=y):
            return {x, y}
        case SetWeights(weights=weights, sample=sample):
            return {*weights, sample}
        case BuildChain(layers=layers):
            return {name for layer in layers for name in (layer.kernel, layer.bias)}
        case BuildBase(architecture=architecture, weights=weights):
            return {architecture, weights}
        case _:
            return set()


def _refuse_unfit_rows(rubric: Rubric, task: Task, training: Training, data: Data) -> None:
    """Raise `RubricError` where rows, labels and task of a training contradict each other."""
    rows: Mapping[str, Array] = {**data.inside, **data.outside}
    parts = []
    for part in ("train", "val", "test"):
        x, y = (rows.get(training.array(f"{kind}_{part}")) for kind in "xy")
        if x is not None and y is not None:
            parts.append((part, x, y))
            if (problem := _find_problem_of_rows(part, x, y)) is not None:
                raise rubric.refuse(problem, "data")
    shapes = {x.shape[1:] for _part, x, _y in parts}
    if len(shapes) > 1:
        listed = ", ".join(f"x_{part} {x.shape}" for part, x, _y in parts)
        raise rubric.refuse(_("the rows of the data have different widths: {shapes}", shapes=listed), "data")
    if task.kind == "classification":
        _refuse_other_classes(rubric, task, training, [y for _part, _x, y in parts])
    elif task.kind == "regression" and data.class_names:
        raise rubric.refuse(
            _("the task is a regression, but the data are of classes: {names}", names=", ".join(data.class_names)),
            "data",
        )


def _find_problem_of_rows(part: str, x: Array, y: Array) -> Message | None:
    if len(x) != len(y):
        return _(
            "the data have {rows} rows and {labels} labels in x_{part} and y_{part}",
            rows=len(x),
            labels=len(y),
            part=part,
        )
    if not len(x):
        return _("the data have no rows in x_{part}", part=part)
    if x.dtype.kind not in "biuf" or not np.isfinite(x).all():
        return _("x_{part} of the data holds what is no finite number", part=part)
    if y.dtype.kind not in "biuf" or not np.isfinite(y).all():
        return _("y_{part} of the data holds what is no finite number", part=part)
    return None


def _refuse_other_classes(rubric: Rubric, task: Task, training: Training, labels: list[Array]) -> None:
    is_one_hot = labels[0].ndim == 2
    if not is_one_hot and any(y.dtype.kind not in "biu" and not np.equal(np.mod(y, 1), 0).all() for y in labels):
        raise rubric.refuse(
            _("the task is a classification, but the labels of the data are no whole numbers"), "data"
        )
    count = labels[0].shape[1] if is_one_hot else len(np.unique(np.concatenate(labels)))
    if count != task.classes:
        raise task.refuse(
            _("classes is {received}, but the data have {count} classes", received=task.classes, count=count),
            "classes",
        )
    if not task.names_labels:
        return
    if task.labels == "one_hot" and not (training.encode or is_one_hot):
        raise task.refuse(
            _(
                "labels='one_hot', but train() gets the integers of the data: write labels='integers', or "
                "Training(encode=...) with the function that encodes them"
            ),
            "labels",
        )
    if task.labels == "integers" and (training.encode or is_one_hot):
        raise task.refuse(_("labels='integers', but train() gets one-hot rows: write labels='one_hot'"), "labels")
