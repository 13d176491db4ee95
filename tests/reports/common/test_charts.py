"""From training histories to coordinates."""

import math

import pytest

from grader.core.i18n import Translator
from grader.protocol.verdict import Curve
from reports.common.charts import BOTTOM, LEFT, RIGHT, TOP, Chart, draw_charts
from reports.common.numbers import Numbers


def _drawn(*curves: Curve) -> tuple[Chart, ...]:
    return draw_charts(curves, Translator("en"), Numbers("en"))


def _one(**series: tuple[float | None, ...]) -> Chart:
    return _drawn(Curve(name="run", series=series))[0]


def test_loss_comes_first_and_validation_shares_its_panel() -> None:
    chart = _one(val_accuracy=(0.1, 0.9), accuracy=(0.2, 0.9), val_loss=(2.0, 1.0), loss=(2.0, 0.5))
    assert [panel.title for panel in chart.panels] == ["Loss", "Accuracy"]
    assert [line.kind for line in chart.panels[0].lines] == ["train", "validation"]
    assert chart.has_validation


@pytest.mark.parametrize("hole", [None, math.nan, math.inf, 1e300])
def test_a_value_that_is_no_number_leaves_a_gap(hole: float | None) -> None:
    chart = _one(loss=(3.0, 2.0, hole, 1.0, 0.5))
    (line,) = chart.panels[0].lines
    assert line.path.count("M") == 2
    assert chart.gaps == 1


def test_a_point_between_gaps_is_drawn_as_a_dot() -> None:
    (line,) = _one(loss=(None, 1.0, None)).panels[0].lines
    assert line.path == ""
    assert len(line.dots) == 1


def test_one_epoch_is_a_dot_in_the_middle() -> None:
    (panel,) = _one(loss=(1.5,)).panels
    assert panel.lines[0].dots[0][0] == (LEFT + RIGHT) / 2
    assert [tick.label for tick in panel.x_ticks] == ["1"]


@pytest.mark.parametrize("values", [(), (None, None), (0.0, 0.0), (5.0, 5.0, 5.0), (-1e29, 1e29), (1e-12, 2e-12)])
def test_any_series_gets_an_axis_within_the_picture(values: tuple[float | None, ...]) -> None:
    (panel,) = _one(loss=values, other=(1.0,)).panels[:1]
    assert len(panel.y_ticks) >= 2
    assert all(TOP <= tick.at <= BOTTOM for tick in panel.y_ticks)
    assert all(TOP <= y <= BOTTOM for line in panel.lines for _, y in line.dots)


@pytest.mark.parametrize("value", [4.0, 0.2, -3.0])
def test_a_series_that_stays_the_same_runs_through_the_middle(value: float) -> None:
    (panel,) = _one(mae=(value,)).panels
    assert panel.lines[0].dots[0][1] == pytest.approx((TOP + BOTTOM) / 2)


def test_runs_share_an_axis_so_that_they_can_be_compared() -> None:
    first, second = _drawn(
        Curve(name="a", series={"loss": (4.0, 1.0)}), Curve(name="b", series={"loss": (1.0, 0.5)})
    )
    assert first.panels[0].y_ticks == second.panels[0].y_ticks
    assert first.panels[0].y_ticks[-1].label == "4"


def test_outputs_of_one_network_have_axes_of_their_own() -> None:
    first, second, again = _drawn(
        Curve(name="a", series={"loss": (80.0, 10.0)}, output="price"),
        Curve(name="b", series={"loss": (1.0, 0.5)}, output="kind"),
        Curve(name="c", series={"loss": (60.0, 9.0)}, output="price"),
    )
    assert first.panels[0].y_ticks == again.panels[0].y_ticks
    assert second.panels[0].y_ticks[-1].label == "1"
    assert [chart.output for chart in (first, second, again)] == ["price", "kind", "price"]


@pytest.mark.parametrize("epochs", [1, 2, 3, 7, 30, 100, 1000])
def test_epochs_are_whole_numbers_from_the_first_to_the_last(epochs: int) -> None:
    (panel,) = _one(loss=tuple(float(epoch) for epoch in range(epochs))).panels
    ticks = [int(tick.label.replace(",", "")) for tick in panel.x_ticks]
    assert ticks[0] == 1
    assert ticks[-1] == epochs
    assert ticks == sorted(set(ticks))
    assert len(ticks) <= 8


def test_the_description_says_what_the_curve_shows() -> None:
    (panel,) = _one(loss=(2.0, 0.25), val_loss=(2.0, 0.5)).panels
    assert panel.description == "Loss, epochs: 2; training from 2.000 to 0.250; validation from 2.000 to 0.500"
