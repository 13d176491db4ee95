"""Find the models that a Keras model holds: as its layers, and within layers that hold them.

Runs in the process of the submission.
"""

import contextlib
from typing import Any

import keras
import numpy as np
from keras.src.models.functional import Functional

from grader.core.array_hashes import hash_array
from grader.protocol.evidence import InnerModel

_MAX_LAYERS = 500  # that are looked at
_MAX_MODELS = 50


def name_style(model: Any) -> str:
    """Return how a model is written: "sequential", "functional" or "subclassed"."""
    classes = type.mro(type(model))  # and not `isinstance`: an object may say that it is of another class
    if keras.Sequential in classes:
        return "sequential"
    return "functional" if Functional in classes else "subclassed"


def describe_inner_models(model: Any) -> tuple[InnerModel, ...]:
    """Describe each model that a model holds once; those that cannot be read are left out."""
    described = []
    for inner in [layer for layer in _walk(model)[1:] if _is_model(layer)][:_MAX_MODELS]:
        with contextlib.suppress(Exception):  # a class of the submission may define its own attributes
            # A model may keep its own layers in a second one as well, such as for a picture of them.
            others = {id(weight) for layer in _walk(model, without=inner) for weight in _list_own_weights(layer)}
            weights = [weight for weight in inner.weights if id(weight) not in others and len(weight.shape) > 1]
            described.append(
                InnerModel(
                    name=str(inner.name)[:100],
                    style=name_style(inner),
                    kernels=tuple(hash_array(np.asarray(weight)) for weight in weights[:_MAX_LAYERS]),
                )
            )
    return tuple(described)


def _walk(model: Any, without: Any = None) -> list[Any]:
    """Return a model and all that it holds, at any depth, each once: layers may hold one another."""
    seen, models, waiting = {id(model), id(without)}, [], [model]
    while waiting and len(seen) <= _MAX_LAYERS:
        models.append(waiting.pop())
        for layer in _list_layers(models[-1]):
            if id(layer) not in seen:
                seen.add(id(layer))
                waiting.append(layer)
    return models


def _list_own_weights(layer: Any) -> list[Any]:
    return [*getattr(layer, "_trainable_variables", ()), *getattr(layer, "_non_trainable_variables", ())]


def _list_layers(layer: Any) -> list[Any]:
    with contextlib.suppress(Exception):  # as above
        # A Sequential holds a functional model as well, which Keras makes of it: `layers` leaves that out.
        return list(layer.layers if _is_model(layer) else getattr(layer, "_layers", ()))
    return []


def _is_model(value: object) -> bool:
    return keras.Model in type.mro(type(value))
