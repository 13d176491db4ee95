"""The steps that build and train a network of an exercise, as calls of its functions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import msgspec

from grader.core.declarations import Declared
from grader.core.field_rules import FunctionName, OptionalFunctionName, Seconds
from grader.core.i18n import _
from grader.protocol.evidence import MAX_INPUTS
from grader.protocol.plan import (
    Argument,
    ArrayArg,
    BuildBase,
    BuildStandIn,
    Call,
    Describe,
    InputRows,
    LiteralArg,
    ResultOf,
    ResultOrTruth,
    StandInHead,
    Step,
)
from grader.protocol.task import Task

OTHER_DATA = "other:"
# Roles of the arrays that a network is built from which students build on.
BASE_ARCHITECTURE, BASE_WEIGHTS = "base_architecture", "base_weights"


@dataclass(frozen=True)
class StandIn:
    """The network of the grader's that a function gets where that of the submission cannot be used.

    `units`, `activation` and `loss` follow from the task. `is_trained`: it has the weights of a solution on the
    rows of `train`, else random ones.
    """

    units: int
    activation: str
    loss: str
    metric: str
    is_trained: bool
    heads: tuple[StandInHead, ...] = ()  # where there are several outputs: these in place of the rest
    as_dict: bool = False  # several outputs come as a dict


@dataclass(frozen=True)
class Output(Declared):
    """One of several outputs of a network: its `name`, and the `task` that it has to learn.

    Its labels are the arrays `y_train_NAME`, `y_val_NAME` and `y_test_NAME` of the data.

    >>> Output("kind", Task(kind="classification", classes=3, labels="integers"))
    """

    name: str
    task: Task

    def __post_init__(self) -> None:
        """Raise `RubricError` where the task is none of a single output."""
        super().__post_init__()
        if self.task.kind not in {"classification", "regression"}:
            raise self.refuse(
                _("task is of kind {kind!r}; a classification or a regression expected", kind=self.task.kind),
                "task",
            )


@dataclass(frozen=True)
class Training(Declared):
    """How a network of an exercise is built and trained. Checks with an equal `Training` share its steps.

    `build(*arguments)` and `train(model, x_train, y_train, x_val, y_val)` are called on each seed, the latter
    without the validation rows where `validation` is False. `rows` is the prefix that the names of these arrays
    have in the data, `name` tells the networks of an exercise apart that has several. With `encode`, the labels
    are what that function of the submission makes of them where that is right, else the right one-hot rows;
    without it, they are as the data have them. A network with several `outputs` gets the labels of each, one array
    after the other: `train(model, x_train, y_train_a, y_train_b, x_val, y_val_a, y_val_b)`. One with several
    `inputs` gets the rows of each, the arrays `x_train_NAME`, `x_val_NAME` and `x_test_NAME` of the data, in
    this order: `train(model, x_train_a, x_train_b, y_train, x_val_a, x_val_b, y_val)`. `stand_in`: the
    grader's own network takes the place of what `build` returns; `first`: that which this one repeats, on other
    data. Rubrics leave both out. With `base`, the first argument of `build` is a network that was trained before,
    that of a `Base` in the data; each call gets a new one.

    >>> Training(encode="one_hot")
    """

    encode: OptionalFunctionName = ""
    build: FunctionName = "build_model"
    arguments: tuple[int | float | str | bool | None, ...] = ()
    train: FunctionName = "train"
    rows: str = ""
    validation: bool = True
    name: str = ""
    limit_seconds: Seconds = 120.0
    outputs: tuple[Output, ...] = ()
    inputs: tuple[str, ...] = ()
    base: bool = False
    stand_in: StandIn | None = None  # the grader's network takes the place of what `build` returns
    first: "Training | None" = None  # that which this one repeats, on other data

    def __post_init__(self) -> None:
        """Raise `RubricError` where inputs or outputs contradict the rest."""
        super().__post_init__()
        self._refuse_inputs()
        names = [output.name for output in self.outputs]
        if len(names) == 1:
            raise self.refuse(
                _("outputs are for a network that has several; leave it out for a single one"), "outputs"
            )
        if len(set(names)) < len(names):
            raise self.refuse(_("two outputs have one name: {names}", names=", ".join(names)), "outputs")
        if self.outputs and self.encode:
            raise self.refuse(_("encode is for a network with one output; leave it out beside outputs"), "encode")

    def _refuse_inputs(self) -> None:
        if len(self.inputs) == 1:
            raise self.refuse(
                _("inputs are for a network that has several; leave it out for a single one"), "inputs"
            )
        if len(self.inputs) > MAX_INPUTS:
            raise self.refuse(
                _("inputs names {count}; at most {most} expected", count=len(self.inputs), most=MAX_INPUTS),
                "inputs",
            )
        for name in self.inputs:
            if not name.isidentifier():
                raise self.refuse(_("inputs holds {name!r}, which is no name of a variable", name=name), "inputs")
            if self.inputs.count(name) > 1:
                raise self.refuse(_("inputs names {name} twice", name=name), "inputs")
        if self.inputs and self.base:
            raise self.refuse(_("base is for a network with one input; leave it out beside inputs"), "base")

    def on_other_data(self) -> Self:
        """Return this training on the arrays of other data, whose names begin with `OTHER_DATA`."""
        name = f"{OTHER_DATA}{self.name}" if self.name else OTHER_DATA.removesuffix(":")
        return replace(self, name=name, rows=f"{OTHER_DATA}{self.rows}", first=self)

    def on_stand_in(
        self, task: Task, *, is_trained: bool, as_dict: bool = False, is_reversed: bool = False
    ) -> Self:
        """Return this training with a network of the grader's in place of the submission's.

        Args:
            task: what the network has to do; where it has several outputs, these say so themselves.
            is_trained: it needs no call of `train`: for functions that get a trained network.
            as_dict: several outputs come as a dict, and not as a list.
            is_reversed: several outputs come in the other order, the last one first.
        """
        if self.outputs:
            order = -1 if is_reversed else 1
            heads = tuple(self._make_head(output, is_trained=is_trained) for output in self.outputs[::order])
            stand_in = StandIn(0, "", "", "", is_trained, heads, as_dict)
        else:
            stand_in = StandIn(*_network_of(task), is_trained)
        kind = "trained" if is_trained else "untrained"
        kind += "-dict" if as_dict else "-reversed" if is_reversed else ""
        name = f"{kind}:{self.name}" if self.name else kind
        return replace(self, name=name, stand_in=stand_in)

    def _make_head(self, output: Output, *, is_trained: bool) -> StandInHead:
        units, activation, loss, _metric = _network_of(output.task)
        names = [self.array(f"stand_in_{part}_{output.name}") if is_trained else "" for part in ("kernel", "bias")]
        return StandInHead(
            name=output.name, units=units, activation=activation, loss=loss, kernel=names[0], bias=names[1]
        )

    @property
    def builder(self) -> str:
        """Return what ids of steps begin with that build the network: the function, or `stand_in`."""
        return self.build if self.stand_in is None else "stand_in"

    @property
    def suffix(self) -> str:
        """Return what ids of steps end with that are made with a network of the grader's; else nothing."""
        return "" if self.stand_in is None else ":stand_in"

    def array(self, role: str) -> str:
        """Return the name that the array of a role, such as `x_train`, has in the data."""
        return f"{self.rows}{role}"

    def list_rows(self, role: str) -> tuple[str, ...]:
        """Return the names of the arrays that hold the rows of a role, such as `x_train`: of each input."""
        if not self.inputs:
            return (self.array(role),)
        return tuple(self.array(name_rows(role, name)) for name in self.inputs)

    def list_input_rows(self) -> tuple[InputRows, ...]:
        """Return the rows of each of several inputs that the network is trained on; nothing for a single input."""
        rows = zip(self.inputs, self.list_rows("x_train"), strict=bool(self.inputs))
        return tuple(InputRows(name=name, rows=array) for name, array in rows)

    def built(self, seed: int) -> str:
        """Return the id of the step that builds the network."""
        return f"{self.builder}@{self._key(seed)}"

    def model(self, seed: int) -> str:
        """Return the id of the step that describes the network before the training."""
        return f"model:{self.built(seed)}"

    def base_of(self, built: str) -> str:
        """Return the id of the step that makes the base for the network that the step `built` builds."""
        return f"base:{built}"

    def fitted(self, seed: int) -> str:
        """Return the id of the step that trains the network."""
        if self.stand_in is not None and self.stand_in.is_trained:
            return self.built(seed)
        return f"{self.train}@{self._key(seed)}"

    def trained(self, seed: int) -> str:
        """Return the id of the step that describes the network after the training."""
        return f"trained:{self.fitted(seed)}"

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the steps that build, train and describe the network on each seed."""
        steps: list[Step] = []
        if self.encode:
            steps += [self._encode_step("train"), self._encode_step("val")]
        for seed in seeds:
            steps += self._steps_on_seed(seed)
        return steps

    def _key(self, seed: int) -> str:
        return f"{self.name}:{seed}" if self.name else str(seed)

    def _encode_step(self, part: str) -> Call:
        labels = ArrayArg(name=self.array(f"y_{part}"))
        return Call(id=f"{self.encode}@{self.rows}{part}", function=self.encode, arguments=(labels,))

    def _labels_arguments(self, part: str) -> Sequence[Argument]:
        if self.outputs:
            return [ArrayArg(name=self.array(name_labels(f"y_{part}", output.name))) for output in self.outputs]
        if not self.encode:
            return [ArrayArg(name=self.array(f"y_{part}"))]
        return [ResultOrTruth(step=self._encode_step(part).id, name=self.array(f"y_{part}_one_hot"))]

    def _steps_on_seed(self, seed: int) -> Sequence[Step]:
        parts = ("train", "val") if self.validation else ("train",)
        arguments: list[Argument] = [ResultOf(step=self.built(seed))]
        for part in parts:
            arguments += [ArrayArg(name=name) for name in self.list_rows(f"x_{part}")]
            arguments += self._labels_arguments(part)
        built, sample, inputs = self.built(seed), self.array("x_train"), self.list_input_rows()
        outputs = tuple(output.name for output in self.outputs)
        train = Call(
            id=self.fitted(seed),
            function=self.train,
            arguments=tuple(arguments),
            seed=seed,
            limit_seconds=self.limit_seconds,
            inputs=inputs,
        )
        before = Describe(id=self.model(seed), step=built, sample=sample, output_names=outputs, inputs=inputs)
        return (
            *self._base_steps(built),
            self.build_step(built, seed),
            before,
            *(() if train.id == built else (train,)),
            msgspec.structs.replace(before, id=self.trained(seed), after=train.id),
        )

    def _base_steps(self, built: str) -> Sequence[Step]:
        if not self.base or self.stand_in is not None:
            return ()
        architecture, weights = self.array(BASE_ARCHITECTURE), self.array(BASE_WEIGHTS)
        return (BuildBase(id=self.base_of(built), architecture=architecture, weights=weights),)

    def build_step(self, step: str, seed: int) -> Step:
        """Return the step with the id `step` that builds a network on a seed."""
        if self.stand_in is None:
            literals = tuple(LiteralArg(value=value) for value in self.arguments)
            base = (ResultOf(step=self.base_of(step)),) if self.base else ()
            return Call(
                id=step,
                function=self.build,
                arguments=(*base, *literals),
                seed=seed,
                limit_seconds=30.0,
                model_stands_in=True,
            )
        network = self.stand_in
        return BuildStandIn(
            id=step,
            sample=self.array("x_train"),
            units=network.units,
            activation=network.activation,
            loss=network.loss,
            metric=network.metric,
            kernel=self.array("stand_in_kernel") if network.is_trained and not network.heads else "",
            bias=self.array("stand_in_bias") if network.is_trained and not network.heads else "",
            seed=seed,
            heads=network.heads,
            as_dict=network.as_dict,
            inputs=self.list_input_rows(),
        )


def name_rows(role: str, name: str) -> str:
    """Return the name of the rows of one of several inputs. `role`: such as `x_train`."""
    return f"{role}_{name}"


def name_labels(role: str, output: str) -> str:
    """Return the name of the labels of one of several outputs. `role`: such as `y_train`."""
    return f"{role}_{output}"


def _network_of(task: Task) -> tuple[int, str, str, str]:
    """Return units, activation, loss and metric of a network for a task."""
    if task.kind == "regression":
        return 1, "linear", "mean_squared_error", "mean_absolute_error"
    if task.classes == 2:
        return 1, "sigmoid", "binary_crossentropy", "accuracy"
    loss = "categorical_crossentropy" if task.labels == "one_hot" else "sparse_categorical_crossentropy"
    return task.classes, "softmax", loss, "accuracy"
