"""One linear neuron: what it is, the line that it computes, and what students' functions say of it."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from grader.core.seal import PRACTICE, Seal
from grader.evidence.judgement import Judgement
from grader.protocol.evidence import StopReason
from grader.protocol.verdict import Status
from grader.rubric.checks import Coefficients, LeastSquares, LinearNeuron, Predictions, Training
from grader.rubric.checks.base import Check
from tests.helpers import lab
from tests.helpers.cases import judged, stop, text

ONE = Training(arguments=(1,), rows="one_", name="one", validation=False)
TWO = Training(arguments=(2,), rows="two_", name="two", validation=False)
BOTH = (ONE, TWO)
DATA = lab.lines()
SEAL = Seal(PRACTICE)


def best(n: int) -> tuple[Any, float]:
    prefix = {1: "one_", 2: "two_"}[n]
    line = LinearRegression().fit(DATA.inside[f"{prefix}x_train"], DATA.inside[f"{prefix}y_train"])
    return line.coef_, float(line.intercept_)


def neuron(n: int, **options: Any) -> Any:
    import keras

    model = keras.Sequential([keras.Input((n,)), keras.layers.Dense(1, **options)])
    model.compile(optimizer="adam", loss="mse")
    return model


def learn(model: Any, x: Any, y: Any, factor: float = 1.0) -> Any:
    """Set the weights of the last layer to the solution, as a long training would."""
    weights, bias = best(x.shape[1])
    right = [factor * weights[:, None], np.array([bias])]
    model.layers[-1].set_weights(right[: len(model.layers[-1].weights)])
    return lab.history(loss=[2.0, 1.0])


def of(
    check: Check, build: Callable[..., Any] = neuron, train: Callable[..., Any] = learn, **more: Any
) -> Judgement:
    return judged(check, lab.run(check, DATA, {"build_model": build, "train": train, **more}))


# What it is.


def functional(n: int) -> Any:
    import keras

    inputs = keras.Input((n,))
    return keras.Model(inputs, keras.layers.Dense(1, activation="linear")(inputs))


def normalised(n: int) -> Any:
    import keras

    front = keras.layers.Normalization(mean=[0.5] * n, variance=[4.0] * n)
    return keras.Sequential([keras.Input((n,)), front, keras.layers.Dense(1)])


def by_hand(n: int) -> Any:
    import keras

    class Line(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.w = self.add_weight(shape=(n, 1))
            self.b = self.add_weight(shape=(1,))

        def call(self, x: Any) -> Any:
            return self.b + x @ self.w

    return Line()


def flat_output(n: int) -> Any:
    import keras

    class Line(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.dense = keras.layers.Dense(1)

        def call(self, x: Any) -> Any:
            return keras.ops.squeeze(self.dense(x), axis=-1)

    return Line()


def layers(*made: Callable[[Any], Any]) -> Callable[[int], Any]:
    def build(n: int) -> Any:
        import keras

        return keras.Sequential([keras.Input((n,)), *(make(keras.layers) for make in made)])

    return build


scaled_first = layers(lambda k: k.Rescaling(0.1, -3.0), lambda k: k.BatchNormalization(), lambda k: k.Dense(1))


@pytest.mark.parametrize("build", [neuron, functional, normalised, by_hand, flat_output, scaled_first])
def test_one_linear_neuron_in_every_style(build: Callable[..., Any]) -> None:
    judgement = of(LinearNeuron(BOTH), build)
    assert judgement.status is Status.PASSED, text(judgement.message)


def hidden_layer_of_products(n: int) -> Any:
    """A hidden layer that no operation of Dense layers computes."""
    import keras

    class Hidden(keras.layers.Layer):  # type: ignore[misc]
        def build(self, shape: Any) -> None:
            self.w = self.add_weight(shape=(shape[-1], 16))
            self.b = self.add_weight(shape=(16,))

        def call(self, x: Any) -> Any:
            return keras.ops.relu(keras.ops.sum(x[:, :, None] * self.w[None], axis=1) + self.b)

    return keras.Sequential([keras.Input((n,)), Hidden(), keras.layers.Dense(1)])


WRONG: Mapping[str, tuple[Callable[..., Any], str]] = {
    "relu": (layers(lambda k: k.Dense(1, activation="relu")), "nothing below zero"),
    "sigmoid": (layers(lambda k: k.Dense(1, activation="sigmoid")), "goes through sigmoid"),
    "softmax": (layers(lambda k: k.Dense(1, activation="softmax")), "always 1"),
    "scaled sigmoid": (
        layers(lambda k: k.Dense(1, activation="sigmoid"), lambda k: k.Rescaling(10.0)),
        "goes through scaled sigmoid",
    ),
    "two units": (layers(lambda k: k.Dense(2)), "2 output units"),
    "not flat": (layers(lambda k: k.Reshape((-1, 1)), lambda k: k.Dense(1)), "outputs of shape"),
    "two linear layers": (layers(lambda k: k.Dense(3), lambda k: k.Dense(1)), "collapse into one"),
    "a hidden layer": (layers(lambda k: k.Dense(3, activation="relu"), lambda k: k.Dense(1)), "bends its line"),
    "no bias": (layers(lambda k: k.Dense(1, use_bias=False)), "no bias"),
    "bent features": (layers(lambda k: k.Activation("relu"), lambda k: k.Dense(1)), "no straight line"),
    "a hidden layer of products": (hidden_layer_of_products, "no straight line"),
}


@pytest.mark.filterwarnings("ignore:You are using a softmax")
@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_one_linear_neuron(name: str) -> None:
    build, words = WRONG[name]
    judgement = of(LinearNeuron(BOTH), build)
    assert judgement.status is Status.FAILED
    assert words in text(judgement.message)


def test_a_network_without_weights_is_no_neuron() -> None:
    import keras

    class Mean(keras.Model):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            return keras.ops.mean(x, axis=1, keepdims=True)

    judgement = of(LinearNeuron(BOTH), lambda n: Mean())
    assert judgement.status is Status.FAILED
    assert "no weights" in text(judgement.message)


def test_what_follows_can_be_judged_where_only_the_kind_of_neuron_is_wrong() -> None:
    assert not of(LinearNeuron(BOTH), WRONG["relu"][0]).blocks
    assert of(LinearNeuron(BOTH), WRONG["two units"][0]).blocks


def test_a_number_of_features_that_is_written_down_costs_the_other_network_only() -> None:
    judgement = of(LinearNeuron(BOTH), lambda n: neuron(1))
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
    message = text(judgement.message)
    assert message.startswith(
        "build_model(2): The network takes rows of the shape (1,), but it was built for rows of"
    )
    assert "n_features" in message


# The line that it computes.


def test_the_solution_of_least_squares_is_recognised() -> None:
    for build in (neuron, functional):
        assert of(LeastSquares(BOTH), build).status is Status.PASSED


@pytest.mark.parametrize(
    ("factor", "status"), [(1.04, Status.PASSED), (0.94, Status.FAILED), (1.06, Status.FAILED)]
)
def test_weights_may_be_a_twentieth_off(factor: float, status: Status) -> None:
    judgement = of(LeastSquares(BOTH), train=lambda m, x, y: learn(m, x, y, factor))
    assert judgement.status is status
    if status is Status.FAILED:
        assert "w[" in text(judgement.message)
        assert "train for longer" in text(judgement.message)


def test_a_missing_bias_is_told_as_such() -> None:
    judgement = of(LeastSquares((ONE,)), lambda n: neuron(n, use_bias=False))
    assert text(judgement.message).startswith("b of the network is 0.000")
    assert "begin with that" in text(judgement.message)


def test_a_line_behind_a_normalization_is_judged_by_what_it_computes() -> None:
    def train(model: Any, x: Any, y: Any) -> Any:
        weights, bias = best(x.shape[1])
        model.layers[-1].set_weights([2 * weights[:, None], np.array([bias + 0.5 * weights.sum()])])
        return lab.history(loss=[1.0])

    assert of(LeastSquares(BOTH), normalised, train).status is Status.PASSED
    raw = of(Coefficients(BOTH), normalised, train, coefficients=lambda m: m.layers[-1].get_weights())
    assert raw.status is Status.PASSED

    def effective_line(model: Any) -> tuple[Any, float]:
        kernel, bias = model.layers[-1].get_weights()
        return kernel[:, 0] / 2, float(bias[0] - 0.25 * kernel.sum())

    effective = of(Coefficients((TWO,)), normalised, train, coefficients=effective_line)
    assert effective.status is Status.PASSED


def ruined(model: Any, x: Any, y: Any) -> Any:
    model.set_weights([np.full(w.shape, np.nan) for w in model.get_weights()])
    return lab.history(loss=[1.0, float("nan")])


def test_weights_that_are_no_numbers_are_no_line() -> None:
    judgement = of(LeastSquares((ONE,)), train=ruined)
    assert judgement.status is Status.FAILED
    assert "NaN" in text(judgement.message)


@pytest.mark.parametrize("check", [LeastSquares((ONE,)), Coefficients((ONE,))])
def test_two_outputs_are_no_line(check: Check) -> None:
    judgement = of(
        check,
        WRONG["two units"][0],
        lambda m, x, y: lab.history(loss=[1.0]),
        coefficients=lambda m: m.get_weights(),
    )
    assert judgement.status is Status.FAILED
    assert "(None, 2)" in text(judgement.message)


# What students say of it.

PAIRS: Mapping[str, Callable[[Any], object]] = {
    "as Keras keeps them": lambda m: m.layers[-1].get_weights(),
    "variables": lambda m: (m.layers[-1].kernel, m.layers[-1].bias),
    "flat and a Python number": lambda m: (m.get_weights()[0].ravel(), float(m.get_weights()[1][0])),
    "lists": lambda m: [m.get_weights()[0].ravel().tolist(), m.get_weights()[1].tolist()],
    "a line (1, n)": lambda m: (m.get_weights()[0].T, m.get_weights()[1].reshape(1, 1)),
    "64 bits, two decimals": lambda m: tuple(np.round(w.astype(float), 2) for w in m.get_weights()),
    "a dict": lambda m: {"w": m.get_weights()[0], "b": m.get_weights()[1]},
}


@pytest.mark.parametrize("name", PAIRS)
def test_coefficients_in_every_clothing(name: str) -> None:
    judgement = of(Coefficients(BOTH).with_seal(SEAL), coefficients=PAIRS[name])
    assert judgement.status is Status.PASSED, text(judgement.message)


def test_a_line_from_elsewhere_is_not_that_of_an_untrained_network() -> None:
    judgement = of(Coefficients(BOTH).with_seal(SEAL), coefficients=lambda m: best(m.input_shape[-1]))
    assert judgement.status is Status.FAILED
    said = text(judgement.message)
    assert "a network that is only built, and not trained" in said
    assert "coefficients(build_model(1))" in said


def test_what_fails_for_an_untrained_network_is_told() -> None:
    lines: dict[int, Any] = {}

    def from_training(model: Any, x: Any, y: Any) -> Any:
        lines[id(model)] = best(x.shape[1])
        return learn(model, x, y)

    judgement = of(Coefficients((ONE,)).with_seal(SEAL), train=from_training, coefficients=lambda m: lines[id(m)])
    assert judgement.status is Status.FAILED
    assert "KeyError" in text(judgement.message)


def test_a_network_that_cannot_be_built_once_more_costs_the_coefficients_nothing() -> None:
    trained: list[Any] = []

    def build_before_training(n: int) -> Any:
        if trained:
            raise RuntimeError("no second one")
        return neuron(n)

    def remember(model: Any, x: Any, y: Any) -> Any:
        trained.append(model)
        return learn(model, x, y)

    check = Coefficients((ONE,)).with_seal(SEAL)
    judgement = of(check, build_before_training, remember, coefficients=PAIRS["a dict"])
    assert judgement.status is Status.PASSED, text(judgement.message)
    assert len(trained) == 1


def test_evidence_of_a_time_without_untrained_networks_is_enough() -> None:
    check = Coefficients((ONE,))
    assert not any("fresh" in step.id for step in check.steps((0,)))
    judgement = of(check, coefficients=lambda m: best(1))
    assert judgement.status is Status.PASSED


@pytest.mark.parametrize("name", ["model:", "coefficients@"])
def test_what_the_grader_lost_of_an_untrained_network_is_not_graded(name: str) -> None:
    check = Coefficients((ONE,)).with_seal(SEAL)
    made = lab.run(check, DATA, {"build_model": neuron, "train": learn, "coefficients": lambda m: best(1)})
    lost = [step for step in made.steps if step.startswith(name) and "fresh" in step]
    assert lost
    for step in lost:
        del made.steps[step]  # type: ignore[attr-defined]
        made.stops[step] = stop(StopReason.GRADER)  # type: ignore[index]
    assert judged(check, made).status is Status.NOT_GRADED


def test_a_lost_replay_of_an_untrained_network_is_not_graded() -> None:
    check = Coefficients((ONE,)).with_seal(SEAL)
    made = lab.run(check, DATA, {"build_model": neuron, "train": learn, "coefficients": PAIRS["lists"]})
    assert judged(check, made).status is Status.PASSED
    lost = [step for step in made.replays if "fresh" in step]
    assert lost
    for step in lost:
        del made.replays[step]  # type: ignore[attr-defined]
    judgement = judged(check, made)
    assert judgement.status is Status.NOT_GRADED
    assert "could not run a second network" in text(judgement.message)


def test_two_plain_numbers_are_the_coefficients_of_one_feature() -> None:
    judgement = of(
        Coefficients((ONE,)), coefficients=lambda m: tuple(float(w.ravel()[0]) for w in m.get_weights())
    )
    assert judgement.status is Status.PASSED


BAD_PAIRS: Mapping[str, tuple[Callable[[Any], object], str]] = {
    "None": (lambda m: None, "a pair"),
    "a text": (lambda m: "w, b", "a pair"),
    "the kernel only": (lambda m: m.get_weights()[0], "has to return (w, b)"),
    "swapped": (lambda m: m.get_weights()[::-1], "returns (b, w)"),
    "three things": (lambda m: (1.0, [2.0], "x"), "a pair"),
    "one weight": (lambda m: (m.get_weights()[0][:1], 1.0), "as many weights as there are features (2)"),
    "two biases": (lambda m: (m.get_weights()[0], [1.0, 2.0]), "and one bias"),
    "other weights": (lambda m: (m.get_weights()[0] + 1, m.get_weights()[1]), "w[0] has to be"),
    "of another network": (lambda m: (m.get_weights()[0] + 1, 50.0), "None of the numbers is the network's"),
    "no bias": (lambda m: (m.get_weights()[0], 0.0), "b has to be"),
    "NaN": (lambda m: (m.get_weights()[0] * np.nan, 1.0), "received: nan"),
    "complex": (lambda m: (m.get_weights()[0] * 1j, 1.0), "complex"),
    "texts": (lambda m: (np.array(["a", "b"]), 1.0), "dtype"),
    "generator": (lambda m: (w for w in m.get_weights()), "generator"),
}


@pytest.mark.parametrize("name", BAD_PAIRS)
def test_coefficients_that_are_none(name: str) -> None:
    function, words = BAD_PAIRS[name]
    judgement = of(Coefficients((TWO,)), coefficients=function)
    assert judgement.status is Status.FAILED
    assert words in text(judgement.message)


def test_swapped_coefficients_are_told_for_one_feature_too() -> None:
    judgement = of(Coefficients((ONE,)), coefficients=lambda m: m.get_weights()[::-1])
    assert "returns (b, w)" in text(judgement.message)


def test_the_first_weight_alone_is_right_for_one_feature() -> None:
    judgement = of(Coefficients(BOTH), coefficients=lambda m: (m.get_weights()[0][0, 0], m.get_weights()[1]))
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)


def test_predictions_may_be_a_line_or_a_list() -> None:
    for function in (lambda m, x: m.predict(x, verbose=0)[:, 0], lambda m, x: m(x).numpy().ravel().tolist()):
        judgement = of(Predictions(BOTH), predict=function)
        assert judgement.status is Status.PASSED
        assert "flatten" not in text(judgement.message)


def test_a_column_of_predictions_is_told_and_costs_nothing() -> None:
    judgement = of(Predictions(BOTH), predict=lambda m, x: m(x))
    assert judgement.status is Status.PASSED
    assert "flatten them to (10,)" in text(judgement.message)


@pytest.mark.parametrize(
    "function",
    [
        lambda m, x: m(x).numpy()[:, 0],
        lambda m, x: m(x),
        lambda m, x: m(x).numpy().ravel().tolist(),
        lambda m, x: np.squeeze(m(x), axis=1),
        lambda m, x: np.concatenate([m(part).numpy().ravel() for part in np.array_split(x, 4)]),
    ],
)
def test_a_single_row_is_predicted_in_any_style(function: Callable[..., object]) -> None:
    judgement = of(Predictions(BOTH).with_seal(SEAL), predict=function)
    assert judgement.status is Status.PASSED, text(judgement.message)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda m, x: m(x).numpy().squeeze(), "squeeze() removes every axis of length 1"),
        (lambda m, x: m(x).numpy().ravel() if len(x) > 1 else np.zeros((1, 2)), "an array of shape (1, 2)"),
        (lambda m, x: m(x).numpy().ravel() if len(x) > 1 else np.full(1, 99.0), "99.0000 for it"),
        (lambda m, x: m(x).numpy().ravel() if len(x) > 1 else 1 / 0, "ZeroDivisionError"),
    ],
)
def test_who_predicts_many_rows_only_keeps_half(function: Callable[..., object], words: str) -> None:
    judgement = of(Predictions(BOTH).with_seal(SEAL), predict=function)
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
    assert "right for many rows, but not for a single one" in text(judgement.message)
    assert words in text(judgement.message)


def test_evidence_of_a_time_when_no_single_row_was_asked_for_is_not_graded_or_judged_as_before() -> None:
    assert not any(step.id.endswith("one_row") for step in Predictions(BOTH).steps((0,)))
    functions = {"build_model": neuron, "train": learn, "predict": lambda m, x: m(x).numpy().squeeze()}
    made = lab.run(Predictions((ONE,)), DATA, functions)
    assert judged(Predictions((ONE,)), made).status is Status.PASSED
    assert judged(Predictions((ONE,)).with_seal(SEAL), made).status is Status.NOT_GRADED


BAD_PREDICTIONS: Mapping[str, tuple[Callable[..., object], str]] = {
    "None": (lambda m, x: None, "None"),
    "a mean": (lambda m, x: m(x).numpy().mean(), "one number for each row"),
    "other numbers": (lambda m, x: 2 * m(x).numpy() + 1, "largest difference"),
    "without the bias": (lambda m, x: x @ m.get_weights()[0], "by the same number in each row"),
    "of another network": (lambda m, x: m(np.zeros((10, 2), np.float32)), "is another one used here?"),
    "NaN": (lambda m, x: m(x).numpy() * np.nan, "largest difference"),
    "complex": (lambda m, x: m(x).numpy() + 1j, "complex"),
    "a table": (lambda m, x: np.zeros((10, 2)), "(10, 2)"),
}


@pytest.mark.parametrize("name", BAD_PREDICTIONS)
def test_predictions_that_are_none(name: str) -> None:
    function, words = BAD_PREDICTIONS[name]
    judgement = of(Predictions((ONE,)), predict=function)
    assert judgement.status is Status.FAILED
    assert words in text(judgement.message)
