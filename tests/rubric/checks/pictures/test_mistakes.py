"""Mistakes, and the hardest rows: by what the frozen graph puts out, not by what the function says."""

from collections.abc import Callable
from functools import cache
from typing import Any

import keras
import numpy as np
import pytest
from matplotlib import pyplot as plt

from grader.core.arrays import Array
from grader.core.i18n import Words
from grader.evidence.judgement import Judgement, PreconditionFailedError
from grader.protocol.evidence import Returned
from grader.protocol.verdict import Status
from grader.rubric.checks import ErrorGallery, HardestRows, Training
from grader.rubric.checks.pictures.mistakes import OnMistakes
from grader.rubric.data import Data
from grader.sandbox.inside import encode_figures
from grader.sandbox.inside.array_store import Store
from tests.helpers import lab
from tests.helpers.cases import case, judged, returned, seen, text

TRAINING = Training(validation=False)
RIGHT = HardestRows(TRAINING, "hardest", right=True)
WRONG = HardestRows(TRAINING, "hardest", right=False)
GALLERY = ErrorGallery(TRAINING, "gallery", count=16)
ROWS = 80


@cache
def data() -> Data:
    """Pictures of 6×6 in three classes, which differ in where they are bright."""
    random = np.random.default_rng(5)
    y = np.arange(240) % 3
    x = random.uniform(0.0, 1.0, (240, 6, 6)).astype(np.float32)
    for label in range(3):
        x[y == label, 2 * label : 2 * label + 2] += 0.12
    mixed: Array = y[100 : 100 + ROWS].copy()
    mixed[::10] = (mixed[::10] + 1) % 3
    inside: dict[str, Array] = {
        "x_train": x[:100],
        "y_train": y[:100],
        "x_val": x[100:180],
        "y_val": y[100:180],
        "y_val_mixed": mixed,
    }
    return Data(inside, {"x_test": x[180:], "y_test": y[180:]}, class_names=("0", "1", "2"), picture=(6, 6))


def build_model() -> Any:
    model = keras.Sequential([keras.Input((6, 6)), keras.layers.Flatten(), keras.layers.Dense(3, "softmax")])
    model.compile(loss="sparse_categorical_crossentropy")
    return model


def train(model: Any, x: Any, y: Any) -> Any:
    kernel = np.zeros((36, 3), dtype=np.float32)
    for label in range(3):
        kernel[12 * label : 12 * label + 12, label] = 0.7
    model.set_weights([kernel, np.zeros(3, dtype=np.float32)])
    return lab.history(loss=[1.0])


def run(check: OnMistakes, function: Callable[..., Any], build: Callable[[], Any] = build_model) -> Judgement:
    functions = {"build_model": build, "train": train, check.function: function}
    return judged(check, lab.run(check, data(), functions))


@cache
def chances() -> Array:
    """Return what the network says of each of the rows."""
    model = build_model()
    train(model, None, None)
    return np.asarray(model(data().inside["x_val"]), dtype=np.float64)


LABELS = data().inside["y_val_mixed"]
IS_RIGHT = chances().argmax(axis=1) == LABELS
SURE = chances().max(axis=1)
EASY_FIRST = np.argsort(-SURE)
RIGHT_ROWS = [row for row in EASY_FIRST[::-1] if IS_RIGHT[row]]
WRONG_ROWS = [row for row in EASY_FIRST if not IS_RIGHT[row]]


def answer(check: HardestRows, rows: Any) -> Judgement:
    """Judge rows that a function returned."""
    made = case({check._step: returned(check._step, rows)})
    try:
        return check.judge_answers(made, [chances()], LABELS)
    except PreconditionFailedError as unmet:
        return unmet.judgement


def test_functions_are_tried_with_the_trained_network() -> None:
    def hardest(model: Any, x: Any, y: Any) -> Any:
        p = model.predict(x, verbose=0)
        right = np.flatnonzero(p.argmax(axis=1) == y)
        return right[np.argsort(p.max(axis=1)[right])][:9]

    assert run(RIGHT, hardest).status is Status.PASSED
    assert run(WRONG, hardest).status is Status.FAILED


def test_there_are_enough_mistakes_for_these_tests() -> None:
    assert len(WRONG_ROWS) > 20
    assert len(RIGHT_ROWS) > 20


@pytest.mark.parametrize(
    "rows", [RIGHT_ROWS[:9], np.array(RIGHT_ROWS[:9])[:, None], tuple(map(float, RIGHT_ROWS[:9]))]
)
def test_right_rows_pass_in_any_container(rows: Any) -> None:
    assert answer(RIGHT, rows).status is Status.PASSED


@pytest.mark.parametrize(
    ("check", "rows", "share", "words"),
    [
        (RIGHT, RIGHT_ROWS[8::-1], 0.5, "the hardest has to come first"),
        (RIGHT, RIGHT_ROWS[:-10:-1], 0.0, "these are the easiest rows"),
        (RIGHT, RIGHT_ROWS[10:19], 0.0, "not the rows of which the network is least sure"),
        (RIGHT, WRONG_ROWS[:9], 0.0, "are wrong. Choose among the rows that the network gets right"),
        (RIGHT, RIGHT_ROWS[:8], 0.0, "expected 9 rows; received 8"),
        (RIGHT, RIGHT_ROWS[:8] + RIGHT_ROWS[:1], 0.0, "a row is named twice"),
        (RIGHT, [0.5] * 9, 0.0, "positions of rows as whole numbers from 0 to 79"),
        (RIGHT, [True] * 9, 0.0, "positions of rows as whole numbers"),
        (RIGHT, [-1, *RIGHT_ROWS[:8]], 0.0, "positions of rows as whole numbers"),
        (RIGHT, [], 0.0, "hardest() has to return"),
        (RIGHT, np.zeros((0,)), 0.0, "positions of rows as whole numbers"),
        (RIGHT, None, 0.0, "hardest() returned None"),
        (RIGHT, ["a"] * 9, 0.0, "hardest() has to return"),
        (WRONG, WRONG_ROWS[8::-1], 0.5, "the hardest has to come first"),
        (
            WRONG,
            WRONG_ROWS[:-10:-1],
            0.0,
            "the order is the wrong way round. Expected: those of which the network is most",
        ),
        (WRONG, RIGHT_ROWS[:9], 0.0, "all of these rows are right"),
        (WRONG, [*WRONG_ROWS[:8], RIGHT_ROWS[0]], 0.0, "Are these positions among the wrong rows"),
    ],
)
def test_other_rows_say_what_is_wrong(check: HardestRows, rows: Any, share: float, words: str) -> None:
    judgement = answer(check, rows)
    assert judgement.share == share
    assert words in text(judgement.message)


@pytest.mark.parametrize(("check", "rows", "said"), [(RIGHT, RIGHT_ROWS, "right"), (WRONG, WRONG_ROWS, "wrong")])
def test_positions_within_the_rows_that_count_are_told_from_other_rows(
    check: HardestRows, rows: list[int], said: str
) -> None:
    places = np.searchsorted(sorted(rows), rows[:9])
    judgement = answer(check, places)
    assert judgement.share == 0
    assert f"these are positions among the rows that are {said}, not among all rows" in text(judgement.message)
    assert f"{said}[positions] gives those" in text(judgement.message)


def test_the_smallest_probability_of_the_label_is_another_question() -> None:
    own = chances()[np.arange(ROWS), LABELS]
    rows = sorted(WRONG_ROWS, key=lambda row: own[row])[:9]
    assert "smallest probability of their label" in text(answer(WRONG, rows).message)


def test_raw_outputs_may_be_read_either_way() -> None:
    def raw() -> Any:
        model = keras.Sequential([keras.Input((6, 6)), keras.layers.Flatten(), keras.layers.Dense(3)])
        model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model

    def hardest(model: Any, x: Any, y: Any) -> Any:
        z = model.predict(x, verbose=0)
        right = np.flatnonzero(z.argmax(axis=1) == y)
        return right[np.argsort(z.max(axis=1)[right])][:9]

    assert run(RIGHT, hardest, raw).status is Status.PASSED


# The gallery.


def draw(
    rows: Any,
    title: Callable[[int], str],
    picture: Callable[[Array], Array] = lambda x: x,
    decorate: Callable[[Any], object] = lambda _axes: None,
    method: str = "imshow",
) -> Judgement:
    """Judge a figure of rows; `decorate` adds something to each of its axes, `method` draws the pictures."""
    said = chances().argmax(axis=1)
    figure, axes = plt.subplots(5, 5)
    for axis, row in zip(axes.flat, rows, strict=False):
        getattr(axis, method)(picture(data().inside["x_val"][row]))
        axis.set_title(title(row).format(said=said[row], label=LABELS[row]))
        decorate(axis)
    store = Store()
    value = encode_figures.describe(figure, store)
    plt.close(figure)
    made = case({GALLERY._step: seen(GALLERY._step, Returned(value=value), store.arrays)}, inside=data().inside)
    return GALLERY.judge_answers(made, [chances()], LABELS)


def _name(_row: int) -> str:
    return "{said}, not {label}"


@pytest.mark.parametrize(
    ("rows", "title", "picture"),
    [
        (WRONG_ROWS[:16], _name, lambda x: x),
        (WRONG_ROWS[15::-1], lambda _row: "true {label} / said {said}", lambda x: 255 - 255 * x),
        (
            WRONG_ROWS[4:20],
            lambda row: f"row {row}: {{label}}->{{said}}",
            lambda x: np.stack([x / 2] * 3, axis=-1),
        ),
        (WRONG_ROWS[:16], lambda _row: "{label}, not {said}", lambda x: x),
        (WRONG_ROWS[:16], _name, lambda x: x[::-1]),
        (WRONG_ROWS[:16], lambda _row: "Predicted label: {said}\nTrue label: {label}", lambda x: x),
        (
            WRONG_ROWS[:16],
            lambda row: "pred {said}, true {label}" if row % 3 else "pred {label}, true {said}",
            lambda x: x,
        ),
    ],
)
def test_right_galleries_pass(rows: Any, title: Any, picture: Any) -> None:
    judgement = draw(rows, title, picture)
    assert judgement.status is Status.PASSED, text(judgement.message)


@pytest.mark.parametrize(
    ("rows", "title", "picture", "share", "words"),
    [
        (
            WRONG_ROWS[:5],
            _name,
            lambda x: x,
            0.0,
            "expected 16 pictures, one for each mistake and at most 16; it draws 5",
        ),
        (WRONG_ROWS[:17], _name, lambda x: x, 0.0, "it draws 17"),
        (WRONG_ROWS[:15] + RIGHT_ROWS[:1], _name, lambda x: x, 0.0, "which the network gets right"),
        (WRONG_ROWS[:15] + WRONG_ROWS[:1], _name, lambda x: x, 0.0, "is drawn twice"),
        (WRONG_ROWS[:16], lambda _row: "{said}?", lambda x: x, 0.5, "has to name what the network says"),
        (
            WRONG_ROWS[:16],
            lambda _row: "right: {said}, predicted: {label}",
            lambda x: x,
            0.5,
            "the titles exchange what the network says and what is right: 'right: ",
        ),
        (WRONG_ROWS[:16], lambda _row: "", lambda x: x, 0.5, "the title of picture 1 is ''"),
        (WRONG_ROWS[:16], _name, lambda x: x.T, 0.0, "picture 1 is none of the rows of x"),
        (WRONG_ROWS[:16], _name, lambda x: x[:3], 0.0, "picture 1 is none of the rows of x"),
        (WRONG_ROWS[:16], _name, lambda x: x * np.nan, 0.0, "What cannot be seen does not count: 16 of what"),
    ],
)
def test_other_galleries_say_what_is_wrong(rows: Any, title: Any, picture: Any, share: float, words: str) -> None:
    judgement = draw(rows, title, picture)
    assert judgement.share == share
    assert words in text(judgement.message)


@pytest.mark.parametrize("method", ["pcolormesh", "pcolor"])
def test_pictures_may_be_meshes_but_of_the_right_rows(method: str) -> None:
    def draw_mesh(rows: Any, picture: Callable[[Array], Array] = lambda x: x) -> Judgement:
        return draw(rows, _name, picture, decorate=lambda axes: axes.invert_yaxis(), method=method)

    right = draw_mesh(WRONG_ROWS[:16])
    assert right.status is Status.PASSED, text(right.message)
    assert "none of the rows of x" in text(draw_mesh(WRONG_ROWS[:16], lambda x: x.T).message)
    assert "which the network gets right" in text(draw_mesh(WRONG_ROWS[:15] + RIGHT_ROWS[:1]).message)


@pytest.mark.parametrize(("over", "share"), [({}, 0.0), ({"alpha": 0.4, "cmap": "hot"}, 1.0)])
def test_the_picture_has_to_be_seen_below_what_is_drawn_over_it(over: dict[str, Any], share: float) -> None:
    random = np.random.default_rng(1)
    judgement = draw(
        WRONG_ROWS[:16], _name, decorate=lambda axes: axes.imshow(random.uniform(size=(6, 6)), **over)
    )
    assert judgement.share == share, text(judgement.message)


def test_labels_of_axes_that_are_switched_off_are_no_titles() -> None:
    def move_title(axes: Any) -> None:
        axes.set_xlabel(axes.get_title())
        axes.set_title("")

    def hide_title(axes: Any) -> None:
        move_title(axes)
        axes.set_axis_off()

    assert draw(WRONG_ROWS[:16], _name, decorate=move_title).share == 1.0
    hidden = draw(WRONG_ROWS[:16], _name, decorate=hide_title)
    assert hidden.share == 0.5
    assert "the title of picture 1 is ''" in text(hidden.message)


def test_what_is_no_figure_is_named() -> None:
    made = case({GALLERY._step: returned(GALLERY._step, 3)}, inside=data().inside)
    with pytest.raises(PreconditionFailedError) as caught:
        GALLERY.judge_answers(made, [chances()], LABELS)
    message: Words = caught.value.judgement.message
    assert "has to return a matplotlib figure" in text(message)


def test_a_network_without_numbers_cannot_be_looked_at() -> None:
    def broken() -> Any:
        model = build_model()
        train(model, None, None)
        model.layers[-1].bias.assign([np.nan] * 3)
        return model

    functions = {
        "build_model": broken,
        "train": lambda m, _x, _y: lab.history(loss=[1.0]),
        "hardest": lambda *_: [1],
    }
    judgement = judged(RIGHT, lab.run(RIGHT, data(), functions))
    assert "not numbers for every row" in text(judgement.message)
