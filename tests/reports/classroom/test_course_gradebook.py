"""The page of a class over several exercises: what it says, and that a browser and axe find no fault with it."""

import itertools
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from grader.core.i18n import LANGUAGES
from grader.protocol.course_gradebook import (
    CourseExercise,
    CourseGradebook,
    CourseMark,
    CourseStudent,
    HintOutcome,
    Unmatched,
)
from grader.protocol.verdict import Status
from reports.classroom.course_gradebook import render

EVIL = "<script>alert(1)</script>\u202e\"'"
NAMES = (
    "Jürgen Müller-Lüdenscheidt",
    "Seán O’Neill",
    "D'Angelo, Anna",
    "Ирина Петрова",
    "Kim Lee",
    "Kim Lee",
    EVIL,
)


def a_course(size: int = 24, exercises: int = 4) -> CourseGradebook:
    """Return a class with everything in it that the page tells of."""
    titles = (
        "Linear regression",
        "Handwritten digits",
        "A dense layer of your own",
        "Training",
        "Iris",
        "Two heads",
    )
    return CourseGradebook(
        exercises=tuple(
            CourseExercise(name=f"e{place}", title=titles[place % len(titles)], max_points=20.0 + 10 * place)
            for place in range(exercises)
        ),
        students=tuple(
            CourseStudent(
                key=f"s{number:04}",
                name=NAMES[number % len(NAMES)] if number < 14 else f"Student {number}",
                marks=tuple(_mark(number, place) for place in range(exercises)),
            )
            for number in range(size)
        ),
        hints=(
            HintOutcome(exercise="e1", hint="softmax", text="Softmax twice.", students=12, again=9, passed=7),
            HintOutcome(exercise="e0", hint="unknown", text=EVIL, students=3, again=2, passed=2),
        ),
        unmatched=(
            Unmatched(exercise="e1", key="x17", name=EVIL),
            Unmatched(exercise="e2", key="lee", name="Kim Lee"),
        ),
        without_hand_in=("Berta Beispiel", "Čeněk Vzor"),
        has_roster=True,
    )  # fmt: skip


def _mark(number: int, place: int) -> CourseMark | None:
    if (number + place) % 9 == 8:
        return None
    best = 20.0 + 10 * place - number % 7
    is_open = (number + 2 * place) % 11 == 3
    return CourseMark(
        status=Status.NOT_GRADED if is_open else Status.PARTIAL,
        mark=None if is_open else best,
        grade="" if is_open else f"{1 + number % 7 / 2:.1f}",
        is_late=number % 5 == 2,
        report=f"../results/e{place}/reports/s{number}.html",
        attempts=(best / 3, None, best) if number % 3 == 0 else (best,),
    )


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL).split())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_marks_progress_and_hints(language: str) -> None:
    page = render(a_course(), "Deep Learning", language)
    text = text_of(page)
    point = "," if language == "de" else "."
    assert f"6{point}67 → – → 20" in page
    assert text.count("Kim Lee s00") == 4  # two of one name, twice
    assert re.search(r"9 7 78\s?% ", text)  # seven of nine
    assert "alert(1)</script>" not in page
    assert "\u202e" not in page
    assert 'href="../results/e0/reports/s0.html"' in page


def test_a_share_of_too_few_is_not_given() -> None:
    page = render(a_course(), "Deep Learning", "en")
    assert "100%" not in text_of(page)


def test_the_gain_is_the_mean_of_those_who_handed_in_again() -> None:
    attempts = {"again": [(2.0, 3.0), (5.0, None, 5.0), (1.0,), (None, 3.0)], "once": [(1.0,), (None, 3.0)]}
    marks = [
        [CourseMark(status=Status.PARTIAL, mark=1.0, attempts=one) for one in attempts[name]] for name in attempts
    ]
    course = CourseGradebook(
        exercises=tuple(CourseExercise(name=name, title=name, max_points=None) for name in attempts),
        students=tuple(
            CourseStudent(key=f"s{number}", name="", marks=each)
            for number, each in enumerate(itertools.zip_longest(*marks))
        ),
    )
    text = text_of(render(course, "Deep Learning", "en"))
    assert "again – 4 1 3 +0.5 once – 2 1 1 – " in text


def test_an_empty_course_is_a_page_too() -> None:
    empty = CourseGradebook(exercises=(), students=())
    assert "There are no hand-ins." in render(empty, "Deep Learning", "en")


def test_a_browser_and_axe_find_no_fault(chromium: Browser, tmp_path: Path) -> None:
    file = tmp_path / "gradebook.html"
    context = chromium.new_context(bypass_csp=True)
    window = context.new_page()
    complaints: list[str] = []
    window.on("console", lambda message: complaints.append(message.text))
    window.on("request", lambda request: complaints.append(request.url))
    try:
        for language, scheme, width in (("de", "dark", 400), ("en", "light", 1280)):
            file.write_text(render(a_course(exercises=6), "Deep Learning", language), encoding="utf-8")
            window.set_viewport_size({"width": width, "height": 900})
            window.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            window.goto(file.as_uri())
            assert window.evaluate("document.documentElement.scrollWidth") <= width
            violations = Axe().run(window).response["violations"]
            assert [(v["id"], [n["target"] for n in v["nodes"]][:3]) for v in violations] == []
    finally:
        context.close()
    assert set(complaints) == {file.as_uri()}
