"""What one function does to a model does not reach the next one: states of models, and global settings."""

import contextlib
import os
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from grader.core.arrays import Array
from grader.protocol.evidence import ArrayValue, Raised, Returned, StepEvidence
from grader.protocol.parcels import unpack
from grader.protocol.plan import ArrayArg, Call, ResultOf, Setup
from grader.protocol.submission import Submission, Unit
from grader.sandbox.inside import fast_fit
from grader.sandbox.inside.child import SubmissionRun
from grader.sandbox.inside.global_settings import GlobalSettings
from grader.sandbox.inside.model_state import ModelStates
from tests.helpers.fit_watch import keras_restored

X = np.linspace(-1, 1, 24, dtype=np.float32).reshape(12, 2)
Y = X.sum(axis=1)


@pytest.fixture(scope="module")
def model() -> Any:
    fast_fit.install()
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3, activation="relu"), keras.layers.Dense(1)])
    model.compile(optimizer=keras.optimizers.Adam(0.01), loss="mse")
    model.fit(X, Y, epochs=1, verbose=0)
    return model


def predict_a_single_row(model: Any) -> None:
    model.predict_function = None
    with contextlib.suppress(Exception):
        model.predict(X[0], verbose=0)


def predict_wider_rows(model: Any) -> None:
    with contextlib.suppress(Exception):
        model.predict(np.zeros((4, 3)), verbose=0)


def evaluate_columns(model: Any) -> None:
    with contextlib.suppress(Exception):
        model.evaluate(np.zeros((4, 3)), np.zeros(4), verbose=0)


def compile_and_train(model: Any) -> None:
    model.compile(optimizer="sgd", loss="mae", metrics=["mse"])
    model.fit(X, -Y, epochs=2, verbose=0)


def train_on(model: Any) -> None:
    model.fit(X, -Y, epochs=2, verbose=0)


def change_weights(model: Any) -> None:
    model.set_weights([np.full_like(w, np.nan) for w in model.get_weights()])


def freeze(model: Any) -> None:
    model.layers[0].trainable = False
    model.trainable = False
    model.stop_training = True


def change_activation(model: Any) -> None:
    model.layers[-1].activation = keras.activations.sigmoid


def take_a_layer_off(model: Any) -> None:
    model.pop()
    model.predict(X, verbose=0)


def add_a_layer(model: Any) -> None:
    model.add(keras.layers.Dense(5))


SPOILS = (
    predict_a_single_row, predict_wider_rows, evaluate_columns, compile_and_train, train_on, change_weights,
    freeze, change_activation, take_a_layer_off, add_a_layer,
)  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILS)
def test_a_spoilt_model_comes_back_as_it_was(model: Any, spoil: Callable[[Any], None]) -> None:
    outputs, optimizer, loss = model.predict(X, verbose=0), model.optimizer, model.evaluate(X, Y, verbose=0)
    steps = int(optimizer.iterations.numpy())
    states = ModelStates()
    states.save("train@0", [X, None, model])
    spoil(model)
    states.restore("train@0", model)
    np.testing.assert_array_equal(model.predict(X, verbose=0), outputs)
    np.testing.assert_array_equal(model.predict(X[:5], verbose=0), outputs[:5])
    assert (model.optimizer, int(optimizer.iterations.numpy()), model.stop_training) == (optimizer, steps, False)
    assert [layer.trainable for layer in model.layers] == [True, True]
    assert len(model.trainable_weights) == 4
    assert model.evaluate(X, Y, verbose=0) == loss


def test_training_goes_on_after_a_restored_state(model: Any) -> None:
    states = ModelStates()
    states.save("build@0", [model])
    first = model.fit(X, Y, epochs=3, shuffle=False, verbose=0).history["loss"]
    freeze(model)
    states.restore("build@0", model)
    assert model.fit(X, Y, epochs=3, shuffle=False, verbose=0).history["loss"] == first


def test_a_model_without_weights_keeps_those_that_it_gets() -> None:
    """A Sequential without an Input is built in its first call, which may be one of the grader's."""
    model = keras.Sequential([keras.layers.Dense(2), keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    states = ModelStates()
    states.save("build@0", [model])
    before = model(X).numpy()
    layers = list(model._layers)
    states.restore("build@0", model)
    assert (model.built, list(model._layers)) == (True, layers)
    assert len(model.fit(X, Y, epochs=2, verbose=0).history["loss"]) == 2
    assert not np.array_equal(model.predict(X, verbose=0), before)


class Late(keras.Model):  # type: ignore[misc]  # Keras has no types
    """A model that has no weights until it is called, as most subclasses."""

    def __init__(self) -> None:
        super().__init__()
        self.inner, self.drop, self.out = keras.layers.Dense(3), keras.layers.Dropout(0.5), keras.layers.Dense(1)

    def call(self, x: Any, training: bool = False) -> Any:
        """Return one number for each row."""
        return self.out(self.drop(self.inner(x), training=training))


def test_the_first_weights_of_a_model_are_those_that_it_had_before_its_training() -> None:
    model = Late()
    model.compile(optimizer="sgd", loss="mse")
    states = ModelStates()
    states.save("build@0", [model])
    before = model(X).numpy()
    states.save_first_weights("build@0", model)
    model.fit(X, Y, epochs=2, verbose=0)
    states.save_first_weights("build@0", model)  # it has no more weights than then: nothing is saved
    states.restore("build@0", model)
    np.testing.assert_array_equal(model(X).numpy(), before)
    states.save_first_weights("train@0", model)  # of which nothing was saved


def test_what_was_not_saved_is_left_alone(model: Any) -> None:
    states = ModelStates()
    states.save("build@0", [model])
    outputs = model.predict(X, verbose=0) + 1
    model.layers[-1].bias.assign_add([1.0])
    states.restore("train@0", model)
    states.restore("build@0", object())
    np.testing.assert_allclose(model.predict(X, verbose=0), outputs, rtol=1e-5, atol=1e-6)


def test_an_unchanged_model_keeps_its_traced_functions(model: Any) -> None:
    """Tracing costs more than all else in a call."""
    model.predict(X, verbose=0)
    model.evaluate(X, Y, verbose=0)
    states = ModelStates()
    states.save("train@0", [model])
    before = model.predict_function, model.test_function, model.train_function
    model.predict(X[:3], verbose=0)
    states.restore("train@0", model)
    assert (model.predict_function, model.test_function, model.train_function) == before


SUBMISSION = """
import keras
import numpy as np

LEVEL = np.geterr()["over"]


def build():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    return model


def train(model, x):
    model.layers[0].set_weights([np.ones((2, 1)), np.zeros(1)])


def spoil(model, x):
    model.layers[0].set_weights([np.zeros((2, 1)), np.zeros(1)])
    model.trainable = False
    np.seterr(over="raise")
    model.predict(x[0], verbose=0)


def look(model, x):
    assert model.trainable and np.geterr()["over"] == LEVEL
    return model.predict(x, verbose=0)


def look_at_untrained(model, x):
    return bool((model.predict(x, verbose=0) == x.sum(axis=1, keepdims=True)).all())
"""


def test_a_run_gives_each_step_the_model_as_the_step_before_it_left_it() -> None:
    submission = Submission("a.py", "0" * 64, "script", (Unit(SUBMISSION, SUBMISSION),))
    with keras_restored():
        run = SubmissionRun(Setup(submission=submission), {"x": X})

        def call(function: str, after: str = "") -> tuple[StepEvidence, Mapping[str, Array]]:
            arguments = () if function == "build" else (ResultOf(step="build"), ArrayArg(name="x"))
            return unpack(
                run.do(Call(id=function, function=function, arguments=arguments, after=after)), StepEvidence
            )

        with run.captured_io.on():
            assert run.module is not None
            assert run.module.execute(submission.units[0]) is None
        run.settings = GlobalSettings()
        assert isinstance(call("build")[0].outcome, Returned)
        assert isinstance(call("train")[0].outcome, Returned)
        assert isinstance(call("spoil", after="train")[0].outcome, Raised)
        evidence, arrays = call("look", after="train")
        assert isinstance(evidence.outcome, Returned)
        assert isinstance(evidence.outcome.value, ArrayValue)
        np.testing.assert_allclose(arrays[evidence.outcome.value.ref][:, 0], X.sum(axis=1), atol=1e-6)
        # Without `after`, a step gets the model as `build` left it.
        evidence, arrays = call("look_at_untrained")
        assert isinstance(evidence.outcome, Returned)
        assert isinstance(evidence.outcome.value, ArrayValue)
        assert not arrays[evidence.outcome.value.ref]


def test_global_settings_come_back(tmp_path: Path) -> None:
    settings, folder, errors = GlobalSettings(), Path.cwd(), np.geterr()
    filters = list(warnings.filters)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        keras.config.set_floatx("float16")
        keras.config.set_dtype_policy("mixed_float16")
        np.seterr(all="raise")
        os.chdir(tmp_path)
        settings.restore()
        assert list(warnings.filters) == filters
    assert (keras.config.floatx(), keras.config.dtype_policy().name) == ("float32", "float32")
    assert (Path.cwd(), np.geterr()) == (folder, errors)
