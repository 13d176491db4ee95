"""The base class of checks: steps to run in the sandbox, and a judgement of what they returned."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

from grader.core.arrays import Array
from grader.core.declarations import Declared
from grader.core.i18n import Translator
from grader.core.seal import NO_SEAL, Seal
from grader.evidence.case import Case
from grader.evidence.judgement import Judgement, failed, not_graded, partial, passed
from grader.evidence.outputs import can_answer, list_views
from grader.evidence.second_training import is_refuted
from grader.evidence.values import first_difference, flat, is_numeric, name_of, numbers
from grader.protocol.evidence import Raised, Skipped
from grader.protocol.plan import Call, ReadGlobal, Replay, Step
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.protocol.verdict import ClassBalance, Reliability
from grader.rubric.data.dataset import Data

__all__ = [
    "Array",
    "Case",
    "Check",
    "DrawnCheck",
    "Judgement",
    "failed",
    "first_difference",
    "flat",
    "is_numeric",
    "name_of",
    "not_graded",
    "numbers",
    "partial",
    "passed",
]


@dataclass(frozen=True)
class Shows:
    """What a report shows of the first network, besides what all reports show."""

    layer_values: bool = False  # what becomes of one row in each layer
    weights: bool = False  # the weights of Dense layers as pictures
    narrow_rows: bool = False  # rows that are pictures and hardly right

    def __or__(self, other: "Shows") -> "Shows":
        """Return what either of two shows."""
        return Shows(
            self.layer_values or other.layer_values,
            self.weights or other.weights,
            self.narrow_rows or other.narrow_rows,
        )


NOTHING_MORE = Shows()


class Check(Declared, ABC):
    """One thing to find out about a submission.

    A check has two halves that never run in one process: `steps` and `arrays` say what is run in the sandbox, and
    `judge` is a pure function of the evidence, in the process that holds the labels.
    """

    # The kinds of task that it can be used in; see `Task`.
    kinds: ClassVar[frozenset[str]] = frozenset({"classification", "regression", "functions", "several"})
    # What it is about, so that misconceptions are shown under the right criterion: "architecture", "head",
    # "training", "score", "probabilities", "figures".
    topics: ClassVar[frozenset[str]] = frozenset()
    # What reports show of the trained network besides.
    shows: ClassVar[Shows] = NOTHING_MORE
    # Whether a person judges it: the grader itself never gives points for it. See `ByHand`.
    waits_for_person: ClassVar[bool] = False

    def check_exercise(self, task: Task, data: Data) -> None:
        """Raise `RubricError` where the parameters do not fit the task or the data of the exercise."""

    @property
    def may_give_bonus(self) -> bool:
        """Return whether judgements may hold a bonus: of a check of an author's own, that is not known."""
        return type(self).__module__.partition(".")[0] != "grader"

    @abstractmethod
    def steps(self, seeds: Sequence[int]) -> Sequence[Step]:
        """Return the steps to run in the sandbox, with those networks that `seeds` asks for.

        Checks that share a step give it the same id.
        """

    @abstractmethod
    def judge(self, case: Case) -> Judgement:
        """Judge the evidence of a run.

        Raises:
            PreconditionFailedError: what the check needs is not there. Any other exception is the grader's fault.
        """

    def arrays(self) -> Mapping[str, Array]:
        """Return the arrays that the steps name and the exercise's data do not hold, by name."""
        return {}

    def with_seal(self, seal: Seal) -> Self:
        """Return this check with arguments that are drawn from a secret; the same where it draws none."""
        return self

    def with_data(self, data: Data) -> Self:
        """Return this check with arguments from the data of the exercise; the same where it needs none.

        Raises:
            ValueError: the data are not such as the check expects.
        """
        return self

    def trainings(self) -> tuple[Training, ...]:
        """Return how the networks that this check looks at are built and trained."""
        return ()

    @property
    def tried_function(self) -> str:
        """Return the function that is judged by calling it with a network; "" where networks themselves are."""
        return ""

    def judged_names(self) -> frozenset[str]:
        """Return the functions and global names of the submission that the check is about.

        A mistake in another one should cost it nothing.
        """
        if self.tried_function:
            return frozenset({self.tried_function})
        trainings = self.trainings()
        if trainings:
            trained = () if "architecture" in self.topics else trainings
            return frozenset((*(t.build for t in trainings), *(t.train for t in trained)))
        steps = self.steps((0,))
        called = {step.function for step in steps if isinstance(step, Call)}
        return frozenset(called | {step.name for step in steps if isinstance(step, ReadGlobal)})

    def on_stand_ins(self, task: Task) -> Self | None:
        """Return this check with networks of the grader's in place of the submission's.

        None where it judges the submission's networks themselves, or is on the grader's already.
        """
        return None

    def calls(self, seed: int) -> tuple[str, ...]:
        """Return the ids of the steps that call `tried_function` with a network."""
        steps = self.steps((seed,)) if self.tried_function else ()
        return tuple(s.id for s in steps if isinstance(s, Call) and s.function == self.tried_function)

    def lacks_network(self, case: Case) -> bool:
        """Return whether `tried_function` could not be called as a network was missing, or the network is none."""
        results = [case.steps[call] for call in self.calls(case.seeds[0]) if call in case.steps]
        return any(isinstance(result.evidence.outcome, Skipped) for result in results) or any(
            not self.can_use(case, training) for training in self.trainings()
        )

    def can_use(self, case: Case, training: Training) -> bool:
        """Return whether `tried_function` can do anything with a network of the submission."""
        if not can_answer(case, training):
            return False
        return not any(is_refuted(view, training) for view in list_views(case, training))

    def was_interrupted(self, case: Case) -> bool:
        """Return whether a call of `tried_function` stopped with an error."""
        results = [case.steps[call] for call in self.calls(case.seeds[0]) if call in case.steps]
        return any(isinstance(result.evidence.outcome, Raised) for result in results)

    def is_independent(self, case: Case) -> bool:
        """Return whether there is something to judge although a criterion that this one depends on failed."""
        return False

    def held_back(self) -> tuple[str, ...]:
        """Return the arrays that the exercise's data have to hold outside the sandbox for this check."""
        return tuple(t.array(role) for t in self.trainings() for role in ("x_test", "y_test"))

    def replays(self, case: Case) -> tuple[Sequence[Replay], Mapping[str, Array]]:
        """Return graphs to run once more, now that the first replays are known, and the arrays that they name.

        They run in a sandbox without the submission; the result of each is in `case.replays` by its id.
        """
        return (), {}

    def exhibit(self, case: Case, translate: Translator) -> Sequence[ClassBalance | Reliability]:
        """Return what the report shows of what the check has seen, besides the verdict; names are translated."""
        return ()


@dataclass(frozen=True)
class DrawnCheck(Check):
    """A check that calls functions with arguments drawn from a secret, so that no report shows the right answers.

    `seal` is set by the examiner; rubrics leave it out.
    """

    seal: Seal = field(default=NO_SEAL, kw_only=True, repr=False)

    def with_seal(self, seal: Seal) -> Self:
        """Return this check with arguments drawn from the secret of `seal`."""
        return replace(self, seal=seal)
