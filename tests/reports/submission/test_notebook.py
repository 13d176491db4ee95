"""The report below a notebook's cell: in a real browser, as Jupyter puts it into its page."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Frame, Page

from grader.core.i18n import LANGUAGES
from reports.submission import notebook
from tests.reports import samples


@contextmanager
def shown(browser: Browser, folder: Path, html: str) -> Iterator[tuple[Page, Frame, list[str]]]:
    """Put the output into a page as Jupyter does; yields page, the report's frame and complaints."""
    file = folder / "notebook.html"
    script = json.dumps(html).replace("</", "<\\/")
    file.write_text(
        f"<!DOCTYPE html><meta charset=utf-8><div id=output></div>"
        f"<script>document.getElementById('output').innerHTML = {script}</script>",
        encoding="utf-8",
    )
    page = browser.new_page(viewport={"width": 1100, "height": 1000})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.on("request", lambda request: complaints.extend({request.url} - {file.as_uri()}))
    try:
        page.goto(file.as_uri(), wait_until="load")
        page.wait_for_function("document.querySelector('iframe').contentDocument.readyState === 'complete'")
        yield page, page.frames[1], complaints
    finally:
        page.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_report_is_in_a_frame_that_fits_and_the_mark_above_it(
    chromium: Browser, tmp_path: Path, language: str
) -> None:
    _, html = notebook.render(*samples.good(language))
    with shown(chromium, tmp_path, html) as (page, frame, complaints):
        assert frame.locator("h1").count() == 1
        page.wait_for_function("document.querySelector('iframe').style.height !== '640px'")
        box = page.locator("iframe").bounding_box()
        assert box is not None
        assert 240 <= box["height"] <= 900
        assert box["x"] + box["width"] <= 1100
        assert page.locator("p strong").inner_text() in html.replace("&#39;", "'")
        assert complaints == []


def test_links_within_the_report_stay_within_its_frame(chromium: Browser, tmp_path: Path) -> None:
    _, html = notebook.render(*samples.mixed())
    with shown(chromium, tmp_path, html) as (page, frame, complaints):
        before = page.url
        frame.locator("nav a").last.click()
        frame.wait_for_function("window.scrollY > 0")
        assert frame.locator("h1").count() == 1
        assert page.url == before
        assert complaints == []


def test_a_hostile_submission_runs_nothing_in_the_notebooks_page(chromium: Browser, tmp_path: Path) -> None:
    _, html = notebook.render(*samples.hostile())
    with shown(chromium, tmp_path, html) as (page, frame, complaints):
        assert page.locator("#output > p").count() == 1
        assert page.locator("#output iframe").count() == 1
        assert page.locator("#output > *").count() == 2
        assert complaints == []
        assert frame.locator("h1").count() == 1


def test_the_words_are_those_of_the_terminal() -> None:
    text, _ = notebook.render(*samples.mixed("de"))
    assert "Punkten" in text
    assert "\x1b" not in text
    assert not any(line.endswith(" ") for line in text.split("\n"))
