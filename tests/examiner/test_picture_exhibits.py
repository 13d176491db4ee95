"""What reports show of networks on pictures: weights as a PNG that can be read, and rows that are hardly right."""

import base64
import io
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from PIL import Image

from grader.core.arrays import Array
from grader.evidence.network import Model
from grader.examiner.exhibits import make_exhibits
from grader.examiner.picture_exhibits import (
    MAX_LAYERS,
    MAX_PICTURES,
    MAX_PIXELS,
    MAX_ROWS,
    MAX_SIDE,
    draw_kernel,
    draw_weights,
    list_mistakes,
)
from grader.protocol.verdict import LayerWeights
from grader.rubric.checks.base import NOTHING_MORE, Shows
from tests.helpers.cases import Net, Training, case, data, plain, say


def read(layer: LayerWeights) -> Image.Image:
    image = Image.open(io.BytesIO(base64.b64decode(layer.png)))
    assert image.size == (layer.png_width, layer.png_height)
    return image.convert("RGBA")


def test_each_weight_is_a_pixel_whose_colour_tells_its_sign() -> None:
    kernel = np.array([[1.0, 0.0, -1.0, 0.5], [0.0, 0.0, 0.0, -0.5]])
    layer = draw_kernel(kernel)
    assert (layer.inputs, layer.units, layer.height, layer.width, layer.pictures) == (2, 4, 2, 2, 2)
    image = read(layer)
    assert image.size == (5, 2)
    colours = {place: image.getpixel(place) for place in ((0, 0), (1, 0), (0, 1), (2, 0), (4, 1))}
    assert colours[0, 0] == (178, 74, 24, 255)  # the largest
    assert colours[1, 0] == (247, 247, 247, 255)  # none
    assert colours[0, 1] == (33, 102, 172, 255)  # the smallest
    assert colours[2, 0] == (255, 255, 255, 0)  # between two pictures
    red, _green, blue, _alpha = colours[4, 1]  # type: ignore[misc]
    assert blue > red


def test_of_thousands_of_layers_no_more_are_drawn_than_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes half a millisecond, and a graph may hold 20,000 operations."""
    drawn: list[Array] = []

    def draw(kernel: Array) -> LayerWeights:
        drawn.append(kernel)
        return draw_kernel(kernel)

    monkeypatch.setattr("grader.examiner.picture_exhibits.draw_kernel", draw)
    kernels = [(str(number), np.full((2, 4), number + 1.0)) for number in range(5000)]
    too_large = ("large", np.ones((1, MAX_SIDE + 1)))  # no square, so a column
    model = cast("Model", SimpleNamespace(graph=SimpleNamespace(kernels=[too_large, *kernels])))
    assert len(draw_weights(model)) == len(drawn) == MAX_LAYERS
    assert drawn[0][0, 0] == 1.0


def test_the_same_weights_give_the_same_bytes() -> None:
    kernel = np.random.default_rng(0).normal(0, 1, (36, 10))
    assert draw_kernel(kernel) == draw_kernel(kernel.copy())
    assert draw_kernel(kernel) != draw_kernel(-kernel)


def test_nothing_is_imported_for_pictures_before_one_is_drawn() -> None:
    program = (
        "import sys, numpy, grader.examiner.service\n"
        "assert 'PIL' not in sys.modules\n"
        "sys.modules['grader.examiner.picture_exhibits'].draw_kernel(numpy.ones((3, 4)))\n"
        "assert 'PIL' in sys.modules and 'matplotlib' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


@pytest.mark.parametrize("shape", [(784, 324), (36, 10), (1, 1), (3, MAX_SIDE**2), (2000, 7), (5, 400)])
def test_pictures_are_few_and_small(shape: tuple[int, int]) -> None:
    layer = draw_kernel(np.random.default_rng(0).normal(0, 1, shape))
    assert 1 <= layer.pictures <= MAX_PICTURES
    assert layer.pictures * layer.units <= MAX_PIXELS
    assert len(layer.png) < 60_000
    read(layer)


def test_layers_whose_pictures_would_be_long_columns_are_left_out() -> None:
    def wide(net: Net) -> str:
        return net.dense(net.dense(net.x, MAX_SIDE + 1, "Relu"), 10, "Softmax")

    shown = make_exhibits(Training(wide).case(), data(), say, Shows(weights=True))
    assert [layer.units for layer in shown.weights] == [10]


@pytest.mark.parametrize("value", [0.0, np.nan, np.inf, 1e38])
def test_weights_of_any_size_can_be_drawn(value: float) -> None:
    read(draw_kernel(np.full((3, 4), value, dtype=np.float32)))


def test_weights_and_hard_rows_are_shown_where_the_rubric_is_about_them() -> None:
    made = Training(plain()).case()
    nothing = make_exhibits(made, data(), say, NOTHING_MORE)
    assert not nothing.weights
    assert not nothing.narrow_rows
    shown = make_exhibits(made, data(), say, Shows(weights=True) | Shows(narrow_rows=True))
    assert [(layer.inputs, layer.units) for layer in shown.weights] == [(64, 32), (32, 10)]
    assert all(row.true == row.predicted for row in shown.narrow_rows)
    empty = make_exhibits(case(), data(), say, Shows(weights=True, narrow_rows=True))
    assert not empty.weights
    assert not empty.narrow_rows


def test_rows_that_are_hardly_right_come_with_the_smallest_margin_first() -> None:
    labels = data().outside["y_test"]
    outputs = np.full((len(labels), 10), 0.01)
    outputs[np.arange(len(labels)), labels] = np.linspace(0.1, 0.9, len(labels))
    rows = list_mistakes(outputs, data(), labels, right=True)
    assert len(rows) == MAX_ROWS
    assert [row.true for row in rows] == [str(label) for label in labels[:MAX_ROWS]]
    assert list_mistakes(outputs, data(), labels) == ()
    assert list_mistakes(outputs, replace(data(), picture=None), labels, right=True) == ()
    assert list_mistakes(outputs[:, :3], data(), labels, right=True) == ()
