"""What is seen of a network while `fit` runs: weights that are put back, and layers that drop units or do not."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from grader.core.array_hashes import array_hashes
from tests.helpers.fit_watch import watch_fits

X = np.random.default_rng(3).normal(0, 1, (24, 3)).astype(np.float32)


@pytest.fixture
def watch() -> Iterator[Any]:
    """A watch over the calls of fit of this test."""
    with watch_fits() as watch:
        yield watch


def network(rate: float = 0.0) -> Any:
    import keras

    layers = [keras.layers.Dense(4), keras.layers.Dropout(rate), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((3,)), *layers])
    model.compile("sgd", "mse")
    return model


def facts_of(watch: Any) -> tuple[Any, Any]:
    """Return the facts of the only fit, and the hashes and changes of its weights."""
    from grader.sandbox.inside.array_store import Store

    store = Store()
    (fit,) = watch.take(store, {})
    return fit, store.arrays.get(fit.weight_hashes)


def fit(model: Any, *callbacks: Any, epochs: int = 2) -> None:
    model.fit(X, X[:, 0], batch_size=8, epochs=epochs, callbacks=list(callbacks), verbose=0)


@pytest.mark.parametrize("when", ["on_epoch_end", "on_train_end", "on_train_batch_end", "on_train_batch_begin"])
def test_weights_that_a_callback_puts_back_are_seen_to_have_changed(watch: Any, when: str) -> None:
    import keras

    model = network()
    first, kept = model.layers[0], model.layers[0].get_weights()
    fit(model, keras.callbacks.LambdaCallback(**{when: lambda *_, **__: first.set_weights(kept)}))
    _fit, rows = facts_of(watch)
    assert rows[0, :2].tolist() == array_hashes(kept).tolist()
    assert rows[1].tolist() == [1, 1, 1, 1]


def test_frozen_weights_are_seen_to_stay(watch: Any) -> None:
    model = network()
    model.layers[0].trainable = False
    fit(model)
    _fit, rows = facts_of(watch)
    assert rows[1].tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(("during", "draws", "seen"), [(0.5, 6, 0.5), (0.0, 0, 0.0)])
def test_it_is_counted_how_often_a_layer_drops(watch: Any, during: float, draws: int, seen: float) -> None:
    model = network(0.5)
    model.layers[1].rate = during
    fit(model)
    model.layers[1].rate = 0.5
    facts, _rows = facts_of(watch)
    assert facts.steps == 6
    assert [(one.rate, one.draws) for one in facts.dropping] == [(seen, draws)]


def test_another_model_that_is_trained_in_a_callback_is_watched_by_itself(watch: Any) -> None:
    import keras

    from grader.sandbox.inside.array_store import Store

    model, other = network(), network()
    model.layers[0].trainable = False
    fit(model, keras.callbacks.LambdaCallback(on_epoch_end=lambda *_: fit(other, epochs=1)), epochs=1)
    store = Store()
    outer, inner = watch.take(store, {})
    assert store.arrays[outer.weight_hashes][1].tolist() == [0, 0, 1, 1]
    assert store.arrays[inner.weight_hashes][1].tolist() == [1, 1, 1, 1]


def test_hashes_tell_shapes_and_numbers_apart() -> None:
    row = np.arange(4, dtype=np.float32)
    hashes = array_hashes([row, row.astype(np.float64), row.reshape(2, 2), row + 1e-7])
    assert hashes[0] == hashes[1]
    assert len(set(hashes.tolist())) == 3
    assert array_hashes([]).shape == (0,)
