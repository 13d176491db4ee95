"""Checks of one network: its layers, and its training."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from grader.core.field_rules import Count, CountOrZero
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.certification import SECOND_TRAINING, certify
from grader.evidence.fit_measures import is_better_than_fit, is_unexplained
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed, not_graded, partial, passed
from grader.evidence.network import Model, TrainedNetwork, is_trainable, read_network
from grader.evidence.outputs import can_answer, find_idle_kernels
from grader.evidence.second_training import (
    Doubt,
    SecondOutcome,
    compare_second,
    describe_second,
    find_doubts,
    find_second,
    knows_untrained,
)
from grader.protocol.evidence import ModelValue
from grader.protocol.plan import Step
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.rubric.checks.base import Check
from grader.rubric.checks.fitting import count_features
from grader.rubric.checks.networks.no_bend import judge_no_bend
from grader.rubric.checks.networks.no_graph import explain_no_graph, explain_no_model
from grader.rubric.checks.networks.returned_history import judge_history
from grader.rubric.checks.networks.two_answers import draws_random_numbers, explain_two_answers
from grader.rubric.checks.networks.untrained import explain_not_learned, judge_idle_output, judge_untrained
from grader.rubric.checks.networks.validation_rows import (
    find_validation,
    judge_split,
    judge_validation,
)
from grader.rubric.data.dataset import Data


@dataclass(frozen=True)
class NetworkCheck(Check):
    """Base class for checks of one network."""

    kinds = frozenset({"classification", "regression"})
    training: Training

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the steps of the training."""
        return self.training.steps(seeds)

    def trainings(self) -> tuple[Training, ...]:
        """Return the training."""
        return (self.training,)

    def on_stand_ins(self, task: Task) -> Self | None:
        """Return this check with a trained network of the grader's, where it judges a function."""
        if not self.tried_function or self.training.stand_in is not None:
            return None
        return replace(self, training=self.training.on_stand_in(task, is_trained=True))


def require_certified(case: Case, training: Training, *, after: bool) -> Model:
    """Return the network of the first seed, if it is certified.

    Raises:
        PreconditionFailedError: there is no network, or it is not certified.
    """
    seed = case.seeds[0]
    network = read_network(case, training, seed)
    if network.before is None:
        value, _unused = case.value(training.built(seed))
        if isinstance(value, ModelValue):
            case.seen(
                training.model(seed)
            )  # it was a model, so the description says why there is nothing to judge
        raise PreconditionFailedError(explain_no_model(training.build, value))
    for model in (network.before, network.after) if after else (network.before,):
        if model is not None and model.graph is None:
            row = case.inside[training.array("x_train")].shape[1:]
            rows = (case.inside[name] for name in training.list_rows("x_train"))
            inputs = {name: part.shape[1:] for name, part in zip(training.inputs, rows, strict=False)}
            raise PreconditionFailedError(explain_no_graph(model, training, row, inputs))
    if any(not item.agrees for item in certify(case) if item.id != SECOND_TRAINING):
        raise PreconditionFailedError(
            not_graded(
                _(
                    "The grader could not certify this network: what it claims and what it computes disagree. "
                    "See the certification below; a person has to look at it."
                )
            )
        )
    if after and any(m is not None and not m.has_one_answer for m in (network.before, network.after)):
        steps = (training.model(seed), training.trained(seed))
        is_random = any(draws_random_numbers(case.replays[step]) for step in steps if step in case.replays)
        raise PreconditionFailedError(explain_two_answers(is_random=is_random))
    if after and network.after is None:
        case.seen(training.trained(seed))  # skipped where train() did not come to a result
        raise PreconditionFailedError(not_graded(_("The grader has no description of the trained network.")))
    if after:
        if knows_untrained(case, training):
            raise PreconditionFailedError(judge_untrained(network))
        _require_second_training(case, training)
    chosen = network.after if after else network.before
    assert chosen is not None
    return chosen


def _require_second_training(case: Case, training: Training) -> None:
    """Raise `PreconditionFailedError` where a training that was done once more did not learn on other data."""
    second = find_second(case, training)
    outcome = compare_second(case, second) if second is not None else SecondOutcome.LEARNED
    if second is None or outcome is SecondOutcome.LEARNED:
        return
    scores = describe_second(case, second)
    expected = _("a network that learns from the rows that it is given")
    if outcome is SecondOutcome.NOT_LEARNED and Doubt.KNEW_BEFORE in find_doubts(case, training):
        message = _(
            "{scores} On the first ones, the network was as good before {function}() as after it. So it knows "
            "that by chance or from elsewhere, and not from the rows that {function}() was given. Begin with "
            "random weights, and train for more epochs.",
            scores=scores,
            function=training.train,
        )
        raise PreconditionFailedError(
            failed(message, expected=expected, received=_("a network that was as good before"))
        )
    if outcome is SecondOutcome.NOT_LEARNED:
        raise PreconditionFailedError(
            failed(
                explain_not_learned(read_network(case, training, case.seeds[0]), case.task, scores),
                expected=expected,
                received=_("a network that does not"),
            )
        )
    message = _(
        "{scores} The grader cannot tell by that whether the network learns from the rows that it is given. A "
        "person has to look at it.",
        scores=scores,
    )
    raise PreconditionFailedError(not_graded(message))


def count_outputs(model: Model) -> int | None:
    """Return how many numbers come out for one row; outputs (n,) and (n, 1) are both one."""
    return 1 if len(model.output_shape) == 1 else model.units


@dataclass(frozen=True)
class Architecture(NetworkCheck):
    """The network takes `inputs` features, has at least `hidden` hidden layers, and `outputs` outputs.

    >>> Architecture(Training(), inputs=64, hidden=1, outputs=10)
    """

    topics = frozenset({"architecture"})
    kinds = frozenset({"classification", "regression"})
    inputs: Count
    outputs: Count
    hidden: CountOrZero = 1

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where the parameters do not fit the exercise."""
        if (features := count_features(self.training, data)) != self.inputs:
            raise self.refuse(
                _(
                    "inputs is {received}, but the rows of the data have {count} features",
                    received=self.inputs,
                    count=features,
                ),
                "inputs",
            )
        is_single = self.outputs == 1 and task.classes == 2
        if task.kind == "classification" and self.outputs != task.classes and not is_single:
            raise self.refuse(
                _(
                    "outputs is {received}, but the task has {count} classes",
                    received=self.outputs,
                    count=task.classes,
                ),
                "outputs",
            )
        targets = data.inside[self.training.array("y_train")]
        if task.kind == "regression" and self.outputs != math.prod(targets.shape[1:]):
            raise self.refuse(
                _(
                    "outputs is {received}, but the data have {count} numbers to predict for each row",
                    received=self.outputs,
                    count=math.prod(targets.shape[1:]),
                ),
                "outputs",
            )

    def judge(self, case: Case) -> Judgement:
        """Judge by the frozen graph, so that all styles of building are one."""
        before = read_network(case, self.training, case.seeds[0]).before
        if before is not None and before.facts.graph is not None and count_outputs(before) is None:
            return self._other_shape(before.output_shape)  # whatever else there is to say
        model = require_certified(case, self.training, after=False)
        assert model.graph is not None
        units = count_outputs(model) or 0
        if units != self.outputs:
            message = _(
                "Expected {outputs} output units, one per class. Received: units={units}.",
                outputs=self.outputs,
                units=units,
            )
            if case.task.kind == "regression":
                message = _(
                    "Expected output units: {outputs}, one for each number to predict. Received: units={units}.",
                    outputs=self.outputs,
                    units=units,
                )
            return failed(
                message,
                expected=_("{count} output units", count=self.outputs),
                received=_("{count} output units", count=units),
            )
        if model.graph.hidden < self.hidden:
            # What builds on the network can be judged all the same: one mistake, one criterion.
            return failed(
                self._explain_too_few(model.graph.hidden, case.task),
                expected=_("hidden layers: at least {count}", count=self.hidden),
                received=_("hidden layers: {count}", count=model.graph.hidden),
                blocks=False,
            )
        return judge_no_bend(case, self.training, self.hidden) or passed(
            _(
                "Inputs: {inputs}, hidden layers: {hidden}, outputs: {outputs}, parameters: {parameters}.",
                inputs=self.inputs,
                hidden=model.graph.hidden,
                outputs=units,
                parameters=model.parameters,
            )
        )

    def _explain_too_few(self, hidden: int, task: Task) -> Words:
        if task.kind == "regression":
            return _(
                "Expected at least {hidden} hidden layers with a non-linear activation. Received: {found}. Layers "
                "without an activation collapse into one, and that is a linear regression.",
                hidden=self.hidden,
                found=hidden,
            )
        return _(
            "Expected at least {hidden} hidden layer with a non-linear activation. Received: {found}. "
            "Without one, the network can only draw straight borders between the classes.",
            hidden=self.hidden,
            found=hidden,
        )

    def _other_shape(self, shape: tuple[int | None, ...]) -> Judgement:
        message = (
            _(
                "Expected {outputs} numbers for each row. Received: outputs of the shape {shape}, that is one "
                "answer for each place of a picture or step of a sequence. Is a Flatten layer missing before "
                "the Dense layers, or return_sequences=True too much in a recurrent layer?",
                outputs=self.outputs,
                shape=str(shape),
            )
            if len(shape) > 2
            else _(
                "Expected {outputs} numbers for each row. Received: outputs of the shape {shape}.",
                outputs=self.outputs,
                shape=str(shape),
            )
        )
        return failed(message, expected=f"(None, {self.outputs})", received=str(shape))


@dataclass(frozen=True)
class Trains(NetworkCheck):
    """Training changes the weights, validation data go to `fit`, and the history comes back.

    A tenth of the training at least, by rows and epochs, has to be validated, on a quarter of `x_val` or more that
    no earlier call of `fit` has seen. The losses in the history have to be those that `fit` has recorded; they may
    be joined, cut or smoothed.

    With `splits`, for a training that is given no validation rows: some of its rows have to be split off for that,
    by `validation_split` or by hand.

    >>> Trains(Training(validation=False), splits=True)
    """

    topics = frozenset({"training"})
    splits: bool = False

    @property
    def tried_function(self) -> str:
        """Return the function that trains."""
        return self.training.train

    def on_stand_ins(self, task: Task) -> Self | None:
        """Return this check with a network of the grader's that is not trained yet."""
        if self.training.stand_in is not None:
            return None
        return replace(self, training=self.training.on_stand_in(task, is_trained=False))

    def can_use(self, case: Case, training: Training) -> bool:
        """Return whether the network can learn at all."""
        return can_answer(case, training) and is_trainable(case, training)

    def judge(self, case: Case) -> Judgement:
        """Judge by the graphs before and after, and by the calls of `fit` meanwhile."""
        require_certified(case, self.training, after=False)
        case.seen(self.training.fitted(case.seeds[0]))  # what went wrong in train() is said here, once
        require_certified(case, self.training, after=True)
        network = read_network(case, self.training, case.seeds[0])
        if not network.has_other_kernels:
            return judge_untrained(network)
        idle = find_idle_kernels(case, self.training)
        if idle:
            return judge_idle_output(network, idle)
        if not any(fit.finished for fit in network.fits):
            return self._judge_without_fit(network)
        if is_better_than_fit(network, case):
            return failed(
                _(
                    "{function}() leaves a network that is far better than anything that fit measured. Either fit "
                    "got validation labels that are not those of its validation rows: pass y_val as it came. Or "
                    "the weights do not come from that training: leave them as they are after model.fit().",
                    function=self.training.train,
                ),
                expected=_("the network that fit has trained"),
                received=_("other weights, or other validation labels"),
            )
        if is_unexplained(network, case):
            return not_graded(
                _(
                    "{function}() changes the weights after fit, and the network is far better than fit left it. "
                    "The grader cannot tell where these weights are from, because it cannot compare the network "
                    "with what fit measured. A person has to look at it.",
                    function=self.training.train,
                )
            )
        problems = list(self._problems(case, network))
        if not problems and self.splits:
            return passed(_("The weights changed, rows were split off for validation, and the history came back."))
        if not problems and not self.training.validation:
            return passed(_("The weights changed, and the history came back."))
        if not problems:
            return passed(_("The weights changed, validation data were passed, and the history came back."))
        if len(problems) == 1:
            return problems[0]
        both = _("{first} {second}", first=problems[0].message, second=problems[1].message)
        return failed(both, expected=problems[0].expected, received=problems[0].received)

    def _judge_without_fit(self, network: TrainedNetwork) -> Judgement:
        """Return the judgement for weights that changed without a call of `fit` that returned."""
        expected, received = _("a training with model.fit()"), _("no call of fit")
        if not self.training.validation:
            message = _(
                "The weights changed, but no call of fit was seen. train() has to train with model.fit() and to "
                "return the History that it returns."
            )
            if network.returned_history:
                return partial(0.5, message, expected=expected, received=received)
            return failed(message, expected=expected, received=received)
        return failed(
            _(
                "The weights changed, but no call of fit was seen. train() has to train with "
                "model.fit(x_train, y_train, validation_data=(x_val, y_val)) and to return the History that it "
                "returns."
            ),
            expected=expected,
            received=received,
        )

    def _problems(self, case: Case, network: TrainedNetwork) -> Sequence[Judgement]:
        problems = judge_history(case, network)
        if self.training.validation:
            return [*judge_validation(find_validation(case, network)), *problems]
        if self.splits:
            return [*judge_split(find_validation(case, network)), *problems]
        return problems
