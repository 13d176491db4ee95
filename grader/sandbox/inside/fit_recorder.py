"""Record every call of `fit`: what it was called with, and the curves that it left.

Runs in the process of the submission, in which it replaces `keras.Model.fit`.
"""

import contextlib
import functools
import inspect
import weakref
from dataclasses import dataclass
from typing import Any, Literal, cast

import keras
import msgspec
import numpy as np

from grader.core.row_hashes import row_hashes
from grader.protocol.evidence import FitFacts
from grader.sandbox.inside.array_store import Store, curves_of
from grader.sandbox.inside.keras_facts import flatten_layers, layer_facts, loss_facts


@dataclass
class _RecordedFit:
    """One call of `fit`, as far as it has come."""

    facts: FitFacts
    row_hashes: np.ndarray[Any, Any] | None = None  # a uint64 for each row of x; None where x is no table
    history: object = None  # `History.history` of the call, once it has returned
    finished: bool = False


class FitWatch:
    """Records the calls of `fit` of every Keras model in this process, from its creation on."""

    def __init__(self) -> None:
        """Replace `keras.Model.fit` by a function that records the call and then calls the original."""
        self._fits: list[_RecordedFit] = []
        # Paths of the weights that were trainable when a model's training function was traced. Keras uses that
        # function until the model is compiled again.
        self._trained: weakref.WeakKeyDictionary[Any, frozenset[str]] = weakref.WeakKeyDictionary()
        original = keras.Model.fit
        signature = inspect.signature(original)

        @functools.wraps(original)
        def fit(model: Any, *positional: Any, **named: Any) -> Any:
            recorded = _record_call(model, signature, positional, named)
            self._fits.append(recorded)
            with contextlib.suppress(Exception):  # a class of the student's may define its own comparison
                recorded.facts = msgspec.structs.replace(recorded.facts, stale=self._find_stale(model))
            result = original(model, *positional, **named)
            with contextlib.suppress(Exception):
                self._trained.setdefault(model, _list_trainable(model))
            recorded.history, recorded.finished = getattr(result, "history", None), True
            return result

        keras.Model.fit = fit

    def _find_stale(self, model: Any) -> tuple[str, ...]:
        """Return the names of the layers whose `trainable` has changed since the training function was traced.

        Measured with Keras 3.15: that function is traced in the first `fit` after `compile` and goes on changing
        what it changed then. Run eagerly, nothing is traced.
        """
        if model.train_function is None or model.run_eagerly:
            self._trained.pop(model, None)
            return ()
        changed = self._trained.get(model, _list_trainable(model)) ^ _list_trainable(model)
        layers = [layer for layer, _ in flatten_layers(model)]
        return tuple(str(x.name) for x in layers if any(w.path in changed for w in x.weights))[:20]

    def take(self, store: Store) -> tuple[FitFacts, ...]:
        """Return the calls of `fit` since the last time this was called; their arrays go to `store`."""
        facts = tuple(
            msgspec.structs.replace(
                fit.facts,
                rows="" if fit.row_hashes is None else store.add(fit.row_hashes),
                finished=fit.finished,
                curves=curves_of(fit.history, store),
            )
            for fit in self._fits
        )
        self._fits.clear()
        return facts


def _list_trainable(model: Any) -> frozenset[str]:
    return frozenset(weight.path for weight in model.trainable_variables)


def _range(x: np.ndarray[Any, Any]) -> tuple[float, float] | None:
    # JSON has no NaN: a range with one would make this evidence unreadable.
    if x.size == 0 or x.dtype.kind not in "biuf" or not np.isfinite(x).all():
        return None
    return float(x.min()), float(x.max())


def _share_seen(validation_data: Any, rows: np.ndarray[Any, Any] | None) -> float:
    """Return the share of the validation rows that are training rows too; 0 where that cannot be determined.

    Rows of a single number cannot be distinguished: their hashes ignore scale.

    Args:
        validation_data: the argument of `fit`.
        rows: hashes of the training rows.
    """
    if rows is None or not isinstance(validation_data, list | tuple) or not validation_data:
        return 0.0
    x = np.asarray(validation_data[0])
    if x.dtype.kind not in "biuf" or x.ndim < 2 or x.size <= len(x):
        return 0.0
    return float(np.isin(row_hashes(x), rows).mean())


def _record_call(
    model: Any, signature: inspect.Signature, positional: tuple[Any, ...], named: dict[str, Any]
) -> _RecordedFit:
    """Record the arguments of a call of `fit`; nothing of one whose arguments cannot be read."""
    try:
        arguments = signature.bind(model, *positional, **named).arguments
        x, y = np.asarray(arguments.get("x")), np.asarray(arguments.get("y"))
        activations = [layer_facts(layer, "").activation for layer, _ in flatten_layers(model)]
        validation = "data" if arguments.get("validation_data") is not None else ""
        rows = row_hashes(x) if x.dtype.kind in "biuf" and x.ndim > 1 else None
        loss, options = loss_facts(getattr(model, "loss", None))
        facts = FitFacts(
            head=next((name for name in reversed(activations) if name), None),
            loss=loss,
            from_logits=bool(options.get("from_logits")),
            x_shape=x.shape,
            x_range=_range(x),
            x_finite=x.dtype.kind not in "f" or bool(np.isfinite(x).all()),
            x_dtype=str(x.dtype),
            y_shape=y.shape,
            y_dtype=str(y.dtype),
            y_range=_range(y),
            epochs=int(arguments.get("epochs", 1)),
            validation=cast(
                "Literal['', 'data', 'split']",
                validation or ("split" if arguments.get("validation_split") else ""),
            ),
        )
        share = _share_seen(arguments.get("validation_data"), rows)
        return _RecordedFit(msgspec.structs.replace(facts, validation_seen=share), row_hashes=rows)
    except Exception:  # noqa: BLE001 - fit may be called with anything; Keras itself will report errors
        return _RecordedFit(FitFacts())
