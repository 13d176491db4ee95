"""Checks of an exercise with several networks: each is judged by itself, and the points are shared."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Self

import numpy as np

from grader.core.field_rules import Filled, OptionalFunctionName
from grader.core.i18n import Words, _
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError, failed
from grader.evidence.network import Model, TrainedNetwork, is_trainable, read_network
from grader.evidence.outputs import can_answer
from grader.protocol.plan import ArrayArg, Call, ResultOf, Step
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.protocol.verdict import Status
from grader.rubric.checks.base import Check
from grader.rubric.checks.networks.single import Trains, count_outputs, require_certified
from grader.rubric.checks.stand_ins import judge_by_itself

MAX_MESSAGES = 3


@dataclass(frozen=True)
class EachNetwork(Check):
    """A check that looks at several networks, and gives each of them the same share of the points."""

    kinds = frozenset({"classification", "regression"})
    networks: Annotated[tuple[Training, ...], Filled()]

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the steps of every training."""
        return [step for network in self.networks for step in network.steps(seeds)]

    def trainings(self) -> tuple[Training, ...]:
        """Return the trainings."""
        return self.networks

    def judge(self, case: Case) -> Judgement:
        """Judge each network, and combine the judgements."""
        return combine_judgements(self.networks, [self.judged(case, network) for network in self.networks])

    @abstractmethod
    def judge_one(self, case: Case, network: Training) -> Judgement:
        """Judge one of the networks. Raises nothing but `PreconditionFailedError`."""

    def judged(self, case: Case, network: Training) -> Judgement:
        """Return the judgement of one network, also one that ended early."""
        try:
            judgement = self.judge_one(case, network)
        except PreconditionFailedError as unmet:
            judgement = unmet.judgement
        return judge_by_itself(replace(self, networks=(network,)), case, judgement, is_blocked=False)

    def on_stand_ins(self, task: Task) -> Self | None:
        """Return this check with trained networks of the grader's, where it judges a function."""
        return self._on_stand_ins(task, are_trained=True) if self.tried_function else None

    def lacks_network(self, case: Case) -> bool:
        """Return whether none of the networks can be used: each is judged by itself."""
        alone = [replace(self, networks=(network,)) for network in self.networks]
        return all(super(EachNetwork, check).lacks_network(case) for check in alone)

    def _on_stand_ins(self, task: Task, *, are_trained: bool, only: int | None = None) -> Self | None:
        if any(network.stand_in is not None for network in self.networks):
            return None
        networks = tuple(network.on_stand_in(task, is_trained=are_trained) for network in self.networks[:only])
        return replace(self, networks=networks)


@dataclass(frozen=True)
class AfterTraining(EachNetwork):
    """A check that hands each trained network to a function of the submission."""

    function: OptionalFunctionName = ""

    @property
    def tried_function(self) -> str:
        """Return the function that gets the networks."""
        return self.function

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the trainings, and a call after each of them on the first seed."""
        return [*super().steps(seeds), *(self.call(network, seeds[0]) for network in self.networks)]

    def call(self, network: Training, seed: int) -> Call:
        """Return the call of the function with a network that has been trained."""
        return Call(
            id=f"{self.function}@{network.fitted(seed).partition('@')[2]}",
            function=self.function,
            arguments=(ResultOf(step=network.built(seed)), *self.more(network)),
            after=network.fitted(seed),
        )

    def more(self, network: Training) -> tuple[ArrayArg, ...]:
        """Return the arguments of the call after the network."""
        return ()


def name_network(network: Training) -> str:
    """Name a network for a message: the call that builds it."""
    return f"{network.build}({', '.join(map(str, network.arguments))})"


def combine_judgements(
    networks: Sequence[Training], judgements: Sequence[Judgement], *, named: bool = False
) -> Judgement:
    """Combine the judgements of several networks: their mean share, and what is wrong with each.

    `named`: the messages say themselves which network they are about. What could not be decided for one of them is
    not decided for all. Where all have the same to say, it is said once.
    """
    wrong = [(n, j) for n, j in zip(networks, judgements, strict=True) if j.status is not Status.PASSED]
    for _network, judgement in wrong:
        if judgement.status is Status.NOT_GRADED:
            return judgement
    first = replace(
        wrong[0][1] if wrong else judgements[0],
        undecided=any(j.undecided for j in judgements),
        needs_stand_ins=any(j.needs_stand_ins for j in judgements),
        note=next((j.note for j in judgements if j.note is not None), None),
    )
    same = all((j.status, j.message) == (first.status, first.message) for _network, j in wrong)
    if not wrong or (same and len(wrong) == len(judgements)):
        return first
    share = sum(j.share for j in judgements) / len(judgements)
    if share > 0:
        status = Status.PARTIAL
    elif all(j.status is first.status for _, j in wrong):
        status = first.status
    else:
        status = Status.FAILED
    return replace(
        first,
        status=status,
        share=share,
        message=_join_messages([j.message if named else name_in_judgement(n, j).message for n, j in wrong]),
        blocks=status is not Status.PARTIAL and all(j.blocks for j in judgements),
    )


def name_in_judgement(network: Training, judgement: Judgement) -> Judgement:
    """Return a judgement whose message says which network it is about."""
    return replace(
        judgement, message=_("{network}: {message}", network=name_network(network), message=judgement.message)
    )


def _join_messages(messages: Sequence[Words]) -> Words:
    text = messages[0]
    for message in messages[1:MAX_MESSAGES]:
        text = _("{first}\n{second}", first=text, second=message)  # a call that can be pasted ends its line
    return text


@dataclass(frozen=True)
class TrainsEach(EachNetwork):
    """Every network is really trained: weights that change and stay numbers, and the history comes back.

    >>> TrainsEach((Training(name="one", arguments=(1,)), Training(name="ten", arguments=(10,))))
    """

    topics = frozenset({"training"})

    @property
    def tried_function(self) -> str:
        """Return the function that trains."""
        return self.networks[0].train

    def on_stand_ins(self, task: Task) -> Self | None:
        """Return this check with networks of the grader's that are not trained yet."""
        return self._on_stand_ins(task, are_trained=False)

    def can_use(self, case: Case, training: Training) -> bool:
        """Return whether the network can learn at all: a number for each row, and weights that may change."""
        before = read_network(case, training, case.seeds[0]).before
        has_right_outputs = before is not None and (case.task.kind != "regression" or count_outputs(before) == 1)
        return has_right_outputs and can_answer(case, training) and is_trainable(case, training)

    def judge_one(self, case: Case, network: Training) -> Judgement:
        """Judge as `Trains` does, after a look for weights that are no numbers any more."""
        require_certified(case, network, after=False)
        case.seen(network.fitted(case.seeds[0]))  # what went wrong in train() is said here, once
        model = require_certified(case, network, after=True)
        if not has_finite_outputs(model):
            return _explain_divergence(model, read_network(case, network, case.seeds[0]))
        # What the network predicts can be judged all the same where it was not trained.
        return replace(Trains(network).judge(case), blocks=False)


def has_finite_outputs(model: Model) -> bool:
    """Return whether the weights of a network are numbers."""
    return all(np.isfinite(weight).all() for weight in (model.graph.weights if model.graph else ()))


def _explain_divergence(model: Model, network: TrainedNetwork) -> Judgement:
    losses = network.curves.get("loss", [])
    epoch = next((number for number, loss in enumerate(losses, start=1) if not np.isfinite(loss)), None)
    rate = model.facts.compiled.learning_rate if model.facts.compiled else None
    return failed(
        _(
            "After train() the weights are no numbers any more (NaN): each step was so large that the loss grew "
            "instead of falling. Use a smaller learning rate. {received}",
            received=_describe_rate(rate),
        ),
        expected=_("weights that stay numbers"),
        received="NaN" if epoch is None else _("a loss of NaN from epoch {epoch} on", epoch=epoch),
    )


def _describe_rate(rate: float | None) -> Words:
    return _("Yours is {rate:g}.", rate=rate) if rate is not None else _("Are all features and targets numbers?")
