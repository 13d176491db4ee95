"""From records to the geometry of what is drawn."""

import itertools

import msgspec
import pytest

from grader.protocol.verdict import Confusion, Figure, Mistake
from reports.common.numbers import Numbers
from reports.common.pictures import draw_layers, draw_mistake, draw_strip, find_heat_classes, is_png
from tests.reports import sample_exhibits, samples


def test_ink_is_drawn_where_the_picture_has_some() -> None:
    mistake = Mistake(image=((0.0, 1.0), (0.5, 0.0)), true="1", predicted="7", labels=(), probabilities=())
    assert draw_mistake(mistake, Numbers("en")).ink.splitlines() == [
        '<path fill-opacity="0.53" d="M0 1h1v1h-1z"/>',
        '<path fill-opacity="1.00" d="M1 0h1v1h-1z"/>',
    ]


def test_of_many_classes_the_likeliest_and_the_true_one_are_shown() -> None:
    labels = tuple(f"class {index}" for index in range(1000))
    probabilities = tuple(index / 1000 for index in range(1000))
    bars = draw_mistake(
        Mistake(image=(), true="class 3", predicted="class 999", labels=labels, probabilities=probabilities),
        Numbers("de"),
    ).bars
    assert bars[0].label == "class 3"
    assert bars[0].is_true
    assert bars[-1].is_predicted
    assert bars[-1].probability == "100\N{NO-BREAK SPACE}%"
    assert len(bars) == 7


def test_a_single_confusion_is_visible_and_none_is_not() -> None:
    classes = find_heat_classes(Confusion(labels=("a", "b"), counts=((99, 1), (0, 0))))
    assert classes == (("hit-5", "miss-1"), ("miss-0", "hit-0"))


def test_the_strip_is_filled_as_far_as_points_were_gained() -> None:
    verdict, _ = samples.good()
    half = msgspec.structs.replace(verdict.criteria[0], points=2.0, max_points=4.0)
    none = msgspec.structs.replace(half, points=0.0)
    bonus = msgspec.structs.replace(half, points=5.0)
    worthless = msgspec.structs.replace(half, points=0.0, max_points=0.0)
    segments = draw_strip((half, none, bonus, worthless))
    assert len(segments) == 3
    assert [float(segment.gained) / float(segment.width) for segment in segments] == pytest.approx(
        [0.5, 0, 1], abs=0.01
    )
    assert draw_strip((worthless,)) == ()


def test_layers_are_as_wide_as_they_have_outputs() -> None:
    _, exhibits = samples.good()
    assert exhibits.network is not None
    views = draw_layers(exhibits.network)
    assert views[0].width_before == views[0].width == 100  # 64 inputs, 64 units
    assert views[-1].width < views[-2].width < 100
    assert all(before.width == after.width_before for before, after in itertools.pairwise(views))


@pytest.mark.parametrize("png", ["", "no base64!", "PHN2Zz48L3N2Zz4=", '" onerror="x', "ä"])
def test_only_a_png_is_shown(png: str) -> None:
    assert not is_png(Figure(function="f", png=png, width=1, height=1))
    assert is_png(Figure(function="f", png=sample_exhibits.png(1, (b"\0",)), width=1, height=1))
