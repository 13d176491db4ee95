"""Explain why there is nothing to judge of a network: its shapes do not fit, or the grader does not run it."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from grader.core.i18n import Words, _
from grader.evidence.error_texts.describe import describe_exception
from grader.evidence.judgement import Judgement, failed, not_graded
from grader.evidence.network import Model
from grader.evidence.values import name_of
from grader.protocol.evidence import (
    MAX_PARAMETERS,
    ExceptionFacts,
    ModelFacts,
    OtherValue,
    Stopped,
    StopReason,
    Value,
)
from grader.protocol.training import Training

Inputs = Mapping[str, tuple[int, ...]]


def explain_no_graph(
    model: Model, training: Training, row: tuple[int, ...], inputs: Inputs = MappingProxyType({})
) -> Judgement:
    """Return the judgement for a network of which nothing could be computed.

    Args:
        model: the network.
        training: says how it is built.
        row: the shape of one row of x.
        inputs: of a network with several, the shape of one row of each.
    """
    if model.facts.graph is None:
        return (
            _no_layers(model)
            or _other_counts(model.facts, training)
            or (_other_inputs(model, inputs) if inputs else _other_rows(model, training, row))
            or _too_large(model.facts.parameters)
            or (_not_frozen(model.problem) if model.facts.not_frozen else None)
            or (_not_callable_on(model, inputs) if inputs else _not_callable(model, training, row))
        )
    if model.forbidden:
        return _not_run(model.forbidden)
    if model.stopped is not None:
        return _not_finished(model.stopped)
    if inputs and (place := _BEYOND_TABLE.search(model.problem)):
        return _beyond_table(place[1], place[2], inputs)
    return not_graded(_("The grader could not run the frozen network: {problem}", problem=model.problem))


_BEYOND_TABLE = re.compile(r"indices\[[\d,]*\] = (-?\d+) is not in \[0, (\d+)\)")


def _beyond_table(number: str, count: str, inputs: Inputs) -> Judgement:
    """Return the judgement for a network that looks up an entry which its table does not have."""
    return failed(
        _(
            "The network looks up the entry {number} of a table with {count} entries, numbered from 0. It gets "
            "the inputs in the order {inputs}. Does it take them in another order, or is input_dim of its "
            "Embedding layer too small?",
            number=number,
            count=count,
            inputs=describe_inputs(inputs),
        ),
        expected=describe_inputs(inputs),
        received=_("entry {number} of {count}", number=number, count=count),
    )


def _no_layers(model: Model) -> Judgement | None:
    """Return the judgement for a network that holds nothing but its input, else None."""
    has_layers = model.facts.parameters or any(layer.kind != "InputLayer" for layer in model.facts.layers)
    if has_layers or model.facts.style == "subclassed":
        return None
    return failed(
        _("The network has no layers: there is nothing behind its input. Add at least the output layer, Dense."),
        expected=_("a network with an output layer"),
        received=_("a network without layers"),
    )


def _other_counts(facts: ModelFacts, training: Training) -> Judgement | None:
    """Return the judgement for a network with too few or too many inputs or outputs, else None."""
    inputs, outputs = facts.input_count, facts.output_count
    # A class of the submission's does not say how many it takes.
    if training.inputs and inputs != len(training.inputs) and facts.style != "subclassed":
        names = ", ".join(training.inputs)
        received = _("one input") if inputs == 1 else _("{count} inputs", count=inputs)
        message = _(
            "The network has {received}, but these are expected: {names}. Make a keras.Input for each, and give "
            "keras.Model all of them, in a list or in a dict.",
            received=received,
            names=names,
        )
        return failed(message, expected=names, received=received)
    if training.outputs and outputs != len(training.outputs):
        names = ", ".join(output.name for output in training.outputs)
        return failed(
            _(
                "The network has {count} outputs, but these are expected: {names}. Give keras.Model one for each; "
                "Sequential has a single one, that of its last layer.",
                count=outputs,
                names=names,
            ),
            expected=names,
            received=_("one output") if outputs == 1 else _("{count} outputs", count=outputs),
        )
    if not training.outputs and outputs != 1:
        return failed(
            _(
                "The network has {count} outputs, but one output is expected: one array with what it predicts. "
                "Give keras.Model a single tensor as its outputs, and compile it with one loss.",
                count=outputs,
            ),
            expected=_("one output"),
            received=_("{count} outputs", count=outputs),
        )
    if inputs != 1 and not training.inputs:
        return failed(
            _(
                "The network has {count} inputs, but one input is expected: the rows of x. Use a single "
                "keras.Input.",
                count=inputs,
            ),
            expected=_("one input"),
            received=_("{count} inputs", count=inputs),
        )
    return None


_EXPECTED_LENGTH = re.compile(r"expected axis -1 of input shape to have value (\d+)")
_EXPECTED_SHAPE = re.compile(r"[Ee]xpected shape ?=?\(None, ([\d, ]+)\)")


def _other_rows(model: Model, training: Training, row: tuple[int, ...]) -> Judgement | None:
    """Return the judgement for a network that is made for rows of another shape, else None."""
    made_for = _read_row_shape(model)
    if made_for is None or made_for == row:
        return None
    expected = _("a network that takes rows of the shape {row}", row=str(row))
    received = _("a network that takes rows of the shape {row}", row=str(made_for))
    if training.arguments:
        message = _(
            "The network takes rows of the shape {made_for}, but it was built for rows of the shape {row}. Is the "
            "number of features written into the code? It is the argument of {function}(): "
            "keras.Input(shape=(n_features,)).",
            made_for=str(made_for),
            row=str(row),
            function=training.build,
        )
    elif len(made_for) > len(row) == 1:
        message = _(
            "The network takes rows of the shape {made_for}, but each row of x is flat, of the shape {row}. Begin "
            "with keras.Input(shape={row}), and with keras.layers.Reshape({made_for}) where the next layer needs "
            "that shape.",
            made_for=str(made_for),
            row=str(row),
        )
    elif len(row) > 1:
        message = _(
            "The network takes rows of the shape {made_for}, but each row of x has the shape {row}. Begin with "
            "keras.Input(shape={row}), and with keras.layers.Reshape({made_for}) where the next layer needs that "
            "shape.",
            made_for=str(made_for),
            row=str(row),
        )
    else:
        message = _(
            "The network takes rows of the shape {made_for}, but each row of x has the shape {row}. Begin with "
            "keras.Input(shape={row}).",
            made_for=str(made_for),
            row=str(row),
        )
    return failed(message, expected=expected, received=received)


def _other_inputs(model: Model, inputs: Inputs) -> Judgement | None:
    """Return the judgement for a network one of whose inputs is made for rows of another shape, else None."""
    for one in model.facts.inputs:
        row, shape = inputs.get(one.gets, ()), one.shape[1:]
        is_single = row in {(), (1,)} and shape in {(), (1,)}  # the axis of a single number may be left out
        if is_single or (len(shape) == len(row) and all(a in {None, b} for a, b in zip(shape, row, strict=True))):
            continue
        return failed(
            _(
                "The input for {name} takes rows of the shape {made_for}, but each row of {name} has the shape "
                "{row}. Write keras.Input(shape={row}) for it.",
                name=one.gets,
                made_for=str(shape),
                row=str(row or (1,)),
            ),
            expected=describe_inputs(inputs),
            received=describe_inputs({other.gets: other.shape[1:] for other in model.facts.inputs}),
        )
    return None


def describe_inputs(shapes: Mapping[str, tuple[int | None, ...]]) -> str:
    """Return the inputs of a network for a message: their names, each with the shape of one row."""
    return ", ".join(f"{name} {shape}" for name, shape in shapes.items())


def _not_callable_on(model: Model, inputs: Inputs) -> Judgement:
    """Return the judgement for a network that takes its inputs neither as a list nor as a dict."""
    problem = _shorten_keras_message(model.problem)
    expected = describe_inputs(inputs)
    if "call() returned None" in problem:
        return failed(_explain_no_return(), expected=expected, received="None")
    return failed(
        _(
            "The network could not be called with the inputs {inputs}, neither in a list, in this order, nor in a "
            "dict with these names: {problem}",
            inputs=expected,
            problem=_explain_problem(problem),
        ),
        expected=expected,
        received=problem,
    )


def _explain_no_return() -> Words:
    return _("The network gives nothing: its call() returned None. Is there a `return` at its end?")


def _explain_problem(problem: str) -> Words:
    """Return a sentence about an exception of Keras, of which the class and the message are known."""
    kind, _colon, text = problem.partition(": ")
    return describe_exception(ExceptionFacts(type=kind, message=text, bases=(kind,)))


def _read_row_shape(model: Model) -> tuple[int, ...] | None:
    """Return the shape of the rows that a network was made for; None where it does not say so."""
    shape = model.facts.input_shape
    if shape is not None and None not in shape[1:]:
        return tuple(length for length in shape[1:] if length is not None)
    if match := _EXPECTED_SHAPE.search(model.problem):
        return tuple(int(length) for length in match[1].split(",") if length.strip())
    first = next((layer for layer in model.facts.layers if layer.weight_shapes), None)
    if (match := _EXPECTED_LENGTH.search(model.problem)) and first is not None:
        # The sizes of another layer say nothing about the rows.
        return (int(match[1]),) if first.weight_shapes[0][:1] == (int(match[1]),) else None
    return None


def _not_callable(model: Model, training: Training, row: tuple[int, ...]) -> Judgement:
    problem = _shorten_keras_message(model.problem)
    expected = _("a network that takes rows of the shape {row}", row=str(row))
    if "call() returned None" in problem:
        return failed(_explain_no_return(), expected=expected, received="None")
    reason = _explain_problem(problem)
    if training.arguments and _ABOUT_SHAPES.search(problem):
        message = _(
            "The network could not be called on rows of the shape {row}: {problem} Is the number of features "
            "written into the code? It is the argument of {function}(), n_features.",
            row=str(row),
            problem=reason,
            function=training.build,
        )
    else:
        message = _(
            "The network could not be called on rows of the shape {row}: {problem}", row=str(row), problem=reason
        )
    return failed(message, expected=expected, received=problem)


_ABOUT_SHAPES = re.compile(r"shape|axis|dimension|incompatible", re.IGNORECASE)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def _shorten_keras_message(problem: str) -> str:
    """Return the line of a message of Keras that says what is wrong, without its colours."""
    lines = [line.strip() for line in _COLOUR.sub("", problem).splitlines() if line.strip()]
    telling = [line for line in lines if not line.endswith("call().")] or lines or [problem]
    return telling[0].removesuffix(".")


def _too_large(parameters: int) -> Judgement | None:
    """Return the judgement for a network that is too large to be sent, by what it says of itself, else None."""
    if parameters <= MAX_PARAMETERS:
        return None
    return not_graded(
        _(
            "The network has {count} parameters. The grader reads networks with up to {most}, so it cannot say "
            "what this one computes. Make the layers smaller: this exercise needs far fewer.",
            count=parameters,
            most=MAX_PARAMETERS,
        )
    )


def _not_frozen(problem: str) -> Judgement:
    return not_graded(
        _(
            "The grader could not read what the network computes ({problem}). Does it change something or draw "
            "random numbers when it predicts? A person has to look at it.",
            problem=problem,
        )
    )


def _not_finished(stopped: Stopped) -> Judgement:
    """Return the judgement for a network that took too long, or too much memory, to compute its answers."""
    match stopped.reason:
        case StopReason.TIME | StopReason.TOTAL_TIME | StopReason.CPU:
            message = _(
                "The grader gave up: the network did not answer for the exercise's rows in the time "
                "that it has. Is there a loop in it that does not end, or far too many layers?"
            )
        case StopReason.MEMORY:
            message = _(
                "The grader gave up: to answer for the exercise's rows, the network needs more memory than it may "
                "have. Is there a tensor in it that is far larger than the data?"
            )
        case StopReason.MACHINE_MEMORY:
            message = _(
                "The grader could not run the network: the machine that grades ran out of memory, and ended the "
                "process when it held {used} MiB. Grade it again with more memory, or fewer at once.",
                used=stopped.detail,
            )
        case StopReason.TOO_LARGE:
            message = _(
                "What the network computes takes more room than the grader has for one submission, whose networks "
                "may have up to {most} parameters, so it cannot say what this one computes. Make the layers "
                "smaller: this exercise needs far fewer.",
                most=MAX_PARAMETERS,
            )
        case _:
            message = _(
                "The grader could not run the network: its process ended ({detail}). A person has to look at it.",
                detail=stopped.detail or stopped.reason.value,
            )
    return not_graded(message)


def _not_run(operations: tuple[str, ...]) -> Judgement:
    """Return the judgement for a network that is not run because of its operations: nothing is known of it."""
    names = ", ".join(operations[:8])
    if all("PyFunc" in operation for operation in operations):
        message = _(
            "The network calls Python or NumPy while it computes ({operations}), so the grader cannot run it "
            "without your code. Write this part with keras.ops or TensorFlow functions.",
            operations=names,
        )
    elif all("Random" in operation for operation in operations):
        message = _(
            "The network draws random numbers when it predicts ({operations}), so what it predicts is not "
            "certain. Draw them in training only; keras.layers.Dropout does.",
            operations=names,
        )
    elif all(operation.endswith(" by value") for operation in operations):
        message = _(
            "The network looks numbers up in a table, at a position that it computes from the whole row "
            "({operations}). The grader does not certify such a network; a person has to look at it.",
            operations=names,
        )
    else:
        message = _(
            "The grader does not run this network, because it does more than compute with numbers: "
            "{operations}. A person has to look at it.",
            operations=names,
        )
    return not_graded(message)


def explain_no_model(function: str, value: Value) -> Judgement:
    """Return the judgement for a function that should have returned a model and returned `value`."""
    received = name_of(value)
    message = _(
        "{function}() has to return a keras.Model. Received: {received}.", function=function, received=received
    )
    if isinstance(value, OtherValue) and value.other_keras:
        message = _(
            "{function}() returned a {received} of {package}, which is another Keras, with parts of its own. "
            "Take the public one: write `import keras` or `from tensorflow import keras`, and import layers "
            "from there too.",
            function=function,
            received=received,
            package=value.other_keras,
        )
    if received == "None":
        message = _(
            "{function}() returned None. Is there a `return model` at its end? What model.compile() returns is "
            "None, too.",
            function=function,
        )
    return failed(message, expected=_("a compiled keras.Model"), received=received)
