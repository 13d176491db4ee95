"""Describe Keras models as plain data: layers, compiled loss and optimizer, and the frozen graph.

This is the only module that reads attributes of Keras objects, apart from `inner_models.py`, the recorder of `fit`
and what makes `fit` faster. It runs in the process of the submission.
"""

import contextlib
import re
import warnings
from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from keras.src.models.functional import Functional

from grader.protocol.evidence import (
    MAX_GRAPH_BYTES,
    CompileFacts,
    GraphFacts,
    LayerFacts,
    LossTrial,
    ModelFacts,
)
from grader.sandbox.inside.array_store import Store
from grader.sandbox.inside.inner_models import describe_inner_models, name_style
from grader.sandbox.inside.try_losses import BatchForm, canonical_name, find_own_methods, loss_facts, try_loss

MAX_LAYERS = 500

# Layers that compute nothing but an activation, with its canonical name.
_ACTIVATION_LAYERS = {
    "ReLU": "relu",
    "Softmax": "softmax",
    "LeakyReLU": "leaky_relu",
    "PReLU": "prelu",
    "ELU": "elu",
}
_ACTIVATION_NAMES = {"softmax_v2": "softmax", "identity": "linear", "leaky_relu_v2": "leaky_relu"}


def is_model(value: object) -> bool:
    """Return whether `value` really is a Keras model; asks the class itself, not an overloaded `__class__`."""
    return keras.Model in type.mro(type(value))


def find_other_keras(value: object) -> str:
    """Return the package of another Keras, such as TensorFlow's private one, that a model is of; "" for none."""
    # Past metaclasses of the submission, which may answer anything, or exit.
    read = type.__getattribute__
    classes = [(str(read(kind, "__module__")), str(read(kind, "__name__"))) for kind in type.mro(type(value))]
    modules = [module for module, name in classes if name == "Model"]
    return next((name for name in _OTHER_KERAS for module in modules if f"{module}.".startswith(f"{name}.")), "")


_OTHER_KERAS = ("tensorflow.python.keras", "tf_keras")


def is_layer(value: object) -> bool:
    """Return whether a value is a Keras layer; a model is one as well."""
    return isinstance(value, keras.layers.Layer)


def is_compiled(value: object) -> bool:
    """Return whether `value` is a Keras model that was compiled."""
    return is_model(value) and getattr(value, "compiled", False) is True


def is_history(value: object) -> bool:
    """Return whether `value` really is a `keras.callbacks.History`."""
    return keras.callbacks.History in type.mro(type(value))


def made_history(series: dict[str, list[float]]) -> Any:
    """Build a `keras.callbacks.History` with the given curves, one value per epoch each."""
    history = keras.callbacks.History()
    history.history = {key: list(values) for key, values in series.items()}
    history.epoch = list(range(max(map(len, series.values()), default=0)))
    history.params = {"epochs": len(history.epoch), "verbose": 0}
    return history


def _build_around_normalization(model: Any, sample: np.ndarray[Any, Any]) -> None:
    """Build a model of one's own class with a Normalization that was not adapted yet.

    Where the first call builds it, as measured with Keras 3.15, that layer keeps tensors of a graph that is thrown
    away, and can neither be called again nor adapted. `build` warns that it leaves the layers to the first call.
    """
    with contextlib.suppress(Exception), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if not model.built and any(isinstance(x, keras.layers.Normalization) for x, _ in flatten_layers(model)):
            model.build((None, *sample.shape[1:]))


def describe(
    model: Any,
    sample: np.ndarray[Any, Any],
    store: Store,
    fit: BatchForm | None = None,
    call: Any = None,
) -> ModelFacts:
    """Describe a model and freeze its graph.

    Args:
        model: a Keras model.
        sample: some rows of input, float32 of shape (n, ...).
        store: gets the arrays that the record names.
        fit: what the batches are like that the model was trained on; None where it was not.
        call: gives what the model gives for such rows; None for the model itself.

    Returns:
        The facts; without a graph where it cannot be frozen, with the reason in `problem`.
    """
    graph, problem, outputs, is_frozen = None, "", 1, True
    trials: tuple[LossTrial, ...] = ()
    if call is None:
        call = model
        _build_around_normalization(model, sample)
    try:
        # Subclassed models have no weights before they are first called.
        answer = _call(call, sample[:2])
        outputs = len(keras.tree.flatten(answer))
        shape = _shape(getattr(answer, "shape", None))
        if shape is not None and is_compiled(model):
            trials = try_loss(model, sample, shape, fit or BatchForm(), store, getattr(model, "loss", None))
        traced = trace(call, sample)
        is_frozen = False
        graph = require_one(_freeze_prediction(call, traced, sample, store)) if outputs == 1 else None
        is_frozen = True
    except Exception as error:  # noqa: BLE001 - any code of the submission may run in a call
        problem = _describe_error(error)[:500]
    layers = tuple(layer_facts(layer, path) for layer, path in flatten_layers(model))
    return ModelFacts(
        style=name_style(model),
        type=type(model).__name__,
        layers=layers[:MAX_LAYERS],
        input_shape=_shape(getattr(model, "input_shape", None))
        if isinstance(model, Functional | keras.Sequential)
        else None,
        parameters=int(model.count_params()) if model.built else 0,
        trainable_parameters=sum(int(np.prod(w.shape)) for w in model.trainable_weights),
        compiled=describe_compile(model, trials, getattr(model, "loss", None), _metrics(model))
        if getattr(model, "compiled", False)
        else None,
        graph=graph,
        problem=problem,
        wraps=_style_of_only_layer(model),
        input_count=len(model.inputs) if isinstance(model, Functional) else 1,
        output_count=outputs,
        not_frozen=not is_frozen,
        inner=describe_inner_models(model),
    )


def trace_in_training(model: Any, sample: np.ndarray[Any, Any], store: Store) -> ModelFacts:
    """Return a description of a model that holds nothing but the frozen graph of what it computes in training."""
    graph, problem = None, ""
    try:
        graph = require_one(_freeze_stateless(model, sample, store, training=True)[0])
    except Exception as error:  # noqa: BLE001 - any code of the submission may run in a call
        problem = _describe_error(error)[:500]
    return ModelFacts(
        style="",
        type="",
        layers=(),
        input_shape=None,
        parameters=0,
        trainable_parameters=0,
        compiled=None,
        graph=graph,
        problem=problem,
    )


def _freeze_prediction(
    model: Any, traced: Any, sample: np.ndarray[Any, Any], store: Store
) -> tuple[GraphFacts, ...]:
    """Freeze a traced model; one that draws random numbers draws the same at each replay, and shows itself there.

    Raises what `freeze` raises where the model changes something else of itself than where its generators stand.
    """
    try:
        return freeze(traced, store)
    except Exception:
        graphs, has_other_changes = _freeze_stateless(model, sample, store, training=False)
        if has_other_changes:
            raise
        return graphs


def _freeze_stateless(
    model: Any, sample: np.ndarray[Any, Any], store: Store, *, training: bool
) -> tuple[tuple[GraphFacts, ...], bool]:
    """Freeze a model without what it changes of itself; also returns whether that is more than its generators."""
    import tensorflow as tf

    scope = keras.StatelessScope()

    def call(inputs: Any) -> Any:
        with scope:
            return model(inputs, training=training)

    spec = tf.TensorSpec((None, *sample.shape[1:]), tf.as_dtype(sample.dtype))
    traced = tf.function(call, autograph=False).get_concrete_function(spec)
    changed = list(getattr(scope, "state_mapping", {}).values())
    # The state of Keras's generators: a seed and how often it was used, two whole numbers.
    is_generator = [not tf.as_dtype(v.dtype).is_floating and v.shape == (2,) for v in changed]
    return freeze(traced, store), not (changed and all(is_generator))


def _call(model: Any, rows: np.ndarray[Any, Any]) -> Any:
    """Return what a model gives for rows. Raises `TypeError` where that is nothing, and what the model raises."""
    answer = model(rows, training=False)
    if answer is None:
        raise TypeError("call() returned None")
    return answer


def _describe_error(error: Exception) -> str:
    """Return class and message of an exception, without the traceback that tracing adds, and without colours."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    if text.lstrip().startswith("in user code:"):  # a traceback, and the exception itself behind the last gap
        text = re.split(r"\n\n +(?=[\w.]+: )", text)[-1].removeprefix(f"{type(error).__name__}: ")
    return f"{type(error).__name__}: {' '.join(text.split('Arguments received by')[0].split())}"


def _style_of_only_layer(model: Any) -> str:
    """Return the style of the only layer where that is a model itself, so that this model is a mere wrapper."""
    inner = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    return name_style(inner[0]) if len(inner) == 1 and is_model(inner[0]) else ""


def flatten_layers(model: Any, path: str = "") -> Iterator[tuple[Any, str]]:
    """Yield the layers of a model and of the models nested in it, each with the names of the models around it.

    The names are joined by "/", after `path`. Input layers are left out.
    """
    for layer in model.layers:
        if is_model(layer):
            yield from flatten_layers(layer, f"{path}/{layer.name}".lstrip("/"))
        elif not isinstance(layer, keras.layers.InputLayer):
            yield layer, path


def layer_facts(layer: Any, path: str) -> LayerFacts:
    """Describe a layer. `path`: the names of the models around it, joined by "/"."""
    kind = type(layer).__name__
    units = getattr(layer, "units", getattr(layer, "filters", None))
    rate = getattr(layer, "rate", None)
    return LayerFacts(
        name=str(layer.name),
        kind=kind,
        path=path,
        units=int(units) if isinstance(units, int) else None,
        activation=_ACTIVATION_LAYERS.get(kind) or _activation_name(getattr(layer, "activation", None)),
        use_bias=bool(layer.use_bias) if hasattr(layer, "use_bias") else None,
        rate=float(rate) if isinstance(rate, int | float) else None,
        kernel_initializer=_class_name(getattr(layer, "kernel_initializer", None)),
        kernel_regularizer=_class_name(getattr(layer, "kernel_regularizer", None)),
        output_shape=_output_shape(layer),
        weight_shapes=tuple(tuple(map(int, w.shape)) for w in layer.weights),
        trainable=bool(layer.trainable),
    )


def _output_shape(layer: Any) -> tuple[int | None, ...] | None:
    try:
        return _shape(layer.output.shape)
    except (AttributeError, ValueError):  # a layer of a subclassed model has no symbolic output
        return None


def _shape(shape: Any) -> tuple[int | None, ...] | None:
    if shape is None or any(not isinstance(n, int | None) for n in shape):
        return None
    return tuple(shape)


def _activation_name(activation: Any) -> str | None:
    if activation is None:
        return None
    name = getattr(activation, "__name__", type(activation).__name__)
    if name == "<lambda>":
        return "custom"
    return _ACTIVATION_NAMES.get(name, name.lower())


def _class_name(value: object) -> str | None:
    return None if value is None else type(value).__name__


def describe_compile(model: Any, trials: tuple[LossTrial, ...], loss: Any, metrics: list[Any]) -> CompileFacts:
    """Describe the arguments of `compile`: those of the model, or what of them belongs to one of its outputs."""
    loss, options = loss_facts(loss)
    optimizer = model.optimizer
    return CompileFacts(
        loss=loss,
        from_logits=bool(options.get("from_logits", False)),
        label_smoothing=float(options.get("label_smoothing", 0.0)),
        optimizer=type(optimizer).__name__ if optimizer is not None else "",
        learning_rate=_learning_rate(optimizer),
        metrics=tuple(_metric_name(m) for m in metrics if m is not None),
        trials=trials,
        own_methods=find_own_methods(model),
    )


def _learning_rate(optimizer: Any) -> float | None:
    try:
        return float(np.float32(optimizer.learning_rate))
    except (AttributeError, TypeError, ValueError):
        return None


def _metrics(model: Any) -> list[Any]:
    compiled = getattr(model, "_compile_metrics", None)
    chosen = getattr(compiled, "_user_metrics", None) or []
    if isinstance(chosen, dict):
        chosen = list(chosen.values())
    return [m for m in (chosen if isinstance(chosen, list | tuple) else [chosen]) if m is not None]


def _metric_name(metric: Any) -> str:
    if isinstance(metric, str):
        return canonical_name(metric)
    if isinstance(metric, keras.metrics.Metric):
        return canonical_name(type(metric).__name__)
    return canonical_name(getattr(metric, "__name__", type(metric).__name__))


# The frozen graph.


def trace(model: Any, sample: np.ndarray[Any, Any]) -> Any:
    """Trace a model in inference mode, for any number of rows. `model`: also what gives the same as one."""
    import tensorflow as tf

    spec = tf.TensorSpec((None, *sample.shape[1:]), tf.as_dtype(sample.dtype))
    # Keras calls layers and models as they are written, here and in `fit`: there is nothing to be converted.
    traced = tf.function(lambda inputs: model(inputs, training=False), autograph=False)
    return traced.get_concrete_function(spec)


def freeze_model(model: Any, sample: np.ndarray[Any, Any], store: Store) -> GraphFacts | None:
    """Return the frozen graph of a model as it is now; None where it cannot be frozen.

    Args:
        model: a Keras model.
        sample: some rows of input, float32 of shape (n, ...).
        store: gets the graph.
    """
    try:
        return require_one(freeze(trace(model, sample), store))
    except Exception:  # noqa: BLE001 - any code of the submission may run in a call
        return None


def freeze_outputs(model: Any, sample: np.ndarray[Any, Any], store: Store) -> tuple[GraphFacts, ...]:
    """Return the frozen graph of a model for each of its outputs; raises what stops it.

    Args:
        model: a Keras model, or what gives the same for rows such as the sample.
        sample: some rows of input, float32 of shape (n, ...).
        store: gets the graph.
    """
    return _freeze_prediction(model, trace(model, sample), sample, store)


def require_one(graphs: tuple[GraphFacts, ...]) -> GraphFacts:
    """Return the only graph of several; raises `ValueError` where there are more."""
    if len(graphs) != 1:
        raise ValueError(f"one output expected; received {len(graphs)}")
    return graphs[0]


def _require_room(size: int) -> None:
    """Raise `ValueError` for a graph of so many bytes if it is larger than the evidence has room for."""
    if size > MAX_GRAPH_BYTES:
        raise ValueError(f"the graph has {size / 2**20:.0f} MiB; the limit is {MAX_GRAPH_BYTES >> 20} MiB")


def freeze(traced: Any, store: Store) -> tuple[GraphFacts, ...]:
    """Turn the variables of a traced model into constants. Loops stay functions: see `graph_nodes.py`.

    Returns the same graph for each output, in the order in which TensorFlow flattens them.
    """
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2,
    )

    # Known before it is frozen, which takes several times the memory of the weights.
    _require_room(sum((v.shape.num_elements() or 0) * v.dtype.size for v in traced.graph.variables))
    frozen = convert_variables_to_constants_v2(traced, lower_control_flow=False)
    if len(frozen.inputs) != 1:
        raise ValueError(f"one input expected; received {len(frozen.inputs)}")
    data = frozen.graph.as_graph_def().SerializeToString()
    _require_room(len(data))
    ref = store.add(np.frombuffer(data, dtype=np.uint8))
    return tuple(
        GraphFacts(
            ref=ref,
            input_node=frozen.inputs[0].name,
            output_node=output.name,
            input_shape=tuple(frozen.inputs[0].shape.as_list()),
            output_shape=tuple(output.shape.as_list()) if output.shape.rank is not None else (),
        )
        for output in frozen.outputs
    )
