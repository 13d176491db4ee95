"""What a report shows of networks on pictures: weights as pictures, and the rows that are hardly right."""

import base64
import io
from functools import lru_cache
from math import ceil, sqrt

import numpy as np

from grader.core.arrays import Array
from grader.evidence.network import Model
from grader.protocol.verdict import LayerWeights, Mistake
from grader.rubric.checks.layers.weight_pictures import picture_shape
from grader.rubric.data.dataset import Data

MAX_LAYERS = 6
MAX_PICTURES = 49  # of one layer
MAX_PIXELS = 20_000  # of one layer: a byte each
MAX_SIDE = 128  # of one picture: a longer column shows nothing
MAX_ROWS = 8
_STEPS = 15  # of a colour
_UNSEEN = 2 * _STEPS + 1  # index of what cannot be seen
_NEGATIVE, _NONE, _POSITIVE = (33, 102, 172), (247, 247, 247), (178, 74, 24)


def draw_weights(model: Model) -> tuple[LayerWeights, ...]:
    """Return the kernels of the Dense layers as pictures: what leads away from some inputs of each."""
    if model.graph is None:
        return ()
    kernels = dict(model.graph.kernels)
    chosen = [kernels[name] for name in kernels if kernels[name].ndim == 2 and kernels[name].size]
    small = [kernel for kernel in chosen if max(picture_shape(kernel.shape[1])) <= MAX_SIDE]
    return tuple(map(draw_kernel, small[:MAX_LAYERS]))  # a graph may hold thousands


def draw_kernel(kernel: Array) -> LayerWeights:
    """Return a kernel (inputs, units) as pictures side by side, negative weights blue and positive ones brown."""
    inputs, units = kernel.shape
    height, width = picture_shape(units)
    count = min(inputs, MAX_PICTURES, MAX_PIXELS // units)
    rows = np.linspace(0, inputs - 1, count).astype(int)
    pictures = np.nan_to_num(kernel[rows].astype(np.float64), posinf=0.0, neginf=0.0).reshape(-1, height, width)
    largest = np.abs(pictures).max() or 1.0
    indices = (np.round(pictures / largest * _STEPS) + _STEPS).astype(np.uint8)
    columns = ceil(sqrt(count * height / width))
    lines = ceil(count / columns)
    paper = np.full((lines * (height + 1) - 1, columns * (width + 1) - 1), _UNSEEN, dtype=np.uint8)
    for number, picture in enumerate(indices):
        y, x = number // columns * (height + 1), number % columns * (width + 1)
        paper[y : y + height, x : x + width] = picture
    return LayerWeights(
        inputs=inputs,
        units=units,
        height=height,
        width=width,
        pictures=count,
        png=base64.b64encode(_encode_png(paper)).decode(),
        png_width=paper.shape[1],
        png_height=paper.shape[0],
    )


def _palette() -> bytes:
    """Return the colours of all indices, and at the end one that cannot be seen, for what lies between."""
    ends = [_NEGATIVE] * _STEPS + [_NONE] + [_POSITIVE] * _STEPS
    shares = np.abs(np.arange(-_STEPS, _STEPS + 1))[:, None] / _STEPS
    colours = np.round(np.array(_NONE) + shares * (np.array(ends) - _NONE)).astype(np.uint8)
    return colours.tobytes() + b"\xff\xff\xff"


def _encode_png(indices: Array) -> bytes:
    """Return a picture of indices into the palette, shape (height, width), as a PNG."""
    from PIL import Image  # few reports have pictures of weights, and importing this takes as long as to judge

    height, width = indices.shape
    picture = Image.frombytes("P", (width, height), indices.tobytes())
    picture.putpalette(_palette())
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True, transparency=_UNSEEN)
    return file.getvalue()


def list_mistakes(outputs: Array, data: Data, truth: Array, *, right: bool = False) -> tuple[Mistake, ...]:
    """Return the held-out rows that the network was most sure of and got wrong.

    With `right`: those that it got right and was least sure of. `truth`: the labels of these rows, as integers.
    """
    if data.picture is None or len(data.class_names) != outputs.shape[1]:
        return ()
    predicted, order = outputs.argmax(axis=1), data.order_classes()
    rows = np.flatnonzero((truth == predicted) == right)
    others = np.sort(outputs[rows], axis=1)[:, -2] if right else outputs[rows, truth[rows]]
    margin = outputs[rows, predicted[rows]] - others
    chosen = rows[np.argsort(margin if right else -margin, kind="stable")][:MAX_ROWS]
    return tuple(
        Mistake(
            image=_list_pixels(data.draw_picture(data.outside["x_test"][row])),
            true=data.class_names[truth[row]],
            predicted=data.class_names[predicted[row]],
            labels=tuple(data.class_names[label] for label in order),
            probabilities=tuple(round(float(p), 4) for p in outputs[row][order]),
        )
        for row in chosen
    )


def _list_pixels(picture: Array) -> tuple[tuple[float, ...], ...]:
    """Return the grey values of a picture (height, width), line by line, with three digits."""
    return _round_pixels(picture.astype(np.float64).tobytes(), picture.shape[1])


@lru_cache(maxsize=512)
def _round_pixels(content: bytes, width: int) -> tuple[tuple[float, ...], ...]:
    """Round float64 in lines of `width`. The rows that are hard are the same ones for most of a class."""
    return tuple(tuple(round(float(v), 3) for v in line) for line in np.frombuffer(content).reshape(-1, width))
