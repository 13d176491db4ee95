"""Sentences about values that cannot be used: texts, objects, None, sparse matrices, missing files."""

import re

from grader.core.i18n import Words, _
from grader.evidence.error_texts.rule import RaisedError, Rule, rule


def _dtype(match: re.Match[str], _error: RaisedError) -> Words:
    if match[1].startswith("str"):
        return _(
            "fit, predict or evaluate was given texts (dtype {dtype}). A network computes with numbers: turn "
            "labels into class numbers, for example np.unique(y, return_inverse=True)[1], and features into "
            "floats with "
            'x.astype("float32").',
            dtype=match[1],
        )
    return _(
        "fit, predict or evaluate was given an array of dtype {dtype}. It has to hold numbers in a table: use "
        'np.array(..., dtype="float32"), and np.stack(rows) where it holds one array per row.',
        dtype=match[1],
    )


def _not_an_array(match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "fit, predict or evaluate was given a plain Python list or another value that is no array. Turn it into "
        "an array with np.array(...) first."
    )


def _none_values(_match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "ValueError: None values not supported. A value was None where Keras needs an array: call() or a loss of "
        "your own without `return`, labels that were not handed to fit, or validation_data that is no pair (x, y)."
    )


def _layer_got_none(match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "the layer {layer} was given None. The layer or the call() before it returns nothing: end it with "
        "`return ...`.",
        layer=match[1],
    )


def _none_attribute(match: re.Match[str], error: RaisedError) -> Words:
    name = match[1]
    if name in {"fit", "compile", "add", "predict", "evaluate", "summary", "layers", "build"}:
        return _(
            "{error}. What stands before .{name} is None and no network. compile(), add(), build() and summary() "
            "return nothing, so do not assign their result; a function that builds a network needs "
            "`return model` at its end.",
            error=error.text,
            name=name,
        )
    return _(
        "{error}. What stands before .{name} is None: the function that made it ends without `return`, or returns "
        "in some cases only.",
        error=error.text,
        name=name,
    )


def _none_operand(_match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "{error}. One of the values is None: the function that made it ends without `return`, or returns in some "
        "cases only.",
        error=error.text.rstrip("."),
    )


def _list_operand(_match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "{error}. A list does not compute number by number, as an array does: make an array of it first, with "
        "np.array(...).",
        error=error.text.rstrip("."),
    )


def _shape_operand(_match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "{error}. A shape is a tuple of lengths, such as (4, 8), and no number: np.prod(w.shape) is how many "
        "numbers an array of it holds.",
        error=error.text.rstrip("."),
    )


def _array_for_dict(_match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "{error}. A dict is needed here, as for class_weight in fit: dict(enumerate(weights)) makes one of an "
        "array of weights.",
        error=error.text.rstrip("."),
    )


def _unhashable(_match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "{error}. The keys of a dict and the members of a set are single values, but here one is an array, a list "
        "or a dict. dict(zip(keys, values)) makes one entry for each pair.",
        error=error.text.rstrip("."),
    )


def _coroutine(_match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "{error}. A function that is defined with `async def` computes nothing when it is called. Write `def`, "
        "without async and await.",
        error=error.text,
    )


def _generator(_match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "the function contains `yield`, so that calling it computes nothing. Write `return` in its place; several "
        "results belong into a list that is returned at the end."
    )


def _sparse(_match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "a sparse matrix arrived where an ordinary array is needed. Turn it into one with .toarray(); "
        "OneHotEncoder gives one with sparse_output=False."
    )


def _text_as_number(match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "the text {text} was to become a number. Leave such columns out, or turn classes that are texts into "
        "numbers, for example np.unique(y, return_inverse=True)[1].",
        text=re.sub(r"^np\.str_\((.*)\)$", r"\1", match[1]),
    )


_WINDOWS = re.compile(r"^[A-Za-z]:|\\")


def _missing_file(match: re.Match[str], error: RaisedError) -> Words:
    path = (match["path"] or match["other"] or "").replace("\\\\", "\\")
    if _WINDOWS.search(path):
        return _(
            "the file {path} is not here: that is a path of a Windows computer, and your disk cannot be seen "
            "where this runs. Use the data that the function is handed, or scikit-learn's own.",
            path=path,
        )
    return _(
        "the file {path} is not here. Files of your own disk cannot be seen where this runs: use the data that "
        "the function is handed, or scikit-learn's own.",
        path=path,
    )


def _other_types(_match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "{error}. TensorFlow does not convert between types of numbers by itself: make both the same, for example "
        'with keras.ops.cast(x, "float32"). Where fit raises this, the numbers in loss_weights may come from '
        "NumPy: write float(...) around them.",
        error=error.text.rstrip("."),
    )


def _tensor_assignment(_match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "an element of a tensor was to be changed, which TensorFlow does not allow. Compute a new tensor, or work "
        "with a NumPy array: np.array(x)."
    )


def _not_callable(match: re.Match[str], error: RaisedError) -> Words:
    if match[1] == "module":
        return _(
            "{error}. A module holds functions and classes, such as keras.layers.Dense: call one of those.",
            error=error.text,
        )
    return _(
        "{error}. Parentheses after a value call it. Is the same name used for a value and for a function, or is "
        "an operator or a comma missing before the parenthesis?",
        error=error.text,
    )


def _symbolic(_match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "a tensor of the network went into a function of NumPy, scikit-learn or Python (np.exp, float, .numpy() "
        "...). While fit runs, a loss, a metric or call() has no numbers in hand: use keras.ops instead, for "
        "example keras.ops.mean(...)."
    )


def _keras_tensor(_match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "a function of NumPy or TensorFlow was called with the output of a layer while the network was being "
        "built. Use a layer, such as layers.Rescaling, or a function of keras.ops, such as keras.ops.exp(x)."
    )


def _python_condition(_match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "an if, while or for depends on a tensor of the network, which has no value while the network is being "
        "built. Use keras.ops.where(condition, a, b) in place of if, and functions of whole arrays in place of "
        "loops."
    )


def _broadcast(match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "arrays of the shapes {first} and {second} meet, which do not fit each other. Print the shapes: with "
        "axis=0, argmax, sum and mean leave one number for each column, with axis=1 one for each row.",
        first=match[1],
        second=match[2],
    )


def _truth_of_array(_match: re.Match[str], error: RaisedError) -> Words:
    if error.facts.by_library:
        return _(
            "{error}. A library needed one truth value and got an array. `w in weights` and == compare number by "
            "number; any(w is v for v in weights) asks for the same array. In fit, what comes after x and y is "
            "batch_size and epochs: labels of several outputs belong together, as in fit(x, [first, second]).",
            error=error.text.rstrip("."),
        )
    return _(
        "{error}. An `if` needs one truth value, and so do Python's own min() and max(), but the comparison "
        "gives one per element. Write x.min() and x.max(). To ask whether there is an array at all, write `is not "
        "None`.",
        error=error.text.rstrip("."),
    )


def _read_only(_match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "{error}. This array may only be read, as pandas hands it out. Change a copy of it: x = x.copy(), or "
        "table.to_numpy(copy=True).",
        error=error.text.rstrip("."),
    )


def _history(match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "{error}. fit returns a History; its curves are in the dictionary history.history, for example "
        'history.history["loss"].',
        error=error.text,
    )


def _missing_curve(match: re.Match[str], error: RaisedError) -> Words:
    if match[1].startswith("val_"):
        return _(
            "{error}. A history has {name} only when fit was given validation_data, and the metric is named in "
            "compile(metrics=[...]).",
            error=error.text,
            name=match[1],
        )
    return _(
        "{error}. A history has the curve {name} only when that metric is named in compile(metrics=[...]).",
        error=error.text,
        name=match[1],
    )


def _figure_for_axes(match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "{error}. A figure stands where its axes are needed: plt.subplots() returns two things, first the figure, "
        "then the axes.",
        error=error.text.rstrip("."),
    )


def _array_for_axes(match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "{error}. What stands before .{name} is an array, and not one axes of a figure. plt.subplots(rows, "
        "columns) returns an array of axes: take one of them, such as axes.flat[0], and compare the order of "
        "names in a `for` loop with that in its zip().",
        error=error.text.rstrip("."),
        name=match[1],
    )


def _short_list(_match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "{error}. The list has fewer entries than the index says: print its len(). The layers of a Sequential "
        "do not count keras.Input, and get_weights() is empty for a layer without weights, such as Flatten.",
        error=error.text.rstrip("."),
    )


def _too_many_indices(match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "an array was indexed with {count} indices, such as [:, 0], but the number of its axes is {axes}. Print "
        "its .shape: is it the array that you mean, and do the values come in that order?",
        axes=match[1],
        count=match[2],
    )


def _batch_size(_match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "batch_size has to be a whole number of rows, at least 1, such as 32. A float or a share of the rows, "
        "such as 0.5, is none: use int(...) or //."
    )


def _whole_number(match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "{error}. A whole number is needed here, as for epochs, units or range(): write 3 instead of 3.0, // "
        "instead of /, or int(...).",
        error=error.text.rstrip("."),
    )


def _no_rows_left(match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "validation_split={share} leaves no rows to train on. It is the share of the rows that are held out, "
        "between 0 and 1, such as 0.2.",
        share=match[1],
    )


def _two_dimensions(_match: re.Match[str], _error: RaisedError) -> Words:
    return _(
        "scikit-learn wants a table with rows and columns, but was given an array with one dimension only. "
        "x.reshape(-1, 1) makes one column of it."
    )


def _no_single_number(_match: re.Match[str], error: RaisedError) -> Words:
    return _(
        "{error}. float() and int() take an array without axes only, also where it holds a single number. Take "
        "that number out first: write .item() behind the array, or an index for each axis, such as w[0, 0].",
        error=error.text.rstrip(". "),
    )


VALUES: tuple[Rule, ...] = (
    rule(r"only (?:0-dimensional|length-1|size-1) arrays can be converted to Python scalars", _no_single_number),
    rule(r"^ValueError: Invalid dtype: (str\d*|object)", _dtype),
    rule(r"^ValueError: Unrecognized data type: x=", _not_an_array),
    rule(r"^ValueError: None values not supported", _none_values),
    rule(r"Inputs to a layer should be tensors\. Got 'None' .*as input for layer '([^']+)'", _layer_got_none),
    rule(r"^AttributeError: 'NoneType' object has no attribute '(\w+)'", _none_attribute),
    rule(r"^TypeError: (?:'NoneType' object is not|unsupported operand .*'NoneType')", _none_operand),
    rule(
        r"^TypeError: (?:unsupported operand type\(s\) for \S+: (?:'list' and|'[\w.]+' and 'list')"
        r"|bad operand type for (?:unary \S+|abs\(\)): 'list'|can't multiply sequence by non-int)",
        _list_operand,
    ),
    rule(
        r"^TypeError: unsupported operand type\(s\) for \S+: (?:'(?:tuple|TensorShape)' and '(?:int|float)'"
        r"|'(?:int|float)' and '(?:tuple|TensorShape)')",
        _shape_operand,
    ),
    rule(
        r"^AttributeError: '(?:numpy\.ndarray|list)' object has no attribute '(?:get|items|keys)'", _array_for_dict
    ),
    rule(
        r"^TypeError: unhashable type: '(?:numpy\.ndarray|list|dict)'|cannot use '[\w.]+' as a dict key",
        _unhashable,
    ),
    rule(r"'(?:coroutine|async_generator)' object|the call returned a coroutine", _coroutine),
    rule(r"the call returned a generator and computed nothing", _generator),
    rule(r"SparseTensor|sparse array length is ambiguous|A sparse matrix was passed", _sparse),
    rule(r"could not convert string to float: (.+)", _text_as_number),
    rule(r"No such file or directory: '(?P<path>[^']*)'(?P<other>)", _missing_file),
    rule(
        r"(?:File not found: filepath=(?P<path>[^\s]+?)\. )|(?:unable to open file: name = '(?P<other>[^']*)')",
        _missing_file,
    ),
    rule(r"^FileNotFoundError: (?P<path>\S+) not found(?P<other>)", _missing_file),
    rule(r"has type \w+ that does not match type \w+ of argument|was expected to be an? \w+ tensor", _other_types),
    rule(r"Tensor' object does not support item assignment", _tensor_assignment),
    rule(r"^TypeError: '([\w.]+)' object is not callable", _not_callable),
    rule(r"SymbolicTensor|Cannot convert a symbolic tf\.Tensor", _symbolic),
    rule(r"A KerasTensor (?:cannot be used as input to a TensorFlow function|is symbolic)", _keras_tensor),
    rule(r"(?:Using|Iterating over) a symbolic `tf\.Tensor`", _python_condition),
    rule(
        r"operands could not be broadcast together with shapes (\([\d,]*\)) (\([\d,]*\))",
        _broadcast,
    ),
    rule(r"^ValueError: (?:assignment destination|(?:output |buffer source )?array) is read-only", _read_only),
    rule(r"The truth value of an array with more than one element is ambiguous", _truth_of_array),
    rule(
        r"^(?:TypeError: 'History' object is not subscriptable|AttributeError: 'History' object has no)", _history
    ),
    rule(r"^KeyError: '((?:val_)?(?:loss|accuracy|mae|mse|mean_\w+_error))'$", _missing_curve),
    rule(r"Expected 2D array, got 1D array instead", _two_dimensions),
    rule(r"parameter 'size' of op 'Slice', got \[|Invalid value in tensor used for shape: -", _batch_size),
    rule(r"^TypeError: '(?:float|str|numpy\.\w+)' object cannot be interpreted as an integer", _whole_number),
    rule(r"not sufficient to split it .* `validation_split=([^`]+)`", _no_rows_left),
    rule(
        r"^AttributeError: 'Figure' object has no attribute "
        r"'(?:flat|flatten|ravel|plot|scatter|imshow|hist|bar|axis|set_\w+|legend_|grid|axhline|axvline)'",
        _figure_for_axes,
    ),
    rule(
        r"^AttributeError: 'numpy.ndarray' object has no attribute "
        r"'(plot|scatter|imshow|hist|bar|axis|set_\w+|legend|grid|axhline|axvline)'",
        _array_for_axes,
    ),
    rule(r"^IndexError: list index out of range", _short_list),
    rule(
        r"^IndexError: too many indices for array: array is (\d+)-dimensional, but (\d+) were indexed",
        _too_many_indices,
    ),
)
