"""What is remembered of a real call of `fit`: its loss, and whether its validation rows are training rows."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from grader.core.row_hashes import row_hashes
from grader.protocol.evidence import FitFacts
from tests.helpers.classroom import build, case_of, train
from tests.helpers.fit_watch import watch_fits


def fit_of(more: str = "", loss: str = '"categorical_crossentropy"') -> FitFacts:
    case = case_of(build("layers.Dense(10, 'softmax')", loss) + train(more=more))
    (fit,) = case.steps["train@0"].evidence.fits
    return fit


@pytest.mark.parametrize(
    ("validation", "share"),
    [
        ("", 0.0),
        ("validation_data=(x_train, y_train)", 1.0),
        ("validation_data=[x_train[:50], y_train[:50]]", 1.0),
        ("validation_data=(np.concatenate([x_val, x_val, x_train[:10]])[-20:], y_val[:20])", 0.5),
        ("validation_split=0.1", 0.0),
        ("validation_data=None", 0.0),
    ],
)
def test_validation_rows_that_training_sees(validation: str, share: float) -> None:
    assert fit_of(validation).validation_seen == share


def test_the_loss_is_remembered_with_what_it_takes() -> None:
    assert not fit_of().from_logits
    logits = fit_of(loss="keras.losses.CategoricalCrossentropy(from_logits=True)")
    assert (logits.loss, logits.from_logits) == ("categorical_crossentropy", True)


@pytest.fixture
def watch() -> Iterator[Any]:
    """A watch over the calls of fit of this test."""
    with watch_fits() as watch:
        yield watch


X = np.random.default_rng(3).normal(0, 1, (24, 3)).astype(np.float32)
Y, X_VAL = X[:, 0], X[16:] + 5


def methods_of_keras() -> list[dict[str, Any]]:
    import keras

    return [dict(vars(owner)) for owner in (keras.Model, keras.callbacks.CallbackList, keras.callbacks.Callback)]


def test_a_recorder_in_a_test_leaves_keras_as_it_was() -> None:
    """Else each test would add a call to those that the tests after it make, until Python's stack ends."""
    before = methods_of_keras()
    with watch_fits():
        assert methods_of_keras() != before
    assert methods_of_keras() == before
    case_of.__wrapped__(build("layers.Dense(10, 'softmax')") + train())
    assert methods_of_keras() == before


def network(*layers: Any) -> Any:
    import keras

    model = keras.Sequential([keras.Input((3,)), *(layers or [keras.layers.Dense(1)])])
    model.compile("sgd", "mse", run_eagerly=True)
    return model


def facts_of(watch: Any, models: dict[str, object] | None = None) -> tuple[list[FitFacts], dict[str, Any]]:
    from grader.sandbox.inside.array_store import Store

    store = Store()
    return list(watch.take(store, models or {})), store.arrays


def test_each_fit_says_whose_it_is(watch: Any) -> None:
    import keras

    model, pilot = network(), network()
    encoder = keras.layers.Dense(3)
    classifier, autoencoder = network(encoder, keras.layers.Dense(1)), network(encoder)
    for one in (pilot, model, network(model), autoencoder, classifier):
        one.fit(X, X if one is autoencoder else Y, verbose=0)
    fits, _unused = facts_of(watch, {"h@0": None, "a@0": model, "b@0": classifier})
    assert [fit.model for fit in fits] == ["other", "a@0", "a@0", "other", "b@0"]


def test_each_fit_remembers_the_rows_that_it_was_validated_on(watch: Any) -> None:
    import keras
    import tensorflow as tf

    class Evaluates(keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.model.evaluate(X_VAL, Y[16:], verbose=0)

    class Rows(keras.utils.PyDataset):  # type: ignore[misc]
        def __len__(self) -> int:
            return 2

        def __getitem__(self, i: int) -> Any:
            return X[i : 3 + 5 * i], Y[i : 3 + 5 * i]

    model, val = network(), (X_VAL, Y[16:])
    data_set = tf.data.Dataset.from_tensor_slices(val).batch(5)
    both = np.concatenate([X, X_VAL]), np.concatenate([Y, Y[16:]])
    model.fit(X, Y, validation_data=val, verbose=0)
    model.fit(X, Y, validation_data=data_set, verbose=0)
    model.fit(X, Y, callbacks=[Evaluates()], epochs=2, verbose=0)
    model.fit(*both, validation_split=0.25, verbose=0)
    model.fit(X, Y, validation_split=0.25, verbose=0)
    model.fit(X, Y, validation_data=(each for each in [val]), validation_steps=1, verbose=0)
    model.fit(Rows(), validation_data=Rows(), verbose=0)
    model.fit(X, Y, verbose=0)
    model.evaluate(X_VAL, Y[16:], verbose=0)
    fits, arrays = facts_of(watch)
    assert [fit.validation for fit in fits] == ["data", "data", "data", "split", "split", "data", "data", ""]
    for fit in fits[:4]:
        assert np.array_equal(arrays[fit.validation_rows], row_hashes(X_VAL))
    assert np.array_equal(arrays[fits[4].validation_rows], row_hashes(X[18:]))
    assert [fit.validation_rows for fit in fits[5:]] == ["", "", ""]


def test_each_fit_counts_how_often_it_was_validated(watch: Any) -> None:
    import keras

    class Evaluates(keras.callbacks.Callback):  # type: ignore[misc]
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            self.model.evaluate(X_VAL, Y[16:], verbose=0)
            other.evaluate(X_VAL, Y[16:], verbose=0)

    model, other, val = network(), network(), (X_VAL, Y[16:])
    model.fit(X, Y, validation_data=val, epochs=6, verbose=0)
    model.fit(X, Y, validation_data=val, epochs=6, validation_freq=3, verbose=0)
    model.fit(X, Y, validation_data=val, epochs=6, validation_freq=99, verbose=0)
    model.fit(X, Y, callbacks=[Evaluates()], epochs=6, verbose=0)
    model.evaluate(X_VAL, Y[16:], verbose=0)
    model.fit(X, Y, epochs=6, verbose=0)
    assert [fit.validations for fit in facts_of(watch)[0]] == [6, 2, 0, 6, 0]


def test_what_batches_are_like_is_remembered_for_the_trial_of_the_loss(watch: Any) -> None:
    import tensorflow as tf

    model = network()
    assert watch.batch_form(model)[:2] == (1, 32)
    model.fit(X, Y[:, None], batch_size=10, verbose=0)
    assert watch.batch_form(model)[:2] == (2, 10)
    model.fit(X, Y, verbose=0)
    assert watch.batch_form(model)[:2] == (1, 24)
    model.fit(
        tf.data.Dataset.from_tensor_slices((X, Y[:, None])).batch(6, drop_remainder=True), shuffle=False, verbose=0
    )
    assert watch.batch_form(model)[:2] == (2, 6)


def test_rows_of_one_number_cannot_be_told_apart_and_raise_no_suspicion() -> None:
    from grader.sandbox.inside.fit_recorder import _as_array, _share_seen

    x = np.linspace(-2.0, 2.0, 9).reshape(-1, 1)
    assert _share_seen((x[:3], None), row_hashes(x[3:]), _as_array) == 0.0
    pairs = np.hstack([x, x**2])
    assert _share_seen((pairs[:3], None), row_hashes(pairs), _as_array) == 1.0
    assert _share_seen((pairs[:0], None), row_hashes(pairs), _as_array) == 0.0


@pytest.mark.parametrize(
    ("y", "labels"),
    [
        (np.array([2, 0, 1]), [2, 0, 1]),
        (np.array([[2.5], [0.0], [1.0]]), [2.5, 0, 1]),
        (np.eye(3)[[2, 0, 1]], [2, 0, 1]),
        (np.array(["b", "a"]), None),
        (np.zeros((3, 2, 2)), None),
        (np.zeros((0, 3)), None),
    ],
)
def test_the_labels_of_the_rows_are_remembered(y: Any, labels: list[float] | None) -> None:
    from grader.sandbox.inside.fit_recorder import _read_labels

    read = _read_labels(y)
    assert (None if read is None else read.tolist()) == labels


def test_rows_and_labels_are_recorded_side_by_side(watch: Any) -> None:
    from grader.sandbox.inside.array_store import Store

    network().fit(X, Y, epochs=1, verbose=0)
    store = Store()
    (fit,) = watch.take(store, {})
    arrays = store.arrays
    assert arrays[fit.rows].tolist() == row_hashes(X).tolist()
    np.testing.assert_array_equal(arrays[fit.labels], Y)


@pytest.mark.parametrize("pack", [lambda rows: [rows], lambda rows: (rows,), lambda rows: {"only": rows}])
def test_the_only_array_may_lie_in_a_list_a_tuple_or_a_dict(watch: Any, pack: Callable[[Any], Any]) -> None:
    import keras

    rows = keras.Input((3,), name="only")
    model = keras.Model(pack(rows), [keras.layers.Dense(1)(rows)])
    model.compile(optimizer="sgd", loss="mse")
    model.fit(pack(X), [Y], validation_data=(pack(X_VAL), [Y[16:]]), verbose=0)
    (fit,), arrays = facts_of(watch)
    assert (fit.x_shape, fit.y_shape) == (X.shape, Y.shape)
    assert np.array_equal(arrays[fit.rows], row_hashes(X))
    assert np.array_equal(arrays[fit.validation_rows], row_hashes(X_VAL))
    assert np.array_equal(arrays[fit.labels], Y)


@pytest.mark.parametrize(
    ("more", "weighted"),
    [("", False), ("class_weight={0: 2.0}", True), ("sample_weight=np.ones(len(x_train))", True)],
)
def test_weights_of_rows_and_classes_are_noticed(more: str, *, weighted: bool) -> None:
    assert fit_of(more).weighted is weighted
