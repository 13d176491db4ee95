"""Create the variables of an optimizer and of metrics before a training step is traced, so that it is traced once.

Keras creates them in the step itself, and TensorFlow traces a function that created variables a second time. The
variables, their names and their values do not depend on when they are created. But code that counts or prints
depends on how often it is traced: so this is done only for models without any code but Keras's, and only where
nothing about the data could keep the step from being traced.
"""

from typing import Any

import keras
import tensorflow as tf
from keras.src.models.functional import Functional
from keras.src.optimizers.base_optimizer import BaseOptimizer

# Losses of labels that are class numbers, and of labels shaped as the outputs are.
_NUMBERED = ("sparse_categorical_crossentropy", "SparseCategoricalCrossentropy")


def build(model: Any, batch: Any) -> None:
    """Create the variables of a model's optimizer and metrics, where that changes nothing else.

    Args:
        model: a compiled Keras model.
        batch: the structure of its batches, as `tf.TensorSpec`.
    """
    if not _can_build(model, batch):
        return
    optimizer, metrics = model.optimizer, model._compile_metrics
    if not optimizer.built:
        with keras.name_scope(optimizer.name, caller=optimizer):
            optimizer.build(list(model.trainable_weights))
    if metrics is not None and not metrics.built:
        metrics.build(batch[1], model.outputs[0])


def _can_build(model: Any, batch: Any) -> bool:
    """Return whether model and batch are of a kind for which this changes nothing else."""
    return (
        type(model) in (keras.Sequential, Functional)
        and model.built
        and len(model.inputs) == len(model.outputs) == 1
        and len(model.trainable_weights) > 0
        and all(map(_is_of_keras, model._flatten_layers()))
        and _is_of_keras(model.optimizer)
        and type(model.optimizer).apply is BaseOptimizer.apply
        and isinstance(model.loss, str | keras.losses.Loss)
        and _are_of_keras(model._compile_metrics)
        and _has_right_shapes(model, batch)
    )


def _has_right_shapes(model: Any, batch: Any) -> bool:
    """Return whether inputs and labels have the shapes that the model and its loss expect."""
    if not isinstance(batch, tuple) or not all(isinstance(part, tf.TensorSpec) for part in batch[:2]):
        return False
    x, y, outputs = (tuple(part.shape[1:]) for part in (batch[0], batch[1], model.outputs[0]))
    if x != tuple(model.inputs[0].shape[1:]):
        return False
    name = model.loss if isinstance(model.loss, str) else type(model.loss).__name__
    if name in _NUMBERED:
        return y == outputs[:-1]
    return y == outputs or (y == () and outputs == (1,))  # Keras gives single numbers a second axis by itself


def _are_of_keras(metrics: Any) -> bool:
    if metrics is None:
        return True
    chosen = metrics._user_metrics
    return isinstance(chosen, list) and all(map(_is_of_keras, chosen)) and not metrics._user_weighted_metrics


def _is_of_keras(thing: Any) -> bool:
    """Return whether a loss, metric, optimizer or layer is Keras's own and calls nothing of the submission."""
    if thing is None or isinstance(thing, str):
        return True
    kind = type(thing)
    if not kind.__module__.startswith("keras.src."):
        return False
    return all(
        _module_name(value).startswith(("keras.", "tensorflow."))
        for value in vars(thing).values()
        if callable(value)
    )


def _module_name(value: Any) -> str:
    return str(getattr(value, "__module__", None) or type(value).__module__)
