"""What the report shows: made from what is there, empty where nothing is."""

import base64
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np

from grader.core.arrays import Array
from grader.core.i18n import Bilingual
from grader.evidence.case import Case
from grader.examiner.exhibits import (
    MAX_EPOCHS,
    MAX_EXPERIMENTS,
    MAX_LAYERS,
    MAX_NAME,
    MAX_PICTURE_BYTES,
    MAX_PICTURE_LENGTH,
    MAX_SERIES,
    add_exhibits_of_checks,
    make_exhibits,
)
from grader.examiner.picture_exhibits import MAX_ROWS
from grader.protocol.evidence import FigureValue, HistoryValue, Returned
from grader.protocol.verdict import Exhibits, LeftOut
from grader.rubric import Criterion
from grader.rubric.checks import Undersamples
from tests.helpers.cases import Training, case, compiled, data, history, plain, returned, run, say, scoring, seen

PNG_START = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"


def picture(width: int, height: int) -> Array:
    """Return what a PNG of that size begins with."""
    return np.frombuffer(PNG_START + width.to_bytes(4) + height.to_bytes(4) + b"xyz", dtype=np.uint8)


PNG = picture(640, 480)


def of(made: Case) -> Exhibits:
    return make_exhibits(made, data(), say)


def test_nothing_is_shown_of_nothing() -> None:
    assert of(case()) == Exhibits()


def test_scores_of_each_seed() -> None:
    shown = of(Training(scores={0: 0.9, 1: 0.8, 2: -1}).case((0, 1, 2)))
    assert [(s.seed, s.metric, round(s.held_out, 2)) for s in shown.scores] == [
        (0, "accuracy", 0.9),
        (1, "accuracy", 0.8),
    ]
    assert len(shown.curves) == 3


def test_curves_hold_none_where_they_are_not_finite() -> None:
    shown = of(Training(val_loss=[1.0, float("nan"), float("inf")]).case())
    assert shown.curves[0].series["val_loss"] == (1.0, None, None)


def test_confusion_counts_every_held_out_row() -> None:
    shown = of(Training(scores={0: 0.9}).case())
    assert shown.confusion is not None
    counts = np.array(shown.confusion.counts)
    assert counts.sum() == 60
    assert counts.trace() == 54
    assert counts[0, 1] >= 1  # a true 0 that was called 1


def test_mistakes_are_the_surest_first_and_few() -> None:
    shown = of(Training(scores={0: 0.5}).case())
    assert len(shown.mistakes) == MAX_ROWS
    first = shown.mistakes[0]
    assert first.true != first.predicted
    assert np.shape(first.image) == (8, 8)
    assert len(first.probabilities) == len(first.labels) == 10


def test_outputs_of_another_size_are_not_compared() -> None:
    for outputs in (
        np.zeros((60, 9)),
        np.zeros((59, 10)),
        np.zeros(60),
        np.full((60, 10), np.nan),
        np.zeros((60, 0)),
    ):
        made = Training().case()
        made.replays["trained:train@0"].arrays["out:x_test"] = outputs  # type: ignore[index]
        shown = of(made)
        assert shown.mistakes == ()
        assert shown.confusion is None


def test_the_network_says_how_it_was_compiled() -> None:
    shown = of(Training(make=plain(""), loss=compiled(from_logits=True)).case()).network
    assert shown is not None
    assert shown.loss == "categorical_crossentropy (from_logits=True)"
    assert "0.001" in shown.optimizer
    assert [layer.kind for layer in shown.layers] == ["Dense", "Dense"]
    assert shown.layers[0].parameters == 64 * 32 + 32
    bare = of(Training(claims={"compiled": None}).case()).network
    assert bare is not None
    assert (bare.loss, bare.optimizer) == ("", "")


def test_experiments_are_shown_where_they_are_curves() -> None:
    value = {"mse": [0.5, 0.6], "text": "x", "one": [0.5], "nested": {"a": 1}, "ragged": [[1], [2, 3]]}
    shown = of(case({"compare_losses@experiment": returned("compare_losses@experiment", value)}))
    assert [curve.name for curve in shown.experiments] == ["mse"]
    assert of(case({"x@experiment": returned("x@experiment", history(loss=[1]))})).experiments == ()


def test_figures_are_pictures_or_nothing() -> None:
    def drawn(png: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> Exhibits:
        value = FigureValue(axes=(), png="p", width=9, height=5)
        return of(case({"plot_samples@figure": seen("plot_samples@figure", Returned(value=value), {"p": png})}))

    shown = drawn(PNG).figures
    assert [(f.function, f.width, f.height) for f in shown] == [("plot_samples", 9, 5)]
    assert base64.b64decode(shown[0].png) == PNG.tobytes()
    assert drawn(PNG[1:]).figures == ()
    assert drawn(np.zeros(2_000_000, np.uint8)).figures == ()
    large = drawn(np.concatenate([PNG, np.zeros(MAX_PICTURE_BYTES, np.uint8)]))
    assert (large.figures, large.left_out.figures) == ((), 1)
    assert drawn(PNG).left_out == LeftOut()
    bomb = drawn(picture(MAX_PICTURE_LENGTH + 1, 10))
    assert (bomb.figures, bomb.left_out.figures) == ((), 1)


def test_all_figures_together_have_a_size() -> None:
    png = np.concatenate([PNG, np.zeros(MAX_PICTURE_BYTES // 4, np.uint8)])
    value = Returned(value=FigureValue(axes=(), png="p"))
    shown = of(case({f"plot{i}@figure": seen(f"plot{i}@figure", value, {"p": png}) for i in range(9)}))
    assert (len(shown.figures), shown.left_out.figures) == (3, 6)


def test_of_too_many_layers_the_first_are_shown_and_the_others_counted() -> None:
    made = Training().case()
    facts = made.steps["model:build_model@0"].evidence.model
    assert facts is not None
    layer = msgspec.structs.replace(facts.layers[0], name="n" * 10_000)
    for seen_step in ("model:build_model@0", "trained:train@0"):
        step = made.steps[seen_step]
        many = msgspec.structs.replace(facts, layers=(layer,) * 40_000)
        made.steps[seen_step] = replace(step, evidence=msgspec.structs.replace(step.evidence, model=many))  # type: ignore[index]
    shown = of(made)
    network = shown.network
    assert network is not None
    assert (len(network.layers), shown.left_out.layers) == (MAX_LAYERS, 40_000 - MAX_LAYERS)
    assert len(network.layers[0].name) < MAX_NAME + 20
    assert network.parameters == facts.parameters


def test_a_layer_of_a_nested_model_says_which_one_it_is_part_of() -> None:
    made = Training().case()
    step = made.steps["trained:train@0"]
    assert step.evidence.model is not None
    first, *others = step.evidence.model.layers
    nested = msgspec.structs.replace(first, path="base/block")
    facts = msgspec.structs.replace(step.evidence.model, layers=(nested, *others))
    made.steps["trained:train@0"] = replace(step, evidence=msgspec.structs.replace(step.evidence, model=facts))  # type: ignore[index]
    network = of(made).network
    assert network is not None
    assert ["part of base/block" in layer.detail for layer in network.layers] == [True, *(False for _ in others)]


def test_of_too_many_curves_loss_and_accuracy_come_first_and_the_others_are_counted() -> None:
    made = Training().case()
    curves = {f"metric{i}": [0.0] for i in range(20_000)} | {"loss": [1.0] * (MAX_EPOCHS + 7), "val_loss": [2.0]}
    # More than the child itself would record: its evidence may be forged.
    arrays = {name: np.array(values) for name, values in curves.items()}
    forged = Returned(value=HistoryValue(curves={name: name for name in arrays}))
    made.steps["train@0"] = seen("train@0", forged, arrays)  # type: ignore[index]
    shown = of(made)
    (curve,) = shown.curves
    assert len(curve.series) == MAX_SERIES
    assert {"loss", "val_loss", "metric0"} <= set(curve.series)
    assert shown.left_out.series == 20_002 - MAX_SERIES
    assert (len(curve.series["loss"]), shown.left_out.epochs) == (MAX_EPOCHS, 7)


def test_of_too_many_experiments_the_first_are_shown_and_the_others_counted() -> None:
    value = {f"e{i}": [0.5, 0.6] for i in range(MAX_EXPERIMENTS + 2)}
    shown = of(case({"compare_losses@experiment": returned("compare_losses@experiment", value)}))
    assert [curve.name for curve in shown.experiments] == [f"e{i}" for i in range(MAX_EXPERIMENTS)]
    assert shown.left_out.experiments == 2


def test_the_same_case_shows_the_same() -> None:
    assert of(Training().case()) == of(Training().case())
    assert scoring(1.0).shape == (60, 10)


def test_what_checks_have_seen_is_shown_besides() -> None:
    def undersample(x: Any, y: Any, seed: int) -> Any:
        rows = np.concatenate([np.flatnonzero(y == n)[: np.bincount(y)[np.unique(y)].min()] for n in np.unique(y)])
        return x[rows], y[rows]

    check, title = Undersamples("undersample"), Bilingual(en="a", de="a")
    criterion = Criterion(id="a", points=100, title=title, lesson=title, check=check)
    made = run(check, {"undersample": undersample})
    shown = add_exhibits_of_checks(Exhibits(), made, (criterion,), say)
    (balance,) = shown.balances
    assert (balance.function, balance.before, balance.after) == ("undersample", (60, 13, 31), (13, 13, 13))
    assert shown.reliabilities == ()
