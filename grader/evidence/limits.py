"""Limits of evidence: what one step and one graph may hold before anything is computed from them.

Evidence comes from a process that a submission may have taken over, and is read in the process that holds the
labels. What is larger than the grader's own encoders make it was not written by them: such a step is treated as
tampered with, such a graph as one that cannot be replayed. So memory and time of every judgement are bounded.
"""

import math
from collections.abc import Iterator, Mapping

import msgspec
import numpy as np

from grader.core.arrays import Array
from grader.core.errors import GraderError
from grader.evidence.run_evidence import ReplayResult, StepResult
from grader.protocol.evidence import (
    MAX_ELEMENTS,
    MAX_INPUTS,
    MAX_OUTPUTS,
    ArrayValue,
    FitFacts,
    HistoryValue,
    ImportEvidence,
    InputFacts,
    LabelFacts,
    LayerFacts,
    LossTrial,
    ModelFacts,
)
from grader.protocol.loss_trial import MAX_ROWS, MAX_UNITS

# The encoder of histories (`sandbox/inside/array_store.py`) keeps to the first two. Together they would allow 6.4
# million values, which are read as Python numbers of 32 bytes for each network and seed: hence the third.
MAX_CURVES = 64
MAX_EPOCHS = 100_000
MAX_CURVE_VALUES = 500_000

# Of all records of a submission as JSON, and of all its arrays: a number in a list of lists takes 4 bytes as JSON
# and 64 in memory, an array without elements 20 and 500.
MAX_ALL_RECORD_BYTES = 16 << 20
MAX_ALL_ARRAYS = 100_000

MAX_TEXT = 10_000  # characters of one text: of what was printed, the encoder keeps 8,000
MAX_DIMENSIONS = 32  # what NumPy 1 can hold; a network needs five
MAX_LAYERS = 2000  # ten times ResNet-152; each is compared with the weights of the graph
MAX_NESTING = 64  # of records and lists in one another: the encoder of values goes 6 levels deep, with 3 for each
MAX_NAMED_BYTES = 256 << 20  # of arrays, each as often as it is named: what a parcel may hold
# Along the other axes of an array without elements: a sum over an axis of length 0 is as long as these.
MAX_EMPTY_LENGTH = 1 << 22
MAX_FIT_ROWS = 8_000_000  # hashes of rows, 8 bytes each, of all calls of `fit` in a step: 64 MiB

MAX_GRAPH_NODES = 20_000  # what the replay describes (`sandbox/inside/replay.py`)
MAX_GRAPH_EDGES = 200_000  # ten inputs for each node; only sums and concatenations have more than three
MAX_OUTPUT_VALUES = 1 << 22  # what a network puts out for all rows of one role: 32 MiB as float64
MAX_TAPS = 32  # what the replay records of them

_LARGEST_INTEGER = 1 << 63  # JSON may hold larger ones, NumPy and msgspec's encoder may not
_NAMES_AN_ARRAY = frozenset(
    {"ref", "rows", "labels", "validation_rows", "first_rows", "weight_hashes", "swapped", "png", "probe"}
)
_NAMES_ARRAYS = frozenset({"images", "lines", "scatters", "curves"})


def find_step_problem(step: StepResult) -> str | None:
    """Return which limit the evidence of a step breaks, or how it contradicts itself; None where it is fine."""
    try:
        names: list[str] = []
        for record in _records(step.evidence):
            names += _array_names(record)
            _check_record(record, step.arrays)
        missing = set(names) - set(step.arrays)
        _require(not missing, f"{len(missing)} arrays are missing")
        for array in step.arrays.values():
            _check_array(array)
        _require(sum(step.arrays[name].nbytes for name in names) <= MAX_NAMED_BYTES, "arrays named too often")
        _check_fits(step.evidence.fits, step.arrays)
    except _LimitError as error:
        return str(error)
    return None


def find_import_problem(evidence: ImportEvidence) -> str | None:
    """Return which limit the evidence of an import breaks; None where it is fine."""
    try:
        for _record in _records(evidence):
            pass
    except _LimitError as error:
        return str(error)
    return None


def find_replay_problem(replay: ReplayResult) -> str | None:
    """Return which limit a graph or its outputs break, in the words of a sentence; None where they are fine."""
    evidence = replay.evidence
    try:
        _require(len(evidence.nodes) <= MAX_GRAPH_NODES, f"it holds more than {MAX_GRAPH_NODES} operations")
        edges = sum(len(node.inputs) for node in evidence.nodes)
        _require(edges <= MAX_GRAPH_EDGES, f"it holds more than {MAX_GRAPH_EDGES} connections")
        for name in evidence.outputs:
            _require(name in replay.arrays, "an output is missing")
            _check_output(replay.arrays[name])
        _require(len(evidence.taps) <= MAX_TAPS, f"more than {MAX_TAPS} activations are described")
        for fact in evidence.tail:
            _require(fact.values in replay.arrays, "a value of its tail is missing")
            _check_output(replay.arrays[fact.values])
        for array in replay.arrays.values():
            _check_size(array)
        named = [*evidence.outputs, *evidence.constants.values(), *(fact.values for fact in evidence.tail)]
        named += evidence.maps
        for _record in _records(evidence):
            pass
        total = sum(replay.arrays[name].nbytes for name in named if name in replay.arrays)
        _require(total <= MAX_NAMED_BYTES, "arrays named too often")
    except _LimitError as error:
        return str(error)
    return None


class _LimitError(GraderError):
    """Evidence that is beyond a limit."""


def _require(is_fine: bool, problem: str) -> None:
    if not is_fine:
        raise _LimitError(problem)


def _records(evidence: msgspec.Struct) -> Iterator[msgspec.Struct]:
    """Yield a record and all records in it. Without recursion: how deep they are nested is a claim too."""
    stack: list[tuple[msgspec.Struct | tuple[object, ...], int]] = [(evidence, 0)]
    while stack:
        part, depth = stack.pop()
        _require(depth <= MAX_NESTING, "values are nested too deeply")
        if isinstance(part, msgspec.Struct):
            yield part
        for item in _items(part):
            if isinstance(item, msgspec.Struct | tuple):
                stack.append((item, depth + 1))
            elif isinstance(item, str):
                _require(len(item) <= MAX_TEXT, f"a text of more than {MAX_TEXT} characters")
            elif isinstance(item, int):
                _require(-_LARGEST_INTEGER <= item < _LARGEST_INTEGER, "a number of more than 64 bits")


def _items(part: msgspec.Struct | tuple[object, ...]) -> Iterator[object]:
    """Yield what a record or a tuple holds; of a mapping, its keys and values."""
    if isinstance(part, tuple):
        yield from part
        return
    for name in part.__struct_fields__:
        value = getattr(part, name)
        if isinstance(value, Mapping):
            yield from value.keys()
            yield from value.values()
        else:
            yield value


def _array_names(record: msgspec.Struct) -> Iterator[str]:
    """Yield the names of arrays in the fields of one record."""
    for field in record.__struct_fields__:
        value = getattr(record, field)
        if field in _NAMES_AN_ARRAY and isinstance(value, str) and value:
            yield value
        elif field in _NAMES_ARRAYS and isinstance(value, tuple):
            yield from value
        elif field in _NAMES_ARRAYS and isinstance(value, Mapping):
            yield from value.values()


def _check_record(record: msgspec.Struct, arrays: Mapping[str, Array]) -> None:
    match record:
        case ArrayValue(ref=ref, dtype=dtype, shape=shape) if ref in arrays:
            _require(arrays[ref].shape == shape, "an array has another shape than it says")
            _require(str(arrays[ref].dtype) == dtype, "an array has another dtype than it says")
            _require(arrays[ref].size <= MAX_ELEMENTS, f"an array of more than {MAX_ELEMENTS} elements")
        case HistoryValue(curves=curves):
            _check_curves(curves, arrays)
        case FitFacts(curves=curves, x_shape=x_shape, y_shape=y_shape, outputs=outputs, dropping=dropping):
            _require(len(dropping) <= MAX_LAYERS, f"more than {MAX_LAYERS} layers")
            _check_curves(curves, arrays)
            _require(max(len(x_shape), len(y_shape)) <= MAX_DIMENSIONS, "too many dimensions")
            _require(len(outputs) <= MAX_OUTPUTS, f"labels of more than {MAX_OUTPUTS} outputs")
        case LabelFacts(y_shape=y_shape):
            _require(len(y_shape) <= MAX_DIMENSIONS, "too many dimensions")
        case ModelFacts(outputs=outputs, inputs=inputs, inner=inner):
            _require(len(inner) <= MAX_LAYERS, f"more than {MAX_LAYERS} models inside")
            _require(len(outputs) <= MAX_OUTPUTS, f"more than {MAX_OUTPUTS} outputs")
            _require(len(inputs) <= MAX_INPUTS, f"more than {MAX_INPUTS} inputs")
        case InputFacts(shape=shape):
            _require(len(shape) <= MAX_DIMENSIONS, "too many dimensions")
        case LossTrial(units=units, rows=rows, ref=ref, swapped=swapped):
            _require(0 < units <= MAX_UNITS and 0 < rows <= MAX_ROWS, "a loss that was tried on too many rows")
            values = [arrays[name] for name in (ref, swapped) if name in arrays]
            _require(all(a.ndim == 1 and a.dtype == np.float64 for a in values), "values of a loss that are none")
        case LayerFacts(weight_shapes=shapes):
            _require(all(len(shape) <= MAX_DIMENSIONS for shape in shapes), "too many dimensions")
            _require(len(shapes) <= MAX_LAYERS, "too many weights in a layer")
    layers = getattr(record, "layers", ())
    _require(len(layers) <= MAX_LAYERS, f"more than {MAX_LAYERS} layers")


def _check_curves(curves: Mapping[str, str], arrays: Mapping[str, Array]) -> None:
    _require(len(curves) <= MAX_CURVES, f"more than {MAX_CURVES} curves")
    series = [arrays[name] for name in curves.values() if name in arrays]
    _require(all(curve.ndim == 1 and curve.dtype.kind == "f" for curve in series), "a curve is no list of numbers")
    _require(all(curve.size <= MAX_EPOCHS for curve in series), f"a curve of more than {MAX_EPOCHS} epochs")
    _require(sum(curve.size for curve in series) <= MAX_CURVE_VALUES, "too many values in the curves")


def _check_fits(fits: tuple[FitFacts, ...], arrays: Mapping[str, Array]) -> None:
    hashes = [arrays[name] for fit in fits for name in (fit.rows, fit.validation_rows) if name]
    _require(all(a.ndim == 1 and a.dtype == np.uint64 for a in hashes), "hashes of rows that are none")
    weights = [arrays[fit.weight_hashes] for fit in fits if fit.weight_hashes]
    _require(all(a.ndim == 2 and len(a) == 2 and a.dtype == np.uint64 for a in weights), "hashes that are none")
    first_rows = [arrays[fit.first_rows] for fit in fits if fit.first_rows]
    _require(all(a.ndim and a.dtype == np.float32 for a in first_rows), "rows that are none")
    hashes += weights
    _require(sum(a.size for a in hashes) <= MAX_FIT_ROWS, f"more than {MAX_FIT_ROWS} rows in calls of fit")


def _check_array(array: Array) -> None:
    _require(array.dtype.kind in "biufcU", f"an array of dtype {array.dtype}"[:80])
    _check_size(array)


def _check_size(array: Array) -> None:
    _require(array.dtype.itemsize > 0, "an array of elements without bytes")
    _require(array.ndim <= MAX_DIMENSIONS, "an array of too many dimensions")
    if not array.size:
        length = math.prod(length for length in array.shape if length)
        _require(length <= MAX_EMPTY_LENGTH, "an array without elements that is too long")


def _check_output(output: Array) -> None:
    _require(output.dtype.kind in "biuf", f"its outputs are of the type {output.dtype}"[:80])
    _require(output.size <= MAX_OUTPUT_VALUES, f"its outputs are more than {MAX_OUTPUT_VALUES} numbers")
