"""The page under a change: the mark first, what to do next, and no stranger's markup."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.core.i18n import LANGUAGES
from grader.protocol.change_result import ChangeResult, Note, SubmissionOutcome
from grader.protocol.verdict import CertificationItem, Curve, Hint, Isolation, Location, Notice, Status, WallState
from reports.change import markdown_pages
from reports.change.markdown_pages import render_note, render_summary
from tests.reports.change import hosts
from tests.reports.change.result_samples import (
    ERROR,
    FAULT,
    UNREADABLE,
    WARNING,
    answer,
    criterion,
    outcome,
    strangers,
    with_criteria,
)
from tests.reports.common.test_markdown import ATTACKS

Make = Callable[..., str]
BOTH = pytest.mark.parametrize("make", [render_summary, render_note])


@BOTH
def test_the_mark_is_the_heading(make: Make) -> None:
    page = make(answer(outcome("mixed")))
    assert page.startswith("## ? The digits classifier: 66.5 of 100 points\n")


@BOTH
def test_what_is_not_passed_is_told_with_its_place_and_how_to_mend_it(make: Make) -> None:
    read = hosts.text(make(answer(outcome("mixed"))))
    assert "✗ Scale the pixels to [0, 1] · 0 / 6" in read
    assert "Expected: row 0 alone: maximum 0.9375" in read
    assert "Received: row 0 alone: maximum 1.0" in read
    assert "digits.ipynb, cell 4, line 3" in read
    assert "■ Error A digit is exactly one of ten classes." in read
    assert "▲ Warning Cell 9 raised NameError" in read
    assert "digits.ipynb, cell 9, line 1" in read
    assert "The last layer claims softmax" in read
    assert "Missing wall: landlock." in read
    assert "1-digits.html" in read
    assert "No walls" not in read


@BOTH
def test_a_run_without_walls_is_said_to_be_no_mark(make: Make) -> None:
    assert "No walls stood around this run: it is meant for your own code" in hosts.text(
        make(answer(outcome("broken")))
    )


def test_the_code_line_is_shown_with_its_number() -> None:
    assert "<pre>3 │     return x &#47; x&#46;max&#40;&#41;</pre>" in render_note(answer(outcome("mixed")))


@BOTH
def test_learning_curves_are_shown_from_their_start_to_their_end(make: Make) -> None:
    lines = make(answer(outcome("good"))).split("\n")
    (row,) = (line for line in lines if line.startswith("| Seed 0"))
    assert row == "| Seed 0 | <code>loss</code> | 2.340 | <code>█▇▆▆▅▄▄▃▃▂▂▂▂▂▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁</code> | 0.069 |"


def test_a_run_that_diverged_is_seen_and_explained() -> None:
    read = hosts.text(render_note(answer(outcome("mixed"))))
    assert "█▆▅××▄▄▄×▅××" in read
    assert "×: a value that was no number." in read
    assert "no number" not in hosts.text(render_note(answer(outcome("good"))))


def test_the_note_is_shorter_than_the_summary() -> None:
    assert "Load the data" in render_summary(answer(outcome("mixed")))
    short = render_note(answer(outcome("mixed")))
    assert "Load the data" not in short
    assert "Criteria passed besides: 8." in hosts.text(short)


def test_one_reason_for_many_criteria_is_told_once() -> None:
    assert render_note(answer(outcome("broken"))).count("because the file could not be run") == 1


@BOTH
def test_several_submissions_begin_with_an_overview(make: Make) -> None:
    page = make(answer(outcome("good"), outcome("mixed"), UNREADABLE, FAULT))
    assert page.startswith("## 1 of 4 submissions passed\n")
    before, _, _ = page.partition("###")
    read = hosts.text(before)
    assert "✓\N{NO-BREAK SPACE}passedsubmissions/digits/submission.pydigits102\N{NO-BREAK SPACE}/" in read
    assert "■\N{NO-BREAK SPACE}unreadablesubmissions/digits/bob.ipynbdigits–" in read
    assert "?\N{NO-BREAK SPACE}not gradedsubmissions/digits/eve.pydigits–" in read


@BOTH
def test_why_a_submission_has_no_mark_is_told(make: Make) -> None:
    read = hosts.text(make(answer(UNREADABLE, FAULT)))
    assert "This file cannot be graded as it is: bob.ipynb is no notebook." in read
    assert "This is the grader's fault, and no mark. It was not graded: The examiner ended with signal 9." in read


@BOTH
def test_a_broken_rubric_is_the_exercises_fault(make: Make) -> None:
    broken = msgspec.structs.replace(FAULT, fault="The rubric of digits: x.", is_rubric_broken=True)
    read = hosts.text(make(answer(broken)))
    assert "This is the exercise's fault, and no mark. Tell whoever made it: The rubric of digits: x." in read
    assert "grader's fault" not in read


@BOTH
def test_notes_come_before_the_submissions_and_errors_before_the_rest(make: Make) -> None:
    read = hosts.text(make(answer(outcome("good"), notes=(WARNING, ERROR))))
    error, warning = (
        read.index("■ Error submission.py: Move it"),
        read.index("▲ Warning exercises/digits/rubric.py: The"),
    )
    assert error < warning < read.index("Load the data" if make is render_summary else "certified")


@BOTH
def test_nothing_touched_is_one_clear_sentence(make: Make) -> None:
    assert make(answer()).split("\n\n")[:2] == [
        "## Nothing to grade",
        "This change touches no submission of an exercise.",
    ]
    assert "None of these files is a submission" in make(answer(base="", head=""))


@BOTH
def test_an_error_is_never_told_as_nothing_to_grade(make: Make) -> None:
    page = make(answer(notes=(ERROR,)))
    assert page.startswith("## Nothing was graded\n\nNo submission was graded. The errors say why.\n")
    assert "Move it" in page


@BOTH
def test_the_pass_mark_is_told_and_decides_the_word(make: Make) -> None:
    partial = with_criteria(Status.PARTIAL, criterion(Status.PASSED), criterion(Status.PARTIAL, "split"))
    page = make(answer(partial, pass_mark=75.0))
    assert page.startswith("## ✓ The digits classifier: 6 of 8 points\n")
    read = hosts.text(page)
    assert "To pass, 75% of the points are needed." in read
    assert "This is enough to pass. What is missing for all points is explained below." in read
    assert "◐ Split · 2 / 4" in read
    assert make(answer(partial, pass_mark=75.5)).startswith("## ✗ The digits classifier: 6 of 8 points\n")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Commit 9f86d08188, compared with 3f2a9c1b7a. The rubrics are those of the base."),
        ({"base": "", "course": "folder"}, "Commit 9f86d08188. The rubrics are those of the course that"),
        ({"base": "", "head": "", "course": "shipped"}, "The rubrics are those that come with the grader."),
        ({"base": "origin/@user", "head": "x"}, "The rubrics are those of the base."),
    ],
)
def test_commits_and_course_are_named(changes: dict[str, str], sentence: str) -> None:
    assert sentence in hosts.text(render_summary(answer(outcome("good"), **changes)))
    assert "user" not in render_summary(answer(outcome("good"), **changes))


@BOTH
def test_german_is_german(make: Make) -> None:
    read = hosts.text(make(answer(outcome("mixed", "de"), language="de")))
    assert read.startswith("? Der Ziffern-Klassifikator: 66,5 von 100 Punkten")
    assert "Erwartet: Zeile 0 allein: Maximum 0,9375" in read
    with pytest.raises(ValueError, match="language must be"):
        make(answer(language="xx"))


@BOTH
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["good", "mixed", "broken", "hostile"])
def test_real_verdicts_hold_nothing_that_the_hosts_would_link(make: Make, kind: str, language: str) -> None:
    one = answer(outcome(kind, language), language=language)
    many = answer(outcome(kind, language), UNREADABLE, language=language, notes=(ERROR, WARNING), pass_mark=50.0)
    assert hosts.harm(make(one)) == []
    assert hosts.harm(make(many)) == []


@settings(max_examples=60, deadline=None)
@given(strangers(st.lists(st.sampled_from(ATTACKS) | st.text(max_size=4), max_size=3).map("".join)))
def test_nothing_of_a_stranger_becomes_more_than_text(hostile: ChangeResult) -> None:
    assert hosts.harm(render_summary(hostile)) == []
    assert hosts.harm(render_note(hostile)) == []


@BOTH
def test_a_page_has_the_same_structure_whatever_a_student_writes(make: Make) -> None:
    for few in (slice(0, 2), slice(0, 1), slice(1, 2)):  # one submission alone is told otherwise than several
        expected = hosts.structure(make(_few(few, "a")))
        for start in range(0, len(ATTACKS), 12):
            page = make(_few(few, "\n".join(ATTACKS[start : start + 12])))
            assert hosts.structure(page) == expected
            assert hosts.harm(page) == []


@BOTH
@pytest.mark.parametrize("most_bytes", [6_000, 20_000, 60_000])
def test_a_page_that_is_too_long_is_cut_and_says_so(make: Make, most_bytes: int) -> None:
    everything = answer(*[outcome("mixed", path=f"digits/{n}.ipynb") for n in range(40)], notes=(ERROR,) * 300)
    page = make(everything, most_bytes)
    assert len(page.encode()) <= most_bytes
    read = hosts.text(page)
    assert "Notes left out here for want of room: " in read
    assert "Submissions left out here for want of room: " in read
    assert hosts.harm(page) == []
    # Cut at whole parts: the end is there, and whatever was opened is closed.
    assert read.rstrip().endswith("The rubrics are those of the base.")
    assert page.count("<details>") == page.count("</details>")


def test_what_is_left_out_is_counted() -> None:
    page = render_note(answer(*[outcome("broken", path=f"digits/{n}.py") for n in range(50)]), 20_000)
    shown = page.count("\n### ")
    assert f"Submissions left out here for want of room: {50 - shown}. Each has its report." in hosts.text(page)
    assert 0 < shown < 50


def test_a_long_submission_is_cut_between_criteria() -> None:
    criteria = [criterion(Status.FAILED, f"c{n}", message=f"{n} " * 250) for n in range(60)]
    page = render_note(answer(with_criteria(Status.FAILED, *criteria)), 20_000)
    shown = page.count("\n#### ")
    assert 0 < shown < 60
    assert f"Criteria left out here for want of room: {60 - shown}. The report has them." in hosts.text(page)


def test_a_table_of_very_many_criteria_is_cut_and_says_so() -> None:
    criteria = [
        criterion(Status.FAILED, f"c{n}", message="The same.") for n in range(markdown_pages.MOST_ROWS + 7)
    ]
    page = render_note(answer(with_criteria(Status.FAILED, *criteria)))
    assert "Criteria left out here for want of room: 7." in hosts.text(page)


def test_remarks_and_series_for_which_there_is_no_room_are_counted() -> None:
    notices = tuple(Notice(id="x", severity="tip", text=f"{n} " * 250) for n in range(60))
    one = with_criteria(Status.FAILED, criterion(Status.FAILED))
    assert one.verdict is not None
    verdict = msgspec.structs.replace(one.verdict, notices=notices)
    read = hosts.text(render_note(answer(msgspec.structs.replace(one, verdict=verdict)), 20_000))
    shown = read.count("● Tip")
    assert 0 < shown < 60
    assert f"Remarks left out here for want of room: {60 - shown}. The report has them." in read
    curves = tuple(
        Curve(name=f"Seed {n}", series={"loss": (1.0, 0.5)}) for n in range(markdown_pages.MOST_CURVES + 3)
    )
    read = hosts.text(render_note(answer(msgspec.structs.replace(one, curves=curves))))
    assert "Series left out here for want of room: 3. The report has them." in read


@BOTH
@pytest.mark.parametrize("copies", [1, 6])
def test_the_worst_of_strings_stay_within_the_limit(make: Make, copies: int) -> None:
    # What takes most room for a character: a dollar.
    dollars = "$ " * 2500
    worst = _written(dollars)
    curves = tuple(Curve(name=dollars, series={f"{dollars}{n}": (1.0,) for n in range(12)}) for _ in range(15))
    graded = msgspec.structs.replace(worst.outcomes[0], curves=curves)
    page = make(msgspec.structs.replace(worst, outcomes=(graded,) * copies, notes=worst.notes * 20 * copies))
    assert len(page.encode()) <= (1_000_000 if make is render_summary else 60_000)
    assert "Notes left out here for want of room: " in page


def _few(which: slice, text: str) -> ChangeResult:
    written = _written(text)
    return msgspec.structs.replace(written, outcomes=written.outcomes[which])


def _written(text: str) -> ChangeResult:
    """Return an answer in which a student wrote `text` wherever they can."""
    place = Location(file=text, line=3, source=text)
    one = criterion(
        Status.FAILED,
        title=f"a{text}",
        message=f"a{text}a",
        expected=text,
        received=text,
        location=place,
        hints=(Hint(id="x", severity="tip", text=text),),
    )
    graded = with_criteria(
        Status.FAILED,
        one,
        path=f"digits/{text}.py",
        exercise=f"a{text}",
        curves=(Curve(name=text, series={f"a{text}": (1.0, 0.5)}),),
        report=text,
    )
    assert graded.verdict is not None
    notices = (Notice(id="x", severity="error", text=text, location=place),)
    walls = Isolation(mode="walls", walls=(WallState(id=text, stands=False, detail=text),))
    claims = {"certified": False, "certification": (CertificationItem(id="x", agrees=False, text=text),)}
    verdict = msgspec.structs.replace(graded.verdict, title=f"a{text}", notices=notices, isolation=walls, **claims)
    return answer(
        msgspec.structs.replace(graded, verdict=verdict),
        SubmissionOutcome(path=f"digits/{text}.py", exercise="digits", problem=f"a {text}"),
        notes=(Note(severity="error", text=text, path=f"a{text}"),),
    )
