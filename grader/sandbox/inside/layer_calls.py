"""Refuse calls of layers and models while a function runs that has to compute with their weights by itself."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Never

import keras

# What computes with weights. Layers and models that a submission makes of its own come to `Layer.__call__`, too.
_OF_LAYERS = (keras.layers.Layer, ("__call__",))
_OF_MODELS = (
    keras.Model,
    ("evaluate", "fit", "predict", "predict_on_batch", "test_on_batch", "train_on_batch"),
)


class LayerCallRefusedError(RuntimeError):
    """A layer or a model was called where the weights are to be used by hand."""


@contextmanager
def refuse_layer_calls() -> Iterator[None]:
    """Let calls of layers and models raise `LayerCallRefusedError` until the end of the block."""
    with ExitStack() as stack:
        for kind, names in (_OF_LAYERS, *((kind, ("call",)) for kind in _list_kinds()), _OF_MODELS):
            for name in names:
                stack.enter_context(_refuse(kind, name))
        yield


def _list_kinds() -> Iterator[type]:
    """Yield the layers and models of Keras that define `call`, which works without `__call__` as well."""
    unvisited: list[type] = [keras.layers.Layer]
    while unvisited:
        kind = unvisited.pop()
        unvisited += kind.__subclasses__()
        if "call" in vars(kind) and kind.__module__.startswith("keras."):
            yield kind


@contextmanager
def _refuse(kind: type, name: str) -> Iterator[None]:
    """Put a method that raises in place of one of a class, or in front of one that it inherits."""
    own = vars(kind).get(name)

    def refused(*_arguments: Any, **_options: Any) -> Never:
        raise LayerCallRefusedError(
            "here, the values have to be computed with the weights: layers and models cannot be called"
        )

    setattr(kind, name, refused)
    try:
        yield
    finally:
        if own is None:
            delattr(kind, name)
        else:
            setattr(kind, name, own)
