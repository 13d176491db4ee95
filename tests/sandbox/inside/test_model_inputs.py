"""Models with several inputs are called with rows in which these lie side by side, however they take them."""

from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from grader.protocol.plan import InputRows
from grader.sandbox.inside.model_inputs import OneInput, SeveralInputs

RANDOM = np.random.default_rng(0)
NUMBERS, KIND = RANDOM.normal(0.0, 1.0, (6, 3)).astype(np.float32), np.arange(6) % 3
STEP = [InputRows(name="numbers", rows="a"), InputRows(name="kind", rows="b")]
INPUTS = SeveralInputs(STEP, [NUMBERS, KIND])
# What each of them has to give, whatever its form is.
RIGHT = NUMBERS.sum(axis=1) + 10.0 * KIND


def functional(arrange: Callable[[Any, Any], Any], numbers: str | None = None, kind: str | None = None) -> Any:
    a, b = keras.Input((3,), name=numbers), keras.Input((1,), name=kind)
    total = keras.ops.sum(a, axis=1) + 10.0 * keras.ops.cast(b, "float32")[:, 0]
    return keras.Model(arrange(a, b), total)


class Subclassed(keras.Model):  # type: ignore[misc]
    """Takes both from one argument, as `read` does."""

    def __init__(self, read: Callable[[Any], tuple[Any, Any]]) -> None:
        super().__init__()
        self.read = read

    def call(self, inputs: Any) -> Any:
        """Return the right sum."""
        numbers, kind = self.read(inputs)
        return keras.ops.sum(numbers, axis=1) + 10.0 * keras.ops.cast(kind, "float32")


MODELS: Mapping[str, tuple[Callable[[], Any], list[str]]] = {
    "list": (lambda: functional(lambda a, b: [a, b]), ["numbers", "kind"]),
    "tuple": (lambda: functional(lambda a, b: (a, b)), ["numbers", "kind"]),
    "other order": (lambda: functional(lambda a, b: [b, a]), ["kind", "numbers"]),
    "dict": (lambda: functional(lambda a, b: {"numbers": a, "kind": b}, "numbers", "kind"), ["kind", "numbers"]),
    "other keys": (lambda: functional(lambda a, b: {"a": a, "b": b}, "a", "b"), ["numbers", "kind"]),
    "swapped names": (lambda: functional(lambda a, b: [a, b], "kind", "numbers"), ["numbers", "kind"]),
    "class, list": (lambda: Subclassed(lambda x: (x[0], x[1])), ["numbers", "kind"]),
    "class, dict": (lambda: Subclassed(lambda x: (x["numbers"], x["kind"])), ["kind", "numbers"]),
}


@pytest.mark.parametrize("name", MODELS)
def test_the_rows_of_each_input_go_where_they_belong(name: str) -> None:
    build, gets = MODELS[name]
    call = OneInput(build(), INPUTS)
    np.testing.assert_allclose(call(INPUTS.sample), RIGHT, rtol=1e-5)
    assert [one.gets for one in call.describe()] == gets


def test_inputs_of_one_shape_are_told_apart_by_their_names() -> None:
    pair = SeveralInputs(
        [InputRows(name="before", rows="a"), InputRows(name="after", rows="b")], [NUMBERS, NUMBERS + 1.0]
    )

    def build(*names: str | None) -> Any:
        one, other = (keras.Input((3,), name=name) for name in names)
        return keras.Model([one, other], one - 2.0 * other)

    before, after = NUMBERS, NUMBERS + 1.0
    np.testing.assert_allclose(OneInput(build(None, None), pair)(pair.sample), before - 2 * after, rtol=1e-5)
    swapped = OneInput(build("after", "before"), pair)
    np.testing.assert_allclose(swapped(pair.sample), after - 2 * before, rtol=1e-5)


@pytest.mark.parametrize("count", [1, 3])
def test_another_number_of_inputs_is_refused(count: int) -> None:
    inputs = [keras.Input((3,)) for _ in range(count)]
    model = keras.Model(inputs, layers.Concatenate()(inputs) if count > 1 else inputs[0] * 2.0)
    with pytest.raises(ValueError, match=f"2 inputs expected; the network has {count}"):
        OneInput(model, INPUTS)(INPUTS.sample)


def test_a_key_that_there_is_not_is_named_without_the_text_around_it() -> None:
    model = Subclassed(lambda x: (x["numbers"], x["sort"]))
    call = OneInput(model, INPUTS)
    with pytest.raises(KeyError) as error:
        call(INPUTS.sample)
    assert error.value.args == ("sort",)
    assert call.describe() == ()


def test_another_order_is_tried_only_where_weights_cannot_get_its_shapes() -> None:
    def read(x: Any) -> tuple[Any, Any]:
        kind, numbers = x
        assert numbers.shape[-1] == 3
        return numbers, kind

    with pytest.raises((AssertionError, ValueError, IndexError)):
        OneInput(Subclassed(read), INPUTS)(INPUTS.sample)
    model = Subclassed(read)
    model.add_weight(shape=(1,))
    call = OneInput(model, INPUTS)
    np.testing.assert_allclose(call(INPUTS.sample), RIGHT, rtol=1e-5)
    assert [one.gets for one in call.describe()] == ["kind", "numbers"]


@pytest.mark.parametrize(
    ("x", "is_read"),
    [
        ([NUMBERS, KIND], True),
        ((KIND, NUMBERS), True),  # the shapes tell
        ({"kind": KIND, "numbers": NUMBERS}, True),
        ({"kind": KIND[:, None], "numbers": NUMBERS}, True),
        ([NUMBERS], False),
        (NUMBERS, False),
        ([NUMBERS, KIND.astype(str)], False),
    ],
)
def test_the_rows_of_fit_are_put_in_the_order_of_the_exercise(x: Any, is_read: bool) -> None:
    rows = INPUTS.read_rows(Subclassed(lambda x: x), x)
    assert (rows is not None) is is_read
    if rows is not None:
        np.testing.assert_array_equal(rows, INPUTS.sample)
