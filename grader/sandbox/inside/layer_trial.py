"""Try a layer of the submission in a network of its own: its graph before and after steps of training."""

import warnings
from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from grader.protocol.evidence import LayerTrial
from grader.protocol.plan import TryLayer
from grader.sandbox.inside.array_store import Store
from grader.sandbox.inside.keras_facts import freeze, require_one, trace

_HALVES = ("float16", "bfloat16")


def try_layer(layer: Any, step: TryLayer, arrays: Mapping[str, np.ndarray[Any, Any]], store: Store) -> LayerTrial:
    """Record the graph of a layer as it is built, and after each of two steps of gradient descent.

    A training that fails leaves the first graph: what is wrong with the layer can often be read from that.

    Args:
        layer: a Keras layer, best one that has no weights yet.
        step: the learning rate, and the names of the rows x (n, features) and y (n, units).
        arrays: of the plan.
        store: gets the arrays that the record names.

    Raises:
        Exception: what the layer raises when it is built and called.
    """
    x, y = arrays[step.x], arrays[step.y]
    if layer.compute_dtype in _HALVES:  # by a global policy, mostly: it would round away what is looked at
        layer.dtype_policy = "float32"
    network = keras.Sequential([keras.Input(shape=x.shape[1:]), layer])
    network.compile(optimizer=keras.optimizers.SGD(step.learning_rate), loss="mean_squared_error")
    graphs = [require_one(freeze(trace(network, x), store))]
    problem = ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Keras warns of a network that is frozen as a whole
            for _step in range(2):
                _train(network, x, y)
                graphs.append(require_one(freeze(trace(network, x), store)))
    except Exception as error:  # noqa: BLE001 - any code of the submission may run in a training
        problem = f"{type(error).__name__}: {error}"[:500]
    fresh, trained, again = (*graphs, None, None)[:3]
    assert fresh is not None
    return LayerTrial(fresh=fresh, trained=trained, again=again, problem=problem)


def _train(network: Any, x: np.ndarray[Any, Any], y: np.ndarray[Any, Any]) -> None:
    """Do a step of gradient descent; none where the loss hangs on no weight, as behind a `stop_gradient`."""
    try:
        network.train_on_batch(x, y)
    except ValueError as error:
        if not str(error).startswith("No gradients provided for any variable"):
            raise
