"""Sizes of classes and reliability diagrams as geometry: within their frames, whatever the numbers are."""

import math

from grader.protocol.verdict import ClassBalance, Reliability, ReliabilityBin
from reports.common.label_charts import BOTTOM, LEFT, RIGHT, TOP, draw_balance, draw_reliability
from reports.common.numbers import Numbers


def test_all_bars_of_a_function_have_one_scale() -> None:
    view = draw_balance(ClassBalance(function="f", labels=("0", "1"), before=(60, 15), after=(120, 120)))
    assert [(bar.width_before, bar.width_after) for bar in view.bars] == [("50.0", "100.0"), ("12.5", "100.0")]


def test_classes_without_rows_have_bars_without_length() -> None:
    view = draw_balance(ClassBalance(function="f", labels=("0",), before=(0,), after=(0,)))
    assert (view.bars[0].width_before, view.bars[0].width_after) == ("0.0", "0.0")


def reliability(*points: tuple[float, float]) -> Reliability:
    bins = tuple(ReliabilityBin(predicted=p, observed=o, rows=1) for p, o in points)
    return Reliability(function="f", name="n", before=bins, after=bins[:1], error_before=0.1, error_after=0.0)


def test_predictions_go_to_the_right_and_shares_upwards() -> None:
    view = draw_reliability(reliability((0.0, 0.0), (1.0, 1.0)), Numbers("en"))
    assert list(view.dots_before) == [(LEFT, BOTTOM), (RIGHT, TOP)]
    assert view.path_before.startswith(f"M{LEFT} {BOTTOM}L")
    assert not view.path_after  # a single point is no line
    assert [tick.label for tick in view.x_ticks] == ["0%", "25%", "50%", "75%", "100%"]


def test_what_is_no_number_is_left_out_and_what_lies_outside_is_drawn_at_the_frame() -> None:
    view = draw_reliability(reliability((math.nan, 0.5), (-1.0, 7.0)), Numbers("en"))
    assert list(view.dots_before) == [(LEFT, TOP)]
