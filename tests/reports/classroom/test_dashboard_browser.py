"""The dashboard in a real browser: sorting, searching, filtering, and everything without the script too."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from grader.core.i18n import LANGUAGES
from grader.protocol.gradebook import GradebookEntry
from grader.protocol.verdict import Resources, Status
from reports.classroom.dashboard import render
from tests.reports.classroom import samples as made
from tests.reports.classroom.samples import adjustment, criterion, entry, judged
from tests.reports.classroom.test_dashboard import hostile_class

Scheme = Literal["light", "dark"]
# High enough for forty lines: those out of sight are not laid out, and nothing could be said about them.
HEIGHT = 9000


class Windows:
    """Pages of one browser for one test after another: a new one costs several times what most tests cost."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._pages: dict[tuple[bool, bool], Page] = {}

    def page(self, *, script: bool, bypass_csp: bool) -> Page:
        """Return the page in which scripts run or do not, with the policies of its documents or without."""
        if (script, bypass_csp) not in self._pages:
            context = self._browser.new_context(java_script_enabled=script, bypass_csp=bypass_csp)
            self._pages[script, bypass_csp] = context.new_page()
        return self._pages[script, bypass_csp]

    def close(self) -> None:
        """Close them all."""
        for page in self._pages.values():
            page.context.close()


@pytest.fixture(scope="module")
def windows(chromium: Browser) -> Iterator[Windows]:
    """Pages that all tests of this file share."""
    shared = Windows(chromium)
    yield shared
    shared.close()


@contextmanager
def opened(
    windows: Windows,
    folder: Path,
    entries: Sequence[GradebookEntry],
    *,
    language: str = "en",
    width: int = 1280,
    height: int = HEIGHT,
    scheme: Scheme = "light",
    script: bool = True,
    bypass_csp: bool = False,
) -> Iterator[tuple[Page, list[str]]]:
    """Open the dashboard of `entries` from a file and yield the page and the complaints that it made so far."""
    file = folder / "index.html"
    file.write_text(render("The digits classifier", "digits", entries, language), encoding="utf-8")
    page = windows.page(script=script, bypass_csp=bypass_csp)
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(media="screen", color_scheme=scheme, reduced_motion="reduce")
    complaints: list[str] = []
    listeners: dict[Any, Callable[[Any], None]] = {
        "console": lambda message: complaints.append(f"console: {message.text}"),
        "pageerror": lambda error: complaints.append(f"error: {error}"),
        # Nobody answers a dialog, so that a page with one would not load.
        "dialog": lambda dialog: complaints.append(f"dialog: {dialog.message}"),
        "request": lambda request: complaints.append(request.url),
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    try:
        page.goto(file.as_uri(), wait_until="load")
        yield page, complaints
    finally:
        for event, listener in listeners.items():
            page.remove_listener(event, listener)
        page.goto("about:blank")
    # The page itself, and its empty icon.
    assert set(complaints) - {file.as_uri(), "data:,"} == set()


def marked(student: str, points: float, **more: object) -> GradebookEntry:
    """Return a student with so many of 10 points."""
    status = {0.0: Status.FAILED, 10.0: Status.PASSED}.get(points, Status.PARTIAL)
    seconds = more.pop("seconds", 10.0)
    assert isinstance(seconds, float)
    used = Resources(wall_seconds=seconds, cpu_seconds=1.0, peak_mib=1.0)
    verdict = judged(criterion("x", status, points), resources=used, status=status)
    return entry(student, verdict, **more)


def names(page: Page) -> list[str]:
    """Return the names in the lines that are shown, from top to bottom."""
    found: list[str] = page.locator("#all tbody tr:visible th").evaluate_all(
        "cells => cells.map(cell => (cell.querySelector('a') ?? cell).textContent)"
    )
    return found


def hints_of(one: GradebookEntry) -> set[str]:
    """Return the misconceptions that a hand-in shows."""
    return {hint.id for c in one.verdict.criteria for hint in c.hints} if one.verdict is not None else set()


def click(page: Page, heading: str) -> None:
    page.get_by_role("button", name=heading, exact=True).click()


FEW = (
    marked("Zoe", 3.0, seconds=8.0),
    marked("Özdemir", 10.0, late=True, seconds=100.0),
    marked("Oz", 0.0, adjustments=(adjustment("x", 0.0),), late=True, seconds=9.0),
    marked("Adler", 0.5, seconds=20.0),
    entry("Ärmel", problem="No file."),
    marked("S10", 2.0),
    marked("S9", 10.0),
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_sorting_by_name_follows_the_language_of_the_page(windows: Windows, tmp_path: Path, language: str) -> None:
    with opened(windows, tmp_path, FEW, language=language) as (page, _):
        heading = page.locator("#all thead th").first
        expect(heading).to_have_attribute("aria-sort", "ascending")
        expected = ["Adler", "Ärmel", "Oz", "Özdemir", "S9", "S10", "Zoe"]
        assert names(page) == expected
        heading.get_by_role("button").click()
        expect(heading).to_have_attribute("aria-sort", "descending")
        assert names(page) == expected[::-1]
        heading.get_by_role("button").click()
        expect(heading).to_have_attribute("aria-sort", "ascending")
        assert names(page) == expected


SORTED = {
    # By numbers, not by their digits; what has no value is last both times.
    "Points": ("Oz Adler S10 Zoe Özdemir S9 Ärmel", "Özdemir S9 Zoe S10 Adler Oz Ärmel"),
    "Seconds": ("Zoe Oz S9 S10 Adler Özdemir Ärmel", "Özdemir Adler S9 S10 Oz Zoe Ärmel"),
    "Status": ("Özdemir S9 Adler S10 Zoe Oz Ärmel", "Ärmel Oz Adler S10 Zoe Özdemir S9"),
    "Passed criteria": ("Adler Oz S10 Zoe Özdemir S9 Ärmel", "Özdemir S9 Adler Oz S10 Zoe Ärmel"),
    "Flags": ("Adler Ärmel S9 S10 Zoe Özdemir Oz", "Oz Özdemir Adler Ärmel S9 S10 Zoe"),
}


@pytest.mark.parametrize("heading", SORTED)
def test_every_column_sorts_both_ways(windows: Windows, tmp_path: Path, heading: str) -> None:
    with opened(windows, tmp_path, FEW) as (page, _):
        for direction, expected in zip(("ascending", "descending"), SORTED[heading], strict=True):
            click(page, heading)
            column = page.get_by_role("columnheader", name=heading, exact=True)
            expect(column).to_have_attribute("aria-sort", direction)
            assert page.locator("[aria-sort]").count() == 1
            assert names(page) == expected.split()


def test_searching_minds_neither_case_nor_accents(windows: Windows, tmp_path: Path) -> None:
    with opened(windows, tmp_path, FEW) as (page, _):
        for typed, found in (
            ("oz", ["Oz", "Özdemir"]),
            ("ÖZ", ["Oz", "Özdemir"]),
            (" zoe ", ["Zoe"]),
            ("s1", ["S10"]),
            ("nobody", []),
            ("", ["Adler", "Ärmel", "Oz", "Özdemir", "S9", "S10", "Zoe"]),
        ):
            page.get_by_label("Search by name").fill("")
            page.get_by_label("Search by name").press_sequentially(typed)
            assert names(page) == found
            expect(page.get_by_role("status")).to_have_text(f"{len(found)} of 7 shown")


def test_letters_that_lose_no_accent_are_found_by_their_neighbours(windows: Windows, tmp_path: Path) -> None:
    entries = [
        entry("1", name="Weiß"),
        entry("2", name="Łukasz"),
        entry("3", name="Øvind"),
        entry("4", name="Yağız"),
    ]
    with opened(windows, tmp_path, entries) as (page, _):
        for typed, name in (("weiss", "Weiß"), ("lukasz", "Łukasz"), ("ovind", "Øvind"), ("yagiz", "Yağız")):
            page.get_by_label("Search by name").fill(typed)
            assert names(page) == [name]


def test_filtering_by_status_and_by_what_is_worth_a_look(windows: Windows, tmp_path: Path) -> None:
    with opened(windows, tmp_path, FEW) as (page, _):
        choose = page.get_by_label("Show", exact=True)
        for option, expected in (
            ("passed (2)", ["Özdemir", "S9"]),
            ("failed (1)", ["Oz"]),
            ("not graded (1)", ["Ärmel"]),
            ("without a final mark (1)", ["Ärmel"]),
            ("late (2)", ["Oz", "Özdemir"]),
            ("adjusted (1)", ["Oz"]),
        ):
            choose.select_option(label=option)
            assert names(page) == expected
        choose.select_option(label="late (2)")
        page.get_by_label("Search by name").fill("özd")
        assert names(page) == ["Özdemir"]
        expect(page.get_by_role("status")).to_have_text("1 of 7 shown")
        click(page, "Points")
        assert names(page) == ["Özdemir"]
        # What is chosen by links is counted as well, and gives way to a button.
        page.locator("#lost-x0").click()
        assert names(page) == []
        expect(page.get_by_role("status")).to_have_text("0 of 7 shown")
        page.locator(".card", has_text="Handed in late").get_by_role("button").click()
        assert names(page) == ["Oz", "Özdemir"]
        expect(page.get_by_role("status")).to_have_text("2 of 7 shown")


def test_a_button_shows_those_of_a_list_in_the_table(windows: Windows, tmp_path: Path) -> None:
    entries = made.a_class(40)
    with opened(windows, tmp_path, entries) as (page, _):
        page.get_by_label("Search by name").fill("nobody")
        late = page.locator(".card", has=page.get_by_role("heading", name="Handed in late"))
        late.get_by_role("button", name="Show in the table").click()
        assert page.locator("#filter").evaluate("element => element === document.activeElement")
        assert sorted(names(page)) == sorted(one.name for one in entries if one.late)
        hint = page.locator("article", has_text="overfitting")
        hint.locator("summary").click()
        hint.get_by_role("button").click()
        shown = [one for one in entries if "overfitting" in hints_of(one)]
        assert sorted(names(page)) == sorted(one.name for one in shown)


def test_every_button_leads_to_as_many_as_it_stands_beside(windows: Windows, tmp_path: Path) -> None:
    with opened(windows, tmp_path, made.a_class(40)) as (page, _):
        page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
        buttons = page.get_by_role("button", name="Show in the table")
        assert buttons.count() > 8
        for number in range(buttons.count()):
            buttons.nth(number).click()
            assert page.locator("#filter").input_value()
            assert names(page)


def test_the_keyboard_is_enough(windows: Windows, tmp_path: Path) -> None:
    with opened(windows, tmp_path, FEW, height=800) as (page, _):
        page.keyboard.press("Tab")
        assert page.locator("a.skip").evaluate("element => element === document.activeElement")
        page.get_by_label("Search by name").focus()
        page.keyboard.type("z")
        page.keyboard.press("Tab")
        assert page.locator("#filter").evaluate("element => element === document.activeElement")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.hash") == "#lost-x0"
        page.keyboard.press("Tab")  # the box of the table, which scrolls
        for heading in ("Handed in by", "Points", "Status"):
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement.textContent") == heading
        page.keyboard.press("Enter")
        expect(page.get_by_role("columnheader", name="Status")).to_have_attribute("aria-sort", "ascending")
        # Sorting keeps the place of whoever works with the keyboard.
        assert page.evaluate("document.activeElement.textContent") == "Status"
        for _ in range(4):
            page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('href')").startswith("reports/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_javascript_the_table_is_complete(windows: Windows, tmp_path: Path, language: str) -> None:
    entries = made.a_class(40, language)
    with opened(windows, tmp_path, entries, language=language, script=False) as (page, _):
        assert page.locator("#all tbody tr:visible").count() == 40
        assert page.locator("#all tbody tr:visible a:visible").count() == 40
        assert page.locator("button:visible, input:visible, select:visible").count() == 0
        assert page.locator("details").count() == 3 + 14
        page.locator("summary").first.click()
        assert page.locator("details a:visible").count() > 0
        # Who lost the second criterion? A link, and no script.
        page.locator("#lost-x1").click()
        lost = [one for one in entries if one.verdict and one.verdict.criteria[1].status is not Status.PASSED]
        assert 0 < len(lost) < 40
        assert sorted(names(page)) == sorted(one.name for one in lost)
        page.locator(".everybody a").click()
        assert len(names(page)) == 40


@pytest.mark.parametrize(
    ("size", "width", "scheme", "language"),
    [
        (0, 360, "light", "en"),
        (1, 1280, "dark", "de"),
        (40, 1280, "light", "de"),
        (40, 360, "dark", "en"),
    ],
)
def test_axe_finds_nothing(
    windows: Windows, tmp_path: Path, size: int, width: int, scheme: Scheme, language: str
) -> None:
    entries = made.a_class(size, language)
    with opened(windows, tmp_path, entries, scheme=scheme, language=language, width=width, height=2 * HEIGHT) as (
        page,
        _,
    ):
        page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
        result: dict[str, Any] = Axe().run(page).response
    assert len(result["passes"]) > (20 if size else 10)
    found = [(v["id"], v["impact"], node["html"][:200]) for v in result["violations"] for node in v["nodes"]]
    assert found == []


@pytest.mark.parametrize("bypass_csp", [False, True])
def test_hostile_strings_run_nothing_and_ask_for_nothing(
    windows: Windows, tmp_path: Path, bypass_csp: bool
) -> None:
    # Without the policy too: it is the second wall, and must not be what holds the first one up.
    with opened(windows, tmp_path, hostile_class(), bypass_csp=bypass_csp) as (page, _):
        assert page.evaluate("window.pwned") is None
        assert page.locator("script").count() == 1
        for heading in page.locator("#all thead button").all():
            heading.click()
        for option in page.locator("#filter option").evaluate_all("all => all.map(one => one.value)"):
            page.locator("#filter").select_option(option)
        page.get_by_label("Search by name").fill("<script>")
        assert page.evaluate("window.pwned") is None
        for link in page.locator("a").all():
            assert (link.get_attribute("href") or "").startswith(("#", "reports/"))


@pytest.mark.parametrize("script", ["<script>window.pwned = 1</script>", "<svg onload='window.pwned = 1'>"])
def test_a_script_that_came_in_would_not_run(chromium: Browser, tmp_path: Path, script: str) -> None:
    text = render("x", "digits", FEW, "en")
    file = tmp_path / "index.html"
    file.write_text(text.replace("<main", script + "<main", 1), encoding="utf-8")
    page = chromium.new_page()
    page.goto(file.as_uri(), wait_until="load")
    assert page.evaluate("window.pwned") is None
    # Ours still does.
    expect(page.get_by_label("Search by name")).to_be_visible()
    page.close()


@pytest.mark.parametrize("make", [partial(made.a_class, 40, "de"), hostile_class], ids=["class", "hostile"])
def test_nothing_is_wider_than_the_window(
    windows: Windows, tmp_path: Path, make: Callable[[], Sequence[GradebookEntry]]
) -> None:
    with opened(windows, tmp_path, make(), language="de", width=1280, height=2 * HEIGHT) as (page, _):
        page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
        for width in (1280, 800, 360, 320):
            page.set_viewport_size({"width": width, "height": 2 * HEIGHT})
            assert page.evaluate("window.innerWidth") == width
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            # Nor is anything cut off at the card's edge.
            wide = page.locator("#all tbody :is(th, td)").evaluate_all(
                "(cells, width) => cells.filter(cell => cell.getBoundingClientRect().right > width).length", width
            )
            assert wide == 0


def test_the_lines_keep_their_parts_apart(windows: Windows, tmp_path: Path) -> None:
    """No cell covers another one, whatever the width."""
    overlaps = """rows => rows.flatMap(row => {
        const boxes = Array.from(row.cells, cell => cell.getBoundingClientRect()).filter(box => box.width);
        return boxes.flatMap((a, i) => boxes.slice(i + 1).filter(
            b => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1));
    }).length"""
    with opened(windows, tmp_path, made.a_class(40, "de"), language="de") as (page, _):
        for width in (360, 800, 1000, 1280):
            page.set_viewport_size({"width": width, "height": HEIGHT})
            assert page.evaluate("window.innerWidth") == width
            assert page.locator("#all tbody tr").evaluate_all(overlaps) == 0
            spilled = "cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth + 1).length"
            assert page.locator("#all :is(th, td)").evaluate_all(spilled) == 0


def test_each_outcome_has_its_own_picture_in_the_strip(windows: Windows, tmp_path: Path) -> None:
    one = entry("a", judged(*(criterion(f"c{place}", status) for place, status in enumerate(Status))))
    with opened(windows, tmp_path, [one]) as (page, _):
        strip = page.locator("#all .outcomes")
        pictures = strip.evaluate("element => getComputedStyle(element).backgroundImage")
        assert pictures.count("linear-gradient") == len(Status)
        legend = page.locator(".key-of-outcomes .outcomes").evaluate_all(
            "all => all.map(one => getComputedStyle(one).backgroundImage)"
        )
        assert len(set(legend)) == len(Status)
        # A criterion that a verdict doesn't have leaves its place empty.
        assert "none" not in pictures
        assert "none" in legend[1]


def test_paper_is_light_and_has_the_whole_table(windows: Windows, tmp_path: Path) -> None:
    with opened(windows, tmp_path, made.a_class(40), scheme="dark") as (page, _):
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        ink = page.evaluate("getComputedStyle(document.body).color.match(/\\d+/g).map(Number)")
        assert max(ink) < 60
        assert page.locator("#all tbody tr:visible").count() == 40
        # A real table, whose head is repeated on each page.
        assert page.locator("#all thead").evaluate("e => getComputedStyle(e).display") == "table-header-group"
        assert page.locator("input:visible, select:visible, .show:visible").count() == 0
        folded = page.locator("details:not(.lost) .names").first
        assert folded.evaluate("element => element.getBoundingClientRect().height") > 10
        assert page.pdf(format="A4").startswith(b"%PDF-")


def test_lines_out_of_sight_are_there_but_not_laid_out(windows: Windows, tmp_path: Path) -> None:
    with opened(windows, tmp_path, made.a_class(400), height=700) as (page, _):
        last = page.locator("#all tbody tr").last
        assert not last.evaluate("row => row.cells[0].checkVisibility({contentVisibilityAuto: true})")
        last.scroll_into_view_if_needed()
        expect(last.locator("a")).to_be_in_viewport()
        page.get_by_label("Search by name").fill(made.a_class(400)[-1].student)
        assert len(names(page)) == 1


def test_a_class_of_one_and_a_class_of_nobody_have_no_errors(windows: Windows, tmp_path: Path) -> None:
    with opened(windows, tmp_path, []) as (page, _):
        assert page.get_by_role("heading", name="Nothing has been handed in yet").is_visible()
    alone = msgspec.structs.replace(made.a_class(1)[0], name="Mia")
    with opened(windows, tmp_path, [alone]) as (page, _):
        assert names(page) == ["Mia"]
        expect(page.get_by_role("status")).to_have_text("1 of 1 shown")
