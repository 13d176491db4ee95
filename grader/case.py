"""All that a judgement may look at, and what it says: evidence with its arrays, and the outcome of a check."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from grader.evidence import (
    ArrayValue,
    Entries,
    Frame,
    ImportEvidence,
    Items,
    ModelValue,
    NoneValue,
    OtherValue,
    ReplayEvidence,
    Returned,
    StepEvidence,
    Stopped,
    TextValue,
    Value,
)
from grader.plan import value_of
from grader.submission import Markdown
from grader.task import Task
from grader.text import T, Words
from grader.training import Training
from grader.verdict import Status

if TYPE_CHECKING:
    from grader.certify import Agreement

Array = np.ndarray[Any, Any]
P = TypeVar("P")


@dataclass(frozen=True)
class Judgement:
    """The outcome of one check. `share` of the points from 0 to 1; `bonus` likewise of the criterion's bonus."""

    status: Status
    message: Words
    share: float = 0.0
    bonus: float = 0.0
    expected: Words | str | None = None
    received: Words | str | None = None
    at: Frame | None = None
    undecided: bool = False  # too close to a threshold: more seeds, please
    blocks: bool = True  # where it failed: what depends on it cannot be judged either


class UnmetError(Exception):
    """Ends a judgement early: what it needed is not there, or is not what it has to be."""

    def __init__(self, judgement: Judgement) -> None:
        super().__init__(judgement.message)
        self.judgement = judgement


def passed(message: Words, *, bonus: float = 0.0, received: Words | str | None = None) -> Judgement:
    """All of the points."""
    return Judgement(Status.PASSED, message, 1.0, bonus, received=received)


def partial(
    share: float,
    message: Words,
    *,
    expected: Words | str | None = None,
    received: Words | str | None = None,
    at: Frame | None = None,
) -> Judgement:
    """Some of the points: `share` between 0 and 1."""
    return Judgement(Status.PARTIAL, message, share, expected=expected, received=received, at=at)


def failed(
    message: Words,
    *,
    expected: Words | str | None = None,
    received: Words | str | None = None,
    at: Frame | None = None,
    blocks: bool = True,
) -> Judgement:
    """None of the points."""
    return Judgement(Status.FAILED, message, expected=expected, received=received, at=at, blocks=blocks)


def not_graded(message: Words) -> Judgement:
    """The grader could not decide: nobody's mark, until a person has looked."""
    return Judgement(Status.NOT_GRADED, message)


@dataclass(frozen=True)
class Seen:
    """One step's evidence with its arrays."""

    evidence: StepEvidence
    arrays: Mapping[str, Array]


@dataclass(frozen=True)
class Replayed:
    """A graph's replay with its arrays: what the network really computes."""

    evidence: ReplayEvidence
    arrays: Mapping[str, Array]


@dataclass(frozen=True)
class Case:
    """All that a judgement may look at: evidence from inside, the replays, and the data with the labels."""

    inside: Mapping[str, Array]
    outside: Mapping[str, Array]
    imported: ImportEvidence
    steps: Mapping[str, Seen]
    stops: Mapping[str, Stopped]
    replays: Mapping[str, Replayed] = field(default_factory=dict)
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
    def agreements(self) -> "tuple[Agreement, ...]":
        """What the networks claim against what their graphs compute; looked at once, for all checks."""
        from grader.certify import certify  # it looks at cases, which stand here

        return certify(self)

    def seen(self, step: str) -> Seen:
        """Return the evidence of a step that ended in good order; else `UnmetError` with what went wrong."""
        from grader.checks.outcomes import explain  # it makes judgements, which stand here

        seen = self.steps.get(step)
        if seen is not None and isinstance(seen.evidence.outcome, Returned):
            return seen
        raise UnmetError(explain(self, step))

    def value(self, step: str) -> tuple[Value, Mapping[str, Array]]:
        """Return what a call returned, with the arrays that it names."""
        seen = self.seen(step)
        assert isinstance(seen.evidence.outcome, Returned)
        return seen.evidence.outcome.value, seen.arrays

    def read(self, name: str) -> tuple[Value, Mapping[str, Array]]:
        """Return the value of a global name; `UnmetError` where there is none, or nothing in it yet."""
        value, arrays = self.value(value_of(name).id)
        if isinstance(value, NoneValue) or (isinstance(value, OtherValue) and value.type == "ellipsis"):
            message = T("{name} is not written yet: it is still {received}.", name=name, received=name_of(value))
            raise UnmetError(Judgement(Status.NOT_ATTEMPTED, message))
        return value, arrays

    def array(self, step: str, function: str) -> Array:
        """Return what a call returned as one array of numbers, whatever it was wrapped in."""
        value, arrays = self.value(step)
        return numbers(value, arrays, function)


def numbers(value: Value, arrays: Mapping[str, Array], function: str) -> Array:
    """Return a value as one array of numbers or texts; `UnmetError` says what it is instead."""
    from grader.checks.outcomes import wrong_kind

    if isinstance(value, ArrayValue):
        return arrays[value.ref]
    if isinstance(value, Items) and value.items and value.container != "set":  # which has no order
        parts = [numbers(item, arrays, function) for item in value.items]
        if len({part.shape for part in parts}) == 1 and all(is_numeric(part) for part in parts):
            return np.stack(parts)
    raise UnmetError(wrong_kind(value, function))


def name_of(value: Value) -> str:
    """Return what a person would call the value: `list`, `ndarray (450, 10) float32`, `None`."""
    match value:
        case ArrayValue(container="scalar", dtype=dtype):
            return dtype
        case ArrayValue(container=container, shape=shape, dtype=dtype):
            return f"{container} {shape} {dtype}"
        case TextValue(text=text):
            return repr(text[:60])
        case Items(container=container, items=items):
            return f"{container} ({', '.join(name_of(i) for i in items[:4])}{', …' if len(items) > 4 else ''})"
        case Entries(entries=entries):
            return f"dict {{{', '.join(repr(key) for key, _ in entries[:6])}{', …' if len(entries) > 6 else ''}}}"
        case ModelValue(type=kind):
            return f"keras model {kind}"
        case OtherValue(type=kind, note=note):
            return f"{kind} ({note})" if note else kind
        case _:
            return {"NoneValue": "None", "HistoryValue": "History", "FigureValue": "Figure"}[type(value).__name__]


def first_difference(received: Array, expected: Array) -> tuple[int, ...] | None:
    """Return the index of the first element that differs by more than rounding, or None."""
    if np.array_equal(received, expected):
        return None
    close = np.isclose(
        received.astype(np.float64), expected.astype(np.float64), rtol=1e-4, atol=1e-6, equal_nan=True
    )
    places = np.argwhere(~close)
    return tuple(int(i) for i in places[0]) if len(places) else None


def flat(array: Array) -> Array:
    """Return a column (n, 1) or a line (1, n) as (n,): the same numbers in other clothes."""
    return array.ravel() if array.ndim == 2 and 1 in array.shape else array


def is_numeric(array: Array) -> bool:
    """Return whether an array holds real numbers or truth values."""
    return array.dtype.kind in "biuf"
