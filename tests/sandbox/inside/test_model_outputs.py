"""What is recorded of models with several outputs, where a step asks for them."""

from typing import Any

import numpy as np
import pytest

from grader.protocol.plan import Describe
from grader.sandbox.inside.array_store import Store

X = np.random.default_rng(2).normal(0, 1, (12, 3)).astype(np.float32)
MSE, MAE = "mean_squared_error", "mean_absolute_error"
STEP = Describe(id="d", step="b", sample="x", output_names=("price", "kind"))


def two_outputs(**compiled: Any) -> Any:
    import keras

    rows = keras.Input((3,))
    outputs = [
        keras.layers.Dense(1, name="price")(rows),
        keras.layers.Dense(3, activation="softmax", name="kind")(rows),
    ]
    model = keras.Model(rows, outputs)
    if compiled:
        model.compile("sgd", **compiled)
    return model


def described(model: Any, step: Describe = STEP) -> Any:
    from grader.sandbox.inside.model_outputs import describe_for

    return describe_for(step, model, X, Store(), None)


def test_outputs_are_described_only_where_a_step_asks_for_them() -> None:
    model = two_outputs(loss=["mse", "sparse_categorical_crossentropy"])
    one = described(model, Describe(id="d", step="b", sample="x"))
    assert (one.outputs, one.graph, one.output_count) == ((), None, 2)
    both = described(model)
    assert [output.name for output in both.outputs] == ["price", "kind"]
    assert both.graph is None
    first, second = (output.graph for output in both.outputs)
    assert first.ref == second.ref  # the graph travels once
    assert first.output_node != second.output_node
    assert (first.output_shape, second.output_shape) == ((None, 1), (None, 3))


@pytest.mark.parametrize(
    ("compiled", "losses", "weights"),
    [
        ({"loss": {"kind": "mae", "price": "mse"}}, [MSE, MAE], [None, None]),
        ({"loss": ["mse", "mae"], "loss_weights": [2, 0.5]}, [MSE, MAE], [2, 0.5]),
        ({"loss": ("mse", "mae"), "loss_weights": {"kind": 0.0}}, [MSE, MAE], [None, 0.0]),
        ({"loss": "mse"}, [MSE, MSE], [None, None]),
        ({"loss": ["mse", None]}, [MSE, ""], [None, None]),
        ({"loss": ["mse", "mae"], "loss_weights": [float("nan"), 1]}, [MSE, MAE], [None, 1]),
    ],
)  # fmt: skip
def test_what_belongs_to_each_output_of_compile(
    compiled: dict[str, Any], losses: list[str], weights: list[float | None]
) -> None:
    outputs = described(two_outputs(**compiled)).outputs
    assert [output.compiled.loss for output in outputs] == losses
    assert [output.compiled.weight for output in outputs] == weights


def test_metrics_belong_to_outputs_by_name_and_by_place() -> None:
    for metrics in ({"kind": ["accuracy"]}, [[], ["accuracy"]]):
        model = two_outputs(loss=["mse", "sparse_categorical_crossentropy"], metrics=metrics)
        assert [output.compiled.metrics for output in described(model).outputs] == [(), ("accuracy",)]


def test_outputs_of_a_model_that_is_not_compiled() -> None:
    assert [output.compiled for output in described(two_outputs()).outputs] == [None, None]


def test_more_outputs_than_are_described_are_counted_only() -> None:
    import keras

    rows = keras.Input((3,))
    many = keras.Model(rows, [keras.layers.Dense(1)(rows) for _ in range(9)])
    assert (described(many).outputs, described(many).output_count) == ((), 9)


def test_a_model_with_outputs_that_changes_state_when_it_predicts_cannot_be_frozen() -> None:
    import keras

    class Counts(keras.Model):  # type: ignore[misc]
        def build(self, _shape: Any) -> None:
            self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False)

        def call(self, x: Any) -> Any:
            self.calls.assign_add(1.0)
            return x, x * self.calls

    facts = described(Counts())
    assert facts.outputs == ()
    assert facts.not_frozen
    assert facts.problem
