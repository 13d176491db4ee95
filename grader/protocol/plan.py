"""The plan of a run: the steps that are executed with a submission inside the sandbox, as plain data.

A plan contains no expected answer and no held-out label. Steps run in order. A later step may use the live result
of an earlier one (a model, a history), which stays inside, by the id of that step.
"""

from collections.abc import Mapping

from grader.protocol.parcels import Record, Tagged
from grader.protocol.submission import Submission


class ArrayArg(Tagged, frozen=True, tag="Array"):
    """An argument: an array that travels with the plan."""

    name: str  # of the array


class ListArg(Tagged, frozen=True, tag="Listed"):
    """An argument: an array that travels with the plan, passed as a list of numbers or of lists of numbers."""

    name: str  # of the array


class LiteralArg(Tagged, frozen=True, tag="Literal"):
    """An argument: a plain value, such as a number, a text or None."""

    value: int | float | str | bool | None


class ResultOf(Tagged, frozen=True, tag="Result"):
    """An argument: the live object that an earlier step returned. Without such a result, the step is skipped."""

    step: str  # id of the earlier step


class ResultOrTruth(Tagged, frozen=True, tag="Trusted"):
    """An argument: the result of an earlier step where it equals the right array, else the right array.

    One mistake then costs one criterion: a wrong `one_hot` does not spoil the training.
    """

    step: str  # id of the earlier step
    name: str  # of the right array, which travels with the plan


class HistoryArg(Tagged, frozen=True, tag="Curves"):
    """An argument: a `keras.callbacks.History` built from given curves."""

    series: Mapping[str, list[float]]  # by key, such as "val_loss": one value per epoch


Argument = ArrayArg | ListArg | LiteralArg | ResultOf | ResultOrTruth | HistoryArg


class Call(Tagged, frozen=True, tag="Call"):
    """A step: call a function of the submission and record what it returns, raises and prints."""

    id: str  # unique in the plan
    function: str  # name of a global function
    arguments: tuple[Argument, ...] = ()  # passed by position
    seed: int = 0  # of Python, NumPy and TensorFlow, set before the call
    after: str = ""  # id of a step that has to have returned first; "" for none
    limit_seconds: float = 20.0  # of wall time
    figure: bool = False  # the result is the figure that it drew: returned, or left as the current one
    model_stands_in: bool = False  # without the function, the only compiled model among the globals is its result


class ReadGlobal(Tagged, frozen=True, tag="Read"):
    """A step: record the value of a global name of the submission."""

    id: str  # unique in the plan
    name: str  # the global name
    limit_seconds: float = 20.0  # of wall time


class Describe(Tagged, frozen=True, tag="Describe"):
    """A step: describe the model that an earlier step returned, and record its frozen graph."""

    id: str  # unique in the plan
    step: str  # id of the step that returned the model
    sample: str  # name of an array: some rows of input, to trace the model with
    after: str = ""  # id of a step that has to have returned first, such as a training; "" for none
    limit_seconds: float = 30.0  # of wall time


class BuildStandIn(Tagged, frozen=True, tag="BuildStandIn"):
    """A step: build a network of the grader's, for a function whose own network is missing or cannot be used.

    It is one Dense layer, compiled, and contains nothing that the submission could not compute from its own rows.
    """

    id: str  # unique in the plan
    sample: str  # name of an array: some rows of input, of shape (n, ...)
    units: int  # numbers that it puts out for a row
    activation: str  # of the layer, by the name that Keras has for it
    loss: str  # that it is compiled with, by the name that Keras has for it
    metric: str  # that it is compiled with
    kernel: str = ""  # name of an array of shape (features, units); "" for random weights
    bias: str = ""  # name of an array of shape (units,); "" for random weights
    seed: int = 0  # of the random weights
    limit_seconds: float = 30.0  # of wall time


class Replay(Tagged, frozen=True, tag="Replay"):
    """A step: compute the outputs of a frozen graph, in a process without a submission."""

    id: str  # unique in the plan
    graph: str  # name of a uint8 array: a serialised GraphDef
    input_node: str  # name of the tensor that gets the inputs
    output_node: str  # name of the tensor that is recorded
    inputs: tuple[str, ...]  # names of the arrays on which the graph is run, one after the other
    # Name of a Const node: name of the array that replaces its value, such as a weight of another network.
    constants: Mapping[str, str] = {}
    # Name of an array of numbers (m, k) that are put in place of what the last weights give, to find out what
    # comes after them; "" for none.
    logits: str = ""
    limit_seconds: float = 30.0  # of wall time


Step = Call | ReadGlobal | Describe | BuildStandIn | Replay


def value_of(name: str) -> ReadGlobal:
    """Return the step that reads a global name of the submission."""
    return ReadGlobal(id=f"{name}@value", name=name)


class Limits(Record, frozen=True):
    """The resources that one run may use.

    `import_seconds`: wall time until the top level of the file has run, `wall_seconds`: wall time of the whole
    run, `cpu_seconds`: processor time, `memory_mib`: memory beyond what the imports take, in MiB, `scratch_mib`:
    files in its scratch folder, in MiB.

    >>> Limits(wall_seconds=300.0)
    """

    import_seconds: float = 90.0
    wall_seconds: float = 600.0
    cpu_seconds: int = 600
    memory_mib: int = 2048
    scratch_mib: int = 64


class Plan(Record, frozen=True):
    """The steps and limits of one run. Arrays that steps name travel beside it, see `grader.protocol.parcels`."""

    exercise: str  # id of the exercise
    limits: Limits
    steps: tuple[Step, ...]  # in the order in which they run


class Setup(Record, frozen=True):
    """The first message to a child process: the submission to execute. The steps follow one by one."""

    submission: Submission | None  # None for a run that only replays graphs


def needs(step: Step) -> set[str]:
    """Return the ids of the steps whose live results `step` requires: without one of them it is skipped."""
    if isinstance(step, Replay | ReadGlobal | BuildStandIn):
        return set()
    first = {step.after} if step.after else set()
    if isinstance(step, Describe):
        return first | {step.step}
    return first | {a.step for a in step.arguments if isinstance(a, ResultOf)}


def uses(step: Step) -> set[str]:
    """Return the ids of the steps whose live results `step` requires, or uses where they exist."""
    optional = (
        {a.step for a in step.arguments if isinstance(a, ResultOrTruth)} if isinstance(step, Call) else set()
    )
    return needs(step) | optional
