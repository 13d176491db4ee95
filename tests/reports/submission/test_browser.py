"""The report in a real browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Dialog, Page

from reports.submission.html import render
from tests.reports import samples

Scheme = Literal["light", "dark"]


@contextmanager
def _opened(
    browser: Browser,
    folder: Path,
    pair: samples.Pair,
    *,
    width: int = 1280,
    scheme: Scheme = "light",
    bypass_csp: bool = False,
) -> Iterator[tuple[Page, list[str]]]:
    """Open the report of `pair` from a file and yield the page and the complaints that it made so far."""
    file = folder / "report.html"
    file.write_text(render(*pair), encoding="utf-8")
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
    [("good", "light", "en"), ("good", "dark", "de"), ("mixed", "light", "de"), ("mixed", "dark", "en")],
)
def test_axe_finds_nothing_serious(
    chromium: Browser, tmp_path: Path, kind: str, scheme: Scheme, language: str
) -> None:
    with _opened(chromium, tmp_path, getattr(samples, kind)(language), scheme=scheme) as (page, complaints):
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


def test_paper_is_light_and_shows_what_is_folded(chromium: Browser, tmp_path: Path) -> None:
    with _opened(chromium, tmp_path, samples.good(), scheme="dark") as (page, complaints):
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        # Red, green and blue of the ink: dark, or the words would be white on white.
        ink = page.evaluate("getComputedStyle(document.body).color.match(/\\d+/g).map(Number)")
        assert max(ink) < 60
        folded = page.locator("details .compared").first
        assert folded.evaluate("element => element.getBoundingClientRect().height") > 10
        assert page.pdf(format="A4").startswith(b"%PDF-")
        assert complaints == []
