"""Calibration: each usual way passes on every secret, and what is none is told why. Diagrams by what they draw."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from grader.core.i18n import Translator
from grader.core.seal import PRACTICE, Seal
from grader.evidence.judgement import Judgement
from grader.evidence.run_evidence import StepResult
from grader.protocol.evidence import AxesFacts, FigureValue, Returned
from grader.protocol.verdict import Reliability, Status
from grader.rubric.checks import Calibrates, PlotsReliability
from grader.rubric.checks.formulas.calibration import reliability
from grader.sandbox.inside import encode_figures
from grader.sandbox.inside.array_store import Store
from tests.helpers.cases import case, judge, judged, replace_facts, returned, run, seen, text

SEAL = Seal(PRACTICE)
CHECK = Calibrates("calibrate", seal=SEAL)


def logit(p: Any) -> Any:
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return np.log(p / (1 - p))


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def platt(p_fit: Any, y_fit: Any, p_new: Any) -> Any:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression().fit(logit(p_fit)[:, None], y_fit)
    return model.predict_proba(logit(p_new)[:, None])[:, 1]


def platt_on_probabilities(p_fit: Any, y_fit: Any, p_new: Any) -> Any:
    from sklearn.linear_model import LogisticRegression

    p_fit, p_new = (np.reshape(p, (-1, 1)) for p in (p_fit, p_new))
    return LogisticRegression().fit(p_fit, y_fit).predict_proba(p_new)[:, 1]


def platt_on_logarithms(p_fit: Any, y_fit: Any, p_new: Any) -> Any:
    return platt_on_probabilities(np.log(np.clip(p_fit, 1e-6, 1)), y_fit, np.log(np.clip(p_new, 1e-6, 1)))


def five_steps(p_fit: Any, y_fit: Any, p_new: Any) -> Any:
    """As many rows in each bin; neighbours that would fall get the larger share."""
    borders = np.quantile(p_fit, np.linspace(0, 1, 6))[1:-1]
    shares = [np.mean(np.asarray(y_fit)[np.searchsorted(borders, p_fit) == number]) for number in range(5)]
    return np.maximum.accumulate(shares)[np.searchsorted(borders, p_new)]


def temperature(p_fit: Any, y_fit: Any, p_new: Any) -> Any:
    def cross_entropy(t: float) -> float:
        z = logit(p_fit) / t
        return float(np.mean(np.logaddexp(0, z) - np.asarray(y_fit) * z))

    return sigmoid(logit(p_new) / min(np.geomspace(0.1, 10, 60), key=cross_entropy))


def isotonic(p_fit: Any, y_fit: Any, p_new: Any) -> Any:
    from sklearn.isotonic import IsotonicRegression

    return IsotonicRegression(out_of_bounds="clip").fit(p_fit, y_fit).predict(p_new)


def isotonic_without_ends(p_fit: Any, y_fit: Any, p_new: Any) -> Any:
    from sklearn.isotonic import IsotonicRegression

    return IsotonicRegression().fit(p_fit, y_fit).predict(p_new)


WAYS = (platt, platt_on_probabilities, platt_on_logarithms, temperature, isotonic, five_steps)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("secret", [b"", PRACTICE, *(bytes([i] * 32) for i in range(3))])
def test_every_usual_way_passes(way: Any, secret: bytes) -> None:
    judgement = judge(CHECK.with_seal(Seal(secret)), calibrate=way)
    assert judgement.status is Status.PASSED, text(judgement.message)


@pytest.mark.parametrize(
    "clothes", [lambda p: p.tolist(), lambda p: p[:, None], lambda p: p.astype(np.float32), lambda p: p[None, :]]
)
def test_probabilities_come_in_equivalent_clothes(clothes: Any) -> None:
    judgement = judge(CHECK, calibrate=lambda *arguments: clothes(platt(*arguments)))
    assert judgement.status is Status.PASSED, text(judgement.message)


def ranks(p_fit: Any, y_fit: Any, p_new: Any) -> Any:
    return (np.argsort(np.argsort(p_new)) + 0.5) / len(p_new)


def by_range(p_fit: Any, y_fit: Any, p_new: Any) -> Any:
    z = logit(np.clip(p_new, 0.001, 0.999))
    spread = logit(platt(p_fit, y_fit, p_new)).std() / z.std() if len(p_new) > 5 else 1.0
    return sigmoid(z * spread)


def by_mean(p_fit: Any, y_fit: Any, p_new: Any) -> Any:
    slope = 0.4 if logit(p_fit).std() > 1.5 else 2.5
    return sigmoid(logit(p_new) * (1.0 if abs(np.mean(y_fit) - np.mean(p_fit)) < 0.05 else slope))


def one_of_two(p_fit: Any, y_fit: Any, p_new: Any) -> Any:
    """Follows from the labels whether to make predictions surer, and never leaves them as they are."""
    return sigmoid(logit(p_new) * (2.8 if logit(platt(p_fit, y_fit, p_fit)).std() > logit(p_fit).std() else 0.33))


def infinite(p_fit: Any, y_fit: Any, p_new: Any) -> Any:
    return platt(p_fit, y_fit, p_new) + 0 * np.log(np.multiply(p_new, np.subtract(1, p_new)))


def exchanged_ends(p_fit: Any, y_fit: Any, p_new: Any) -> Any:
    calibrated, p_new = platt(p_fit, y_fit, p_new), np.asarray(p_new)
    calibrated[p_new == 0], calibrated[p_new == 1] = 1.0, 0.0
    return calibrated


def no_logit_at_the_ends(p_fit: Any, y_fit: Any, p_new: Any) -> Any:
    z = [np.nan_to_num(np.log(np.divide(p, np.subtract(1, p))), posinf=0.0, neginf=0.0) for p in (p_fit, p_new)]
    return platt(sigmoid(z[0]), y_fit, sigmoid(z[1]))


def nothing_to_do(replacement: Any) -> Any:
    """Return a function that is right, but for predictions that need no correction."""

    def calibrate(p_fit: Any, y_fit: Any, p_new: Any) -> Any:
        slope = logit(platt(p_fit, y_fit, p_fit)).std() / logit(p_fit).std()
        return replacement(p_fit, y_fit, p_new) if 0.75 < slope < 1.35 else platt(p_fit, y_fit, p_new)

    return calibrate


def of_arrays(p_fit: Any, y_fit: Any, p_new: Any) -> Any:
    return platt(p_fit.reshape(-1), y_fit, p_new)


WRONG = {
    "as they were": (lambda p, y, q: q, 0.0, "The probabilities came back as they were"),
    "a fixed temperature": (
        lambda p, y, q: sigmoid(logit(q) / 2.5),
        0.0,
        "Where predictions were too sure, it works",
    ),
    "the wrong direction": (
        lambda p, y, q: sigmoid(logit(q) * 2.5),
        0.0,
        "correction made in the wrong direction",
    ),
    "hardly fitted": (lambda p, y, q: sigmoid(logit(q) / 1.2), 0.0, "was it fitted to the end"),
    "one number": (lambda p, y, q: np.full(len(q), y.mean()), 0.0, "for every row"),
    "labels": (lambda p, y, q: (q > 0.5).astype(int), 0.0, "only 2 different probabilities are left"),
    "the label 0": (lambda *a: 1 - platt(*a), 0.0, "turns the ranking round"),
    "not monotone": (
        lambda *a: np.clip(platt(*a) + 0.04 * np.sin(60 * a[2]), 0, 1),
        0.0,
        "changes the ranking: p =",
    ),
    "logits": (lambda *a: logit(platt(*a)), 0.0, "Is the sigmoid behind the logits missing"),
    "two columns": (lambda *a: np.column_stack([1 - platt(*a), platt(*a)]), 0.0, "returns two columns"),
    "p_fit": (lambda p, y, q: platt(p, y, p) if len(q) > 5 else q, 0.0, ""),
    "too few": (lambda *a: platt(*a)[:-1], 0.0, "Received: the shape (1999,)"),
    "texts": (lambda p, y, q: ["high"] * len(q), 0.0, "has to return numbers"),
    "nothing": (lambda p, y, q: None, 0.0, "calibrate() returned None"),
    "beyond p_fit": (isotonic_without_ends, 0.0, 'out_of_bounds="clip"'),
    "not clipped": (lambda *a: platt(*a) + np.nan * np.log(a[2]), 0.0, "infinite for 0 and 1: clip p"),
    "infinite": (infinite, 0.5, "is infinite for 0 and 1: clip p"),
    "ends exchanged": (exchanged_ends, 0.5, "Their logits are infinite"),
    "no logit at the ends": (no_logit_at_the_ends, 0.5, "changes the ranking where probabilities are exactly 0"),
    "arrays alone": (of_arrays, 0.5, "is right in general, but not for lists of probabilities"),
    "one number where it is right": (
        nothing_to_do(lambda p, y, q: np.full(len(q), np.mean(y))),
        0.0,
        "For predictions that are right already: calibrate() gives 0.",
    ),
    "turned round where it is right": (
        nothing_to_do(lambda p, y, q: np.mean(y) + 0.05 * (0.5 - np.asarray(q))),
        0.0,
        "For predictions that are right already: calibrate() turns the ranking round",
    ),
    "other rows": (by_range, 0.5, "not from the other rows of p_new"),
    "ranks": (ranks, 0.0, "For predictions that are too sure of themselves"),
    "by how many labels are 1": (by_mean, 0.0, "The probabilities came back as they were"),
    "one of two corrections": (one_of_two, 0.0, "For predictions that are right already"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told(name: str) -> None:
    function, share, words = WRONG[name]
    with np.errstate(all="ignore"):
        judgement = judge(CHECK, calibrate=function)
    assert judgement.share == share, text(judgement.message)
    assert judgement.status is not Status.PASSED
    assert words in text(judgement.message)


@pytest.mark.parametrize("secret", [b"", *(bytes([i] * 32) for i in range(4))])
@pytest.mark.parametrize("name", ["ends exchanged", "no logit at the ends", "one number where it is right"])
def test_rankings_of_every_call_count_with_every_secret(name: str, secret: bytes) -> None:
    function, share, words = WRONG[name]
    with np.errstate(all="ignore"):
        judgement = judge(CHECK.with_seal(Seal(secret)), calibrate=function)
    assert judgement.share == share, text(judgement.message)
    assert words in text(judgement.message)


def test_probabilities_of_exactly_0_and_1_come_as_lists_and_all_others_as_arrays() -> None:
    kinds: list[tuple[int, type]] = []

    def calibrate(p_fit: Any, y_fit: Any, p_new: Any) -> Any:
        kinds.append((len(p_new), type(p_new)))
        return platt(p_fit, y_fit, p_new)

    assert judge(CHECK, calibrate=calibrate).status is Status.PASSED
    assert sorted(kinds, key=str) == [*[(2000, np.ndarray)] * 3, (5, list)]


def test_a_call_without_evidence_takes_no_points() -> None:
    made = run(CHECK, {"calibrate": platt})
    steps = {step: result for step, result in made.steps.items() if step != CHECK._step("edges")}
    assert judged(CHECK, case(steps)).status is Status.NOT_GRADED


def test_a_function_that_writes_into_its_arguments_keeps_half() -> None:
    def in_place(p_fit: Any, y_fit: Any, p_new: Any) -> Any:
        p_new[:] = platt(p_fit, y_fit, p_new)
        return p_new

    judgement = judge(CHECK, calibrate=in_place)
    assert judgement.share == 0.5
    assert "changes the array" in text(judgement.message)


def test_labels_of_new_rows_are_never_handed_out() -> None:
    arrays = CHECK.arrays()
    for name, drawn in CHECK._predictions.items():
        assert f"calibrate:{CHECK._places[name]}:y_new" not in arrays
        assert not any(np.array_equal(array, drawn.y_new) for array in arrays.values())


@pytest.mark.parametrize("secret", [b"", PRACTICE, *(bytes([i] * 32) for i in range(20))])
def test_neither_probabilities_nor_the_number_of_positives_tell_what_to_correct(secret: bytes) -> None:
    drawn = CHECK.with_seal(Seal(secret))._predictions
    same = [drawn[name] for name in ("too_sure", "too_unsure", "right")]
    for one in same:
        assert np.array_equal(one.p_fit, same[0].p_fit)
        assert np.array_equal(one.p_new, same[0].p_new)
        assert abs(one.y_fit.mean() - 0.5) < 0.06
    assert len({one.y_fit.tobytes() for one in same}) == 3


def test_no_name_tells_what_predictions_are() -> None:
    assert [step.id for step in CHECK.steps((0,))] == [f"calibrate@predictions-{n}" for n in range(1, 5)]
    parts = ("p_fit", "y_fit", "p_new")
    assert {*CHECK.arrays()} == {f"calibrate:predictions-{n}:{part}" for n in range(1, 5) for part in parts}
    places = [tuple(CHECK.with_seal(Seal(bytes([i] * 32)))._places.items()) for i in range(8)]
    assert len(set(places)) > 1


def test_the_report_shows_both_kinds_before_and_after() -> None:
    shown = CHECK.exhibit(run(CHECK, {"calibrate": platt}), Translator("en"))
    assert len(shown) == 2
    for one in shown:
        assert isinstance(one, Reliability)
        assert one.error_after < one.error_before / 2
        assert sum(b.rows for b in one.before) == sum(b.rows for b in one.after) == CHECK.rows
    assert CHECK.exhibit(run(CHECK, {"calibrate": lambda p, y, q: None}), Translator("en")) == ()


# The diagram.

PLOT = PlotsReliability("draw", seal=SEAL)
ROWS = PLOT.arrays()
POINTS = reliability(ROWS["draw:y"], ROWS["draw:p"], PLOT.bins).T
DIAGONAL = np.array([[0.0, 0.0], [1.0, 1.0]])
CURVE = np.column_stack([np.linspace(0, 1, 500), np.linspace(0, 1, 500) ** 2])
GRID = np.stack(np.meshgrid(np.arange(0, 1.0005, 0.0018), np.arange(0, 1.0005, 0.0018)), axis=-1).reshape(-1, 2)
# The right means, and above each all fractions that a bin may have.
COLUMNS = np.array([[x, y] for x in POINTS[:, 0] for y in np.arange(0, 1.0005, 0.0018)])


def drawn(*, lines: Any = (), scatters: Any = (), labels: tuple[str, str] = ("prediction", "share")) -> StepResult:
    """Return what a figure with these marks leaves."""
    arrays = {str(i): np.asarray(mark, dtype=np.float32) for i, mark in enumerate([*lines, *scatters])}
    refs = tuple(arrays)
    axes = AxesFacts(lines=refs[: len(lines)], scatters=refs[len(lines) :], x_label=labels[0], y_label=labels[1])
    return seen("draw@figure", Returned(value=FigureValue(axes=(axes,))), arrays)


def draw_figure(draw: Callable[[Any], object]) -> StepResult:
    """Return what a figure of matplotlib leaves."""
    figure = Figure()
    axes = figure.subplots()
    axes.set(xlabel="mean prediction", ylabel="fraction")
    draw(axes)
    store = Store()
    return seen("draw@figure", Returned(value=encode_figures.describe(figure, store)), store.arrays)


def draw_panels(draw: Callable[[Figure], object]) -> StepResult:
    """Return what a figure with axes of its own leaves."""
    figure, store = Figure(figsize=(6, 6)), Store()
    draw(figure)
    return seen("draw@figure", Returned(value=encode_figures.describe(figure, store)), store.arrays)


def label(axes: Any) -> None:
    axes.set(xlabel="mean prediction", ylabel="fraction")


def above_a_histogram(figure: Figure) -> None:
    upper, lower = figure.subplots(2, 1, sharex=True)
    upper.plot([0, 1], [0, 1], "k:")
    upper.plot(*POINTS.T, "o-")
    lower.hist(ROWS["draw:p"], bins=10)
    label(upper)
    lower.set(xlabel="prediction", ylabel="rows")


def on_a_twin(figure: Figure) -> None:
    axes = figure.subplots()
    axes.hist(ROWS["draw:p"], bins=10, alpha=0.3)
    axes.set(xlabel="prediction", ylabel="rows")
    twin = axes.twinx()
    twin.plot([0, 1], [0, 1], "k:")
    twin.plot(*POINTS.T, "o-")
    twin.set_ylabel("fraction")


def before_and_after(figure: Figure) -> None:
    left, right = figure.subplots(1, 2, sharey=True)
    for axes in (left, right):
        axes.axline((0, 0), slope=1, color="grey")
        label(axes)
    left.plot(*POINTS.T, "o")
    right.plot([0.1, 0.9], [0.2, 0.7], "o")


def with_one_label_for_all(figure: Figure) -> None:
    above_a_histogram(figure)
    for axes in figure.axes:
        axes.set(xlabel="", ylabel="")
    figure.supxlabel("prediction")
    figure.supylabel("fraction")


def diagonal_beside(figure: Figure) -> None:
    left, right = figure.subplots(1, 2)
    left.plot(*POINTS.T, "o")
    right.plot([0, 1], [0, 1])
    label(left)
    label(right)


def labels_beside(figure: Figure) -> None:
    left, right = figure.subplots(1, 2)
    left.plot(*POINTS.T, "o")
    left.plot([0, 1], [0, 1])
    right.plot([0, 1], [0, 1])
    label(right)


def one_axes_for_each(figure: Figure) -> None:
    for axes, point in zip(figure.subplots(1, len(POINTS)), POINTS, strict=True):
        axes.plot(*point, "o")
        axes.plot([0, 1], [0, 1])
        label(axes)


@pytest.mark.parametrize("draw", [above_a_histogram, on_a_twin, before_and_after, with_one_label_for_all])
def test_a_diagram_beside_or_upon_other_axes_passes(draw: Callable[[Figure], object]) -> None:
    judgement = judge_drawing(draw_panels(draw))
    assert judgement.status is Status.PASSED, text(judgement.message)


@pytest.mark.parametrize(
    ("draw", "share", "words"),
    [
        (diagonal_beside, 0.5, "the diagonal from (0, 0) to (1, 1) is missing on their axes"),
        (labels_beside, 0.5, "an axis has no label"),
        (one_axes_for_each, 0.0, "One of them is missing"),
    ],
)
def test_what_stands_on_other_axes_is_missing(draw: Callable[[Figure], object], share: float, words: str) -> None:
    judgement = judge_drawing(draw_panels(draw))
    assert judgement.share == share, text(judgement.message)
    assert words in text(judgement.message)


def test_axes_whose_places_nobody_has_looked_at_are_judged_together() -> None:
    step = draw_panels(diagonal_beside)
    assert isinstance(step.evidence.outcome, Returned)
    assert isinstance(step.evidence.outcome.value, FigureValue)
    axes = tuple(replace_facts(one, place=None) for one in step.evidence.outcome.value.axes)
    old = seen("draw@figure", Returned(value=FigureValue(axes=axes)), step.arrays)
    assert judge_drawing(old).status is Status.PASSED


def test_the_number_of_bins_is_drawn_and_another_one_is_named() -> None:
    checks = [PLOT.with_seal(Seal(bytes([i] * 32))) for i in range(12)]
    assert len({check.bins for check in checks}) > 3
    for check in checks:
        assert check.bins not in {8, 10}
        drawn_rows = check.arrays()
        own = reliability(drawn_rows["draw:y"], drawn_rows["draw:p"], 8).T
        judgement = judged(check, case({"draw@figure": drawn(lines=[DIAGONAL, own])}))
        assert judgement.share == 0.0
        assert f"the points of 8 bins, and the argument `bins` says {check.bins}" in text(judgement.message)


def judge_drawing(step: StepResult) -> Judgement:
    return judged(PLOT, case({"draw@figure": step}))


@pytest.mark.parametrize(
    "step",
    [
        drawn(lines=[DIAGONAL, POINTS]),
        drawn(lines=[DIAGONAL], scatters=[POINTS[::-1]]),
        drawn(lines=[100 * DIAGONAL, 100 * POINTS]),
        drawn(lines=[np.linspace(0, 1, 20)[:, None] * [1, 1], *(p[None] for p in POINTS)]),
        drawn(lines=[DIAGONAL, np.vstack([[0, 0], POINTS, [1, 1]])]),
        # Of each row the point of its bin: 300 points, of which few differ.
        drawn(lines=[DIAGONAL], scatters=[np.repeat(POINTS, 40, axis=0)]),
        # Empty bins that are not a number, or at 0.
        drawn(lines=[DIAGONAL, np.vstack([POINTS, [[np.nan, np.nan]], [[0, 0]]])]),
        # Error bars with caps, which are lines of their own, and lines to the diagonal.
        drawn(
            lines=[
                np.linspace(0, 1, 200)[:, None] * [1, 1],
                *(p[None] for p in POINTS),
                *(POINTS + np.array([0, e]) for e in (0.05, -0.05)),
                *(np.array([p, [p[0], p[0]]]) for p in POINTS),
            ]
        ),
        # All rows, and a smooth curve, besides.
        drawn(lines=[DIAGONAL, POINTS, CURVE], scatters=[np.column_stack([ROWS["draw:p"], ROWS["draw:y"]])]),
        drawn(lines=[DIAGONAL, *(p[None] for p in POINTS), CURVE]),
    ],
)
def test_diagrams_that_show_the_same_pass(step: StepResult) -> None:
    judgement = judge_drawing(step)
    assert judgement.status is Status.PASSED, text(judgement.message)


@pytest.mark.parametrize(
    ("step", "share", "words"),
    [
        (drawn(lines=[POINTS]), 0.5, "the diagonal from (0, 0) to (1, 1) is missing"),
        (drawn(lines=[DIAGONAL, POINTS], labels=("", "")), 0.5, "an axis has no label"),
        (drawn(lines=[DIAGONAL, POINTS], labels=("prediction", " ")), 0.5, "an axis has no label"),
        (drawn(lines=[DIAGONAL, POINTS], labels=("-", "share")), 0.5, "an axis has no label"),
        (drawn(lines=[DIAGONAL, POINTS[:, ::-1]]), 0.0, "the axes are exchanged"),
        (
            drawn(lines=[DIAGONAL, np.column_stack([(np.arange(len(POINTS)) + 0.5) / len(POINTS), POINTS[:, 1]])]),
            0.0,
            "which are not the middles of the bins",
        ),
        (drawn(lines=[DIAGONAL, POINTS[:-1]]), 0.0, f"One of them is missing: ({POINTS[-1][0]:.3f}"),
        (drawn(lines=[DIAGONAL]), 0.0, "expected a point for each bin"),
        (drawn(), 0.0, "expected a point for each bin"),
        (drawn(lines=[DIAGONAL], scatters=[GRID]), 0.0, f"draw() draws {len(GRID)} points"),
        (drawn(lines=[DIAGONAL], scatters=np.array_split(GRID, 5)), 0.0, "Among so many it cannot be seen"),
        (drawn(lines=[DIAGONAL], scatters=np.array_split(GRID, 9000)), 0.0, "Among so many it cannot be seen"),
        (drawn(lines=[DIAGONAL, COLUMNS]), 0.0, "Among so many it cannot be seen"),
        (returned("draw@figure", None), 0.0, "has to return a matplotlib figure. Received: None"),
    ],
)
def test_what_is_missing_is_told(step: StepResult, share: float, words: str) -> None:
    judgement = judge_drawing(step)
    assert judgement.share == share, text(judgement.message)
    assert words in text(judgement.message)


@pytest.mark.parametrize(
    "diagonal",
    [
        lambda axes: axes.add_collection(LineCollection([DIAGONAL], colors="grey")),
        lambda axes: axes.axline((0.5, 0.5), slope=1),
        lambda axes: axes.plot([0, 1], [0, 1], "k:", linewidth=0.5),
    ],
)
def test_a_diagonal_may_be_drawn_in_other_ways(diagonal: Callable[[Any], object]) -> None:
    judgement = judge_drawing(draw_figure(lambda axes: (axes.plot(*POINTS.T, "o"), diagonal(axes))))
    assert judgement.status is Status.PASSED, text(judgement.message)


def test_what_cannot_be_seen_does_not_count_and_is_counted() -> None:
    unseen = judge_drawing(draw_figure(lambda axes: (axes.plot(*POINTS.T, "o"), axes.plot([0, 1], [0, 1], lw=0))))
    assert unseen.share == 0.5
    assert "the diagonal from (0, 0) to (1, 1) is missing" in text(unseen.message)
    assert "does not count: 1 of what the figure draws" in text(unseen.message)
    far = judge_drawing(draw_figure(lambda axes: (axes.plot(*POINTS.T, "o"), axes.set_xlim(50, 60))))
    assert far.share == 0.0
    assert "does not count: 1 of what" in text(far.message)
