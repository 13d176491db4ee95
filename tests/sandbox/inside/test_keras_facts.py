"""What the adapter to Keras tells of models that cannot be called, of several outputs, and of another Keras."""

from typing import Any

import numpy as np
import pytest

from grader.sandbox.inside.array_store import Store


def problem_of(call: Any) -> str:
    import keras

    from grader.sandbox.inside.keras_facts import describe

    class Net(keras.Model):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            return call(self, x)

    facts = describe(Net(), np.zeros((4, 3), np.float32), Store())
    assert facts.graph is None
    return facts.problem


def made_in_call(_: Any, x: Any) -> Any:
    import keras

    return keras.layers.Dense(1)(x)


def test_the_exception_itself_is_told_and_not_where_tensorflow_was() -> None:
    told = problem_of(made_in_call)
    assert told.startswith("ValueError: Exception encountered when calling Net.call(). tf.function only supports")
    assert "in user code" not in told
    assert "\x1b" not in told


@pytest.mark.parametrize("error", [ValueError("two\n\n  lines"), KeyError("w")])
def test_a_plain_exception_is_told_in_one_line(error: Exception) -> None:
    def broken(*_: Any) -> Any:
        raise error

    told = problem_of(broken)
    assert told.startswith(f"{type(error).__name__}: ")
    assert "\n" not in told
    assert "Arguments received" not in told


def test_several_inputs_and_outputs_are_counted() -> None:
    import keras

    from grader.sandbox.inside.keras_facts import describe

    rows = keras.Input((3,))
    two = keras.Model(rows, [keras.layers.Dense(2)(rows), keras.layers.Dense(1)(rows)])
    facts = describe(two, np.zeros((4, 3), np.float32), Store())
    assert (facts.graph, facts.problem, facts.output_count, facts.not_frozen) == (None, "", 2, False)
    named = keras.Model(rows, {"answer": keras.layers.Dense(1)(rows)})
    assert describe(named, np.zeros((4, 3), np.float32), Store()).graph is not None
    others = keras.Input((3,))
    sums = keras.Model([rows, others], keras.layers.Add()([rows, others]))
    assert describe(sums, np.zeros((4, 3), np.float32), Store()).input_count == 2


def test_a_model_that_changes_state_when_it_predicts_cannot_be_frozen() -> None:
    import keras

    from grader.sandbox.inside.keras_facts import describe

    class Counts(keras.layers.Layer):  # type: ignore[misc]
        def build(self, _shape: Any) -> None:
            self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False)

        def call(self, x: Any) -> Any:
            self.calls.assign_add(1.0)
            return x * self.calls

    facts = describe(keras.Sequential([keras.Input((3,)), Counts()]), np.zeros((4, 3), np.float32), Store())
    assert facts.graph is None
    assert facts.not_frozen


def test_a_model_that_is_too_large_is_not_frozen_and_takes_no_memory_for_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import keras
    from tensorflow.python.framework import convert_to_constants

    from grader.sandbox.inside import keras_facts

    def convert(*_: Any, **__: Any) -> None:
        raise AssertionError("it was frozen")

    model, rows = keras.Sequential([keras.Input((300,)), keras.layers.Dense(1000)]), np.zeros((4, 300), np.float32)
    assert keras_facts.describe(model, rows, Store()).problem == ""
    monkeypatch.setattr(keras_facts, "MAX_GRAPH_BYTES", 1 << 20)
    monkeypatch.setattr(convert_to_constants, "convert_variables_to_constants_v2", convert)
    facts = keras_facts.describe(model, rows, Store())
    assert facts.graph is None
    assert facts.problem == "ValueError: the graph has 1 MiB; the limit is 1 MiB"
    assert (facts.not_frozen, facts.parameters) == (True, 301_000)


def test_a_model_that_only_draws_when_it_predicts_is_frozen_with_what_it_draws() -> None:
    import keras

    from grader.sandbox.inside.keras_facts import describe

    class Always(keras.layers.Dropout):  # type: ignore[misc]
        def call(self, x: Any, training: Any = None) -> Any:
            return super().call(x, training=True)

    facts = describe(keras.Sequential([keras.Input((3,)), Always(0.5)]), np.zeros((4, 3), np.float32), Store())
    assert facts.graph is not None
    assert not facts.not_frozen


def test_models_of_another_keras_are_known_by_their_classes() -> None:
    from grader.protocol.evidence import OtherValue
    from grader.sandbox.inside.encode_values import encode

    private = type("Model", (), {"__module__": "tensorflow.python.keras.engine.training"})
    sequential = type("Sequential", (private,), {"__module__": "tensorflow.python.keras.engine.sequential"})
    assert encode(sequential(), Store()) == OtherValue(type="Sequential", other_keras="tensorflow.python.keras")
    own = type("Model", (), {"__module__": "submission"})
    assert encode(own(), Store()) == OtherValue(type="Model")


def test_a_normalization_in_a_class_of_ones_own_can_be_adapted_afterwards() -> None:
    import keras

    from grader.sandbox.inside.keras_facts import describe

    class Net(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.norm, self.out = keras.layers.Normalization(), keras.layers.Dense(1)

        def call(self, x: Any) -> Any:
            return self.out(self.norm(x))

    model, rows = Net(), np.random.default_rng(0).normal(3, 2, (8, 3)).astype(np.float32)
    model.compile("sgd", "mse")
    before = describe(model, rows, Store())
    assert before.graph is not None, before.problem
    model.norm.adapt(rows)
    model.fit(rows, rows[:, 0], verbose=0)
    after = describe(model, rows, Store())
    assert after.graph is not None, after.problem
