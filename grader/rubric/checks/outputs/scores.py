"""The check of a function that scores each output of a network with several."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from grader.core.arrays import Array
from grader.core.field_rules import FunctionName
from grader.core.i18n import Words, _, write_number
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, passed
from grader.evidence.outputs import list_views
from grader.evidence.scores import compute_accuracy, metric_name, r_squared
from grader.evidence.values import is_numeric, name_of, numbers
from grader.protocol.evidence import ArrayValue, Entries, NoneValue, Value
from grader.protocol.plan import ArrayArg, Call, ResultOf, Step
from grader.protocol.task import Task
from grader.protocol.training import Output, Training, name_labels
from grader.rubric.checks.networks.single import require_certified
from grader.rubric.checks.outputs.together import OfAllOutputs

ROUNDED = 0.0051  # two digits are enough
CLOSE = 2e-3


@dataclass(frozen=True)
class ScoresOutputs(OfAllOutputs):
    """`function(model, x, labels, ...)` returns a dict with the score of each output under its name.

    That is R² for numbers and accuracy for classes. It is called on the validation rows, with labels of which some
    are wrong: the arrays `y_mixed_NAME` of the data. A network of the grader's that it is tried with may give
    a list, in either order, or a dict; nobody knows which of them the function expects. `other_forms`: the
    trainings of those after the first, which rubrics leave out.

    >>> KIND = Output("kind", Task(kind="classification", classes=3, labels="integers"))
    >>> PRICE = Output("price", Task(kind="regression"))
    >>> ScoresOutputs(Training(outputs=(PRICE, KIND)), "scores")
    """

    topics = frozenset({"probabilities"})
    function: FunctionName = "scores"
    other_forms: tuple[Training, ...] = ()

    @property
    def tried_function(self) -> str:
        """Return the function that gets the network."""
        return self.function

    def on_stand_ins(self, task: Task) -> Self | None:
        """Return this check with trained networks of the grader's in all forms."""
        if self.training.stand_in is not None:
            return None
        first = self.training.on_stand_in(task, is_trained=True)
        others = (
            self.training.on_stand_in(task, is_trained=True, as_dict=True),
            self.training.on_stand_in(task, is_trained=True, is_reversed=True),
        )
        return replace(self, training=first, other_forms=others)

    def trainings(self) -> tuple[Training, ...]:
        """Return the training, and those of networks in other forms where there are some."""
        return (self.training, *self.other_forms)

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the training, and a call after it on the first seed."""
        return [step for training in self.trainings() for step in self._steps_with(training, seeds)]

    def _steps_with(self, training: Training, seeds: Sequence[int]) -> Sequence[Step]:
        seed = seeds[0]
        rows = [ArrayArg(name=name) for name in training.list_rows("x_val")]
        labels = [ArrayArg(name=training.array(name_labels("y_mixed", o.name))) for o in training.outputs]
        call = Call(
            id=self._name_step(training, seed),
            function=self.function,
            arguments=(ResultOf(step=training.built(seed)), *rows, *labels),
            after=training.fitted(seed),
        )
        return (*training.steps(seeds), call)

    def _name_step(self, training: Training, seed: int) -> str:
        return f"{self.function}@{training.fitted(seed).partition('@')[2]}"

    def judge(self, case: Case) -> Judgement:
        """Judge against what the frozen graph puts out for the same rows; of several networks, the best counts."""
        judgements = [self._judge_with(case, training) for training in self.trainings()]
        return max(judgements, key=lambda judgement: judgement.share)

    def _judge_with(self, case: Case, training: Training) -> Judgement:
        try:
            return self._judge_one(case, training)
        except PreconditionFailedError as unmet:
            return unmet.judgement

    def _judge_one(self, case: Case, training: Training) -> Judgement:
        value, arrays = case.value(self._name_step(training, case.seeds[0]))
        received = self._read(value, arrays)
        for view, output in zip(list_views(case, training), training.outputs, strict=True):
            model = require_certified(view, training, after=True)
            outputs = model.outputs["x_val"]
            truth = case.inside[training.array(name_labels("y_mixed", output.name))]
            if outputs.ndim not in {1, 2} or len(outputs) != len(truth) or not np.isfinite(outputs).all():
                message = _("Output {output} does not give numbers for every row.", output=output.name)
                raise PreconditionFailedError(failed(message))
            if output.task.kind == "regression":
                expected = r_squared(truth, outputs)
            else:
                expected = compute_accuracy(outputs.reshape(len(outputs), -1), truth, model)
            if not _is_close(received[output.name], expected):
                return self._refuse(output, received, expected, truth, outputs)
        return passed(_("The score of each output is that of the network."))

    def _read(self, value: Value, arrays: Mapping[str, Array]) -> dict[str, float]:
        """Return the scores by name; `PreconditionFailedError` says what is there instead."""
        names = [output.name for output in self.training.outputs]
        written = "{" + ", ".join(f'"{name}": ...' for name in names) + "}"
        entries = {}
        if isinstance(value, Entries):
            entries = {key.strip().casefold(): item for key, item in value.entries}
        missing = [name for name in names if name.casefold() not in entries]
        if missing:
            message = _(
                "{function}() has to return a dict with one score for each output: {written}. Received: "
                "{received}.",
                function=self.function,
                written=written,
                received=_name_keys(value),
            )
            if isinstance(value, NoneValue):
                message = _("{function}() returned None. Is there a `return` at its end?", function=self.function)
            raise PreconditionFailedError(failed(message, expected=written, received=_name_keys(value)))
        return {name: self._read_one(name, entries[name.casefold()], arrays) for name in names}

    def _read_one(self, name: str, item: Value, arrays: Mapping[str, Array]) -> float:
        array = numbers(item, arrays, self.function) if isinstance(item, ArrayValue) else None
        if array is None or not is_numeric(array) or array.size != 1:
            message = _(
                "{function}() has to return one number as {name}. Received: {received}.",
                function=self.function,
                name=name,
                received=name_of(item),
            )
            raise PreconditionFailedError(failed(message, expected=_("one number"), received=name_of(item)))
        return float(array.reshape(()))

    def _refuse(
        self, output: Output, received: Mapping[str, float], expected: float, truth: Array, outputs: Array
    ) -> Judgement:
        value = received[output.name]
        return failed(
            _(
                '{function}() returned {received:.4g} as "{name}"; the outputs of the network give {metric} '
                "{expected:.4g}. {reason}",
                function=self.function,
                received=value,
                name=output.name,
                metric=metric_name(output.task),
                expected=expected,
                reason=_explain(output, value, expected, truth, outputs),
            ),
            expected=_("{name}: {value}", name=output.name, value=write_number(expected, ".4g")),
            received=_("{name}: {value}", name=output.name, value=write_number(value, ".4g")),
        )


def _is_close(received: float, expected: float) -> bool:
    return bool(np.isclose(received, expected, rtol=CLOSE, atol=ROUNDED))


def _name_keys(value: Value) -> str:
    """Return the keys of a dict, or what came in place of one."""
    if not isinstance(value, Entries):
        return name_of(value)
    return "dict: " + ", ".join(key for key, _item in value.entries)[:200]


def _explain(output: Output, received: float, expected: float, truth: Array, outputs: Array) -> Words:
    """Return which known mistake gives a number."""
    if output.task.kind == "regression":
        truth, predicted = truth.astype(np.float64), outputs.astype(np.float64).ravel()
        if _is_close(received, r_squared(predicted, truth)):
            return _("Truth and prediction are swapped: r2_score(y_true, y_pred).")
        if _is_close(received, float(((truth - predicted) ** 2).mean())):
            return _("That is the mean squared error. R² is 1 minus this error divided by the variance of y.")
        if _is_close(received, float(np.abs(truth - predicted).mean())):
            return _("That is the mean absolute error. R² is without a unit, and at most 1.")
        correlation = float(np.corrcoef(truth, predicted)[0, 1])
        if expected < received <= correlation**2 + ROUNDED:  # the square is R² of the best factor and shift
            return _(
                "A factor or a shift of the predictions can give such a number, and so can a squared correlation, "
                "which sees neither. Compute R² from the outputs of the network as they are."
            )
        if _is_close(received, correlation):
            return _(
                "That is a correlation, which does not see predictions that are off by a factor or by a shift."
            )
        table = ((truth[:, None] - predicted[None, :]) ** 2).sum() / ((truth - truth.mean()) ** 2).sum()
        if any(_is_close(received, 1 - float(table) / n) for n in (1, len(truth))):
            return _(
                "y has the shape (n,) and the predictions have (n, 1), so their difference is a table (n, n). "
                "Flatten the predictions first."
            )
    elif _is_close(received / 100, expected):
        return _("That is a percentage. Return a share from 0 to 1.")
    elif _is_close(1 - received, expected):
        return _("That is the share of wrong rows.")
    return _("Is it computed from this output, and on the rows that the function is given?")
