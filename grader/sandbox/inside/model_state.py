"""Give each function the models as the step before it left them, whatever other functions did to them.

Keras models are changed in place: by `fit`, as they should be, but also by `compile`, by `predict` on rows of a
wrong shape (its traced function then refuses right ones), by changed weights or layers. Runs in the process of the
submission; a model that cannot be copied stays as it is.
"""

import contextlib
from collections.abc import Iterable, Iterator
from typing import Any

import keras
import numpy as np

from grader.sandbox.inside.keras_facts import is_model

MAX_NUMBERS = 32 << 20  # in weights and optimizer of one model: a larger one is not copied

# What `compile`, `fit`, `add` and `pop` set. Private names are those of Keras 3; one that is missing is left out.
_ATTRIBUTES = (
    "_compile_config", "_compile_loss", "_compile_metrics", "_jit_compile", "_loss_tracker", "_run_eagerly",
    "compiled", "history", "loss", "optimizer", "steps_per_execution", "stop_training",
)  # fmt: skip
# What building sets. A model that has no weights yet gets them in the first call, and keeps them.
_BUILT_ATTRIBUTES = ("_functional", "built")
_FUNCTIONS = ("train_function", "test_function", "predict_function")


class ModelStates:
    """The states of the live models after each step."""

    def __init__(self) -> None:
        self._states: dict[tuple[str, int], _State] = {}  # by step and identity of the model
        self._latest: dict[int, _State] = {}  # by identity of the model

    def save(self, step: str, values: Iterable[object]) -> None:
        """Save the states of the models among some values. `step`: id of the step that ended."""
        for model in filter(is_model, values):
            with contextlib.suppress(Exception):  # a class of the student's may be anything
                state = _State(model, self._latest.get(id(model)))
                self._states[step, id(model)] = self._latest[id(model)] = state

    def save_first_weights(self, step: str, model: Any) -> None:
        """Save a state again where the model got weights since: a subclass has none until it is called.

        Else it would be given to later functions with the weights that training left.
        """
        state = self._states.get((step, id(model)))
        with contextlib.suppress(Exception):
            if state is not None and len(model.weights) > state.weights:
                self.save(step, [model])

    def restore(self, step: str, value: object) -> None:
        """Bring a model, if the value is one, to its state after a step; nothing where that was not saved."""
        state = self._states.get((step, id(value)))
        if state is not None:
            with contextlib.suppress(Exception):
                state.restore()


class _State:
    """The state of a model at one moment."""

    def __init__(self, model: Any, before: "_State | None") -> None:
        """`before`: an earlier state, with which arrays that did not change are shared."""
        self._model = model
        self.weights = len(model.weights)
        variables = {id(variable): variable for variable in _list_variables(model)}
        if sum(int(np.prod(variable.shape)) for variable in variables.values()) > MAX_NUMBERS:
            raise MemoryError
        self._values: dict[int, tuple[Any, np.ndarray[Any, Any]]] = {
            key: (variable, _share(variable.numpy(), before._values.get(key) if before else None))
            for key, variable in variables.items()
        }
        layers = list(model._flatten_layers())
        self._layers = [(layer, bool(layer.trainable), vars(layer).get("activation")) for layer in layers]
        self._stack = list(model._layers) if model.built else None
        names = (*_ATTRIBUTES, *_BUILT_ATTRIBUTES) if model.built else _ATTRIBUTES
        self._attributes = {name: vars(model)[name] for name in names if name in vars(model)}
        self._functions = {name: (f := getattr(model, name, None), _count_traces(f)) for name in _FUNCTIONS}

    def restore(self) -> None:
        """Bring the model to this state."""
        model = self._model
        if self._stack and isinstance(model, keras.Sequential) and list(model._layers) != self._stack:
            model._layers[:] = self._stack
        for layer, trainable, activation in self._layers:
            if layer.trainable != trainable:
                layer.trainable = trainable
            if vars(layer).get("activation") is not activation:
                vars(layer)["activation"] = activation
        # Set past Keras, which would register the parts a second time.
        vars(model).update({n: v for n, v in self._attributes.items() if vars(model).get(n) is not v})
        for name, (function, traces) in self._functions.items():
            current = getattr(model, name, None)
            if (current is function and _count_traces(current) == traces) or _expects_right_rows(model, name):
                continue
            vars(model)[name] = function if _count_traces(function) == traces else None
        for variable, value in self._values.values():
            if not np.array_equal(variable.numpy(), value):
                variable.assign(value)


def _list_variables(model: Any) -> Iterator[Any]:
    yield from model.variables
    yield from getattr(model.optimizer, "variables", ()) if model.compiled else ()


def _share(value: np.ndarray[Any, Any], before: tuple[Any, np.ndarray[Any, Any]] | None) -> np.ndarray[Any, Any]:
    """Return a copy of a value, or an equal one that is there already."""
    return before[1] if before is not None and np.array_equal(before[1], value) else np.array(value)


def _count_traces(function: Any) -> int:
    """Return how often TensorFlow traced a function of Keras: more traces may have changed what it accepts."""
    parts = [function, *(cell.cell_contents for cell in getattr(function, "__closure__", None) or ())]
    counters = (getattr(part, "experimental_get_tracing_count", None) for part in parts)
    return sum(count() for count in counters if callable(count))


def _expects_right_rows(model: Any, name: str) -> bool:
    """Return whether the function of `predict` was traced for rows of the model's own shape only."""
    if name != "predict_function" or model.predict_function is None:
        return False
    shapes = set()
    for traced in model.predict_function._list_all_concrete_functions():
        shapes |= {spec.shape for spec in keras.tree.flatten(traced.structured_input_signature)}
    return all(shape.rank is not None and tuple(shape)[1:] == tuple(model.input_shape[1:]) for shape in shapes)
