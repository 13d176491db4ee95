"""The plan: everything that is to be done inside the wall, as plain data.

A plan holds no expected answer and no held-out label. Steps run in order; a later step may use what an earlier
one left alive inside (a model, a history) by naming it.
"""

from collections.abc import Mapping

from grader.protocol.parcels import Record, Tagged
from grader.protocol.submission import Submission


class ArrayArg(Tagged, frozen=True, tag="Array"):
    """An array that travels with the plan."""

    name: str


class ListArg(Tagged, frozen=True, tag="Listed"):
    """An array that travels with the plan, handed over as a list: of numbers, or of lists of numbers."""

    name: str


class LiteralArg(Tagged, frozen=True, tag="Literal"):
    """A plain value: a number, a text, None."""

    value: int | float | str | bool | None


class ResultOf(Tagged, frozen=True, tag="Result"):
    """What an earlier step returned, alive. The step is skipped when there is no such result."""

    step: str


class ResultOrTruth(Tagged, frozen=True, tag="Trusted"):
    """What an earlier step returned where it equals the array `name`, else that array.

    One mistake then costs one criterion: a wrong `one_hot` does not spoil the training.
    """

    step: str
    name: str


class HistoryArg(Tagged, frozen=True, tag="Curves"):
    """A `keras.callbacks.History` made up from these curves."""

    series: Mapping[str, list[float]]


Argument = ArrayArg | ListArg | LiteralArg | ResultOf | ResultOrTruth | HistoryArg


class Call(Tagged, frozen=True, tag="Call"):
    """Call a function of the submission and record what it returns, raises and prints."""

    id: str
    function: str
    arguments: tuple[Argument, ...] = ()
    seed: int = 0
    after: str = ""  # a step that has to have returned first
    limit_seconds: float = 20.0
    figure: bool = False  # the result is what it drew, returned or left as the current figure
    model_stands_in: bool = False  # without the function, the one compiled model among the globals is its result


class ReadGlobal(Tagged, frozen=True, tag="Read"):
    """Record the value of a global name of the submission."""

    id: str
    name: str
    limit_seconds: float = 20.0


class Describe(Tagged, frozen=True, tag="Describe"):
    """Record facts and frozen graph of the model that an earlier step returned."""

    id: str
    step: str
    sample: str  # array: some rows of input, to trace with
    after: str = ""  # a step that has to have returned first, such as a training
    limit_seconds: float = 30.0


class Replay(Tagged, frozen=True, tag="Replay"):
    """Run a frozen graph on arrays that travel with the plan. No submission is there when this happens.

    `constants`: for names of Const nodes, the arrays that take the place of their values, such as the weights of
    another network.
    """

    id: str
    graph: str  # array of uint8: a serialised GraphDef
    input_node: str
    output_node: str
    inputs: tuple[str, ...]
    constants: Mapping[str, str] = {}
    limit_seconds: float = 30.0


Step = Call | ReadGlobal | Describe | Replay


def value_of(name: str) -> ReadGlobal:
    """Return the step that reads a global name."""
    return ReadGlobal(id=f"{name}@value", name=name)


class Limits(Record, frozen=True):
    """What one run may use.

    `import_seconds`: until the file's own lines are done, `wall_seconds`: all in all, `cpu_seconds`: of
    processors, `memory_mib`: beyond what the imports take, `scratch_mib`: in its folder.

    >>> Limits(wall_seconds=300.0)
    """

    import_seconds: float = 90.0
    wall_seconds: float = 600.0
    cpu_seconds: int = 600
    memory_mib: int = 2048
    scratch_mib: int = 64


class Plan(Record, frozen=True):
    """The steps and limits of one run. Arrays that steps name travel beside it, see `grader.protocol.parcels`."""

    exercise: str
    limits: Limits
    steps: tuple[Step, ...]


class Setup(Record, frozen=True):
    """What a child starts with: the steps follow one by one. A run that only replays graphs has no submission."""

    submission: Submission | None


def needs(step: Step) -> set[str]:
    """Return the ids of the steps whose live results `step` cannot do without."""
    if isinstance(step, Replay | ReadGlobal):
        return set()
    first = {step.after} if step.after else set()
    if isinstance(step, Describe):
        return first | {step.step}
    return first | {a.step for a in step.arguments if isinstance(a, ResultOf)}


def uses(step: Step) -> set[str]:
    """Return the ids of the steps whose live results `step` uses where they are there."""
    wanted = {a.step for a in step.arguments if isinstance(a, ResultOrTruth)} if isinstance(step, Call) else set()
    return needs(step) | wanted
