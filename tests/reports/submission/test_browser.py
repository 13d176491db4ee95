"""The report in a real browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Page

from reports.submission.class_place import ClassPlace, Neighbours, ReportLink
from reports.submission.html import render
from tests.reports import samples
from tests.reports.classroom.samples import adjustment

Scheme = Literal["light", "dark"]


# What a report in a class has besides: a mark that a person has changed, and who handed it in.
IN_CLASS = (
    (adjustment("figures", 4.0),),
    ClassPlace(
        name="Ada Lovelace",
        student="s0001",
        submitted=datetime(2026, 11, 27, 23, 58, tzinfo=UTC),
        is_late=True,
        dashboard="../index.html",
        neighbours=Neighbours(
            before=ReportLink("Ágnes Ärmel", "a.html"), after=ReportLink("Björn Müller", "b.html")
        ),
    ),
)


@contextmanager
def _opened(
    browser: Browser,
    folder: Path,
    pair: samples.Pair,
    *,
    width: int = 1280,
    scheme: Scheme = "light",
    bypass_csp: bool = False,
    in_class: bool = False,
) -> Iterator[tuple[Page, list[str]]]:
    """Open the report of `pair` from a file and yield the page and the complaints that it made so far."""
    file = folder / "report.html"
    file.write_text(render(*pair, *(IN_CLASS if in_class else ())), encoding="utf-8")
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=bypass_csp
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    page.on("dialog", lambda dialog: _dismiss(dialog, complaints))
    page.on("request", lambda request: _note_request(request.url, complaints))
    try:
        page.goto(file.as_uri(), wait_until="load")
        yield page, complaints
    finally:
        context.close()


def _dismiss(dialog: Dialog, complaints: list[str]) -> None:
    complaints.append(f"dialog: {dialog.message}")
    dialog.dismiss()


def _note_request(url: str, complaints: list[str]) -> None:
    if not url.startswith(("data:", "file:")) or (url.startswith("file:") and not url.endswith("/report.html")):
        complaints.append(f"request: {url[:100]}")


@pytest.mark.parametrize(
    ("kind", "scheme", "language"),
    # Every two of these meet in one of four pages.
    [
        ("good", "light", "en"),
        ("broken", "dark", "de"),
        ("mixed", "light", "de"),
        ("mixed", "dark", "en"),
        ("three_failures", "light", "de"),  # in a class
        ("three_failures", "dark", "en"),
    ],
)
def test_axe_finds_nothing_serious(
    chromium: Browser, tmp_path: Path, kind: str, scheme: Scheme, language: str
) -> None:
    pair, in_class = getattr(samples, kind)(language), kind == "three_failures"
    with _opened(chromium, tmp_path, pair, scheme=scheme, in_class=in_class) as (page, complaints):
        assert complaints == []
        result: dict[str, Any] = Axe().run(page).response
    # Guard against an axe that looked at nothing: a page of this size has dozens of rules that apply to it.
    assert len(result["passes"]) > 20
    serious = [
        (violation["id"], node["html"][:200])
        for violation in result["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
    assert serious == []


@pytest.mark.parametrize("bypass_csp", [False, True])
def test_a_hostile_submission_runs_nothing_and_asks_for_nothing(
    chromium: Browser, tmp_path: Path, bypass_csp: bool
) -> None:
    # Without the policy too: it is the second wall, and must not be what holds the first one up.
    with _opened(chromium, tmp_path, samples.hostile(), bypass_csp=bypass_csp) as (page, complaints):
        assert page.evaluate("window.pwned") is None
        assert page.title().endswith(samples.HOSTILE_NAME)
        assert page.locator("script").count() == 0
        assert complaints == []


# A report of the exercise's own solution, and one of three mistakes: no longer than this, in pixels and pages.
HEIGHTS = {"whole": 3500, "three_failures": 5000}
PAGES = 4


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", HEIGHTS)
def test_a_report_is_short_on_screen_and_on_paper(
    chromium: Browser, tmp_path: Path, kind: str, language: str
) -> None:
    verdict, exhibits = getattr(samples, kind)(language)
    # What this exercise does not have is not in its report.
    of_digits = msgspec.structs.replace(
        exhibits, balances=(), reliabilities=(), walkthrough=None, narrow_rows=(), weights=()
    )
    with _opened(chromium, tmp_path, (verdict, of_digits), width=1200) as (page, complaints):
        assert page.evaluate("document.documentElement.scrollHeight") < HEIGHTS[kind]
        assert len(re.findall(rb"/Type ?/Page\b(?!s)", page.pdf(format="A4"))) <= PAGES
        assert complaints == []


def test_what_failed_stands_beside_the_own_lines_which_lead_to_the_whole_code(
    chromium: Browser, tmp_path: Path
) -> None:
    with _opened(chromium, tmp_path, samples.three_failures(), width=1200) as (page, _):
        card = page.locator("#criterion-figures")
        message, lines = card.locator(".message").bounding_box(), card.locator(".rows").bounding_box()
        assert message is not None
        assert lines is not None
        assert lines["x"] > message["x"] + message["width"] - 1
        assert abs(lines["y"] - message["y"]) < 60
        named = card.locator(".named code").text_content()
        assert named == '        ax.imshow(pixels.reshape(8, 8), cmap="gray_r")'
        line = page.locator("#line-52")
        assert not line.is_visible()  # the code is folded
        card.locator("figcaption a").click()
        line.wait_for(state="visible")  # following the link unfolds it
        assert line.locator("code").text_content() == named


def test_a_figure_is_enlarged_by_its_link(chromium: Browser, tmp_path: Path) -> None:
    with _opened(chromium, tmp_path, samples.whole(), width=1200) as (page, _):
        figure = page.locator("#figure-2")
        small = figure.locator("img").bounding_box()
        figure.locator("a.enlarge").click()
        large = figure.locator("img").bounding_box()
        assert small is not None
        assert large is not None
        assert large["width"] > 2 * small["width"]
        figure.locator("a.reduce").click()
        again = figure.locator("img").bounding_box()
        assert again is not None
        assert again["width"] == small["width"]


@pytest.mark.parametrize("kind", ["mixed", "hostile"])
@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_is_wider_than_the_window(chromium: Browser, tmp_path: Path, kind: str, width: int) -> None:
    with _opened(chromium, tmp_path, getattr(samples, kind)("de"), width=width) as (page, _):
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_reaches_the_content_first(chromium: Browser, tmp_path: Path) -> None:
    with _opened(chromium, tmp_path, samples.mixed()) as (page, _):
        page.keyboard.press("Tab")
        link = page.locator("a.skip")
        assert link.evaluate("element => element === document.activeElement")
        page.wait_for_timeout(50)
        box = link.bounding_box()
        assert box is not None
        assert box["y"] >= 0
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_paper_is_light_and_shows_what_was_unfolded(chromium: Browser, tmp_path: Path) -> None:
    with _opened(chromium, tmp_path, samples.good(), scheme="dark") as (page, complaints):
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        # Red, green and blue of the ink: dark, or the words would be white on white.
        ink = page.evaluate("getComputedStyle(document.body).color.match(/\\d+/g).map(Number)")
        assert max(ink) < 60
        rows = page.locator("#code .rows")
        assert not rows.is_visible()
        page.locator("#code details").evaluate("details => details.open = true")
        assert rows.evaluate("element => element.getBoundingClientRect().height") > 100
        assert page.pdf(format="A4").startswith(b"%PDF-")
        assert complaints == []
