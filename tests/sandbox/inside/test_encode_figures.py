"""What is recorded of a figure: marks that can be seen, in every style, and none that cannot."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from grader.core.arrays import Array
from grader.protocol.evidence import AxesFacts
from grader.sandbox.inside import encode_figures
from grader.sandbox.inside.array_store import Store

Draw = Callable[[Any], object]
X, Y = [1.0, 2.0, 3.0], [2.0, 1.0, 4.0]
PICTURE = np.arange(64.0).reshape(8, 8)
WIDE = np.linspace(-1, 9, 9)  # edges of eight fields that reach beyond a picture


@pytest.fixture(autouse=True)
def closed_figures() -> Iterator[None]:
    yield
    plt.close("all")


def describe(draw: Draw, style: str = "default", **options: Any) -> tuple[AxesFacts, dict[str, Array]]:
    """Return what is recorded of the first axes of a figure."""
    with plt.style.context(style):
        figure, axes = plt.subplots(**options)
        draw(axes)
        store = Store()
        return encode_figures.describe(figure, store).axes[0], dict(store.arrays)


def count(draw: Draw, style: str = "default", **options: Any) -> tuple[int, int | None]:
    """Return how many marks are recorded, and how many are left out."""
    facts, _arrays = describe(draw, style, **options)
    return len((*facts.images, *facts.lines, *facts.scatters)), facts.unseen


SEEN: dict[str, Draw] = {
    "line": lambda a: a.plot(X, Y),
    "thin line": lambda a: a.plot(X, Y, linewidth=0.2, color="lightgrey"),
    "pixels": lambda a: a.plot(X, Y, "r,"),
    "markers alone": lambda a: a.plot(X, Y, linestyle="none", marker="x"),
    "points": lambda a: a.scatter(X, Y),
    "small points": lambda a: a.scatter(X, Y, s=0.1),
    "pale points": lambda a: a.scatter(X, Y, alpha=0.03),
    "open points": lambda a: a.scatter(X, Y, facecolors="none", edgecolors="b"),
    "white points with an edge": lambda a: a.scatter(X, Y, c="white", edgecolors="k"),
    "rasterized": lambda a: a.scatter(X, Y, rasterized=True),
    "logarithms": lambda a: (a.plot([0, *X], [0, *Y]), a.set(xscale="log", yscale="log")),
    "partly outside": lambda a: (a.plot(X, Y), a.set_xlim(2, 100)),
    "beyond its axes": lambda a: (a.plot([1, 1.2], [1.05, 1.05], clip_on=False), a.set(xlim=(0, 1), ylim=(0, 1))),
    "missing values": lambda a: a.plot([0, *X], [np.nan, *Y]),
    "over bars": lambda a: (a.bar(X, Y), a.plot(X, Y, "w")),
    "over an area": lambda a: (a.fill_between(X, Y), a.plot(X, Y, "w")),
    "without ends": lambda a: a.axline((0, 0), slope=1),
    "picture": lambda a: (a.imshow(PICTURE), a.axis("off")),
    "picture in colours": lambda a: a.imshow(np.stack([PICTURE / 64] * 3, axis=-1)),
    "black and white": lambda a: a.imshow(PICTURE > 9, cmap="binary"),
    "blank picture": lambda a: a.imshow(np.zeros((8, 8)), cmap="binary"),
    "mesh": lambda a: a.pcolormesh(PICTURE),
    "mesh of polygons": lambda a: a.pcolor(PICTURE, edgecolors="w", linewidths=0.5),
    "mesh upside down": lambda a: (a.pcolormesh(PICTURE, cmap="gray"), a.invert_yaxis(), a.set_aspect("equal")),
    "mesh in colours": lambda a: a.pcolormesh(np.stack([PICTURE / 64] * 3, axis=-1)),
    "blank mesh": lambda a: a.pcolormesh(np.zeros((8, 8)), cmap="binary"),
}


@pytest.mark.parametrize("name", SEEN)
def test_what_can_be_seen_is_recorded(name: str) -> None:
    assert count(SEEN[name]) == (1, 0)


@pytest.mark.parametrize(
    "style",
    ["dark_background", "ggplot", "seaborn-v0_8-darkgrid", "fivethirtyeight", "grayscale", "Solarize_Light2"],
)
def test_styles_make_no_difference(style: str) -> None:
    assert count(lambda a: (a.plot(X, Y), a.scatter(X, Y), a.hlines(0, 1, 3)), style) == (3, 0)
    assert count(lambda a: a.plot(X, Y, "k" if style != "dark_background" else "w"), style) == (1, 0)


def test_layouts_twins_and_other_projections_make_no_difference() -> None:
    assert count(lambda a: a.plot(X, Y), layout="constrained", figsize=(1, 1)) == (1, 0)
    assert count(lambda a: a.plot(X, Y), figsize=(60, 60)) == (1, 0)
    assert count(lambda a: a.plot(X, Y), subplot_kw={"projection": "polar"}) == (1, 0)
    assert count(lambda a: a.scatter(X, Y, X), subplot_kw={"projection": "3d"}) == (1, 0)
    assert count(lambda a: (a.plot(X, Y), a.twinx().plot(X, Y, "w")), "ggplot") == (1, 0)


UNSEEN: dict[str, Draw] = {
    "width 0": lambda a: a.plot(X, Y, linewidth=0),
    "no width to speak of": lambda a: a.plot(X, Y, linewidth=1e-6),
    "neither line nor marker": lambda a: a.plot(X, Y, linestyle="none"),
    "one point without a marker": lambda a: a.plot([1], [2]),
    "size 0": lambda a: a.scatter(X, Y, s=0),
    "no size to speak of": lambda a: a.scatter(X, Y, s=1e-9),
    "no colour": lambda a: a.scatter(X, Y, c="none"),
    "transparent": lambda a: a.plot(X, Y, color=(1, 0, 0, 0)),
    "white": lambda a: a.scatter(X, Y, c="white"),
    "nearly white": lambda a: a.plot(X, Y, color="#fefefe"),
    "far away": lambda a: (a.plot(X, Y), a.set_xlim(1000, 2000)),
    "outside of the figure": lambda a: (a.plot(X, Y), a.set_position([3, 3, 0.1, 0.1])),
    "picture outside of the figure": lambda a: (a.imshow(PICTURE), a.set_position([3, 3, 0.1, 0.1])),
    "picture of one colour": lambda a: a.imshow(PICTURE, vmin=1000, vmax=2000),
    "mesh of one colour": lambda a: a.pcolormesh(PICTURE, vmin=1000, vmax=2000),
    "polygons of one colour": lambda a: a.pcolor(PICTURE, vmin=1000, vmax=2000),
    "transparent mesh": lambda a: a.pcolormesh(PICTURE, alpha=0),
    "width 0 of many": lambda a: a.hlines([0], 1, 2, linewidths=0),
}


@pytest.mark.parametrize("name", UNSEEN)
def test_what_cannot_be_seen_is_left_out_and_counted(name: str) -> None:
    assert count(UNSEEN[name]) == (0, 1)


CURVE = 1 / np.arange(1.0, 21)
WITHIN: dict[str, Draw] = {
    "without the first epochs": lambda a: (a.plot(5 * CURVE), a.set_ylim(0, 1)),
    "a straight line right across": lambda a: (a.plot([-99, 99], [-99, 99]), a.set(xlim=(0, 1), ylim=(0, 1))),
    "many points of a straight line": lambda a: (a.plot(range(-99, 99), range(-99, 99)), a.axis((0, 1, 0, 1))),
    "limits where the points are": lambda a: (a.plot(CURVE), a.set(xlim=(0, 19), ylim=(0.05, 1))),
    "upside down": lambda a: (a.plot(CURVE), a.set(xlim=(19, 0), ylim=(1, 0))),
    "logarithms of many zeros": lambda a: (
        a.scatter([0] * 9 + X, [1] * 9 + Y),
        a.set(xscale="log", ylim=(9, 0.1)),
    ),
    "half of the points": lambda a: (a.scatter([1, 2, 3, 4], [1, 2, 3, 4]), a.set_xlim(2.5, 9)),
    "few of many missing ones": lambda a: (a.plot([*[np.nan] * 9, 1, 2, 4, 3]), a.set_ylim(0, 5)),
    "across the axes": lambda a: (a.axhline(0.5, marker="o"), a.set(xlim=(9, 99), ylim=(0, 1))),
    "places in the axes": lambda a: (
        a.plot([0.1, 0.5, 0.8], [0.1, 0.9, 0.2], transform=a.transAxes),
        a.set_xlim(9, 99),
    ),
    "points in the axes": lambda a: (a.scatter([0.1, 0.5], [0.1, 0.9], transform=a.transAxes), a.set_xlim(9, 99)),
    "names": lambda a: (a.plot(["a", "b", "c"], Y), a.set_ylim(0, 9)),
    "dates": lambda a: a.plot(np.array(["2026-01-01", "2026-01-02", "2026-01-03"], "datetime64[D]"), Y),
    "bent line of one range": lambda a: a.plot([1, 1, 1], [2, 2, 2], marker="o"),
    "an area": lambda a: (a.fill_between(X, Y), a.plot(X, Y, "w"), a.set_xlim(1.5, 3)),
    "cropped picture": lambda a: (a.imshow(PICTURE), a.set(xlim=(0.5, 6.5), ylim=(6.5, 0.5))),
    "picture upside down": lambda a: (a.imshow(PICTURE), a.invert_yaxis(), a.invert_xaxis()),
    "picture with room around it": lambda a: (a.imshow(PICTURE, extent=(0, 1, 5, 9)), a.axis((-9, 9, -9, 9))),
    "cropped mesh": lambda a: (a.pcolormesh(PICTURE), a.set(xlim=(1, 7), ylim=(7, 1))),
}
OUTSIDE: dict[str, Draw] = {
    "a slit of a curve": lambda a: (a.plot(CURVE), a.set_ylim(0.3, 0.4)),
    "three epochs of twenty": lambda a: (a.plot(CURVE), a.set_xlim(0, 2)),
    "a slit upside down": lambda a: (a.plot(CURVE), a.set_ylim(0.4, 0.3)),
    "a slit of logarithms": lambda a: (a.plot(CURVE), a.set(yscale="log", ylim=(0.3, 0.4))),
    "a slit of points": lambda a: (a.scatter(range(20), CURVE), a.set_ylim(-0.01, 0.06)),
    "a slit of markers": lambda a: (a.plot(range(20), "o"), a.set_ylim(4, 6)),
    "a strip of a picture": lambda a: (a.imshow(PICTURE), a.set_xlim(0, 2)),
    "a corner of a picture": lambda a: (a.imshow(PICTURE), a.set(xlim=(0, 5), ylim=(5, 0))),
    "a strip of a mesh": lambda a: (a.pcolormesh(PICTURE), a.set_ylim(0, 2)),
    "a strip of polygons": lambda a: (a.pcolor(PICTURE), a.set_ylim(2, 0)),
}


@pytest.mark.parametrize("name", WITHIN)
def test_what_lies_within_the_limits_by_half_is_recorded(name: str) -> None:
    assert count(WITHIN[name])[1] == 0


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_lies_outside_of_the_limits_by_more_than_half_is_left_out(name: str) -> None:
    assert count(OUTSIDE[name]) == (0, 1)


def test_axes_with_the_same_limits_and_twins_make_no_difference() -> None:
    figure, (left, right) = plt.subplots(1, 2, sharex=True, sharey=True)
    left.plot(CURVE)
    right.plot(9 * CURVE[:3])
    other = right.twinx()
    other.plot(1000 * CURVE)
    assert [axes.unseen for axes in encode_figures.describe(figure, Store()).axes] == [0, 0, 0]
    other.set_ylim(0.1, 0.2)
    assert [axes.unseen for axes in encode_figures.describe(figure, Store()).axes] == [0, 0, 1]


def test_the_colour_of_a_dark_background_cannot_be_seen_on_it() -> None:
    assert count(lambda a: a.plot(X, Y, "k"), "dark_background") == (0, 1)
    assert count(lambda a: a.plot(X, Y, color=a.get_facecolor()), "ggplot", facecolor="red") == (0, 1)


def cover(axes: Any) -> object:
    """Put a white area over everything."""
    return axes.add_patch(plt.Rectangle((-99, -99), 999, 999, color="white", zorder=99))


def cover_by_axes(axes: Any) -> object:
    """Put other axes over everything."""
    return axes.figure.add_axes([0, 0, 1, 1], xticks=[], yticks=[])


COVERED: dict[str, Draw] = {
    "a line": lambda a: (a.plot(X, Y), cover(a)),
    "points": lambda a: (a.scatter(X, Y), cover(a)),
    "lines": lambda a: (a.hlines([1, 2], 1, 3), cover(a)),
    "a line below an area": lambda a: (a.plot(X, Y), a.fill_between([0, 4], 0, 9, color="grey", zorder=9)),
    "a picture": lambda a: (a.imshow(PICTURE), cover(a)),
    "points below other axes": lambda a: (a.scatter(X, Y), cover_by_axes(a)),
    "a picture below other axes": lambda a: (a.imshow(PICTURE), cover_by_axes(a)),
    "a mesh": lambda a: (a.pcolormesh(PICTURE), cover(a)),
    "points below a mesh": lambda a: (a.scatter(X, Y), a.pcolormesh(PICTURE, zorder=9)),
    "a mesh below another one": lambda a: (a.pcolormesh(PICTURE), a.pcolormesh(PICTURE.T)),
    "a picture below polygons": lambda a: (a.imshow(PICTURE), a.pcolor(WIDE, WIDE, PICTURE.T)),
    "points below a picture": lambda a: (a.scatter(X, Y), a.imshow(PICTURE, extent=(0, 9, 0, 9), zorder=9)),
}


@pytest.mark.parametrize("name", COVERED)
def test_what_lies_below_an_area_is_left_out(name: str) -> None:
    marks, unseen = count(COVERED[name])
    assert unseen == 1
    assert marks <= 1


HONEST_AREAS: dict[str, Draw] = {
    "a band around a line": lambda a: (a.plot(X, Y), a.fill_between(X, 0, 9, alpha=0.3)),
    "an opaque band below a line": lambda a: (a.fill_between(X, 0, 9, color="lightgrey"), a.plot(X, Y, zorder=3)),
    "a span over a line": lambda a: (a.plot(X, Y), a.axvspan(1, 2, alpha=0.5, zorder=5)),
    "bars beside points": lambda a: (a.bar(X, Y), a.scatter(X, np.add(Y, 1))),
    "an opaque area over a part": lambda a: (a.plot(X, Y), a.axvspan(1, 1.5, color="white", zorder=5)),
    "a box around a digit": lambda a: (
        a.imshow(PICTURE),
        a.add_patch(plt.Rectangle((1, 1), 4, 4, fill=False, edgecolor="r")),
    ),
    "an inset": lambda a: (a.plot(X, Y), a.inset_axes([0.6, 0.6, 0.3, 0.3])),
    "a legend": lambda a: (a.plot(X, Y, label="y"), a.legend(loc="center", framealpha=1.0)),
    "white over grey": lambda a: (
        a.set_facecolor("grey"),
        a.scatter(X, Y, c="white"),
        a.axvspan(0, 0.1, color="b"),
    ),
}


@pytest.mark.parametrize("layout", [None, "constrained", "tight"])
@pytest.mark.parametrize("name", HONEST_AREAS)
def test_areas_that_leave_something_to_be_seen_make_no_difference(name: str, layout: str | None) -> None:
    assert count(lambda a: (HONEST_AREAS[name](a), a.set_title("t"), a.set_xlabel("x")), layout=layout)[0] == 1


def test_an_image_below_another_one_is_left_out_unless_it_shines_through() -> None:
    facts, arrays = describe(lambda a: (a.imshow(PICTURE), a.imshow(PICTURE.T)))
    assert [arrays[ref].tolist() for ref in facts.images] == [PICTURE.T.tolist()]
    above, arrays = describe(lambda a: (a.imshow(PICTURE, zorder=3), a.imshow(PICTURE.T)))
    assert [arrays[ref].tolist() for ref in above.images] == [PICTURE.tolist()]
    assert count(lambda a: (a.imshow(PICTURE), a.imshow(PICTURE.T, alpha=0.4))) == (2, 0)


@pytest.mark.parametrize("method", ["pcolormesh", "pcolor"])
def test_a_mesh_is_a_picture_of_its_array(method: str) -> None:
    edges = np.arange(9) * 10
    for draw in (
        lambda a: getattr(a, method)(PICTURE),
        lambda a: getattr(a, method)(edges, edges, PICTURE),
        lambda a: (getattr(a, method)(PICTURE), a.invert_yaxis()),
        lambda a: a.figure.colorbar(getattr(a, method)(PICTURE)),
    ):
        facts, arrays = describe(draw)
        assert [arrays[ref].tolist() for ref in facts.images] == [PICTURE.tolist()]
        assert (facts.lines, facts.scatters) == ((), ())


def test_points_on_a_mesh_are_points() -> None:
    facts, arrays = describe(lambda a: (a.pcolormesh(PICTURE), a.scatter(X, Y, c="r")))
    assert [arrays[ref][:, 0].tolist() for ref in facts.scatters] == [X]
    assert len(facts.images) == 1


@pytest.mark.parametrize("method", ["imshow", "pcolormesh", "pcolor"])
def test_a_picture_below_a_huge_point_counts_since_no_area_covers_it(method: str) -> None:
    assert count(lambda a: (getattr(a, method)(PICTURE), a.scatter([4], [4], s=1e6, c="r"))) == (2, 0)


@pytest.mark.parametrize("layout", [None, "constrained"])
def test_a_colour_bar_is_no_picture_wherever_it_is(layout: str | None) -> None:
    figure, (left, right) = plt.subplots(1, 2, layout=layout)
    figure.colorbar(left.imshow(PICTURE), cax=right)
    assert len(encode_figures.describe(figure, Store()).axes) == 1


def test_lines_of_collections_are_lines_and_areas_are_nothing() -> None:
    facts, arrays = describe(lambda a: a.add_collection(LineCollection([[(0, 0), (1, 1)]], colors="grey")))
    assert [arrays[ref].tolist() for ref in facts.lines] == [[[0, 0], [1, 1]]]
    facts, arrays = describe(lambda a: (a.fill_between(X, Y), a.hlines(0, 1, 3), a.scatter([5], [6])))
    assert [arrays[ref].tolist() for ref in facts.lines] == [[[1, 0], [3, 0]]]
    assert [arrays[ref].tolist() for ref in facts.scatters] == [[[5, 6]]]
    many, _arrays = describe(lambda a: a.vlines(np.arange(500), 0, 1))
    assert len(many.lines) == encode_figures.MAX_MARKS


def test_lines_without_ends_go_through_0_and_1() -> None:
    def points(draw: Draw) -> list[Any]:
        facts, arrays = describe(draw)
        return [arrays[ref].tolist() for ref in facts.lines]

    assert points(lambda a: a.axline((5, 0), slope=0)) == [[[0, 0], [1, 0]]]
    assert points(lambda a: a.axline((2, 2), (4, 4))) == [[[0, 0], [1, 1]]]
    assert points(lambda a: a.axline((2, 0), (2, 4))) == [[[2, 0], [2, 1]]]


def test_labels_of_axes_that_are_not_drawn_are_none_but_titles_are() -> None:
    def describe_labelled(change: Draw) -> tuple[str, str, str]:
        def draw(axes: Any) -> None:
            axes.plot(X, Y)
            axes.set(xlabel="3", ylabel="4")
            axes.set_title("right", loc="right")
            axes.set_title("left", loc="left")
            change(axes)

        facts, _arrays = describe(draw)
        return facts.title, facts.x_label, facts.y_label

    assert describe_labelled(lambda _axes: None) == ("left right", "3", "4")
    assert describe_labelled(lambda a: a.set_axis_off()) == ("left right", "", "")
    assert describe_labelled(lambda a: a.yaxis.set_visible(False)) == ("left right", "3", "")


# Figures with sub-figures.


def describe_parts(change: Callable[[Any, Any, Any], object], count: int = 1) -> list[AxesFacts]:
    """Return what is recorded of a figure whose right half has a lower half, with `count` axes in each of two.

    `change` gets the figure, its right half, and the lower half of that. The axes of the left half come first.
    """
    figure = plt.figure()
    left, right = figure.subfigures(1, 2)
    _upper, lower = right.subfigures(2, 1)
    for part in (left, lower):
        for axes in np.ravel(part.subplots(1, count)):
            axes.plot(X, Y, label="curve")
    change(figure, right, lower)
    return list(encode_figures.describe(figure, Store()).axes)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_labels_and_legends_of_a_figure_belong_to_all_axes_in_it(place: int) -> None:
    def label(*parts: Any) -> None:
        parts[place].supxlabel("epoch")
        parts[place].supylabel("loss")
        parts[place].legend(parts[2].get_axes()[0].lines, ["training"])

    outside, inside = describe_parts(label)
    assert (inside.x_label, inside.y_label, inside.legend) == ("epoch", "loss", ("training",))
    everywhere = place == 0
    assert (outside.x_label, outside.legend) == (("epoch", ("training",)) if everywhere else ("", ()))


def test_labels_and_legends_that_are_nearer_come_first() -> None:
    def label(*parts: Any) -> None:
        for number, part in enumerate(parts):
            part.supxlabel(f"label {number}")
            part.legend(parts[2].get_axes()[0].lines, [f"legend {number}"])

    outside, inside = describe_parts(label)
    assert (outside.x_label, outside.legend) == ("label 0", ("legend 0",))
    assert (inside.x_label, inside.legend) == ("label 2", ("legend 2",))


def test_the_title_of_a_figure_is_that_of_its_only_axes() -> None:
    def name(figure: Any, right: Any, lower: Any) -> None:
        figure.suptitle("everything")
        right.suptitle("right")
        lower.suptitle("lower")
        lower.get_axes()[0].set_title("own")

    assert [axes.title for axes in describe_parts(name)] == ["", "own lower right"]
    assert [axes.title for axes in describe_parts(name, 2)] == ["", "", "own", ""]
    figure, axes = plt.subplots()
    figure.suptitle("loss")
    figure.colorbar(axes.imshow(PICTURE))
    assert encode_figures.describe(figure, Store()).axes[0].title == "loss"


def test_the_figure_of_axes_and_sub_figures_that_are_returned_is_the_whole_one() -> None:
    whole: Any = Figure()
    part = whole.subfigures(1, 2)[0].subfigures(2, 1)[1]
    axes = part.subplots(1, 2)
    plt.figure()
    for returned in (whole, part, axes, axes[0], whole.subfigs, (axes[0], 3)):
        assert encode_figures.find(returned) is whole
    assert encode_figures.find(3) is plt.gcf()


def test_the_figure_stays_as_it_is() -> None:
    figure, axes = plt.subplots(dpi=131)
    line, white = axes.plot(X, Y)[0], axes.plot(X, Y, "w")[0]
    encode_figures.describe(figure, Store())
    assert figure.dpi == 131
    assert all(artist.get_visible() for artist in (line, white, axes.xaxis, axes.title))


def test_axes_that_lie_upon_each_other_have_the_same_place() -> None:
    figure, (left, right) = plt.subplots(1, 2)
    twin = right.twinx()
    for axes in (left, right, twin):
        axes.plot(X, Y)
    one, two, three = encode_figures.describe(figure, Store()).axes
    assert one.place != two.place == three.place
