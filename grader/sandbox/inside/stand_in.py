"""Build a network of the grader's, for a function of a submission whose own network cannot be used."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from grader.protocol.plan import BuildStandIn


def build_stand_in(step: BuildStandIn, arrays: Mapping[str, np.ndarray[Any, Any]]) -> Any:
    """Return a compiled `keras.Sequential` with one Dense layer, with the weights that the step names, if any.

    Args:
        step: the sizes, the loss and the names of arrays.
        arrays: of the plan; the sample has the shape (n, ...), kernel (features, units), bias (units,).
    """
    row = arrays[step.sample].shape[1:]
    flatten = [keras.layers.Flatten()] if len(row) > 1 else []
    dense = keras.layers.Dense(step.units, activation=step.activation)
    model = keras.Sequential([keras.Input(shape=row), *flatten, dense])
    model.compile(optimizer="adam", loss=step.loss, metrics=[step.metric])
    if step.kernel:
        dense.set_weights([arrays[step.kernel], arrays[step.bias]])
    return model
