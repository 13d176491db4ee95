"""Checks for a single output, on the outputs of a network that has several."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from grader.core.arrays import Array
from grader.core.field_rules import suggest
from grader.core.i18n import Translator, _
from grader.core.seal import Seal
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, PreconditionFailedError
from grader.evidence.outputs import name_as_single, name_output, show_output
from grader.protocol.plan import Step
from grader.protocol.task import Task
from grader.protocol.training import Output, Training, name_labels
from grader.protocol.verdict import ClassBalance, Reliability, Status
from grader.rubric.checks.base import Check
from grader.rubric.data.dataset import Data


@dataclass(frozen=True)
class OnOutputs(Check):
    """Base class of checks that hand on a `check` for a single output."""

    kinds = frozenset({"several"})
    check: Check

    def __post_init__(self) -> None:
        """Take over what the check is about."""
        super().__post_init__()
        # What is declared for all objects of a class is here that of another object.
        object.__setattr__(self, "topics", self.check.topics)

    def judged_outputs(self) -> tuple[Output, ...]:
        """Return the outputs that the check is asked for."""
        raise NotImplementedError

    def all_outputs(self) -> tuple[Output, ...]:
        """Return the outputs that the network should have; nothing where the check is about no such network."""
        return next((training.outputs for training in self.check.trainings()), ())

    def show(self, case: Case, output: Output) -> Case:
        """Return the case that shows an output."""
        return show_output(case, self.all_outputs(), output.name)

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where the check does not fit the outputs."""
        if not self.all_outputs():
            raise self.refuse(_("the training names no outputs: write Training(outputs=(...))"), "check")
        needs_more = (
            type(self.check).replays is not Check.replays or type(self.check).with_data is not Check.with_data
        )
        if needs_more or self.check.tried_function not in {"", *(t.train for t in self.trainings())}:
            raise self.check.refuse(
                _("{check} cannot be asked for one of several outputs", check=type(self.check).__name__)
            )
        for output in self.judged_outputs():
            if output.task.kind not in self.check.kinds:
                raise self.check.refuse(
                    _(
                        "{check} is for a task of kind {kinds}; this one is {kind!r}",
                        check=type(self.check).__name__,
                        kinds=" / ".join(map(repr, sorted(self.check.kinds))),
                        kind=output.task.kind,
                    )
                )
            single = replace(
                data,
                inside=name_as_single(data.inside, output.name),
                outside=name_as_single(data.outside, output.name),
            )
            self.check.check_exercise(output.task, single)

    @property
    def may_give_bonus(self) -> bool:
        """Return whether the check may."""
        return self.check.may_give_bonus

    @property
    def tried_function(self) -> str:
        """Return the function that the check tries."""
        return self.check.tried_function

    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the steps of the check."""
        return self.check.steps(seeds)

    def arrays(self) -> Mapping[str, Array]:
        """Return the arrays of the check."""
        return self.check.arrays()

    def trainings(self) -> tuple[Training, ...]:
        """Return the trainings of the check."""
        return self.check.trainings()

    def judged_names(self) -> frozenset[str]:
        """Return what the check is about."""
        return self.check.judged_names()

    def with_seal(self, seal: Seal) -> Self:
        """Return this with the check's own arguments drawn from the secret."""
        return replace(self, check=self.check.with_seal(seal))

    def is_independent(self, case: Case) -> bool:
        """Return whether there is something to judge of each output, whatever else is wrong."""
        return all(self.check.is_independent(self.show(case, output)) for output in self.judged_outputs())

    def can_use(self, case: Case, training: Training) -> bool:
        """Return whether the check's function can do anything with a network."""
        return self.check.can_use(case, training)

    def on_stand_ins(self, task: Task) -> Self | None:
        """Return this with the check on networks of the grader's, where it judges a function."""
        check = self.check.on_stand_ins(task)
        return replace(self, check=check) if check is not None else None

    def held_back(self) -> tuple[str, ...]:
        """Return the rows and the labels of the outputs that are scored."""
        names = [t.array("x_test") for t in self.trainings()]
        return (
            *names,
            *(t.array(name_labels("y_test", o.name)) for t in self.trainings() for o in self.judged_outputs()),
        )

    def exhibit(self, case: Case, translate: Translator) -> Sequence[ClassBalance | Reliability]:
        """Return what the check shows of the outputs that it is asked for."""
        return [
            exhibit
            for output in self.judged_outputs()
            for exhibit in self.check.exhibit(self.show(case, output), translate)
        ]

    def judge_output(self, case: Case, output: Output) -> Judgement:
        """Return the judgement of an output, also one that ended early."""
        try:
            return self.check.judge(self.show(case, output))
        except PreconditionFailedError as unmet:
            return unmet.judgement


@dataclass(frozen=True)
class ForOutput(OnOutputs):
    """`check` holds for one of several outputs: it sees this `output`, its labels and its loss alone.

    >>> KIND = Output("kind", Task(kind="classification", classes=3, labels="integers"))
    >>> PRICE = Output("price", Task(kind="regression"))
    >>> ForOutput(HeadAndLoss(Training(outputs=(PRICE, KIND))), output="kind")
    """

    output: str

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where there is no such output, or the check does not fit it."""
        names = [output.name for output in self.all_outputs()]
        if names and self.output not in names:
            guess = suggest(self.output, names)
            text = _(
                "the training has no output {name!r}; it has: {names}", name=self.output, names=", ".join(names)
            )
            if guess:
                text = _(
                    "the training has no output {name!r} (did you mean {guess}?)", name=self.output, guess=guess
                )
            raise self.refuse(text, "output")
        super().check_exercise(task, data)

    def judged_outputs(self) -> tuple[Output, ...]:
        """Return the output."""
        return tuple(output for output in self.all_outputs() if output.name == self.output)

    def judge(self, case: Case) -> Judgement:
        """Judge the output as if it were the only one."""
        return self.judge_output(case, self.judged_outputs()[0])


@dataclass(frozen=True)
class EachOutput(OnOutputs):
    """`check` holds for every output; where it does not, what is wrong with the first such output is said.

    >>> KIND = Output("kind", Task(kind="classification", classes=3, labels="integers"))
    >>> PRICE = Output("price", Task(kind="regression"))
    >>> EachOutput(Trains(Training(outputs=(PRICE, KIND))))
    """

    def judged_outputs(self) -> tuple[Output, ...]:
        """Return all outputs."""
        return self.all_outputs()

    def is_independent(self, case: Case) -> bool:
        """Return whether the function that is judged came to an end with the network of the submission."""
        if not self.tried_function:
            return super().is_independent(case)
        return not self.was_interrupted(case) and not self.lacks_network(case)

    def judge(self, case: Case) -> Judgement:
        """Judge all outputs; the worst counts."""
        judgements = [(output, self.judge_output(case, output)) for output in self.judged_outputs()]
        ungraded = [one for one in judgements if one[1].status is Status.NOT_GRADED]
        output, worst = (ungraded or sorted(judgements, key=_get_share))[0]
        if worst.status is Status.PASSED or all(j.message == worst.message for _output, j in judgements):
            return worst
        return replace(worst, message=name_output(output.name, worst.message))


def _get_share(judged: tuple[Any, Judgement]) -> float:
    return judged[1].share
