"""The report as text: complete, escaped, and without a word to any server."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import msgspec
import pytest

from grader.core.i18n import LANGUAGES
from grader.examiner.exhibited_code import exhibit_code
from grader.protocol.submission import Submission, Unit
from grader.protocol.verdict import CodeUnit, Exhibits, LeftOut, Status
from reports.common.numbers import Numbers
from reports.submission.html import render
from tests.reports import sample_exhibits, samples
from tests.reports.classroom.samples import adjustment

KINDS = ("good", "mixed", "broken", "hostile")


class Page(HTMLParser):
    """What the tests ask about a document: its tags with attributes, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def with_tag(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def _sample(kind: str, language: str = "en") -> samples.Pair:
    pair: samples.Pair = getattr(samples, kind)(language)
    return pair


def _rendered(kind: str, language: str = "en") -> str:
    return render(*_sample(kind, language))


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_records_give_the_same_text(kind: str) -> None:
    assert _rendered(kind) == _rendered(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_fetched_and_nothing_runs(kind: str) -> None:
    page = Page(_rendered(kind))
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "iframe", "object", "embed", "form", "base", "audio", "video", "foreignobject"}
    for tag, attributes in page.tags:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        for name in ("src", "href", "xlink:href", "srcset", "action", "poster"):
            target = attributes.get(name)
            assert target is None or target.startswith(("#", "data:image/png;base64,")) or target == "data:,", tag
    (style,) = re.findall(r"<style>(.*?)</style>", _rendered(kind), re.DOTALL)
    assert "url(" not in style
    assert "@import" not in style


@pytest.mark.parametrize("kind", KINDS)
def test_the_policy_names_the_style_by_its_hash(kind: str) -> None:
    text = _rendered(kind)
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = (
        meta["content"]
        for meta in Page(text).with_tag("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    assert policy.split("; ") == [
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "img-src data:",
        "script-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert text.index("Content-Security-Policy") < text.index("<style>")


def test_what_a_submission_says_is_text() -> None:
    text = _rendered("hostile")
    page = Page(text)
    assert "<script" not in text
    assert "onerror" not in {name for _, attributes in page.tags for name in attributes}
    assert samples.HOSTILE_NAME in page.text
    assert samples.SCRIPT in page.text
    assert "{{ 7 * 7 }}" in page.text
    assert "</style></svg>" in page.text
    assert text.count("</style>") == 1


def test_no_invisible_character_reaches_the_document() -> None:
    text = _rendered("hostile")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", text)
    assert "⟨U+202E⟩" in text
    assert "⟨U+001B⟩[31m" in text


def test_a_lone_surrogate_does_not_end_the_report() -> None:
    verdict, exhibits = _sample("good", "en")
    criterion = msgspec.structs.replace(verdict.criteria[0], message="\ud800")
    text = render(msgspec.structs.replace(verdict, criteria=(criterion,)), exhibits)
    assert "⟨U+D800⟩".encode() in text.encode()


@pytest.mark.parametrize("kind", KINDS)
def test_every_id_is_unique_and_every_link_leads_somewhere(kind: str) -> None:
    page = Page(_rendered(kind))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {
        str(attributes["href"]) for _, attributes in page.tags if str(attributes.get("href")).startswith("#")
    }
    labels = {name for _, tag in page.tags for name in str(tag.get("aria-labelledby", "")).split()}
    assert {target[1:] for target in targets} | labels <= set(ids)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_language_is_that_of_the_verdict(language: str) -> None:
    page = Page(_rendered("mixed", language))
    assert page.with_tag("html")[0]["lang"] == language
    assert ("Was als Nächstes zu tun ist" in page.text) == (language == "de")
    assert ("66,5" in page.text) == (language == "de")


def test_an_unknown_language_is_refused() -> None:
    verdict, exhibits = _sample("good", "en")
    with pytest.raises(ValueError, match="language must be one of"):
        render(msgspec.structs.replace(verdict, language="fr"), exhibits)


def test_the_first_things_to_do_are_linked_and_skipped_ones_are_not() -> None:
    text = _rendered("mixed")
    steps = text[text.index('id="next-title"') : text.index('id="notices-title"')]
    assert re.findall(r'href="#criterion-(\w+)"', steps) == ["scale", "head_and_loss", "accuracy"]


def test_a_submission_that_is_not_certified_says_why_at_the_top() -> None:
    text = _rendered("mixed")
    head = text[text.index("<header") : text.index("<nav")]
    assert "not certified" in head
    assert "the last operation of the graph is Sigmoid" in head


def test_without_a_network_nobody_is_told_that_it_is_not_certified() -> None:
    text = _rendered("broken")
    assert "certified" not in text[text.index("<header") : text.index("<nav")]


def test_scores_of_several_networks_are_told_apart() -> None:
    verdict, exhibits = _sample("good", "en")
    named = tuple(msgspec.structs.replace(score, network="functional") for score in exhibits.scores)
    assert "functional" not in render(verdict, exhibits)
    assert render(verdict, msgspec.structs.replace(exhibits, scores=named)).count("<td>functional</td>") == len(
        named
    )


def test_a_mark_with_something_undecided_is_not_final() -> None:
    assert "not final" in Page(_rendered("mixed")).text
    assert "not final" not in Page(_rendered("good")).text


def test_bonus_points_are_named() -> None:
    text = Page(_rendered("good")).text
    assert "102 of 100 points 2 of them bonus" in text
    assert "There is still a bonus to be had (+1)" in text


def test_plain_mode_says_that_no_walls_stood() -> None:
    assert "There were no walls around this run" in Page(_rendered("broken")).text


def test_a_missing_wall_is_named_with_its_reason() -> None:
    assert "landlock was missing: this kernel has no Landlock" in Page(_rendered("mixed")).text


@pytest.mark.parametrize("status", Status)
def test_each_status_is_told_in_a_word(status: Status) -> None:
    verdict, _ = samples.good()
    criteria = tuple(
        msgspec.structs.replace(criterion, status=status, points=0.0) for criterion in verdict.criteria
    )
    page = Page(render(msgspec.structs.replace(verdict, status=status, criteria=criteria), Exhibits()))
    assert status.value.replace("_", " ") in page.text
    assert {"href": f"#icon-{status}"} in page.with_tag("use")


@pytest.mark.parametrize(
    "part", [name for name in Exhibits.__struct_fields__ if name not in {"left_out", "places"}]
)
def test_any_part_of_the_exhibits_may_be_missing(part: str) -> None:
    verdict, exhibits = _sample("good", "en")
    empty = getattr(Exhibits(), part)
    whole = render(verdict, exhibits)
    less = render(verdict, msgspec.structs.replace(exhibits, **{part: empty}))
    assert len(less) < len(whole)
    assert render(verdict, msgspec.structs.replace(Exhibits(), **{part: getattr(exhibits, part)}))


def test_what_the_exhibits_leave_out_is_counted_in_the_report() -> None:
    verdict, exhibits = _sample("good", "en")
    left_out = LeftOut(series=1, epochs=2, experiments=3, layers=39_800, figures=1)
    text = Page(render(verdict, msgspec.structs.replace(exhibits, left_out=left_out))).text
    for sentence in (
        "1 more curve is not shown.",
        "The longest training went on for 2 more epochs, which are not shown.",
        "3 more experiments are not shown.",
        "39,800 more layers come after these and are not shown.",
        "1 figure is too large to be shown.",
    ):
        assert sentence in text
        assert sentence not in Page(render(verdict, exhibits)).text


def test_a_figure_that_is_too_large_is_counted_where_no_other_is_shown() -> None:
    verdict, _ = samples.good()
    only = Exhibits(left_out=LeftOut(figures=2))
    assert "2 figures are too large to be shown." in Page(render(verdict, only)).text


def test_a_verdict_with_nothing_in_it_is_still_a_document() -> None:
    verdict, _ = samples.broken()
    bare = msgspec.structs.replace(verdict, criteria=(), notices=(), points=0.0, max_points=0.0)
    assert "No criterion could be checked" in Page(render(bare, Exhibits())).text


def test_the_confusion_matrix_is_a_table_with_headers() -> None:
    page = Page(_rendered("good"))
    scopes = [attributes["scope"] for attributes in page.with_tag("th") if "scope" in attributes]
    assert len(page.with_tag("th")) == len(scopes)
    assert scopes.count("row") >= 10


def test_every_picture_says_what_it_shows() -> None:
    page = Page(_rendered("good"))
    assert all(image.get("alt") for image in page.with_tag("img"))
    for svg in page.with_tag("svg"):
        assert svg.get("aria-hidden") == "true" or (svg.get("role") == "img" and svg.get("aria-label"))
    # Of the rows that are wrong, and of those that are hardly right.
    assert sum("called" in str(svg.get("aria-label")) for svg in page.with_tag("svg")) == 2 * len(
        sample_exhibits.MISTAKEN
    )


def test_weights_are_shown_as_pictures_with_their_sizes() -> None:
    text = _rendered("good")
    assert "Dense layer 1: 64×10" in text
    assert "49 pictures of 10×1" in text
    assert 'alt="Weights of Dense layer 1" width="97" height="10"' in text


def test_weights_that_are_no_png_are_not_put_into_the_page() -> None:
    verdict, exhibits = _sample("good", "en")
    (layer,) = exhibits.weights
    broken = msgspec.structs.replace(exhibits, weights=(msgspec.structs.replace(layer, png="<script>"),))
    page = render(verdict, broken)
    assert "<script>" not in page
    assert "Weights of Dense layer 1" not in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_person_decided_stands_at_the_top_and_cannot_add_markup(language: str) -> None:
    verdict, exhibits = samples.good(language)
    name = verdict.criteria[0].id
    adjustments = (
        adjustment(name, verdict.criteria[0].points - 2, "<b>late</b>\u202e\nand more"),
        adjustment(None, -1.5, "a reason"),
    )
    page = Page(render(verdict, exhibits, adjustments))
    number = Numbers(language)
    assert number.points(verdict.points - 3.5) in page.text
    assert "<b>late</b>⟨U+202E⟩ and more" in page.text
    assert page.text.index("a reason") < page.text.index(verdict.criteria[-1].message)
    assert "a reason" not in Page(render(verdict, exhibits)).text


def test_a_mark_that_a_person_left_open_is_called_so() -> None:
    verdict, exhibits = samples.good("en")
    first, second, *others = verdict.criteria
    undecided = [msgspec.structs.replace(c, status=Status.NOT_GRADED, points=0.0) for c in (first, second)]
    verdict = msgspec.structs.replace(verdict, status=Status.NOT_GRADED, criteria=(*undecided, *others))
    text = Page(render(verdict, exhibits, (adjustment(first.id, 1.0, "so far"),))).text
    assert "it is not final yet" in text


def test_the_whole_code_is_there_line_by_line() -> None:
    lines = tuple(f"x{number} = '{'y' * 50}'" for number in range(300))  # more than a sentence may have
    verdict, exhibits = _sample("good", "en")
    text = render(verdict, msgspec.structs.replace(exhibits, code=(CodeUnit(cell=None, lines=lines),), places=()))
    listing = text[text.index('id="code"') : text.index('id="grading"')]
    assert [int(number) for number in re.findall(r'id="line-(\d+)"', listing)] == list(range(1, 301))
    assert "x299 = &#39;yyy" in listing
    assert "(+" not in listing


def test_the_report_of_a_hostile_submission_stays_small() -> None:
    # As much of everything as the examiner lets through, of characters that are written out.
    code = exhibit_code(
        Exhibits(),
        Submission("a.py", "0" * 64, "script", tuple(Unit("", "\u202e" * 1000, n) for n in range(3000))),
        (),
    )
    verdict, _ = samples.hostile()
    assert len(render(verdict, code).encode()) < 3 << 20
    cells = tuple(Unit("", "", number) for number in range(2500))
    empty = exhibit_code(Exhibits(), Submission("a.ipynb", "0" * 64, "notebook", cells), ())
    assert len(render(verdict, empty).encode()) < 1 << 20
