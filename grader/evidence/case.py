"""All that a judgement may look at, and what it says: evidence with its arrays, and the outcome of a check."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from grader.core.arrays import Array
from grader.core.i18n import _
from grader.evidence.judgement import Judgement, PreconditionFailedError
from grader.evidence.run_evidence import ReplayResult, StepResult
from grader.evidence.values import name_of, numbers
from grader.protocol.evidence import ImportEvidence, NoneValue, OtherValue, Returned, Stopped, Value
from grader.protocol.plan import value_of
from grader.protocol.submission import Markdown
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.protocol.verdict import Status

if TYPE_CHECKING:
    from grader.evidence.certification import ConsistencyCheck
P = TypeVar("P")


@dataclass(frozen=True)
class Case:
    """All that a judgement may look at: evidence from inside, the replays, and the data with the labels."""

    inside: Mapping[str, Array]
    outside: Mapping[str, Array]
    imported: ImportEvidence
    steps: Mapping[str, StepResult]
    stops: Mapping[str, Stopped]
    replays: Mapping[str, ReplayResult] = field(default_factory=dict)
    seeds: Sequence[int] = (0,)
    task: Task = field(default_factory=lambda: Task(kind="functions"))
    trainings: tuple[Training, ...] = ()
    markdown: tuple[Markdown, ...] = ()
    # What `of_data` made, for all the cases of an exercise; and what `once` made, for this one.
    made_of_data: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    made: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, key: Hashable, make: Callable[[], P]) -> P:
        """Return what `make` makes of this case. It is made once for each key: many checks look at the same."""
        if key not in self.made:
            self.made[key] = make()
        found: P = self.made[key]
        return found

    def of_data(self, function: Callable[..., P], *names: str) -> P:
        """Return what a pure function makes of arrays of the exercise's own: once for all of its submissions."""
        arrays = [self.inside[name] if name in self.inside else self.outside[name] for name in names]
        key = (function, *map(id, arrays))
        if key not in self.made_of_data:
            self.made_of_data[key] = function(*arrays), arrays  # kept, so that no other array gets their identity
        found: P = self.made_of_data[key][0]
        return found

    @cached_property
    def agreements(self) -> "tuple[ConsistencyCheck, ...]":
        """What the networks claim against what their graphs compute; looked at once, for all checks."""
        from grader.evidence.certification import certify  # it looks at cases, which stand here

        return certify(self)

    def seen(self, step: str) -> StepResult:
        """Return the evidence of a step that ended in good order.

        Raises:
            PreconditionFailedError: the step did not; the judgement says what went wrong.
        """
        from grader.evidence.failures import explain  # it makes judgements, which stand here

        seen = self.steps.get(step)
        if seen is not None and isinstance(seen.evidence.outcome, Returned):
            return seen
        raise PreconditionFailedError(explain(self, step))

    def value(self, step: str) -> tuple[Value, Mapping[str, Array]]:
        """Return what a call returned, with the arrays that it names."""
        seen = self.seen(step)
        assert isinstance(seen.evidence.outcome, Returned)
        return seen.evidence.outcome.value, seen.arrays

    def read(self, name: str) -> tuple[Value, Mapping[str, Array]]:
        """Return the value of a global name of the submission.

        Raises:
            PreconditionFailedError: there is no such name, or its value is still the stub's.
        """
        value, arrays = self.value(value_of(name).id)
        if isinstance(value, NoneValue) or (isinstance(value, OtherValue) and value.type == "ellipsis"):
            message = _("{name} is not written yet: it is still {received}.", name=name, received=name_of(value))
            raise PreconditionFailedError(Judgement(Status.NOT_ATTEMPTED, message))
        return value, arrays

    def array(self, step: str, function: str) -> Array:
        """Return what a call returned as one array of numbers, whatever it was wrapped in."""
        value, arrays = self.value(step)
        return numbers(value, arrays, function)
