"""The desk in a real browser: a class marked with the keyboard alone, without a script too, and for everybody."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from grader.classroom.folder import ClassFolder, open_store
from grader.classroom.pages import Publisher
from grader.classroom.store import Store
from tests.helpers.review_class import BY_HAND, SERIES, Served, make_class, serve_desk
from tests.helpers.store_tables import replay_marks


@contextmanager
def opened(chromium: Browser, link: str, **options: Any) -> Iterator[Page]:
    """Open a desk, and see that the browser complains about nothing and asks nobody else."""
    context = chromium.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
    page = context.new_page()
    complaints: list[str] = []
    address = link.partition("/?")[0]
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.on(
        "request",
        lambda request: None if request.url.startswith((address, "data:")) else complaints.append(request.url),
    )
    try:
        page.goto(link)
        yield page
    finally:
        context.close()
    # Refusals that a test asked for are no complaints.
    assert [text for text in complaints if "the server responded with a status of 4" not in text] == []


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def go(page: Page, key: str) -> None:
    """Press a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_thirty_hand_ins_with_two_criteria_are_marked_with_the_keyboard_alone(
    chromium: Browser, tmp_path: Path
) -> None:
    folder = make_class(tmp_path / "out", 30)
    with open_store(folder) as store, serve_desk(folder, store) as served:
        expected: dict[tuple[str, str], float] = {}
        with opened(chromium, served.link) as page:
            for criterion in BY_HAND:
                order = served.desk.read().order(criterion)
                # From the overview, the criterion is a link that Tab leads to.
                link = page.get_by_role("link", name="Explain" if criterion == "explanation" else "Judge").first
                while not link.evaluate("element => element === document.activeElement"):
                    page.keyboard.press("Tab")
                go(page, "Enter")
                for place, student in enumerate(order):
                    expect(page.locator(".who b")).to_have_text(student.title())
                    points = place % 11
                    press(page, *str(points))
                    if place == 3:
                        press(page, "c", *"Label the axes.")
                        press(page, "Tab", "Space")  # for others, too
                        press(page, "Escape")
                    if place == 4:
                        press(page, "Escape", "r", "Escape")
                    expected[student, criterion] = points
                    go(page, "Enter")
                assert f"decided={criterion}" in page.url
        assert replay_marks(store, SERIES) == expected
        marks = store.hand_marks.read_marks(SERIES)
        assert len(marks) == 60
        assert all(mark.by == "eve" and mark.text for mark in marks)
        with_comment = [mark.text for mark in marks if mark.comment]
        assert with_comment == ["Label the axes."] * 4
        # Everything that waited is decided, so the marks are final.
        assert all(entry.mark is not None for entry in Publisher(folder, store).read_gradebook())


def test_the_keys_lead_to_and_fro_and_undo(chromium: Browser, served: Served, store: Store) -> None:
    order = served.desk.read().order("figure")
    with opened(chromium, f"{served.link}") as page:
        page.goto(f"http://{served.address}/criterion/figure")
        name = page.locator(".who b")
        expect(name).to_have_text(order[0].title())
        go(page, "j")
        expect(name).to_have_text(order[1].title())
        go(page, "k")
        press(page, "f")
        expect(page.locator("#points")).to_have_value("10")
        press(page, "7", ".", "5")
        expect(page.locator("#points")).to_have_value("7.5")
        # What is typed and not saved is not left by mistake.
        press(page, "j")
        expect(page.get_by_role("status")).to_contain_text("Not saved yet")
        expect(name).to_have_text(order[0].title())
        press(page, "c", *"Two lines,", "Enter", *"j and k too.")
        go(page, "Control+Enter")
        expect(page.locator(".last")).to_contain_text("7.5 points")
        (mark,) = store.hand_marks.read_marks(SERIES)
        assert (mark.student, mark.points, mark.text) == (order[0], 7.5, "Two lines,\nj and k too.")
        go(page, "u")
        expect(name).to_have_text(order[0].title())
        assert store.hand_marks.read_marks(SERIES) == []
        go(page, "o")
        expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_without_a_script_everything_is_a_link_or_a_form(chromium: Browser, served: Served, store: Store) -> None:
    order = served.desk.read().order("explanation")
    with opened(chromium, served.link, java_script_enabled=False) as page:
        page.get_by_role("link", name="Explain overfitting", exact=True).click()
        page.get_by_label("Points").fill("11")
        page.get_by_label("Own words").fill("Well said.")
        page.get_by_label("Offer these words").check()
        page.get_by_role("button", name="Save and next").click()
        page.get_by_label("Points").fill("4")
        page.get_by_label("Well said.").check()
        page.get_by_role("button", name="Save and next").click()
        page.get_by_role("link", name="Change these comments").click()
        page.get_by_label("2 hand-ins have it").fill("Very well said.")
        page.get_by_role("button", name="Change for all").click()
        page.get_by_role("button", name="Undo").click()
        assert served.reference(order[1]) in page.url
    assert [(m.student, m.points, m.text) for m in store.hand_marks.read_marks(SERIES)] == [
        (order[0], 11, "Very well said.")
    ]


def test_an_old_page_in_another_tab_saves_nothing_and_keeps_what_was_typed(
    chromium: Browser, served: Served, store: Store
) -> None:
    with opened(chromium, served.link) as page:
        address = f"http://{served.address}/criterion/figure/{served.reference('student0000')}"
        page.goto(address)
        press(page, "2", "c", *"From the old page.")
        served.save("student0000", "figure", points="8", words="Newer.")
        go(page, "Control+Enter")
        expect(page.get_by_role("alert")).to_contain_text("eve decided this criterion since you opened the page")
        expect(page.get_by_label("Own words")).to_have_value("From the old page.")
        expect(page.get_by_label("Points")).to_have_value("2")
        expect(page.locator(".counts-now")).to_contain_text("Newer.")
        assert [mark.points for mark in store.hand_marks.read_marks(SERIES)] == [8]
        page.get_by_role("button", name="Save and next").click()
    assert [mark.text for mark in store.hand_marks.read_marks(SERIES)] == ["From the old page."]


def test_another_page_cannot_post_to_the_desk(
    chromium: Browser, served: Served, store: Store, tmp_path: Path
) -> None:
    """A file that the same browser opens, with a form that leads to the desk."""
    path = f"/criterion/figure/{served.reference('student0000')}"
    version = served.version("student0000", "figure")
    file = tmp_path / "evil.html"
    file.write_text(
        f'<form method="post" action="http://{served.address}{path}"><input name="points" value="9">'
        f'<input name="version" value="{version}"><button>free points</button></form>'
    )
    context = chromium.new_context()
    try:
        page = context.new_page()
        page.goto(served.link)
        page.goto(file.as_uri())
        page.get_by_role("button").click()
        expect(page.get_by_role("alert")).to_contain_text("Another page tried to change something here")
    finally:
        context.close()
    assert store.hand_marks.read_marks(SERIES, with_withdrawn=True) == []


def test_markup_in_a_comment_runs_nothing(chromium: Browser, served: Served) -> None:
    served.save("student0000", "figure", words="<img src=x onerror=alert(1)> </textarea><script>alert(2)</script>")
    with opened(chromium, served.link) as page:
        page.goto(f"http://{served.address}/criterion/figure/{served.reference('student0000')}")
        expect(page.get_by_label("Own words")).to_have_value(re.compile(r"^<img src=x .*</script>$"))
        assert page.locator("script").count() == 1


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ClassFolder, Store]]:
    """A class with decisions, comments, requests, and a second marker who disagrees."""
    folder = make_class(tmp_path_factory.mktemp("class") / "out", 3)
    with open_store(folder) as store:
        with serve_desk(folder, store) as served:
            served.save("student0000", "figure", points="3", words="Label the axes.", reusable="yes")
            served.save("student0001", "figure", points="3")
            store.hand_marks.add_requests(SERIES, [("student0002", "scale", "My scale is right, I think.")], "eve")
        with serve_desk(folder, store, is_second=True, marker="mia") as second:
            second.save("student0000", "figure", points="9", words="Good.")
        yield folder, store


# Each two of them together: what axe looks at depends on no more.
@pytest.mark.parametrize(
    ("scheme", "language", "width"),
    [("light", "en", 400), ("light", "de", 1400), ("dark", "en", 1400), ("dark", "de", 400)],
)
def test_axe_finds_nothing(
    chromium: Browser,
    busy: tuple[ClassFolder, Store],
    scheme: Literal["light", "dark"],
    language: str,
    width: int,
) -> None:
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "bypass_csp": True}
    with (
        serve_desk(*busy, language=language) as served,
        opened(chromium, served.link, **options) as page,
    ):
        for path in (
            "/",
            f"/criterion/figure/{served.reference('student0000')}",
            f"/criterion/explanation/{served.reference('student0001')}",
            f"/criterion/scale/{served.reference('student0002')}",
            "/comments/figure",
            "/disagreements",
            "/elsewhere",
        ):
            page.goto(f"http://{served.address}{path}")
            page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
            result: dict[str, Any] = Axe().run(page).response
            found = [(v["id"], node["html"][:200]) for v in result["violations"] for node in v["nodes"]]
            assert found == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
