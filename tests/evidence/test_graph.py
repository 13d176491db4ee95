"""Frozen graphs read as networks."""

import numpy as np
import pytest

from grader.core.arrays import Array
from grader.evidence.graph import GraphSummary, summarise_graph
from grader.protocol.evidence import ReplayEvidence
from tests.helpers.cases import Net, good


def of(net: Net) -> GraphSummary:
    replayed = net.replayed("x")
    return summarise_graph(replayed.evidence, replayed.arrays, f"{net.output}:0")


def test_a_plain_network() -> None:
    net = Net()
    net.dense(net.dense(net.x, 32, "Relu"), 10, "Softmax")
    found = of(net)
    assert [kernel.shape for _, kernel in found.kernels] == [(64, 32), (32, 10)]
    assert (found.hidden, found.output_activation, found.stacked) == (1, "softmax", ())
    assert found.constants == 64 * 32 + 32 + 32 * 10 + 10


@pytest.mark.parametrize("activation", ["Relu", "Tanh", "Sigmoid", "Elu", "Erf", "Softmax", "Exp"])
def test_every_activation_makes_a_hidden_layer(activation: str) -> None:
    net = Net()
    net.dense(net.dense(net.x, 8, activation), 10)
    assert of(net).hidden == 1


def test_linear_layers_in_a_row_are_no_hidden_layers() -> None:
    net = Net()
    net.dense(net.dense(net.dense(net.x, 8), 8), 10, "Softmax")
    assert of(net).hidden == 0
    bent = Net()
    bent.dense(bent.dense(bent.dense(bent.x, 8), 8, "Relu"), 10, "Softmax")
    assert of(bent).hidden == 1


def test_branches_are_followed_each_by_itself() -> None:
    net = Net()
    straight, bent = net.dense(net.x, 8), net.dense(net.x, 8, "Relu")
    net.dense(net.op("ConcatV2", lambda a, b: np.hstack([a, b]), straight, bent), 10, "Softmax")
    found = of(net)
    assert found.hidden == 1
    assert len(found.kernels) == 3


def test_the_two_kernels_of_a_recurrent_layer_are_one_hidden_layer() -> None:
    net = Net()
    into, onward = (net.constant(np.ones(shape, np.float32)) for shape in ((64, 8), (8, 8)))
    state = net.act(net.op("MatMul", lambda a, b: a @ b, net.x, into), "Tanh")
    for _ in range(3):
        fresh = net.op("MatMul", lambda a, b: a @ b, net.x, into)
        remembered = net.op("MatMul", lambda a, b: a @ b, state, onward)
        state = net.act(net.op("AddV2", np.add, fresh, remembered), "Tanh")
    net.dense(net.dense(state, 8, "Relu"), 10, "Softmax")
    found = of(net)
    assert len(found.kernels) == 4
    assert found.hidden == 2


def test_a_kernel_that_is_used_many_times_is_one() -> None:
    net = Net()
    weight = net.constant(np.ones((64, 64), np.float32))
    x = net.x
    for _ in range(3):
        x = net.act(net.op("MatMul", lambda a, b: a @ b, x, weight), "Tanh")
    net.dense(x, 10, "Softmax")
    assert len(of(net).kernels) == 2
    assert of(net).hidden == 1


def test_a_computed_kernel_is_known_by_what_it_is_made_of() -> None:
    net = Net()
    scale = net.constant(np.ones(16, np.float32))
    direction = net.constant(np.ones((64, 16), np.float32))
    kernel = net.op("Mul", np.multiply, direction, scale)
    net.dense(net.act(net.op("MatMul", lambda a, b: a @ b, net.x, kernel), "Relu"), 10, "Softmax")
    found = of(net)
    assert [kernel.shape for _, kernel in found.kernels] == [(64, 16), (16, 10)]
    assert found.hidden == 1


def test_kernels_are_seen_through_reshapes_and_transposes() -> None:
    net = Net()
    weight = net.op("Transpose", np.transpose, net.constant(np.ones((8, 64), np.float32)))
    net.op("MatMul", lambda a, b: a @ b, net.op("Reshape", lambda v: v, net.x), weight)
    assert [kernel.shape for _, kernel in of(net).kernels] == [(8, 64)]


def test_products_of_two_values_are_no_kernels() -> None:
    net = Net()
    net.op("MatMul", lambda a, b: a @ b.T, net.x, net.x)
    assert of(net).kernels == ()


HEADS = {
    "Softmax": "softmax",
    "Sigmoid": "sigmoid",
    "Relu": "relu",
    "Tanh": "tanh",
    "Elu": "elu",
    "LogSoftmax": "log_softmax",
    "Exp": "exponential",
    "Erf": "other",
}


@pytest.mark.parametrize("op", HEADS)
def test_heads(op: str) -> None:
    net = Net()
    net.dense(net.x, 10, op)
    net.op("Identity", lambda v: v, net.output)
    assert of(net).output_activation == HEADS[op]


def test_heads_without_an_activation() -> None:
    net = Net()
    net.dense(net.x, 10)
    assert of(net).output_activation == "linear"
    net.op("Mean", lambda v: v, net.output)
    assert of(net).output_activation == "linear"
    net.op("Mul", np.multiply, net.output, net.constant(np.ones(10, np.float32)))
    assert of(net).output_activation == "linear"
    net.op("Mul", np.multiply, net.output, net.output)
    assert of(net).output_activation == "other"


def test_a_square_bends() -> None:
    net = Net()
    h = net.dense(net.x, 8)
    net.dense(net.op("Mul", np.multiply, h, h), 10)
    assert of(net).hidden == 1


def test_what_is_no_linear_operation_bends_whatever_it_is_called() -> None:
    by_case = Net()
    h = by_case.dense(by_case.x, 8)
    is_positive = by_case.op("Greater", lambda v: v > 0, h)
    by_case.dense(by_case.op("SelectV2", np.where, is_positive, h, by_case.op("Neg", np.negative, h)), 10)
    assert of(by_case).hidden == 1
    assert dense_of(by_case)[0][3] == ("where",)
    unheard_of = Net()
    unheard_of.dense(unheard_of.op("Sinh", np.sinh, unheard_of.dense(unheard_of.x, 8)), 10)
    assert of(unheard_of).hidden == 1
    moved = Net()
    moved.dense(moved.op("StridedSlice", lambda v: v[:, :4], moved.dense(moved.x, 8)), 10)
    assert of(moved).hidden == 0


def test_a_product_of_two_values_bends_and_one_with_a_number_does_not() -> None:
    for op, bends in (("Mul", 0), ("RealDiv", 0)):
        net = Net()
        h = net.dense(net.x, 8)
        net.dense(net.op(op, np.multiply, h, net.constant(np.full(8, 2.0, np.float32))), 10)
        assert of(net).hidden == bends
    inverse = Net()
    h = inverse.dense(inverse.x, 8)
    inverse.dense(inverse.op("RealDiv", np.multiply, inverse.constant(np.ones(8, np.float32)), h), 10)
    assert of(inverse).hidden == 1


def test_activations_one_behind_the_other() -> None:
    net = Net()
    net.act(net.op("Identity", lambda v: v, net.dense(net.x, 10, "Softmax")), "Softmax")
    assert of(net).stacked == ("softmax", "softmax")
    sigmoid = Net()
    sigmoid.act(sigmoid.dense(sigmoid.x, 10, "Sigmoid"), "Softmax")
    assert of(sigmoid).stacked == ("sigmoid", "softmax")
    hidden = Net()
    hidden.dense(hidden.dense(hidden.x, 10, "Softmax"), 10, "Softmax")
    assert of(hidden).stacked == ()


def test_nodes_that_the_output_does_not_need_are_not_seen() -> None:
    net = Net()
    output = good(net)
    net.dense(net.x, 500, "Relu")
    net.output = output
    assert of(net).constants < 64 * 500


@pytest.mark.parametrize("output", ["", "nowhere"])
def test_a_graph_without_the_output_is_nothing(output: str) -> None:
    found = summarise_graph(ReplayEvidence(id="x"), {}, output)
    assert (found.kernels, found.hidden, found.output_activation, found.constants) == ((), 0, "other", 0)


# Dense layers.


def dense_of(net: Net) -> list[tuple[tuple[int, ...], bool, bool, tuple[str, ...]]]:
    return [(node.shape, bool(node.bias), node.plain, node.activations) for node in of(net).dense]


def test_dense_layers_in_order_with_their_biases_and_activations() -> None:
    net = Net()
    net.dense(net.act(net.dense(net.x, 32), "Relu"), 10)
    assert dense_of(net) == [((64, 32), True, True, ("relu",)), ((32, 10), True, True, ())]
    kernel, bias = of(net).dense[0].kernel, of(net).dense[0].bias
    assert net.arrays[kernel].shape == (64, 32)
    assert net.arrays[bias].shape == (32,)


@pytest.mark.parametrize("kind", ["BiasAdd", "AddV2", "Add"])
@pytest.mark.parametrize("swapped", [False, True])
def test_a_bias_is_what_is_added_in_whatever_order(kind: str, *, swapped: bool) -> None:
    net = Net()
    product = net.op("Reshape", lambda v: v, net.kernel(net.x, np.ones((64, 8))))
    pair = product, net.constant(np.ones((1, 8), np.float32))
    net.op(kind, np.add, *(reversed(pair) if swapped else pair))
    assert dense_of(net) == [((64, 8), True, True, ())]


def test_what_is_added_but_is_no_bias() -> None:
    bare = Net()
    product = bare.kernel(bare.x, np.ones((64, 8)))
    bare.act(product, "Relu")
    assert dense_of(bare) == [((64, 8), False, True, ("relu",))]
    shifted = Net()
    product = shifted.kernel(shifted.x, np.ones((64, 8)))
    shifted.op("AddV2", np.add, product, shifted.constant(np.ones(1, np.float32)))
    assert not dense_of(shifted)[0][1]
    two_ways = Net()
    product = two_ways.kernel(two_ways.x, np.ones((64, 8)))
    biased = two_ways.op("AddV2", np.add, product, two_ways.constant(np.ones(8, np.float32)))
    two_ways.op("AddV2", np.add, product, biased)
    assert not dense_of(two_ways)[0][1]


def test_a_kernel_that_is_computed_is_not_plain() -> None:
    net = Net()
    weight = net.op("Transpose", np.transpose, net.constant(np.ones((8, 64), np.float32)))
    net.op("MatMul", lambda a, b: a @ b, net.x, weight)
    assert dense_of(net) == [((8, 64), False, False, ())]


def test_convolutions_are_kernels_but_no_dense_layers() -> None:
    net = Net()
    picture = net.op("Reshape", lambda v: v.reshape(-1, 8, 8, 1), net.x)
    net.op("Conv2D", lambda v, _: v, picture, net.constant(np.ones((3, 3, 1, 4), np.float32)))
    assert len(of(net).kernels) == 1
    assert of(net).dense == ()


def test_every_bend_on_the_way_to_the_next_kernel_is_named() -> None:
    net = Net()
    h = net.dense(net.x, 8)
    h = net.op("Mul", np.multiply, h, net.act(h, "Sigmoid"))
    h = net.op("Mul", np.multiply, h, h)
    net.act(net.dense(h, 10), "Tanh")
    assert [activations for *_, activations in dense_of(net)] == [("sigmoid", "mul"), ("tanh",)]


RANDOM = np.random.default_rng(3)
CONSTANTS: dict[str, tuple[list[Array], int]] = {
    "places in a row": ([np.arange(784)], 0),
    "a mask of what is seen": ([np.tri(64, dtype=bool)], 100),
    "a shape": ([np.array([-1, 8, 8, 1])], 0),
    "epsilons": ([np.array(0.001 * number, np.float32) for number in range(40)], 0),
    "a table of labels": ([RANDOM.integers(0, 10, 1797)], 300),
    "a table of keys": ([RANDOM.integers(0, 2**60, 450)], 450),
    "a table of single numbers": ([np.array(number, np.float32) for number in RANDOM.normal(size=500)], 436),
}


@pytest.mark.parametrize("name", CONSTANTS)
def test_constants_of_every_type_count_by_what_they_say(name: str) -> None:
    values, count = CONSTANTS[name]
    net = Net()
    output = net.dense(net.x, 10)
    for value in values:
        net.op("AddV2", lambda x, _: x, output, net.constant(value))
        output = net.output
    numbers = of(net).constants - (64 * 10 + 10)
    assert numbers <= 100 if count <= 100 else numbers >= count


def test_one_array_of_several_nodes_counts_once() -> None:
    net = Net()
    kernel = RANDOM.normal(size=(64, 64)).astype(np.float32)
    net.kernel(net.kernel(net.x, kernel), kernel)
    for name in net.constants:
        net.arrays[name] = net.arrays[next(iter(net.constants))]
    assert of(net).constants == 64 * 64


def test_what_is_added_before_anything_bends_is_a_bias() -> None:
    def has_summand(*activations: str, is_added: bool) -> bool:
        net = Net()
        output = net.kernel(net.x, np.ones((64, 1)))
        for activation in activations:
            output = net.act(output, activation)
        if is_added:
            net.op("AddV2", np.add, output, net.constant(np.array(0.5, np.float32)))
        return of(net).has_summand

    assert has_summand(is_added=True)
    assert not has_summand(is_added=False)
    assert not has_summand("Exp", is_added=True)  # 1 + exp(-z) is a part of the sigmoid
