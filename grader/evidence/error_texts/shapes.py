"""Sentences about shapes and numbers of rows: what arrived, what was expected, and how to mend it.

The patterns are what Keras 3.15, TensorFlow 2.21, NumPy 2 and scikit-learn 1.8 say; the tests hold the true
texts.
"""

import math
import re
from collections.abc import Mapping

from grader.core.i18n import Words, _
from grader.evidence.error_texts.rule import RaisedError, Rule, rule

_SHAPE = r"(\([\dNone, ]*\))"
Shape = tuple[int | None, ...]


def _read_shape(text: str) -> Shape:
    """Return the shape that a text such as "(None, 8, 8)" or "[?,13]" writes."""
    parts = text.strip("()[] ").split(",")
    return tuple(int(part) if part.strip().isdigit() else None for part in parts if part.strip())


def _write_shape(shape: Shape) -> str:
    """Return a shape as Python writes it, with `rows` for a number of rows that is left open."""
    first = ["rows" if shape[0] is None else str(shape[0])] if shape else []
    parts = first + ["?" if length is None else str(length) for length in shape[1:]]
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"


def _count(shape: Shape) -> int:
    """Return how many numbers one row has; 0 where that is not known."""
    return 0 if None in shape[1:] else math.prod(length or 0 for length in shape[1:])


# Inputs of networks and layers.


def _wrong_columns(match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "the layer {layer} was given an array of the shape {received}, but expects {columns} numbers in each row. "
        "If it is the first layer, compare your array with keras.Input(shape=...); if not, the layer before it "
        "puts out another number of units.",
        layer=match[1],
        received=_write_shape(_read_shape(match[3])),
        columns=match[2],
    )


def _wrong_input(match: re.Match[str], _error: RaisedError) -> Words:
    return explain_input(_read_shape(match["expected"]), _read_shape(match["received"]))


def explain_input(expected: Shape, received: Shape) -> Words:
    """Return the sentence for an array of another shape than the input of the network."""
    parts = {"received": _write_shape(received), "expected": _write_shape(expected)}
    row = ", ".join(map(str, expected[1:]))
    if received == expected[1:]:
        return _(
            "the network was given one row of the shape {received}, but takes several: {expected}. Hand over a "
            "batch, also for a single row, for example x[:1] or x[np.newaxis].",
            **parts,
        )
    if len(received) == 1 and _count(expected) > 1:
        return _(
            "the network was given single numbers, an array of the shape {received}, but was built for rows of "
            "features, {expected}. Are x and y in the right order, as in fit(x, y)?",
            **parts,
        )
    if len(expected) == len(received) + 1 and expected[2:] == received[1:]:
        return _(
            "the network was given an array of the shape {received}, but was built for {expected}. "
            "keras.Input(shape=...) takes the shape of one row, without the number of rows: "
            "keras.Input(shape={row}).",
            **parts,
            row=f"({', '.join(map(str, received[1:]))}{',' if len(received) == 2 else ''})",
        )
    if _count(expected) and _count(expected) == _count(received):
        return _(
            "the network was given an array of the shape {received}, but was built for {expected}. These are the "
            "same numbers, arranged in another way: hand over x.reshape(-1, {row}), or change "
            "keras.Input(shape=...).",
            **parts,
            row=row,
        )
    return _(
        "the network was given an array of the shape {received}, but was built for {expected}. Hand over an array "
        "of that shape, or change keras.Input(shape=...).",
        **parts,
    )


_DIMENSIONS = (
    ("conv1d", "(rows, steps, channels)"),
    ("conv2d", "(rows, height, width, channels)"),
    ("pooling1d", "(rows, steps, channels)"),
    ("pooling2d", "(rows, height, width, channels)"),
    ("lstm", "(rows, steps, features)"),
    ("gru", "(rows, steps, features)"),
    ("rnn", "(rows, steps, features)"),
)


def _wrong_dimensions(match: re.Match[str], _error: RaisedError) -> Words:
    layer, dimensions = match[1], match[2]
    meaning = next((text for name, text in _DIMENSIONS if name in layer.replace("_", "")), "")
    text = _(
        "the layer {layer} was given an array of the shape {received}, which has {received_dimensions} "
        "dimensions, but expected {dimensions}",
        layer=layer,
        received=_write_shape(_read_shape(match[4])),
        received_dimensions=match[3],
        dimensions=dimensions,
    )
    if not meaning:
        return _("{text}. Put a Reshape or Flatten layer before it.", text=text)
    return _(
        "{text}: {meaning}. Put a layer before it that arranges the numbers in this way, for example "
        "layers.Reshape(...).",
        text=text,
        meaning=meaning,
    )


# Labels and outputs.


def _labels_and_outputs(match: re.Match[str], _error: RaisedError) -> Words:
    return explain_labels(_read_shape(match[1]), _read_shape(match[2]))


def explain_labels(labels: Shape, outputs: Shape) -> Words:
    """Return the sentence for labels whose shape does not fit the outputs of the network."""
    parts = {"labels": _write_shape(labels), "outputs": _write_shape(outputs)}
    classes = outputs[-1] if outputs and outputs[-1] is not None else 0
    columns = labels[-1] if len(labels) > 1 and labels[-1] is not None else 1
    text = _(
        "the loss was given labels of the shape {labels}, but the network puts out {outputs}, and it compares "
        "them column by column",
        **parts,
    )
    if len(outputs) > 2:
        return _missing_flatten(parts)
    if columns == 1 and classes > 1:
        return _(
            "{text}. Turn class numbers into one-hot rows, keras.utils.to_categorical(y, {classes}), or take "
            "sparse_categorical_crossentropy, which reads class numbers.",
            text=text,
            classes=classes,
        )
    if columns > 1 and classes == 1:
        return _(
            "{text}. One-hot labels of {columns} classes need an output layer of {columns} units.",
            text=text,
            columns=columns,
        )
    if columns > 1 and classes > 1 and columns != classes:
        return _(
            "{text}. There are {columns} columns of labels, but {classes} units in the last layer: both have to "
            "be the number of classes.",
            text=text,
            columns=columns,
            classes=classes,
        )
    return _("{text}. Make both the same shape.", text=text)


def _missing_flatten(parts: Mapping[str, str]) -> Words:
    return _(
        "the network puts out {outputs} for labels of the shape {labels}: one answer for each place of a row, not "
        "one for the row. Put layers.Flatten() before the last Dense layers.",
        **parts,
    )


def _sparse_labels(match: re.Match[str], _error: RaisedError) -> Words:
    if len(outputs := _read_shape(match[2])) > 2:
        return _missing_flatten({"labels": _write_shape(_read_shape(match[1])), "outputs": _write_shape(outputs)})
    return _(
        "the loss sparse_categorical_crossentropy reads one class number per row, but was given labels of the "
        "shape {labels} for outputs of the shape {outputs}. One-hot labels belong to categorical_crossentropy; "
        "class numbers have the shape (rows,).",
        labels=_write_shape(_read_shape(match[1])),
        outputs=_write_shape(_read_shape(match[2])),
    )


def _label_out_of_range(match: re.Match[str], error: RaisedError) -> Words | None:
    label, units = int(match["label"]), int(match["units"])
    if "crossentropy" not in error.facts.message and "label" not in match[0]:
        return _(
            "the number {label} was used as an index, but only 0 to {last} are there.", label=label, last=units - 1
        )
    if units == 1:
        return _(
            "the label {label} came up, but the network has one output only, so that "
            "sparse_categorical_crossentropy knows the class 0 and no other. Give the last layer one unit per "
            "class.",
            label=label,
        )
    text = _(
        "the label {label} came up, but for {units} outputs the labels have to be 0 to {last}.",
        label=label,
        units=units,
        last=units - 1,
    )
    if label == units:
        return _(
            "{text} Either the last layer needs one unit more, or the labels begin at 1 and 1 has to be "
            "subtracted.",
            text=text,
        )
    if label < 0:
        return _(
            "{text} Classes are numbered from 0: has too much been subtracted? If there are several outputs, does "
            "each get its own labels, in fit and in validation_data?",
            text=text,
        )
    return _(
        "{text} Give the last layer one unit per class. If there are several outputs, does each get its own "
        "labels, in fit and in validation_data?",
        text=text,
    )


def _lost_axis(match: re.Match[str], error: RaisedError) -> Words | None:
    """Explain a table and one number for each of its rows, which NumPy would need as a column."""
    rows, columns, count = int(match["rows"]), int(match["columns"]), int(match["count"])
    if count != rows or rows == columns:
        return None
    return _(
        "{error}. The one is a table with {rows} rows, the other has one number for each row, but no column any "
        "more. Write keepdims=True in the sum, max or mean with axis=1, or [:, None] behind it.",
        error=error.text.rstrip(". "),
        rows=rows,
    )


# Numbers of rows.


def _different_rows(match: re.Match[str], _error: RaisedError) -> Words:
    sizes = re.findall(r"'(\w+)' sizes: (\d+)", match[0])
    names = {"x": "x", "y": "y"}
    listed = ", ".join(f"{names.get(name, name)}: {size}" for name, size in sizes)
    return _(
        "the arrays have different numbers of rows ({sizes}). Each row of x needs its own label: do the two "
        "belong together, or was one of them cut, shuffled or split without the other?",
        sizes=listed,
    )


def _different_samples(match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "the arrays have different numbers of rows ({sizes}). Row i of one has to belong to row i of the other: "
        "was one of them cut or split without the other?",
        sizes=match[1],
    )


# Arithmetic within a network or a loss.


def _unequal_in_graph(match: re.Match[str], error: RaisedError) -> Words:
    first, second = _read_shape(match["first"]), _read_shape(match["second"])
    if "compile_loss" in match[0] and first and first[0] is None and second and second[0] is None:
        return explain_labels(first, second)
    operation = match["operation"]
    return _(
        "the operation {operation} was given arrays of the shapes {first} and {second}, which do not fit each "
        "other.",
        operation=operation,
        first=_write_shape(first),
        second=_write_shape(second),
    )


def _incompatible(match: re.Match[str], error: RaisedError) -> Words:
    first, second = _read_shape(match[1]), _read_shape(match[2])
    parts = {"first": _write_shape(first), "second": _write_shape(second)}
    if "compile_loss" in error.facts.message or "compile_metrics" in error.facts.message:
        return explain_shapes_in_loss(first, second)
    return _("arrays of the shapes {first} and {second} meet, which do not fit each other.", **parts)


def explain_shapes_in_loss(first: Shape, second: Shape) -> Words:
    """Return the sentence for two shapes that do not fit each other inside a loss or a metric."""
    parts = {"first": _write_shape(first), "second": _write_shape(second)}
    if first and second and first[0] != second[0] and first[1:] == second[1:]:
        return _(
            "inside the loss or a metric, arrays of the shapes {first} and {second} meet. A loss sees one batch "
            "at a time, not all rows: it must not use an array as long as the data. Weights of single rows belong "
            "into fit(..., sample_weight=...).",
            **parts,
        )
    return _(
        "inside the loss or a metric, arrays of the shapes {first} and {second} meet, which do not fit each "
        "other. Compare the shapes of labels and outputs.",
        **parts,
    )


def explain_loss_error(problem: str) -> Words:
    """Return what went wrong in a loss of the student's own. `problem`: type and message of what it raised."""
    if match := re.search(r"Incompatible shapes: (\[[\d,]*\]) vs\. (\[[\d,]*\])", problem):
        return explain_shapes_in_loss(_read_shape(match[1]), _read_shape(match[2]))
    return _("{error}.", error=problem.rstrip(". "))


def _matrix_sizes(match: re.Match[str], _error: RaisedError) -> Words:
    first, second = _read_shape(match[1]), _read_shape(match[2])
    return _(
        "a matrix of the shape {first} is multiplied with one of the shape {second}: the number of columns of the "
        "first has to be the number of rows of the second.",
        first=_write_shape(first),
        second=_write_shape(second),
    )


def _unequal_in_product(match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "in a product of two arrays, the left one has {columns} columns, but the right one {rows} rows: there "
        "have to be as many. Rows of data belong on the left, weights on the right, as in x @ weights. Print both "
        "shapes.",
        columns=match["columns"],
        rows=match["rows"],
    )


def _index_out_of_bounds(match: re.Match[str], _error: RaisedError) -> Words:
    index, axis, size = int(match[1]), int(match[2]), int(match[3])
    text = _(
        "the index {index} was used, but axis {axis} has {size} entries only, 0 to {last}.",
        index=index,
        axis=axis,
        size=size,
        last=size - 1,
    )
    if index == size:
        return _("{text} Python counts from 0: do your numbers begin at 1, or is one class too few?", text=text)
    return text


SHAPES: tuple[Rule, ...] = (
    rule(
        r"of layer '([^']+)' is incompatible with the layer: expected axis -1 of input shape to have value "
        rf"(\d+), but received input with shape {_SHAPE}",
        _wrong_columns,
    ),
    rule(
        r"is incompatible with the layer: expected shape=(?P<expected>\([^)]*\)), "
        r"found shape=(?P<received>\([^)]*\))",
        _wrong_input,
    ),
    rule(
        r"Invalid input shape for input .*Expected shape (?P<expected>\([^)]*\)), "
        r"but input has incompatible shape (?P<received>\([^)]*\))",
        _wrong_input,
    ),
    rule(
        r"of layer '([^']+)' is incompatible with the layer: expected (?:min_|max_)?ndim=(\d+), "
        r"found ndim=(\d+)\. Full shape received: (\([^)]*\))",
        _wrong_dimensions,
    ),
    rule(
        r"Arguments `target` and `output` must have the same (?:rank \(ndim\)|shape)\. "
        r"Received: target\.shape=(\([^)]*\)), output\.shape=(\([^)]*\))",
        _labels_and_outputs,
    ),
    rule(
        r"Argument `output` must have rank \(ndim\) `target\.ndim - 1`\. "
        r"Received: target\.shape=(\([^)]*\)), output\.shape=(\([^)]*\))",
        _sparse_labels,
    ),
    rule(r"indices\[[\d,]+\] = (?P<label>-?\d+) is not in \[0, (?P<units>\d+)\)", _label_out_of_range),
    rule(
        r"Received a label value of (?P<label>-?\d+) which is outside the valid range of \[0, (?P<units>\d+)\)",
        _label_out_of_range,
    ),
    rule(
        r"operands could not be broadcast together with shapes "
        r"\((?P<rows>\d+),(?P<columns>\d+)\) \((?P<count>\d+),\)",
        _lost_axis,
    ),
    rule(r"Data cardinality is ambiguous.*", _different_rows),
    rule(r"Found input variables with inconsistent numbers of samples: \[([\d, ]+)\]", _different_samples),
    rule(
        r"Dimensions must be equal, but are \d+ and \d+ for '\{\{node (?P<node>\S+)\}\} = (?P<operation>\w+)\[.*"
        r"with input shapes: (?P<first>\[[^\]]*\]), (?P<second>\[[^\]]*\])",
        _unequal_in_graph,
    ),
    rule(r"Incompatible shapes: (\[[\d,]*\]) vs\. (\[[\d,]*\])", _incompatible),
    rule(r"Matrix size-incompatible: In\[0\]: (\[[\d,]*\]), In\[1\]: (\[[\d,]*\])", _matrix_sizes),
    # Of NumPy: of @ and matmul, which name the right one first, and of dot.
    rule(r"matmul: .*\(size (?P<rows>\d+) is different from (?P<columns>\d+)\)", _unequal_in_product),
    rule(
        r"shapes \([\d,]+\) and \([\d,]+\) not aligned: (?P<columns>\d+) \(dim \d\) != (?P<rows>\d+) \(dim \d\)",
        _unequal_in_product,
    ),
    rule(r"^IndexError: index (\d+) is out of bounds for axis (\d+) with size (\d+)", _index_out_of_bounds),
)
