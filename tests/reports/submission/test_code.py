"""The student's own lines beside a criterion: around the line that is named, else the functions in question."""

import msgspec

from grader.protocol.verdict import CodePlace, CodeUnit, CriterionVerdict, Exhibits, Location
from reports.submission.code import LINES_AFTER, LINES_BEFORE, MAX_LINES, CodeView, Excerpt
from tests.reports import samples

LINES = tuple(f"line {number}" for number in range(1, 101))
PLACES = (
    CodePlace(criterion="load", cell=2, first=10, last=14, docstring=(11, 12)),
    CodePlace(criterion="load", cell=2, first=20, last=90),
    CodePlace(criterion="load", cell=2, first=95, last=96),
)
EXHIBITS = Exhibits(code=(CodeUnit(cell=2, lines=LINES),), places=PLACES)


def excerpts(
    line: int | None = None, cell: int = 2, places: tuple[CodePlace, ...] = PLACES
) -> tuple[Excerpt, ...]:
    """Return what is shown beside a criterion whose message names a line, or none."""
    location = Location(file="a.ipynb", line=line, cell=cell, source="x") if line is not None else None
    criterion: CriterionVerdict = msgspec.structs.replace(samples.good()[0].criteria[0], location=location)
    view = CodeView(msgspec.structs.replace(EXHIBITS, places=places), [location])
    return view.find_excerpts(criterion)


def numbers(line: int | None = None, cell: int = 2, places: tuple[CodePlace, ...] = PLACES) -> list[list[int]]:
    """Return the numbers of the shown lines, by excerpt."""
    return [[row.number for row in excerpt.rows] for excerpt in excerpts(line, cell, places)]


def test_functions_are_shown_without_docstrings_and_together_no_longer_than_the_limit() -> None:
    first, second = numbers()
    assert first == [10, 13, 14]
    assert second == list(range(20, 20 + MAX_LINES - 3))
    assert [excerpt.is_cut for excerpt in excerpts()] == [False, True]
    assert [excerpt.is_cut for excerpt in excerpts(50)] == [False]


def test_a_named_line_is_shown_with_its_surroundings_within_the_function() -> None:
    assert numbers(50) == [list(range(50 - LINES_BEFORE, 50 + LINES_AFTER + 1))]
    assert numbers(21) == [list(range(20, 21 + LINES_AFTER + 1))]  # not what stands before the function
    assert numbers(2) == [[1, 2, 3, 4, 5]]  # of another function, or of none


def test_a_line_that_the_listing_does_not_hold_is_quoted_without_a_link() -> None:
    assert numbers(101) == [[101]]
    assert numbers(3, cell=9) == [[3]]


def test_places_that_cannot_be_are_left_out() -> None:
    impossible = CodePlace(criterion="load", cell=7, first=-5, last=3)
    assert numbers(places=(impossible,)) == []
    assert numbers(places=()) == []


def test_the_listing_marks_the_lines_that_are_named() -> None:
    view = CodeView(EXHIBITS, [Location(file="a.ipynb", line=3, cell=2), None])
    (listing,) = view.list_code()
    assert [row.number for row in listing.rows if row.is_named] == [3]
    assert listing.rows[2].anchor == "cell-2-line-3"
    assert view.count_lines() == 100


def test_lines_that_stand_beside_a_criterion_are_referred_to_beside_the_next() -> None:
    first, second, third = (
        msgspec.structs.replace(
            samples.good()[0].criteria[0],
            id=name,
            location=Location(file="a.ipynb", line=line, cell=2, source="x") if line else None,
        )
        for name, line in (("load", None), ("train", 25), ("plot", 95))
    )
    view = CodeView(EXHIBITS, [second.location, third.location])
    arranged = view.arrange_excerpts([first, second, third])
    assert [len(excerpt.rows) for excerpt in arranged["load"]] == [3, MAX_LINES - 3]
    assert [row.number for row in arranged["load"][1].rows if row.is_named] == [25]  # marked where it stands
    (repeated,) = arranged["train"]
    assert (repeated.rows, repeated.shown_at, repeated.first) == ((), "load", 25 - LINES_BEFORE)
    (new,) = arranged["plot"]  # some of its lines stand nowhere else
    assert new.rows
    assert new.shown_at == ""
