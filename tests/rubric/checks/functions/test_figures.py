"""Figures, as a run describes them: styles that show the same pass, and what is missing is named."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from grader.core.arrays import Array
from grader.core.errors import RubricError
from grader.core.seal import PRACTICE, Seal
from grader.evidence.judgement import Judgement
from grader.evidence.run_evidence import StepResult
from grader.protocol.evidence import (
    AxesFacts,
    ExceptionFacts,
    FigureValue,
    Missing,
    NoneValue,
    Raised,
    Returned,
    Stopped,
    StopReason,
)
from grader.protocol.plan import Call, HistoryArg
from grader.protocol.task import Task
from grader.protocol.verdict import Status
from grader.rubric.checks import Figures, PlotsHistory
from grader.rubric.checks.functions.figure_points import shows_labels
from grader.rubric.checks.functions.histories import HISTORIES
from grader.rubric.data import Data
from grader.sandbox.inside import encode_figures
from grader.sandbox.inside.array_store import Store
from tests.helpers.cases import case, data, exception, judged, replace_facts, returned, seen, text

CHECK = Figures(samples="plot_samples", features="plot_features", history="plot_history")
X, Y = CHECK.arrays()["figures:x"], CHECK.arrays()["figures:y"]
SERIES = HISTORIES["good"][1].series
KEYS = ("loss", "val_loss", "accuracy", "val_accuracy")
BEST = np.array([[3, 0], [3, 1]])


class Drawing:
    """A figure, axes by axes."""

    def __init__(self) -> None:
        self.arrays: dict[str, Array] = {}
        self.axes: list[AxesFacts] = []

    def add(self, *, labels: bool = True, legend: int = 0, title: str = "", **marks: Sequence[Array]) -> "Drawing":
        refs: dict[str, Any] = {kind: tuple(self._keep(a) for a in arrays) for kind, arrays in marks.items()}
        names = ("epoch", "value") if labels else ("", "")
        entries = tuple(f"curve {i}" for i in range(legend))
        self.axes.append(AxesFacts(title=title, x_label=names[0], y_label=names[1], legend=entries, **refs))
        return self

    def _keep(self, array: Array) -> str:
        self.arrays[str(len(self.arrays))] = np.asarray(array, dtype=np.float32)
        return str(len(self.arrays) - 1)

    def seen(self, function: str) -> StepResult:
        return seen(f"{function}@figure", Returned(value=FigureValue(axes=tuple(self.axes))), self.arrays)


def samples(pictures: Any = None, titles: Sequence[object] = ()) -> Drawing:
    drawing = Drawing()
    titles = titles or [f"label {label}" for label in Y]
    for picture, title in zip(X[:10].reshape(-1, 8, 8) if pictures is None else pictures, titles, strict=False):
        drawing.add(images=[picture], title=str(title), labels=False)
    return drawing


def cloud(feature: int) -> Array:
    return np.column_stack([X[:, feature], Y])


def features(
    make: Callable[[int], Array] = cloud, order: Sequence[int] = range(64), kind: str = "scatters"
) -> Drawing:
    drawing = Drawing()
    for feature in order:
        marks: dict[str, Any] = {kind: [make(feature)]}
        drawing.add(**marks)
    return drawing


def curve(key: str, start: int = 0, scale: float = 1.0) -> Array:
    values = np.array(SERIES[key]) * scale
    return np.column_stack([np.arange(start, start + len(values)), values])


def curves(change: Callable[[Array], Array] = lambda c: c, **options: Any) -> Drawing:
    drawing = Drawing()
    for pair in (KEYS[:2], KEYS[2:]):
        drawing.add(lines=[change(curve(key)) for key in pair], **{"legend": 2, **options})
    return drawing


def of(**drawings: Any) -> Judgement:
    made = {"plot_samples": samples(), "plot_features": features(), "plot_history": curves(), **drawings}
    return judged(
        CHECK, case({f"{f}@figure": d.seen(f) if isinstance(d, Drawing) else d for f, d in made.items()})
    )


def changed(drawing: Drawing, **facts: Any) -> Drawing:
    drawing.axes = [replace_facts(axes, **facts) for axes in drawing.axes]
    return drawing


def shared_legend() -> Drawing:
    return Drawing().add(lines=[curve(k) for k in KEYS[:2]], legend=4).add(lines=[curve(k) for k in KEYS[2:]])


def four_panels() -> Drawing:
    drawing = Drawing()
    for key in KEYS:
        drawing.add(lines=[curve(key)])
    return changed(drawing, title="one curve")


def panels_with_marks() -> Drawing:
    drawing = Drawing()
    for key in KEYS:
        drawing.add(lines=[curve(key), BEST])
    return changed(drawing, title="one curve")


def only_below() -> Drawing:
    drawing = curves()
    drawing.axes[0] = replace_facts(drawing.axes[0], x_label="")
    return drawing


RGB = np.repeat(X[:10].reshape(-1, 8, 8, 1) / 17, 3, axis=3)
COLUMNS = [0, 5, 1, 6, 2, 7, 3, 8, 4, 9]
RIGHT: dict[str, dict[str, Drawing]] = {
    "as expected": {},
    "pictures in [0, 1]": {"plot_samples": samples(X[:10].reshape(-1, 8, 8) / 16)},
    "pictures inverted": {"plot_samples": samples(16 - X[:10].reshape(-1, 8, 8))},
    "pictures in colour": {"plot_samples": samples(RGB)},
    "pictures column by column": {"plot_samples": samples(X[COLUMNS].reshape(-1, 8, 8), [*Y[COLUMNS]])},
    "pictures from bottom to top": {"plot_samples": samples(X[:10].reshape(-1, 8, 8)[:, ::-1])},
    "titles that say more": {"plot_samples": samples(None, [f"row {n} of 10: {y}.0" for n, y in enumerate(Y)])},
    "titles in words": {"plot_samples": samples(None, ["one of the digits"] * 10)},
    "label against feature": {"plot_features": features(lambda f: cloud(f)[:, ::-1])},
    "points drawn with plot": {"plot_features": features(kind="lines")},
    "points in another order": {"plot_features": features(lambda f: cloud(f)[::-1])},
    "features column by column": {"plot_features": features(order=np.arange(64).reshape(8, 8).T.ravel().tolist())},
    "epochs from 1": {"plot_history": Drawing().add(lines=[curve(k, 1) for k in KEYS], legend=4)},
    "in percent": {
        "plot_history": Drawing()
        .add(lines=[curve(k) for k in KEYS[:2]], legend=2)
        .add(lines=[curve(k, 0, 100) for k in KEYS[2:]], legend=2)
    },
    "one legend for twin axes": {"plot_history": shared_legend()},
    "four panels with titles": {"plot_history": four_panels()},
    "x label below only": {"plot_history": only_below()},
    "a mark at the best epoch": {"plot_history": Drawing().add(lines=[*(curve(k) for k in KEYS), BEST], legend=4)},
    "a mark on panels of one curve": {"plot_history": panels_with_marks()},
    "over steps": {"plot_history": curves(change=lambda c: c * [62.5, 1])},
    "over shares of the training": {"plot_history": curves(change=lambda c: c / [len(c) - 1, 1])},
    "from the last epoch to the first": {"plot_history": curves(change=lambda c: c[::-1])},
}


@pytest.mark.parametrize("style", RIGHT)
def test_right_styles_pass(style: str) -> None:
    judgement = of(**RIGHT[style])
    assert judgement.status is Status.PASSED, text(judgement.message)


def test_a_colour_for_each_class_is_the_same_scatter() -> None:
    drawing = Drawing()
    for feature in range(64):
        drawing.add(scatters=[cloud(feature)[digit == Y] for digit in range(10)])
    assert of(plot_features=drawing).status is Status.PASSED


def strewn(reach: float, column: int = 1) -> Callable[[int], Array]:
    """Return what makes the points of a feature, each up to `reach` beside its place on one axis."""

    def make(feature: int) -> Array:
        points = cloud(feature).astype(float)
        points[:, column] += np.random.default_rng(feature).uniform(-reach, reach, len(points))
        return points

    return make


@pytest.mark.parametrize("reach", [0.1, 0.44])
def test_points_may_be_strewn_around_their_labels_on_either_axis(reach: float) -> None:
    assert of(plot_features=features(strewn(reach))).status is Status.PASSED
    assert of(plot_features=features(lambda f: strewn(reach)(f)[:, ::-1])).status is Status.PASSED
    drawing = Drawing()
    for feature in range(64):
        drawing.add(scatters=[strewn(reach)(feature)[digit == Y] for digit in range(10)])
    assert of(plot_features=drawing).status is Status.PASSED


def shuffled(feature: int) -> Array:
    return np.column_stack([X[:, feature], np.random.default_rng(feature).permutation(Y)])


def near(make: Callable[[int], Array]) -> Callable[[int], Array]:
    """Return what strews the points of another function by a tenth."""
    return lambda f: make(f) + np.column_stack([np.zeros(40), np.random.default_rng(f).uniform(-0.1, 0.1, 40)])


STREWN_WRONG: dict[str, Callable[[int], Array]] = {
    "too far from their labels": strewn(0.5),
    "around other values": strewn(0.1, 0),
    "random labels": lambda f: np.column_stack([X[:, f], np.random.default_rng(f).uniform(0, 9, 40)]),
    "random whole labels": lambda f: np.column_stack([X[:, f], np.random.default_rng(f).integers(0, 10, 40)]),
    "labels of other rows": near(shuffled),
    "one label": near(lambda f: np.column_stack([X[:, f], np.zeros(40)])),
    "values of other rows": near(lambda f: np.column_stack([np.roll(X[:, f], 1), Y])),
    "missing": near(lambda f: np.full((40, 2), np.nan)),
}


@pytest.mark.parametrize("name", STREWN_WRONG)
def test_strewn_points_have_to_be_those_of_the_rows(name: str) -> None:
    judgement = of(plot_features=features(STREWN_WRONG[name]))
    assert "plot 1 does not show feature 0 against the label" in text(judgement.message)


def test_points_of_a_single_label_have_to_lie_at_it() -> None:
    values, labels = np.arange(5.0), np.zeros(5)
    assert shows_labels(np.column_stack([values, labels]), values, labels)
    assert not shows_labels(np.column_stack([values, labels + 0.2]), values, labels)


def test_labels_that_are_far_from_one_another_leave_more_room() -> None:
    values, labels = np.arange(6.0), np.array([-30, 0, 90] * 2)
    assert shows_labels(np.column_stack([labels + 13, values]), values, labels)
    assert not shows_labels(np.column_stack([labels + 14, values]), values, labels)


NINE = samples(X[:9].reshape(-1, 8, 8))
WRONG: dict[str, tuple[str, Drawing, str]] = {
    "nine pictures": ("plot_samples", NINE, "it draws 9"),
    "nothing": ("plot_samples", Drawing(), "it draws 0"),
    "other rows": ("plot_samples", samples(X[10:20].reshape(-1, 8, 8)), "picture 1 is not row 1"),
    "one twice": ("plot_samples", samples(X[[0, 1, 2, 3, 3, 5, 6, 7, 8, 9]].reshape(-1, 8, 8)), "picture 5"),
    "transposed": ("plot_samples", samples(X[:10].reshape(-1, 8, 8).swapaxes(1, 2)), "picture 1"),
    "flat": ("plot_samples", samples(X[:10].reshape(-1, 4, 16)), "picture 1"),
    "blank": ("plot_samples", samples(np.zeros((10, 8, 8))), "picture 1"),
    "NaN": ("plot_samples", samples(np.full((10, 8, 8), np.nan)), "picture 1"),
    "no titles": ("plot_samples", samples(titles=[""] * 10), "picture 1 has to be titled with its label, 1"),
    "titles of other rows": ("plot_samples", samples(titles=[*Y[1:11]]), "its title is "),
    "titles of all": ("plot_samples", samples(titles=["0 1 2 3 4 5 6 7 8 9"] * 10), "picture 1 has to be titled"),
    "63 plots": ("plot_features", features(order=range(63)), "it draws 63"),
    "one feature always": ("plot_features", features(lambda _: cloud(0)), "plot 2 does not show feature 1"),
    "few points": ("plot_features", features(lambda f: cloud(f)[:10]), "plot 1"),
    "three numbers a point": ("plot_features", features(lambda f: np.zeros((40, 3))), "plot 1"),
    "no legend": ("plot_history", curves(legend=0), "a legend is missing"),
    "no labels": ("plot_history", curves(labels=False), "no label"),
    "no validation": ("plot_history", Drawing().add(lines=[curve(k) for k in KEYS[::2]], legend=2), "val_loss"),
    "against themselves": ("plot_history", curves(lambda c: c[:, [1, 1]]), "do not stand at their epochs"),
    "backwards": ("plot_history", curves(lambda c: c * [-1, 1]), "do not stand at their epochs"),
    "uneven": ("plot_history", curves(lambda c: c ** [2, 1]), "the values of loss do not stand at their epochs"),
    "flat lines": ("plot_history", Drawing().add(lines=[np.zeros(30)], legend=2), "the curve of loss is missing"),
    "no lines": ("plot_history", samples(), "the curve of loss is missing"),
}  # fmt: skip


@pytest.mark.parametrize("case_", WRONG)
def test_a_wrong_figure_costs_a_third_and_is_named(case_: str) -> None:
    function, drawing, said = WRONG[case_]
    judgement = of(**{function: drawing})
    assert judgement.status is Status.PARTIAL
    assert judgement.share == pytest.approx(2 / 3, abs=1e-3)
    assert said in text(judgement.message), text(judgement.message)
    assert function in text(judgement.message)


def step(function: str, outcome: Any) -> StepResult:
    return seen(f"{function}@figure", outcome)


STUB = Raised(exception=exception(NotImplementedError()))
CRASH = Raised(exception=exception(KeyError("loss"), line=12))


def test_no_figure_at_all_is_said() -> None:
    judgement = of(plot_samples=step("plot_samples", Returned(value=NoneValue())))
    assert "plot_samples() has to return a matplotlib figure. Received: None" in text(judgement.message)
    assert text(judgement.received) == "None"
    assert "list" in text(of(plot_samples=returned("plot_samples@figure", ["a"])).message)


def test_a_crash_keeps_its_line() -> None:
    judgement = of(plot_history=step("plot_history", CRASH))
    assert (judgement.status, judgement.share) == (Status.PARTIAL, 0.6667)
    assert judgement.at is not None
    assert judgement.at.line == 12


def test_all_stubs_are_not_attempted_but_one_attempt_counts() -> None:
    stubs = {f: step(f, STUB) for f in ("plot_samples", "plot_features", "plot_history")}
    assert of(**stubs).status is Status.NOT_ATTEMPTED
    tried = of(**{**stubs, "plot_history": step("plot_history", CRASH)})
    assert tried.status is Status.FAILED
    assert "KeyError" in text(tried.message)
    half = of(**{**stubs, "plot_history": curves()})
    assert (half.status, half.share) == (Status.PARTIAL, 0.3333)


def test_a_fault_of_the_grader_is_nobodys_mark() -> None:
    fault = Stopped(reason=StopReason.GRADER, detail="gone")
    assert of(plot_samples=step("plot_samples", fault)).status is Status.NOT_GRADED
    crashes = {f: step(f, CRASH) for f in ("plot_samples", "plot_features")}
    assert of(**crashes, plot_history=step("plot_history", fault)).status is Status.NOT_GRADED


def test_missing_functions_are_named() -> None:
    judgement = of(plot_features=step("plot_features", Missing(close="plot_feature")))
    assert "plot_feature()" in text(judgement.message)
    assert isinstance(CRASH.exception, ExceptionFacts)


def test_given_rows_and_features_are_all_different() -> None:
    assert len(np.unique(X, axis=0)) == len(X)
    assert len(np.unique(X, axis=1).T) == X.shape[1]
    assert X.min() >= 0
    assert X.max() <= 16


SEALED = Figures(samples="plot_samples", features="plot_features", history="plot_history", load="load").with_seal(
    Seal(PRACTICE)
)


def test_rows_to_draw_are_those_that_load_has_to_return_of_each_class_in_turn() -> None:
    arrays = SEALED.with_data(data()).arrays()
    x, y = data().outside["x_all"], data().outside["y_all"]
    assert len(arrays["figures:x"]) == 40
    for row, label in zip(arrays["figures:x"], arrays["figures:y"], strict=True):
        assert any(np.array_equal(row, other) and label == own for other, own in zip(x, y, strict=True))
    assert sorted(arrays["figures:y"][:10]) == list(range(10))
    other = SEALED.with_seal(Seal(b"x" * 32)).with_data(data()).arrays()
    assert not np.array_equal(arrays["figures:x"], other["figures:x"])


def test_the_call_of_real_rows_repeats_them() -> None:
    check = SEALED.with_data(data())
    drawn: list[tuple[Array, Array]] = []
    x, y = data().outside["x_all"], data().outside["y_all"]
    exec(
        check.write_call("plot_samples"),
        {"load": lambda: (x, y), "plot_samples": lambda *rows: drawn.append(rows)},
    )
    assert np.array_equal(drawn[0][0], check.arrays()["figures:x"])
    assert np.array_equal(drawn[0][1], check.arrays()["figures:y"])


def test_rows_are_made_up_without_load_and_for_evidence_from_before_there_were_secrets() -> None:
    unsealed = SEALED.with_seal(Seal()).with_data(data())
    assert np.array_equal(unsealed.arrays()["figures:x"], X)
    assert np.array_equal(CHECK.with_seal(Seal(PRACTICE)).with_data(data()).arrays()["figures:x"].shape, X.shape)
    assert SEALED.held_back() == ("x_all", "y_all")
    assert CHECK.held_back() == ()


def test_raw_data_of_too_few_rows_or_another_size_are_refused() -> None:
    task = Task(kind="classification", classes=10)
    SEALED.check_exercise(task, data())
    few = {name: array[:39] for name, array in data().outside.items()}
    with pytest.raises(RubricError, match="40 rows of 8×8 pixels; received the shape"):
        SEALED.check_exercise(task, Data({}, few))
    wide = Figures(samples="a", features="b", history="c", picture=(28, 28), load="load")
    with pytest.raises(RubricError, match="rows of the data have"):
        wide.check_exercise(task, data())


def test_the_history_that_is_drawn_follows_from_the_secret() -> None:
    sealed = CHECK.with_seal(Seal(b"secret"))
    (curves,) = next(
        step.arguments for step in sealed.steps((0,)) if isinstance(step, Call) and step.function == "plot_history"
    )
    assert isinstance(curves, HistoryArg)
    assert curves.series != SERIES


# The learning curves alone.

HISTORY = PlotsHistory("plot_history")


@pytest.mark.parametrize("drawing", [curves(), shared_legend(), four_panels(), only_below()])
def test_learning_curves_alone_pass_in_the_same_styles(drawing: Drawing) -> None:
    made = case({"plot_history@figure": drawing.seen("plot_history")})
    assert judged(HISTORY, made).status is Status.PASSED


@pytest.mark.parametrize(
    ("drawing", "words"),
    [
        (curves(legend=0), "plot_history(): a legend is missing"),
        (curves(labels=False), "plot_history(): an axis has no label"),
        (changed(curves(), x_label=" ", y_label="value"), "plot_history(): an axis has no label"),
        (changed(curves(), y_label="."), "plot_history(): an axis has no label"),
        (changed(curves(), legend=(" ", "_")), "plot_history(): a legend is missing"),
        (changed(curves(legend=0), title="-"), "plot_history(): a legend is missing"),
        (changed(shared_legend(), legend=(" ", "  ", ".", "loss")), "plot_history(): a legend is missing"),
        (Drawing().add(lines=[curve(k) for k in KEYS[::2]], legend=2), "the curve of val_loss is missing"),
    ],
)
def test_learning_curves_alone_say_what_they_lack(drawing: Drawing, words: str) -> None:
    judgement = judged(HISTORY, case({"plot_history@figure": drawing.seen("plot_history")}))
    assert judgement.status is Status.FAILED
    assert words in text(judgement.message)


def test_learning_curves_alone_have_to_be_a_figure_of_the_secret_s_history() -> None:
    none = judged(HISTORY, case({"plot_history@figure": returned("plot_history@figure", 3)}))
    assert "has to return a matplotlib figure" in text(none.message)
    sealed = HISTORY.with_seal(Seal(PRACTICE))
    plain, drawn = (
        call.arguments for check in (HISTORY, sealed) for call in check.steps((0,)) if isinstance(call, Call)
    )
    assert plain != drawn


def draw_in_parts(label: Callable[[Any, Any], object]) -> Judgement:
    """Judge learning curves of which each pair stands in a sub-figure; `label` gets the figure and the parts."""
    figure: Any = Figure()
    parts = figure.subfigures(1, 2)
    for part, pair in zip(parts, (KEYS[:2], KEYS[2:]), strict=True):
        axes = part.subplots()
        for key in pair:
            axes.plot(SERIES[key])
    label(figure, parts)
    store = Store()
    result = Returned(value=encode_figures.describe(figure, store))
    return judged(HISTORY, case({"plot_history@figure": seen("plot_history@figure", result, store.arrays)}))


def test_learning_curves_in_sub_figures_may_share_labels_and_legend() -> None:
    def name(figure: Any, parts: Any) -> None:
        figure.legend(parts[0].axes[0].lines, ["training", "validation"])
        figure.supxlabel("epoch")

    def name_all(figure: Any, parts: Any) -> None:
        name(figure, parts)
        parts[0].supylabel("loss")
        parts[1].suptitle("accuracy")

    assert draw_in_parts(name_all).status is Status.PASSED
    assert "an axis has no label" in text(draw_in_parts(name).message)
    assert "a legend is missing" in text(draw_in_parts(lambda figure, _: figure.supxlabel("epoch")).message)


def test_the_title_of_ten_pictures_together_names_none_of_them() -> None:
    figure: Any = Figure()
    for axes, row in zip(figure.subfigures(1, 2)[0].subplots(2, 5).flat, X, strict=False):
        axes.pcolormesh(row.reshape(8, 8))
    figure.subfigs[0].suptitle("digits")
    store = Store()
    result = Returned(value=encode_figures.describe(figure, store))
    judgement = of(plot_samples=seen("plot_samples@figure", result, store.arrays))
    assert "picture 1 has to be titled" in text(judgement.message)
