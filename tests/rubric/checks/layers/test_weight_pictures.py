"""Weights as pictures: right ones in every container, and what is said of others."""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from grader.core.errors import RubricError
from grader.core.seal import Seal
from grader.evidence.judgement import Judgement
from grader.protocol.verdict import Status
from grader.rubric.checks import WeightPictures
from grader.rubric.checks.layers.weight_pictures import picture_shape
from grader.rubric.data import no_data
from tests.helpers import lab
from tests.helpers.cases import judged, text

CHECK = WeightPictures("weight_images", ((20, 9, 6, 4), (8, 16, 5)))
Function = Callable[[Any], Any]


def judge(function: Function) -> Judgement:
    return judged(CHECK, lab.run(CHECK, no_data(), {"weight_images": function}))


@cache
def dense() -> Any:
    import keras

    return keras.layers.Dense


def kernels(model: Any) -> list[Any]:
    return [np.array(layer.get_weights()[0]) for layer in model.layers if isinstance(layer, dense())]


def right(model: Any) -> list[Any]:
    return [kernel.reshape(len(kernel), *picture_shape(kernel.shape[1])) for kernel in kernels(model)]


@pytest.mark.parametrize(
    ("units", "shape"), [(324, (18, 18)), (36, (6, 6)), (10, (10, 1)), (1, (1, 1)), (2, (2, 1))]
)
def test_a_picture_is_a_square_where_the_units_fill_one(units: int, shape: tuple[int, int]) -> None:
    assert picture_shape(units) == shape


@pytest.mark.parametrize(
    "function",
    [
        right,
        lambda model: tuple(right(model)),
        lambda model: {f"layer {n}": pictures for n, pictures in enumerate(right(model))},
        lambda model: [list(pictures) for pictures in right(model)],
        lambda model: [pictures.tolist() for pictures in right(model)],
        lambda model: [pictures.astype("float64") for pictures in right(model)],
    ],
)
def test_right_pictures_pass(function: Function) -> None:
    judgement = judge(function)
    assert judgement.status is Status.PASSED, text(judgement.message)
    assert text(judgement.message) == "The weights of each layer are pictures: 3×3, 6×1, 2×2."


def _into_units(model: Any) -> list[Any]:
    return [kernel.T.reshape(kernel.shape[1], -1, 1) for kernel in kernels(model)]


@pytest.mark.parametrize(
    ("function", "share", "words"),
    [
        (_into_units, 0.0, "there is a picture for each unit, of the weights into it: shape (9, 20, 1)"),
        (kernels, 0.0, "expected the shape (20, 3, 3): for each of the 20 inputs its 9 weights"),
        (lambda m: [p.swapaxes(1, 2) if p.shape[1] == p.shape[2] else p for p in right(m)], 0.4, "turned over"),
        (
            lambda m: [k.T.reshape(p.shape) for k, p in zip(kernels(m), right(m), strict=True)],
            0.0,
            "put into the right shape: reshape the kernel itself, without .T",
        ),
        (lambda m: [2 * p for p in right(m)], 0.0, "the weights are scaled"),
        (lambda m: [np.zeros_like(p) for p in right(m)], 0.0, "the numbers are not the weights"),
        (lambda m: [p * np.nan for p in right(m)], 0.0, "the numbers are not the weights"),
        (lambda m: right(m)[:1] + [p + 1 for p in right(m)[1:]], 0.4, "Dense layer 2 of the network 20-9-6-4"),
        (
            lambda m: right(m)[:-1],
            0.0,
            "has to return 3 arrays for the network 20-9-6-4, one for each Dense layer",
        ),
        (lambda _m: None, 0.0, "weight_images() returned None"),
        (lambda _m: "pictures", 0.0, "Received: 'pictures'"),
        (lambda m: [p.astype(str) for p in right(m)], 0.0, "has to return numbers"),
    ],
)
def test_wrong_pictures_say_what_is_wrong(function: Function, share: float, words: str) -> None:
    judgement = judge(function)
    assert judgement.status is not Status.PASSED
    assert judgement.share == share
    assert words in text(judgement.message)


def test_weights_are_drawn_from_the_secret() -> None:
    sealed = [CHECK.with_seal(Seal(bytes([n]) * 32)).arrays() for n in (1, 1, 2)]
    name = "weight_images:20-9-6-4:0:kernel"
    assert np.array_equal(sealed[0][name], sealed[1][name])
    assert not np.array_equal(sealed[0][name], sealed[2][name])


def test_a_network_without_layers_is_refused() -> None:
    with pytest.raises(RubricError):
        WeightPictures("weight_images", ((8,),))


def test_who_counts_on_places_is_right_on_one_of_two_networks_only() -> None:
    def by_place(model: Any) -> list[Any]:
        kernels_there = [np.array(layer.get_weights()[0]) for layer in model.layers[::2]]
        return [kernel.reshape(len(kernel), *picture_shape(kernel.shape[1])) for kernel in kernels_there]

    judgement = judge(by_place)
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.6)  # three of five layers
    assert "2 arrays for the network 8-16-5" in text(judgement.message)
