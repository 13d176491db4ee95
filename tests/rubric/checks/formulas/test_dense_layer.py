"""The formulas of a Dense layer are those of Keras, and each usual mistake is called by its name."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.core.seal import Seal
from grader.protocol.verdict import Status
from grader.rubric.checks import Formulas
from grader.rubric.checks.formulas.dense_layer import ACTIVATIONS, DENSE_FORMULAS, count_parameters, dense
from tests.helpers import lab
from tests.helpers.cases import data, judge, judged, text


@settings(derandomize=True, deadline=None, max_examples=30)
@given(n=st.integers(1, 50), units=st.integers(1, 50), use_bias=st.booleans())
def test_parameters_are_as_many_as_keras_counts(n: int, units: int, *, use_bias: bool) -> None:
    import keras

    layer = keras.layers.Dense(units, use_bias=use_bias)
    layer.build((None, n))
    assert count_parameters(n, units, use_bias) == layer.count_params()


@pytest.mark.parametrize("trial", DENSE_FORMULAS["dense"].trials(), ids=lambda trial: trial.name)
def test_outputs_are_those_of_keras(trial: Any) -> None:
    import keras

    x, kernel, bias, activation = trial.arguments
    z = np.asarray(x, dtype="float64") @ kernel + (0 if bias is None else bias)
    expected = np.asarray(keras.activations.get(activation)(keras.ops.convert_to_tensor(z)))
    assert np.isfinite(dense(*trial.arguments)).all()
    np.testing.assert_allclose(dense(*trial.arguments), expected, rtol=1e-6, atol=1e-12)


def test_every_activation_is_tried_with_a_bias_and_without() -> None:
    tried = {(t.arguments[3], t.arguments[2] is None) for t in DENSE_FORMULAS["dense"].trials()}
    assert tried >= {(activation, without) for activation in ACTIVATIONS for without in (True, False)}


@pytest.mark.parametrize("name", DENSE_FORMULAS)
def test_the_right_one_passes(name: str) -> None:
    def right(*arguments: Any) -> Any:
        return DENSE_FORMULAS[name].right(*(np.asarray(a) if isinstance(a, list) else a for a in arguments))

    functions: dict[str, Any] = {name: right}
    judgement = judge(Formulas((name,)), **functions)
    assert judgement.status is Status.PASSED, text(judgement.message)


@pytest.mark.parametrize(
    ("name", "number"),
    [(name, i) for name, formula in DENSE_FORMULAS.items() for i in range(len(formula.mistakes))],
)
def test_each_mistake_gets_its_own_sentence(name: str, number: int) -> None:
    mistake = DENSE_FORMULAS[name].mistakes[number]

    def wrong(*arguments: Any) -> Any:
        with np.errstate(all="ignore"):
            return mistake.formula(*(np.asarray(a) if isinstance(a, list) else a for a in arguments))

    functions: dict[str, Any] = {name: wrong}
    judgement = judge(Formulas((name,)), **functions)
    assert judgement.status is Status.FAILED
    assert text(mistake.words) in text(judgement.message)


def test_a_softmax_that_overflows_is_told_so_and_not_that_it_subtracts_the_wrong_number() -> None:
    def overflows(x: Any, kernel: Any, bias: Any, activation: str) -> Any:
        if activation != "softmax":
            return dense(np.asarray(x), np.asarray(kernel), None if bias is None else np.asarray(bias), activation)
        with np.errstate(all="ignore"):
            powers = np.exp(dense(x, kernel, bias, "linear"))
            return powers / powers.sum(axis=1, keepdims=True)

    judgement = judge(Formulas(("dense",)), dense=overflows)
    assert judgement.share == 0.5
    assert "overflows" in text(judgement.message)


@pytest.mark.parametrize(
    ("change", "edge"),
    [
        (lambda x, k, b, a: dense(x, k, np.zeros(k.shape[1]) + b, a), "without a bias"),
        (lambda x, k, b, a: dense(x, k, b, a) if len(x) > 1 else dense(x, k, b, a)[0], "for a single row"),
        (lambda x, k, b, a: dense(x, k, b, a).astype(x.dtype), "for arrays of integers"),
    ],
)
def test_what_is_wrong_on_an_edge_keeps_half(change: Any, edge: str) -> None:
    def function(x: Any, kernel: Any, bias: Any, activation: str) -> Any:
        arrays = (np.asarray(a) if isinstance(a, list) else a for a in (x, kernel, bias))
        return change(*arrays, activation)

    judgement = judge(Formulas(("dense",)), dense=function)
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
    assert edge in text(judgement.message)


def _tanh_by_powers(z: Any) -> Any:
    return (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z))


def _sigmoid_by_powers(z: Any) -> Any:
    return np.exp(z) / (1.0 + np.exp(z))


def _softmax_from_the_mean(z: Any) -> Any:
    powers = np.exp(z - z.mean(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("secret", [b"", *(bytes([number]) * 32 for number in range(4))])
@pytest.mark.parametrize(
    ("activation", "instead", "words"),
    [
        ("tanh", _tanh_by_powers, "np.tanh does not"),
        ("sigmoid", _sigmoid_by_powers, "take exp() of negative numbers only"),
        ("softmax", _softmax_from_the_mean, "subtract from each row its largest number"),
        ("linear", lambda z: np.clip(z, -500.0, 500.0), "cut nothing off"),
        ("relu", lambda z: np.clip(z, 0.0, 500.0), "cut nothing off"),
    ],
)
def test_each_activation_is_tried_with_huge_sums(activation: str, instead: Any, words: str, secret: bytes) -> None:
    def overflows(x: Any, kernel: Any, bias: Any, name: str) -> Any:
        x, kernel, bias = np.asarray(x), np.asarray(kernel), None if bias is None else np.asarray(bias)
        with np.errstate(all="ignore"):
            return (
                instead(dense(x, kernel, bias, "linear")) if name == activation else dense(x, kernel, bias, name)
            )

    judgement = judge(Formulas(("dense",)).with_seal(Seal(secret)), dense=overflows)
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
    assert words in text(judgement.message)


@pytest.mark.parametrize("secret", [bytes([number]) * 32 for number in range(4)])
def test_right_layers_in_single_precision_pass_with_huge_sums(secret: bytes) -> None:
    def single(x: Any, kernel: Any, bias: Any, activation: str) -> Any:
        import keras

        x, kernel = np.asarray(x, dtype="float32"), np.asarray(kernel, dtype="float32")
        z = x @ kernel + (0 if bias is None else np.asarray(bias, dtype="float32"))
        return np.asarray(keras.activations.get(activation)(keras.ops.convert_to_tensor(z)))

    judgement = judge(Formulas(("dense",)).with_seal(Seal(secret)), dense=single)
    assert judgement.status is Status.PASSED, text(judgement.message)


def test_keras_cannot_do_the_work_of_dense() -> None:
    def by_keras(x: Any, kernel: Any, bias: Any, activation: str) -> Any:
        import keras

        layer = keras.layers.Dense(len(kernel[0]), activation=activation, use_bias=bias is not None)
        layer.build((None, len(kernel)))
        layer.set_weights([np.asarray(w) for w in (kernel, bias) if w is not None])
        return np.asarray(layer(np.asarray(x)))

    check = Formulas(("dense",))
    judgement = judged(check, lab.run(check, data(), {"dense": by_keras}))
    assert judgement.status is Status.FAILED
    assert "layers and models cannot be called" in text(judgement.message)


def test_functions_of_keras_for_arrays_may_be_used_in_dense() -> None:
    def by_functions(x: Any, kernel: Any, bias: Any, activation: str) -> Any:
        import keras

        z = np.asarray(x, float) @ np.asarray(kernel, float) + (0 if bias is None else np.asarray(bias, float))
        return np.asarray(keras.activations.get(activation)(keras.ops.convert_to_tensor(z)))

    check = Formulas(("dense",))
    assert judged(check, lab.run(check, data(), {"dense": by_functions})).status is Status.PASSED
