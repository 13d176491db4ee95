"""The plan of a run: the steps that are executed with a submission inside the sandbox, as plain data.

A plan contains no expected answer and no held-out label. Steps run in order. A later step may use the live result
of an earlier one (a model, a history), which stays inside, by the id of that step.
"""

from collections.abc import Mapping, Sequence

from grader.protocol.parcels import Record, Tagged
from grader.protocol.submission import Submission


class ArrayArg(Tagged, frozen=True, tag="Array"):
    """An argument: an array that travels with the plan."""

    name: str  # of the array
    row_count: int = 0  # how many of its rows, from the first one on; 0 for all


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


class FolderArg(Tagged, frozen=True, tag="Folder"):
    """An argument: the path of an empty folder to write to, or of one that an earlier step filled."""

    name: str  # of the folder, the same for the same one


class InputRows(Record, frozen=True):
    """The rows of one of several inputs of a network."""

    name: str  # of the input
    rows: str  # name of an array of shape (n, ...)


Argument = ArrayArg | ListArg | LiteralArg | ResultOf | ResultOrTruth | HistoryArg | FolderArg


class Call(Tagged, frozen=True, tag="Call"):
    """A step: call a function of the submission and record what it returns, raises and prints."""

    id: str  # unique in the plan
    function: str  # name of a global function
    arguments: tuple[Argument, ...] = ()  # passed by position
    seed: int = 0  # of Python, NumPy and TensorFlow, set before the call
    # Of TensorFlow, where it is not `seed`: what a function shuffles with a seed of its own depends on both.
    tensorflow_seed: int | None = None
    after: str = ""  # id of a step that has to have returned first; "" for none
    limit_seconds: float = 20.0  # of wall time
    figure: bool = False  # the result is the figure that it drew: returned, or left as the current one
    # Name of an array: some rows of input, to trace each network with that `fit` trains in this call, so that its
    # frozen graph is recorded; "" where that is not needed.
    freeze: str = ""
    model_stands_in: bool = False  # without the function, the only compiled model among the globals is its result
    refuses_layers: bool = False  # as long as the function runs, no layer and no model can be called
    # Some rows of each input of a network with several, by which those are put in order that `fit` is called with.
    inputs: tuple[InputRows, ...] = ()


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
    # Names of the outputs that the network should have, where these are several: each is then described alone.
    output_names: tuple[str, ...] = ()
    # Of a network with several inputs: some rows of each. Those of `sample`, in which all lie side by side, are
    # not sent then.
    inputs: tuple[InputRows, ...] = ()
    limit_seconds: float = 30.0  # of wall time


class TraceInTraining(Tagged, frozen=True, tag="TraceInTraining"):
    """A step: record what the model that an earlier step returned computes in training, as a frozen graph.

    Its evidence is a description with nothing but that graph. What the model changes of itself in training, such
    as the state of a random generator, is left out: so what it draws is the same at each replay.
    """

    id: str  # unique in the plan
    step: str  # id of the step that returned the model
    sample: str  # name of an array: some rows of input, to trace the model with
    limit_seconds: float = 30.0  # of wall time


class TryLayer(Tagged, frozen=True, tag="TryLayer"):
    """A step: put the layer that an earlier step returned into a network of its own, and train that twice.

    The network is this layer alone. Its frozen graph is recorded before and after each of two steps of plain
    gradient descent on the mean squared error.
    """

    id: str  # unique in the plan
    step: str  # id of the step that returned the layer
    x: str  # name of an array: rows of input, of shape (n, features)
    y: str  # name of an array: what the network is trained to put out, of shape (n, units)
    learning_rate: float
    again: str = ""  # id of the step that called the same function once more with the same arguments; "" for none
    seed: int = 0  # of the weights that the layer draws
    limit_seconds: float = 30.0  # of wall time


class StandInHead(Record, frozen=True):
    """One of several outputs of a network of the grader's. The fields are those of `BuildStandIn`."""

    name: str
    units: int
    activation: str
    loss: str
    kernel: str = ""
    bias: str = ""


class NestedSizes(Record, frozen=True):
    """Units of the layers of a network of the grader's with a nested model; behind them come those of `units`."""

    first: int  # of the first layer of the nested model, behind which BatchNormalization follows
    frozen: int  # of its last layer, which is frozen
    head: int  # of the first layer behind the nested model


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
    # In place of units, activation, loss, kernel and bias: one Dense layer for each of several outputs.
    heads: tuple[StandInHead, ...] = ()
    as_dict: bool = False  # the outputs come as a dict, and not as a list
    inputs: tuple[InputRows, ...] = ()  # as those of `Describe`
    nested: NestedSizes | None = None  # layers in front of the last one, some of them in a model of their own
    limit_seconds: float = 30.0  # of wall time


class SetWeights(Tagged, frozen=True, tag="SetWeights"):
    """A step: give the network that an earlier step returned other weights, until a later step uses it again.

    Its result is that network. Each array goes to the only weight that has its shape. Where a network has other
    weights than these shapes, there is no result.
    """

    id: str  # unique in the plan
    step: str  # id of the step that returned the network
    weights: tuple[str, ...]  # names of arrays of different shapes
    sample: str  # name of an array: rows of input, which a network is built with that has no weights yet
    limit_seconds: float = 30.0  # of wall time


class ChainLayer(Record, frozen=True):
    """A Dense layer of a chain, and the layer behind it that only bends."""

    kernel: str  # name of an array of shape (inputs, units)
    bias: str  # name of an array of shape (units,)
    activation: str  # by the name that Keras has for it


class BuildChain(Tagged, frozen=True, tag="BuildChain"):
    """A step: build a network of the grader's of Dense and Activation layers in turn, with weights of the plan.

    It is a `keras.Sequential`; where the network that `like` returned is written in the functional style, so is
    this one, whose `layers` then begin with an input layer, too.
    """

    id: str  # unique in the plan
    layers: tuple[ChainLayer, ...]
    like: str = ""  # id of the step that returned a network of the submission; "" for none
    fused: bool = False  # the Dense layers have the activations, and there are no Activation layers
    limit_seconds: float = 30.0  # of wall time


class ReadFiles(Tagged, frozen=True, tag="ReadFiles"):
    """A step: read all files of a folder.

    Its result is a dict: the path of each file within the folder, with what the file is ("architecture" for the
    JSON of a Keras model, "json", "keras", "hdf5", or "other"), its length in bytes and its content. Nothing of
    the files is executed.
    """

    id: str  # unique in the plan
    folder: str  # name of a `FolderArg`
    after: str  # id of a step that has to have returned first
    limit_seconds: float = 10.0  # of wall time


class WriteFiles(Tagged, frozen=True, tag="WriteFiles"):
    """A step: write the files that a `ReadFiles` step has read into another folder, in a process of its own.

    It and the steps that need it run in a process in which no other step of the plan runs. So whoever reads these
    files knows nothing but them.
    """

    id: str  # unique in the plan
    files: str  # id of the step that has read them
    folder: str  # name of a `FolderArg`
    without_architecture: bool = False  # JSON files that hold a Keras model are empty objects instead
    limit_seconds: float = 10.0  # of wall time


class BuildBase(Tagged, frozen=True, tag="BuildBase"):
    """A step: build a network that was trained before, for a function of the submission that builds on it."""

    id: str  # unique in the plan
    architecture: str  # name of a uint8 array: the bytes of the JSON that Keras writes of a network
    weights: str  # name of an array (n,): the values of all of its weights, in their order, one after the other
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
    # Groups of tensors. For each, the graph is run once more on the rows of the first of two inputs, while these
    # tensors have the values that the rows of the second give them.
    exchanged: tuple[tuple[str, ...], ...] = ()
    # Numbers of the features that stay as they are where others are changed, such as a category.
    fixed_features: tuple[int, ...] = ()
    limit_seconds: float = 30.0  # of wall time


Step = (
    Call
    | ReadGlobal
    | Describe
    | TraceInTraining
    | TryLayer
    | BuildStandIn
    | SetWeights
    | BuildChain
    | ReadFiles
    | WriteFiles
    | BuildBase
    | Replay
)

# Name of the class of the exception that a call of a layer raises where `Call.refuses_layers` is set.
REFUSED_CALL = "LayerCallRefusedError"


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
    arrays: tuple[str, ...] | None = None  # names of the arrays that the process may keep; None for all


def needs(step: Step) -> set[str]:
    """Return the ids of the steps whose live results `step` requires: without one of them it is skipped."""
    if isinstance(step, Replay | ReadGlobal | BuildStandIn | BuildChain | BuildBase | WriteFiles):
        return set()
    if isinstance(step, TryLayer | TraceInTraining | SetWeights):
        return {step.step}
    first = {step.after} if step.after else set()
    if isinstance(step, ReadFiles):
        return first
    if isinstance(step, Describe):
        return first | {step.step}
    return first | {a.step for a in step.arguments if isinstance(a, ResultOf)}


def uses(step: Step) -> set[str]:
    """Return the ids of the steps whose live results `step` requires, or uses where they exist."""
    optional: set[str] = set()
    if isinstance(step, Call):
        optional = {a.step for a in step.arguments if isinstance(a, ResultOrTruth)}
    if isinstance(step, BuildChain) and step.like:
        optional = {step.like}
    return needs(step) | optional


def depends_on(step: Step) -> set[str]:
    """Return the ids of the steps that `step` depends on: whose live results it uses, or whose files it writes."""
    return {step.files} if isinstance(step, WriteFiles) else uses(step)


def list_apart(steps: Sequence[Step]) -> set[str]:
    """Return the ids of the steps that run in a process of their own: what writes files, and what needs that."""
    apart: set[str] = set()
    for step in steps:
        if isinstance(step, WriteFiles) or needs(step) & apart:
            apart.add(step.id)
    return apart


def add_used_steps(steps: Sequence[Step], pending: Sequence[Step]) -> list[Step]:
    """Return `pending` and the steps whose live results they use, in the order of the plan."""
    by_id = {step.id: step for step in steps}
    used: set[str] = set()
    unvisited = [step.id for step in pending]
    while unvisited:
        step_id = unvisited.pop()
        if step_id not in used and step_id in by_id:
            used.add(step_id)
            unvisited += uses(by_id[step_id])
    return [step for step in steps if step.id in used]


def list_arrays_apart(steps: Sequence[Step], chosen: Sequence[Step]) -> tuple[str, ...] | None:
    """Return the names of the arrays that steps get which run apart; None where `chosen` are others of the plan.

    A process that is to know nothing but files must not find there what they were made of.
    """
    apart, names = list_apart(steps), set[str]()
    for step in chosen:
        if step.id not in apart:
            return None
        names |= {step.sample} if isinstance(step, Describe) else set()
        if isinstance(step, Call):
            names |= {a.name for a in step.arguments if isinstance(a, ArrayArg | ListArg | ResultOrTruth)}
    return tuple(sorted(names))


def list_next_steps(steps: Sequence[Step], pending: Sequence[Step]) -> list[Step]:
    """Return the steps of the next process, in their order: what runs apart comes when all else is done."""
    used, apart = add_used_steps(steps, pending), list_apart(steps)
    return [step for step in used if step.id not in apart] or used
