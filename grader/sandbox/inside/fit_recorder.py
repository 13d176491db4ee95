"""TODO: grader/sandbox/inside/fit_recorder.py."""

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
class _Fit:
    facts: FitFacts
    rows: np.ndarray[Any, Any] | None = None
    history: object = None
    finished: bool = False


class FitWatch:
    """Records every call of `fit` from the moment it is made."""

    def __init__(self) -> None:
        self._fits: list[_Fit] = []
        # What was trainable when a model's training function was made, which lives until it is compiled again.
        self._trained: weakref.WeakKeyDictionary[Any, frozenset[str]] = weakref.WeakKeyDictionary()
        original = keras.Model.fit
        signature = inspect.signature(original)

        @functools.wraps(original)
        def fit(model: Any, *positional: Any, **named: Any) -> Any:
            seen = _seen(model, signature, positional, named)
            self._fits.append(seen)
            with contextlib.suppress(Exception):  # any model may be given to fit, also one that is compared oddly
                seen.facts = msgspec.structs.replace(seen.facts, stale=self._stale(model))
            result = original(model, *positional, **named)
            with contextlib.suppress(Exception):
                self._trained.setdefault(model, _trainable(model))
            seen.history, seen.finished = getattr(result, "history", None), True
            return result

        keras.Model.fit = fit

    def _stale(self, model: Any) -> tuple[str, ...]:
        """Return the layers whose `trainable` has changed since the training function was made.

        Measured with Keras 3.15: that function is traced in the first `fit` after `compile` and goes on changing
        what it changed then. Run eagerly, nothing is traced.
        """
        if model.train_function is None or model.run_eagerly:
            self._trained.pop(model, None)
            return ()
        changed = self._trained.get(model, _trainable(model)) ^ _trainable(model)
        layers = [layer for layer, _ in flatten_layers(model)]
        return tuple(str(x.name) for x in layers if any(w.path in changed for w in x.weights))[:20]

    def take(self, store: Store) -> tuple[FitFacts, ...]:
        """Return the calls since the last time; their arrays go to `store`."""
        taken = tuple(
            msgspec.structs.replace(
                fit.facts,
                rows="" if fit.rows is None else store.add(fit.rows),
                finished=fit.finished,
                curves=curves_of(fit.history, store),
            )
            for fit in self._fits
        )
        self._fits.clear()
        return taken


def _trainable(model: Any) -> frozenset[str]:
    return frozenset(weight.path for weight in model.trainable_variables)


def _range(x: np.ndarray[Any, Any]) -> tuple[float, float] | None:
    # JSON has no NaN: a range that is none would make this evidence unreadable.
    if x.size == 0 or x.dtype.kind not in "biuf" or not np.isfinite(x).all():
        return None
    return float(x.min()), float(x.max())


def _share_seen(validation_data: Any, rows: np.ndarray[Any, Any] | None) -> float:
    """Return the share of the validation rows that training sees as well; 0 where they are in no array.

    Rows of one number cannot be told apart: their hashes ignore scale.
    """
    if rows is None or not isinstance(validation_data, list | tuple) or not validation_data:
        return 0.0
    x = np.asarray(validation_data[0])
    if x.dtype.kind not in "biuf" or x.ndim < 2 or x.size <= len(x):
        return 0.0
    return float(np.isin(row_hashes(x), rows).mean())


def _seen(model: Any, signature: inspect.Signature, positional: tuple[Any, ...], named: dict[str, Any]) -> _Fit:
    try:
        given = signature.bind(model, *positional, **named).arguments
        x, y = np.asarray(given.get("x")), np.asarray(given.get("y"))
        head = [layer_facts(layer, "").activation for layer, _ in flatten_layers(model)]
        validation = "data" if given.get("validation_data") is not None else ""
        rows = row_hashes(x) if x.dtype.kind in "biuf" and x.ndim > 1 else None
        loss, options = loss_facts(getattr(model, "loss", None))
        facts = FitFacts(
            head=next((name for name in reversed(head) if name), None),
            loss=loss,
            from_logits=bool(options.get("from_logits")),
            x_shape=x.shape,
            x_range=_range(x),
            x_finite=x.dtype.kind not in "f" or bool(np.isfinite(x).all()),
            x_dtype=str(x.dtype),
            y_shape=y.shape,
            y_dtype=str(y.dtype),
            y_range=_range(y),
            epochs=int(given.get("epochs", 1)),
            validation=cast(
                "Literal['', 'data', 'split']", validation or ("split" if given.get("validation_split") else "")
            ),
        )
        seen = _share_seen(given.get("validation_data"), rows)
        return _Fit(msgspec.structs.replace(facts, validation_seen=seen), rows=rows)
    except Exception:  # noqa: BLE001 - data of any kind may be given to fit; Keras itself will say what it thinks of it
        return _Fit(FitFacts())
