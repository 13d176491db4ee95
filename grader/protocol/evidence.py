"""The evidence of a run: plain records of what a submission returned, raised, printed and trained.

They are written by a process that the submission may have taken over, so everything in them is a claim.
`grader.examiner.service` decides which claims it believes, and judges. Arrays travel beside a record and are named
in it by a `ref`, see `grader.protocol.parcels`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from grader.protocol.parcels import Record, Tagged
from grader.protocol.task import LabelForm

# One budget for the evidence of a submission. A frame holds 192 MiB, so that each step fits into one.
MAX_STEP_BYTES = 128 << 20
MAX_RUN_BYTES = 256 << 20
# Of a network in single precision: its graphs before and after training leave room for all else that a run leaves.
MAX_PARAMETERS = 31_000_000
MAX_GRAPH_BYTES = 4 * MAX_PARAMETERS + (2 << 20)  # of a frozen graph: the weights, and what is done with them
# Of the record of one step as JSON, without its arrays. What is read from it takes up to 16 times as much memory.
MAX_RECORD_BYTES = 4 << 20
MAX_OUTPUTS = 8  # of a network with several outputs that are described
MAX_INPUTS = 6  # of a network with several inputs
MAX_ELEMENTS = 8 << 20  # of one array that a function returns: 64 MiB as float64, which it is compared as


class Frame(Record, frozen=True):
    """One line of a traceback, in the student's own file."""

    line: int  # from 1, within the file or the cell
    cell: int | None = None  # number of the code cell, from 1; None in a script
    function: str = ""  # name of the function that the line belongs to


class ExceptionFacts(Record, frozen=True):
    """An exception that the student's code raised and did not catch."""

    type: str  # name of its class
    message: str
    frames: tuple[Frame, ...] = ()  # outermost first, only those in the student's file
    bases: tuple[str, ...] = ()  # names of its class and the classes above, most specific first
    by_library: bool = False  # raised by a library that the student's code called, not by a line of that code
    similar: str = ""  # a real name that resembles the one that the exception is about; "" for none
    lines: tuple[str, ...] = ()  # of a SyntaxError: the line that it names, after the two before


# Values that functions return.


class ArrayValue(Tagged, frozen=True, tag="ArrayValue"):
    """A value that is an array: numbers, truth values or texts."""

    ref: str
    dtype: str  # as NumPy names it
    shape: tuple[int, ...]
    container: str  # what it came in: ndarray, list, tuple, scalar, Tensor, Series, ...


class NoneValue(Tagged, frozen=True, tag="NoneValue"):
    """A value that is None."""


class TextValue(Tagged, frozen=True, tag="TextValue"):
    """A value that is a str, cut at a limit."""

    text: str


class Items(Tagged, frozen=True, tag="Items"):
    """A value that is a list, tuple or set, and not one array of numbers."""

    container: str  # name of its class
    items: "tuple[Value, ...]"


class Entries(Tagged, frozen=True, tag="Entries"):
    """A value that is a dict."""

    # Key and value. Texts and numbers are written as `str(key)`; of any other key, only the name of its class.
    entries: "tuple[tuple[str, Value], ...]"
    has_number_as_text: bool = False  # whether a key is a text that reads as a number: "0" in place of 0


class ModelValue(Tagged, frozen=True, tag="ModelValue"):
    """A value that is a live Keras model. A `Describe` step describes it."""

    type: str  # name of its class
    stands_in: str = ""  # name of the global model that was used because the function that builds one is missing


class HistoryValue(Tagged, frozen=True, tag="HistoryValue"):
    """A value that is a training history."""

    curves: Mapping[str, str]  # by key, such as "val_loss": a ref of one value per epoch


class OtherValue(Tagged, frozen=True, tag="OtherValue"):
    """Any other value, of which only the name of its class is recorded."""

    type: str
    note: str = ""  # such as "1.0 GiB, larger than the limit of 64 MiB"
    other_keras: str = ""  # the package that it is a model of, such as "tensorflow.python.keras"; "" for none


class AxesFacts(Record, frozen=True):
    """The content of one axes of a figure: refs of what is drawn, at most the first 128 of each kind."""

    images: tuple[str, ...] = ()  # (height, width) each
    lines: tuple[str, ...] = ()  # (n, 2) each
    scatters: tuple[str, ...] = ()  # (n, 2) each
    bars: int = 0  # how many
    title: str = ""
    x_label: str = ""
    y_label: str = ""
    legend: tuple[str, ...] = ()  # its entries
    line_names: tuple[str, ...] = ()  # which of them belongs to each of `lines`; "" where that is not clear
    unseen: int | None = None  # how many marks were left out since they cannot be seen; None: nobody looked
    # The number of its place in the figure: axes with the same one lie upon each other, as twin axes do.
    place: int | None = None  # None: earlier releases have not looked


class FigureValue(Tagged, frozen=True, tag="FigureValue"):
    """A value that is a matplotlib figure: its content as data, and a picture of it."""

    axes: tuple[AxesFacts, ...]
    png: str = ""  # ref of a uint8 array, the bytes of the picture; "" if it was not drawn
    width: int = 0  # pixels
    height: int = 0  # pixels


Value = ArrayValue | NoneValue | TextValue | Items | Entries | ModelValue | HistoryValue | FigureValue | OtherValue


# Models.


class LayerFacts(Record, frozen=True):
    """One layer of a model. Nested models are flattened, in the order of `model.layers`."""

    name: str
    kind: str  # class name
    path: str  # names of the models around it, joined by "/"
    units: int | None = None  # units or filters
    activation: str | None = None  # canonical name; None where the layer has none
    use_bias: bool | None = None
    rate: float | None = None  # of a dropout layer
    kernel_initializer: str | None = None  # class name
    kernel_regularizer: str | None = None  # class name
    output_shape: tuple[int | None, ...] | None = None
    weight_shapes: tuple[tuple[int, ...], ...] = ()
    trainable: bool = True


class LossTrial(Record, frozen=True):
    """The values of a compiled loss for the batches of `loss_trial`, with one form of labels."""

    form: LabelForm
    units: int  # outputs for a row
    rows: int  # of a batch
    ref: str  # one number for each batch, NaN where it raised; of the scattered ones only for a loss of Keras
    swapped: str = ""  # ref: of the scattered batches, with labels and outputs in the wrong order; "" if not tried
    problem: str = ""  # what it raised first


class CompileFacts(Record, frozen=True):
    """The arguments that a model was compiled with, under canonical names."""

    loss: str  # such as "mean_squared_error"; "custom" for a function of the student's own
    from_logits: bool  # option of the loss
    label_smoothing: float  # option of the loss
    optimizer: str  # class name
    learning_rate: float | None  # None where it is no plain number
    metrics: tuple[str, ...]  # canonical names
    probe: str = ""  # ref: written by earlier releases, and not read any more
    trials: tuple[LossTrial, ...] = ()  # for each form of labels that may belong to the outputs
    # Where the model computes a loss by itself: "compute_loss", "train_step", "add_loss".
    own_methods: tuple[str, ...] = ()
    weight: float | None = None  # of one of several outputs: the factor of its loss; None where it has none
    is_weight_unknown: bool = False  # it has one, but that is no number


class GraphFacts(Record, frozen=True):
    """The frozen graph of a model: its computation in inference mode, with the weights as constants."""

    ref: str  # of a uint8 array: the serialised GraphDef
    input_node: str  # name of the input tensor
    output_node: str  # name of the output tensor
    input_shape: tuple[int | None, ...]  # None for an axis of any length, as the first one is
    output_shape: tuple[int | None, ...]


class LayerTrial(Record, frozen=True):
    """A layer alone in a network, before and after one step of training, and after another one."""

    fresh: GraphFacts
    trained: GraphFacts | None = None  # None where the training raised an exception
    again: GraphFacts | None = None  # after the second step; None in evidence of earlier releases, which did one
    problem: str = ""  # what the training raised; "" for nothing
    is_shared: bool = False  # whether the second call of the function returned this very layer


class OutputFacts(Record, frozen=True):
    """One of several outputs of a model."""

    name: str  # key of the dict that it stands in, or the name that the model gives it; "" where it has none
    graph: GraphFacts  # the frozen graph of the model, with this output as its only one
    compiled: CompileFacts | None = None  # what belongs to this output; None where the model is not compiled
    fitted: GraphFacts | None = None  # as `ModelFacts.fitted`


class InputFacts(Record, frozen=True):
    """One of several inputs of a model, and what the grader gives it."""

    name: str  # key of the dict that it stands in, or the name that the model gives it; "" where it has none
    shape: tuple[int | None, ...]  # None for an axis of any length, as the first one is
    gets: str  # name of the input of the exercise whose rows it gets
    is_key: bool = False  # the model takes a dict, and `name` is a key of it


class InnerModel(Record, frozen=True):
    """A model that another one holds, at any depth, such as within a layer."""

    name: str
    style: str  # sequential, functional, subclassed
    # `hash_array` of each of its weights with two axes or more that the other one holds through it alone.
    kernels: tuple[str, ...] = ()


class ModelFacts(Record, frozen=True):
    """A model as it was at one moment of the run."""

    style: str  # sequential, functional, subclassed
    type: str  # class name
    layers: tuple[LayerFacts, ...]
    input_shape: tuple[int | None, ...] | None
    parameters: int  # how many numbers its weights have
    trainable_parameters: int
    compiled: CompileFacts | None  # None where it is not compiled
    graph: GraphFacts | None = None
    problem: str = ""  # why there is no graph; "" where there is one
    wraps: str = ""  # style of the only layer, where that is a model itself
    input_count: int = 1  # how many arrays it takes, as far as it says so
    output_count: int = 1  # how many arrays it gives
    not_frozen: bool = False  # there is no graph, although the model can be called: `problem` says why
    fitted: GraphFacts | None = None  # the model as `fit` left it, where its weights were changed afterwards
    # In the order in which Keras takes them. Only where the step asks for them, and then there is no `graph`.
    outputs: tuple[OutputFacts, ...] = ()
    # In the order in which Keras takes them. Only where the step asks for them: the only input of the graph then
    # gets rows in which those of all inputs lie side by side, in the order of the step.
    inputs: tuple[InputFacts, ...] = ()
    inner: tuple[InnerModel, ...] = ()  # the models that it holds; nothing in evidence of earlier releases


class LabelFacts(Record, frozen=True):
    """The labels that `fit` got for one of several outputs, and the loss of that output.

    The fields have the meaning that they have in `FitFacts`.
    """

    name: str = ""  # key of the dict that they stand in; "" for labels in a list or tuple
    loss: str | None = None
    from_logits: bool = False
    y_shape: tuple[int, ...] = ()
    y_dtype: str = ""
    y_range: tuple[float, float] | None = None
    labels: str = ""


class DropFacts(Record, frozen=True):
    """What a layer that drops units did in one call of `fit`."""

    name: str
    rate: float | None  # after the first batch; None where it is no number, or nobody looked
    draws: int  # how often its generator of random numbers was asked: once for each batch that it dropped of


class FitFacts(Record, frozen=True):
    """One call of `fit`: what it was called with, and the curves that it left."""

    # Id of the step that returned the model, or one whose weights are all in this one; "other" for any other
    # model, "" in evidence of earlier releases.
    model: str = ""
    head: str | None = None  # claimed activation of the last layer
    loss: str | None = None  # canonical name
    x_shape: tuple[int, ...] = ()
    x_range: tuple[float, float] | None = None  # None too where a value is NaN or infinite
    x_finite: bool = True  # no value is NaN or infinite
    x_dtype: str = ""
    y_shape: tuple[int, ...] = ()
    y_dtype: str = ""
    y_range: tuple[float, float] | None = None  # None too where a value is NaN or infinite
    epochs: int = 1
    from_logits: bool = False  # option of the loss
    # By validation_data or a callback that evaluates the model, by validation_split, or none.
    validation: Literal["", "data", "split"] = ""
    validations: int | None = None  # how often it was evaluated meanwhile; None in evidence of earlier releases
    validation_rows: str = ""  # ref of a uint64 array: a hash of each row that it was validated on
    validation_seen: float = 0.0  # share of the rows of validation_data that are training rows as well
    rows: str = ""  # ref of a uint64 array: a hash of each row of x
    labels: str = ""  # ref of a float32 for each row: its label, or the column of the largest number in a row of y
    # Names of the layers whose `trainable` has changed since an earlier fit, without compiling again.
    stale: tuple[str, ...] = ()
    finished: bool = False  # it returned
    curves: Mapping[str, str] = {}  # by key, such as "val_loss": a ref of one value per epoch
    graph: GraphFacts | None = None  # the network as `fit` left it, where the step asks for it
    first_rows: str = ""  # ref of the first rows of x, as `fit` got them, where the step asks for the network
    weighted: bool = False  # with class_weight or sample_weight: its losses are no plain means
    # For a network with several outputs, in the order in which Keras takes them, what belongs to each.
    outputs: tuple[LabelFacts, ...] = ()
    # Ref of a uint64 array of two rows: a hash of each weight as it was when `fit` began, and 1 where the weight
    # was another one while it ran, as after its first batch or an epoch. What callbacks do comes after that.
    weight_hashes: str = ""
    steps: int = 0  # that the optimizer took
    dropping: tuple[DropFacts, ...] = ()  # layers with a rate and a generator of random numbers


# Steps.


class Returned(Tagged, frozen=True, tag="Returned"):
    """The outcome of a step that ended without an exception."""

    value: Value
    mutated: tuple[int, ...] = ()  # positions of arguments that the function changed in place


class Raised(Tagged, frozen=True, tag="Raised"):
    """The outcome of a step whose function raised an exception."""

    exception: ExceptionFacts


class Missing(Tagged, frozen=True, tag="Missing"):
    """The outcome of a step whose function or global name the submission does not define."""

    close: str = ""  # a name of the submission that looks like it; "" for none
    found: str = ""  # class name of the value that has this name and is no function; "" for none
    models: tuple[str, ...] = ()  # names of the compiled models among the globals, one of which may be meant
    # What the function is defined within: name of a class or function, "__main__" for the block of that name.
    within: str = ""


class Skipped(Tagged, frozen=True, tag="Skipped"):
    """The outcome of a step that was not run: it needs the live result of another one, which does not exist."""

    step: str  # id of the other step


class StopReason(StrEnum):
    """Why a run ended before all of its steps were done. Determined by the supervisor, not by the submission."""

    TIME = "time"  # the step's wall clock ran out
    TOTAL_TIME = "total_time"  # the run's wall clock had run out before the step began
    RESTARTS = "restarts"  # the process had ended so often before that no further one was started
    CPU = "cpu"  # the run's processor time ran out
    MEMORY = "memory"  # the run took more memory than it may
    MACHINE_MEMORY = "machine_memory"  # the machine had no memory left, and its kernel ended the process
    DISK = "disk"  # the run wrote more, or more files, than it may
    THREADS = "threads"  # the run started more threads than it may
    SIGNAL = "signal"  # the process was ended by a signal, such as SIGSEGV
    EXIT = "exit"  # the process ended itself
    TAMPERED = "tampered"  # the evidence broke the protocol
    TOO_LARGE = "too_large"  # the evidence is larger than the limit; with `NOT_TRIED`, that of earlier steps
    GRADER = "grader"  # a fault of the grader
    BROKEN = "broken"  # the process reported a fault of the grader's part in it: the submission's doing, or not


NOT_TRIED = "not tried"  # detail of `StopReason.TOO_LARGE`


class Stopped(Tagged, frozen=True, tag="Stopped"):
    """The outcome of a step during which the run ended."""

    reason: StopReason
    detail: str = ""  # by reason: a limit in seconds, MiB or threads, the name of a signal, an exit code, a number
    at: Frame | None = None  # the line that ran then: a claim of the process that ended


Outcome = Returned | Raised | Missing | Skipped | Stopped


class StepEvidence(Record, frozen=True):
    """The evidence of one step of the plan."""

    id: str  # of the step
    outcome: Outcome
    model: ModelFacts | None = None  # of a `Describe` step
    layer: LayerTrial | None = None  # of a `TryLayer` step
    fits: tuple[FitFacts, ...] = ()  # the calls of fit during the step
    output: str = ""  # what was printed, the middle cut out
    output_lines: int = 0  # how many lines were printed
    asked_input: bool = False  # input() was called
    showed_window: bool = False  # plt.show() was called
    threads_left: int = 0  # how many threads it started and did not end
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0


class UnitFailure(Record, frozen=True):
    """A notebook cell, or the script, that raised an exception when it was executed."""

    cell: int | None  # number of the code cell, from 1; None for a script
    exception: ExceptionFacts


class ImportEvidence(Record, frozen=True):
    """The evidence of executing the top level of the submission, before the first step."""

    failures: tuple[UnitFailure, ...] = ()
    stopped: Stopped | None = None  # why the run ended during this; None where it did not
    unit: int | None = None  # number of the code cell that ran when it was stopped
    fits: int = 0  # calls of fit at the top level
    # `return` at the end of a loop's body, not within an `if`: the loop ends after its first round.
    early_returns: tuple[Frame, ...] = ()
    output: str = ""  # what was printed, the middle cut out
    output_lines: int = 0  # how many lines were printed
    asked_input: bool = False  # input() was called
    showed_window: bool = False  # plt.show() was called
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0


class TapFacts(Record, frozen=True):
    """Statistics of the values that reach one activation of the graph, on the first input of a replay."""

    node: str  # name of the activation's node
    units: int
    never_positive: int  # units that are <= 0 on every row: dead, where the activation is relu
    beyond_five: float  # share of values with a magnitude above 5: saturated, where it is sigmoid or tanh


class TailFacts(Record, frozen=True):
    """What one node between the last kernels of a graph and its output gives for chosen numbers.

    The numbers go into the first of these nodes, in place of what the weights give.
    """

    node: str
    values: str  # ref of an array with one row for each row of the numbers


class NodeFacts(Record, frozen=True):
    """One node of a graph. A node of a function has the name of the call before its own: `loop/round0/MatMul`."""

    name: str
    op: str  # its operation, such as "MatMul"
    inputs: tuple[str, ...] = ()  # names of the nodes that it reads


class PlacedArray(Record, frozen=True):
    """Where the numbers of a large constant stand in its serialised graph, instead of the numbers themselves."""

    offset: int  # of the first byte
    dtype: str  # as NumPy writes it: `<f4`
    shape: tuple[int, ...]  # they stand there row by row


class ReplayEvidence(Record, frozen=True):
    """The evidence of a `Replay` step: the nodes of a frozen graph, and the outputs that it computed.

    Written by a process without a submission, so this is no claim.
    """

    id: str  # of the step
    nodes: tuple[NodeFacts, ...] = ()
    constants: Mapping[str, str] = {}  # name of a node: ref of its value; weights, shapes, small numbers
    placed: Mapping[str, PlacedArray] = {}  # by ref: values that are not among the arrays, but stand in the graph
    graph: str = ""  # of that graph, its bytes' SHA-256 in hexadecimal; "" where nothing is placed
    # Operations that are dangerous to run, or, with ` by value`, look rows up; with any, the graph was not run.
    forbidden: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()  # refs, one per input of the step, then one per group of exchanged tensors
    taps: tuple[TapFacts, ...] = ()  # one per activation, at most 32
    tail: tuple[TailFacts, ...] = ()  # from the last kernels to the output; empty where it could not be run alone
    # Refs: for values that are linear in the input, before anything bends them, the factor of each feature and, at
    # the end, a summand: (units, ..., features + 1).
    maps: tuple[str, ...] = ()
    problem: str = ""  # why the graph could not be run; "" where it was
    stopped: Stopped | None = None  # why the process ended while it ran the graph; None where it did not
