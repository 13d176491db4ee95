"""Learning curves as text: they show the shape, and they hide nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.protocol.verdict import Curve
from reports.common.sparklines import GAP, LEVELS, WIDEST, draw_line, draw_sparklines


def test_a_curve_goes_from_low_to_high() -> None:
    assert draw_line([0, 1, 2, 3, 4, 5, 6, 7], 0, 7) == LEVELS
    assert draw_line([1, 0], 0, 1) == "█▁"


def test_a_curve_that_stays_where_it_is_lies_in_the_middle() -> None:
    assert draw_line([5.0, 5.0], 5.0, 5.0) == "▅▅"


@pytest.mark.parametrize("value", [None, float("nan"), float("inf"), 1e31])
def test_a_value_that_is_no_number_is_seen_even_where_neighbours_share_a_character(value: float | None) -> None:
    assert draw_line([0.0, value, 1.0], 0, 1) == f"▁{GAP}█"
    assert draw_line([0.0] * 50 + [value] + [0.0] * 49, 0, 1).count(GAP) == 1


def test_training_and_validation_have_the_same_scale_in_all_runs() -> None:
    first, second = draw_sparklines(
        [
            Curve(name="a", series={"loss": (4.0, 0.0), "val_loss": (2.0, 2.0)}),
            Curve(name="b", series={"loss": (8.0, 8.0)}),
        ]
    )
    assert [(each.name, each.text) for each in first] == [("loss", "▅▁"), ("val_loss", "▃▃")]
    assert second[0].text == "██"


def test_first_and_last_value_are_told_or_that_they_are_no_numbers() -> None:
    (((spark,),)) = draw_sparklines([Curve(name="a", series={"loss": (2.0, 1.0, None), "empty": ()})])
    assert (spark.first, spark.last) == (2.0, None)


def test_no_curves_are_no_sparks() -> None:
    assert draw_sparklines([]) == ()
    assert draw_sparklines([Curve(name="a", series={})]) == ((),)


@given(st.lists(st.none() | st.floats(), min_size=1, max_size=200))
def test_every_curve_fits(values: list[float | None]) -> None:
    ((spark,),) = draw_sparklines([Curve(name="a", series={"loss": tuple(values)})])
    assert len(spark.text) == min(len(values), WIDEST)
    assert set(spark.text) <= {*LEVELS, GAP}


def test_outputs_of_one_network_have_scales_of_their_own() -> None:
    curves = [
        Curve(name="a", series={"loss": (80.0, 0.0)}, output="price"),
        Curve(name="b", series={"loss": (1.0, 0.0)}, output="kind"),
    ]
    (((first,),), ((second,),)) = ((one,) for one in draw_sparklines(curves))
    assert first.text == second.text
