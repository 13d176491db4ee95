"""Make the networks that functions of a submission are tried with, or give them the grader's weights."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras.src.models.functional import Functional

from grader.protocol.plan import BuildBase, BuildChain, BuildStandIn, NestedSizes, SetWeights
from grader.sandbox.inside.keras_facts import is_model


def make_network(
    step: BuildStandIn | SetWeights | BuildChain | BuildBase,
    arrays: Mapping[str, np.ndarray[Any, Any]],
    live: Mapping[str, object],
) -> Any:
    """Return the network that a step makes; None where there is none that it could change.

    Args:
        step: what to make.
        arrays: of the plan.
        live: what earlier steps returned, by their ids.
    """
    if isinstance(step, BuildStandIn):
        keras.utils.set_random_seed(step.seed)
        return build_stand_in(step, arrays)
    if isinstance(step, BuildChain):
        return build_chain(step, arrays, live.get(step.like))
    if isinstance(step, BuildBase):
        return build_base(step, arrays)
    try:
        return set_weights(live.get(step.step), step, arrays)
    except Exception:  # noqa: BLE001 - a network of the submission may do anything when it is built
        return None


def build_stand_in(step: BuildStandIn, arrays: Mapping[str, np.ndarray[Any, Any]]) -> Any:
    """Return a compiled `keras.Sequential` with one Dense layer, with the weights that the step names, if any.

    Args:
        step: the sizes, the loss and the names of arrays.
        arrays: of the plan; the sample has the shape (n, ...), kernel (features, units), bias (units,).
    """
    if step.heads or step.inputs:
        return _build_on_rows(step, arrays)
    if step.nested is not None:
        return _build_nested(step, step.nested, arrays[step.sample].shape[1:])
    row = arrays[step.sample].shape[1:]
    flatten = [keras.layers.Flatten()] if len(row) > 1 else []
    dense = keras.layers.Dense(step.units, activation=step.activation)
    model = keras.Sequential([keras.Input(shape=row), *flatten, dense])
    model.compile(optimizer="adam", loss=step.loss, metrics=[step.metric])
    if step.kernel:
        dense.set_weights([arrays[step.kernel], arrays[step.bias]])
    return model


def _build_nested(step: BuildStandIn, sizes: NestedSizes, row: tuple[int, ...]) -> Any:
    """Return a compiled network of a nested model, in which one layer is frozen, and a head of two layers."""
    layers = keras.layers
    first = [keras.Input(shape=row), layers.Flatten(), layers.Dense(sizes.first), layers.BatchNormalization()]
    nested = keras.Sequential([*first, layers.Dense(sizes.frozen)])
    nested.layers[-1].trainable = False  # of a layer that is built: its weights say so as well then
    last = layers.Dense(step.units, activation=step.activation)
    model = keras.Sequential([keras.Input(shape=row), nested, layers.Dense(sizes.head), last])
    model.compile(optimizer="adam", loss=step.loss, metrics=[step.metric])
    return model


def _build_on_rows(step: BuildStandIn, arrays: Mapping[str, np.ndarray[Any, Any]]) -> Any:
    """Return a compiled network in the functional style: with several inputs, several outputs or both."""
    inputs, flat = _make_inputs(step, arrays)
    if not step.heads:
        dense = keras.layers.Dense(step.units, activation=step.activation)
        model = keras.Model(inputs, dense(flat))
        model.compile(optimizer="adam", loss=step.loss, metrics=[step.metric])
        if step.kernel:
            dense.set_weights([arrays[step.kernel], arrays[step.bias]])
        return model
    outputs = {}
    for head in step.heads:
        dense = keras.layers.Dense(head.units, activation=head.activation, name=head.name)
        outputs[head.name] = dense(flat)
        if head.kernel:
            dense.set_weights([arrays[head.kernel], arrays[head.bias]])
    model = keras.Model(inputs, outputs if step.as_dict else list(outputs.values()))
    model.compile(optimizer="adam", loss={head.name: head.loss for head in step.heads})
    return model


def _make_inputs(step: BuildStandIn, arrays: Mapping[str, np.ndarray[Any, Any]]) -> tuple[Any, Any]:
    """Return the inputs of a network, one or a list of several, and all of their numbers in one row."""
    if not step.inputs:
        rows = keras.Input(shape=arrays[step.sample].shape[1:])
        return rows, keras.layers.Flatten()(rows) if len(rows.shape) > 2 else rows
    inputs = [keras.Input(shape=arrays[one.rows].shape[1:] or (1,), name=one.name) for one in step.inputs]
    flat = [keras.layers.Flatten()(rows) if len(rows.shape) > 2 else rows for rows in inputs]
    return inputs, keras.layers.Concatenate()(flat)


def build_chain(step: BuildChain, arrays: Mapping[str, np.ndarray[Any, Any]], like: object) -> Any:
    """Return a compiled network of Dense layers and their activations, with the weights that the step names.

    `like`: a network of the submission, whose style this one has; anything else for the sequential style.
    """
    features = arrays[step.layers[0].kernel].shape[0]
    model = keras.Sequential([keras.Input(shape=(features,))])
    for layer in step.layers:
        dense = keras.layers.Dense(
            arrays[layer.bias].shape[0], activation=layer.activation if step.fused else None
        )
        model.add(dense)
        if not step.fused:
            model.add(keras.layers.Activation(layer.activation))
        dense.set_weights([arrays[layer.kernel], arrays[layer.bias]])
    if Functional in type.mro(type(like)) and keras.Sequential not in type.mro(type(like)):
        model = keras.Model(model.inputs[0], model.outputs[0])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def build_base(step: BuildBase, arrays: Mapping[str, np.ndarray[Any, Any]]) -> Any:
    """Return the network that was trained before, as the author of the exercise has saved it; not compiled."""
    base = keras.models.model_from_json(arrays[step.architecture].tobytes().decode())
    values, weights, start = arrays[step.weights], [], 0
    for weight in base.weights:
        size = int(np.prod(weight.shape))
        weights.append(values[start : start + size].reshape(weight.shape))
        start += size
    if start != len(values):
        raise ValueError(f"the weights of the base are {len(values)} numbers; the network has {start}")
    base.set_weights(weights)
    return base


def set_weights(model: Any, step: SetWeights, arrays: Mapping[str, np.ndarray[Any, Any]]) -> Any:
    """Give a model the weights that the step names, and return it; None where it has others than these."""
    if not is_model(model):
        return None
    if not model.built:
        model(arrays[step.sample][:2])  # a subclassed model has no weights before
    weights = {tuple(map(int, weight.shape)): weight for weight in model.weights}
    values = {arrays[name].shape: arrays[name] for name in step.weights}
    if len(weights) != len(model.weights) or set(weights) != set(values):
        return None
    for shape, weight in weights.items():
        weight.assign(values[shape])
    return model
