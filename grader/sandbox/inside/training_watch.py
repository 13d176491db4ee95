"""Watch what `fit` does to a network while it runs: which weights it changes, and which layers drop units.

What is there before and after `fit` does not tell: a callback may put weights back, and whoever calls `fit` the
rates of dropout layers. So it is looked at in the middle, before the callbacks of that moment are called.
"""

import contextlib
import functools
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import keras
import msgspec
import numpy as np

from grader.core.array_hashes import array_hashes
from grader.protocol.evidence import DropFacts, FitFacts
from grader.sandbox.inside.array_store import Store
from grader.sandbox.inside.keras_facts import is_model

MAX_WEIGHTS = 2000
MAX_HASHED_BYTES = 256 << 20  # of the weights that one `fit` looks at; the first look takes what it needs
MAX_DROPPING = 64  # layers


class TrainingWatch:
    """What one call of `fit` has done to a network so far. Never raises: any code of the submission may run."""

    def __init__(self, model: Any = None) -> None:
        """Look at a network that `fit` is about to train; None for none."""
        self.model = model
        self._first, _unused = _hash_weights(model)
        self._changed: np.ndarray[Any, Any] | None = None  # for each weight; None before the first look
        self._hashed, self._has_seen_batch = 0, False
        self._steps, self._draws = _count_steps(model), _count_draws(model)
        self._rates: dict[int, float | None] = {}  # at the first look
        self._facts: dict[str, Any] = {}

    def see_batch(self) -> None:
        """Look at the network after its first batch."""
        if not self._has_seen_batch:
            self._has_seen_batch = True
            self.look()

    def look(self) -> None:
        """Look at the network as it is now."""
        with contextlib.suppress(Exception):
            self._rates = self._rates or {id(layer): _read_rate(layer) for layer in _list_dropping(self.model)}
        if self._hashed > MAX_HASHED_BYTES:
            return
        hashes, size = _hash_weights(self.model)
        if hashes.shape == self._first.shape:
            self._hashed += size
            is_other = hashes != self._first
            self._changed = is_other if self._changed is None else self._changed | is_other

    def end(self) -> None:
        """Count what `fit` has done, as it returns."""
        with contextlib.suppress(Exception):
            draws = _count_draws(self.model)
            dropping = [
                DropFacts(
                    name=str(layer.name)[:100],
                    rate=self._rates.get(id(layer)),
                    draws=draws[id(layer)] - self._draws.get(id(layer), 0),
                )
                for layer in _list_dropping(self.model)
            ]
            self._facts = {
                "steps": _count_steps(self.model) - self._steps,
                "dropping": tuple(dropping[:MAX_DROPPING]),
            }

    def describe(self, facts: FitFacts, store: Store) -> FitFacts:
        """Return the facts of this call with what was seen; arrays go to `store`."""
        facts = msgspec.structs.replace(facts, **self._facts)
        if self._changed is None or not self._changed.size:
            return facts
        rows = np.stack([self._first, self._changed.astype(np.uint64)])
        return msgspec.structs.replace(facts, weight_hashes=store.add(rows))


def watch_callbacks(find: Callable[[Any], TrainingWatch | None]) -> None:
    """Look at a network that is trained each time before callbacks are called.

    `find`: returns what watches the training of a model that runs now; None where none does.
    """
    kinds = keras.callbacks.CallbackList
    for name in ("on_train_batch_end", "on_epoch_end", "on_train_end"):
        setattr(kinds, name, _look_before(getattr(kinds, name), find))


def _look_before(original: Any, find: Callable[[Any], TrainingWatch | None]) -> Any:
    is_batch = original.__name__ == "on_train_batch_end"

    @functools.wraps(original)
    def call(callbacks: Any, *positional: Any, **named: Any) -> Any:
        with contextlib.suppress(Exception):
            watch = find(callbacks.model)
            if watch is not None:
                watch.see_batch() if is_batch else watch.look()
        return original(callbacks, *positional, **named)

    return call


def find_step(model: Any, models: Mapping[str, object]) -> str:
    """Return the id of the step that returned a model, or one whose weights are all in this one; else "other"."""
    with contextlib.suppress(Exception):
        for step, other in models.items():
            if other is model:
                return step
        weights = {id(weight) for weight in model.weights}
        for step, other in models.items():
            if is_model(other) and other.weights and all(id(w) in weights for w in other.weights):  # type: ignore[attr-defined]
                return step
    return "other"


def _hash_weights(model: Any) -> tuple[np.ndarray[Any, Any], int]:
    """Return the hash of each weight and their bytes in all; nothing where they cannot be read or are too many."""
    with contextlib.suppress(Exception):
        if len(model.weights) <= MAX_WEIGHTS:
            weights = model.get_weights()
            return array_hashes(weights), sum(weight.nbytes for weight in weights)
    return np.zeros(0, np.uint64), 0


def _list_dropping(model: Any) -> Iterator[Any]:
    """Yield all layers of a model, however deep, that have a rate and a generator to drop by."""
    for layer in model._flatten_layers(include_self=False):
        if isinstance(getattr(layer, "seed_generator", None), keras.random.SeedGenerator) and hasattr(
            layer, "rate"
        ):
            yield layer


def _read_rate(layer: Any) -> float | None:
    rate = layer.rate
    return float(rate) if isinstance(rate, int | float) and np.isfinite(rate) else None


def _count_draws(model: Any) -> dict[int, int]:
    """Return how often each layer that drops has drawn: its generator counts that, wherever the layer runs."""
    with contextlib.suppress(Exception):
        return {id(layer): int(layer.seed_generator.state.numpy()[1]) for layer in _list_dropping(model)}
    return {}


def _count_steps(model: Any) -> int:
    with contextlib.suppress(Exception):
        return int(model.optimizer.iterations.numpy())
    return 0
