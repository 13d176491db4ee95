"""Evidence: what a run left behind. Plain data, written by a process that the submission may have taken over.

Everything here is therefore a claim. `grader.examiner.service` decides which claims it believes, and judges.
Arrays are named by `ref` and travel beside the record, see `grader.protocol.parcels`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from grader.protocol.parcels import Record, Tagged

# One budget for the evidence of a submission. A frame holds 192 MiB, so that each step fits into one.
MAX_STEP_BYTES = 128 << 20
MAX_RUN_BYTES = 256 << 20


class Frame(Record, frozen=True):
    """One line of a traceback that lies in the student's own file."""

    line: int
    cell: int | None = None
    function: str = ""


class ExceptionFacts(Record, frozen=True):
    """An exception that left the student's code. `frames`: outermost first, only those in the student's file."""

    type: str
    message: str
    frames: tuple[Frame, ...] = ()
    bases: tuple[str, ...] = ()  # names of its classes, most special first


# Values that functions return.


class ArrayValue(Tagged, frozen=True, tag="ArrayValue"):
    """Numbers, truth values or texts. `container`: ndarray, list, tuple, scalar, Tensor, Series, ..."""

    ref: str
    dtype: str
    shape: tuple[int, ...]
    container: str


class NoneValue(Tagged, frozen=True, tag="NoneValue"):
    """None."""


class TextValue(Tagged, frozen=True, tag="TextValue"):
    """A str, cut at a limit."""

    text: str


class Items(Tagged, frozen=True, tag="Items"):
    """A list or tuple of values that are not one array."""

    container: str
    items: "tuple[Value, ...]"


class Entries(Tagged, frozen=True, tag="Entries"):
    """A dict. Keys are written as `str(key)` of plain keys only."""

    entries: "tuple[tuple[str, Value], ...]"


class ModelValue(Tagged, frozen=True, tag="ModelValue"):
    """A live Keras model: described by a `Describe` step. `stands_in`: the global that was found in place of the
    function that returns one."""

    type: str
    stands_in: str = ""


class HistoryValue(Tagged, frozen=True, tag="HistoryValue"):
    """A training history: a ref for each curve, one value per epoch."""

    curves: Mapping[str, str]


class OtherValue(Tagged, frozen=True, tag="OtherValue"):
    """Anything else: only the name of its type crosses the wall."""

    type: str
    note: str = ""  # such as "1.0 GiB, larger than the limit of 64 MiB"


class AxesFacts(Record, frozen=True):
    """What one axes of a figure shows. Refs name arrays; at most the first 128 of each kind are kept."""

    images: tuple[str, ...] = ()  # (height, width) each
    lines: tuple[str, ...] = ()  # (n, 2) each
    scatters: tuple[str, ...] = ()  # (n, 2) each
    bars: int = 0
    title: str = ""
    x_label: str = ""
    y_label: str = ""
    legend: tuple[str, ...] = ()


class FigureValue(Tagged, frozen=True, tag="FigureValue"):
    """A matplotlib figure: what is on it, and how it looks (`png`: ref of a uint8 array, empty if not drawn)."""

    axes: tuple[AxesFacts, ...]
    png: str = ""
    width: int = 0
    height: int = 0


Value = ArrayValue | NoneValue | TextValue | Items | Entries | ModelValue | HistoryValue | FigureValue | OtherValue


# Models.


class LayerFacts(Record, frozen=True):
    """One layer, nested models flattened, in the order of `model.layers`."""

    name: str
    kind: str  # class name
    path: str  # names of the models around it, joined by "/"
    units: int | None = None  # units or filters
    activation: str | None = None  # canonical name; None where the layer has none
    use_bias: bool | None = None
    rate: float | None = None  # of a dropout layer
    kernel_initializer: str | None = None
    kernel_regularizer: str | None = None
    output_shape: tuple[int | None, ...] | None = None
    weight_shapes: tuple[tuple[int, ...], ...] = ()
    trainable: bool = True


class CompileFacts(Record, frozen=True):
    """What `compile` was given, brought to canonical names."""

    loss: str
    from_logits: bool
    label_smoothing: float
    optimizer: str
    learning_rate: float | None
    metrics: tuple[str, ...]
    probe: str = ""  # ref: the value of the loss for each row of `loss_probe.PROBE_OUTPUTS`, NaN where it raised


class GraphFacts(Record, frozen=True):
    """The frozen graph: the serialised GraphDef is the uint8 array `ref`."""

    ref: str
    input_node: str
    output_node: str
    input_shape: tuple[int | None, ...]
    output_shape: tuple[int | None, ...]


class ModelFacts(Record, frozen=True):
    """One model at one moment. `problem` says why there is no graph."""

    style: str  # sequential, functional, subclassed
    type: str
    layers: tuple[LayerFacts, ...]
    input_shape: tuple[int | None, ...] | None
    parameters: int
    trainable_parameters: int
    compiled: CompileFacts | None
    graph: GraphFacts | None = None
    problem: str = ""
    wraps: str = ""  # style of the only layer, where that is a model itself


class FitFacts(Record, frozen=True):
    """One call of `fit`, as it was made."""

    model: str = ""  # id of the step that returned the model, where known
    head: str | None = None  # claimed activation of the last layer
    loss: str | None = None
    x_shape: tuple[int, ...] = ()
    x_range: tuple[float, float] | None = None  # None too where a value is NaN or infinite
    x_finite: bool = True
    x_dtype: str = ""
    y_shape: tuple[int, ...] = ()
    y_dtype: str = ""
    y_range: tuple[float, float] | None = None  # None too where a value is NaN or infinite
    epochs: int = 1
    from_logits: bool = False
    validation: Literal["", "data", "split"] = ""
    validation_seen: float = 0.0  # share of the rows of validation_data that are training rows as well
    rows: str = ""  # ref of a uint64 array: a hash of each row of x
    stale: tuple[
        str, ...
    ] = ()  # layers whose `trainable` has changed since an earlier fit, without compiling again
    finished: bool = False
    curves: Mapping[str, str] = {}


# Steps.


class Returned(Tagged, frozen=True, tag="Returned"):
    """The step ended in good order."""

    value: Value
    mutated: tuple[int, ...] = ()  # positions of arguments that the function changed in place


class Raised(Tagged, frozen=True, tag="Raised"):
    """The function raised."""

    exception: ExceptionFacts


class Missing(Tagged, frozen=True, tag="Missing"):
    """There is no such name. `close`: one that looks like it; `found`: type of what has that name and is no
    function. `models`: the compiled models among the globals, where one of them might have stood in."""

    close: str = ""
    found: str = ""
    models: tuple[str, ...] = ()


class Skipped(Tagged, frozen=True, tag="Skipped"):
    """The step needed the live result of another one, which is not there."""

    step: str


class StopReason(StrEnum):
    """Why a run ended before its plan did. Told by the supervisor, not by the submission."""

    TIME = "time"  # the step's wall clock ran out
    TOTAL_TIME = "total_time"  # the run's wall clock had run out before the step began
    CPU = "cpu"  # the run's processor time ran out
    MEMORY = "memory"
    SIGNAL = "signal"
    EXIT = "exit"  # the process ended itself
    TAMPERED = "tampered"  # the evidence broke the protocol
    TOO_LARGE = "too_large"  # the evidence is larger than what is kept
    GRADER = "grader"  # a fault of the grader


class Stopped(Tagged, frozen=True, tag="Stopped"):
    """The run ended during this step. `detail`: a limit in seconds or MiB, a signal, an exit code."""

    reason: StopReason
    detail: str = ""


Outcome = Returned | Raised | Missing | Skipped | Stopped


class StepEvidence(Record, frozen=True):
    """What one step left."""

    id: str
    outcome: Outcome
    model: ModelFacts | None = None
    fits: tuple[FitFacts, ...] = ()
    output: str = ""  # what was printed, the middle cut out
    output_lines: int = 0
    asked_input: bool = False
    showed_window: bool = False
    threads_left: int = 0
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0


class UnitFailure(Record, frozen=True):
    """A notebook cell (or the script) that raised when it was run."""

    cell: int | None
    exception: ExceptionFacts


class ImportEvidence(Record, frozen=True):
    """How the submission came up. `stopped` where it never did."""

    failures: tuple[UnitFailure, ...] = ()
    stopped: Stopped | None = None
    unit: int | None = None  # cell that ran when it was stopped
    fits: int = 0  # calls of fit at the top level
    output: str = ""
    output_lines: int = 0
    asked_input: bool = False
    showed_window: bool = False
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0


class TapFacts(Record, frozen=True):
    """The values that reach one activation of the graph, on the first input of a replay."""

    node: str
    units: int
    never_positive: int  # units that are <= 0 on every row: dead, where the activation is relu
    beyond_five: float  # share of values with a magnitude above 5: saturated, where it is sigmoid or tanh


class NodeFacts(Record, frozen=True):
    """One node of a graph: its operation, and the names of the nodes that it reads."""

    name: str
    op: str
    inputs: tuple[str, ...] = ()


class ReplayEvidence(Record, frozen=True):
    """What a graph is and what it computed. Made where no submission is, so this is no claim.

    With `forbidden` operations it was not run; `problem` says why it could not be.
    """

    id: str
    nodes: tuple[NodeFacts, ...] = ()
    constants: Mapping[str, str] = {}  # name of a node: ref of its value; weights, shapes, small numbers
    forbidden: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()  # refs, one per input of the step
    taps: tuple[TapFacts, ...] = ()
    problem: str = ""
