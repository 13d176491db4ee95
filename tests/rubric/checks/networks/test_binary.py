"""Logistic regression: its network, its labels and its border, from graphs that are written node by node."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from grader.core.arrays import Array
from grader.evidence.case import Case
from grader.evidence.heads import LOGITS as CHOSEN_NUMBERS
from grader.evidence.judgement import Judgement
from grader.evidence.run_evidence import StepResult
from grader.protocol.evidence import Missing, Raised, Skipped, StopReason
from grader.protocol.plan import Call
from grader.protocol.task import Task
from grader.protocol.verdict import Status
from grader.rubric.checks import FindsBorder, NearScikitLearn, OneNeuron, PredictsLabels, Training, YesOrNo
from grader.rubric.data import Data
from tests.helpers.cases import Net, compiled, exception, judged, returned, seen, stop, text
from tests.rubric.checks.network_cases import Network, Recipe, case_of, weighted

TASK = Task(kind="classification", classes=2, labels="integers")
THREE = Training(arguments=(3,), validation=False, name="three")
ONE = Training(arguments=(1,), validation=False, rows="one_", name="one")
BCE = compiled("binary_crossentropy")
LOGITS = compiled("binary_crossentropy", from_logits=True)


@cache
def data() -> Data:
    """Two tables with labels that get likelier with the features."""
    random = np.random.default_rng(7)
    inside: dict[str, Array] = {}
    outside: dict[str, Array] = {}
    for prefix, weights, bias in (("", np.array([2.0, -1.0, 0.5]), 0.3), ("one_", np.array([2.0]), -1.6)):
        x = random.normal(0, 1.5, (700, len(weights)))
        y = (random.uniform(size=700) < sigmoid(x @ weights + bias)).astype(np.int64)
        x = x.astype(np.float32)
        for part, rows, side in (("train", slice(0, 400), inside), ("val", slice(400, 500), inside)):
            side[f"{prefix}x_{part}"], side[f"{prefix}y_{part}"] = x[rows], y[rows]
        outside[f"{prefix}x_test"], outside[f"{prefix}y_test"] = x[500:], y[500:]
    outside["one_x_probe"] = np.linspace(-6, 6, 1201)[:, None].astype(np.float32)
    return Data(inside, outside)


def sigmoid(x: Array) -> Array:
    found: Array = 1 / (1 + np.exp(-x))
    return found


@cache
def best(prefix: str = "one_") -> LogisticRegression:
    """What scikit-learn makes of the training rows."""
    return LogisticRegression(C=np.inf).fit(data().inside[f"{prefix}x_train"], data().inside[f"{prefix}y_train"])


def fitted(prefix: str = "one_", head: str = "Sigmoid", shift: float = 0.0) -> Recipe:
    """A recipe: the neuron that scikit-learn would have trained, with its border shifted."""
    weights = best(prefix).coef_.T
    return weighted(weights, best(prefix).intercept_ - shift * weights[0], head)


def network(training: Training = ONE, after: Recipe | None = None, **changes: Any) -> Network:
    before = weighted(np.full((training.arguments[0], 1), 0.1), np.zeros(1), "Sigmoid")
    changes = {"before": before, "loss": BCE, **changes}
    return Network(training, data(), after or fitted(training.rows), **changes)


# The network.

NEURON = OneNeuron((THREE, ONE))


def built(three: Recipe, one: Recipe | None = None, **changes: Any) -> Judgement:
    networks = [
        network(THREE, three, before=three, **changes),
        network(ONE, one or fitted(), before=one or fitted()),
    ]
    return judged(NEURON, case_of(TASK, networks))


def two_layers(head: str = "") -> Recipe:
    def make(net: Net) -> str:
        return net.dense(net.dense(net.x, 4, head), 1, "Sigmoid")

    return make


def without_bias(net: Net) -> str:
    return net.act(net.kernel(net.x, np.ones((net.inputs["x_val"].shape[1], 1))), "Sigmoid")


def without_kernel(net: Net) -> str:
    """Weights that are multiplied one by one, summed, and a bias: a neuron of one's own."""
    product = net.op("Mul", np.multiply, net.x, net.constant(np.ones(3, np.float32)))
    total = net.op("Sum", lambda v: v.sum(axis=1, keepdims=True), product)
    return net.act(net.op("AddV2", np.add, total, net.constant(np.ones(1, np.float32))), "Sigmoid")


def normalised(net: Net) -> str:
    """A Normalization layer before the neuron."""
    centred = net.op("Sub", np.subtract, net.x, net.constant(np.full((1, 3), 0.2, np.float32)))
    scaled = net.op("RealDiv", np.divide, centred, net.constant(np.full((1, 3), 1.5, np.float32)))
    return net.dense(scaled, 1, "Sigmoid")


def bent_features(net: Net) -> str:
    return net.dense(net.act(net.x, "Relu"), 1, "Sigmoid")


def hidden_layer_of_products(net: Net) -> str:
    """A hidden layer of four units, written without a matrix product."""
    kernel = np.random.default_rng(2).normal(0, 1, (net.inputs["x_val"].shape[1], 4)).astype(np.float32)
    products = net.op("Mul", lambda x, w: x[:, :, None] * w, net.x, net.constant(kernel))
    return net.dense(net.act(net.op("Sum", lambda v: v.sum(axis=1), products), "Relu"), 1, "Sigmoid")


def with_summand(kernel: float, summand: float) -> Recipe:
    """A neuron without a bias, and a single number that is added to what it gives."""

    def make(net: Net) -> str:
        product = net.kernel(net.x, np.full((3, 1), kernel, np.float32))
        return net.act(net.op("AddV2", np.add, product, net.constant(np.array(summand, np.float32))), "Sigmoid")

    return make


def pictures(net: Net) -> str:
    return net.op("Reshape", lambda v: v[:, :, None], net.x)


def test_one_neuron_passes_however_it_is_written() -> None:
    for recipe in (fitted(""), weighted(np.ones((3, 1)), np.ones(1)), without_kernel, normalised):
        judgement = built(recipe)
        assert judgement.status is Status.PASSED, text(judgement.message)


def test_a_scalar_bias_is_a_bias() -> None:
    def make(net: Net) -> str:
        bias = net.constant(np.array(0.5, np.float32))
        return net.act(net.op("AddV2", np.add, net.kernel(net.x, np.ones((3, 1))), bias), "Sigmoid")

    assert built(make).status is Status.PASSED


@pytest.mark.parametrize(
    ("summands", "status"),
    [((0.0, 0.0), Status.FAILED), ((0.5, 0.5), Status.FAILED), ((0.0, 0.3), Status.PASSED)],
    ids=["zero", "a constant", "learned"],
)
def test_a_number_that_training_leaves_as_it_is_is_no_bias(summands: tuple[float, float], status: Status) -> None:
    before, after = summands
    three = network(THREE, with_summand(0.8, after), before=with_summand(0.1, before))
    judgement = judged(NEURON, case_of(TASK, [three, network(ONE)]))
    assert judgement.status is status, text(judgement.message)


def test_a_bend_that_training_brings_is_one() -> None:
    three = network(THREE, bent_features)
    judgement = judged(NEURON, case_of(TASK, [three, network(ONE)]))
    assert "no weighted sum" in text(judgement.message)


def test_two_units_keep_half() -> None:
    judgement = built(weighted(np.ones((3, 2)), np.ones(2), "Softmax"))
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.5)
    assert "one unit with sigmoid is enough" in text(judgement.message)


OTHER_NETWORKS: Mapping[str, tuple[Recipe, str, bool]] = {
    "hidden layer": (two_layers("Relu"), "borders are curved", False),
    "linear layers": (two_layers(), "can do no more than one", False),
    "no bias": (without_bias, "no bias", False),
    "bent features": (bent_features, "no weighted sum of the features", False),
    "hidden layer of products": (hidden_layer_of_products, "no weighted sum of the features", False),
    "three units": (weighted(np.ones((3, 3)), np.ones(3), "Softmax"), "units=3", True),
    "no row of outputs": (pictures, "outputs of shape (None, 3, 1)", True),
}


@pytest.mark.parametrize("name", OTHER_NETWORKS)
def test_other_networks_fail_and_block_only_where_nothing_can_be_judged(name: str) -> None:
    recipe, said, blocks = OTHER_NETWORKS[name]
    judgement = built(recipe)
    assert judgement.status is Status.FAILED
    assert said in text(judgement.message)
    assert judgement.blocks is blocks


def test_a_mistake_in_the_second_network_does_not_keep_the_first_from_being_judged() -> None:
    judgement = built(fitted(""), weighted(np.ones((1, 3)), np.ones(3)))
    assert judgement.status is Status.FAILED
    assert not judgement.blocks


def test_a_number_of_features_that_is_written_down_is_said_without_the_noise_of_keras() -> None:
    problem = "ValueError: Exception when calling Sequential.call().\n\n\x1b[1mInput 0: expected axis -1\x1b[0m\n"
    hard_coded = network(ONE, claims={"graph": None, "problem": problem, "input_shape": None})
    judgement = judged(NEURON, case_of(TASK, [network(THREE), hard_coded]))
    said = text(judgement.message)
    assert "The network could not be called on rows of the shape (1,)" in said
    assert "Input 0: expected axis -1. Is the number" in said
    assert "\x1b" not in said
    assert not judgement.blocks


def test_a_network_of_nothing_but_its_input_is_said_to_have_no_layers() -> None:
    claims = {"graph": None, "problem": "ValueError: input_shape", "layers": (), "parameters": 0}
    empty = network(ONE, claims=claims)
    judgement = judged(NEURON, case_of(TASK, [network(THREE), empty]))
    assert "The network has no layers" in text(judgement.message)


# Head, loss and labels.

HEAD = YesOrNo(THREE)


def ending(activation: Callable[[Any], Any]) -> Recipe:
    """One neuron with something of one's own at its end, which also says what it makes of chosen numbers."""

    def make(net: Net) -> str:
        z = CHOSEN_NUMBERS[:, :1].astype(np.float64)
        net.tail = (z, activation(z))
        weighted(np.ones((3, 1)), np.zeros(1))(net)
        return net.op("Custom", activation, net.output)

    return make


ENDINGS: Mapping[str, tuple[Callable[[Any], Any], Status, str]] = {
    "by hand": (sigmoid, Status.PASSED, "sigmoid output and binary_crossentropy belong together"),
    "clipped": (lambda z: np.clip(sigmoid(z), 0.01, 0.99), Status.PASSED, "reads it as a probability"),
    "twice": (lambda z: sigmoid(sigmoid(z)), Status.FAILED, "an activation of your own"),
    "one unit": (lambda z: z**0, Status.FAILED, "the output is always 1"),
    "nothing": (lambda z: 0 * z, Status.FAILED, "always the same number"),
    "relu": (lambda z: np.where(z > 0, z, 0.0), Status.FAILED, "the activation relu"),
    "scaled": (lambda z: 3 * sigmoid(z), Status.FAILED, "an activation of your own"),
    "raw": (lambda z: z + 1, Status.FAILED, "the output layer has no activation"),
}


@pytest.mark.parametrize("name", ENDINGS)
def test_the_output_is_told_by_what_it_computes(name: str) -> None:
    activation, status, sentence = ENDINGS[name]
    recipe, loss = ending(activation), compiled("binary_crossentropy")
    judgement = judged(HEAD, case_of(TASK, [network(THREE, recipe, before=recipe, loss=loss)]))
    assert judgement.status is status, text(judgement.message)
    assert sentence in text(judgement.message)


def headed(head: str, loss: Any, units: int = 1, y_range: tuple[float, float] | None = (0.0, 1.0)) -> Judgement:
    recipe = weighted(np.ones((3, units)) * [[1.0], [-1.0], [0.5]], np.zeros(units), head)
    return judged(HEAD, case_of(TASK, [network(THREE, recipe, before=recipe, loss=loss, y_range=y_range)]))


@pytest.mark.parametrize(
    ("head", "loss", "units"),
    [
        ("Sigmoid", BCE, 1),
        ("", LOGITS, 1),
        ("Sigmoid", compiled("binary_focal_crossentropy"), 1),
        ("Softmax", compiled("categorical_crossentropy"), 2),
        ("Softmax", compiled("sparse_categorical_crossentropy"), 2),
        ("", compiled("sparse_categorical_crossentropy", from_logits=True), 2),
    ],
)
def test_heads_and_losses_that_belong_together_pass(head: str, loss: Any, units: int) -> None:
    judgement = headed(head, loss, units)
    assert judgement.status is Status.PASSED, text(judgement.message)


@pytest.mark.parametrize(
    ("head", "loss", "units", "said"),
    [
        ("Softmax", BCE, 1, "always 1"),
        ("Softmax", compiled("categorical_crossentropy"), 1, "always 1"),
        ("Relu", BCE, 1, "activation relu"),
        ("Relu", compiled("mean_squared_error"), 1, "activation relu"),
        ("Sigmoid", compiled("mean_squared_error"), 1, "the loss is binary_crossentropy"),
        ("Tanh", compiled("hinge"), 1, "Received: hinge"),
        ("Sigmoid", compiled("sparse_categorical_crossentropy"), 1, "the loss is binary_crossentropy"),
        ("Sigmoid", LOGITS, 1, "already is a sigmoid"),
        ("", BCE, 1, "has no activation"),
        ("Tanh", BCE, 1, "has to be a probability"),
        ("Sigmoid", BCE, 2, "units=2"),
        ("", compiled("categorical_crossentropy"), 2, "has no activation"),
        ("Softmax", compiled("mean_squared_error"), 2, "the loss is binary_crossentropy"),
        ("Sigmoid", None, 1, "not compiled"),
        ("Sigmoid", compiled(""), 1, "compile was called, but it has no loss"),
    ],
)
def test_each_unfit_pair_has_its_own_sentence(head: str, loss: Any, units: int, said: str) -> None:
    judgement = headed(head, loss, units)
    assert judgement.status is Status.FAILED
    assert said in text(judgement.message), text(judgement.message)


def test_labels_of_minus_one_and_one_are_told_as_they_came_to_fit() -> None:
    judgement = headed("Sigmoid", BCE, y_range=(-1.0, 1.0))
    assert judgement.status is Status.FAILED
    assert "labels from -1 to 1" in text(judgement.message)
    assert headed("Sigmoid", BCE, y_range=None).status is Status.PASSED


def test_labels_of_minus_one_are_one_mistake_with_a_loss_that_wants_them() -> None:
    judgement = headed("Tanh", compiled("hinge"), y_range=(-1.0, 1.0))
    assert judgement.status is Status.FAILED
    assert "and the loss is hinge: from both, no probability is learned" in text(judgement.message)


def test_two_activations_in_a_row_are_told() -> None:
    def make(net: Net) -> str:
        return net.act(net.dense(net.x, 1, "Sigmoid"), "Sigmoid")

    judgement = judged(HEAD, case_of(TASK, [network(THREE, make, before=make)]))
    assert judgement.status is Status.FAILED
    assert "sigmoid, sigmoid" in text(judgement.message)


# Labels.

LABELS = PredictsLabels((ONE, THREE), "predict_label")
Predict = Callable[[Array, float], object]


def labelled(
    predict: Predict, default: float = 0.5, recipes: Sequence[Recipe] | None = None, loss: Any = BCE
) -> Judgement:
    """Judge labels that a function makes of what comes out of the network, by the given threshold."""
    one, three = recipes or (fitted(), fitted(""))
    networks = [network(ONE, one, loss=loss), network(THREE, three, loss=loss)]
    made = case_of(TASK, networks)
    calls = {}
    for training, net in zip((ONE, THREE), networks, strict=True):
        outputs = net.net(net.after).values[net.net(net.after).output]["x_val"]
        for step in LABELS.steps((0,)):
            if (
                isinstance(step, Call)
                and step.function == "predict_label"
                and step.id.split("@")[1].startswith(training.name)
            ):
                threshold = step.arguments[2].value if len(step.arguments) > 2 else default  # type: ignore[union-attr]
                calls[step.id] = returned(step.id, predict(outputs, threshold))  # type: ignore[arg-type]
    made.steps.update(calls)  # type: ignore[attr-defined]
    return judged(LABELS, made)


def above(p: Array, t: float) -> Array:
    return (p[:, 0] > t).astype(int)


RIGHT_LABELS: Mapping[str, Predict] = {
    "integers": above,
    "bool": lambda p, t: p[:, 0] > t,
    "floats": lambda p, t: (p[:, 0] >= t).astype(float),
    "small integers": lambda p, t: above(p, t).astype(np.uint8),
    "list": lambda p, t: above(p, t).tolist(),
    "list of bool": lambda p, t: [bool(v > t) for v in p[:, 0]],
    "column": lambda p, t: (p > t).astype(int),
    "line": lambda p, t: (p > t).astype(int).T,
}


@pytest.mark.parametrize("name", RIGHT_LABELS)
def test_right_labels_pass(name: str) -> None:
    judgement = labelled(RIGHT_LABELS[name])
    assert judgement.status is Status.PASSED, text(judgement.message)


def test_a_column_of_labels_is_said_and_costs_nothing() -> None:
    assert "(100, 1)" in text(labelled(RIGHT_LABELS["column"]).message)
    assert "(100, 1)" not in text(labelled(above).message)


def test_logits_are_turned_into_probabilities_first() -> None:
    raw = [fitted(head=""), fitted("", head="")]
    assert labelled(lambda z, t: above(sigmoid(z), t), recipes=raw, loss=LOGITS).status is Status.PASSED
    wrong = labelled(above, recipes=raw, loss=LOGITS)
    assert wrong.status is Status.FAILED
    assert "apply the sigmoid first" in text(wrong.message)


def test_where_the_head_is_not_right_outputs_may_be_read_either_way() -> None:
    raw = [fitted(head=""), fitted("", head="")]  # without from_logits
    for predict in (above, lambda z, t: above(sigmoid(z), t)):
        assert labelled(predict, recipes=raw).status is Status.PASSED


def test_of_two_units_the_second_is_the_yes() -> None:
    both = [
        weighted(np.hstack([-best(p).coef_.T / 2, best(p).coef_.T / 2]), np.zeros(2), "Softmax")
        for p in ("one_", "")
    ]
    loss = compiled("categorical_crossentropy")
    assert labelled(lambda p, t: (p[:, 1] > t).astype(int), recipes=both, loss=loss).status is Status.PASSED
    assert labelled(above, recipes=both, loss=loss).status is Status.FAILED


WRONG_LABELS: Mapping[str, tuple[Predict, str]] = {
    "threshold ignored": (lambda p, t: above(p, 0.5), "ignores the argument"),
    "wrong way round": (lambda p, t: 1 - above(p, t), "the wrong way round"),
    "threshold from the other side": (lambda p, t: above(p, 1 - t), "works the wrong way"),
    "sigmoid twice": (lambda p, t: above(sigmoid(p), t), "went through one already"),
    "argmax": (lambda p, t: p.argmax(axis=1), "says 0 for every row"),
    "above zero": (lambda p, t: above(p, 0), "says 1 for every row"),
    "another threshold": (lambda p, t: above(p, t / 2), "is row"),
    "probabilities": (lambda p, t: p[:, 0], "returns probabilities"),
    "minus one": (lambda p, t: 2 * above(p, t) - 1, "-1 and 1"),
    "two": (lambda p, t: 2 * above(p, t), "only 0 and 1. Received: 2"),
    "NaN": (lambda p, t: np.full(len(p), np.nan), "only 0 and 1. Received: nan"),
    "one row": (lambda p, t: above(p, t)[:1], "one label for each row"),
    "two columns": (lambda p, t: np.hstack([p, 1 - p]), "(100, 2)"),
    "one number": (lambda p, t: 1, "one label for each row"),
    "complex": (lambda p, t: above(p, t) + 0j, "complex128"),
    "words": (lambda p, t: ["yes"] * len(p), "has to return numbers"),
    "None": (lambda p, t: None, "returned None"),
    "empty": (lambda p, t: [], "has to return numbers"),
}


@pytest.mark.parametrize("name", WRONG_LABELS)
def test_wrong_labels_fail_and_the_sentence_says_why(name: str) -> None:
    predict, said = WRONG_LABELS[name]
    judgement = labelled(predict)
    assert judgement.status is Status.FAILED
    assert said in text(judgement.message), text(judgement.message)


def test_another_threshold_where_none_is_given_is_told() -> None:
    assert "Write threshold=0.5" in text(labelled(above, default=0.3).message)


def test_labels_close_to_the_threshold_may_be_either() -> None:
    x = data().inside["one_x_val"]
    weight = best().coef_[0, 0]
    exactly = weighted([[weight]], [-weight * float(x[5, 0])], "Sigmoid")  # row 5 lies on the border
    for predict in (above, lambda p, t: (p[:, 0] >= t - 1e-5).astype(int)):
        assert labelled(predict, recipes=[exactly, fitted("")]).status is Status.PASSED


@pytest.mark.parametrize("bias", [50.0, -50.0, np.nan])
def test_a_network_that_says_one_thing_has_no_labels_to_judge(bias: float) -> None:
    sure = [weighted(np.zeros((1, 1)), [bias], "Sigmoid"), weighted(np.zeros((3, 1)), [bias], "Sigmoid")]
    assert labelled(above, recipes=sure).status is Status.SKIPPED


# The border.

BORDER = FindsBorder(ONE, "decision_boundary")


def own() -> float:
    return float(-best().intercept_[0] / best().coef_[0, 0])


def bordered(
    value: object,
    recipe: Recipe | None = None,
    fresh: object = 0.0,
    loss: Any = BCE,
    *,
    lost: bool = False,
    stopped: bool = False,
    fresh_line: tuple[float, float] = (0.3, 0.0),
) -> Judgement:
    untrained = weighted(np.full((1, 1), fresh_line[0]), np.full(1, fresh_line[1]), "Sigmoid")
    net = network(ONE, recipe, loss=loss)
    made = case_of(TASK, [net])
    model = Network(ONE, data(), untrained, loss=loss)
    graph = model.net(untrained)
    step = next(s.id for s in BORDER.steps((0,)) if s.id.startswith("model:build_model@one:fresh"))
    calls: dict[str, StepResult] = {
        step: seen(
            step, returned(step, None).evidence.outcome, {"g": np.zeros(1, np.uint8)}, model=model.facts(graph)
        ),
        "decision_boundary@trained": returned("decision_boundary@trained", value),
        "decision_boundary@fresh": returned("decision_boundary@fresh", fresh),
    }
    made.steps.update(calls)  # type: ignore[attr-defined]
    if stopped:
        del made.steps["decision_boundary@fresh"]  # type: ignore[attr-defined]
        made.stops["decision_boundary@fresh"] = stop(StopReason.GRADER)  # type: ignore[index]
    replay, arrays = BORDER.replays(made)
    assert [r.inputs for r in replay] == [("one_x_probe",)]
    assert set(arrays) == {f"graph:{step}", "one_x_probe"}
    if not lost:
        replayed = graph.replayed(step)
        replayed.arrays["probe"] = replayed.arrays["out:x_probe"]  # type: ignore[index]
        made.replays[step] = type(replayed)(  # type: ignore[index]
            type(replayed.evidence)(
                id=step, nodes=replayed.evidence.nodes, constants=replayed.evidence.constants, outputs=("probe",)
            ),
            replayed.arrays,
        )
    return judged(BORDER, made)


CLOTHES: Mapping[str, Callable[[float], object]] = {
    "float": float,
    "NumPy": np.float32,
    "array": lambda b: np.array([b]),
    "matrix": lambda b: np.array([[b]]),
    "list": lambda b: [b],
    "scalar array": np.array,
    "searched on a grid": lambda b: round(b, 2),
}


@pytest.mark.parametrize("name", CLOTHES)
def test_the_border_passes_in_all_clothes(name: str) -> None:
    judgement = bordered(CLOTHES[name](own()))
    assert judgement.status is Status.PASSED, text(judgement.message)


def bent(net: Net) -> str:
    """A hidden layer: the border is where the output is one half, whatever the last weights are."""
    h = net.act(weighted([[1.0, -2.0]], [0.5, 0.3])(net), "Tanh")  # type: ignore[arg-type]
    y = net.op(
        "BiasAdd", np.add, net.kernel(h, np.array([[2.0], [-1.0]])), net.constant(np.array([-0.4], np.float32))
    )
    return net.act(y, "Sigmoid")


def test_the_border_of_a_network_with_a_rescaling_or_a_hidden_layer_is_where_its_graph_says_one_half() -> None:
    def scaled(net: Net) -> str:
        small = net.op("Mul", np.multiply, net.x, net.constant(np.full((1, 1), 0.5, np.float32)))
        product = net.kernel(small, 2 * best().coef_)
        y = net.op("BiasAdd", np.add, product, net.constant(best().intercept_.astype(np.float32)))
        return net.act(y, "Sigmoid")

    assert bordered(own(), scaled).status is Status.PASSED
    assert bordered(own() / 2, scaled).status is Status.FAILED
    x = np.linspace(-6, 6, 120_001)
    h = np.tanh(x[:, None] * [[1.0, -2.0]] + [0.5, 0.3])
    p = h @ [2.0, -1.0] - 0.4
    crossing = x[np.argmin(np.abs(p))]
    assert bordered(crossing, bent).status is Status.PASSED
    assert bordered(0.2, bent).status is Status.FAILED


def test_a_border_beyond_the_ramp_is_that_of_weight_and_bias() -> None:
    far = weighted([[0.2]], [-4.0], "Sigmoid")
    assert bordered(20.0, far).status is Status.PASSED
    assert bordered(-20.0, far).status is Status.FAILED


def test_the_border_of_logits_is_where_they_are_zero() -> None:
    assert bordered(own(), fitted(head=""), loss=LOGITS).status is Status.PASSED


def test_where_the_head_is_not_right_the_formula_of_the_weights_is_as_right_as_the_outputs() -> None:
    relu = fitted(head="Relu")
    half = (0.5 - best().intercept_[0]) / best().coef_[0, 0]
    for value in (own(), half):
        assert bordered(value, relu).status is Status.PASSED
    assert bordered(-3.0, relu).status is Status.FAILED  # where relu is 0, nothing is decided


def test_the_border_of_a_straight_output_is_where_its_loss_puts_it() -> None:
    straight, squares = fitted(head=""), compiled("mean_squared_error")
    half = (0.5 - best().intercept_[0]) / best().coef_[0, 0]
    assert bordered(half, straight, loss=squares).status is Status.PASSED
    assert bordered(own(), straight, loss=squares).status is Status.FAILED
    assert bordered(own(), straight, loss=compiled("hinge")).status is Status.PASSED
    assert bordered(half, straight, loss=compiled("hinge")).status is Status.FAILED


@pytest.mark.parametrize(("head", "loss", "usable"), [("", "mean_squared_error", False), ("Sigmoid", "", True)])
def test_the_formula_is_tried_on_another_network_where_it_does_not_hold(
    head: str, loss: str, *, usable: bool
) -> None:
    made = case_of(TASK, [network(ONE, fitted(head=head), loss=compiled(loss) if loss else BCE)])
    assert BORDER.can_use(made, ONE) is usable


def test_a_network_that_says_the_same_everywhere_has_no_border() -> None:
    for recipe in (weighted([[0.0]], [1.0], "Sigmoid"), weighted([[np.nan]], [1.0], "Sigmoid")):
        assert bordered(0.5, recipe).status is Status.SKIPPED


WRONG_BORDERS: Mapping[str, tuple[Callable[[], object], str]] = {
    "sign": (lambda: -own(), "the sign is wrong"),
    "exchanged": (lambda: 1 / own(), "exchanged"),
    "exchanged and signed": (lambda: -1 / own(), "exchanged"),
    "one half": (lambda: own() + 0.5 / best().coef_[0, 0], "where w·x + b is 0.5"),
    "the bias": (lambda: best().intercept_[0], "that is the bias"),
    "not divided": (lambda: -best().intercept_[0], "not divided by the weight"),
    "multiplied": (lambda: -best().intercept_[0] * best().coef_[0, 0], "multiplied by the weight instead"),
    "elsewhere": (lambda: own() + 0.9, "but there the network says"),
    "zero": (lambda: 0, "but there the network says"),
    "NaN": (lambda: float("nan"), "Received: nan"),
    "two numbers": (lambda: np.array([own(), own()]), "ndarray (2,)"),
    "weights": (lambda: [np.ones((1, 1)), np.ones(1)], "one number"),
    "complex": (lambda: own() + 0j, "one number"),
    "text": (lambda: "0.8", "'0.8'"),
    "None": (lambda: None, "Is there a `return`"),
    "dict": (lambda: {"x": own()}, "dict {'x'}"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG_BORDERS)
def test_wrong_borders_fail_and_the_sentence_says_why(name: str) -> None:
    value, said = WRONG_BORDERS[name]
    judgement = bordered(value())
    assert judgement.status is Status.FAILED
    assert said in text(judgement.message), text(judgement.message)


def test_a_number_that_was_written_down_fails_because_another_network_has_another_border() -> None:
    judgement = bordered(own(), fresh=own())
    assert judgement.status is Status.FAILED
    assert "for a network with another border as well" in text(judgement.message)


def test_a_number_that_is_kept_and_changed_a_little_is_the_same_number() -> None:
    judgement = bordered(own(), fresh=own() + 1e-6)
    assert judgement.status is Status.FAILED
    assert "for a network with another border as well" in text(judgement.message)


@pytest.mark.parametrize("fresh", [0.3, -4.0])
def test_the_border_of_a_network_that_rises_as_the_trained_one_has_to_be_found(fresh: float) -> None:
    judgement = bordered(own(), fresh=fresh)
    assert judgement.status is Status.FAILED
    assert f"only built, it returns {fresh:.4g}" in text(judgement.message)
    assert bordered(own(), fresh=0.004).status is Status.PASSED


@pytest.mark.parametrize(("fresh", "status"), [(0.02, Status.PASSED), (0.05, Status.FAILED)])
def test_a_search_may_end_where_a_flat_network_says_nearly_one_half(fresh: float, status: Status) -> None:
    """Weight 0.3 and no bias: 0.5015 and 0.50375."""
    assert bordered(own(), fresh=fresh).status is status


@pytest.mark.parametrize("fresh", [None, "text", np.zeros(3)])
def test_a_number_is_expected_for_it(fresh: object) -> None:
    assert bordered(own(), fresh=fresh).status is Status.FAILED


@pytest.mark.parametrize("fresh", [0.3, -6.0, None, "text", np.zeros(3)])
@pytest.mark.parametrize(("weight", "bias"), [(-0.3, 0.0), (0.001, 0.0), (0.3, 3.0), (0.0, 0.0)])
def test_of_other_networks_that_are_not_trained_nothing_is_asked_but_another_number(
    fresh: object, weight: float, bias: float
) -> None:
    """Falling instead of rising, nearly flat, with a border beyond the rows, and flat."""
    assert bordered(own(), fresh=fresh, fresh_line=(weight, bias)).status is Status.PASSED


@pytest.mark.parametrize("weight", [0.3, -0.3])
def test_a_call_for_it_that_the_grader_lost_is_not_graded(weight: float) -> None:
    assert bordered(own(), fresh_line=(weight, 0.0), stopped=True).status is Status.NOT_GRADED


def test_a_lost_replay_of_a_second_network_is_not_graded() -> None:
    judgement = bordered(own(), lost=True)
    assert judgement.status is Status.NOT_GRADED
    assert "could not run a second network" in text(judgement.message)


# As good as scikit-learn.

NEAR = NearScikitLearn(THREE, ONE, within=0.02, border=0.1, noise=0.005)


def near(
    three: Recipe | None = None, one: Recipe | None = None, seeds: Sequence[int] = (0,), **changes: Any
) -> Case:
    return case_of(TASK, [network(THREE, three, **changes), network(ONE, one, **changes)], seeds=seeds)


def test_what_scikit_learn_would_have_trained_gets_everything() -> None:
    judgement = judged(NEAR, near())
    assert judgement.status is Status.PASSED, text(judgement.message)
    assert f"at {own():.2f}" in text(judgement.message)
    assert not judgement.undecided


def opposite(prefix: str) -> Recipe:
    return weighted(-best(prefix).coef_.T, -best(prefix).intercept_, "Sigmoid")


def test_each_network_is_worth_half() -> None:
    poor = judged(NEAR, near(three=opposite("")))
    assert (poor.status, poor.share) == (Status.PARTIAL, 0.5)
    assert "scikit-learn's LogisticRegression, trained on the same rows, gets" in text(poor.message)
    elsewhere = judged(NEAR, near(one=fitted(shift=0.5)))
    assert (elsewhere.status, elsewhere.share) == (Status.PARTIAL, 0.5)
    assert f"says 0.5 at {own() + 0.5:.2f}" in text(elsewhere.message)
    both = judged(NEAR, near(three=opposite(""), one=fitted(shift=0.5)))
    assert both.status is Status.FAILED
    assert "0.5 at" in text(both.message)
    assert "held-out rows" in text(both.message)


def test_many_borders_are_not_near_because_one_of_them_is() -> None:
    """Waves that know nothing say 0.5 all the way along the feature."""

    def waves(net: Net) -> str:
        return net.dense(net.op("Sin", lambda x: np.sin(20 * x), net.x), 1, "Sigmoid", np.full((1, 1), 5.0))

    judgement = judged(NEAR, near(one=waves))
    assert judgement.share == 0.5
    assert "the network says 0.5 at" in text(judgement.message)


def test_a_second_border_beyond_the_rows_does_not_count() -> None:
    def turning_back(net: Net) -> str:
        w, b = float(best().coef_[0, 0]), float(best().intercept_[0])
        z = net.op("Custom", lambda x: np.where(x < 5.5, w * x + b, -1.0), net.x)
        return net.dense(z, 1, "Sigmoid", np.ones((1, 1)))

    assert judged(NEAR, near(one=turning_back)).status is Status.PASSED


def test_a_border_nowhere_is_said() -> None:
    assert "says 0.5 nowhere" in text(judged(NEAR, near(one=weighted([[0.0]], [1.0], "Sigmoid"))).message)


@pytest.mark.parametrize(
    ("shift", "passes", "doubt"),
    [(0.08, True, False), (0.098, True, True), (0.102, False, True), (0.19, False, True), (0.21, False, False)],
)
def test_a_border_close_to_the_limit_is_decided_by_more_seeds(shift: float, *, passes: bool, doubt: bool) -> None:
    judgement = judged(NEAR, near(one=fitted(shift=shift)))
    assert (judgement.status is Status.PASSED) is passes
    assert judgement.undecided is doubt
    assert not judged(NEAR, near(one=fitted(shift=shift), seeds=(0, 1, 2))).undecided


def test_an_accuracy_close_to_the_limit_is_decided_by_more_seeds() -> None:
    loose = NearScikitLearn(THREE, ONE, within=0.0, border=0.1, noise=0.005)
    assert judged(loose, near()).undecided
    assert not judged(loose, near(seeds=(0, 1, 2))).undecided


def test_better_than_scikit_learn_is_right_as_well() -> None:
    worse = NearScikitLearn(THREE, ONE, within=0.5, border=0.1)
    object.__setattr__(worse, "within", -0.5)  # no rubric can say so
    assert judged(worse, near()).status is Status.PARTIAL  # the limit is one for the accuracy, from below


def test_a_seed_that_the_grader_lost_is_not_graded_and_one_without_numbers_counts_as_nothing() -> None:
    made = near(seeds=(0, 1, 2))
    for step in ("train@three:1", "trained:train@three:1"):
        made.steps.pop(step)  # type: ignore[attr-defined]
    assert judged(NEAR, made).status is Status.NOT_GRADED
    diverged = judged(NEAR, near(three=weighted(np.full((3, 1), np.nan), np.zeros(1), "Sigmoid")))
    assert diverged.status is Status.PARTIAL
    assert "0.0% of the held-out rows" in text(diverged.message)


def test_what_keeps_both_from_being_judged_is_told_once() -> None:
    made = near()
    crashed = {
        i: seen(i, Raised(exception=exception(ValueError("shapes")))) for i in ("train@three:0", "train@one:0")
    }
    waiting = {
        i: seen(i, Skipped(step=i.split(":", 1)[1])) for i in ("trained:train@three:0", "trained:train@one:0")
    }
    made.steps.update({**crashed, **waiting})  # type: ignore[attr-defined]
    judgement = judged(NEAR, made)
    assert judgement.status is Status.SKIPPED
    assert text(judgement.message).count("train() gave no result") == 1


# All of them.


@pytest.mark.parametrize("check", [NEURON, HEAD, LABELS, BORDER, NEAR], ids=lambda c: type(c).__name__)
def test_without_the_functions_each_says_what_is_missing_and_a_stub_is_not_attempted(check: Any) -> None:
    for outcome, status in (
        (Missing(), Status.FAILED),
        (Raised(exception=exception(NotImplementedError())), Status.NOT_ATTEMPTED),
    ):
        made = case_of(TASK, [network(THREE), network(ONE)])
        for step in check.steps((0,)):
            made.steps[step.id] = seen(step.id, outcome)  # type: ignore[index]
        judgement = judged(check, made)
        assert judgement.status is status, text(judgement.message)


@pytest.mark.parametrize("check", [NEURON, LABELS, BORDER, NEAR], ids=lambda c: type(c).__name__)
def test_what_the_grader_lost_is_not_graded(check: Any) -> None:
    made = case_of(TASK, [network(THREE), network(ONE)])
    made.steps.clear()  # type: ignore[attr-defined]
    made.stops.update({step.id: stop(StopReason.GRADER) for step in check.steps((0,))})  # type: ignore[attr-defined]
    assert judged(check, made).status is Status.NOT_GRADED


def squeezed(recipe: Recipe) -> Recipe:
    """One number for each row without a column around it: outputs (n,)."""

    def make(net: Net) -> str:
        recipe(net)
        return net.op("Squeeze", lambda v: v[..., 0], net.output)

    return make


def test_outputs_without_a_column_are_judged_as_those_with_one() -> None:
    three, one = network(THREE, squeezed(fitted(""))), network(ONE, squeezed(fitted()))
    for net in (three, one):
        assert net.before is not None
        net.before = squeezed(net.before)
    made = case_of(TASK, [three, one])
    for check in (NEURON, HEAD, NEAR):
        judgement = judged(check, made)
        assert judgement.status is Status.PASSED, text(judgement.message)
    assert labelled(lambda p, t: p > t, recipes=[one.after, three.after]).status is Status.PASSED
    assert bordered(own(), one.after).status is Status.PASSED
