"""What the adapter to Keras tells of models that cannot be called."""

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
