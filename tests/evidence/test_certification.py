"""Certification: honest networks of all kinds agree, and what does not agree is named."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from grader.core.arrays import Array
from grader.evidence.certification import ConsistencyCheck, _name_network, certify
from grader.evidence.losses import compute_loss, softmax
from grader.evidence.network import TrainedNetwork
from grader.examiner.judge import is_certified
from grader.protocol.evidence import ImportEvidence, LayerFacts, StopReason
from grader.protocol.training import Training as Part
from tests.helpers.cases import Net, Training, case, compiled, data, fit, good, plain, replace_facts, stop, text


def of(training: Training | None = None, **changes: Any) -> dict[str, ConsistencyCheck]:
    return {a.id: a for a in certify((training or Training(**changes)).case())}


def disagreeing(**changes: Any) -> set[str]:
    return {a.id for a in of(**changes).values() if not a.agrees}


def test_an_honest_network_is_certified() -> None:
    found = of(val_loss=[2.0, honest_loss(good)])
    assert set(found) == {"protocol", "operations", "parameters", "kernels", "copies", "held_out", "loss"}
    assert all(a.agrees for a in found.values())
    assert is_certified(tuple(found.values()))
    for agreement in found.values():
        assert text(agreement.text)


def test_a_network_is_called_by_its_seed_and_where_there_are_several_by_its_name() -> None:
    one, several = (TrainedNetwork(Part(name=name), 2, None, None, (), {}, False) for name in ("", "functional"))
    assert text(_name_network(one)) == "Seed 2"
    assert text(_name_network(several)) == "functional, seed 2"


def honest_loss(make: Callable[[Net], str], smoothing: float = 0.0) -> float:
    net = Net(0)
    make(net)
    value = compute_loss(
        "categorical_crossentropy",
        net.values[net.output]["x_val"],
        data().inside["y_val"],
        False,
        smoothing,
    )
    assert value is not None
    return value


# Kernels and parameters.


def unused(net: Net) -> str:
    output = good(net)
    net.layers.append(
        LayerFacts(name="extra", kind="Dense", path="", units=500, weight_shapes=((64, 500), (500,)))
    )
    return output


def normalised(net: Net) -> str:
    mean = net.constant(np.full((1, 64), 0.2, np.float32))
    return net.dense(net.dense(net.op("Sub", np.subtract, net.x, mean), 16, "Relu"), 10, "Softmax")


def normalised_inside(net: Net) -> str:
    """Normalise many values, as a Normalization layer does: it claims (300,), and its graph holds (1, 300)."""
    net.layers.append(
        LayerFacts(name="n", kind="Normalization", path="", units=None, weight_shapes=((300,), (300,), ()))
    )
    return unclaimed_inside(net)


def unclaimed_inside(net: Net) -> str:
    mean, deviation = (net.constant(net.random.normal(2, 0.1, (1, 300)).astype(np.float32)) for _ in range(2))
    net.layers.append(LayerFacts(name="k", kind="Dense", path="", units=300, weight_shapes=((64, 300),)))
    values = net.op("Sub", np.subtract, net.kernel(net.x, net.random.normal(0, 1, (64, 300))), mean)
    return net.dense(net.op("RealDiv", np.divide, values, deviation), 10, "Softmax")


def own_weights(net: Net) -> str:
    output = good(net)
    net.layers.clear()
    return output


def weight_norm(net: Net) -> str:
    scale = net.constant(np.ones(16, np.float32))
    kernel = net.op("Mul", np.multiply, net.constant(net.random.normal(0, 1, (64, 16)).astype(np.float32)), scale)
    net.layers.append(LayerFacts(name="wn", kind="WeightNorm", path="", units=16, weight_shapes=((16,), (64, 16))))
    return net.dense(net.act(net.op("MatMul", np.matmul, net.x, kernel), "Relu"), 10, "Softmax")


@pytest.mark.parametrize(
    "make",
    [good, plain(), plain("Sigmoid"), plain(""), unused, normalised, normalised_inside, own_weights, weight_norm],
)
def test_honest_networks_agree(make: Callable[[Net], str]) -> None:
    assert not disagreeing(make=make)


def test_weights_that_no_layer_claims_disagree() -> None:
    few = {"layers": (LayerFacts(name="d", kind="Dense", path="", units=3, weight_shapes=((64, 3), (3,))),)}
    assert disagreeing(claims={**few, "parameters": 195}) == {"parameters", "kernels"}


def test_numbers_that_no_layer_claims_are_named_by_their_shapes() -> None:
    of_layers = {"parameters": 64 * 300 + 300 * 10 + 10}
    assert disagreeing(make=unclaimed_inside, claims=of_layers) == {"parameters", "kernels"}
    said = text(of(make=unclaimed_inside, claims=of_layers)["kernels"].text)
    assert said.endswith("the graph holds numbers of the shapes 1×300, 1×300, which no layer claims as weights.")


def decoy(net: Net) -> str:
    table = net.kernel(net.x, net.random.normal(0, 1, (64, 100)))
    unused_ = LayerFacts(name="decoy", kind="Dense", path="", units=200, weight_shapes=((64, 200), (200,)))
    output = net.dense(net.act(table, "Relu"), 10, "Softmax")
    net.layers.append(unused_)
    return output


def test_a_layer_that_is_not_used_makes_no_room_for_other_numbers() -> None:
    assert disagreeing(make=decoy, claims={"parameters": 20_000}) == {"kernels"}


def test_layers_of_which_nothing_is_in_the_graph_disagree() -> None:
    other = {"layers": (LayerFacts(name="d", kind="Dense", path="", units=3, weight_shapes=((64, 3), (3,))),)}
    assert disagreeing(claims=other) == {"kernels"}


def test_more_numbers_than_claimed_disagree() -> None:
    assert "parameters" in disagreeing(claims={"parameters": 10})
    assert "1" in text(of(claims={"parameters": 10})["parameters"].text)


# Copies of the data.


def without_numbers(net: Net) -> str:
    empty = net.constant(np.zeros((0, 64), np.float32))
    return good(net) if empty else ""


def test_a_weight_without_numbers_is_no_copy() -> None:
    model = next(iter(Training(make=without_numbers).case().replays.values()))
    assert any(array.size == 0 for array in model.arrays.values())
    assert not disagreeing(make=without_numbers)


def neighbours(count: int, units: int, *, transpose: bool = False, scale: float = 1.0) -> Callable[[Net], str]:
    def make(net: Net) -> str:
        kernel = net.random.normal(0, 0.3, (units, 64))
        kernel[:count] = data().inside["x_train"][:count] * scale - 0.1
        if transpose:
            weight = net.op("Transpose", np.transpose, net.constant(kernel.astype(np.float32)))
            h = net.op("MatMul", np.matmul, net.x, weight)
            net.layers.append(
                LayerFacts(name="k", kind="Own", path="", units=units, weight_shapes=(kernel.shape,))
            )
        else:
            h = net.dense(net.x, units, "", kernel.T)
        return net.dense(net.act(h, "Relu"), 10, "Softmax")

    return make


@pytest.mark.parametrize("transpose", [False, True])
@pytest.mark.parametrize("units", [32, 64, 80])
def test_kernels_that_are_rows_of_the_data_disagree(units: int, transpose: bool) -> None:
    assert disagreeing(make=neighbours(units, units, transpose=transpose, scale=3.0)) == {"copies"}
    assert disagreeing(make=neighbours(units // 2, units, transpose=transpose)) == {"copies"}
    assert not disagreeing(make=neighbours(2, units, transpose=transpose))


@pytest.mark.parametrize(("cosine", "copied"), [(0.99995, True), (0.9998, True), (0.993, True), (0.98, False)])
def test_what_is_only_like_a_row_is_no_copy(cosine: float, copied: bool) -> None:
    def beside(net: Net) -> str:
        rows = centred(data().inside["x_train"][:32].astype(np.float64))
        aside = centred(np.asarray(net.random.normal(0, 1, rows.shape)))
        aside -= rows * (aside * rows).sum(axis=1, keepdims=True)
        aside /= np.linalg.norm(aside, axis=1, keepdims=True)
        return net.dense(net.dense(net.x, 32, "Relu", (rows + aside * np.tan(np.arccos(cosine))).T), 10, "Softmax")

    assert disagreeing(make=beside) == ({"copies"} if copied else set())


def centred(x: Array) -> Array:
    """Rows with a mean of 0 and the length 1."""
    x = x - x.mean(axis=1, keepdims=True)
    unit: Array = x / np.linalg.norm(x, axis=1, keepdims=True)
    return unit


def test_kernels_that_diverged_are_no_copies() -> None:
    def broken(net: Net) -> str:
        return net.dense(net.dense(net.x, 16, "Relu", np.full((64, 16), np.nan)), 10, "Softmax")

    assert not disagreeing(make=broken)


# Operations and replays.


@pytest.mark.parametrize("operation", ["GatherV2 by value", "ReadFile", "LookupTableFindV2", "too many nodes"])
def test_operations_that_no_network_needs_are_named(operation: str) -> None:
    found = of(replay={"forbidden": ("PyFunc", operation), "outputs": (), "constants": {}})
    assert not found["operations"].agrees
    assert text(found["operations"].text).endswith(f": {operation}.")
    assert is_certified(tuple(found.values())) is False


@pytest.mark.parametrize(
    "replay", [{"problem": "InternalError"}, {"forbidden": ("PyFunc",)}, {"forbidden": ("RandomUniform",)}]
)
def test_a_network_that_was_not_run_contradicts_nothing(replay: dict[str, Any]) -> None:
    found = of(replay={"outputs": (), "constants": {}, **replay})
    assert is_certified(tuple(found.values())) is None


def test_the_trained_network_is_looked_at_where_there_is_one() -> None:
    mixed, other = Training().case(), Training(make=decoy, claims={"parameters": 20_000}).case()
    mixed.steps["trained:train@0"] = other.steps["trained:train@0"]  # type: ignore[index]
    mixed.replays["trained:train@0"] = other.replays["trained:train@0"]  # type: ignore[index]
    assert {a.id for a in certify(mixed) if not a.agrees} == {"kernels"}
    only_trained = Training().case()
    only_trained.steps.pop("model:build_model@0")  # type: ignore[attr-defined]
    assert {a.id for a in certify(only_trained)} >= {"protocol", "operations", "kernels"}


def test_no_network_is_not_certified() -> None:
    assert not is_certified(certify(case()))


# Protocol.


def test_evidence_that_the_grader_did_not_write_disagrees() -> None:
    tampered = case(stops={"scale@batch": stop(StopReason.TAMPERED)})
    assert not certify(tampered)[0].agrees
    assert "scale@batch" in text(certify(tampered)[0].text)
    imported = case(imported=ImportEvidence(stopped=stop(StopReason.TAMPERED)))
    assert "import" in text(certify(imported)[0].text)
    for reason in set(StopReason) - {StopReason.TAMPERED}:
        assert certify(case(stops={"scale@batch": stop(reason)}))[0].agrees


def test_a_training_that_was_tampered_with_is_survived() -> None:
    made = Training().case()
    made.steps.pop("train@0")  # type: ignore[attr-defined]
    assert {a.id for a in certify(made)} >= {"protocol", "operations"}


# Held-out rows.


def rows(*parts: Array) -> Array:
    return np.concatenate(parts)


def test_held_out_rows_in_training_disagree() -> None:
    train, test = data().inside["x_train"], data().outside["x_test"]
    found = of(rows=rows(train, test[:3]))
    assert not found["held_out"].agrees
    assert "3 of the held-out rows" in text(found["held_out"].text)
    assert not disagreeing(rows=rows(train, train, data().inside["x_val"]))


def test_rows_that_the_data_hold_twice_are_no_leak() -> None:
    made = Training().case()
    twice = {**made.outside, "x_test": np.concatenate([data().inside["x_train"][:2], made.outside["x_test"][2:]])}
    for _ in range(2):
        agreements = {a.id: a for a in certify(case(made.steps, replays=made.replays))}
        assert agreements["held_out"].agrees
    assert {a.id: a for a in certify(replace(made, outside=twice))}["held_out"].agrees


# The loss in the history.


def sure_and_wrong(net: Net) -> str:
    output = plain()(net)
    labels = data().inside["y_val"]
    net.values[output]["x_val"] = np.eye(10, dtype=np.float32)[(labels + 1) % 10]
    return output


@pytest.mark.parametrize(
    ("history", "agrees"),
    [
        ([2.3, 0.0, 900.0], True),  # Keras counts on behind the softmax, where probabilities are 0
        ([2.3, 0.0, 16.2], True),
        ([2.3, 0.0, 15.0], True),  # near enough
        ([2.3, 0.0, 0.1], False),
    ],
)
def test_a_network_that_is_sure_of_wrong_answers_is_at_least_as_bad_as_clipping_says(
    history: Sequence[float], agrees: bool
) -> None:
    assert 16 < honest_loss(sure_and_wrong) < 16.2
    assert of(make=sure_and_wrong, val_loss=history)["loss"].agrees is agrees


@pytest.mark.parametrize(
    ("history", "agrees"),
    [
        ([2.0, 1.0], True),  # the last epoch
        ([2.0, 1.0, 3.0, 4.0], True),  # weights of the best epoch restored
        ([2.0, 1.2, 1.4], True),  # regularisers, or validation on some of the rows
        ([9.0, 8.0], True),  # averaged weights are better than all that stood in the history
        ([float("nan"), 1.0], True),
        ([0.3, 0.1], False),
        ([0.01, float("nan")], False),
    ],
)
def test_a_history_that_is_far_better_than_the_network_disagrees(history: Sequence[float], agrees: bool) -> None:
    made = plain()
    scale = honest_loss(made)
    found = of(make=made, val_loss=[value * scale for value in history])
    assert scale > 1
    assert found["loss"].agrees is agrees
    assert f"{scale:.4f}" in text(found["loss"].text)


NOT_COMPARED: dict[str, dict[str, Any]] = {
    "no validation data": {"fit": fit(validation="split")},
    "no fit": {"fit": None},
    "unknown loss": {
        "loss": compiled("categorical_focal_crossentropy"),
        "fit": fit(loss="categorical_focal_crossentropy"),
    },
    "own loss": {"loss": compiled("custom"), "fit": fit(loss="custom")},
    "compiled anew": {"fit": fit(loss="mean_squared_error")},
    "rows scaled in train": {"rows": data().inside["x_train"] / 16, "fit": fit(x_range=(0.0, 0.06))},
    "rows made up": {"rows": data().inside["x_train"][:, ::-1]},
    "all NaN": {"val_loss": [float("nan")] * 3},
    "another network was trained": {"moves": False},
    "relu without shares": {"make": lambda net: net.dense(net.x, 10, "Relu", -1 - net.random.random((64, 10)))},
    "raw outputs as probabilities": {"make": plain("")},
    "NaN outputs": {"make": lambda net: net.dense(net.x, 10, "Softmax", np.full((64, 10), np.nan))},
}


@pytest.mark.parametrize("name", NOT_COMPARED)
def test_where_nothing_can_be_compared_nothing_is_said(name: str) -> None:
    changes: dict[str, Any] = {"make": plain(), "val_loss": [0.0001], **NOT_COMPARED[name]}
    with np.errstate(all="ignore"):
        assert "loss" not in of(**changes)


HONEST: dict[str, dict[str, Any]] = {
    "label smoothing": {"loss": compiled(label_smoothing=0.1)},
    "sparse labels": {
        "loss": compiled("sparse_categorical_crossentropy"),
        "fit": fit(loss="sparse_categorical_crossentropy", y_shape=(100,)),
    },
    "logits": {"make": plain(""), "loss": compiled(from_logits=True)},
    "from_logits on softmax": {"loss": compiled(from_logits=True)},
    "mse": {"loss": compiled("mean_squared_error"), "fit": fit(loss="mean_squared_error")},
    "sigmoid": {"make": plain("Sigmoid")},
    "regulariser": {"claims": {}, "val_loss": [9.0]},
}


@pytest.mark.parametrize("name", HONEST)
def test_honest_losses_agree(name: str) -> None:
    changes: dict[str, Any] = {"make": plain(), **HONEST[name]}
    net = Net(0)
    changes["make"](net)
    loss = changes.get("loss", compiled())
    outputs = net.values[net.output]["x_val"]
    value = compute_loss(loss.loss, outputs, data().inside["y_val"], loss.from_logits, loss.label_smoothing)
    assert value is not None
    found = of(**{"val_loss": [5.0, value], **changes})
    assert found["loss"].agrees


def test_an_honest_loss_below_zero_agrees() -> None:
    def single(net: Net) -> str:
        return net.dense(net.x, 1, "Sigmoid")

    net = Net(0)
    single(net)
    outputs = net.values[net.output]["x_val"]
    value = compute_loss("binary_crossentropy", outputs, data().inside["y_val"], False, 0.0)  # labels from 0 to 9
    assert value is not None
    assert value < -0.5
    loss: dict[str, Any] = {"loss": compiled("binary_crossentropy"), "fit": fit(loss="binary_crossentropy")}
    assert of(make=single, val_loss=[value], **loss)["loss"].agrees
    assert not of(make=single, val_loss=[2 * value - 1], **loss)["loss"].agrees


def test_losses_are_those_of_their_formulas() -> None:
    labels, y = np.array([0, 2]), np.eye(3)[[0, 2]]
    p = np.array([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]])
    expected = -(np.log(0.5) + np.log(0.8)) / 2
    for loss in ("categorical_crossentropy", "sparse_categorical_crossentropy"):
        assert compute_loss(loss, p, labels, False, 0.0) == pytest.approx(expected)
        assert compute_loss(loss, 2 * p, labels, False, 0.0) == pytest.approx(expected)
        assert compute_loss(loss, np.log(p) + 3, labels, True, 0.0) == pytest.approx(expected)
    smooth = -(np.log(p) * (y * 0.9 + 0.1 / 3)).sum(axis=1).mean()
    assert compute_loss("categorical_crossentropy", p, labels, False, 0.1) == pytest.approx(smooth)
    assert compute_loss("mean_squared_error", p, labels, False, 0.0) == pytest.approx(((p - y) ** 2).mean())
    assert compute_loss("categorical_crossentropy", np.eye(3)[[1, 1]], labels, False, 0.0) == pytest.approx(
        -np.log(1e-7)
    )
    assert compute_loss("custom", p, labels, False, 0.0) is None
    assert compute_loss("mean_squared_error", p[:1], labels, False, 0.0) is None
    assert compute_loss("mean_squared_error", p * np.nan, labels, False, 0.0) is None


def test_losses_of_a_single_output_are_those_of_their_formulas() -> None:
    numbers, outputs = np.array([1.5, -2.0, 4.0]), np.array([[1.0], [-1.0], [7.0]])
    assert compute_loss("mean_squared_error", outputs, numbers, False, 0.0) == pytest.approx((0.25 + 1 + 9) / 3)
    assert compute_loss("mean_absolute_error", outputs, numbers, False, 0.0) == pytest.approx(4.5 / 3)
    yes, shares = np.array([1, 0, 1]), np.array([[0.9], [0.2], [0.5]])
    expected = -(np.log(0.9) + np.log(0.8) + np.log(0.5)) / 3
    assert compute_loss("binary_crossentropy", shares, yes, False, 0.0) == pytest.approx(expected)
    assert compute_loss("binary_crossentropy", np.log(shares / (1 - shares)), yes, True, 0.0) == pytest.approx(
        expected
    )
    assert compute_loss("binary_crossentropy", shares, yes, False, 0.1) is None
    assert compute_loss("mean_squared_error", np.ones((2, 3)), np.array([0.5, 1.5]), False, 0.0) is None


def test_softmax_does_not_overflow() -> None:
    assert softmax(np.array([[1000.0, 0.0], [-1000.0, -1000.0]])).tolist() == [[1.0, 0.0], [0.5, 0.5]]


def test_certification_is_the_same_every_time() -> None:
    assert certify(Training().case()) == certify(Training().case())
    assert replace_facts(fit(), epochs=3).epochs == 3
