"""Each choice of an experiment needs a network of its own, on networks that are really trained."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from grader.evidence.run_evidence import StepResult
from grader.protocol.evidence import FitFacts
from grader.protocol.verdict import Status
from grader.rubric.checks.functions.continued_networks import (
    find_continued,
    read_head,
    read_loss,
    refuse_continued,
)
from grader.rubric.checks.functions.fitted_networks import make_replays, read_networks
from tests.helpers.cases import case, data, returned, text
from tests.helpers.fit_watch import watch_fits
from tests.helpers.lab import run_graph

X = data().inside["x_train"]
LABELS = data().inside["y_train_one_hot"]
CROSS_ENTROPY = "categorical_crossentropy"
STEP = "compare@experiment"
Train = Callable[[], object]


def network(head: str = "softmax", trunk: Any = None) -> Any:
    import keras

    row = keras.Input((64,))
    hidden = (trunk or keras.layers.Dense(6, activation="relu"))(row)
    return keras.Model(row, keras.layers.Dense(10, activation=head)(hidden))


def fit(model: Any, loss: str = CROSS_ENTROPY, epochs: int = 1) -> None:
    model.compile("adam", loss, metrics=["accuracy"], run_eagerly=True)
    model.fit(X, LABELS, epochs=epochs, batch_size=16, verbose=0)


def find(train: Train, variant: Any, *, has_hashes: bool = True) -> tuple[str, str] | None:
    """Return what is found of the networks that a function trains.

    `has_hashes`: the weights at the beginning of each training are known, as in evidence of today.
    """
    from grader.sandbox.inside.array_store import Store

    store = Store()
    with watch_fits() as watch:
        watch.sample = X
        train()
        fits: Sequence[FitFacts] = watch.take(store, {})
    step = returned(STEP, None, fits=tuple(fits))
    step = StepResult(step.evidence, store.arrays)
    made = case({STEP: step})
    replays, arrays = make_replays(made, STEP)
    made.replays.update({one.id: run_graph(one, dict(arrays)) for one in replays})  # type: ignore[attr-defined]
    networks = read_networks(made, STEP)
    assert len(networks) == len(fits)
    return find_continued(networks, store.arrays if has_hashes else {}, variant)


def same_network_for_both_losses() -> None:
    model = network()
    fit(model, "mse")
    fit(model, CROSS_ENTROPY)


def same_trunk_for_all_heads() -> None:
    import keras

    trunk = keras.layers.Dense(6, activation="relu")
    for head in ("softmax", "sigmoid", "relu"):
        fit(network(head, trunk))


def copied_weights() -> None:
    first, second = network(), network()
    fit(first, "mse", epochs=2)
    second.set_weights(first.get_weights())
    fit(second)


@pytest.mark.parametrize(
    ("train", "variant", "pair"),
    [
        (same_network_for_both_losses, read_loss, ("mean_squared_error", CROSS_ENTROPY)),
        (copied_weights, read_loss, ("mean_squared_error", CROSS_ENTROPY)),
        (same_trunk_for_all_heads, read_head, ("softmax", "sigmoid")),
    ],
)
def test_a_network_that_goes_on_with_what_another_has_learned_is_found(
    train: Train, variant: Any, pair: tuple[str, str]
) -> None:
    assert find(train, variant) == pair
    judgement = refuse_continued("compare", *pair)
    assert judgement.status is Status.FAILED
    assert f"the network for {pair[1]} begins with weights that the one for {pair[0]}" in text(judgement.message)


def anew() -> None:
    for loss in ("mse", CROSS_ENTROPY):
        fit(network(), loss)


def first_weights_put_back() -> None:
    model = network()
    first = model.get_weights()
    for loss in ("mse", CROSS_ENTROPY):
        model.set_weights(first)
        fit(model, loss)


def in_two_parts() -> None:
    for loss in ("mse", CROSS_ENTROPY):
        model = network()
        for _part in range(2):
            fit(model, loss)


def with_a_frozen_layer_for_both() -> None:
    import keras

    trunk = keras.layers.Dense(6, activation="relu", trainable=False)
    for loss in ("mse", CROSS_ENTROPY):
        fit(network(trunk=trunk), loss)


def with_a_loss_of_ones_own() -> None:
    import keras

    model = network()
    fit(model)
    fit(model, loss=lambda y, p: keras.ops.mean((y - p) ** 2, axis=-1))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "train", [anew, first_weights_put_back, in_two_parts, with_a_frozen_layer_for_both, with_a_loss_of_ones_own]
)
def test_a_network_that_begins_anew_is_not(train: Train) -> None:
    assert find(train, read_loss) is None


def test_old_evidence_without_the_first_weights_costs_nothing() -> None:
    assert find(same_network_for_both_losses, read_loss, has_hashes=False) is None
