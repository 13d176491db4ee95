"""The case of one submission: all that a judgement may look at."""

import hashlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import _
from grader.core.seal import Seal
from grader.evidence.failures import explain_failure
from grader.evidence.judgement import Judgement, PreconditionFailedError
from grader.evidence.replay_rows import ROLES, MixedRows, list_rows, mix_rows
from grader.evidence.run_evidence import ReplayResult, RunEvidence, StepResult
from grader.evidence.values import name_of, numbers
from grader.protocol.evidence import ImportEvidence, NoneValue, OtherValue, Returned, Stopped, Value
from grader.protocol.plan import value_of
from grader.protocol.submission import Markdown
from grader.protocol.task import Task
from grader.protocol.training import Training
from grader.protocol.verdict import Status

T = TypeVar("T")


@dataclass(frozen=True)
class Case:
    """All that a judgement may look at: the evidence of one submission, and the data with the labels."""

    inside: Mapping[str, Array]  # arrays of the data that the submission was given
    outside: Mapping[str, Array]  # arrays of the data that it never saw, such as the labels of the test rows
    imported: ImportEvidence
    steps: Mapping[str, StepResult]  # by the steps' ids, likewise `stops` and `replays`
    stops: Mapping[str, Stopped]  # steps during which the run ended early
    replays: Mapping[str, ReplayResult] = field(default_factory=dict)
    seeds: Sequence[int] = (0,)
    task: Task = field(default_factory=lambda: Task(kind="functions"))
    trainings: tuple[Training, ...] = ()
    second_trainings: tuple[Training, ...] = ()  # those that were done once more, on other data
    markdown: tuple[Markdown, ...] = ()  # the Markdown cells of a notebook
    seal: Seal = field(default_factory=Seal)  # from which the data were drawn
    unwritten: frozenset[str] = frozenset()  # functions of the submission that are as in the stub, by their source
    # Results of `of_data`, shared by all cases of an exercise; and of `once`, for this case.
    results_of_data: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)
    output: str = ""  # name of the output that it shows, where networks have several; see `outputs.py`
    # The case with all outputs, of one that shows a single one of them.
    whole: "Case | None" = field(default=None, repr=False, compare=False)
    results: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Return the result of `compute`, which is called once for each key: many checks look at the same."""
        if key not in self.results:
            self.results[key] = compute()
        result: T = self.results[key]
        return result

    def of_data(self, function: Callable[..., T], *names: str) -> T:
        """Return the result of a pure function of arrays of the data, computed once for all submissions."""
        arrays = [self.inside[name] if name in self.inside else self.outside[name] for name in names]
        key = (function, *map(id, arrays))
        if key not in self.results_of_data:
            # The arrays too: while they live, no other array can get their identity.
            self.results_of_data[key] = function(*arrays), arrays
        result: T = self.results_of_data[key][0]
        return result

    def of_values(self, function: Callable[[Sequence[Array]], T], values: Sequence[Array]) -> T:
        """Return the result of a pure function of arrays, computed once for all submissions with the same values.

        What comes after the last weights of a network is the same in most submissions of a class.
        """
        digest = hashlib.sha256()
        for value in values:
            digest.update(f"{value.dtype.str}{value.shape}".encode() + np.ascontiguousarray(value).tobytes())
        key = (function, digest.digest())
        if key not in self.results_of_data:
            self.results_of_data[key] = function(values)
        result: T = self.results_of_data[key]
        return result

    def mix_rows(self, training: Training) -> MixedRows:
        """Return the rows that the graphs of a training are replayed on; computed once for all submissions."""
        key = (mix_rows, *map(training.array, ROLES), training.inputs, self.seal)
        if key not in self.results_of_data:
            self.results_of_data[key] = mix_rows(
                list_rows(self.inside, self.outside, training, self.seal), self.seal
            )
        mixed: MixedRows = self.results_of_data[key]
        return mixed

    @property
    def run(self) -> RunEvidence:
        """Return what the run left, without the data."""
        return RunEvidence(self.imported, self.steps, self.stops, self.unwritten)

    def seen(self, step: str) -> StepResult:
        """Return the evidence of a step that ended in good order.

        Raises:
            PreconditionFailedError: the step did not; the judgement says what went wrong.
        """
        result = self.steps.get(step)
        if result is not None and isinstance(result.evidence.outcome, Returned):
            return result
        raise PreconditionFailedError(explain_failure(self.run, step))

    def value(self, step: str) -> tuple[Value, Mapping[str, Array]]:
        """Return what a call returned, with the arrays that it names.

        Raises:
            PreconditionFailedError: the step did not end in good order.
        """
        result = self.seen(step)
        assert isinstance(result.evidence.outcome, Returned)
        return result.evidence.outcome.value, result.arrays

    def read(self, name: str) -> tuple[Value, Mapping[str, Array]]:
        """Return the value of a global name of the submission, with the arrays that it names.

        Raises:
            PreconditionFailedError: there is no such name, or its value is still the stub's.
        """
        value, arrays = self.value(value_of(name).id)
        if isinstance(value, NoneValue) or (isinstance(value, OtherValue) and value.type == "ellipsis"):
            message = _("{name} is not written yet: it is still {received}.", name=name, received=name_of(value))
            raise PreconditionFailedError(Judgement(Status.NOT_ATTEMPTED, message))
        return value, arrays

    def array(self, step: str, function: str) -> Array:
        """Return what a call returned as one array of numbers or texts, whatever it was wrapped in.

        Args:
            step: id of the call.
            function: name of the function, for the message where it returned something else.

        Raises:
            PreconditionFailedError: the step did not end in good order, or returned no array.
        """
        value, arrays = self.value(step)
        return numbers(value, arrays, function)
