"""A base that `fit` changes while it runs was not frozen, whatever its weights are afterwards."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from grader.evidence.judgement import Judgement
from grader.protocol.training import Training
from grader.protocol.verdict import Status
from grader.rubric.checks import FreezesBase
from grader.rubric.data import Base, Data
from scripts.transfer_base import write_base
from tests.helpers import lab
from tests.helpers.cases import judged, text
from tests.helpers.fit_watch import record_fits, watch_fits

TRAINING = Training(base=True)
ROWS = 12


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """Return random pictures, and a small base: one convolution with BatchNormalization."""
    layers = [keras.layers.Conv2D(3, 3, activation="relu"), keras.layers.BatchNormalization()]
    base = keras.Sequential([keras.Input((6, 6, 1)), *layers], name="base")
    random = np.random.default_rng(0)
    base.set_weights([random.uniform(0.5, 1.5, weight.shape) for weight in base.get_weights()])
    folder: Path = tmp_path_factory.mktemp("base")
    (folder / "base.npz").write_bytes(write_base(base))
    saved = Base(str(folder / "rubric.py"), "base.npz")
    inside, outside = dict(saved.inside()), dict(saved.outside())
    for part, side in (("train", inside), ("val", inside), ("test", outside)):
        side[f"x_{part}"] = random.random((ROWS, 6, 6, 1)).astype(np.float32)
        side[f"y_{part}"] = np.arange(ROWS) % 3
    return Data(inside, outside, class_names=("0", "1", "2"))


def put_head_on(*bases: Any) -> Any:
    picture = keras.Input((6, 6, 1))
    features = [keras.layers.Flatten()(base(picture)) for base in bases]
    together = keras.layers.Concatenate()(features) if len(features) > 1 else features[0]
    model = keras.Model(picture, keras.layers.Dense(3, activation="softmax")(together))
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def thawed(base: Any) -> Any:
    return put_head_on(base)


def frozen(base: Any) -> Any:
    base.trainable = False
    return put_head_on(base)


def beside_a_copy(*, is_frozen: bool) -> Callable[[Any], Any]:
    def build(base: Any) -> Any:
        base.trainable = False
        twin = keras.models.clone_model(base)
        twin.name = "twin"
        twin.set_weights(base.get_weights())
        for layer in (twin, *twin.layers):
            layer.trainable = not is_frozen
        return put_head_on(base, twin)

    return build


def fit(model: Any, x: Any, y: Any, x_val: Any, y_val: Any, **options: Any) -> Any:
    return model.fit(x, y, validation_data=(x_val, y_val), epochs=2, verbose=0, **options)


def with_callback(when: str) -> Callable[..., Any]:
    def train(model: Any, *rows: Any) -> Any:
        base = model.get_layer("base")
        kept = base.get_weights()
        put_back = keras.callbacks.LambdaCallback(**{when: lambda *_: base.set_weights(kept)})
        return fit(model, *rows, callbacks=[put_back])

    return train


def put_back_afterwards(model: Any, *rows: Any) -> Any:
    base = model.get_layer("base")
    kept = base.get_weights()
    history = fit(model, *rows)
    base.set_weights(kept)
    return history


def freeze_then_fit(model: Any, *rows: Any) -> Any:
    model.get_layer("base").trainable = False
    model.compile("sgd", "sparse_categorical_crossentropy")
    return fit(model, *rows)


def head_alone(model: Any, *rows: Any) -> Any:
    """Train the head on what the base gives: `fit` is that of another model."""
    base, dense = model.get_layer("base"), model.layers[-1]
    head = keras.Sequential([keras.layers.Flatten(), dense])
    head.compile("sgd", "sparse_categorical_crossentropy")
    x, y, x_val, y_val = rows
    return fit(head, base.predict(x, verbose=0), y, base.predict(x_val, verbose=0), y_val)


def best_head_put_back(model: Any, *rows: Any) -> Any:
    stop = keras.callbacks.EarlyStopping(patience=1, restore_best_weights=True, baseline=0.0)
    return fit(model, *rows, callbacks=[stop])


def loop_over_the_head(model: Any, *rows: Any) -> Any:
    import tensorflow as tf

    dense = model.layers[-1]
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(rows[1], model(rows[0])))
    for weight, gradient in zip(dense.weights, tape.gradient(loss, dense.weights), strict=True):
        weight.assign_sub(gradient)
    return lab.history(loss=[1.0])


def of_a_step_of_its_own(base: Any) -> Any:
    """Nothing is frozen; its step of training changes the head only."""
    import tensorflow as tf

    class OnlyHead(keras.Model):  # type: ignore[misc]
        def train_step(self, rows: Any) -> Any:
            x, y = rows
            with tf.GradientTape() as tape:
                loss = self.compute_loss(x=x, y=y, y_pred=self(x, training=False))
            head = self.layers[-1].trainable_variables
            self.optimizer.apply_gradients(zip(tape.gradient(loss, head), head, strict=True))
            return {"loss": loss}

    model = put_head_on(base)
    model = OnlyHead(model.input, model.output)
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def judge(data: Data, build: Callable[[Any], Any], train: Callable[..., Any]) -> Judgement:
    """Judge a training whose calls of `fit` are recorded as behind the walls."""
    check, models = FreezesBase(TRAINING), {}
    with watch_fits() as watch:

        def keep(base: Any) -> Any:
            models["build_model@0"] = build(base)
            return models["build_model@0"]

        case = lab.run(check, data, {"build_model": keep, "train": train})
        record_fits(watch, case, models)
    return judged(check, case)


@pytest.mark.parametrize(
    ("build", "train", "words"),
    [
        (thawed, put_back_afterwards, "later they were put back"),
        (thawed, with_callback("on_epoch_end"), "later they were put back"),
        (thawed, with_callback("on_train_end"), "later they were put back"),
        (beside_a_copy(is_frozen=False), fit, "trained a copy of it"),
    ],
)
def test_a_base_that_learns_in_fit_was_not_frozen(data: Data, build: Any, train: Any, words: str) -> None:
    judgement = judge(data, build, train)
    assert judgement.status is Status.FAILED, text(judgement.message)
    assert words in text(judgement.message)


@pytest.mark.parametrize(
    ("build", "train"),
    [
        (frozen, fit),
        (frozen, best_head_put_back),
        (thawed, freeze_then_fit),
        (thawed, head_alone),
        (thawed, loop_over_the_head),
        (of_a_step_of_its_own, fit),
        (beside_a_copy(is_frozen=True), fit),
    ],
)
def test_a_base_that_no_training_changes_is_frozen_however_that_is_done(
    data: Data, build: Any, train: Any
) -> None:
    judgement = judge(data, build, train)
    assert judgement.status is Status.PASSED, text(judgement.message)
