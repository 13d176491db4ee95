"""The dashboard as text: complete, escaped, the same for the same entries, and without a word to any server."""

import base64
import hashlib
import re
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from grader.core.i18n import LANGUAGES
from grader.examiner.misconceptions import CATALOGUE
from grader.protocol.gradebook import GradebookEntry
from grader.protocol.verdict import Hint, Isolation, Resources, Status
from reports.classroom import pictures, rows
from reports.classroom.dashboard import MAX_LINKS, MAX_MISCONCEPTIONS, MAX_REASONS, MAX_TEXT, render
from reports.classroom.rows import UNDECIDED, name_sort_key, safe_address
from reports.common.misconceptions import TITLES
from reports.submission.adjustments import MAX_NAME_LENGTH, shorten_name
from tests.reports import samples
from tests.reports.classroom import samples as made
from tests.reports.classroom.samples import adjustment, criterion, entry, judged
from tests.reports.submission.test_html import Page

EVIL = f"a\u202eb\u2066c\x1b[31m\n\n<b onclick=x>{samples.SCRIPT}\"'>{{{{ 7 * 7 }}}} %s </style></script>\ud800"
REPORT = re.compile(r"reports/s\d{4}\.html")


def page_of(
    entries: tuple[GradebookEntry, ...] | list[GradebookEntry], language: str = "en", similarity: str = ""
) -> str:
    return render("The digits classifier", "digits", entries, language, similarity)


def spaced(text: str) -> str:
    """Return the text of a piece of the page, one space between the words and between elements."""
    return " ".join(" ".join(Page(text).words).split()).replace(" :", ":")


def seen(entries: tuple[GradebookEntry, ...] | list[GradebookEntry], language: str = "en") -> str:
    """Return the text of the page."""
    text = page_of(entries, language)
    return spaced(text[text.index("<body") : text.rindex("<script>")])


def lines(text: str) -> list[str]:
    """Return the lines of the table."""
    return re.findall(r"<tr data-f=.*?</tr>", text)


def hostile_class() -> list[GradebookEntry]:
    """Return entries of which every string is hostile, and one with a very long name."""
    verdict = made.sample("hostile")
    open_one = msgspec.structs.replace(verdict.criteria[0], id=EVIL, title=EVIL, status=Status.NOT_GRADED)
    hint = Hint(id=EVIL, severity="error", text=EVIL * 40)
    verdict = msgspec.structs.replace(
        verdict,
        status=Status.NOT_GRADED,
        criteria=(open_one, msgspec.structs.replace(verdict.criteria[1], hints=(hint,))),
    )
    more = {"email": EVIL, "file": EVIL, "platform_id": EVIL, "late": True}
    decided = tuple(
        msgspec.structs.replace(adjustment(name, 3.0, EVIL), by=EVIL)
        for name in (None, verdict.criteria[1].id, EVIL)
    )
    return [
        entry(EVIL, verdict, **more),
        entry("long", verdict, name="W" * 300, adjustments=decided[:2]),
        entry("unread", problem=EVIL, name=EVIL, adjustments=()),
        entry("odd", None, problem=EVIL, name="\n\t", adjustments=decided[2:]),
        entry("javascript:alert(1)", verdict, name="x", report="javascript:alert(1)"),
    ]


@pytest.mark.parametrize("size", [0, 1, 40])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_entries_give_the_same_bytes_in_whatever_order(size: int, language: str) -> None:
    entries = made.a_class(size, language)
    assert page_of(entries, language) == page_of(entries[::-1], language)


def test_each_hand_in_has_one_line_that_leads_to_its_report() -> None:
    entries = made.a_class(40)
    found = lines(page_of(entries))
    assert len(found) == 40
    assert sorted(REPORT.search(line)[0] for line in found) == sorted(e.report for e in entries)  # type: ignore[index]
    for one in entries:
        (line,) = (line for line in found if f'"{one.report}"' in line)
        assert one.name in spaced(line)
        assert one.student in spaced(line)


def test_every_link_leads_to_a_report_or_into_the_page() -> None:
    page = Page(page_of(made.a_class(40), similarity="similarity.html"))
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = {str(tag["href"]) for _, tag in page.tags if "href" in tag} - {"data:,", "similarity.html"}
    inside = {target[1:] for target in targets if target.startswith("#")}
    labels = {name for _, tag in page.tags for name in str(tag.get("aria-labelledby", "")).split()}
    assert inside | labels <= set(ids)
    outside = {target.split("#")[0] for target in targets if not target.startswith("#")}
    assert outside == {f"reports/s{number:04}.html" for number in range(40)}


def test_the_page_on_similar_submissions_is_linked_where_there_is_one() -> None:
    assert 'href="similarity.html"' in page_of(made.a_class(1), similarity="similarity.html")
    assert "alike" not in page_of(made.a_class(1))
    assert "alike" not in page_of(made.a_class(1), similarity="https://example.org/")


@pytest.mark.parametrize("entries", [made.a_class(40), hostile_class()], ids=["class", "hostile"])
def test_nothing_is_fetched_and_only_our_own_script_runs(entries: list[GradebookEntry]) -> None:
    text = page_of(entries)
    page = Page(text)
    names = {tag for tag, _ in page.tags}
    assert not names & {"iframe", "object", "embed", "form", "base", "audio", "video", "img", "foreignobject"}
    assert page.with_tag("script") == [{}]
    for tag, attributes in page.tags:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        assert not {"src", "srcset", "action", "poster", "xlink:href"} & set(attributes), tag
        assert re.match(r"#|data:,$|reports/", attributes.get("href") or "#")
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    assert "url(" not in style
    assert "@import" not in style


def digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@pytest.mark.parametrize("size", [0, 1, 40])
def test_the_policy_names_style_and_script_by_their_hashes(size: int) -> None:
    text = page_of(made.a_class(size))
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    (policy,) = (
        meta["content"]
        for meta in Page(text).with_tag("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    assert policy.split("; ") == [
        "default-src 'none'",
        f"style-src '{digest(style)}'",
        "img-src data:",
        f"script-src '{digest(script)}'",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert text.index("Content-Security-Policy") < text.index("<style>")


def test_the_script_is_the_same_whatever_the_class_and_the_language() -> None:
    scripts = {
        script
        for text in (page_of(made.a_class(40, "de"), "de"), page_of(hostile_class()))
        for script in re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    }
    assert len(scripts) == 1
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval|Function", scripts.pop())


def test_hostile_strings_are_text() -> None:
    text = page_of(hostile_class())
    page = Page(text)
    assert "<img" not in text
    assert text.count("</style>") == text.count("</script>") == text.count("<script") == 1
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)
    text.encode()
    assert "a⟨U+202E⟩b⟨U+2066⟩c⟨U+001B⟩[31m <b onclick=x>" in page.text
    assert "{{ 7 * 7 }}" in page.text
    assert f"{'W' * MAX_NAME_LENGTH} … (+{300 - MAX_NAME_LENGTH})" in page.text
    assert "W" * (MAX_NAME_LENGTH + 1) not in "".join(lines(text))
    assert len(text) < 200_000
    # A name of nothing but spaces is no name: the student's own takes its place.
    assert any(spaced(line).startswith("odd") for line in lines(text))


def test_a_name_is_one_line() -> None:
    assert shorten_name(" a\n\tb\u2028c\r") == "a b⟨U+2028⟩c⟨U+000D⟩"


def test_a_message_without_end_is_cut() -> None:
    assert f"{'W' * MAX_TEXT} … (+{5000 - MAX_TEXT})" in seen([entry("a", problem="W" * 5000)])


def test_titles_may_be_hostile_too() -> None:
    text = render(EVIL, EVIL, [], "en")
    assert text.count("<script") == 1
    assert "\u202e" not in text
    text.encode()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("reports/anna.html", "reports/anna.html"),
        ("reports/a b&\"'<>?#%.html", "reports/a%20b%26%22%27%3C%3E%3F%23%25.html"),
        ("reports/Müller.html", "reports/M%C3%BCller.html"),
        ("reports/a:b.html", "reports/a%3Ab.html"),
        ("", ""),
        ("javascript:alert(1)", ""),
        ("JaVaScript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("https://example.org/", ""),
        ("//example.org/x", ""),
        ("/etc/passwd", ""),
        ("../other/index.html", ""),
        ("reports/../../x", ""),
        ("reports//x", ""),
        ("./x", ""),
        ("reports\\x", ""),
        ("java\nscript:alert(1)", ""),
        ("reports/a\tb", ""),
        ("reports/\ud800.html", ""),
        ("reports/\u202e.html", ""),
    ],
)
def test_only_paths_below_the_dashboard_become_addresses(path: str, expected: str) -> None:
    assert safe_address(path) == expected


def test_without_a_report_a_name_is_no_link() -> None:
    text = page_of([entry("anna", judged(criterion("fit", Status.NOT_GRADED)), report="")])
    main = text[text.index("<main") :]
    assert {str(link["href"])[0] for link in Page(main).with_tag("a")} == {"#"}
    # In the table, among those without a mark, and among those who did not pass the criterion.
    assert spaced(main).count("anna") == 3


def test_the_headline() -> None:
    entries = [
        entry("a", judged(criterion("x", Status.PASSED, 10.0), criterion("y", Status.PASSED, 10.0))),
        entry("b", judged(criterion("x", Status.PASSED, 10.0), criterion("y", Status.FAILED))),
        entry("c", judged(criterion("x", Status.PARTIAL, 2.5), criterion("y", Status.FAILED))),
        entry("d", judged(criterion("x", Status.NOT_GRADED), criterion("y", Status.FAILED))),
    ]
    text = seen(entries)
    assert "The class at a glance · digits The digits classifier 10 of 20 points median of the marks" in text
    assert "handed in 4 graded 3 mean of the marks 10.83 passed 1 partial 2 not graded 1" in text
    assert "10,83" in seen(entries, "de")


def test_nobody_has_handed_in_yet() -> None:
    text = page_of([])
    assert "Nothing has been handed in yet" in text
    assert "<table" not in text
    assert '<svg class="strip"' not in text


def test_without_a_final_mark_there_is_no_histogram_and_no_median() -> None:
    text = page_of([entry("a")])
    assert "There is no final mark yet." in text
    assert 'class="histogram"' not in text
    assert 'class="mark"' not in text
    assert 'id="criteria-title"' not in text


def test_what_could_not_be_graded_comes_after_the_table_with_its_reasons() -> None:
    entries = [
        entry("anna", judged(criterion("fit", Status.NOT_GRADED), criterion("y", Status.PASSED, 10.0))),
        entry("ben", problem="The notebook is no JSON."),
        entry("cleo"),
        entry(
            "dora", msgspec.structs.replace(judged(criterion("y", Status.PASSED, 10.0)), status=Status.NOT_GRADED)
        ),
        entry("emil", judged(criterion("y", Status.PASSED, 10.0))),
    ]
    text = page_of(entries)
    top = text[text.index('id="undecided-title"') : text.index('id="marks-title"')]
    assert text.index('id="all"') < text.index('id="undecided-title"')
    said = spaced(top)
    assert "4 hand-ins have no final mark" in said
    for reason, who in (
        ("Message of fit.", "anna"),
        ("The notebook is no JSON.", "ben"),
        ("No reason is given.", "dora"),
        ("Not graded yet.", "cleo"),
    ):
        assert f"{reason} {who}" in said
    assert "emil" not in said
    assert 'href="reports/anna.html#criterion-fit"' in top
    assert [UNDECIDED in line for line in lines(text)] == [True, True, True, True, False]
    assert "no final mark" not in seen(entries[-1:])


def test_a_mark_that_is_not_final_says_so_in_its_line() -> None:
    undecided = judged(criterion("x", Status.NOT_GRADED), criterion("y", Status.PASSED, 10.0))
    (line,) = lines(page_of([entry("a", undecided)]))
    assert "10 not final not graded" in spaced(line)
    (line,) = lines(page_of([entry("a", undecided, adjustments=(adjustment("x", 5.0),))]))
    assert "15 not graded" in spaced(line)


def test_long_lists_end_and_tell_how_many_are_left() -> None:
    many = [entry(f"{number:04}", problem="No file.") for number in range(MAX_LINKS + 7)]
    text = page_of(many)
    top = text[text.index('id="undecided-title"') : text.index('id="marks-title"')]
    assert len(re.findall(r"<a ", top)) == MAX_LINKS
    assert "and 7 more" in top
    assert len(lines(text)) == MAX_LINKS + 7
    assert " more" not in seen(many[:MAX_LINKS])


def test_reasons_without_end_are_counted() -> None:
    many = [entry(f"{number:04}", problem=f"Broken in line {number}.") for number in range(MAX_REASONS + 5)]
    text = seen(many)
    assert text.count("Broken in line") == MAX_REASONS
    assert "5 more hand-ins have other reasons; they are in the table." in text
    assert "1 more hand-in has another reason; it is in the table." in seen(many[: MAX_REASONS + 1])
    assert "more hand-in" not in seen(many[:MAX_REASONS])


def test_the_histogram_can_be_heard() -> None:
    entries = [entry(str(n), judged(criterion("x", Status.PARTIAL, float(n)))) for n in (0, 1, 1, 5, 10)]
    text = seen(entries)
    for said in ("from 0 to below 1 points: 1", "from 1 to below 2 points: 2", "from 9 to 10 points: 1"):
        assert said in text
    assert "from 2 to below 3 points: 0" in text
    assert "Lowest: 0, highest: 10." in text


def test_the_highest_bar_fills_the_histogram_and_an_empty_class_has_none() -> None:
    entries = [entry(str(n), judged(criterion("x", Status.PARTIAL, float(n)))) for n in (1, 1, 5)]
    heights = re.findall(r'<rect width="10" y="([\d.]+)" height="([\d.]+)"/>', page_of(entries))
    assert (
        heights
        == [("100.0", "0.0"), ("0.0", "100.0"), *[("100.0", "0.0")] * 3, ("50.0", "50.0")] + [("100.0", "0.0")] * 4
    )


def test_shares_are_bars_with_numbers() -> None:
    statuses = [Status.PASSED] * 6 + [Status.FAILED] * 3 + [Status.NOT_ATTEMPTED]
    text = page_of([entry(str(n), judged(criterion("x", status))) for n, status in enumerate(statuses)])
    part = text[text.index('id="criteria-title"') :]
    assert "Title of x 60% passed 6 passed 3 failed 1 not attempted" in spaced(part)
    assert re.findall(r'<rect class="status-(\w+)" x="([\d.]+)" width="([\d.]+)"', part) == [
        ("passed", "0.0", "597.0"),
        ("failed", "600.0", "297.0"),
        ("not_attempted", "900.0", "97.0"),
    ]


def test_misconceptions_are_told_with_numbers_words_and_links() -> None:
    hint = Hint(id="relu-head", severity="error", text="Outputs that are dead at zero.")
    entries = [
        entry("a", judged(criterion("x", Status.FAILED), criterion("y", Status.FAILED, hints=(hint,)))),
        entry("b", judged(criterion("x", Status.FAILED, hints=(hint,)))),
        entry("c", judged(criterion("x", Status.PASSED, 10.0))),
        entry("d"),
    ]
    text = page_of(entries)
    part = text[text.index('id="misconceptions-title"') : text.index('id="notable-title"')]
    assert "2 67% Error: ReLU as the output activation Outputs that are dead at zero. 2 reports show it" in spaced(
        part
    )
    assert re.findall(r'href="(reports[^"]+)"', part) == [
        "reports/a.html#criterion-y",
        "reports/b.html#criterion-x",
    ]
    assert [("hint0" in line) for line in lines(text)] == [True, True, False, False]
    assert 'id="misconceptions-title"' not in page_of(entries[2:])


def test_a_cause_is_told_once_and_its_consequences_point_to_it() -> None:
    def crashed(student: str, line: int) -> GradebookEntry:
        first = criterion("x", Status.FAILED, message=f"Line {line} <b>is not Python.")
        others = [criterion(name, Status.FAILED, same_cause_as="x", message="The same.") for name in ("y", "z")]
        return entry(student, judged(first, *others))

    entries = [
        crashed("a", 3),
        crashed("b", 3),
        crashed("c", 64),
        entry("d", judged(criterion("x", Status.FAILED), criterion("y", Status.FAILED))),
    ]
    text = page_of(entries)
    part = text[text.index('id="causes-title"') : text.index('id="notable-title"')]
    assert (
        "3 75% Title of x Consequences: Title of y (3), Title of z (3) 3 reports tell it "
        "Line 3 <b>is not Python. a b Line 64 <b>is not Python. c" in spaced(part)
    )
    assert re.findall(r'href="(reports[^"]+)"', part) == [f"reports/{name}.html#criterion-x" for name in "abc"]
    criteria = text[text.index('id="criteria-title"') : text.index('id="causes-title"')]
    assert spaced(criteria).count("3 of them only as consequences") == 2
    assert criteria.count('href="#causes"') == 2
    assert [("cause0" in line) for line in lines(text)] == [True, True, True, False]
    assert 'id="causes"' not in page_of(entries[3:])


def test_only_the_most_common_misconceptions_are_told() -> None:
    hints = tuple(Hint(id=f"hint-{n}", severity="tip", text=f"Text {n}.") for n in range(MAX_MISCONCEPTIONS + 2))
    text = seen([entry("a", judged(criterion("x", Status.FAILED, hints=hints)))])
    assert len(re.findall(r"Text \d+\.", text)) == MAX_MISCONCEPTIONS
    assert "2 other hints were given less often." in text
    assert "other hint" not in seen([entry("a", judged(criterion("x", Status.FAILED, hints=hints[:3])))])


def test_what_is_worth_a_look() -> None:
    text = page_of(made.a_class(40))
    part = text[text.index('id="notable-title"') :]
    said = spaced(part)
    assert "Not certified 2" in said
    assert "The last layer claims softmax; the last operation of the graph is Sigmoid." in said
    assert "Wall missing: landlock 2 this kernel has no Landlock" in said
    assert "Run without walls 2" in said
    assert "Handed in late 3" in said
    assert "Nov 20, 2026, 16:00 UTC" in said
    assert "Long runs 1 Longer than" in said
    assert re.search(r"60 s, 5\.8 times the median", said)
    assert re.search(r"1,500 MiB, 6\.\d times the median", said)
    assert "1.5 times the median, and lie more than 5 times" in said
    assert "Adjusted by hand 3" in said
    assert "Accuracy on held-out digits: 14 points instead of 16 It is in the appendix." in said
    assert "−2 points to the sum Two days late. R. Lehmann, Nov 20, 2026, 12:00 UTC" in said


def test_adjustments_say_what_was_decided() -> None:
    decided = (adjustment(None, 2.5), adjustment("x", 5.0), adjustment("gone", 1.0))
    said = seen([entry("a", judged(criterion("x", Status.FAILED)), adjustments=decided)])
    assert "+2.5 points to the sum" in said
    assert "Title of x: 5 points instead of 0" in said
    assert "gone: 1 points" in said


def test_where_nothing_stands_out_that_is_said() -> None:
    right = judged(criterion("x", Status.PASSED, 10.0))
    text = seen([entry(f"{n:02}", right) for n in range(12)])
    assert "Nothing stands out" in text
    assert "1.5 times the median" in text
    few = seen([entry("a", right)])
    assert "Time and memory are compared from 10 runs on." in few
    assert "Nothing stands out" not in seen([entry("a", right, late=True)])


def test_a_class_in_plain_mode_is_flagged() -> None:
    plain = msgspec.structs.replace(judged(criterion("x", Status.PASSED, 10.0)), isolation=Isolation(mode="plain"))
    text = page_of([entry("a", plain)])
    assert "Run without walls" in text
    assert "wall missing" in spaced(lines(text)[0])


def test_each_flag_stands_in_its_line_and_can_be_filtered_by() -> None:
    text = page_of(made.a_class(40))
    words = {"late": "late", "adjusted": "adjusted", "uncertified": "not certified", "unwalled": "wall missing"}
    words |= {"slow": "long run", "large": "much memory", "rules": "by the rules"}
    assert set(words) == set(rows.FLAGS)
    for flag, word in words.items():
        tokens = [line for line in lines(text) if flag in line.split('"')[1].split()]
        assert tokens
        assert tokens == [line for line in lines(text) if word in spaced(line)]
        (option,) = re.findall(rf'<option value="{flag}">(.*?)</option>', text)
        assert option == f"{word} ({len(tokens)})"


def test_the_filter_offers_nothing_that_is_empty() -> None:
    right = judged(criterion("x", Status.PASSED, 10.0))
    assert re.findall(r'<option value="(.*?)"', page_of([entry("a", right)])) == ["", "p"]
    assert re.findall(r'<optgroup label="(.*?)"', page_of([entry("a", right)])) == ["Status"]


def test_a_line_has_what_it_is_sorted_by() -> None:
    right = judged(
        criterion("x", Status.PASSED, 10.0),
        criterion("y", Status.FAILED),
        resources=Resources(wall_seconds=12.34, cpu_seconds=1.0, peak_mib=1.0),
    )
    found = lines(page_of([entry("a", right, late=True), entry("b")]))
    assert [re.search('data-k="(.*?)"', line)[1] for line in found] == ["10 1 0.5 1 12.34", "- 5 - 0 -"]  # type: ignore[index]
    assert spaced(found[1]) == "b – not graded – –"


def test_a_strip_is_one_element_with_a_class_for_each_criterion() -> None:
    criteria = [criterion(f"c{n}", status) for n, status in enumerate(Status)]
    text = page_of([entry("a", judged(*criteria)), entry("b", judged(criteria[2]))])
    assert re.findall(r'<i class="outcomes (.*?)"></i>', text) == ["p0 h1 f2 s3 n4 q5", "f2"]
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    for letter in pictures.LETTERS.values():
        assert f"--strip-{letter}:" in style
        assert all(f".{letter}{place}{{--c{place}:var(--strip-{letter})}}" in style for place in range(6))
    assert set(pictures.LETTERS) == set(Status)
    assert len(set(pictures.LETTERS.values())) == len(Status)
    assert pictures.strip_style(0) == ""


@pytest.mark.parametrize("criteria", [1, 14, 60])
def test_strips_stay_narrow(criteria: int) -> None:
    (width,) = re.findall(r"\.outcomes\{width:(\d+)px", pictures.strip_style(criteria))
    assert int(width) <= 180


def test_names_are_sorted_as_in_a_dictionary() -> None:
    names = [
        "Zoe",
        "Özdemir",
        "Adler",
        "Ärmel",
        "Łukasz",
        "Student 10",
        "ägnes",
        "Lama",
        "Student 9",
        "Øvind",
        "Oz",
    ]
    found = sorted((entry(str(n), name=name) for n, name in enumerate(names)), key=name_sort_key)
    assert [e.name for e in found] == [
        "Adler", "ägnes", "Ärmel", "Lama", "Łukasz", "Øvind", "Oz", "Özdemir", "Student 9", "Student 10", "Zoe",
    ]  # fmt: skip


def test_a_name_that_begins_with_a_number_and_one_of_only_digits_can_be_sorted() -> None:
    names = ["9" * 300, "²", "7a", "", "a7", "٣"]
    assert len(sorted((entry(str(n), name=name) for n, name in enumerate(names)), key=name_sort_key)) == len(names)


def test_two_of_the_same_name_are_told_apart() -> None:
    first, second = lines(page_of([entry("s2", name="Mia Weiß"), entry("s1", name="Mia Weiß")]))
    assert spaced(first).startswith("Mia Weiß s1")
    assert spaced(second).startswith("Mia Weiß s2")
    (alone,) = lines(page_of([entry("mia")]))
    assert spaced(alone).count("mia") == 1
    (nameless,) = lines(page_of([entry("", name="")]))
    assert spaced(nameless).startswith("–")


def test_moments_are_told_in_utc() -> None:
    east = datetime(2026, 11, 20, 1, 30, tzinfo=timezone(timedelta(hours=3)))
    for at in (east, east.astimezone(UTC), east.astimezone(UTC).replace(tzinfo=None)):
        one = entry("a", judged(criterion("x", Status.PASSED, 10.0)), late=True, submitted=at)
        assert "a: Nov 19, 2026, 22:30 UTC" in seen([one])
        assert "a: 19.11.2026, 22:30 UTC" in seen([one], "de")
    unknown = entry("a", judged(criterion("x", Status.PASSED, 10.0)), late=True)
    assert "Handed in late 1 a Show" in seen([unknown])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_in_its_language(language: str) -> None:
    page = Page(page_of(made.a_class(40, language), language))
    assert page.with_tag("html")[0]["lang"] == language
    assert ("14,5" in page.text or "10,3" in page.text) == (language == "de")
    assert ("nicht bestanden" in page.text) == (language == "de")


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="language must be one of"):
        render("x", "x", [], "fr")


def test_each_line_of_a_large_class_stays_small() -> None:
    entries = made.a_class(400)
    longest = max(len(line) for line in lines(page_of(entries)))
    assert longest < 500
    assert len(page_of(entries)) < 220_000 + 400 * 400


def test_the_page_is_complete_for_any_part_that_is_missing() -> None:
    bare = msgspec.structs.replace(made.sample("broken"), criteria=(), notices=(), points=0.0, max_points=0.0)
    text = page_of([entry("a", bare)])
    assert "0 of 0 points" in spaced(text)


def test_those_who_lost_a_criterion_in_the_same_way_stand_together() -> None:
    def lost(student: str, message: str) -> GradebookEntry:
        return entry(student, judged(criterion("split", Status.FAILED, message=message)))

    entries = [
        lost("anna", "Row 3 is in both parts.\nTo repeat it: split(1)"),
        lost("ben", "Row 17 is in both parts.\nTo repeat it: split(2)"),
        lost("cleo", "split() returns 3 things."),
        entry("dora", judged(criterion("split", Status.PASSED, 10.0))),
    ]
    text = page_of(entries)
    part = spaced(text[text.index('id="criteria-title"') : text.index('id="notable-title"')])
    assert "3 did not pass, by message" in part
    assert "2 failed: Row 17 is in both parts. anna ben 1 failed: split() returns 3 things. cleo" in part
    assert "To repeat it" not in part
    assert "dora" not in part
    # The same without a script: a link, and a rule of the style for it.
    assert '<a id="lost-x0" href="#lost-x0"' in text
    assert '.all:has(#lost-x0:target) tbody tr:not([data-f~="x0"]){display:none}' in text
    tokens = [line.split('"')[1].split() for line in lines(text)]
    assert ["x0" in of_line for of_line in tokens] == [True, True, True, False]


def test_a_misconception_that_this_version_does_not_know_has_its_id() -> None:
    hint = Hint(id="new-one", severity="tip", text="Something.")
    assert "Tip: new-one Something." in seen([entry("a", judged(criterion("x", Status.FAILED, hints=(hint,))))])


def test_every_misconception_of_the_catalogue_has_a_title() -> None:
    assert {misconception.id for misconception in CATALOGUE} <= set(TITLES)
