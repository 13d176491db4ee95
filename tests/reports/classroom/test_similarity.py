"""The page of alike submissions: complete, escaped, quiet, and readable in a real browser."""

import base64
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from grader.core.i18n import LANGUAGES
from grader.protocol.similarity import Similarity
from reports.classroom.similarity import MAX_BLOCKS, MAX_NAMES, MAX_PAIRS, MAX_ROWS, render
from tests.reports.classroom import similarity_samples as samples
from tests.reports.submission.test_html import Page as Document

KINDS = ("real", "hostile", "large", "nothing", "nobody")
Scheme = Literal["light", "dark"]


def found(kind: str) -> Similarity:
    made: Similarity = getattr(samples, kind)()
    return made


def rendered(kind: str, language: str = "en") -> str:
    return render("Handwritten digits", found(kind), samples.NAMES, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_fetched_and_nothing_runs(kind: str, language: str) -> None:
    text = rendered(kind, language)
    assert text == rendered(kind, language)
    page = Document(text)
    assert not {tag for tag, _ in page.tags} & {"script", "iframe", "object", "img", "form", "base"}
    for _, attributes in page.tags:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href"):
            target = attributes.get(name)
            assert target is None or target.startswith("#") or target == "data:,"


def test_the_policy_names_the_style_by_its_hash() -> None:
    text = rendered("real")
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = (meta["content"] for meta in Document(text).with_tag("meta") if "http-equiv" in meta)
    assert policy is not None
    assert f"style-src 'sha256-{digest}'" in policy.split("; ")
    assert "script-src 'none'" in policy.split("; ")


def test_what_submissions_and_students_say_is_text() -> None:
    text = rendered("hostile")
    assert "<script" not in text
    assert text.count("</style>") == 1
    assert samples.HOSTILE in Document(text).text
    assert "{{ 7 * 7 }}" in text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\ud800]", text)
    assert "⟨U+202E⟩" in text
    assert text.encode().decode() == text


def test_it_says_first_that_it_is_no_verdict() -> None:
    words = Document(rendered("real")).text
    assert words.index("This is no verdict") < words.index("How it was compared") < words.index("Group 1")


def test_the_strongest_group_comes_first_and_its_first_pair_is_open() -> None:
    page = Document(rendered("real"))
    assert [group.strength for group in found("real").groups] == [1.0, 1.0, pytest.approx(0.8, abs=0.2)]
    folds = page.with_tag("details")
    assert [("open" in fold) for fold in folds].count(True) == 1
    for words in (
        "Group 1: 3 students",
        "Group 2: 3 students",
        "Group 3: 2 students",
        "The same file, byte for byte",
    ):
        assert words in page.text


def test_numbers_of_lines_and_cells_are_said() -> None:
    words = Document(rendered("real")).text
    assert re.search(r"Änne Weiß, lines \d+ to \d+", words)
    assert re.search(r"Çem, cell 1, line 1, to cell \d+, line \d+", words)
    assert "Dana (x)" in words
    assert "Dana (y)" in words


def test_two_lines_of_one_cell_are_said_once() -> None:
    assert "cell 1, lines 2 to 2" in Document(rendered("hostile")).text


def test_what_is_usual_is_said_where_it_is_known() -> None:
    assert "Half of all pairs share more than 10% of their code" in Document(rendered("large")).text
    assert "too few to tell" in Document(rendered("hostile")).text
    assert "There are not two submissions" in Document(rendered("nobody")).text


@pytest.mark.parametrize("kind", ["nothing", "nobody"])
def test_an_empty_page_does_not_clear_anybody(kind: str) -> None:
    words = Document(rendered(kind)).text
    assert "No pair stands out" in words
    assert "does not prove that everybody worked alone" in words


def test_who_was_not_compared_is_named() -> None:
    words = Document(rendered("hostile")).text
    assert "1 submission has too little code of its own to be compared =1+1" in words
    assert "1 submission is so long that only part of it was compared ⟨U+D800⟩" in words
    assert "2 submissions have too little code of their own to be compared" in Document(rendered("real")).text


def test_long_lists_are_cut_and_counted() -> None:
    text = rendered("large")
    words = Document(text).text
    assert "Group 1: 201 students" in words
    assert f"and {201 - MAX_NAMES} more" in words
    assert "199 more pairs of this group" in words
    assert f"{199 - MAX_PAIRS} more pairs are not listed." in words
    assert f"{32 - MAX_BLOCKS} more places are not shown." in words
    assert f"{250 - MAX_ROWS} more lines are not shown." in words
    assert text.count('class="row') == 2 * MAX_BLOCKS * MAX_ROWS
    assert "2 other submissions have all of this too." in words
    assert "No other submission has all of this." in Document(rendered("hostile")).text


def test_a_student_without_a_name_is_called_by_the_key() -> None:
    assert "right_logits" in Document(rendered("real")).text


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert "0.8" not in Document(rendered("large", "de")).text
    assert "80\N{NO-BREAK SPACE}%" in rendered("large", "de")


@contextmanager
def opened(
    browser: Browser, folder: Path, kind: str, language: str = "en", width: int = 1280, scheme: Scheme = "light"
) -> Iterator[tuple[Page, list[str]]]:
    """Open the page, with everything unfolded, and give it with the complaints that it made so far."""
    file = folder / "similarity.html"
    file.write_text(rendered(kind, language), encoding="utf-8")
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(f"error: {error}"))
    page.on("request", lambda request: complaints.append(request.url))
    try:
        page.goto(file.as_uri(), wait_until="load")
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
        yield page, [told for told in complaints if not told.startswith(("data:,", file.as_uri()))]
    finally:
        context.close()


@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "de")])
def test_axe_finds_nothing_serious(chromium: Browser, tmp_path: Path, scheme: Scheme, language: str) -> None:
    with opened(chromium, tmp_path, "short", language, scheme=scheme) as (page, complaints):
        assert complaints == []
        result: dict[str, Any] = Axe().run(page).response
    assert len(result["passes"]) > 15
    serious = [
        (violation["id"], node["html"][:200])
        for violation in result["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
    assert serious == []


def test_a_hostile_submission_does_nothing(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, "hostile") as (page, complaints):
        assert page.evaluate("window.pwned") is None
        assert complaints == []


@pytest.mark.parametrize("kind", ["real", "hostile", "nobody"])
def test_nothing_is_wider_than_the_window(chromium: Browser, tmp_path: Path, kind: str) -> None:
    with opened(chromium, tmp_path, kind, "de") as (page, _):
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("window.innerWidth") == width
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_both_sides_stay_level_and_marked_lines_look_different(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, "real") as (page, _):
        tops = "figure => [...figure.querySelectorAll('.row')].map(row => row.getBoundingClientRect().top)"
        sides = page.locator(".shared-block").first.locator(".side")
        assert sides.nth(0).evaluate(tops) == sides.nth(1).evaluate(tops)
        colour = "element => getComputedStyle(element).backgroundColor"
        assert page.locator(".row.same").first.evaluate(colour) != page.locator(".row.fill").first.evaluate(colour)


def test_paper_shows_everything(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, "real", scheme="dark") as (page, _):
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = false })")
        page.emulate_media(media="print", color_scheme="dark")
        assert (
            page.locator(".shared-block").last.evaluate("element => element.getBoundingClientRect().height") > 10
        )
        assert page.locator(".side pre").evaluate_all(
            "all => all.every(pre => pre.scrollWidth <= pre.clientWidth + 1)"
        )
