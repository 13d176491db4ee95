"""The values after each layer are judged on real networks whose layers refuse to be called."""

from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from grader.core.i18n import Translator
from grader.core.seal import Seal
from grader.evidence.case import Case
from grader.evidence.error_texts.describe import describe_exception
from grader.evidence.judgement import Judgement
from grader.protocol.evidence import ExceptionFacts, Raised, Returned, Skipped
from grader.protocol.plan import REFUSED_CALL, BuildChain, Call, ResultOf, SetWeights
from grader.protocol.training import Training
from grader.protocol.verdict import Status
from grader.rubric.checks import LayerByLayer
from grader.rubric.data import Data
from grader.sandbox.inside.layer_calls import LayerCallRefusedError, refuse_layer_calls
from grader.sandbox.inside.stand_in import build_chain, set_weights
from tests.helpers import cases, lab
from tests.helpers.cases import exception, judged, text

IRIS = LayerByLayer("forward", ((4, 8, 3),))
OTHERS = LayerByLayer("forward", ((5, 6, 4, 3), (3, 7, 2), (6, 4)))
ARRAYS = {**IRIS.arrays(), **OTHERS.arrays()}


@cache
def network(step: BuildChain) -> Any:
    """The network of a step, made once for all tests."""
    return build_chain(step, ARRAYS, None)


def judge(forward: Callable[..., Any], check: LayerByLayer = IRIS) -> Judgement:
    """Judge a function, called as a run would call it."""
    steps: dict[str, Any] = {}
    networks: dict[str, Any] = {}
    for step in check.steps((0,)):
        if isinstance(step, BuildChain):
            networks[step.id] = network(step)
            networks[step.id].set_weights([ARRAYS[n] for layer in step.layers for n in (layer.kernel, layer.bias)])
        elif isinstance(step, SetWeights):
            networks[step.id] = set_weights(networks[step.step], step, ARRAYS)
        elif isinstance(step, Call):
            model, x = step.arguments
            assert isinstance(model, ResultOf)
            before = ARRAYS[x.name]  # type: ignore[union-attr]
            rows = before.copy()
            arrays: dict[str, Any] = {}
            try:
                with refuse_layer_calls():
                    value = cases.encode(forward(networks[model.step], rows), arrays)
                outcome = Returned(value=value, mutated=() if np.array_equal(rows, before) else (1,))
                steps[step.id] = cases.seen(step.id, outcome, arrays)
            except Exception as error:  # noqa: BLE001
                steps[step.id] = cases.seen(step.id, Raised(exception=cases.exception(error)))
    return judged(check, cases.case(steps))


def softmax(z: Any) -> Any:
    powers = np.exp(z)
    return powers / powers.sum(axis=1, keepdims=True)


def values(model: Any, x: Any) -> list[Any]:
    """The right values, from nothing but the weights."""
    weights, entries = model.get_weights(), [x]
    for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
        entries += [entries[-1] @ kernel + bias]
        entries += [np.maximum(entries[-1], 0)]
    entries[-1] = softmax(entries[-2])
    return entries


# Right ones.


def by_isinstance(model: Any, x: Any) -> Any:
    import keras

    out = {"input": x}
    for layer in model.layers:
        last = list(out.values())[-1]
        if isinstance(layer, keras.layers.Dense):
            out[layer.name] = last @ layer.kernel.numpy() + layer.bias.numpy()
        elif layer.activation is keras.activations.relu:
            out[layer.name] = np.where(last > 0, last, 0)
        else:
            out[layer.name] = softmax(last)
    return out


def with_tensorflow(model: Any, x: Any) -> Any:
    import tensorflow as tf

    out = [tf.constant(x)]
    for layer in model.layers:
        if layer.weights:
            out.append(tf.matmul(out[-1], layer.kernel) + layer.bias)
        else:
            out.append({"relu": tf.nn.relu, "softmax": tf.nn.softmax}[layer.get_config()["activation"]](out[-1]))
    return tuple(out)


def with_keras_ops(model: Any, x: Any) -> Any:
    from keras import activations, ops

    out = [ops.convert_to_tensor(x)]
    for layer in model.layers:
        if "dense" in layer.name:
            out.append(ops.add(ops.matmul(out[-1], layer.kernel), layer.bias))
        else:
            out.append(activations.get(layer.activation.__name__)(out[-1]))
    return out


def in_loops(model: Any, x: Any) -> Any:
    """Row by row and number by number, in lists."""
    import math

    out = [x.tolist()]
    for layer in model.layers:
        rows = []
        for row in out[-1]:
            if layer.get_weights():
                kernel, bias = (w.tolist() for w in layer.get_weights())
                rows.append(
                    [sum(v * k[j] for v, k in zip(row, kernel, strict=True)) + b for j, b in enumerate(bias)]
                )
            elif layer.activation.__name__ == "relu":
                rows.append([max(0.0, v) for v in row])
            else:
                total = sum(map(math.exp, row))
                rows.append([math.exp(v) / total for v in row])
        out.append(rows)
    return out


def with_pandas(model: Any, x: Any) -> Any:
    import pandas as pd

    return [pd.DataFrame(entry) for entry in values(model, x)]


def as_objects(model: Any, x: Any) -> Any:
    entries = values(model, x)
    out = np.empty(len(entries), dtype=object)
    out[:] = entries
    return out


RIGHT: dict[str, Callable[..., Any]] = {
    "weights of the model": values,
    "a dict": by_isinstance,
    "tensors in a tuple": with_tensorflow,
    "keras.ops": with_keras_ops,
    "lists": in_loops,
    "tables": with_pandas,
    "an array of objects": as_objects,
    "names with values": lambda model, x: [(f"step {i}", v) for i, v in enumerate(values(model, x))],
    "single rows without an axis": lambda m, x: [v[0] if len(v) == 1 else v for v in values(m, x)],
    "the input layer as a layer": lambda model, x: [x, *values(model, x)],
    "double precision": lambda m, x: values(m, x.astype(np.float64)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_function_passes_however_it_is_written(name: str) -> None:
    for check in (IRIS, OTHERS) if name in {"a dict", "lists"} else (IRIS,):
        judgement = judge(RIGHT[name], check)
        assert judgement.status is Status.PASSED, text(judgement.message)


# Wrong ones.


def changed(position: int, change: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose values at one position are what `change` makes of those before and the weights."""

    def forward(model: Any, x: Any) -> Any:
        out, weights = values(model, x), model.get_weights()
        layer = (position - 1) // 2 * 2
        out[position] = change(out[position - 1], *weights[layer : layer + 2])
        return out

    return forward


def in_place(model: Any, x: Any) -> Any:
    out = values(model, x)
    np.maximum(out[1], 0, out=out[1])
    return out


def without_relu(model: Any, x: Any) -> Any:
    w1, b1, w2, b2 = model.get_weights()
    z = x @ w1 + b1
    return [x, z, np.maximum(z, 0), z @ w2 + b2, softmax(z @ w2 + b2)]


def changing_x(model: Any, x: Any) -> Any:
    out = values(model, x.copy())
    x[:] = 0
    return out


def for_two_layers(model: Any, x: Any) -> Any:
    w1, b1, w2, b2 = model.get_weights()
    z1 = x @ w1 + b1
    z2 = np.maximum(z1, 0) @ w2 + b2
    return [x, z1, np.maximum(z1, 0), z2, softmax(z2)]


def by_einsum(model: Any, x: Any) -> list[Any]:
    import keras

    dense = model.layers[0]
    twin = keras.layers.EinsumDense("ab,bc->ac", output_shape=dense.units, bias_axes="c")
    twin.build(x.shape)
    twin.set_weights(dense.get_weights())
    return [x, np.asarray(twin.call(x))]


def by_a_layer_of_ones_own(model: Any, x: Any) -> list[Any]:
    import keras

    class Mine(keras.layers.Dense):  # type: ignore[misc]
        def call(self, inputs: Any) -> Any:
            return super().call(inputs)

    mine = Mine(model.layers[0].units)
    mine.build(x.shape)
    return [x, np.asarray(mine.call(x))]


WRONG: dict[str, tuple[Callable[..., Any], float, str]] = {
    "calls the model": (lambda m, x: [x, m(x)], 0, "calls the model, or a layer"),
    "predicts": (lambda m, x: [x, m.predict(x, verbose=0)], 0, "calls the model, or a layer"),
    "calls layers": (lambda m, x: [x, m.layers[0](x)], 0, "layer.get_weights() returns"),
    "calls the method of a layer": (lambda m, x: [x, m.layers[0].call(x)], 0, "calls the model, or a layer"),
    "calls a new layer": (lambda m, x: [x, type(m.layers[1])("relu")(x)], 0, "calls the model, or a layer"),
    "the method of another kind of layer": (by_einsum, 0, "calls the model, or a layer"),
    "the method of a layer of one's own": (by_a_layer_of_ones_own, 0, "calls the model, or a layer"),
    "nothing": (lambda m, x: None, 0, "forward() returned None"),
    "the last only": (
        lambda m, x: values(m, x)[-1],
        0,
        "a list with the values after each layer, the input first",
    ),
    "a number": (lambda m, x: 3, 0, "Received: int64"),
    "texts": (lambda m, x: ["a"] * 5, 0, "has to return numbers"),
    "the input left out": (
        lambda m, x: values(m, x)[1:],
        0.5,
        "4 arrays, which are right, but some are missing: x.",
    ),
    "sums left out": (lambda m, x: values(m, x)[::2], 0.5, "missing: Dense(8), Dense(3). Expected"),
    "two values": (lambda m, x: values(m, x)[3:], 0, "missing: x, Dense(8), relu."),
    "one too many": (
        lambda m, x: [*values(m, x), x],
        0,
        "6 arrays; expected 5: x, Dense(8), relu,",
    ),
    "from back to front": (lambda m, x: values(m, x)[::-1], 0, "in the wrong order"),
    "no bias": (changed(1, lambda v, k, b: v @ k), 0, "The bias is missing"),
    "a bias with a minus": (changed(3, lambda v, k, b: v @ k - b), 0, "is subtracted"),
    "bias after relu": (changed(1, lambda v, k, b: np.maximum(v @ k, 0) + b), 0, "bias is added after relu"),
    "relu in place": (in_place, 0, "index 1 (Dense(8)) are wrong"),
    "relu in place, why": (in_place, 0, "it changes the array that is in the list"),
    "from before relu": (without_relu, 0, "computed from the values before relu"),
    "no relu": (changed(2, lambda v, k, b: v), 0, "relu has changed nothing"),
    "absolute values": (changed(2, lambda v, k, b: abs(v)), 0, "the absolute value"),
    "leaky relu": (changed(2, lambda v, k, b: np.where(v > 0, v, 0.01 * v)), 0, "leaky relu"),
    "columns": (changed(4, lambda v, k, b: softmax(v.T).T), 0.5, "not of each column"),
    "all together": (changed(4, lambda v, k, b: np.exp(v) / np.exp(v).sum()), 0.5, "the sum of all rows;"),
    "powers": (changed(4, lambda v, k, b: np.exp(v)), 0.5, "not divided by their sum"),
    "sigmoid": (changed(4, lambda v, k, b: 1 / (1 + np.exp(-v))), 0.5, "the sigmoid, not softmax"),
    "nan": (changed(4, lambda v, k, b: v * np.nan), 0.5, "not a number (NaN)"),
    "rounded": (lambda m, x: [np.round(v, 2) for v in values(m, x)], 0, "They are rounded"),
    "other weights": (lambda m, x: values(network_of_zeros(), x), 0, "the weights of the model that the function"),
    "turned": (lambda m, x: [v.T for v in values(m, x)], 0, "the shape (4, 7); expected (7, 4)"),
    "several rows only": (
        lambda m, x: values(m, x) if len(x) > 1 else values(m, x)[-1],
        0.5,
        "not for a single one",
    ),
    "changes x": (changing_x, 0.5, "changes the array that it is given"),
    "raises": (lambda m, x: m.weights_of_layers, 0, "stopped with an error"),
}


class network_of_zeros:  # noqa: N801 - in place of a model
    """A model with other weights."""

    def get_weights(self) -> list[Any]:
        return [np.zeros(shape) for shape in ((4, 8), (8,), (8, 3), (3,))]


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_function_loses_points_and_learns_why(name: str) -> None:
    forward, share, said = WRONG[name]
    judgement = judge(forward)
    assert said in text(judgement.message)
    assert judgement.share == share
    assert judgement.status is (Status.PARTIAL if share else Status.FAILED)


def test_a_function_for_two_layers_is_right_for_one_of_three_other_networks() -> None:
    assert judge(for_two_layers).status is Status.PASSED
    judgement = judge(for_two_layers, OTHERS)
    assert judgement.share == pytest.approx(1 / 3)
    said = text(judgement.message)
    assert said.startswith(
        "With a network 5-6-4-3 of the grader's, this happened: forward() stopped with an error"
    )
    assert "too many values to unpack" in said


def test_the_expected_values_are_those_of_keras() -> None:
    import keras

    (step,) = (s for s in IRIS.steps((0,)) if isinstance(s, BuildChain))
    model, x = build_chain(step, ARRAYS, None), ARRAYS["forward:4-8-3:rows"]
    inner = keras.Model(model.inputs[0], [layer.output for layer in model.layers])
    theirs = [x, *map(np.asarray, inner(x))]
    for mine, value in zip(IRIS._chains[0].compute(x), theirs, strict=True):
        assert np.abs(mine - value).max() < 1e-5


def test_all_is_drawn_from_the_secret() -> None:
    one, other = (IRIS.with_seal(Seal(secret)) for secret in (b"1", b"2"))
    assert not any(np.array_equal(one.arrays()[name], other.arrays()[name]) for name in one.arrays())


def test_layers_can_be_called_again_afterwards() -> None:
    import keras

    layer = keras.layers.Dense(2)
    kinds = (keras.Model, keras.Sequential, keras.layers.Layer, keras.layers.Dense, keras.layers.Conv1D)
    before = [dict(vars(kind)) for kind in kinds]
    with refuse_layer_calls(), pytest.raises(LayerCallRefusedError):
        layer(np.zeros((1, 3)))
    assert [dict(vars(kind)) for kind in kinds] == before
    assert layer(np.zeros((1, 3))).shape == (1, 2)
    assert LayerCallRefusedError.__name__ == REFUSED_CALL


def test_a_call_of_a_layer_is_refused_in_the_language_of_the_report() -> None:
    import keras

    with refuse_layer_calls(), pytest.raises(LayerCallRefusedError) as refused:
        keras.layers.Dense(2)(np.zeros((1, 3)))
    words = describe_exception(exception(refused.value))
    assert Translator("en")(words) == f"{REFUSED_CALL}: {refused.value}."
    assert Translator("de")(words) == (
        f"{REFUSED_CALL}: Hier sind die Werte mit den Gewichten zu berechnen: Schichten und Modelle lassen sich "
        "nicht aufrufen."
    )


def test_another_error_of_that_name_keeps_its_own_words() -> None:
    words = describe_exception(ExceptionFacts(type=REFUSED_CALL, message="of my own"))
    assert Translator("de")(words) == f"{REFUSED_CALL}: of my own."


# With weights of earlier calls.


class Remembers:
    """Goes on with the weights of the first network of some kind, as `key` says."""

    def __init__(self, key: Callable[[Any], object]) -> None:
        self.kept: dict[object, Any] = {}
        self.key = key

    def __call__(self, model: Any, x: Any) -> list[Any]:
        kept = self.kept.setdefault(self.key(model), model.get_weights())
        return values(SimpleNamespace(get_weights=lambda: kept), x)


def sizes_of(model: Any) -> object:
    return str([weight.shape for weight in model.get_weights()])


@pytest.mark.parametrize("key", [sizes_of, id])
@pytest.mark.parametrize("check", [IRIS, OTHERS])
def test_weights_of_earlier_calls_get_nothing(check: LayerByLayer, key: Callable[[Any], object]) -> None:
    judgement = judge(Remembers(key), check)
    assert judgement.status is Status.FAILED
    assert "goes on with weights of an earlier call" in text(judgement.message)


def test_weights_of_earlier_calls_get_nothing_with_a_network_of_the_submission_either() -> None:
    judgement = judged(OWN, run_own(functional, Remembers(sizes_of)))
    assert (judgement.status, judgement.share) == (Status.FAILED, 0.0)


def test_what_is_wrong_with_the_other_weights_costs_the_last_network() -> None:
    calls = 0

    def forward(model: Any, x: Any) -> Any:
        nonlocal calls
        calls += 1
        return values(model, x) if calls <= 6 else values(model, x)[:-1]

    assert judge(forward, OTHERS).share == pytest.approx(2 / 3, abs=0.01)


# With a network of the submission's.

OWN = LayerByLayer("forward", ((4, 8, 3),), own=Training())


def iris() -> Data:
    random = np.random.default_rng(0)
    parts: dict[str, Any] = {
        f"x_{part}": random.normal(0, 1, (9, 4)).astype(np.float32) for part in ("train", "val", "test")
    }
    parts |= {f"y_{part}": np.arange(9) % 3 for part in ("train", "val", "test")}
    inside = {name: part for name, part in parts.items() if not name.endswith("test")}
    return Data(inside, {name: parts[name] for name in ("x_test", "y_test")})


def run_own(build: Callable[..., Any], forward: Callable[..., Any]) -> Case:
    functions = {"build_model": build, "train": lambda model, *rows: None, "forward": forward}
    return lab.run(OWN, iris(), functions)


def functional() -> Any:
    import keras

    layers = keras.layers
    x = keras.Input((4,))
    hidden = layers.ReLU(name="bend")(layers.Dense(8, name="first")(x))
    model = keras.Model(x, layers.Softmax(name="shares")(layers.Dense(3, name="second")(hidden)))
    model.compile(loss="sparse_categorical_crossentropy")
    return model


def fused() -> Any:
    import keras

    layers = keras.layers
    model = keras.Sequential([layers.Dense(8, activation="relu"), layers.Dense(3, activation="softmax")])
    model.compile(loss="sparse_categorical_crossentropy")
    return model


def by_name(model: Any, x: Any) -> Any:
    """As only one's own network can be used."""
    z1 = x @ model.get_layer("first").kernel.numpy() + model.get_layer("first").bias.numpy()
    z2 = np.maximum(z1, 0) @ model.get_layer("second").kernel.numpy() + model.get_layer("second").bias.numpy()
    return [x, z1, np.maximum(z1, 0), z2, softmax(z2)]


def by_own_layers(model: Any, x: Any) -> Any:
    """The values after each layer that there is: three of a network whose layers have their activations inside."""
    out = [x]
    for layer in model.layers:
        kernel, bias = layer.get_weights()
        out.append((out[-1] @ kernel + bias) if len(out) > 1 else np.maximum(x @ kernel + bias, 0))
    return [*out[:-1], softmax(out[-1])]


@pytest.mark.parametrize(
    ("build", "forward"),
    [(functional, by_name), (fused, by_own_layers), (fused, values), (fused, by_isinstance)],
)
def test_a_function_may_be_right_on_the_network_of_the_submission_or_on_the_graders(
    build: Callable[..., Any], forward: Callable[..., Any]
) -> None:
    judgement = judged(OWN, run_own(build, forward))
    assert judgement.status is Status.PASSED, text(judgement.message)


def test_the_networks_of_the_grader_are_written_in_the_style_of_the_submission() -> None:
    case = run_own(functional, lambda m, x: [len(m.layers)])
    assert [array.tolist() for array in case.steps["forward@4-8-3:rows"].arrays.values()] == [[5]]


def test_a_network_of_another_size_costs_the_function_nothing() -> None:
    def wide() -> Any:
        import keras

        model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(9), keras.layers.Dense(3)])
        model.compile(loss="mse")
        return model

    case = run_own(wide, values)
    assert isinstance(case.steps["network@forward:own 4-8-3"].evidence.outcome, Skipped)
    assert judged(OWN, case).status is Status.PASSED
    wrong = judged(OWN, run_own(wide, WRONG["no bias"][0]))
    assert "With a network 4-8-3 of the grader's" in text(wrong.message)


def test_a_message_says_which_network_it_is_about() -> None:
    wrong = judged(OWN, run_own(functional, WRONG["no bias"][0]))
    assert "With your network 4-8-3, to which the grader gave other weights" in text(wrong.message)
